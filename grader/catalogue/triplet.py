"""Triplet loss: an anchor must be closer to its positive than to its negative, by a margin."""

from typing import Any

import numpy as np

from grader.catalogue import exact, laws
from grader.catalogue.euclidean import directions, divided, lengths
from grader.catalogue.inputs import paired, require
from grader.catalogue.task import (
    Argument,
    Array,
    Brief,
    Case,
    Curve,
    Edge,
    Example,
    Extreme,
    Misconception,
    Parameter,
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family

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


def gaps_and_pulls(
    anchor: Array, positive: Array, negative: Array, margin: float
) -> tuple[Array, Triplet]:
    """Return the gaps, and the derivatives of each d(a, p) - d(a, n), each (n, d).

    A distance of 0 adds 0.
    """
    to_positive, to_negative = anchor - positive, anchor - negative
    near, far = lengths(to_positive), lengths(to_negative)
    to_positive, to_negative = divided(to_positive, near), divided(to_negative, far)
    return near - far + margin, (to_positive - to_negative, -to_positive, to_negative)


def gradient(anchor: Array, positive: Array, negative: Array, margin: float = 1.0) -> Triplet:
    """Return the derivatives with respect to anchor, positive and negative, each (n, d).

    Where an active pair of points coincides, its distance adds 0; at the kink the row is 0.

    Raises:
        ValueError: as `reference`.

    Source: the derivative of a Euclidean norm, x / |x|; Petersen, Pedersen, The Matrix Cookbook
    (2012), equation 129.
    """
    gap, pulls = gaps_and_pulls(*checked(anchor, positive, negative), margin)
    share = (gap > 0.0)[:, None] / len(anchor)
    to_anchor, to_positive, to_negative = pulls
    return share * to_anchor, share * to_positive, share * to_negative


def subdifferential(
    anchor: Array, positive: Array, negative: Array, margin: float = 1.0
) -> tuple[Bounds, Bounds, Bounds]:
    """Return the lowest and highest right gradient per argument, each (n, d).

    At max(0, 0) they lie between 0 and the active gradient. Where two points of a row that is not
    inactive coincide, any number is right for both of them.
    """
    rows = checked(anchor, positive, negative)
    gap, pulls = gaps_and_pulls(*rows, margin)
    with_positive = (gap >= 0.0) & np.all(rows[0] == rows[1], axis=1)
    with_negative = (gap >= 0.0) & np.all(rows[0] == rows[2], axis=1)
    anything = (with_positive | with_negative, with_positive, with_negative)
    slopes = [slope / len(gap) for slope in pulls]
    a, p, n = (bounds(gap, slope, free) for slope, free in zip(slopes, anything, strict=True))
    return a, p, n


def bounds(gap: Array, slope: Array, free: Array) -> Bounds:
    """Return the bounds of one argument's gradient, from the gradient it has where active."""
    active, kink = (gap > 0.0)[:, None], (gap == 0.0)[:, None]
    lowest = np.where(active, slope, np.where(kink, np.minimum(slope, 0.0), 0.0))
    highest = np.where(active, slope, np.where(kink, np.maximum(slope, 0.0), 0.0))
    free = free[:, None]
    return np.where(free, -np.inf, lowest), np.where(free, np.inf, highest)


def near_a_kink(at_zero: Array) -> Array:
    """Return which gaps at margin 0 come within 0.02 of a kink at one of the margins tried."""
    return np.asarray((np.abs(at_zero[:, None] + MARGINS) < 0.02).any(axis=1))


def sample(rng: np.random.Generator, shape: Shape) -> Triplet:
    """Draw embeddings away from kinks: the first row is active at every margin, the last is not."""
    anchor, positive, negative = rng.normal(size=(3, *shape))
    to_positive = lengths(anchor - positive)
    at_zero = to_positive - lengths(anchor - negative)
    while (near := near_a_kink(at_zero)).any():
        negative[near] = rng.normal(size=(near.sum(), shape[1]))
        at_zero = to_positive - lengths(anchor - negative)
    if shape[0] > 1:
        reach = to_positive[-1] + 4.0
        negative[-1] = anchor[-1] + reach * directions(negative[-1:] - anchor[-1:])[0]
    if at_zero[0] < 0.0:
        positive[0], negative[0] = negative[0].copy(), positive[0].copy()
    return anchor, positive, negative


def terms(anchor: Array, positive: Array, negative: Array, margin: float = 1.0) -> float:
    far = max(lengths(anchor - positive).max(), lengths(anchor - negative).max())
    return float(max(far, abs(margin)))


def definition(mp: Any, anchor: Any, positive: Any, negative: Any, margin: Any) -> Any:
    def distance(a: Any, b: Any) -> Any:
        return exact.norm(mp, [x - y for x, y in zip(a, b, strict=True)])

    rows = zip(anchor, positive, negative, strict=True)
    return exact.mean(mp, (max(0, distance(a, p) - distance(a, n) + margin) for a, p, n in rows))


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


def beside_a_stray(rng: np.random.Generator) -> Case:
    """Ordinary triplets, and one whose positive is 1e9 away: all digits of the loss are its own."""
    anchor, positive, negative = sample(rng, (5, 4))
    positive[0] = anchor[0] + 1e9 * rng.choice([-1.0, 1.0], size=4)
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


VECTORISED = """\
import numpy as np


def check(anchor, positive, negative):
    if not anchor.shape == positive.shape == negative.shape or anchor.size == 0:
        raise ValueError("the arrays must have the same shape (n, d) and not be empty")


def distance(x, y):
    return np.sqrt(((x - y) ** 2).sum(axis=1))


def loss(anchor, positive, negative, margin=1.0):
    check(anchor, positive, negative)
    gap = distance(anchor, positive) - distance(anchor, negative) + margin
    return np.maximum(0, gap).mean()


def direction(x, y):
    d = distance(x, y)
    return (x - y) / np.where(d == 0, 1, d)[:, None]


def grad(anchor, positive, negative, margin=1.0):
    check(anchor, positive, negative)
    gap = distance(anchor, positive) - distance(anchor, negative) + margin
    active = (gap > 0)[:, None]
    from_positive = active * direction(anchor, positive) / len(anchor)
    from_negative = active * direction(anchor, negative) / len(anchor)
    return from_positive - from_negative, -from_positive, from_negative
"""

ROW_BY_ROW = """\
import numpy as np


def triplets(anchor, positive, negative):
    shapes = {anchor.shape, positive.shape, negative.shape}
    if len(shapes) != 1 or anchor.size == 0:
        raise ValueError("expected three arrays of one shape")
    return enumerate(zip(anchor, positive, negative))


def loss(anchor, positive, negative, margin=1.0):
    total = 0.0
    for _, (a, p, n) in triplets(anchor, positive, negative):
        gap = np.linalg.norm(a - p) - np.linalg.norm(a - n) + margin
        total += 0.0 if gap < 0 else gap
    return total / len(anchor)


def unit(vector):
    length = np.linalg.norm(vector)
    return vector / length if length > 0 else np.zeros_like(vector)


def grad(anchor, positive, negative, margin=1.0):
    result = np.zeros((3, *anchor.shape))
    for i, (a, p, n) in triplets(anchor, positive, negative):
        if np.linalg.norm(a - p) - np.linalg.norm(a - n) + margin > 0:
            result[:, i] = unit(a - p) - unit(a - n), unit(p - a), unit(a - n)
    return tuple(part / len(anchor) for part in result)
"""

EINSUM = """\
import numpy as np


def parts(anchor, positive, negative, margin):
    if anchor.ndim != 2 or 0 in anchor.shape:
        raise ValueError("anchor must be (n, d)")
    if positive.shape != anchor.shape or negative.shape != anchor.shape:
        raise ValueError("shapes differ")
    sides = np.stack([anchor - positive, anchor - negative])
    distances = np.sqrt(np.einsum("snd,snd->sn", sides, sides))
    return sides, distances, distances[0] - distances[1] + margin


def loss(anchor, positive, negative, margin=1.0):
    gap = parts(anchor, positive, negative, margin)[2]
    return float(np.mean(np.clip(gap, 0.0, None)))


def grad(anchor, positive, negative, margin=1.0):
    sides, distances, gap = parts(anchor, positive, negative, margin)
    inverse = np.divide(1.0, distances, out=np.zeros_like(distances), where=distances > 0)
    weights = np.where(gap > 0, inverse, 0.0) / gap.size
    near, far = np.einsum("sn,snd->snd", weights, sides)
    return near - far, np.negative(near), np.copy(far)
"""

CLOSURES = '''\
import numpy as np


def norm(vectors):
    """Length of each row, scaled so that no square overflows, and its derivative."""
    largest = np.max(np.abs(vectors), axis=1, keepdims=True)
    largest = np.where(largest == 0, 1, largest)
    scaled = vectors / largest
    length = np.sqrt(np.sum(scaled * scaled, axis=1, keepdims=True))
    unit = np.divide(scaled, length, out=np.zeros(scaled.shape), where=length != 0)
    return (largest * length).ravel(), lambda upstream: unit * upstream[:, None]


def forward(anchor, positive, negative, margin):
    if anchor.shape != positive.shape or anchor.shape != negative.shape or not anchor.size:
        raise ValueError("need three equal, non-empty shapes")
    near, near_backward = norm(anchor - positive)
    far, far_backward = norm(anchor - negative)
    return near - far + margin, near_backward, far_backward


def loss(anchor, positive, negative, margin=1.0):
    gap, _, _ = forward(anchor, positive, negative, margin)
    return np.sum(np.where(gap <= 0, 0.0, gap)) / len(gap)


def grad(anchor, positive, negative, margin=1.0):
    gap, near_backward, far_backward = forward(anchor, positive, negative, margin)
    upstream = np.where(gap <= 0, 0.0, 1.0) / len(gap)
    g_near, g_far = near_backward(upstream), far_backward(upstream)
    return g_near - g_far, -g_near, g_far
'''

EXPANDED = "(x * x).sum(axis=1) + (y * y).sum(axis=1) - 2 * (x * y).sum(axis=1)"

MISCONCEPTIONS = (
    Misconception(
        "squared distances",
        Family.VALUES,
        "It compares squared distances: the square root of the Euclidean distance is missing.",
        patched(
            VECTORISED,
            ("np.sqrt(((x - y) ** 2).sum(axis=1))", "((x - y) ** 2).sum(axis=1)"),
            ("(x - y) / np.where(d == 0, 1, d)[:, None]", "2 * (x - y)"),
        ),
    ),
    Misconception(
        "positive and negative swapped",
        Family.VALUES,
        "It pulls the negative close and pushes the positive away: the two are swapped.",
        patched(
            VECTORISED,
            (
                "gap = distance(anchor, positive) - distance(anchor, negative) + margin",
                "gap = distance(anchor, negative) - distance(anchor, positive) + margin",
            ),
            (
                "return from_positive - from_negative, -from_positive, from_negative",
                "return from_negative - from_positive, from_positive, -from_negative",
            ),
        ),
    ),
    Misconception(
        "never cut off at 0",
        Family.VALUES,
        "It averages without max(0, ...), so triplets that are right already make up for wrong "
        "ones.",
        patched(
            VECTORISED, ("np.maximum(0, gap).mean()", "gap.mean()"), ("(gap > 0)", "(gap == gap)")
        ),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the losses of the triplets where their mean is asked.",
        patched(VECTORISED, (".mean()", ".sum()"), (" / len(anchor)", "")),
    ),
    Misconception(
        "mean over active triplets",
        Family.VALUES,
        "It averages over the triplets that violate the margin, where the mean is over all n.",
        patched(
            VECTORISED,
            (".mean()", ".sum() / max(1, (gap > 0).sum())"),
            ("/ len(anchor)", "/ max(1, active.sum())"),
        ),
    ),
    Misconception(
        "gradient never switched off",
        Family.GRADIENTS,
        "Its gradient also moves triplets that meet the margin, where the loss is flat.",
        patched(VECTORISED, ("active = (gap > 0)[:, None]", "active = (gap == gap)[:, None]")),
    ),
    Misconception(
        "gradient without 1/n",
        Family.GRADIENTS,
        "Its gradients are of the sum: the 1/n of the mean is missing.",
        patched(VECTORISED, (" / len(anchor)", "")),
    ),
    Misconception(
        "squares expanded",
        Family.STABILITY,
        "It computes |x - y|² as |x|² + |y|² - 2 x·y, which loses all digits far from the origin.",
        patched(VECTORISED, ("((x - y) ** 2).sum(axis=1)", f"np.maximum(0, {EXPANDED})")),
    ),
    Misconception(
        "epsilon under the root",
        Family.STABILITY,
        "It adds 1e-12 under the root, which flattens the gradient between close points.",
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
        "It counts a NaN distance as a margin met, because NaN > 0 is false: bad data vanishes.",
        patched(VECTORISED, ("np.maximum(0, gap)", "np.where(gap > 0, gap, 0)")),
    ),
    Misconception(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It lets shapes that differ broadcast, so one anchor is compared with every row.",
        patched(
            VECTORISED,
            (
                "not anchor.shape == positive.shape == negative.shape or anchor.size == 0",
                "anchor.size == 0",
            ),
        ),
    ),
)

USUAL = laws.drawn(sample, 6, 4)

LAWS = (
    laws.zero("Where every margin is met the loss is 0.", reference, all_met),
    laws.unchanged("A common shift changes nothing.", reference, USUAL, laws.shifted(0, 1, 2)),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1, 2)),
    laws.equal(
        "In another unit of length, margin included, it is that many times as large.",
        USUAL,
        reference,
        lambda a, p, n: reference(3.0 * a, 3.0 * p, 3.0 * n, 3.0) / 3.0,
    ),
    laws.equal(
        "Where positive and negative are the same point it is the margin.",
        USUAL,
        lambda anchor, positive, negative: reference(anchor, positive, positive, 0.75),
        lambda anchor, positive, negative: 0.75,
    ),
)

