"""The squared error of a linear model, with penalties on its coefficients."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.catalogue import laws, mean_squared_error
from grader.catalogue.exact import dot, mean
from grader.catalogue.inputs import require
from grader.catalogue.pairs import numeric_gradient
from grader.catalogue.regression import at_least_tiny
from grader.catalogue.task import (
    Argument,
    Array,
    Brief,
    Case,
    Curve,
    Edge,
    Example,
    Extreme,
    Misconception,
    Parameter,
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family

Data = tuple[Array, Array, Array]


def _checked(y: Array, x: Array, w: Array) -> Data:
    shapes = f"y {np.shape(y)}, X {np.shape(x)}, w {np.shape(w)}"
    require(np.ndim(y) == np.ndim(w) == 1, f"y and w have one axis each: {shapes}")
    require(np.shape(x) == (len(y), len(w)), f"x is not (n, k): {shapes}")
    require(np.size(x) > 0, f"empty input: {shapes}")
    y, x, w = (np.asarray(array, dtype=np.float64) for array in (y, x, w))
    return y, x, w


def reference(y: Array, x: Array, w: Array, l1: float = 0.0, l2: float = 0.0) -> float:
    """Return mean (xw - y)^2 + l1 sum |w| + l2 sum w^2.

    Args:
        y: shape (n,), targets.
        x: shape (n, k), one row of features a sample.
        w: shape (k,), coefficients, in y's unit per unit of each feature.
        l1, l2: how much the absolute values and the squares of the coefficients cost.

    Returns:
        The loss in the square of y's unit; NaN where any array holds one.

    Raises:
        ValueError: where shapes do not fit together or the arrays are empty.

    Source: Zou, Hastie, Regularization and variable selection via the elastic net (Journal of the
        Royal Statistical Society B 67, 2005), equation 3.
    """
    y, x, w = _checked(y, x, w)
    return float(np.mean((x @ w - y) ** 2) + l1 * np.sum(np.abs(w)) + l2 * np.sum(w**2))


def gradient(y: Array, x: Array, w: Array, l1: float = 0.0, l2: float = 0.0) -> tuple[Array]:
    """Return d loss / d w = 2 x'(xw - y) / n + l1 sign w + 2 l2 w, of shape (k,); errors as above.

    At a coefficient of 0 the slope of |w| is taken for 0, one of those that are right.
    """
    y, x, w = _checked(y, x, w)
    return (2.0 * (x.T @ (x @ w - y)) / len(y) + l1 * np.sign(w) + 2.0 * l2 * w,)


def subdifferential(
    y: Array, x: Array, w: Array, l1: float = 0.0, l2: float = 0.0
) -> tuple[tuple[Array, Array]]:
    """Return its bounds: l1 to either side at a coefficient of 0, else the gradient twice."""
    (slope,) = gradient(y, x, w, l1, l2)
    room = np.where(np.asarray(w) == 0, abs(l1), 0.0)
    return ((slope - room, slope + room),)


def terms(y: Array, x: Array, w: Array, l1: float = 0.0, l2: float = 0.0) -> float:
    """Return the largest term: of the penalties, or error times a part of the same error.

    The parts of Xw - y cancel, and nobody can do better than their rounding; a square that is
    expanded does worse, for its terms are products of the parts themselves.
    """
    y, x, w = _checked(y, x, w)
    e, parts = x @ w - y, np.maximum(np.max(np.abs(x * w), axis=1), np.abs(y))
    penalties = max(abs(l1) * np.max(np.abs(w)), abs(l2) * np.max(w**2))
    return at_least_tiny(max(np.max(np.abs(e) * parts), penalties))


def definition(mp: Any, y: Any, x: Any, w: Any, l1: Any, l2: Any) -> Any:
    squares = ((dot(mp, row, w) - target) ** 2 for row, target in zip(x, y, strict=True))
    penalties = l1 * mp.fsum(mp.fabs(b) for b in w) + l2 * mp.fsum(b**2 for b in w)
    return mean(mp, squares) + penalties


def sample(rng: np.random.Generator, shape: Shape) -> Data:
    """Draw n rows of k features, coefficients of 0.3 to 2 in size, and noisy targets."""
    n, k = shape
    x = rng.normal(size=(n, k))
    w = rng.uniform(0.3, 2.0, size=k) * rng.choice([-1.0, 1.0], size=k)
    return x @ w + rng.choice([-1.0, 1.0], size=n) * rng.uniform(0.3, 2.5, size=n), x, w


def scaled(scale: float, **parameters: float) -> Callable[[np.random.Generator], Case]:
    """Return a draw whose targets and coefficients, and so its errors, are of this size."""

    def case(rng: np.random.Generator) -> Case:
        y, x, w = sample(rng, (8, 3))
        return Case((scale * y, x, scale * w), parameters)

    return case


def small_errors(values: float) -> Callable[[np.random.Generator], Case]:
    """Return a draw of errors of 1e-4 between values of this size, with an exact Xw."""

    def case(rng: np.random.Generator) -> Case:
        w = values * rng.normal(size=3)
        # Each row picks one coefficient.
        x = np.eye(3)[rng.permutation(np.arange(9) % 3)]
        return Case((x @ w + 1e-4 * rng.uniform(0.1, 1.0, size=9), x, w))

    return case


def coefficients(*listed: float, **parameters: float) -> Callable[[np.random.Generator], Case]:
    """Return a draw of data with exactly these coefficients."""

    def case(rng: np.random.Generator) -> Case:
        y, x, _ = sample(rng, (6, len(listed)))
        return Case((y, x, np.array(listed)), parameters)

    return case


def solved(rng: np.random.Generator) -> Case:
    """Whole numbers that fit exactly."""
    x = rng.integers(-1, 2, size=(6, 3)).astype(np.float64)
    w = rng.integers(1, 5, size=3).astype(np.float64)
    return Case((x @ w, x, w))


def beside_an_outlier(rng: np.random.Generator) -> Case:
    """One target is 1e7 off, in a row without features: the loss is huge, its slopes are not."""
    y, x, w = sample(rng, (12, 4))
    row = rng.integers(12)
    x[row], y[row] = 0.0, 1e7
    return Case((y, x, w), {"l1": 0.1, "l2": 0.1})


PLAIN = """\
import numpy as np


