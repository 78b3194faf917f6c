"""What rows on the error y_pred - y_true share: arguments, draws of inputs, and scales."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from grader.catalogue.inputs import paired
from grader.catalogue.task import Argument, Array, Case, Shape

ARGUMENTS = (Argument("y_true", integers=True), Argument("y_pred", differentiate=True))

Intervals = Sequence[tuple[float, float]]


def errors(y_true: Array, y_pred: Array) -> Array:
    """Return y_pred - y_true in float64; ValueError where shapes differ or nothing is there."""
    y_true, y_pred = paired(y_true, y_pred)
    return y_pred - y_true


def sampler(*magnitudes: tuple[float, float]) -> Callable[..., tuple[Array, ...]]:
    """Return a `sample` whose |error| lies in these intervals, each in turn and with both signs.

    Gaps between the intervals keep the draws away from kinks.
    """
    intervals = [*magnitudes, *((-high, -low) for low, high in magnitudes)]

    def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
        y_true = rng.normal(scale=2.0, size=shape)
        return y_true, y_true + _draw(rng, shape, intervals)

    return sample


def _draw(rng: np.random.Generator, shape: Shape, intervals: Intervals) -> Array:
    low, high = np.array(intervals).T
    # In no order that a transposed or an earlier result would have as well.
    turns = rng.permutation(len(intervals))[np.arange(math.prod(shape)) % len(intervals)]
    turn = rng.permuted(turns).reshape(shape)
    return np.asarray(low[turn] + (high - low)[turn] * rng.random(shape))


def errors_of(
    scale: float, *, values: float = 1.0, size: int = 12, **parameters: float
) -> Callable[[np.random.Generator], Case]:
    """Return a draw of errors of 0.1 to 1 times `scale`, both signs, at truths of size `values`."""

    def case(rng: np.random.Generator) -> Case:
        y_true = values * rng.normal(size=size)
        e = scale * _draw(rng, (size,), [(0.1, 1.0), (-1.0, -0.1)])
        return Case((y_true, y_true + e), parameters)

    return case


def exactly(*listed: float, **parameters: float) -> Callable[[np.random.Generator], Case]:
    """Return a draw whose errors are exactly these, at truths whose sums are exact."""

    def case(rng: np.random.Generator) -> Case:
        y_true = rng.integers(-8, 9, size=len(listed)).astype(np.float64)
        return Case((y_true, y_true + np.array(listed)), parameters)

    return case


def beside_an_outlier(scale: float, **parameters: float) -> Callable[[np.random.Generator], Case]:
    """Return a draw of ordinary errors and one of `scale`, in which all digits of the loss are."""

    def case(rng: np.random.Generator) -> Case:
        e = _draw(rng, (12,), [(0.1, 0.9), (-0.9, -0.1), (1.1, 3.0), (-3.0, -1.1)])
        e[rng.integers(12)] = rng.choice([-scale, scale])
        y_true = rng.normal(size=12)
        return Case((y_true, y_true + e), parameters)

    return case


def one_error(**parameters: float) -> Callable[[float], Case]:
    """Return the inputs of a curve over the error of a single element."""
    return lambda e: Case((np.zeros(1), np.array([e])), parameters)


def at_least_tiny(magnitude: float) -> float:
    """A scale must be positive, also where all errors are zero."""
    return max(float(magnitude), float(np.finfo(np.float64).tiny))
