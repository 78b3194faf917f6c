"""The mean squared error."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.error_losses import (
    BETWEEN_LARGE_VALUES,
    CANCELLING,
    LARGE,
    NO_ERROR,
    TINY,
    data_mistakes,
    error_laws,
    mean_mistakes,
)
from grader.catalogue.exact import mean, pairs
from grader.catalogue.pairs import CHECK, SHAPES, rules
from grader.catalogue.regression import (
    ARGUMENTS,
    at_least_tiny,
    beside_an_outlier,
    errors,
    exactly,
    one_error,
    sampler,
)
from grader.catalogue.task import (
    Array,
    Brief,
    Case,
    Curve,
    Edge,
    Example,
    Misconception,
    Task,
    Variant,
    patched,
)
from grader.families import Family

SOURCE = "Goodfellow, Bengio, Courville, Deep Learning (2016), equation 5.4."


def reference(y_true: Array, y_pred: Array) -> float:
    """Return the mean squared error, mean (y_pred - y_true)^2.

    Args:
        y_true, y_pred: one shape, any; in the same unit.

    Returns:
        The loss in the square of that unit, >= 0; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: Goodfellow, Bengio, Courville, Deep Learning (2016), equation 5.4.
    """
    return float(np.mean(errors(y_true, y_pred) ** 2))


def gradient(y_true: Array, y_pred: Array) -> tuple[Array]:
    """Return d loss / d y_pred = 2 (y_pred - y_true) / n, of y_pred's shape; errors as above."""
    e = errors(y_true, y_pred)
    return (2.0 * e / e.size,)


def terms(y_true: Array, y_pred: Array) -> float:
    """Return the largest squared error."""
    return at_least_tiny(np.max(errors(y_true, y_pred) ** 2))


def definition(mp: Any, y_true: Any, y_pred: Any) -> Any:
    return mean(mp, ((p - t) ** 2 for t, p in pairs(y_true, y_pred)))


def _variance_and_bias(y_true: Array, y_pred: Array) -> float:
    e = y_pred - y_true
    return float(np.var(e) + np.mean(e) ** 2)


PLAIN = (
    CHECK
    + """

def loss(y_true, y_pred):
    _check(y_true, y_pred)
    e = y_pred - y_true
    return np.mean(e**2)


def grad(y_true, y_pred):
    _check(y_true, y_pred)
    e = y_pred - y_true
    return 2 * e / e.size
"""
)

DOT = """\
import numpy as np


def residuals(y_true, y_pred):
    if np.shape(y_true) != np.shape(y_pred) or np.size(y_true) == 0:
        raise ValueError("expected two arrays of one shape, not empty")
    return np.subtract(y_pred, y_true, dtype=np.float64)


def loss(y_true, y_pred):
    r = residuals(y_true, y_pred).reshape(-1)
    return r @ r / len(r)


def grad(y_true, y_pred):
    r = residuals(y_true, y_pred)
    r *= 2 / r.size
    return r
"""

EINSUM = """\
import numpy as np


def _differences(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError(f"{y_true.shape} against {y_pred.shape}")
    if not y_true.size:
        raise ValueError("empty input")
    return np.ravel(y_pred - y_true)


def loss(y_true, y_pred):
    d = _differences(y_true, y_pred)
    return float(np.einsum("i,i->", d, d)) / d.size


def grad(y_true, y_pred):
    d = _differences(y_true, y_pred)
    return np.einsum(",i->i", 2.0 / d.size, d).reshape(y_pred.shape)
"""

LOOPS = """\
import math

import numpy as np


def pairs(y_true, y_pred):
    if y_true.shape != y_pred.shape or y_true.size == 0:
        raise ValueError("y_true and y_pred must have one shape and at least one element")
    return zip(y_true.ravel().tolist(), y_pred.ravel().tolist())


def loss(y_true, y_pred):
    return math.fsum((p - t) * (p - t) for t, p in pairs(y_true, y_pred)) / y_true.size


def grad(y_true, y_pred):
    n = y_true.size
    slopes = [2.0 * (p - t) / n for t, p in pairs(y_true, y_pred)]
    return np.array(slopes).reshape(y_pred.shape)
"""

