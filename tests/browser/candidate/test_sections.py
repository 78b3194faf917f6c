"""Sections, marks and breaks in a real browser: by keyboard, on a phone, for the eye."""

import pytest
from playwright.sync_api import expect

from assessments import actions
from assessments.models import Attempt, Organisation, Section
from tests.assessments.sectioned import begin, draft_of, place
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations


@pytest.fixture
def organisation(live_server):
    return Organisation.objects.create(name="Acme", slug="acme")


@pytest.fixture
def attempt(organisation):
    """Two choices one after the other in 20 minutes, then two in any order in 10; with breaks."""
    version = draft_of(
        organisation,
        {"minutes": 20, "title": "Concepts", "order": Section.Order.FIXED},
        {"minutes": 10, "title": "In depth"},
    )
    return begin(actions.publish_assessment(version), break_minutes=15)


def page_of(visit, attempt, rest="", **context):
    Attempt.objects.update(tab="")
    page = visit(**context).page()
    page.goto(f"{attempt.invitation.get_absolute_url()}{rest}")
    return page


def press(page, key):
    """An access key, as a keyboard sends it: Playwright's own presses lack the text of it."""
    keyboard = page.context.new_cdp_session(page)
    code = {"key": key, "code": f"Key{key.upper()}", "windowsVirtualKeyCode": ord(key.upper())}
    held = {"modifiers": 1, **code}
    keyboard.send(
        "Input.dispatchKeyEvent", {"type": "keyDown", "text": key, "unmodifiedText": key, **held}
    )
    keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **held})


def test_a_sitting_in_sections_by_keyboard_alone(visit, attempt):
    page = page_of(visit, attempt, "sections/1/")
    press(page, "n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sectioned-choice-1")

    page.get_by_role("radio", name="This").focus()
    page.keyboard.press("Space")
    press(page, "n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sectioned-choice-2")
    press(page, "n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Review and finish this section")
    page.get_by_label("I am done with this section.").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("In depth")
    press(page, "n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sectioned-choice-3")
    press(page, "n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sectioned-choice-4")
    press(page, "b")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sectioned-choice-3")
    press(page, "r")
    page.get_by_label("I am done").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Handed in, thank you")
    assert attempt.answers.first().content == {"option": "a"}


def test_what_was_typed_a_moment_before_a_question_is_left_is_kept(visit, attempt):
    actions.start_section(attempt, attempt.version.sections.first())
    page = page_of(visit, attempt, "questions/1/")

    page.get_by_role("radio", name="That").check()
    page.get_by_role("button", name="Save and leave this question").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Sectioned-choice-2")
    assert attempt.answers.get().content == {"option": "b"}
    page.goto(f"{attempt.invitation.get_absolute_url()}questions/1/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sectioned-choice-2")


def test_a_mark_shows_in_the_overview_at_once_and_keeps_the_focus(visit, attempt):
    actions.start_section(attempt, attempt.version.sections.first())
    page = page_of(visit, attempt, "questions/1/")
    page.locator(".m-overview > summary").click()
    button = page.get_by_role("button", name="Mark for review")

    button.focus()
    page.keyboard.press("Enter")

    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#step-1 .m-step")).to_have_attribute("data-flagged", "yes")
    expect(page.locator("#step-1")).to_contain_text("1")
    expect(button).to_be_focused()
    page.wait_for_function("!document.querySelector('.htmx-added, .htmx-settling, .htmx-request')")
    press(page, "m")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#step-1 .m-step")).to_have_attribute("data-flagged", "no")


def test_a_break_stops_the_clock_and_hides_the_questions(visit, attempt):
    actions.start_section(attempt, attempt.version.sections.first())
    page = page_of(visit, attempt, "questions/1/")

    page.get_by_role("link", name="Take a break").click()
    page.get_by_role("button", name="Stop the clock").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("You are on a break")
    expect(page.locator("[data-clock-time]")).to_contain_text("14:5")
    expect(page.get_by_text("Which one?")).to_have_count(0)
    page.get_by_role("button", name="Come back now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sectioned-choice-1")
    assert attempt.breaks.get().length.total_seconds() < 900


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages_of_sections_are_for_everyone(visit, attempt, size):
    pages = ["sections/1/", "break/"]
    for rest in pages:
        page = page_of(visit, attempt, rest, viewport=size)
        assert violations(page) == [], rest
        assert overflow(page) <= 0, rest
        # Two open pages would ask which of them goes on.
        page.close()
    actions.start_section(attempt, attempt.version.sections.first())
    for rest in ("questions/1/", "review/"):
        page = page_of(visit, attempt, rest, viewport=size, theme="dark")
        page.locator(".m-overview > summary").click()
        assert violations(page) == [], rest
        assert overflow(page) <= 0, rest
        # Two open pages would ask which of them goes on.
        page.close()


def test_forty_questions_in_larger_type_fit_a_phone(visit, organisation):
    version = draft_of(organisation)
    for position in range(1, 41):
        place(version, position)
    attempt = begin(actions.publish_assessment(version), large_type=True)
    page = page_of(visit, attempt, "questions/7/", viewport=PHONE)
    size = page.evaluate("getComputedStyle(document.documentElement).fontSize")

    summary = page.locator(".m-overview > summary")
    assert summary.bounding_box()["height"] < 100
    summary.click()

    expect(page.get_by_role("navigation", name="Questions").get_by_role("link")).to_have_count(41)
    assert violations(page) == []
    assert overflow(page) <= 0
    assert size == "20px"
