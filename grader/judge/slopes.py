"""A gradient beside the slopes of the same candidate's loss, element by element."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.catalogue.task import Array
from grader.judge import wording
from grader.judge.factors import constant_ratio, plain
from grader.plan.gradients import STENCIL, central_differences
from grader.sandbox.call import Probe

ROWS = 24
# What differences of any smooth loss agree within; a candidate's inputs may lie anywhere.
RTOL, SINGLE_RTOL = 1e-4, 2e-3
ATOL = 1e-6  # times the largest slope
NOISE = 1e-9  # times the loss, or 1 where that is small
# The slopes of both sides of a kink are further apart than those of a curve.
JUMP = 10
AGREES, OFF, KINK, OPEN = "agrees", "off", "kink", "open"


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """Of a loss at some elements: the central one, and those to both sides."""

    central: Array
    near: Array
    left: Array
    right: Array


def slopes_of(probe: Probe, losses: Array, loss: float) -> Slopes:
    """Return the slopes from the losses of a probe and the loss in its middle."""
    x, f = probe.values.reshape(len(STENCIL), -1), losses.reshape(len(STENCIL), -1)
    middle = (x[0] + x[1]) / 2
    return Slopes(
        central_differences(probe.values, losses),
        (f[0] - f[1]) / (x[0] - x[1]),
        (loss - f[1]) / (middle - x[1]),
        (f[0] - loss) / (x[0] - middle),
    )


def gradient_preview(
    got: Array | None,
    shape: tuple[int, ...],
    elements: Array,
    probe: Probe | None,
    losses: Array,
    loss: float,
    *,
    single: bool,
) -> dict[str, Any]:
    """Return the table of one gradient as plain data for JSON.

        {"shape": "(3,)", "size": 3, "compared": 3, "off": 1, "kinks": 0, "says": SENTENCE,
         "rows": [{"index", "flat", "got", "numeric", "difference", "ratio", "state"}, ...]}

    `state` is "agrees", "off", "kink" (every slope between both sides is one), or "open" where
    there is nothing to compare. Of many elements those that are off come first, the worst ahead.

    Args:
        got: what `grad` returned, None where that is unusable.
        elements: the flat indices that were probed.
        single: some input has fewer digits than a float64, so less agreement is asked.
    """
    preview: dict[str, Any] = {"shape": str(shape), "size": int(np.prod(shape)), "rows": []}
    if probe is None or not elements.size:
        return preview | {"compared": 0, "off": 0, "kinks": 0, "says": ""}
    slopes = slopes_of(probe, losses, loss)
    claimed = np.full(elements.shape, np.nan) if got is None else got.reshape(-1)[elements]
    states = _states(claimed, slopes, loss, SINGLE_RTOL if single else RTOL)
    counts = {state: int((states == state).sum()) for state in (AGREES, OFF, KINK)}
    order = _order(claimed, slopes.central, states)
    if got is None and not np.isfinite(slopes.central).any():
        order = []
    rows = [_row(j, elements, shape, claimed, slopes.central, states, got) for j in order]
    return preview | {
        "rows": rows,
        "compared": sum(counts.values()),
        "off": counts[OFF],
        "kinks": counts[KINK],
        "says": "" if got is None else _says(claimed, slopes.central, states, got.shape),
    }


def _states(claimed: Array, slopes: Slopes, loss: float, rtol: float) -> Array:
    top = np.nanmax(np.abs(slopes.central), initial=0.0)
    room = rtol * np.abs(slopes.central) + ATOL * top + NOISE * max(1.0, abs(loss))
    agrees = np.abs(claimed - slopes.central) <= room
    # A kink that only the outer points have stepped over.
    agrees |= np.abs(claimed - slopes.near) <= room
    low, high = np.minimum(slopes.left, slopes.right), np.maximum(slopes.left, slopes.right)
    kink = (high - low > JUMP * room) & (claimed >= low - room) & (claimed <= high + room)
    states = np.where(agrees, AGREES, np.where(kink, KINK, OFF))
    known = np.isfinite(slopes.central) & ~np.isnan(np.full(claimed.shape, loss))
    return np.where(known, states, OPEN)


def _order(claimed: Array, numeric: Array, states: Array) -> list[int]:
    """Return which elements are shown: all in turn, or of many the worst."""
    if claimed.size <= ROWS:
        return list(range(claimed.size))
    error = np.abs(claimed - numeric)
    error = np.where(np.isfinite(error), error, np.inf)
    rank = np.where(states == OFF, 0, np.where(states == OPEN, 1, np.where(states == KINK, 2, 3)))
    return [int(j) for j in np.lexsort((-error, rank))[:ROWS]]


def _row(
    j: int,
    elements: Array,
    shape: tuple[int, ...],
    claimed: Array,
    numeric: Array,
    states: Array,
    got: Array | None,
) -> dict[str, Any]:
    flat, slope = int(elements[j]), float(numeric[j])
    mine = None if got is None else float(claimed[j])
    index = tuple(int(i) for i in np.unravel_index(flat, shape)) if shape else ()
    known = mine is not None and np.isfinite(mine) and np.isfinite(slope)
    return {
        "index": wording.ordinal_index(index),
        "flat": flat,
        "got": None if mine is None else wording.json_number(mine),
        "numeric": wording.json_number(slope) if np.isfinite(slope) else None,
        "difference": _finite(mine - slope) if mine is not None and known else None,
        "ratio": _finite(mine / slope) if mine is not None and known and slope else None,
        "state": str(states[j]) if mine is not None else OPEN,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _says(claimed: Array, numeric: Array, states: Array, shape: tuple[int, ...]) -> str:
    """Return one sentence on the whole of it."""
    if not np.isfinite(claimed).all():
        count = int((~np.isfinite(claimed)).sum())
        return f"`grad` is not finite at {wording.plural(count, 'element')}."
    if (states == OPEN).all():
        return "Your loss has no slope here that could be measured."
    off = int((states == OFF).sum())
    if not off:
        return "`grad` is the slope of your loss."
    ratio = constant_ratio(claimed, numeric, near=RTOL) if claimed.size > 1 else None
    if ratio is None or not 1e-12 < abs(ratio) < 1e12:
        verb = "differs" if off == 1 else "differ"
        return f"{wording.plural(off, 'element')} of `grad` {verb} from the slope of your loss."
    times = f"{_about(ratio)} times the slope of your loss"
    return f"Every element of `grad` is {times}{_why(ratio, shape)}."


def _about(ratio: float) -> str:
    """Differences have few digits: a ratio that is nearly a plain one is that."""
    for nice in (ratio, 1 / ratio):
        whole = round(nice)
        if whole and abs(nice - whole) <= 10 * RTOL * abs(whole):
            return plain(float(whole) if nice is ratio else 1.0 / whole)
    return f"{ratio:.4g}"


def _why(ratio: float, shape: tuple[int, ...]) -> str:
    size = int(np.prod(shape))
    if abs(ratio + 1) <= 10 * RTOL:
        return ": their signs differ"
    if size > 2 and min(abs(ratio / size - 1), abs(ratio * size - 1)) <= 10 * RTOL:
        return ": one of them adds up where the other takes the mean"
    return ""
