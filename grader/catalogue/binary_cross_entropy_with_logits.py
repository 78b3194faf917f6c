"""The binary cross-entropy of logits."""

from collections.abc import Callable
from math import log
from typing import Any

import numpy as np

from grader.catalogue import binary_cross_entropy, laws
from grader.catalogue.binary import exactly, one_number, targets
from grader.catalogue.error_losses import mean_mistakes
from grader.catalogue.exact import mean, pairs
from grader.catalogue.inputs import paired
from grader.catalogue.logistic import sigmoid, softplus
from grader.catalogue.pairs import CHECK, SHAPES, rules
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
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def reference(y_true: Array, logits: Array) -> float:
    """Return the mean binary cross-entropy of targets under sigmoid(logits).

        L = mean( softplus(z) - y z )

    Args:
        y_true: any shape, targets in [0, 1], hard or soft.
        logits: the same shape, log-odds in nats.

    Returns:
        The loss in nats, >= 0, finite for every finite logit; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: Goodfellow, Bengio, Courville, Deep Learning (2016), equation 6.26.
    """
    y, z = paired(y_true, logits)
    # The form without cancellation: each side's cost has the digits of its own softplus.
    return float(np.mean(y * softplus(-z) + (1.0 - y) * softplus(z)))


def gradient(y_true: Array, logits: Array) -> tuple[Array]:
    """Return d loss / d logits = (sigmoid(z) - y) / n, of logits' shape; errors as above."""
    y, z = paired(y_true, logits)
    return (((1.0 - y) * sigmoid(z) - y * sigmoid(-z)) / z.size,)


def terms(y_true: Array, logits: Array) -> float:
    """Return the largest softplus(z) or y |z|: small where every target is 0 and rightly so."""
    largest = np.maximum(softplus(logits), y_true * np.abs(logits))
    return max(float(np.max(largest)), float(np.finfo(np.float64).tiny))


def definition(mp: Any, y_true: Any, logits: Any) -> Any:
    return mean(mp, (mp.log(1 + mp.exp(z)) - y * z for y, z in pairs(y_true, logits)))


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
    """Draw hard and soft targets and logits of both signs."""
    z = rng.uniform(-4.0, 4.0, size=shape)
    return targets(rng, sigmoid(z)), z


def logits_of(scale: float, *, right: bool = False) -> Callable[[np.random.Generator], Case]:
    """Return a draw of logits of 0.5 to 1 times `scale`, both signs.

    Under hard targets of which every other one is missed, or, if `right`, none.
    """

    def case(rng: np.random.Generator) -> Case:
        positive = np.tile([0.0, 0.0, 1.0, 1.0], 3)
        missed = np.tile([0.0, 0.0 if right else 1.0], 6)
        z = scale * rng.uniform(0.5, 1.0, size=12) * (2.0 * positive - 1.0)
        return Case((np.abs(positive - missed), z))

    return case


def sure_negatives(rng: np.random.Generator) -> Case:
    """Targets of 0 under logits of -31 to -35, so that no term is larger than 4e-14."""
    return Case((np.zeros(8), rng.permutation(np.linspace(-35.0, -32.0, 8) + rng.uniform(0, 1))))


def sure_beside_wrong(rng: np.random.Generator) -> Case:
    """Three logits about 100 on the wrong side, nine of 8 to 16 on the right one."""
    y = rng.integers(0, 2, size=12).astype(np.float64)
    size = rng.uniform(8.0, 16.0, size=12)
    size[:3] = rng.uniform(-110.0, -90.0, size=3)
    order = rng.permutation(12)
    return Case((y[order], ((2.0 * y - 1.0) * size)[order]))


PLAIN = (
    CHECK.replace("y_pred", "logits")
    + """

def loss(y_true, logits):
    _check(y_true, logits)
    return np.mean(np.logaddexp(0, logits) - y_true * logits)


def grad(y_true, logits):
    _check(y_true, logits)
    p = 1 / (1 + np.exp(-logits))
    return (p - y_true) / logits.size
"""
)

