"""Comparing what a candidate returned with the truth."""

import math
from dataclasses import dataclass

import numpy as np

from grader.catalogue.task import Array
from grader.judge.truth import Truth


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether an answer is near enough, and what share of the tolerance its worst element took.

    The share of a number that is very near may be that of the relative tolerance alone, which is
    never less than the share of both.
    """

    passed: bool
    share: float


# A share of the relative tolerance alone that is not worth a closer look.
SURE = 0.25
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
    if truth.finite:
        return _compare_finite(got, expected, truth.tolerance)
    finite = np.isfinite(expected)
    if not np.array_equal(got[~finite], expected[~finite], equal_nan=True):
        return WRONG
    return _compare_finite(got[finite], expected[finite], truth.tolerance[finite])


def _compare_number(got: float, expected: float, truth: Truth) -> Comparison:
    if not math.isfinite(expected):
        return EXACT if got == expected or (got != got and expected != expected) else WRONG
    error = abs(got - expected)
    # The absolute part only widens the tolerance: most answers pass without computing it.
    relative = truth.rtol * abs(expected)
    if not truth.is_settled and error <= SURE * relative:
        return Comparison(True, error / relative if error else 0.0)
    tolerance = float(truth.tolerance)
    return Comparison(math.isfinite(got) and error <= tolerance, error / tolerance)


def _compare_finite(got: Array, expected: Array, tolerance: Array) -> Comparison:
    shares = np.abs(got - expected) / tolerance
    # NaN and infinity are no share: the largest is NaN or infinite where any element is.
    worst = float(np.max(shares, initial=0.0))
    return Comparison(worst <= 1.0, worst)


def wrong_elements(got: Array, truth: Truth) -> Array:
    """Return a mask of the elements that fail; `got` has the truth's shape."""
    expected = truth.expected
    near = np.isfinite(got) & (np.abs(got - expected) <= truth.tolerance)
    right: Array = near | (got == expected) | (np.isnan(got) & np.isnan(expected))
    return ~right


def within(got: Array, low: Array, high: Array, truth: Truth) -> bool:
    """Tell whether every element is finite and in its interval, widened by the tolerance."""
    room_low = truth.atol + truth.rtol * np.abs(np.where(np.isfinite(low), low, 0.0))
    room_high = truth.atol + truth.rtol * np.abs(np.where(np.isfinite(high), high, 0.0))
    inside = (got >= low - room_low) & (got <= high + room_high)
    return bool((np.isfinite(got) & inside).all())
