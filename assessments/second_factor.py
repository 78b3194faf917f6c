"""A second factor where an organisation asks for one, and how its secrets are kept."""

import base64
import secrets
from collections.abc import Callable
from itertools import chain, count
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from assessments.models import User
from assessments.sealing import Unreadable, seal, unseal

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# What the secrets of apps and recovery codes are sealed for.
_SECRETS = "second factor"
# Where one goes to set it up, or to go elsewhere.
_OPEN = ("mfa_", "account_", "recruiter:switch", "recruiter:leave", "recruiter:account")
# What a session that an organisation's own provider began must not change.
_SECURITY = ("mfa_", "account_change_password", "account_set_password", "account_reauthenticate")


class NeedsSecondFactor:
    """Lets nobody go on without a second factor where the organisation asks for one.

    Whoever comes from the organisation's own provider is checked there, and changes nothing here
    of how they sign in otherwise.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *given: Any
    ) -> HttpResponse | None:
        if not getattr(view, "login_required", True) or not isinstance(request.user, User):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if request.user.stays:
            return _kept_out(request) if name.startswith(_SECURITY) else None
        if name.startswith(_OPEN) or not lacks_factor(request.user):
            return None
        return redirect("mfa_index")


def _kept_out(request: HttpRequest) -> HttpResponse:
    messages.error(request, "To change how you sign in here, sign in with your password first.")
    return redirect("recruiter:account")


def lacks_factor(user: User) -> bool:
    """Whether `user` must set up a second factor to work where they do."""
    if user.member is None or not user.member.organisation.needs_second_factor:
        return False
    return not Authenticator.objects.filter(user=user.pk, type__in=FACTORS).exists()


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Names passkeys, and keeps secrets sealed: a copy of the database is no key."""

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002
        """What a new one is called until its owner finds a better name."""
        theirs = Authenticator.objects.filter(user=user.pk, type=type)
        taken = {each.wrap().name for each in theirs}
        names = chain(["Passkey"], (f"Passkey {number}" for number in count(2)))
        return next(name for name in names if name not in taken)

    def encrypt(self, text: str) -> str:
        return seal(text, _SECRETS)

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return unseal(encrypted_text, _SECRETS)
        except Unreadable:
            # The secret key is another one: no code fits until the factor is set up anew.
            return base64.b32encode(secrets.token_bytes(20)).decode()
