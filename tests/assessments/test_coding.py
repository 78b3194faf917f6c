"""Code in a sitting: own inputs, how often one may run and submit, and which submission counts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments import actions
from assessments.models import AssessmentVersion, Attempt, Submission
from grader.catalogue import get
from grader.catalogue.starter import starter
from tests.assessments.conftest import SOURCE, make_report

RUN, SUBMIT = Submission.Purpose.RUN, Submission.Purpose.SUBMIT
LAST = AssessmentVersion.Counts.LAST
TEXTS = {"y_true": "[1, 2]", "y_pred": "np.float32([1, nan])", "delta": "0.5"}
INPUTS = {
    "arguments": [
        {"dtype": "float64", "shape": [2], "values": [1.0, 2.0]},
        {"dtype": "float32", "shape": [2], "values": [1.0, "nan"]},
    ],
    "parameters": {"delta": 0.5},
}


def graded(submission, score=1.0):
    assert actions.store_report(str(submission.pk), submission.ticket, make_report(score))
    submission.refresh_from_db()
    return submission


@pytest.fixture
def sit(make_version, organisation):
    """An attempt of an assessment with these rules, its coding question, and ways to use both."""

    class Sitting:
        def __init__(self, **rules):
            version = make_version(organisation, **rules)
            self.question = version.questions.get(position=2)
            self.attempt = actions.start_attempt(
                actions.invite(version, "Ada", "ada@example.com"), consented=True
            )

        def submit(self, source, score=None):
            sent = actions.submit_code(self.attempt, self.question, source, SUBMIT)
            return sent if score is None else graded(sent, score)

        def save(self, source):
            answer = self.attempt.answers.first()
            revision = answer.revision if answer else 0
            actions.save_answer(self.attempt, self.question, {"source": source}, revision)

        def finish(self):
            """Hand in, and grade what comes of it by its length."""
            actions.finish_attempt(self.attempt)
            for handed_in in self.attempt.submissions.filter(status="queued"):
                graded(handed_in, 0.5)
            self.attempt.refresh_from_db()
            return self.attempt

        @property
        def share(self):
            return self.attempt.answers.get(question=self.question).score

        @property
        def leader(self):
            return self.attempt.submissions.leading().get().source

    return Sitting


# Own inputs -------------------------------------------------------------------------------------


def test_a_run_takes_inputs_along_as_data(broker, committed, attempt, coding_question):
    with committed():
        run = actions.submit_code(attempt, coding_question, SOURCE, RUN, inputs=TEXTS)

    run.refresh_from_db()
    assert run.inputs == INPUTS
    _, kwargs, _ = broker.bodies("run")[0]
    assert kwargs["inputs"] == INPUTS


def test_a_run_without_inputs_has_the_sample_checks_alone(
    broker, committed, attempt, coding_question
):
    with committed():
        actions.submit_code(attempt, coding_question, SOURCE, RUN, inputs={"y_true": " "})

    _, kwargs, _ = broker.bodies("run")[0]
    assert "inputs" not in kwargs


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({"y_true": "[1", "y_pred": "[1]"}, "y_true has its end"),
        ({"y_true": "[1]"}, "y_pred is empty"),
        ({"y_true": "[1]", "y_pred": "open('x')"}, "y_pred holds `open`"),
        ({"y_true": "[1]", "y_pred": "[1]", "other": "[1]"}, "by the name of an argument"),
        ({"y_true": "1\x00", "y_pred": "[1]"}, "null character"),
        ({"y_true": "[" * 20_001, "y_pred": "[1]"}, "20001 characters"),
    ],
)
def test_inputs_that_cannot_be_read_are_refused_by_the_field(
    attempt, coding_question, inputs, sentence
):
    with pytest.raises(actions.InvalidAnswer) as refused:
        actions.submit_code(attempt, coding_question, SOURCE, RUN, inputs=inputs)

    assert sentence in str(refused.value)
    assert not Submission.objects.exists()


def test_inputs_are_kept_with_the_draft_and_need_not_be_readable(attempt, coding_question):
    content = {"source": SOURCE, "inputs": {"y_true": "[1,"}}

    answer = actions.save_answer(attempt, coding_question, content, 0)

    answer.refresh_from_db()
    assert answer.content == content


@pytest.mark.parametrize("inputs", [["[1]"], {"y_true": [1]}, {"z": "1"}, "x"])
def test_a_draft_with_other_inputs_than_texts_is_refused(attempt, coding_question, inputs):
    with pytest.raises(actions.InvalidAnswer):
        actions.save_answer(attempt, coding_question, {"source": "x", "inputs": inputs}, 0)


def test_a_submit_keeps_the_inputs_of_the_draft(attempt, coding_question):
    draft = {"source": "x = 1", "inputs": TEXTS}
    actions.save_answer(attempt, coding_question, draft, 0)

    sent = actions.submit_code(attempt, coding_question, SOURCE, SUBMIT)

    assert attempt.answers.get().content == {"source": SOURCE, "inputs": TEXTS}
    assert sent.inputs is None


def test_only_inputs_that_were_typed_are_no_answer(attempt, coding_question):
    content = {"source": starter(get("huber")), "inputs": TEXTS}
    actions.save_answer(attempt, coding_question, content, 0)

    actions.finish_attempt(attempt)

    assert not attempt.submissions.exists()


# How often --------------------------------------------------------------------------------------


def test_runs_that_wait_keep_no_submit_waiting(attempt, coding_question):
    for number in range(2):
        actions.submit_code(attempt, coding_question, f"x = {number}", RUN)
    with pytest.raises(actions.TooManySubmissions, match="run is still under way"):
        actions.submit_code(attempt, coding_question, SOURCE, RUN)

    for number in range(4):
        actions.submit_code(attempt, coding_question, f"x = {number}", SUBMIT)
    with pytest.raises(actions.TooManySubmissions, match="still being graded"):
        actions.submit_code(attempt, coding_question, SOURCE, SUBMIT)


def test_after_many_runs_in_a_minute_the_next_one_has_its_time(attempt, coding_question):
    for number in range(20):
        graded(actions.submit_code(attempt, coding_question, f"x = {number}", RUN))
    Submission.objects.update(created_at=timezone.now() - timedelta(seconds=50))

    with pytest.raises(actions.TooManySubmissions, match=r"again in (9|10) seconds") as refused:
        actions.submit_code(attempt, coding_question, SOURCE, RUN)
    assert refused.value.retry_after in (9, 10)

    first = Submission.objects.first()
    Submission.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(minutes=2))
    assert actions.submit_code(attempt, coding_question, SOURCE, RUN)


def test_one_may_submit_as_often_as_the_assessment_allows(sit):
    sitting = sit(max_submissions=2)
    sitting.submit("x = 1", 0.1)
    sitting.submit("x = 2", 0.2)

    with pytest.raises(actions.TooManySubmissions, match="submitted 2 times"):
        sitting.submit("x = 3")
    assert sitting.attempt.submissions.count() == 2


def test_without_a_limit_one_submits_on(sit):
    sitting = sit()
    for number in range(12):
        sitting.submit(f"x = {number}", 0.1)

    assert sitting.attempt.submissions.count() == 12


def test_the_same_code_twice_in_a_row_is_one_submission(sit):
    sitting = sit(max_submissions=2)
    first = sitting.submit("x = 1", 0.1)

    assert sitting.submit("x = 1") == first
    sitting.submit("x = 2", 0.2)
    assert sitting.attempt.submissions.count() == 2


def test_code_that_the_grader_gave_up_through_a_fault_of_ours_does_not_count(sit):
    sitting = sit(max_submissions=1)
    given_up = sitting.submit("x = 1")
    Submission.objects.filter(pk=given_up.pk).update(tries=Submission.MAX_TRIES)

    assert sitting.submit("x = 1") != given_up


def test_refused_code_does_not_count(sit):
    sitting = sit(max_submissions=1)
    for source in ("", "x\x00"):
        with pytest.raises(actions.InvalidAnswer):
            sitting.submit(source)

    assert sitting.submit("x = 1")


def test_runs_do_not_count_as_submissions(sit):
    sitting = sit(max_submissions=1)
    graded(actions.submit_code(sitting.attempt, sitting.question, "x = 1", RUN))

    assert sitting.submit("x = 1")


def test_the_limit_is_of_each_question(sit):
    """It is counted under the attempt's lock, so that two at once are not both the last one."""
    sitting = sit(max_submissions=1)
    sitting.submit("x = 1", 0.1)

    used = sitting.attempt.submissions.used()
    assert used.filter(question=sitting.question).count() == 1
    assert not used.exclude(question=sitting.question).exists()


