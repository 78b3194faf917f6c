"""A coding question with a task of the organisation's own, from the page to the report."""

import pytest

from assessments import actions
from assessments.models import Submission
from grader import tasks, warm
from grader.sandbox import SandboxFault
from questions import kinds
from tests.assessments.conftest import make_question
from tests.grader.own.examples import LOOPS, MODULE, OWN, UNWEIGHTED, changed

CONTENT = {"context": "Whether they can.", "prompt": "Write it.", "own": OWN}
RULES = kinds.get("coding")


@pytest.fixture
def coding(db):
    return make_question("code-own", "coding", RULES.frozen(CONTENT))


def test_a_good_definition_has_no_faults():
    assert RULES.validate(CONTENT) == []


@pytest.mark.parametrize(
    ("content", "field"),
    [
        pytest.param(CONTENT | {"task": "huber"}, "task", id="a task of the catalogue as well"),
        pytest.param({"prompt": "Write it."}, "task", id="no task at all"),
        pytest.param({"own": changed("slug", to="huber")}, "own.slug", id="a name that is taken"),
        pytest.param(
            {"own": changed("large", to=[500_000])}, "own.large", id="a fault of the definition"
        ),
    ],
)
def test_a_fault_is_named_by_its_field(content, field):
    assert [name for name, _ in RULES.validate(content)] == [field]


def test_the_candidate_reads_formula_and_example_and_none_of_the_code(client, invitation):
    page = client.post(invitation.get_absolute_url() + "start/", {"consent": "on"}, follow=True)
    page = client.get(invitation.get_absolute_url() + "questions/2/", follow=True).content.decode()

    assert OWN["sentence"] in page
    assert "1.25" in page
    assert "def loss(y_true, y_pred, weight=1.0):" in page
    assert "default_rng" not in page


def test_the_reviewer_reads_the_reference(coding):
    assert RULES.review(coding.content, {"source": LOOPS}, 1)["solution"] == MODULE


def test_the_message_to_the_grader_holds_the_definition(
    broker, committed, attempt, coding_question
):
    with committed():
        actions.submit_code(attempt, coding_question, LOOPS, Submission.Purpose.SUBMIT)

    args, kwargs, _ = broker.bodies("grading")[0]
    assert args[:2] == [OWN["slug"], LOOPS]
    assert kwargs["own"] == OWN


@pytest.mark.sandbox
@pytest.mark.parametrize(("source", "verdict"), [(LOOPS, "passed"), (UNWEIGHTED, "partial")])
def test_it_is_graded_and_stored_like_any_other(
    broker, committed, attempt, coding_question, source, verdict
):
    with committed():
        submission = actions.submit_code(
            attempt, coding_question, source, Submission.Purpose.SUBMIT
        )
    args, kwargs, _ = broker.bodies("grading")[0]
    try:
        report = tasks.grade(*args, **kwargs)
    except SandboxFault as fault:
        pytest.skip(str(fault))
    finally:
        warm.close()
    stored = actions.store_report(str(submission.pk), submission.ticket, report)

    submission.refresh_from_db()
    assert stored
    assert (submission.task, submission.verdict) == (OWN["slug"], verdict)
