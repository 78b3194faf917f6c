"""To the grader and back, whatever is lost, late, doubled or forged on the way."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments import actions, tasks
from assessments.models import Submission

pytestmark = pytest.mark.django_db

SOURCE = "def loss(y_true, y_pred, delta=1.0):\n    return 0.0\n"
RUN, SUBMIT = Submission.Purpose.RUN, Submission.Purpose.SUBMIT


@pytest.fixture
def submission(organisation):
    return actions.submit_for_api(organisation, "huber", SOURCE)


@pytest.fixture
def report():
    """A report as the grader sends it, with changes."""

    def make(score=1.0, verdict="passed", **changes):
        family = {"passed": 20, "total": 20, "score": score}
        return {
            "task": "huber",
            "verdict": verdict,
            "score": score,
            "families": {"values": family, "gradients": family},
            "checks": [{"family": "values", "name": "a vector", "passed": True, "detail": ""}],
            "error": None,
            "diagnosis": [],
            "seconds": {"wall": 0.01, "cpu": 0.01},
            **changes,
        }

    return make


def deliver(submission, report, ticket=None):
    tasks.store_report(report, str(submission.pk), ticket or submission.ticket)
    submission.refresh_from_db()
    return submission


# Sending ----------------------------------------------------------------------------------------


def test_nothing_is_sent_before_the_commit(broker, committed, organisation):
    with committed():
        actions.submit_for_api(organisation, "huber", SOURCE)
        assert broker.messages("grading") == []

    assert len(broker.messages("grading")) == 1


def test_the_message_holds_task_source_and_seed_and_no_more(broker, committed, organisation):
    with committed():
        submission = actions.submit_for_api(organisation, "huber", SOURCE)

    args, kwargs, embed = broker.bodies("grading")[0]
    assert args == ["huber", SOURCE, submission.seed, False]
    assert list(kwargs) == ["on_fault"]
    link = embed["callbacks"][0]
    assert link["task"] == "assessments.tasks.store_report"
    assert list(link["args"]) == [str(submission.pk), submission.ticket]
    assert link["kwargs"] == {"alone": True}
    assert link["options"]["queue"] == "default"


@pytest.mark.parametrize(
    ("purpose", "queue", "sample"), [(RUN, "run", True), (SUBMIT, "grading", False)]
)
def test_a_run_goes_ahead_and_asks_for_the_samples(
    broker, committed, attempt, coding_question, purpose, queue, sample
):
    with committed():
        actions.submit_code(attempt, coding_question, SOURCE, purpose)

    ((args, _, embed),) = broker.bodies(queue)
    assert args[3] is sample
    assert embed["callbacks"][0]["kwargs"] == {}  # its attempt is scored anew


def test_a_broker_that_is_away_refuses_no_submission(monkeypatch, committed, organisation, broker):
    def refuse(*args, **kwargs):
        raise OSError("no broker")

    monkeypatch.setattr("celery.app.base.Celery.send_task", refuse)
    monkeypatch.setattr("celery.app.amqp.AMQP.send_task_message", refuse, raising=False)
    with committed():
        submission = actions.submit_for_api(organisation, "huber", SOURCE)

    assert Submission.objects.get(pk=submission.pk).status == "queued"
    assert broker.messages("grading") == []


# Storing ----------------------------------------------------------------------------------------


def test_a_report_is_stored_with_its_verdict_and_score(submission, report):
    graded = deliver(submission, report(0.5, "partial"))

    assert (graded.status, graded.verdict, graded.score) == ("graded", "partial", 0.5)
    assert graded.report["checks"][0]["name"] == "a vector"
    assert graded.graded_at is not None


def test_the_first_report_stays(submission, report):
    deliver(submission, report(1.0))

    assert deliver(submission, report(0.0, "failed")).score == 1.0


def test_a_report_with_another_submissions_ticket_is_refused(submission, organisation, report):
    other = actions.submit_for_api(organisation, "huber", SOURCE)

    assert deliver(submission, report(), ticket=other.ticket).status == "queued"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"verdict": "brilliant"}, id="unknown verdict"),
        pytest.param({"score": 2.0}, id="score above 1"),
        pytest.param({"score": float("nan")}, id="score NaN"),
        pytest.param({"seconds": {"cpu": float("inf")}}, id="infinite seconds"),
        pytest.param({"score": True}, id="a truth for a score"),
        pytest.param({"checks": "all"}, id="checks are no list"),
        pytest.param({"checks": [{"family": "luck", "name": "", "passed": True}]}, id="no family"),
        pytest.param({"diagnosis": ["x" * 1_100_000]}, id="a megabyte"),
        pytest.param({"error": {"kind": "timeout"}}, id="an error without detail"),
        pytest.param({"families": None}, id="null for families"),
    ],
)
def test_a_malformed_report_is_a_fault_and_no_verdict(submission, report, change):
    graded = deliver(submission, report(**change))

    assert (graded.status, graded.report, graded.faults) == ("queued", None, 1)
    assert graded.last_fault.startswith("malformed report")


@pytest.mark.parametrize("value", [None, [], "x", 3, {}], ids=repr)
def test_what_is_no_report_at_all_is_a_fault(submission, value):
    assert deliver(submission, value).faults == 1


def test_text_that_postgresql_cannot_hold_is_replaced(submission, report):
    graded = deliver(submission, report(diagnosis=["a\x00b", "c\ud800d"], stdout="\x00"))

    assert graded.report["diagnosis"] == ["a\ufffdb", "c\ufffdd"]
    assert graded.report["stdout"] == "\ufffd"


def test_a_large_honest_report_fits(submission, report):
    check = {"family": "values", "name": "n" * 50, "passed": False, "detail": "d" * 300}
    graded = deliver(submission, report(0.0, "failed", checks=[check] * 300))

    assert len(json.dumps(graded.report)) > 100_000


def test_a_report_for_nothing_is_ignored(report):
    tasks.store_report(report(), "00000000-0000-4000-8000-000000000000", "ticket")

    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"status": "graded"}, {"report": {}}, {"attempt": None, "purpose": "submit"}, {"score": -1.0}],
    ids=["graded without report", "report while queued", "of nobody", "below 0"],
)
def test_the_database_holds_no_impossible_submission(submission, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.update(**change)


# Faults of ours ---------------------------------------------------------------------------------


def test_a_fault_is_counted_and_the_submission_waits(submission):
    tasks.record_fault("SandboxFault: no user namespaces", str(submission.pk), submission.ticket)

    submission.refresh_from_db()
    assert (submission.status, submission.faults, submission.score) == ("queued", 1, None)
    assert submission.last_fault == "SandboxFault: no user namespaces"


def test_a_fault_with_a_wrong_ticket_is_not_believed(submission):
    tasks.record_fault("x", str(submission.pk), "another")

    submission.refresh_from_db()
    assert submission.faults == 0


def waiting_for(submission, seconds):
    """As if it had been sent that long ago."""
    ago = timezone.now() - timedelta(seconds=seconds)
    Submission.objects.filter(pk=submission.pk).update(
        queued_at=ago, retry_at=ago + timedelta(seconds=30)
    )


def test_the_sweep_sends_a_lost_submission_again(broker, committed, submission):
    waiting_for(submission, 31)
    with committed():
        tasks.sweep()

    submission.refresh_from_db()
    assert submission.tries == 2
    assert len(broker.messages("grading")) == 1


def test_the_sweep_has_patience(broker, committed, submission):
    waiting_for(submission, 29)
    with committed():
        tasks.sweep()

    assert broker.messages("grading") == []


def test_two_sweeps_send_once(broker, committed, submission):
    waiting_for(submission, 31)
    found = list(Submission.objects.stalled())
    with committed():
        assert [actions.queue_grading(s) for s in found] == [True]
        assert [actions.queue_grading(s) for s in found] == [False]

    assert len(broker.messages("grading")) == 1


def test_the_sweep_waits_twice_as_long_each_time_and_a_quarter_of_an_hour_at_most(submission):
    pauses = []
    for _ in range(8):
        submission.refresh_from_db()
        actions.queue_grading(submission)
        submission.refresh_from_db()
        pauses.append(round((submission.retry_at - submission.queued_at).total_seconds()))

    assert pauses == [60, 120, 240, 480, 900, 900, 900, 900]


def test_a_message_expires_when_it_counts_as_lost(broker, committed, submission):
    waiting_for(submission, 31)
    with committed():
        actions.requeue_stalled()

    submission.refresh_from_db()
    expires = broker.headers("grading")[0]["expires"]
    assert abs(submission.retry_at.timestamp() - _timestamp(expires)) < 1


def _timestamp(text):
    return timezone.datetime.fromisoformat(text).timestamp()


def test_a_graded_submission_is_never_sent_again(broker, committed, submission, report):
    deliver(submission, report())
    waiting_for(submission, 3600)
    with committed():
        assert actions.requeue_stalled() == 0
        assert actions.queue_grading(submission) is False


def test_an_operator_sees_what_cannot_be_graded_and_sends_it_again(broker, committed, submission):
    tasks.record_fault("SandboxFault: no walls", str(submission.pk), submission.ticket)
    out = StringIO()
    with committed():
        call_command("stalled", "--retry", stdout=out)

    assert f"{submission.pk} huber" in out.getvalue()
    assert "1 faults: SandboxFault: no walls" in out.getvalue()
    submission.refresh_from_db()
    assert (submission.tries, submission.faults) == (1, 0)
    assert len(broker.messages("grading")) == 1


# Scores -----------------------------------------------------------------------------------------


def test_the_score_is_the_weighted_mean_of_the_answers(
    attempt, choice_question, coding_question, report
):
    actions.save_answer(attempt, choice_question, {"option": "a"}, 0)
    submission = actions.submit_code(attempt, coding_question, SOURCE, SUBMIT)
    attempt = actions.finish_attempt(attempt)
    assert attempt.score is None

    deliver(submission, report(0.5, "partial"))

    attempt.refresh_from_db()
    assert attempt.score == pytest.approx((1 * 1.0 + 3 * 0.5) / 4)
    assert [answer.score for answer in attempt.answers.all()] == [1.0, 0.5]


def test_the_best_submission_counts_in_any_order_of_grading(attempt, coding_question, report):
    first = actions.submit_code(attempt, coding_question, SOURCE, SUBMIT)
    second = actions.submit_code(attempt, coding_question, SOURCE + "#", SUBMIT)
    actions.finish_attempt(attempt)

    deliver(second, report(0.2, "failed"))
    attempt.refresh_from_db()
    assert attempt.score is None
    deliver(first, report(0.8, "partial"))

    attempt.refresh_from_db()
    assert attempt.score == pytest.approx(3 * 0.8 / 4)


def test_a_run_earns_nothing(attempt, coding_question, report):
    run = actions.submit_code(attempt, coding_question, SOURCE, RUN)
    deliver(run, report(1.0))

    assert actions.finish_attempt(attempt).score == 0.0


def test_a_score_can_be_computed_again(attempt, choice_question):
    actions.save_answer(attempt, choice_question, {"option": "a"}, 0)
    attempt = actions.finish_attempt(attempt)
    attempt.score = 1.0
    attempt.save()

    assert actions.rescore_attempt(attempt) == pytest.approx(0.25)
