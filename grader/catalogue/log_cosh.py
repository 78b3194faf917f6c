"""The log-cosh loss."""

import numpy as np

from grader.catalogue.pairs import CHECK, SHAPES, neglects, rules
from grader.catalogue.regression import ARGUMENTS, errors, errors_of, exactly, sampler
from grader.catalogue.task import Array, Edge, Extreme, Misconception, Task, Variant, patched
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
        "sum for mean",
        Family.VALUES,
        "It adds up the losses where their mean is asked.",
        patched(PLAIN, ("np.mean(", "np.sum("), (" / e.size", "")),
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
        "gradient not divided by n",
        Family.GRADIENTS,
        "Its gradient is that of the sum: the division by the number of elements is missing.",
        patched(PLAIN, (" / e.size", "")),
    ),
    Misconception(
        "gradient of the wrong sign",
        Family.GRADIENTS,
        "Its gradient has the wrong sign: it is the derivative with respect to y_true.",
        patched(PLAIN, ("np.tanh(e)", "np.tanh(-e)")),
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
        "NaN left out",
        Family.EDGE_CASES,
        "It leaves NaN out of the mean, which hides bad data.",
        patched(PLAIN, ("np.mean(", "np.nanmean(")),
    ),
    Misconception(
        "predictions changed",
        Family.EDGE_CASES,
        "It subtracts in place and so changes the caller's predictions.",
        patched(PLAIN, ("e = y_pred - y_true", "y_pred -= y_true\n    e = y_pred")),
    ),
    *neglects(PLAIN),
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
        arguments=ARGUMENTS,
        reference=reference,
        gradient=gradient,
        sample=sampler((0.1, 0.9), (1.6, 2.4), (2.4, 4.0)),
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
            Edge("no error anywhere", exactly(0.0, 0.0, 0.0), "The loss and its gradient are 0."),
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
    ),
)
