"""How long a candidate was at a question, as far as saves and steps of code tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assessments.models import Answer
from assessments.recruiter.report.growth import IDLE
from assessments.recruiter.report.sitting_clock import SittingClock
from assessments.recruiter.report.spans import span


@dataclass(frozen=True, slots=True)
class Timing:
    """`typed` is time at the code without long pauses; None where only the last save is known."""

    first: timedelta
    last: timedelta
    steps: int
    typed: timedelta | None

    @property
    def words(self) -> str:
        if self.typed is None:
            return f"last saved {span(self.last)} after the start"
        at = f"from {span(self.first)} to {span(self.last)} after the start"
        return f"about {span(self.typed)} at the code, {at}"


def timing(answer: Answer | None, grown: Sequence[datetime], clock: SittingClock) -> Timing | None:
    """Return when one question was worked on; `grown` are the moments at which its code grew."""
    if grown:
        ends = clock.after(grown[0]), clock.after(grown[-1])
        return Timing(*ends, len(grown), clock.between(grown, IDLE))
    if answer is None:
        return None
    last = clock.after(answer.saved_at)
    return Timing(last, last, 0, None)