MISCONCEPTIONS = (
    Misconception(
        "halved squares",
        Family.VALUES,
        "It halves the squared errors, a convention that this formula does not use.",
        patched(PLAIN, ("np.mean(e**2)", "0.5 * np.mean(e**2)"), ("2 * e / e.size", "e / e.size")),
    ),
    Misconception(
        "root of the mean",
        Family.VALUES,
        "It takes the square root of the mean squared error.",
        patched(
            PLAIN,
            ("np.mean(e**2)", "np.sqrt(np.mean(e**2))"),
            ("2 * e / e.size", "e / (e.size * np.sqrt(np.mean(e**2)))"),
        ),
    ),
    Misconception(
        "absolute errors",
        Family.VALUES,
        "It averages absolute errors where squared errors are asked.",
        patched(
            PLAIN,
            ("np.mean(e**2)", "np.mean(np.abs(e))"),
            ("2 * e / e.size", "np.sign(e) / e.size"),
        ),
    ),
    Misconception(
        "gradient without the 2",
        Family.GRADIENTS,
        "Its gradient lacks the factor 2 that comes from the square.",
        patched(PLAIN, ("2 * e / e.size", "e / e.size")),
    ),
    Misconception(
        "square expanded",
        Family.STABILITY,
        "It expands the square, so that small errors between large values cancel away.",
        patched(PLAIN, ("np.mean(e**2)", "np.mean(y_pred**2 - 2 * y_pred * y_true + y_true**2)")),
    ),
    Misconception(
        "single precision",
        Family.STABILITY,
        "It converts its inputs to float32, which overflows beyond 1e38.",
        patched(PLAIN, ("e = y_pred - y_true", "e = np.float32(y_pred) - np.float32(y_true)")),
    ),
    Misconception(
        "NaN hidden in the gradient",
        Family.EDGE_CASES,
        "It turns NaN into 0 in the gradient, so that bad data looks like a perfect prediction.",
        patched(PLAIN, ("return 2 * e / e.size", "return np.nan_to_num(2 * e / e.size)")),
    ),
    Misconception(
        "gradient of y_true's type",
        Family.EDGE_CASES,
        "It writes the gradient into an array of y_true's type: integer targets truncate it.",
        patched(
            PLAIN,
            (
                "return 2 * e / e.size",
                "g = np.zeros_like(y_true)\n    g[...] = 2 * e / e.size\n    return g",
            ),
        ),
    ),
    *mean_mistakes(PLAIN, "2 * e"),
    *data_mistakes(PLAIN),
)

SAMPLE = sampler((0.1, 3.0))
USUAL = laws.drawn(SAMPLE, 12)

LAWS = (
    *error_laws(reference, USUAL),
    laws.equal(
        "It is the variance of the errors plus the square of their mean.",
        USUAL,
        reference,
        _variance_and_bias,
    ),
    laws.equal(
        "Twice the errors cost four times as much.",
        USUAL,
        lambda y_true, y_pred: reference(2.0 * y_true, 2.0 * y_pred),
        lambda y_true, y_pred: 4.0 * reference(y_true, y_pred),
    ),
)

TASKS = (
    Task(
        slug="mean-squared-error",
        title="Mean squared error",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} (\hat{y}_i - y_i)^2",
        sentence="The mean, over all elements, of the squared difference of y_pred and y_true.",
        domain="y_true and y_pred hold any finite numbers; different shapes and empty arrays "
        "raise ValueError.",
        rules=(
            *rules(),
            "Small errors between large values keep their digits, and errors up to 1e150 "
            "do not overflow.",
        ),
        source=SOURCE,
        brief=Brief(
            prompt="A model predicts tomorrow's electricity demand for every substation of a city. "
            "Write its loss, the mean squared error, and the gradient with respect to the "
            "predictions.",
            context="Whether shapes are checked before NumPy broadcasts them, and whether the mean "
            "reaches the gradient.",
            topics=("regression",),
            difficulty="easy",
            minutes=10,
        ),
        examples=(
            Example(
                Case((np.array([1.0, 4.0]), np.array([1.5, 2.0]))),
                value=(0.25 + 4.0) / 2,
                gradient=((0.5, -2.0),),
                working="Errors of 1/2 and -2 have the squares 1/4 and 4, whose mean is 2.125; "
                "each slope is 2 times the error over 2 elements.",
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
            *LARGE,
            BETWEEN_LARGE_VALUES,
            TINY,
        ),
        edges=(
            NO_ERROR,
            Edge(
                "one outlier",
                exactly(0.5, -0.5, 1000.0, 0.25),
                "Each error counts by its square, outliers as well.",
            ),
            CANCELLING,
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("dot product in float64", DOT),
            Variant("einsum over flat arrays", EINSUM),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(Curve("One error", "y_pred - y_true", -3.0, 3.0, one_error()),),
        coarse=beside_an_outlier(1e6),
    ),
)
