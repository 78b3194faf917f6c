"""The generalised intersection over union of boxes, as a loss."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.boxes import (
    EDGES,
    EXTREMES,
    Axes,
    Pair,
    area_slopes,
    checked,
    enlarged,
    inside,
    sample,
    scaled,
    the_same,
)
from grader.catalogue.exact import mean
from grader.catalogue.task import (
    Argument,
    Array,
    Brief,
    Case,
    Curve,
    Example,
    Misconception,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def reference(boxes_true: Array, boxes_pred: Array) -> float:
    """Return the mean over boxes of 1 - IoU + (C - U) / C.

    U is the area of the union and C that of the hull, the smallest box around both.

    Args:
        boxes_true: shape (n, 4), rows x1 y1 x2 y2 with x1 < x2 and y1 < y2, any unit of length.
        boxes_pred: the same shape, order and unit.

    Returns:
        The loss, in 0..2; NaN where either array holds one.

    Raises:
        ValueError: for other shapes, empty input, and a true box without area.

    Source: Rezatofighi and others, Generalized Intersection over Union (2019), algorithms 1, 2.
    """
    both, union, hull = Axes.of(*checked(boxes_true, boxes_pred)).areas
    return float(np.mean((union - both) / union + (hull - union) / hull))


def gradient(boxes_true: Array, boxes_pred: Array) -> tuple[Array]:
    """Return d loss / d boxes_pred, shape (n, 4); errors as above.

    Where edges coincide it is one of those between the one-sided derivatives.
    """
    return (_slope(*checked(boxes_true, boxes_pred), shrinks=True),)


def subdifferential(boxes_true: Array, boxes_pred: Array) -> tuple[Pair]:
    """Return the lower and the higher one-sided derivative of each coordinate, both (n, 4)."""
    rows = checked(boxes_true, boxes_pred)
    inward, outward = (_slope(*rows, shrinks=shrinks) for shrinks in (True, False))
    return ((np.minimum(inward, outward), np.maximum(inward, outward)),)


def _slope(truth: Array, guess: Array, *, shrinks: bool) -> Array:
    """Return the derivative; where edges tie, for a predicted box that `shrinks` or grows there.

    With d(1 - I/U) = (I/U dU - dI)/U and d(1 - U/C) = (U/C dC - dU)/C; nothing is squared, so that
    nothing overflows.
    """
    both, union, hull = (area[:, None] for area in Axes.of(truth, guess).areas)
    d_both, d_union, d_hull = area_slopes(truth, guess, shrinks=shrinks)
    ratio, share = both / union, union / hull
    slope = (ratio * d_union - d_both) / union + (share * d_hull - d_union) / hull
    return np.asarray(slope / len(truth))


def terms(boxes_true: Array, boxes_pred: Array) -> float:
    """Return 1: the loss is made of shares and of 1."""
    return 1.0


def definition(mp: Any, boxes_true: Any, boxes_pred: Any) -> Any:
    def one(a: Any, b: Any) -> Any:
        width, height = (min(a[i + 2], b[i + 2]) - max(a[i], b[i]) for i in (0, 1))
        both = width * height if width > 0 and height > 0 else 0
        union = sum((c[2] - c[0]) * (c[3] - c[1]) for c in (a, b)) - both
        width, height = (max(a[i + 2], b[i + 2]) - min(a[i], b[i]) for i in (0, 1))
        hull = width * height
        return 1 - (both / union - (hull - union) / hull)

    return mean(mp, map(one, boxes_true, boxes_pred))


PLAIN = """\
import numpy as np

OUTWARD = np.array([-1, -1, 1, 1])


def _check(t, p):
    if t.ndim != 2 or t.shape[1] != 4 or t.shape != p.shape:
        raise ValueError("both must be (n, 4)")
    if len(t) == 0:
        raise ValueError("there is nothing to average")
    if (t[:, 2] <= t[:, 0]).any() or (t[:, 3] <= t[:, 1]).any():
        raise ValueError("a true box has no area")


def _measure(t, p):
    width = np.minimum(t[:, 2], p[:, 2]) - np.maximum(t[:, 0], p[:, 0])
    height = np.minimum(t[:, 3], p[:, 3]) - np.maximum(t[:, 1], p[:, 1])
    width, height = np.maximum(width, 0), np.maximum(height, 0)
    hull_width = np.maximum(t[:, 2], p[:, 2]) - np.minimum(t[:, 0], p[:, 0])
    hull_height = np.maximum(t[:, 3], p[:, 3]) - np.minimum(t[:, 1], p[:, 1])
    both = width * height
    area_true = (t[:, 2] - t[:, 0]) * (t[:, 3] - t[:, 1])
    area_pred = (p[:, 2] - p[:, 0]) * (p[:, 3] - p[:, 1])
    union = area_true + area_pred - both
    hull = hull_width * hull_height
    return width, height, both, union, hull_width, hull_height, hull


