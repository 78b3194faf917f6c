"""The Brier score of predicted probabilities."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.exact import mean
from grader.catalogue.forecasts import (
    ARGUMENTS,
    RULES,
    SHAPES,
    checked,
    distributions,
    one_hot,
    uniform,
)
from grader.catalogue.mean_squared_error import reference as squared_error
from grader.catalogue.pairs import CHECK, neglects, numeric_gradient
from grader.catalogue.regression import at_least_tiny
from grader.catalogue.task import (
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


def reference(y_true: Array, y_pred: Array) -> float:
    """Return the mean over the rows of sum_j (p_j - y_j)^2, without a unit.

    Args:
        y_true: shape (n, k), one-hot rows.
        y_pred: shape (n, k), probabilities in [0, 1].

    Returns:
        The score, 0 for sure and right forecasts and at most 2; NaN where either array holds one.

    Raises:
        ValueError: for different or other shapes, or empty input.

    Source: Brier, Verification of Forecasts Expressed in Terms of Probability (Monthly Weather
        Review 78, 1950), pages 1-3.
    """
    y, p = checked(y_true, y_pred)
    return float(np.sum((p - y) ** 2) / len(p))


def gradient(y_true: Array, y_pred: Array) -> tuple[Array]:
    """Return d loss / d y_pred = 2 (p - y) / n, shape (n, k); errors as above."""
    y, p = checked(y_true, y_pred)
    return (2.0 * (p - y) / len(p),)


def terms(y_true: Array, y_pred: Array) -> float:
    y, p = checked(y_true, y_pred)
    return at_least_tiny(np.max(np.abs(p - y)) ** 2)


def definition(mp: Any, y_true: Any, y_pred: Any) -> Any:
    rows = zip(y_true, y_pred, strict=True)
    return mean(mp, (mp.fsum((p - y) ** 2 for y, p in zip(*row, strict=True)) for row in rows))


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
    """Draw one-hot rows, and rows of probabilities that add up to 1."""
    return one_hot(rng, shape), distributions(rng, shape)


def within(distance: float) -> Callable[[np.random.Generator], Case]:
    """Return a draw of forecasts that leave 0.1 to 1 times `distance` to each wrong class."""

    def case(rng: np.random.Generator) -> Case:
        y = one_hot(rng, (5, 4))
        left = distance * rng.uniform(0.1, 1.0, size=y.shape) * (1.0 - y)
        return Case((y, left + y * (1.0 - left.sum(axis=1, keepdims=True))))

    return case


def half_of_them_nearly_right(rng: np.random.Generator) -> Case:
    """Three usual rows, and three whose slopes are 1e-9 to 1e-8."""
    usual, near = sample(rng, (3, 4)), within(1e-8)(rng).arguments
    both = (np.concatenate([a, b[:3]]) for a, b in zip(usual, near, strict=True))
    return Case(tuple(both))


def sure(rng: np.random.Generator, *, right: bool) -> Case:
    y = one_hot(rng, (4, 3))
    return Case((y, y.copy() if right else np.roll(y, 1, axis=1)))


def scaled_rows(rng: np.random.Generator) -> Case:
    y, p = sample(rng, (4, 3))
    return Case((y, p * np.array([[0.5], [0.25], [0.75], [0.9]])))


def _twice_binary(y_true: Array, y_pred: Array) -> float:
    return 2.0 * float(np.mean((y_pred[:, 1] - y_true[:, 1]) ** 2))


def _by_the_label(y_true: Array, y_pred: Array) -> float:
    """The square expanded: 1 - 2 p_label + sum p^2."""
    picked = np.sum(y_true * y_pred, axis=1)
    return float(np.mean(1.0 - 2.0 * picked + np.sum(y_pred**2, axis=1)))


PLAIN = (
    CHECK
    + """

def loss(y_true, y_pred):
    _check(y_true, y_pred)
    e = y_pred - y_true
    return np.mean(np.sum(e**2, axis=1))


def grad(y_true, y_pred):
    _check(y_true, y_pred)
    e = y_pred - y_true
    return 2 * e / len(e)
"""
)

NORMS = '''\
import numpy as np


def _rows(y_true, y_pred):
    if np.shape(y_true) != np.shape(y_pred):
        raise ValueError(f"{np.shape(y_true)} is not {np.shape(y_pred)}")
    if len(y_pred) < 1:
        raise ValueError("there is no forecast")
    return np.subtract(y_pred, y_true, dtype=np.float64)


def loss(y_true, y_pred):
    """The mean squared distance between a forecast and what happened."""
    return float(np.square(np.linalg.norm(_rows(y_true, y_pred), axis=1)).mean())


def grad(y_true, y_pred):
    away = _rows(y_true, y_pred)
    return away * (2.0 / away.shape[0])
'''

EINSUM = """\
import numpy as np


