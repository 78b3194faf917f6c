"""From a finished assessment to a running attempt."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from assessments.actions.problems import InvitationClosed, NotPublished
from assessments.models import AssessmentVersion, Attempt, Candidate, Invitation


@transaction.atomic
def publish_assessment(version: AssessmentVersion) -> AssessmentVersion:
    """Make `version` final; raise NotPublished where a question of it is a draft."""
    if not version.questions.exists():
        raise NotPublished(f"{version} asks nothing yet.")
    if version.questions.filter(question_version__published_at=None).exists():
        raise NotPublished(f"A question of {version} is not published yet.")
    if version.questions.count() > version.questions.askable().count():
        raise NotPublished(f"A question of {version} was retired, or has leaked.")
    version.published_at = timezone.now()
    version.save()
    return version


@transaction.atomic
def invite(
    version: AssessmentVersion, name: str, email: str, expires_in: timedelta = timedelta(days=14)
) -> Invitation:
    """Invite a candidate, who is known by the e-mail address; the link is `invitation.link`.

    The name is what was typed last: a correction must not be lost.
    """
    if version.published_at is None:
        raise NotPublished(f"{version} is a draft; publish it first.")
    if version.questions.exists() and not version.questions.askable().exists():
        raise NotPublished(f"Every question of {version} was retired, or has leaked.")
    organisation = version.assessment.organisation
    candidate, _ = Candidate.objects.update_or_create(
        organisation=organisation, email=email.strip().lower(), defaults={"name": name}
    )
    return Invitation.objects.create(
        organisation=organisation,
        assessment_version=version,
        candidate=candidate,
        expires_at=timezone.now() + expires_in,
    )


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
    now = timezone.now()
    return Attempt.objects.create(
        organisation=invitation.organisation,
        invitation=invitation,
        consented_at=now if consented else None,
        started_at=now,
        deadline=now + timedelta(minutes=version.minutes),
        left_out=sorted(set(version.questions.values_list("pk", flat=True)) - asked),
    )
