"""Hiring systems are told how orders stand: under a lease, many systems at a time, tried again.

The database says what is due; a message is only a doorbell. What is told is how an order stands
when it is told. Of each connection one order is told at a time.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import F
from django.utils import timezone

from assessments.actions.calling import ROUND_SECONDS, go_round
from assessments.actions.hiring_outcomes import note, note_nothing
from assessments.actions.hiring_states import ring_for_hiring
from assessments.integrations.hiring.callbacks import check_callback
from assessments.integrations.hiring.keys import outgoing_key_of
from assessments.integrations.hiring.registry import adapter_of
from assessments.integrations.hiring.results import result_of
from assessments.integrations.outbound import Refused
from assessments.integrations.parcels import Outcome, Parcel
from assessments.models import HiringConnection, HiringOrder
from assessments.sealing import Unreadable

log = logging.getLogger(__name__)

# Of one connection, from taking it to letting go of it; longer than a try may take.
_CONNECTION_LEASE = timedelta(seconds=30)
_ROUND = "hiring.round"


def tell_hiring_systems() -> int:
    """Tell what is due, unless somebody is about it already; return how many tries there were."""
    if not cache.add(_ROUND, True, ROUND_SECONDS + 5):
        return 0
    sent = tell_round()
    ring_where_due()
    return sent


def ring_where_due() -> bool:
    """Ring where a system that nobody calls is to be told something; return whether one is."""
    is_due = HiringConnection.objects.free().with_something_due().exists()
    if is_due:
        ring_for_hiring()
    return is_due


def tell_round(seconds: float = ROUND_SECONDS) -> int:
    """Tell what is due, and what becomes due meanwhile; two at once tell nothing twice."""
    return go_round(_take, note, seconds, lambda: cache.delete(_ROUND))


def _take(places: int) -> Iterator[tuple[HiringOrder, Parcel]]:
    """The next order of each connection that is free, as far as there are places."""
    if places <= 0:
        return
    free = HiringConnection.objects.free().with_something_due().order_by("?")
    for connection in list(free.values_list("pk", flat=True)[:places]):
        if _leased(connection) and (order := _next(connection)):
            parcel = _parcel(order)
            if isinstance(parcel, Parcel):
                yield order, parcel
            elif parcel is None:
                note_nothing(order)
            else:
                note(order, parcel)


def _parcel(order: HiringOrder) -> Parcel | Outcome | None:
    """Return what is sent; why nothing can be; or None where there is nowhere to send it."""
    try:
        if order.callback_url:
            check_callback(order.connection, order.callback_url)
        key = outgoing_key_of(order.connection)
        return adapter_of(order.connection).parcel(result_of(order), key)
    except (Refused, Unreadable) as problem:
        return Outcome(error=str(problem))
    except Exception:
        # One that can't be told, whatever it is, keeps no other from being told.
        log.exception("order %s can't be told", order.pk)
        return Outcome(error="It could not be written, through a fault of ours.")


def _leased(connection: Any) -> bool:
    """The filter lets one of two rounds through that found it free."""
    free = HiringConnection.objects.free().filter(pk=connection)
    return bool(free.update(served_until=timezone.now() + _CONNECTION_LEASE))


def _next(connection: Any) -> HiringOrder | None:
    """Take on what has been due for longest; whoever dies with it leaves it due again later."""
    due = HiringOrder.objects.due().filter(connection=connection)
    found = due.with_invitation().order_by("due_at", "pk").first()
    if found is not None:
        taken = due.filter(pk=found.pk, tries=found.tries, revision=found.revision)
        if taken.update(tries=F("tries") + 1, due_at=timezone.now() + HiringOrder.LEASE):
            found.tries += 1
            return found
    HiringConnection.objects.filter(pk=connection).update(served_until=None)
    return None
