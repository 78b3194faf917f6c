"""The smooth L1 loss."""

from typing import Any

import numpy as np

from grader.catalogue import huber, laws, mean_absolute_error
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
    Parameter,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def _errors(y_true: Array, y_pred: Array, beta: float) -> Array:
    require(not beta <= 0, f"beta must be positive, got {beta}")
    return errors(y_true, y_pred)


def reference(y_true: Array, y_pred: Array, beta: float = 1.0) -> float:
    """Return the mean smooth L1 loss of e = y_pred - y_true.

        L = mean( e^2 / (2 beta) where |e| < beta, else |e| - beta / 2 )

    Args:
        y_true, y_pred: one shape, any; in the same unit.
        beta: > 0, in that unit; where the square turns into a line of slope 1.

    Returns:
        The loss in that unit, >= 0; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ, the arrays are empty or beta is not positive.

    Source: Girshick, Fast R-CNN (ICCV 2015), equation 3; beta as in PyTorch's SmoothL1Loss.
    """
    size = np.abs(_errors(y_true, y_pred, beta))
    # Past beta only the part within it is squared, and it is divided first: nothing overflows.
    within = np.minimum(size, beta)
    return float(np.mean(0.5 * within * (within / beta) + (size - within)))


def gradient(y_true: Array, y_pred: Array, beta: float = 1.0) -> tuple[Array]:
    """Return d loss / d y_pred = clip(e / beta, -1, 1) / n, of y_pred's shape; errors as above."""
    e = _errors(y_true, y_pred, beta)
    return (np.clip(e, -beta, beta) / beta / e.size,)


def terms(y_true: Array, y_pred: Array, beta: float = 1.0) -> float:
    """Return the largest of the terms, |e| of the line included."""
    size = np.abs(errors(y_true, y_pred))
    within = np.minimum(size, beta)
    return at_least_tiny(np.max(np.where(size < beta, 0.5 * within * (within / beta), size)))


def definition(mp: Any, y_true: Any, y_pred: Any, beta: Any) -> Any:
    sizes = [mp.fabs(p - t) for t, p in pairs(y_true, y_pred)]
    return mean(mp, (e**2 / (2 * beta) if e < beta else e - beta / 2 for e in sizes))


PLAIN = (
    CHECK.replace("y_true, y_pred):", "y_true, y_pred, beta):")
    + """\
    if beta <= 0:
        raise ValueError("beta must be positive")


def loss(y_true, y_pred, beta=1.0):
    _check(y_true, y_pred, beta)
    a = np.abs(y_pred - y_true)
    return np.mean(np.where(a < beta, 0.5 * a * a / beta, a - 0.5 * beta))


def grad(y_true, y_pred, beta=1.0):
    _check(y_true, y_pred, beta)
    e = y_pred - y_true
    return np.clip(e / beta, -1, 1) / e.size
"""
)

UNITS = '''\
import numpy as np


def in_units_of_beta(y_true, y_pred, beta):
    """Errors relative to beta: in this unit the square meets the line at 1."""
    if not beta > 0:
        raise ValueError(f"beta={beta} is not positive")
    if y_true.shape != y_pred.shape or not y_true.size:
        raise ValueError("y_true and y_pred must have one shape and at least one element")
    return (np.asarray(y_pred, dtype=np.float64) - y_true) / beta


def loss(y_true, y_pred, beta=1.0):
    u = np.abs(in_units_of_beta(y_true, y_pred, beta))
    bent = np.minimum(u, 1.0)
    return beta * float(np.average(u - bent + bent**2 / 2))


def grad(y_true, y_pred, beta=1.0):
    u = in_units_of_beta(y_true, y_pred, beta)
    return u / np.maximum(np.abs(u), 1.0) / u.size
'''

SCALED_HUBER = """\
import numpy as np


class Huber:
    def __init__(self, delta):
        if delta <= 0:
            raise ValueError("delta has to be positive")
        self.delta = delta

    def value(self, e):
        a = np.abs(e)
        line = self.delta * a - 0.5 * self.delta**2
        return np.where(a > self.delta, line, 0.5 * np.square(a))

    def slope(self, e):
        return np.where(np.abs(e) > self.delta, np.copysign(self.delta, e), e)


def difference(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    if y_true.size == 0:
        raise ValueError("no elements")
    return y_pred - y_true


def loss(y_true, y_pred, beta=1.0):
    return (Huber(beta).value(difference(y_true, y_pred)) / beta).mean()


def grad(y_true, y_pred, beta=1.0):
    return Huber(beta).slope(difference(y_true, y_pred)) / (beta * y_pred.size)
"""

LOOPS = """\
import math

import numpy as np


def smooth(beta):
    if beta <= 0:
        raise ValueError("beta must be above 0")

    def value(e):
        a = abs(e)
        return a * a / (2 * beta) if a < beta else a - beta / 2

    def slope(e):
        return e / beta if abs(e) < beta else math.copysign(1.0, e)

    return value, slope


def _errors(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    if y_pred.size == 0:
        raise ValueError("empty input")
    return [float(p) - float(t) for t, p in zip(y_true.flat, y_pred.flat)]


def loss(y_true, y_pred, beta=1.0):
    value, _ = smooth(beta)
    errors = _errors(y_true, y_pred)
    return math.fsum(map(value, errors)) / len(errors)


def grad(y_true, y_pred, beta=1.0):
    _, slope = smooth(beta)
    errors = _errors(y_true, y_pred)
    return np.array([slope(e) / len(errors) for e in errors]).reshape(y_pred.shape)
"""

