"""After the sitting, and problems that are reported during it, in a real browser."""

import json

import pytest
from playwright.sync_api import expect

from assessments import actions
from assessments.models import (
    Answer,
    Assessment,
    AssessmentQuestion,
    AssessmentVersion,
    DataRequest,
    ProblemReport,
    Rating,
    Submission,
)
from grader.sandbox import Sandbox
from questions.models import QuestionVersion
from tests.browser import scene
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations

KINDS = ["multiple_choice", "numeric", "matching", "ordering", "plot_reading", "open_text"]
LOOKS = [
    pytest.param(DESKTOP, "dark", id="desktop, dark"),
    pytest.param(PHONE, "light", id="phone, light"),
]


@pytest.fixture
def told(version):
    """An invitation to an assessment of many kinds that tells everything afterwards."""
    organisation = version.assessment.organisation
    assessment = Assessment.objects.create(organisation=organisation, slug="told")
    telling = AssessmentVersion.objects.create(
        assessment=assessment, number=1, title="Everything told", minutes=60, feedback="full"
    )
    published = QuestionVersion.objects.published().filter(question__organisation=None)
    kinds = filter(None, (published.filter(kind=kind).first() for kind in KINDS))
    asked = [*(each.question_version for each in version.questions.all()), *kinds]
    for position, each in enumerate(asked, start=1):
        AssessmentQuestion.objects.create(version=telling, question_version=each, position=position)
    actions.publish_assessment(telling)
    return actions.invite(telling, "Ada Lovelace", "told@example.com")


def hand_in(invitation):
    """A wrong choice and nearly right code, finished; the grader still has the code."""
    attempt = actions.start_attempt(invitation, consented=True)
    choice, coding, *_ = attempt.version.questions.order_by("position")
    actions.save_answer(attempt, choice, {"option": "b"}, 0)
    actions.submit_code(attempt, coding, scene.NEARLY, Submission.Purpose.SUBMIT)
    return actions.finish_attempt(attempt)


@pytest.mark.sandbox
@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_the_pages_after_the_end_are_accessible_and_fit(visit, told, viewport, theme):
    attempt = hand_in(told)
    actions.report_problem(attempt, attempt.version.questions.first(), "Two are right.")
    page = visit(viewport=viewport, theme=theme).page()
    link = told.get_absolute_url()

    page.goto(f"{link}done/")
    assert violations(page) == []  # while it is being graded
    with Sandbox() as sandbox:
        scene.store(Submission.objects.get(), scene.grader_in(sandbox))
    for rest in ["done/", "data/"]:
        page.goto(f"{link}{rest}")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert violations(page) == [], rest
        assert overflow(page) <= 0, rest


@pytest.mark.sandbox
def test_the_outcome_appears_by_itself_and_what_was_typed_meanwhile_stays(visit, told):
    hand_in(told)
    page = visit().page()
    page.goto(f"{told.get_absolute_url()}done/")
    expect(page.get_by_text("Your code is being graded")).to_be_visible()
    page.get_by_label("What is wrong?").fill("I am still typing this.")
    page.evaluate("window.stayed = true")

    with Sandbox() as sandbox:
        scene.store(Submission.objects.get(), scene.grader_in(sandbox))

    expect(page.get_by_text("it looks like a sum where the mean is asked").first).to_be_visible(
        timeout=30_000
    )
    expect(page.locator(".m-curves canvas, .m-curves svg").first).to_be_visible()
    assert page.evaluate("window.stayed")
    assert page.get_by_label("What is wrong?").input_value() == "I am still typing this."


def test_a_problem_is_reported_without_leaving_the_question(visit, attempt, link):
    page = visit().page()
    page.goto(f"{link}questions/1/")
    page.locator("input[value=b]").check()
    summary = page.get_by_text("Report a problem with this question")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Two options say the same.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_text("has your report. You can go on")).to_be_visible()
    assert ProblemReport.objects.get().text == "Two options say the same."
    assert page.url.endswith("questions/1/")
    expect(page.locator("input[value=b]")).to_be_checked()
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url(lambda url: not url.endswith("questions/1/"))
    assert Answer.objects.get().content == {"option": "b"}


def test_without_scripts_a_problem_takes_the_draft_along(visit, attempt, link):
    page = visit(java_script_enabled=False).page()
    page.goto(f"{link}questions/1/")
    page.locator("input[value=b]").check()
    page.get_by_text("Report a problem with this question").click()
    page.get_by_label("What is wrong?").fill("Two options say the same.")
    page.get_by_role("button", name="Send the report").click()

    expect(page.get_by_text("has your report. You can go on")).to_be_visible()
    expect(page.locator("input[value=b]")).to_be_checked()
    assert ProblemReport.objects.get().text == "Two options say the same."
    assert Answer.objects.get().content == {"option": "b"}


def test_the_assessment_is_rated_by_keyboard_and_the_data_asked_for(visit, invitation, link):
    hand_in(invitation)
    page = visit().page()
    page.goto(f"{link}done/")
    first = page.get_by_role("radio", name="1 Poor")
    first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("The curves helped.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Thank you for your rating.")).to_be_visible()
    rating = Rating.objects.get()
    assert (rating.stars, rating.text) == (4, "The curves helped.")
    expect(page.get_by_role("radio", name="4 Very good")).to_be_checked()

    page.get_by_role("link", name="Your data").click()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download a copy").click()
    copy = json.loads(started.value.path().read_text())
    assert copy["candidate"]["name"] == "Ada Lovelace"
    assert started.value.suggested_filename.endswith(".json")

    page.get_by_label("I want all my data").check()
    page.get_by_role("button", name="Ask for erasure").click()
    expect(page.get_by_text("You asked for it on")).to_be_visible()
    assert DataRequest.objects.filter(kind="erase", done_at=None).count() == 1
