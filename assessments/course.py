"""How far an attempt is: its sections, their clocks, and what it takes answers to now.

Nothing here writes. Where sections have minutes of their own they are sat one after the other, and
the clock rests between them: for REST at most, then the next one starts by itself. So an attempt
that nobody touches ends at its deadline whatever happened before.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import groupby
from typing import Self

from assessments.models import (
    Accommodation,
    AssessmentQuestion,
    Attempt,
    Section,
    SectionSitting,
)

# Between two sections, at most.
REST = timedelta(minutes=15)
# So long stays open what has no time limit.
UNTIMED = timedelta(days=30)


class Turn(StrEnum):
    """Whether it is the turn of a section or a question."""

    NOW = "now"
    OVER = "over"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Part:
    """A section as one attempt sits it; the whole where an assessment has no sections."""

    number: int
    section: Section | None
    questions: list[AssessmentQuestion]
    sitting: SectionSitting | None = None

    @property
    def title(self) -> str:
        return self.section.title if self.section else ""

    @property
    def fixed(self) -> bool:
        """Whether its questions come one after the other, without a way back."""
        return self.section is not None and self.section.order == Section.Order.FIXED

    @property
    def passed(self) -> int:
        """In a fixed order: how many questions lie behind."""
        return self.sitting.passed if self.sitting else 0

    @property
    def over(self) -> bool:
        return self.sitting is not None and self.sitting.finished_at is not None

    def runs(self, now: datetime) -> bool:
        """Whether it was started, and neither finished nor run out of time."""
        if self.sitting is None or self.sitting.finished_at:
            return False
        return self.sitting.deadline is None or now <= self.sitting.deadline

    def turn(self, moment: datetime) -> Turn:
        """Whether its turn has come, where sections are sat one after the other."""
        if self.sitting is None:
            return Turn.LATER
        return Turn.NOW if self.runs(moment) else Turn.OVER

    def turn_of(self, question: AssessmentQuestion) -> Turn:
        """Whether the turn of a question of it has come, where their order is fixed."""
        place = self.questions.index(question)
        if not self.fixed or place == self.passed:
            return Turn.NOW
        return Turn.OVER if place < self.passed else Turn.LATER


@dataclass(frozen=True)
class Course:
    """An attempt with its parts in their order, and what was granted, the newest last."""

    attempt: Attempt
    parts: list[Part]
    granted: list[Accommodation]

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        """Load it: three queries, two where the assessment has no sections."""
        questions = attempt.asked()
        sectioned = any(question.section_id for question in questions)
        sittings = {each.section_id: each for each in attempt.sittings.all()} if sectioned else {}
        granted = Accommodation.objects.filter(invitation=attempt.invitation_id)
        return cls(attempt, list(_parts(questions, sittings)), list(granted))

    @cached_property
    def accommodation(self) -> Accommodation:
        return self.granted[-1] if self.granted else Accommodation()

    @property
    def untimed(self) -> bool:
        return self.accommodation.untimed

    @property
    def timed(self) -> bool:
        """Whether its sections have minutes of their own."""
        return any(part.section and part.section.minutes for part in self.parts)

    @property
    def sectioned(self) -> bool:
        return any(part.section for part in self.parts)

    @property
    def open(self) -> Part | None:
        """Where sections have clocks: the one that was started last and is not closed."""
        started = [part for part in self.parts if part.sitting and not part.over]
        return started[-1] if started and self.timed else None

    @property
    def ahead(self) -> list[Part]:
        """Where sections have clocks: those that were not started."""
        return [part for part in self.parts if part.sitting is None] if self.timed else []

    def running(self, now: datetime) -> Part | None:
        """The section whose own clock runs."""
        return self.open if self.open and self.open.runs(now) else None

    def turn(self, question: AssessmentQuestion, moment: datetime) -> Turn:
        """Whether `question` can be answered at that moment, as far as its section says."""
        part = self.part_of(question)
        turn = part.turn(moment) if self.timed else Turn.NOW
        return part.turn_of(question) if turn == Turn.NOW else turn

    def part_of(self, question: AssessmentQuestion) -> Part:
        return next(part for part in self.parts if question in part.questions)

    def part_at(self, number: int) -> Part | None:
        return next((part for part in self.parts if part.number == number), None)

    # Clocks --------------------------------------------------------------------------------------

    @property
    def whole(self) -> timedelta:
        """How long the one clock of all runs."""
        if self.untimed:
            return UNTIMED
        extra = timedelta(minutes=self.accommodation.extra_minutes)
        return self._stretched(self.attempt.version.minutes) + extra

    def length(self, part: Part) -> timedelta:
        """How long the clock of a section runs."""
        if part.section is None or part.section.minutes is None:
            return timedelta()
        return self._stretched(part.section.minutes) + self._extra[part.number]

    def deadline_at_start(self, part: Part, now: datetime) -> datetime | None:
        """When a section that starts now closes; None where nothing limits it."""
        return None if self.untimed else now + self.length(part)

    @property
    def rest_ends(self) -> datetime:
        """Where no section is open: when the next one starts by itself."""
        began = self._rest_began
        breaks = self.attempt.breaks.filter(started_at__gte=began)
        return began + REST + sum((each.length for each in breaks), timedelta())

    @property
    def end(self) -> datetime:
        """Where sections have clocks: when the attempt ends if its candidate does nothing more."""
        if self.untimed:
            return self.attempt.started_at + UNTIMED
        ahead = [REST + self.length(part) for part in self.ahead]
        if self.open and self.open.sitting and self.open.sitting.deadline:
            return self.open.sitting.deadline + sum(ahead, timedelta())
        return self.rest_ends - REST + sum(ahead, timedelta())

    @property
    def break_left(self) -> timedelta:
        """For how long the candidate may still stop the clock."""
        granted = timedelta(minutes=self.accommodation.break_minutes)
        if not granted or self.untimed:
            return timedelta()
        taken = sum((each.length for each in self.attempt.breaks.all()), timedelta())
        return max(timedelta(), granted - taken)

    @property
    def next_end(self) -> datetime:
        """When the next clock stops: the open section's, that of the rest, or the attempt's."""
        if self.timed and not self.untimed:
            if self.open and self.open.sitting and self.open.sitting.deadline:
                return min(self.open.sitting.deadline, self.attempt.deadline)
            if self.ahead:
                return min(self.rest_ends, self.attempt.deadline)
        return self.attempt.deadline

    def _stretched(self, minutes: int) -> timedelta:
        return timedelta(minutes=minutes) * (100 + self.accommodation.extra_percent) / 100

    @property
    def _rest_began(self) -> datetime:
        ends = [part.sitting.finished_at or part.sitting.deadline
                for part in self.parts if part.sitting]  # fmt: skip
        return max((end for end in ends if end), default=self.attempt.started_at)

    @cached_property
    def _extra(self) -> defaultdict[int, timedelta]:
        """The extra minutes by section, as they were granted one after the other.

        What is granted while a section is open is that section's. Anything else is spread over
        those that were still ahead, by their minutes.
        """
        found: defaultdict[int, timedelta] = defaultdict(timedelta)
        before = 0
        for row in self.granted:
            change = timedelta(minutes=row.extra_minutes - before)
            before = row.extra_minutes
            receivers = self._receivers(row.made_at)
            total = sum(minutes for _, minutes in receivers)
            for part, minutes in receivers:
                moved = found[part.number] + change * minutes / total
                found[part.number] = max(timedelta(), moved)
        return found

    def _receivers(self, moment: datetime) -> list[tuple[Part, int]]:
        """Who gets extra minutes that are granted at that moment, and in which proportion."""
        started = [part for part in self.parts if part.sitting and part.sitting.started_at < moment]
        if started and not _over_by(started[-1], moment):
            return [(started[-1], 1)]
        ahead = [part for part in self.parts if part not in started]
        return [(part, part.section.minutes) for part in ahead
                if part.section and part.section.minutes]  # fmt: skip


def _over_by(part: Part, moment: datetime) -> bool:
    finished_at = part.sitting.finished_at if part.sitting else None
    return finished_at is not None and finished_at < moment


def _parts(
    questions: Iterable[AssessmentQuestion], sittings: dict[int, SectionSitting]
) -> Iterator[Part]:
    grouped = groupby(questions, key=lambda question: question.section)
    for number, (section, group) in enumerate(grouped, start=1):
        sitting = sittings.get(section.pk) if section else None
        yield Part(number, section, list(group), sitting)