def loss(boxes_true, boxes_pred):
    _check(boxes_true, boxes_pred)
    _, _, both, union, _, _, hull = _measure(boxes_true, boxes_pred)
    giou = both / union - (hull - union) / hull
    return np.mean(1 - giou)


def grad(boxes_true, boxes_pred):
    _check(boxes_true, boxes_pred)
    t, p = boxes_true, boxes_pred
    width, height, both, union, hull_width, hull_height, hull = _measure(t, p)
    outside = OUTWARD * (p - t) > 0
    inside = ~outside & ((width > 0) & (height > 0))[:, None]
    across = np.stack([height, width, height, width], axis=1)
    across_hull = np.stack([hull_height, hull_width, hull_height, hull_width], axis=1)
    across_pred = (p[:, 2:] - p[:, :2])[:, [1, 0, 1, 0]]
    d_both = OUTWARD * inside * across
    d_hull = OUTWARD * outside * across_hull
    d_union = OUTWARD * across_pred - d_both
    both, union, hull = both[:, None], union[:, None], hull[:, None]
    d_iou = (d_both - both / union * d_union) / union
    d_gap = (union / hull * d_hull - d_union) / hull
    return (d_gap - d_iou) / len(p)
"""

BACKWARD = '''\
import numpy as np


class GIoU:
    """Forward keeps the lengths along both axes, backward hands slopes down to the corners."""

    def __init__(self, target, boxes):
        if target.shape != boxes.shape or target.shape != (len(target) or 1, 4):
            raise ValueError(f"{target.shape} against {boxes.shape}")
        target, boxes = target.astype(np.float64), boxes.astype(np.float64)
        self.low, self.high = target[:, :2], target[:, 2:]
        if np.any(self.high - self.low <= 0):
            raise ValueError("degenerate target")
        self.first, self.last = boxes[:, :2], boxes[:, 2:]
        overlap = np.minimum(self.last, self.high) - np.maximum(self.first, self.low)
        self.is_open = overlap > 0
        self.sides = np.where(overlap <= 0, 0.0, overlap)
        self.cover = np.maximum(self.last, self.high) - np.minimum(self.first, self.low)
        self.own = self.last - self.first
        self.i = self.sides[:, 0] * self.sides[:, 1]
        self.c = self.cover[:, 0] * self.cover[:, 1]
        self.u = np.prod(self.high - self.low, axis=1) + np.prod(self.own, axis=1) - self.i

    def value(self):
        return float(np.mean(2 - self.i / self.u - self.u / self.c))

    def slopes(self):
        n = len(self.i)
        to_union = (self.i / self.u) / self.u - 1 / self.c
        to_overlap = -1 / self.u - to_union
        to_cover = (self.u / self.c) / self.c
        sides = to_overlap[:, None] * self.sides[:, ::-1] * self.is_open / n
        own = to_union[:, None] * self.own[:, ::-1] / n
        cover = to_cover[:, None] * self.cover[:, ::-1] / n
        last = own + np.where(self.last < self.high, sides, cover)
        first = -own - np.where(self.first > self.low, sides, cover)
        return np.hstack([first, last])


def loss(boxes_true, boxes_pred):
    return GIoU(boxes_true, boxes_pred).value()


def grad(boxes_true, boxes_pred):
    return GIoU(boxes_true, boxes_pred).slopes()
'''

CORNERS = """\
import numpy as np


def corners(boxes_true, boxes_pred):
    if boxes_true.shape != boxes_pred.shape or boxes_true.shape[1:] != (4,):
        raise ValueError("shapes")
    if boxes_true.size == 0:
        raise ValueError("no boxes")
    t = np.asarray(boxes_true, dtype=float).reshape(-1, 2, 2)
    if not (t[:, 0] < t[:, 1])[~np.isnan(t).any(axis=1)].all():
        raise ValueError("true boxes need x1 < x2 and y1 < y2")
    return t, np.asarray(boxes_pred, dtype=float).reshape(-1, 2, 2)


