"""Webhooks in a real browser: what was sent and answered, at both widths and in both themes."""

import os

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments import actions
from assessments.actions import webhooks
from assessments.actions.webhook_sending import send_round
from assessments.models import Member, Organisation, User, WebhookDelivery
from tests.assessments.integrations.receiver import receiving
from tests.browser.conftest import DESKTOP, PHONE, overflow, violations

EMAIL, PASSWORD = "olu@acme.example", "correct horse battery"
ANSWER = b'{"error": "unknown attempt", "trace": "' + b"0f" * 300 + b'"}'


@pytest.fixture
def organisation(live_server, settings):
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    acme = Organisation.objects.create(name="Acme", slug="acme")
    user = User.objects.create_user(EMAIL, PASSWORD, name="Olu Adeyemi")
    Member.objects.create(user=user, organisation=acme, role="owner")
    return acme


@pytest.fixture
def endpoint(organisation):
    """One that answers, refuses, and could not be reached any more; and one that is off."""
    with receiving() as receiver:
        data, _ = webhooks.add_webhook(
            organisation, receiver.url("/hooks/minima"), description="Results to the data team",
            by=None,
        )  # fmt: skip
        off, _ = webhooks.add_webhook(
            organisation, "https://applicants.example.com/incoming/webhooks/minima/4f1c9a", by=None
        )
        webhooks.disable_webhook(off, "It answered 410 Gone: it wants to hear no more.", by=None)
        webhooks.send_test_event(data, by=None)
        send_round()
        receiver.answers["/hooks/minima"] = (422, {}, ANSWER)
        actions.announce("webhook.test", data)
        send_round()
        WebhookDelivery.objects.filter(state="pending").update(state="failed")
        webhooks.send_test_event(data, by=None)
    send_round()
    return data


def sign_in(page):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/desk/")


@pytest.mark.parametrize(
    ("viewport", "theme"),
    [
        pytest.param(DESKTOP, "light", id="desktop, light"),
        pytest.param(PHONE, "dark", id="phone, dark"),
    ],
)
def test_every_page_of_webhooks_is_whole_at_both_widths(visit, endpoint, viewport, theme):
    page = visit(viewport, theme).page()
    sign_in(page)
    off = endpoint.organisation.webhooks.exclude(pk=endpoint.pk).get()
    failed = endpoint.deliveries.get(state="failed")
    addresses = [
        reverse("recruiter:webhook_list"), endpoint.get_absolute_url(), off.get_absolute_url(),
        reverse("recruiter:webhook_add"), failed.get_absolute_url(),
    ]  # fmt: skip
    for number, address in enumerate(addresses):
        page.goto(address)
        assert overflow(page) <= 0, address
        assert violations(page) == [], address
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=f"{folder}/{number}-{theme}.png", full_page=True)


def test_a_webhook_is_added_and_its_secret_copied_by_keyboard(visit, organisation):
    page = visit().page()
    sign_in(page)
    page.goto(reverse("recruiter:webhook_list"))

    page.get_by_role("link", name="Add a webhook").press("Enter")
    page.get_by_label("Address").fill("https://hooks.example.com/minima")
    page.get_by_label("An attempt has its score").press("Space")
    page.get_by_label("Address").press("Enter")

    secret = page.get_by_role("textbox", name="The secret").input_value()
    assert secret.startswith("whsec_")
    assert violations(page) == []
    page.get_by_role("link", name="To the webhook").press("Enter")
    expect(page.get_by_text("Hears of attempt.graded")).to_be_visible()