ONE_TRIPLET = (np.zeros((1, 2)), np.array([[3.0, 4.0]]), np.array([[5.0, -12.0]]))

VARIANTS = (
    Variant("vectorised", VECTORISED),
    Variant("row by row", ROW_BY_ROW),
    Variant("einsum", EINSUM),
    Variant("closures and scaled norms", CLOSURES),
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
        brief=Brief(
            prompt="Two photographs of one person shall lie closer together than photographs of "
            "two people. Write the triplet loss on Euclidean distances and its gradients with "
            "respect to anchor, positive and negative.",
            context="Distances between rows, a gradient for each of three arguments, and points "
            "that coincide.",
            topics=("embeddings", "margins"),
            difficulty="hard",
            minutes=30,
        ),
        examples=(
            Example(
                Case(ONE_TRIPLET, {"margin": 10.0}),
                value=2.0,
                gradient=(
                    ((-3 / 5 + 5 / 13, -4 / 5 - 12 / 13),),
                    ((3 / 5, 4 / 5),),
                    ((-5 / 13, 12 / 13),),
                ),
                working="The distances are 5 and 13, and 5 - 13 + 10 is 2; each point is pulled "
                "along the unit vectors (3, 4) / 5 and (5, -12) / 13.",
            ),
        ),
        definition=definition,
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
        large=(100, 1000),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        branches=True,
        variants=VARIANTS,
        non_negative=True,
        laws=LAWS,
        curves=(
            Curve(
                "The positive on a line, the negative at distance 2, margin = 1",
                "distance of the positive",
                0.05,
                4.0,
                lambda d: Case((np.zeros((1, 1)), np.array([[d]]), np.array([[-2.0]]))),
                kinks=(1.0,),
            ),
        ),
        coarse=beside_a_stray,
    ),
)
