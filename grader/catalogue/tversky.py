"""The Tversky loss of segmentation, which weighs false alarms and misses apart."""

from typing import Any

import numpy as np

from grader.catalogue import dice, jaccard, laws
from grader.catalogue.exact import pairs
from grader.catalogue.overlap import (
    ARGUMENTS,
    EXTREMES,
    LARGE,
    SHAPES,
    SMOOTH,
    Overlap,
    curve,
    edges,
    fixed_denominator,
    hard,
    rules,
    sample,
    slips,
    squared_denominator,
    terms,
)
from grader.catalogue.pairs import CHECK
from grader.catalogue.task import (
    Array,
    Brief,
    Case,
    Edge,
    Example,
    Misconception,
    Parameter,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def reference(
    y_true: Array, y_pred: Array, alpha: float = 0.5, beta: float = 0.5, smooth: float = 1.0
) -> float:
    """Return 1 - (TP + smooth) / (TP + alpha FP + beta FN + smooth).

    Args:
        y_true: any shape, targets in [0, 1], hard or soft.
        y_pred: the same shape, probabilities in [0, 1].
        alpha, beta: >= 0; what a false alarm and what a miss cost.
        smooth: >= 0; keeps an empty mask from dividing by 0.

    Returns:
        The loss, in 0..1; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: Salehi, Erdogmus, Gholipour, Tversky Loss Function for Image Segmentation (2017),
        equation 4, with smooth.
    """
    return Overlap(y_true, y_pred, (1.0, alpha, beta), smooth).loss


def gradient(
    y_true: Array, y_pred: Array, alpha: float = 0.5, beta: float = 0.5, smooth: float = 1.0
) -> tuple[Array]:
    """Return d loss / d y_pred, of y_pred's shape; errors as above."""
    return (Overlap(y_true, y_pred, (1.0, alpha, beta), smooth).slope,)


def definition(mp: Any, y_true: Any, y_pred: Any, alpha: Any, beta: Any, smooth: Any) -> Any:
    both = list(pairs(y_true, y_pred))
    hits = mp.fsum(y * p for y, p in both)
    alarms = mp.fsum((1 - y) * p for y, p in both)
    misses = mp.fsum(y * (1 - p) for y, p in both)
    return 1 - (hits + smooth) / (hits + alpha * alarms + beta * misses + smooth)


SLOPE = "(index * (y_true + alpha * (1 - y_true) - beta * y_true) - y_true) / whole"
PLAIN = (
    CHECK
    + f"""

def _index(y_true, y_pred, alpha, beta, smooth):
    both = (y_true * y_pred).sum()
    above = both
    false_alarms = ((1 - y_true) * y_pred).sum()
    misses = (y_true * (1 - y_pred)).sum()
    whole = both + alpha * false_alarms + beta * misses + smooth
    return (above + smooth) / whole, whole


def loss(y_true, y_pred, alpha=0.5, beta=0.5, smooth=1.0):
    _check(y_true, y_pred)
    index, _ = _index(y_true, y_pred, alpha, beta, smooth)
    return 1 - index


def grad(y_true, y_pred, alpha=0.5, beta=0.5, smooth=1.0):
    _check(y_true, y_pred)
    index, whole = _index(y_true, y_pred, alpha, beta, smooth)
    return {SLOPE}
"""
)

SIZES = '''\
import numpy as np


def sizes(y_true, y_pred):
    """The overlap, and the sizes of mask and prediction: FP and FN are what is left of those."""
    if y_true.shape != y_pred.shape:
        raise ValueError("different shapes")
    if y_true.size == 0:
        raise ValueError("empty arrays")
    y, p = y_true.reshape(-1).astype(np.float64), y_pred.reshape(-1).astype(np.float64)
    return np.inner(y, p), np.sum(y), np.sum(p)


def loss(y_true, y_pred, alpha=0.5, beta=0.5, smooth=1.0):
    overlap, in_mask, predicted = sizes(y_true, y_pred)
    cost = alpha * (predicted - overlap) + beta * (in_mask - overlap)
    return float(cost / (overlap + cost + smooth))


def grad(y_true, y_pred, alpha=0.5, beta=0.5, smooth=1.0):
    overlap, in_mask, predicted = sizes(y_true, y_pred)
    cost = alpha * (predicted - overlap) + beta * (in_mask - overlap)
    whole = overlap + cost + smooth
    # d cost = alpha - (alpha + beta) y, d whole = d cost + y
    d_cost = alpha - (alpha + beta) * y_true.astype(np.float64)
    return d_cost / whole - (cost / whole) * ((d_cost + y_true) / whole)
'''

CLOSURE = """\
import numpy as np


def tversky(y_true, y_pred, alpha, beta, smooth):
    if np.shape(y_true) != np.shape(y_pred):
        raise ValueError("y_true and y_pred differ in shape")
    if not np.size(y_pred):
        raise ValueError("y_true and y_pred are empty")
    y = np.asarray(y_true, dtype=np.float64)
    # Every probability is split: this much is a hit, and this much a false alarm.
    hit_rate, alarm_rate, miss_rate = y, alpha * (1.0 - y), beta * y
    hits = np.sum(hit_rate * y_pred) + smooth
    errors = np.sum(alarm_rate * y_pred) + np.sum(miss_rate) - np.sum(miss_rate * y_pred)

    def value():
        return errors / (hits + errors)

    def slope():
        share = value()
        rising = (alarm_rate - miss_rate) * (1.0 - share)
        return (rising - hit_rate * share) / (hits + errors)

    return value, slope


def loss(y_true, y_pred, alpha=0.5, beta=0.5, smooth=1.0):
    return tversky(y_true, y_pred, alpha, beta, smooth)[0]()


def grad(y_true, y_pred, alpha=0.5, beta=0.5, smooth=1.0):
    return tversky(y_true, y_pred, alpha, beta, smooth)[1]()
"""

LOOPS = """\
import math

import numpy as np


def count(y_true, y_pred):
    if y_true.shape != y_pred.shape or y_true.size == 0:
        raise ValueError("the shapes must be the same, and hold something")
    pixels = list(zip(y_true.ravel().tolist(), y_pred.ravel().tolist()))
    tp = math.fsum(y * p for y, p in pixels)
    fp = math.fsum((1 - y) * p for y, p in pixels)
    fn = math.fsum(y * (1 - p) for y, p in pixels)
    return tp, fp, fn


def loss(y_true, y_pred, alpha=0.5, beta=0.5, smooth=1.0):
    tp, fp, fn = count(y_true, y_pred)
    return 1 - (tp + smooth) / (tp + alpha * fp + beta * fn + smooth)


def grad(y_true, y_pred, alpha=0.5, beta=0.5, smooth=1.0):
    tp, fp, fn = count(y_true, y_pred)
    whole = tp + alpha * fp + beta * fn + smooth
    index = (tp + smooth) / whole
    result = np.zeros(y_pred.shape)
    for place, y in np.ndenumerate(y_true):
        d_below = float(y) + alpha * (1 - float(y)) - beta * float(y)
        result[place] = (index * d_below - float(y)) / whole
    return result
"""

WHOLE = "both + alpha * false_alarms + beta * misses + smooth"

MISCONCEPTIONS = (
    Misconception(
        "alpha and beta swapped",
        Family.VALUES,
        "It charges beta for false alarms and alpha for misses: they are the other way round.",
        patched(
            PLAIN,
            (WHOLE, "both + beta * false_alarms + alpha * misses + smooth"),
            (SLOPE, "(index * (y_true + beta * (1 - y_true) - alpha * y_true) - y_true) / whole"),
        ),
    ),
    Misconception(
        "alpha for both",
        Family.VALUES,
        "It charges alpha for misses too and never reads beta.",
        patched(PLAIN, ("    both = ", "    beta = alpha\n    both = ")),
    ),
    Misconception(
        "weights ignored",
        Family.VALUES,
        "It ignores alpha and beta and charges every error in full: that is the Jaccard loss.",
        patched(PLAIN, ("    both = ", "    alpha = beta = 1.0\n    both = ")),
    ),
    Misconception(
        "weights made to add up to 1",
        Family.VALUES,
        "It divides alpha and beta by their sum, though nothing asks them to add up to 1.",
        patched(
            PLAIN,
            (
                "    both = ",
                "    alpha, beta = alpha / (alpha + beta), beta / (alpha + beta)\n    both = ",
            ),
            (
                "    index, whole = ",
                "    alpha, beta = alpha / (alpha + beta), beta / (alpha + beta)\n"
                "    index, whole = ",
            ),
        ),
    ),
    Misconception(
        "all that is predicted a false alarm",
        Family.VALUES,
        "It counts the whole prediction as false alarms, hits included.",
        patched(PLAIN, ("((1 - y_true) * y_pred).sum()", "y_pred.sum()")),
    ),
    Misconception(
        "true negatives counted",
        Family.VALUES,
        "It counts background that is rightly left out as hits; the index reads the foreground "
        "alone.",
        patched(
            PLAIN,
            ("above = both", "both = both + ((1 - y_true) * (1 - y_pred)).sum()\n    above = both"),
        ),
    ),
    Misconception(
        "focal exponent",
        Family.VALUES,
        "It raises the loss to the power 3/4: that is the focal Tversky loss.",
        patched(
            PLAIN,
            ("return 1 - index", "return (1 - index) ** 0.75"),
            (SLOPE, f"0.75 * (1 - index) ** -0.25 * {SLOPE}"),
        ),
    ),
    Misconception(
        "misses without their slope",
        Family.GRADIENTS,
        "Its gradient forgets that a higher probability also lowers the misses.",
        patched(PLAIN, (" - beta * y_true)", ")")),
    ),
    Misconception(
        "false alarms without their slope",
        Family.GRADIENTS,
        "Its gradient forgets that a higher probability also raises the false alarms.",
        patched(PLAIN, (" + alpha * (1 - y_true)", "")),
    ),
    fixed_denominator(PLAIN, SLOPE, "-y_true / whole"),
    squared_denominator(PLAIN, SLOPE, SLOPE.replace(") / whole", ") * whole / whole**2")),
    *slips(PLAIN, SLOPE),
)


def _dice(y_true: Array, y_pred: Array, alpha: float, beta: float, smooth: float) -> float:
    return dice.reference(y_true, y_pred, 2.0 * smooth)


def _jaccard(y_true: Array, y_pred: Array, alpha: float, beta: float, smooth: float) -> float:
    return jaccard.reference(y_true, y_pred, smooth)


def _missed(y_true: Array, y_pred: Array, alpha: float, beta: float, smooth: float) -> float:
    return float(1.0 - np.sum(y_true * y_pred) / np.sum(y_true))


def _mirrored(rng: np.random.Generator, case: Case) -> Case:
    """Mask and prediction swapped: false alarms are misses then."""
    y, p = case.arguments
    swapped = {"alpha": case.parameters["beta"], "beta": case.parameters["alpha"]}
    return Case((p, y), {**case.parameters, **swapped})


USUAL = laws.drawn(sample, 4, 4, alpha=0.3, beta=0.7, smooth=0.5)
LAWS = (
    laws.zero("A hard mask that is predicted perfectly costs nothing.", reference, hard),
    laws.unchanged(
        "Swapping mask and prediction swaps alpha and beta.", reference, USUAL, _mirrored
    ),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
    laws.equal(
        "With both weights one half it is the Dice loss of twice the smooth.",
        laws.drawn(sample, 4, 4, alpha=0.5, beta=0.5, smooth=0.7),
        reference,
        _dice,
    ),
    laws.equal(
        "With both weights 1 it is the Jaccard loss.",
        laws.drawn(sample, 4, 4, alpha=1.0, beta=1.0, smooth=0.7),
        reference,
        _jaccard,
    ),
    laws.equal(
        "Where misses alone cost it is 1 less the recall.",
        laws.drawn(sample, 4, 4, alpha=0.0, beta=1.0, smooth=0.0),
        reference,
        _missed,
    ),
)

TASKS = (
    Task(
        slug="tversky",
        title="Tversky loss",
        formula=r"L = 1 - \frac{TP + s}{TP + \alpha FP + \beta FN + s}, \quad "
        r"TP = \sum_i y_i p_i, \quad FP = \sum_i (1 - y_i) p_i, \quad "
        r"FN = \sum_i y_i (1 - p_i)",
        sentence="1 less the hits plus smooth, over the hits, alpha times the false alarms, beta "
        "times the misses and smooth; all are sums over every element.",
        domain="y_true: targets in [0, 1]; y_pred: probabilities in [0, 1], the same shape; alpha, "
        "beta and smooth s at least 0. Different shapes and empty arrays raise ValueError.",
        rules=(
            *rules("Tversky loss"),
            "alpha weighs false alarms and beta misses; they need not add up to 1, and either may "
            "be 0.",
        ),
        source="Salehi, Erdogmus, Gholipour, Tversky Loss Function for Image Segmentation Using "
        "3D Fully Convolutional Deep Networks (2017), equation 4; Tversky, Features of Similarity "
        "(1977).",
        brief=Brief(
            prompt="A drone looks for people in the water. A false alarm costs a second look, a "
            "miss costs a life, so the two must not weigh the same. Write the Tversky loss, in "
            "which `alpha` is what false alarms cost and `beta` what misses cost, and its gradient "
            "with respect to `y_pred`.",
            context="Three sums in one ratio, two weights that are easily swapped, and a gradient "
            "in which every one of them moves.",
            topics=("segmentation", "imbalance"),
            difficulty="medium",
            minutes=25,
        ),
        examples=(
            Example(
                Case((np.array([1.0, 0.0]), np.array([0.5, 0.5]))),
                value=0.25,
                gradient=((-0.3125, 0.1875),),
                working="Hits, false alarms and misses are 1/2 each: 1 - 1.5/(0.5 + 0.25 + 0.25 + "
                "1).",
            ),
            Example(
                Case(
                    (np.array([1.0, 1.0, 0.0]), np.array([1.0, 0.0, 1.0])),
                    {"alpha": 0.25, "beta": 0.75, "smooth": 0.0},
                ),
                value=0.5,
                working="One hit, one false alarm, one miss: 1 - 1/(1 + 0.25 + 0.75).",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        parameters=(
            Parameter("alpha", 0.5, others=(0.0, 0.3, 0.9)),
            Parameter("beta", 0.5, others=(0.0, 0.7, 2.0)),
            SMOOTH,
        ),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=SHAPES,
        large=LARGE,
        terms=terms,
        extremes=EXTREMES,
        edges=(
            *edges("The Tversky loss"),
            Edge(
                "errors for nothing",
                lambda rng: Case(sample(rng, (3, 4)), {"alpha": 0.0, "beta": 0.0}),
                "With both weights 0 no error costs anything: the loss and its gradient are 0.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("sizes of mask and prediction", SIZES),
            Variant("closures over rates", CLOSURE),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        laws=LAWS,
        curves=(curve("One pixel of the foreground, alpha = beta = 1/2, smooth = 1"),),
    ),
)
