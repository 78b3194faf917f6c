"""The negative log-likelihood of counts under a Poisson distribution."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.amounts import amount_mistakes, listed
from grader.catalogue.error_losses import mean_mistakes
from grader.catalogue.exact import mean, pairs
from grader.catalogue.inputs import paired, require
from grader.catalogue.pairs import CHECK, SHAPES, rules
from grader.catalogue.regression import at_least_tiny
from grader.catalogue.task import (
    Argument,
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
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def _checked(y_true: Array, log_rate: Array) -> tuple[Array, ...]:
    y_true, log_rate = paired(y_true, log_rate)
    require(not (y_true < 0).any(), "counts must not be negative")
    return y_true, log_rate


def reference(y_true: Array, log_rate: Array) -> float:
    """Return mean( exp(log_rate) - y_true log_rate ), in nats.

    The term log(y_true!) is left out: it does not depend on the prediction.

    Args:
        y_true: any shape; counts, or any numbers >= 0.
        log_rate: the same shape; the natural logarithm of the expected count.

    Returns:
        The loss, which may be negative; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ, the arrays are empty or a count is negative.

    Source: Cameron, Trivedi, Regression Analysis of Count Data (2nd ed., 2013), equation 2.5.
    """
    y_true, log_rate = _checked(y_true, log_rate)
    return float(np.mean(np.exp(log_rate) - y_true * log_rate))


def gradient(y_true: Array, log_rate: Array) -> tuple[Array]:
    """Return d loss / d log_rate = (exp(log_rate) - y_true) / n, of its shape; errors as above."""
    y_true, log_rate = _checked(y_true, log_rate)
    return ((np.exp(log_rate) - y_true) / y_true.size,)


def terms(y_true: Array, log_rate: Array) -> float:
    """Return the largest rate, or product of a count and a log rate."""
    y_true, log_rate = _checked(y_true, log_rate)
    return at_least_tiny(max(np.max(np.exp(log_rate)), np.max(np.abs(y_true * log_rate))))


def definition(mp: Any, y_true: Any, log_rate: Any) -> Any:
    return mean(mp, (mp.exp(z) - y * z for y, z in pairs(y_true, log_rate)))


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
    """Draw counts of 0 to some 10, and log rates that are off by up to 1.5."""
    y_true = rng.poisson(3.0, size=shape).astype(np.float64)
    off = rng.uniform(0.2, 1.5, size=shape) * rng.choice([-1.0, 1.0], size=shape)
    return y_true, np.log(y_true + 0.5) + off


def log_rates_near(centre: float, counts: float = 3.0) -> Callable[[np.random.Generator], Case]:
    """Return a draw of log rates within 5 of `centre`, and counts of 0.5 to 2 times `counts`."""

    def case(rng: np.random.Generator) -> Case:
        y_true = counts * rng.uniform(0.5, 2.0, size=8)
        return Case((y_true, centre + rng.uniform(-5.0, 5.0, size=8)))

    return case


def beside_a_huge_rate(rng: np.random.Generator) -> Case:
    """Low rates, and one of e^100 that is right: the loss is huge, and all slopes are not."""
    y_true, log_rate = sample(rng, (12,))
    i = rng.integers(12)
    log_rate[i] = 100.0
    y_true[i] = np.exp(100.0)
    return Case((y_true, log_rate))


PLAIN = (
    CHECK.replace("y_pred", "log_rate")
    + """\
    if np.any(y_true < 0):
        raise ValueError("counts must not be negative")


def loss(y_true, log_rate):
    _check(y_true, log_rate)
    return np.mean(np.exp(log_rate) - y_true * log_rate)


def grad(y_true, log_rate):
    _check(y_true, log_rate)
    return (np.exp(log_rate) - y_true) / log_rate.size
"""
)

SEPARATE = '''\
import numpy as np


def flat(y_true, log_rate):
    counts, z = np.asarray(y_true, dtype=np.float64), np.asarray(log_rate, dtype=np.float64)
    if counts.shape != z.shape or counts.size == 0:
        raise ValueError("counts and log rates must have one shape, not empty")
    if counts.min() < 0:
        raise ValueError("a count below zero")
    return counts.ravel(), z.ravel()


def loss(y_true, log_rate):
    """Expected counts less the inner product of counts and log rates."""
    counts, z = flat(y_true, log_rate)
    return float((np.exp(z).sum() - counts @ z) / z.size)


def grad(y_true, log_rate):
    counts, z = flat(y_true, log_rate)
    excess = np.exp(z)
    excess -= counts
    excess *= 1.0 / z.size
    return excess.reshape(log_rate.shape)
'''

FAMILY = '''\
import numpy as np


class Poisson:
    """An exponential family: log p(y | z) = y z - A(z) + h(y), and A' is the mean."""

    def log_partition(self, z):
        return np.exp(z)

    def mean(self, z):
        return np.exp(z)

    def validate(self, y, z):
        if y.shape != z.shape:
            raise ValueError("y and z differ in shape")
        if not np.size(y):
            raise ValueError("no observations")
        if (y < 0).any():
            raise ValueError("y is outside of the support")


