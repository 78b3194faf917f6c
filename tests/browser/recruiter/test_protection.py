"""The log, a candidate's data, outcomes and settings: read at both widths, used by keyboard."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessments import actions
from assessments.models import Attempt, Candidate, Invitation, Organisation, User
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations

NOTICE = "We rely on **Article 6(1)(b)**.\n\n- Ask for another way: people@example.com"


@pytest.fixture
def story(played):
    """Who did what at that desk, and who looked."""
    robin = User.objects.get(email="recruiter@example.com")
    organisation = Organisation.objects.get(slug="demo")
    invitation = Invitation.objects.filter(state="sent").first()
    actions.extend_invitation(invitation, timezone.now() + timedelta(days=3), by=robin)
    actions.change_organisation(organisation, by=robin, notice=NOTICE, retention_days=730)
    attempt = next(each for each in played.values() if each.finished_at)
    actions.note_look(attempt, by=robin, what="report")
    actions.ask_for_erasure(attempt.invitation)
    return attempt


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("viewport", "theme"),
    [
        pytest.param(DESKTOP, "light", id="desktop, light"),
        pytest.param(PHONE, "dark", id="phone, dark"),
    ],
)
def test_every_page_of_protection_is_accessible_and_fits(signed_in, story, viewport, theme):
    page = signed_in(viewport=viewport, theme=theme)

    for address in [
        "/desk/log/",
        "/desk/log/?who=nobody",
        f"/desk/candidates/{story.candidate.pk}/",
        "/desk/outcomes/",
        "/desk/organisation/",
    ]:
        page.goto(address)
        assert violations(page) == [], address
        assert overflow(page) == 0, address


@pytest.mark.sandbox
def test_an_owner_finds_erases_and_reads_of_it_by_keyboard(signed_in, story):
    page = signed_in(viewport=DESKTOP)
    page.goto("/desk/log/")
    page.get_by_label("Show").focus()
    page.keyboard.press("Tab")
    page.keyboard.type("Robin")
    page.keyboard.press("Enter")
    expect(page.get_by_text("newest first · show all")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="extended the invitation")).to_be_visible()

    page.goto(f"/desk/candidates/{story.candidate.pk}/")
    page.get_by_label("to say that you mean it").focus()
    page.keyboard.type(story.candidate.email)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Erased. The scores stay")).to_be_visible()
    page.get_by_role("link", name="What was done for this candidate").click()

    erased = Candidate.objects.get(pk=story.candidate.pk)
    said = f"Robin Recruiter erased what is personal of {erased.name}"
    expect(page.get_by_role("listitem").filter(has_text=said)).to_be_visible()
    assert Attempt.objects.get(pk=story.pk).score == story.score
