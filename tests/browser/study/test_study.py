"""The study pages in a browser: pictures that move by mouse, finger and keyboard; and paper."""

import re

import pytest
from playwright.sync_api import expect

from questions import files
from questions.actions import load_entry
from questions.study.guides import guides
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations

LOOKS = [
    pytest.param(DESKTOP, "light", id="desktop, light"),
    pytest.param(PHONE | {"width": 360}, "dark", id="narrow phone, dark"),
]
PAGES = ["?q=huber", "glossary/", "topics/regression/", "losses/huber/", "losses/bald/"]


@pytest.fixture
def bank(transactional_db):
    for slug in guides()["regression"]["review"]:
        load_entry(files.read(files.BANK / f"{slug}.yaml"))


@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_every_page_is_accessible_and_fits(visit, bank, viewport, theme):
    page = visit(viewport=viewport, theme=theme).page()

    for rest in PAGES:
        page.goto(f"/study/{rest}")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert violations(page) == [], rest
        assert overflow(page) <= 0, rest


def huber(visit, **context):
    page = visit(**context).page()
    page.goto("/study/losses/huber/")
    return page, page.locator("[data-words]")


def test_on_a_phone_the_bar_is_one_row_and_search_is_one_press_away(visit, bank):
    page = visit(viewport=PHONE).page()
    page.goto("/study/topics/regression/")

    assert page.locator(".m-topbar").bounding_box()["height"] < 64
    page.get_by_role("button", name="Search").press("Enter")
    expect(page.get_by_label("Search losses, topics and words")).to_be_focused()


def test_the_picture_of_a_topic_moves(visit, bank):
    page = visit().page()
    page.goto("/study/topics/regression/")

    page.get_by_role("slider", name="y_pred").focus()
    page.keyboard.press("Home")

    said = "y_pred = \u22124. Loss 3.5, slope \u22121."
    expect(page.locator("[data-words]")).to_contain_text(said)


def test_the_keyboard_moves_loss_and_slope(visit, bank):
    page, words = huber(visit)
    expect(words).to_have_text(
        "y_pred = 1.6. Loss 1.1, slope 1. Gradient descent moves to the left."
    )

    page.get_by_role("slider", name="y_pred").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(words).to_contain_text("y_pred = 2. Loss 1.5, slope 1.")
    page.get_by_role("slider", name="delta").focus()
    page.keyboard.press("End")
    expect(words).to_contain_text("Loss 2, slope 2.")
    page.get_by_role("slider", name="y_true").focus()
    page.keyboard.press("End")
    expect(words).to_contain_text("Loss 0, slope 0. It is flat here")

    told = page.get_by_role("slider", name="y_true").get_attribute("aria-valuetext")
    assert told.startswith("2. Loss 0, slope 0.")
    page.get_by_role("button", name="As at the start").press("Enter")
    expect(words).to_contain_text("y_pred = 1.6. Loss 1.1")


def test_the_table_follows_the_knobs(visit, bank):
    page, _ = huber(visit)
    page.get_by_text("The numbers of this picture").click()
    row = page.locator("tr[data-place]").last
    expect(row).to_have_text(re.compile(r"4\s*3\.5\s*1"))

    page.get_by_role("slider", name="delta").fill("0")

    expect(row).to_have_text(re.compile(r"4\s*1\.875\s*0\.5"))
    expect(page.locator("[data-setting]")).to_contain_text("delta: 0.5.")


@pytest.mark.parametrize("plot", ["loss", "slope"])
def test_the_point_can_be_dragged(visit, bank, plot):
    page, words = huber(visit)
    svg = page.locator(f"svg[data-plot={plot}]")
    svg.scroll_into_view_if_needed()
    box = svg.bounding_box()

    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 1, box["y"] + 60, steps=5)
    page.mouse.up()
    page.mouse.move(box["x"] + box["width"] - 1, box["y"] + 60)

    expect(words).to_contain_text(
        "y_pred = \u22124. Loss 3.5, slope \u22121. Gradient descent moves to the right."
    )


def test_a_finger_moves_the_point(visit, bank):
    page, words = huber(visit, viewport=PHONE, has_touch=True)
    svg = page.locator("svg[data-plot=loss]")
    svg.scroll_into_view_if_needed()
    box = svg.bounding_box()

    page.touchscreen.tap(box["x"] + box["width"] - 2, box["y"] + 60)

    expect(words).to_contain_text("y_pred = 4.")


def test_a_kink_is_told(visit, bank):
    page = visit().page()
    page.goto("/study/losses/mean-absolute-error/")

    slider = page.get_by_role("slider", name="y_pred")
    slider.fill(str(int(slider.get_attribute("max")) // 2))

    expect(page.locator("[data-words]")).to_contain_text("y_pred = 0. Loss 0. A kink")


def test_the_answer_is_behind_a_click(visit, bank):
    page = visit().page()
    page.goto("/study/topics/regression/")
    question = page.locator("#question-msle-under-and-over")
    expect(question.locator(".m-answer")).to_be_hidden()

    question.get_by_text("Show the answer").focus()
    page.keyboard.press("Enter")

    expect(question.locator(".m-answer")).to_be_visible()


def test_without_scripts_the_numbers_are_there(visit, bank):
    page, words = huber(visit, java_script_enabled=False)

    expect(words).to_contain_text("it is least at y_pred = 0")
    expect(page.locator(".m-picture-controls")).to_be_hidden()
    assert page.locator("tr[data-place]").count() == 13


def test_search_is_a_form_that_needs_no_script(visit, bank):
    page = visit(java_script_enabled=False).page()
    page.goto("/study/glossary/")

    page.get_by_role("searchbox").fill("pinball")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Quantile loss").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Quantile loss")


def test_on_paper_there_is_the_picture_and_nothing_to_press(visit, bank):
    page, _ = huber(visit, theme="dark")
    page.emulate_media(media="print")

    for gone in (".m-topbar", ".m-picture-controls", ".m-footer", "details:not([open])"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator("svg[data-plot=loss]")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    assert page.pdf(format="A4").startswith(b"%PDF")
