"""How code grew, text by text: pure functions of the changes that snapshots keep.

A change is (from, to, text): the characters from `from` up to `to` became `text`. Characters are
Unicode's, as Python counts them. The changes of one step go from the last place to the first, so
that none moves the places of those that follow it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

Change = tuple[int, int, str]


class DoesNotApply(ValueError):
    """Changes that reach beyond the text, or are not in order."""


class Step(NamedTuple):
    """What changed at once, and when."""

    at: datetime
    changes: Sequence[Change]


class Frame(NamedTuple):
    """The whole text as it stood from `at` on."""

    at: datetime
    text: str


class Kept(Protocol):
    """A snapshot, as it is stored."""

    at: datetime
    changes: Sequence[Sequence[object]]


def applied(text: str, changes: Iterable[Change]) -> str:
    """Return `text` after `changes`; raise DoesNotApply."""
    end = len(text)
    for start, stop, inserted in changes:
        if not 0 <= start <= stop <= end:
            raise DoesNotApply(f"{start} to {stop} is not within {end}")
        text = text[:start] + inserted + text[stop:]
        end = start
    return text


def difference(before: str, after: str) -> list[Change]:
    """Return the one change that makes `after` of `before`, none where they are equal."""
    if before == after:
        return []
    start = _shared(before, after)
    end = _shared(before[start:][::-1], after[start:][::-1])
    return [(start, len(before) - end, after[start : len(after) - end])]


def grown(before: str, after: str, steps: Sequence[Step], at: datetime) -> list[Step]:
    """Return `steps` where they lead from `before` to `after`, else one step at `at` that does."""
    text = before
    try:
        for step in steps:
            text = applied(text, step.changes)
    except DoesNotApply:
        text = before
    if steps and text == after:
        return [step for step in steps if step.changes]
    changes = difference(before, after)
    return [Step(at, changes)] if changes else []


def replay(starter: str, snapshots: Iterable[Kept]) -> Iterator[Frame]:
    """Yield the text after each of `snapshots`, which are in order, the first a change of
    `starter`. The last text is the stored answer, unless more grew than is kept.
    """
    text = starter
    for snapshot in snapshots:
        text = applied(text, snapshot.changes)  # type: ignore[arg-type]
        yield Frame(snapshot.at, text)


def _shared(one: str, other: str) -> int:
    """Return how many characters both begin with, halving what is still to be compared."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