SQUARE, LINE, CLIP = "0.5 * a * a / beta", "a - 0.5 * beta", "np.clip(e / beta, -1, 1)"
WHERE = f"np.mean(np.where(a < beta, {SQUARE}, {LINE}))"

MISCONCEPTIONS = (
    Misconception(
        "Huber scaling",
        Family.VALUES,
        "It is the Huber loss, beta times this one: the same only where beta is 1.",
        patched(
            PLAIN,
            (SQUARE, "0.5 * a * a"),
            (LINE, "beta * (a - 0.5 * beta)"),
            (CLIP, "np.clip(e, -beta, beta)"),
        ),
    ),
    Misconception(
        "beta ignored",
        Family.VALUES,
        "It ignores beta and always turns from square to line at 1.",
        patched(PLAIN, ("    a = np", "    beta = 1.0\n    a = np"), (CLIP, "np.clip(e, -1, 1)")),
    ),
    Misconception(
        "square not divided by beta",
        Family.VALUES,
        "It does not divide the square by beta, so that the loss jumps where beta is not 1.",
        patched(
            PLAIN, (SQUARE, "0.5 * a * a"), (CLIP, "np.where(np.abs(e) < beta, e, np.sign(e))")
        ),
    ),
    Misconception(
        "square not halved",
        Family.VALUES,
        "It forgets the one half of the square, so that the loss jumps at beta.",
        patched(
            PLAIN,
            (SQUARE, "a * a / beta"),
            (CLIP, "np.where(np.abs(e) < beta, 2 * e / beta, np.sign(e))"),
        ),
    ),
    Misconception(
        "line without its offset",
        Family.VALUES,
        "It uses |e| past beta, without taking off half of beta: the loss jumps at beta.",
        patched(PLAIN, (LINE, "a")),
    ),
    Misconception(
        "line with a fixed offset",
        Family.VALUES,
        "It takes 1/2 off the line, which is half of beta only where beta is 1.",
        patched(PLAIN, (LINE, "a - 0.5")),
    ),
    Misconception(
        "threshold on the square",
        Family.VALUES,
        "It compares the squared error with beta, which turns at the root of beta.",
        patched(PLAIN, ("a < beta", "a * a < beta")),
    ),
    Misconception(
        "branches swapped",
        Family.VALUES,
        "It has the threshold the wrong way round: a line for small errors, squares for large.",
        patched(PLAIN, ("a < beta", "a >= beta")),
    ),
    Misconception(
        "beta inverted",
        Family.VALUES,
        "It turns at 1/beta, as the older definition by sigma does: beta is the error itself.",
        patched(
            PLAIN,
            ("    a = np", "    beta = 1 / beta\n    a = np"),
            (CLIP, "np.clip(e * beta, -1, 1)"),
        ),
    ),
    Misconception(
        "gradient not clipped",
        Family.GRADIENTS,
        "Its gradient goes on growing past beta, where the loss is a line.",
        patched(PLAIN, (CLIP, "e / beta")),
    ),
    Misconception(
        "gradient of the Huber loss",
        Family.GRADIENTS,
        "Its gradient is that of the Huber loss: it reaches beta where it must reach 1.",
        patched(PLAIN, (CLIP, "np.clip(e, -beta, beta)")),
    ),
    Misconception(
        "gradient is the sign",
        Family.GRADIENTS,
        "Its gradient is the sign of the error, also where the loss is quadratic.",
        patched(PLAIN, (CLIP, "np.sign(e)")),
    ),
    Misconception(
        "branches blended by masks",
        Family.STABILITY,
        "It multiplies each branch by a mask and adds them: zero times an overflowed square is "
        "NaN.",
        patched(PLAIN, (WHERE, f"np.mean((a < beta) * ({SQUARE}) + (a >= beta) * ({LINE}))")),
    ),
    Misconception(
        "slope by a smooth root",
        Family.STABILITY,
        "It adds a small constant to the error before it divides by it, which drowns small errors.",
        patched(PLAIN, (CLIP, "np.minimum(np.abs(e) / beta, 1) * e / (np.abs(e) + 1e-12)")),
    ),
    Misconception(
        "NaN in neither branch",
        Family.EDGE_CASES,
        "It adds up small and large errors by masks; a NaN is in neither and so is hidden.",
        patched(
            PLAIN,
            (
                WHERE,
                "(np.sum(0.5 * a[a < beta] ** 2 / beta)"
                " + np.sum(a[a >= beta] - 0.5 * beta)) / a.size",
            ),
        ),
    ),
    Misconception(
        "beta not checked",
        Family.EDGE_CASES,
        "It accepts a beta of zero or less where it must raise ValueError.",
        patched(PLAIN, ("if beta <= 0:", "if beta is None:")),
    ),
    Misconception(
        "beta of 0 accepted",
        Family.EDGE_CASES,
        "It takes a beta of 0 for the absolute error, where it must raise ValueError.",
        patched(PLAIN, ("if beta <= 0:", "if beta < 0:")),
    ),
    *mean_mistakes(PLAIN, CLIP),
)

