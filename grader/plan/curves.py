"""The points of a task's curves, and the calls that draw a candidate's."""

from functools import lru_cache

import numpy as np

from grader.catalogue.task import Curve, Task
from grader.sandbox.call import Call

POINTS = 33
# How near to a kink its slopes are shown, as a share of the range.
BESIDE = 1e-3
DIGITS = 6


@lru_cache(maxsize=128)
def curve_calls(task: Task) -> tuple[Call, ...]:
    """Return the calls for every curve of `task`: at each point each function of the task."""
    cases = [curve.at(x) for curve in task.curves for x in points(curve)]
    return tuple(
        Call(function, case.arguments, case.parameters)
        for case in cases
        for function in task.functions
    )


@lru_cache(maxsize=256)
def points(curve: Curve) -> tuple[float, ...]:
    """Return the numbers at which a curve is drawn, in order: evenly, and close around kinks."""
    span = curve.high - curve.low
    near = [kink + side * BESIDE * span for kink in curve.kinks for side in (-1, 0, 1)]
    even = [
        x
        for x in np.linspace(curve.low, curve.high, POINTS).tolist()
        if all(abs(x - kink) > BESIDE * span for kink in curve.kinks)
    ]
    inside = (x for x in (*even, *near) if curve.low <= x <= curve.high)
    return tuple(sorted({float(f"{x:.{DIGITS}g}") for x in inside}))
