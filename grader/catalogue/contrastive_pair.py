"""Contrastive loss of pairs: pull what is the same together, push what differs past a margin."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.euclidean import directions, divided, lengths
from grader.catalogue.exact import mean, norm
from grader.catalogue.inputs import paired, require
from grader.catalogue.kinks import free_where
from grader.catalogue.regression import at_least_tiny
from grader.catalogue.task import (
    Argument,
    Array,
    Brief,
    Case,
    Curve,
    Edge,
    Example,
    Extreme,
    Law,
    Misconception,
    Parameter,
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family

Pair = tuple[Array, Array]
Triple = tuple[Array, Array, Array]

MARGINS = (1.0, 0.5, 2.0)
# Distances of drawn pairs: on both sides of every margin, and never near one.
RANGES = ((0.1, 0.45), (0.55, 0.93), (1.08, 1.9), (2.15, 3.0))


def checked(same: Array, x1: Array, x2: Array) -> Triple:
    """Return the labels, and both arrays in float64; raise ValueError where they do not fit."""
    x1, x2 = paired(x1, x2)
    require(x1.ndim == 2, "rows are embeddings: x1 and x2 must be (n, d)")
    require(np.shape(same) == x1.shape[:1], "there must be one label per pair")
    return same == 1, x1, x2


def reference(same: Array, x1: Array, x2: Array, margin: float = 1.0) -> float:
    """Return the mean of d^2 over equal pairs and of max(0, margin - d)^2 over different ones.

    Args:
        same: shape (n,), 1 where a pair is the same and 0 where it is not.
        x1, x2: same shape (n, d); d is the Euclidean distance of their rows, in one unit of length.
        margin: in that unit; different pairs that are farther apart cost nothing.

    Returns:
        The loss in the square of that unit, >= 0.

    Raises:
        ValueError: for shapes that do not fit or empty input.

    Source: Hadsell, Chopra, LeCun, Dimensionality Reduction by Learning an Invariant Mapping
    (2006), equation 4, without its factors of 1/2 and with labels the other way round.
    """
    equal, x1, x2 = checked(same, x1, x2)
    d = lengths(x1 - x2)
    return float(np.mean(np.where(equal, d, np.maximum(0.0, margin - d)) ** 2))


def gradient(same: Array, x1: Array, x2: Array, margin: float = 1.0) -> Pair:
    """Return the derivatives with respect to x1 and x2, each (n, d); 0 where two points coincide.

    Raises:
        ValueError: as `reference`.

    Source: Hadsell, Chopra, LeCun (2006), equations 5 and 6.
    """
    equal, x1, x2 = checked(same, x1, x2)
    d = lengths(x1 - x2)
    slope = np.where(equal, 2.0 * d, -2.0 * np.maximum(0.0, margin - d)) / len(d)
    pull = slope[:, None] * divided(x1 - x2, d)
    return pull, -pull


def subdifferential(
    same: Array, x1: Array, x2: Array, margin: float = 1.0
) -> tuple[tuple[Array, Array], ...]:
    """Return the lowest and highest right gradients: any number where two points coincide."""
    pulls = gradient(same, x1, x2, margin)
    free = np.all(x1 == x2, axis=1)[:, None]
    return tuple(free_where(free, pull) for pull in pulls)


def terms(same: Array, x1: Array, x2: Array, margin: float = 1.0) -> float:
    """Return the largest square, or the square of the margin where a pair is within it."""
    d = lengths(x1 - x2)
    largest = np.where(same == 1, d, np.where(d < margin, margin, 0.0))
    return at_least_tiny(float(np.max(largest)) ** 2)


def definition(mp: Any, same: Any, x1: Any, x2: Any, margin: Any) -> Any:
    def cost(equal: int, a: Any, b: Any) -> Any:
        d = norm(mp, [x - y for x, y in zip(a, b, strict=True)])
        return equal * d**2 + (1 - equal) * max(0, margin - d) ** 2

    return mean(mp, (cost(*row) for row in zip(same, x1, x2, strict=True)))


def apart(rng: np.random.Generator, shape: Shape, distances: Array) -> Pair:
    """Draw embeddings whose pairs of rows have these distances."""
    x1, way = rng.normal(size=(2, *shape))
    return x1, x1 + distances[:, None] * directions(way)


def sample(rng: np.random.Generator, shape: Shape) -> Triple:
    """Draw pairs away from every margin: the first is different and too close, the second same."""
    low, high = np.array(RANGES)[rng.integers(0, len(RANGES), size=shape[0])].T
    distances = rng.uniform(low, high)
    distances[0] = rng.uniform(*RANGES[0])
    same = rng.integers(0, 2, size=shape[0])
    same[:2] = np.arange(min(2, shape[0]))
    order = rng.permutation(shape[0])
    return same[order], *apart(rng, shape, distances[order])


def scaled(rng: np.random.Generator, scale: float, *, equal: bool = False) -> Case:
    """Ordinary pairs, all in another unit of length; `equal`: every pair is the same."""
    same, x1, x2 = sample(rng, (6, 4))
    return Case((np.ones_like(same) if equal else same, scale * x1, scale * x2))


def far_from_the_origin(rng: np.random.Generator) -> Case:
    same, x1, x2 = sample(rng, (6, 4))
    return Case((same, x1 + 1e7, x2 + 1e7))


def coincident(rng: np.random.Generator) -> Case:
    """One equal and one different pair of coinciding points, among others."""
    same, x1, x2 = sample(rng, (5, 3))
    same[:2] = 0, 1
    x2[:2] = x1[:2]
    return Case((same, x1, x2))


def at_the_margin(rng: np.random.Generator) -> Case:
    """Different pairs at a distance of exactly 5, and others beside them."""
    same, x1, x2 = sample(rng, (5, 2))
    same[:2], x1[:2] = 0, 0.0
    x2[:2] = [[3.0, 4.0], [-4.0, 3.0]]
    return Case((same, x1, x2), {"margin": 5.0})


def far_enough(rng: np.random.Generator) -> Case:
    return Case((np.zeros(4, np.int64), *apart(rng, (4, 3), rng.uniform(1.5, 9.0, size=4))))


ROOT = (
    "Divide the difference by the distance itself and guard only a distance of exactly 0: an "
    "epsilon flattens the push between close points."
)
EXTREMES = (
    Extreme("distances of 1e-100", lambda rng: scaled(rng, 1e-100), ROOT),
    Extreme("distances of 1e-12", lambda rng: scaled(rng, 1e-12), ROOT, float32=True),
    Extreme(
        "equal pairs at distances of 1e-100",
        lambda rng: scaled(rng, 1e-100, equal=True),
        "Add nothing to the distance: the squares of tiny distances are still numbers.",
    ),
    Extreme(
        "distances of 1e100",
        lambda rng: scaled(rng, 1e100),
        "Square the distance once, and not its square: higher powers overflow.",
    ),
    Extreme(
        "distances of 1e12",
        lambda rng: scaled(rng, 1e12),
        "Square the distance once, and not its square: higher powers overflow in float32.",
        float32=True,
    ),
    Extreme(
        "points 1e7 away from the origin",
        far_from_the_origin,
        "Subtract the points before squaring: |a|² + |b|² - 2 a·b cancels all digits.",
    ),
)

EDGES = (
    Edge(
        "coinciding points",
        coincident,
        "Where two points coincide, an equal pair costs nothing, a different one the square of "
        "the margin, and any finite gradient is accepted (0 is usual).",
    ),
    Edge(
        "distance exactly the margin",
        at_the_margin,
        "A different pair at exactly the margin costs nothing and has a gradient of 0.",
    ),
    Edge("every pair far enough", far_enough, "Where all margins are met, all results are 0."),
)

VECTORISED = """\
import numpy as np


