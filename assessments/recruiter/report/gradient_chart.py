"""A gradient as bars: for each element what came back, beside what is right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

HEIGHT, STEP = 200, 30
BAR = 12
# Even a zero is to be seen.
LEAST = 1.5


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle in the chart's own units; `kind` is "got" or "expected"."""

    kind: str
    title: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class GradientChart:
    """The bars of a gradient, the height of its zero line, and how many bars can't be drawn."""

    bars: tuple[Bar, ...]
    zero: float
    left_out: int
    width: int
    height: int = HEIGHT


def gradient_chart(rows: Sequence[Mapping[str, Any]]) -> GradientChart | None:
    """Return the chart of a check's gradient; None where it has none.

    The scale is that of the largest finite number, up and down alike where there are both signs.
    """
    if not rows:
        return None
    told = [(i, kind, row) for i, row in enumerate(rows) for kind in ("got", "expected")]
    finite = [(i, kind, row) for i, kind, row in told if _is_finite(row.get(kind))]
    largest = max((abs(row[kind]) for _, kind, row in finite), default=0.0) or 1.0
    shares = [row[kind] / largest for _, kind, row in finite]
    high, low = max([0.0, *shares]), min([0.0, *shares])
    unit = HEIGHT / ((high - low) or 1.0)
    bars = tuple(
        _bar(i, kind, row, share * unit, high * unit)
        for (i, kind, row), share in zip(finite, shares, strict=True)
    )
    return GradientChart(bars, _round(high * unit), len(told) - len(finite), STEP * len(rows))


def _is_finite(number: object) -> bool:
    return isinstance(number, int | float) and isfinite(number)


def _bar(place: int, kind: str, row: Mapping[str, Any], length: float, zero: float) -> Bar:
    height = max(LEAST, abs(length))
    top = min(zero - max(length, 0.0), HEIGHT - height)
    x = place * STEP + 2 + (BAR + 1) * (kind == "expected")
    title = f"{row.get('index', '')} {kind} {row[kind]:.6g}"
    return Bar(kind, title, x, _round(top), BAR, _round(height))


def _round(number: float) -> float:
    return round(number, 2)
