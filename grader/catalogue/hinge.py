"""Hinge loss: the margin loss of the support vector machine."""

import numpy as np

from grader.catalogue.answers.hinge import MISCONCEPTIONS, VARIANTS
from grader.catalogue.inputs import paired, require
from grader.catalogue.task import (
    Argument,
    Array,
    Case,
    Edge,
    Expect,
    Extreme,
    Shape,
    Task,
)

Pair = tuple[Array, Array]


def checked(y_true: Array, scores: Array) -> Pair:
    """Return both in float64; raise ValueError where shapes differ or a label is not -1 or +1."""
    y_true, scores = paired(y_true, scores)
    require(bool(np.all(np.abs(y_true) == 1.0)), "labels must be -1 or +1")
    return y_true, scores


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


def with_margins(rng: np.random.Generator, margins: Array) -> Pair:
    """Draw labels, and scores for which y s are the given margins."""
    y_true = rng.choice(np.array([-1, 1]), size=margins.shape)
    return y_true, y_true * margins


def sample(rng: np.random.Generator, shape: Shape) -> Pair:
    """Draw margins within 3 of 0, at least 0.05 from the kink at 1, the first one violated."""
    margins = rng.uniform(-3.0, 3.0, size=shape)
    margins = np.where(np.abs(margins - 1.0) < 0.05, margins + 0.2, margins)
    margins.flat[0] = rng.uniform(-2.0, 0.5)
    return with_margins(rng, margins)


def terms(y_true: Array, scores: Array) -> float:
    return float(max(1.0, np.abs(scores).max()))


def scores_of(rng: np.random.Generator, scale: float) -> Case:
    """Margins of both signs around `scale`, more of them violated than not."""
    signs = np.array([-1.0, 1.0, -1.0, 1.0, -1.0, -1.0])
    return Case(with_margins(rng, scale * signs * rng.uniform(0.5, 1.0, size=6)))


def with_label(rng: np.random.Generator, label: int) -> Case:
    y_true, scores = sample(rng, (6,))
    y_true[rng.integers(0, 6)] = label
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
    Edge(
        "label 0",
        lambda rng: with_label(rng, 0),
        "A label of 0 raises ValueError: the classes are -1 and +1.",
        Expect.VALUE_ERROR,
    ),
    Edge(
        "label 2",
        lambda rng: with_label(rng, 2),
        "A label other than -1 and +1 raises ValueError.",
        Expect.VALUE_ERROR,
    ),
    Edge(
        "margin of exactly 1",
        at_the_kink,
        "Where y s = 1 the loss is 0 and any gradient between 0 and -y/n is right.",
    ),
    Edge(
        "every margin met",
        lambda rng: Case(with_margins(rng, rng.uniform(1.5, 3.0, size=4))),
        "Where every y s is above 1, loss and gradient are 0.",
    ),
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
        arguments=(Argument("y_true", labels=True), Argument("scores", differentiate=True)),
        reference=reference,
        gradient=gradient,
        subdifferential=subdifferential,
        sample=sample,
        shapes=((8,), (1,), (3, 4), (2, 3, 2), (25,)),
        large=(250, 1000),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=VARIANTS,
    ),
)
