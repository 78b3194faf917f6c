"""Orders of hiring systems follow what becomes of their invitations, in the same transaction."""

import logging
from typing import Any

from celery import signature
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from assessments.integrations.hiring.registry import adapter_of
from assessments.models import Attempt, Candidate, EventType, HiringOrder, Invitation

State, Telling = HiringOrder.State, HiringOrder.Telling
log = logging.getLogger(__name__)

# What changes nothing of how an order stands.
_QUIET = {
    EventType.INVITATION_CREATED,
    EventType.REVIEW_COMPLETED,
    EventType.DECISION_MADE,
}
# A message that nobody took for so long is worth no more than the sweep that comes next.
_RING_SECONDS = 60


def hear(*, event_type: str, row: Any, **_: Any) -> None:
    """Follow the order, if any, behind something that happened; a receiver of `announced`."""
    if isinstance(row, Candidate):
        _tell_erased(row)
    if event_type in _QUIET or not isinstance(row, Invitation | Attempt):
        return
    invitation = row.invitation_id if isinstance(row, Attempt) else row.pk
    if order := HiringOrder.objects.with_invitation().filter(invitation=invitation).first():
        follow(order)


@transaction.atomic
def follow(order: HiringOrder) -> HiringOrder:
    """Note how an order stands, and have its system told where that is news to it."""
    order = HiringOrder.objects.select_for_update(of=("self",)).with_invitation().get(pk=order.pk)
    attempt = getattr(order.invitation, "attempt", None)
    state, score = order.standing, attempt.score if attempt else None
    if (state, score) == (order.state, order.score):
        return order
    order.state, order.score = state, score
    order.changed_at, order.revision = timezone.now(), order.revision + 1
    order.telling = Telling.NOTHING
    if state in adapter_of(order.connection).tells:
        _tell(order)
    order.save()
    return order


def _tell_erased(candidate: Candidate) -> None:
    """What was ordered for somebody is over with them."""
    rows = HiringOrder.objects.filter(invitation__candidate=candidate, state=State.ERASED)
    for order in rows.select_related("connection"):
        if State.ERASED in adapter_of(order.connection).tells:
            _tell(order)
            order.save()


def _tell(order: HiringOrder) -> None:
    order.telling, order.due_at, order.tries = Telling.PENDING, timezone.now(), 0
    transaction.on_commit(ring_for_hiring)


def ring_for_hiring() -> None:
    """Have a worker look at what is due; where none hears it, the sweep rings again."""
    send = signature("assessments.tasks.tell_hiring_systems", queue="default")
    try:
        send.apply_async(expires=_RING_SECONDS)
    except (OperationalError, OSError):
        log.exception("hiring systems were not rung for; the sweep will do it")
