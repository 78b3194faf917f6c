"""Tokens of other systems: shown once, kept as a hash."""

import hashlib
import hmac
import secrets
import string
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assessments.actions.auditing import Actor, record
from assessments.models import ApiToken, Organisation

# Secret scanners find our tokens by this.
MARK = "mnm"
_ALPHABET = string.ascii_letters + string.digits
# A write a request would be too much: `last_used_at` is right to the minute.
_THROTTLE = timedelta(minutes=1)


@transaction.atomic
def issue_token(
    organisation: Organisation,
    name: str,
    scopes: list[str],
    expires_at: datetime | None = None,
    *,
    by: Actor = None,
) -> tuple[ApiToken, str]:
    """Return a new token and its text "mnm_<prefix>_<secret>", which nobody can show again."""
    prefix, secret = _random(8), _random(40)
    token = ApiToken.objects.create(
        organisation=organisation,
        name=name,
        prefix=prefix,
        digest=_digest(secret),
        scopes=sorted(ApiToken.Scope(scope) for scope in scopes),
        expires_at=expires_at,
    )
    record("token.issued", token, by=by, name=name, scopes=token.scopes)
    return token, f"{MARK}_{prefix}_{secret}"


@transaction.atomic
def revoke_token(token: ApiToken, *, by: Actor = None) -> None:
    """Let nobody in with it any more; doing it twice is doing it once."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        record("token.revoked", token, by=by, name=token.name)


def token_for(text: str) -> ApiToken | None:
    """Return the usable token with that text, and note that it was used; None for any other."""
    mark, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    rows = ApiToken.objects.select_related("organisation").filter(prefix=prefix)
    token: ApiToken | None = rows.first()
    if mark != MARK or token is None or not token.is_usable:
        return None
    if not hmac.compare_digest(token.digest, _digest(secret)):
        return None
    _note_use(token)
    return token


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - _THROTTLE:
        long_ago = Q(last_used_at=None) | Q(last_used_at__lt=now - _THROTTLE)
        ApiToken.objects.filter(long_ago, pk=token.pk).update(last_used_at=now)


def _digest(secret: str) -> str:
    # The secret is random and long, so that no slow hash is needed.
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
