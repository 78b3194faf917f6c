"""Every reference against the mathematics at 50 digits, every gradient against its differences."""

import mpmath
import numpy as np
import pytest
from mpmath import mpf

from tests.grader.catalogue.cases import ROWS, points, rng_of

EPS = np.finfo(np.float64).eps
# Differences of a loss of 1e300 at a step of 1e-25: digits for both and some to spare.
DIGITS, STEP = 400, mpf(10) ** -25
ELEMENTS = 5  # of each argument, at each point


def asks_gradient(task, name):
    """No gradient is asked where a loss is infinite, or defined on one side alone."""
    skipped = {point.name for point in (*task.extremes, *task.edges) if not point.gradient}
    return task.gradient is not None and name not in skipped


POINTS = [
    pytest.param(task, name, case, id=f"{task.slug}: {name}")
    for task in ROWS
    for name, case in points(task)
]
WITH_GRADIENT = [point for point in POINTS if asks_gradient(*point.values[:2])]


def exact(array):
    """The array as nested lists of mpmath numbers, or of ints where it holds ints."""
    number = int if array.dtype.kind == "i" else mpf
    if array.ndim == 0:
        return number(array.item())
    return [exact(part) for part in array]


def definition(task, arguments, parameters):
    numbers = {k: v if isinstance(v, str) else mpf(v) for k, v in parameters.items()}
    return task.definition(mpmath.mp, *arguments, **numbers)


@pytest.mark.parametrize(("task", "name", "case"), POINTS)
def test_reference_is_the_formula_at_50_digits(task, name, case):
    with mpmath.workdps(50):
        expected = definition(task, [exact(array) for array in case.arguments], case.parameters)
        expected = np.array(expected if isinstance(expected, list) else [expected])
        result = np.atleast_1d(task.reference(*case.arguments, **case.parameters))
        worst = max(distance(mpf(float(a)), b) for a, b in zip(result, expected, strict=True))

    # A mean of a dozen sums: some last digits of the largest term, and no more.
    assert worst <= 16 * EPS * task.terms(*case.arguments, **case.parameters)


def distance(number, other):
    """0 for the same infinity, whose difference from itself is no number."""
    return mpf(0) if number == other else abs(number - other)


def one_sided_slopes(task, case, argument, element):
    """(L(x) - L(x - h)) / h and (L(x + h) - L(x)) / h for one element of one argument, and h."""
    flat = case.arguments[argument].reshape(-1)
    at = mpf(flat[element].item())
    step = STEP * (abs(at) or mpf(np.max(np.abs(flat))) or 1)

    def loss(value):
        arguments = [exact(array.reshape(-1)) for array in case.arguments]
        arguments[argument][element] = value
        pairs = zip(arguments, case.arguments, strict=True)
        return definition(task, [shaped(a, b.shape) for a, b in pairs], case.parameters)

    middle = loss(at)
    return (middle - loss(at - step)) / step, (loss(at + step) - middle) / step, step


def shaped(numbers, shape):
    """A flat list as nested lists of this shape."""
    return np.array(numbers, dtype=object).reshape(shape).tolist()


@pytest.mark.parametrize(("task", "name", "case"), WITH_GRADIENT)
def test_gradient_is_the_limit_of_differences_or_between_them(task, name, case):
    gradients = task.gradient(*case.arguments, **case.parameters)
    bounds = [(slope, slope) for slope in gradients]
    if task.subdifferential is not None:
        bounds = task.subdifferential(*case.arguments, **case.parameters)
    largest = max(float(np.max(np.abs(gradient))) for gradient in gradients)
    for gradient, (low, high), argument in zip(gradients, bounds, task.differentiated, strict=True):
        assert gradient.shape == case.arguments[argument].shape
        # Entries that the formula does not read may hold anything: there is no step from NaN.
        finite = np.flatnonzero(np.isfinite(case.arguments[argument]))
        count = min(len(finite), ELEMENTS)
        chosen = rng_of(task.slug, name).choice(finite, count, replace=False)
        for i in chosen:
            with mpmath.workdps(DIGITS):
                *slopes, step = map(float, one_sided_slopes(task, case, argument, i))
            # For the reference's rounding, and for the curvature that the step sees.
            room = 64 * EPS * largest + 16 * step
            g, lowest, highest = (array.reshape(-1)[i] for array in (gradient, low, high))
            assert min(slopes) - room <= g <= max(slopes) + room
            assert lowest - room <= min(slopes)
            assert max(slopes) <= highest + room
            assert lowest - room <= g <= highest + room