def extent(box):
    return box[:, 1] - box[:, 0]


def meet_and_join(t, p):
    meet = np.stack([np.maximum(t[:, 0], p[:, 0]), np.minimum(t[:, 1], p[:, 1])], axis=1)
    join = np.stack([np.minimum(t[:, 0], p[:, 0]), np.maximum(t[:, 1], p[:, 1])], axis=1)
    return np.maximum(extent(meet), 0.0), extent(join)


def area(lengths):
    return np.einsum("n,n->n", lengths[:, 0], lengths[:, 1])


def loss(boxes_true, boxes_pred):
    t, p = corners(boxes_true, boxes_pred)
    meet, join = meet_and_join(t, p)
    union = area(extent(t)) + area(extent(p)) - area(meet)
    return np.mean((union - area(meet)) / union + (area(join) - union) / area(join))


def grad(boxes_true, boxes_pred):
    t, p = corners(boxes_true, boxes_pred)
    meet, join = meet_and_join(t, p)
    union = area(extent(t)) + area(extent(p)) - area(meet)
    # Half of a tie goes to each side, as automatic differentiation does it.
    side = np.array([-1.0, 1.0])[:, None]
    out = (1 + np.sign(side * (p - t))) / 2
    d_meet = side * (1 - out) * np.where(meet > 0, meet[:, ::-1], 0.0)[:, None, :]
    d_meet = d_meet * (meet > 0).all(axis=1)[:, None, None]
    d_join = side * out * join[:, None, ::-1]
    d_union = side * extent(p)[:, None, ::-1] - d_meet
    i, u, c = (x[:, None, None] for x in (area(meet), union, area(join)))
    slope = (i / u * d_union - d_meet) / u + (u / c * d_join - d_union) / c
    return slope.reshape(-1, 4) / len(slope)
"""

LOOPS = """\
import numpy as np


def rows(boxes_true, boxes_pred):
    if boxes_true.ndim != 2 or boxes_pred.shape != boxes_true.shape:
        raise ValueError("boxes must come in two arrays of one shape")
    if boxes_true.size == 0 or boxes_true.shape[1] != 4:
        raise ValueError("boxes have four coordinates")
    for t, p in zip(boxes_true.tolist(), boxes_pred.tolist()):
        if t[2] <= t[0] or t[3] <= t[1]:
            raise ValueError(f"{t} has no area")
        yield t, p


def one(t, p):
    if any(x != x for x in t + p):
        return np.nan, [np.nan] * 4
    w, h = min(t[2], p[2]) - max(t[0], p[0]), min(t[3], p[3]) - max(t[1], p[1])
    together = w > 0 and h > 0
    inner = w * h if together else 0.0
    pw, ph = p[2] - p[0], p[3] - p[1]
    union = (t[2] - t[0]) * (t[3] - t[1]) + pw * ph - inner
    cw, ch = max(t[2], p[2]) - min(t[0], p[0]), max(t[3], p[3]) - min(t[1], p[1])
    outer = cw * ch
    slopes = []
    for k in range(4):
        sign = 1 if k > 1 else -1
        is_out = sign * (p[k] - t[k]) > 0
        d_inner = sign * (w if k % 2 else h) if together and not is_out else 0.0
        d_outer = sign * (cw if k % 2 else ch) if is_out else 0.0
        d_union = sign * (pw if k % 2 else ph) - d_inner
        d_iou = d_inner / union - inner / union * d_union / union
        d_share = d_union / outer - union / outer * d_outer / outer
        slopes.append(-d_iou - d_share)
    return 2 - inner / union - union / outer, slopes


def loss(boxes_true, boxes_pred):
    return sum(one(t, p)[0] for t, p in rows(boxes_true, boxes_pred)) / len(boxes_true)


def grad(boxes_true, boxes_pred):
    slopes = [one(t, p)[1] for t, p in rows(boxes_true, boxes_pred)]
    return np.array(slopes) / len(slopes)
