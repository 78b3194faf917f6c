"""What an assessment will ask, counted before anything is drawn."""

import pytest

from assessments.actions import grant_accommodation, invite, publish_assessment, start_attempt
from assessments.candidate.outline import outline_of
from assessments.models import Assessment, AssessmentQuestion, AssessmentVersion, Pool, Section
from questions.models import QuestionVersion
from tests.assessments.conftest import CHOICE, make_question, words
from tests.questions.contents import GOOD

CONTENT = {**GOOD, "single_choice": CHOICE}


@pytest.fixture
def draft(organisation):
    assessment = Assessment.objects.create(organisation=organisation, slug="parts")
    return AssessmentVersion.objects.create(
        assessment=assessment, number=1, title="In parts", minutes=45
    )


@pytest.fixture
def ask(draft):
    """Puts so many questions of a kind into the draft."""

    def put(kind, number=1, section=None, pool=None):
        for _ in range(number):
            position = draft.questions.count() + 1
            question = make_question(f"q{position}", kind, {**CONTENT[kind], "context": "It."})
            AssessmentQuestion.objects.create(
                version=draft, question_version=question, position=position,
                section=section, pool=pool,
            )  # fmt: skip

    return put


def counted(outline):
    return {count.kind: count.number for count in outline.counts}


def test_questions_are_counted_by_kind_the_most_frequent_first(draft, ask):
    ask("numeric", 2)
    ask("single_choice", 3)

    outline = outline_of(draft)

    assert [(count.kind, count.number) for count in outline.counts] == [
        ("single_choice", 3),
        ("numeric", 2),
    ]
    assert (outline.number, outline.drawn) == (5, 0)


@pytest.mark.parametrize(
    ("draws", "kinds", "sure", "drawn"),
    [
        pytest.param(2, ["numeric"] * 5, {"numeric": 2}, 0, id="one kind"),
        pytest.param(2, ["numeric", "single_choice", "numeric"], {}, 2, id="several kinds"),
        pytest.param(9, ["numeric", "single_choice"], {"numeric": 1, "single_choice": 1}, 0,
                     id="all of them"),
    ],
)  # fmt: skip
def test_of_a_pool_as_many_count_as_are_drawn(draft, ask, draws, kinds, sure, drawn):
    pool = Pool.objects.create(version=draft, name="some", draws=draws)
    for kind in kinds:
        ask(kind, pool=pool)

    outline = outline_of(draft)

    assert (counted(outline), outline.drawn) == (sure, drawn)


def test_what_is_counted_is_what_is_asked(draft, ask, organisation):
    pool = Pool.objects.create(version=draft, name="some", draws=3)
    ask("numeric", 5, pool=pool)
    ask("true_false", 2)
    QuestionVersion.objects.filter(question__slug__in=["q1", "q2", "q3"]).update(status="retired")

    outline = outline_of(draft)
    AssessmentVersion.objects.update(published_at=draft.created_at)
    attempt = start_attempt(invite(AssessmentVersion.objects.get(), "Ada", "ada@example.com"))

    assert counted(outline) == {"numeric": 2, "true_false": 2}
    assert attempt.questions.count() == outline.number


def test_sections_are_listed_with_their_minutes_and_numbers(draft, ask, client):
    first = Section.objects.create(version=draft, position=1, title="Concepts", minutes=20)
    second = Section.objects.create(
        version=draft, position=2, title="Derivations", minutes=25, order=Section.Order.FIXED
    )
    ask("single_choice", 4, section=first)
    ask("numeric", 1, section=second)
    invitation = invite(publish_assessment(draft), "Ada", "ada@example.com")
    grant_accommodation(invitation, made_by=None, extra_percent=50)

    page = words(client.get(invitation.get_absolute_url()))

    assert "Concepts 4 Single choice 4 questions 30 min" in page
    assert "Derivations 1 Numeric One question after the other, without a way back." in page
    assert "1 question 37 min" in page
    assert "Each section has a clock of its own" in page
    assert "In some sections there is no way back" in page


@pytest.mark.parametrize("number", [1, 6])
def test_an_outline_is_one_query(draft, ask, django_assert_num_queries, number):
    section = Section.objects.create(version=draft, position=1, title="All")
    pool = Pool.objects.create(version=draft, name="some", draws=1)
    ask("numeric", number, section=section, pool=pool)

    with django_assert_num_queries(1):
        assert outline_of(draft).number == 1
