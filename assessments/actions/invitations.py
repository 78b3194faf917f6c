"""What becomes of an invitation until it is followed: sent, reminded of, extended, revoked."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from assessments.actions.announcing import announce
from assessments.actions.auditing import Actor, record
from assessments.actions.emailing import queue_email
from assessments.actions.problems import InvitationClosed
from assessments.actions.rounds import each
from assessments.email_texts import quoted
from assessments.models import Email, EventType, Invitation


@transaction.atomic
def send_invitation(invitation: Invitation, *, by: Actor = None) -> Email:
    """E-mail the link, for the first time or again; raise InvitationClosed where it is closed.

    `by` is who asked for it, where that is more than a part of inviting.
    """
    invitation = _open(invitation)
    if by:
        record("invitation.sent", invitation, by=by)
    return queue_email(Email.Kind.INVITATION, invitation, message=quoted(invitation.message))


@transaction.atomic
def remind(invitation: Invitation) -> Email:
    """Remind at once of an invitation that nobody followed; raise InvitationClosed otherwise."""
    invitation = _open(invitation)
    if invitation.opens_later:
        raise InvitationClosed("This invitation has not opened yet.")
    return queue_email(Email.Kind.REMINDER, invitation)


def send_reminders() -> int:
    """Remind of the invitations whose reminder is due; return how many were."""
    due = list(Invitation.objects.to_remind().select_related("organisation", "candidate"))
    return each(due, _remind)


@transaction.atomic
def _remind(invitation: Invitation) -> bool:
    invitation = _locked(invitation)
    # Another sweep, or the candidate, may have been quicker.
    if invitation.remind_at is None or not invitation.is_open:
        return False
    invitation.remind_at = None
    invitation.save(update_fields=["remind_at"])
    queue_email(Email.Kind.REMINDER, invitation)
    return True


@transaction.atomic
def extend_invitation(
    invitation: Invitation, expires_at: datetime, *, by: Actor = None
) -> Invitation:
    """Let the candidate start until `expires_at`, also where the invitation has expired.

    Raises InvitationClosed where it was followed or revoked, or where that moment is over.
    """
    invitation = _locked(invitation)
    if invitation.state != Invitation.State.SENT:
        raise InvitationClosed("This invitation was followed already, or was revoked.")
    if expires_at <= timezone.now():
        raise InvitationClosed("Choose a moment that is still to come.")
    later = expires_at > invitation.expires_at
    invitation.expires_at, invitation.expiry_noted_at = expires_at, None
    invitation.save(update_fields=["expires_at", "expiry_noted_at"])
    record("invitation.extended", invitation, by=by, expires_at=expires_at)
    if later:
        queue_email(Email.Kind.EXTENDED, invitation)
    return invitation


@transaction.atomic
def reword_invitation(
    invitation: Invitation, *, by: Actor = None, **changes: str | datetime | None
) -> Invitation:
    """Change the `message` of e-mails that follow, or when it `opens_at`.

    Raises InvitationClosed where it was followed or revoked, or would open after it has expired.
    """
    invitation = _locked(invitation)
    if invitation.state != Invitation.State.SENT:
        raise InvitationClosed("This invitation was followed already, or was revoked.")
    for name, value in changes.items():
        setattr(invitation, name, value)
    if invitation.opens_at and invitation.opens_at >= invitation.expires_at:
        raise InvitationClosed("It would open after it has expired.")
    invitation.save(update_fields=list(changes))
    record("invitation.changed", invitation, by=by, fields=sorted(changes))
    return invitation


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: Actor = None) -> Invitation:
    """Withdraw an invitation that nobody followed, and whatever e-mail of it is still waiting."""
    invitation = _locked(invitation)
    if invitation.state not in (Invitation.State.SENT, Invitation.State.REVOKED):
        raise InvitationClosed("The candidate has started; an attempt can't be revoked.")
    was_revoked = invitation.state == Invitation.State.REVOKED
    invitation.state, invitation.remind_at = Invitation.State.REVOKED, None
    invitation.save(update_fields=["state", "remind_at"])
    invitation.emails.filter(sent_at=None).delete()
    record("invitation.revoked", invitation, by=by)
    if not was_revoked:
        announce(EventType.INVITATION_REVOKED, invitation)
    return invitation


def _locked(invitation: Invitation) -> Invitation:
    locked: Invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    return locked


def _open(invitation: Invitation) -> Invitation:
    invitation = _locked(invitation)
    if not invitation.is_open:
        raise InvitationClosed("This invitation is no longer open.")
    return invitation
