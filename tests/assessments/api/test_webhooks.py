"""Webhooks run by another system: endpoints, secrets, what was sent, and what was answered."""

import json

import pytest
from standardwebhooks.webhooks import Webhook

from assessments.actions import webhooks
from assessments.actions.webhook_sending import send_round
from assessments.models import AuditEntry, RememberedAnswer, WebhookDelivery, WebhookEndpoint
from tests.assessments.integrations.receiver import receiving

pytestmark = pytest.mark.django_db

URL = "/api/v1/webhooks/"
DELIVERIES = "/api/v1/deliveries/"
HOOK = {"url": "https://hooks.example.org/minima", "event_types": ["attempt.graded"]}
KEY = {"Idempotency-Key": "k"}


@pytest.fixture
def api(make_api, organisation):
    return make_api(organisation, "admin")


@pytest.fixture
def receiver(settings):
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    with receiving() as made:
        yield made


@pytest.fixture
def hook(api, receiver):
    """An endpoint at a real receiver, as its maker was told of it."""
    return api.post(URL, {"url": receiver.url()}).json()


def at(hook, place=""):
    return f"{URL}{hook['id']}/{place}"


def test_the_secret_is_shown_once_and_kept_sealed_for_who_asks_again(api):
    made, again = (api.post(URL, HOOK, headers=KEY) for _ in range(2))

    assert (made.status_code, made.json()) == (201, again.json())
    assert again["Idempotent-Replayed"] == "true"
    secret = made.json()["secret"]
    assert secret.startswith("whsec_")
    assert secret not in json.dumps(RememberedAnswer.objects.get().answer)
    assert WebhookEndpoint.objects.count() == 1
    shown = api.get(made["Location"]).json()
    assert "secret" not in shown
    assert {**shown, "secret": secret} == made.json()
    assert shown["event_types"] == ["attempt.graded"]
    assert AuditEntry.objects.get(verb="webhook.added").actor == "test"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "http://hooks.example.org/"}, "url"),
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": "https://me:secret@hooks.example.org/"}, "url"),
        ({"url": f"https://hooks.example.org/{'x' * 500}"}, "url"),
        ({}, "url"),
        (HOOK | {"event_types": ["attempt.lost"]}, "event_types.0"),
        (HOOK | {"event_types": "attempt.graded"}, "event_types"),
        (HOOK | {"description": "x\x00"}, "description"),
        (HOOK | {"secret": "mine"}, "secret"),
    ],
    ids=lambda each: str(each)[:50],
)
def test_what_makes_no_endpoint_is_refused_by_its_field(api, body, field):
    response = api.post(URL, body)

    assert response.status_code == 400
    assert [each["field"] for each in response.json()["errors"]] == [field]
    assert not WebhookEndpoint.objects.exists()


def test_an_endpoint_is_changed_by_who_has_seen_it(api):
    url = at(api.post(URL, HOOK).json())
    seen = api.get(url)["ETag"]

    def change(tag, **body):
        return api.patch(url, body, headers={"If-Match": tag} if tag else {})

    assert change("", enabled=False).status_code == 428
    changed = change(seen, description="for the data team", enabled=False)
    assert changed.status_code == 200
    assert change(seen, description="mine").status_code == 412
    refused = change(changed["ETag"], url="https://127.0.0.1/")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "url")
    body = api.get(url).json()
    assert body["description"] == "for the data team"
    assert body["url"] == HOOK["url"]
    assert (body["enabled"], body["event_types"]) == (False, ["attempt.graded"])
    assert change("*", enabled=True, event_types=[]).json()["event_types"] == []
    assert api.delete(url).status_code == 204
    assert api.get(url).status_code == 404


def test_a_test_event_arrives_and_is_told_of_with_what_was_answered(api, hook, receiver):
    receiver.answers["/hook"] = (500, {}, b"not today")
    sent = api.post(at(hook, "test/")).json()
    send_round()

    [(headers, body)] = receiver.to()
    told = Webhook(hook["secret"]).verify(body, headers)
    found = api.get(f"{DELIVERIES}{sent['id']}/").json()
    assert (found["event"], found["type"]) == (headers["webhook-id"], "webhook.test")
    assert (found["data"], found["timestamp"]) == (told["data"], told["timestamp"])
    assert [(each["status"], each["answer"]) for each in found["tried"]] == [(500, "not today")]
    assert (found["state"], found["tries"]) == ("pending", 1)


def test_what_failed_is_sent_once_more_singly_or_all_of_it(api, hook, receiver):
    first, second = (api.post(at(hook, "test/")).json() for _ in range(2))
    WebhookDelivery.objects.update(state="failed", tries=10)

    once, again = (api.post(f"{DELIVERIES}{first['id']}/replay/", headers=KEY) for _ in range(2))
    assert (once.status_code, once.json()) == (202, again.json())
    assert once.json()["state"] == "pending"
    assert api.post(at(hook, "replay/")).json() == {"number": 1}
    send_round()
    ids = {headers["webhook-id"] for headers, _ in receiver.to()}
    assert ids == {first["event"], second["event"]}


def test_nothing_is_sent_to_what_is_switched_off(api, hook, receiver):
    sent = api.post(at(hook, "test/")).json()
    webhooks.disable_webhook(WebhookEndpoint.objects.get(), by=None)

    for place in (at(hook, "test/"), at(hook, "replay/"), f"{DELIVERIES}{sent['id']}/replay/"):
        refused = api.post(place)
        assert (refused.status_code, "switched off" in refused.json()["detail"]) == (409, True)
    assert WebhookDelivery.objects.count() == 1


def test_another_secret_signs_beside_the_one_of_before(api, hook, receiver):
    assert api.post(at(hook, "rotate/")).status_code == 400  # a second one would void the first
    made, again = (api.post(at(hook, "rotate/"), headers=KEY).json() for _ in range(2))
    api.post(at(hook, "test/"))
    send_round()

    assert made == again
    assert made["previous_until"]
    [(headers, body)] = receiver.to()
    for secret in (hook["secret"], made["secret"]):
        Webhook(secret).verify(body, headers)


def test_deliveries_are_found(api, hook, receiver):
    other = api.post(URL, {"url": receiver.url("/other")}).json()
    for each in (hook, other, other):
        api.post(at(each, "test/"))
    WebhookDelivery.objects.filter(endpoint=hook["id"]).update(state="failed")

    def found(**query):
        response = api.get(DELIVERIES, query)
        assert response.status_code == 200, response.content
        return len(response.json()["results"])

    assert found() == 3
    assert found(endpoint=other["id"]) == found(state="pending") == 2
    assert found(type="attempt.graded") == 0
    assert found(happened_after="2020-01-01T00:00:00Z") == 3
    assert found(happened_before="2020-01-01T00:00:00Z") == 0
    assert len(api.get(URL, {"enabled": "true"}).json()["results"]) == 2
    assert api.get(URL, {"enabled": "false"}).json()["results"] == []
