"""Hinge loss: the margin loss of the support vector machine."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.binary import one_number
from grader.catalogue.exact import mean, pairs
from grader.catalogue.margins import EVERY_MET, checked, label_edges, with_margins
from grader.catalogue.pairs import numeric_gradient
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
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family

Pair = tuple[Array, Array]


def reference(y_true: Array, scores: Array) -> float:
    """Return the mean of max(0, 1 - y s), in units of the scores.

    Args:
        y_true: any shape, each -1 or +1.
        scores: same shape, any real numbers; their sign is the predicted class.

    Raises:
        ValueError: for different shapes, empty input, or other labels.

    Source: Hastie, Tibshirani, Friedman, The Elements of Statistical Learning (2nd ed., 2009),
    equation 12.25, without the penalty.
    """
    y_true, scores = checked(y_true, scores)
    return float(np.mean(np.maximum(0.0, 1.0 - y_true * scores)))


def gradient(y_true: Array, scores: Array) -> tuple[Array]:
    """Return the derivative with respect to the scores, same shape; 0 where y s is exactly 1.

    Raises:
        ValueError: as `reference`.

    Source: Shalev-Shwartz, Ben-David, Understanding Machine Learning (2014), section 14.2.
    """
    y_true, scores = checked(y_true, scores)
    return (np.where(y_true * scores < 1.0, -y_true, 0.0) / scores.size,)


def subdifferential(y_true: Array, scores: Array) -> tuple[Pair]:
    """Return the lowest and the highest right gradient: where y s = 1, 0 and -y/n bound it."""
    (right,) = gradient(y_true, scores)
    at_kink = np.where(y_true * np.asarray(scores, np.float64) == 1.0, -y_true / scores.size, 0.0)
    return ((right + np.minimum(at_kink, 0.0), right + np.maximum(at_kink, 0.0)),)


def sample(rng: np.random.Generator, shape: Shape) -> Pair:
    """Draw margins within 3 of 0, at least 0.05 from the kink at 1, the first one violated."""
    margins = rng.uniform(-3.0, 3.0, size=shape)
    margins = np.where(np.abs(margins - 1.0) < 0.05, margins + 0.2, margins)
    margins.flat[0] = rng.uniform(-2.0, 0.5)
    return with_margins(rng, margins)


def terms(y_true: Array, scores: Array) -> float:
    return float(max(1.0, np.abs(scores).max()))


def definition(mp: Any, y_true: Any, scores: Any) -> Any:
    return mean(mp, (max(0, 1 - y * s) for y, s in pairs(y_true, scores)))


def scores_of(rng: np.random.Generator, scale: float) -> Case:
    """Margins of both signs around `scale`, more of them violated than not."""
    signs = np.array([-1.0, 1.0, -1.0, 1.0, -1.0, -1.0])
    return Case(with_margins(rng, scale * signs * rng.uniform(0.5, 1.0, size=6)))


def beside_a_huge_mistake(rng: np.random.Generator) -> Case:
    y_true, scores = sample(rng, (12,))
    at = rng.integers(12)
    scores[at] = -1e10 * y_true[at]
    return Case((y_true, scores))


def at_the_kink(rng: np.random.Generator) -> Case:
    return Case(with_margins(rng, np.array([1.0, 1.0, -0.5, 1.0, 2.0])))


EXTREMES = (
    Extreme(
        "scores of 1e300",
        lambda rng: scores_of(rng, 1e300),
        "Work with y s itself: squaring, exponentials, clipping or float32 lose large scores.",
    ),
    Extreme(
        "scores of 1e30",
        lambda rng: scores_of(rng, 1e30),
        "Work with y s itself: squares of large scores overflow in float32.",
        float32=True,
    ),
    Extreme(
        "margins within 1e-6 of 1",
        lambda rng: Case(with_margins(rng, 1.0 - rng.uniform(1e-7, 1e-6, size=6))),
        "Compute 1 - y s in float64 and take its positive part as it is, without smoothing.",
    ),
)

EDGES = (
    *label_edges(sample),
    Edge(
        "margin of exactly 1",
        at_the_kink,
        "Where y s = 1 the loss is 0 and any gradient between 0 and -y/n is right.",
    ),
    EVERY_MET,
)


VECTORISED = """\
import numpy as np


