"""Webhooks at a real receiver: one that is well, slow, failing, gone, elsewhere, or talks much."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from assessments import actions
from assessments.actions import webhook_sending, webhooks
from assessments.actions.webhook_sending import send_round, send_webhooks
from assessments.integrations import outbound, parcels
from assessments.integrations.signatures import signed
from assessments.models import (
    AuditEntry,
    Email,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
    WebhookTry,
)

pytestmark = pytest.mark.django_db
Pending, Delivered, Failed = "pending", "delivered", "failed"


@pytest.fixture
def hook(receiver, organisation):
    return webhooks.add_webhook(organisation, receiver.url(), by=None)


@pytest.fixture
def endpoint(hook):
    return hook[0]


@pytest.fixture
def delivery(endpoint):
    return webhooks.send_test_event(endpoint, by=None)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def test_the_signature_is_that_of_the_published_vector():
    headers = signed(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        '{"test": 2432232314}',
        datetime.fromtimestamp(1614265330, tz=UTC),
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_receiver_verifies_what_it_hears_with_the_library(hook, receiver, version):
    _endpoint, secret = hook
    invitation = actions.invite(version, "Ada", "ada@example.com")

    assert send_webhooks() == 1

    [(headers, body)] = receiver.to()
    told = Webhook(secret).verify(body, headers)
    assert (told["type"], told["data"]["invitation"]) == ("invitation.created", str(invitation.pk))
    event = WebhookEvent.objects.get()
    assert headers["webhook-id"] == event.pk
    assert headers["Content-Type"] == "application/json"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace(b"created", b"revoked"), headers)
    assert event.deliveries.get().state == Delivered
    assert WebhookTry.objects.get().status == 204
    assert send_webhooks() == 0


def test_for_a_day_after_a_change_both_secrets_fit(hook, receiver, clock):
    endpoint, old = hook
    new = webhooks.rotate_secret(endpoint, by=None)

    def fits(secret):
        webhooks.send_test_event(fresh(endpoint), by=None)
        send_round()
        headers, body = receiver.to()[-1]
        try:
            # The library asks the real clock; the test's own has moved on.
            Webhook(secret).verify(body, headers | resigned(headers, body, endpoint))
        except WebhookVerificationError:
            return False
        return True

    def resigned(headers, body, endpoint):
        keys = parcels.secrets_of(fresh(endpoint))
        now = datetime.now(UTC)
        return signed(headers["webhook-id"], body.decode(), now, keys)

    assert (fits(old), fits(new)) == (True, True)
    assert len(receiver.to()[-1][0]["webhook-signature"].split()) == 2
    clock.forward(hours=25)
    assert (fits(old), fits(new)) == (False, True)
    assert len(receiver.to()[-1][0]["webhook-signature"].split()) == 1


def test_secrets_are_sealed_and_one_that_no_key_opens_is_said(hook, receiver, delivery, settings):
    endpoint, secret = hook
    assert secret not in fresh(endpoint).secret
    settings.SECRET_KEY = "another"

    send_round()

    assert receiver.came == []
    assert "secret key" in WebhookTry.objects.get().error
    assert fresh(delivery).state == Pending
    settings.SECRET_KEY_FALLBACKS = ["only for tests"]
    webhooks.replay(delivery, by=None)
    send_round()
    assert fresh(delivery).state == Delivered


def test_what_fails_is_tried_by_the_schedule_under_the_same_id_and_then_given_up(
    endpoint, receiver, delivery, clock
):
    receiver.answers["/hook"] = (500, {}, b"Oh no.")
    pauses = []
    while fresh(delivery).state == Pending:
        assert send_round() == 1
        assert send_round() == 0  # it is not due
        pauses.append((fresh(delivery).due_at - clock()).total_seconds())
        clock.to(fresh(delivery).due_at)

    planned = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    assert len(receiver.came) == 10
    for pause, least in zip(pauses, planned, strict=False):
        assert least <= pause <= least * 1.2
    assert fresh(delivery).state == Failed
    assert {headers["webhook-id"] for headers, _ in receiver.to()} == {delivery.event_id}
    assert len({headers["webhook-timestamp"] for headers, _ in receiver.to()}) == 10
    assert set(WebhookTry.objects.values_list("status", "answer")) == {(500, "Oh no.")}


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_receiver_says_when_to_come_back(endpoint, receiver, delivery, clock, status):
    receiver.answers["/hook"] = (status, {"Retry-After": "900"}, b"")
    send_round()

    assert fresh(delivery).due_at == clock() + timedelta(seconds=900)
    actions.announce("webhook.test", endpoint)  # nothing else is sent to it meanwhile
    assert send_round() == 0
    clock.forward(seconds=901)
    receiver.answers.clear()
    assert send_round() == 2


def test_a_redirect_is_a_failure_and_not_followed(endpoint, receiver, delivery):
    receiver.answers["/hook"] = (307, {"Location": receiver.url("/elsewhere")}, b"")

    send_round()

    assert receiver.to("/elsewhere") == []
    assert fresh(delivery).state == Pending
    assert WebhookTry.objects.get().status == 307


def test_who_is_gone_is_told_nothing_more_and_the_owners_hear_of_it(
    endpoint, receiver, delivery, make_member, version
):
    make_member("owner", email="o@acme.example")
    make_member("recruiter", email="r@acme.example")
    receiver.answers["/hook"] = (410, {}, b"")

    send_round()

    assert "410" in fresh(endpoint).disabled_why
    [email] = Email.objects.all()
    assert email.to == "o@acme.example"
    assert receiver.url() in email.text
    assert f"/desk/webhooks/{endpoint.pk}/" in email.text
    assert AuditEntry.objects.filter(verb="webhook.disabled", actor="").exists()
    receiver.answers.clear()
    actions.invite(version, "Ada", "ada@example.com")
    assert send_round() == 0
    webhooks.enable_webhook(fresh(endpoint), by=None)
    send_round()
    assert len(receiver.came) == 2


def test_five_days_without_a_success_switch_an_endpoint_off(endpoint, receiver, clock, make_member):
    make_member("owner", email="o@acme.example")
    receiver.answers["/hook"] = (500, {}, b"")

    def fail():
        webhooks.send_test_event(endpoint, by=None)
        assert send_round() >= 1
        return fresh(endpoint).disabled_at is not None

    assert not fail()
    clock.forward(days=4)
    assert not fail()
    receiver.answers.clear()
    webhooks.send_test_event(endpoint, by=None)
    send_round()
    assert fresh(endpoint).failing_since is None
    receiver.answers["/hook"] = (500, {}, b"")
    assert not fail()
    clock.forward(days=5)
    assert fail()
    assert Email.objects.get().to == "o@acme.example"


def test_of_a_long_answer_the_beginning_is_kept(endpoint, receiver, delivery):
    def pour(handler):
        handler.send_response(200)
        handler.end_headers()
        while not receiver.over.is_set():
            handler.wfile.write(b"\x00x" * 32_768)

    receiver.answers["/hook"] = pour

    send_round()

    assert fresh(delivery).state == Delivered
    answer = WebhookTry.objects.get().answer
    assert len(answer) == 2048
    assert answer.startswith("\ufffdx")


def test_who_answers_byte_by_byte_is_left_after_the_time_that_is_given(
    endpoint, receiver, delivery, monkeypatch
):
    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        while not receiver.over.wait(0.05):
            handler.wfile.write(b"x")

    receiver.answers["/hook"] = drip
    monkeypatch.setitem(outbound.call.__kwdefaults__, "seconds", 0.5)

    send_round()

    assert WebhookTry.objects.get().error == "No answer in time."
    assert fresh(delivery).state == Pending


def test_a_slow_endpoint_keeps_no_other_waiting_and_is_sent_one_at_a_time(
    endpoint, receiver, organisation
):
    slow, _ = webhooks.add_webhook(organisation, receiver.url("/slow"), by=None)
    for _ in range(5):
        webhooks.send_test_event(slow, by=None)
        webhooks.send_test_event(endpoint, by=None)
    others_had_all = []

    def wait_for_the_others(handler):
        for _ in range(1000):
            if len(receiver.to()) == 5:
                break
            receiver.over.wait(0.01)
        others_had_all.append(len(receiver.to()) == 5)
        handler.reply(204)

    receiver.answers["/slow"] = wait_for_the_others

    assert send_round() == 10

    assert others_had_all == [True] * 5
    assert receiver.together == {"/hook": 1, "/slow": 1}


def test_an_endpoint_out_of_reach_rests_longer_and_longer(endpoint, receiver, clock, version):
    WebhookEndpoint.objects.update(url="http://127.0.0.1:1/")
    rests = []
    for _ in range(8):
        actions.announce("webhook.test", endpoint)
        send_round()
        rests.append((fresh(endpoint).rests_until - clock()).total_seconds())
        clock.to(fresh(endpoint).rests_until)

    assert rests == [5, 10, 20, 40, 80, 160, 300, 300]


def test_who_dies_with_it_leaves_it_due_again_when_the_lease_is_over(
    endpoint, receiver, delivery, clock
):
    [(_taken, parcel)] = webhook_sending._take(1)
    parcel.send()  # and nobody notes what came of it

    assert send_round() == 0
    clock.forward(seconds=61)
    assert send_round() == 1

    ids = [headers["webhook-id"] for headers, _ in receiver.to()]
    assert ids == [delivery.event_id] * 2
    assert fresh(delivery).state == Delivered


def test_a_late_failure_does_not_undo_what_has_arrived(endpoint, receiver, delivery, clock):
    WebhookDelivery.objects.update(tries=9)  # the next failure is the last
    [(taken, _parcel)] = webhook_sending._take(1)
    clock.forward(seconds=61)
    send_round()

    webhook_sending.note(taken, parcels.Outcome(error="No answer in time."))

    assert fresh(delivery).state == Delivered


def test_replaying_sends_the_same_again_at_once(endpoint, receiver, delivery, make_member):
    send_round()

    webhooks.replay(fresh(delivery), by=make_member("owner"))
    send_round()

    (first, body), (second, again) = receiver.to()
    assert first["webhook-id"] == second["webhook-id"]
    assert body == again
    assert AuditEntry.objects.filter(verb="webhook.replayed").count() == 1


def test_all_that_failed_is_replayed_from_the_beginning_of_the_schedule(
    endpoint, receiver, delivery
):
    other = webhooks.send_test_event(endpoint, by=None)
    WebhookDelivery.objects.update(tries=10, state=Failed)
    WebhookDelivery.objects.filter(pk=other.pk).update(state=Delivered)

    assert webhooks.replay_failed(endpoint, by=None) == 1

    receiver.answers["/hook"] = (500, {}, b"")
    send_round()
    assert fresh(delivery).state == Pending
    assert [json.loads(body)["type"] for _, body in receiver.to()] == ["webhook.test"]


def test_an_endpoint_that_is_off_is_neither_tested_nor_replayed(endpoint, delivery):
    webhooks.disable_webhook(endpoint, by=None)
    endpoint = fresh(endpoint)

    for act in (webhooks.send_test_event, webhooks.replay_failed):
        with pytest.raises(actions.WebhookOff):
            act(endpoint, by=None)
    with pytest.raises(actions.WebhookOff):
        webhooks.replay(fresh(delivery), by=None)


def test_one_round_at_a_time_takes_on_and_the_next_one_can(endpoint, receiver, delivery):
    assert webhook_sending.cache.add(webhook_sending._ROUND, True, 5)
    assert send_webhooks() == 0
    webhook_sending.cache.delete(webhook_sending._ROUND)

    assert send_webhooks() == 1
    webhooks.send_test_event(endpoint, by=None)
    assert send_webhooks() == 1


def test_the_sweep_rings_for_what_nobody_heard(endpoint, delivery, broker):
    assert webhook_sending.ring_for_due()

    assert [each["task"] for each in broker.headers("default")] == [
        "assessments.tasks.send_webhooks"
    ]
    WebhookDelivery.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    assert not webhook_sending.ring_for_due()


def test_events_are_forgotten_after_a_month_with_all_their_tries(endpoint, delivery, receiver):
    send_round()
    assert webhook_sending.forget_webhooks() == 0
    WebhookEvent.objects.update(timestamp=timezone.now() - timedelta(days=31))

    assert webhook_sending.forget_webhooks() == 1
    assert not WebhookTry.objects.exists()
