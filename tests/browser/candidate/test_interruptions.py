"""What comes between: no network, a server that dies, another tab, the end, more time."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessments import playback
from assessments.actions import take_over
from assessments.models import Answer, Attempt, CodeSnapshot, IntegrityEvent
from grader.catalogue import get
from grader.catalogue.starter import starter
from tests.browser.candidate.test_drafts import append, crash, state
from tests.browser.conftest import PHONE, overflow, violations

CODE = 2


@pytest.fixture
def source(attempt):
    """The code that the server has."""

    def read():
        answer = Answer.objects.filter(attempt=attempt, question__position=CODE).first()
        return answer.content["source"] if answer else ""

    return read


def open_code(visitor, link):
    page = visitor.page()
    page.goto(f"{link}questions/{CODE}/")
    expect(page.locator(".cm-editor")).to_be_visible()
    return page


def elsewhere(page):
    return page.get_by_role("dialog")


def saved(page, timeout=8_000):
    expect(state(page)).to_have_attribute("data-state", "saved", timeout=timeout)


# The network ------------------------------------------------------------------------------------


def test_a_minute_without_network_loses_no_letter_and_keeps_its_times(visit, attempt, link, source):
    """The page's own clock runs ahead, so that the minute takes seconds."""
    visitor = visit()
    page = visitor.page()
    page.clock.install()
    page.goto(f"{link}questions/{CODE}/")
    expect(page.locator(".cm-editor")).to_be_visible()
    append(page, "# before")
    page.clock.run_for(6_000)
    saved(page)

    visitor.context.set_offline(True)
    for word in range(12):
        page.keyboard.type(f" {word}")
        page.clock.run_for(5_000)
    expect(state(page)).to_contain_text("Offline: keep working, it is kept here")
    notice = page.get_by_role("region", name="No connection")
    expect(notice).to_contain_text("Keep working.")
    assert violations(page) == []
    with page.expect_download() as download:
        notice.get_by_role("button", name="Download what was not sent").click()
    kept = Path(download.value.path()).read_text()
    visitor.context.set_offline(False)
    page.clock.run_for(31_000)
    saved(page)

    expect(notice).to_be_hidden()
    text = "# before" + "".join(f" {word}" for word in range(12))
    assert text in kept
    assert source().endswith(text)
    snapshots = CodeSnapshot.objects.filter(attempt=attempt)
    frames = list(playback.replay(starter(get("huber")), snapshots))
    assert frames[-1].text == source()
    assert len(frames) >= 8
    visitor.forgive_lost_connections()


def test_a_server_that_fails_is_waited_for_like_a_network(visit, attempt, link, source):
    visitor = visit()
    page = open_code(visitor, link)
    page.route("**/draft/", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))

    append(page, "# kept")
    expect(state(page)).to_contain_text("Offline", timeout=5_000)
    page.unroute("**/draft/")

    saved(page)
    assert source().endswith("# kept")
    visitor.forgive_lost_connections()


def test_where_the_browser_keeps_nothing_the_page_says_so(visit, attempt, link, source):
    visitor = visit()
    page = visitor.page()
    full = "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') }"
    page.add_init_script(full)
    page.goto(f"{link}questions/{CODE}/")
    expect(page.locator(".cm-editor")).to_be_visible()
    page.route("**/draft/", lambda route: route.abort())

    append(page, "# kept by the page alone")
    expect(state(page)).to_contain_text("Offline: leave this page open", timeout=5_000)
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("setTimeout(() => location.reload())")
    page.unroute("**/draft/")

    saved(page)
    assert asked == ["beforeunload"]
    assert source().endswith("# kept by the page alone")
    visitor.forgive_lost_connections()


def test_whoever_leaves_in_the_middle_of_a_save_loses_nothing(visit, attempt, link, source):
    visitor = visit()
    page = open_code(visitor, link)
    append(page, "# first")
    page.evaluate("dispatchEvent(new Event('blur')); document.activeElement.blur()")
    page.locator(".cm-content").focus()
    page.keyboard.type(" and last")

    page.goto("about:blank")
    page.goto(f"{link}questions/{CODE}/")

    expect(page.locator(".cm-content")).to_contain_text("# first and last")
    saved(page)
    assert source().endswith("# first and last")
    visitor.forgive_lost_connections()


