"""Barron's general and adaptive robust loss."""

from collections.abc import Callable, Iterator
from math import inf, sqrt
from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.error_losses import data_mistakes, error_laws, mean_mistakes
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
    Law,
    Misconception,
    Parameter,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def _each(squares: Array, alpha: float) -> Array:
    """Return the loss of each squared ratio (e / c)^2."""
    if alpha == 2:
        return 0.5 * squares
    if alpha == 0:
        return np.log1p(0.5 * squares)
    if alpha == -inf:
        return -np.expm1(-0.5 * squares)
    bend = abs(alpha - 2.0)
    exponent = 0.5 * alpha * np.log1p(squares / bend)
    # A large exponent would lose the digits of its whole part; a power does not.
    far = np.power(squares / bend + 1.0, 0.5 * alpha) - 1.0
    return np.where(exponent > 1.0, far, np.expm1(exponent)) * (bend / alpha)


def _slopes(squares: Array, alpha: float) -> Array:
    """Return the slope of the loss of each ratio over that ratio."""
    if alpha == 2:
        return squares * 0.0 + 1.0
    if alpha == -inf:
        return np.exp(-0.5 * squares)
    bend = abs(alpha - 2.0)
    exponent = 0.5 * alpha - 1.0
    near = np.exp(exponent * np.log1p(np.minimum(squares / bend, 1.0)))
    return np.where(squares > bend, np.power(squares / bend + 1.0, exponent), near)


def reference(y_true: Array, y_pred: Array, alpha: float = 1.0, c: float = 1.0) -> float:
    """Return the mean general robust loss of e = y_pred - y_true.

        L = mean( |alpha - 2| / alpha (((e / c)^2 / |alpha - 2| + 1)^(alpha / 2) - 1) )

    Args:
        y_true, y_pred: one shape, any; in the same unit.
        alpha: any number or -inf; the lower, the less a large error counts. At 2, 0 and -inf the
            formula's limits: (e / c)^2 / 2, log((e / c)^2 / 2 + 1) and 1 - exp(-(e / c)^2 / 2).
        c: > 0, in that unit; how large the errors are that the bowl around 0 holds.

    Returns:
        The loss without unit, >= 0; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: Barron, A General and Adaptive Robust Loss Function (CVPR 2019), equation 8.
    """
    return float(np.mean(_each((errors(y_true, y_pred) / c) ** 2, alpha)))


def gradient(y_true: Array, y_pred: Array, alpha: float = 1.0, c: float = 1.0) -> tuple[Array]:
    """Return d loss / d y_pred, of y_pred's shape; errors as above.

    It is e / c^2 ((e / c)^2 / |alpha - 2| + 1)^(alpha / 2 - 1) / n, or its limit (equation 9).
    """
    ratios = errors(y_true, y_pred) / c
    return (ratios / c * _slopes(ratios**2, alpha) / ratios.size,)


def terms(y_true: Array, y_pred: Array, alpha: float = 1.0, c: float = 1.0) -> float:
    """Return the largest of the terms, as the formula has them."""
    squares = (errors(y_true, y_pred) / c) ** 2
    if alpha == 2:
        return at_least_tiny(0.5 * np.max(squares))
    subtracted = 1.0 if alpha in (0, -inf) else abs((alpha - 2.0) / alpha)
    return subtracted + float(np.max(_each(squares, alpha)))


def definition(mp: Any, y_true: Any, y_pred: Any, alpha: Any, c: Any) -> Any:
    def each(s: Any) -> Any:
        if alpha == 2:
            return s / 2
        if alpha == 0:
            return mp.log(s / 2 + 1)
        if alpha == -mp.inf:
            return 1 - mp.exp(-s / 2)
        b = mp.fabs(alpha - 2)
        return b / alpha * ((s / b + 1) ** (alpha / 2) - 1)

    return mean(mp, (each(((p - t) / c) ** 2) for t, p in pairs(y_true, y_pred)))


