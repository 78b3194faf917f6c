"""Inviting and the overview in a real browser: both widths, both themes, and the keyboard."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessments import actions
from assessments.models import (
    Attempt,
    Decision,
    Email,
    Invitation,
    InvitationList,
    OpenLink,
    PartScore,
)
from questions.models import Topic
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations

LOOKS = [
    pytest.param(DESKTOP, "light", id="desktop, light"),
    pytest.param(PHONE, "dark", id="phone, dark"),
]
PEOPLE = """\
Ada Lovelace <ada.l@example.org>
Priya Raman, priya.raman@example.com
nobody at all
Emmy Noether; emmy@example.org
"""


@pytest.fixture
def assessment(played):
    """The one of the scene, with scores enough for pictures, a link, a list, and decisions."""
    version = played["Priya Raman"].version
    Topic.objects.get_or_create(slug="robust", defaults={"title": "Robust regression"})
    graded = Attempt.objects.filter(score__isnull=False)
    for attempt in graded:
        PartScore.objects.update_or_create(
            attempt=attempt, kind="topic", key="robust",
            defaults={"score": attempt.score, "weight": 1.0},
        )  # fmt: skip
    Decision.objects.create(attempt=graded.first(), outcome="advance", reason="A clear case.")
    actions.create_link(
        version.assessment, name="Careers page", cap=20, days=7, by=None,
        expires_at=timezone.now() + timedelta(days=30),
    )  # fmt: skip
    late = actions.invite(version, "Grace Hopper", "grace@example.org", send=True)
    Email.objects.filter(invitation=late).update(last_error="550 No such user", due_at=None)
    actions.ask_accommodation(late, "I read slowly.")
    actions.keep_list(
        version.assessment, PEOPLE, {"days": 14, "send": True, "granted": {}}, by=None
    )
    return version.assessment


def addresses(assessment):
    desk = f"/desk/assessments/{assessment.pk}/"
    made, link = InvitationList.objects.get(), OpenLink.objects.get()
    own = ["", "invitations/", "invite/", "invite/list/", "links/", "questions/"]
    return [*(desk + each for each in own), f"/desk/lists/{made.pk}/", f"/join/{link.token}/"]


@pytest.mark.sandbox
@pytest.mark.parametrize(("viewport", "theme"), LOOKS)
def test_every_page_of_an_assessment_is_accessible_and_fits(signed_in, assessment, viewport, theme):
    page = signed_in(viewport=viewport, theme=theme)

    for address in addresses(assessment):
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert violations(page) == [], address
        assert overflow(page) <= 0, address


@pytest.mark.sandbox
def test_a_list_is_pasted_looked_at_and_confirmed_by_keyboard(signed_in, assessment):
    page = signed_in()
    page.goto(f"/desk/assessments/{assessment.pk}/invite/list/")
    page.get_by_label("People, one a line").press_sequentially("Zoe <zoe@example.org>\nnobody")
    page.get_by_role("button", name="Look at the list").press("Enter")
    expect(page.get_by_role("row", name=re.compile("nobody"))).to_contain_text("address is missing")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("CSV file to mend")).press("Enter")
    assert "nobody" in download.value.path().read_text()
    page.get_by_role("button", name="Invite 1 person").press("Enter")

    expect(page.get_by_text("1 person is invited")).to_be_visible()
    page.reload()
    assert Invitation.objects.filter(candidate__email="zoe@example.org").count() == 1
    page.get_by_role("link", name="See the invitation").press("Enter")
    page.get_by_role("checkbox", name="Zoe").press("Space")
    page.get_by_label("by days from today").press("Enter")
    expect(page.get_by_role("heading", name=re.compile("^Extend"))).to_be_visible()
    page.go_back()
    page.get_by_role("checkbox", name="Zoe").check()
    page.get_by_role("button", name="Revoke").first.press("Enter")
    expect(page.get_by_role("heading", name="Revoke: 1 invitation?")).to_be_visible()
    page.get_by_role("button", name="Revoke").press("Enter")
    expect(page.get_by_text("Done for 1 invitation.")).to_be_visible()


@pytest.mark.sandbox
def test_somebody_joins_by_a_link_and_the_open_overview_counts_them(signed_in, visit, assessment):
    desk = signed_in()
    desk.clock.install()
    desk.goto(f"/desk/assessments/{assessment.pk}/")
    before = Invitation.objects.count()
    expect(desk.locator(".m-funnel dd").first).to_have_text(str(before))
    guest = visit(locale="de-DE").page()
    guest.goto(OpenLink.objects.get().link.removeprefix("http://localhost:8000"))
    guest.get_by_label("Ihr Name").fill("Kim Neu")
    guest.get_by_label("Ihre E-Mail-Adresse").fill("kim@example.org")
    guest.get_by_role("button", name="Einladung senden").click()
    expect(guest.get_by_role("heading", name="Sehen Sie in Ihr Postfach")).to_be_visible()

    # The page asks every half minute by itself, which need not be waited for.
    desk.clock.fast_forward(31_000)
    expect(desk.locator(".m-funnel dd").first).to_have_text(str(before + 1))
