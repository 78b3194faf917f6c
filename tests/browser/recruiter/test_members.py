"""Members and how they sign in, in a real browser: with a real passkey, at both widths."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments import actions
from assessments.models import AuditEntry, Member, Organisation, User
from tests.assessments.recruiter.one_time_codes import code_of
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations
from tests.browser.recruiter.test_desk import sheets

EMAIL, PASSWORD = "olu@acme.example", "correct horse battery"
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def organisation(live_server):
    """Acme with an owner who belongs to Other, too, a reviewer, and somebody who is invited."""
    acme = Organisation.objects.create(name="Acme", slug="acme")
    other = Organisation.objects.create(name="Other", slug="other")
    olu = User.objects.create_user(EMAIL, PASSWORD, name="Olu Adeyemi")
    nia = User.objects.create_user("nia.with.a.long.name@acme.example", PASSWORD)
    Member.objects.create(user=olu, organisation=acme, role="owner")
    Member.objects.create(user=olu, organisation=other, role="reviewer")
    Member.objects.create(user=nia, organisation=acme, role="reviewer")
    return acme


def sign_in(page, email=EMAIL, password=PASSWORD):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page):
    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Sign out").click()


def test_a_passkey_is_added_and_signs_in_alone_and_beside_the_password(visit, organisation):
    page = visit().page()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    added = device.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    sign_in(page)
    page.goto(reverse("mfa_index"))
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label("Sign in with it alone")).to_be_checked()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")

    sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/desk/")

    sign_out(page)
    sign_in(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/desk/")

    sign_out(page)
    known = {"authenticatorId": added["authenticatorId"], "isUserVerified": False}
    device.send("WebAuthn.setUserVerified", known)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("Try it once more")


def fill_code(page, text):
    page.get_by_label("code", exact=False).fill(text)
    page.keyboard.press("Enter")


def test_who_is_invited_joins_sets_up_an_app_and_gets_in_without_the_phone(visit, organisation):
    """By keyboard, from the link of the e-mail on, where the organisation asks for an app."""
    owner = User.objects.get(email=EMAIL)
    actions.change_organisation(organisation, by=owner, needs_second_factor=True)
    invitation = actions.invite_member(organisation, "new@acme.example", "recruiter", by=owner)
    page = visit(viewport=PHONE).page()
    page.goto(link_of(invitation))
    page.get_by_label("Your name").fill("Nia Müller")
    page.get_by_label("password").fill("nice green owls")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Acme asks every member for a second factor")).to_be_visible()

    page.get_by_role("link", name="Set up an app").press("Enter")
    page.get_by_label("Password").fill("nice green owls")
    page.keyboard.press("Enter")
    page.get_by_text("It can't read pictures").press("Enter")
    fill_code(page, code_of(page.locator(".m-secret").inner_text()))
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    kept = page.locator(".m-recovery code").first.inner_text()
    page.goto("/desk/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Desk")

    sign_out(page)
    sign_in(page, "new@acme.example", "nice green owls")
    expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)
    fill_code(page, kept)
    page.wait_for_url("**/desk/")
    said = AuditEntry.objects.filter(actor="Nia Müller").values_list("verb", flat=True)
    assert list(said.order_by("id")) == ["member.joined", "second_factor.added", "sign_in.made"]


def link_of(invitation):
    return re.search(r"/desk/welcome/[\w-]+/", invitation.emails.get().text)[0]


def test_on_paper_members_have_their_roles_and_no_empty_forms(visit, organisation):
    page = visit(theme="dark").page()
    sign_in(page)
    page.wait_for_url("**/desk/")

    [members] = sheets(page, reverse("recruiter:member_list", args=["acme"]))
    [log] = sheets(page, reverse("recruiter:log"))

    assert re.search(
        "Olu Adeyemi .*Owner .*nia.*Reviewer|nia.*Reviewer .*Olu Adeyemi .*Owner", members
    )
    assert "Invite a member" not in members
    assert "Olu Adeyemi signed in with a password" in log


@pytest.mark.parametrize(
    ("viewport", "theme"),
    [
        pytest.param(DESKTOP, "light", id="desktop, light"),
        pytest.param(PHONE, "dark", id="phone, dark"),
    ],
)
def test_every_page_of_members_is_accessible_and_fits(visit, organisation, viewport, theme):
    owner = User.objects.get(email=EMAIL)
    waiting = actions.invite_member(organisation, "a@acme.example", "author", by=owner)
    revoked = actions.invite_member(organisation, "b@acme.example", "author", by=owner)
    open_link, closed_link = link_of(waiting), link_of(revoked)
    actions.revoke_member_invitation(revoked, by=owner)
    actions.set_provider(
        organisation, by=owner, name="Okta", server_url="https://login.acme.example",
        client_id="minima", secret="hush", role="", verified_email=[],
    )  # fmt: skip
    visitor = visit(viewport=viewport, theme=theme)
    page = visitor.page()
    for address in [open_link, closed_link, "/accounts/login/", "/desk/sign-in/?organisation=acme"]:
        look(page, address)
    sign_in(page)
    page.wait_for_url("**/desk/")
    page.goto(reverse("mfa_activate_totp"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    look(page, reverse("mfa_activate_totp"))
    own = [
        reverse(f"recruiter:{name}", args=["acme"]) for name in ("member_list", "single_sign_on")
    ]
    factors = [reverse(name) for name in ("mfa_index", "mfa_add_webauthn", "recruiter:account")]
    for address in [*own, *factors]:
        look(page, address)
    visitor.forgive_lost_connections()  # the page that follows is a 404
    look(page, "/desk/attempts/00000000-0000-0000-0000-000000000000/")
    page.get_by_role("button", name="Look in Other").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This is not in Other")


def look(page, address):
    page.goto(address)
    page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
    assert violations(page) == [], address
    assert overflow(page) <= 0, address