PLAIN = (
    CHECK
    + """

def loss(y_true, y_pred, alpha=1.0, c=1.0):
    _check(y_true, y_pred)
    s = ((y_pred - y_true) / c) ** 2
    if alpha == 2:
        rho = s / 2
    elif alpha == 0:
        rho = np.log(s / 2 + 1)
    elif alpha == -np.inf:
        rho = 1 - np.exp(-s / 2)
    else:
        b = abs(alpha - 2)
        rho = b / alpha * (np.power(s / b + 1, alpha / 2) - 1)
    return np.mean(rho)


def grad(y_true, y_pred, alpha=1.0, c=1.0):
    _check(y_true, y_pred)
    e = y_pred - y_true
    s = (e / c) ** 2
    if alpha == 2:
        w = 1.0
    elif alpha == 0:
        w = 2 / (s + 2)
    elif alpha == -np.inf:
        w = np.exp(-s / 2)
    else:
        b = abs(alpha - 2)
        w = np.power(s / b + 1, alpha / 2 - 1)
    return e / c**2 * w / e.size
"""
)

LOGARITHMS = '''\
import math

import numpy as np


def _ratio(y_true, y_pred, c):
    if y_true.shape != y_pred.shape:
        raise ValueError(f"shapes {y_true.shape} and {y_pred.shape} differ")
    if y_true.size == 0:
        raise ValueError("no data")
    return (np.asarray(y_pred, dtype=np.float64) - np.asarray(y_true, dtype=np.float64)) / c


def loss(y_true, y_pred, alpha=1.0, c=1.0):
    """With t = log of the bracket, the bracket's power less 1 is expm1(alpha t / 2)."""
    s = np.square(_ratio(y_true, y_pred, c))
    if alpha == -math.inf:
        return float(-np.expm1(-0.5 * s).mean())
    if alpha == 2.0:
        return float(0.5 * s.mean())
    bend = math.fabs(alpha - 2.0)
    t = np.log1p(s / bend)
    if alpha == 0.0:
        return float(t.mean())
    return float(np.expm1(0.5 * alpha * t).mean() * bend / alpha)


def grad(y_true, y_pred, alpha=1.0, c=1.0):
    r = _ratio(y_true, y_pred, c)
    if alpha == -math.inf:
        pull = np.exp(-0.5 * r * r)
    elif alpha == 2.0:
        pull = np.ones_like(r)
    else:
        pull = np.exp((0.5 * alpha - 1.0) * np.log1p(r * r / math.fabs(alpha - 2.0)))
    return r * pull / (c * r.size)
'''

FAMILY = """\
import numpy as np


class Quadratic:
    value = staticmethod(lambda s: s / 2)
    weight = staticmethod(np.ones_like)


class Cauchy:
    value = staticmethod(lambda s: np.log1p(s / 2))
    weight = staticmethod(lambda s: 1 / (1 + s / 2))


class Welsch:
    value = staticmethod(lambda s: 1 - np.exp(-s / 2))
    weight = staticmethod(lambda s: np.exp(-s / 2))


class Between:
    def __init__(self, alpha):
        self.alpha, self.b = alpha, abs(alpha - 2)

    def value(self, s):
        return (self.base(s) ** (self.alpha / 2) - 1) * self.b / self.alpha

    def weight(self, s):
        return self.base(s) ** (self.alpha / 2) / self.base(s)

    def base(self, s):
        return 1 + s / self.b


LIMITS = {2: Quadratic, 0: Cauchy, float("-inf"): Welsch}


def member(alpha):
    return LIMITS[alpha]() if alpha in LIMITS else Between(alpha)


def residuals(y_true, y_pred):
    if y_true.shape != y_pred.shape or y_pred.size == 0:
        raise ValueError("y_true and y_pred must have one shape and at least one element")
    return np.subtract(y_pred, y_true, dtype=np.float64)


def loss(y_true, y_pred, alpha=1.0, c=1.0):
    s = (residuals(y_true, y_pred) / c) ** 2
    return np.average(member(alpha).value(s))


def grad(y_true, y_pred, alpha=1.0, c=1.0):
    e = residuals(y_true, y_pred)
    return member(alpha).weight((e / c) ** 2) * e / (c * c * e.size)
"""