def check(y_true, scores):
    if y_true.shape != scores.shape or scores.size == 0:
        raise ValueError("y_true and scores must have the same shape and not be empty")
    if not np.all((y_true == 1) | (y_true == -1)):
        raise ValueError("labels must be -1 or +1")


def loss(y_true, scores):
    check(y_true, scores)
    return np.maximum(0, 1 - y_true * scores).mean()


def grad(y_true, scores):
    check(y_true, scores)
    active = y_true * scores < 1
    return np.where(active, -y_true, 0) / scores.size
"""

MASKED = """\
import numpy as np


def violations(y_true, scores):
    if np.shape(y_true) != np.shape(scores):
        raise ValueError("shapes differ")
    if np.size(scores) == 0:
        raise ValueError("empty input")
    if np.any(np.abs(y_true) != 1):
        raise ValueError("labels must be -1 or 1")
    shortfall = 1.0 - y_true * scores
    return shortfall, ~(shortfall <= 0)


def loss(y_true, scores):
    shortfall, violated = violations(y_true, scores)
    return float(np.sum(shortfall[violated]) / scores.size)


def grad(y_true, scores):
    shortfall, violated = violations(y_true, scores)
    gradient = np.zeros(scores.shape)
    gradient[violated] = -y_true[violated] / scores.size
    return gradient
"""

SLICE_BY_SLICE = """\
import numpy as np


def pairs(y_true, scores):
    if y_true.shape != scores.shape or len(scores.ravel()) < 1:
        raise ValueError("need two arrays of one shape, not empty")
    for y in y_true:
        if np.any(y * y != 1):
            raise ValueError("label is neither -1 nor 1")
    return zip(y_true, scores)


def loss(y_true, scores):
    total = 0.0
    for y, s in pairs(y_true, scores):
        total += np.sum(np.maximum(1.0 - y * s, 0.0))
    return total / scores.size


def grad(y_true, scores):
    result = np.zeros(scores.shape)
    for i, (y, s) in enumerate(pairs(y_true, scores)):
        result[i] = -1.0 * y * (y * s < 1.0) / scores.size
    return result
"""

POSITIVE_PART = """\
import numpy as np


def positive_part(x):
    return (x + np.abs(x)) / 2


def step(x):
    return (1 + np.sign(x)) / 2


def margin_errors(y_true, scores):
    y_true, scores = np.asarray(y_true, float), np.asarray(scores, float)
    if y_true.shape != scores.shape or not y_true.size:
        raise ValueError("bad shapes")
    if not np.array_equal(np.abs(y_true), np.ones(y_true.shape)):
        raise ValueError("bad labels")
    return y_true, 1 - y_true * scores


def loss(y_true, scores):
    y_true, errors = margin_errors(y_true, scores)
    return np.average(positive_part(errors))


def grad(y_true, scores):
    y_true, errors = margin_errors(y_true, scores)
    return -y_true * step(errors) / errors.size
"""

ELEMENT_BY_ELEMENT = """\
import numpy as np


def check(y_true, scores):
    if y_true.shape != scores.shape or y_true.size == 0:
        raise ValueError("y_true and scores do not fit")
    for label in y_true.flat:
        if label not in (-1, 1):
            raise ValueError(f"label {label} is not -1 or 1")


def loss(y_true, scores):
    check(y_true, scores)
    total = 0.0
    for label, score in zip(y_true.flat, scores.flat):
        margin = float(label) * float(score)
        if not margin >= 1:
            total += 1 - margin
    return total / scores.size


