"""From a finished assessment to a running attempt."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from assessments.actions.invitations import send_invitation
from assessments.actions.problems import InvitationClosed, NotPublished
from assessments.models import (
    AssessmentQuestion,
    AssessmentVersion,
    Attempt,
    Candidate,
    Invitation,
    Organisation,
)
from questions import exposure
from questions.models import Question


@transaction.atomic
def publish_assessment(version: AssessmentVersion) -> AssessmentVersion:
    """Make `version` final; raise NotPublished where a question of it is a draft."""
    if not version.questions.exists():
        raise NotPublished(f"{version} asks nothing yet.")
    if version.questions.filter(question_version__published_at=None).exists():
        raise NotPublished(f"A question of {version} is not published yet.")
    if version.questions.count() > version.questions.askable().count():
        raise NotPublished(f"A question of {version} was retired, or has leaked.")
    organisation = version.assessment.organisation
    asked = Question.objects.filter(versions__uses__version=version)
    if asked.exclude(pk__in=Question.objects.visible_to(organisation)).exists():
        raise NotPublished(f"A question of {version} belongs to another organisation.")
    version.published_at = timezone.now()
    version.save()
    exposure.record_asked(organisation, _assessments_by_question(organisation, version))
    return version


def _assessments_by_question(
    organisation: Organisation, version: AssessmentVersion
) -> dict[int, int]:
    """In how many published assessments of `organisation` each question of `version` is."""
    question = "question_version__question"
    places = AssessmentQuestion.objects.filter(
        version__assessment__organisation=organisation,
        version__published_at__isnull=False,
        question_version__question__in=version.questions.values(question),
    )
    counted = places.order_by().values_list(question)
    return dict(counted.annotate(Count("version__assessment", distinct=True)))


@transaction.atomic
def invite(
    version: AssessmentVersion,
    name: str,
    email: str,
    expires_in: timedelta = timedelta(days=14),
    *,
    message: str = "",
    remind_at: datetime | None = None,
    send: bool = False,
) -> Invitation:
    """Invite a candidate, who is known by the e-mail address; the link is `invitation.link`.

    The name is what was typed last: a correction must not be lost. `send` e-mails the link, with
    the recruiter's `message`; else the recruiter hands it on.
    """
    if version.published_at is None:
        raise NotPublished(f"{version} is a draft; publish it first.")
    if version.questions.exists() and not version.questions.askable().exists():
        raise NotPublished(f"Every question of {version} was retired, or has leaked.")
    organisation = version.assessment.organisation
    candidate, _ = Candidate.objects.update_or_create(
        organisation=organisation, email=email.strip().lower(), defaults={"name": name}
    )
    invitation = Invitation.objects.create(
        organisation=organisation,
        assessment_version=version,
        candidate=candidate,
        expires_at=timezone.now() + expires_in,
        message=message,
        remind_at=remind_at,
    )
    if send:
        send_invitation(invitation)
    return invitation


@transaction.atomic
def start_attempt(invitation: Invitation, *, consented: bool = False) -> Attempt:
    """Start the clock, or return the attempt that was started already.

    It asks nothing that was retired or has leaked since the assessment was published; from then on
    its questions stay as they are. `consented` notes that the candidate agreed to what is recorded.
    Raises InvitationClosed where the invitation was revoked or has expired, or nothing is left.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    started: Attempt | None = Attempt.objects.filter(invitation=invitation).first()
    if started:
        return started
    if not invitation.is_open:
        raise InvitationClosed("This invitation is no longer open.")
    version = invitation.assessment_version
    asked = set(version.questions.askable().values_list("pk", flat=True))
    if not asked:
        raise InvitationClosed("The questions of this invitation are no longer in use.")
    invitation.state = Invitation.State.STARTED
    invitation.save(update_fields=["state"])
    exposure.record_shown(invitation.organisation, _questions(version, asked))
    now = timezone.now()
    return Attempt.objects.create(
        organisation=invitation.organisation,
        invitation=invitation,
        consented_at=now if consented else None,
        started_at=now,
        deadline=now + timedelta(minutes=version.minutes),
        left_out=sorted(set(version.questions.values_list("pk", flat=True)) - asked),
    )


def _questions(version: AssessmentVersion, asked: set[int]) -> list[int]:
    """The questions behind what is `asked` of `version`."""
    places = version.questions.filter(pk__in=asked)
    return list(places.values_list("question_version__question", flat=True))
