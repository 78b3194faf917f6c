"""The modified Huber loss: a squared hinge that goes on as a line for large mistakes."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.exact import mean, pairs
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
from grader.catalogue.regression import at_least_tiny
from grader.catalogue.squared_hinge import reference as squared_hinge
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


def _costs(y_true: Array, scores: Array) -> Array:
    _, margin = margins(y_true, scores)
    # Only the gap within 2 is squared; what reaches past it has a slope of 4.
    gap = np.maximum(0.0, 1.0 - margin)
    within = np.minimum(gap, 2.0)
    return np.asarray(within**2 + 4.0 * (gap - within))


def reference(y_true: Array, scores: Array) -> float:
    """Return the mean of max(0, 1 - y s)^2 where y s >= -1, and of -4 y s elsewhere.

    Args:
        y_true: any shape, each -1 or +1.
        scores: same shape, any real numbers; their sign is the predicted class.

    Raises:
        ValueError: for different shapes, empty input, or other labels.

    Source: Zhang, Solving Large Scale Linear Prediction Problems Using Stochastic Gradient
        Descent Algorithms (2004), section 2; Hastie, Tibshirani, Friedman, The Elements of
        Statistical Learning (2nd ed., 2009), table 12.1.
    """
    return float(np.mean(_costs(y_true, scores)))


def gradient(y_true: Array, scores: Array) -> tuple[Array]:
    """Return d loss / d scores, same shape: -2 y clip(1 - y s, 0, 2) / n; errors as above."""
    y_true, margin = margins(y_true, scores)
    return (-2.0 * y_true * np.clip(1.0 - margin, 0.0, 2.0) / margin.size,)


def terms(y_true: Array, scores: Array) -> float:
    return at_least_tiny(np.max(_costs(y_true, scores)))


def definition(mp: Any, y_true: Any, scores: Any) -> Any:
    products = (y * s for y, s in pairs(y_true, scores))
    return mean(mp, (max(0, 1 - m) ** 2 if m >= -1 else -4 * m for m in products))


PLAIN = (
    CHECK
    + """

def loss(y_true, scores):
    _check(y_true, scores)
    m = y_true * scores
    return np.mean(np.where(m >= -1, np.maximum(0, 1 - m) ** 2, -4 * m))


def grad(y_true, scores):
    _check(y_true, scores)
    m = y_true * scores
    slope = np.where(m >= -1, -2 * np.maximum(0, 1 - m), -4)
    return y_true * slope / scores.size
"""
)

PIECES = '''\
import numpy as np


def _margin(y_true, scores):
    if y_true.shape != scores.shape or scores.size == 0:
        raise ValueError("one label per score, and at least one")
    if not (np.abs(y_true) == 1).all():
        raise ValueError("labels are 1 and -1")
    return np.multiply(y_true, scores, dtype=np.float64)


def loss(y_true, scores):
    """Three pieces: flat, square, line."""
    m = _margin(y_true, scores)
    pieces = [m >= 1, m >= -1]
    return float(np.select(pieces, [np.zeros_like(m), (1 - m) ** 2], default=-4 * m).mean())


def grad(y_true, scores):
    m = _margin(y_true, scores)
    slope = np.piecewise(m, [m < -1, (m >= -1) & (m < 1)], [-4.0, lambda m: 2 * m - 2, 0.0])
    return slope * y_true / m.size
'''

CLIPPED_GAP = """\
import numpy as np


class ModifiedHuber:
    def __init__(self, y_true, scores):
        if y_true.shape != scores.shape:
            raise ValueError("shapes differ")
        if y_true.size == 0:
            raise ValueError("no elements")
        if np.count_nonzero(y_true * y_true != 1):
            raise ValueError("labels must be -1 or 1")
        self.y = y_true.ravel().astype(float)
        self.gap = 1.0 - self.y * scores.ravel()
        self.steep = np.clip(self.gap, 0.0, 2.0)
        self.shape = scores.shape

    def value(self):
        # The tangent of the square at the clipped gap: it is the square where nothing is clipped.
        beyond = np.where(self.gap > 2.0, self.gap - 2.0, 0.0)
        squares = np.einsum("i,i->", self.steep, self.steep)
        return (squares + 2.0 * np.einsum("i,i->", self.steep, beyond)) / self.gap.size

    def slope(self):
        return (self.y * self.steep).reshape(self.shape) * (-2.0 / self.gap.size)


def loss(y_true, scores):
    return ModifiedHuber(y_true, scores).value()


def grad(y_true, scores):
    return ModifiedHuber(y_true, scores).slope()
"""

LOOPS = """\
import numpy as np


def one(m):
    if m >= 1:
        return 0.0, 0.0
    if m < -1:
        return -4 * m, -4.0
    return (1 - m) ** 2, -2 * (1 - m)


def pairs(y_true, scores):
    if y_true.shape != scores.shape:
        raise ValueError("shapes do not match")
    if not scores.size:
        raise ValueError("no scores")
    labels = y_true.flatten().tolist()
    if any(y not in (-1, 1) for y in labels):
        raise ValueError("a label is neither -1 nor 1")
    return list(zip(labels, scores.flatten().tolist()))


