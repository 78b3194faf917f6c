"""Breaks that stop the clock, for candidates to whom they were granted."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from assessments.actions.locking import locked, refuse_when_closed
from assessments.actions.problems import AttemptClosed, NoBreakLeft
from assessments.course import Course
from assessments.models import Attempt, Break


@transaction.atomic
def take_break(attempt: Attempt) -> Attempt:
    """Stop the clock for as long as is left of the breaks; taking one twice is taking it once.

    Every deadline is moved at once by the whole of it, so that nothing has to happen for the clock
    to go on. Raises AttemptClosed or NoBreakLeft.
    """
    attempt, now = locked(attempt), timezone.now()
    refuse_when_closed(attempt)
    if now > attempt.deadline:
        raise AttemptClosed("The time is up.")
    if attempt.paused:
        return attempt
    left = Course.of(attempt).break_left
    if not left:
        raise NoBreakLeft("There is no time left for breaks.")
    Break.objects.create(attempt=attempt, started_at=now, ends_at=now + left)
    attempt.paused_until = now + left
    _move(attempt, left, now)
    return attempt


@transaction.atomic
def end_break(attempt: Attempt) -> Attempt:
    """Let the clock go on; what is left of the break is kept for another one."""
    attempt = locked(attempt)
    come_back(attempt, timezone.now())
    return attempt


def come_back(attempt: Attempt, now: datetime) -> None:
    """End the break of an attempt that is locked, where it is on one."""
    if attempt.paused_until is None or attempt.paused_until <= now:
        return
    taken = attempt.breaks.latest("started_at")
    unused = taken.ends_at - now
    taken.ends_at = now
    taken.save(update_fields=["ends_at"])
    attempt.paused_until = None
    _move(attempt, -unused, now)


def _move(attempt: Attempt, by: timedelta, now: datetime) -> None:
    attempt.deadline += by
    attempt.save(update_fields=["deadline", "paused_until"])
    for sitting in attempt.sittings.filter(finished_at=None):
        if sitting.deadline and sitting.deadline >= now:
            sitting.deadline += by
            sitting.save(update_fields=["deadline"])
