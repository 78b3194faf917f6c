"""Histograms as numbers for a picture: columns, a mark, and the labels of an axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import Q

# Of fewer, a picture of a distribution tells of persons.
FEWEST = 5
# Of fewer, narrow columns would show chance.
COARSE = 20
WIDTH, HEIGHT, GAP = 360, 120, 2
# The minutes that a column may be wide, and how many columns there are at the most.
_STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 240)
_MOST = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """From `low` to below `high`; the last one holds its upper end as well."""

    low: float
    high: float
    last: bool = False

    def holds(self, field: str, unit: Any = 1) -> Q:
        """The condition that `field` lies in it, in so many of `unit`."""
        above = Q(**{f"{field}__gte": self.low * unit})
        return above if self.last else above & Q(**{f"{field}__lt": self.high * unit})


@dataclass(frozen=True, slots=True)
class Column:
    x: float
    y: float
    width: float
    height: float
    title: str
    number: int
    # Whether everything in it reaches the pass mark.
    passes: bool = False

    @property
    def middle(self) -> float:
        """How far its middle is from its edge."""
        return round(self.width / 2, 1)


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """Columns over an axis; `mark` is where a line stands, None where there is none."""

    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    mark: float | None = None
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def highest(self) -> int:
        return max((column.number for column in self.columns), default=0)


def score_bins(*, coarse: bool) -> list[Bin]:
    """Ten columns of ten points, or five of twenty."""
    number = 5 if coarse else 10
    # Written as shares of whole numbers: 0.1 * 3 is not 0.3.
    edges = [at / number for at in range(number + 1)]
    return _bins(edges)


def time_bins(minutes: int, *, coarse: bool) -> list[Bin]:
    """Columns of whole minutes, up to all the time there is."""
    most = 5 if coarse else _MOST
    step = next((each for each in _STEPS if minutes <= each * most), -(-minutes // most))
    number = -(-minutes // step)
    # The last one ends where the time does.
    return _bins([min(at * step, minutes) for at in range(number + 1)])


def _bins(edges: Sequence[float]) -> list[Bin]:
    last = len(edges) - 2
    return [Bin(low, high, at == last) for at, (low, high) in enumerate(pairwise(edges))]


def histogram_of_scores(bins: Sequence[Bin], counts: Sequence[int], mark: float) -> Histogram:
    titles = [f"{each.low * 100:.0f} to {each.high * 100:.0f} %" for each in bins]
    passes = [each.low >= mark for each in bins]
    ticks = [(0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %")]
    return Histogram(
        _columns(counts, titles, passes),
        tuple(Tick(round(share * WIDTH, 1), label) for share, label in ticks),
        round(mark * WIDTH, 1),
    )


def histogram_of_times(bins: Sequence[Bin], counts: Sequence[int]) -> Histogram:
    titles = [f"{each.low:.0f} to {each.high:.0f} min" for each in bins]
    wide = WIDTH / len(bins)
    ends = [(0.0, f"{bins[0].low:.0f} min"), (float(WIDTH), f"{bins[-1].high:.0f} min")]
    middle = len(bins) // 2
    between = [(middle * wide, f"{bins[middle].low:.0f}")] if len(bins) > 2 else []
    ticks = [ends[0], *between, ends[1]]
    return Histogram(
        _columns(counts, titles, [False] * len(bins)),
        tuple(Tick(round(x, 1), label) for x, label in ticks),
    )


def _columns(
    counts: Sequence[int], titles: Sequence[str], passes: Sequence[bool]
) -> tuple[Column, ...]:
    wide, most = WIDTH / len(counts), max(*counts, 1)
    return tuple(
        Column(
            x=round(at * wide + GAP / 2, 1),
            y=round(HEIGHT * (1 - number / most), 1),
            width=round(wide - GAP, 1),
            height=round(HEIGHT * number / most, 1),
            title=title,
            number=number,
            passes=passing,
        )
        for at, (number, title, passing) in enumerate(zip(counts, titles, passes, strict=True))
    )
