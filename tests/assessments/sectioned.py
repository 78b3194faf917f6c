"""Assessments with sections, and candidates who have begun."""

from assessments import actions
from assessments.models import (
    Assessment,
    AssessmentQuestion,
    AssessmentVersion,
    Attempt,
    Organisation,
    Section,
)
from tests.assessments.conftest import CHOICE, CODING, make_question

RIGHT, WRONG = {"option": "a"}, {"option": "b"}


# Sections of 8, 4 and 12 minutes share 6 or 12 more without a remainder.
SECTIONS = [
    {"minutes": 8, "asks": 2},
    {"minutes": 4, "order": Section.Order.FIXED, "asks": 2},
    {"minutes": 12, "asks": "code"},
]
ONE_CLOCK = [{**fields, "minutes": None} for fields in SECTIONS]


def draft_of(organisation, *sections, slug="sectioned", minutes=None):
    """An unpublished version of sections, each {"asks": number of questions, ...fields}.

    A section that asks "code" has one coding question.
    """
    total = sum(each.get("minutes") or 0 for each in sections)
    version = AssessmentVersion.objects.create(
        assessment=Assessment.objects.create(organisation=organisation, slug=slug),
        number=1,
        title="In sections",
        minutes=minutes or total or 60,
    )
    position = 0
    for number, fields in enumerate(sections, start=1):
        asks = fields.pop("asks", 2)
        section = Section.objects.create(
            version=version, position=number, **{"title": f"Part {number}"} | fields
        )
        for _ in range(1 if asks == "code" else asks):
            position += 1
            place(version, position, section, "code" if asks == "code" else "choice")
    return version


def place(version, position, section=None, kind="choice", **fields):
    """One more question at its place; each is a question of its own."""
    slug = f"{version.assessment.slug}-{kind}-{position}"
    content = ("coding", CODING) if kind == "code" else ("single_choice", CHOICE)
    return AssessmentQuestion.objects.create(
        version=version,
        question_version=make_question(slug, *content),
        position=position,
        section=section,
        **fields,
    )


def begin(version, email="ada@example.com", **granted):
    """A candidate who has pressed Start, with what was granted before."""
    invitation = actions.invite(version, "Ada", email)
    if granted:
        actions.grant_accommodation(invitation, made_by=None, **granted)
    return actions.start_attempt(invitation)


def fresh(attempt):
    return Attempt.objects.get(pk=attempt.pk)


def make_attempt(kind):
    """Four choices and some code in 24 minutes: by SECTIONS, on one clock, or without sections."""
    organisation = Organisation.objects.create(name="Acme", slug="acme")
    if kind == "whole":
        version = draft_of(organisation, minutes=24)
        for position in range(1, 5):
            place(version, position)
        place(version, 5, kind="code")
    else:
        sections = SECTIONS if kind == "sections" else ONE_CLOCK
        version = draft_of(organisation, *(dict(each) for each in sections), minutes=24)
    invitation = actions.invite(actions.publish_assessment(version), "Ada", "ada@example.com")
    actions.grant_accommodation(invitation, made_by=None, break_minutes=10)
    return actions.start_attempt(invitation)
