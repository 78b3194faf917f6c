"""Hiring systems order: somebody is invited once for one order, however often it comes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.actions.auditing import record
from assessments.actions.hiring_states import follow
from assessments.actions.invitations import extend_invitation, revoke_invitation
from assessments.actions.inviting import invite
from assessments.actions.problems import NotPublished
from assessments.integrations.hiring.callbacks import check_callback
from assessments.models import Assessment, HiringConnection, HiringMessage, HiringOrder
from assessments.models.assessment import AssessmentQuerySet


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a system orders.

    Attributes:
        natural_key: what it means by the same order; a second one under it is the first.
        callback_url: where it wants to hear of it; "" where the adapter knows.
        reference: its own keys, which the adapter needs to tell it anything.
    """

    assessment: Assessment
    natural_key: str
    name: str
    email: str
    profile_url: str = ""
    callback_url: str = ""
    reference: Mapping[str, Any] = field(default_factory=dict)


def offered(connection: HiringConnection) -> AssessmentQuerySet:
    """Return what `connection` may order now, each with its `title`."""
    found = Assessment.objects.of(connection.organisation).published().unarchived()
    now = timezone.now()
    found = found.exclude(closes_at__lte=now)
    if chosen := list(connection.assessments.values_list("pk", flat=True)):
        found = found.filter(pk__in=chosen)
    ordered: AssessmentQuerySet = found.with_title().order_by("title", "pk")
    return ordered


def find_order(connection: HiringConnection, natural_key: str) -> HiringOrder | None:
    """Return the order under that key which still stands."""
    rows = connection.orders.with_invitation().exclude(state__in=HiringOrder.GONE)
    found: HiringOrder | None = rows.filter(natural_key=natural_key).first()
    return found


@transaction.atomic
def place_order(connection: HiringConnection, wanted: Wanted) -> tuple[HiringOrder, bool]:
    """Invite somebody for an order; return it, and whether it is new.

    An order that is there is returned as it is; where its invitation has expired, it can be
    followed again. Raises NotPublished or AttemptsUsedUp where nobody can be invited, and Refused
    for an address that nothing is sent to.
    """
    # Two calls at once are one order.
    connection = HiringConnection.objects.select_for_update(of=("self",)).get(pk=connection.pk)
    if found := find_order(connection, wanted.natural_key):
        return _still_open(found), False
    if wanted.callback_url:
        check_callback(connection, wanted.callback_url)
    order = _ordered(connection, wanted)
    record("invitation.ordered", order.invitation, by=None, connection=connection.name)
    return order, True


def _ordered(connection: HiringConnection, wanted: Wanted) -> HiringOrder:
    if not offered(connection).filter(pk=wanted.assessment.pk).exists():
        raise NotPublished("This assessment can't be ordered; it may have been closed or archived.")
    invitation = invite(
        wanted.assessment.current_version,
        wanted.name,
        wanted.email,
        timedelta(days=connection.days),
        language=connection.language,
        send=True,
    )
    order: HiringOrder = HiringOrder.objects.create(
        connection=connection,
        invitation=invitation,
        natural_key=wanted.natural_key,
        name=wanted.name,
        email=wanted.email,
        profile_url=_followable(wanted.profile_url),
        callback_url=wanted.callback_url,
        reference=dict(wanted.reference),
    )
    return order


def _followable(url: str) -> str:
    """The desk links to it: anything but an address of a page is left out."""
    return url if url.lower().startswith(("https://", "http://")) else ""


def _still_open(order: HiringOrder) -> HiringOrder:
    """Whoever orders once more wants the candidate to be able to come."""
    if order.standing == HiringOrder.State.EXPIRED:
        until = timezone.now() + timedelta(days=order.connection.days)
        order.invitation = extend_invitation(order.invitation, until)
        return follow(order)
    return order


@transaction.atomic
def take_message(connection: HiringConnection, digest: str) -> bool:
    """Note a message that is acted on in this transaction; False where it was before."""
    # Two of the same at once are one after the other.
    HiringConnection.objects.select_for_update(of=("self",)).get(pk=connection.pk)
    _, is_new = HiringMessage.objects.get_or_create(connection=connection, digest=digest)
    return is_new


@transaction.atomic
def cancel_order(order: HiringOrder) -> HiringOrder:
    """Withdraw an order, and its invitation; twice is once.

    Raises InvitationClosed where the candidate has started.
    """
    order = HiringOrder.objects.with_invitation().get(pk=order.pk)
    if order.standing not in HiringOrder.GONE:
        order.invitation = revoke_invitation(order.invitation)
    return follow(HiringOrder.objects.with_invitation().get(pk=order.pk))
