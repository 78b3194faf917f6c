"""Plain transformations of the truth: which one turns it into what came back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from grader.catalogue.task import Array, Case, Task

NEAR = 1e-6
SLIGHTLY = "digits are lost, or something small is added"
SMALLEST_FRACTION = 1e-6  # smaller factors are no reciprocals of a size


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor that a mistake would explain.

    Attributes:
        value: the number itself.
        meaning: the likely cause, as the end of a sentence.
        varies: it follows the shape, so that agreement at two shapes is strong evidence.
    """

    value: float
    meaning: str
    varies: bool = False


CONSTANTS = (
    Factor(-1.0, "its sign is wrong"),
    Factor(2.0, "a factor one half is missing"),
    Factor(0.5, "a factor 2 is missing"),
    Factor(-2.0, "its sign is wrong and a factor one half is missing"),
    Factor(-0.5, "its sign is wrong and a factor 2 is missing"),
    Factor(1 / np.log(2), "logarithms to base 2 are used where natural ones are asked"),
    Factor(1 / np.log(10), "logarithms to base 10 are used where natural ones are asked"),
    Factor(np.log(2), "it is multiplied by log 2, as for logarithms to base 2"),
)
# Less likely than a reduction over four elements, which gives the same numbers.
SQUARED = (
    Factor(4.0, "a factor 2 is squared, or twice too much"),
    Factor(0.25, "a factor 2 is divided by twice"),
)


def factors(sizes: Mapping[str, int], smallest: int = 3) -> Iterator[Factor]:
    """Yield every factor worth a look for an argument of these sizes, the likeliest first.

    In a single case sizes below `smallest` explain nothing that a constant does not.
    """
    yield from CONSTANTS
    for name, size in sizes.items():
        if size < smallest:
            continue
        yield Factor(size, _summed(name), varies=True)
        yield Factor(1 / size, _divided(name), varies=True)
        yield Factor(-size, f"{_summed(name)}, and its sign is wrong", varies=True)
        yield Factor(2 * size, f"{_summed(name)}, and a factor one half is missing", varies=True)
        yield Factor(size / 2, f"{_summed(name)}, and a factor 2 is missing", varies=True)
        yield Factor(2 / size, f"{_divided(name)}, and a factor one half is missing", varies=True)
    yield from SQUARED


def _summed(name: str) -> str:
    if name == "elements":
        return "it looks like a sum where the mean is asked"
    return f"it looks like a sum over the {name} where their mean is asked"


def _divided(name: str) -> str:
    if name == "elements":
        return "it looks like it is divided by the number of elements once too often"
    return f"it looks like it is divided by the number of {name} once too often"


def sizes(task: Task, case: Case) -> dict[str, int]:
    """Return the sizes that a wrong reduction would show, of the last float argument."""
    arrays = [a for arg, a in zip(task.arguments, case.arguments, strict=True) if not arg.labels]
    shape = arrays[-1].shape if arrays else case.arguments[-1].shape
    found = {"elements": int(np.prod(shape))}
    if len(shape) > 1:
        found |= {"rows": shape[0], "columns": shape[-1]}
    if len(shape) > 2:
        found["rows and middle axes"] = int(np.prod(shape[:-1]))
    return found


def constant_ratio(got: Array, expected: Array, *, near: float = NEAR) -> float | None:
    """Return c where got = c * expected holds everywhere, relative to the largest; else None."""
    if got.shape != expected.shape or not got.size or not np.isfinite(got).all():
        return None
    pivot = int(np.argmax(np.abs(expected)))
    top = expected.reshape(-1)[pivot]
    if top == 0 or not np.isfinite(expected).all():
        return None
    ratio = float(got.reshape(-1)[pivot] / top)
    error = np.abs(got - ratio * expected).max()
    return ratio if error <= near * abs(ratio * top) else None


def relative_error(got: Array, expected: Array, wrong: Array) -> float:
    """Return the largest relative error of the wrong elements; infinite where 0 is right."""
    size, errors = np.abs(expected[wrong]), np.abs(got - expected)[wrong]
    ratios = np.divide(errors, size, out=np.full(errors.shape, np.inf), where=size > 0)
    return float(ratios.max(initial=0.0))


def named(ratio: float, sizes: Mapping[str, int], *, near: float = NEAR) -> Factor | None:
    """Return the factor that `ratio` is; None where it is none that a mistake explains."""
    for factor in factors(sizes):
        if abs(ratio - factor.value) <= near * abs(factor.value):
            return _or_summed(factor, sizes)
    return None


def _or_summed(factor: Factor, sizes: Mapping[str, int]) -> Factor:
    """Add what a 2 may mean besides where two are averaged: a single case can't tell them apart."""
    name = next((name for name, size in sizes.items() if size == 2), None)
    if factor.value != 2.0 or factor.varies or name is None:
        return factor
    return Factor(2.0, f"{factor.meaning}, or {_summed(name)}")


def common(ratios: list[float], sizes: list[dict[str, int]], *, near: float) -> Factor | None:
    """Return the factor of the first case whose meaning explains the ratio in every case.

    Args:
        ratios: of what came back to the truth, one a case.
        sizes: of the same cases.
        near: relative difference up to which a ratio is a factor.
    """
    fitting = [
        [f for f in factors(own, smallest=1) if abs(ratio - f.value) <= near * abs(f.value)]
        for ratio, own in zip(ratios, sizes, strict=True)
    ]
    shared = set.intersection(*({factor.meaning for factor in found} for found in fitting))
    return next((factor for factor in fitting[0] if factor.meaning in shared), None)


def plain(value: float) -> str:
    """Return a factor as people write it: "8", "1/8" or "1.442695"."""
    inverse = 1 / value if abs(value) >= SMALLEST_FRACTION else 0.0
    if SMALLEST_FRACTION <= abs(value) < 1 and abs(inverse - round(inverse)) < NEAR * abs(inverse):
        return f"{'-' if value < 0 else ''}1/{abs(round(inverse))}"
    return f"{value + 0.0:.7g}"  # -0.0 + 0.0 is 0.0


def extent(shape: tuple[int, ...]) -> str:
    """Return "arrays of length 8" or "arrays of shape (4, 3)"."""
    if len(shape) == 1:
        return f"arrays of length {shape[0]}"
    return f"arrays of shape {shape}"
