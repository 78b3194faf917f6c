"""Writing a question in a real browser: by keyboard, on a phone, and when things go wrong."""

import re
import time

import pytest
from playwright.sync_api import expect

from questions.authoring import audits, drafting, reviewing
from questions.authoring.text import fields_of as parsed
from questions.authoring.text import text_of
from questions.models import Draft, QuestionVersion, TaskAudit
from tests.browser.authoring.conftest import LOOKS
from tests.browser.conftest import overflow, violations
from tests.questions.authoring.conftest import address, make_shared, written


def saved(page):
    expect(page.locator("[data-save-state]")).to_have_attribute("data-save-state", "saved")


def preview(page):
    return page.frame_locator("iframe:not([data-coming])")


def until(true, seconds=10):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def fields():
    return parsed(Draft.objects.get().text)


@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_every_page_is_accessible_and_fits(signed_in, people, viewport, theme):
    ada, bo = people["ada"], people["bo"]
    make_shared("shared-code", "coding")
    TaskAudit.objects.create(
        task="huber", done_at="2026-01-01T00:00:00Z",
        result={"killed": 1, "mutants": 2, "accepted": 1, "variants": 1, "checks": 3,
                "faults": ["seed 1: one survives"], "grader": "0"},
    )  # fmt: skip
    first = reviewing.publish(bo, reviewing.send(ada, written(ada, title="First")))
    again = drafting.edit(ada, first.question)
    drafting.save(ada, again, again.draft.text.replace("Which are", "Which one is"), 1)
    review = reviewing.send(ada, written(ada, "plot_reading", title="Plot"))
    number = written(ada, "numeric", title="Number", minutes="many")
    _, page = signed_in(viewport=viewport, theme=theme)

    addresses = [
        address("list", ada) + "?whose=own",
        address("new", ada),
        address("edit", ada, again),
        address("edit", ada, again) + "?as=text",
        address("edit", ada, number),
        address("question", ada, again),
        address("version", ada, first, number=1),
        address("question", ada, review),
        address("question", ada, QuestionVersion.objects.get(question__slug="shared-code")),
    ]
    for each in addresses:
        page.goto(each)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert violations(page) == [], each
        assert overflow(page) <= 0, each


def test_a_question_is_written_by_keyboard_alone_and_published_by_another(signed_in, people):
    _, page = signed_in()
    page.get_by_role("link", name="New question").press("Enter")
    page.get_by_label("Title").press_sequentially("Robust losses")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit/")

    page.get_by_label("Prompt").press_sequentially("Which loss bounds $\\delta$?")
    for row, (text, belief) in enumerate(
        [("Huber", ""), ("MSE", "Squares do"), ("exp", "It does")]
    ):
        page.locator(f"[name='options.{row}.text']").press_sequentially(text)
        page.keyboard.press("Tab")
        page.keyboard.type("It is so." if not row else "It is not.")
        page.keyboard.press("Tab")
        page.keyboard.type(belief)
    page.locator("[name='options.0.right']").press("Space")
    page.get_by_label("Official answer").press_sequentially("Huber.")
    page.get_by_label("Regression").press("Space")
    page.get_by_label("Difficulty").select_option("easy")
    page.get_by_label("Minutes").press_sequentially("2")
    page.get_by_label("Context").press_sequentially("Whether they know.")

    expect(page.get_by_text("ready for review")).to_be_visible()
    expect(preview(page).get_by_text("Which loss bounds")).to_be_visible()
    expect(preview(page).locator("math")).to_have_count(1)
    expect(preview(page).get_by_text("Huber")).to_be_visible()
    page.get_by_role("button", name="Save and leave").press("Enter")
    page.get_by_role("button", name="Send for review").press("Enter")
    expect(page.get_by_text("another owner or author reads and publishes it")).to_be_visible()

    _, other = signed_in("bo")
    other.get_by_role("link", name="Robust losses").click()
    other.get_by_role("button", name="Publish").click()
    expect(other.get_by_text("Version 1 is published.")).to_be_visible()
    assert QuestionVersion.objects.get().status == "published"


def test_faults_come_and_go_beside_their_fields(signed_in, people):
    version = written(people["ada"])
    _, page = signed_in()
    page.goto(address("edit", people["ada"], version))

    minutes = page.get_by_label("Minutes")
    minutes.fill("a while")
    expect(page.get_by_text("Write a whole number.")).to_be_visible()
    expect(minutes).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("1 to mend")).to_be_visible()
    minutes.fill("4")
    expect(page.get_by_text("Write a whole number.")).to_have_count(0)
    expect(minutes).not_to_have_attribute("aria-invalid", "true")
    expect(minutes).to_be_focused()


def test_rows_are_added_moved_and_removed_with_the_focus_in_the_right_place(signed_in, people):
    version = written(people["ada"])
    _, page = signed_in()
    page.goto(address("edit", people["ada"], version))

    page.get_by_role("button", name="Add", exact=True).first.press("Enter")
    expect(page.locator("[name='options.3.right']")).to_be_focused()
    page.locator("[name='options.3.text']").fill("Fourth")
    page.get_by_role("button", name="Move option 4 up").press("Enter")
    expect(page.get_by_role("button", name="Move option 3 up")).to_be_focused()
    expect(page.locator("[name='options.2.text']")).to_have_value("Fourth")
    page.get_by_role("button", name="Remove option 1").press("Enter")
    expect(page.get_by_role("button", name="Add", exact=True).first).to_be_focused()
    saved(page)
    assert [option.get("text") for option in fields()["options"]] == ["MSE", "Fourth", "exp"]


