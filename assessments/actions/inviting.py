"""From a finished assessment to a running attempt."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions.announcing import announce
from assessments.actions.attempts_left import is_used_up, refuse_a_start, refuse_another
from assessments.actions.auditing import Actor, record
from assessments.actions.drawing import drawn_for
from assessments.actions.invitations import send_invitation
from assessments.actions.problems import InvitationClosed, NotPublished, NotYetOpen
from assessments.course import Course
from assessments.models import (
    AssessmentVersion,
    Attempt,
    Candidate,
    EventType,
    Invitation,
    User,
)
from questions import exposure


@transaction.atomic
def invite(
    version: AssessmentVersion,
    name: str,
    email: str,
    expires_in: timedelta = timedelta(days=14),
    *,
    message: str = "",
    language: str = "",
    remind_at: datetime | None = None,
    opens_at: datetime | None = None,
    send: bool = False,
    one_more: bool = False,
    by: Actor = None,
) -> Invitation:
    """Invite a candidate, who is known by the e-mail address; the link is `invitation.link`.

    The name is what was typed last: a correction must not be lost. `send` e-mails the link, with
    the recruiter's `message`; else the recruiter hands it on. `language` is a code of
    settings.LANGUAGES, or "" to leave it to the candidate's browser. `one_more` invites although
    the candidate has started as often as is allowed, where AttemptsUsedUp is raised otherwise.
    """
    refuse_to_invite(version)
    candidate, _ = Candidate.objects.update_or_create(
        organisation=version.assessment.organisation,
        email=email.strip().lower(),
        defaults={"name": name},
    )
    granted = one_more and is_used_up(version, candidate)
    if not granted:
        refuse_another(version, candidate)
    invitation = Invitation.objects.create(
        organisation=version.assessment.organisation,
        assessment_version=version,
        candidate=candidate,
        expires_at=timezone.now() + expires_in,
        message=message,
        language=language,
        remind_at=remind_at,
        opens_at=opens_at,
        invited_by=by if isinstance(by, User) else None,
        one_more=granted,
    )
    record("invitation.created", invitation, by=by, one_more=granted)
    announce(EventType.INVITATION_CREATED, invitation)
    if send:
        send_invitation(invitation)
    return invitation


def refuse_to_invite(version: AssessmentVersion) -> None:
    """Raise NotPublished, with a sentence, where nobody can be invited to `version`."""
    if version.published_at is None:
        raise NotPublished(f"{version} is a draft; publish it first.")
    if version.assessment.archived_at:
        raise NotPublished(f"{version} is archived; bring it back first.")
    if version.assessment.is_closed:
        raise NotPublished(f"{version} has closed; set a later moment first.")
    if version.questions.exists() and not version.questions.askable().exists():
        raise NotPublished(f"Every question of {version} was retired, or has leaked.")


@transaction.atomic
def start_attempt(
    invitation: Invitation, *, consented: bool = False, consented_to: str = ""
) -> Attempt:
    """Start the clock, or return the attempt that was started already.

    It asks nothing that was retired or has leaked since the assessment was published, and draws
    from the pools by its seed; from then on its questions stay as they are. `consented` notes that
    the candidate agreed to what is recorded, and `consented_to` keeps the words of it.
    Raises InvitationClosed where the invitation was revoked or has expired, or nothing is left;
    NotYetOpen before it opens, and AttemptsUsedUp where the candidate has started too often.
    """
    # Before the invitation, as whoever erases does: another link of theirs has to wait.
    Candidate.objects.select_for_update().get(pk=invitation.candidate_id)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    started: Attempt | None = Attempt.objects.filter(invitation=invitation).first()
    if started:
        return started
    _refuse_a_closed(invitation)
    refuse_a_start(invitation)
    now = timezone.now()
    attempt = Attempt(
        organisation=invitation.organisation,
        invitation=invitation,
        consented_at=now if consented else None,
        consented_to=consented_to,
        started_at=now,
    )
    asked = drawn_for(attempt)
    if not asked:
        raise InvitationClosed(_("The questions of this invitation are no longer in use."))
    invitation.state = Invitation.State.STARTED
    invitation.save(update_fields=["state"])
    if not invitation.preview:
        exposure.record_shown(invitation.organisation, _questions(attempt.version, asked))
    attempt.left_out = sorted(set(attempt.version.questions.values_list("pk", flat=True)) - asked)
    _save_with_deadline(attempt)
    announce(EventType.ATTEMPT_STARTED, attempt)
    return attempt


def _refuse_a_closed(invitation: Invitation) -> None:
    if invitation.assessment_closed:
        raise InvitationClosed(_("This assessment has closed, and can be started no more."))
    if not invitation.is_open:
        raise InvitationClosed(_("This invitation is no longer open."))
    if invitation.opens_later:
        raise NotYetOpen(_("This invitation opens later. You can start it then."))


def _save_with_deadline(attempt: Attempt) -> None:
    """Store an attempt that starts now, with the time that was granted to its candidate."""
    attempt.deadline = attempt.started_at + timedelta(minutes=attempt.version.minutes)
    attempt.save()
    course = Course.of(attempt)
    attempt.deadline = course.end if course.timed else attempt.started_at + course.whole
    attempt.save(update_fields=["deadline"])


def _questions(version: AssessmentVersion, asked: set[int]) -> list[int]:
    """The questions behind what is `asked` of `version`."""
    places = version.questions.filter(pk__in=asked)
    return list(places.values_list("question_version__question", flat=True))
