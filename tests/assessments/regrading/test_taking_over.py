"""A dry run taken over as a whole or not at all, and who is told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments import actions
from assessments.actions import regrade_commit
from assessments.announcements import regrade_committed
from assessments.models import (
    Answer,
    AuditEntry,
    Email,
    PastGrading,
    Regrade,
    RegradedSubmission,
    Submission,
)
from assessments.regraded import largest_first, summary_of
from tests.assessments.conftest import make_report
from tests.assessments.essays import SOME, essays, written
from tests.assessments.regrading.regrades import SOURCE, graded, score_of, worked

pytestmark = pytest.mark.django_db


# Taking it over ---------------------------------------------------------------------------------


def test_taken_over_the_new_reports_count_and_the_old_ones_are_kept(sat, start, robin):
    attempt = sat("a", 0.2)
    earlier = Submission.objects.get().graded_at
    regrade = actions.commit_regrade(graded(start(), 0.6), robin)

    assert score_of(attempt) == pytest.approx(0.7)
    submission = Submission.objects.get()
    assert (submission.score, submission.verdict, submission.status) == (0.6, "partial", "graded")
    assert submission.report["grader"] == "new"
    assert submission.graded_at > earlier
    past = PastGrading.objects.get()
    assert (past.submission, past.regrade, past.graded_at) == (submission, regrade, earlier)
    assert (past.score, past.verdict, past.report["grader"]) == (0.2, "partial", "old")
    assert (regrade.state, regrade.ended_by) == ("committed", robin)
    entry = AuditEntry.objects.get(verb="regrade.committed")
    assert (entry.detail["higher"], entry.detail["reason"]) == (1, "It was wrong.")
    worked(regrade)
    assert not RegradedSubmission.objects.exists()


def test_overrides_and_reviews_stay_in_force(organisation, robin, make_member):
    version = essays(organisation)
    answer = written(version, option="b")
    actions.hand_in_review(answer, make_member("reviewer", email="p@acme.example"), SOME)
    choice = version.questions.get(position=1)
    actions.override_score(answer.attempt, choice, 0.5, "Half right.", robin)
    regrade = actions.start_regrade(version.assessment, by=robin, reason="So.")

    actions.commit_regrade(worked(regrade), robin)

    stored = Answer.objects.get(attempt=answer.attempt, question=choice)
    assert (stored.score, stored.automatic) == (0.5, 0.0)
    assert score_of(answer.attempt) == pytest.approx((0.5 + 3 * 0.4) / 4)


@pytest.mark.parametrize("change", ["review", "override", "new grading"])
def test_what_changed_meanwhile_has_to_be_compared_again(organisation, robin, coding, change):
    version = essays(organisation, also=[coding])
    answer = written(version)
    attempt = answer.attempt
    regrade = worked(actions.start_regrade(version.assessment, by=robin, reason="So."))
    if change == "review":
        actions.hand_in_review(answer, robin, SOME)
    elif change == "override":
        actions.override_score(attempt, None, 0.5, "So.", robin)
    else:
        Submission.objects.create(
            organisation=organisation,
            attempt=attempt,
            question=version.questions.get(position=3),
            task="huber",
            source=SOURCE,
            purpose="submit",
            status="graded",
            report=make_report(0.5),
            score=0.5,
            verdict="partial",
            graded_at=timezone.now(),
        )
    before = score_of(attempt)

    with pytest.raises(actions.RegradeOutdated, match="One attempt has changed"):
        actions.commit_regrade(regrade, robin)
    assert score_of(attempt) == before

    actions.refresh_regrade(regrade, robin)
    regrade = worked(regrade)
    actions.commit_regrade(regrade, robin)
    assert regrade.state == "ready"


def test_what_was_erased_meanwhile_is_out_of_it_and_keeps_its_score(sat, start, robin):
    erased, other = sat("a", 0.2), sat("a", 0.2)
    regrade = graded(start(), 1.0)
    actions.erase_candidate(erased.candidate)

    actions.commit_regrade(regrade, robin)

    assert (score_of(erased), score_of(other)) == (pytest.approx(0.4), 1.0)
    assert Submission.objects.get(attempt=erased).score == 0.2


def test_an_error_in_the_middle_leaves_all_as_it_was(sat, start, robin, monkeypatch):
    attempts = [sat("a", 0.2) for _ in range(3)]
    regrade = graded(start(), 1.0)
    monkeypatch.setattr(regrade_commit, "CHUNK", 1)
    real, calls = regrade_commit.rescore, []

    def fails_the_second_time(chunk):
        calls.append(chunk)
        if len(calls) == 2:
            raise RuntimeError("the disk is full")
        real(chunk)

    monkeypatch.setattr(regrade_commit, "rescore", fails_the_second_time)
    with pytest.raises(RuntimeError):
        actions.commit_regrade(regrade, robin)

    assert [score_of(attempt) for attempt in attempts] == [pytest.approx(0.4)] * 3
    assert set(Submission.objects.values_list("score", "report__grader")) == {(0.2, "old")}
    assert not PastGrading.objects.exists()
    regrade.refresh_from_db()
    assert regrade.state == "ready"
    monkeypatch.setattr(regrade_commit, "rescore", real)
    actions.commit_regrade(regrade, robin)
    assert {score_of(attempt) for attempt in attempts} == {1.0}


def test_a_second_regrade_has_to_wait_and_a_discarded_one_changes_nothing(sat, start, robin):
    attempt = sat("a", 0.2)
    regrade = graded(start(), 1.0)
    with pytest.raises(actions.RegradeOpen, match="take it over or discard it first"):
        start()

    actions.discard_regrade(regrade, robin)

    assert score_of(attempt) == pytest.approx(0.4)
    assert not RegradedSubmission.objects.exists()
    with pytest.raises(actions.RegradeClosed):
        actions.commit_regrade(regrade, robin)
    assert start().state == "trying"


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"reason": " "}, actions.ReasonMissing),
        ({"grades": False}, ValueError),
        ({"versions": [7]}, actions.NothingToRegrade),
    ],
    ids=str,
)
def test_what_cannot_be_begun(version, sat, robin, asked, error):
    sat("a", 0.2)

    with pytest.raises(error):
        actions.start_regrade(version.assessment, by=robin, **{"reason": "So."} | asked)

    assert not Regrade.objects.exists()


def test_largest_differences_first_and_who_crosses_the_mark(sat, start):
    sat("a", 0.9)
    up, down = sat("a", 0.0), sat("a", 0.6)
    regrade = start()
    graded(regrade, 0.9, {"submission__attempt": up})
    graded(regrade, 0.1, {"submission__attempt": down})
    graded(regrade, 0.9, {"graded_at": None})

    rows = [(row.attempt, round(row.delta, 3), row.crosses) for row in largest_first(regrade)]
    assert rows == [(up, 0.675, 1), (down, -0.375, -1)]
    found = summary_of(regrade)
    assert (found.higher, found.lower, found.same) == (1, 1, 1)
    assert (found.passes_now, found.fails_now) == (1, 1)


# Telling ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("feedback", "after", "told"),
    [
        ("none", 1.0, False),
        ("verdict", 0.3, False),
        ("verdict", 1.0, True),
        ("families", 0.3, True),
        ("families", 0.2, False),
        ("full", 0.3, True),
    ],
)
def test_who_learns_something_else_is_told_if_that_was_chosen(
    make_version, organisation, robin, sat, feedback, after, told
):
    version = make_version(organisation, slug=feedback, feedback=feedback)
    sat("a", 0.2, of=version)
    for tells in (False, True):
        regrade = actions.start_regrade(
            version.assessment, by=robin, reason="So.", tells_candidates=tells
        )
        worked(actions.commit_regrade(graded(regrade, after if tells else 0.2), robin))
        worked(regrade)

        assert Email.objects.filter(kind="regraded").count() == int(tells and told)


def test_the_email_is_in_the_candidates_language(sat):
    attempt = sat("a", 0.2)
    attempt.invitation.language = "de"
    attempt.invitation.save()

    email = actions.queue_email("regraded", attempt.invitation)

    assert email.subject == "Ihr Ergebnis hat sich geändert: First"
    assert attempt.invitation.link in email.text


def test_other_parts_hear_of_it_within_its_transaction(sat, start, robin):
    heard = []

    def hear(sender, regrade, **kwargs):
        heard.append((regrade.pk, regrade.tells_systems))

    regrade_committed.connect(hear)
    try:
        sat("a", 0.2)
        regrade = actions.commit_regrade(graded(start(), 1.0), robin)
    finally:
        regrade_committed.disconnect(hear)

    assert heard == [(regrade.pk, True)]
    assert timezone.now() - regrade.ended_at < timedelta(minutes=1)


@pytest.mark.parametrize("count", [1, 3])
def test_taking_over_reads_as_often_for_any_number(
    sat, start, robin, django_assert_max_num_queries, count
):
    for _ in range(count):
        sat("a", 0.2)
    regrade = graded(start(), 1.0)

    with django_assert_max_num_queries(40):
        actions.commit_regrade(regrade, robin)
