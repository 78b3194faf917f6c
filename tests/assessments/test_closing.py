"""The end by the clock: to the second, whoever looks, and once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from assessments import actions, tasks
from assessments.actions import closing
from assessments.models import Answer, Attempt, Submission
from config.celery import app
from tests.assessments.conftest import SOURCE
from tests.assessments.sectioned import RIGHT, begin, draft_of, fresh

pytestmark = pytest.mark.django_db


def test_beat_asks_for_it_every_second_by_a_task_that_there_is():
    entry = settings.CELERY_BEAT_SCHEDULE["close-overdue"]

    assert entry["schedule"] == 1.0
    assert entry["task"] == tasks.close_overdue.name
    assert entry["task"] in app.tasks
    assert entry["options"]["expires"] <= 10


def test_an_abandoned_attempt_ends_at_its_deadline_itself(clock, attempt, choice_question):
    actions.save_answer(attempt, choice_question, RIGHT, 0)
    clock.to(attempt.deadline, seconds=5, milliseconds=1)

    tasks.close_overdue()

    attempt = fresh(attempt)
    assert (attempt.state, attempt.finished_at) == (Attempt.State.TIMED_OUT, attempt.deadline)
    assert attempt.score == pytest.approx(0.25)


def test_nothing_closes_while_saves_are_still_taken(clock, attempt, choice_question):
    clock.to(attempt.deadline, seconds=5)

    tasks.close_overdue()
    actions.finish_attempt(attempt)

    assert fresh(attempt).state == Attempt.State.IN_PROGRESS
    assert actions.save_answer(attempt, choice_question, RIGHT, 0).revision == 1


def test_an_abandoned_section_closes_and_its_code_is_graded(organisation, clock):
    version = actions.publish_assessment(
        draft_of(organisation, {"minutes": 20, "asks": "code"}, {"minutes": 10})
    )
    attempt = begin(version)
    question = version.questions.first()
    actions.start_section(attempt, question.section)
    actions.save_answer(attempt, question, {"source": SOURCE}, 0)
    deadline = attempt.sittings.get().deadline
    clock.to(deadline, seconds=6)

    assert actions.close_overdue() == 0

    assert attempt.sittings.get().finished_at == deadline
    assert attempt.submissions.get().purpose == Submission.Purpose.SUBMIT
    assert fresh(attempt).finished_at is None
    assert not Attempt.objects.overdue().exists()


def test_closing_again_changes_nothing(clock, attempt, coding_question):
    actions.save_answer(attempt, coding_question, {"source": SOURCE}, 0)
    clock.to(attempt.deadline, seconds=6)

    assert [actions.close_overdue(), actions.close_overdue()] == [1, 0]

    assert attempt.submissions.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_that_close_at_once_each_attempt_is_closed_once(version, clock):
    attempts = [begin(version, f"c{number}@example.com") for number in range(12)]
    for attempt in attempts:
        actions.save_answer(attempt, version.questions.get(position=2), {"source": SOURCE}, 0)
    clock.to(max(attempt.deadline for attempt in attempts), seconds=6)

    def close(_):
        try:
            return actions.close_overdue()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        closed = sum(pool.map(close, range(4)))

    assert closed + actions.close_overdue() == 12
    assert not Attempt.objects.filter(finished_at=None).exists()
    assert Submission.objects.count() == Answer.objects.count() == 12


def test_an_attempt_that_cannot_be_closed_keeps_no_other_open(version, clock, monkeypatch, caplog):
    attempts = [begin(version, f"c{number}@example.com") for number in range(3)]
    clock.to(max(attempt.deadline for attempt in attempts), seconds=6)
    broken, receipt = attempts[0].pk, closing.send_receipt

    def send_receipt(attempt):
        if attempt.pk == broken:
            raise RuntimeError("no receipt")
        return receipt(attempt)

    monkeypatch.setattr(closing, "send_receipt", send_receipt)

    assert actions.close_overdue() == 2

    assert list(Attempt.objects.filter(finished_at=None).values_list("pk", flat=True)) == [broken]
    assert str(broken) in caplog.text


def test_it_is_one_query_while_nothing_is_over(attempt, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert actions.close_overdue() == 0


def test_the_time_that_was_given_meanwhile_is_not_cut_off(clock, attempt):
    clock.to(attempt.deadline, seconds=3)

    actions.extend_time(attempt.invitation, 10, made_by=None)

    clock.forward(seconds=10)
    assert actions.close_overdue() == 0
    assert fresh(attempt).deadline == attempt.deadline + timedelta(minutes=10)
