"""Draws of inputs for the binary cross-entropies."""

from collections.abc import Callable, Sequence

import numpy as np

from grader.catalogue.task import Array, Case


def targets(rng: np.random.Generator, probability: Array) -> Array:
    """Return hard and soft targets in turn, of `probability`'s shape.

    A soft target is at least 0.1 away from its probability: no gradient is a mere rounding error.
    """
    hard = rng.integers(0, 2, size=probability.shape).astype(np.float64)
    soft = (probability + rng.uniform(0.1, 0.9, size=probability.shape)) % 1.0
    turn = np.resize(rng.permutation(2), probability.size).reshape(probability.shape)
    return np.where(turn == 0, hard, soft)


def one_number(target: int | float, **parameters: float) -> Callable[[float], Case]:
    """Return the inputs of a curve over the second argument of a single element."""
    return lambda z: Case((np.array([target]), np.array([z])), parameters)


def exactly(
    y_true: Sequence[float], second: Sequence[float], **parameters: float
) -> Callable[[np.random.Generator], Case]:
    """Return a draw of these pairs in any order."""

    def case(rng: np.random.Generator) -> Case:
        order = rng.permutation(len(y_true))
        return Case((np.array(y_true)[order], np.array(second)[order]), parameters)

    return case
