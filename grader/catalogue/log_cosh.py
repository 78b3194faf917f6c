"""The log-cosh loss."""

from math import log
from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.error_losses import NO_ERROR, data_mistakes, error_laws, mean_mistakes
from grader.catalogue.exact import mean, pairs
from grader.catalogue.pairs import CHECK, SHAPES, rules
from grader.catalogue.regression import (
    ARGUMENTS,
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

LOG_2 = float(np.log(2.0))


def _log_cosh(e: Array) -> Array:
    size = np.abs(e)
    # Near 0 the first form keeps the digits that |e| - log 2 would cancel.
    near = np.log1p(2.0 * np.sinh(0.5 * np.minimum(size, 1.0)) ** 2)
    far = size + np.log1p(np.exp(-2.0 * size)) - LOG_2
    return np.where(size < 1.0, near, far)


def reference(y_true: Array, y_pred: Array) -> float:
    """Return the mean log-cosh loss, mean log cosh(y_pred - y_true).

    Args:
        y_true, y_pred: one shape, any; without unit.

    Returns:
        The loss, >= 0, finite for errors up to 1e300; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: Saleh, Saleh, Statistical Properties of the log-cosh Loss Function Used in Machine
        Learning (arXiv:2208.04564, 2022), section 1.
    """
    return float(np.mean(_log_cosh(errors(y_true, y_pred))))


def gradient(y_true: Array, y_pred: Array) -> tuple[Array]:
    """Return d loss / d y_pred = tanh(y_pred - y_true) / n, of y_pred's shape; errors as above."""
    e = errors(y_true, y_pred)
    return (np.tanh(e) / e.size,)


def terms(y_true: Array, y_pred: Array) -> float:
    """Return the largest |e|, or log 2: terms of |e| + log1p(exp(-2|e|)) - log 2, a right way."""
    return max(LOG_2, float(np.max(np.abs(errors(y_true, y_pred)))))


def definition(mp: Any, y_true: Any, y_pred: Any) -> Any:
    return mean(mp, (mp.log(mp.cosh(p - t)) for t, p in pairs(y_true, y_pred)))


def _half_squared(y_true: Array, y_pred: Array) -> float:
    return float(np.mean((y_pred - y_true) ** 2) / 2)


def _absolute_less_log_2(y_true: Array, y_pred: Array) -> float:
    return float(np.mean(np.abs(y_pred - y_true))) - LOG_2


PLAIN = (
    CHECK
    + """

def loss(y_true, y_pred):
    _check(y_true, y_pred)
    a = np.abs(y_pred - y_true)
    return np.mean(a + np.log1p(np.exp(-2 * a)) - np.log(2))


def grad(y_true, y_pred):
    _check(y_true, y_pred)
    e = y_pred - y_true
    return np.tanh(e) / e.size
"""
)

LOGADDEXP = '''\
import numpy as np


def _difference(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shape mismatch")
    if y_true.size == 0:
        raise ValueError("no data")
    return np.asarray(y_pred, dtype=np.float64) - np.asarray(y_true, dtype=np.float64)


def loss(y_true, y_pred):
    """cosh e is the mean of exp(e) and exp(-e), so its log is a log-sum-exp."""
    e = _difference(y_true, y_pred)
    return float(np.logaddexp(e, -e).mean() - np.log(2.0))


def grad(y_true, y_pred):
    e = _difference(y_true, y_pred)
    decay = np.exp(-2.0 * np.abs(e))
    return np.sign(e) * (1.0 - decay) / (1.0 + decay) / e.size
'''

PIECES = '''\
import numpy as np

FAR = 20.0


def _error(y_true, y_pred):
    if y_true.shape != y_pred.shape or y_pred.size == 0:
        raise ValueError("y_true and y_pred must have one shape and at least one element")
    return y_pred - y_true


def loss(y_true, y_pred):
    """Beyond FAR, exp(-2|e|) is below the last digit: log cosh e is |e| - log 2."""
    size = np.abs(_error(y_true, y_pred)).ravel()
    values = size - np.log(2)
    near = ~(size > FAR)
    values[near] = np.log(np.cosh(size[near]))
    return values.mean()


def grad(y_true, y_pred):
    e = _error(y_true, y_pred)
    n = e.size
    return np.divide(np.tanh(e), n)
'''

LOOPS = """\
import math

import numpy as np


def log_cosh(e):
    a = abs(e)
    return a + math.log1p(math.exp(-2 * a)) - math.log(2)


def _errors(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    if y_true.size == 0:
        raise ValueError("empty input")
    return [p - t for t, p in zip(y_true.ravel().tolist(), y_pred.ravel().tolist())]


def loss(y_true, y_pred):
    errors = _errors(y_true, y_pred)
    return sum(map(log_cosh, errors)) / len(errors)


def grad(y_true, y_pred):
    errors = _errors(y_true, y_pred)
    return np.reshape([math.tanh(e) / len(errors) for e in errors], y_pred.shape)
"""

VALUE, SLOPE = "a + np.log1p(np.exp(-2 * a)) - np.log(2)", "np.tanh(e) / e.size"

MISCONCEPTIONS = (
    Misconception(
        "cosh without logarithm",
        Family.VALUES,
        "It averages cosh of the errors and leaves the logarithm out.",
        patched(PLAIN, (VALUE, "np.cosh(a)"), ("np.tanh(e)", "np.sinh(e)")),
    ),
    Misconception(
        "logarithm of the mean",
        Family.VALUES,
        "It takes the logarithm after the mean, not of each cosh.",
        patched(
            PLAIN,
            (f"np.mean({VALUE})", "np.log(np.mean(np.cosh(a)))"),
            ("np.tanh(e) / e.size", "np.sinh(e) / np.sum(np.cosh(e))"),
        ),
    ),
    Misconception(
        "base 2",
        Family.VALUES,
        "It takes the logarithm to base 2 where the natural one is asked.",
        patched(PLAIN, (f"np.mean({VALUE})", f"np.mean({VALUE}) / np.log(2)")),
    ),
    Misconception(
        "without log 2",
        Family.VALUES,
        "It forgets to take off log 2, which is the 2 in cosh e = (exp e + exp -e) / 2.",
        patched(PLAIN, (" - np.log(2)", "")),
    ),
    Misconception(
        "line from 5 on",
        Family.STABILITY,
        "It goes over to |e| - log 2 at errors of 5, where the fifth digit is still wrong.",
        patched(PIECES, ("FAR = 20.0", "FAR = 5.0")),
    ),
    Misconception(
        "line too early",
        Family.VALUES,
        "It replaces the loss by |e| - log 2 for errors so small that the two still differ.",
        patched(PLAIN, (VALUE, "np.where(a > 1.5, a - np.log(2), np.log(np.cosh(a)))")),
    ),
    Misconception(
        "squares for small errors",
        Family.VALUES,
        "It replaces the loss by half the square for small errors, which only resembles it.",
        patched(PLAIN, (VALUE, f"np.where(a < 1, 0.5 * a**2, {VALUE})")),
    ),
    Misconception(
        "gradient is the second derivative",
        Family.GRADIENTS,
        "Its gradient is 1 - tanh squared, the derivative of tanh, where tanh itself is asked.",
        patched(PLAIN, ("np.tanh(e)", "(1 - np.tanh(e) ** 2)")),
    ),
    Misconception(
        "gradient is sinh",
        Family.GRADIENTS,
        "Its gradient is sinh, the derivative of cosh: the logarithm is not differentiated.",
        patched(PLAIN, ("np.tanh(e)", "np.sinh(e)")),
    ),
    Misconception(
        "cosh overflows",
        Family.STABILITY,
        "It computes cosh before the logarithm, which overflows for errors beyond 710.",
        patched(PLAIN, (VALUE, "np.log(np.cosh(a))")),
    ),
    Misconception(
        "error clipped",
        Family.STABILITY,
        "It clips the error so that cosh does not overflow: the loss stops growing.",
        patched(PLAIN, (VALUE, "np.log(np.cosh(np.minimum(a, 700)))")),
    ),
    Misconception(
        "gradient overflows",
        Family.STABILITY,
        "Its gradient divides sinh by cosh, which is infinity by infinity for large errors.",
        patched(PLAIN, ("np.tanh(e)", "np.sinh(e) / np.cosh(e)")),
    ),
    Misconception(
        "NaN hidden in the gradient",
        Family.EDGE_CASES,
        "It turns NaN into 0 in the gradient, so that bad data looks like a perfect prediction.",
        patched(PLAIN, ("return np.tanh(e) / e.size", "return np.nan_to_num(np.tanh(e) / e.size)")),
    ),
    *mean_mistakes(PLAIN, "np.tanh(e)"),
    *data_mistakes(PLAIN),
)

SAMPLE = sampler((0.1, 0.9), (1.6, 2.4), (2.4, 4.0))
USUAL = laws.drawn(SAMPLE, 12)

LAWS = (
    *error_laws(reference, USUAL),
    laws.equal(
        "For small errors it is half of the mean squared error.",
        errors_of(1e-4),
        reference,
        _half_squared,
        rtol=1e-8,
    ),
    laws.equal(
        "For large errors it is the mean absolute error less log 2.",
        errors_of(1e4),
        reference,
        _absolute_less_log_2,
    ),
)

STRAIGHTEN = "Use |e| + log1p(exp(-2|e|)) - log 2 (or logaddexp), and tanh for the gradient."

TASKS = (
    Task(
        slug="log-cosh",
        title="Log-cosh loss",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \log \cosh (\hat{y}_i - y_i)",
        sentence="The mean, over all elements, of the natural logarithm of the hyperbolic cosine "
        "of y_pred - y_true.",
        domain="y_true and y_pred hold any finite numbers; different shapes and empty arrays "
        "raise ValueError.",
        rules=(
            *rules(),
            "Errors up to 1e300 give a right and finite result.",
        ),
        source="Saleh, Saleh, Statistical Properties of the log-cosh Loss Function Used in Machine "
        "Learning, arXiv:2208.04564 (2022), section 1.",
        brief=Brief(
            prompt="Write the log-cosh loss, a smooth relative of the absolute error, and its "
            "gradient with respect to the predictions. An error of a million is as legal as one of "
            "a millionth: both must come out right.",
            context="A formula that overflows when it is written as it is read, though its value "
            "is harmless.",
            topics=("regression", "stability"),
            difficulty="hard",
            minutes=20,
        ),
        examples=(
            Example(
                Case((np.array([1.0, 2.0]), np.array([1.0, 2.0 + log(2.0)]))),
                value=log(1.25) / 2,
                gradient=((0.0, 0.3),),
                working="cosh 0 is 1, and cosh(log 2) is (2 + 1/2) / 2 = 5/4: the mean of log 1 "
                "and log 5/4; tanh(log 2) is 3/5.",
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
            Extreme("errors of 1e300", errors_of(1e300), STRAIGHTEN),
            Extreme("errors of 1e4", errors_of(1e4), STRAIGHTEN, float32=True),
            Extreme("errors of 300", errors_of(300.0), STRAIGHTEN, float32=True),
            Extreme(
                "errors of 5 to 9",
                exactly(5.25, -5.5, 6.0, -6.5, 7.0, -7.5, 8.0, -9.0),
                "Up to errors of 20 log1p(exp(-2|e|)) counts: |e| - log 2 alone is too small.",
            ),
            Extreme(
                "errors of 1e-3",
                errors_of(1e-3),
                "Near 0 the loss is half the square: no approximation for large errors holds here.",
            ),
        ),
        edges=(
            NO_ERROR,
            Edge(
                "errors that cancel",
                exactly(2.0, -2.0, 1.0, -1.0),
                "Errors of opposite sign do not cancel: log cosh is even.",
            ),
            Edge(
                "small next to large",
                exactly(0.0, 1000.0, -0.5),
                "Each element takes its own branch: a large one does not change a small one.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("log-sum-exp", LOGADDEXP),
            Variant("in pieces", PIECES),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve("One error", "y_pred - y_true", -4.0, 4.0, one_error()),
            Curve("One small error", "y_pred - y_true", -0.5, 0.5, one_error()),
        ),
        coarse=beside_an_outlier(1e10),
    ),
)
