"""The root mean squared error."""

from typing import Any

import numpy as np

from grader.catalogue import laws, mean_squared_error
from grader.catalogue.error_losses import BETWEEN_LARGE_VALUES, CANCELLING, LARGE, error_laws
from grader.catalogue.exact import mean, pairs
from grader.catalogue.pairs import CHECK, SHAPES, neglects, numeric_gradient, rules
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
    """Return the root of the mean squared error, sqrt(mean (y_pred - y_true)^2).

    Args:
        y_true, y_pred: one shape, any; in the same unit.

    Returns:
        The loss in that unit, >= 0; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: Hyndman, Koehler, Another look at measures of forecast accuracy (International Journal
        of Forecasting 22, 2006), section 2.1.
    """
    return float(np.sqrt(np.mean(errors(y_true, y_pred) ** 2)))


def gradient(y_true: Array, y_pred: Array) -> tuple[Array]:
    """Return d loss / d y_pred = (y_pred - y_true) / (n loss), of y_pred's shape; errors as above.

    Without any error it is 0, one of the slopes that are right at the kink.
    """
    e, loss = errors(y_true, y_pred), reference(y_true, y_pred)
    return (np.zeros_like(e) if loss == 0 else e / (e.size * loss),)


def subdifferential(y_true: Array, y_pred: Array) -> tuple[tuple[Array, Array]]:
    """Return its bounds: any finite number without any error, else the gradient twice."""
    (slope,) = gradient(y_true, y_pred)
    if reference(y_true, y_pred) == 0:
        return ((np.full_like(slope, -np.inf), np.full_like(slope, np.inf)),)
    return ((slope, slope),)


def terms(y_true: Array, y_pred: Array) -> float:
    """Return the largest absolute error, in the unit of the loss."""
    return at_least_tiny(np.max(np.abs(errors(y_true, y_pred))))


def definition(mp: Any, y_true: Any, y_pred: Any) -> Any:
    return mp.sqrt(mean(mp, ((p - t) ** 2 for t, p in pairs(y_true, y_pred))))


def _root(y_true: Array, y_pred: Array) -> float:
    return float(np.sqrt(mean_squared_error.reference(y_true, y_pred)))


def _spread_and_bias(y_true: Array, y_pred: Array) -> float:
    e = y_pred - y_true
    return float(np.hypot(np.std(e), np.mean(e)))


PLAIN = (
    CHECK
    + """

def loss(y_true, y_pred):
    _check(y_true, y_pred)
    e = y_pred - y_true
    return np.sqrt(np.mean(e**2))


def grad(y_true, y_pred):
    _check(y_true, y_pred)
    e = y_pred - y_true
    root = np.sqrt(np.mean(e**2))
    if root == 0:
        return np.zeros(e.shape)
    return e / (e.size * root)
"""
)

NORM = """\
import numpy as np


def direction_and_length(y_true, y_pred):
    if np.shape(y_true) != np.shape(y_pred) or np.size(y_true) == 0:
        raise ValueError("expected two arrays of one shape, not empty")
    e = np.asarray(y_pred, dtype=np.float64) - y_true
    length = np.linalg.norm(e.ravel())
    return e / length if length != 0 else 0 * e, length


def loss(y_true, y_pred):
    _, length = direction_and_length(y_true, y_pred)
    return float(length / np.sqrt(y_pred.size))


def grad(y_true, y_pred):
    direction, _ = direction_and_length(y_true, y_pred)
    return direction / np.sqrt(y_pred.size)
"""

LARGEST_FIRST = '''\
import numpy as np


class Errors:
    """Errors in units of the largest one, whose squares neither overflow nor vanish."""

    def __init__(self, y_true, y_pred):
        if y_true.shape != y_pred.shape:
            raise ValueError(f"shapes {y_true.shape} and {y_pred.shape} differ")
        if not y_pred.size:
            raise ValueError("no errors to average")
        e = y_pred - y_true
        self.unit = abs(e).max()
        self.relative = e / self.unit if self.unit else np.zeros_like(e)

    def root(self):
        flat = self.relative.reshape(-1)
        return (flat @ flat / flat.size) ** 0.5


def loss(y_true, y_pred):
    errors = Errors(y_true, y_pred)
    return errors.unit * errors.root()


def grad(y_true, y_pred):
    errors = Errors(y_true, y_pred)
    # Where there is no error the root is 0 and any slope will do.
    return errors.relative / (y_pred.size * (errors.root() or 1.0))
'''