# Tabs -------------------------------------------------------------------------------------------


def test_a_second_tab_asks_and_the_older_one_loses_nothing(visit, attempt, link, source):
    visitor = visit()
    older = open_code(visitor, link)
    append(older, "# saved here")
    saved(older)
    newer = open_code(visitor, link)
    expect(elsewhere(newer)).to_contain_text("This sitting is open in another tab")
    assert violations(newer) == []
    append(older, " and typed here")

    elsewhere(newer).get_by_role("button", name="Go on here").click()
    expect(elsewhere(older)).to_contain_text("You went on in another tab or on another device")
    expect(elsewhere(newer)).to_be_hidden()
    append(newer, "# there")
    saved(newer)
    assert source().endswith("# there")

    elsewhere(older).get_by_role("button", name="Go on here").click()
    box = older.get_by_role("region", name="Two versions of this answer")
    expect(box).to_contain_text("# there", timeout=8_000)
    box.get_by_role("button", name="Keep what is on this page").click()
    saved(older)
    assert source().endswith("# saved here and typed here")
    expect(elsewhere(newer)).to_be_visible()
    assert IntegrityEvent.objects.filter(attempt=attempt, kind="takeover").count() == 2
    visitor.forgive_lost_connections()


def test_another_device_is_noticed_at_the_next_word_of_the_server(visit, attempt, link, source):
    """What was typed before it was noticed is kept, and offered beside the other version."""
    visitor = visit()
    page = open_code(visitor, link)
    append(page, "# on this one")
    saved(page)
    take_over(attempt, "telephone")
    answer = Answer.objects.get(attempt=attempt)
    Answer.objects.update(content={"source": "# on the other one"}, revision=answer.revision + 1)

    page.keyboard.type(", and more")
    expect(elsewhere(page)).to_contain_text("You went on in another tab", timeout=8_000)
    page.keyboard.press("Escape")
    expect(elsewhere(page)).to_be_visible()
    elsewhere(page).get_by_role("button", name="Go on here").click()

    box = page.get_by_role("region", name="Two versions of this answer")
    expect(box).to_contain_text("# on the other one", timeout=8_000)
    box.get_by_role("button", name="Keep what is on this page").click()
    saved(page)
    assert source().endswith("# on this one, and more")
    visitor.forgive_lost_connections()


def test_reload_crash_and_a_new_tab_after_one_that_was_closed_ask_nothing(visit, attempt, link):
    visitor = visit()
    page = open_code(visitor, link)
    append(page, "# x")
    saved(page)
    page.reload()
    expect(page.locator(".cm-editor")).to_be_visible()
    page.wait_for_timeout(600)
    expect(elsewhere(page)).to_be_hidden()
    page.get_by_role("link", name="Back").click()
    page.wait_for_url("**/questions/1/")
    crash(page)

    again = open_code(visitor, link)
    append(again, "# y")
    saved(again)

    expect(elsewhere(again)).to_be_hidden()
    taken = IntegrityEvent.objects.get(attempt=attempt, kind="takeover")
    assert taken.detail == {"same_browser": True}
    visitor.forgive_lost_connections()


def test_a_tab_that_was_duplicated_is_another_one(visit, attempt, link):
    visitor = visit()
    page = open_code(visitor, link)
    append(page, "# x")
    saved(page)

    with page.expect_popup() as popup:
        page.evaluate("window.open(location.href)")

    expect(elsewhere(popup.value)).to_be_visible()
    expect(elsewhere(page)).to_be_hidden()
    visitor.forgive_lost_connections()


# The clock --------------------------------------------------------------------------------------


def move_deadline(attempt, **later):
    deadline = timezone.now() + timedelta(**later)
    begun = deadline - timedelta(minutes=45)
    Attempt.objects.filter(pk=attempt.pk).update(started_at=begun, deadline=deadline)


def test_more_time_reaches_the_open_page_and_is_said(visit, attempt, link):
    move_deadline(attempt, minutes=4)
    page = visit(viewport=PHONE).page()
    page.clock.install()
    page.goto(f"{link}questions/1/")
    time = page.locator("[data-clock-time]")
    expect(time).to_contain_text("3:")
    attempt.refresh_from_db()

    Attempt.objects.filter(pk=attempt.pk).update(deadline=attempt.deadline + timedelta(minutes=15))
    page.clock.run_for(21_000)

    expect(page.locator(".m-toast")).to_contain_text("You were given 15 minutes more.")
    expect(page.locator("[data-announcer]")).to_contain_text("You were given 15 minutes more.")
    expect(time).to_contain_text("18:")
    assert overflow(page) == 0


