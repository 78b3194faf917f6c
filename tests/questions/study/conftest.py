import pytest

from assessments.models import (
    Assessment,
    AssessmentQuestion,
    AssessmentVersion,
    Organisation,
)
from questions import files
from questions.actions import load_entry
from questions.models import QuestionVersion
from questions.study.guides import guides


@pytest.fixture
def bank(db):
    """The questions that the guides of two topics offer, and one that none does."""
    slugs = {
        *guides()["regression"]["review"],
        *guides()["robustness"]["review"],
        "rmse-and-its-unit",
    }
    for slug in sorted(slugs):
        load_entry(files.read(files.BANK / f"{slug}.yaml"))
    return slugs


@pytest.fixture
def ask(db):
    """Puts a question version into an assessment version of an organisation of its own."""

    def put(version: QuestionVersion, *, position: int = 1) -> AssessmentVersion:
        organisation, _ = Organisation.objects.get_or_create(slug="acme", name="Acme")
        assessment = Assessment.objects.create(organisation=organisation, slug=f"a-{version.pk}")
        asked = AssessmentVersion.objects.create(
            assessment=assessment, number=1, title="An assessment", minutes=30
        )
        AssessmentQuestion.objects.create(
            version=asked, question_version=version, position=position
        )
        return asked

    return put
