"""A result stays where it is while the code goes on, and says whose it is."""

import pytest
from playwright.sync_api import expect

from assessments import actions
from assessments.models import Submission
from tests.assessments.conftest import make_report

OLDER = "For the code before your last change."
CODE = "def loss(y_true, y_pred, delta=1.0):\n    return 1.0\n"


@pytest.fixture
def graded(attempt):
    """The attempt with a run and a submission of CODE, which is also what is saved."""
    coding = attempt.version.questions.get(position=2)
    for purpose in (Submission.Purpose.SUBMIT, Submission.Purpose.RUN):
        submission = actions.submit_code(attempt, coding, CODE, purpose)
        report = make_report(0.0, "failed", stdout="")
        assert actions.store_report(str(submission.pk), submission.ticket, report)
    return attempt


@pytest.mark.parametrize("plain", [False, True], ids=["editor", "plain text"])
def test_a_result_says_when_it_is_for_older_code(visit, graded, link, plain):
    page = visit().page()
    page.goto(f"{link}questions/2/")
    expect(page.locator("[data-code]")).to_have_count(2)
    expect(page.get_by_text(OLDER).locator("visible=true")).to_have_count(0)

    if plain:
        page.get_by_label("Plain text").check()
    page.get_by_label("Your code").locator("visible=true").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("x")
    expect(page.get_by_text(OLDER).locator("visible=true")).to_have_count(2)
    expect(page.locator("[data-save-state][data-state=saved]")).to_be_visible()

    page.reload()
    expect(page.get_by_text(OLDER).locator("visible=true")).to_have_count(2)
    page.get_by_label("Your code").locator("visible=true").click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Backspace")
    expect(page.get_by_text(OLDER).locator("visible=true")).to_have_count(0)


def test_times_are_the_readers_own_with_utc_in_the_title(visit, graded, link):
    submitted = Submission.objects.get(purpose="submit").created_at
    page = visit(timezone_id="Asia/Kathmandu").page()

    page.goto(f"{link}questions/2/")

    time = page.locator("#submission-title time")
    expect(time).to_have_attribute("title", f"{submitted:%-d %b %Y, %H:%M:%S} UTC")
    there = submitted.timestamp() + (5 * 60 + 45) * 60
    expect(time).to_have_text(f"{int(there) // 3600 % 24:02}:{int(there) // 60 % 60:02}:"
                              f"{int(there) % 60:02}")  # fmt: skip


def test_without_scripts_times_say_that_they_are_utc(visit, graded, link):
    submitted = Submission.objects.get(purpose="submit").created_at
    page = visit(java_script_enabled=False).page()

    page.goto(f"{link}questions/2/")

    expect(page.locator("#submission-title time")).to_have_text(f"{submitted:%H:%M:%S} UTC")


def test_what_is_typed_while_a_submit_is_under_way_stays(visit, attempt, link):
    """It is stored before the slow Submit arrives, which then takes nothing back."""
    page = visit().page()
    page.goto(f"{link}questions/2/")
    page.get_by_label("Plain text").check()
    area = page.get_by_label("Your code").locator("visible=true")
    area.fill(CODE)
    expect(page.locator("[data-save-state][data-state=saved]")).to_be_visible()
    held = []
    page.route("**/submit/", lambda route: held.append(route))

    page.get_by_role("button", name="Submit", exact=False).first.click()
    area.fill(f"{CODE}# more\n")
    with page.expect_response("**/draft/"):
        area.blur()
    held[0].continue_()

    expect(page.locator("#submission-title")).to_be_visible()
    expect(page.locator("[data-save-state][data-state=saved]")).to_be_visible()
    assert attempt.submissions.get().source == CODE
    assert attempt.answers.get().content["source"] == f"{CODE}# more\n"