LOOPS = """\
import math

import numpy as np


def differences(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    if y_true.size == 0:
        raise ValueError("empty input")
    return [p - t for t, p in zip(y_true.ravel().tolist(), y_pred.ravel().tolist())]


def loss(y_true, y_pred):
    total = 0.0
    for d in differences(y_true, y_pred):
        total += d * d
    return math.sqrt(total / y_true.size)


def grad(y_true, y_pred):
    root = loss(y_true, y_pred)
    slopes = []
    for d in differences(y_true, y_pred):
        slopes.append(d / root / y_true.size if root else 0.0)
    return np.array(slopes, dtype=float).reshape(y_pred.shape)
"""

ROOT, SLOPE = "np.sqrt(np.mean(e**2))", "e / (e.size * root)"
VALUE = f"return {ROOT}"
STOP = "    if root == 0:\n        return np.zeros(e.shape)\n"

MISCONCEPTIONS = (
    Misconception(
        "root forgotten",
        Family.VALUES,
        "It is the mean squared error: the square root is missing.",
        patched(PLAIN, (VALUE, "return np.mean(e**2)"), (SLOPE, "2 * e / e.size")),
    ),
    Misconception(
        "root before the mean",
        Family.VALUES,
        "It takes the root of each square before the mean, which gives the mean absolute error.",
        patched(PLAIN, (VALUE, "return np.mean(np.sqrt(e**2))"), (SLOPE, "np.sign(e) / e.size")),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It takes the root of the sum of squares, the length of the error, where their mean is "
        "asked.",
        patched(PLAIN, (ROOT, "np.sqrt(np.sum(e**2))"), (SLOPE, "e / root")),
    ),
    Misconception(
        "divided by n after the root",
        Family.VALUES,
        "It divides by the number of elements outside of the root.",
        patched(
            PLAIN, (VALUE, "return np.sqrt(np.sum(e**2)) / e.size"), (SLOPE, "e / e.size / root")
        ),
    ),
    Misconception(
        "mean over rows only",
        Family.VALUES,
        "It divides by the number of rows where the mean is over all elements.",
        patched(
            PLAIN, (ROOT, "np.sqrt(np.sum(e**2) / len(e))"), ("e.size * root", "len(e) * root")
        ),
    ),
    Misconception(
        "one root a row",
        Family.VALUES,
        "It takes a root for each row and averages those, where one root of one mean is asked.",
        patched(PLAIN, (VALUE, "return np.mean(np.sqrt(np.mean(e**2, axis=-1)))")),
    ),
    Misconception(
        "standard deviation",
        Family.VALUES,
        "It is the standard deviation of the errors: their mean is taken off, which forgives a "
        "constant bias.",
        patched(PLAIN, (VALUE, "return np.std(e)")),
    ),
    Misconception(
        "gradient of the square",
        Family.GRADIENTS,
        "Its gradient is that of the mean squared error: the derivative of the root is missing.",
        patched(PLAIN, (SLOPE, "2 * e / e.size")),
    ),
    Misconception(
        "factor 2 left over",
        Family.GRADIENTS,
        "Its gradient is twice the right one: the 2 of the square cancels the 1/2 of the root.",
        patched(PLAIN, (SLOPE, "2 * e / (e.size * root)")),
    ),
    Misconception(
        "gradient not divided by n",
        Family.GRADIENTS,
        "Its gradient lacks the division by the number of elements.",
        patched(PLAIN, (SLOPE, "e / root")),
    ),
    Misconception(
        "gradient multiplied by the root",
        Family.GRADIENTS,
        "Its gradient multiplies by the loss where the root's derivative divides by it.",
        patched(PLAIN, (SLOPE, "e * root / e.size")),
    ),
    Misconception(
        "gradient of the wrong sign",
        Family.GRADIENTS,
        "Its gradient has the wrong sign: it is the derivative with respect to y_true.",
        patched(PLAIN, (SLOPE, "-e / (e.size * root)")),
    ),
    Misconception(
        "epsilon under the root",
        Family.STABILITY,
        "It adds a small constant under the root to keep the slope finite, which drowns small "
        "errors.",
        patched(PLAIN, (ROOT, "np.sqrt(np.mean(e**2) + 1e-12)")),
    ),
    Misconception(
        "square expanded",
        Family.STABILITY,
        "It expands the square, so that small errors between large values cancel away.",
        patched(
            PLAIN,
            (
                VALUE,
                "return np.sqrt(np.mean(y_pred**2) - 2 * np.mean(y_pred * y_true)"
                " + np.mean(y_true**2.0))",
            ),
        ),
    ),
    Misconception(
        "single precision",
        Family.STABILITY,
        "It converts its inputs to float32, which overflows beyond 1e38.",
        patched(PLAIN, ("e = y_pred - y_true", "e = np.float32(y_pred) - np.float32(y_true)")),
    ),
    Misconception(
        "zero divided by zero",
        Family.EDGE_CASES,
        "Its gradient divides by the loss, which is 0 over 0 and so NaN where no error is left.",
        patched(PLAIN, (STOP, "")),
    ),
    Misconception(
        "NaN left out",
        Family.EDGE_CASES,
        "It leaves NaN out of the mean, which hides bad data.",
        patched(PLAIN, (VALUE, "return np.sqrt(np.nanmean(e**2))")),
    ),
    numeric_gradient(PLAIN),
    *neglects(PLAIN),
)