SHIFTED = '''\
import numpy as np


def _check(y_true, logits):
    if y_true.shape != logits.shape:
        raise ValueError("shapes differ")
    if logits.size == 0:
        raise ValueError("empty input")


def sigmoid(z):
    """exp() sees no positive number, so it cannot overflow."""
    t = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + t), t / (1 + t))


def loss(y_true, logits):
    _check(y_true, logits)
    z = logits
    return np.mean(np.maximum(z, 0) - z * y_true + np.log1p(np.exp(-np.abs(z))))


def grad(y_true, logits):
    _check(y_true, logits)
    return (sigmoid(logits) - y_true) / logits.size
'''

BOTH_SIDES = '''\
import numpy as np


def softplus(z):
    return np.where(z > 0, z, 0.0) + np.log1p(np.exp(-np.abs(z)))


def _both(y_true, logits):
    """Return weights and signed logits of both classes, each of shape (2, n)."""
    if y_true.shape != logits.shape or not logits.size:
        raise ValueError("y_true and logits must have one shape and at least one element")
    y = np.asarray(y_true, dtype=np.float64).ravel()
    z = np.asarray(logits, dtype=np.float64).ravel()
    return np.stack([y, 1 - y]), np.stack([-z, z])


def loss(y_true, logits):
    weights, signed = _both(y_true, logits)
    return float(np.einsum("ci,ci->", weights, softplus(signed))) / logits.size


def grad(y_true, logits):
    weights, signed = _both(y_true, logits)
    wrong = np.exp(-softplus(-signed))
    slope = weights[1] * wrong[1] - weights[0] * wrong[0]
    return (slope / slope.size).reshape(logits.shape)
'''

LOOPS = """\
import math

import numpy as np


def _softplus(z):
    if z > 0:
        return z + math.log1p(math.exp(-z))
    return math.log1p(math.exp(z))


def _sigmoid(z):
    if z < 0:
        return math.exp(z) / (1 + math.exp(z))
    return 1 / (1 + math.exp(-z))


def _pairs(y_true, logits):
    if y_true.shape != logits.shape:
        raise ValueError("shapes differ")
    if y_true.size == 0:
        raise ValueError("empty input")
    return list(zip(y_true.ravel().tolist(), logits.ravel().tolist()))


def loss(y_true, logits):
    pairs = _pairs(y_true, logits)
    return sum(_softplus(z) - y * z for y, z in pairs) / len(pairs)


def grad(y_true, logits):
    pairs = _pairs(y_true, logits)
    slopes = [(_sigmoid(z) - y) / len(pairs) for y, z in pairs]
    return np.array(slopes).reshape(logits.shape)
"""

VALUE, SIGMOID = "np.logaddexp(0, logits) - y_true * logits", "1 / (1 + np.exp(-logits))"
SLOPE, CHECKED = "(p - y_true) / logits.size", "_check(y_true, logits)\n"

