"""What rows on targets and predicted probabilities of k classes, both (n, k), share."""

import numpy as np

from grader.catalogue.inputs import paired, require
from grader.catalogue.task import Argument, Array, Case, Shape

ARGUMENTS = (
    Argument("y_true", "n k", integers=True),
    Argument("y_pred", "n k", differentiate=True),
)
SHAPES = ((5, 4), (1, 3), (2, 2), (4, 4))

RULES = (
    "The loss is one number; grad returns its derivative with respect to y_pred, a new array of "
    "shape (n, k).",
    "y_true and y_pred have the same shape (n, k); different shapes raise ValueError and never "
    "broadcast.",
    "Empty input raises ValueError.",
    "A NaN anywhere in either array makes the loss NaN, and shows in grad where the slope depends "
    "on that number.",
    "The entries of y_pred are variables of their own: rows are neither checked nor rescaled to "
    "add up to 1.",
    "y_true may hold integers, and either array may be float32, strided or read-only; neither is "
    "modified.",
)


def checked(y_true: Array, y_pred: Array) -> tuple[Array, Array]:
    """Return both in float64; raise ValueError unless they are (n, k), alike and not empty."""
    y_true, y_pred = paired(y_true, y_pred)
    require(y_pred.ndim == 2, "y_true and y_pred must be (n, k)")
    return y_true, y_pred


def distributions(rng: np.random.Generator, shape: Shape) -> Array:
    """Draw rows of probabilities that add up to 1, each at least 0.05 with up to four classes."""
    weights = rng.uniform(0.2, 1.0, size=shape)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def one_hot(rng: np.random.Generator, shape: Shape) -> Array:
    """Draw rows with a 1 at one class."""
    return np.asarray(np.eye(shape[1])[rng.integers(0, shape[1], size=shape[0])])


def uniform(rng: np.random.Generator) -> Case:
    """Forecasts that know nothing: eight classes of 1/8 each."""
    return Case((one_hot(rng, (4, 8)), np.full((4, 8), 0.125)))