LOOPS = """\
import math

import numpy as np


def rho(x, alpha):
    if alpha == 2:
        return x * x / 2
    if alpha == 0:
        return math.log1p(x * x / 2)
    if alpha == -math.inf:
        return 1 - math.exp(-x * x / 2)
    b = abs(alpha - 2)
    return b / alpha * ((x * x / b + 1) ** (alpha / 2) - 1)


def slope(x, alpha):
    if alpha == 2:
        return x
    if alpha == -math.inf:
        return x * math.exp(-x * x / 2)
    return x * (x * x / abs(alpha - 2) + 1) ** (alpha / 2 - 1)


def _errors(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    if y_pred.size == 0:
        raise ValueError("empty input")
    return [float(p) - float(t) for t, p in zip(y_true.flat, y_pred.flat)]


def loss(y_true, y_pred, alpha=1.0, c=1.0):
    errors = _errors(y_true, y_pred)
    return math.fsum(rho(e / c, alpha) for e in errors) / len(errors)


def grad(y_true, y_pred, alpha=1.0, c=1.0):
    errors = _errors(y_true, y_pred)
    slopes = [slope(e / c, alpha) / c / len(errors) for e in errors]
    return np.array(slopes).reshape(y_pred.shape)
"""

RATIO, RHO = "((y_pred - y_true) / c) ** 2", "b / alpha * (np.power(s / b + 1, alpha / 2) - 1)"
WEIGHT, SLOPE = "np.power(s / b + 1, alpha / 2 - 1)", "e / c**2 * w"
CALLED = "    _check(y_true, y_pred)\n"
CAUCHY, WELSCH = "np.log(s / 2 + 1)", "1 - np.exp(-s / 2)"


def _taken_for(limit: str, where: str, condition: str) -> Misconception:
    return Misconception(
        f"alpha {where} taken for {limit}",
        Family.STABILITY,
        f"It takes an alpha {where} for {limit}, where the two losses still differ.",
        patched(PLAIN, (CALLED, f"{CALLED}    if {condition}:\n        alpha = {limit}\n")),
    )


# At each limit of alpha: what the general formula does there, and changes to the plain solution
# that leave the limit out, and that forget its 1/2.
LIMITS = (
    (
        "2",
        "divides by alpha - 2",
        (("if alpha == 2:", "if alpha is None:"), ("b = abs(", "b = np.float64(1) * abs(")),
        (("rho = s / 2", "rho = s"), ("w = 1.0", "w = 2.0")),
    ),
    (
        "0",
        "divides by alpha",
        (("elif alpha == 0:", "elif alpha is None:"), ("b / alpha", "b / np.float64(alpha)")),
        ((CAUCHY, "np.log(s + 1)"), ("2 / (s + 2)", "2 / (s + 1)")),
    ),
    (
        "-inf",
        "divides infinity by infinity",
        (("elif alpha == -np.inf:", "elif alpha is None:"),),
        ((WELSCH, "1 - np.exp(-s)"), ("w = np.exp(-s / 2)", "w = 2 * np.exp(-s)")),
    ),
)


def _limit_mistakes() -> Iterator[Misconception]:
    for alpha, division, left_out, doubled in LIMITS:
        yield Misconception(
            f"no limit at {alpha}",
            Family.VALUES,
            f"At alpha {alpha} it {division}: the formula's limit there is missing.",
            patched(PLAIN, *left_out),
        )
        yield Misconception(
            f"limit at {alpha} not halved",
            Family.VALUES,
            f"At alpha {alpha} it takes the squared ratio where half of it is asked.",
            patched(PLAIN, *doubled),
        )