def test_the_end_without_a_network_is_calm_and_sends_what_still_counts(
    visit, attempt, link, source
):
    move_deadline(attempt, seconds=6)
    visitor = visit()
    page = open_code(visitor, link)
    visitor.context.set_offline(True)
    append(page, "# typed in time")

    panel = page.get_by_role("region", name="Time is up")
    expect(panel).to_contain_text("There is no connection at the moment", timeout=15_000)
    assert violations(page) == []
    expect(page.locator(".m-editor")).to_have_attribute("inert", "")
    move_deadline(attempt, seconds=-2)
    visitor.context.set_offline(False)

    page.wait_for_url("**/done/", timeout=15_000)
    assert source().endswith("# typed in time")
    visitor.forgive_lost_connections()


@pytest.mark.parametrize("place", ["there", "on the next page"])
def test_what_came_too_late_is_said_and_can_be_kept(visit, attempt, link, source, place):
    visitor = visit()
    page = open_code(visitor, link)
    append(page, "# in time")
    saved(page)
    visitor.context.set_offline(True)
    page.keyboard.type(", too late")
    expect(state(page)).to_contain_text("Offline", timeout=6_000)
    move_deadline(attempt, seconds=-30)
    if place == "there":
        visitor.context.set_offline(False)
        said = page.get_by_role("region", name="Time is up")
        expect(said).to_contain_text("did not arrive in time", timeout=20_000)
    else:
        crash(page)
        visitor.context.set_offline(False)
        page = visitor.page()
        page.goto(f"{link}done/")
        said = page.get_by_role("region", name="Something did not arrive in time")
        expect(said).to_be_visible()
    assert violations(page) == []

    with page.expect_download() as download:
        said.get_by_role("button", name="Download").click()

    assert "# in time, too late" in Path(download.value.path()).read_text()
    assert source().endswith("# in time")
    visitor.forgive_lost_connections()


def test_time_that_is_given_at_the_last_moment_opens_the_page_again(visit, attempt, link, source):
    move_deadline(attempt, seconds=4)
    visitor = visit()
    page = open_code(visitor, link)
    page.route("**/clock/", lambda route: route.abort())
    panel = page.get_by_role("region", name="Time is up")
    expect(panel).to_be_visible(timeout=15_000)

    move_deadline(attempt, minutes=10)
    page.unroute("**/clock/")

    expect(panel).to_be_hidden(timeout=15_000)
    append(page, "# went on")
    saved(page)
    assert source().endswith("# went on")
    visitor.forgive_lost_connections()


# What is noted ----------------------------------------------------------------------------------


def test_what_was_announced_is_noted_and_nothing_of_the_texts(visit, attempt, link):
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    page = open_code(visitor, link)
    page.evaluate("navigator.clipboard.writeText('secret = 1  # 🙂')")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Control+v")
    page.keyboard.press("Shift+Home")
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    page.evaluate("dispatchEvent(new Event('blur'))")
    page.evaluate(
        "Object.defineProperty(document, 'hasFocus', {value: () => false, configurable: true});"
        "dispatchEvent(new Event('blur'))"
    )
    page.wait_for_timeout(1_300)
    page.evaluate(
        "Object.defineProperty(document, 'hasFocus', {value: () => true});"
        "dispatchEvent(new Event('focus'))"
    )

    page.get_by_role("link", name="Back").click()
    page.wait_for_url("**/questions/1/")
    kinds = ["paste", "copy", "paste", "focus_lost"]
    for _ in range(40):
        events = list(attempt.events.exclude(kind="address").order_by("at"))
        if len(events) == len(kinds):
            break
        page.wait_for_timeout(100)

    assert [event.kind for event in events] == kinds
    pasted, copied, again, away = events
    assert (pasted.size, pasted.detail, pasted.question.position) == (15, {"own": 0}, CODE)
    assert (copied.size, again.detail) == (15, {"own": 1})
    assert 1.2 <= away.seconds < 10
    assert "secret" not in str([(event.detail, event.key) for event in events])
