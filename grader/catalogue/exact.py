"""What definitions need for nested lists of numbers of many digits.

`mp` is a module of functions for such numbers, as mpmath is; nothing here needs it installed.
"""

from collections.abc import Iterable, Sequence
from typing import Any

Number = Any


def flat(array: Any) -> list[Number]:
    """Return the numbers of a nested list in C order."""
    if isinstance(array, list):
        return [number for part in array for number in flat(part)]
    return [array]


def pairs(*arrays: Any) -> Iterable[tuple[Number, ...]]:
    """Return the numbers of nested lists of one shape side by side."""
    return zip(*map(flat, arrays), strict=True)


def mean(mp: Any, numbers: Iterable[Number]) -> Number:
    numbers = list(numbers)
    return mp.fsum(numbers) / len(numbers)


def dot(mp: Any, a: Sequence[Number], b: Sequence[Number]) -> Number:
    return mp.fsum(x * y for x, y in zip(a, b, strict=True))


def norm(mp: Any, vector: Sequence[Number]) -> Number:
    return mp.sqrt(dot(mp, vector, vector))


def softplus(mp: Any, x: Number) -> Number:
    return mp.log(1 + mp.exp(x))


def log_sum_exp(mp: Any, row: Sequence[Number]) -> Number:
    return mp.log(mp.fsum(mp.exp(z) for z in row))
