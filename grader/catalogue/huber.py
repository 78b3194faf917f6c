"""The Huber loss."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.error_losses import (
    BETWEEN_LARGE_VALUES,
    NO_ERROR,
    TINY,
    branch_extremes,
    error_laws,
    mean_mistakes,
)
from grader.catalogue.exact import mean, pairs
from grader.catalogue.inputs import require
from grader.catalogue.pairs import CHECK, SHAPES, rules
from grader.catalogue.regression import (
    ARGUMENTS,
    at_least_tiny,
    beside_an_outlier,
    errors,
    exactly,
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
    Parameter,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def _errors(y_true: Array, y_pred: Array, delta: float) -> Array:
    require(not delta <= 0, f"delta must be positive, got {delta}")
    return errors(y_true, y_pred)


def _each(y_true: Array, y_pred: Array, delta: float) -> Array:
    size = np.abs(_errors(y_true, y_pred, delta))
    # Past delta only the part within it is squared, so that nothing overflows.
    within = np.minimum(size, delta)
    return np.asarray(0.5 * within**2 + delta * (size - within))


def reference(y_true: Array, y_pred: Array, delta: float = 1.0) -> float:
    """Return the mean Huber loss of e = y_pred - y_true.

        L = mean( e^2 / 2 where |e| <= delta, else delta (|e| - delta / 2) )

    Args:
        y_true, y_pred: one shape, any; in the same unit.
        delta: > 0, in that unit; where the square turns into a line.

    Returns:
        The loss in the square of that unit, >= 0; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ, the arrays are empty or delta is not positive.

    Source: Huber, Robust Estimation of a Location Parameter (Annals of Mathematical Statistics
        35, 1964).
    """
    return float(np.mean(_each(y_true, y_pred, delta)))


def gradient(y_true: Array, y_pred: Array, delta: float = 1.0) -> tuple[Array]:
    """Return d loss / d y_pred = clip(e, -delta, delta) / n, of y_pred's shape; errors as above."""
    e = _errors(y_true, y_pred, delta)
    return (np.clip(e, -delta, delta) / e.size,)


def terms(y_true: Array, y_pred: Array, delta: float = 1.0) -> float:
    """Return the largest of the terms, delta |e| of the line included."""
    size = np.abs(errors(y_true, y_pred))
    within = np.minimum(size, delta)
    return at_least_tiny(np.max(np.where(size > delta, delta * size, 0.5 * within**2)))


def definition(mp: Any, y_true: Any, y_pred: Any, delta: Any) -> Any:
    sizes = [mp.fabs(p - t) for t, p in pairs(y_true, y_pred)]
    return mean(mp, (e**2 / 2 if e <= delta else delta * (e - delta / 2) for e in sizes))


def _half_squared(y_true: Array, y_pred: Array, delta: float) -> float:
    return float(np.mean((y_pred - y_true) ** 2) / 2)


def _absolute(y_true: Array, y_pred: Array, delta: float) -> float:
    return delta * float(np.mean(np.abs(y_pred - y_true)))


PLAIN = (
    CHECK.replace("y_true, y_pred):", "y_true, y_pred, delta):")
    + """\
    if delta <= 0:
        raise ValueError("delta must be positive")


def loss(y_true, y_pred, delta=1.0):
    _check(y_true, y_pred, delta)
    e = y_pred - y_true
    a = np.abs(e)
    return np.mean(np.where(a <= delta, 0.5 * e**2, delta * (a - 0.5 * delta)))


def grad(y_true, y_pred, delta=1.0):
    _check(y_true, y_pred, delta)
    e = y_pred - y_true
    return np.clip(e, -delta, delta) / e.size
"""
)

SPLIT = '''\
import numpy as np


def _check(y_true, y_pred, delta):
    if not delta > 0:
        raise ValueError(f"delta must be positive, not {delta}")
    if y_true.shape != y_pred.shape or y_true.size == 0:
        raise ValueError("y_true and y_pred must have one shape and at least one element")


def loss(y_true, y_pred, delta=1.0):
    """The squared part of each error, and what reaches past delta at a constant slope."""
    _check(y_true, y_pred, delta)
    size = np.abs(np.asarray(y_pred, dtype=float) - y_true)
    squared = np.minimum(size, delta)
    return float((0.5 * squared * squared + delta * (size - squared)).mean())


def grad(y_true, y_pred, delta=1.0):
    _check(y_true, y_pred, delta)
    e = np.asarray(y_pred, dtype=float) - y_true
    return np.minimum(np.abs(e), delta) * np.sign(e) / e.size
'''

