"""Nothing that was typed is lost: reload, lost connection, two tabs, the deadline."""

import re
from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Error, expect

from assessments.actions import save_answer
from assessments.models import Answer, Attempt
from tests.browser.conftest import PHONE, overflow, violations


@pytest.fixture
def stored(attempt):
    """What the server has for the question at a position."""

    def read(position=2):
        answer = Answer.objects.filter(attempt=attempt, question__position=position).first()
        return answer.content if answer else None

    return read


def state(page):
    return page.locator("[data-save-state]")


def append(page, text):
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def crash(page):
    """Kill the page's process: it gets no chance to send anything."""
    session = page.context.new_cdp_session(page)
    with page.expect_event("crash"), suppress(Error):
        session.send("Page.crash", timeout=1_000)
    page.close()


def test_what_is_typed_is_saved_by_itself_and_survives_a_reload(visit, attempt, link, stored):
    page = visit().page()
    page.goto(f"{link}questions/2/")

    append(page, "# kept")
    expect(state(page)).to_have_attribute("data-state", "saved", timeout=5_000)

    assert stored()["source"].endswith("# kept")
    page.reload()
    expect(page.locator(".cm-content")).to_contain_text("# kept")

    # The database is put back to a copy that was made before.
    Answer.objects.filter(attempt=attempt).delete()
    with page.expect_response("**/questions/2/draft/"):
        page.reload()
    expect(page.locator(".cm-content")).to_contain_text("# kept")
    expect(state(page)).to_have_attribute("data-state", "saved", timeout=5_000)
    assert stored()["source"].endswith("# kept")


def test_leaving_at_once_saves_too(visit, attempt, link, stored):
    page = visit().page()
    page.goto(f"{link}questions/2/")

    append(page, "# in a hurry")
    page.get_by_role("link", name="Question 1").click()
    page.wait_for_url("**/questions/1/")

    assert stored()["source"].endswith("# in a hurry")


def test_a_choice_is_saved_by_itself(visit, attempt, link, stored):
    page = visit().page()
    page.goto(f"{link}questions/1/")

    page.get_by_label("It doubles.").check()
    expect(state(page)).to_have_attribute("data-state", "saved", timeout=5_000)

    page.reload()
    expect(page.get_by_label("It doubles.")).to_be_checked()
    assert stored(1) == {"option": "b"}


def test_offline_the_work_goes_on_and_is_saved_afterwards(visit, attempt, link, stored):
    visitor = visit()
    page = visitor.page()
    page.goto(f"{link}questions/2/")
    expect(page.locator(".cm-editor")).to_be_visible()

    visitor.context.set_offline(True)
    append(page, "# typed offline")
    expect(state(page)).to_contain_text("Offline: keep working", timeout=5_000)
    assert stored() is None
    visitor.context.set_offline(False)

    expect(state(page)).to_have_attribute("data-state", "saved", timeout=15_000)
    assert stored()["source"].endswith("# typed offline")
    visitor.forgive_lost_connections()


def test_offline_the_way_on_waits_for_the_connection(visit, attempt, link, stored):
    visitor = visit()
    page = visitor.page()
    page.goto(f"{link}questions/1/")

    visitor.context.set_offline(True)
    page.get_by_label("It doubles.").check()
    page.get_by_role("button", name="Save and go on").click()
    expect(page.locator(".m-toast")).to_contain_text("No connection. What you typed is kept here")
    expect(page.get_by_label("It doubles.")).to_be_checked()
    visitor.context.set_offline(False)

    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url("**/questions/2/")
    assert stored(1) == {"option": "b"}
    visitor.forgive_lost_connections()


def test_long_lines_slide_under_the_line_numbers(visit, attempt, link):
    page = visit().page()
    page.goto(f"{link}questions/2/")
    gutter = page.locator(".cm-gutters")

    append(page, "#" * 300)

    expect(page.locator(".cm-scroller")).not_to_have_js_property("scrollLeft", 0)
    expect(gutter).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")


def test_a_draft_that_never_arrived_survives_the_crash_of_its_page(visit, attempt, link, stored):
    visitor = visit()
    page = visitor.page()
    page.goto(f"{link}questions/2/")
    expect(page.locator(".cm-editor")).to_be_visible()
    page.route("**/draft/", lambda route: route.abort())
    append(page, "# never acknowledged")
    expect(state(page)).to_contain_text("Offline", timeout=5_000)
    crash(page)
    assert stored() is None

    again = visitor.page()
    again.goto(f"{link}questions/2/")

    expect(again.locator(".cm-content")).to_contain_text("# never acknowledged")
    expect(state(again)).to_have_attribute("data-state", "saved", timeout=5_000)
    assert stored()["source"].endswith("# never acknowledged")
    visitor.forgive_lost_connections()


def test_the_next_page_sends_what_another_question_left_behind(visit, attempt, link, stored):
    visitor = visit()
    page = visitor.page()
    page.goto(f"{link}questions/2/")
    expect(page.locator(".cm-editor")).to_be_visible()
    page.route("**/draft/", lambda route: route.abort())
    append(page, "# left behind")
    expect(state(page)).to_contain_text("Offline", timeout=5_000)
    crash(page)

    other = visitor.page()
    with other.expect_response("**/questions/2/draft/"):
        other.goto(f"{link}questions/1/")

    assert stored()["source"].endswith("# left behind")
    visitor.forgive_lost_connections()


