"""Triplet loss: an anchor must be closer to its positive than to its negative, by a margin."""

import numpy as np

from grader.catalogue.answers.triplet import MISCONCEPTIONS, VARIANTS
from grader.catalogue.euclidean import directions, lengths
from grader.catalogue.inputs import paired, require
from grader.catalogue.task import (
    Argument,
    Array,
    Case,
    Edge,
    Extreme,
    Parameter,
    Shape,
    Task,
)

Triplet = tuple[Array, Array, Array]
Bounds = tuple[Array, Array]

MARGINS = (1.0, 0.2, 2.5)


def checked(anchor: Array, positive: Array, negative: Array) -> Triplet:
    """Return all in float64; raise ValueError unless all are (n, d), the same, and not empty."""
    anchor, positive, negative = paired(anchor, positive, negative)
    require(anchor.ndim == 2, "rows are embeddings: the arrays must be (n, d)")
    return anchor, positive, negative


def gaps(anchor: Array, positive: Array, negative: Array, margin: float) -> Array:
    return np.asarray(lengths(anchor - positive) - lengths(anchor - negative) + margin)


def reference(anchor: Array, positive: Array, negative: Array, margin: float = 1.0) -> float:
    """Return the mean of max(0, d(a, p) - d(a, n) + margin), d the Euclidean distance.

    Args:
        anchor, positive, negative: same shape (n, d), rows are embeddings in one unit of length.
        margin: in the same unit.

    Raises:
        ValueError: for different shapes or empty input.

    Source: Schroff, Kalenichenko, Philbin, FaceNet (2015), equation 3, with distances that are
    not squared, as in Hermans, Beyer, Leibe, In Defense of the Triplet Loss (2017), section 2.
    """
    return float(np.mean(np.maximum(0.0, gaps(*checked(anchor, positive, negative), margin))))


def pulls(anchor: Array, positive: Array, negative: Array) -> Triplet:
    """Return the derivatives of each d(a, p) - d(a, n), each (n, d); a distance of 0 adds 0."""
    to_positive = directions(anchor - positive)
    to_negative = directions(anchor - negative)
    return to_positive - to_negative, -to_positive, to_negative


def gradient(anchor: Array, positive: Array, negative: Array, margin: float = 1.0) -> Triplet:
    """Return the derivatives with respect to anchor, positive and negative, each (n, d).

    Where an active pair of points coincides, its distance adds 0; at the kink the row is 0.

    Raises:
        ValueError: as `reference`.

    Source: the derivative of a Euclidean norm, x / |x|; Petersen, Pedersen, The Matrix Cookbook
    (2012), equation 129.
    """
    rows = checked(anchor, positive, negative)
    share = (gaps(*rows, margin) > 0.0)[:, None] / len(anchor)
    to_anchor, to_positive, to_negative = pulls(*rows)
    return share * to_anchor, share * to_positive, share * to_negative


def subdifferential(
    anchor: Array, positive: Array, negative: Array, margin: float = 1.0
) -> tuple[Bounds, Bounds, Bounds]:
    """Return the lowest and highest right gradient per argument, each (n, d).

    At max(0, 0) they lie between 0 and the active gradient. Where two points of a row that is not
    inactive coincide, any number is right for both of them.
    """
    rows = checked(anchor, positive, negative)
    gap = gaps(*rows, margin)
    with_positive = (gap >= 0.0) & np.all(rows[0] == rows[1], axis=1)
    with_negative = (gap >= 0.0) & np.all(rows[0] == rows[2], axis=1)
    anything = (with_positive | with_negative, with_positive, with_negative)
    slopes = [slope / len(gap) for slope in pulls(*rows)]
    a, p, n = (bounds(gap, slope, free) for slope, free in zip(slopes, anything, strict=True))
    return a, p, n


def bounds(gap: Array, slope: Array, free: Array) -> Bounds:
    """Return the bounds of one argument's gradient, from the gradient it has where active."""
    active, kink = (gap > 0.0)[:, None], (gap == 0.0)[:, None]
    lowest = np.where(active, slope, np.where(kink, np.minimum(slope, 0.0), 0.0))
    highest = np.where(active, slope, np.where(kink, np.maximum(slope, 0.0), 0.0))
    free = free[:, None]
    return np.where(free, -np.inf, lowest), np.where(free, np.inf, highest)


def near_a_kink(rows: Triplet) -> Array:
    """Return which rows come within 0.02 of a kink at one of the margins that are tried."""
    at_zero = gaps(*rows, 0.0)
    return np.asarray(np.any([np.abs(at_zero + m) < 0.02 for m in MARGINS], axis=0))


def sample(rng: np.random.Generator, shape: Shape) -> Triplet:
    """Draw embeddings away from kinks: the first row is active at every margin, the last is not."""
    anchor, positive, negative = rng.normal(size=(3, *shape))
    while (near := near_a_kink((anchor, positive, negative))).any():
        negative[near] = rng.normal(size=(near.sum(), shape[1]))
    if shape[0] > 1:
        reach = lengths(anchor[-1:] - positive[-1:]) + 4.0
        negative[-1] = anchor[-1] + reach * directions(negative[-1:] - anchor[-1:])[0]
    if gaps(anchor[:1], positive[:1], negative[:1], 0.0) < 0.0:
        positive[0], negative[0] = negative[0].copy(), positive[0].copy()
    return anchor, positive, negative


