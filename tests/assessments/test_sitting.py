"""An attempt from its start to its end: what is kept, what is refused, what is handed in."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments import actions
from assessments.models import AssessmentVersion, Attempt, Invitation, Submission
from grader.catalogue import get
from grader.catalogue.starter import starter
from questions.published import PublishedIsFinal

pytestmark = pytest.mark.django_db

SOURCE = "def loss(y_true, y_pred, delta=1.0):\n    return 0.0\n"
RUN, SUBMIT = Submission.Purpose.RUN, Submission.Purpose.SUBMIT
A, B = {"option": "a"}, {"option": "b"}


# Starting ---------------------------------------------------------------------------------------


def test_the_deadline_is_the_servers_and_the_assessments(attempt):
    assert attempt.deadline - attempt.started_at == timedelta(minutes=30)
    assert attempt.invitation.state == Invitation.State.STARTED


def test_starting_again_returns_the_same_attempt(invitation, attempt):
    assert actions.start_attempt(invitation) == attempt


def test_inviting_again_corrects_the_name(version, invitation):
    email = invitation.candidate.email

    again = actions.invite(version, "Ada King", f" {email.upper()}")

    assert again.candidate == invitation.candidate
    assert again.candidate.name == "Ada King"


def test_two_attempts_have_seeds_of_their_own(attempt, version):
    other = actions.start_attempt(actions.invite(version, "Bob", "bob@example.com"))

    assert attempt.seed != other.seed
    assert 0 <= attempt.seed < 2**53


@pytest.mark.parametrize(
    "change",
    [{"state": Invitation.State.REVOKED}, {"expires_at": timezone.now() - timedelta(seconds=1)}],
    ids=["revoked", "expired"],
)
def test_a_closed_invitation_starts_nothing(invitation, change):
    Invitation.objects.update(**change)

    with pytest.raises(actions.InvitationClosed):
        actions.start_attempt(invitation)
    assert not Attempt.objects.exists()


def test_an_invitation_that_expires_later_does_not_end_a_started_attempt(invitation, attempt):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert actions.start_attempt(invitation) == attempt


def test_a_candidate_is_known_by_the_address_whatever_its_case(version):
    first = actions.invite(version, "Ada", "Ada@Example.com")
    second = actions.invite(version, "Ada L.", " ada@example.COM ")

    assert first.candidate == second.candidate
    assert first.token != second.token


def test_a_draft_cannot_be_sent(version):
    draft = AssessmentVersion.objects.create(
        assessment=version.assessment, number=2, title="Draft", minutes=5
    )

    with pytest.raises(actions.NotPublished):
        actions.invite(draft, "Ada", "ada@example.com")
    with pytest.raises(actions.NotPublished, match="asks nothing"):
        actions.publish_assessment(draft)


def test_the_questions_of_a_published_version_are_final(version, choice_question):
    choice_question.weight = 5

    with pytest.raises(PublishedIsFinal):
        choice_question.save()
    with pytest.raises(PublishedIsFinal):
        choice_question.delete()


# Saving -----------------------------------------------------------------------------------------


def test_saves_in_order_count_up(attempt, choice_question):
    first = actions.save_answer(attempt, choice_question, A, 0)
    second = actions.save_answer(attempt, choice_question, B, first.revision)

    assert (first.revision, second.revision) == (1, 2)
    assert attempt.answers.get().content == B


@pytest.mark.parametrize("revision", [0, 2, 99], ids=["from the start", "ahead", "far ahead"])
def test_a_save_on_another_revision_changes_nothing_and_shows_the_stored_state(
    attempt, choice_question, revision
):
    actions.save_answer(attempt, choice_question, A, 0)

    with pytest.raises(actions.StaleRevision) as caught:
        actions.save_answer(attempt, choice_question, B, revision)

    assert (caught.value.answer.revision, caught.value.answer.content) == (1, A)
    assert attempt.answers.get().content == A


def test_a_save_that_arrives_twice_is_one_save(attempt, choice_question):
    actions.save_answer(attempt, choice_question, A, 0)

    again = actions.save_answer(attempt, choice_question, A, 0)

    assert again.revision == 1


def test_a_save_within_the_grace_counts(attempt, choice_question, past_deadline):
    past_deadline(attempt, seconds=2)

    assert actions.save_answer(attempt, choice_question, A, 0).revision == 1


def test_a_late_save_is_refused(attempt, choice_question, past_deadline):
    past_deadline(attempt, seconds=6)

    with pytest.raises(actions.AttemptClosed):
        actions.save_answer(attempt, choice_question, A, 0)
    assert not attempt.answers.exists()


def test_nothing_is_saved_after_handing_in(attempt, choice_question):
    actions.save_answer(attempt, choice_question, A, 0)
    actions.finish_attempt(attempt)

    with pytest.raises(actions.AttemptClosed):
        actions.save_answer(attempt, choice_question, B, 1)
    assert attempt.answers.get().content == A


def test_an_answer_of_another_shape_is_refused(attempt, choice_question):
    with pytest.raises(actions.InvalidAnswer):
        actions.save_answer(attempt, choice_question, {"option": "z"}, 0)


# Running and submitting -------------------------------------------------------------------------


def test_a_run_is_not_an_answer(attempt, coding_question):
    run = actions.submit_code(attempt, coding_question, SOURCE, RUN)

    assert (run.purpose, run.status, run.task) == ("run", "queued", "huber")
    assert not attempt.answers.exists()


def test_submitted_code_becomes_the_answer(attempt, coding_question):
    actions.save_answer(attempt, coding_question, {"source": "draft"}, 0)

    actions.submit_code(attempt, coding_question, SOURCE, SUBMIT)

    answer = attempt.answers.get()
    assert (answer.content, answer.revision) == ({"source": SOURCE}, 2)


def test_submitting_the_saved_draft_keeps_its_revision(attempt, coding_question):
    actions.save_answer(attempt, coding_question, {"source": SOURCE}, 0)

    actions.submit_code(attempt, coding_question, SOURCE, SUBMIT)

    assert attempt.answers.get().revision == 1


@pytest.mark.parametrize("source", ["", "  \n", "a\x00b"], ids=["empty", "blank", "null"])
def test_unusable_code_is_refused(attempt, coding_question, source):
    with pytest.raises(actions.InvalidAnswer):
        actions.submit_code(attempt, coding_question, source, SUBMIT)
    assert not Submission.objects.exists()


def test_a_choice_holds_no_code(attempt, choice_question):
    with pytest.raises(actions.InvalidAnswer):
        actions.submit_code(attempt, choice_question, SOURCE, RUN)


def test_one_attempt_cannot_fill_the_queue(attempt, coding_question):
    for number in range(4):
        actions.submit_code(attempt, coding_question, f"x = {number}", SUBMIT)

    with pytest.raises(actions.TooManySubmissions):
        actions.submit_code(attempt, coding_question, SOURCE, SUBMIT)
    assert Submission.objects.count() == 4


def test_late_code_is_refused(attempt, coding_question, past_deadline):
    past_deadline(attempt, seconds=6)

    with pytest.raises(actions.AttemptClosed):
        actions.submit_code(attempt, coding_question, SOURCE, SUBMIT)


# Finishing --------------------------------------------------------------------------------------


def test_handing_in_sends_the_draft_that_was_never_submitted(attempt, coding_question):
    actions.save_answer(attempt, coding_question, {"source": SOURCE}, 0)

    attempt = actions.finish_attempt(attempt)

    submission = attempt.submissions.get()
    assert (submission.source, submission.purpose) == (SOURCE, "submit")
    assert (attempt.state, attempt.score) == (Attempt.State.FINISHED, None)


def test_handing_in_sends_no_code_twice(attempt, coding_question):
    actions.submit_code(attempt, coding_question, SOURCE, SUBMIT)

    actions.finish_attempt(attempt)
    actions.finish_attempt(attempt)

    assert attempt.submissions.count() == 1


def test_an_untouched_starter_is_not_graded(attempt, coding_question):
    actions.save_answer(attempt, coding_question, {"source": starter(get("huber"))}, 0)

    attempt = actions.finish_attempt(attempt)

    assert (attempt.submissions.count(), attempt.score) == (0, 0.0)


def test_the_sweep_closes_an_abandoned_attempt_at_its_deadline(
    attempt, choice_question, past_deadline
):
    actions.save_answer(attempt, choice_question, A, 0)
    past_deadline(attempt, seconds=6)

    assert actions.close_overdue() == 1

    attempt.refresh_from_db()
    assert (attempt.state, attempt.finished_at) == (Attempt.State.TIMED_OUT, attempt.deadline)
    assert attempt.score == pytest.approx(0.25)
    attempt.invitation.refresh_from_db()
    assert attempt.invitation.state == Invitation.State.FINISHED


def test_the_sweep_leaves_an_attempt_within_its_grace(attempt, past_deadline):
    past_deadline(attempt, seconds=2)

    assert actions.close_overdue() == 0


# What the database itself refuses ---------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"score": 1.5}, id="a score above 1"),
        pytest.param({"state": "finished"}, id="finished without a time"),
        pytest.param({"finished_at": timezone.now()}, id="in progress, yet finished"),
        pytest.param({"deadline": timezone.now() - timedelta(days=1)}, id="over before it began"),
    ],
)
def test_the_database_holds_no_impossible_attempt(attempt, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.update(**change)


def test_an_invitation_has_one_attempt(attempt):
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(
            organisation=attempt.organisation,
            invitation=attempt.invitation,
            deadline=timezone.now() + timedelta(minutes=1),
        )
