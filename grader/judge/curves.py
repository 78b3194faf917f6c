"""Loss and slope along a line: a candidate's numbers beside the reference's, for a picture."""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from grader.catalogue.task import Array, Curve, Task
from grader.judge.truth import Truths
from grader.plan.curves import points
from grader.sandbox.outcome import Result, Returned

# Half the way over which the direction of a line is measured, as a share of its range.
STEP = 2.0**-20
DIGITS = 6
# Two numbers of a kink are one: they were rounded.
SAME = 1e-5

Numbers = list[float | None]
Drawn = dict[str, Numbers]
Arrays = tuple[Array, ...]


def curves(task: Task, results: Sequence[Result]) -> list[dict[str, Any]]:
    """Return the curves of `task` as plain data for JSON.

        {"title", "axis", "x": [...], "kinks": [...], "expected": DRAWN, "got": DRAWN or null}

    where DRAWN is {"loss": [...], "grad": [...]}, one number a point of x with six digits, and
    null where there is none: where the loss is not finite or the code gave nothing usable. "grad"
    is the slope along the axis, and null at kinks, where every slope between both sides is right.

    Args:
        results: of the calls of `curve_calls`, in their order; empty where they were not made.
    """
    drawn, place = [], 0
    for curve, expected in zip(task.curves, reference_curves(task), strict=True):
        count = len(points(curve)) * len(task.functions)
        own = results[place : place + count]
        place += count
        drawn.append({**_frame(curve), "expected": expected, "got": _got(task, curve, own)})
    return drawn


@lru_cache(maxsize=128)
def reference_curves(task: Task) -> tuple[Drawn, ...]:
    """Return what is right along each curve."""
    with np.errstate(all="ignore"):
        return tuple(_expected(task, curve) for curve in task.curves)


def _frame(curve: Curve) -> dict[str, Any]:
    return {
        "title": curve.title,
        "axis": curve.axis,
        "x": list(points(curve)),
        "kinks": list(curve.kinks),
    }


def _expected(task: Task, curve: Curve) -> Drawn:
    truths, losses, slopes = Truths(task), [], []
    for x in points(curve):
        arguments, parameters = truths.inputs(curve.at(x))
        losses.append(_number(np.asarray(task.reference(*arguments, **parameters))))
        parts = task.gradient(*arguments, **parameters) if task.gradient else None
        slopes.append(_slope(task, curve, x, parts))
    return {"loss": losses, "grad": slopes}


def _got(task: Task, curve: Curve, results: Sequence[Result]) -> Drawn | None:
    if not any(isinstance(result, Returned) for result in results):
        return None
    step = len(task.functions)
    with np.errstate(all="ignore"):
        losses = [_number(*values) if (values := _values(r)) else None for r in results[::step]]
        slopes: Numbers = [None] * len(losses)
        if task.gradient is not None:
            pairs = zip(points(curve), results[1::step], strict=True)
            slopes = [_slope(task, curve, x, _values(result)) for x, result in pairs]
    return {"loss": losses, "grad": slopes}


def _values(result: Result) -> Arrays | None:
    return result.values if isinstance(result, Returned) else None


def _number(*values: Array) -> float | None:
    """The one loss or score of a result."""
    return rounded(float(values[0].reshape(()))) if [v.size for v in values] == [1] else None


def _slope(task: Task, curve: Curve, x: float, gradient: Iterable[Array] | None) -> float | None:
    """The derivative along the axis: the gradient times the direction in which inputs move."""
    span = curve.high - curve.low
    if gradient is None or any(abs(x - kink) <= SAME * span for kink in curve.kinks):
        return None
    parts = [np.asarray(part, dtype=float) for part in gradient]
    directions = _directions(task, curve, x, STEP * span)
    if [part.shape for part in parts] != [way.shape for way in directions]:
        return None
    pairs = zip(parts, directions, strict=True)
    # Where nothing moves, an infinite slope is of no matter.
    return rounded(sum(float(np.sum(part[way != 0] * way[way != 0])) for part, way in pairs))


def _directions(task: Task, curve: Curve, x: float, step: float) -> list[Array]:
    ahead, behind = curve.at(x + step).arguments, curve.at(x - step).arguments
    return [(ahead[i] - behind[i]) / (2 * step) for i in task.differentiated]


def rounded(value: float) -> float | None:
    """Return six digits of a finite number: JSON has no other, and a picture needs no more."""
    return float(f"{value:.{DIGITS}g}") + 0.0 if math.isfinite(value) else None
