"""The desk's answers to candidates, in a real browser."""

import pytest
from playwright.sync_api import expect

from assessments import actions
from assessments.models import Accommodation, Email, ProblemReport
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations

LOOKS = [
    pytest.param(DESKTOP, "light", id="desktop, light"),
    pytest.param(PHONE, "dark", id="phone, dark"),
]


@pytest.fixture
def asked(played):
    """A request, two reports and an erasure; an e-mail that did not arrive; ratings."""
    version = played["Sam Okafor"].version
    invitation = actions.invite(version, "Grace Hopper", "grace@example.com", send=True)
    Email.objects.filter(invitation=invitation).update(
        tries=1, due_at=None, last_error="550 No such user"
    )
    actions.ask_accommodation(invitation, "I read slowly.")
    for question in (version.questions.first(), None):
        actions.report_problem(played["Sam Okafor"], question, "Two are\nthe same.")
    actions.ask_for_erasure(played["Kwame Mensah"].invitation)
    for stars, attempt in enumerate([a for a in played.values() if a.finished_at][:5], start=1):
        actions.rate(attempt, stars, "It was fair.")
    return version.assessment


@pytest.mark.sandbox
@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_what_candidates_ask_is_accessible_and_fits(signed_in, asked, viewport, theme):
    page = signed_in(viewport=viewport, theme=theme)

    for address in ["/desk/requests/", "/desk/organisation/", asked.get_absolute_url()]:
        page.goto(address)
        page.evaluate("document.querySelectorAll('.m-fold').forEach(each => each.open = true)")
        assert violations(page) == [], address
        assert overflow(page) <= 0, address


@pytest.mark.sandbox
def test_requests_are_answered_from_their_list(signed_in, asked):
    page = signed_in()
    page.get_by_role("link", name="Requests of candidates: 4 open").click()
    request = page.get_by_role("article", name="Request of Grace Hopper")
    request.get_by_label("Extra time, in percent").fill("25")
    request.get_by_role("button", name="Grant").click()
    expect(page.get_by_text("is granted, and the candidate is told")).to_be_visible()
    report = page.get_by_role("article", name="Report of Sam Okafor").first
    report.get_by_label("Your answer").fill("Indeed.")
    report.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("The report is answered.")).to_be_visible()
    erasure = page.get_by_role("article", name="Erasure of Kwame Mensah")
    erasure.get_by_label("Erase everything of Kwame Mensah").check()
    erasure.get_by_role("button", name="Erase").click()
    expect(page.get_by_text("Erased. The scores stay")).to_be_visible()

    assert Accommodation.objects.get().extra_percent == 25
    assert ProblemReport.objects.filter(answer="Indeed.").count() == 1
    expect(page.get_by_role("link", name="Requests of candidates: 1 open")).to_be_visible()


@pytest.mark.sandbox
def test_an_email_that_did_not_arrive_is_sent_again(signed_in, asked):
    page = signed_in()
    page.goto(f"{asked.get_absolute_url()}invitations/")
    expect(page.get_by_text("E-mail not delivered: 550 No such user")).to_be_visible()

    page.get_by_role("button", name="Send again to Grace Hopper").click()

    expect(page.get_by_text("The e-mail to Grace Hopper is tried again.")).to_be_visible()
