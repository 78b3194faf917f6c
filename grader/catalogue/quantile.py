"""The quantile loss, also called pinball or check loss."""

from typing import Any

import numpy as np

from grader.catalogue import laws, mean_absolute_error
from grader.catalogue.error_losses import LINEAR, mean_mistakes
from grader.catalogue.exact import mean, pairs
from grader.catalogue.inputs import require
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
    Parameter,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def _residuals(y_true: Array, y_pred: Array, q: float) -> Array:
    require(0 < q < 1, f"q must be between 0 and 1, got {q}")
    return -errors(y_true, y_pred)


def reference(y_true: Array, y_pred: Array, q: float = 0.5) -> float:
    """Return the mean quantile loss of u = y_true - y_pred, mean max(q u, (q - 1) u).

    Args:
        y_true, y_pred: one shape, any; in the same unit.
        q: the quantile aimed at, 0 < q < 1.

    Returns:
        The loss in that unit, >= 0; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ, the arrays are empty or q is out of range.

    Source: Koenker, Bassett, Regression Quantiles (Econometrica 46, 1978), section 3.
    """
    u = _residuals(y_true, y_pred, q)
    return float(np.mean(np.maximum(q * u, (q - 1) * u)))


def gradient(y_true: Array, y_pred: Array, q: float = 0.5) -> tuple[Array]:
    """Return d loss / d y_pred, of y_pred's shape; errors as above.

    -q / n where y_pred is too low, (1 - q) / n where it is too high, 0 where it is right.
    """
    u = _residuals(y_true, y_pred, q)
    return (np.where(u > 0, -q, np.where(u < 0, 1 - q, 0.0 * u)) / u.size,)


def subdifferential(y_true: Array, y_pred: Array, q: float = 0.5) -> tuple[tuple[Array, Array]]:
    """Return its bounds: -q/n and (1-q)/n at an error of zero, else the gradient twice."""
    u = _residuals(y_true, y_pred, q)
    return ((np.where(u < 0, 1 - q, -q) / u.size, np.where(u > 0, -q, 1 - q) / u.size),)


def terms(y_true: Array, y_pred: Array, q: float = 0.5) -> float:
    """Return the largest term, max(q, 1 - q) |u|: either branch is a term."""
    return at_least_tiny(max(q, 1 - q) * np.max(np.abs(errors(y_true, y_pred))))


def definition(mp: Any, y_true: Any, y_pred: Any, q: Any) -> Any:
    return mean(mp, (max(q * (t - p), (q - 1) * (t - p)) for t, p in pairs(y_true, y_pred)))


def _half_absolute(y_true: Array, y_pred: Array) -> float:
    return 0.5 * mean_absolute_error.reference(y_true, y_pred)


def _from_the_other_side(y_true: Array, y_pred: Array, q: float) -> float:
    return reference(y_pred, y_true, 1.0 - q)


def _of_both_sides(y_true: Array, y_pred: Array, q: float) -> float:
    return reference(y_true, y_pred, q) + reference(y_true, y_pred, 1.0 - q)


PLAIN = (
    CHECK.replace("y_true, y_pred):", "y_true, y_pred, q):")
    + """\
    if not 0 < q < 1:
        raise ValueError("q must be between 0 and 1")


def loss(y_true, y_pred, q=0.5):
    _check(y_true, y_pred, q)
    u = y_true - y_pred
    return np.mean(np.maximum(q * u, (q - 1) * u))


def grad(y_true, y_pred, q=0.5):
    _check(y_true, y_pred, q)
    u = y_true - y_pred
    return np.where(u > 0, -q, 1 - q) / u.size
"""
)

INDICATOR = '''\
import numpy as np


def _residual(y_true, y_pred, q):
    if q <= 0 or q >= 1:
        raise ValueError(f"q={q} is not a quantile level")
    if y_true.shape != y_pred.shape:
        raise ValueError("y_true and y_pred differ in shape")
    if y_true.size < 1:
        raise ValueError("no elements")
    return np.subtract(y_true, y_pred, dtype=np.float64)


def loss(y_true, y_pred, q=0.5):
    """Koenker's check function, u (q - [u < 0])."""
    u = _residual(y_true, y_pred, q)
    return np.vdot(u, q - (u < 0)) / u.size


def grad(y_true, y_pred, q=0.5):
    u = _residual(y_true, y_pred, q)
    return ((u < 0) - q) / u.size
'''

TILTED = '''\
import numpy as np


def tilted(q):
    """Return |u|/2 + (q - 1/2) u and its slope: an absolute value, tilted."""
    if not 0.0 < q < 1.0:
        raise ValueError("q outside (0, 1)")
    tilt = q - 0.5

    def value(u):
        return 0.5 * np.abs(u) + tilt * u

    def slope(u):
        return 0.5 * np.sign(u) + tilt

    return value, slope


def _u(y_true, y_pred):
    if y_true.shape != y_pred.shape or 0 in y_true.shape:
        raise ValueError("expected two arrays of one shape, not empty")
    return y_true - y_pred


def loss(y_true, y_pred, q=0.5):
    value, _ = tilted(q)
    return float(np.mean(value(_u(y_true, y_pred))))


def grad(y_true, y_pred, q=0.5):
    _, slope = tilted(q)
    u = _u(y_true, y_pred)
    return -slope(u) / u.size
'''

