"""Pairs of boxes (n, 4) with corners x1 y1 x2 y2: how they lie, draws, and what is hard."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grader.catalogue.inputs import paired, require
from grader.catalogue.task import Array, Case, Edge, Expect, Extreme, Shape

Pair = tuple[Array, Array]
Draw = Callable[[np.random.Generator], Case]

# How a predicted box may lie along one axis, with the true one from 0 to 1.
PLACES = np.array(
    [
        (-0.5, 0.5),  # low
        (0.4, 1.6),  # high
        (0.25, 0.75),  # within
        (-0.4, 1.5),  # around
        (1.4, 2.2),  # beyond
        (-1.7, -0.5),  # before
    ]
)
OVERLAPPING = 4  # of them


def true_boxes(rng: np.random.Generator, n: int) -> Array:
    """Draw n boxes of sizes 1 to 3."""
    corners = rng.uniform(-3.0, 3.0, size=(n, 2))
    return np.concatenate([corners, corners + rng.uniform(1.0, 3.0, size=(n, 2))], axis=1)


def predicted(rng: np.random.Generator, truth: Array) -> Array:
    """Draw a box for each true one: in turn one that overlaps it, and one anywhere.

    Edges keep a distance of a tenth of the box from those of the true one.
    """
    n = len(truth)
    place = rng.integers(0, len(PLACES), size=(n, 2))
    place[::2] %= OVERLAPPING
    shares = PLACES[place] + rng.uniform(-0.1, 0.1, size=(n, 2, 2))
    corners, sizes = truth[:, :2], truth[:, 2:] - truth[:, :2]
    edges = corners[:, None, :] + sizes[:, None, :] * shares.transpose(0, 2, 1)
    return np.asarray(edges.reshape(n, 4))


def checked(boxes_true: Array, boxes_pred: Array) -> Pair:
    """Return both in float64; raise ValueError for other shapes and for true boxes without area."""
    truth, guess = paired(boxes_true, boxes_pred)
    require(truth.ndim == 2 and truth.shape[1] == 4, "boxes must be (n, 4)")
    # NaN compares false: it must reach the result.
    empty = truth[:, 2:] <= truth[:, :2]
    require(not bool(np.any(empty)), "a true box has x2 <= x1 or y2 <= y1")
    return truth, guess


@dataclass(frozen=True, slots=True)
class Axes:
    """Lengths along x and y of pairs of boxes, each (n, 2): column 0 is x, column 1 is y."""

    shared: Array  # of the intersection, 0 where the boxes are apart
    hull: Array
    true: Array
    predicted: Array

    @classmethod
    def of(cls, truth: Array, guess: Array) -> "Axes":
        low, high = truth[:, :2], truth[:, 2:]
        first, last = guess[:, :2], guess[:, 2:]
        shared = np.minimum(high, last) - np.maximum(low, first)
        # Not clip: a NaN must come through.
        shared = np.where(shared < 0.0, 0.0, shared)
        hull = np.maximum(high, last) - np.minimum(low, first)
        return cls(shared, hull, high - low, last - first)

    @property
    def areas(self) -> tuple[Array, Array, Array]:
        """Intersection, union and hull, each (n,)."""
        both = self.shared.prod(axis=1)
        union = self.true.prod(axis=1) + self.predicted.prod(axis=1) - both
        return both, union, self.hull.prod(axis=1)


def area_slopes(truth: Array, guess: Array, *, shrinks: bool) -> tuple[Array, Array, Array]:
    """Return the derivatives of intersection, union and hull by each predicted edge, all (n, 4).

    Where edges tie they are those of a predicted box that `shrinks` there, or grows.
    """
    axes = Axes.of(truth, guess)
    outward = np.array([-1.0, -1.0, 1.0, 1.0])
    shared, hull = _follows(truth, guess, shrinks=shrinks)
    d_both = outward * shared * _across(axes.shared)
    d_union = outward * _across(axes.predicted) - d_both
    return d_both, d_union, outward * hull * _across(axes.hull)


def _across(lengths: Array) -> Array:
    """Return, for each of the four coordinates, the length along the other axis."""
    return lengths[:, [1, 0, 1, 0]]


def _follows(truth: Array, guess: Array, *, shrinks: bool) -> Pair:
    """Return 1 where intersection and hull follow a predicted edge outwards, else 0; each (n, 4).

    An edge on the true one takes the intersection along inwards and the hull outwards; one that
    touches the far side of the true box opens an intersection by moving outwards.
    """
    outward = np.array([-1.0, -1.0, 1.0, 1.0])
    beyond = outward * (guess - truth)
    entered = outward * (guess - truth[:, [2, 3, 0, 1]])
    if shrinks:
        shared, hull = (beyond <= 0.0) & (entered > 0.0), beyond > 0.0
    else:
        shared, hull = (beyond < 0.0) & (entered >= 0.0), beyond >= 0.0
    return shared.astype(np.float64), hull.astype(np.float64)


def sample(rng: np.random.Generator, shape: Shape) -> Pair:
    """Draw boxes and predictions that overlap, hold each other or are apart, away from ties."""
    truth = true_boxes(rng, shape[0])
    return truth, predicted(rng, truth)


def scaled(scale: float) -> Draw:
    def case(rng: np.random.Generator) -> Case:
        truth, guess = sample(rng, (5, 4))
        return Case((scale * truth, scale * guess))

    return case


def far_from_the_origin(rng: np.random.Generator) -> Case:
    truth, guess = sample(rng, (5, 4))
    return Case((truth + 1e6, guess + 1e6))


def far_apart(rng: np.random.Generator) -> Case:
    truth, guess = sample(rng, (5, 4))
    return Case((truth, guess + rng.choice([-1e4, 1e4], size=(5, 1))))


def beside_ordinary(*rows: tuple[float, ...]) -> Draw:
    """Return a draw of predictions for the true box 1 2 4 4, among ordinary ones, in any order."""

    def case(rng: np.random.Generator) -> Case:
        truth, guess = sample(rng, (2, 4))
        truth = np.concatenate([truth, np.tile([1.0, 2.0, 4.0, 4.0], (len(rows), 1))])
        guess = np.concatenate([guess, np.array(rows)])
        order = rng.permutation(len(truth))
        return Case((truth[order], guess[order]))

    return case


def without_area(axis: int, extent: float) -> Draw:
    """Return a draw in which one true box has this length along one axis."""

    def case(rng: np.random.Generator) -> Case:
        truth, guess = sample(rng, (5, 4))
        truth[3, axis + 2] = truth[3, axis] + extent
        return Case((truth, guess))

    return case


def the_same(rng: np.random.Generator) -> Case:
    truth = true_boxes(rng, 4)
    return Case((truth, truth.copy()))


def enlarged(rng: np.random.Generator, case: Case) -> Case:
    scale = rng.uniform(0.1, 10.0)
    return Case(tuple(scale * boxes for boxes in case.arguments))


def inside(rng: np.random.Generator) -> Case:
    """Predictions within the true box: the hull is the true box."""
    truth = true_boxes(rng, 5)
    shrink = rng.uniform(0.1, 0.4, size=(5, 4)) * [1.0, 1.0, -1.0, -1.0]
    return Case((truth, truth + shrink))


EXTREMES = (
    Extreme(
        "boxes of 1e100",
        scaled(1e100),
        "Divide by an area twice, not by its square: the square of 1e200 is infinite.",
    ),
    Extreme(
        "boxes of 1e-100",
        scaled(1e-100),
        "Add no epsilon to an area, and divide by it twice, not by its square: that of 1e-200 is "
        "0.",
    ),
    Extreme(
        "boxes of 1e-4",
        scaled(1e-4),
        "Add no epsilon to an area: small boxes have tiny ones.",
        float32=True,
    ),
    Extreme(
        "boxes a million from the origin",
        far_from_the_origin,
        "Subtract coordinates before multiplying: their products cancel.",
    ),
    Extreme(
        "boxes ten thousand apart",
        far_apart,
        "Let the loss near 2: it is not cut off where boxes are apart.",
        float32=True,
    ),
)

BETWEEN = "any gradient between the one-sided derivatives is right"
EDGES = (
    Edge(
        "prediction equal to the true box",
        the_same,
        f"Equal boxes cost nothing; each edge is on a kink, where {BETWEEN}.",
    ),
    Edge(
        "boxes that touch",
        beside_ordinary((4.0, 2.5, 6.0, 3.5), (1.5, 0.5, 3.0, 2.0), (4.0, 4.0, 5.0, 6.0)),
        f"Boxes that only touch share no area, and {BETWEEN}.",
    ),
    Edge(
        "some edges in line",
        beside_ordinary((1.0, 2.0, 3.0, 5.0), (0.0, 2.0, 4.0, 3.0), (2.0, 3.0, 4.0, 4.0)),
        f"Where edges of both boxes are in line {BETWEEN}.",
    ),
    Edge(
        "boxes apart along both axes",
        beside_ordinary((6.0, 7.0, 8.0, 9.0), (-3.0, -3.0, -1.0, 0.0), (5.0, -2.0, 6.0, 1.0)),
        "Boxes apart along both axes share nothing: two negative lengths make no area.",
    ),
    Edge(
        "true box turned round",
        without_area(0, -1.0),
        "A true box with x2 < x1 raises ValueError.",
        Expect.VALUE_ERROR,
    ),
    Edge(
        "true box without height",
        without_area(1, 0.0),
        "A true box with y2 = y1 raises ValueError.",
        Expect.VALUE_ERROR,
    ),
)