def check(same, x1, x2):
    if x1.shape != x2.shape or same.shape != x1.shape[:1]:
        raise ValueError("x1 and x2 must be (n, d), and same (n,)")
    if x1.size == 0:
        raise ValueError("there are no pairs")


def loss(same, x1, x2, margin=1.0):
    check(same, x1, x2)
    d = np.sqrt(((x1 - x2) ** 2).sum(axis=1))
    missing = np.maximum(0, margin - d)
    return np.mean(same * d**2 + (1 - same) * missing**2)


def grad(same, x1, x2, margin=1.0):
    check(same, x1, x2)
    d = np.sqrt(((x1 - x2) ** 2).sum(axis=1))
    missing = np.maximum(0, margin - d)
    direction = (x1 - x2) / np.where(d == 0, 1, d)[:, None]
    slope = np.where(same == 1, 2 * d, -2 * missing) / len(d)
    g = slope[:, None] * direction
    return g, -g
"""

LOOPS = """\
import numpy as np


def pairs(same, x1, x2):
    if np.shape(x1) != np.shape(x2):
        raise ValueError("the embeddings do not match")
    if len(same) != len(x1) or same.ndim != 1:
        raise ValueError("one label for each pair, please")
    if 0 in x1.shape:
        raise ValueError("no data")
    for i in range(len(x1)):
        difference = np.asarray(x1[i], dtype=float) - x2[i]
        yield i, same[i], difference, np.linalg.norm(difference)


