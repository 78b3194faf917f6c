"""Tokens of other systems: shown once, kept as a hash."""

import hashlib
import hmac
import secrets
import string
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from assessments.actions.auditing import Actor, record
from assessments.models import ApiToken, Organisation
from assessments.pace import this_minute

# Secret scanners find our tokens by this.
MARK = "mnm"
_ALPHABET = string.ascii_letters + string.digits
# A write a request would be too much: `last_used_at` is right to the minute.
_THROTTLE = timedelta(minutes=1)
# Counts and tells in one step, so that two processes never count the same number; a process whose
# clock is behind counts along with those that are in the next minute already.
_COUNT = """
    INSERT INTO assessments_tokenminute AS kept (token_id, minute, asked) VALUES (%s, %s, 1)
    ON CONFLICT (token_id) DO UPDATE SET
        asked = CASE WHEN kept.minute < excluded.minute THEN 1 ELSE kept.asked + 1 END,
        minute = CASE WHEN kept.minute < excluded.minute THEN excluded.minute ELSE kept.minute END
    RETURNING asked
"""


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


def count_call(token: ApiToken) -> int:
    """Count one more request by `token`, and return how many there were in this minute.

    Whichever of the server's processes they came to.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [token.pk, this_minute()])
        return int(cursor.fetchone()[0])


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
