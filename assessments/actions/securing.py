"""What the log says of how members sign in: whoever takes over an account changes that first."""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.db import transaction

from assessments.actions.auditing import record
from assessments.models import User

KINDS = {Authenticator.Type.TOTP: "an app for codes", Authenticator.Type.WEBAUTHN: "a passkey"}


def listen() -> None:
    """Hear of every change from now on."""
    mfa.authenticator_added.connect(_added)
    mfa.authenticator_removed.connect(_removed)
    mfa.authenticator_reset.connect(_reset)
    for signal in (account.password_changed, account.password_set, account.password_reset):
        signal.connect(_password)


def _added(*, user: User, authenticator: Authenticator, **signal: Any) -> None:
    if authenticator.type in KINDS:
        _record("second_factor.added", user, kind=KINDS[authenticator.type])


def _removed(*, user: User, authenticator: Authenticator, **signal: Any) -> None:
    if authenticator.type in KINDS:
        _record("second_factor.removed", user, kind=KINDS[authenticator.type])


def _reset(*, user: User, **signal: Any) -> None:
    _record("recovery_codes.renewed", user)


def _password(*, user: User, **signal: Any) -> None:
    _record("password.changed", user)


@transaction.atomic
def _record(verb: str, user: User, **detail: Any) -> None:
    """In the log of every organisation that the account leads into."""
    for member in user.memberships.select_related("organisation"):
        record(verb, member, by=user, **detail)
