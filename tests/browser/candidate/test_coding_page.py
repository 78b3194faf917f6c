"""Code in the browser: own inputs, results old and new, shortcuts, and how often one may submit."""

import pytest
from playwright.sync_api import expect

from assessments import actions
from assessments.models import Assessment, AssessmentQuestion, AssessmentVersion, Submission
from grader.catalogue import get
from grader.sandbox import Sandbox
from questions import kinds
from tests.assessments.conftest import make_question, make_report
from tests.browser import scene
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations

pytestmark = pytest.mark.sandbox

FAILS = """\
import numpy as np


def loss(y_true, y_pred, delta=1.0):
    print("errors", y_pred - y_true)
    np.log(y_true - y_true)
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred, delta=1.0):
    return (y_pred - y_true) @ np.ones((7, 7))
"""


@pytest.fixture
def grader():
    """Grades what waits, as the workers do."""
    with Sandbox() as sandbox:
        judge = scene.grader_in(sandbox)

        def grade():
            for submission in Submission.objects.filter(status="queued"):
                scene.store(submission, judge)

        yield grade


@pytest.fixture
def coding(attempt):
    return attempt.version.questions.get(position=2)


@pytest.fixture
def open_question(visit, attempt, link):
    def open_it(**context):
        page = visit(**context).page()
        page.goto(f"{link}questions/2/")
        page.wait_for_selector(".cm-content")
        return page

    return open_it


def write(page, code):
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)
    expect(page.locator("[data-save-state][data-state=saved]")).to_be_visible()


def code_in(page):
    return page.evaluate("document.querySelector('textarea[name=source]').value")


def run(page, grade):
    page.get_by_role("button", name="Run", exact=False).first.click()
    expect(page.get_by_text("Running")).to_be_visible()
    grade()
    expect(page.get_by_text("sample checks passed").first).to_be_visible()


# Own inputs -------------------------------------------------------------------------------------


def test_a_run_tells_what_the_code_returns_on_own_inputs(open_question, grader):
    page = open_question()
    write(page, scene.NEARLY)
    page.get_by_label("y_true").fill("[0, 0, 0]")
    page.get_by_label("y_pred").fill("[0.5, -2, 3]")

    run(page, grader)

    trial = page.get_by_role("region", name="Your inputs")
    expect(trial.get_by_text("1.375")).to_be_visible()
    expect(trial.get_by_text("is 3 times the slope of your loss")).to_be_visible()
    expect(trial.locator("tr[data-state=off]")).to_have_count(3)
    expect(trial).not_to_contain_text("right")
    expect(page.get_by_role("region", name="Sample checks")).to_contain_text("expected")


def test_inputs_are_there_again_after_a_reload(open_question, attempt):
    page = open_question()
    field = page.get_by_label("y_true")
    expect(field).to_have_value("[1.0, 2.0]")
    field.fill("[1, nan]")
    expect(page.locator("[data-save-state][data-state=saved]")).to_be_visible()

    page.reload()

    expect(page.get_by_label("y_true")).to_have_value("[1, nan]")
    page.get_by_role("button", name="Back to the example").click()
    expect(page.get_by_label("y_true")).to_have_value("[1.0, 2.0]")


def test_inputs_that_cannot_be_read_are_said_and_focused(open_question, grader):
    page = open_question()
    write(page, scene.NEARLY)
    page.get_by_label("y_pred").fill("[1, 2")

    page.get_by_role("button", name="Run", exact=False).first.click()

    expect(page.get_by_role("alert")).to_contain_text("y_pred has its end where")
    expect(page.get_by_label("y_pred")).to_be_focused()
    expect(page.get_by_label("y_pred")).to_have_attribute("aria-invalid", "true")


def test_lines_that_failed_are_underlined_and_one_click_away(open_question, grader):
    page = open_question()
    write(page, FAILS)

    run(page, grader)

    expect(page.locator(".cm-lintRange-error")).to_be_visible()
    expect(page.locator(".cm-lintRange-warning")).to_be_visible()
    trial = page.get_by_role("region", name="Your inputs")
    expect(trial.get_by_label("What your code printed")).to_contain_text("errors [")
    expect(trial).to_contain_text("divide by zero encountered in log")
    trial.get_by_role("button", name="Go to line 11").click()
    expect(page.locator(".cm-activeLine")).to_contain_text("np.ones((7, 7))")
    expect(page.locator(".cm-content")).to_be_focused()


