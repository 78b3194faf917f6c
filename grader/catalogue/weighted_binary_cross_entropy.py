"""The binary cross-entropy of logits whose positives weigh more."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.catalogue import binary_cross_entropy_with_logits as unweighted
from grader.catalogue import laws
from grader.catalogue.binary import exactly, targets
from grader.catalogue.error_losses import mean_mistakes
from grader.catalogue.exact import mean, pairs, softplus
from grader.catalogue.inputs import paired
from grader.catalogue.logistic import sigmoid
from grader.catalogue.logistic import softplus as stable_softplus
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
    Parameter,
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def reference(y_true: Array, logits: Array, pos_weight: float = 1.0) -> float:
    """Return the mean cross-entropy of targets under sigmoid(logits), positives weighted.

        L = mean( w y softplus(-z) + (1 - y) softplus(z) )

    Args:
        y_true: any shape, targets in [0, 1], hard or soft.
        logits: the same shape, log-odds in nats.
        pos_weight: w >= 0, without a unit: how much more a missed positive costs.

    Returns:
        The loss in nats, >= 0, finite for every finite logit; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: King, Zeng, Logistic Regression in Rare Events Data (Political Analysis 9, 2001),
        section 4.2.
    """
    y, z = paired(y_true, logits)
    return float(np.mean(pos_weight * y * stable_softplus(-z) + (1.0 - y) * stable_softplus(z)))


def gradient(y_true: Array, logits: Array, pos_weight: float = 1.0) -> tuple[Array]:
    """Return d loss / d logits = ((1 - y) sigmoid(z) - w y sigmoid(-z)) / n; errors as above."""
    y, z = paired(y_true, logits)
    return (((1.0 - y) * sigmoid(z) - pos_weight * y * sigmoid(-z)) / z.size,)


def terms(y_true: Array, logits: Array, pos_weight: float = 1.0) -> float:
    """Return the weighted softplus of the largest |z|: as large as either term can get."""
    return float(max(1.0, pos_weight) * stable_softplus(np.max(np.abs(logits))))


def definition(mp: Any, y_true: Any, logits: Any, pos_weight: Any) -> Any:
    return mean(
        mp,
        (
            pos_weight * y * softplus(mp, -z) + (1 - y) * softplus(mp, z)
            for y, z in pairs(y_true, logits)
        ),
    )


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
    """Draw hard and soft targets and logits of both signs, the first target a positive one.

    So no weight of a positive goes unseen, however few samples there are.
    """
    z = rng.uniform(-4.0, 4.0, size=shape)
    y = targets(rng, sigmoid(z))
    y.flat[0], z.flat[0] = 1.0, rng.uniform(-2.0, 2.0)
    return y, z


def logits_of(
    scale: float, *, right: bool = False, **parameters: float
) -> Callable[[np.random.Generator], Case]:
    """Return a draw of logits of 0.5 to 1 times `scale` under hard targets."""
    draw = unweighted.logits_of(scale, right=right)
    return lambda rng: Case(draw(rng).arguments, parameters)


def sure_beside_wrong(rng: np.random.Generator) -> Case:
    return Case(unweighted.sure_beside_wrong(rng).arguments, {"pos_weight": 3.0})


def _turned(y_true: Array, logits: Array, pos_weight: float) -> float:
    """The same with the classes named the other way round, and every cost in the other unit."""
    return pos_weight * reference(1.0 - y_true, -logits, 1.0 / pos_weight)


PLAIN = (
    CHECK.replace("y_pred", "logits")
    + """

def loss(y_true, logits, pos_weight=1.0):
    _check(y_true, logits)
    missed = y_true * np.logaddexp(0, -logits)
    alarms = (1 - y_true) * np.logaddexp(0, logits)
    return np.mean(pos_weight * missed + alarms)


def grad(y_true, logits, pos_weight=1.0):
    _check(y_true, logits)
    p = 1 / (1 + np.exp(-logits))
    return ((1 - y_true) * p - pos_weight * y_true * (1 - p)) / logits.size