class Brier:
    def __init__(self, y_true, y_pred):
        if y_true.shape != y_pred.shape or y_pred.ndim != 2 or not y_pred.size:
            raise ValueError("y_true and y_pred must both be (n, k), n > 0")
        self.difference = y_true.astype(float) - y_pred.astype(float)

    def value(self):
        d = self.difference
        return np.einsum("nk,nk,->", d, d, 1 / len(d))

    def slope(self):
        return np.einsum("nk,->nk", self.difference, -2 / len(self.difference))


def loss(y_true, y_pred):
    return Brier(y_true, y_pred).value()


def grad(y_true, y_pred):
    return Brier(y_true, y_pred).slope()
"""

BY_CLASS = """\
import numpy as np


def by_class(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("unequal shapes")
    if 0 in y_pred.shape:
        raise ValueError("empty arrays")
    return [column - happened for happened, column in zip(y_true.T, y_pred.T)]


def loss(y_true, y_pred):
    return sum(float(np.dot(e, e)) for e in by_class(y_true, y_pred)) / y_pred.shape[0]


def grad(y_true, y_pred):
    columns = by_class(y_true, y_pred)
    return np.stack(columns, axis=1) / (y_pred.shape[0] / 2)
"""

LOOPS = """\
import numpy as np


def check(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shape mismatch")
    if y_true.size == 0:
        raise ValueError("empty input")


def loss(y_true, y_pred):
    check(y_true, y_pred)
    total = 0.0
    for happened, forecast in zip(y_true.tolist(), y_pred.tolist()):
        for y, p in zip(happened, forecast):
            total += (p - y) * (p - y)
    return total / len(y_true)


def grad(y_true, y_pred):
    check(y_true, y_pred)
    out = np.zeros(y_pred.shape)
    for index, p in np.ndenumerate(y_pred):
        out[index] = 2 * (float(p) - float(y_true[index])) / len(y_pred)
    return out
"""

MEAN, SLOPE = "np.mean(np.sum(e**2, axis=1))", "2 * e / len(e)"
OPEN = "    e = y_pred - y_true\n    return np.mean"

MISCONCEPTIONS = (
    Misconception(
        "mean over classes too",
        Family.VALUES,
        "It averages over all n times k elements, as the mean squared error does, where each row's "
        "squares are added up.",
        patched(PLAIN, (MEAN, "np.mean(e**2)"), (SLOPE, "2 * e / e.size")),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the scores of the rows where their mean is asked.",
        patched(PLAIN, (MEAN, "np.sum(e**2)"), (SLOPE, "2 * e")),
    ),
    Misconception(
        "true class alone",
        Family.VALUES,
        "It squares what the true class misses and leaves out what the other classes got.",
        patched(
            PLAIN,
            (MEAN, "np.mean(np.sum(y_true * e**2, axis=1))"),
            (SLOPE, "2 * y_true * e / len(e)"),
        ),
    ),
    Misconception(
        "square halved",
        Family.VALUES,
        "It halves the squares, as if two classes that exclude each other were one event.",
        patched(PLAIN, (MEAN, f"0.5 * {MEAN}"), (SLOPE, "e / len(e)")),
    ),
    Misconception(
        "root of the score",
        Family.VALUES,
        "It takes the root of each row's squares: a distance, not a squared one.",
        patched(PLAIN, (MEAN, "np.mean(np.sqrt(np.sum(e**2, axis=1)))")),
    ),
    Misconception(
        "absolute errors",
        Family.VALUES,
        "It adds up absolute differences, which no honest forecast minimises, instead of squares.",
        patched(
            PLAIN, (MEAN, "np.mean(np.sum(np.abs(e), axis=1))"), (SLOPE, "np.sign(e) / len(e)")
        ),
    ),
    Misconception(
        "square of the sum",
        Family.VALUES,
        "It adds up the differences of a row before it squares: they cancel.",
        patched(PLAIN, (MEAN, "np.mean(np.sum(e, axis=1) ** 2)")),
    ),
    Misconception(
        "softmax of probabilities",
        Family.VALUES,
        "It takes y_pred for logits and applies a softmax to what are probabilities already.",
        patched(
            PLAIN,
            (
                "e = y_pred - y_true",
                "e = np.exp(y_pred) / np.exp(y_pred).sum(axis=1, keepdims=True) - y_true",
            ),
        ),
    ),
    Misconception(
        "forecast rounded",
        Family.VALUES,
        "It scores the likeliest class alone: it counts errors instead of judging probabilities.",
        patched(
            PLAIN,
            (
                OPEN,
                "    e = np.eye(len(y_pred[0]))[y_pred.argmax(axis=1)] - y_true\n"
                "    return np.mean",
            ),
        ),
    ),
    Misconception(
        "cross-entropy",
        Family.VALUES,
        "It is the cross-entropy: logarithms of the true class's probability, not squares.",
        patched(
            PLAIN,
            (MEAN, "-np.mean(np.sum(y_true * np.log(y_pred), axis=1))"),
            (SLOPE, "-y_true / y_pred / len(e)"),
        ),
    ),
    Misconception(
        "gradient without the 2",
        Family.GRADIENTS,
        "Its gradient misses the factor 2 of the square.",
        patched(PLAIN, (SLOPE, "e / len(e)")),
    ),
    Misconception(
        "gradient over all elements",
        Family.GRADIENTS,
        "It divides the gradient by n times k where the loss is a mean over n rows.",
        patched(PLAIN, (SLOPE, "2 * e / e.size")),
    ),
    Misconception(
        "gradient not divided by n",
        Family.GRADIENTS,
        "Its gradient is that of the sum: the division by the number of rows is missing.",
        patched(PLAIN, (SLOPE, "2 * e")),
    ),
    Misconception(
        "gradient of the wrong sign",
        Family.GRADIENTS,
        "Its gradient has the wrong sign: it is the derivative with respect to y_true.",
        patched(PLAIN, (SLOPE, "-2 * e / len(e)")),
    ),
    Misconception(
        "gradient of the true class alone",
        Family.GRADIENTS,
        "Its gradient is 0 for the classes that did not happen.",
        patched(PLAIN, (SLOPE, "2 * e * y_true / len(e)")),
    ),
    Misconception(
        "gradient for logits",
        Family.GRADIENTS,
        "Its gradient goes through a softmax, as if it were asked for logits.",
        patched(
            PLAIN,
            (SLOPE, "2 * y_pred * (e - np.sum(e * y_pred, axis=1, keepdims=True)) / len(e)"),
        ),
    ),
    numeric_gradient(PLAIN),
    Misconception(
        "square expanded",
        Family.STABILITY,
        "It expands the squares to 1 - 2 p + the sum of p squared, which cancels for forecasts "
        "that are nearly sure and right.",
        patched(
            PLAIN,
            (
                MEAN,
                "np.mean(1 - 2 * np.sum(y_true * y_pred, axis=1) + np.sum(y_pred**2, axis=1))",
            ),
        ),
    ),
    Misconception(
        "probabilities clipped",
        Family.STABILITY,
        "It clips the probabilities to 1e-7 from 0 and 1, which a logarithm would need and a "
        "square does not.",
        patched(
            PLAIN, (OPEN, "    e = np.clip(y_pred, 1e-7, 1 - 1e-7) - y_true\n    return np.mean")
        ),
    ),
    Misconception(
        "epsilon added",
        Family.STABILITY,
        "It adds an epsilon that nothing needs: small scores drown in it.",
        patched(PLAIN, (MEAN, f"{MEAN} + 1e-12")),
    ),
    Misconception(
        "NaN skipped",
        Family.EDGE_CASES,
        "It adds up with nansum, so that a NaN vanishes from the result.",
        patched(PLAIN, ("np.sum(e**2, axis=1)", "np.nansum(e**2, axis=1)")),
    ),
    Misconception(
        "predictions changed",
        Family.EDGE_CASES,
        "It subtracts in place and so changes the caller's predictions.",
        patched(PLAIN, (OPEN, "    e = y_pred\n    e -= y_true\n    return np.mean")),
    ),
    Misconception(
        "rows rescaled",
        Family.EDGE_CASES,
        "It rescales each row to add up to 1, where rows are used as they stand.",
        patched(
            PLAIN,
            (
                OPEN,
                "    e = y_pred / y_pred.sum(axis=1, keepdims=True) - y_true\n    return np.mean",
            ),
        ),
    ),
    *neglects(PLAIN),
)

USUAL = laws.drawn(sample, 6, 4)

LAWS = (
    laws.zero("Sure and right forecasts score 0.", reference, lambda rng: sure(rng, right=True)),
    laws.equal(
        "Sure and wrong forecasts score 2.",
        lambda rng: sure(rng, right=False),
        reference,
        lambda y_true, y_pred: 2.0,
    ),
    laws.equal(
        "It is k times the mean squared error.",
        USUAL,
        reference,
        lambda y_true, y_pred: 4.0 * squared_error(y_true, y_pred),
    ),
    laws.equal(
        "Two classes give twice the squared error of one of them.",
        laws.drawn(sample, 6, 2),
        reference,
        _twice_binary,
    ),
    laws.equal(
        "It is 1 - 2 p of the true class plus the sum of squares.", USUAL, reference, _by_the_label
    ),
    laws.unchanged("It is symmetric in both arguments.", reference, USUAL, laws.swapped()),
    laws.unchanged(
        "The order of the rows does not matter.", reference, USUAL, laws.reordered(0, 1)
    ),
)

SUBTRACT = "Subtract first and square the difference; an expanded square cancels."

TASKS = (
    Task(
        slug="brier-score",
        title="Brier score",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \sum_{j=1}^{k} (p_{ij} - y_{ij})^2",
        sentence="The mean over the rows of the sum, over the classes, of the squared difference "
        "between predicted probability and one-hot target.",
        domain="y_true holds one-hot rows and y_pred probabilities in [0, 1], both of shape "
        "(n, k); different shapes and empty arrays raise ValueError.",
        rules=(
            *RULES,
            "The squares of a row are added up, not averaged: the score lies between 0 and 2.",
            "Nothing is clipped: probabilities of exactly 0 and 1 are as good as others.",
        ),
        source="Brier, Verification of Forecasts Expressed in Terms of Probability, Monthly "
        "Weather Review 78 (1950), 1-3.",
        brief=Brief(
            prompt="A weather service gives, for every day, the probabilities of rain, snow and "
            "dry weather, and wants to know how honest they are. Write the Brier score in its "
            "original form, over all classes, and its gradient with respect to the probabilities. "
            "Each row of `y_true` has a 1 at what happened.",
            context="A sum over classes inside of a mean over rows, and the normalisation of its "
            "gradient.",
            topics=("classification", "calibration"),
            difficulty="easy",
            minutes=10,
        ),
        examples=(
            Example(
                Case((np.array([[1.0, 0.0, 0.0]]), np.array([[0.5, 0.25, 0.25]]))),
                value=0.375,
                gradient=(((-1.0, 0.5, 0.5),),),
                working="1/4 + 1/16 + 1/16, and slopes of twice the differences.",
            ),
            Example(
                Case((np.eye(2), np.array([[0.75, 0.25], [1.0, 0.0]]))),
                value=1.0625,
                gradient=(((-0.25, 0.25), (1.0, -1.0)),),
                working="1/16 + 1/16 for the first row and 2 for the second, which was sure and "
                "wrong: (0.125 + 2) / 2.",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=SHAPES,
        large=(20_000, 10),
        terms=terms,
        extremes=(
            Extreme("forecasts within 1e-8 of right", within(1e-8), SUBTRACT),
            Extreme("forecasts within 1e-3 of right", within(1e-3), SUBTRACT, float32=True),
            Extreme(
                "forecasts within 1e-12 of right",
                within(1e-12),
                "Add no epsilon and clip nothing: a score of 1e-24 is still a number.",
            ),
        ),
        edges=(
            Edge(
                "sure and right",
                lambda rng: sure(rng, right=True),
                "A probability of 1 for what happened gives a score and a gradient of 0.",
            ),
            Edge(
                "sure and wrong",
                lambda rng: sure(rng, right=False),
                "A probability of 1 for what did not happen scores 2.",
            ),
            Edge("equal probabilities", uniform, "k equal probabilities score 1 - 1/k."),
            Edge(
                "rows that add up to less than 1",
                scaled_rows,
                "Rows are used as they stand, whatever they add up to.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        coarse=half_of_them_nearly_right,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("squared distances", NORMS),
            Variant("einsum in a class", EINSUM),
            Variant("class by class", BY_CLASS),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve(
                "One sample of two classes",
                "probability of the true class",
                0.0,
                1.0,
                lambda p: Case((np.array([[1.0, 0.0]]), np.array([[p, 1.0 - p]]))),
            ),
        ),
    ),
)