MISCONCEPTIONS = (
    Misconception(
        "softplus of the wrong sign",
        Family.VALUES,
        "It takes softplus of minus the logit, as if targets 0 and 1 were swapped.",
        patched(
            PLAIN,
            (VALUE, "np.logaddexp(0, -logits) - y_true * logits"),
            (SLOPE, "(p - 1 - y_true) / logits.size"),
        ),
    ),
    Misconception(
        "targets 0 and 1 swapped",
        Family.VALUES,
        "It has the classes swapped: a target of 1 is charged as a 0.",
        patched(
            PLAIN,
            (VALUE, "np.logaddexp(0, logits) - (1 - y_true) * logits"),
            (SLOPE, "(p - 1 + y_true) / logits.size"),
        ),
    ),
    Misconception(
        "labels of -1 and 1",
        Family.VALUES,
        "It is the logistic loss for labels of -1 and 1, used with targets of 0 and 1.",
        patched(
            PLAIN,
            (VALUE, "np.logaddexp(0, -y_true * logits)"),
            (SIGMOID, "1 / (1 + np.exp(y_true * logits))"),
            (SLOPE, "-y_true * p / logits.size"),
        ),
    ),
    Misconception(
        "targets rounded",
        Family.VALUES,
        "It rounds soft targets to 0 or 1.",
        patched(PLAIN, (CHECKED, CHECKED + "    y_true = np.round(y_true)\n")),
    ),
    Misconception(
        "base 2",
        Family.VALUES,
        "It measures in bits: logarithms to base 2 where natural ones are asked.",
        patched(PLAIN, (f"np.mean({VALUE})", f"np.mean({VALUE}) / np.log(2)")),
    ),
    Misconception(
        "gradient for the probability",
        Family.GRADIENTS,
        "Its gradient is the one with respect to the probability, not to the logit.",
        patched(PLAIN, (SLOPE, "(p - y_true) / (p * (1 - p)) / logits.size")),
    ),
    Misconception(
        "slope of the sigmoid twice",
        Family.GRADIENTS,
        "Its gradient multiplies by p(1 - p), which the logarithm has cancelled already.",
        patched(PLAIN, (SLOPE, "(p - y_true) * p * (1 - p) / logits.size")),
    ),
    Misconception(
        "exp overflows",
        Family.STABILITY,
        "It computes log(1 + exp z) as it stands, which overflows for logits beyond 710.",
        patched(PLAIN, ("np.logaddexp(0, logits)", "np.log(1 + np.exp(logits))")),
    ),
    Misconception(
        "sigmoid clipped",
        Family.STABILITY,
        "It goes through a clipped probability, so that a very wrong logit costs too little.",
        patched(
            PLAIN,
            (
                f"return np.mean({VALUE})",
                f"p = np.clip({SIGMOID}, 1e-12, 1 - 1e-12)\n"
                "    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))",
            ),
        ),
    ),
    Misconception(
        "logarithm of a sigmoid",
        Family.STABILITY,
        "It takes the logarithm of a sigmoid, which is 0 or 1 for large logits.",
        patched(
            PLAIN,
            (
                f"return np.mean({VALUE})",
                f"p = {SIGMOID}\n"
                "    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))",
            ),
        ),
    ),
    Misconception(
        "logits clipped",
        Family.STABILITY,
        "It clips the logits so that exp does not overflow: the loss stops growing.",
        patched(
            PLAIN, ("return np.mean", "logits = np.clip(logits, -500, 500)\n    return np.mean")
        ),
    ),
    Misconception(
        "1 rounded away",
        Family.STABILITY,
        "It takes log(1 + exp z) with a guard against overflow alone: where exp z is tiny, adding "
        "1 rounds it away.",
        patched(
            PLAIN,
            (
                "np.logaddexp(0, logits)",
                "np.where(logits > 700, logits, np.log(1 + np.exp(np.minimum(logits, 700))))",
            ),
        ),
    ),
    Misconception(
        "softplus cut off",
        Family.STABILITY,
        "Beyond logits of 15 it takes max(z, 0) for softplus: costs of 1e-7 vanish.",
        patched(
            PLAIN,
            (
                "np.logaddexp(0, logits)",
                "np.where(abs(logits) > 15, np.maximum(logits, 0), np.log1p(np.exp(logits)))",
            ),
        ),
    ),
    Misconception(
        "sigmoid as a difference",
        Family.STABILITY,
        "Its sigmoid is 1 - 1 / (1 + exp z), which loses its digits where it is small.",
        patched(PLAIN, (SIGMOID, "1 - 1 / (1 + np.exp(logits))")),
    ),
    Misconception(
        "gradient overflows",
        Family.STABILITY,
        "Its sigmoid divides exp z by 1 + exp z, infinity by infinity for large logits.",
        patched(PLAIN, (SIGMOID, "np.exp(logits) / (1 + np.exp(logits))")),
    ),
    Misconception(
        "NaN turned to 0",
        Family.EDGE_CASES,
        "It turns NaN into 0 with nan_to_num, which hides bad data.",
        patched(PLAIN, (VALUE, f"np.nan_to_num({VALUE})")),
    ),
    Misconception(
        "targets changed",
        Family.EDGE_CASES,
        "It multiplies into y_true in place and so changes the caller's targets.",
        patched(
            PLAIN,
            ("    return np.mean", "    y_true *= logits\n    return np.mean"),
            ("y_true * logits", "y_true"),
        ),
    ),
    Misconception(
        "NaN hidden in the gradient",
        Family.EDGE_CASES,
        "It turns NaN into 0 in the gradient, so that bad data looks like a perfect prediction.",
        patched(PLAIN, (f"return {SLOPE}", f"return np.nan_to_num({SLOPE})")),
    ),
    *mean_mistakes(PLAIN, "(p - y_true)", "logits", size="logits.size"),
)

USUAL = laws.drawn(sample, 12)

