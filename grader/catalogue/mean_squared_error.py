"""The mean squared error."""

import numpy as np

from grader.catalogue.pairs import CHECK, SHAPES, neglects, rules
from grader.catalogue.regression import (
    ARGUMENTS,
    at_least_tiny,
    errors,
    errors_of,
    exactly,
    sampler,
)
from grader.catalogue.task import Array, Edge, Extreme, Misconception, Task, Variant, patched
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
        "sum for mean",
        Family.VALUES,
        "It adds up the squared errors where their mean is asked.",
        patched(PLAIN, ("np.mean(e**2)", "np.sum(e**2)"), ("2 * e / e.size", "2 * e")),
    ),
    Misconception(
        "mean over rows only",
        Family.VALUES,
        "It divides by the number of rows where the mean is over all elements.",
        patched(
            PLAIN,
            ("np.mean(e**2)", "np.sum(e**2) / len(e)"),
            ("2 * e / e.size", "2 * e / len(e)"),
        ),
    ),
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
        "gradient not divided by n",
        Family.GRADIENTS,
        "Its gradient is that of the sum: the division by the number of elements is missing.",
        patched(PLAIN, ("2 * e / e.size", "2 * e")),
    ),
    Misconception(
        "gradient of the wrong sign",
        Family.GRADIENTS,
        "Its gradient has the wrong sign: it is the derivative with respect to y_true.",
        patched(PLAIN, ("2 * e / e.size", "-2 * e / e.size")),
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
        "NaN left out",
        Family.EDGE_CASES,
        "It leaves NaN out of the mean, which hides bad data.",
        patched(PLAIN, ("np.mean(e**2)", "np.nanmean(e**2)")),
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
    Misconception(
        "predictions changed",
        Family.EDGE_CASES,
        "It subtracts in place and so changes the caller's predictions.",
        patched(PLAIN, ("e = y_pred - y_true", "y_pred -= y_true\n    e = y_pred")),
    ),
    *neglects(PLAIN),
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
        arguments=ARGUMENTS,
        reference=reference,
        gradient=gradient,
        sample=sampler((0.1, 3.0)),
        shapes=SHAPES,
        large=(100_000,),
        terms=terms,
        extremes=(
            Extreme(
                "errors of 1e150",
                errors_of(1e150),
                "Work in float64 and square nothing but the error: 1e300 still fits.",
            ),
            Extreme(
                "errors of 1e15",
                errors_of(1e15),
                "Square the error once and average: no intermediate may be larger than that.",
                float32=True,
            ),
            Extreme(
                "errors of 1e-4 between values of 1e6",
                errors_of(1e-4, values=1e6),
                "Subtract first and square the difference; an expanded square cancels.",
            ),
            Extreme(
                "errors of 1e-140",
                errors_of(1e-140, values=1e-140),
                "Add no epsilon: the squares of tiny errors are still numbers.",
            ),
        ),
        edges=(
            Edge("no error anywhere", exactly(0.0, 0.0, 0.0), "The loss and its gradient are 0."),
            Edge(
                "one outlier",
                exactly(0.5, -0.5, 1000.0, 0.25),
                "Each error counts by its square, outliers as well.",
            ),
            Edge(
                "errors that cancel",
                exactly(2.0, -2.0, 1.0, -1.0),
                "Errors of opposite sign do not cancel.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("dot product in float64", DOT),
            Variant("einsum over flat arrays", EINSUM),
            Variant("Python loops", LOOPS, slow=True),
        ),
    ),
)
