"""The mean absolute error."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.error_losses import CANCELLING, data_mistakes, error_laws, mean_mistakes
from grader.catalogue.exact import mean, pairs
from grader.catalogue.pairs import CHECK, SHAPES, rules
from grader.catalogue.regression import (
    ARGUMENTS,
    at_least_tiny,
    beside_an_outlier,
    errors,
    errors_of,
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
    Extreme,
    Misconception,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def reference(y_true: Array, y_pred: Array) -> float:
    """Return the mean absolute error, mean |y_pred - y_true|.

    Args:
        y_true, y_pred: one shape, any; in the same unit.

    Returns:
        The loss in that unit, >= 0; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: Hastie, Tibshirani, Friedman, The Elements of Statistical Learning (2nd ed., 2009),
        section 10.6.
    """
    return float(np.mean(np.abs(errors(y_true, y_pred))))


def gradient(y_true: Array, y_pred: Array) -> tuple[Array]:
    """Return d loss / d y_pred = sign(y_pred - y_true) / n, of y_pred's shape; errors as above."""
    e = errors(y_true, y_pred)
    return (np.sign(e) / e.size,)


def subdifferential(y_true: Array, y_pred: Array) -> tuple[tuple[Array, Array]]:
    """Return its bounds: -1/n and 1/n at an error of zero, else the gradient twice."""
    e = errors(y_true, y_pred)
    return ((np.where(e > 0, 1.0, -1.0) / e.size, np.where(e < 0, -1.0, 1.0) / e.size),)


def terms(y_true: Array, y_pred: Array) -> float:
    """Return the largest absolute error."""
    return at_least_tiny(np.max(np.abs(errors(y_true, y_pred))))


def definition(mp: Any, y_true: Any, y_pred: Any) -> Any:
    return mean(mp, (mp.fabs(p - t) for t, p in pairs(y_true, y_pred)))


PLAIN = (
    CHECK
    + """

def loss(y_true, y_pred):
    _check(y_true, y_pred)
    e = y_pred - y_true
    return np.mean(np.abs(e))


def grad(y_true, y_pred):
    _check(y_true, y_pred)
    e = y_pred - y_true
    return np.sign(e) / e.size
"""
)

NORM = """\
import numpy as np


def _flat(y_true, y_pred):
    if np.shape(y_true) != np.shape(y_pred):
        raise ValueError("shapes differ")
    if np.size(y_true) == 0:
        raise ValueError("no data")
    return np.asarray(y_pred, float).ravel() - np.asarray(y_true, float).ravel()


def loss(y_true, y_pred):
    difference = _flat(y_true, y_pred)
    return np.linalg.norm(difference, ord=1) / difference.size


def grad(y_true, y_pred):
    difference = _flat(y_true, y_pred)
    slope = (difference > 0).astype(float) - (difference < 0)
    slope[np.isnan(difference)] = np.nan
    return (slope / difference.size).reshape(y_pred.shape)
"""

LARGER_LESS_SMALLER = '''\
import numpy as np


def checked(function):
    """Refuse what has no mean before `function` sees it."""

    def guarded(y_true, y_pred):
        if y_true.shape != y_pred.shape:
            raise ValueError("shapes differ")
        if y_true.size == 0:
            raise ValueError("empty input")
        return function(y_true, y_pred)

    return guarded


@checked
def loss(y_true, y_pred):
    return (np.maximum(y_true, y_pred) - np.minimum(y_true, y_pred)).mean()


@checked
def grad(y_true, y_pred):
    return np.copysign(1.0 / y_pred.size, y_pred - y_true)
'''

LOOPS = """\
import math

import numpy as np


def loss(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    if y_true.size == 0:
        raise ValueError("empty input")
    total = 0.0
    for target, prediction in zip(y_true.flat, y_pred.flat):
        total += abs(float(prediction) - float(target))
    return total / y_true.size


def grad(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    if y_true.size == 0:
        raise ValueError("empty input")
    out = np.empty(y_pred.shape)
    for index in np.ndindex(y_pred.shape):
        error = float(y_pred[index]) - float(y_true[index])
        if math.isnan(error):
            out[index] = math.nan
        elif error > 0:
            out[index] = 1 / y_pred.size
        elif error < 0:
            out[index] = -1 / y_pred.size
        else:
            out[index] = 0.0
    return out
"""

