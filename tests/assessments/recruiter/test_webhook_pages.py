"""Webhooks at the desk: added, tested, looked at, replayed, switched off, removed."""

import re

import pytest
from django.urls import reverse
from standardwebhooks.webhooks import Webhook

from assessments import actions
from assessments.actions import webhooks
from assessments.actions.webhook_sending import send_round
from assessments.models import AuditEntry, WebhookDelivery, WebhookEndpoint
from tests.assessments.conftest import words
from tests.assessments.integrations.receiver import receiving

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client, make_member):
    client.force_login(make_member("owner", email="o@acme.example"))
    return client


@pytest.fixture
def receiver(settings):
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    with receiving() as made:
        yield made


@pytest.fixture
def endpoint(receiver, organisation):
    return webhooks.add_webhook(organisation, receiver.url(), by=None)[0]


def secret_on(response):
    [(address, status)] = response.redirect_chain
    assert address.endswith("/secret/")
    assert status == 302
    assert "no-store" in response["Cache-Control"]
    [secret] = set(re.findall(r"whsec_[A-Za-z0-9+/=]+", response.content.decode()))
    return secret


def do(client, name, row, **data):
    return client.post(reverse(f"recruiter:{name}", args=[row.pk]), data, follow=True)


def test_an_owner_adds_a_webhook_and_its_secret_is_shown_once(owner, receiver):
    response = owner.post(
        reverse("recruiter:webhook_add"),
        {"url": receiver.url(), "description": "Data team", "event_types": ["attempt.graded"]},
        follow=True,
    )

    secret = secret_on(response)
    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.event_types == ["attempt.graded"]
    assert endpoint.created_by.email == "o@acme.example"
    again = reverse("recruiter:webhook_secret", args=[endpoint.pk])
    pages = [reverse("recruiter:webhook_list"), endpoint.get_absolute_url(), again]
    for page in pages:
        response = owner.get(page)
        assert "Data team" in words(response)
        assert secret not in response.content.decode()
    do(owner, "webhook_test", endpoint)
    send_round()
    [(headers, body)] = receiver.to()
    assert Webhook(secret).verify(body, headers)["type"] == "webhook.test"
    assert [each.verb for each in AuditEntry.objects.all()] == ["webhook.tested", "webhook.added"]
    assert "o@acme.example added the webhook “Data team”" in words(owner.get("/desk/log/"))


@pytest.mark.parametrize(
    "url", ["http://hooks.example.com/", "https://10.0.0.1/", "https://localhost/", "nonsense", ""]
)
def test_an_address_that_nothing_is_sent_to_is_refused_with_the_reason(owner, url):
    response = owner.post(reverse("recruiter:webhook_add"), {"url": url})

    assert response.status_code == 422
    assert 'class="m-field-error"' in response.content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_another_secret_is_shown_once_with_how_long_the_old_one_holds(owner, endpoint):
    response = do(owner, "webhook_rotate", endpoint)

    shown = secret_on(response)
    assert "with the secret of before, too" in words(response)
    again = owner.get(response.redirect_chain[-1][0])
    assert shown not in again.content.decode()
    assert "It was shown once" in words(again)


def test_the_log_of_deliveries_shows_bodies_answers_and_what_is_waited_for(
    owner, endpoint, receiver, version
):
    receiver.answers["/hook"] = (500, {}, b"<script>alert(1)</script>")
    invitation = actions.invite(version, "Ada", "ada@example.com")
    send_round()
    delivery = WebhookDelivery.objects.get()

    shown = words(owner.get(endpoint.get_absolute_url()))
    assert "invitation.created" in shown
    assert "500" in shown
    assert "Fails since" in shown
    response = owner.get(delivery.get_absolute_url())
    assert str(invitation.pk) in words(response)
    assert delivery.event_id in words(response)
    assert "<script>alert(1)</script>" not in response.content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in response.content.decode()
    assert "The next try is due on" in words(response)


def test_one_or_all_that_failed_are_sent_once_more(owner, endpoint, receiver):
    first, second = (webhooks.send_test_event(endpoint, by=None) for _ in range(2))
    WebhookDelivery.objects.update(state="failed", tries=10)
    assert "Send 2 failed once more" in words(owner.get(endpoint.get_absolute_url()))

    do(owner, "webhook_replay", first)
    send_round()
    assert [headers["webhook-id"] for headers, _ in receiver.to()] == [first.event_id]
    do(owner, "webhook_replay_failed", endpoint)
    send_round()
    assert receiver.to()[1][0]["webhook-id"] == second.event_id


def test_deliveries_are_filtered_by_state_and_come_in_pages(
    owner, endpoint, django_assert_max_num_queries
):
    for _ in range(55):
        webhooks.send_test_event(endpoint, by=None)
    WebhookDelivery.objects.filter(pk=WebhookDelivery.objects.first().pk).update(state="failed")
    page = endpoint.get_absolute_url()

    with django_assert_max_num_queries(12):
        assert words(owner.get(page)).count("webhook.test") == 50
    assert words(owner.get(page, {"page": "2"})).count("webhook.test") == 5
    assert words(owner.get(page, {"state": "failed"})).count("webhook.test") == 1
    assert "Nothing in that state" in words(owner.get(page, {"state": "delivered"}))


def test_a_webhook_is_changed_switched_off_and_on_and_removed(owner, endpoint, receiver):
    url = receiver.url("/other")
    response = do(owner, "webhook_change", endpoint, url=url, event_types=["decision.made"])
    assert "Hears of decision.made" in words(response)
    assert url in words(response)

    assert "Off since" in words(do(owner, "webhook_disable", endpoint))
    assert "switch it on first" in words(do(owner, "webhook_test", endpoint))
    assert "The webhook is on" in words(do(owner, "webhook_enable", endpoint))
    assert "No webhook yet" in words(do(owner, "webhook_remove", endpoint))
    assert not WebhookEndpoint.objects.exists()
    assert "switched “" not in words(owner.get("/desk/log/"))