def loss(y_true, log_rate):
    family = Poisson()
    family.validate(y_true, log_rate)
    likelihood = np.multiply(y_true, log_rate, dtype=float) - family.log_partition(log_rate)
    return -np.average(likelihood)


def grad(y_true, log_rate):
    family = Poisson()
    family.validate(y_true, log_rate)
    return np.divide(family.mean(log_rate) - y_true, y_true.size)
'''

LOOPS = """\
import math

import numpy as np


def _pairs(y_true, log_rate):
    if y_true.shape != log_rate.shape:
        raise ValueError("shapes differ")
    if y_true.size == 0:
        raise ValueError("empty input")
    pairs = list(zip(y_true.ravel().tolist(), log_rate.ravel().tolist()))
    if any(y < 0 for y, _ in pairs):
        raise ValueError("negative count")
    return pairs


def loss(y_true, log_rate):
    pairs = _pairs(y_true, log_rate)
    total = 0.0
    for y, z in pairs:
        total += math.exp(z) - y * z
    return total / len(pairs)


def grad(y_true, log_rate):
    pairs = _pairs(y_true, log_rate)
    slopes = [(math.exp(z) - y) / len(pairs) for y, z in pairs]
    return np.array(slopes).reshape(log_rate.shape)
"""

EACH, SLOPE = "np.exp(log_rate) - y_true * log_rate", "(np.exp(log_rate) - y_true)"
STIRLING = "y_true * np.log(y_true) - y_true + 0.5 * np.log(2 * np.pi * y_true)"

MISCONCEPTIONS = (
    Misconception(
        "log rate taken for the rate",
        Family.VALUES,
        "It takes its input for the rate itself, where it is the logarithm of the rate.",
        patched(
            PLAIN,
            (EACH, "log_rate - y_true * np.log(log_rate)"),
            (SLOPE, "(1 - y_true / log_rate)"),
        ),
    ),
    Misconception(
        "count not multiplied",
        Family.VALUES,
        "It subtracts the log rate itself, not the count times the log rate.",
        patched(PLAIN, (EACH, "np.exp(log_rate) - log_rate"), (SLOPE, "(np.exp(log_rate) - 1)")),
    ),
    Misconception(
        "count times the rate",
        Family.VALUES,
        "It multiplies the count by the rate, where it is the log rate that it multiplies.",
        patched(
            PLAIN,
            (EACH, "(1 - y_true) * np.exp(log_rate)"),
            (SLOPE, "((1 - y_true) * np.exp(log_rate))"),
        ),
    ),
    Misconception(
        "likelihood not negated",
        Family.VALUES,
        "It is the log-likelihood, which is to be maximised: the sign is missing.",
        patched(PLAIN, (EACH, f"-({EACH})"), (SLOPE, f"-{SLOPE}")),
    ),
    Misconception(
        "Stirling's term added",
        Family.VALUES,
        "It adds Stirling's approximation of log(y!) for counts above 1, which this formula "
        "leaves out.",
        patched(
            PLAIN,
            (
                EACH,
                f"{EACH} + np.where(y_true > 1, np.nan_to_num({STIRLING}), 0.0)",
            ),
        ),
    ),
    Misconception(
        "deviance",
        Family.VALUES,
        "It is the Poisson deviance, twice the distance from the best possible loss.",
        patched(
            PLAIN,
            (
                EACH,
                "2 * (np.exp(log_rate) - y_true"
                " + y_true * (np.log(np.maximum(y_true, 1e-300)) - log_rate))",
            ),
            (SLOPE, "2 * (np.exp(log_rate) - y_true)"),
        ),
    ),
    Misconception(
        "softplus rate",
        Family.VALUES,
        "It makes the rate positive by softplus where exp is asked.",
        patched(
            PLAIN,
            (EACH, "np.logaddexp(0, log_rate) - y_true * np.log(np.logaddexp(0, log_rate))"),
        ),
    ),
    Misconception(
        "squared error of the rates",
        Family.VALUES,
        "It is the squared error of the rate, as if counts had a constant variance.",
        patched(
            PLAIN,
            (EACH, "(np.exp(log_rate) - y_true) ** 2"),
            (SLOPE, "2 * (np.exp(log_rate) - y_true) * np.exp(log_rate)"),
        ),
    ),
    Misconception(
        "count forgotten in the gradient",
        Family.GRADIENTS,
        "Its gradient is the rate alone: the count is missing.",
        patched(PLAIN, (SLOPE, "np.exp(log_rate)")),
    ),
    Misconception(
        "gradient of the rate",
        Family.GRADIENTS,
        "Its gradient is with respect to the rate, 1 - y / rate: the chain rule of exp is missing.",
        patched(PLAIN, (SLOPE, "(1 - y_true / np.exp(log_rate))")),
    ),
    Misconception(
        "gradient multiplied by the rate",
        Family.GRADIENTS,
        "Its gradient applies the chain rule of exp twice.",
        patched(PLAIN, (SLOPE, "(np.exp(log_rate) - y_true) * np.exp(log_rate)")),
    ),
    Misconception(
        "logarithm of the exponential",
        Family.STABILITY,
        "It takes the logarithm of the rate again: for very low rates that is the logarithm of 0.",
        patched(PLAIN, (EACH, "np.exp(log_rate) - y_true * np.log(np.exp(log_rate))")),
    ),
    Misconception(
        "epsilon within the logarithm",
        Family.STABILITY,
        "It takes the logarithm of the rate plus a small constant, which drowns low rates.",
        patched(PLAIN, (EACH, "np.exp(log_rate) - y_true * np.log(np.exp(log_rate) + 1e-8)")),
    ),
    Misconception(
        "log rate clipped",
        Family.STABILITY,
        "It clips the log rate to 50, so that high rates all cost the same and have no slope.",
        patched(PLAIN, ("np.exp(log_rate)", "np.exp(np.clip(log_rate, -50, 50))")),
    ),
    Misconception(
        "single precision",
        Family.STABILITY,
        "It converts the log rate to float32, whose exp overflows beyond 88.",
        patched(PLAIN, ("np.exp(log_rate)", "np.exp(np.float32(log_rate))")),
    ),
    Misconception(
        "fractions cut off",
        Family.EDGE_CASES,
        "It cuts counts down to whole numbers, where any number of 0 or more is right.",
        patched(
            PLAIN,
            (EACH, "np.exp(log_rate) - np.floor(y_true) * log_rate"),
            (SLOPE, "(np.exp(log_rate) - np.floor(y_true))"),
        ),
    ),
    *amount_mistakes(PLAIN, "count"),
    *mean_mistakes(PLAIN, SLOPE, "log_rate", size="log_rate.size"),
)

USUAL = laws.drawn(sample, 12)


def _positive(rng: np.random.Generator) -> Case:
    y_true, log_rate = sample(rng, (12,))
    return Case((y_true + rng.uniform(0.2, 1.0, size=12), log_rate))


def _half_deviance(y_true: Array, log_rate: Array) -> float:
    rate = np.exp(log_rate)
    return float(np.mean(y_true * np.log(y_true / rate) - y_true + rate))


def _excess(y_true: Array, log_rate: Array) -> float:
    return reference(y_true, log_rate) - reference(y_true, np.log(y_true))


def _slopes_at_the_best(rng: np.random.Generator) -> tuple[Array, Array]:
    y_true, _ = _positive(rng).arguments
    (slope,) = gradient(y_true, np.log(y_true))
    return slope, np.zeros_like(slope)


LAWS = (
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
    Law("At the logarithm of each count the gradient is 0.", _slopes_at_the_best),
    laws.equal(
        "It is half of the Poisson deviance above its least value.",
        _positive,
        _excess,
        _half_deviance,
    ),
    laws.equal(
        "At a log rate of 0 it is 1, whatever the counts.",
        USUAL,
        lambda y_true, log_rate: reference(y_true, 0.0 * log_rate),
        lambda y_true, log_rate: 1.0,
    ),
    laws.equal(
        "Without events it is the mean rate.",
        USUAL,
        lambda y_true, log_rate: reference(0.0 * y_true, log_rate),
        lambda y_true, log_rate: float(np.mean(np.exp(log_rate))),
    ),
)

TASKS = (
    Task(
        slug="poisson-nll",
        title="Poisson negative log-likelihood",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \left( e^{z_i} - y_i z_i \right), "
        r"\quad z = \log \lambda",
        sentence="The mean, over all elements, of the rate exp(log_rate) less the count times "
        "log_rate; the term log(y_true!), which no prediction changes, is left out.",
        domain="y_true holds numbers of 0 or more, whole or not, and log_rate any finite numbers; "
        "different shapes, empty arrays and a negative count raise ValueError.",
        rules=(
            *rules("log_rate"),
            "log_rate is the natural logarithm of the expected count, and may have either sign.",
            "A negative y_true raises ValueError; 0 is right, and fractions are too; a NaN gives "
            "NaN.",
            "log(y_true!) and Stirling's approximation of it are left out.",
            "Log rates from -1e4 to 600 give a right and finite result.",
        ),
        source="Cameron, Trivedi, Regression Analysis of Count Data (2nd ed., 2013), equation 2.5; "
        "as PyTorch's PoissonNLLLoss with its defaults.",
        brief=Brief(
            prompt="A city counts how many cyclists pass each of its bridges every quarter of an "
            "hour, and a network predicts the logarithm of the expected count. Write the negative "
            "log-likelihood of the counts under a Poisson distribution, without the factorial, and "
            "its gradient with respect to the log rates. At night many counts are 0.",
            context="A likelihood in its natural parameter: exp once, no logarithm, and a slope "
            "that is prediction less truth.",
            topics=("regression", "stability"),
            difficulty="easy",
            minutes=12,
        ),
        examples=(
            Example(
                Case((np.array([3.0, 1.0]), np.array([0.0, float(np.log(4.0))]))),
                value=(5.0 - float(np.log(4.0))) / 2,
                gradient=((-1.0, 1.5),),
                working="Rates of 1 and 4: 1 - 3 times 0 and 4 - log 4, whose mean is "
                "(5 - log 4) / 2; the slopes are (1 - 3) / 2 and (4 - 1) / 2.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("y_true", integers=True),
            Argument("log_rate", differentiate=True),
        ),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=SHAPES,
        large=(100_000,),
        terms=terms,
        extremes=(
            Extreme(
                "log rates near -1e4",
                log_rates_near(-1e4),
                "Multiply the count by log_rate as it comes: the rate itself has rounded to 0.",
                float32=True,
            ),
            Extreme(
                "log rates near -30",
                log_rates_near(-30.0),
                "Multiply the count by log_rate as it comes, and add no epsilon to the rate.",
                float32=True,
            ),
            Extreme(
                "log rates near 600",
                log_rates_near(600.0, counts=1e260),
                "Work in float64 and clip nothing: exp(600) is a number.",
            ),
            Extreme(
                "log rates near 70",
                log_rates_near(70.0, counts=1e30),
                "Clip nothing: exp(70) is a number in float32 too.",
                float32=True,
            ),
        ),
        edges=(
            Edge(
                "one negative count",
                listed([2.0, -1.0, 0.0], [0.5, 0.5, 0.5]),
                "A negative count raises ValueError.",
                expect=Expect.VALUE_ERROR,
            ),
            Edge(
                "a negative fraction",
                listed([2.0, 0.0, -0.25], [0.5, 0.5, 0.5]),
                "Any y_true below 0 raises ValueError.",
                expect=Expect.VALUE_ERROR,
            ),
            Edge(
                "all counts 0",
                listed([0.0, 0.0, 0.0], [0.5, -2.0, 0.0]),
                "A count of 0 costs the rate alone.",
            ),
            Edge(
                "log rates of 0",
                listed([0.0, 1.0, 5.0], [0.0, 0.0, 0.0]),
                "At a log rate of 0 the rate is 1 and the count drops out of the loss, but not "
                "out of its gradient.",
            ),
            Edge(
                "counts that are not whole",
                listed([0.25, 1.5, 2.75], [0.5, -0.5, 1.0]),
                "y_true may be any number of 0 or more: averages of counts are.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("sum of rates less a dot product", SEPARATE),
            Variant("an exponential family", FAMILY),
            Variant("Python loops", LOOPS, slow=True),
        ),
        convex=True,
        laws=LAWS,
        curves=(
            Curve(
                "One log rate for a count of 3",
                "log_rate",
                -2.0,
                3.0,
                lambda z: Case((np.array([3.0]), np.array([z]))),
            ),
            Curve(
                "One log rate for a count of 0",
                "log_rate",
                -2.0,
                3.0,
                lambda z: Case((np.array([0.0]), np.array([z]))),
            ),
        ),
        coarse=beside_a_huge_rate,
    ),
)