SAMPLE = sampler((0.1, 0.4), (0.6, 0.9), (1.1, 2.3), (2.7, 4.0))
USUAL = laws.drawn(SAMPLE, 12, beta=1.5)


def _scaled_huber(y_true: Array, y_pred: Array, beta: float) -> float:
    return huber.reference(y_true, y_pred, delta=beta) / beta


def _absolute(y_true: Array, y_pred: Array, beta: float) -> float:
    return mean_absolute_error.reference(y_true, y_pred)


def _half_squared(y_true: Array, y_pred: Array, beta: float) -> float:
    return float(np.mean((y_pred - y_true) ** 2) / (2.0 * beta))


LAWS = (
    *error_laws(reference, USUAL),
    laws.equal("It is the Huber loss divided by beta.", USUAL, reference, _scaled_huber),
    laws.equal(
        "With beta 1 it is the Huber loss.",
        laws.drawn(SAMPLE, 12, beta=1.0),
        reference,
        lambda y_true, y_pred, beta: huber.reference(y_true, y_pred),
    ),
    laws.equal(
        "With a tiny beta it is the mean absolute error.",
        laws.drawn(SAMPLE, 12, beta=1e-9),
        reference,
        _absolute,
        rtol=1e-7,
    ),
    laws.equal(
        "With a beta above every error it is the mean squared error over twice beta.",
        laws.drawn(SAMPLE, 12, beta=50.0),
        reference,
        _half_squared,
    ),
)

TASKS = (
    Task(
        slug="smooth-l1",
        title="Smooth L1 loss",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} s(\hat{y}_i - y_i), \quad "
        r"s(e) = \begin{cases} \frac{e^2}{2 \beta} & |e| < \beta \\ "
        r"|e| - \frac{\beta}{2} & |e| \ge \beta \end{cases}",
        sentence="The mean, over all elements, of the squared error over twice beta where the "
        "error is below beta in size, and of its size less half of beta elsewhere.",
        domain="y_true and y_pred hold any finite numbers and beta is positive; different shapes, "
        "empty arrays and a beta of 0 or less raise ValueError.",
        rules=(
            *rules(),
            "beta must be positive; 0 and negative numbers raise ValueError.",
            "At |error| = beta both branches agree, in value and in slope.",
            "Errors up to 1e300 give a right and finite result.",
        ),
        source="Girshick, Fast R-CNN, ICCV (2015), equation 3; beta as in PyTorch's SmoothL1Loss.",
        brief=Brief(
            prompt="A detector draws boxes around ships in radar images and learns the corners of "
            "each box. Once a corner is nearly right its error should fade out gently, while one "
            "that is far off must not dominate the batch. Write the smooth L1 loss and its "
            "gradient with respect to the predictions; `beta` is the error at which the parabola "
            "meets the line of slope 1.",
            context="The scaling by beta that tells this loss from Huber's, in both branches and "
            "in the slope.",
            topics=("regression", "robustness", "detection"),
            difficulty="medium",
            minutes=15,
        ),
        examples=(
            Example(
                Case((np.array([1.0, 2.0]), np.array([2.0, -3.0])), {"beta": 2.0}),
                value=2.125,
                gradient=((0.25, -0.5),),
                working="Errors of 1 and -5 with beta = 2: 1 over 4, and 5 less 1; their mean is "
                "(0.25 + 4) / 2.",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        parameters=(Parameter("beta", 1.0, others=(0.5, 2.5), invalid=(0.0, -1.0)),),
        reference=reference,
        gradient=gradient,
        sample=SAMPLE,
        shapes=SHAPES,
        large=(100_000,),
        terms=terms,
        extremes=(
            *branch_extremes("beta"),
            BETWEEN_LARGE_VALUES,
            TINY,
        ),
        edges=(
            Edge(
                "all errors exactly beta",
                exactly(0.5, -0.5, 0.5, beta=0.5),
                "At |error| = beta the loss is half of beta and the slope 1 or -1, on either "
                "branch.",
            ),
            NO_ERROR,
            Edge(
                "beta above all errors",
                exactly(0.5, -3.0, 8.0, beta=1e6),
                "With a large beta the loss is the mean squared error over twice beta.",
            ),
            Edge(
                "beta below all errors",
                exactly(0.5, -3.0, 8.0, beta=2.0**-20),
                "With a small beta every error is on the line, whose slope is 1.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("in units of beta", UNITS),
            Variant("a Huber loss, divided by beta", SCALED_HUBER),
            Variant("Python loops with closures", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve("One error, beta = 1", "y_pred - y_true", -3.0, 3.0, one_error()),
            Curve("One error, beta = 1/4", "y_pred - y_true", -3.0, 3.0, one_error(beta=0.25)),
        ),
        coarse=beside_an_outlier(1e9),
    ),
)
