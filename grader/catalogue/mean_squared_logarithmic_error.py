"""The mean squared logarithmic error."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.catalogue import laws, mean_squared_error
from grader.catalogue.amounts import listed
from grader.catalogue.error_losses import mean_mistakes
from grader.catalogue.exact import mean, pairs
from grader.catalogue.inputs import paired, require
from grader.catalogue.pairs import CHECK, SHAPES, rules
from grader.catalogue.regression import ARGUMENTS, at_least_tiny
from grader.catalogue.task import (
    Array,
    Brief,
    Case,
    Curve,
    Edge,
    Example,
    Expect,
    Extreme,
    Misconception,
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def _logarithms(y_true: Array, y_pred: Array) -> tuple[Array, Array]:
    y_true, y_pred = paired(y_true, y_pred)
    require(not (y_true <= -1).any(), "y_true must be above -1")
    require(not (y_pred <= -1).any(), "y_pred must be above -1")
    return np.log1p(y_true), np.log1p(y_pred)


def reference(y_true: Array, y_pred: Array) -> float:
    """Return the mean squared logarithmic error, mean (log1p(y_pred) - log1p(y_true))^2.

    Args:
        y_true, y_pred: one shape, any; above -1, counts or amounts in one unit.

    Returns:
        The loss in nats squared, >= 0; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ, the arrays are empty or a number is -1 or less.

    Source: the scikit-learn user guide, section Mean squared logarithmic error.
    """
    before, after = _logarithms(y_true, y_pred)
    return float(np.mean((after - before) ** 2))


def gradient(y_true: Array, y_pred: Array) -> tuple[Array]:
    """Return d loss / d y_pred, of y_pred's shape; errors as above.

    It is 2 (log1p(y_pred) - log1p(y_true)) / (n (1 + y_pred)).
    """
    before, after = _logarithms(y_true, y_pred)
    return (2.0 * (after - before) / (1.0 + np.asarray(y_pred, np.float64)) / before.size,)


def terms(y_true: Array, y_pred: Array) -> float:
    """Return the largest squared logarithm: their difference may cancel."""
    return at_least_tiny(max(np.max(side**2) for side in _logarithms(y_true, y_pred)))


def definition(mp: Any, y_true: Any, y_pred: Any) -> Any:
    return mean(mp, (mp.log((1 + p) / (1 + t)) ** 2 for t, p in pairs(y_true, y_pred)))


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
    """Draw amounts of 0 to 20, and predictions off by a factor of up to 4, some below 0."""
    y_true = np.expm1(rng.uniform(0.0, 3.0, size=shape))
    ratio = rng.uniform(0.1, 1.4, size=shape) * rng.choice([-1.0, 1.0], size=shape)
    return y_true, (1.0 + y_true) * np.exp(ratio) - 1.0


def amounts_of(scale: float) -> Callable[[np.random.Generator], Case]:
    """Return a draw of truths and predictions of 0.1 to 1 times `scale`."""

    def case(rng: np.random.Generator) -> Case:
        y_true, y_pred = scale * rng.uniform(0.1, 1.0, size=(2, 12))
        return Case((y_true, y_pred))

    return case


def just_above_minus_one(rng: np.random.Generator) -> Case:
    y_true = rng.uniform(0.0, 5.0, size=6)
    return Case((y_true, -1.0 + 2.0 ** -rng.uniform(2.0, 16.0, size=6)))


def beside_a_huge_amount(rng: np.random.Generator) -> Case:
    """Gentle slopes, and one forecast of 1e290, whose square of logarithms is all digits."""
    y_true, y_pred = sample(rng, (12,))
    y_pred[rng.integers(12)] = 1e290
    return Case((y_true, 100.0 + y_pred))


PLAIN = (
    CHECK
    + """\
    if np.any(y_true <= -1) or np.any(y_pred <= -1):
        raise ValueError("values must be greater than -1")


def loss(y_true, y_pred):
    _check(y_true, y_pred)
    e = np.log1p(y_pred) - np.log1p(y_true)
    return np.mean(e**2)


def grad(y_true, y_pred):
    _check(y_true, y_pred)
    e = np.log1p(y_pred) - np.log1p(y_true)
    return 2 * e / (1 + y_pred) / e.size
