"""The charting module under the product's security policy, on a page made for it."""

import json
import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

OPTIONS = {
    "xAxis": {"type": "category", "data": ["a", "b"]},
    "yAxis": {"type": "value"},
    "tooltip": {"trigger": "axis"},
    "series": [{"type": "bar", "data": [1, 2]}],
}
PAGE = f"""<!doctype html><html lang="en"><head><title>Chart</title>
<script src="/static/theme.js"></script><link rel="stylesheet" href="/static/app.css">
<script src="/static/main.js" defer></script><script src="/static/charts.js" defer></script></head>
<body><button data-theme-button>Theme</button><div class="m-chart" data-chart="numbers"></div>
<script type="application/json" id="numbers">{json.dumps(OPTIONS)}</script></body></html>"""
PIXELS = """() => {
  const canvas = document.querySelector("canvas");
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const colours = new Set();
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] === 255) colours.add([data[i], data[i + 1], data[i + 2]].join());
  }
  return [...colours];
}"""


@pytest.fixture
def chart(visit):
    """A page with a chart of two bars."""
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
    policy = "; ".join(
        f"{name} {' '.join(v for v in values if isinstance(v, str))}" for name, values in directives
    )
    page = visit(reduced_motion="reduce").page()
    page.route(
        "**/chart",
        lambda route: route.fulfill(
            body=PAGE, content_type="text/html", headers={"Content-Security-Policy": policy}
        ),
    )
    page.goto("/chart")
    expect(page.locator("canvas")).to_be_visible()
    return page


def test_a_chart_is_drawn_and_described(chart):
    assert len(chart.evaluate(PIXELS)) > 1
    expect(chart.locator("[data-chart]")).to_have_attribute("aria-label", re.compile("Bar chart"))


def test_a_chart_follows_the_theme(chart):
    light = chart.evaluate(PIXELS)

    chart.get_by_role("button", name="Theme").click()
    chart.get_by_role("button", name="Theme").click()

    chart.wait_for_function(f"before => String(({PIXELS})()) !== before", arg=",".join(light))


def test_the_tooltip_breaks_no_policy(chart):
    chart.locator("canvas").hover()
    chart.wait_for_timeout(300)
