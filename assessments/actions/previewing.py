"""A member's own look at an assessment: sat on the candidate's pages, and counted nowhere."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from assessments.actions.problems import NotPublished
from assessments.actions.publishing import troubles_of_minutes
from assessments.actions.rounds import each
from assessments.models import AssessmentVersion, Attempt, Candidate, Invitation, User
from assessments.models.secret import PREVIEW, secret_token

# For so long a preview can be looked at.
LIFE = timedelta(days=1)


@transaction.atomic
def begin_preview(version: AssessmentVersion, member: User) -> Invitation:
    """Return an invitation of `member` to look at `version`, draft or not; an earlier one ends.

    Raises NotPublished where no sitting could begin.
    """
    version = AssessmentVersion.objects.select_for_update().get(pk=version.pk)
    if not version.questions.askable().exists():
        raise NotPublished(f"{version} asks nothing yet: add a question first.")
    sections = list(version.sections.all())
    for trouble in troubles_of_minutes(version, sections):
        if any(section.minutes is None for section in sections):
            raise NotPublished(trouble.sentence)
    _forget(_previews().filter(assessment_version=version, invited_by=member))
    organisation = version.assessment.organisation
    invitation: Invitation = Invitation.objects.create(
        organisation=organisation,
        assessment_version=version,
        candidate=Candidate.objects.create(
            organisation=organisation,
            name=member.name or "Preview",
            # An address that nobody has, for nothing is ever sent there.
            email=f"{secrets.token_hex(16)}@preview.invalid",
        ),
        token=f"{PREVIEW}{secret_token()}",
        expires_at=timezone.now() + LIFE,
        invited_by=member,
        preview=True,
    )
    return invitation


def forget_previews_of(version: AssessmentVersion) -> int:
    """Delete every preview of a draft: what it asks is about to change."""
    return _forget(_previews().filter(assessment_version=version))


def forget_old_previews() -> int:
    """Delete the previews that nobody should still be looking at; return how many there were."""
    return each(_previews().filter(created_at__lt=timezone.now() - LIFE), _forgotten)


def _previews() -> QuerySet[Invitation]:
    found: QuerySet[Invitation] = Invitation.objects.filter(preview=True)
    return found


@transaction.atomic
def _forgotten(invitation: Invitation) -> bool:
    return _forget(_previews().filter(pk=invitation.pk)) > 0


def _forget(previews: QuerySet[Invitation]) -> int:
    """Delete previews with all that was sat, and their candidates, who are nobody."""
    keys = list(previews.values_list("pk", flat=True))
    # Saves and gradings that are on their way hold their attempt; after them it is gone.
    list(Attempt.objects.select_for_update().filter(invitation__in=keys).order_by("pk"))
    Candidate.objects.filter(invitations__in=keys).delete()
    return len(keys)
