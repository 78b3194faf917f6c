"""The likely cause of a wrong gradient, from its elements."""

from collections.abc import Callable

import numpy as np

from grader.catalogue.task import Array, Task
from grader.judge.comparison import wrong_elements
from grader.judge.factors import NEAR, SLIGHTLY, constant_ratio, named, plain, relative_error, sizes
from grader.judge.truth import Truth
from grader.judge.wording import ordinal_index
from grader.plan.check import Check


def explain_gradient(check: Check, task: Task, got: Array, truth: Truth) -> str:
    """Return a sentence that names one wrong element, both numbers, their ratio and the cause."""
    wrong = wrong_elements(got, truth)
    if not wrong.any():
        return "It lies outside of the right interval at a kink."
    at = _worst(got, truth, wrong)
    g, e = float(got[at]), float(truth.expected[at])
    name = task.arguments[task.differentiated[check.part]].name
    label = "grad" if len(task.differentiated) == 1 else f"grad of {name}"
    ratio = f" (ratio {plain(g / e)})" if e and np.isfinite(g) else ""
    element = f"{label}{ordinal_index(at)} is {g:.7g}, expected {e:.7g}{ratio}."
    cause = likely_cause(check, task, got, truth, wrong)
    return f"{element} {cause}" if cause else element


def _worst(got: Array, truth: Truth, wrong: Array) -> tuple[int, ...]:
    """Return the index of the largest error; NaN and infinity are larger than any."""
    error = np.where(wrong, np.abs(got - truth.expected), -1.0)
    error[wrong & ~np.isfinite(error)] = np.inf
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(error)), got.shape))


def likely_cause(check: Check, task: Task, got: Array, truth: Truth, wrong: Array) -> str | None:
    """Return the cause of a wrong gradient as a sentence; None where none fits."""
    expected = truth.expected
    if not np.isfinite(got).all():
        return _not_finite(got)
    if not got.any():
        return "It is zero everywhere."
    ratio = constant_ratio(got, expected)
    if ratio is not None and got.size > 1:
        return _constant(ratio, check, task, relative_error(got, expected, wrong))
    for cause in CAUSES:
        sentence = cause(got, expected, wrong)
        if sentence:
            return sentence
    return None


def _not_finite(got: Array) -> str:
    count = int((~np.isfinite(got)).sum())
    word = "NaN" if np.isnan(got).any() else "infinite"
    return f"It is {word} at {count} of {got.size} elements."


def _constant(ratio: float, check: Check, task: Task, error: float) -> str | None:
    if abs(ratio - 1) < 1e-3 and not np.isfinite(error):
        return None
    if abs(ratio - 1) < 1e-3:
        return f"It is off by up to a relative {error:.1e}: {SLIGHTLY}."
    factor = named(ratio, sizes(task, check.case))
    cause = f": {factor.meaning}" if factor else ""
    return f"Every element is {plain(ratio)} times the right one{cause}."


def _signs(got: Array, expected: Array, wrong: Array) -> str | None:
    if np.abs(np.abs(got) - np.abs(expected)).max() > NEAR * np.abs(expected).max():
        return None
    return f"The magnitudes are right, but {_count(wrong)} have the wrong sign."


def _transposed(got: Array, expected: Array, wrong: Array) -> str | None:
    if got.ndim != 2 or got.shape[0] != got.shape[1]:
        return None
    if np.abs(got - expected.T).max() > NEAR * np.abs(expected).max():
        return None
    return "It is the transpose of the right gradient."


def _offset(got: Array, expected: Array, wrong: Array) -> str | None:
    difference = got - expected
    if got.size < 3 or np.ptp(difference) > NEAR * np.abs(difference).max():
        return None
    return f"Every element is too large by {float(difference.mean()):.7g}."


def _zeroed(got: Array, expected: Array, wrong: Array) -> str | None:
    if wrong.all() or got[wrong].any():
        return None
    return f"It is zero at {_count(wrong)} where it should not be."


def _some(got: Array, expected: Array, wrong: Array) -> str | None:
    if wrong.sum() < 2 or wrong.all():
        return None
    ratio = constant_ratio(got[wrong], expected[wrong])
    if ratio is None:
        return None
    return f"Only {_count(wrong)} are wrong, each {plain(ratio)} times the right one."


def _count(wrong: Array) -> str:
    return f"{int(wrong.sum())} of {wrong.size} elements"


CAUSES: tuple[Callable[[Array, Array, Array], str | None], ...] = (
    _signs,
    _transposed,
    _offset,
    _zeroed,
    _some,
)