"""

GIOU = "both / union - (hull - union) / hull"
D_IOU, D_GAP = (
    "(d_both - both / union * d_union) / union",
    "(union / hull * d_hull - d_union) / hull",
)

MISCONCEPTIONS = (
    Misconception(
        "plain IoU",
        Family.VALUES,
        "It leaves out the hull: that is 1 less plain IoU, which is 1 for all boxes that are "
        "apart.",
        patched(PLAIN, (GIOU, "both / union"), ("(d_gap - d_iou)", "-d_iou")),
    ),
    Misconception(
        "intersection counted twice",
        Family.VALUES,
        "It adds up both areas for the union and does not take the intersection off.",
        patched(
            PLAIN,
            ("area_true + area_pred - both", "area_true + area_pred"),
            ("OUTWARD * across_pred - d_both", "OUTWARD * across_pred"),
        ),
    ),
    Misconception(
        "negative lengths multiplied",
        Family.VALUES,
        "It does not cut lengths off at 0: for boxes apart along both axes two negative lengths "
        "make a positive area.",
        patched(PLAIN, ("    width, height = np.maximum(width, 0), np.maximum(height, 0)\n", "")),
    ),
    Misconception(
        "corner and size",
        Family.VALUES,
        "It reads boxes as a corner, a width and a height, where they are two corners.",
        patched(
            PLAIN,
            (
                "    width = np.min",
                "    t = np.concatenate([t[:, :2], t[:, :2] + t[:, 2:]], axis=1)\n"
                "    p = np.concatenate([p[:, :2], p[:, :2] + p[:, 2:]], axis=1)\n"
                "    width = np.min",
            ),
        ),
    ),
    Misconception(
        "GIoU cut off at 0",
        Family.VALUES,
        "It keeps GIoU from going below 0, so that boxes apart have no slope towards each other.",
        patched(PLAIN, (GIOU, f"np.maximum({GIOU}, 0)")),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the losses of the boxes where their mean is asked.",
        patched(PLAIN, ("np.mean(1", "np.sum(1"), (" / len(p)", "")),
    ),
    Misconception(
        "union held fixed",
        Family.GRADIENTS,
        "Its gradient treats the union as a constant, though it changes with the predicted box.",
        patched(PLAIN, ("d_union = OUTWARD * across_pred - d_both", "d_union = 0 * across_pred")),
    ),
    Misconception(
        "hull held fixed",
        Family.GRADIENTS,
        "Its gradient treats the hull as a constant, though an outer edge moves it.",
        patched(PLAIN, ("OUTWARD * outside * across_hull", "0 * across_hull")),
    ),
    Misconception(
        "no slope for boxes apart",
        Family.GRADIENTS,
        "Its gradient is 0 for boxes that do not overlap: the hull is there to pull them together.",
        patched(PLAIN, ("(d_gap - d_iou) / len(p)", "(both > 0) * (d_gap - d_iou) / len(p)")),
    ),
    Misconception(
        "epsilon in the areas",
        Family.STABILITY,
        "It adds 1e-7 to the areas that it divides by, which swallows small boxes.",
        patched(
            PLAIN,
            ("area_pred - both", "area_pred - both + 1e-7"),
            ("hull_width * hull_height\n", "hull_width * hull_height + 1e-7\n"),
        ),
    ),
    Misconception(
        "areas squared",
        Family.STABILITY,
        "Its gradient divides by squares of areas, which overflow for large boxes and vanish for "
        "small ones.",
        patched(
            PLAIN,
            (D_IOU, "(d_both * union - both * d_union) / union**2"),
            (D_GAP, "(union * d_hull - hull * d_union) / hull**2"),
        ),
    ),
    Misconception(
        "heights not checked",
        Family.EDGE_CASES,
        "It looks at the widths of true boxes alone: one without height must raise ValueError too.",
        patched(PLAIN, (" or (t[:, 3] <= t[:, 1]).any()", "")),
    ),
    Misconception(
        "NaN refused",
        Family.EDGE_CASES,
        "It raises ValueError for a true box that holds NaN, where the loss is NaN.",
        patched(
            PLAIN,
            ("(t[:, 2] <= t[:, 0]).any()", "not (t[:, 2] > t[:, 0]).all()"),
            (" or (t[:, 3] <= t[:, 1]).any()", " or not (t[:, 3] > t[:, 1]).all()"),
        ),
    ),
    Misconception(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It lets NumPy broadcast one box against many where it must raise ValueError.",
        patched(PLAIN, (" or t.shape != p.shape", "")),
    ),
)


def _one_less_iou(boxes_true: Array, boxes_pred: Array) -> float:
    areas = [np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (boxes_pred, boxes_true)]
    return float(np.mean(1.0 - areas[0] / areas[1]))


USUAL = laws.drawn(sample, 5, 4)
LAWS = (
    laws.zero("Equal boxes cost nothing.", reference, the_same),
    laws.unchanged("It is symmetric in both boxes.", reference, USUAL, laws.swapped()),
    laws.unchanged("A common shift changes nothing.", reference, USUAL, laws.shifted(0, 1)),
    laws.unchanged("The unit of length does not matter.", reference, USUAL, enlarged),
    laws.unchanged(
        "The order of the boxes does not matter.", reference, USUAL, laws.reordered(0, 1)
    ),
    laws.equal("Within the true box it is 1 less IoU.", inside, reference, _one_less_iou),
)


def _slid(x: float) -> Case:
    return Case((np.array([[0.0, 0.0, 1.0, 1.0]]), np.array([[x, 0.25, x + 1.0, 1.25]])))


TASKS = (
    Task(
        slug="giou",
        title="Generalised IoU loss",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \left( 1 - \frac{I_i}{U_i} + "
        r"\frac{C_i - U_i}{C_i} \right)",
        sentence="The mean over the boxes of 1 less the generalised intersection over union: the "
        "area I of the intersection over the area U of the union, less the share of the hull's "
        "area C that the union leaves empty; the hull is the smallest box around both.",
        domain="boxes_true, boxes_pred: real numbers of shape (n, 4), rows x1 y1 x2 y2; true boxes "
        "have x1 < x2 and y1 < y2. Other true boxes and shapes raise ValueError.",
        rules=(
            "The loss is one number; grad returns its derivative with respect to boxes_pred, a new "
            "array of shape (n, 4).",
            "Both arrays are (n, 4); other shapes and empty input raise ValueError.",
            "A true box with x2 <= x1 or y2 <= y1 raises ValueError.",
            "Predicted boxes have x1 < x2 and y1 < y2 as well; nothing is asked of others.",
            "A NaN in either array makes the loss NaN, not ValueError.",
            "Coordinates are real numbers, not counts of pixels; nothing is added to any length or "
            "area, and boxes of 1e-100 to 1e100 count alike.",
            "Where edges of both boxes are in line or touch, any gradient between the one-sided "
            "derivatives of a coordinate is right.",
            "Either array may be float32, strided, Fortran-ordered or read-only; neither is "
            "modified.",
        ),
        source="Rezatofighi, Tsoi, Gwak, Sadeghian, Reid, Savarese, Generalized Intersection over "
        "Union: A Metric and a Loss for Bounding Box Regression (2019), algorithms 1 and 2.",
        brief=Brief(
            prompt="A camera counts pallets on a conveyor belt. Its detector is judged by "
            "intersection over union, but that is 0 for every box that misses, however near. "
            "Generalised IoU also looks at the hull, the smallest box around both. Write the loss "
            "`1 - GIoU`, averaged over the boxes, and its gradient with respect to `boxes_pred`.",
            context="Areas through minima and maxima, boxes that are apart, and a gradient through "
            "two ratios.",
            topics=("detection", "regression"),
            difficulty="hard",
            minutes=40,
        ),
        examples=(
            Example(
                Case((np.array([[0.0, 0.0, 2.0, 2.0]]), np.array([[1.0, 1.0, 3.0, 3.0]]))),
                value=1.0 - 1.0 / 7.0 + 2.0 / 9.0,
                gradient=(((6 / 49 + 1 / 9, 6 / 49 + 1 / 9, 2 / 49 + 1 / 27, 2 / 49 + 1 / 27),),),
                working="They share 1, cover 4 + 4 - 1 = 7 and have a hull of 9: 1 - 1/7 + (9 - "
                "7)/9.",
            ),
            Example(
                Case((np.array([[0.0, 0.0, 1.0, 1.0]]), np.array([[2.0, 0.0, 3.0, 1.0]]))),
                value=4.0 / 3.0,
                working="Nothing is shared, the union is 2 and the hull 3: 1 + 1/3.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("boxes_true", "n 4"),
            Argument("boxes_pred", "n 4", differentiate=True),
        ),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((6, 4), (1, 4), (2, 4), (4, 4), (9, 4)),
        large=(5_000, 4),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("backward pass in a class", BACKWARD),
            Variant("corners as (n, 2, 2)", CORNERS),
            Variant("Python loops", LOOPS, slow=True),
        ),
        subdifferential=subdifferential,
        non_negative=True,
        laws=LAWS,
        curves=(
            Curve(
                "A unit box a quarter too high, slid past the true one",
                "x1 of the prediction",
                -2.5,
                2.5,
                _slid,
                kinks=(-1.0, 0.0, 1.0),
            ),
        ),
        coarse=scaled(1e8),
    ),
)
