"""Links for everybody: made, changed, closed, and followed until their cap is reached."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from assessments.actions.announcing import announce
from assessments.actions.auditing import record
from assessments.actions.emailing import queue_email
from assessments.actions.inviting import refuse_to_invite
from assessments.actions.problems import LinkBusy, LinkClosed, NotPublished
from assessments.begun import started_by
from assessments.email_texts import quoted
from assessments.models import (
    Assessment,
    Candidate,
    Email,
    EventType,
    Invitation,
    OpenLink,
    User,
)

# The same person asks again and again: one e-mail is on its way already.
ENOUGH = timedelta(minutes=10)
# Of one link: a room full of people joins in a minute, a machine joins faster.
MOST_A_MINUTE = 120


@transaction.atomic
def create_link(
    assessment: Assessment, *, name: str, cap: int, expires_at: datetime, days: int, by: User | None
) -> OpenLink:
    """Make a link by which `cap` people may invite themselves; raise NotPublished."""
    refuse_to_invite(assessment.current_version)
    link: OpenLink = OpenLink.objects.create(
        organisation=assessment.organisation,
        assessment=assessment,
        name=name,
        cap=cap,
        expires_at=expires_at,
        days=days,
        created_by=by,
    )
    record("open_link.created", link, by=by, cap=cap, expires_at=expires_at)
    return link


@transaction.atomic
def change_link(
    link: OpenLink, *, name: str, cap: int, expires_at: datetime, days: int, by: User | None
) -> OpenLink:
    """Change what holds for a link; raise LinkClosed where it has invited more than `cap`."""
    link = _locked(link)
    if cap < link.used:
        raise LinkClosed(f"{link.used} were invited by it already: the most can't be below that.")
    link.name, link.cap, link.expires_at, link.days = name, cap, expires_at, days
    link.save(update_fields=["name", "cap", "expires_at", "days"])
    record("open_link.changed", link, by=by, cap=cap, expires_at=expires_at)
    return link


@transaction.atomic
def close_link(link: OpenLink, *, by: User | None) -> OpenLink:
    """Invite nobody by it any more; who was invited keeps the invitation."""
    link = _locked(link)
    if link.closed_at is None:
        link.closed_at = timezone.now()
        link.save(update_fields=["closed_at"])
        record("open_link.closed", link, by=by)
    return link


@transaction.atomic
def reopen_link(link: OpenLink, *, by: User | None) -> OpenLink:
    link = _locked(link)
    if link.closed_at:
        link.closed_at = None
        link.save(update_fields=["closed_at"])
        record("open_link.reopened", link, by=by)
    return link


@dataclass(frozen=True, slots=True)
class Joined:
    """What came of following a link; the page says the same of each."""

    invitation: Invitation
    is_new: bool


@transaction.atomic
def join(link: OpenLink, *, name: str, email: str, language: str = "") -> Joined:
    """Send an invitation to `email`, whose owner alone can follow it.

    Who holds one already is sent that one, and who has started as often as is allowed the way back
    to it; neither counts. Raises LinkClosed where the link invites nobody any more, and LinkBusy
    where it does so faster than people can.
    """
    link = _locked(link)
    if is_closed(link):
        raise LinkClosed("This link invites nobody any more.")
    email = email.strip().lower()
    if known := _known(link, email):
        _send_known(known)
        return Joined(known, is_new=False)
    _refuse_a_flood(link)
    invitation = _invite(link, name, email, language)
    link.used += 1
    link.save(update_fields=["used"])
    return Joined(invitation, is_new=True)


def is_closed(link: OpenLink) -> bool:
    """Whether it invites nobody, or its assessment can't be started any more."""
    try:
        refuse_to_invite(link.assessment.current_version)
    except NotPublished:
        return True
    return not link.is_open


def _known(link: OpenLink, email: str) -> Invitation | None:
    """The invitation that `email` is to use instead of a new one; None where a new one is due."""
    theirs = Invitation.objects.of_assessment(link.assessment).filter(candidate__email=email)
    waiting: list[Invitation] = list(theirs.filter(state=Invitation.State.SENT).with_people())
    if still_open := [each for each in waiting if each.is_open]:
        return still_open[0]
    begun = started_by(link.assessment, [email]).get(email, 0)
    if begun < link.assessment.current_version.max_attempts:
        return None
    followed: Invitation | None = theirs.filter(attempt__isnull=False).first()
    return followed


def _send_known(invitation: Invitation) -> None:
    recent = invitation.emails.filter(created_at__gt=timezone.now() - ENOUGH)
    if recent.exists():
        return
    if invitation.is_open:
        queue_email(Email.Kind.INVITATION, invitation, message=quoted(invitation.message))
    else:
        queue_email(Email.Kind.KNOWN, invitation)


def _refuse_a_flood(link: OpenLink) -> None:
    minute = timezone.now() - timedelta(minutes=1)
    if link.invitations.filter(created_at__gt=minute).count() >= MOST_A_MINUTE:
        raise LinkBusy("Too many people use this link at this moment.")


def _invite(link: OpenLink, name: str, email: str, language: str) -> Invitation:
    # Nobody has shown yet that the address is theirs: a name that is known stays as it is.
    candidate, _ = Candidate.objects.get_or_create(
        organisation=link.organisation, email=email, defaults={"name": name}
    )
    invitation: Invitation = Invitation.objects.create(
        organisation=link.organisation,
        assessment_version=link.assessment.current_version,
        candidate=candidate,
        expires_at=timezone.now() + timedelta(days=link.days),
        language=language,
        open_link=link,
    )
    record("invitation.joined", invitation, by=None, link=str(link.pk))
    announce(EventType.INVITATION_CREATED, invitation)
    queue_email(Email.Kind.INVITATION, invitation, message=[])
    return invitation


def _locked(link: OpenLink) -> OpenLink:
    found = OpenLink.objects.select_for_update(of=("self",))
    locked: OpenLink = found.select_related("organisation", "assessment").get(pk=link.pk)
    return locked