def test_without_scripts_own_inputs_are_run_too(visit, attempt, link, grader):
    page = visit(java_script_enabled=False).page()
    page.goto(f"{link}questions/2/")
    page.get_by_label("Your code").fill(scene.NEARLY)
    page.get_by_label("y_true").fill("[[0, 0],\n [0, 3]]")
    page.get_by_label("y_pred").fill("[[1, 2], [3, 4]]")

    page.get_by_role("button", name="Run").click()
    grader()
    page.reload()

    expect(page.get_by_role("region", name="Your inputs")).to_contain_text("[0., 3.]]")
    expect(page.get_by_label("y_true", exact=True)).to_have_value("[[0, 0],\n [0, 3]]")


# Older results ----------------------------------------------------------------------------------


def test_an_older_run_is_opened_and_its_code_put_back_as_one_change(open_question, grader, attempt):
    page = open_question()
    first, second = scene.NEARLY, scene.NEARLY + "\n# A second thought.\n"
    for code in (first, second):
        write(page, code)
        run(page, grader)
    page.get_by_text("Runs and submissions").click()
    expect(page.locator(".m-history li")).to_have_count(2)

    page.locator(".m-history li").last.get_by_role("link").click()
    panel = page.locator("#run section").first
    expect(panel).to_be_focused()
    panel.get_by_role("button", name="Put this code back").click()
    assert code_in(page) == first
    expect(page.get_by_text("Undo brings back")).to_be_visible()
    expect(page.locator("[data-save-state][data-state=saved]")).to_be_visible()
    assert attempt.answers.get(question__position=2).content["source"] == first

    page.keyboard.press("Control+z")
    assert code_in(page) == second


def test_without_scripts_older_results_are_pages(visit, attempt, coding, link):
    for code in ("x = 1", "x = 2"):
        sent = actions.submit_code(attempt, coding, code, Submission.Purpose.RUN)
        assert actions.store_report(str(sent.pk), sent.ticket, make_report(0.0, "failed"))
    page = visit(java_script_enabled=False).page()
    page.goto(f"{link}questions/2/history/")

    page.get_by_role("link", name="Run of").last.click()

    expect(page.locator("#run")).to_contain_text("For the code before your last change.")
    expect(page.locator("#run pre")).to_have_text("x = 1")


# Submitting -------------------------------------------------------------------------------------


@pytest.fixture
def limited(version):
    """An attempt that may submit twice, the last of which counts, and its link."""
    twin = AssessmentVersion.objects.create(
        assessment=version.assessment,
        number=2,
        title=version.title,
        minutes=30,
        max_submissions=2,
        counts=AssessmentVersion.Counts.LAST,
    )
    AssessmentQuestion.objects.create(
        version=twin,
        position=2,
        question_version=version.questions.get(position=2).question_version,
    )
    actions.publish_assessment(twin)
    invitation = actions.invite(twin, "Ada", "ada.limited@example.com")
    actions.start_attempt(invitation, consented=True)
    return invitation.get_absolute_url()


def test_the_last_submission_is_asked_for_once_more(visit, limited, grader):
    page = visit().page()
    page.goto(f"{limited}questions/2/")
    page.wait_for_selector(".cm-content")
    expect(page.locator("#submit")).to_contain_text("2 of 2 submissions left")
    expect(page.locator("#submit")).to_contain_text("the last one counts")
    write(page, scene.NEARLY)
    page.locator(".cm-content").press("Control+Shift+Enter")
    expect(page.get_by_text("1 of 2 submissions left")).to_be_visible()
    grader()

    write(page, scene.NEARLY + "\n# more\n")
    page.get_by_role("button", name="Submit", exact=False).first.click()
    expect(page.get_by_text("This is the last of your 2 submissions")).to_be_visible()
    page.get_by_role("link", name="Keep working").click()
    assert Submission.objects.filter(purpose="submit").count() == 1

    page.get_by_role("button", name="Submit", exact=False).first.click()
    page.get_by_role("button", name="Submit it now").click()
    expect(page.get_by_text("No submission left")).to_be_visible()
    expect(page.get_by_role("button", name="Submit", exact=False)).to_be_disabled()
    assert Submission.objects.filter(purpose="submit").count() == 2