MASKS = """\
import numpy as np


class Huber:
    def __init__(self, y_true, y_pred, delta):
        if y_true.shape != y_pred.shape:
            raise ValueError("shape mismatch")
        if y_pred.size == 0:
            raise ValueError("empty arrays")
        if delta <= 0:
            raise ValueError("delta has to be > 0")
        self.error = np.subtract(y_pred, y_true, dtype=np.float64)
        self.delta = delta
        self.far = np.abs(self.error) > delta

    def value(self):
        near, far = self.error[~self.far], np.abs(self.error[self.far])
        squares = 0.5 * np.dot(near, near)
        lines = self.delta * np.sum(far - 0.5 * self.delta)
        return (squares + lines) / self.error.size

    def slope(self):
        slope = self.error.copy()
        slope[self.far] = self.delta * np.sign(self.error[self.far])
        return slope / slope.size


def loss(y_true, y_pred, delta=1.0):
    return Huber(y_true, y_pred, delta).value()


def grad(y_true, y_pred, delta=1.0):
    return Huber(y_true, y_pred, delta).slope()
"""

LOOPS = """\
import numpy as np


def _pairs(y_true, y_pred, delta):
    if delta <= 0:
        raise ValueError("delta must be positive")
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    if y_true.size == 0:
        raise ValueError("empty input")
    return zip(y_true.ravel().tolist(), y_pred.ravel().tolist())


def _one(e, delta):
    if abs(e) <= delta:
        return 0.5 * e * e
    return delta * (abs(e) - 0.5 * delta)


def _slope(e, delta):
    if e > delta:
        return delta
    if e < -delta:
        return -delta
    return e


def loss(y_true, y_pred, delta=1.0):
    return sum(_one(p - t, delta) for t, p in _pairs(y_true, y_pred, delta)) / y_true.size


def grad(y_true, y_pred, delta=1.0):
    slopes = [_slope(p - t, delta) / y_true.size for t, p in _pairs(y_true, y_pred, delta)]
    return np.array(slopes, dtype=float).reshape(y_pred.shape)
"""

SQUARE, LINE, CLIP = "0.5 * e**2", "delta * (a - 0.5 * delta)", "np.clip(e, -delta, delta)"
WHERE = f"np.mean(np.where(a <= delta, {SQUARE}, {LINE}))"

MISCONCEPTIONS = (
    Misconception(
        "delta ignored",
        Family.VALUES,
        "It ignores delta and always turns from square to line at 1.",
        patched(PLAIN, ("    e = y_pred - y_true", "    delta = 1.0\n    e = y_pred - y_true")),
    ),
    Misconception(
        "square not halved",
        Family.VALUES,
        "It forgets the one half of the square, so that the loss jumps at delta.",
        patched(
            PLAIN,
            (SQUARE, "e**2"),
            (CLIP, "np.where(np.abs(e) > delta, delta * np.sign(e), 2 * e)"),
        ),
    ),
    Misconception(
        "line without its offset",
        Family.VALUES,
        "It uses delta times |e| past delta, without taking off half of delta squared: the loss "
        "jumps at delta.",
        patched(PLAIN, (LINE, "delta * a")),
    ),
    Misconception(
        "line without its slope",
        Family.VALUES,
        "It forgets the factor delta of the line, which shows wherever delta is not 1.",
        patched(PLAIN, (LINE, "(a - 0.5 * delta)")),
    ),
    Misconception(
        "branches swapped",
        Family.VALUES,
        "It has the threshold the wrong way round: a line for small errors, squares for large.",
        patched(PLAIN, ("a <= delta", "a > delta")),
    ),
    Misconception(
        "threshold without absolute value",
        Family.VALUES,
        "It compares the error, not its absolute value, with delta: large negative errors stay "
        "squared.",
        patched(PLAIN, ("a <= delta", "e <= delta"), (CLIP, "np.minimum(e, delta)")),
    ),
    Misconception(
        "smooth-l1 scaling",
        Family.VALUES,
        "It divides by delta, which is the smooth L1 loss: the same only where delta is 1.",
        patched(
            PLAIN,
            (SQUARE, "0.5 * e**2 / delta"),
            (LINE, "(a - 0.5 * delta)"),
            (CLIP, "np.clip(e / delta, -1, 1)"),
        ),
    ),
    Misconception(
        "pseudo-Huber",
        Family.VALUES,
        "It is the smooth pseudo-Huber loss, which only resembles this one.",
        patched(
            PLAIN,
            (WHERE, "np.mean(delta**2 * (np.sqrt(1 + (e / delta) ** 2) - 1))"),
            (CLIP, "e / np.sqrt(1 + (e / delta) ** 2)"),
        ),
    ),
    Misconception(
        "gradient not clipped",
        Family.GRADIENTS,
        "Its gradient goes on growing past delta, where the loss is a line.",
        patched(PLAIN, (CLIP, "e")),
    ),
    Misconception(
        "gradient of slope 1",
        Family.GRADIENTS,
        "Past delta its gradient is the sign of the error, without the factor delta.",
        patched(PLAIN, (CLIP, "np.where(np.abs(e) <= delta, e, np.sign(e))")),
    ),
    Misconception(
        "branches blended by masks",
        Family.STABILITY,
        "It multiplies each branch by a mask and adds them: zero times an overflowed square is "
        "NaN.",
        patched(PLAIN, (WHERE, f"np.mean((a <= delta) * {SQUARE} + (a > delta) * {LINE})")),
    ),
    Misconception(
        "NaN in neither branch",
        Family.EDGE_CASES,
        "It adds up small and large errors by masks; a NaN is in neither and so is hidden.",
        patched(
            PLAIN,
            (
                WHERE,
                "(0.5 * np.sum(e[a <= delta] ** 2)"
                " + np.sum(delta * (a[a > delta] - 0.5 * delta))) / e.size",
            ),
        ),
    ),
    Misconception(
        "delta not checked",
        Family.EDGE_CASES,
        "It accepts a delta of zero or less where it must raise ValueError.",
        patched(PLAIN, ("if delta <= 0:", "if delta is None:")),
    ),
    *mean_mistakes(PLAIN, CLIP),
)

