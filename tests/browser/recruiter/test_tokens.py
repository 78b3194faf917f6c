"""Issuing and revoking a token in a real browser, at both widths and in both themes."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments import actions
from assessments.models import Member, Organisation, User
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations

EMAIL, PASSWORD = "olu@acme.example", "correct horse battery"


@pytest.fixture
def organisation(live_server):
    acme = Organisation.objects.create(name="Acme", slug="acme")
    olu = User.objects.create_user(EMAIL, PASSWORD, name="Olu Adeyemi")
    Member.objects.create(user=olu, organisation=acme, role="owner")
    old, _ = actions.issue_token(acme, "spreadsheet of last year", ["read"])
    actions.revoke_token(old)
    return acme


def at_tokens(visitor):
    page = visitor.page()
    page.goto(reverse("recruiter:token_list"))
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/desk/tokens/")
    return page


@pytest.mark.parametrize(("viewport", "theme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_a_token_is_issued_shown_once_and_revoked(visit, organisation, viewport, theme):
    page = at_tokens(visit(viewport=viewport, theme=theme))
    assert (violations(page), overflow(page)) == ([], 0)

    page.get_by_label("What it is for").fill("applicant tracking")
    page.get_by_label("read: assessments").check()
    page.get_by_label("invite: make").check()
    page.get_by_role("button", name="Issue").click()

    expect(page.get_by_label("The token", exact=True)).to_have_value(re.compile("^mnm_"))
    expect(page.get_by_role("cell", name="invite, read")).to_be_visible()
    assert (violations(page), overflow(page)) == ([], 0)

    page.get_by_text("Revoke applicant tracking").click()
    page.get_by_role("button", name="Revoke the token applicant tracking").click()
    expect(page.get_by_text("applicant tracking is revoked")).to_be_visible()
    expect(page.get_by_label("The token", exact=True)).to_have_count(0)
