"""Lengths and directions of the rows of an array."""

import numpy as np

from grader.catalogue.task import Array


def lengths(rows: Array) -> Array:
    """Return the Euclidean length of each row, shape (n,), without overflow or underflow.

    Source: Blue, A portable Fortran program to find the Euclidean norm of a vector (1978).
    """
    largest = np.abs(rows).max(axis=1, keepdims=True)
    scale = np.where(largest == 0.0, 1.0, largest)
    return np.asarray(scale[:, 0] * np.sqrt(np.sum((rows / scale) ** 2, axis=1)))


def directions(rows: Array) -> Array:
    """Return each row at length 1, zero rows as they are; shape (n, d)."""
    length = lengths(rows)[:, None]
    return np.asarray(rows / np.where(length == 0.0, 1.0, length))
