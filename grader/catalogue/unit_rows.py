"""What losses on rows of length 1 share: checks, draws, laws, the usual slips."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.exact import dot, norm
from grader.catalogue.inputs import paired, require
from grader.catalogue.slips import Slip, made
from grader.catalogue.task import Array, Case, Curve, Edge, Expect, Extreme, Law, Misconception
from grader.families import Family

Arrays = tuple[Array, ...]
Reference = Callable[..., float]

# How solutions open that bring rows to length 1, and take derivatives back through that.
NORMALISE = """\
import numpy as np


def normalise(rows):
    length = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    if (length == 0).any():
        raise ValueError("a row of zeros cannot be normalised")
    return rows / length, length


def denormalise(upstream, unit, length):
    return (upstream - (upstream * unit).sum(axis=1, keepdims=True) * unit) / length
"""


def checked(*arrays: Array) -> Arrays:
    """Return arrays of one shape (n, d) in float64; raise ValueError for others and zero rows."""
    arrays = paired(*arrays)
    require(arrays[0].ndim == 2, "rows are embeddings: the arrays must be (n, d)")
    for array in arrays:
        # NaN is no zero: it must reach the result.
        require(bool(np.all(np.any(array != 0.0, axis=1))), "a row is all zeros")
    return arrays


def cosine(mp: Any, a: Sequence[Any], b: Sequence[Any]) -> Any:
    """Return the cosine of two vectors, for numbers of many digits."""
    return dot(mp, a, b) / (norm(mp, a) * norm(mp, b))


def length_rules(*names: str) -> tuple[str, ...]:
    """Return the rules on shapes and lengths, for arguments of these names."""
    return (
        "Shapes that do not fit raise ValueError, and never broadcast.",
        "Empty input raises ValueError.",
        f"A row of zeros in {' or '.join(names)} has no direction and raises ValueError.",
        "A NaN in the embeddings makes the loss NaN and shows in grad where the slope depends on "
        "it; it raises no ValueError.",
        "Nothing is added to the lengths: rows of length 1e-100 to 1e100 count as they are.",
    )


def zero_row_edges(
    draw: Callable[[np.random.Generator], Case], **positions: int
) -> tuple[Edge, ...]:
    """Return an edge for each named argument that a row of zeros in it is refused.

    Another says that single zeros are not.
    """

    def with_zeros(position: int) -> Callable[[np.random.Generator], Case]:
        def case(rng: np.random.Generator) -> Case:
            drawn = draw(rng)
            rows = drawn.arguments[position]
            rows[rng.integers(0, len(rows))] = 0.0
            return drawn

        return case

    def with_single_zeros(rng: np.random.Generator) -> Case:
        drawn = draw(rng)
        for position in positions.values():
            rows = drawn.arguments[position]
            rows[np.arange(len(rows)), rng.integers(rows.shape[1], size=len(rows))] = 0.0
        return drawn

    refused = (
        Edge(
            f"a row of zeros in {name}",
            with_zeros(position),
            f"A row of zeros in {name} has no direction and raises ValueError.",
            Expect.VALUE_ERROR,
        )
        for name, position in positions.items()
    )
    single = "A row that holds a zero among other numbers is a row like others."
    return (*refused, Edge("a zero in every row", with_single_zeros, single))


LENGTH = (
    "Divide each row by its own length, with nothing added: an epsilon shrinks short rows to "
    "nothing."
)
LONG = "Bring every row to length 1 before the products: products of long rows overflow."


def length_extremes(
    draw: Callable[[np.random.Generator], Case], *positions: int
) -> tuple[Extreme, ...]:
    """Return a sweep of the lengths of the rows of the arguments at these positions."""

    def stretched(rng: np.random.Generator, *scales: float) -> Case:
        case = draw(rng)
        scale = dict(zip(positions, np.resize(scales, len(positions)), strict=True))
        pairs = enumerate(case.arguments)
        moved = tuple(a * scale[i] if i in scale else a for i, a in pairs)
        return Case(moved, case.parameters)

    sweep = (
        Extreme("rows of length 1e-100", lambda rng: stretched(rng, 1e-100), LENGTH),
        Extreme("rows of length 1e100", lambda rng: stretched(rng, 1e100), LONG),
        Extreme("rows of length 1e-12", lambda rng: stretched(rng, 1e-12), LENGTH, float32=True),
    )
    if len(positions) < 2:
        return sweep
    mixed = Extreme(
        "one side of 1e100, one of 1e-100", lambda r: stretched(r, 1e100, 1e-100), LENGTH
    )
    return (*sweep, mixed)


SHIFT = (
    "Subtract the largest of what is summed before exp: cosines divided by a low temperature "
    "overflow."
)


def temperature_extremes(
    mismatched: Callable[[np.random.Generator, float], Case], limit: str
) -> tuple[Extreme, ...]:
    """Return a sweep of the temperature; `limit`: what the loss nears where it is high."""
    hot = (
        f"Divide the cosines by the temperature in float64 and add nothing: the loss nears {limit}."
    )
    return (
        Extreme("temperature of 1e-3", lambda rng: mismatched(rng, 1e-3), SHIFT, float32=True),
        Extreme("temperature of 1e-4", lambda rng: mismatched(rng, 1e-4), SHIFT),
        Extreme("temperature of 1e3", lambda rng: mismatched(rng, 1e3), hot),
    )


def turning(title: str, arguments: Callable[[Array], Arrays]) -> Curve:
    """Return the picture of one row of two numbers, of length 1, that turns beside fixed ones."""

    def at(angle: float) -> Case:
        return Case(arguments(np.array([np.cos(angle), np.sin(angle)])))

    return Curve(title, "angle in radians", -3.0, 3.0, at)


def lengths_do_not_matter(reference: Reference, draw: laws.Draw, *positions: int) -> Law:
    """Each row may be stretched by a number of its own."""

    def stretch(rng: np.random.Generator, case: Case) -> Case:
        pairs = enumerate(case.arguments)
        moved = [
            a * rng.uniform(0.5, 4.0, size=(len(a), 1)) if i in positions else a for i, a in pairs
        ]
        return Case(tuple(moved), case.parameters)

    return laws.unchanged("The lengths of the rows do not matter.", reference, draw, stretch)


def rotation_does_not_matter(reference: Reference, draw: laws.Draw, *positions: int) -> Law:
    """All rows may be turned together."""

    def turn(rng: np.random.Generator, case: Case) -> Case:
        size = case.arguments[positions[0]].shape[1]
        turned = np.linalg.qr(rng.normal(size=(size, size)))[0]
        pairs = enumerate(case.arguments)
        return Case(tuple(a @ turned if i in positions else a for i, a in pairs), case.parameters)

    return laws.unchanged("A common rotation changes nothing.", reference, draw, turn)


DERIVATIVE = "(upstream - (upstream * unit).sum(axis=1, keepdims=True) * unit) / length"
ZERO_ROW = """\
    if (length == 0).any():
        raise ValueError("a row of zeros cannot be normalised")