"""
)

RELATIVE = '''\
import numpy as np


def log_ratio(y_true, y_pred):
    """log((1 + p) / (1 + t)) = log1p((p - t) / (1 + t)), in one logarithm."""
    if y_true.shape != y_pred.shape:
        raise ValueError("y_true and y_pred differ in shape")
    if not y_true.size:
        raise ValueError("empty input")
    t = np.asarray(y_true, dtype=np.float64)
    p = np.asarray(y_pred, dtype=np.float64)
    if np.min(t) <= -1 or np.min(p) <= -1:
        raise ValueError("log1p needs values above -1")
    return np.log1p((p - t) / (1 + t))


def loss(y_true, y_pred):
    r = log_ratio(y_true, y_pred).ravel()
    return np.dot(r, r) / r.size


def grad(y_true, y_pred):
    r = log_ratio(y_true, y_pred)
    return r / (0.5 * r.size * (1.0 + y_pred))
'''

COMPOSED = '''\
import numpy as np


class Log1p:
    """A change of variable that knows its derivative."""

    @staticmethod
    def forward(x):
        if (x <= -1).any():
            raise ValueError("log1p is defined above -1 only")
        return np.log1p(x.astype(np.float64))

    @staticmethod
    def backward(x, upstream):
        return upstream / (x + 1.0)


def squared_error(a, b):
    if a.shape != b.shape or a.size == 0:
        raise ValueError("two arrays of one shape, with at least one element")
    difference = b - a
    return np.square(difference).mean(), 2.0 * difference / difference.size


def loss(y_true, y_pred):
    value, _ = squared_error(Log1p.forward(y_true), Log1p.forward(y_pred))
    return value


def grad(y_true, y_pred):
    _, upstream = squared_error(Log1p.forward(y_true), Log1p.forward(y_pred))
    return Log1p.backward(y_pred, upstream)
'''

LOOPS = """\
import math

import numpy as np