MISCONCEPTIONS = (
    Misconception(
        "median for mean",
        Family.VALUES,
        "It takes the median of the absolute errors where their mean is asked.",
        patched(PLAIN, ("np.mean(np.abs(e))", "np.median(np.abs(e))")),
    ),
    Misconception(
        "errors without absolute value",
        Family.VALUES,
        "It averages the errors themselves, so that positive and negative ones cancel.",
        patched(
            PLAIN,
            ("np.mean(np.abs(e))", "np.mean(e)"),
            ("np.sign(e) / e.size", "np.full(e.shape, 1 / e.size)"),
        ),
    ),
    Misconception(
        "absolute value of the mean",
        Family.VALUES,
        "It takes the absolute value after the mean, when errors have cancelled already.",
        patched(
            PLAIN,
            ("np.mean(np.abs(e))", "np.abs(np.mean(e))"),
            ("np.sign(e) / e.size", "np.full(e.shape, np.sign(np.mean(e)) / e.size)"),
        ),
    ),
    Misconception(
        "squared errors",
        Family.VALUES,
        "It averages squared errors where absolute errors are asked.",
        patched(
            PLAIN,
            ("np.mean(np.abs(e))", "np.mean(e**2)"),
            ("np.sign(e) / e.size", "2 * e / e.size"),
        ),
    ),
    Misconception(
        "gradient grows with the error",
        Family.GRADIENTS,
        "Its gradient is the error over n: the slope of |e| is its sign, however large e is.",
        patched(PLAIN, ("np.sign(e) / e.size", "e / e.size")),
    ),
    Misconception(
        "absolute value by squaring",
        Family.STABILITY,
        "It takes the absolute value as the root of the square, which overflows and underflows.",
        patched(PLAIN, ("np.mean(np.abs(e))", "np.mean(np.sqrt(e**2))")),
    ),
    Misconception(
        "smoothed at zero",
        Family.STABILITY,
        "It adds an epsilon to the error, which drowns small errors.",
        patched(PLAIN, ("np.mean(np.abs(e))", "np.mean(np.abs(e) + 1e-12)")),
    ),
    Misconception(
        "zero divided by zero",
        Family.EDGE_CASES,
        "Its gradient divides the error by its absolute value, which is NaN where the error is 0.",
        patched(PLAIN, ("np.sign(e) / e.size", "e / np.abs(e) / e.size")),
    ),
    Misconception(
        "NaN counted as right",
        Family.EDGE_CASES,
        "It adds up positive and negative errors by masks; a NaN is neither and so is hidden.",
        patched(PLAIN, ("np.mean(np.abs(e))", "(e[e > 0].sum() - e[e < 0].sum()) / e.size")),
    ),
    Misconception(
        "integers rounded down",
        Family.EDGE_CASES,
        "It converts the predictions to y_true's type, so that integer targets truncate them.",
        patched(PLAIN, ("e = y_pred - y_true", "e = y_pred.astype(y_true.dtype) - y_true")),
    ),
    *mean_mistakes(PLAIN, "np.sign(e)"),
    *data_mistakes(PLAIN),
)

SAMPLE = sampler((0.1, 3.0))
USUAL = laws.drawn(SAMPLE, 12)

LAWS = (
    *error_laws(reference, USUAL),
    laws.equal(
        "Where every prediction is too high it is the difference of the means.",
        USUAL,
        lambda y_true, y_pred: reference(y_true, y_pred + 5.0),
        lambda y_true, y_pred: float(np.mean(y_pred) - np.mean(y_true) + 5.0),
    ),
    laws.equal(
        "Twice the errors cost twice as much.",
        USUAL,
        lambda y_true, y_pred: reference(2.0 * y_true, 2.0 * y_pred),
        lambda y_true, y_pred: 2.0 * reference(y_true, y_pred),
    ),
)

TASKS = (
    Task(
        slug="mean-absolute-error",
        title="Mean absolute error",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \left| \hat{y}_i - y_i \right|",
        sentence="The mean, over all elements, of the absolute difference of y_pred and y_true.",
        domain="y_true and y_pred hold any finite numbers; different shapes and empty arrays "
        "raise ValueError.",
        rules=(
            *rules(),
            "Where an error is exactly 0, any slope between -1/n and 1/n is a right gradient.",
            "Errors from 1e-200 to 1e300 give a right and finite result.",
        ),
        source="Hastie, Tibshirani, Friedman, The Elements of Statistical Learning (2nd ed., 2009),"
        " section 10.6.",
        brief=Brief(
            prompt="House prices are to be predicted so that a villa sold for ten times the usual "
            "price weighs no more than its distance. Write the mean absolute error and a gradient "
            "of it with respect to the predictions.",
            context="What the gradient of a loss with a kink is, and what may stand at the kink.",
            topics=("regression", "robustness"),
            difficulty="easy",
            minutes=10,
        ),
        examples=(
            Example(
                Case((np.array([1.0, 4.0]), np.array([1.5, 1.0]))),
                value=(0.5 + 3.0) / 2,
                gradient=((0.5, -0.5),),
                working="Errors of 1/2 and -3 have the sizes 1/2 and 3, whose mean is 1.75; each "
                "slope is the sign of the error over 2 elements.",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        reference=reference,
        gradient=gradient,
        subdifferential=subdifferential,
        sample=SAMPLE,
        shapes=SHAPES,
        large=(100_000,),
        terms=terms,
        extremes=(
            Extreme(
                "errors of 1e300",
                errors_of(1e300),
                "Take np.abs of the error: its square overflows beyond 1e154.",
            ),
            Extreme(
                "errors of 1e30",
                errors_of(1e30),
                "Take np.abs of the error: in float32 its square overflows beyond 1e19.",
                float32=True,
            ),
            Extreme(
                "errors of 1e-200",
                errors_of(1e-200, values=1e-200),
                "Take np.abs of the error, without an epsilon: its square underflows to 0.",
            ),
        ),
        edges=(
            Edge(
                "no error anywhere",
                exactly(0.0, 0.0, 0.0),
                "The loss is 0, and any slope between -1/n and 1/n is right.",
            ),
            Edge(
                "one error of exactly 0",
                exactly(1.5, 0.0, -2.0, 0.25),
                "Where the error is 0, any slope between -1/n and 1/n is right.",
            ),
            CANCELLING,
        ),
        misconceptions=MISCONCEPTIONS,
        branches=True,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("1-norm in float64", NORM),
            Variant("larger less smaller, with a decorator", LARGER_LESS_SMALLER),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(Curve("One error", "y_pred - y_true", -3.0, 3.0, one_error(), kinks=(0.0,)),),
        coarse=beside_an_outlier(1e10),
    ),
)
