"""The Tweedie deviance, for amounts that are often 0."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.catalogue import exact, laws, poisson_nll
from grader.catalogue.amounts import amount_mistakes, listed
from grader.catalogue.error_losses import mean_mistakes
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
    Law,
    Misconception,
    Parameter,
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def _checked(y_true: Array, y_pred: Array, power: float) -> tuple[Array, ...]:
    y_true, y_pred = paired(y_true, y_pred)
    require(1 < power < 2, f"power must be between 1 and 2, got {power}")
    require(not (y_true < 0).any(), "y_true must not be negative")
    require(not (y_pred <= 0).any(), "y_pred must be positive")
    return y_true, y_pred


def _parts(y_true: Array, y_pred: Array, power: float) -> tuple[Array, Array, Array]:
    """Return the three terms of twice the formula, of which the first is subtracted."""
    y_true, y_pred = _checked(y_true, y_pred, power)
    a, b = 2.0 - power, power - 1.0
    return 2 / (a * b) * y_true**a, 2 / b * y_true * y_pred**-b, 2 / a * y_pred**a


def reference(y_true: Array, y_pred: Array, power: float = 1.5) -> float:
    """Return the mean Tweedie deviance of a power p between 1 and 2.

        L = mean 2 ( y^(2-p) / ((1-p)(2-p)) - y m^(1-p) / (1-p) + m^(2-p) / (2-p) )

    Args:
        y_true: y, any shape; amounts >= 0.
        y_pred: m, the same shape and unit; expected amounts > 0.
        power: p, 1 < p < 2; the variance of y grows as m^p.

    Returns:
        The loss in that unit to the power of 2 - p, >= 0; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ, the arrays are empty, y_true is negative, y_pred is not
            positive or power is out of range.

    Source: Jorgensen, The Theory of Dispersion Models (1997), chapter 4.
    """
    own, cross, expected = _parts(y_true, y_pred, power)
    # Of amounts that agree rounding may leave less than nothing.
    return float(np.mean(np.maximum((cross - own) + expected, 0.0)))


def gradient(y_true: Array, y_pred: Array, power: float = 1.5) -> tuple[Array]:
    """Return d loss / d y_pred = 2 m^(1-p) (m - y) / m / n, of its shape; errors as above."""
    y_true, y_pred = _checked(y_true, y_pred, power)
    # m^(-p) would overflow long before the slope does.
    return (2.0 * y_pred ** (1.0 - power) * ((y_pred - y_true) / y_pred) / y_true.size,)


def terms(y_true: Array, y_pred: Array, power: float = 1.5) -> float:
    return at_least_tiny(max(np.max(part) for part in _parts(y_true, y_pred, power)))


def definition(mp: Any, y_true: Any, y_pred: Any, power: Any) -> Any:
    def deviance(y: Any, m: Any) -> Any:
        own = y ** (2 - power) / ((1 - power) * (2 - power))
        return 2 * (own - y * m ** (1 - power) / (1 - power) + m ** (2 - power) / (2 - power))

    return exact.mean(mp, (deviance(y, m) for y, m in exact.pairs(y_true, y_pred)))


def _amounts(rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
    """Draw amounts of 0.2 to 8, and predictions that are off by a factor of 1.1 to 3."""
    y_true = np.exp(rng.uniform(np.log(0.2), np.log(8.0), size=shape))
    off = rng.uniform(np.log(1.1), np.log(3.0), size=shape)
    return y_true, y_true * np.exp(off * rng.choice([-1.0, 1.0], size=shape))


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
    """Draw amounts, of which about every fourth is 0, and positive predictions."""
    y_true, y_pred = _amounts(rng, shape)
    nothing = rng.random(shape) < 0.25
    return np.where(nothing, 0.0, y_true), np.where(nothing, y_pred + 0.2, y_pred)


def scaled(truths: float, predictions: float) -> Callable[[np.random.Generator], Case]:
    """Return a draw of positive amounts of these sizes."""

    def case(rng: np.random.Generator) -> Case:
        y_true, y_pred = _amounts(rng, (8,))
        return Case((truths * y_true, predictions * y_pred))

    return case


def some_right(rng: np.random.Generator) -> Case:
    """Predictions that are exactly right, and one beside which a slope of 0 may be rounded."""
    y_true, y_pred = _amounts(rng, (6,))
    return Case((y_true, np.append(y_true[:-1], y_pred[-1:])))


def beside_a_huge_amount(rng: np.random.Generator) -> Case:
    """Ordinary slopes, and one amount of 1e30, in which all digits of the loss are."""
    y_true, y_pred = sample(rng, (12,))
    i = rng.integers(12)
    y_true[i], y_pred[i] = 1e30, 2e30
    return Case((y_true, y_pred))


def at_power(power: float) -> Callable[[np.random.Generator], Case]:
    return laws.drawn(_amounts, 8, power=power)


PLAIN = (
    CHECK.replace("y_true, y_pred):", "y_true, y_pred, power):")
    + """\
    if not 1 < power < 2:
        raise ValueError("power must lie between 1 and 2")
    if np.any(y_true < 0):
        raise ValueError("y_true must not be negative")
    if np.any(y_pred <= 0):
        raise ValueError("y_pred must be positive")


