"""What went wrong between us and hiring systems, and that they called: noted, never with a name."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from assessments.models import HiringConnection, HiringError, HiringMessage, HiringOrder

# A write a call would be too much: `called_at` is right to the minute.
_THROTTLE = timedelta(minutes=1)
_MOST = 2000
_ADDRESS = re.compile(r"[^\s<>\"']+@[^\s<>\"']+")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that went wrong; `answer` is what was said, `remedy` what somebody can do."""

    side: HiringError.Side
    called: str
    status: int | None
    answer: str
    remedy: str = ""
    order: HiringOrder | None = None


@transaction.atomic
def note_error(connection: HiringConnection, trouble: Trouble) -> HiringError:
    """Write it down; the same thing once more within an hour is counted."""
    answer = _plain(trouble.answer)
    fields = {
        "order": trouble.order,
        "side": trouble.side,
        "called": trouble.called[:300],
        "status": trouble.status,
        "answer": answer[:_MOST],
        "remedy": trouble.remedy[:300],
    }
    now = timezone.now()
    same = connection.errors.filter(**fields, at__gt=now - HiringError.SAME)
    if trouble.side == HiringError.Side.OURS:
        HiringConnection.objects.filter(pk=connection.pk).update(last_error=answer[:300])
    if known := same.first():
        same.filter(pk=known.pk).update(times=F("times") + 1, at=now)
        return known
    made: HiringError = HiringError.objects.create(connection=connection, at=now, **fields)
    return made


def note_call(connection: HiringConnection) -> None:
    """Note that the system has called just now."""
    now = timezone.now()
    long_ago = Q(called_at=None) | Q(called_at__lt=now - _THROTTLE)
    HiringConnection.objects.filter(long_ago, pk=connection.pk).update(called_at=now)


def forget_hiring() -> int:
    """Forget errors and messages that are old enough; return how many."""
    now = timezone.now()
    errors, _ = HiringError.objects.filter(at__lt=now - HiringError.KEPT).delete()
    messages, _ = HiringMessage.objects.filter(at__lt=now - HiringMessage.KEPT).delete()
    return errors + messages


def _plain(text: str) -> str:
    """Take addresses of people out: the log is not erased with them."""
    return _ADDRESS.sub("(address)", text).replace("\x00", "\ufffd")
