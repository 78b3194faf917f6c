"""The same done with many invitations, and why it could not be done with some of them."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from assessments.actions.auditing import record
from assessments.actions.invitations import (
    extend_invitation,
    remind,
    revoke_invitation,
    send_invitation,
)
from assessments.actions.problems import InvitationClosed
from assessments.models import Email, Invitation, User

# Who presses a button twice sends nobody two e-mails.
JUST_NOW = timedelta(minutes=10)


@dataclass(slots=True)
class Outcome:
    """How many it was done with, and how many not, by reason."""

    done: int = 0
    refused: Counter[str] = field(default_factory=Counter)


def send_all(invitations: Iterable[Invitation], *, by: User | None) -> Outcome:
    """E-mail the links, for the first time or again."""
    return _with_each(invitations, lambda each: _emailed(each, Email.Kind.INVITATION, by))


def remind_all(invitations: Iterable[Invitation], *, by: User | None) -> Outcome:
    """Remind everybody who has not started."""
    return _with_each(invitations, lambda each: _emailed(each, Email.Kind.REMINDER, by))


def extend_all(
    invitations: Iterable[Invitation], expires_at: datetime, *, by: User | None
) -> Outcome:
    """Let the links work until `expires_at`."""
    return _with_each(invitations, lambda each: extend_invitation(each, expires_at, by=by))


def revoke_all(invitations: Iterable[Invitation], *, by: User | None) -> Outcome:
    """Withdraw those that nobody followed."""
    return _with_each(invitations, lambda each: _revoked(each, by))


def _with_each(invitations: Iterable[Invitation], act: Callable[[Invitation], object]) -> Outcome:
    """Each in a transaction of its own: one that is refused keeps no other from being done."""
    outcome = Outcome()
    for invitation in invitations:
        try:
            act(invitation)
        except InvitationClosed as refused:
            outcome.refused[str(refused)] += 1
        else:
            outcome.done += 1
    return outcome


@transaction.atomic
def _emailed(invitation: Invitation, kind: str, by: User | None) -> None:
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.emails.filter(kind=kind, created_at__gt=timezone.now() - JUST_NOW).exists():
        raise InvitationClosed("The same e-mail was sent in the last ten minutes.")
    if kind == Email.Kind.REMINDER:
        remind(invitation)
    else:
        send_invitation(invitation)
    record(f"invitation.{'reminded' if kind == Email.Kind.REMINDER else 'sent'}", invitation, by=by)


@transaction.atomic
def _revoked(invitation: Invitation, by: User | None) -> None:
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.state == Invitation.State.REVOKED:
        raise InvitationClosed("This invitation was revoked before.")
    revoke_invitation(invitation, by=by)