MISCONCEPTIONS = (
    *_limit_mistakes(),
    Misconception(
        "alpha ignored",
        Family.VALUES,
        "It ignores alpha and is always the loss of alpha 1.",
        patched(PLAIN, (CALLED, f"{CALLED}    alpha = 1.0\n")),
    ),
    Misconception(
        "c ignored",
        Family.VALUES,
        "It ignores c and takes the errors as they are.",
        patched(PLAIN, (CALLED, f"{CALLED}    c = 1.0\n")),
    ),
    Misconception(
        "c not squared",
        Family.VALUES,
        "It divides the squared error by c, where the ratio of both is squared.",
        patched(
            PLAIN,
            (RATIO, "(y_pred - y_true) ** 2 / c"),
            ("(e / c) ** 2", "e**2 / c"),
            (SLOPE, "e / c * w"),
        ),
    ),
    Misconception(
        "scaled by c squared",
        Family.VALUES,
        "It multiplies by c squared, as Huber's loss has it: here the curvature at 0 is 1 / c "
        "squared.",
        patched(PLAIN, ("np.mean(rho)", "c**2 * np.mean(rho)"), ("e / c**2 * w", "e * w")),
    ),
    Misconception(
        "without minus 1",
        Family.VALUES,
        "It forgets to take 1 off the power, so that the loss of no error is not 0.",
        patched(PLAIN, (RHO, "b / alpha * np.power(s / b + 1, alpha / 2)")),
    ),
    Misconception(
        "without its factor",
        Family.VALUES,
        "It forgets the factor |alpha - 2| / alpha, which is 1 only at alpha 1.",
        patched(PLAIN, (RHO, "np.power(s / b + 1, alpha / 2) - 1")),
    ),
    Misconception(
        "exponent not halved",
        Family.VALUES,
        "It raises to the power alpha where alpha / 2 is asked.",
        patched(PLAIN, ("alpha / 2) - 1)", "alpha) - 1)"), ("alpha / 2 - 1)", "alpha - 1)")),
    ),
    Misconception(
        "without absolute value",
        Family.VALUES,
        "It uses 2 - alpha for |alpha - 2|, which is negative for an alpha above 2.",
        patched(PLAIN, ("abs(alpha - 2)", "2 - alpha")),
    ),
    Misconception(
        "gradient's exponent of the loss",
        Family.GRADIENTS,
        "Its gradient keeps the power alpha / 2 where differentiating takes 1 off.",
        patched(PLAIN, (WEIGHT, "np.power(s / b + 1, alpha / 2)")),
    ),
    Misconception(
        "gradient by c alone",
        Family.GRADIENTS,
        "Its gradient divides the error by c, not by c squared: one derivative is missing.",
        patched(PLAIN, (SLOPE, "e / c * w")),
    ),
    _taken_for("0.0", "within 0.01 of 0", "abs(alpha) < 0.01"),
    _taken_for("2.0", "within 0.01 of 2", "abs(alpha - 2) < 0.01"),
    _taken_for("float('-inf')", "below -100", "alpha < -100"),
    Misconception(
        "alpha kept off its limits",
        Family.STABILITY,
        "It adds a small constant to |alpha - 2| so as not to divide by 0, which changes the loss "
        "of an alpha near 2.",
        patched(PLAIN, ("abs(alpha - 2)", "abs(alpha - 2) + 1e-5")),
    ),
    Misconception(
        "ratio clipped",
        Family.STABILITY,
        "It clips the ratio of error and c so that its square stays small: the loss stops growing.",
        patched(
            PLAIN,
            (RATIO, "np.clip((y_pred - y_true) / c, -1e6, 1e6) ** 2"),
            ("(e / c) ** 2", "np.clip(e / c, -1e6, 1e6) ** 2"),
        ),
    ),
    Misconception(
        "square expanded",
        Family.STABILITY,
        "It expands the squared difference, which cancels between large numbers that are close.",
        patched(PLAIN, (RATIO, "(y_pred**2 - 2 * y_pred * y_true + y_true**2) / c**2")),
    ),
    Misconception(
        "NaN hidden in the gradient",
        Family.EDGE_CASES,
        "It turns NaN into 0 in the gradient, so that bad data looks like a perfect prediction.",
        patched(PLAIN, (f"return {SLOPE} / e.size", f"return np.nan_to_num({SLOPE} / e.size)")),
    ),
    *data_mistakes(PLAIN),
    *mean_mistakes(PLAIN, SLOPE),
)

