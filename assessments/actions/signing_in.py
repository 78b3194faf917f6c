"""What the log says of who signs in, and of who tries to in vain: how, and never with what."""

from datetime import timedelta
from typing import Any

from allauth.account import signals as account
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_login_failed
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from assessments.actions.auditing import record
from assessments.models import Member, User
from assessments.workplace import KEY, STAYS

FACTORS = {
    Authenticator.Type.TOTP: "a code of the app",
    Authenticator.Type.RECOVERY_CODES: "a recovery code",
    Authenticator.Type.WEBAUTHN: "a passkey",
}
# Tries in vain are counted until none was made for so long, and those with these numbers are
# noted: whoever guesses passwords all day leaves a few lines, and hides no others behind them.
QUIET = timedelta(days=1)
NOTED = frozenset(10**power for power in range(7))


def listen() -> None:
    """Hear of every sign-in from now on."""
    account.user_logged_in.connect(_signed_in)
    user_login_failed.connect(_wrong_password)
    mfa.authentication_failed.connect(_wrong_code)


@transaction.atomic
def _signed_in(*, request: HttpRequest, user: User, **signal: Any) -> None:
    how = _how(request, user, signal.get("sociallogin"))
    for member in _led_into(request, user):
        record("sign_in.made", member, by=user, how=how)


def _how(request: HttpRequest, user: User, sociallogin: Any) -> str:
    """Return by what it was, such as "a password and a code of the app"."""
    records = get_authentication_records(request, user)
    last = records[-1] if records else {}
    second = FACTORS.get(last.get("type", ""), "")
    if second and last.get("passwordless"):
        return second
    first = sociallogin.provider.app.name if sociallogin else "a password"
    return f"{first} and {second}" if second else first


def _led_into(request: HttpRequest, user: User) -> QuerySet[Member]:
    """The members that the session may act as: an organisation's own provider opens no other."""
    members: QuerySet[Member] = user.memberships.select_related("organisation")
    if request.session.get(STAYS):
        return members.filter(organisation=request.session[KEY])
    return members


def _wrong_password(*, credentials: dict[str, Any], **signal: Any) -> None:
    user = User.objects.filter(email=str(credentials.get("email", "")).lower()).first()
    if user:
        _refused(user, "a wrong password")


def _wrong_code(*, user: User, **signal: Any) -> None:
    _refused(user, "a wrong code in place of the second factor")


@transaction.atomic
def _refused(user: User, how: str) -> None:
    """Nobody knows who it was: the entries are about the member, and by nobody."""
    tries = _counted(f"refused:{user.pk}:{how.replace(' ', '_')}")
    if tries in NOTED:
        for member in user.memberships.select_related("organisation"):
            record(
                "sign_in.refused",
                member,
                by=None,
                how=how,
                tries_so_far=tries if tries > 1 else None,
            )


def _counted(key: str) -> int:
    # incr() would forget how long the number is kept.
    tries = int(cache.get(key, 0)) + 1
    cache.set(key, tries, timeout=QUIET.total_seconds())
    return tries
