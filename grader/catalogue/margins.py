"""What rows on labels of -1 and +1 and on scores share: each is a function of y s, the margin."""

from collections.abc import Callable

import numpy as np

from grader.catalogue import pairs
from grader.catalogue.error_losses import mean_mistakes as error_mistakes
from grader.catalogue.inputs import paired, require
from grader.catalogue.task import (
    Argument,
    Array,
    Case,
    Curve,
    Edge,
    Expect,
    Extreme,
    Misconception,
    Shape,
    patched,
)
from grader.families import Family

Sample = Callable[[np.random.Generator, Shape], tuple[Array, ...]]
Draw = Callable[[np.random.Generator], Case]

ARGUMENTS = (Argument("y_true", labels=True), Argument("scores", differentiate=True))
SHAPES = ((12,), (1,), (3, 4), (2, 3, 2))

RULES = (
    "The loss is one number; grad returns its derivative with respect to scores, a new array of "
    "the same shape.",
    "y_true and scores have the same shape, whatever it is; different shapes raise ValueError and "
    "never broadcast.",
    "Empty input raises ValueError.",
    "y_true holds integers of any width, each -1 or +1; any other label raises ValueError, 0 "
    "included.",
    "A NaN among the scores makes the loss NaN, and shows in grad where the slope depends on that "
    "number.",
    "The scores may be float32, strided or read-only; no array is modified.",
)

# How solutions of these rows open.
CHECK = (
    pairs.CHECK.replace("y_pred", "scores")
    + """\
    if not np.all((y_true == 1) | (y_true == -1)):
        raise ValueError("labels must be -1 or +1")
"""
)


def checked(y_true: Array, scores: Array) -> tuple[Array, Array]:
    """Return both in float64; raise ValueError where shapes differ or a label is not -1 or +1."""
    y_true, scores = paired(y_true, scores)
    require(bool(np.all(np.abs(y_true) == 1.0)), "labels must be -1 or +1")
    return y_true, scores


def margins(y_true: Array, scores: Array) -> tuple[Array, Array]:
    """Return the labels and y s, in float64; ValueError for other labels, shapes or no element."""
    y_true, scores = checked(y_true, scores)
    return y_true, np.asarray(y_true * scores)


def with_margins(rng: np.random.Generator, margins: Array) -> tuple[Array, Array]:
    """Draw labels, and scores for which y s are the given margins."""
    y_true = rng.choice(np.array([-1, 1]), size=margins.shape)
    return y_true, y_true * margins


def sampler(*intervals: tuple[float, float]) -> Sample:
    """Return a `sample` whose margins lie in these intervals, the first one's in the first.

    Gaps between the intervals keep the draws away from points where a slope bends.
    """
    low, high = np.array(intervals).T

    def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
        which = rng.integers(0, len(intervals), size=shape)
        which.flat[0] = 0
        return with_margins(rng, low[which] + (high - low)[which] * rng.random(shape))

    return sample


def exactly(*listed: float) -> Draw:
    """Return a draw whose margins are exactly these, in any order."""
    return lambda rng: Case(with_margins(rng, rng.permutation(np.array(listed))))


def between(low: float, high: float, *beside: float) -> Draw:
    """Return a draw of six margins between two numbers, and of the ones listed."""

    def case(rng: np.random.Generator) -> Case:
        drawn = low + (high - low) * rng.random(6)
        return Case(with_margins(rng, rng.permutation(np.append(drawn, beside))))

    return case


# Of losses that are squares of the gap up to a margin of 1.
SQUARE_EXTREMES = (
    Extreme(
        "right scores of 1e200 beside usual ones",
        between(1e199, 1e200, 0.5, -2.0),
        "Take the positive part before the square: the square of a large margin overflows.",
    ),
    Extreme(
        "margins within 1e-6 of 1",
        between(1 - 1e-6, 1 - 1e-7),
        "Subtract first and square the difference; an expanded square cancels.",
    ),
)
EVERY_MET = Edge(
    "every margin met", between(1.5, 3.0), "Where every y s is above 1, loss and gradient are 0."
)


def label_edges(sample: Sample) -> tuple[Edge, ...]:
    """Labels that every such row refuses, among inputs that `sample` draws."""

    def with_label(label: int) -> Draw:
        def case(rng: np.random.Generator) -> Case:
            y_true, scores = sample(rng, (6,))
            y_true[rng.integers(0, 6)] = label
            return Case((y_true, scores))

        return case

    return (
        Edge(
            "label 0",
            with_label(0),
            "A label of 0 raises ValueError: the classes are -1 and +1.",
            Expect.VALUE_ERROR,
        ),
        Edge(
            "label 2",
            with_label(2),
            "A label other than -1 and +1 raises ValueError.",
            Expect.VALUE_ERROR,
        ),
    )


def mean_mistakes(source: str, slope: str) -> tuple[Misconception, ...]:
    """Mistakes in the mean and in the checks of a solution that opens with CHECK.

    It averages by np.mean and returns `slope` / scores.size as gradient, in its last function.
    """
    return (
        *error_mistakes(source, slope, "scores", size="scores.size"),
        Misconception(
            "labels not checked",
            Family.EDGE_CASES,
            "It takes labels other than -1 and +1 and returns a number for them.",
            patched(
                source, ("if not np.all((y_true == 1) | (y_true == -1)):", "if y_true is None:")
            ),
        ),
    )


def label_mistakes(source: str) -> tuple[Misconception, ...]:
    """Two ways to misread the labels, for a solution whose margin is `y_true * scores`."""
    margin = "y_true * scores"
    return (
        Misconception(
            "labels taken for 0 and 1",
            Family.VALUES,
            "It maps the labels by 2y - 1 as if they were 0 and 1; they are -1 and +1 already.",
            patched(source, (margin, "(2 * y_true - 1) * scores")),
        ),
        Misconception(
            "labels left out",
            Family.VALUES,
            "It reads the scores alone, as if every label were +1.",
            patched(source, (margin, "1.0 * scores")),
        ),
    )


def mirrored(rng: np.random.Generator, case: Case) -> Case:
    """Both classes exchanged, labels and scores: every margin stays."""
    y_true, scores = case.arguments
    return Case((-y_true, -scores), case.parameters)


def curve(low: float, high: float) -> Curve:
    """The picture of one positive sample over its score, which is its margin."""
    return Curve(
        "One sample",
        "margin, label times score",
        low,
        high,
        lambda margin: Case((np.ones(1, dtype=np.int64), np.array([margin]))),
    )
