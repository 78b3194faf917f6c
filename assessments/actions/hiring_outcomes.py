"""What came of telling a hiring system: noted, tried again by the schedule, or given up."""

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from assessments.actions.auditing import Actor, record
from assessments.actions.emailing import queue_letter
from assessments.actions.hiring_errors import Trouble, note_error
from assessments.actions.hiring_states import ring_for_hiring
from assessments.actions.webhook_outcomes import FIRST_REST, JITTER, LONGEST_REST
from assessments.email_texts import letter, one_line
from assessments.integrations.hiring.registry import adapter_of
from assessments.integrations.parcels import Outcome
from assessments.models import HiringConnection, HiringError, HiringOrder, Member
from assessments.models.hiring import HiringOrderQuerySet

_HEAVIEST = 10
# What somebody can do, by what was answered.
_REMEDIES = {
    401: "Check the key: it may have been replaced or revoked over there.",
    403: "Check the key: it may lack a permission over there.",
    404: "The candidate may have been archived, hired or deleted over there.",
    409: "The candidate may have been archived, hired or deleted over there.",
    410: "The candidate may have been archived, hired or deleted over there.",
}
_BY_ITSELF = "It is tried again by itself."
_GIVEN_UP = "It is given up; once the other system is well, tell it again by hand."


@transaction.atomic
def note(order: HiringOrder, outcome: Outcome) -> None:
    """Write down what came of a try, let go of its connection, and say what comes next."""
    rows = HiringConnection.objects.select_for_update(of=("self",)).select_related("organisation")
    connection = rows.filter(pk=order.connection_id).first()
    if connection is None or not HiringOrder.objects.filter(pk=order.pk).exists():
        return  # removed while it was on its way
    now, connection.served_until = timezone.now(), None
    if adapter_of(connection).took(outcome):
        _still(order).update(telling=HiringOrder.Telling.DELIVERED, told_at=now)
        connection.told_at, connection.failing_since, connection.last_error = now, None, ""
        connection.rests_until, connection.troubles = None, 0
    else:
        _note_failure(order, connection, outcome, now)
    connection.save(
        update_fields=[
            *("served_until", "told_at", "failing_since", "last_error"),
            *("troubles", "rests_until"),
        ]
    )


@transaction.atomic
def note_nothing(order: HiringOrder) -> None:
    """Note that there is nobody to tell of it, and let go of its connection."""
    _still(order).update(telling=HiringOrder.Telling.NOTHING)
    HiringConnection.objects.filter(pk=order.connection_id).update(served_until=None)


@transaction.atomic
def tell_again(order: HiringOrder, *, by: Actor) -> bool:
    """Tell at once how an order stands, by the schedule from its beginning.

    Returns False where its system is told nothing of that.
    """
    order = HiringOrder.objects.select_for_update(of=("self",)).with_invitation().get(pk=order.pk)
    if order.standing not in adapter_of(order.connection).tells:
        return False
    order.telling, order.due_at, order.tries = HiringOrder.Telling.PENDING, timezone.now(), 0
    order.save(update_fields=["telling", "due_at", "tries"])
    # Somebody waits for it: the connection is not left alone any longer.
    HiringConnection.objects.filter(pk=order.connection_id).update(rests_until=None)
    record("hiring_connection.told_again", order.connection, by=by, order=str(order.pk))
    transaction.on_commit(ring_for_hiring)
    return True


def _still(order: HiringOrder) -> HiringOrderQuerySet:
    """The order, unless it has changed since: then it is told once more."""
    return HiringOrder.objects.filter(
        pk=order.pk, revision=order.revision, telling=HiringOrder.Telling.PENDING
    )


def _note_failure(
    order: HiringOrder, connection: HiringConnection, outcome: Outcome, now: datetime
) -> None:
    asked, pause = timedelta(seconds=outcome.retry_after or 0), order.pause
    if pause is None:
        _give_up(order, connection)
    else:
        later = now + max(pause * random.uniform(1, 1 + JITTER), asked)
        _still(order).filter(tries=order.tries).update(due_at=later)
    connection.failing_since = connection.failing_since or now
    if outcome.is_trouble:
        connection.troubles += 1
        doubled = FIRST_REST * 2 ** min(connection.troubles - 1, _HEAVIEST)
        connection.rests_until = now + max(min(doubled, LONGEST_REST), asked)
    known = _REMEDIES.get(outcome.status or 0, "")
    note_error(
        connection,
        Trouble(
            HiringError.Side.OURS,
            f"tell “{order.get_state_display()}”",
            outcome.status,
            outcome.error or outcome.answer or "Nothing was said.",
            " ".join(filter(None, [known, _GIVEN_UP if pause is None else _BY_ITSELF])),
            order,
        ),
    )
    connection.refresh_from_db(fields=["last_error"])


def _give_up(order: HiringOrder, connection: HiringConnection) -> None:
    """Let a person decide; the first of a connection is written about."""
    is_first = not connection.orders.failed().exists()
    if _still(order).update(telling=HiringOrder.Telling.FAILED) and is_first:
        _write_to_owners(connection)


def _write_to_owners(connection: HiringConnection) -> None:
    organisation, link = connection.organisation, settings.BASE_URL + connection.get_absolute_url()
    told = {
        "organisation": one_line(organisation.name),
        "connection": one_line(connection.name),
        "system": connection.get_system_display(),
        "link": link,
    }
    written = render_to_string("email/hiring_failed.txt", told)
    text = letter(written, organisation, link, button="Look at the connection")
    owners = Member.objects.filter(organisation=organisation, role__in=Member.RUNS)
    for owner in owners.select_related("user").order_by("pk"):
        queue_letter(text, organisation, owner.user.email)
