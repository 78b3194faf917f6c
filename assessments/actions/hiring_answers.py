"""What an answer to a hiring system has said of an order is not told a second time."""

from django.db import transaction
from django.utils import timezone

from assessments.models import HiringOrder


@transaction.atomic
def note_answered(order: HiringOrder) -> HiringOrder:
    """Note that the answer to a call says how `order` stands, in the transaction of its change."""
    pending = HiringOrder.objects.filter(
        pk=order.pk, revision=order.revision, telling=HiringOrder.Telling.PENDING
    )
    pending.update(telling=HiringOrder.Telling.DELIVERED, told_at=timezone.now())
    return HiringOrder.objects.with_invitation().get(pk=order.pk)
