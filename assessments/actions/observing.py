"""Note beside an attempt what a reviewer may want to know of; never a verdict."""

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions.problems import AttemptClosed
from assessments.models import AssessmentQuestion, Attempt, IntegrityEvent

Kind = IntegrityEvent.Kind
# Beyond these, which no honest sitting reaches, nothing more is kept of an attempt.
MOST_EVENTS = 1000
MOST_ADDRESSES = 50
# A page that was offline at the end still tells what it saw before.
LATE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Observed:
    """What a page saw: `age` seconds ago, under a key of its own."""

    key: str
    kind: str
    age: float
    question: AssessmentQuestion | None = None
    size: int | None = None
    seconds: float | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def record_events(attempt: Attempt, observed: Sequence[Observed]) -> None:
    """Keep what a page saw, each event once. Raises AttemptClosed long after the end."""
    if not attempt.version.records_events:
        return
    attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    now = timezone.now()
    if attempt.finished_at and now > attempt.finished_at + LATE:
        raise AttemptClosed(_("This attempt closed long ago."))
    room = MOST_EVENTS - attempt.events.count()
    events = [_event(attempt, each, now) for each in observed[: max(room, 0)]]
    IntegrityEvent.objects.bulk_create(events, ignore_conflicts=True)


def _event(attempt: Attempt, observed: Observed, now: datetime) -> IntegrityEvent:
    at = now - timedelta(seconds=observed.age)
    latest = attempt.finished_at or now
    return IntegrityEvent(
        attempt=attempt,
        question=observed.question,
        kind=observed.kind,
        at=max(attempt.started_at, min(at, latest)),
        size=observed.size,
        seconds=observed.seconds,
        key=observed.key,
        detail=observed.detail,
    )


def note_address(attempt: Attempt, address: str) -> None:
    """Note the network that a candidate's requests come from, each once."""
    network = _network(address)
    if network and attempt.version.records_events and attempt.finished_at is None:
        _note_network(attempt.pk, network)


def _network(address: str) -> str:
    """Return an address as it is compared; "" for none.

    Of IPv6 the first half: machines change the second half by themselves.
    """
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), 64), strict=False))


# Every request asks, and nearly every one comes from where the last one came from.
@lru_cache(maxsize=10_000)
def _note_network(attempt_id: UUID, network: str) -> None:
    found = IntegrityEvent.objects.filter(attempt_id=attempt_id, kind=Kind.ADDRESS)
    if found.count() >= MOST_ADDRESSES:
        return
    event = IntegrityEvent(
        attempt_id=attempt_id,
        kind=Kind.ADDRESS,
        # With a colon, which no name has that a page may give.
        key=f"address:{hashlib.sha256(network.encode()).hexdigest()[:32]}",
        detail={"address": network},
    )
    IntegrityEvent.objects.bulk_create([event], ignore_conflicts=True)