SAMPLE = sampler((0.1, 3.0))
USUAL = laws.drawn(SAMPLE, 12)

LAWS = (
    *error_laws(reference, USUAL),
    laws.equal("Its square is the mean squared error.", USUAL, reference, _root),
    laws.equal(
        "It is the hypotenuse over the mean of the errors and their standard deviation.",
        USUAL,
        reference,
        _spread_and_bias,
    ),
    laws.equal(
        "Thrice the errors cost three times as much.",
        USUAL,
        lambda y_true, y_pred: reference(3.0 * y_true, 3.0 * y_pred),
        lambda y_true, y_pred: 3.0 * reference(y_true, y_pred),
    ),
)

TASKS = (
    Task(
        slug="root-mean-squared-error",
        title="Root mean squared error",
        formula=r"L = \sqrt{ \frac{1}{n} \sum_{i=1}^{n} (\hat{y}_i - y_i)^2 }",
        sentence="The square root of the mean, over all elements, of the squared difference of "
        "y_pred and y_true.",
        domain="y_true and y_pred hold any finite numbers; different shapes and empty arrays "
        "raise ValueError.",
        rules=(
            *rules(),
            "Where every error is 0 the loss has a kink: any finite gradient is right there, and "
            "zeros are suggested.",
            "Small errors between large values keep their digits, and errors up to 1e150 "
            "do not overflow.",
        ),
        source="Hyndman, Koehler, Another look at measures of forecast accuracy, International "
        "Journal of Forecasting 22 (2006), 679-688, section 2.1; the root of equation 5.4 of "
        "Goodfellow, Bengio, Courville, Deep Learning (2016).",
        brief=Brief(
            prompt="A ferry company forecasts how many cars want to cross each hour, and the crew "
            "wants the forecast error in cars, not in squared cars. Write the root mean squared "
            "error and its gradient with respect to the forecasts. Some routes are forecast "
            "perfectly: no error at all is an input like any other.",
            context="A chain rule through a root over a mean, and a gradient where the loss is 0.",
            topics=("regression",),
            difficulty="easy",
            minutes=12,
        ),
        examples=(
            Example(
                Case((np.array([2.0, 3.0]), np.array([3.0, -4.0]))),
                value=5.0,
                gradient=((0.1, -0.7),),
                working="Errors of 1 and -7 have the squares 1 and 49, whose mean is 25: the loss "
                "is 5, and each slope is the error over 2 times 5.",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        reference=reference,
        gradient=gradient,
        subdifferential=subdifferential,
        sample=SAMPLE,
        shapes=SHAPES,
        large=(200_000,),
        terms=terms,
        extremes=(
            *LARGE,
            BETWEEN_LARGE_VALUES,
            Extreme(
                "errors of 1e-140",
                errors_of(1e-140, values=1e-140),
                "Add no epsilon under the root: the squares of tiny errors are still numbers.",
            ),
        ),
        edges=(
            Edge(
                "no error anywhere",
                exactly(0.0, 0.0, 0.0),
                "The loss is 0, and its gradient any finite numbers, such as zeros.",
            ),
            Edge(
                "a single element",
                exactly(-2.5),
                "For one element the loss is its absolute error, and the slope is 1 or -1.",
            ),
            Edge(
                "one error among zeros",
                exactly(0.0, 0.0, 4.0, 0.0),
                "Elements without an error have a slope of 0 as soon as another has one.",
            ),
            CANCELLING,
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("length and direction", NORM),
            Variant("in units of the largest error, in a class", LARGEST_FIRST),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve("One error alone", "y_pred - y_true", -3.0, 3.0, one_error(), kinks=(0.0,)),
            Curve(
                "One error beside an error of 1",
                "y_pred - y_true",
                -3.0,
                3.0,
                lambda e: Case((np.zeros((1, 2)), np.array([[e, 1.0]]))),
            ),
        ),
        coarse=beside_an_outlier(1e6),
    ),
)
