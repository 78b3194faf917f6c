"""Webhooks to ten receivers, of whom one is slow and fails: what arrives, and how soon."""

from collections import Counter
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils import timezone
from django.utils.module_loading import import_string

from benchmarks.population import model
from tests.assessments.integrations.receiver import receiving

WELL = 9
# The slow one answers after so long, and with an error.
SECONDS = 1.0
# Those who are well may wait for so many times what they wait where nobody is slow.
BESIDE_LIMIT = 2.0
# Rounds end after some seconds; the next one goes on.
ROUND_SECONDS = 10.0


def told(organisation: Any, events: int) -> int:
    """Tell `events` deliveries twice, with everybody well and with one who fails; 1 for a miss."""
    number = events // (WELL + 1)
    print(f"\nwebhooks: {number * (WELL + 1)} deliveries to {WELL + 1} receivers")
    alone = tell(organisation, number, troubled=False)
    beside = tell(organisation, number, troubled=True)
    print(f"{'':22} {'all well':>10} {'one slow and failing':>22}")
    for name in ("seconds", "a second", "to the first meanwhile", "lost", "twice"):
        print(f"{name:22} {alone[name]:10.0f} {beside[name]:22.0f}")
    ratio = beside["seconds"] / alone["seconds"]
    print(f"the others hear all of it after {ratio:.2f} times the time")
    lost = alone["lost"] + beside["lost"]
    reached = not lost and ratio <= BESIDE_LIMIT
    goal = f"nothing is lost, the others wait at most {BESIDE_LIMIT} times as long"
    print(f"goal: {goal}: {'reached' if reached else 'missed'}")
    return int(not reached)


def tell(organisation: Any, number: int, *, troubled: bool) -> dict[str, float]:
    """Tell so many events to each; return what became of them."""
    with receiving() as receiver:
        if troubled:
            receiver.answers["/0"] = _late
        endpoints = [_endpoint(organisation, receiver, place) for place in range(WELL + 1)]
        _announce(organisation, endpoints, number)
        start, well = timezone.now(), endpoints[1:]
        _send_all(well)
        seconds = (_last(well) - start).total_seconds()
        slow = sum(path == "/0" for path, _, _ in receiver.came)
        _recover(receiver, endpoints[0])
        _send_all(endpoints)
        came = Counter((path, headers["webhook-id"]) for path, headers, _ in receiver.came)
        for each in endpoints:
            each.delete()
    return {
        "seconds": seconds,
        "a second": number * len(well) / seconds,
        "to the first meanwhile": slow,
        "lost": number * len(endpoints) - len(came),
        "twice": sum(times - 1 for (path, _), times in came.items() if path != "/0"),
    }


def _send_all(endpoints: list[Any]) -> None:
    """Work as the default worker does until nothing waits for them."""
    while _deliveries(endpoints).filter(state="pending").exists():
        import_string("assessments.actions.webhook_sending.send_round")(ROUND_SECONDS)


def _recover(receiver: Any, endpoint: Any) -> None:
    """Let the slow one be well again, and what is to be tried again be due at once."""
    receiver.answers.clear()
    model("WebhookEndpoint").objects.filter(pk=endpoint.pk).update(rests_until=None)
    _deliveries([endpoint]).filter(state="pending").update(due_at=timezone.now())


def _late(handler: Any) -> None:
    handler.server.receiver.over.wait(SECONDS)
    handler.reply(500, {}, b"not today")


def _endpoint(organisation: Any, receiver: Any, place: int) -> Any:
    add = import_string("assessments.actions.webhooks.add_webhook")
    return add(organisation, receiver.url(f"/{place}"), by=None)[0]


def _announce(organisation: Any, endpoints: list[Any], number: int) -> None:
    """Write the events as actions do, each to all endpoints."""
    events = model("WebhookEvent").objects.bulk_create(
        model("WebhookEvent")(organisation=organisation, type="webhook.test", data={})
        for _ in range(number)
    )
    model("WebhookDelivery").objects.bulk_create(
        (
            model("WebhookDelivery")(event=event, endpoint=endpoint)
            for event in events
            for endpoint in endpoints
        ),
        batch_size=5000,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE"
        )  # as the database does by itself where tables grow little by little


def _deliveries(endpoints: list[Any]) -> Any:
    return model("WebhookDelivery").objects.filter(endpoint__in=endpoints)


def _last(endpoints: list[Any]) -> Any:
    return _deliveries(endpoints).aggregate(last=Max("delivered_at"))["last"]
