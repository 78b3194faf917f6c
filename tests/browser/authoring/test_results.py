"""How candidates did, as an author sees it in a real browser."""

import pytest
from playwright.sync_api import expect

from assessments.actions import publish_assessment
from tests.assessments.sectioned import draft_of
from tests.assessments.test_item_statistics import sit
from tests.browser.authoring.conftest import LOOKS
from tests.browser.conftest import overflow, violations


@pytest.fixture
def version(people):
    """Who writes better code chooses the wrong option, thirty times over."""
    drafted = draft_of(people["ada"].organisation, {"asks": 1}, {"asks": "code"})
    published = publish_assessment(drafted)
    for number in range(30):
        sit(published, "a" if number < 15 else "b", number / 30)
    return published


@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_the_numbers_are_accessible_and_fit(version, signed_in, people, viewport, theme):
    _, page = signed_in(viewport=viewport, theme=theme)
    for each in version.questions.all():
        page.goto(f"/desk/questions/acme/{each.question_version.question_id}/")
        card = page.get_by_role("region", name="How candidates did at Acme")

        expect(card.get_by_role("row")).not_to_have_count(0)
        expect(card).to_contain_text("30")
        expect(card.get_by_text("does worse on this one")).to_be_visible()
        fold = card.get_by_text("What these numbers say")
        fold.focus()
        page.keyboard.press("Enter")
        expect(card.get_by_text("Discrimination: how far")).to_be_visible()
        assert violations(page) == []
        assert overflow(page) <= 0
