"""The Dice loss of segmentation."""

from typing import Any

import numpy as np

from grader.catalogue import laws
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

WEIGHTS = (2.0, 1.0, 1.0)


def reference(y_true: Array, y_pred: Array, smooth: float = 1.0) -> float:
    """Return 1 - (2 sum y p + smooth) / (sum y + sum p + smooth).

    Args:
        y_true: any shape, targets in [0, 1], hard or soft.
        y_pred: the same shape, probabilities in [0, 1].
        smooth: >= 0; keeps an empty mask from dividing by 0.

    Returns:
        The loss, in 0..1; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: Milletari, Navab, Ahmadi, V-Net (2016), section 3, with sums for sums of squares;
        Sudre and others, Generalised Dice Overlap (2017), equation 2.
    """
    return Overlap(y_true, y_pred, WEIGHTS, smooth).loss


def gradient(y_true: Array, y_pred: Array, smooth: float = 1.0) -> tuple[Array]:
    """Return d loss / d y_pred, of y_pred's shape; errors as above."""
    return (Overlap(y_true, y_pred, WEIGHTS, smooth).slope,)


def definition(mp: Any, y_true: Any, y_pred: Any, smooth: Any) -> Any:
    both, y, p = sums(mp, y_true, y_pred)
    return 1 - (2 * both + smooth) / (y + p + smooth)


