"""What is near enough: exactly |d| <= atol + rtol |expected|, finite, on the same shape."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from grader.judge.comparison import compare, within, wrong_elements
from grader.judge.truth import Truth

X = np.array([0.5, -2.0, 3.0])
FINITE = st.floats(-1e6, 1e6)


def truth(expected, rtol=1e-6, atol=0.0):
    return Truth.of(np.asarray(expected, dtype=float), rtol, atol)


@pytest.mark.parametrize(
    ("claimed", "passed"),
    [
        pytest.param(X, True, id="exact"),
        pytest.param(X * (1 + 5e-7), True, id="within the tolerance"),
        pytest.param(X * (1 + 2e-6), False, id="outside the tolerance"),
        pytest.param(-X, False, id="wrong sign"),
        pytest.param(2 * X, False, id="forgot one half"),
        pytest.param(X[:2], False, id="wrong shape"),
        pytest.param(X[:, None], False, id="a column"),
        pytest.param(np.array(0.5), False, id="one number"),
        pytest.param(np.empty(0), False, id="empty"),
        pytest.param(np.array([0.5, np.nan, 3.0]), False, id="one NaN"),
        pytest.param(np.array([0.5, np.inf, 3.0]), False, id="one infinity"),
        pytest.param(np.full(3, np.nan), False, id="all NaN"),
    ],
)
def test_only_the_gradient_itself_passes(claimed, passed):
    assert compare(claimed, truth(X)).passed is passed


@pytest.mark.parametrize(
    ("got", "expected", "passed"),
    [
        pytest.param(np.inf, np.inf, True, id="the same infinity"),
        pytest.param(-np.inf, np.inf, False, id="the other infinity"),
        pytest.param(1e308, np.inf, False, id="a large number for infinity"),
        pytest.param(np.nan, np.inf, False, id="NaN for infinity"),
        pytest.param(np.inf, 1.0, False, id="infinity for a number"),
        pytest.param(np.nan, 1.0, False, id="NaN for a number"),
        pytest.param(np.nan, np.nan, True, id="NaN for NaN"),
        pytest.param(0.0, np.nan, False, id="a number for NaN"),
        pytest.param(0.0, 0.0, True, id="zero for zero without any tolerance"),
        pytest.param(1e-200, 0.0, False, id="nearly zero for zero without any tolerance"),
    ],
)
@pytest.mark.parametrize("shape", [(), (1,), (3,)], ids=["number", "one score", "three scores"])
def test_what_is_not_finite_is_right_only_where_the_truth_is_the_same(got, expected, passed, shape):
    assert compare(np.full(shape, got), truth(np.full(shape, expected))).passed is passed


@given(FINITE, st.floats(-1e-3, 1e-3), st.floats(0, 1e-3), st.floats(0, 1e-3))
def test_a_number_passes_if_and_only_if_its_error_is_within_the_tolerance(e, d, rtol, atol):
    got = e + d
    tolerance = max(atol + rtol * abs(e), 1e-300)

    comparison = compare(np.array(got), truth(e, rtol, atol))

    assert comparison.passed is (abs(got - e) <= tolerance)
    assert comparison.share == pytest.approx(abs(got - e) / tolerance)


@given(FINITE, st.floats(-1e-3, 1e-3), st.floats(0, 1e-3), st.floats(0, 1e-3))
def test_a_scale_that_is_computed_when_needed_decides_as_one_that_is_known(e, d, rtol, atol):
    got, known = np.array(e + d), truth(e, rtol, atol)
    asked = []
    unknown = truth(e, rtol, lambda: asked.append(1) or atol)

    comparison, exact = compare(got, unknown), compare(got, known)

    assert comparison.passed is exact.passed
    # Only an answer that passes by far leaves the scale unknown, and no share is made small.
    assert asked or comparison.share <= 0.25
    assert comparison.share >= exact.share * (1 - 1e-9)


@given(arrays(float, 5, elements=FINITE), arrays(float, 5, elements=st.floats(-1e-2, 1e-2)))
def test_an_array_passes_if_and_only_if_each_of_its_numbers_does(expected, error):
    got, right = expected + error, truth(expected, 1e-4, 1e-4)
    each = [compare(np.array(g), truth(e, 1e-4, 1e-4)) for g, e in zip(got, expected, strict=True)]

    assert compare(got, right).passed is all(one.passed for one in each)
    assert wrong_elements(got, right).tolist() == [not one.passed for one in each]
    assert compare(got, right).share == pytest.approx(max(one.share for one in each))


@given(arrays(float, 4, elements=FINITE), st.integers(0, 3), st.sampled_from([math.nan, math.inf]))
def test_one_element_that_is_not_finite_fails_whatever_the_tolerance(expected, at, bad):
    got = expected.copy()
    got[at] = bad

    assert not compare(got, truth(expected, 1.0, 1e300)).passed
    assert wrong_elements(got, truth(expected, 1.0, 1e300)).tolist() == [i == at for i in range(4)]


@pytest.mark.parametrize(
    ("got", "inside"),
    [
        pytest.param([0.3, -1.0], True, id="inside"),
        pytest.param([1.0, 1.0], True, id="at the ends"),
        pytest.param([1.1, 0.0], False, id="above"),
        pytest.param([0.0, np.nan], False, id="NaN"),
        pytest.param([-np.inf, 0.0], False, id="infinite"),
    ],
)
def test_an_interval_takes_what_is_finite_and_inside(got, inside):
    low, high = np.array([-1.0, -1.0]), np.array([1.0, 1.0])

    assert within(np.array(got), low, high, truth([0.0, 0.0])) is inside


def test_an_infinite_interval_takes_any_finite_number_and_nothing_else():
    low, high = np.full(3, -np.inf), np.full(3, np.inf)

    assert within(np.array([1e300, -5.0, 0.0]), low, high, truth(np.zeros(3)))
    assert not within(np.array([np.inf, 0.0, 0.0]), low, high, truth(np.zeros(3)))
    assert not within(np.array([np.nan, 0.0, 0.0]), low, high, truth(np.zeros(3)))
