"""The Jaccard loss of segmentation: 1 less intersection over union."""

from typing import Any

import numpy as np

from grader.catalogue import dice, laws
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
    sums,
    terms,
    two_masks,
)
from grader.catalogue.pairs import CHECK
from grader.catalogue.task import (
    Array,
    Brief,
    Case,
    Example,
    Misconception,
    Task,
    Variant,
    patched,
)
from grader.families import Family

WEIGHTS = (1.0, 1.0, 1.0)


def reference(y_true: Array, y_pred: Array, smooth: float = 1.0) -> float:
    """Return 1 - (sum y p + smooth) / (sum y + sum p - sum y p + smooth).

    Args:
        y_true: any shape, targets in [0, 1], hard or soft.
        y_pred: the same shape, probabilities in [0, 1].
        smooth: >= 0; keeps an empty mask from dividing by 0.

    Returns:
        The loss, in 0..1; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: Rahman, Wang, Optimizing Intersection-Over-Union in Deep Neural Networks for Image
        Segmentation (2016), equations 3 to 5, with smooth.
    """
    return Overlap(y_true, y_pred, WEIGHTS, smooth).loss


def gradient(y_true: Array, y_pred: Array, smooth: float = 1.0) -> tuple[Array]:
    """Return d loss / d y_pred, of y_pred's shape; errors as above."""
    return (Overlap(y_true, y_pred, WEIGHTS, smooth).slope,)


def definition(mp: Any, y_true: Any, y_pred: Any, smooth: Any) -> Any:
    both, y, p = sums(mp, y_true, y_pred)
    return 1 - (both + smooth) / (y + p - both + smooth)


SLOPE = "(index * (1 - y_true) - y_true) / whole"
PLAIN = (
    CHECK
    + f"""

def _index(y_true, y_pred, smooth):
    both = (y_true * y_pred).sum()
    above = both
    whole = y_true.sum() + y_pred.sum() - both + smooth
    return (above + smooth) / whole, whole


def loss(y_true, y_pred, smooth=1.0):
    _check(y_true, y_pred)
    index, _ = _index(y_true, y_pred, smooth)
    return 1 - index


def grad(y_true, y_pred, smooth=1.0):
    _check(y_true, y_pred)
    index, whole = _index(y_true, y_pred, smooth)
    return {SLOPE}
"""
)

UNION = '''\
import numpy as np


def intersection_and_union(y_true, y_pred, smooth):
    """Probabilistic or: what is in the mask, and of the rest what is predicted."""
    if y_pred.shape != y_true.shape:
        raise ValueError("shapes must match")
    if y_pred.size == 0:
        raise ValueError("at least one element is needed")
    union = np.where(y_true == 1, 1.0, y_true + (1.0 - y_true) * y_pred)
    # A NaN in the prediction must not hide behind the mask.
    union = union + 0.0 * y_pred
    return np.sum(y_true * y_pred, dtype=float) + smooth, np.sum(union, dtype=float) + smooth


def loss(y_true, y_pred, smooth=1.0):
    intersection, union = intersection_and_union(y_true, y_pred, smooth)
    return float((union - intersection) / union)


def grad(y_true, y_pred, smooth=1.0):
    intersection, union = intersection_and_union(y_true, y_pred, smooth)
    outside = 1.0 - y_true
    return outside * (intersection / union / union) - y_true / union
'''

CHAIN = """\
import numpy as np


class SoftIoU:
    # forward() keeps what backward() needs, as in a framework.
    def forward(self, target, probability, smooth):
        if target.shape != probability.shape or 0 in probability.shape:
            raise ValueError("need two arrays of one shape that are not empty")
        self.target = np.asarray(target, np.float64)
        p = np.asarray(probability, np.float64)
        letters = "abcdef"[: p.ndim]
        overlap = np.einsum(f"{letters},{letters}->", self.target, p)
        self.top = overlap + smooth
        self.bottom = np.add.reduce(self.target, axis=None) + np.add.reduce(p, axis=None)
        self.bottom += smooth - overlap
        return 1.0 - self.top / self.bottom

    def backward(self):
        to_top = -1.0 / self.bottom
        to_bottom = self.top / self.bottom / self.bottom
        return to_top * self.target + to_bottom * (1.0 - self.target)


def loss(y_true, y_pred, smooth=1.0):
    return SoftIoU().forward(y_true, y_pred, smooth)


def grad(y_true, y_pred, smooth=1.0):
    layer = SoftIoU()
    layer.forward(y_true, y_pred, smooth)
    return layer.backward()
"""

LOOPS = """\
import numpy as np


def measure(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("y_true and y_pred do not fit")
    if not y_true.size:
        raise ValueError("no elements")
    shared = either = 0.0
    for place in np.ndindex(y_true.shape):
        y, p = float(y_true[place]), float(y_pred[place])
        shared += y * p
        either += y + p - y * p
    return shared, either


def loss(y_true, y_pred, smooth=1.0):
    shared, either = measure(y_true, y_pred)
    return 1 - (shared + smooth) / (either + smooth)


def grad(y_true, y_pred, smooth=1.0):
    shared, either = measure(y_true, y_pred)
    result = np.empty(y_pred.shape, dtype=float)
    for place in np.ndindex(y_pred.shape):
        y = float(y_true[place])
        growth = (shared + smooth) / (either + smooth) * (1 - y)
        result[place] = (growth - y) / (either + smooth)
    return result
"""

