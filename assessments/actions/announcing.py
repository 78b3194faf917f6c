"""Other systems are told what happened: written in the transaction of the change, sent after it."""

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from celery import signature
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from assessments.actions.rounds import each
from assessments.announcements import announced
from assessments.integrations.events import data_of, is_preview, organisation_of
from assessments.models import (
    EventType,
    Invitation,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)

log = logging.getLogger(__name__)

# So many invitations a sweep are noted as expired at most.
ROUND = 500
BATCH = 500
# A message that nobody took for so long is worth no more than the sweep that comes next.
_RING_SECONDS = 60


def announce(event_type: str, row: Any) -> None:
    """Tell whoever listens that `event_type` happened to `row`, once the transaction commits."""
    announce_all(event_type, [row])


@transaction.atomic
def announce_all(event_type: str, rows: Iterable[Any]) -> None:
    """Tell it of rows of one organisation. What was rolled back was never written, nor is sent."""
    told = [row for row in rows if not is_preview(row)]
    for row in told:
        announced.send(sender=EventType, event_type=event_type, row=row)
    if not told:
        return
    organisation = organisation_of(told[0])
    endpoints = WebhookEndpoint.objects.filter(organisation=organisation).defer("secret")
    if wanting := [each for each in endpoints if each.wants(event_type)]:
        _write(event_type, organisation, told, wanting)


def announce_to(event_type: str, endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Tell one endpoint alone of `event_type`, which is about itself."""
    return _write(event_type, endpoint.organisation_id, [endpoint], [endpoint])[0]


def _write(
    event_type: str, organisation: int, rows: Sequence[Any], endpoints: Sequence[WebhookEndpoint]
) -> list[WebhookDelivery]:
    now = timezone.now()
    events = [
        WebhookEvent(
            organisation_id=organisation, type=event_type, timestamp=now, data=data_of(row)
        )
        for row in rows
    ]
    WebhookEvent.objects.bulk_create(events, BATCH)
    deliveries = [
        WebhookDelivery(event=event, endpoint=endpoint, due_at=now)
        for event in events
        for endpoint in endpoints
    ]
    made = WebhookDelivery.objects.bulk_create(deliveries, BATCH)
    transaction.on_commit(ring_for_webhooks)
    return made


def ring_for_webhooks() -> None:
    """Have a worker look at what is due; where none hears it, the sweep rings again."""
    send = signature("assessments.tasks.send_webhooks", queue="default")
    try:
        send.apply_async(expires=_RING_SECONDS)
    except (OperationalError, OSError):
        log.exception("webhooks were not rung for; the sweep will do it")


def announce_expired() -> int:
    """Tell of invitations that expired before anybody followed them; return how many there were."""
    found = list(Invitation.objects.just_expired().values_list("pk", flat=True)[:ROUND])
    return each(found, _announce_expired)


@transaction.atomic
def _announce_expired(pk: Any) -> bool:
    """The filter lets one of two sweeps through, and keeps out what was extended meanwhile."""
    if not Invitation.objects.just_expired().filter(pk=pk).update(expiry_noted_at=timezone.now()):
        return False
    announce(EventType.INVITATION_EXPIRED, Invitation.objects.get(pk=pk))
    return True
