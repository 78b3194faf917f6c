"""Grading again: tried out, compared, and taken over as a whole or not at all."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments import actions, tasks
from assessments.actions import regrade_commit
from assessments.announcements import regrade_committed
from assessments.models import (
    Answer,
    AssessmentQuestion,
    AssessmentVersion,
    Attempt,
    AuditEntry,
    Email,
    PastGrading,
    Regrade,
    RegradedSubmission,
    Submission,
)
from assessments.regraded import blocked_by, largest_first, progress_of, summary_of
from questions.models import QuestionVersion
from tests.assessments.conftest import CHOICE, make_report
from tests.assessments.essays import SOME, essays, written

pytestmark = pytest.mark.django_db

SOURCE = "def loss(y_true, y_pred, delta=1.0):\n    return 0.0\n"


@pytest.fixture
def robin(make_member):
    return make_member("recruiter", email="robin@acme.example")


@pytest.fixture
def sat(version):
    """Makes a finished attempt: which option, and what the grader said of the code (None: none)."""

    def make(option="a", *scores, of=version):
        number = Attempt.objects.count()
        attempt = actions.start_attempt(actions.invite(of, "Ada", f"r{number}@example.com"))
        choice, coding = of.questions.order_by("position")
        actions.save_answer(attempt, choice, {"option": option}, 0)
        for place, score in enumerate(scores):
            sent = actions.submit_code(attempt, coding, f"{SOURCE}# {place}\n", "submit")
            actions.store_report(str(sent.pk), sent.ticket, said(score))
        return actions.finish_attempt(attempt)

    return make


@pytest.fixture
def start(version, robin):
    def begin(**asked):
        return actions.start_regrade(version.assessment, by=robin, reason="It was wrong.", **asked)

    return begin


def said(score):
    return make_report(score, "passed" if score == 1.0 else "partial", grader="old")


def graded(regrade, score, only=None):
    """What the grader says now of all the code, or of some."""
    report = make_report(score, "passed" if score == 1.0 else "partial", grader="new")
    for each in regrade.submissions.filter(**only or {}):
        tasks.store_regraded(report, each.pk, each.ticket)
    return worked(regrade)


def worked(regrade):
    while actions.work_on_regrade(str(regrade.pk)):
        pass
    regrade.refresh_from_db()
    return regrade


def corrected(version, *, right="b", weights=(1, 3), drop=(), **fields):
    """The next version of the assessment: another option is right, and the weights differ."""
    newer = AssessmentVersion.objects.create(
        assessment=version.assessment, number=version.number + 1, title="First", minutes=30
    )
    choice, coding = (each.question_version for each in version.questions.order_by("position"))
    options = [each | {"right": each["key"] == right} for each in CHOICE["options"]]
    mended = QuestionVersion.objects.create(
        question=choice.question,
        number=2,
        kind="single_choice",
        title="Mended",
        content={**CHOICE, "options": options} | fields,
        status=QuestionVersion.Status.PUBLISHED,
        published_at=timezone.now(),
    )
    for position, question in enumerate([mended, coding], start=1):
        if position not in drop:
            AssessmentQuestion.objects.create(
                version=newer,
                question_version=question,
                position=position,
                weight=weights[position - 1],
            )
    return actions.publish_assessment(newer)


def score_of(attempt):
    return Attempt.objects.get(pk=attempt.pk).score


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