MISCONCEPTIONS = (
    Misconception(
        "overlap counted twice below",
        Family.VALUES,
        "It divides by the sum of both sizes: the overlap is in each of them and must be taken off "
        "once.",
        patched(
            PLAIN, ("y_pred.sum() - both", "y_pred.sum()"), (SLOPE, "(index - y_true) / whole")
        ),
    ),
    Misconception(
        "Dice",
        Family.VALUES,
        "It takes twice the overlap over the sum of both sizes: that is the Dice loss, which is "
        "smaller.",
        patched(
            PLAIN,
            ("above = both", "above = 2 * both"),
            ("y_pred.sum() - both", "y_pred.sum()"),
            (SLOPE, "(index - 2 * y_true) / whole"),
        ),
    ),
    Misconception(
        "smaller and larger",
        Family.VALUES,
        "It adds up minima and maxima of mask and prediction, where products are asked.",
        patched(
            PLAIN,
            ("both = (y_true * y_pred).sum()", "both = np.minimum(y_true, y_pred).sum()"),
            ("y_true.sum() + y_pred.sum() - both", "np.maximum(y_true, y_pred).sum()"),
        ),
    ),
    Misconception(
        "the whole image for the union",
        Family.VALUES,
        "It divides by the number of all pixels, where the union of mask and prediction is meant.",
        patched(
            PLAIN, ("y_true.sum() + y_pred.sum() - both", "y_pred.size"), (SLOPE, "-y_true / whole")
        ),
    ),
    Misconception(
        "symmetric difference for the union",
        Family.VALUES,
        "It takes the overlap off twice, which leaves what is in one of the two alone.",
        patched(
            PLAIN,
            ("y_pred.sum() - both", "y_pred.sum() - 2 * both"),
            (SLOPE, "(index * (1 - 2 * y_true) - y_true) / whole"),
        ),
    ),
    Misconception(
        "overlap of the union held fixed",
        Family.GRADIENTS,
        "Its gradient forgets that the overlap, which grows with the prediction, is taken off the "
        "union.",
        patched(PLAIN, (SLOPE, "(index - y_true) / whole")),
    ),
    fixed_denominator(PLAIN, SLOPE, "-y_true / whole"),
    squared_denominator(PLAIN, SLOPE, SLOPE.replace(") / whole", ") * whole / whole**2")),
    *slips(PLAIN, SLOPE),
)


def _from_dice(y_true: Array, y_pred: Array, smooth: float) -> float:
    """Without smooth each is a function of the other: j = 2 d / (1 + d)."""
    d = dice.reference(y_true, y_pred, smooth)
    return 2.0 * d / (1.0 + d)


def _by_sets(y_true: Array, y_pred: Array, smooth: float) -> float:
    """Of hard masks: what is in one alone, over what is in either."""
    y, p = y_true == 1.0, y_pred == 1.0
    return float(np.sum(y ^ p) / (np.sum(y | p) + smooth))


USUAL = laws.drawn(sample, 4, 4, smooth=0.5)
LAWS = (
    laws.zero("A hard mask that is predicted perfectly costs nothing.", reference, hard),
    laws.unchanged("It is symmetric in mask and prediction.", reference, USUAL, laws.swapped()),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
    laws.equal(
        "Without smooth it is 2 d / (1 + d) of the Dice loss d.",
        laws.drawn(sample, 4, 4, smooth=0.0),
        reference,
        _from_dice,
    ),
    laws.equal("Of two hard masks it is 1 less IoU.", two_masks, reference, _by_sets),
)

TASKS = (
    Task(
        slug="jaccard",
        title="Jaccard loss",
        formula=r"L = 1 - \frac{\sum_i y_i p_i + s}"
        r"{\sum_i y_i + \sum_i p_i - \sum_i y_i p_i + s}",
        sentence="1 less the overlap of mask and prediction plus smooth, over their union plus "
        "smooth; the union is the sum of both less the overlap, and the sums run over all "
        "elements.",
        domain="y_true: targets in [0, 1]; y_pred: probabilities in [0, 1], the same shape; smooth "
        "s at least 0. Different shapes and empty arrays raise ValueError.",
        rules=rules("Jaccard loss"),
        source="Rahman, Wang, Optimizing Intersection-Over-Union in Deep Neural Networks for Image "
        "Segmentation (2016), equations 3 to 5; Jaccard (1912).",
        brief=Brief(
            prompt="Satellite images are searched for solar panels, and the model is ranked by "
            "intersection over union. Write a loss that lowers exactly that: the soft Jaccard "
            "loss, with products of mask and probability for the intersection, and its gradient "
            "with respect to `y_pred`.",
            context="A union that holds the overlap once, and a gradient in which numerator and "
            "denominator both move.",
            topics=("segmentation", "imbalance"),
            difficulty="easy",
            minutes=20,
        ),
        examples=(
            Example(
                Case((np.array([1.0, 0.0]), np.array([0.5, 0.5]))),
                value=0.4,
                gradient=((-0.4, 0.24),),
                working="The overlap is 1/2 and the union 1 + 1 - 1/2: 1 - 1.5/2.5.",
            ),
            Example(
                Case((np.array([1.0, 1.0, 0.0]), np.array([1.0, 0.0, 1.0])), {"smooth": 0.0}),
                value=2.0 / 3.0,
                working="One of three pixels is in both: 1 - 1/3.",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        parameters=(SMOOTH,),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=SHAPES,
        large=LARGE,
        terms=terms,
        extremes=EXTREMES,
        edges=edges("The Jaccard loss"),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("probabilistic union", UNION),
            Variant("forward and backward in a class", CHAIN),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        laws=LAWS,
        curves=(curve("One pixel of the foreground, smooth = 1"),),
    ),
)