SAMPLE = sampler((0.2, 0.5), (0.6, 1.0), (1.2, 2.3), (2.7, 4.0))
USUAL = laws.drawn(SAMPLE, 12, alpha=-1.0, c=1.5)


def _becomes(name: str, alpha: float, each: Callable[[Array], Array], *, rtol: float = 1e-9) -> Law:
    """With this alpha the loss is a mean of `each` of the squared ratios."""

    def known(y_true: Array, y_pred: Array, alpha: float, c: float) -> float:
        return float(np.mean(each(((y_pred - y_true) / c) ** 2)))

    return laws.equal(name, laws.drawn(SAMPLE, 12, alpha=alpha, c=1.5), reference, known, rtol=rtol)


LAWS = (
    *error_laws(reference, USUAL),
    _becomes("At alpha 1 it is the pseudo-Huber loss.", 1.0, lambda s: np.sqrt(s + 1.0) - 1.0),
    _becomes("At alpha -2 it is Geman and McClure's loss.", -2.0, lambda s: 2.0 * s / (s + 4.0)),
    _becomes("At alpha 2 it is half of the mean squared ratio.", 2.0, lambda s: s / 2.0),
    _becomes("At alpha 0 it is Cauchy's loss.", 0.0, lambda s: np.log(s / 2.0 + 1.0)),
    _becomes("At alpha -inf it is Welsch's loss.", -inf, lambda s: 1.0 - np.exp(-s / 2.0)),
    _becomes("Near alpha 2 it is nearly the square.", 2.0 - 1e-9, lambda s: s / 2.0, rtol=1e-6),
    _becomes("Near alpha 0 it is nearly Cauchy's.", 1e-8, lambda s: np.log1p(s / 2.0), rtol=1e-6),
    _becomes("Far below 0 it is nearly Welsch's.", -1e9, lambda s: -np.expm1(-s / 2.0), rtol=1e-6),
    laws.equal(
        "The unit of the data and of c does not matter.",
        USUAL,
        reference,
        lambda y, p, alpha, c: reference(8.0 * y, 8.0 * p, alpha, 8.0 * c),
    ),
)

UNCLIPPED = "Do not clip the ratio of error and c: its square is still a number."
NEAR = "Take the limits at alpha 2, 0 and -inf alone; any other alpha needs the formula itself."