def meanwhile(attempt, position, content):
    """Somebody without scripts saves, so that no tab is asked."""
    question = attempt.version.questions.get(position=position)
    answer = Answer.objects.filter(attempt=attempt, question=question).first()
    save_answer(attempt, question, content, answer.revision if answer else 0)


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        pytest.param("Keep what is on this page", "# this page", id="mine"),
        pytest.param("Use the other version", "# elsewhere", id="theirs"),
    ],
)
def test_a_stale_page_asks_which_version_counts(visit, attempt, link, stored, choice, kept):
    visitor = visit()
    page = visitor.page()
    page.goto(f"{link}questions/2/")
    expect(page.locator(".cm-editor")).to_be_visible()
    code = page.locator("[name=source]").input_value()
    meanwhile(attempt, 2, {"source": f"{code}# elsewhere"})

    append(page, "# this page")
    box = page.get_by_role("region", name="Two versions of this answer")
    expect(box).to_contain_text("# elsewhere", timeout=5_000)
    assert stored()["source"].endswith("# elsewhere")
    expect(page.locator(".cm-content")).to_contain_text("# this page")
    expect(page.locator(".cm-content")).to_be_focused()
    box.get_by_role("button", name="See both side by side").click()
    changed = box.locator("tr[data-same=no]")
    expect(changed).to_have_count(1)
    expect(changed.locator("td")).to_have_text(
        [re.compile("Only on this page: .*# this page$"), re.compile("version: .*# elsewhere$")]
    )
    expect(box.locator("tr[data-gap]")).to_contain_text("equal lines")
    assert violations(page) == []
    box.get_by_role("button", name=choice).click()

    expect(state(page)).to_have_attribute("data-state", "saved", timeout=5_000)
    expect(page.locator(".cm-content")).to_contain_text(kept)
    assert stored()["source"].endswith(kept)
    if kept == "# elsewhere":
        page.locator(".cm-content").click()
        page.keyboard.press("Control+z")
        expect(page.locator(".cm-content")).to_contain_text("# this page")
    visitor.forgive_lost_connections()


def test_two_versions_of_a_choice_are_told_in_its_own_words(visit, attempt, link, stored):
    visitor = visit(viewport=PHONE)
    page = visitor.page()
    page.goto(f"{link}questions/1/")
    meanwhile(attempt, 1, {"option": "a"})

    page.get_by_label("It doubles.").check()
    box = page.get_by_role("region", name="Two versions of this answer")
    box.get_by_role("button", name="See both side by side").click()

    expect(box.locator("tr[data-same=no]")).to_contain_text("It doubles.")
    assert overflow(page) == 0
    box.get_by_role("button", name="Keep what is on this page").click()
    expect(state(page)).to_have_attribute("data-state", "saved", timeout=5_000)
    assert stored(1) == {"option": "b"}
    visitor.forgive_lost_connections()


def test_at_the_deadline_the_last_keystrokes_count_and_the_page_goes_on(
    visit, attempt, link, stored
):
    Attempt.objects.filter(pk=attempt.pk).update(deadline=timezone.now() + timedelta(seconds=5))
    page = visit().page()
    page.goto(f"{link}questions/2/")

    append(page, "# at the last moment")
    page.wait_for_url("**/done/", timeout=15_000)

    expect(page.get_by_role("heading", name="Time was up: handed in")).to_be_visible(timeout=15_000)
    assert stored()["source"].endswith("# at the last moment")
    attempt.refresh_from_db()
    assert attempt.state == Attempt.State.TIMED_OUT
    assert page.evaluate("Object.keys(localStorage).filter(k => k.includes('draft'))") == []


def test_the_clock_can_be_hidden_and_stays_so(visit, attempt, link):
    page = visit().page()
    page.goto(f"{link}questions/1/")
    time = page.locator("[data-clock-time]")
    expect(time).to_be_visible()

    page.get_by_role("button", name="Hide the time left").click()
    page.goto(f"{link}questions/2/")

    expect(time).to_be_hidden()
    page.get_by_role("button", name="Show the time left").click()
    expect(time).to_be_visible()


def test_the_last_minutes_are_read_out(visit, attempt, link):
    Attempt.objects.filter(pk=attempt.pk).update(deadline=timezone.now() + timedelta(seconds=62))
    page = visit().page()

    page.goto(f"{link}questions/1/")

    expect(page.locator("[data-announcer]")).to_have_text("1 minute left.", timeout=8_000)


def test_the_plain_text_area_is_the_same_answer(visit, attempt, link, stored):
    page = visit().page()
    page.goto(f"{link}questions/2/")

    page.get_by_label("Plain text").check()
    page.get_by_role("textbox", name="Your code").fill("x = 'plain'")
    expect(state(page)).to_have_attribute("data-state", "saved", timeout=5_000)
    assert stored()["source"] == "x = 'plain'"
    page.get_by_label("Plain text").uncheck()

    expect(page.locator(".cm-content")).to_contain_text("x = 'plain'")
