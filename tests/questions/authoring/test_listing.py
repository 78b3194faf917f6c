"""The list: what each filter finds, and what it costs."""

import pytest
from django.utils import timezone

from questions import exposure
from questions.authoring import drafting, reviewing
from questions.authoring.listing import FilterForm, rows
from questions.models import Exposure, Question, QuestionVersion, Topic
from tests.questions.authoring.conftest import address, make_shared, written


def slugs(author, **said):
    return [row.question.slug for row in FilterForm(said).filter(rows(author))]


@pytest.fixture
def bank(ada, bo):
    """Two shared questions, an own draft, and an own one with a draft beside it."""
    make_shared("choice", title="B", difficulty="hard", roles=["ai-engineer"], tags=["robust"])
    make_shared("truth", "true_false", title="A", topics=["calibration"], tags=[])
    drafting.create(ada, "open_text", "Mine")
    first = reviewing.publish(bo, reviewing.send(ada, written(ada, title="D")))
    drafting.edit(ada, first.question)
    asked = Question.objects.get(slug="choice").pk
    exposure.record_asked(ada.organisation, {asked: 2})
    for _ in range(12):
        exposure.record_shown(ada.organisation, [asked])


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, ["truth", "choice", "a-question", "mine"]),
        ({"q": "kink"}, []),
        ({"q": "smooth"}, ["truth"]),
        ({"q": "ROBUST"}, ["choice", "a-question"]),
        ({"q": "  mine "}, ["mine"]),
        ({"q": "%"}, []),
        ({"whose": "own"}, ["a-question", "mine"]),
        ({"whose": "shared"}, ["truth", "choice"]),
        ({"topic": "calibration"}, ["truth"]),
        ({"topic": "cooking"}, ["truth", "choice", "a-question", "mine"]),
        ({"role": "ai-engineer"}, ["choice", "mine"]),
        ({"role": "data-scientist"}, ["truth", "a-question", "mine"]),
        ({"kind": "open_text"}, ["mine"]),
        ({"difficulty": "hard"}, ["choice"]),
        ({"status": "draft"}, ["a-question", "mine"]),
        ({"status": "published"}, ["truth", "choice", "a-question"]),
        ({"status": "in_review"}, []),
        ({"exposure": "used"}, ["choice"]),
        ({"exposure": "unused"}, ["truth", "a-question", "mine"]),
        ({"exposure": "10"}, ["choice"]),
        ({"exposure": "50"}, []),
        ({"sort": "newest"}, ["a-question", "mine", "truth", "choice"]),
        ({"sort": "exposure"}, ["choice", "truth", "a-question", "mine"]),
        ({"sort": "nonsense"}, ["truth", "choice", "a-question", "mine"]),
        ({"whose": "own", "status": "published"}, ["a-question"]),
    ],
    ids=str,
)
def test_search_and_filters_find(bank, ada, said, found):
    assert slugs(ada, **said) == found


def test_an_own_count_is_nobody_elses(bank, ada, eve):
    assert slugs(eve, exposure="used") == []
    assert [row.candidates for row in rows(eve)] == [0, 0]


def test_a_draft_is_found_by_what_it_says_so_far(ada):
    version = drafting.create(ada, "single_choice", "Mine")
    text = "kind: single_choice\ntitle: Mine\ntopics: [ranking, cooking]\ndifficulty: hard\n"
    drafting.save(ada, version, text, 1)

    assert slugs(ada, topic="ranking", difficulty="hard") == ["mine"]


@pytest.mark.parametrize("count", [1, 3, 60])
@pytest.mark.parametrize(
    "asked",
    [{"q": "Q", "exposure": "used"}, {"status": "in_review"}, {"sort": "exposure", "role": "ai"}],
    ids=["search", "what waits for review", "exposure"],
)
def test_the_list_takes_the_same_queries_for_any_number_of_rows(
    ada, client_of, django_assert_num_queries, count, asked
):
    client, topic = client_of(ada), Topic.objects.create(slug="ranking", title="Ranking")
    for number in range(count):
        waits = asked.get("status") == "in_review"
        question = Question.objects.create(slug=f"q-{number}", organisation=ada.organisation)
        question.topics.add(topic)
        Exposure.objects.create(question=question, organisation=ada.organisation, assessments=1)
        QuestionVersion.objects.create(
            question=question, number=1, kind="true_false", title=f"Q {number}", content={},
            status="in_review" if waits else "published",
            published_at=None if waits else timezone.now(),
        )  # fmt: skip

    # Session, user, member, writers, count, rows, topics.
    with django_assert_num_queries(7):
        response = client.get(address("list", ada), asked)

    assert response.context["page"].paginator.count == count
    assert len(response.context["page"].object_list) == min(count, 25)
