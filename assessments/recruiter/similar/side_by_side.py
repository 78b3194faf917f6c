"""A pair of similar submissions, as a page shows it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Min

from assessments.actions.fingerprinting import known_of
from assessments.models import Attempt, CodeSnapshot, SimilarPair, Submission
from assessments.recruiter.similar.marking import MarkedLine, Stretch, marked_lines
from assessments.similarity.comparison import Code, code_of, compare


@dataclass(frozen=True, slots=True)
class Part:
    """What both share at one place each: first and last line on either side, and its tokens."""

    number: int
    first: tuple[int, int]
    second: tuple[int, int]
    tokens: int


@dataclass(frozen=True, slots=True)
class Side:
    """One of both: whose code it is, when it was written, and its lines."""

    name: str
    submission: Submission
    lines: tuple[MarkedLine, ...]
    own: int
    began: datetime | None
    ended: datetime | None

    @property
    def attempt(self) -> Attempt:
        found = self.submission.attempt
        if found is None:
            raise ValueError("Only code of an attempt is compared.")
        return found

    @property
    def took(self) -> timedelta | None:
        """From the first change of the starter to the last that is kept."""
        return self.ended - self.began if self.began and self.ended else None


@dataclass(frozen=True, slots=True)
class SideBySide:
    sides: tuple[Side, Side]
    parts: tuple[Part, ...]
    shared: int
    length: int
    similarity: float

    @property
    def erased(self) -> bool:
        """Whether the code of one is gone, so that there is nothing left to compare."""
        return any(not side.submission.source for side in self.sides)


def side_by_side(pair: SimilarPair) -> SideBySide:
    """Compare both once more, and return what they share.

    What was common among all submissions when the pair was found is not taken off again: a person
    who looks sees all that is equal but what starter and usual solutions have.
    """
    both = (pair.first, pair.second)
    known = known_of(pair.second)
    first, second = (code_of(each.source, known) for each in both)
    found = compare(first, second)
    stretches: tuple[list[Stretch], list[Stretch]] = ([], [])
    parts = []
    for number, tile in enumerate(found.tiles, start=1):
        here = _stretch(first, number, tile.first, tile.length)
        there = _stretch(second, number, tile.second, tile.length)
        stretches[0].append(here)
        stretches[1].append(there)
        lines = (_lines(pair.first.source, here), _lines(pair.second.source, there))
        parts.append(Part(number, *lines, tile.length))
    written = [_written(each) for each in both]
    sides = (
        _side("first", pair.first, first, stretches[0], written[0]),
        _side("second", pair.second, second, stretches[1], written[1]),
    )
    return SideBySide(sides, tuple(parts), found.shared, found.length, found.similarity)


Written = tuple[datetime | None, datetime | None]


def _side(
    name: str, submission: Submission, code: Code, stretches: list[Stretch], written: Written
) -> Side:
    lines = marked_lines(submission.source, stretches)
    return Side(name, submission, lines, code.length, *written)


def _stretch(code: Code, number: int, start: int, length: int) -> Stretch:
    tokens = code.tokens[start : start + length]
    return Stretch(number, tokens[0].start, tokens[-1].stop)


def _lines(source: str, stretch: Stretch) -> tuple[int, int]:
    first = source.count("\n", 0, stretch.start) + 1
    return first, first + source.count("\n", stretch.start, stretch.stop)


def _written(submission: Submission) -> Written:
    """When the code began to grow, and when it last did; nothing where no growth is kept."""
    grown = CodeSnapshot.objects.filter(attempt=submission.attempt, question=submission.question)
    found = grown.aggregate(began=Min("at"), ended=Max("at"))
    return found["began"], found["ended"]