"""

_NORMALISED_WRONGLY = (
    Slip(
        "rows not normalised",
        Family.VALUES,
        "It takes plain dot products: the rows are not brought to length 1 first.",
        (("return rows / length, length", "return rows, length"), (DERIVATIVE, "upstream")),
    ),
    Slip(
        "columns normalised",
        Family.VALUES,
        "It normalises the columns, over the samples, where each row is brought to length 1.",
        (("(rows**2).sum(axis=1, keepdims=True)", "(rows**2).sum(axis=0, keepdims=True)"),),
    ),
    Slip(
        "normalisation left out of the gradient",
        Family.GRADIENTS,
        "Its gradient is with respect to the unit rows: the Jacobian of the normalisation is "
        "missing.",
        ((DERIVATIVE, "upstream"),),
    ),
    Slip(
        "normalisation only divides",
        Family.GRADIENTS,
        "Its gradient divides by the row's length but keeps the part along the row, which "
        "normalising removes.",
        ((DERIVATIVE, "upstream / length"),),
    ),
    Slip(
        "epsilon in the length",
        Family.STABILITY,
        "It adds 1e-12 to every length, which shrinks short rows to nothing.",
        (("rows / length, length", "rows / (length + 1e-12), length"),),
    ),
    Slip(
        "zero row let through",
        Family.EDGE_CASES,
        "It divides a zero row by 1 where ValueError is asked: a row without direction counts.",
        ((ZERO_ROW, "    length = np.where(length == 0, 1, length)\n"),),
    ),
    Slip(
        "single zeros refused",
        Family.EDGE_CASES,
        "It raises ValueError for a row that holds any zero; only zeros alone have no direction.",
        (("(length == 0).any()", "(rows == 0).any()"),),
    ),
    Slip(
        "NaN refused",
        Family.EDGE_CASES,
        "It raises ValueError for a row with NaN, as if it were a zero row; the result is NaN.",
        (("(length == 0).any()", "not (length > 0).all()"),),
    ),
)


def normalised_wrongly(source: str) -> tuple[Misconception, ...]:
    """Return the mistakes in NORMALISE, for a solution that holds it."""
    return made(source, _NORMALISED_WRONGLY)


# What solutions say that leave a row itself out of its sum.
MASK = "    np.fill_diagonal(logits, -np.inf)\n"
SHIFTED = "logits - logits.max(axis=1, keepdims=True)"
SUM = "np.exp(shifted).sum(axis=1, keepdims=True)"

_IN_BATCH = (
    Slip(
        "candidates taken for constants",
        Family.GRADIENTS,
        "Its gradient counts each row as an anchor only, though it is a candidate of all others.",
        (("(g + g.T) @ u", "g @ u"),),
    ),
    Slip(
        "no shift before exp",
        Family.STABILITY,
        "It takes exp of cosines divided by the temperature, which overflows when that is low.",
        ((SHIFTED, "logits"),),
    ),
)


def in_batch_mistakes(source: str) -> tuple[Misconception, ...]:
    """Return the mistakes of a solution in which rows are anchors and candidates at once."""
    return made(source, _IN_BATCH)