SLOPE = "(index - 2 * y_true) / whole"
PLAIN = (
    CHECK
    + f"""

def _index(y_true, y_pred, smooth):
    both = (y_true * y_pred).sum()
    above = 2 * both
    whole = y_true.sum() + y_pred.sum() + smooth
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

DISAGREEMENT = '''\
import numpy as np


def flat(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError(f"{y_true.shape} is not {y_pred.shape}")
    if 0 in y_pred.shape:
        raise ValueError("no pixels")
    return np.ravel(y_true).astype(float), np.ravel(y_pred).astype(float)


def loss(y_true, y_pred, smooth=1.0):
    """What the two do not share, over all there is: smooth cancels above."""
    y, p = flat(y_true, y_pred)
    ones = np.ones_like(p)
    apart = np.dot(y, ones - p) + np.dot(ones - y, p)
    return float(apart / (np.dot(ones, y + p) + smooth))


def grad(y_true, y_pred, smooth=1.0):
    y, p = flat(y_true, y_pred)
    whole = np.sum(y) + np.sum(p) + smooth
    apart = np.sum(y + p - 2 * y * p)
    # d apart = 1 - 2 y, d whole = 1
    slope = ((1 - 2 * y) - apart / whole) / whole
    return slope.reshape(y_pred.shape)
'''

COUNTS = """\
import numpy as np


class Confusion:
    def __init__(self, truth, guess, smooth):
        if truth.shape != guess.shape or guess.size < 1:
            raise ValueError("truth and guess must be arrays of one shape with an element")
        self.truth = np.asarray(truth, dtype=np.float64)
        guess = np.asarray(guess, dtype=np.float64)
        everywhere = list(range(guess.ndim))
        self.hits = np.einsum(self.truth, everywhere, guess, everywhere, [])
        self.false_alarms = np.einsum(1 - self.truth, everywhere, guess, everywhere, [])
        self.misses = np.einsum(self.truth, everywhere, 1 - guess, everywhere, [])
        self.smooth = smooth

    @property
    def whole(self):
        return 2 * self.hits + self.false_alarms + self.misses + self.smooth

    def f1(self):
        return (2 * self.hits + self.smooth) / self.whole


def loss(y_true, y_pred, smooth=1.0):
    return 1.0 - Confusion(y_true, y_pred, smooth).f1()


def grad(y_true, y_pred, smooth=1.0):
    confusion = Confusion(y_true, y_pred, smooth)
    weight = 1 / confusion.whole
    return np.where(confusion.truth == 1, -1.0, 1.0 - 2 * confusion.truth) * weight - (
        1 - confusion.f1()
    ) * weight
"""

LOOPS = """\
import numpy as np


def sums(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    both = total = count = 0.0
    for y, p in zip(y_true.ravel().tolist(), y_pred.ravel().tolist()):
        both += y * p
        total += y + p
        count += 1
    if not count:
        raise ValueError("empty input")
    return both, total


def loss(y_true, y_pred, smooth=1.0):
    both, total = sums(y_true, y_pred)
    return 1 - (2 * both + smooth) / (total + smooth)


def grad(y_true, y_pred, smooth=1.0):
    both, total = sums(y_true, y_pred)
    index = (2 * both + smooth) / (total + smooth)
    slopes = [(index - 2 * y) / (total + smooth) for y in y_true.ravel().tolist()]
    return np.array(slopes).reshape(y_pred.shape)
"""

MISCONCEPTIONS = (
    Misconception(
        "overlap counted once",
        Family.VALUES,
        "It forgets the factor 2 of the overlap, so that a perfect prediction still costs one "
        "half.",
        patched(PLAIN, ("above = 2 * both", "above = both"), (SLOPE, "(index - y_true) / whole")),
    ),
    Misconception(
        "sums of squares",
        Family.VALUES,
        "It squares mask and prediction in the denominator, as V-Net does, where plain sums are "
        "asked.",
        patched(
            PLAIN,
            ("y_true.sum() + y_pred.sum()", "(y_true**2).sum() + (y_pred**2).sum()"),
            (SLOPE, "(2 * index * y_pred - 2 * y_true) / whole"),
        ),
    ),
    Misconception(
        "Jaccard",
        Family.VALUES,
        "It divides the overlap by the union: that is the Jaccard loss, which is larger.",
        patched(
            PLAIN,
            ("above = 2 * both", "above = both"),
            ("y_pred.sum() + smooth", "y_pred.sum() - both + smooth"),
            (SLOPE, "(index * (1 - y_true) - y_true) / whole"),
        ),
    ),
    Misconception(
        "smooth twice below",
        Family.VALUES,
        "It adds smooth to each of the two sums below, where it is added once.",
        patched(PLAIN, ("y_pred.sum() + smooth", "y_pred.sum() + 2 * smooth")),
    ),
    Misconception(
        "gradient without the factor 2",
        Family.GRADIENTS,
        "Its gradient counts the overlap once, where the numerator holds it twice.",
        patched(PLAIN, (SLOPE, "(index - y_true) / whole")),
    ),
    fixed_denominator(PLAIN, SLOPE, "-2 * y_true / whole"),
    squared_denominator(PLAIN, SLOPE, "(index * whole - 2 * y_true * whole) / whole**2"),
    *slips(PLAIN, SLOPE),
)


def _f1(y_true: Array, y_pred: Array, smooth: float) -> float:
    """Dice without smooth is F1: the harmonic mean of precision and recall."""
    precision, recall = (np.sum(y_true * y_pred) / np.sum(a) for a in (y_pred, y_true))
    return float(1.0 - 2.0 / (1.0 / precision + 1.0 / recall))


def _by_distance(y_true: Array, y_pred: Array, smooth: float) -> float:
    """Of hard masks: the elements that differ, over the sum of both sizes."""
    return float(np.sum(y_true != y_pred) / (np.sum(y_true) + np.sum(y_pred) + smooth))


USUAL = laws.drawn(sample, 4, 4, smooth=0.5)
LAWS = (
    laws.zero("A hard mask that is predicted perfectly costs nothing.", reference, hard),
    laws.unchanged("It is symmetric in mask and prediction.", reference, USUAL, laws.swapped()),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
    laws.equal(
        "Without smooth it is 1 less the harmonic mean of precision and recall.",
        laws.drawn(sample, 4, 4, smooth=0.0),
        reference,
        _f1,
    ),
    laws.equal(
        "Of two hard masks it is the share of elements that differ.",
        two_masks,
        reference,
        _by_distance,
    ),
)

TASKS = (
    Task(
        slug="dice",
        title="Dice loss",
        formula=r"L = 1 - \frac{2 \sum_i y_i p_i + s}{\sum_i y_i + \sum_i p_i + s}",
        sentence="1 less twice the overlap of mask and prediction plus smooth, over the sum of "
        "both plus smooth; the sums run over all elements.",
        domain="y_true: targets in [0, 1]; y_pred: probabilities in [0, 1], the same shape; smooth "
        "s at least 0. Different shapes and empty arrays raise ValueError.",
        rules=rules("Dice loss"),
        source="Milletari, Navab, Ahmadi, V-Net (2016), section 3, with plain sums below; Sudre "
        "and others, Generalised Dice Overlap as a Deep Learning Loss Function (2017), equation 2.",
        brief=Brief(
            prompt="A hospital segments tumours in scans. Hardly any pixel belongs to a tumour, "
            "so a pixel-wise loss is content with a model that finds none. Write the Dice loss, "
            "which compares the two masks as wholes, and its gradient with respect to `y_pred`.",
            context="A ratio of sums whose gradient needs the quotient rule, with a smoothing term "
            "in numerator and denominator.",
            topics=("segmentation", "imbalance"),
            difficulty="easy",
            minutes=20,
        ),
        examples=(
            Example(
                Case((np.array([1.0, 0.0]), np.array([0.5, 0.5]))),
                value=1.0 / 3.0,
                gradient=((-4.0 / 9.0, 2.0 / 9.0),),
                working="The overlap is 1/2 and both sums are 1: 1 - (1 + 1)/(1 + 1 + 1).",
            ),
            Example(
                Case((np.array([1.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])), {"smooth": 0.0}),
                value=1.0 / 3.0,
                working="One of two pixels is found: 1 - 2/(2 + 1).",
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
        edges=edges("The Dice loss"),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("what is not shared", DISAGREEMENT),
            Variant("confusion counts in a class", COUNTS),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        laws=LAWS,
        curves=(curve("One pixel of the foreground, smooth = 1"),),
    ),
)
