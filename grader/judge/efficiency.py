"""Efficiency: CPU time on large arrays as a ratio to the reference in the same sandbox."""

import math

from grader.catalogue.task import Array
from grader.judge.comparison import compare
from grader.judge.evidence import Evidence, Finding, describe, failed, trouble
from grader.judge.truth import Truth
from grader.plan.check import Check
from grader.sandbox.outcome import NotRun, Returned

# Up to this many times the yardstick's CPU time earns full credit: another vectorised style
# costs 1 to 4 times, a loop over the rows of a matrix some 10, a loop over elements 50 and more.
FULL = 10.0
NONE = 100.0  # and from here on none; in between credit falls with the logarithm
# The yardstick counts as at least this long, which a quarter of all functions do not take: shorter
# calls measure the clock and the caches. A loop over elements takes some milliseconds at any rate.
SHORTEST = 2.5e-4
LOOKED_AT = 2000  # elements of a large result that are compared


def ratio(candidate: float, yardstick: float) -> float:
    """Return how many times the yardstick's CPU seconds the candidate took."""
    return candidate / max(yardstick, SHORTEST)


def credit(times: float) -> float:
    """Return 1 up to FULL times the yardstick, 0 from NONE times, the logarithm in between."""
    if not times > FULL:
        return 1.0
    return max(0.0, 1 - math.log(times / FULL) / math.log(NONE / FULL))


def judge_fast(check: Check, evidence: Evidence) -> Finding:
    """Pass where the result on large arrays is right and took at most FULL times the yardstick."""
    expected = f"at most {FULL:g} times the reference"
    result = evidence.result(check)
    if sentence := _unanswered(check, evidence):
        return failed(check, expected, describe(result), sentence)
    if not _right(check, evidence):
        sentence = f"`{check.function}` is wrong on large arrays."
        return failed(check, expected, "a wrong result", sentence)
    times = _times(check, evidence)
    got = f"{times:.2g} times the reference"
    if times <= FULL:
        return Finding(check, True, expected, got)
    detail = f"`{check.function}` takes {times:.0f} times the CPU time of vectorised NumPy: {LOOP}"
    return Finding(check, False, expected, got, detail, credit=credit(times))


LOOP = "a Python loop over elements, or an array much larger than the inputs, would explain it."


def _unanswered(check: Check, evidence: Evidence) -> str | None:
    result = evidence.result(check)
    if isinstance(result, NotRun):
        return f"`{check.function}` was too slow on large arrays. {evidence.outcome.detail}".strip()
    return trouble(evidence, check, result)


def _right(check: Check, evidence: Evidence) -> bool:
    result = evidence.result(check)
    if not isinstance(result, Returned):
        return False
    if check.function != "grad":
        truths: tuple[Truth, ...] = (evidence.truths.value(check.case),)
    else:
        truths = evidence.truths.gradient(check.case)
    return len(result.values) == len(truths) and all(
        values.shape == truth.expected.shape and compare(*_thinned(values, truth)).passed
        for values, truth in zip(result.values, truths, strict=True)
    )


def _thinned(values: Array, truth: Truth) -> tuple[Array, Truth]:
    """Return evenly spaced elements of both: the other families have looked at every element."""
    if values.size <= LOOKED_AT:
        return values, truth
    step = values.size // LOOKED_AT
    expected = truth.expected.reshape(-1)[::step]
    return values.reshape(-1)[::step], Truth.of(expected, truth.rtol, truth.atol)


def _times(check: Check, evidence: Evidence) -> float:
    """Return the ratio to the yardstick; a time that could not be read costs nothing."""
    pace = evidence.paces.get(check.function)
    return 0.0 if pace is None else ratio(pace.candidate, pace.yardstick)
