"""The whole way from the link to the end, with processes and a sandbox that really grade."""

import pytest
from playwright.sync_api import expect

from grader.catalogue import get
from tests.browser import scene
from tests.browser.conftest import violations
from tests.browser.keyboard import tab_to

RIGHT = get("huber").variants[0].source
MEAN_SQUARED = """\
import numpy as np


def loss(y_true, y_pred):
    if y_true.shape != y_pred.shape or y_true.size == 0:
        raise ValueError("the shapes differ, or there is nothing to average")
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred):
    if y_true.shape != y_pred.shape or y_true.size == 0:
        raise ValueError("the shapes differ, or there is nothing to average")
    return 2 * (y_pred - y_true) / y_true.size
"""


def start(page, link):
    page.goto(link)
    page.get_by_label("I have read this").check()
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/questions/1/")


def type_code(page, source):
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)


@pytest.mark.sandbox
@pytest.mark.slow
def test_the_practice_by_keyboard_alone_with_a_sandbox_that_grades(visit_running):
    visitor, link = visit_running()
    page = visitor.page()
    page.goto(link)
    tab_to(page, "Practise")
    page.keyboard.press("Enter")
    page.wait_for_url("**/practice/")
    tab_to(page, "Go to the first question")
    page.keyboard.press("Enter")
    page.wait_for_url("**/practice/1/")
    page.locator("body").press("Tab")
    page.get_by_label("At the top").focus()
    page.keyboard.press("Space")
    tab_to(page, "Save and go on")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That is right.")).to_be_visible()
    tab_to(page, "Go on")
    page.keyboard.press("Enter")
    page.wait_for_url("**/practice/2/")
    expect(page.locator(".cm-editor")).to_be_visible()
    tab_to(page, "Your code")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(MEAN_SQUARED)
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Run")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#run").get_by_role("status")).to_contain_text("passed", timeout=30_000)
    expect(page.locator("#run .m-check").first).to_be_visible()
    tab_to(page, "Submit")
    page.keyboard.press("Enter")
    expect(page.locator("#submission")).to_contain_text("Values", timeout=30_000)
    expect(page.locator("#submission").get_by_role("status")).to_contain_text("Passed")
    assert violations(page) == []
    page.goto(link)
    expect(page.get_by_role("button", name="Start")).to_be_visible()


@pytest.mark.sandbox
@pytest.mark.slow
def test_the_check_has_a_line_of_code_run_in_the_sandbox(visit_running):
    visitor, link = visit_running()
    page = visitor.page()

    page.goto(f"{link}check/")

    expect(page.locator("[data-check=sandbox]")).to_contain_text("It ran", timeout=30_000)
    expect(page.get_by_text("Everything is fine.")).to_be_visible()


@pytest.mark.sandbox
@pytest.mark.slow
def test_from_the_link_to_what_was_handed_in(visit_running):
    visitor, link = visit_running()
    page = visitor.page()
    start(page, link)

    page.get_by_label("It stays the same.").check()
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url("**/questions/2/")
    type_code(page, "print('hello')\n" + scene.NEARLY)
    page.get_by_role("button", name="Run").click()
    run = page.locator("#run")
    expect(run.get_by_role("status")).to_contain_text("passed", timeout=30_000)
    expect(run).to_contain_text("hello")
    expect(run).to_contain_text("it looks like a sum where the mean is asked")
    expect(run.get_by_role("table").first).to_contain_text("slope of your loss")
    expect(run.get_by_role("img", name="Loss along y_pred - y_true")).to_be_visible()
    expect(run.locator(".m-curves canvas")).to_have_count(2)

    type_code(page, RIGHT)
    page.get_by_role("button", name="Submit").click()
    submission = page.locator("#submission")
    expect(submission.get_by_role("status")).to_contain_text("Passed", timeout=30_000)
    expect(submission).to_contain_text("Numerical stability")

    page.get_by_role("button", name="Save and review").click()
    expect(page.get_by_text("Every question is answered.")).to_be_visible()
    page.get_by_label("I am done").check()
    page.get_by_role("button", name="Finish and hand in").click()
    expect(page.get_by_role("heading", name="Handed in, thank you")).to_be_visible()
    expect(page.get_by_text("It stays the same.")).to_be_visible()
    expect(page.get_by_role("group", name="The code you handed in")).to_contain_text("def grad")