def test_without_scripts_the_last_submission_is_asked_for_on_a_page(visit, limited, grader):
    page = visit(java_script_enabled=False).page()
    for code in ("x = 1", "x = 2"):
        page.goto(f"{limited}questions/2/")
        page.get_by_label("Your code").fill(code)
        page.get_by_role("button", name="Submit").click()
        grader()

    expect(page.get_by_role("heading", name="This is the last of your 2")).to_be_visible()
    page.get_by_role("button", name="Submit it now").click()

    expect(page.get_by_text("No submission left")).to_be_visible()
    assert Submission.objects.filter(source="x = 2").count() == 1


# The editor -------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", [".cm-content", "textarea[name='inputs.y_true']"])
def test_control_enter_runs_from_wherever_one_types(open_question, grader, where):
    page = open_question()
    write(page, scene.NEARLY)
    before = code_in(page)

    page.locator(where).press("Control+Enter")

    expect(page.get_by_text("Running")).to_be_visible()
    assert code_in(page) == before


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("from numpy import loga", "logaddexp"),
        ("from numpy import exp, expm", "expm1"),
        ("import numpy as xp\nxp.logad", "logaddexp"),
        ("np.logad", "logaddexp"),
    ],
)
def test_names_of_numpy_are_completed(open_question, typed, offered):
    page = open_question()
    write(page, "")
    page.keyboard.type(typed)
    page.keyboard.press("Control+Space")

    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text(offered)


# Looks ------------------------------------------------------------------------------------------


@pytest.fixture
def tasks(version):
    """Links to a sitting of one coding question, by the slug of its task."""

    def start(slug):
        content = kinds.get("coding").frozen({"prompt": get(slug).brief.prompt, "task": slug})
        assessment = Assessment.objects.create(
            organisation=version.assessment.organisation, slug=slug
        )
        own = AssessmentVersion.objects.create(
            assessment=assessment, number=1, title="One task", minutes=30
        )
        question = make_question(f"only-{slug}", "coding", content)
        AssessmentQuestion.objects.create(version=own, position=1, question_version=question)
        actions.publish_assessment(own)
        invitation = actions.invite(own, "Ada", "ada@example.com")
        actions.start_attempt(invitation, consented=True)
        return f"{invitation.get_absolute_url()}questions/1/"

    return start


def test_the_task_can_be_widened_by_keyboard_and_hidden_and_stays_so(open_question):
    page = open_question()
    task, handle = page.get_by_role("region", name="The task"), page.get_by_role("separator")
    before = task.bounding_box()["width"]
    handle.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert task.bounding_box()["width"] > before + 40

    page.get_by_role("button", name="Hide the task").click()
    expect(task).to_be_hidden()
    page.reload()
    expect(page.get_by_role("region", name="The task")).to_be_hidden()
    page.get_by_role("button", name="Show the task").click()
    expect(page.get_by_role("region", name="The task")).to_be_visible()


def test_task_and_code_scroll_apart(visit, tasks):
    page = visit(viewport={"width": 1280, "height": 700}).page()
    page.goto(tasks("ctc"))
    task = page.get_by_role("region", name="The task")

    task.evaluate("each => each.scrollTo(0, 300)")

    assert task.evaluate("each => each.scrollTop") == 300
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize(
    ("viewport", "theme"), [(DESKTOP, "dark"), (PHONE, "light")], ids=["desktop", "phone"]
)
def test_a_page_full_of_results_is_accessible_and_fits(open_question, grader, viewport, theme):
    page = open_question(viewport=viewport, theme=theme)
    for code in (scene.NEARLY, FAILS):
        write(page, code)
        run(page, grader)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

    assert violations(page) == []
    assert overflow(page) <= 0
