"""Curves on both pages: drawn, told, reachable by keyboard, in both themes and widths."""

import pytest
from playwright.sync_api import expect

from assessments import actions
from assessments.models import Submission
from grader.sandbox import Sandbox
from tests.browser import scene
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations

# Colours of the canvas, without the greys of axes and text.
COLOURS = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const found = new Set();
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b, a] = data.slice(i, i + 4);
    if (a === 255 && Math.max(r, g, b) - Math.min(r, g, b) > 60) found.add([r, g, b].join());
  }
  return [...found];
}"""
LOOKS = [
    pytest.param(DESKTOP, "light", id="desktop, light"),
    pytest.param(PHONE, "dark", id="phone, dark"),
]


@pytest.fixture
def report(played):
    """The address of a report on a gradient of the wrong sign."""
    return played["Elin Sørensen"].get_absolute_url()


@pytest.fixture
def question(played):
    """The address of a coding question whose sample checks have just been run."""
    attempt = played["Sam Okafor"]
    coding = attempt.version.questions.order_by("position").last()
    source = scene.wrong("gradient of the wrong sign")
    submission = actions.submit_code(attempt, coding, source, Submission.Purpose.RUN)
    with Sandbox() as sandbox:
        scene.store(submission, scene.grader_in(sandbox))
    return f"{attempt.invitation.get_absolute_url()}questions/{coding.position}/"


@pytest.mark.sandbox
@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_loss_and_slope_are_drawn_on_both_pages(signed_in, report, question, viewport, theme):
    page = signed_in(viewport=viewport, theme=theme)

    for address in (report, question):
        page.goto(address)
        loss, slope = page.locator(".m-curves canvas").all()
        # One line covers the other in the first picture, and both are seen in the second.
        assert loss.evaluate(COLOURS)
        assert len(slope.evaluate(COLOURS)) >= 2
        expect(page.locator(".m-curves")).to_contain_text("32 differ")
        label = page.locator(".m-curves [data-chart]").last.get_attribute("aria-label")
        assert label.startswith("Slope along y_pred - y_true from -4 to 4: the reference runs")
        page.get_by_text("The numbers of this picture").click()
        assert violations(page) == [], address
        assert overflow(page) <= 0, address


@pytest.mark.sandbox
def test_the_numbers_are_reached_by_keyboard_alone(signed_in, report):
    page = signed_in(reduced_motion="reduce")
    page.goto(report)
    chart = page.locator(".m-curves [data-chart]").last
    chart.focus()
    still = chart.screenshot()
    page.keyboard.press("ArrowRight")

    page.wait_for_timeout(300)
    first = chart.screenshot()
    assert first != still
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert chart.screenshot() not in (first, still)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    row = page.get_by_role("row", name="-4 3.5 3.5 1 -1")
    expect(row).to_be_visible()


@pytest.mark.sandbox
def test_a_passed_report_has_the_reference_alone(signed_in, played):
    page = signed_in()
    page.goto(played["Jonas Lindqvist"].get_absolute_url())

    expect(page.locator(".m-curves")).to_contain_text("one line stands for both")
    expect(page.locator(".m-curves canvas")).to_have_count(2)


@pytest.mark.sandbox
def test_code_that_never_ran_has_no_curves(signed_in, played):
    page = signed_in()
    page.goto(played["Oleksandr Bondar"].get_absolute_url())

    expect(page.get_by_role("heading", level=1)).to_have_text("Oleksandr Bondar")
    expect(page.locator(".m-curves")).to_have_count(0)
