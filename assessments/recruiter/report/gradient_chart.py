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
    numbers = [float(row[kind]) for _, kind, row in finite]
    high, low = max([0.0, *numbers]), min([0.0, *numbers])
    unit = HEIGHT / ((high - low) or 1.0)
    bars = tuple(_bar(i, kind, row, high, unit) for i, kind, row in finite)
    return GradientChart(bars, _round(high * unit), len(told) - len(finite), STEP * len(rows))


def _is_finite(number: object) -> bool:
    return isinstance(number, int | float) and isfinite(number)


def _bar(place: int, kind: str, row: Mapping[str, Any], high: float, unit: float) -> Bar:
    number = float(row[kind])
    height = max(LEAST, abs(number) * unit)
    top = (high - max(number, 0.0)) * unit
    x = place * STEP + 2 + (BAR + 1) * (kind == "expected")
    title = f"{row.get('index', '')} {kind} {number:.6g}"
    return Bar(kind, title, x, _round(min(top, HEIGHT - height)), BAR, _round(height))


def _round(number: float) -> float:
    return round(number, 2)
