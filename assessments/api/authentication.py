"""Who calls: a token of an organisation. Sessions of the pages open nothing here."""

from dataclasses import dataclass

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from assessments.actions import token_for
from assessments.models import ApiToken, Organisation


@dataclass(frozen=True, slots=True)
class Caller:
    """What DRF calls the user: here a system of an organisation, and no person."""

    token: ApiToken
    is_authenticated: bool = True

    @property
    def pk(self) -> int:
        return self.token.pk

    @property
    def organisation(self) -> Organisation:
        return self.token.organisation

    def has(self, scope: str) -> bool:
        return scope in self.token.scopes


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer mnm_…`"""

    def authenticate(self, request: Request) -> tuple[Caller, ApiToken] | None:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        token = token_for(text.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            raise AuthenticationFailed("This token is unknown, expired or revoked.")
        return Caller(token), token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="minima"'