@pytest.mark.sandbox
@pytest.mark.slow
def test_the_whole_way_by_keyboard_alone(visit_running):
    visitor, link = visit_running()
    page = visitor.page()
    page.goto(link)

    tab_to(page, "I have read this")
    page.keyboard.press("Space")
    tab_to(page, "Start")
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/1/")
    page.locator("body").press("Tab")
    tab_to(page, "It ")
    page.keyboard.press("Space")
    tab_to(page, "Save and go on")
    page.keyboard.press("Enter")
    page.wait_for_url("**/questions/2/")
    expect(page.locator(".cm-editor")).to_be_visible()
    tab_to(page, "Your code")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(RIGHT)
    page.keyboard.press("Tab")
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Run")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#run").get_by_role("status")).to_contain_text("passed", timeout=30_000)
    tab_to(page, "Submit")
    page.keyboard.press("Enter")
    expect(page.locator("#submission")).to_contain_text("Values", timeout=30_000)
    tab_to(page, "Save and review")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/")
    tab_to(page, "I am done")
    page.keyboard.press("Space")
    tab_to(page, "Finish and hand in")
    page.keyboard.press("Enter")
    page.wait_for_url("**/done/")


@pytest.mark.sandbox
@pytest.mark.slow
def test_without_scripts_the_essential_way_is_open(visit_running):
    visitor, link = visit_running(java_script_enabled=False)
    page = visitor.page()
    start(page, link)

    page.get_by_label("It stays the same.").check()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("textbox", name="Your code").fill(RIGHT)
    page.get_by_role("button", name="Submit").click()
    for _ in range(60):
        if "Numerical stability" in page.content():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator("#submission")).to_contain_text("Passed")
    page.get_by_role("button", name="Save and review").click()
    page.get_by_label("I am done").check()
    page.get_by_role("button", name="Finish and hand in").click()
    expect(page.get_by_role("heading", name="Handed in, thank you")).to_be_visible()


@pytest.mark.sandbox
@pytest.mark.slow
def test_a_lost_connection_while_grading_loses_no_result(visit_running, running):
    visitor, link = visit_running()
    page = visitor.page()
    start(page, link)
    page.goto(f"{link}questions/2/")
    type_code(page, RIGHT)

    with running.without("grading"):
        page.get_by_role("button", name="Submit").click()
        expect(page.locator("#submission")).to_contain_text("being graded")
        visitor.context.set_offline(True)
        page.wait_for_timeout(1500)
        visitor.context.set_offline(False)

    expect(page.locator("#submission")).to_contain_text("Passed", timeout=30_000)
    visitor.forgive_lost_connections()


@pytest.mark.sandbox
@pytest.mark.slow
def test_a_server_that_is_killed_and_started_again_while_typing_loses_nothing(
    visit_running, running
):
    visitor, link = visit_running()
    page = visitor.page()
    page.goto(link)
    page.get_by_label("I have read this").check()
    page.get_by_role("button", name="Start").click()
    page.wait_for_load_state()
    page.goto(f"{link}questions/2/")
    saving = page.locator("[data-save-state]")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("# before")
    expect(saving).to_have_attribute("data-state", "saved", timeout=8_000)

    running.kill_tree(running.processes["web"])
    page.keyboard.type(" during")
    expect(saving).to_contain_text("Offline", timeout=8_000)
    running.start("web")
    running.wait_until(running.is_up)
    page.keyboard.type(" after")
    expect(saving).to_have_attribute("data-state", "saved", timeout=20_000)

    page.reload()
    expect(page.locator(".cm-content")).to_contain_text("# before during after")
    visitor.forgive_lost_connections()
