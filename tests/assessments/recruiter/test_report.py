import copy
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments import actions
from assessments.models import Attempt, CodeSnapshot, Submission
from assessments.recruiter import live
from tests.assessments.conftest import CHOICE
from tests.assessments.recruiter.conftest import PARTIAL, SOURCE


def text_of(answer):
    """The page as a reader sees it: tags gone, spaces single."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)).replace(" ,", ",")


def report_of(**changes):
    return copy.deepcopy(PARTIAL) | changes


@pytest.fixture
def see(recruiter, make_attempt):
    """Makes an attempt and shows its report."""

    def show(report=PARTIAL, **changes):
        return recruiter.get(make_attempt(report=report, **changes).get_absolute_url())

    return show


def test_the_report_says_how_much_and_against_which_mark(see):
    text = text_of(see())

    # A right choice of weight 1, and 0.769231 of weight 3.
    assert "82.6 % of the points, at or above the pass mark of 60 %." in text
    assert "20 min of 30 min" in text
    assert "Reached the mark" in text


def test_the_report_names_what_the_score_was_made_from(see):
    text = text_of(see())

    assert "First, version 1; Which-one, version 1; Code-huber, version 1" in text
    assert "grader 1.0+abc numpy-2; seed 42" in text


def test_code_comes_with_diagnosis_points_and_the_failed_check(see):
    answer = see()
    text = text_of(answer)

    assert "The code is right in part." in text
    assert "Its gradient is that of the sum." in text
    # 7/13 of 100 for the values, half of 6/13 for the gradients: never rounded up.
    assert "53.8 of 53.8" in text
    assert "23.0 of 46.1" in text
    assert "76.9 of 100" in text
    assert "Partial 76.9 % counts for 75 %" in text
    assert "76 %" not in text
    assert "1 of 3 checks failed" in text
    assert "<code>grad</code> is 2 at [0], expected 0.5 (ratio 4), see line 9." in answer.text
    assert "12 ms of CPU time" in text


def test_the_gradient_stands_as_a_table_and_as_a_picture(see):
    answer = see()

    assert "[0] 2 0.5 0.5 4" in text_of(answer)
    assert "[1] nan 0 0 -" in text_of(answer)
    assert "<title>[0] got 2</title>" in answer.text
    assert "1 not finite and left out" in answer.text


def test_code_has_numbered_lines_and_marks_the_one_that_the_report_names(see):
    [part] = [part for part in see().context["page"].parts if part.coding]

    assert [line.number for line in part.coding.lines if line.marked] == [9]
    assert "def</span>" in part.coding.lines[7].html


def test_a_choice_shows_what_was_chosen_what_is_right_and_what_that_suggests(see):
    text = text_of(see(option="b"))

    assert re.search(r"That Chosen No\. What this choice suggests: It is that\.", text)
    assert re.search(r"This Right answer It is\.", text)
    assert "Answered wrong. What the choice suggests: It is that." in text


@pytest.fixture
def belief_with_a_formula(monkeypatch):
    """Asked for before the question is made, for that never changes once it is published."""
    monkeypatch.setitem(CHOICE["options"][1], "misconception", r"That $\delta$ scales it.")


def test_formulas_in_what_a_choice_suggests_are_formulas(belief_with_a_formula, see):
    answer = see(option="b")

    assert answer.text.count("<mi>δ</mi></mrow></math></span> scales it.") == 2
    assert "$" not in text_of(answer)


def test_what_was_not_answered_is_said_and_earns_nothing(see):
    text = text_of(see(report=None, source=None, option=None))

    assert "Not answered" in text
    assert "No code was handed in" in text
    assert "0 % of the points, below the pass mark of 60 %." in text
    assert "No question was answered. So the score says nothing" in text
    assert "The task and an official answer" in text
    assert "Gaps in" not in text


def test_a_gap_that_is_a_missing_answer_is_told_apart(see):
    assert "1 of 2 questions was not answered and earns nothing" in text_of(see(option=None))
    assert "not answered and earn" not in text_of(see())


def test_what_was_not_answered_and_given_points_by_a_person_is_no_gap(
    recruiter, make_attempt, make_member
):
    attempt = make_attempt(report=PARTIAL, option=None)
    choice = attempt.questions.get(question_version__kind="single_choice")
    by = make_member("owner", email="o@acme.example")
    actions.override_score(attempt, choice, 0.5, "It was misprinted.", by)

    text = text_of(recruiter.get(attempt.get_absolute_url()))

    assert "It was misprinted." in text
    assert "not answered and earn" not in text


def test_what_nobody_submitted_is_said_to_be_handed_in_at_the_end(recruiter, make_attempt):
    attempt = make_attempt(source=None, finish=False)
    coding = attempt.questions.get(question_version__kind="coding")
    actions.save_answer(attempt, coding, {"source": SOURCE}, 0)
    actions.finish_attempt(attempt)
    drafted = attempt.submissions.get()
    assert actions.store_report(str(drafted.pk), drafted.ticket, PARTIAL)

    text = text_of(recruiter.get(attempt.get_absolute_url()))

    assert "The candidate did not submit this code" in text
    assert "Handed in at the end counts" in text
    assert "did not submit" not in text_of(
        recruiter.get(make_attempt("Bo", PARTIAL).get_absolute_url())
    )


def test_an_attempt_in_progress_has_no_score_and_no_verdict_on_what_is_missing(see):
    text = text_of(see(report=None, source=None, option=None, finish=False))

    assert "The candidate is still at it" in text
    assert "Not answered yet." in text
    assert "No code handed in yet" in text
    assert "no score yet" in text


def test_code_that_is_being_graded_says_so_and_follows_by_itself(see):
    answer = see(report=None)

    assert "The code is being graded." in text_of(answer)
    assert 'hx-trigger="load delay:1s"' in answer.text


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("timeout", "Timed out"),
        ("syntax_error", "Not valid Python"),
        ("memory_limit", "Out of memory"),
        ("forbidden", "Something forbidden was tried"),
        ("new_kind", "New kind"),
    ],
)
def test_an_ending_is_explained(see, kind, words):
    error = {"kind": kind, "detail": "In the call of `loss`."}
    answer = see(report_of(verdict="error", score=0.0, error=error))

    assert f"<strong>{words}:</strong> In the call of <code>loss</code>." in answer.text


def test_what_was_never_judged_is_not_called_wrong(see):
    error = {"kind": "syntax_error", "detail": "Line 1: expected ':'."}
    text = text_of(see(report_of(verdict="error", score=0.0, error=error)))

    assert "The code could not be judged" in text
    assert "checks failed" not in text
    assert "Score by family" not in text


def test_the_history_has_runs_and_submissions_and_marks_the_one_that_counts(
    recruiter, make_attempt, coding_question
):
    attempt = make_attempt(report=PARTIAL, finish=False)
    run = actions.submit_code(attempt, coding_question, "x = 1", Submission.Purpose.RUN)
    actions.store_report(str(run.pk), run.ticket, report_of(verdict="failed", score=0.0))

    text = text_of(recruiter.get(attempt.get_absolute_url()))

    assert "Runs and submissions: 2" in text
    assert "Run, sample checks only Failed not scored" in text
    assert "Submitted counts Partial 76.9 %" in text


class TestLastCounts:
    @pytest.fixture
    def version(self, make_version, organisation):
        return make_version(organisation, counts="last")

    def test_the_history_marks_the_last_submission(self, recruiter, make_attempt, coding_question):
        attempt = make_attempt(report=PARTIAL, finish=False)
        last = actions.submit_code(attempt, coding_question, "x = 1", Submission.Purpose.SUBMIT)
        actions.store_report(str(last.pk), last.ticket, report_of(verdict="failed", score=0.0))

        text = text_of(recruiter.get(attempt.get_absolute_url()))

        assert "Submitted counts Failed 0 %" in text
        assert "The last submission counts" in text


def test_a_better_submission_that_is_still_being_graded_is_announced(
    recruiter, make_attempt, coding_question
):
    attempt = make_attempt(report=PARTIAL, finish=False)
    actions.submit_code(attempt, coding_question, "x = 1", Submission.Purpose.SUBMIT)

    text = text_of(recruiter.get(attempt.get_absolute_url()))

    assert "a newer one is being graded" in text
    assert "The code is right in part." in text


def test_a_live_request_brings_the_report_once_it_is_there(recruiter, make_attempt, monkeypatch):
    attempt = make_attempt()
    seen = recruiter.get(attempt.get_absolute_url()).context["seen"]
    submission = attempt.submissions.get()

    def grade_meanwhile(submission_id, seconds):
        assert submission_id == submission.pk
        actions.store_report(str(submission.pk), submission.ticket, PARTIAL)

    monkeypatch.setattr(live.doorbell, "wait", grade_meanwhile)
    answer = recruiter.get(attempt.get_absolute_url(), {"seen": seen})

    assert answer.headers["HX-Retarget"] == "#live"
    assert "82.6 % of the points" in text_of(answer)
    assert "<html" not in answer.text


def test_a_live_request_without_news_is_short(recruiter, make_attempt):
    address = make_attempt(report=PARTIAL).get_absolute_url()
    seen = recruiter.get(address).context["seen"]

    answer = recruiter.get(address, {"seen": seen})

    assert "HX-Retarget" not in answer.headers
    assert len(answer.text) < 600


HOSTILE = "</script><svg onload=alert(1)><b>&'\"{% now 'Y' %}\u202e"


def everywhere(text):
    """A report with `text` wherever text of a grader that was taken over may stand."""
    row = dict.fromkeys(["got", "expected", "numeric", "ratio"], "nan") | {"index": text}
    check = dict.fromkeys(["name", "expected", "got", "detail"], text)
    checks = [
        check | {"family": "values", "passed": False},
        check | {"family": "values", "passed": True},
        check | {"family": "gradients", "passed": False, "gradient": [row]},
    ]
    return report_of(
        checks=checks,
        diagnosis=[text, f"`{text}`"],
        grader=text,
        error={"kind": text, "detail": text},
    )


@pytest.mark.parametrize("verdict", ["partial", "error"])
def test_nothing_of_candidate_or_grader_becomes_markup(see, verdict):
    report = everywhere(HOSTILE[:40]) | {"verdict": verdict}
    answer = see(report, source=f"x = '{HOSTILE}'\n# {HOSTILE}\n")

    assert answer.status_code == 200
    assert "<svg onload" not in answer.text
    assert "</script><" not in answer.text
    assert "\u202e" not in answer.text
    assert "{% now" in answer.text


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"gradient": "text"}, id="a gradient that is no list"),
        pytest.param({"gradient": [1]}, id="rows that are none"),
        pytest.param({"gradient": [{"got": 10**400}]}, id="a number too long for a float"),
        pytest.param({"gradient": [{"got": [1]}]}, id="a list for a number"),
        pytest.param({"gradient": [{}] * 201}, id="too many rows"),
    ],
)
def test_a_report_whose_gradient_could_not_be_shown_is_not_stored(make_attempt, change):
    submission = make_attempt().submissions.get()
    report = report_of()
    report["checks"][1] |= change

    assert not actions.store_report(str(submission.pk), submission.ticket, report)


def read_and_count(client, attempt):
    client.get(attempt.get_absolute_url())  # the first look is noted in the log, others are not
    with CaptureQueriesContext(connection) as queries:
        assert client.get(attempt.get_absolute_url()).status_code == 200
    return len(queries)


def test_the_report_takes_the_same_queries_however_much_there_is(
    recruiter, make_member, make_attempt, coding_question
):
    attempt, by = make_attempt(report=PARTIAL), make_member(email="o@acme.example")
    few = read_and_count(recruiter, attempt)
    for number in range(3):
        code = {"task": "huber", "source": f"x = {number}", "organisation": attempt.organisation}
        where = {"attempt": attempt, "question": coding_question}
        Submission.objects.create(**code, **where, purpose="submit")
        attempt.events.create(question=coding_question, kind="paste", key=str(number), size=9)
        CodeSnapshot.objects.create(**where, number=number + 10, changes=[[0, 0, "x"]])
        attempt.decisions.create(outcome="hold", reason="Why not.", made_by=by)
        attempt.overrides.create(question=coding_question, score=0.5, reason="So.", made_by=by)
        attempt.submissions.first().past_gradings.create(
            graded_at=timezone.now(), verdict="failed", score=0.0, report=report_of()
        )

    assert read_and_count(recruiter, attempt) == few <= 40


def test_a_late_answer_of_the_grader_changes_what_a_page_has_seen(recruiter, make_attempt):
    attempt = make_attempt()
    before = recruiter.get(attempt.get_absolute_url()).context["seen"]
    Attempt.objects.update(finished_at=timezone.now() + timedelta(minutes=1), score=1.0)

    assert recruiter.get(attempt.get_absolute_url()).context["seen"] != before
