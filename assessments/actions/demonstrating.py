"""A small organisation to look around in, made at the first start."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from assessments.actions.inviting import invite
from assessments.actions.publishing import publish_assessment
from assessments.actions.tokens import issue_token
from assessments.models import (
    ApiToken,
    Assessment,
    AssessmentQuestion,
    AssessmentVersion,
    Invitation,
    Member,
    Organisation,
    User,
)
from questions.models import QuestionVersion

SLUG = "demo"
RECRUITER = "recruiter@example.com"
CANDIDATE = ("Ada Example", "ada@example.com")
QUESTIONS = ("huber-tail-gradient", "code-huber")
CONTACT = "people@example.com"
INTRO = """\
Two questions about loss functions: one to choose an answer, one to write code.
"""
PURPOSE = """\
We look for somebody who trains models and can say **why** one is trained as it is. Your answers are
what we talk about when we meet.
"""


@dataclass(frozen=True, slots=True)
class Demo:
    """What somebody needs to look around; the secrets only when they were made just now."""

    email: str
    invitation: Invitation
    password: str = ""
    token: str = ""


@transaction.atomic
def make_demo() -> Demo:
    """Make the demo organisation, or find it again; a finished invitation gets a successor."""
    organisation, created = Organisation.objects.get_or_create(
        slug=SLUG, defaults={"name": "Demo organisation", "contact_email": CONTACT}
    )
    invitation = _open_invitation(organisation)
    if not created:
        return Demo(RECRUITER, invitation)
    password = secrets.token_urlsafe(12)
    user = User.objects.create_user(RECRUITER, password, name="Robin Recruiter")
    Member.objects.create(user=user, organisation=organisation, role=Member.Role.OWNER)
    _, token = issue_token(organisation, "demo", list(ApiToken.Scope))
    return Demo(RECRUITER, invitation, password, token)


def _open_invitation(organisation: Organisation) -> Invitation:
    waiting = [Invitation.State.SENT, Invitation.State.STARTED]
    invitations = Invitation.objects.of(organisation).filter(candidate__email=CANDIDATE[1])
    usable: Invitation | None = invitations.filter(state__in=waiting).first()
    if usable:
        return usable
    # To look around in over and over, however often that was.
    a_year = timedelta(days=365)
    return invite(_version(organisation), *CANDIDATE, expires_in=a_year, one_more=True)


def _version(organisation: Organisation) -> AssessmentVersion:
    assessment, created = Assessment.objects.get_or_create(
        organisation=organisation, slug="first-look"
    )
    if not created:
        return assessment.versions.get(number=1)
    version = AssessmentVersion.objects.create(
        assessment=assessment,
        number=1,
        title="Loss functions: a first look",
        intro=INTRO,
        purpose=PURPOSE,
        minutes=45,
        feedback=AssessmentVersion.Feedback.FAMILIES,
    )
    for position, slug in enumerate(QUESTIONS, start=1):
        AssessmentQuestion.objects.create(
            version=version,
            question_version=QuestionVersion.objects.latest_of(slug),
            position=position,
            weight=2 * position - 1,
        )
    return publish_assessment(version)