"""
)

FOLDED = '''\
import numpy as np


def _validated(y_true, logits):
    if y_true.shape != logits.shape:
        raise ValueError(f"shapes differ: {y_true.shape}, {logits.shape}")
    if logits.size == 0:
        raise ValueError("no elements")
    return y_true.astype(np.float64), logits.astype(np.float64)


def loss(y_true, logits, pos_weight=1.0):
    """One softplus for both classes: softplus(z) = z + softplus(-z)."""
    y, z = _validated(y_true, logits)
    weight = 1 + (pos_weight - 1) * y
    softplus_of_minus_z = np.log1p(np.exp(-np.abs(z))) + np.maximum(-z, 0)
    return float(((1 - y) * z + weight * softplus_of_minus_z).mean())


def grad(y_true, logits, pos_weight=1.0):
    y, z = _validated(y_true, logits)
    weight = 1 + (pos_weight - 1) * y
    sigmoid_of_minus_z = 0.5 - 0.5 * np.tanh(0.5 * z)
    return ((1 - y) - weight * sigmoid_of_minus_z) / z.size
'''

WEIGHTS_AND_SIGNS = """\
import numpy as np


class WeightedCrossEntropy:
    def __init__(self, y_true, logits, pos_weight):
        if y_true.shape != logits.shape or logits.size < 1:
            raise ValueError("y_true and logits must match and hold something")
        self.shape = logits.shape
        # Row 0 is the positive class, row 1 the negative one.
        self.weights = np.stack([pos_weight * y_true.ravel(), 1 - y_true.ravel()])
        self.against = np.stack([-logits.ravel(), logits.ravel()])

    def value(self):
        a = self.against
        costs = np.where(a > 0, a, 0.0) + np.log1p(np.exp(-np.abs(a)))
        return np.einsum("ci,ci->", self.weights, costs) / a.shape[1]

    def slope(self):
        a = self.against
        small = np.exp(-np.abs(a))
        sigmoid = np.where(a > 0, 1.0, small) / (1.0 + small)
        slope = np.einsum("c,ci,ci->i", np.array([-1.0, 1.0]), self.weights, sigmoid)
        return (slope / slope.size).reshape(self.shape)


def loss(y_true, logits, pos_weight=1.0):
    return WeightedCrossEntropy(y_true, logits, pos_weight).value()


def grad(y_true, logits, pos_weight=1.0):
    return WeightedCrossEntropy(y_true, logits, pos_weight).slope()
"""

LOOPS = """\
import math

import numpy as np


def log_sigmoid(z):
    return -math.log1p(math.exp(-z)) if z >= 0 else z - math.log1p(math.exp(z))


def samples(y_true, logits):
    if y_true.shape != logits.shape:
        raise ValueError("y_true and logits differ in shape")
    if not logits.size:
        raise ValueError("no samples")
    return list(zip(y_true.flatten().tolist(), logits.flatten().tolist()))


def loss(y_true, logits, pos_weight=1.0):
    total = 0.0
    data = samples(y_true, logits)
    for y, z in data:
        total -= pos_weight * y * log_sigmoid(z)
        total -= (1 - y) * log_sigmoid(-z)
    return total / len(data)


def grad(y_true, logits, pos_weight=1.0):
    data = samples(y_true, logits)
    out = np.empty(len(data))
    for i, (y, z) in enumerate(data):
        p, not_p = math.exp(log_sigmoid(z)), math.exp(log_sigmoid(-z))
        out[i] = (1 - y) * p - pos_weight * y * not_p
    return out.reshape(logits.shape) / len(data)