SAMPLE = sampler((0.1, 0.4), (0.6, 0.9), (1.1, 2.3), (2.7, 4.0))
USUAL = laws.drawn(SAMPLE, 12, delta=1.5)

LAWS = (
    *error_laws(reference, USUAL),
    laws.equal(
        "With a delta above every error it is half of the mean squared error.",
        laws.drawn(SAMPLE, 12, delta=100.0),
        reference,
        _half_squared,
    ),
    laws.equal(
        "With a tiny delta it is delta times the mean absolute error.",
        laws.drawn(SAMPLE, 12, delta=1e-9),
        reference,
        _absolute,
        rtol=1e-7,
    ),
)

TASKS = (
    Task(
        slug="huber",
        title="Huber loss",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} h(\hat{y}_i - y_i), \quad "
        r"h(e) = \begin{cases} \frac{1}{2} e^2 & |e| \le \delta \\ "
        r"\delta \left( |e| - \frac{1}{2} \delta \right) & |e| > \delta \end{cases}",
        sentence="The mean, over all elements, of half the squared error where the error is at "
        "most delta in size, and of delta times its size less half of delta squared elsewhere.",
        domain="y_true and y_pred hold any finite numbers and delta is positive; different "
        "shapes, empty arrays and a delta of 0 or less raise ValueError.",
        rules=(
            *rules(),
            "delta must be positive; 0 and negative numbers raise ValueError.",
            "At |error| = delta both branches agree, in value and in slope.",
            "Errors up to 1e300 give a right and finite result.",
        ),
        source="Huber, Robust Estimation of a Location Parameter, Annals of Mathematical "
        "Statistics 35 (1964), 73-101; half of equation 10.23 of Hastie, Tibshirani, Friedman, "
        "The Elements of Statistical Learning (2nd ed., 2009).",
        brief=Brief(
            prompt="Sensors of a wind farm report the output of each turbine, and now and then one "
            "of them reports nonsense. Write the Huber loss, which is quadratic for small errors "
            "and linear for large ones, and its gradient with respect to the predictions. `delta` "
            "is where the two parts meet.",
            context="Two regimes of one loss that meet smoothly, and a parameter that must be "
            "honoured in both.",
            topics=("regression", "robustness"),
            difficulty="medium",
            minutes=20,
        ),
        examples=(
            Example(
                Case((np.array([1.0, 2.0]), np.array([1.5, 5.0]))),
                value=(0.125 + 2.5) / 2,
                gradient=((0.25, 0.5),),
                working="Errors of 1/2 and 3: half the square is 1/8, and past delta = 1 the line "
                "gives 3 - 1/2; their mean is (0.125 + 2.5) / 2.",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        parameters=(Parameter("delta", 1.0, others=(0.5, 2.5), invalid=(0.0, -1.0)),),
        reference=reference,
        gradient=gradient,
        sample=SAMPLE,
        shapes=SHAPES,
        large=(100_000,),
        terms=terms,
        extremes=(
            *branch_extremes("delta"),
            BETWEEN_LARGE_VALUES,
            TINY,
        ),
        edges=(
            Edge(
                "all errors exactly delta",
                exactly(0.5, -0.5, 0.5, delta=0.5),
                "At |error| = delta the loss is half of delta squared, on either branch.",
            ),
            NO_ERROR,
            Edge(
                "delta above all errors",
                exactly(0.5, -3.0, 8.0, delta=1e6),
                "With a large delta the loss is half the mean squared error.",
            ),
            Edge(
                "delta below all errors",
                exactly(0.5, -3.0, 8.0, delta=0.125),
                "With a small delta every error is on the line.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("square and line split", SPLIT),
            Variant("boolean masks in a class", MASKS),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        coarse=beside_an_outlier(1e10),
        curves=(
            Curve(
                "One error, delta = 1",
                "y_pred - y_true",
                -4.0,
                4.0,
                lambda e: Case((np.zeros(1), np.array([e]))),
            ),
        ),
    ),
)