def loss(y_true, y_pred, power=1.5):
    _check(y_true, y_pred, power)
    own = y_true ** (2 - power) / ((1 - power) * (2 - power))
    cross = y_true * y_pred ** (1 - power) / (1 - power)
    expected = y_pred ** (2 - power) / (2 - power)
    return np.mean(2 * (own - cross + expected))


def grad(y_true, y_pred, power=1.5):
    _check(y_true, y_pred, power)
    return 2 * y_pred ** (1 - power) * (1 - y_true / y_pred) / y_pred.size
"""
)

FAMILY = """\
import numpy as np


class Tweedie:
    def __init__(self, y, mean, power):
        if y.shape != mean.shape or not mean.size:
            raise ValueError("one mean for each observation, and at least one")
        if (y < 0).any() or (mean <= 0).any() or not (power > 1 and power < 2):
            raise ValueError("outside of the support")
        self.y, self.mean, self.power = y, mean, power

    def kappa(self, mean):
        return np.power(mean, 2 - self.power) / (2 - self.power)

    def theta(self, mean):
        return np.power(mean, 1 - self.power) / (1 - self.power)

    def deviance(self):
        # y theta(y) - kappa(y) in one: theta(0) is infinite.
        saturated = -self.kappa(self.y) / (self.power - 1)
        return 2 * (saturated - self.y * self.theta(self.mean) + self.kappa(self.mean))

    def slope(self):
        relative_error = (self.mean - self.y) / self.mean
        return 2 * relative_error / np.power(self.mean, self.power - 1)


def loss(y_true, y_pred, power=1.5):
    return Tweedie(y_true, y_pred, power).deviance().mean()


def grad(y_true, y_pred, power=1.5):
    return np.divide(Tweedie(y_true, y_pred, power).slope(), y_pred.size)
"""

LOG_RATIOS = """\
import numpy as np


def prepare(y_true, y_pred, power):
    if np.shape(y_true) != np.shape(y_pred):
        raise ValueError("shapes")
    if np.size(y_true) == 0:
        raise ValueError("empty")
    if not 1.0 < power < 2.0:
        raise ValueError("power")
    if np.count_nonzero(y_true < 0) or np.count_nonzero(y_pred <= 0):
        raise ValueError("sign")
    y, m = y_true.astype(float).ravel(), y_pred.astype(float).ravel()
    some = y != 0
    return y[some], np.log(m[some]) - np.log(y[some]), some, m


def loss(y_true, y_pred, power=1.5):
    y, t, some, m = prepare(y_true, y_pred, power)
    a, b = 2 - power, power - 1
    paid = np.sum(y**a * (np.expm1(-b * t) / b + np.expm1(a * t) / a))
    unpaid = np.sum(m[~some] ** a) / a
    return 2 * (paid + unpaid) / m.size


def grad(y_true, y_pred, power=1.5):
    _, t, some, m = prepare(y_true, y_pred, power)
    excess = np.ones(m.size)
    excess[some] = -np.expm1(-t)
    return (2 / m.size * excess * m ** (1 - power)).reshape(y_pred.shape)
"""

LOOPS = """\
import math

import numpy as np


def _pairs(y_true, y_pred, power):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    if y_true.size == 0:
        raise ValueError("nothing to average")
    if not 1 < power < 2:
        raise ValueError("bad power")
    pairs = list(zip(y_true.ravel().tolist(), y_pred.ravel().tolist()))
    for y, m in pairs:
        if y < 0 or m <= 0:
            raise ValueError(f"bad pair {y}, {m}")
    return pairs


def loss(y_true, y_pred, power=1.5):
    pairs = _pairs(y_true, y_pred, power)
    total = 0.0
    for y, m in pairs:
        total += y ** (2 - power) / (1 - power) / (2 - power)
        total += m ** (2 - power) / (2 - power) - y * m ** (1 - power) / (1 - power)
    return 2 * total / len(pairs)