def terms(anchor: Array, positive: Array, negative: Array, margin: float = 1.0) -> float:
    far = max(lengths(anchor - positive).max(), lengths(anchor - negative).max())
    return float(max(far, abs(margin)))


def scaled(rng: np.random.Generator, scale: float) -> Case:
    anchor, positive, negative = sample(rng, (5, 4))
    return Case((scale * anchor, scale * positive, scale * negative))


def shifted(rng: np.random.Generator, offset: float) -> Case:
    anchor, positive, negative = sample(rng, (5, 4))
    return Case((anchor + offset, positive + offset, negative + offset))


def coincident(rng: np.random.Generator, *arguments: int) -> Case:
    """Move the arguments onto the anchor in two rows: the others there are near, then far."""
    rows = sample(rng, (4, 3))
    for other in (1, 2):
        step = rng.uniform(0.1, 0.2, size=3)
        rows[other][1], rows[other][2] = rows[0][1] + step, rows[0][2] + 50.0 * step
    for argument in arguments:
        rows[argument][1:3] = rows[0][1:3]
    return Case(rows)


def at_the_kink(rng: np.random.Generator) -> Case:
    """Distances of exactly 5 and 6, so that the default margin is met with nothing to spare."""
    anchor, positive, negative = sample(rng, (4, 2))
    row = rng.integers(0, 4)
    anchor[row], positive[row], negative[row] = [0.0, 0.0], [3.0, 4.0], [6.0, 0.0]
    return Case((anchor, positive, negative))


def all_met(rng: np.random.Generator) -> Case:
    anchor, positive, negative = sample(rng, (4, 3))
    return Case((anchor, anchor + 0.1 * positive, anchor + 20.0 * np.sign(negative)))


EXTREMES = (
    Extreme(
        "distances of 1e100",
        lambda rng: scaled(rng, 1e100),
        "Take the root of the sum of squares once and keep it: products of squared distances "
        "overflow.",
    ),
    Extreme(
        "distances of 1e12",
        lambda rng: scaled(rng, 1e12),
        "Take the root of the sum of squares once and keep it: products of squared distances "
        "overflow in float32.",
        float32=True,
    ),
    Extreme(
        "distances of 1e-100",
        lambda rng: scaled(rng, 1e-100),
        "Divide by the distance itself and guard only a distance of exactly 0: an epsilon "
        "destroys the direction between close points.",
    ),
    Extreme(
        "points 1e7 away from the origin",
        lambda rng: shifted(rng, 1e7),
        "Subtract the points before squaring: |a|² + |p|² - 2 a·p cancels all digits.",
    ),
)

FINITE = "finite gradient is accepted (0 is usual)."
EDGES = (
    Edge(
        "positive on the anchor",
        lambda rng: coincident(rng, 1),
        f"Where anchor and positive coincide in an active triplet, any {FINITE}",
    ),
    Edge(
        "negative on the anchor",
        lambda rng: coincident(rng, 2),
        f"Where anchor and negative coincide, any {FINITE}",
    ),
    Edge(
        "all three points the same",
        lambda rng: coincident(rng, 1, 2),
        f"Where all three coincide the triplet costs the margin, and any {FINITE}",
    ),
    Edge(
        "margin met exactly",
        at_the_kink,
        "Where d(a, p) - d(a, n) + margin = 0, any gradient between 0 and the active one is right.",
    ),
    Edge("every triplet met", all_met, "Where every margin is met, loss and gradients are 0."),
)

TASKS = (
    Task(
        slug="triplet",
        title="Triplet loss",
        formula=(
            r"L = \frac{1}{n} \sum_{i=1}^{n} \max\bigl(0,\ \lVert a_i - p_i \rVert_2 "
            r"- \lVert a_i - n_i \rVert_2 + m\bigr)"
        ),
        sentence=(
            "The mean over the rows of the Euclidean distance from anchor to positive, less that "
            "from anchor to negative, plus the margin, and 0 where that is negative."
        ),
        domain=(
            "anchor, positive, negative: real embeddings of one shape (n, d); the distances are "
            "not squared. Shapes that differ raise ValueError."
        ),
        rules=(
            "Shapes that differ raise ValueError, and never broadcast.",
            "Empty input raises ValueError.",
            "A NaN in any of the three gives a NaN loss.",
            "Distances carry no epsilon: from 1e-100 to 1e100 they count as they are.",
            "Where two points coincide, any finite gradient is right, 0 for example.",
            "Where d(a, p) - d(a, n) + margin is exactly 0, any gradient between 0 and the active "
            "one is right.",
            "The mean is over all n triplets, whether they violate the margin or not.",
            "grad returns a tuple: the derivatives with respect to anchor, positive and negative, "
            "each (n, d).",
        ),
        source=(
            "Schroff, Kalenichenko, Philbin, FaceNet (2015), equation 3, with distances that are "
            "not squared, as in Hermans, Beyer, Leibe, In Defense of the Triplet Loss (2017), "
            "section 2."
        ),
        arguments=(
            Argument("anchor", "n d", differentiate=True),
            Argument("positive", "n d", differentiate=True),
            Argument("negative", "n d", differentiate=True),
        ),
        parameters=(Parameter("margin", MARGINS[0], MARGINS[1:]),),
        reference=reference,
        gradient=gradient,
        subdifferential=subdifferential,
        sample=sample,
        shapes=((6, 4), (1, 3), (2, 2), (5, 5), (3, 8)),
        large=(250, 1000),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=VARIANTS,
    ),
)
