"""Comparing what a candidate returned with the truth."""

from dataclasses import dataclass

import numpy as np

from grader.catalogue.task import Array
from grader.judge.truth import Truth


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether an answer is near enough, and what share of the tolerance its worst element took."""

    passed: bool
    share: float


EXACT = Comparison(True, 0.0)
WRONG = Comparison(False, np.inf)


def compare(got: Array, truth: Truth) -> Comparison:
    """Hold `got` against the truth, elementwise on exactly the same shape.

        passed  <=>  isfinite(got) and |got - expected| <= atol + rtol * |expected|, everywhere

    NaN and infinity fail, except that an infinity is right where the truth is the same infinity
    and a NaN where the truth is NaN (a score of a row that holds one).
    """
    expected = truth.expected
    if got.shape != expected.shape:
        return WRONG
    if got.ndim == 0:
        return _compare_number(float(got), float(expected), truth)
    finite = np.isfinite(expected)
    if finite.all():
        return _compare_finite(got, expected, truth)
    if not np.array_equal(got[~finite], expected[~finite], equal_nan=True):
        return WRONG
    return _compare_finite(got[finite], expected[finite], truth)


def _compare_number(got: float, expected: float, truth: Truth) -> Comparison:
    if not np.isfinite(expected):
        return EXACT if got == expected or (got != got and expected != expected) else WRONG
    error, tolerance = abs(got - expected), truth.atol + truth.rtol * abs(expected)
    passed = bool(np.isfinite(got)) and error <= tolerance
    return Comparison(passed, error / tolerance if tolerance > 0 else 0.0)


def _compare_finite(got: Array, expected: Array, truth: Truth) -> Comparison:
    error = np.abs(got - expected)
    tolerance = truth.atol + truth.rtol * np.abs(expected)
    passed = bool(np.isfinite(got).all()) and bool((error <= tolerance).all())
    if not passed:
        return WRONG
    # Where nothing is tolerated and nothing is wrong, 0 / 0 is no share.
    return Comparison(True, float(np.max(error / np.maximum(tolerance, 1e-300), initial=0.0)))


def wrong_elements(got: Array, truth: Truth) -> Array:
    """Return a mask of the elements that fail; `got` has the truth's shape."""
    expected = truth.expected
    error = np.abs(got - expected)
    near = np.isfinite(got) & (error <= truth.atol + truth.rtol * np.abs(expected))
    right: Array = near | (got == expected) | (np.isnan(got) & np.isnan(expected))
    return ~right


def within(got: Array, low: Array, high: Array, truth: Truth) -> bool:
    """Tell whether every element is finite and in its interval, widened by the tolerance."""
    room_low = truth.atol + truth.rtol * np.abs(np.where(np.isfinite(low), low, 0.0))
    room_high = truth.atol + truth.rtol * np.abs(np.where(np.isfinite(high), high, 0.0))
    inside = (got >= low - room_low) & (got <= high + room_high)
    return bool((np.isfinite(got) & inside).all())
