"""Before the start in a real browser: the invitation, the practice, the check, a request."""

import re

import pytest
from playwright.sync_api import expect

from assessments import actions
from assessments.models import Accommodation, Invitation, Organisation, Practice, Submission
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations

LOOKS = [
    pytest.param(DESKTOP, "light", id="desktop, light"),
    pytest.param(DESKTOP, "dark", id="desktop, dark"),
    pytest.param(PHONE, "light", id="phone, light"),
    pytest.param(PHONE | {"width": 360}, "dark", id="narrow phone, dark"),
]
PAGES = ["", "accommodation/", "check/", "practice/", "practice/1/", "practice/2/"]
MEAN_SQUARED = """\
import numpy as np


def loss(y_true, y_pred):
    if y_true.shape != y_pred.shape or y_true.size == 0:
        raise ValueError("shapes differ, or there is nothing to average")
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred):
    if y_true.shape != y_pred.shape or y_true.size == 0:
        raise ValueError("shapes differ, or there is nothing to average")
    return 2 * (y_pred - y_true) / y_true.size
"""


def look(page, address):
    page.goto(address)
    if "check" in address:
        expect(page.locator("[data-verdict]")).not_to_have_attribute("data-state", "unknown")
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert violations(page) == [], address
    assert overflow(page) <= 0, address


@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_every_page_before_the_start_is_accessible_and_fits(visit, link, viewport, theme):
    page = visit(viewport=viewport, theme=theme).page()

    for rest in PAGES:
        look(page, f"{link}{rest}")
