"""Webhooks on their way: taken on under a lease, sent many endpoints at a time, tried again.

The database says what is due; a message is only a doorbell. Of each endpoint one delivery is on its
way at a time, so that a slow one takes up one place of a round and no more.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import F
from django.utils import timezone

from assessments.actions.announcing import ring_for_webhooks
from assessments.actions.calling import ROUND_SECONDS, go_round
from assessments.actions.webhook_outcomes import note
from assessments.integrations.parcels import Outcome, Parcel, parcel_of
from assessments.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from assessments.sealing import Unreadable

# Of one endpoint, from taking it to letting go of it; longer than a try may take.
_ENDPOINT_LEASE = timedelta(seconds=30)
_ROUND = "webhooks.round"


def send_webhooks() -> int:
    """Send what is due, unless somebody is about it already; return how many tries there were."""
    if not cache.add(_ROUND, True, ROUND_SECONDS + 5):
        return 0
    sent = send_round()
    ring_for_due()
    return sent


def ring_for_due() -> bool:
    """Ring where something is due for an endpoint that nobody serves; return whether it is."""
    is_due = WebhookEndpoint.objects.free().with_something_due().exists()
    if is_due:
        ring_for_webhooks()
    return is_due


def send_round(seconds: float = ROUND_SECONDS) -> int:
    """Send what is due, and what becomes due meanwhile; two at once send nothing twice."""
    return go_round(_take, note, seconds, lambda: cache.delete(_ROUND))


def _take(places: int) -> Iterator[tuple[WebhookDelivery, Parcel]]:
    """The next delivery of each endpoint that is free, as far as there are places."""
    if places <= 0:
        return
    free = WebhookEndpoint.objects.free().with_something_due().order_by("?")
    for endpoint in list(free.values_list("pk", flat=True)[:places]):
        if _leased(endpoint) and (delivery := _next(endpoint)):
            try:
                yield delivery, parcel_of(delivery)
            except Unreadable as error:
                note(delivery, Outcome(error=str(error)))


def _leased(endpoint: Any) -> bool:
    """The filter lets one of two rounds through that found it free."""
    free = WebhookEndpoint.objects.free().filter(pk=endpoint)
    return bool(free.update(served_until=timezone.now() + _ENDPOINT_LEASE))


def _next(endpoint: Any) -> WebhookDelivery | None:
    """Take on what has been due for longest; whoever dies with it leaves it due again later."""
    due = WebhookDelivery.objects.due().filter(endpoint=endpoint)
    found = due.select_related("endpoint__organisation", "event").order_by("due_at", "pk").first()
    if found is not None:
        taken = due.filter(pk=found.pk, tries=found.tries)
        if taken.update(tries=F("tries") + 1, due_at=timezone.now() + WebhookDelivery.LEASE):
            found.tries += 1
            return found
    WebhookEndpoint.objects.filter(pk=endpoint).update(served_until=None)
    return None


def forget_webhooks() -> int:
    """Forget events with all that came of them once nobody looks at them; return how many."""
    old = WebhookEvent.objects.filter(timestamp__lt=timezone.now() - WebhookEvent.KEPT)
    return old.delete()[1].get("assessments.WebhookEvent", 0)