# Which one counts -------------------------------------------------------------------------------


def test_the_best_submission_counts(sit):
    sitting = sit()
    sitting.submit("x = 1", 0.9)
    sitting.submit("x = 2", 0.3)

    sitting.finish()

    assert (sitting.share, sitting.leader) == (0.9, "x = 1")


def test_the_last_submission_counts_where_the_assessment_says_so(sit):
    sitting = sit(counts=LAST)
    sitting.submit("x = 1", 0.9)
    sitting.submit("x = 2", 0.3)

    sitting.finish()

    assert (sitting.share, sitting.leader) == (0.3, "x = 2")
    assert sitting.attempt.score == pytest.approx(0.75 * 0.3)


def test_an_earlier_submission_that_is_still_graded_holds_up_no_last_one(sit):
    sitting = sit(counts=LAST)
    sitting.submit("x = 1")
    sitting.submit("x = 2", 0.3)
    actions.finish_attempt(sitting.attempt)

    sitting.attempt.refresh_from_db()
    assert sitting.attempt.score == pytest.approx(0.75 * 0.3)


@pytest.mark.parametrize(("counts", "share"), [("best", 0.9), ("last", 0.5)])
def test_the_draft_that_was_saved_last_is_handed_in_at_the_end(sit, counts, share):
    sitting = sit(counts=counts)
    sitting.submit("x = 1", 0.9)
    sitting.save("x = 2")

    attempt = sitting.finish()

    assert (attempt.state, sitting.share) == (Attempt.State.FINISHED, share)


def test_no_limit_takes_the_last_draft_away(sit):
    sitting = sit(max_submissions=1)
    sitting.submit("x = 1", 0.1)
    sitting.save("x = 2")

    sitting.finish()

    assert (sitting.share, sitting.leader) == (0.5, "x = 2")


def test_going_back_to_earlier_code_in_the_draft_makes_it_the_last(sit):
    sitting = sit(counts=LAST)
    sitting.submit("x = 1", 0.9)
    sitting.submit("x = 2", 0.3)
    sitting.save("x = 1")

    sitting.finish()

    assert (sitting.share, sitting.leader) == (0.5, "x = 1")
    assert sitting.attempt.submissions.count() == 3


def test_a_draft_that_was_submitted_before_is_not_graded_again_where_the_best_counts(sit):
    sitting = sit()
    sitting.submit("x = 1", 0.9)
    sitting.submit("x = 2", 0.3)
    sitting.save("x = 1")

    sitting.finish()

    assert sitting.attempt.submissions.count() == 2


def test_an_emptied_draft_leaves_the_last_submission(sit):
    sitting = sit(counts=LAST)
    sitting.submit("x = 1", 0.9)
    sitting.save("")

    sitting.finish()

    assert (sitting.share, sitting.leader) == (0.9, "x = 1")
