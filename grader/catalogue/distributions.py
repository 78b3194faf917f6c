"""What rows on distributions share: rows that add up to 1, and the usual neglect."""

from collections.abc import Callable

import numpy as np

from grader.catalogue.inputs import paired, require
from grader.catalogue.task import Array, Case, Misconception, Shape, patched
from grader.families import Family

Pair = tuple[Array, Array]
Draw = Callable[[np.random.Generator], Case]

SHAPES = ((5, 4), (1, 3), (2, 2), (4, 4), (3, 6))
LARGE = (2_000, 20)

# How solutions of these rows open, for a first argument p and a second one.
CHECK = """\
import numpy as np


def _check(p, {second}):
    if p.ndim != 2 or p.shape != {second}.shape:
        raise ValueError("p and {second} must have one shape (n, k)")
    if p.size == 0:
        raise ValueError("there is nothing to average")
"""


def rules(second: str) -> tuple[str, ...]:
    """The rules that hold for every such row, for its second argument's name."""
    return (
        f"The loss is one number; grad returns its derivative with respect to {second}, a new "
        "array of shape (n, k).",
        f"p and {second} have one shape (n, k), a row for each distribution; different shapes "
        "raise ValueError and never broadcast.",
        "Empty input raises ValueError.",
        "The classes of a row are added up, and the mean is over the n rows alone.",
        f"p and {second} are taken as they are: nothing is normalised, clipped or rounded.",
        "A NaN in either array makes the loss NaN.",
        "Either array may be float32, strided, Fortran-ordered or read-only; neither is modified.",
    )


def checked(p: Array, second: Array) -> Pair:
    """Return both in float64; raise ValueError unless both are (n, k), the same, and not empty."""
    p, second = paired(p, second)
    require(p.ndim == 2, "the arrays must be (n, k)")
    return p, second


def normalised(weights: Array) -> Array:
    """Return the rows, each divided by its sum."""
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def two(rng: np.random.Generator, shape: Shape) -> Pair:
    """Draw two arrays of distributions without zeros."""
    p, q = rng.uniform(0.05, 1.0, size=(2, *shape))
    return normalised(p), normalised(q)


def with_zeros(rng: np.random.Generator, rows: Array) -> Array:
    """Return the rows with one class of each ruled out, the first one certain of a class."""
    n, k = rows.shape
    rows = rows.copy()
    rows[np.arange(n), rng.integers(0, k, size=n)] = 0.0
    rows[0] = np.eye(k)[rng.integers(0, k)]
    return normalised(rows)


def information(p: Array) -> Array:
    """Return p log p elementwise, in nats, with 0 log 0 = 0; NaN stays NaN."""
    return np.asarray(p * np.log(np.where(p == 0.0, 1.0, p)))


def neglects(source: str, second: str) -> tuple[Misconception, ...]:
    """Mistakes in the checks of a solution that opens with CHECK."""
    return (
        Misconception(
            "shapes broadcast",
            Family.EDGE_CASES,
            "It lets NumPy broadcast arrays of different shapes where it must raise ValueError.",
            patched(source, (f"p.ndim != 2 or p.shape != {second}.shape", "p.ndim != 2")),
        ),
        Misconception(
            "empty input accepted",
            Family.EDGE_CASES,
            "It averages over no rows where it must raise ValueError.",
            patched(source, ("if p.size == 0:", "if p.ndim == 0:")),
        ),
    )


def averages(source: str, mean: str, divisor: str, by_all: str) -> tuple[Misconception, ...]:
    """Mistakes in the average of a solution that takes `mean` and divides by `divisor`."""
    total = mean.removesuffix(".mean()")
    return (
        Misconception(
            "sum for mean",
            Family.VALUES,
            "It adds up the divergences of the rows where their mean is asked.",
            patched(source, (mean, f"{total}.sum()"), (divisor, "")),
        ),
        Misconception(
            "mean over the classes too",
            Family.VALUES,
            "It averages over all n times k elements, where the classes are added up and the mean "
            "is over the n rows: PyTorch's reduction 'mean' in place of 'batchmean'.",
            patched(source, (mean, mean.replace("sum(axis=1)", "mean(axis=1)")), (divisor, by_all)),
        ),
        Misconception(
            "sum over the rows",
            Family.VALUES,
            "It adds up down the columns, over the samples, where each row is one distribution.",
            patched(
                source,
                (mean, mean.replace("sum(axis=1)", "sum(axis=0)")),
                (divisor, divisor.replace("len(p)", "p.shape[1]")),
            ),
        ),
        Misconception(
            "gradient without 1/n",
            Family.GRADIENTS,
            "Its gradient is of the sum of the rows: the 1/n of the mean is missing.",
            patched(source, (divisor, "")),
        ),
    )