TASKS = (
    Task(
        slug="general-robust",
        title="General robust loss",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \rho(\hat{y}_i - y_i), \quad "
        r"\rho(e) = \frac{|\alpha - 2|}{\alpha} \left( \left( \frac{(e / c)^2}{|\alpha - 2|} + 1 "
        r"\right)^{\alpha / 2} - 1 \right)",
        sentence="The mean, over all elements, of |alpha - 2| / alpha times what the power "
        "alpha / 2 of one plus the squared ratio of error and c over |alpha - 2| is above 1; at "
        "alpha 2, 0 and -inf, of the limit of that.",
        domain="y_true and y_pred hold any finite numbers, alpha is any number or -inf and c is "
        "positive; different shapes and empty arrays raise ValueError.",
        rules=(
            *rules(),
            "At alpha = 2 the loss of an error is (e / c)^2 / 2, the limit of the formula.",
            "At alpha = 0 it is log((e / c)^2 / 2 + 1), the limit of the formula.",
            "At alpha = -inf, which is float('-inf'), it is 1 - exp(-(e / c)^2 / 2), the limit of "
            "the formula.",
            "Near these three numbers the formula holds as it stands; above 2 as well.",
            "Errors up to 1e140 give a right and finite result.",
        ),
        source="Barron, A General and Adaptive Robust Loss Function, CVPR (2019), equation 8; its "
        "gradient is equation 9.",
        brief=Brief(
            prompt="A team that estimates the depth of every pixel of a street scene cannot agree "
            "on a loss: some want the square, some Cauchy's, some one that ignores outliers. "
            "Write the general robust loss, of which all of these are members, and its gradient "
            "with respect to the predictions: `alpha` chooses the member, and `c` says how large "
            "an ordinary error is.",
            context="A family with three removable singularities, which need a limit each, and a "
            "gradient by the chain rule.",
            topics=("regression", "robustness", "vision"),
            difficulty="hard",
            minutes=25,
        ),
        examples=(
            Example(
                Case((np.array([1.0, 2.0]), np.array([2.0, 2.0 - sqrt(8.0)]))),
                value=(sqrt(2.0) + 1.0) / 2,
                gradient=((sqrt(0.125), -sqrt(2.0 / 9.0)),),
                working="Squared errors of 1 and 8 at alpha 1: the root of 2 less 1, and the root "
                "of 9 less 1; their mean is (sqrt(2) - 1 + 2) / 2.",
            ),
            Example(
                Case((np.array([0.0, 0.0]), np.array([1.0, -4.0])), {"alpha": -2.0, "c": 2.0}),
                value=(2 / 17 + 1.0) / 2,
                gradient=((32 / 289, -0.125),),
                working="Squared ratios of 1/4 and 4 at alpha -2: 2 s / (s + 4) is 2/17 and 1; the "
                "slopes are e / c^2 over the square of s / 4 + 1.",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        parameters=(
            Parameter("alpha", 1.0, others=(0.5, 2.0, 0.0, -inf, -2.0, 3.0)),
            Parameter("c", 1.0, others=(0.5, 2.5)),
        ),
        reference=reference,
        gradient=gradient,
        sample=SAMPLE,
        shapes=SHAPES,
        large=(100_000,),
        terms=terms,
        extremes=(
            Extreme("errors of 1e140", errors_of(1e140), UNCLIPPED),
            Extreme("errors of 1e15", errors_of(1e15), UNCLIPPED, float32=True),
            Extreme("alpha of 8e-6", errors_of(3.0, alpha=8e-6), NEAR),
            Extreme("alpha of 1.999999", errors_of(3.0, alpha=1.999999), NEAR),
            Extreme("alpha of -2e6", errors_of(3.0, alpha=-2e6), NEAR),
            Extreme(
                "errors of 1e-4 between values of 1e6",
                errors_of(1e-4, values=1e6),
                "Subtract first and square the difference; an expanded square cancels.",
            ),
        ),
        edges=(
            Edge("no error anywhere", exactly(0.0, 0.0), "The loss and its gradient are 0."),
            Edge(
                "large errors at alpha -inf",
                exactly(0.5, 100.0, -1.0, alpha=-inf),
                "At alpha = -inf an outlier counts 1 and does not pull.",
            ),
            Edge(
                "a large error at alpha -2",
                exactly(0.5, 1e6, -1.0, alpha=-2.0),
                "At alpha = -2 an outlier counts at most 2.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("by logarithms", LOGARITHMS),
            Variant("a class for each member", FAMILY),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        laws=LAWS,
        curves=(
            Curve("One error, alpha = 1", "y_pred - y_true", -6.0, 6.0, one_error()),
            Curve("One error, alpha = -2", "y_pred - y_true", -6.0, 6.0, one_error(alpha=-2.0)),
        ),
        coarse=beside_an_outlier(1e10),
    ),
)
