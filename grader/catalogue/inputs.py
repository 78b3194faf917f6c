"""What every row asks of its inputs before it reads a number."""

import numpy as np

from grader.catalogue.task import Array


def paired(*arrays: Array) -> tuple[Array, ...]:
    """Return the arrays in float64; raise ValueError where shapes differ or there is no element."""
    shapes = {np.shape(array) for array in arrays}
    if len(shapes) > 1:
        raise ValueError(f"shapes differ: {', '.join(str(np.shape(array)) for array in arrays)}")
    if 0 in shapes.pop():
        raise ValueError("empty input has no mean")
    return tuple(np.asarray(array, dtype=np.float64) for array in arrays)


def require(holds: bool, what: str) -> None:
    """Raise ValueError saying `what` unless it holds. NaN must be let through by the caller."""
    if not holds:
        raise ValueError(what)