def grad(y_true, y_pred, power=1.5):
    pairs = _pairs(y_true, y_pred, power)
    slopes = [2 * m ** (1 - power) * (m - y) / m / len(pairs) for y, m in pairs]
    return np.array(slopes).reshape(y_pred.shape)
"""

EACH = "2 * (own - cross + expected)"
SLOPE = "2 * y_pred ** (1 - power) * (1 - y_true / y_pred)"
CHECKED = "    _check(y_true, y_pred, power)\n"
EXPECTATIONS = "if np.any(y_pred <= 0):"


def _afterwards(line: str) -> str:
    """Return PLAIN with another line once the inputs are checked."""
    return patched(PLAIN, (CHECKED, f"{CHECKED}    {line}\n"))


MISCONCEPTIONS = (
    Misconception(
        "half of the deviance",
        Family.VALUES,
        "It is half of the deviance: the factor 2 is missing.",
        patched(PLAIN, (EACH, "own - cross + expected"), (SLOPE, SLOPE.removeprefix("2 * "))),
    ),
    Misconception(
        "term of the truth left out",
        Family.VALUES,
        "It leaves out the term of y_true alone, as a likelihood may; the deviance of a right "
        "prediction is 0.",
        patched(PLAIN, (EACH, "2 * (expected - cross)")),
    ),
    Misconception(
        "sign of the mixed term",
        Family.VALUES,
        "It adds the mixed term where it is subtracted: 1 - power is negative already.",
        patched(PLAIN, (EACH, "2 * (own + cross + expected)"), ("(1 - y_true", "(1 + y_true")),
    ),
    Misconception(
        "power ignored",
        Family.VALUES,
        "It computes with a power of 1.5, whatever power is given.",
        _afterwards("power = 1.5"),
    ),
    Misconception(
        "power mirrored",
        Family.VALUES,
        "It takes 3 - power for the power: its exponents are exchanged.",
        _afterwards("power = 3 - power"),
    ),
    Misconception(
        "prediction taken for a logarithm",
        Family.VALUES,
        "It takes the prediction for the logarithm of the expected amount, as libraries of "
        "boosted trees do.",
        _afterwards("y_pred = np.exp(y_pred)"),
    ),
    Misconception(
        "Pearson residuals",
        Family.VALUES,
        "It divides the squared error by y_pred ** power, the variance: near the truth that is "
        "alike, elsewhere it is not.",
        patched(PLAIN, (EACH, "(y_pred - y_true) ** 2 / y_pred**power")),
    ),
    Misconception(
        "truths of 0 left out of the mean",
        Family.VALUES,
        "It averages over the amounts above 0 alone; those of 0 cost something too.",
        patched(
            PLAIN,
            (
                f"np.mean({EACH})",
                f"np.sum(np.where(y_true == 0, 0.0, {EACH})) / max(np.count_nonzero(y_true), 1)",
            ),
        ),
    ),
    Misconception(
        "factor 2 missing in the gradient",
        Family.GRADIENTS,
        "Its gradient is half of the right one: the factor 2 is missing.",
        patched(PLAIN, (SLOPE, SLOPE.removeprefix("2 * "))),
    ),
    Misconception(
        "gradient of the expected amount alone",
        Family.GRADIENTS,
        "Its gradient lacks that of the mixed term, in which y_pred stands too.",
        patched(PLAIN, (SLOPE, "2 * y_pred ** (1 - power)")),
    ),
    Misconception(
        "gradient of the logarithm",
        Family.GRADIENTS,
        "Its gradient is with respect to the logarithm of y_pred: a factor y_pred too many.",
        patched(PLAIN, (SLOPE, "2 * y_pred ** (1 - power) * (y_pred - y_true)")),
    ),
    Misconception(
        "power of -p",
        Family.STABILITY,
        "It computes y_pred ** (-power), which overflows for small amounts and vanishes for large "
        "ones where the slope does neither.",
        patched(PLAIN, (SLOPE, "2 * (y_pred - y_true) * y_pred ** (-power)")),
    ),
    Misconception(
        "epsilon added",
        Family.STABILITY,
        "It adds 1e-8 to the prediction, which drowns small amounts.",
        _afterwards("y_pred = y_pred + 1e-8"),
    ),
    Misconception(
        "single precision",
        Family.STABILITY,
        "It converts the amounts to float32, which ends at 3e38.",
        _afterwards("y_true, y_pred = np.float32(y_true), np.float32(y_pred)"),
    ),
    Misconception(
        "prediction of 0 accepted",
        Family.EDGE_CASES,
        "It refuses negative predictions alone; one of 0 must raise ValueError too.",
        patched(PLAIN, (EXPECTATIONS, "if np.any(y_pred < 0):")),
    ),
    Misconception(
        "power not checked",
        Family.EDGE_CASES,
        "It computes with any power; one outside of 1 to 2 must raise ValueError.",
        patched(PLAIN, ("if not 1 < power < 2:", "if power is None:")),
    ),
    Misconception(
        "last term in units of the truth",
        Family.EDGE_CASES,
        "It divides the prediction by the truth, which leaves NaN where the truth is 0.",
        patched(PLAIN, ("= y_pred ** (2", "= y_true ** (2 - power) * (y_pred / y_true) ** (2")),
    ),
    *amount_mistakes(PLAIN),
    *mean_mistakes(PLAIN, SLOPE, size="y_pred.size"),
)

USUAL = laws.drawn(sample, 12)


def _in_other_units(rng: np.random.Generator) -> tuple[float, float]:
    """Pence for pounds: the loss is of the dimension of y^(2-p)."""
    y_true, y_pred = sample(rng, (12,))
    unit, power = rng.uniform(0.1, 10.0), rng.uniform(1.1, 1.9)
    value = unit ** (2.0 - power) * reference(y_true, y_pred, power)
    return reference(unit * y_true, unit * y_pred, power), value


def _poisson_deviance(y_true: Array, y_pred: Array, power: float) -> float:
    at, best = (poisson_nll.reference(y_true, np.log(m)) for m in (y_pred, y_true))
    return 2.0 * (at - best)


def _gamma_deviance(y_true: Array, y_pred: Array, power: float) -> float:
    ratio = y_true / y_pred
    return float(np.mean(2.0 * (ratio - 1.0 - np.log(ratio))))


def _between_roots(y_true: Array, y_pred: Array) -> float:
    return float(np.mean(4.0 * (np.sqrt(y_true) - np.sqrt(y_pred)) ** 2 / np.sqrt(y_pred)))


def _slopes_at_the_mean(rng: np.random.Generator) -> tuple[float, float]:
    y_true = sample(rng, (12,))[0] + 0.1
    (slopes,) = gradient(y_true, np.full_like(y_true, y_true.mean()), rng.uniform(1.1, 1.9))
    return float(slopes.sum()), 0.0


LAWS = (
    laws.zero(
        "At a perfect prediction it is 0.", reference, listed([0.25, 4.0, 1.0], [0.25, 4.0, 1.0])
    ),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
    Law("In other units it is multiplied by their power of 2 - p.", _in_other_units),
    laws.equal(
        "At a power of 3/2 it is a squared difference of roots.", USUAL, reference, _between_roots
    ),
    laws.equal(
        "Towards a power of 1 it becomes the Poisson deviance.",
        at_power(1.0 + 1e-7),
        reference,
        _poisson_deviance,
        rtol=1e-5,
    ),
    laws.equal(
        "Towards a power of 2 it becomes the gamma deviance.",
        at_power(2.0 - 1e-7),
        reference,
        _gamma_deviance,
        rtol=1e-5,
    ),
    Law("Of all constants the mean is the best: the slopes add up to 0.", _slopes_at_the_mean),
)

SMALL = "Write the slope as y_pred^(1-p) times 1 - y_true / y_pred: y_pred^(-p) overflows."

TASKS = (
    Task(
        slug="tweedie-deviance",
        title="Tweedie deviance",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} 2 \left( \frac{y_i^{2-p}}{(1-p)(2-p)} "
        r"- \frac{y_i \, m_i^{1-p}}{1-p} + \frac{m_i^{2-p}}{2-p} \right), \quad 1 < p < 2",
        sentence="The mean, over all elements, of twice the sum of y_true^(2-p) over "
        "(1-p)(2-p), minus y_true times y_pred^(1-p) over 1-p, and y_pred^(2-p) over 2-p; p is "
        "power.",
        domain="y_true holds amounts of 0 or more and y_pred positive ones; different shapes, "
        "empty arrays, a negative y_true, a y_pred of 0 or less, and a power outside of 1 to 2 "
        "raise ValueError.",
        rules=(
            *rules(),
            "y_pred is the expected amount itself and not its logarithm; 0 and less raise "
            "ValueError, and no small prediction is raised to a least one.",
            "A negative y_true raises ValueError; 0 is right, and fractions are too; a NaN gives "
            "NaN.",
            "power lies between 1 and 2; 1, 2 and anything beyond raise ValueError.",
            "All three terms and the factor 2 count: a perfect prediction costs 0.",
            "Amounts from 1e-220 to 1e220, and predictions down to 1e-250 for truths of 0, give "
            "right and finite results.",
        ),
        source="Jorgensen, The Theory of Dispersion Models (1997), chapter 4; as "
        "mean_tweedie_deviance of scikit-learn.",
        brief=Brief(
            prompt="A museum asks for a donation at the exit. Most visitors give nothing, some "
            "give a coin, and a few give a lot, so that the variance grows faster than the mean. "
            "A network predicts the expected donation of each visitor, `y_pred`. Write the mean "
            "Tweedie deviance, which fits amounts that are 0 or positive, and its gradient with "
            "respect to `y_pred`.",
            context="A loss for zero-inflated amounts: exponents and divisors of both signs, and "
            "a slope whose obvious form overflows.",
            topics=("regression", "likelihood", "stability"),
            difficulty="medium",
            minutes=20,
        ),
        examples=(
            Example(
                Case((np.array([4.0, 0.0]), np.array([1.0, 4.0]))),
                value=6.0,
                gradient=((-3.0, 0.5),),
                working="At a power of 3/2 these are 2 (-8 + 8 + 2) = 4 and 2 (0 + 0 + 4) = 8, "
                "whose mean is 6.",
            ),
            Example(
                Case((np.array([16.0]), np.array([1.0])), {"power": 1.25}),
                value=2.0 * (-128.0 / 3.0 + 64.0 + 4.0 / 3.0),
                gradient=((-30.0,),),
                working="16^(3/4) is 8 and the divisors are -1/4 and 3/4: 2 (-128/3 + 64 + 4/3).",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        parameters=(Parameter("power", 1.5, others=(1.1, 1.3, 1.9), invalid=(1.0, 2.0, 0.0, 3.0)),),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=SHAPES,
        large=(100_000,),
        terms=terms,
        extremes=(
            Extreme("amounts of 1e-220", scaled(1e-220, 1e-220), SMALL),
            Extreme("amounts of 1e-28", scaled(1e-28, 1e-28), SMALL, float32=True),
            Extreme(
                "amounts of 1e220",
                scaled(1e220, 1e220),
                "Write the slope as y_pred^(1-p) times 1 - y_true / y_pred, in float64: "
                "y_pred^(-p) vanishes.",
            ),
            Extreme(
                "predictions of 1e-100 for truths of 1e100",
                scaled(1e100, 1e-100),
                "Clip nothing and add no epsilon: a very wrong prediction has a very large loss.",
            ),
            Extreme(
                "predictions of 1e-250 for truths of 0",
                scaled(0.0, 1e-250),
                "Let y_true / y_pred be 0 where y_true is: 0 times an overflow is NaN.",
            ),
        ),
        edges=(
            Edge(
                "one negative truth",
                listed([2.0, -0.5, 0.0], [0.5, 0.5, 0.5]),
                "A negative y_true raises ValueError.",
                expect=Expect.VALUE_ERROR,
            ),
            Edge(
                "one prediction of 0",
                listed([2.0, 0.0, 1.0], [0.5, 0.0, 0.5]),
                "A y_pred of 0 raises ValueError, also where y_true is 0.",
                expect=Expect.VALUE_ERROR,
            ),
            Edge(
                "one negative prediction",
                listed([2.0, 0.0, 1.0], [0.5, 0.5, -0.5]),
                "A negative y_pred raises ValueError.",
                expect=Expect.VALUE_ERROR,
            ),
            Edge(
                "all truths 0",
                listed([0.0, 0.0, 0.0], [0.5, 2.0, 4.0]),
                "Where y_true is 0 the loss is the last term alone.",
            ),
            Edge(
                "some predictions exactly right",
                some_right,
                "An exact prediction costs nothing and has no slope.",
            ),
            Edge(
                "a power just above 1",
                at_power(1.0 + 2.0**-10),
                "Every power between 1 and 2 counts as it is, also one next to 1.",
            ),
            Edge(
                "a power just below 2",
                at_power(2.0 - 2.0**-10),
                "Every power between 1 and 2 counts as it is, also one next to 2.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("an exponential dispersion family", FAMILY),
            Variant("expm1 of log ratios", LOG_RATIOS),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        laws=LAWS,
        curves=(
            Curve(
                "One prediction for a truth of 1, power = 1.5",
                "y_pred",
                0.1,
                4.0,
                lambda m: Case((np.ones(1), np.array([m]))),
            ),
            Curve(
                "One prediction for a truth of 0, power = 1.5",
                "y_pred",
                0.1,
                4.0,
                lambda m: Case((np.zeros(1), np.array([m]))),
            ),
        ),
        coarse=beside_a_huge_amount,
    ),
)