def loss(same, x1, x2, margin=1.0):
    total = 0.0
    for _, equal, _, distance in pairs(same, x1, x2):
        if equal:
            total += distance * distance
        elif not distance >= margin:
            total += (margin - distance) ** 2
    return float(total / len(x1))


def grad(same, x1, x2, margin=1.0):
    first = np.zeros(x1.shape)
    for i, equal, difference, distance in pairs(same, x1, x2):
        if equal:
            first[i] = 2 * difference
        elif 0 < distance < margin:
            first[i] = 2 * (distance - margin) * (difference / distance)
    first /= len(x1)
    return first, -first
"""

SPLIT = """\
import numpy as np


class Pairs:
    def __init__(self, same, x1, x2, margin):
        if x1.ndim != 2 or x1.shape != x2.shape or same.shape != (x1.shape[0],):
            raise ValueError(f"bad shapes: {same.shape}, {x1.shape}, {x2.shape}")
        if not x1.size:
            raise ValueError("empty input")
        self.equal = np.flatnonzero(same)
        self.different = np.flatnonzero(same == 0)
        self.offset = np.subtract(x1, x2, dtype=np.float64)
        self.distance = np.linalg.norm(self.offset, axis=1)
        self.short = (margin - self.distance[self.different]).clip(min=0)

    def value(self):
        pulled = self.offset[self.equal]
        return (np.vdot(pulled, pulled) + self.short @ self.short) / len(self.offset)

    def slope(self):
        slope = np.zeros_like(self.offset)
        slope[self.equal] = self.offset[self.equal]
        active = self.different[self.short > 0]
        length = self.distance[active]
        length[length == 0] = np.inf
        pushed = self.offset[active] / length[:, np.newaxis]
        slope[active] = -self.short[self.short > 0][:, np.newaxis] * pushed
        return slope * (2.0 / len(slope))


def loss(same, x1, x2, margin=1.0):
    return Pairs(same, x1, x2, margin).value()


def grad(same, x1, x2, margin=1.0):
    slope = Pairs(same, x1, x2, margin).slope()
    return slope, np.negative(slope)