LOOPS = """\
import numpy as np


def _checked(y_true, y_pred, q):
    if not 0 < q < 1:
        raise ValueError("q must lie in (0, 1)")
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    if y_true.size == 0:
        raise ValueError("empty input")
    return y_true.ravel().tolist(), y_pred.ravel().tolist()


def loss(y_true, y_pred, q=0.5):
    targets, predictions = _checked(y_true, y_pred, q)
    total = 0.0
    for t, p in zip(targets, predictions):
        if t >= p:
            total += q * (t - p)
        else:
            total += (1 - q) * (p - t)
    return total / len(targets)


def grad(y_true, y_pred, q=0.5):
    targets, predictions = _checked(y_true, y_pred, q)
    n = len(targets)
    out = np.zeros(n)
    for i in range(n):
        if targets[i] > predictions[i]:
            out[i] = -q / n
        elif targets[i] < predictions[i]:
            out[i] = (1 - q) / n
    return out.reshape(y_pred.shape)
"""

MAXIMUM, SLOPE = "np.maximum(q * u, (q - 1) * u)", "np.where(u > 0, -q, 1 - q)"

MISCONCEPTIONS = (
    Misconception(
        "residual reversed",
        Family.VALUES,
        "It takes y_pred - y_true for the residual, which aims at the quantile 1 - q.",
        patched(PLAIN, ("u = y_true - y_pred", "u = y_pred - y_true"), (SLOPE, f"-{SLOPE}")),
    ),
    Misconception(
        "q ignored",
        Family.VALUES,
        "It ignores q and always aims at the median.",
        patched(PLAIN, ("    u = y_true - y_pred", "    q = 0.5\n    u = y_true - y_pred")),
    ),
    Misconception(
        "doubled",
        Family.VALUES,
        "It is twice the loss, scaled so that the median gives the mean absolute error.",
        patched(PLAIN, (MAXIMUM, f"2 * {MAXIMUM}"), (SLOPE, f"2 * {SLOPE}")),
    ),
    Misconception(
        "minimum for maximum",
        Family.VALUES,
        "It takes the smaller of the two branches, which makes the loss negative.",
        patched(PLAIN, ("np.maximum", "np.minimum"), ("u > 0, -q, 1 - q", "u > 0, 1 - q, -q")),
    ),
    Misconception(
        "squared residuals",
        Family.VALUES,
        "It weighs squared residuals, which aims at an expectile, not at a quantile.",
        patched(
            PLAIN,
            (MAXIMUM, "np.where(u > 0, q, 1 - q) * u**2"),
            (SLOPE, "-2 * u * np.where(u > 0, q, 1 - q)"),
        ),
    ),
    Misconception(
        "one side only",
        Family.VALUES,
        "It counts predictions that are too low and forgets those that are too high.",
        patched(PLAIN, (MAXIMUM, "q * np.maximum(u, 0)"), (SLOPE, "np.where(u > 0, -q, 0.0)")),
    ),
    Misconception(
        "gradient grows with the residual",
        Family.GRADIENTS,
        "Its gradient grows with the residual, where the slope of a line is constant.",
        patched(PLAIN, (SLOPE, "-np.maximum(q * u, (q - 1) * u)")),
    ),
    Misconception(
        "gradient sides swapped",
        Family.GRADIENTS,
        "Its gradient uses q and 1 - q on the wrong sides, which shows wherever q is not one half.",
        patched(PLAIN, (SLOPE, "np.where(u > 0, q - 1, q)")),
    ),
    Misconception(
        "absolute value by squaring",
        Family.STABILITY,
        "It takes the absolute value as the root of the square, which overflows and underflows.",
        patched(PLAIN, (MAXIMUM, "0.5 * np.sqrt(u**2) + (q - 0.5) * u")),
    ),
    Misconception(
        "NaN in neither branch",
        Family.EDGE_CASES,
        "It adds up positive and negative residuals by masks; a NaN is neither and so is hidden.",
        patched(
            PLAIN,
            (
                f"np.mean({MAXIMUM})",
                "(q * np.sum(u[u > 0]) + (q - 1) * np.sum(u[u < 0])) / u.size",
            ),
        ),
    ),
    Misconception(
        "q not checked",
        Family.EDGE_CASES,
        "It accepts a q outside (0, 1) where it must raise ValueError.",
        patched(PLAIN, ("if not 0 < q < 1:", "if q is None:")),
    ),
    Misconception(
        "zero divided by zero",
        Family.EDGE_CASES,
        "Its gradient divides by the residual, which is NaN where the prediction is right.",
        patched(PLAIN, (SLOPE, "-np.maximum(q * u, (q - 1) * u) / u")),
    ),
    *mean_mistakes(PLAIN, "np.where(u > 0, -q, 1 - q)", size="u.size"),
)