LAWS = (
    laws.equal(
        "It is the binary cross-entropy of the logits' sigmoid.",
        USUAL,
        reference,
        lambda y, z: binary_cross_entropy.reference(y, sigmoid(z)),
    ),
    laws.equal(
        "It stays what it is when both classes change places.",
        USUAL,
        reference,
        lambda y, z: reference(1.0 - y, -z),
    ),
    laws.equal(
        "At logits of 0 it is log 2, whatever the targets are.",
        USUAL,
        lambda y, z: reference(y, 0.0 * z),
        lambda y, z: log(2.0),
    ),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
)

STABLE = "Use max(z, 0) - y z + log1p(exp(-|z|)), or logaddexp(0, z) - y z, never exp of a large z."

TASKS = (
    Task(
        slug="binary-cross-entropy-with-logits",
        title="Binary cross-entropy with logits",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \left( \log (1 + e^{z_i}) - y_i z_i \right)",
        sentence="The mean, over all elements, of the softplus of the logit less the target times "
        "the logit.",
        domain="y_true holds targets in [0, 1], hard or soft, and logits any numbers up to 1e4 in "
        "size; different shapes and empty arrays raise ValueError; other targets are not tested.",
        rules=(
            *rules("logits"),
            "Logits up to 1e4 in size give a right and finite result.",
            "Small costs and slopes count as they are: at a target of 0 a logit of -30 costs "
            "exp(-30), to seven digits.",
            "Targets may be soft: anything from 0 to 1.",
            "Logarithms are natural.",
        ),
        source="Goodfellow, Bengio, Courville, Deep Learning (2016), equation 6.26.",
        brief=Brief(
            prompt="A fraud detector returns logits, not probabilities. Write the binary "
            "cross-entropy of its logits and the gradient with respect to them, exact for a logit "
            "of 10,000 as well as for one of a ten-thousandth.",
            context="A stable softplus, and the short gradient that follows from the logits' form.",
            topics=("classification", "stability"),
            difficulty="medium",
            minutes=20,
        ),
        examples=(
            Example(
                Case((np.array([1.0, 0.0]), np.array([log(3.0), 0.0]))),
                value=log(8 / 3) / 2,
                gradient=((-0.125, 0.25),),
                working="The sigmoids are 3/4 and 1/2, so the true classes have 3/4 and 1/2: the "
                "mean of log 4/3 and log 2; the slopes are (3/4 - 1) / 2 and (1/2 - 0) / 2.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("y_true", integers=True),
            Argument("logits", differentiate=True),
        ),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=SHAPES,
        large=(100_000,),
        terms=terms,
        extremes=(
            Extreme("logits of 1e4, half of them wrong", logits_of(1e4), STABLE, float32=True),
            Extreme("logits of 1500, all right", logits_of(1500.0, right=True), STABLE),
            Extreme(
                "logits of 200, half of them wrong",
                logits_of(200.0),
                "In float32 exp overflows beyond 88: keep large logits out of exp.",
                float32=True,
            ),
            Extreme(
                "logits of 15, all right",
                logits_of(15.0, right=True),
                "Add no epsilon: a cost of 1e-7 is still a number.",
            ),
            Extreme(
                "targets of 0 at logits of -31 to -35",
                sure_negatives,
                "Use log1p(exp(z)) and exp(z) / (1 + exp(z)) where z is negative: 1 + exp(z) "
                "rounds to 1, and nothing is left of 1 - 1 / (1 + exp(z)).",
            ),
        ),
        edges=(
            Edge(
                "logits of 0",
                exactly([0.0, 1.0, 0.5, 0.25], [0.0, 0.0, 0.0, 0.0]),
                "At a logit of 0 the loss is log 2, whatever the targets are.",
            ),
            Edge(
                "soft targets under large logits",
                exactly([0.25, 0.5, 0.75, 0.5], [1000.0, -1000.0, -800.0, 0.0]),
                "A soft target has a share in either class, and its cost grows on both sides.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("shifted exponent", SHIFTED),
            Variant("both sides by einsum", BOTH_SIDES),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve("One logit, target 1", "logit", -6.0, 6.0, one_number(1.0)),
            Curve("One logit, target 0", "logit", -6.0, 6.0, one_number(0.0)),
        ),
        coarse=sure_beside_wrong,
    ),
)
