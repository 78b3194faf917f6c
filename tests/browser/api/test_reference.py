"""The pages of the REST interface in a real browser: by keyboard, at two widths, in both themes."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, overflow, violations

DOCS, PROBLEMS = "/api/v1/docs/", "/api/v1/problems/"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_are_read_by_everyone(visit, theme):
    visitor = visit(DESKTOP, theme)
    page = visitor.page()
    page.goto(DOCS)
    one = page.locator("#invitations_create")
    one.locator("summary").focus()
    page.keyboard.press("Enter")

    expect(one.get_by_role("row", name="expires_in_days")).to_be_visible()
    expect(one.get_by_role("link", name="idempotency-key-reused")).to_be_visible()
    assert violations(page) == []
    page.set_viewport_size(PHONE)
    assert overflow(page) == 0
    assert violations(page) == []
    page.goto(PROBLEMS)
    page.get_by_role("link", name="stale").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("It has changed since it was read")
    assert (violations(page), overflow(page)) == ([], 0)