def _check(y, X, w):
    if y.ndim != 1 or X.ndim != 2 or w.ndim != 1:
        raise ValueError("expected y (n,), X (n, k) and w (k,)")
    if X.shape != (y.size, w.size):
        raise ValueError("X must have one row a target and one column a coefficient")
    if X.size == 0:
        raise ValueError("empty input")


def loss(y, X, w, l1=0.0, l2=0.0):
    _check(y, X, w)
    e = X @ w - y
    return np.mean(e**2) + l1 * np.sum(np.abs(w)) + l2 * np.sum(w**2)


def grad(y, X, w, l1=0.0, l2=0.0):
    _check(y, X, w)
    e = X @ w - y
    return 2 * (X.T @ e) / e.size + l1 * np.sign(w) + 2 * l2 * w
"""

AUGMENTED = '''\
import numpy as np


def augmented(y, X, w, l2):
    """Residuals of the data, and the penalty as k more rows: sqrt(n l2) I against 0."""
    if np.shape(X) != np.shape(y) + np.shape(w) or np.ndim(X) != 2 or np.size(X) == 0:
        raise ValueError("expected y (n,), X (n, k), w (k,), none of them empty")
    n, k = X.shape
    pull = np.sqrt(n * l2)
    rows = np.vstack([X, pull * np.eye(k)]).astype(np.float64)
    return rows, rows @ w - np.concatenate([y, np.zeros(k)])


def loss(y, X, w, l1=0.0, l2=0.0):
    _, residuals = augmented(y, X, w, l2)
    return residuals @ residuals / len(y) + l1 * np.linalg.norm(w, 1)


def grad(y, X, w, l1=0.0, l2=0.0):
    rows, residuals = augmented(y, X, w, l2)
    return residuals @ rows * (2 / len(y)) + l1 * ((w > 0) * 1.0 - (w < 0) * 1.0)
'''

MODEL = """\
import numpy as np


class Model:
    def __init__(self, X, w):
        if X.ndim != 2 or X.shape[1:] != w.shape:
            raise ValueError("X has one column a coefficient")
        self.X, self.w = X, np.array(w, dtype=np.float64)

    def residual(self, y):
        if y.shape != self.X.shape[:1] or self.X.size == 0:
            raise ValueError("X has one row a target, and both are not empty")
        return np.einsum("ij,j->i", self.X, self.w) - y

    def penalty(self, l1, l2):
        return (np.abs(self.w) * (l1 + l2 * np.abs(self.w))).sum()

    def pull(self, l1, l2):
        return np.where(self.w < 0, -l1, l1) + 2 * l2 * self.w


def loss(y, X, w, l1=0.0, l2=0.0):
    model = Model(X, w)
    return float(np.square(model.residual(y)).mean() + model.penalty(l1, l2))


def grad(y, X, w, l1=0.0, l2=0.0):
    model = Model(X, w)
    data = np.einsum("i,ij->j", model.residual(y), X) / (0.5 * len(y))
    return data + model.pull(l1, l2)
