"""The squared hinge loss: the margin loss of the L2 support vector machine."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.exact import mean, pairs
from grader.catalogue.hinge import reference as hinge
from grader.catalogue.margins import (
    ARGUMENTS,
    CHECK,
    EVERY_MET,
    RULES,
    SHAPES,
    SQUARE_EXTREMES,
    between,
    curve,
    exactly,
    label_edges,
    label_mistakes,
    margins,
    mean_mistakes,
    mirrored,
    sampler,
)
from grader.catalogue.mean_squared_error import reference as squared_error
from grader.catalogue.regression import at_least_tiny
from grader.catalogue.task import (
    Array,
    Brief,
    Case,
    Edge,
    Example,
    Extreme,
    Misconception,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def _gaps(y_true: Array, scores: Array) -> tuple[Array, Array]:
    y_true, margin = margins(y_true, scores)
    # The positive part first: a large margin on the right side is never squared.
    return y_true, np.maximum(0.0, 1.0 - margin)


def reference(y_true: Array, scores: Array) -> float:
    """Return the mean of max(0, 1 - y s)^2, in the square of the scores' unit.

    Args:
        y_true: any shape, each -1 or +1.
        scores: same shape, any real numbers; their sign is the predicted class.

    Raises:
        ValueError: for different shapes, empty input, or other labels.

    Source: Fan, Chang, Hsieh, Wang, Lin, LIBLINEAR: A Library for Large Linear Classification
        (Journal of Machine Learning Research 9, 2008), section 2.
    """
    _, gaps = _gaps(y_true, scores)
    return float(np.mean(gaps**2))


def gradient(y_true: Array, scores: Array) -> tuple[Array]:
    """Return d loss / d scores = -2 y max(0, 1 - y s) / n, of the same shape; errors as above.

    Source: Fan et al. (2008), section 2, differentiated.
    """
    y_true, gaps = _gaps(y_true, scores)
    return (-2.0 * y_true * gaps / gaps.size,)


def terms(y_true: Array, scores: Array) -> float:
    return at_least_tiny(np.max(_gaps(y_true, scores)[1]) ** 2)


def definition(mp: Any, y_true: Any, scores: Any) -> Any:
    return mean(mp, (max(0, 1 - y * s) ** 2 for y, s in pairs(y_true, scores)))


PLAIN = (
    CHECK
    + """

def loss(y_true, scores):
    _check(y_true, scores)
    return np.mean(np.maximum(0, 1 - y_true * scores) ** 2)


def grad(y_true, scores):
    _check(y_true, scores)
    gap = np.maximum(0, 1 - y_true * scores)
    return -2 * y_true * gap / scores.size
"""
)

VIOLATED = '''\
import numpy as np


def _violated(y_true, scores):
    """Where the margin is missed, and by how much there."""
    if y_true.shape != scores.shape or not scores.size:
        raise ValueError(f"{y_true.shape} against {scores.shape}")
    if set(np.unique(y_true).tolist()) - {-1, 1}:
        raise ValueError("labels are -1 and 1")
    # Written so that a NaN counts as missed.
    missed = ~(y_true * scores >= 1)
    return missed, y_true[missed] - scores[missed]


def loss(y_true, scores):
    _, residuals = _violated(y_true, scores)
    return float(np.dot(residuals, residuals)) / scores.size


def grad(y_true, scores):
    missed, residuals = _violated(y_true, scores)
    slope = np.zeros(scores.shape)
    slope[missed] = residuals * (-2.0 / scores.size)
    return slope
'''

RECTIFIER = """\
import numpy as np


class SquaredHinge:
    def __init__(self, y_true, scores):
        if y_true.shape != scores.shape:
            raise ValueError("shapes differ")
        if scores.size == 0:
            raise ValueError("no scores")
        if np.any(np.abs(y_true) != 1):
            raise ValueError("labels must be plus or minus one")
        self.y = np.asarray(y_true, dtype=np.float64)
        shortfall = 1.0 - self.y * scores
        self.relu = (shortfall + np.abs(shortfall)) / 2
        self.n = shortfall.size

    def value(self):
        return np.einsum("i,i->", self.relu.ravel(), self.relu.ravel()) / self.n

    def slope(self):
        return np.einsum("...,...,->...", self.y, self.relu, -2 / self.n)


def loss(y_true, scores):
    return SquaredHinge(y_true, scores).value()


def grad(y_true, scores):
    return SquaredHinge(y_true, scores).slope()
