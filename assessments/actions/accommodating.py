"""What is made easier for a candidate: extra time, no limit, breaks, larger type.

Each grant is a row of its own, and none is changed: the newest one holds. Where a sitting goes on,
its clocks are moved by what the new grant gives more, or less, than the one before.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.actions.auditing import Actor, record
from assessments.actions.closing import catch_up
from assessments.actions.problems import AttemptClosed, TooLittleTime
from assessments.actions.receipts import send_extension
from assessments.course import Course
from assessments.models import Accommodation, Attempt, Invitation, SectionSitting, User

# What is granted; a field that a grant leaves out is granted no more.
GRANTED = ("extra_percent", "extra_minutes", "untimed", "break_minutes", "large_type")


def grant_accommodation(
    invitation: Invitation,
    *,
    made_by: User | None,
    note: str = "",
    by: Actor = None,
    **granted: Any,
) -> Accommodation:
    """Let what is `granted` hold from now on, of GRANTED, instead of what held before.

    `made_by` is None where another system sets it, whose token `by` is then. Raises AttemptClosed
    once the attempt is over, and TooLittleTime where a sitting would end by this at once.
    """
    return _stored(invitation, lambda held: granted | {"note": note}, made_by, by or made_by)


def extend_time(invitation: Invitation, minutes: int, *, made_by: User | None) -> Accommodation:
    """Give so many minutes on top of what holds now. Raises AttemptClosed."""

    def longer(held: Accommodation) -> dict[str, Any]:
        kept = {field: getattr(held, field) for field in GRANTED}
        note = f"{minutes} minutes more."
        return kept | {"extra_minutes": held.extra_minutes + minutes, "note": note}

    return _stored(invitation, longer, made_by, made_by)


def _stored(
    invitation: Invitation,
    fields: Callable[[Accommodation], dict[str, Any]],
    made_by: User | None,
    by: Actor,
) -> Accommodation:
    """Store a grant made of what held before, under the lock of whatever it changes."""

    def store() -> Accommodation:
        held = Accommodation.objects.in_force(invitation)
        row = Accommodation(
            invitation=invitation, made_by=made_by, made_at=timezone.now(), **fields(held)
        )
        row.clean_fields(exclude=["invitation", "made_by"])
        row.save()
        # What was granted says why somebody may need it: it goes with the person.
        record("accommodation.granted", invitation, by=by)
        return row

    if Attempt.objects.filter(invitation=invitation).exists():
        return _during(invitation, store)
    # It may be started at this very moment.
    return _before_the_start(invitation, store) or _during(invitation, store)


@transaction.atomic
def _before_the_start(
    invitation: Invitation, store: Callable[[], Accommodation]
) -> Accommodation | None:
    """Store it where no clock runs yet, else return None.

    Whoever closes an attempt locks it before its invitation, so that both locks are never held
    here: the attempt, once it is there, has a transaction of its own.
    """
    Invitation.objects.select_for_update().get(pk=invitation.pk)
    started = Attempt.objects.filter(invitation=invitation).exists()
    return None if started else store()


@transaction.atomic
def _during(invitation: Invitation, store: Callable[[], Accommodation]) -> Accommodation:
    attempt = catch_up(Attempt.objects.get(invitation=invitation))
    if attempt.state != Attempt.State.IN_PROGRESS:
        raise AttemptClosed("This sitting is over.")
    before = Course.of(attempt)
    earlier, row = attempt.deadline, store()
    _move_clocks(before, replace(before, granted=[*before.granted, row]))
    if attempt.deadline > earlier:
        send_extension(attempt)
    return row


def _move_clocks(before: Course, after: Course) -> None:
    """Give the attempt, and the section that is open, the difference between two grants."""
    attempt = before.attempt
    # Both share the rows: what ended when is asked before anything is moved.
    earlier = before.next_end
    if not after.timed:
        attempt.deadline += after.whole - before.whole
    elif after.open and after.open.sitting:
        _move_section(before, after, after.open.sitting)
    if after.timed:
        attempt.deadline = after.end
    _refuse_an_end(earlier, after.next_end)
    attempt.save(update_fields=["deadline"])


def _move_section(before: Course, after: Course, sitting: SectionSitting) -> None:
    part = after.open
    if part is None or after.untimed:
        sitting.deadline = None
    elif sitting.deadline is None:
        sitting.deadline = sitting.started_at + after.length(part)
    else:
        sitting.deadline += after.length(part) - before.length(part)
    sitting.save(update_fields=["deadline"])


def _refuse_an_end(earlier: datetime, moved: datetime) -> None:
    if moved < earlier and moved <= timezone.now():
        raise TooLittleTime("That would end the sitting at once: the time has passed already.")
