"""Grading again, first as a dry run: what is graded, by whose questions, and what it shows."""

import pytest

from assessments import actions, tasks
from assessments.models import Answer, AssessmentQuestion, AssessmentVersion, Submission
from assessments.regraded import blocked_by, progress_of
from tests.assessments.conftest import CHOICE, make_report
from tests.assessments.essays import essays
from tests.assessments.regrading.regrades import SOURCE, corrected, graded, score_of, worked

pytestmark = pytest.mark.django_db


# The dry run ------------------------------------------------------------------------------------


def test_a_dry_run_changes_nothing_and_shows_what_would_change(sat, start):
    attempt = sat("a", 0.2)
    regrade = graded(start(), 1.0)

    assert score_of(attempt) == pytest.approx(0.4)
    assert Submission.objects.get().score == 0.2
    assert regrade.state == "ready"
    row = regrade.attempts.get()
    # Of the weights 1 and 3, of which the first is earned: a quarter, and three of 0.2 or 1.0.
    assert (row.before, row.after) == (pytest.approx(0.4), 1.0)
    assert sorted(row.answers.values(), key=str) == [
        {"before": 0.2, "after": 1.0}, {"before": 1.0, "after": 1.0}
    ]  # fmt: skip


def test_code_goes_to_the_last_queue_with_its_own_seed(sat, start, broker, committed):
    sat("a", 0.2)
    sent = Submission.objects.get()
    with committed():
        regrade = start()
    [(args, _, _)] = broker.bodies("default")[-1:]
    assert args == [str(regrade.pk)]

    actions.work_on_regrade(str(regrade.pk))

    args, kwargs, embed = broker.bodies("regrade")[0]
    assert args == ["huber", sent.source, sent.seed, False]
    assert list(kwargs) == ["on_fault"]
    assert embed["callbacks"][0]["task"] == "assessments.tasks.store_regraded"
    assert not broker.messages("grading")[1:]


def test_only_some_of_the_code_is_with_the_grader_at_a_time(sat, start, broker, monkeypatch):
    monkeypatch.setattr(actions.regrade_work, "WINDOW", 2)
    for _ in range(5):
        sat("a", 0.2)
    regrade = start()

    worked(regrade)
    assert len(broker.messages("regrade")) == 2

    first = regrade.submissions.filter(tries=1).first()
    tasks.store_regraded(make_report(), first.pk, first.ticket)
    assert len(broker.messages("regrade")) == 3
    found = progress_of(regrade)
    assert (found.graded, found.submissions, found.compared, found.attempts) == (1, 5, 1, 5)
    assert found.percent == 20


@pytest.mark.parametrize(("counts", "sent"), [("best", 3), ("last", 1)])
def test_what_makes_no_score_is_not_graded_again(
    make_version, organisation, robin, sat, counts, sent
):
    version = make_version(organisation, slug=counts, counts=counts)
    sat("a", 0.2, 0.6, 0.4, of=version)

    regrade = actions.start_regrade(version.assessment, by=robin, reason="So.")

    assert regrade.submissions.count() == sent


def test_who_is_still_sitting_waiting_erased_or_elsewhere_is_not_in_it(
    version, sat, start, make_version, organisation, attempt
):
    kept, erased = sat("a", 0.2), sat("a", 0.2)
    actions.erase_candidate(erased.candidate)
    sat("a", 0.2, of=make_version(organisation, slug="second"))
    waiting = actions.start_attempt(actions.invite(version, "Bob", "bob@example.com"))
    coding = version.questions.get(position=2)
    actions.submit_code(waiting, coding, SOURCE, "submit")
    actions.finish_attempt(waiting)

    assert [row.attempt for row in start().attempts.all()] == [kept]


def test_attempts_of_chosen_versions_only(version, sat, start):
    sat("a", 0.2)
    newer = sat("a", 0.2, of=corrected(version))

    assert [row.attempt for row in start(versions=[2]).attempts.all()] == [newer]


def test_a_report_without_the_right_ticket_changes_nothing(sat, start):
    sat("a", 0.2)
    regrade = start()
    row = regrade.submissions.get()

    assert not actions.store_regraded(row.pk, "forged", make_report())
    assert not actions.store_regraded(row.pk, row.ticket, {"score": 1.0})
    row.refresh_from_db()
    assert row.report is None
    assert (row.faults, row.last_fault[:16]) == (1, "malformed report")


