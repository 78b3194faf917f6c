"""Laws that many rows share: how a loss answers to a change of its inputs."""

from collections.abc import Callable

import numpy as np

from grader.catalogue.task import Array, Case, Law

Draw = Callable[[np.random.Generator], Case]
Change = Callable[[np.random.Generator, Case], Case]
Reference = Callable[..., float]


def drawn(sample: Callable[..., tuple[Array, ...]], *shape: int, **parameters: float | str) -> Draw:
    """Return a draw of ordinary inputs of this shape."""
    return lambda rng: Case(sample(rng, shape), parameters)


def value(reference: Reference, case: Case) -> float:
    return reference(*case.arguments, **case.parameters)


def unchanged(name: str, reference: Reference, draw: Draw, change: Change) -> Law:
    """The loss stays what it is when its inputs are changed so."""

    def sides(rng: np.random.Generator) -> tuple[float, float]:
        case = draw(rng)
        return value(reference, case), value(reference, change(rng, case))

    return Law(name, sides)


def zero(name: str, reference: Reference, draw: Draw) -> Law:
    """The loss is 0 at these inputs."""
    return Law(name, lambda rng: (value(reference, draw(rng)), 0.0))


def equal(
    name: str,
    draw: Draw,
    left: Reference,
    right: Reference,
    *,
    rtol: float = 1e-9,
) -> Law:
    """Two functions of the same inputs agree: a loss and what it is known to become."""

    def sides(rng: np.random.Generator) -> tuple[float, float]:
        case = draw(rng)
        return value(left, case), value(right, case)

    return Law(name, sides, rtol)


def swapped(first: int = 0, second: int = 1) -> Change:
    """Return a change that swaps two arguments."""

    def change(rng: np.random.Generator, case: Case) -> Case:
        arguments = list(case.arguments)
        arguments[first], arguments[second] = arguments[second], arguments[first]
        return Case(tuple(arguments), case.parameters)

    return change


def shifted(*positions: int, by_row: bool = False) -> Change:
    """Return a change that adds one number to these arguments, or one number a row to each row."""

    def change(rng: np.random.Generator, case: Case) -> Case:
        shape = case.arguments[positions[0]].shape
        size = (shape[0],) + (1,) * (len(shape) - 1) if by_row else ()
        shift = rng.uniform(-3.0, 3.0, size=size)
        pairs = enumerate(case.arguments)
        moved = tuple(array + shift if i in positions else array for i, array in pairs)
        return Case(moved, case.parameters)

    return change


def reordered(*positions: int) -> Change:
    """Return a change that puts the samples (axis 0) of these arguments in another order."""

    def change(rng: np.random.Generator, case: Case) -> Case:
        order = rng.permutation(len(case.arguments[positions[0]]))
        pairs = enumerate(case.arguments)
        moved = tuple(array[order] if i in positions else array for i, array in pairs)
        return Case(moved, case.parameters)

    return change


def rearranged(rng: np.random.Generator, case: Case) -> Case:
    """Put the columns of all arguments, as classes or items are, in another order."""
    order = rng.permutation(case.arguments[0].shape[1])
    return Case(tuple(array[:, order] for array in case.arguments), case.parameters)


def scaled(*positions: int) -> Change:
    """Return a change that multiplies these arguments by one positive number each."""

    def change(rng: np.random.Generator, case: Case) -> Case:
        pairs = enumerate(case.arguments)
        moved = tuple(a * rng.uniform(0.5, 4.0) if i in positions else a for i, a in pairs)
        return Case(moved, case.parameters)

    return change