"""

LOOPS = """\
import numpy as np


def samples(y_true, scores):
    if y_true.shape != scores.shape or scores.size == 0:
        raise ValueError("y_true and scores do not fit")
    for y, s in zip(y_true.flat, scores.flat):
        if y != 1 and y != -1:
            raise ValueError(f"label {y}")
        yield int(y), float(s)


def gap(y, s):
    return 0.0 if y * s >= 1 else 1 - y * s


def loss(y_true, scores):
    return sum(gap(y, s) ** 2 for y, s in samples(y_true, scores)) / scores.size


def grad(y_true, scores):
    slopes = [-2 * y * gap(y, s) / scores.size for y, s in samples(y_true, scores)]
    return np.array(slopes, dtype=float).reshape(scores.shape)
"""

GAP = "np.maximum(0, 1 - y_true * scores)"
MEAN, SLOPE = f"np.mean({GAP} ** 2)", "-2 * y_true * gap / scores.size"

MISCONCEPTIONS = (
    Misconception(
        "plain hinge",
        Family.VALUES,
        "It does not square the gaps: it is the hinge loss.",
        patched(PLAIN, (MEAN, f"np.mean({GAP})"), (SLOPE, "-y_true * (gap > 0) / scores.size")),
    ),
    Misconception(
        "square halved",
        Family.VALUES,
        "It halves the square, which the formula does not.",
        patched(PLAIN, (MEAN, f"{MEAN} / 2"), ("-2 * y_true", "-y_true")),
    ),
    Misconception(
        "never cut off at 0",
        Family.VALUES,
        "It squares 1 - y s without max(0, ...), so that scores far on the right side cost too: "
        "that is the squared error.",
        patched(PLAIN, (GAP, "(1 - y_true * scores)")),
    ),
    Misconception(
        "no margin",
        Family.VALUES,
        "It asks only for the right sign, max(0, -y s): the margin of 1 is missing.",
        patched(PLAIN, (GAP, "np.maximum(0, -y_true * scores)")),
    ),
    Misconception(
        "square of the mean",
        Family.VALUES,
        "It squares the mean of the gaps where the squares are to be averaged.",
        patched(PLAIN, (MEAN, f"np.mean({GAP}) ** 2")),
    ),
    Misconception(
        "squared before the cut",
        Family.VALUES,
        "It squares first and takes the positive part then, which cuts nothing off.",
        patched(PLAIN, (MEAN, "np.mean(np.maximum(0, (1 - y_true * scores) ** 2))")),
    ),
    *label_mistakes(PLAIN),
    Misconception(
        "gradient without the 2",
        Family.GRADIENTS,
        "Its gradient misses the factor 2 of the square.",
        patched(PLAIN, ("-2 * y_true", "-y_true")),
    ),
    Misconception(
        "gradient of the plain hinge",
        Family.GRADIENTS,
        "Its gradient is -y where the margin is missed: the factor 2 (1 - y s) of the chain rule "
        "is missing.",
        patched(PLAIN, (SLOPE, "-y_true * (gap > 0) / scores.size")),
    ),
    Misconception(
        "label forgotten in the gradient",
        Family.GRADIENTS,
        "Its gradient is negative for both classes: the label's sign is missing.",
        patched(PLAIN, (SLOPE, "-2 * gap / scores.size")),
    ),
    Misconception(
        "gradient never switched off",
        Family.GRADIENTS,
        "Its gradient goes on beyond the margin, where the loss is flat.",
        patched(PLAIN, (f"gap = {GAP}", "gap = 1 - y_true * scores")),
    ),
    Misconception(
        "square expanded",
        Family.STABILITY,
        "It expands the square to 1 - 2 y s + s squared, which cancels where the margin is nearly "
        "met.",
        patched(
            PLAIN,
            (MEAN, f"np.mean(({GAP} > 0) * (1 - 2 * y_true * scores + scores**2))"),
        ),
    ),
    Misconception(
        "cut off by a mask",
        Family.STABILITY,
        "It multiplies the square by a mask: zero times the overflowed square of a large and "
        "right score is NaN.",
        patched(
            PLAIN,
            (MEAN, "np.mean((y_true * scores < 1) * (1 - y_true * scores) ** 2)"),
        ),
    ),
    Misconception(
        "scores clipped",
        Family.STABILITY,
        "It clips the scores to 100, so that large mistakes are not charged in full.",
        patched(PLAIN, (MEAN, f"{MEAN.replace('scores', 'np.clip(scores, -100, 100)')}")),
    ),
    Misconception(
        "NaN counted as met",
        Family.EDGE_CASES,
        "It adds up the gaps above 0 alone; a NaN is none of them and so is hidden.",
        patched(
            PLAIN,
            (
                MEAN,
                "np.sum(np.where(y_true * scores < 1, 1 - y_true * scores, 0) ** 2) / scores.size",
            ),
        ),
    ),
    *mean_mistakes(PLAIN, "-2 * y_true * gap"),
)

SAMPLE = sampler((-3.0, -0.2), (0.1, 0.9), (1.1, 3.0))
USUAL = laws.drawn(SAMPLE, 12)

LAWS = (
    laws.zero("Where every margin is met the loss is 0.", reference, between(1.0, 5.0)),
    laws.equal(
        "Where none is met it is the mean squared error, for y squared is 1.",
        between(-3.0, 1.0),
        reference,
        squared_error,
    ),
    laws.equal(
        "Of one sample it is the square of the hinge loss.",
        laws.drawn(SAMPLE, 1),
        reference,
        lambda y_true, scores: hinge(y_true, scores) ** 2,
    ),
    laws.unchanged("Both classes are treated alike.", reference, USUAL, mirrored),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
)

TASKS = (
    Task(
        slug="squared-hinge",
        title="Squared hinge loss",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \max(0,\ 1 - y_i s_i)^2",
        sentence="The mean over all elements of the square of 1 minus label times score, and 0 "
        "where that difference is negative.",
        domain="y_true holds integers -1 or +1 and scores any numbers of the same shape; other "
        "labels, different shapes and empty arrays raise ValueError.",
        rules=(
            *RULES,
            "The square is not halved.",
            "n is the number of elements, whatever the shape.",
            "Where every margin is met the loss and its gradient are 0, for scores of any size.",
            "Mistakes of up to 1e150 give a right and finite result.",
        ),
        source="Fan, Chang, Hsieh, Wang, Lin, LIBLINEAR: A Library for Large Linear "
        "Classification, Journal of Machine Learning Research 9 (2008), section 2.",
        brief=Brief(
            prompt="A post office sorts letters with a linear classifier: `1` is typed, `-1` is "
            "written by hand, and the sign of the score decides. Write the squared hinge loss of "
            "the scores, which leaves those alone that are right by a margin of 1, and its "
            "gradient with respect to the scores.",
            context="A positive part before a square, the chain rule through both, and labels of "
            "-1 and +1.",
            topics=("classification", "margins"),
            difficulty="easy",
            minutes=15,
        ),
        examples=(
            Example(
                Case((np.array([1, -1, 1]), np.array([0.5, 1.0, 2.0]))),
                value=4.25 / 3,
                gradient=((-1 / 3, 4 / 3, 0.0),),
                working="Margins of 1/2, -1 and 2 leave gaps of 1/2, 2 and 0: (1/4 + 4 + 0) / 3.",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        reference=reference,
        gradient=gradient,
        sample=SAMPLE,
        shapes=SHAPES,
        large=(100_000,),
        terms=terms,
        extremes=(
            Extreme(
                "mistakes of 1e150",
                between(-1e150, -1e149, 2.0),
                "Square the gap itself: its square is still a number, higher powers are not.",
            ),
            Extreme(
                "mistakes of 1e15",
                between(-1e15, -1e14, 2.0),
                "Square the gap itself: in float32 anything above 1e19 overflows when squared.",
                float32=True,
            ),
            *SQUARE_EXTREMES,
            Extreme(
                "right scores of 1e30 beside usual ones",
                between(1e29, 1e30, 0.5, -2.0),
                "Take the positive part before the square: in float32 it overflows beyond 1e19.",
                float32=True,
            ),
        ),
        edges=(
            *label_edges(SAMPLE),
            Edge(
                "margin of exactly 1",
                exactly(1.0, 1.0, -0.5, 1.0, 2.0),
                "Where y s = 1 the loss and its gradient are 0.",
            ),
            EVERY_MET,
            Edge(
                "scores of 0",
                exactly(0.0, 0.0, 0.0),
                "A score of 0 costs 1, with a slope of -2y/n.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        coarse=between(-2.0, 0.9, -1e6),
        branches=True,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("residuals of the missed", VIOLATED),
            Variant("einsum in a class", RECTIFIER),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(curve(-3.0, 3.0),),
    ),
)