def loss(y_true, scores):
    listed = pairs(y_true, scores)
    return sum(one(y * s)[0] for y, s in listed) / len(listed)


def grad(y_true, scores):
    listed = pairs(y_true, scores)
    out = np.array([y * one(y * s)[1] for y, s in listed])
    return (out / len(listed)).reshape(scores.shape)
"""

SQUARE, LINE = "np.maximum(0, 1 - m) ** 2", "-4 * m"
WHERE = f"np.where(m >= -1, {SQUARE}, {LINE})"
SLOPE = "np.where(m >= -1, -2 * np.maximum(0, 1 - m), -4)"

MISCONCEPTIONS = (
    Misconception(
        "squared hinge",
        Family.VALUES,
        "It squares large mistakes too, as the squared hinge loss does: the line below a margin of "
        "-1 is missing.",
        patched(PLAIN, (WHERE, SQUARE), (SLOPE, "-2 * np.maximum(0, 1 - m)")),
    ),
    Misconception(
        "line without the 4",
        Family.VALUES,
        "It goes on with -y s below a margin of -1: the loss jumps there from 4 to 1.",
        patched(PLAIN, (LINE, "-m"), (", -4)", ", -1)")),
    ),
    Misconception(
        "hinge as the line",
        Family.VALUES,
        "It goes on with the hinge 1 - y s below a margin of -1: the loss jumps there from 4 to 2.",
        patched(PLAIN, (LINE, "1 - m"), (", -4)", ", -1)")),
    ),
    Misconception(
        "line from 0 on",
        Family.VALUES,
        "It turns into a line at a margin of 0 instead of -1.",
        patched(PLAIN, ("m >= -1", "m >= 0")),
    ),
    Misconception(
        "branches swapped",
        Family.VALUES,
        "It has the threshold the wrong way round: a line for small mistakes and squares for "
        "large ones.",
        patched(PLAIN, ("m >= -1", "m < -1")),
    ),
    Misconception(
        "never cut off at 0",
        Family.VALUES,
        "It squares 1 - y s without max(0, ...), so that scores far on the right side cost too.",
        patched(PLAIN, ("np.maximum(0, 1 - m)", "(1 - m)")),
    ),
    Misconception(
        "Huber loss of the difference",
        Family.VALUES,
        "It is the Huber loss of y - s, for regression, which charges scores beyond their label.",
        patched(
            PLAIN,
            (
                WHERE,
                "np.where(abs(y_true - scores) <= 1, (y_true - scores) ** 2 / 2,"
                " abs(y_true - scores) - 0.5)",
            ),
            ("y_true * slope", "np.clip(scores - y_true, -1, 1)"),
        ),
    ),
    Misconception(
        "square halved",
        Family.VALUES,
        "It halves the square, as the Huber loss does, so that the branches do not meet.",
        patched(PLAIN, (SQUARE, f"0.5 * {SQUARE}"), ("-2 * np.maximum", "-np.maximum")),
    ),
    *label_mistakes(PLAIN),
    Misconception(
        "gradient keeps growing",
        Family.GRADIENTS,
        "Its gradient is that of the square everywhere: it goes on growing where the loss is a "
        "line.",
        patched(PLAIN, (SLOPE, "-2 * np.maximum(0, 1 - m)")),
    ),
    Misconception(
        "line of slope 1 in the gradient",
        Family.GRADIENTS,
        "Below a margin of -1 its gradient has size 1: the factor 4 is missing.",
        patched(PLAIN, (", -4)", ", -1)")),
    ),
    Misconception(
        "gradient of the square without the 2",
        Family.GRADIENTS,
        "Its gradient misses the factor 2 of the square.",
        patched(PLAIN, ("-2 * np.maximum", "-np.maximum")),
    ),
    Misconception(
        "gradient never switched off",
        Family.GRADIENTS,
        "Its gradient goes on beyond a margin of 1, where the loss is flat.",
        patched(PLAIN, ("-2 * np.maximum(0, 1 - m)", "-2 * (1 - m)")),
    ),
    Misconception(
        "label forgotten in the gradient",
        Family.GRADIENTS,
        "Its gradient is negative for both classes: the label's sign is missing.",
        patched(PLAIN, ("y_true * slope", "slope")),
    ),
    Misconception(
        "branches blended by masks",
        Family.STABILITY,
        "It multiplies each branch by a mask and adds them: zero times an overflowed square is "
        "NaN.",
        patched(PLAIN, (WHERE, f"(m >= -1) * {SQUARE} + (m < -1) * {LINE}")),
    ),
    Misconception(
        "square expanded",
        Family.STABILITY,
        "It expands the square to 1 - 2 y s + (y s)^2, which cancels where the margin is nearly "
        "met.",
        patched(PLAIN, (SQUARE, "(m < 1) * (1 - 2 * m + np.minimum(m, 1) ** 2)")),
    ),
    Misconception(
        "scores clipped",
        Family.STABILITY,
        "It clips the margins to 100, so that large mistakes are not charged in full.",
        patched(
            PLAIN, ("    return np.mean(", "    m = np.clip(m, -100, 100)\n    return np.mean(")
        ),
    ),
    Misconception(
        "NaN in no branch",
        Family.EDGE_CASES,
        "It adds up the two branches by boolean masks; a NaN is in neither and so is hidden.",
        patched(
            PLAIN,
            (
                f"np.mean({WHERE})",
                "(np.sum(np.maximum(0, 1 - m[m >= -1]) ** 2) - 4 * np.sum(m[m < -1])) / m.size",
            ),
        ),
    ),
    *mean_mistakes(PLAIN, "y_true * slope"),
)

SAMPLE = sampler((-4.0, -1.1), (-0.9, 0.9), (1.1, 3.0))
USUAL = laws.drawn(SAMPLE, 12)

LAWS = (
    laws.zero("Where every margin is met the loss is 0.", reference, between(1.0, 5.0)),
    laws.equal(
        "Without margins below -1 it is the squared hinge loss.",
        between(-1.0, 3.0),
        reference,
        squared_hinge,
    ),
    laws.equal(
        "Below -1 a score three times as large costs three times as much.",
        between(-5.0, -1.0),
        lambda y_true, scores: reference(y_true, 3.0 * scores),
        lambda y_true, scores: 3.0 * reference(y_true, scores),
    ),
    laws.unchanged("Both classes are treated alike.", reference, USUAL, mirrored),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
)

TASKS = (
    Task(
        slug="modified-huber",
        title="Modified Huber loss",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} h(y_i s_i), \quad h(m) = \begin{cases} "
        r"\max(0,\ 1 - m)^2 & m \ge -1 \\ -4m & m < -1 \end{cases}",
        sentence="The mean, over all elements, of the square of max(0, 1 - m) where the margin m, "
        "label times score, is at least -1, and of -4 m where it is less.",
        domain="y_true holds integers -1 or +1 and scores any numbers of the same shape; other "
        "labels, different shapes and empty arrays raise ValueError.",
        rules=(
            *RULES,
            "n is the number of elements, whatever the shape.",
            "At margins of -1 and 1 the branches agree, in value and in slope.",
            "Scores up to 1e300 give a right and finite result.",
        ),
        source="Hastie, Tibshirani, Friedman, The Elements of Statistical Learning (2nd ed., "
        "2009), table 12.1, as a mean; Zhang, Solving Large Scale Linear Prediction Problems Using "
        "Stochastic Gradient Descent Algorithms (2004), section 2.",
        brief=Brief(
            prompt="Customer reviews are sorted into praise (`1`) and complaint (`-1`), and some "
            "of the labels are wrong. Write the modified Huber loss of the scores: quadratic "
            "up to a margin of 1, flat beyond it, and a line below a margin of -1 so that a wrong "
            "label does not outweigh everything else. Write its gradient with respect to the "
            "scores too.",
            context="Three regimes that meet smoothly, chosen by the margin, with large scores in "
            "two of them.",
            topics=("classification", "margins", "robustness"),
            difficulty="medium",
            minutes=15,
        ),
        examples=(
            Example(
                Case((np.array([1, -1, 1, -1]), np.array([0.5, 3.0, 2.0, 0.5]))),
                value=14.5 / 4,
                gradient=((-0.25, 1.0, 0.0, 0.75),),
                working="Margins of 1/2, -3, 2 and -1/2 cost 1/4, 12, 0 and 9/4: their sum of 14.5 "
                "over 4.",
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
                "mistakes of 1e300",
                between(-1e300, -1e299, 0.5),
                "Keep the overflowed square out of the sum: choose with np.where, or square only "
                "the part of the gap within 2.",
            ),
            Extreme(
                "mistakes of 1e30",
                between(-1e30, -1e29, 0.5),
                "Keep the overflowed square out of the sum: in float32 it overflows beyond 1e19.",
                float32=True,
            ),
            *SQUARE_EXTREMES,
        ),
        edges=(
            *label_edges(SAMPLE),
            Edge(
                "margin of exactly -1",
                exactly(-1.0, -1.0, 0.5, -1.0),
                "Where y s = -1 the loss is 4 and its slope -4y/n, on either branch.",
            ),
            Edge(
                "margin of exactly 1",
                exactly(1.0, 1.0, -0.5, 1.0),
                "Where y s = 1 the loss and its gradient are 0.",
            ),
            EVERY_MET,
            Edge(
                "every sample on the line",
                between(-9.0, -2.0),
                "Below a margin of -1 the gradient is -4y/n whatever the score is.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        coarse=between(-3.0, 0.9, -1e10),
        branches=True,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("three pieces", PIECES),
            Variant("clipped gap in a class", CLIPPED_GAP),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(curve(-3.0, 3.0),),
    ),
)