def grad(y_true, scores):
    check(y_true, scores)
    result = np.zeros(scores.shape)
    for index in np.ndindex(scores.shape):
        if y_true[index] * scores[index] < 1:
            result[index] = -float(y_true[index]) / scores.size
    return result
"""

MISCONCEPTIONS = (
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the margin errors where their mean is asked.",
        patched(VECTORISED, (".mean()", ".sum()"), (" / scores.size", " * 1.0")),
    ),
    Misconception(
        "squared hinge",
        Family.VALUES,
        "It squares the margin errors: that is the squared hinge loss.",
        patched(
            VECTORISED,
            ("np.maximum(0, 1 - y_true * scores).mean()", "(gap**2).mean()"),
            ("    return (gap", "    gap = np.maximum(0, 1 - y_true * scores)\n    return (gap"),
            ("-y_true, 0)", "-2 * y_true * (1 - y_true * scores), 0)"),
        ),
    ),
    Misconception(
        "no margin",
        Family.VALUES,
        "It asks only for the right sign, max(0, -y s), as the perceptron does: the margin of 1 "
        "is missing.",
        patched(
            VECTORISED, ("1 - y_true * scores)", "-y_true * scores)"), ("scores < 1", "scores < 0")
        ),
    ),
    Misconception(
        "never cut off at 0",
        Family.VALUES,
        "It averages 1 - y s without max(0, ...), so scores far on the right side lower the loss "
        "without end.",
        patched(
            VECTORISED,
            ("np.maximum(0, 1 - y_true * scores)", "(1 - y_true * scores)"),
            ("np.where(active, -y_true, 0)", "-y_true"),
        ),
    ),
    Misconception(
        "labels taken for 0 and 1",
        Family.VALUES,
        "It maps the labels by 2y - 1 as if they were 0 and 1; they are -1 and +1 already.",
        patched(VECTORISED, ("y_true * scores", "(2 * y_true - 1) * scores")),
    ),
    Misconception(
        "gradient never switched off",
        Family.GRADIENTS,
        "Its gradient is -y/n everywhere, also where the margin is met and the loss is flat.",
        patched(VECTORISED, ("np.where(active, -y_true, 0)", "-y_true")),
    ),
    Misconception(
        "gradient without 1/n",
        Family.GRADIENTS,
        "Its gradient is of the sum: the 1/n of the mean is missing.",
        patched(VECTORISED, (" / scores.size", " * 1.0")),
    ),
    Misconception(
        "gradient sign",
        Family.GRADIENTS,
        "Its gradient is +y where the margin is violated: the sign is wrong.",
        patched(VECTORISED, ("-y_true, 0", "y_true, 0")),
    ),
    Misconception(
        "label forgotten in the gradient",
        Family.GRADIENTS,
        "Its gradient is -1/n for both classes: the label's sign is missing.",
        patched(VECTORISED, ("np.where(active, -y_true, 0)", "np.where(active, -1, 0)")),
    ),
    numeric_gradient(VECTORISED, "scores"),
    Misconception(
        "size by a square and a root",
        Family.STABILITY,
        "It takes |x| as the root of x squared, which overflows for large scores.",
        patched(POSITIVE_PART, ("np.abs(x)", "np.sqrt(x**2)")),
    ),
    Misconception(
        "scores clipped",
        Family.STABILITY,
        "It clips the scores to 100, so large mistakes are not charged in full.",
        patched(
            VECTORISED,
            ("1 - y_true * scores)", "1 - y_true * np.clip(scores, -100, 100))"),
        ),
    ),
    Misconception(
        "labels not checked",
        Family.EDGE_CASES,
        "It takes labels other than -1 and +1 and returns a number for them.",
        patched(VECTORISED, ("not np.all((y_true == 1) | (y_true == -1))", "False")),
    ),
    Misconception(
        "NaN hidden",
        Family.EDGE_CASES,
        "It counts a NaN margin as met, because NaN > 0 is false: bad data vanishes.",
        patched(
            VECTORISED,
            ("np.maximum(0, 1 - y_true * scores)", "np.where(gap > 0, gap, 0)"),
            ("    return np.where(gap", "    gap = 1 - y_true * scores\n    return np.where(gap"),
        ),
    ),
    Misconception(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It lets shapes that differ broadcast and averages over n times n pairs.",
        patched(
            VECTORISED, ("y_true.shape != scores.shape or scores.size == 0", "not scores.size")
        ),
    ),
)

USUAL = laws.drawn(sample, 12)

LAWS = (
    laws.zero(
        "Where every margin is met the loss is 0.",
        reference,
        lambda rng: Case(with_margins(rng, rng.uniform(1.0, 3.0, size=6))),
    ),
    laws.equal(
        "It stays what it is when labels and scores change their signs.",
        USUAL,
        reference,
        lambda y_true, scores: reference(-y_true, -scores),
    ),
    laws.equal(
        "Within scores of 1 it is 1 minus the mean of label times score.",
        USUAL,
        lambda y_true, scores: reference(y_true, np.tanh(scores)),
        lambda y_true, scores: float(1.0 - np.mean(y_true * np.tanh(scores))),
    ),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
)

VARIANTS = (
    Variant("vectorised", VECTORISED),
    Variant("boolean mask", MASKED),
    Variant("slice by slice", SLICE_BY_SLICE),
    Variant("element by element", ELEMENT_BY_ELEMENT, slow=True),
    Variant("positive part and step", POSITIVE_PART),
)

TASKS = (
    Task(
        slug="hinge",
        title="Hinge loss",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \max(0,\ 1 - y_i s_i)",
        sentence=(
            "The mean over all elements of 1 minus label times score, and 0 where that is negative."
        ),
        domain=(
            "y_true: integers -1 or +1 of any shape; scores: real numbers of the same shape. "
            "Other labels and shapes that differ raise ValueError."
        ),
        rules=(
            "Shapes that differ raise ValueError: (n,) against (n, 1) must not broadcast.",
            "Empty input raises ValueError.",
            "A label other than -1 and +1 raises ValueError, 0 included.",
            "A NaN among the scores gives a NaN loss.",
            "Where y s is exactly 1, any gradient between 0 and -y/n is right.",
            "n is the number of elements, whatever the shape.",
            "grad returns the derivative with respect to the scores, in their shape.",
        ),
        source=(
            "Hastie, Tibshirani, Friedman, The Elements of Statistical Learning (2nd ed., 2009), "
            "equation 12.25, without the penalty."
        ),
        brief=Brief(
            prompt="A linear classifier shall not only be right, but right with a margin. Write "
            "the hinge loss for labels of -1 and +1 and a gradient with respect to the scores.",
            context="Labels of minus one and plus one, and a subgradient at the margin.",
            topics=("classification", "margins"),
            difficulty="easy",
            minutes=15,
        ),
        examples=(
            Example(
                Case((np.array([1, -1, 1]), np.array([2.0, -0.5, -1.0]))),
                value=2.5 / 3,
                gradient=((0.0, 1 / 3, -1 / 3),),
                working="Label times score is 2, 1/2 and -1, so the costs are 0, 1/2 and 2; where "
                "there is one, the slope is minus the label over 3 elements.",
            ),
        ),
        definition=definition,
        arguments=(Argument("y_true", labels=True), Argument("scores", differentiate=True)),
        reference=reference,
        gradient=gradient,
        subdifferential=subdifferential,
        sample=sample,
        shapes=((8,), (1,), (3, 4), (2, 3, 2), (25,)),
        large=(100, 1000),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        branches=True,
        variants=VARIANTS,
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve("One score, label +1", "score", -3.0, 3.0, one_number(1), kinks=(1.0,)),
            Curve("One score, label -1", "score", -3.0, 3.0, one_number(-1), kinks=(-1.0,)),
        ),
        coarse=beside_a_huge_mistake,
    ),
)
