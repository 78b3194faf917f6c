"""Pools: what an attempt draws of them, and that every draw counts the same."""

from collections import Counter

import pytest
from django.urls import reverse

from assessments import actions
from assessments.models import Pool
from questions.models import Exposure, QuestionVersion
from tests.assessments.sectioned import RIGHT, WRONG, begin, draft_of, fresh, place
from tests.assessments.test_sections import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(organisation):
    """One question that everybody gets, and a pool of four."""
    version = draft_of(organisation)
    place(version, 1)
    pool = Pool.objects.create(version=version, name="Losses", draws=2)
    for position in range(2, 6):
        place(version, position, pool=pool)
    return version


def drawn(attempt):
    return [question.position for question in attempt.asked()]


def withdraw(version, *positions):
    QuestionVersion.objects.filter(
        uses__version=version, uses__position__in=positions
    ).update(status="leaked")  # fmt: skip


def test_each_attempt_draws_some_by_its_seed_and_keeps_them(draft):
    version = actions.publish_assessment(draft)
    attempts = [begin(version, f"c{number}@example.com") for number in range(30)]

    draws = [drawn(attempt) for attempt in attempts]

    assert {len(each) for each in draws} == {3}
    assert all(each[0] == 1 for each in draws)
    counted = Counter(position for each in draws for position in each[1:])
    assert set(counted) == {2, 3, 4, 5}
    assert max(counted.values()) < 30
    assert [drawn(fresh(attempt)) for attempt in attempts] == draws


def test_what_was_not_drawn_is_neither_asked_nor_scored(draft):
    attempt = begin(actions.publish_assessment(draft))
    first, second, third = attempt.asked()
    actions.save_answer(attempt, first, RIGHT, 0)
    actions.save_answer(attempt, second, RIGHT, 0)
    actions.save_answer(attempt, third, WRONG, 0)

    attempt = fresh(actions.finish_attempt(attempt))

    assert len(attempt.left_out) == 2
    assert not set(attempt.left_out) & {question.pk for question in attempt.asked()}
    assert attempt.score == pytest.approx(2 / 3)


def test_a_withdrawn_question_is_not_drawn(draft):
    version = actions.publish_assessment(draft)
    withdraw(version, 3, 4)

    for number in range(8):
        assert drawn(begin(version, f"c{number}@example.com")) == [1, 2, 5]


def test_a_pool_with_too_few_left_gives_all_that_it_has(draft):
    version = actions.publish_assessment(draft)
    withdraw(version, 2, 3, 4)

    assert drawn(begin(version)) == [1, 5]


def test_only_drawn_questions_count_as_shown(draft):
    version = actions.publish_assessment(draft)
    attempt = begin(version)

    shown = Exposure.objects.filter(candidates=1).values_list("question", flat=True)

    assert set(shown) == {each.question_version.question_id for each in attempt.asked()}


def test_a_pool_that_draws_more_than_it_has_is_refused(draft):
    Pool.objects.update(draws=5)

    assert refused(draft) == (
        "The pool “Losses” draws 5 of 4 questions: add questions to it, or draw fewer."
    )


def test_a_pool_without_questions_is_refused(draft):
    Pool.objects.create(version=draft, name="Empty", draws=1)

    assert "“Empty” draws 1 of 0 questions" in refused(draft)


def test_questions_of_a_pool_that_weigh_differently_are_refused(draft):
    draft.questions.filter(position=3).update(weight=2)

    assert "weigh differently: give them one weight" in refused(draft)


def test_a_pool_over_two_sections_is_refused(organisation):
    version = draft_of(organisation, {}, {})
    pool = Pool.objects.create(version=version, name="Both", draws=1)
    version.questions.update(pool=pool)

    assert "are in different sections: move them into one section" in refused(version)


def test_recruiters_see_what_is_drawn(draft, client, make_member):
    version = actions.publish_assessment(draft)
    client.force_login(make_member())

    address = reverse("recruiter:assessment_questions", args=[version.assessment.pk])
    page = client.get(address).text

    assert page.count("of the pool “Losses” each candidate gets 2") == 4