def test_what_is_typed_without_a_connection_is_saved_once_it_is_back(signed_in, people):
    version = written(people["ada"])
    visitor, page = signed_in()
    page.goto(address("edit", people["ada"], version))
    saved(page)

    visitor.context.set_offline(True)
    page.get_by_label("Title").fill("Typed in a tunnel")
    expect(page.get_by_text("Not saved: no answer from the server.")).to_be_visible()
    visitor.context.set_offline(False)

    saved(page)
    until(lambda: fields()["title"] == "Typed in a tunnel")
    visitor.forgive_lost_connections()


def test_two_people_at_once_are_told_and_choose(signed_in, people):
    ada, bo = people["ada"], people["bo"]
    version = written(ada)
    visitor, page = signed_in()
    page.goto(address("edit", ada, version))
    draft = Draft.objects.get()
    theirs = text_of(parsed(draft.text) | {"title": "Title of Bo"})
    drafting.save(bo, version, theirs, draft.revision)

    page.get_by_label("Title").fill("Title of Ada")
    expect(page.get_by_text("Bo saved this draft")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Title of Ada")
    assert fields()["title"] == "Title of Bo"
    page.get_by_role("button", name="Keep what is on this page").press("Enter")

    saved(page)
    until(lambda: fields()["title"] == "Title of Ada")
    expect(page.get_by_text("Bo saved this draft")).to_have_count(0)
    visitor.forgive_lost_connections()


def test_who_signs_in_again_elsewhere_loses_nothing(signed_in, people):
    version = written(people["ada"])
    visitor, page = signed_in()
    page.goto(address("edit", people["ada"], version))
    cookies = visitor.context.cookies()
    visitor.context.clear_cookies(name="sessionid")

    page.get_by_label("Title").fill("Typed when signed out")
    expect(page.get_by_text("sign in in another tab")).to_be_visible()
    visitor.context.add_cookies(cookies)

    saved(page)
    until(lambda: fields()["title"] == "Typed when signed out")


def test_the_preview_shows_another_draw_a_phone_and_paper(signed_in, people):
    version = written(people["ada"], "numeric", title="Number")
    _, page = signed_in()
    page.goto(address("edit", people["ada"], version))
    prompt = preview(page).locator("#prompt")
    seen = {prompt.inner_text()}
    for _ in range(8):
        with page.expect_response(re.compile("seed=")):
            page.get_by_role("button", name="Another draw").click()
        page.wait_for_load_state("networkidle")
        seen.add(preview(page).locator("#prompt").inner_text())
    assert len(seen) > 1

    page.get_by_role("button", name="Phone").click()
    expect(page.locator("iframe:not([data-coming])")).to_have_js_property("clientWidth", 388)
    page.get_by_role("button", name="Paper").click()
    expect(preview(page).get_by_text("Name:")).to_be_visible()


def test_the_plain_text_and_the_form_say_the_same(signed_in, people):
    version = written(people["ada"])
    _, page = signed_in()
    page.goto(address("edit", people["ada"], version))
    page.get_by_label("Title").fill("Changed in the form")
    page.get_by_role("button", name="Plain text").press("Enter")

    area = page.get_by_label("The file of the question, in YAML")
    expect(area).to_have_value(re.compile("title: Changed in the form"))
    area.fill(area.input_value().replace("minutes: 2", "minutes: soon"))
    expect(page.get_by_text("minutes Write a whole number.")).to_be_visible()
    page.get_by_role("button", name="Form").press("Enter")
    expect(page.get_by_label("Minutes")).to_have_value("soon")


def test_the_preview_of_code_can_be_skipped_by_keyboard(signed_in, people):
    version = written(people["ada"], "coding", title="Code")
    _, page = signed_in()
    page.goto(address("question", people["ada"], version))

    page.get_by_role("link", name="Open on its own").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip the preview")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(page.get_by_role("button", name="Audit")).to_be_visible()
    assert page.evaluate("document.activeElement.tagName") != "IFRAME"


def test_of_many_topics_those_that_were_chosen_are_passed_by_keyboard(signed_in, people):
    version = written(people["ada"])
    _, page = signed_in()
    page.goto(address("edit", people["ada"], version))
    boxes = page.get_by_role("group", name="Topics").get_by_role("checkbox")

    expect(boxes).to_have_count(2)
    page.locator("summary").filter(has_text=re.compile(r"^\d+ more")).press("Enter")
    page.get_by_label("Ranking", exact=True).check()
    until(lambda: "ranking" in fields()["topics"])
    assert len(fields()["topics"]) == 3


def test_the_audit_of_a_coding_question_comes_by_itself(signed_in, people):
    version = make_shared("shared-code", "coding")
    audit = TaskAudit.objects.create(task="huber")
    _, page = signed_in()
    page.goto(address("question", people["ada"], version))
    expect(page.get_by_text("The audit is under way")).to_be_visible()

    result = {"killed": 20, "mutants": 20, "accepted": 4, "variants": 4, "checks": 132}
    audits.store(audit.pk, audit.ticket, {**result, "faults": [], "grader": "0"})

    expect(page.get_by_text("20 / 20")).to_be_visible()
    expect(page.get_by_role("button", name="Audit again")).to_be_visible()