def test_a_report_that_comes_twice_is_kept_once(sat, start):
    sat("a", 0.2)
    regrade = graded(start(), 0.6)
    row = regrade.submissions.get()

    assert not actions.store_regraded(row.pk, row.ticket, make_report(1.0))
    row.refresh_from_db()
    assert row.report["score"] == 0.6


def test_a_lost_message_is_sent_again(sat, start, broker, clock):
    sat("a", 0.2)
    regrade = start()
    worked(regrade)
    broker.clear()
    worked(regrade)
    assert broker.messages("regrade") == []

    clock.forward(minutes=5)
    tasks.sweep()
    assert broker.headers("default")[-1]["task"] == "assessments.tasks.work_on_regrade"
    worked(regrade)

    assert len(broker.messages("regrade")) == 1


def test_a_fault_of_ours_is_no_score_and_holds_the_whole_back(sat, start, robin, broker):
    attempt = sat("a", 0.8)
    sat("a", 0.2)
    regrade = start()
    broken = regrade.submissions.get(submission__attempt=attempt)
    graded(regrade, 1.0, {"submission__attempt__score__lt": 0.5})
    for _ in range(6):
        tasks.record_regrading_fault("SandboxFault: no fork", broken.pk, broken.ticket)
    worked(regrade)

    assert regrade.state == "ready"
    [sentence] = blocked_by(regrade)
    assert sentence.startswith("One submission could not be graded again, through a fault of ours")
    with pytest.raises(actions.RegradeBlocked, match="no fork"):
        actions.commit_regrade(regrade, robin)
    assert score_of(attempt) == pytest.approx(0.85)

    actions.retry_regrade(regrade, robin)
    regrade = graded(regrade, 1.0, {"graded_at": None})
    assert blocked_by(regrade) == []
    actions.commit_regrade(regrade, robin)
    assert score_of(attempt) == 1.0


# By another version -----------------------------------------------------------------------------


def test_a_corrected_question_and_other_weights_make_the_score(version, sat, start, robin):
    attempt = sat("b", 0.5)
    newer = corrected(version, right="b", weights=(3, 1))
    regrade = worked(start(grades=False, by_version=newer))

    assert regrade.state == "ready"
    assert not regrade.submissions.exists()
    # Half of the weight 3 of 4 before; afterwards all of 3 and half of 1.
    row = regrade.attempts.get()
    assert (row.before, row.after) == (pytest.approx(0.375), pytest.approx(0.875))
    actions.commit_regrade(regrade, robin)

    attempt.refresh_from_db()
    assert (attempt.score, attempt.scored_by) == (pytest.approx(0.875), newer)
    assert Answer.objects.get(attempt=attempt, question__position=1).score == 1.0
    # It stays so when it is scored once more.
    assert actions.rescore_attempt(attempt) == pytest.approx(0.875)


def test_a_question_that_was_withdrawn_counts_no_more(version, sat, start):
    sat("b", 0.5)

    regrade = worked(start(grades=False, by_version=corrected(version, drop=[1])))

    assert regrade.attempts.get().after == 0.5


def test_an_answer_that_the_corrected_question_lacks_is_scored_as_it_was_asked(version, sat, start):
    sat("a", 0.5)
    fewer = [each | {"right": each["key"] == "b"} for each in CHOICE["options"][1:]]

    regrade = worked(start(grades=False, by_version=corrected(version, options=fewer)))

    assert regrade.attempts.get().after == pytest.approx((1 + 3 * 0.5) / 4)


def test_a_version_that_asks_nothing_of_it_takes_no_score_away(
    version, sat, start, robin, make_version, organisation
):
    attempt = sat("a", 0.5)
    other = AssessmentVersion.objects.create(
        assessment=version.assessment, number=2, title="Other", minutes=5
    )
    essay = essays(organisation).questions.get(position=2).question_version
    AssessmentQuestion.objects.create(version=other, question_version=essay, position=1)
    regrade = worked(start(grades=False, by_version=actions.publish_assessment(other)))

    with pytest.raises(actions.RegradeBlocked, match="would have no score"):
        actions.commit_regrade(regrade, robin)

    assert score_of(attempt) == pytest.approx(0.625)
