"""Lengths and directions of the rows of an array."""

import numpy as np

from grader.catalogue.task import Array


def lengths(rows: Array) -> Array:
    """Return the Euclidean length of each row, shape (n,), without overflow or underflow.

    Source: Blue, A portable Fortran program to find the Euclidean norm of a vector (1978).
    """
    scale = np.abs(rows).max(axis=1, keepdims=True)
    scale[scale == 0.0] = 1.0
    scaled = rows / scale
    return np.asarray(scale[:, 0] * np.sqrt(np.einsum("ij,ij->i", scaled, scaled)))


def directions(rows: Array) -> Array:
    """Return each row at length 1, zero rows as they are; shape (n, d)."""
    return divided(rows, lengths(rows))


def divided(rows: Array, length: Array) -> Array:
    """Return each row divided by its length, rows of length 0 as they are; shape (n, d)."""
    return np.asarray(rows / np.where(length == 0.0, 1.0, length)[:, None])