"""

MEAN = "np.mean(pos_weight * missed + alarms)"
SLOPE = "(1 - y_true) * p - pos_weight * y_true * (1 - p)"
SIGMOID = "1 / (1 + np.exp(-logits))"
LOGADDEXP = ("np.logaddexp(0, -logits)", "np.logaddexp(0, logits)")

MISCONCEPTIONS = (
    Misconception(
        "weight ignored",
        Family.VALUES,
        "It ignores pos_weight: it is the plain cross-entropy.",
        patched(PLAIN, ("pos_weight * ", "")),
    ),
    Misconception(
        "weight on the negatives",
        Family.VALUES,
        "It multiplies the term of the negatives by pos_weight, so that false alarms cost more "
        "instead of missed positives.",
        patched(
            PLAIN,
            (MEAN, "np.mean(missed + pos_weight * alarms)"),
            (SLOPE, "pos_weight * (1 - y_true) * p - y_true * (1 - p)"),
        ),
    ),
    Misconception(
        "weight on both classes",
        Family.VALUES,
        "It multiplies the whole loss by pos_weight, where only positives are to weigh more.",
        patched(
            PLAIN,
            (MEAN, "np.mean(pos_weight * (missed + alarms))"),
            (SLOPE, "pos_weight * (p - y_true)"),
        ),
    ),
    Misconception(
        "weighted mean",
        Family.VALUES,
        "It divides by the sum of the weights, as a weighted mean does, where the mean is over "
        "the number of elements.",
        patched(
            PLAIN,
            (MEAN, "np.sum(pos_weight * missed + alarms) / np.sum(1 + (pos_weight - 1) * y_true)"),
            ("/ logits.size", "/ np.sum(1 + (pos_weight - 1) * y_true)"),
        ),
    ),
    Misconception(
        "1 - pos_weight for the negatives",
        Family.VALUES,
        "It weighs negatives by 1 - pos_weight, as if the two weights had to add up to 1.",
        patched(
            PLAIN,
            (MEAN, "np.mean(pos_weight * missed + (1 - pos_weight) * alarms)"),
            (SLOPE, "(1 - pos_weight) * (1 - y_true) * p - pos_weight * y_true * (1 - p)"),
        ),
    ),
    Misconception(
        "weight inside the softplus",
        Family.VALUES,
        "It multiplies the logit by pos_weight before the softplus, where the cost is to be "
        "multiplied.",
        patched(
            PLAIN,
            ("np.logaddexp(0, -logits)", "np.logaddexp(0, -pos_weight * logits)"),
            (MEAN, "np.mean(missed + alarms)"),
        ),
    ),
    Misconception(
        "soft targets rounded",
        Family.VALUES,
        "It decides between the two terms at a target of one half, where a soft target has a "
        "share in both.",
        patched(PLAIN, ("    missed =", "    y_true = (y_true > 0.5) * 1.0\n    missed =")),
    ),
    Misconception(
        "gradient without the weight",
        Family.GRADIENTS,
        "Its gradient is p - y, that of the unweighted loss: pos_weight is missing there.",
        patched(PLAIN, (SLOPE, "p - y_true")),
    ),
    Misconception(
        "gradient scaled by the sample's weight",
        Family.GRADIENTS,
        "It multiplies p - y by the weight of the sample, which is right for targets of 0 and 1 "
        "alone: a soft target's share of the negatives is weighted too.",
        patched(PLAIN, (SLOPE, "(1 + (pos_weight - 1) * y_true) * (p - y_true)")),
    ),
    Misconception(
        "gradient for the probability",
        Family.GRADIENTS,
        "Its gradient is with respect to the probability: the factor p (1 - p) of the sigmoid is "
        "missing.",
        patched(PLAIN, (SLOPE, "(1 - y_true) / (1 - p) - pos_weight * y_true / p")),
    ),
    Misconception(
        "exp overflows",
        Family.STABILITY,
        "It computes log(1 + exp z) as it stands, which overflows for logits beyond 710.",
        patched(
            PLAIN,
            (LOGADDEXP[0], "np.log(1 + np.exp(-logits))"),
            (LOGADDEXP[1], "np.log(1 + np.exp(logits))"),
        ),
    ),
    Misconception(
        "probability clipped",
        Family.STABILITY,
        "It takes the logarithm of a probability kept away from 0 and 1, so that a very wrong "
        "logit costs too little.",
        patched(
            PLAIN,
            ("    missed =", f"    p = np.clip({SIGMOID}, 1e-7, 1 - 1e-7)\n    missed ="),
            (LOGADDEXP[0], "-np.log(p)"),
            (LOGADDEXP[1], "-np.log(1 - p)"),
        ),
    ),
    Misconception(
        "gradient overflows",
        Family.STABILITY,
        "Its sigmoid divides exp z by 1 + exp z, infinity by infinity for large logits.",
        patched(PLAIN, (SIGMOID, "np.exp(logits) / (1 + np.exp(logits))")),
    ),
    Misconception(
        "NaN skipped",
        Family.EDGE_CASES,
        "It averages with nanmean, so that a NaN vanishes from the result.",
        patched(PLAIN, ("np.mean(", "np.nanmean(")),
    ),
    *mean_mistakes(PLAIN, f"({SLOPE})", "logits", size="logits.size"),
)

USUAL = laws.drawn(sample, 12, pos_weight=3.0)

LAWS = (
    laws.equal(
        "With a weight of 1 it is the binary cross-entropy.",
        laws.drawn(sample, 12),
        reference,
        unweighted.reference,
    ),
    laws.equal(
        "Naming the classes the other way round turns the weight into its inverse.",
        USUAL,
        reference,
        _turned,
    ),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
    laws.zero("Sure and right logits cost nothing.", reference, logits_of(200.0, right=True)),
)

STABLE = "Write softplus as max(z, 0) + log1p(exp(-|z|)), or logaddexp(0, z); no exp of a large z."

TASKS = (
    Task(
        slug="weighted-binary-cross-entropy",
        title="Weighted binary cross-entropy",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \Bigl( w \, y_i \log (1 + e^{-z_i}) "
        r"+ (1 - y_i) \log (1 + e^{z_i}) \Bigr)",
        sentence="The mean, over all elements, of pos_weight times the target times the softplus "
        "of minus the logit, plus 1 minus the target times the softplus of the logit.",
        domain="y_true holds targets in [0, 1], hard or soft, logits any numbers up to 1e4 in "
        "size, and pos_weight is positive; different shapes and empty arrays raise ValueError; "
        "other targets and weights are not tested.",
        rules=(
            *rules("logits"),
            "The w of the formula is pos_weight; it multiplies the cost of positives alone, and "
            "the mean still divides by the number of elements.",
            "Targets may be soft: anything from 0 to 1.",
            "Logits up to 1e4 in size give a right and finite result.",
            "Logarithms are natural.",
        ),
        source="King, Zeng, Logistic Regression in Rare Events Data, Political Analysis 9 (2001), "
        "section 4.2; Goodfellow, Bengio, Courville, Deep Learning (2016), equation 6.26, with a "
        "weight.",
        brief=Brief(
            prompt="A bank looks for fraud in card payments: one payment in a thousand is "
            "fraudulent, and to miss it costs far more than to ask a customer back. Write the "
            "binary cross-entropy of logits in which a missed positive costs `pos_weight` times "
            "more than a false alarm, and its gradient with respect to the logits.",
            context="Which of two terms a class weight belongs to, in the loss and in its "
            "gradient, soft targets included, and logits that overflow naive code.",
            topics=("classification", "imbalance", "stability"),
            difficulty="medium",
            minutes=20,
        ),
        examples=(
            Example(
                Case((np.array([1.0, 0.0]), np.zeros(2)), {"pos_weight": 3.0}),
                value=2 * np.log(2),
                gradient=((-0.75, 0.25),),
                working="At a logit of 0 either class costs log 2: three times for the positive "
                "and once for the negative, (3 log 2 + log 2) / 2.",
            ),
            Example(
                Case((np.array([1.0]), np.array([-np.log(3)])), {"pos_weight": 2.0}),
                value=2 * np.log(4),
                gradient=((-1.5,),),
                working="A positive with a probability of 1/4 costs 2 log 4, and its slope is "
                "minus 2 times the 3/4 that are missing.",
            ),
        ),
        definition=definition,
        arguments=(Argument("y_true", integers=True), Argument("logits", differentiate=True)),
        parameters=(Parameter("pos_weight", 1.0, others=(3.0, 0.25, 40.0)),),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=SHAPES,
        large=(100_000,),
        terms=terms,
        extremes=(
            Extreme(
                "logits of 1e4, half of them wrong",
                logits_of(1e4, pos_weight=5.0),
                STABLE,
                float32=True,
            ),
            Extreme(
                "logits of 1500, all right",
                logits_of(1500.0, right=True, pos_weight=5.0),
                STABLE,
            ),
            Extreme(
                "logits of 200, half of them wrong",
                logits_of(200.0, pos_weight=0.5),
                "In float32 exp overflows beyond 88: keep large logits out of exp.",
                float32=True,
            ),
            Extreme(
                "logits of 15, all right",
                logits_of(15.0, right=True, pos_weight=5.0),
                "Add no epsilon: a cost of 1e-7 is still a number.",
            ),
        ),
        edges=(
            Edge(
                "positives only",
                exactly([1.0, 1.0, 1.0], [0.5, -2.0, 3.0], pos_weight=4.0),
                "Where every target is 1 the loss is pos_weight times the cross-entropy.",
            ),
            Edge(
                "negatives only",
                exactly([0.0, 0.0, 0.0], [0.5, -2.0, 3.0], pos_weight=4.0),
                "Where every target is 0 pos_weight changes nothing.",
            ),
            Edge(
                "soft targets under large logits",
                exactly([0.25, 0.5, 0.75, 0.5], [1000.0, -1000.0, -800.0, 0.0], pos_weight=2.0),
                "A soft target has a share in either class, and only that of the positives is "
                "weighted.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        coarse=sure_beside_wrong,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("one softplus for both classes", FOLDED),
            Variant("weights and signs in a class", WEIGHTS_AND_SIGNS),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve(
                "One positive, pos_weight = 3",
                "logit",
                -6.0,
                6.0,
                lambda z: Case((np.ones(1), np.array([z])), {"pos_weight": 3.0}),
            ),
            Curve(
                "One negative, pos_weight = 3",
                "logit",
                -6.0,
                6.0,
                lambda z: Case((np.zeros(1), np.array([z])), {"pos_weight": 3.0}),
            ),
        ),
    ),
)
