"""The time of a sitting as those who score may see it: on the assessment's own clock.

That clock stands still on breaks, and all moments are spread over the time taken as lists show it,
which is never above the minutes that everybody has. So neither a gap, nor a late moment, nor a sum
that does not add up tells of an accommodation.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Self

from django.utils import timezone

from assessments.models import Attempt

Pause = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class SittingClock:
    """`length` is how long the sitting took on this clock, up to now where it goes on.

    Of an attempt without a break that kept to the assessment's minutes `scale` is 1.
    """

    started: datetime
    pauses: tuple[Pause, ...]
    scale: float
    length: timedelta

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        """Return the clock of an attempt that was read with its breaks."""
        ended = attempt.finished_at or timezone.now()
        pauses = tuple((each.started_at, each.ends_at) for each in attempt.breaks.all())
        worked = _worked(attempt.started_at, ended, pauses)
        most = timedelta(minutes=attempt.version.minutes)
        length = max(timedelta(), min(ended - attempt.started_at, most))
        return cls(attempt.started_at, pauses, length / worked if worked else 1.0, length)

    def after(self, moment: datetime) -> timedelta:
        """Return how long after the start that was, from nothing to `length`."""
        worked = _worked(self.started, moment, self.pauses) * self.scale
        return max(timedelta(), min(worked, self.length))

    def seconds(self, moment: datetime) -> float:
        return round(self.after(moment).total_seconds(), 3)

    def stood(self, moment: datetime) -> bool:
        """Tell whether the clock stood still then, so that nobody need know of the moment."""
        return any(start < moment < end for start, end in self.pauses)

    def between(self, moments: Sequence[datetime], patience: timedelta) -> timedelta:
        """Return the time spent between moments in their order, leaving out longer gaps."""
        marks = [self.after(moment) for moment in moments]
        gaps = [later - earlier for earlier, later in pairwise(marks)]
        return sum((gap for gap in gaps if gap <= patience), timedelta())


def _worked(start: datetime, moment: datetime, pauses: Iterable[Pause]) -> timedelta:
    """The time from `start` to `moment` without the pauses, which never overlap."""
    stood = (max(timedelta(), min(end, moment) - max(begin, start)) for begin, end in pauses)
    return max(timedelta(), moment - start - sum(stood, timedelta()))
