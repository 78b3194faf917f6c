"""The clock of an attempt that is locked: stopped, and going on again."""

from datetime import datetime, timedelta

from assessments.models import Attempt, Break


def pause(attempt: Attempt, time: timedelta, now: datetime) -> None:
    """Stop the clock for `time`, unless the candidate comes back before that."""
    Break.objects.create(attempt=attempt, started_at=now, ends_at=now + time)
    attempt.paused_until = now + time
    _move(attempt, time, now)


def come_back(attempt: Attempt, now: datetime) -> None:
    """End the break of an attempt that is locked, where it is on one."""
    if attempt.paused_until is None or attempt.paused_until <= now:
        return
    taken = attempt.breaks.latest("ends_at")
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
