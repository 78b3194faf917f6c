"""The pages in German: what scripts say, the switch, and longer words on a phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from assessments import actions
from assessments.models import Answer, Attempt, Submission
from grader.sandbox import Sandbox
from tests.browser import scene
from tests.browser.candidate.test_looks import LOOKS, check

BERLIN = {"locale": "de-DE", "timezone_id": "Europe/Berlin"}


@pytest.fixture
def german(visit):
    """Makes a visitor whose browser asks for German, in Berlin."""
    return lambda **context: visit(**BERLIN, **context).page()


@pytest.fixture
def graded(attempt):
    """The attempt with a choice, a run and a submission of nearly right code, all graded."""
    choice, coding = attempt.version.questions.order_by("position")
    actions.save_answer(attempt, choice, {"option": "a"}, 0)
    with Sandbox() as sandbox:
        for purpose in (Submission.Purpose.RUN, Submission.Purpose.SUBMIT):
            submission = actions.submit_code(attempt, coding, scene.NEARLY, purpose)
            scene.store(submission, scene.grader_in(sandbox))
    return attempt


def test_saving_is_told_in_german(german, attempt, link):
    page = german()
    page.goto(f"{link}questions/1/")

    page.get_by_label("It stays the same.").check()

    expect(page.locator("[data-save-text]")).to_have_text("Gespeichert")
    expect(page.locator("[aria-current=step] [data-answered-text]")).to_have_text("beantwortet")


def test_a_lost_connection_is_told_in_german(visit, attempt, link):
    visitor = visit(**BERLIN)
    page = visitor.page()
    page.goto(f"{link}questions/1/")

    visitor.context.set_offline(True)
    page.get_by_label("It stays the same.").check()

    expect(page.locator("[data-save-text]")).to_contain_text("Offline: weiterarbeiten")
    visitor.forgive_lost_connections()


def test_the_time_left_is_announced_in_german(german, attempt, link):
    Attempt.objects.filter(pk=attempt.pk).update(
        deadline=attempt.started_at + timedelta(minutes=5, seconds=8)
    )
    page = german()

    page.goto(f"{link}questions/1/")

    expect(page.locator("[data-announcer]")).to_have_text("Noch 5 Minuten.", timeout=20_000)
    expect(page.get_by_role("button", name="Verbleibende Zeit ausblenden")).to_be_visible()


def test_times_are_in_the_candidates_zone_and_name_it(german, invitation, link):
    page = german()

    page.goto(link)

    expect(page.locator("[data-zone]")).to_have_text(
        "Zeiten in Ihrer Zeitzone: Europe/Berlin (" + page.evaluate(NAME_OF_ZONE) + ")"
    )
    shown = page.locator(".m-stat time").last.inner_text()
    assert shown.endswith((" MEZ", " MESZ"))


NAME_OF_ZONE = """new Intl.DateTimeFormat('de', {timeZoneName: 'short'})
    .formatToParts(new Date()).find(({type}) => type === 'timeZoneName').value"""


def test_the_switch_changes_the_language_and_keeps_what_was_typed(visit, attempt, link):
    page = visit().page()
    page.goto(f"{link}questions/2/")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("def loss(): return 7")

    page.get_by_role("button", name="Deutsch").click()

    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator(".cm-content")).to_contain_text("return 7")
    assert page.url.endswith("/questions/2/")
    assert Answer.objects.get().content["source"] == "def loss(): return 7"
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".cm-content")).to_contain_text("return 7")


def test_without_scripts_the_switch_keeps_what_was_chosen(visit, attempt, link):
    page = visit(java_script_enabled=False).page()
    page.goto(f"{link}questions/1/")
    page.get_by_label("It stays the same.").check()

    page.get_by_role("button", name="Deutsch").click()

    expect(page.get_by_label("It stays the same.")).to_be_checked()
    expect(page.get_by_role("button", name="Speichern und weiter")).to_be_visible()
    expect(page.locator(".m-clock-time")).to_contain_text("UTC")


def test_the_desk_is_english_in_a_german_browser(german, version):
    page = german()

    page.goto("/accounts/login/")

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("button", name="Theme: as the system")).to_be_visible()


@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_before_the_start_all_is_accessible_and_fits(german, link, viewport, theme):
    page = german(viewport=viewport, theme=theme)

    for rest in ["", "check/", "accommodation/", "data/", "practice/", "practice/2/"]:
        check(page, f"{link}{rest}")


@pytest.mark.sandbox
@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_every_page_of_the_sitting_is_accessible_and_fits(german, graded, link, viewport, theme):
    page = german(viewport=viewport, theme=theme)

    for rest in ["", "questions/1/", "questions/2/", "review/"]:
        check(page, f"{link}{rest}")
    page.get_by_label("Ich bin fertig").check()
    page.get_by_role("button", name="Abschließen und abgeben").click()
    page.wait_for_url("**/done/")
    check(page, f"{link}done/")