"""

EINSUM = '''\
import numpy as np


def distance(x1, x2):
    """Scaled by its largest entry, so that no square leaves the range."""
    offset = x1 - x2
    largest = np.max(np.abs(offset), axis=1)
    safe = np.where(largest == 0, 1.0, largest)
    unit = offset / safe[:, None]
    return offset, largest * np.sqrt(np.einsum("nd,nd->n", unit, unit))


def residual(same, x1, x2, margin):
    """What is squared for each pair: the distance, or what it lacks to the margin."""
    if x1.shape != x2.shape or x1.shape[:-1] != same.shape or x2.size < 1:
        raise ValueError("expected (n,), (n, d) and (n, d), with n and d at least 1")
    offset, d = distance(x1, x2)
    return offset, d, np.where(same > 0, d, np.minimum(0.0, d - margin))


def loss(same, x1, x2, margin=1.0):
    _, _, r = residual(same, x1, x2, margin)
    return np.einsum("n,n->", r, r) / r.size


def grad(same, x1, x2, margin=1.0):
    offset, d, r = residual(same, x1, x2, margin)
    unit = offset * np.divide(1.0, d, out=np.zeros_like(d), where=d > 0)[:, None]
    g = np.einsum("n,nd->nd", 2 * r / r.size, unit)
    return g, 0 - g
'''

DISTANCE = "np.sqrt(((x1 - x2) ** 2).sum(axis=1))"
EXPANDED = "np.sqrt(np.maximum(0, (x1**2).sum(1) + (x2**2).sum(1) - 2 * (x1 * x2).sum(1)))"

MISCONCEPTIONS = (
    Misconception(
        "labels swapped",
        Family.VALUES,
        "It pushes equal pairs apart and pulls different ones together: 1 means the same here.",
        patched(
            VECTORISED,
            ("same * d**2 + (1 - same) * missing**2", "(1 - same) * d**2 + same * missing**2"),
            ("same == 1", "same == 0"),
        ),
    ),
    Misconception(
        "halved",
        Family.VALUES,
        "It halves the squares, as the paper does, where this loss has no factor of one half.",
        patched(
            VECTORISED,
            ("np.mean(same", "0.5 * np.mean(same"),
            ("2 * d, -2 * missing", "d, -missing"),
        ),
    ),
    Misconception(
        "hinge not squared",
        Family.VALUES,
        "It charges different pairs what they lack to the margin, but does not square it.",
        patched(
            VECTORISED, ("* missing**2", "* missing"), ("-2 * missing", "-1.0 * (missing > 0)")
        ),
    ),
    Misconception(
        "margin less the squared distance",
        Family.VALUES,
        "It takes the squared distance from the margin, where the distance itself is meant.",
        patched(
            VECTORISED,
            ("margin - d)", "margin - d**2)"),
            ("* missing**2", "* missing"),
            ("-2 * missing", "-2 * d * (missing > 0)"),
        ),
    ),
    Misconception(
        "never cut off at 0",
        Family.VALUES,
        "It leaves out max(0, ...), so different pairs are pulled back to the margin from beyond.",
        patched(VECTORISED, ("np.maximum(0, margin - d)", "margin - d")),
    ),
    Misconception(
        "margin ignored",
        Family.VALUES,
        "It ignores the margin that is given and always uses 1.",
        patched(VECTORISED, ("margin - d)", "1.0 - d)")),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the losses of the pairs where their mean is asked.",
        patched(VECTORISED, ("np.mean(same", "np.sum(same"), (" / len(d)", "")),
    ),
    Misconception(
        "x2's gradient not negated",
        Family.GRADIENTS,
        "It gives x1 and x2 the same gradient, where one is minus the other.",
        patched(VECTORISED, ("return g, -g", "return g, g.copy()")),
    ),
    Misconception(
        "push not divided by the distance",
        Family.GRADIENTS,
        "Its push between different pairs lacks the division by their distance.",
        patched(VECTORISED, ("-2 * missing)", "-2 * missing * d)")),
    ),
    Misconception(
        "gradient without the 2",
        Family.GRADIENTS,
        "Its gradient lacks the factor 2 of the squares.",
        patched(VECTORISED, ("2 * d, -2 * missing", "d, -missing")),
    ),
    Misconception(
        "gradient without 1/n",
        Family.GRADIENTS,
        "Its gradients are of the sum: the 1/n of the mean is missing.",
        patched(VECTORISED, (" / len(d)", "")),
    ),
    Misconception(
        "squares expanded",
        Family.STABILITY,
        "It computes |x1 - x2|² as |x1|² + |x2|² - 2 x1·x2, which loses all digits far from the "
        "origin.",
        patched(VECTORISED, (DISTANCE, EXPANDED)),
    ),
    Misconception(
        "epsilon under the root",
        Family.STABILITY,
        "It adds 1e-12 under the root, which shows wherever points are close.",
        patched(VECTORISED, (".sum(axis=1))", ".sum(axis=1) + 1e-12)")),
    ),
    Misconception(
        "division by a distance of 0",
        Family.EDGE_CASES,
        "Its gradient is NaN where two points coincide, for it divides 0 by 0.",
        patched(VECTORISED, ("np.where(d == 0, 1, d)", "d")),
    ),
    Misconception(
        "NaN hidden",
        Family.EDGE_CASES,
        "It counts a NaN distance as a margin met, because NaN < margin is false: bad data "
        "vanishes.",
        patched(
            VECTORISED,
            ("np.maximum(0, margin - d)", "np.where(d < margin, margin - d, 0)"),
            (
                "np.mean(same * d**2 + (1 - same) * missing**2)",
                "np.mean(np.where(same == 1, np.nan_to_num(d) ** 2, missing**2))",
            ),
        ),
    ),
    Misconception(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It lets one row or one label stand for all, where ValueError is asked.",
        patched(
            VECTORISED,
            ("x1.shape != x2.shape or same.shape != x1.shape[:1]", "x1.ndim != x2.ndim"),
        ),
    ),
    Misconception(
        "empty input accepted",
        Family.EDGE_CASES,
        "It returns a number or NaN for no pairs at all, where ValueError is asked.",
        patched(VECTORISED, ("if x1.size == 0:", "if x1.ndim == 0:")),
    ),
)

USUAL = laws.drawn(sample, 8, 3)


def _same_points(rng: np.random.Generator) -> Case:
    x = rng.normal(size=(5, 3))
    return Case((np.ones(5, np.int64), x, x.copy()))


def _doubled(rng: np.random.Generator) -> tuple[float, float]:
    same, x1, x2 = sample(rng, (8, 3))
    return 4.0 * reference(same, x1, x2, 1.0), reference(same, 2.0 * x1, 2.0 * x2, 2.0)


LAWS = (
    laws.zero("Equal pairs that coincide cost nothing.", reference, _same_points),
    laws.zero("Different pairs beyond the margin cost nothing.", reference, far_enough),
    laws.unchanged("It is symmetric in x1 and x2.", reference, USUAL, laws.swapped(1, 2)),
    laws.unchanged("Only differences count.", reference, USUAL, laws.shifted(1, 2)),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1, 2)),
    Law("Twice the distances and margin make four times the loss.", _doubled),
)

TASKS = (
    Task(
        slug="contrastive-pair",
        title="Contrastive loss of pairs",
        formula=(
            r"L = \frac{1}{n} \sum_{i=1}^{n} s_i\, d_i^2 + (1 - s_i) \max(0,\ m - d_i)^2, \qquad "
            r"d_i = \lVert x_{1,i} - x_{2,i} \rVert_2"
        ),
        sentence=(
            "The mean over the pairs of the squared Euclidean distance where the pair is the same, "
            "and of the square of what the distance lacks to the margin where it is not."
        ),
        domain=(
            "same: shape (n,), integers 1 (the pair is the same) and 0 (it is not); x1, x2: real "
            "embeddings of one shape (n, d). Shapes that do not fit raise ValueError."
        ),
        rules=(
            "Shapes that do not fit raise ValueError, and never broadcast.",
            "Empty input raises ValueError.",
            "same holds 0 and 1 in an integer type of any width; nothing else is passed.",
            "A NaN in x1 or x2 gives a NaN loss.",
            "There is no factor of one half, and the mean is over all n pairs.",
            "Distances carry no epsilon: from 1e-100 to 1e100 they count as they are.",
            "Where two points coincide, any finite gradient is right, 0 for example.",
            "At a distance of exactly the margin, loss and gradient of a different pair are 0.",
            "grad returns a tuple: the derivatives with respect to x1 and x2, each (n, d).",
        ),
        source=(
            "Hadsell, Chopra, LeCun, Dimensionality Reduction by Learning an Invariant Mapping "
            "(2006), equation 4, without its factors of 1/2 and with label 1 for equal pairs."
        ),
        brief=Brief(
            prompt="A bank compares the signature on a cheque with one on file. A network turns "
            "each into an embedding: two by the same hand should lie close together, two by "
            "different hands at least `margin` apart. Write the contrastive loss of a batch of "
            "such pairs, and its gradients with respect to both embeddings.",
            context="Two regimes chosen by a label, a hinge on a distance, and the derivative of a "
            "norm, which has none where two points coincide.",
            topics=("embeddings", "margins"),
            difficulty="medium",
            minutes=25,
        ),
        examples=(
            Example(
                Case(
                    (
                        np.array([1, 0]),
                        np.array([[0.0, 0.0], [0.0, 0.0]]),
                        np.array([[3.0, 4.0], [0.5, 0.0]]),
                    )
                ),
                value=(25.0 + 0.25) / 2,
                gradient=(((-3.0, -4.0), (0.5, 0.0)), ((3.0, 4.0), (-0.5, 0.0))),
                working="Distances of 5 and 1/2: the equal pair costs 5², the different one lacks "
                "1 - 1/2 to the margin and costs its square; their mean is (25 + 1/4) / 2.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("same", "n", labels=True),
            Argument("x1", "n d", differentiate=True),
            Argument("x2", "n d", differentiate=True),
        ),
        parameters=(Parameter("margin", MARGINS[0], MARGINS[1:]),),
        reference=reference,
        gradient=gradient,
        subdifferential=subdifferential,
        sample=sample,
        shapes=((6, 3), (1, 4), (2, 2), (5, 5), (8, 1)),
        large=(150, 1000),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        branches=True,
        variants=(
            Variant("vectorised", VECTORISED),
            Variant("pair by pair", LOOPS, slow=True),
            Variant("equal and different pairs split in a class", SPLIT),
            Variant("einsum over scaled differences", EINSUM),
        ),
        non_negative=True,
        laws=LAWS,
        curves=(
            Curve(
                "An equal pair, in one dimension",
                "x1 - x2",
                -2.0,
                2.0,
                lambda x: Case((np.array([1]), np.array([[x]]), np.zeros((1, 1)))),
            ),
            Curve(
                "A different pair in one dimension, margin = 1",
                "x1 - x2",
                -2.0,
                2.0,
                lambda x: Case((np.array([0]), np.array([[x]]), np.zeros((1, 1)))),
                kinks=(0.0,),
            ),
        ),
    ),
)