"""

LOOPS = """\
import numpy as np


def _lists(y, X, w):
    if X.ndim != 2 or y.shape != X.shape[:1] or w.shape != X.shape[1:]:
        raise ValueError("shapes do not fit")
    if len(y) == 0 or len(w) == 0:
        raise ValueError("empty input")
    return y.tolist(), X.tolist(), w.tolist()


def loss(y, X, w, l1=0.0, l2=0.0):
    targets, rows, weights = _lists(y, X, w)
    total = 0.0
    for target, row in zip(targets, rows):
        error = sum(x * b for x, b in zip(row, weights)) - target
        total += error * error
    penalty = 0.0
    for b in weights:
        penalty += l1 * abs(b) + l2 * b * b
    return total / len(targets) + penalty


def grad(y, X, w, l1=0.0, l2=0.0):
    targets, rows, weights = _lists(y, X, w)
    out = np.zeros(len(weights))
    for target, row in zip(targets, rows):
        error = sum(x * b for x, b in zip(row, weights)) - target
        for j, x in enumerate(row):
            out[j] += 2 * error * x / len(targets)
    for j, b in enumerate(weights):
        out[j] += 2 * l2 * b
        if b != 0:
            out[j] += l1 if b > 0 else -l1
    return out
"""

SQUARES, ABSOLUTES = "l2 * np.sum(w**2)", "l1 * np.sum(np.abs(w))"
FIT, DATA = "np.mean(e**2)", "2 * (X.T @ e) / e.size"
L1_SLOPE, L2_SLOPE = " + l1 * np.sign(w)", " + 2 * l2 * w"
CHECKS = ("if y.ndim != 1 or X.ndim != 2 or w.ndim != 1:", "if X.shape != (y.size, w.size):")

MISCONCEPTIONS = (
    Misconception(
        "no penalty",
        Family.VALUES,
        "It is the mean squared error alone: l1 and l2 are ignored.",
        patched(
            PLAIN,
            (f" + {ABSOLUTES} + {SQUARES}", ""),
            (L1_SLOPE + L2_SLOPE, ""),
        ),
    ),
    Misconception(
        "l1 and l2 swapped",
        Family.VALUES,
        "It has the two penalties the wrong way round: l1 weighs the squares.",
        patched(
            PLAIN,
            (f"{ABSOLUTES} + {SQUARES}", "l2 * np.sum(np.abs(w)) + l1 * np.sum(w**2)"),
            (L1_SLOPE + L2_SLOPE, " + l2 * np.sign(w) + 2 * l1 * w"),
        ),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the squared errors where their mean is asked, as textbooks write ridge "
        "regression.",
        patched(PLAIN, (FIT, "np.sum(e**2)"), (" / e.size", "")),
    ),
    Misconception(
        "squared errors halved",
        Family.VALUES,
        "It halves the mean squared error, as libraries do for the lasso; this formula does not.",
        patched(PLAIN, (FIT, "np.mean(e**2) / 2"), ("2 * (X.T @ e)", "(X.T @ e)")),
    ),
    Misconception(
        "l2 halved",
        Family.VALUES,
        "It halves the l2 penalty, a convention that this formula does not use.",
        patched(PLAIN, (SQUARES, f"0.5 * {SQUARES}"), (L2_SLOPE, " + l2 * w")),
    ),
    Misconception(
        "penalties averaged",
        Family.VALUES,
        "It averages the penalties over the coefficients where their sum is asked.",
        patched(
            PLAIN,
            (ABSOLUTES, "l1 * np.mean(np.abs(w))"),
            (SQUARES, "l2 * np.mean(w**2)"),
            (L1_SLOPE + L2_SLOPE, " + l1 * np.sign(w) / w.size + 2 * l2 * w / w.size"),
        ),
    ),
    Misconception(
        "first coefficient spared",
        Family.VALUES,
        "It spares the first coefficient, as if it were an intercept: all of them are penalised.",
        patched(
            PLAIN,
            ("e = X @ w - y", "e, b = X @ w - y, w * (np.arange(w.size) > 0)"),
            (f"{ABSOLUTES} + {SQUARES}", "l1 * np.sum(np.abs(b)) + l2 * np.sum(b**2)"),
            (L1_SLOPE + L2_SLOPE, " + l1 * np.sign(b) + 2 * l2 * b"),
        ),
    ),
    Misconception(
        "gradient of the data alone",
        Family.GRADIENTS,
        "Its gradient leaves the penalties out.",
        patched(PLAIN, (L1_SLOPE + L2_SLOPE, "")),
    ),
    Misconception(
        "l1 slope grows with the coefficient",
        Family.GRADIENTS,
        "Its gradient of the l1 penalty goes by the coefficient, not by its sign.",
        patched(PLAIN, (L1_SLOPE, " + l1 * w")),
    ),
    Misconception(
        "gradient not divided by n",
        Family.GRADIENTS,
        "Its gradient of the squared errors is that of their sum: the division by n is missing.",
        patched(PLAIN, (" / e.size", "")),
    ),
    Misconception(
        "square expanded",
        Family.STABILITY,
        "It expands the square into products of X, w and y, so that small errors between large "
        "values cancel away.",
        patched(
            PLAIN,
            (FIT, "(w @ (X.T @ X) @ w - 2 * w @ (X.T @ y) + y @ y) / e.size"),
        ),
    ),
    Misconception(
        "normal equations",
        Family.STABILITY,
        "Its gradient multiplies X by itself first, so that small errors between large values "
        "cancel away.",
        patched(PLAIN, (DATA, "2 * (X.T @ X @ w - X.T @ y) / e.size")),
    ),
    Misconception(
        "zero divided by zero",
        Family.EDGE_CASES,
        "Its gradient takes w / |w| for the sign, which is NaN at a coefficient of 0.",
        patched(PLAIN, ("np.sign(w)", "w / np.abs(w)")),
    ),
    Misconception(
        "shapes not compared",
        Family.EDGE_CASES,
        "It compares the columns of X with w alone: one target, or one row, broadcasts where it "
        "must raise ValueError.",
        patched(PLAIN, (CHECKS[0], "if w.ndim != 1:"), (CHECKS[1], "if X.shape[-1] != w.size:")),
    ),
    Misconception(
        "empty input accepted",
        Family.EDGE_CASES,
        "It averages over no elements where it must raise ValueError.",
        patched(PLAIN, ("if X.size == 0:", "if X is None:")),
    ),
    Misconception(
        "NaN left out",
        Family.EDGE_CASES,
        "It leaves NaN out of the mean, which hides bad data.",
        patched(PLAIN, (FIT, "np.nanmean(e**2)")),
    ),
    numeric_gradient(PLAIN, "w"),
)

USUAL = laws.drawn(sample, 12, 4, l1=0.3, l2=0.7)
UNPENALISED = laws.drawn(sample, 12, 4)


def _fit_alone(y: Array, x: Array, w: Array) -> float:
    return mean_squared_error.reference(y, x @ w)


def _ridge(y: Array, x: Array, w: Array) -> float:
    return reference(y, x, w, l2=0.7)


def _more_rows(y: Array, x: Array, w: Array) -> float:
    """The ridge penalty as k more samples with targets of 0."""
    n, k = x.shape
    rows = np.vstack([x, np.sqrt(0.7 * n) * np.eye(k)])
    total = (n + k) * reference(np.concatenate([y, np.zeros(k)]), rows, w)
    return float(total / n)


LAWS = (
    laws.zero("A model that fits exactly costs nothing without penalties.", reference, solved),
    laws.unchanged("The order of samples does not matter.", reference, USUAL, laws.reordered(0, 1)),
    laws.equal(
        "Without penalties it is the mean squared error of y and Xw.",
        UNPENALISED,
        reference,
        _fit_alone,
    ),
    laws.equal(
        "The l2 penalty is the squared error of one more sample per coefficient, with target 0.",
        UNPENALISED,
        _ridge,
        _more_rows,
    ),
)


def one_coefficient(**parameters: float) -> Callable[[float], Case]:
    return lambda w: Case((np.ones(1), np.ones((1, 1)), np.array([w])), parameters)


TASKS = (
    Task(
        slug="regularised-squared-error",
        title="Regularised squared error",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \left( x_i^\top w - y_i \right)^2 "
        r"+ \lambda_1 \sum_{j=1}^{k} |w_j| + \lambda_2 \sum_{j=1}^{k} w_j^2",
        sentence="The mean, over the samples, of the squared difference of Xw and y, plus l1 times "
        "the sum of the absolute coefficients, plus l2 times the sum of their squares.",
        domain="y has the shape (n,), X (n, k) and w (k,), with any finite numbers; l1 and l2 are "
        "0 or positive. Shapes that do not fit and empty arrays raise ValueError.",
        rules=(
            "The loss is one number; grad returns its derivative with respect to w alone, a new "
            "array of the shape (k,).",
            "y is (n,), X is (n, k) and w is (k,): anything else raises ValueError and never "
            "broadcasts.",
            "No samples or no features raise ValueError.",
            "The mean is over the squared errors; the penalties are sums over all coefficients, "
            "none of which is spared as an intercept.",
            "At a coefficient of 0 any slope of the l1 penalty between -l1 and l1 is right.",
            "A NaN in any of the arrays makes the loss NaN, and shows in grad.",
            "y may hold integers, and any array may be float32, strided or read-only; none is "
            "modified.",
            "Small errors between large values keep their digits, and errors up to 1e150 do not "
            "overflow.",
        ),
        source="Zou, Hastie, Regularization and variable selection via the elastic net, Journal of "
        "the Royal Statistical Society B 67 (2005), equation 3, with the mean for the sum; Hastie, "
        "Tibshirani, Friedman, The Elements of Statistical Learning (2nd ed., 2009), section 3.4.",
        brief=Brief(
            prompt="A housing agency estimates rents by a linear model of a dozen features that "
            "say nearly the same. Write the loss that it is fitted with: the mean squared "
            "error plus `l1` times the sum of absolute coefficients plus `l2` times the sum of "
            "their squares. `grad` is the gradient with respect to the coefficients `w` alone.",
            context="Matrix calculus of a linear model, and penalties whose factors and signs must "
            "reach the gradient.",
            topics=("regression", "regularisation"),
            difficulty="medium",
            minutes=15,
        ),
        examples=(
            Example(
                Case(
                    (
                        np.array([1.0, 2.0]),
                        np.array([[1.0, 0.0], [0.0, 1.0]]),
                        np.array([2.0, -1.0]),
                    ),
                    {"l1": 1.0, "l2": 0.5},
                ),
                value=10.5,
                gradient=((4.0, -5.0),),
                working="Errors of 1 and -3 have a mean square of 5, absolute coefficients make 3 "
                "and half of their squares 2.5; the slopes are 1 + 1 + 2 and -3 - 1 - 1.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("y", "n", integers=True),
            Argument("X", "n k"),
            Argument("w", "k", differentiate=True),
        ),
        parameters=(
            Parameter("l1", 0.0, others=(0.1, 1.5)),
            Parameter("l2", 0.0, others=(0.2, 2.0)),
        ),
        reference=reference,
        gradient=gradient,
        subdifferential=subdifferential,
        sample=sample,
        shapes=((12, 4), (1, 3), (3, 5), (20, 2)),
        large=(20_000, 20),
        terms=terms,
        extremes=(
            Extreme(
                "errors of 1e150",
                scaled(1e150),
                "Work in float64 and square nothing but the error: 1e300 still fits.",
            ),
            Extreme(
                "errors of 1e15",
                scaled(1e15, l1=1e15, l2=0.5),
                "Square the error once: no intermediate may be larger than that.",
                float32=True,
            ),
            Extreme(
                "errors of 1e-4 between values of 1e6",
                small_errors(1e6),
                "Form Xw - y first and square that error; expanded products cancel.",
            ),
            Extreme(
                "errors of 1e-4 between values of 1e8",
                small_errors(1e8),
                "Multiply X by the error Xw - y; its products with X and y cancel in a gradient.",
            ),
            Extreme(
                "errors and coefficients of 1e-140",
                scaled(1e-140, l1=1e-140, l2=0.5),
                "Smooth nothing by an epsilon: tiny coefficients are numbers, and so are their "
                "squares.",
            ),
        ),
        edges=(
            Edge(
                "all coefficients 0",
                coefficients(0.0, 0.0, 0.0, l1=0.5, l2=0.25),
                "At w = 0 the loss is mean y squared, and every l1 slope up to l1 is right.",
            ),
            Edge(
                "one coefficient of 0",
                coefficients(0.75, 0.0, -2.0, l1=1.0),
                "At a coefficient of 0 any slope of the l1 penalty between -l1 and l1 is right.",
            ),
            Edge(
                "a coefficient of 0 without l1",
                coefficients(0.75, 0.0, -2.0, l2=1.0),
                "Without an l1 penalty there is no kink: at 0 one slope alone is right.",
            ),
            Edge(
                "an exact fit",
                solved,
                "Where the model fits exactly, the loss and its gradient are 0 without penalties.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("penalty as further samples", AUGMENTED),
            Variant("a model that knows its penalties", MODEL),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve(
                "One coefficient, feature and target 1, l1 = 1",
                "w",
                -2.0,
                2.0,
                one_coefficient(l1=1.0),
                kinks=(0.0,),
            ),
            Curve(
                "One coefficient, feature and target 1, l2 = 1",
                "w",
                -2.0,
                2.0,
                one_coefficient(l2=1.0),
            ),
        ),
        coarse=beside_an_outlier,
    ),
)