SAMPLE = sampler((0.1, 3.0))
USUAL = laws.drawn(SAMPLE, 12, q=0.8)

LAWS = (
    laws.zero("Without an error the loss is 0.", reference, exactly(0.0, 0.0, 0.0, q=0.8)),
    laws.unchanged("A common shift changes nothing.", reference, USUAL, laws.shifted(0, 1)),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
    laws.equal(
        "With q one half it is half of the mean absolute error.",
        laws.drawn(SAMPLE, 12),
        reference,
        _half_absolute,
    ),
    laws.equal(
        "Swapping truth and prediction turns q into 1 - q.", USUAL, reference, _from_the_other_side
    ),
    laws.equal(
        "The losses of q and of 1 - q add up to the mean absolute error.",
        USUAL,
        _of_both_sides,
        lambda y_true, y_pred, q: mean_absolute_error.reference(y_true, y_pred),
    ),
)

TASKS = (
    Task(
        slug="quantile",
        title="Quantile loss",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \max\left( q u_i, (q - 1) u_i \right), "
        r"\quad u_i = y_i - \hat{y}_i",
        sentence="The mean, over all elements, of q times the shortfall where y_pred is too low "
        "and of 1 - q times the excess where it is too high.",
        domain="y_true and y_pred hold any finite numbers and q lies strictly between 0 and 1; "
        "different shapes, empty arrays and any other q raise ValueError.",
        rules=(
            *rules(),
            "q must lie strictly between 0 and 1; 0, 1 and anything beyond raise ValueError.",
            "Where y_pred equals y_true, any slope between -q/n and (1-q)/n is a right gradient.",
            "Errors from 1e-200 to 1e300 give a right and finite result.",
        ),
        source="Koenker, Bassett, Regression Quantiles, Econometrica 46 (1978), 33-50, section 3.",
        brief=Brief(
            prompt="A courier promises arrival times that shall hold for nine parcels of ten. "
            "Write the quantile loss, also called pinball loss, and a gradient with respect to the "
            "predictions. `q` is the share of parcels that arrive within the promise.",
            context="An asymmetric loss, which side of the truth costs more, and how the sign "
            "enters the gradient.",
            topics=("regression",),
            difficulty="medium",
            minutes=20,
        ),
        examples=(
            Example(
                Case((np.array([3.0, 1.0]), np.array([1.0, 5.0])), {"q": 0.75}),
                value=(0.75 * 2.0 + 0.25 * 4.0) / 2,
                gradient=((-0.375, 0.125),),
                working="A prediction that is too low by 2 costs 0.75 times 2, one that is too "
                "high by 4 costs 0.25 times 4; their mean is 1.25.",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        parameters=(Parameter("q", 0.5, others=(0.1, 0.9), invalid=(0.0, 1.0, -0.5, 1.5)),),
        reference=reference,
        gradient=gradient,
        subdifferential=subdifferential,
        sample=SAMPLE,
        shapes=SHAPES,
        large=(100_000,),
        terms=terms,
        extremes=(
            *LINEAR,
            Extreme(
                "errors of 1e-200",
                errors_of(1e-200, values=1e-200),
                "The loss is linear, down to the smallest residual: a square underflows to 0.",
            ),
        ),
        edges=(
            Edge(
                "no error anywhere",
                exactly(0.0, 0.0, 0.0),
                "The loss is 0, and any slope between -q/n and (1-q)/n is right.",
            ),
            Edge(
                "one error of exactly 0",
                exactly(1.5, 0.0, -2.0, 0.25, q=0.75),
                "Where the error is 0, any slope between -q/n and (1-q)/n is right.",
            ),
            Edge(
                "q close to 1",
                exactly(1.5, -0.5, -2.0, q=0.999),
                "With q near 1 a prediction that is too high costs next to nothing.",
            ),
            Edge(
                "q close to 0",
                exactly(1.5, 0.5, -2.0, q=0.001),
                "With q near 0 a prediction that is too low costs next to nothing.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        branches=True,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("indicator in a dot product", INDICATOR),
            Variant("tilted absolute value, with closures", TILTED),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve(
                "One error, q = 0.9",
                "y_pred - y_true",
                -3.0,
                3.0,
                one_error(q=0.9),
                kinks=(0.0,),
            ),
            Curve(
                "One error, q = 0.5",
                "y_pred - y_true",
                -3.0,
                3.0,
                one_error(q=0.5),
                kinks=(0.0,),
            ),
        ),
        coarse=beside_an_outlier(1e10),
    ),
)