def _pairs(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    if y_true.size == 0:
        raise ValueError("nothing to average")
    pairs = []
    for t, p in zip(y_true.ravel().tolist(), y_pred.ravel().tolist()):
        if t <= -1 or p <= -1:
            raise ValueError("value not above -1")
        pairs.append((t, p))
    return pairs


def loss(y_true, y_pred):
    squares = [(math.log1p(p) - math.log1p(t)) ** 2 for t, p in _pairs(y_true, y_pred)]
    return math.fsum(squares) / len(squares)


def grad(y_true, y_pred):
    out = np.empty(y_pred.size)
    for i, (t, p) in enumerate(_pairs(y_true, y_pred)):
        out[i] = 2 * (math.log1p(p) - math.log1p(t)) / (1 + p) / out.size
    return out.reshape(y_pred.shape)
"""

ERROR = "np.log1p(y_pred) - np.log1p(y_true)"
SQUARES, SLOPE = "np.mean(e**2)", "2 * e / (1 + y_pred)"
RAISES = "if np.any(y_true <= -1) or np.any(y_pred <= -1):"

MISCONCEPTIONS = (
    Misconception(
        "root of the mean",
        Family.VALUES,
        "It takes the square root of the mean, which competitions report but is not asked here.",
        patched(
            PLAIN,
            (SQUARES, f"np.sqrt({SQUARES})"),
            (SLOPE, f"e / np.sqrt({SQUARES}) / (1 + y_pred)"),
        ),
    ),
    Misconception(
        "1 not added",
        Family.VALUES,
        "It takes log(y) where log(1 + y) is asked: zeros become infinite.",
        patched(PLAIN, (ERROR, "np.log(y_pred) - np.log(y_true)"), ("(1 + y_pred)", "y_pred")),
    ),
    Misconception(
        "logarithm of the squared error",
        Family.VALUES,
        "It takes the logarithm of the mean squared error, where the inputs' logarithms are asked.",
        patched(PLAIN, (f"return {SQUARES}", "return np.log1p(np.mean((y_pred - y_true) ** 2))")),
    ),
    Misconception(
        "logarithm of the difference",
        Family.VALUES,
        "It takes the logarithm of 1 plus the error, not the difference of two logarithms.",
        patched(
            PLAIN,
            (ERROR, "np.log1p(np.abs(y_pred - y_true))"),
            (SLOPE, "2 * e * np.sign(y_pred - y_true) / (1 + np.abs(y_pred - y_true))"),
        ),
    ),
    Misconception(
        "base 10",
        Family.VALUES,
        "It takes logarithms to base 10 where natural ones are asked.",
        patched(
            PLAIN,
            (ERROR, "np.log10(1 + y_pred) - np.log10(1 + y_true)"),
            (SLOPE, "2 * e / np.log(10) / (1 + y_pred)"),
        ),
    ),
    Misconception(
        "absolute for squared",
        Family.VALUES,
        "It averages the absolute difference of the logarithms, not its square.",
        patched(PLAIN, (SQUARES, "np.mean(np.abs(e))"), (SLOPE, "np.sign(e) / (1 + y_pred)")),
    ),
    Misconception(
        "no logarithm",
        Family.VALUES,
        "It is the mean squared error: no logarithm is taken.",
        patched(PLAIN, (ERROR, "y_pred - y_true"), (SLOPE, "2 * e")),
    ),
    Misconception(
        "negative predictions raised to 0",
        Family.VALUES,
        "It raises negative predictions to 0, where everything above -1 has a logarithm.",
        patched(PLAIN, (ERROR, "np.log1p(np.maximum(y_pred, 0)) - np.log1p(y_true)")),
    ),
    Misconception(
        "derivative of the logarithm forgotten",
        Family.GRADIENTS,
        "Its gradient lacks the division by 1 + y_pred, the derivative of the logarithm.",
        patched(PLAIN, (SLOPE, "2 * e")),
    ),
    Misconception(
        "derivative of another logarithm",
        Family.GRADIENTS,
        "Its gradient divides by y_pred where log(1 + y_pred) asks for 1 + y_pred.",
        patched(PLAIN, (SLOPE, "2 * e / y_pred")),
    ),
    Misconception(
        "gradient divided by the truth",
        Family.GRADIENTS,
        "Its gradient divides by 1 + y_true, though it is y_pred that moves.",
        patched(PLAIN, (SLOPE, "2 * e / (1 + y_true)")),
    ),
    Misconception(
        "gradient without the 2",
        Family.GRADIENTS,
        "Its gradient lacks the factor 2 that comes from the square.",
        patched(PLAIN, (SLOPE, "e / (1 + y_pred)")),
    ),
    Misconception(
        "1 added before the logarithm",
        Family.STABILITY,
        "It adds 1 before it takes the logarithm, so that tiny amounts are rounded away.",
        patched(PLAIN, (ERROR, "np.log(1 + y_pred) - np.log(1 + y_true)")),
    ),
    Misconception(
        "logarithm of a product",
        Family.STABILITY,
        "It multiplies before it takes the logarithm, and the products overflow or round to 1.",
        patched(
            PLAIN,
            (ERROR, "np.log((1 + y_pred) ** 2 / ((1 + y_true) * (1 + y_pred)))"),
        ),
    ),
    Misconception(
        "-1 and less accepted",
        Family.EDGE_CASES,
        "It lets values of -1 and less through, whose logarithm is infinite or NaN, where it must "
        "raise ValueError.",
        patched(PLAIN, (RAISES, "if y_true is None:")),
    ),
    Misconception(
        "-1 itself accepted",
        Family.EDGE_CASES,
        "It refuses values below -1 and lets -1 itself through, whose logarithm is infinite.",
        patched(PLAIN, (RAISES, RAISES.replace("<=", "<"))),
    ),
    Misconception(
        "truths not checked",
        Family.EDGE_CASES,
        "It checks the predictions alone: a truth of -1 or less must raise ValueError as well.",
        patched(PLAIN, (RAISES, "if np.any(y_pred <= -1):")),
    ),
    Misconception(
        "negative values refused",
        Family.EDGE_CASES,
        "It refuses everything below 0, where values between -1 and 0 have a logarithm.",
        patched(PLAIN, (RAISES, "if np.any(y_true < 0) or np.any(y_pred < 0):")),
    ),
    Misconception(
        "NaN refused",
        Family.EDGE_CASES,
        "It raises ValueError for a NaN, which is not above -1, where a NaN result is asked.",
        patched(PLAIN, (RAISES, "if not (np.all(y_true > -1) and np.all(y_pred > -1)):")),
    ),
    *mean_mistakes(PLAIN, SLOPE),
)

USUAL = laws.drawn(sample, 12)


def _rescaled(y_true: Array, y_pred: Array) -> float:
    return reference(7.0 * (1.0 + y_true) - 1.0, 7.0 * (1.0 + y_pred) - 1.0)


def _of_logarithms(y_true: Array, y_pred: Array) -> float:
    return mean_squared_error.reference(np.log1p(y_true), np.log1p(y_pred))


def _perfect(rng: np.random.Generator) -> Case:
    y_true, _ = sample(rng, (5,))
    return Case((y_true, y_true.copy()))


LAWS = (
    laws.zero("A perfect prediction costs nothing.", reference, _perfect),
    laws.unchanged("It is symmetric in truth and prediction.", reference, USUAL, laws.swapped()),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
    laws.equal("It is the mean squared error of the logarithms.", USUAL, reference, _of_logarithms),
    laws.equal(
        "Only ratios count: 1 + y times a common factor changes nothing.",
        USUAL,
        reference,
        _rescaled,
    ),
)

TASKS = (
    Task(
        slug="mean-squared-logarithmic-error",
        title="Mean squared logarithmic error",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} "
        r"\left( \log(1 + \hat{y}_i) - \log(1 + y_i) \right)^2",
        sentence="The mean, over all elements, of the squared difference of the natural "
        "logarithms of 1 + y_pred and 1 + y_true.",
        domain="y_true and y_pred hold any finite numbers above -1; different shapes, empty "
        "arrays and any number of -1 or less raise ValueError.",
        rules=(
            *rules(),
            "Any number of -1 or less, in y_true or y_pred, raises ValueError; numbers between -1 "
            "and 0 are right, and a NaN gives NaN.",
            "Amounts of 1e-30 to 1e200 give a right and finite result.",
        ),
        source="The scikit-learn user guide, Mean squared logarithmic error; Pedregosa et al., "
        "Scikit-learn: Machine Learning in Python, Journal of Machine Learning Research 12 (2011).",
        brief=Brief(
            prompt="A bicycle-sharing scheme forecasts how many bicycles each station lends per "
            "hour: a handful at the edge of town, hundreds at the main station. Being off by a "
            "factor of two should cost the same at both. Write the mean squared logarithmic error "
            "and its gradient with respect to the forecasts.",
            context="A loss of ratios: the chain rule through a logarithm, its digits near 0 and "
            "its domain.",
            topics=("regression", "stability"),
            difficulty="easy",
            minutes=15,
        ),
        examples=(
            Example(
                Case((np.array([0.0, 3.0]), np.array([1.0, 0.0]))),
                value=2.5 * float(np.log(2.0)) ** 2,
                gradient=((0.5 * float(np.log(2.0)), -2.0 * float(np.log(2.0))),),
                working="The differences are log 2 - log 1 and log 1 - log 4, that is log 2 and "
                "-2 log 2; the mean of their squares is 5/2 times (log 2) squared.",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=SHAPES,
        large=(100_000,),
        terms=terms,
        extremes=(
            Extreme(
                "amounts of 1e-10",
                amounts_of(1e-10),
                "Use log1p: 1 + y rounds most digits of a small y away.",
                float32=True,
            ),
            Extreme(
                "amounts of 1e-30",
                amounts_of(1e-30),
                "Use log1p: 1 + y is exactly 1 for a tiny y.",
            ),
            Extreme(
                "amounts of 1e200",
                amounts_of(1e200),
                "Take the logarithm first: a product or square of the amounts overflows.",
            ),
            Extreme(
                "amounts of 1e30",
                amounts_of(1e30),
                "Take the logarithm first: in float32 a product of the amounts overflows.",
                float32=True,
            ),
            Extreme(
                "predictions just above -1",
                just_above_minus_one,
                "Take log1p of the prediction itself: the numbers next to -1 have a large and "
                "exact logarithm.",
            ),
        ),
        edges=(
            Edge(
                "a prediction of exactly -1",
                listed([0.5, 2.0, 1.0], [0.5, -1.0, 1.0]),
                "The logarithm of 0 is no number: a y_pred of -1 raises ValueError.",
                expect=Expect.VALUE_ERROR,
            ),
            Edge(
                "a prediction below -1",
                listed([0.5, 2.0, 1.0], [0.5, 3.0, -1.5]),
                "Below -1 there is no logarithm: such a y_pred raises ValueError.",
                expect=Expect.VALUE_ERROR,
            ),
            Edge(
                "a truth of exactly -1",
                listed([-1.0, 2.0, 1.0], [0.5, 3.0, 1.0]),
                "The logarithm of 0 is no number: a y_true of -1 raises ValueError.",
                expect=Expect.VALUE_ERROR,
            ),
            Edge(
                "a truth below -1",
                listed([0.5, 2.0, -2.5], [0.5, 3.0, 1.0]),
                "Below -1 there is no logarithm: such a y_true raises ValueError.",
                expect=Expect.VALUE_ERROR,
            ),
            Edge(
                "values between -1 and 0",
                listed([-0.5, -0.25, 0.0], [-0.75, 0.5, -0.5]),
                "Values between -1 and 0 are in the domain.",
            ),
            Edge(
                "zeros on both sides",
                listed([0.0, 0.0, 3.0], [0.0, 1.0, 0.0]),
                "A count of 0 is a value like others: its logarithm is log 1 = 0.",
            ),
            Edge(
                "perfect predictions",
                listed([0.0, 2.0, 7.5], [0.0, 2.0, 7.5]),
                "The loss and its gradient are 0.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("one logarithm of the relative error", RELATIVE),
            Variant("composed of layers", COMPOSED),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        laws=LAWS,
        curves=(
            Curve(
                "One prediction for a truth of 3",
                "y_pred",
                -0.9,
                12.0,
                lambda p: Case((np.array([3.0]), np.array([p]))),
            ),
        ),
        coarse=beside_a_huge_amount,
    ),
)
