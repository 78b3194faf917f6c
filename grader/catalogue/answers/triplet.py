"""Right and wrong answers to the triplet loss: usual misconceptions and variants of style."""

from grader.catalogue.task import Misconception, Variant, patched
from grader.families import Family

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
        "Manhattan distance",
        Family.VALUES,
        "It adds up absolute differences, which is the Manhattan and not the Euclidean distance.",
        patched(
            VECTORISED,
            ("np.sqrt(((x - y) ** 2).sum(axis=1))", "np.abs(x - y).sum(axis=1)"),
            ("(x - y) / np.where(d == 0, 1, d)[:, None]", "np.sign(x - y) + 0 * d[:, None]"),
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
        "margin subtracted",
        Family.VALUES,
        "It subtracts the margin, which allows the positive to be further away than the negative.",
        patched(VECTORISED, (" + margin", " - margin")),
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
        "anchor pulled by the positive only",
        Family.GRADIENTS,
        "The anchor's gradient leaves out its distance to the negative.",
        patched(
            VECTORISED, ("return from_positive - from_negative", "return from_positive.copy()")
        ),
    ),
    Misconception(
        "gradient without 1/n",
        Family.GRADIENTS,
        "Its gradients are of the sum: the 1/n of the mean is missing.",
        patched(VECTORISED, (" / len(anchor)", "")),
    ),
    Misconception(
        "gradient of the squared distance",
        Family.GRADIENTS,
        "Its gradients are those of squared distances: they are not divided by the distance.",
        patched(VECTORISED, ("(x - y) / np.where(d == 0, 1, d)[:, None]", "2 * (x - y)")),
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
    Misconception(
        "empty input accepted",
        Family.EDGE_CASES,
        "It returns a number or NaN for no triplets at all, where ValueError is asked.",
        patched(VECTORISED, (" or anchor.size == 0", "")),
    ),
)

VARIANTS = (
    Variant("vectorised", VECTORISED),
    Variant("row by row", ROW_BY_ROW),
    Variant("einsum", EINSUM),
    Variant("closures and scaled norms", CLOSURES),
)
