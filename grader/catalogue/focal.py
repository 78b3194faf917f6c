"""Focal loss: binary cross-entropy that spends less on what is already classified well."""

from math import log
from typing import Any

import numpy as np

from grader.catalogue import binary_cross_entropy_with_logits as cross_entropy
from grader.catalogue import laws
from grader.catalogue.binary import one_number
from grader.catalogue.exact import mean, pairs
from grader.catalogue.inputs import paired, require
from grader.catalogue.logistic import sigmoid, softplus
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
    Misconception,
    Parameter,
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family

Pair = tuple[Array, Array]


def turned(y_true: Array, logits: Array, gamma: float) -> Pair:
    """Return the signs (+1 for y = 1, -1 for y = 0) and the logits of the true classes.

    Raises:
        ValueError: for different shapes, empty input, labels other than 0 and 1, or gamma < 0.
    """
    y_true, logits = paired(y_true, logits)
    require(bool(np.all((y_true == 0.0) | (y_true == 1.0))), "labels must be 0 or 1")
    require(not gamma < 0, "gamma must not be negative")
    sign = 2.0 * y_true - 1.0
    return sign, sign * logits


def costs(y_true: Array, logits: Array, gamma: float, alpha: float) -> Array:
    """Return -alpha_t (1 - p_t)^gamma log p_t elementwise, in nats."""
    sign, z = turned(y_true, logits, gamma)
    # (1 - p)^gamma as exp(gamma log(1 - p)), for 1 - p itself underflows.
    return np.asarray(
        np.where(sign > 0, alpha, 1.0 - alpha) * np.exp(-gamma * softplus(z)) * softplus(-z)
    )


def reference(y_true: Array, logits: Array, gamma: float = 2.0, alpha: float = 0.25) -> float:
    """Return the mean of -alpha_t (1 - p_t)^gamma log p_t, in nats.

    p_t is sigmoid(z) and alpha_t is alpha where y = 1; they are 1 - sigmoid(z) and 1 - alpha
    where y = 0.

    Args:
        y_true: any shape, each 0 or 1.
        logits: same shape, log-odds of class 1, in nats.
        gamma: at least 0; 0 gives cross-entropy weighted by alpha.
        alpha: the weight of class 1, usually in 0..1.

    Raises:
        ValueError: for different shapes, empty input, other labels, or gamma < 0.

    Source: Lin, Goyal, Girshick, He, Dollar, Focal Loss for Dense Object Detection (2017),
    equation 5.
    """
    return float(np.mean(costs(y_true, logits, gamma, alpha)))


def gradient(y_true: Array, logits: Array, gamma: float = 2.0, alpha: float = 0.25) -> tuple[Array]:
    """Return the derivative with respect to the logits, in their shape.

    With z the logit of the true class it is ±alpha_t (1 - p)^gamma (gamma p log p + p - 1) / n,
    where 1 - p = sigmoid(-z) and log p = -softplus(-z) are computed without cancellation.

    Raises:
        ValueError: as `reference`.

    Source: Lin et al. (2017), appendix B.
    """
    sign, z = turned(y_true, logits, gamma)
    weight = np.where(sign > 0, alpha, 1.0 - alpha) * np.exp(-gamma * softplus(z))
    slope = -gamma * sigmoid(z) * softplus(-z) - sigmoid(-z)
    return (sign * weight * slope / z.size,)


def sample(rng: np.random.Generator, shape: Shape) -> Pair:
    """Draw labels of both classes, and logits within 4 of 0."""
    y_true = rng.permutation(np.arange(np.prod(shape)) % 2).reshape(shape)
    return y_true, rng.uniform(-4.0, 4.0, size=shape)


def terms(y_true: Array, logits: Array, gamma: float = 2.0, alpha: float = 0.25) -> float:
    return float(np.abs(costs(y_true, logits, gamma, alpha)).max())


def definition(mp: Any, y_true: Any, logits: Any, gamma: Any, alpha: Any) -> Any:
    def cost(p_t: Any, alpha_t: Any) -> Any:
        return -alpha_t * (1 - p_t) ** gamma * mp.log(p_t)

    return mean(
        mp,
        (
            cost(1 / (1 + mp.exp(-z)), alpha) if y == 1 else cost(1 / (1 + mp.exp(z)), 1 - alpha)
            for y, z in pairs(y_true, logits)
        ),
    )


def sure(rng: np.random.Generator, scale: float, **parameters: float) -> Case:
    """Logits about `scale` of both signs, right and wrong in both classes, and one of 0."""
    y_true = np.array([1, 1, 0, 0, 1, 0])
    signs = np.array([1.0, -1.0, 1.0, -1.0, -1.0, 0.0])
    order = rng.permutation(6)
    logits = scale * signs * rng.uniform(0.8, 1.0, size=6)
    return Case((y_true[order], logits[order]), parameters)


def sure_negatives(rng: np.random.Generator) -> Case:
    """Labels of 0 under logits of -31 to -35, with gamma 0: tiny costs alone."""
    logits = rng.permutation(np.linspace(-35.0, -32.0, 6) + rng.uniform(0, 1))
    return Case((np.zeros(6, np.int64), logits), {"gamma": 0.0})


def sure_beside_wrong(rng: np.random.Generator) -> Case:
    """Three logits about 100 on the wrong side, nine of 4 to 8 on the right one."""
    y_true = rng.integers(0, 2, size=12)
    size = rng.uniform(4.0, 8.0, size=12)
    size[:3] = rng.uniform(-110.0, -90.0, size=3)
    order = rng.permutation(12)
    return Case((y_true[order], ((2.0 * y_true - 1.0) * size)[order]))


def with_label(rng: np.random.Generator, label: int) -> Case:
    y_true, logits = sample(rng, (6,))
    y_true[rng.integers(0, 6)] = label
    return Case((y_true, logits))


def one_class(rng: np.random.Generator, label: int) -> Case:
    _, logits = sample(rng, (6,))
    return Case((np.full(6, label), logits))


LOG_P = (
    "Compute log p as -softplus(-z), with logaddexp or log1p: the log of a sigmoid that rounded "
    "to 0 or 1 is wrong."
)
NO_DIVISION = (
    "Simplify the derivative to (1-p)^gamma (gamma p log p + p - 1): dividing by p or 1-p gives "
    "0/0 where they underflow."
)

EXTREMES = (
    Extreme("logits of 50", lambda rng: sure(rng, 50.0), LOG_P, float32=True),
    Extreme("logits of 1e3", lambda rng: sure(rng, 1e3), LOG_P, float32=True),
    Extreme("logits of 1e3, gamma 0", lambda rng: sure(rng, 1e3, gamma=0.0), NO_DIVISION),
    Extreme("logits of 1e3, gamma 0.5", lambda rng: sure(rng, 1e3, gamma=0.5), NO_DIVISION),
    Extreme(
        "labels of 0 at logits of -31 to -35, gamma 0",
        sure_negatives,
        "Compute log(1 + exp(z)) with log1p or logaddexp: 1 + exp(z) rounds to 1.",
        gradient=False,
    ),
)

EDGES = (
    Edge(
        "label 2",
        lambda rng: with_label(rng, 2),
        "A label other than 0 and 1 raises ValueError.",
        Expect.VALUE_ERROR,
    ),
    Edge(
        "label -1",
        lambda rng: with_label(rng, -1),
        "A label of -1 raises ValueError: the classes are 0 and 1.",
        Expect.VALUE_ERROR,
    ),
    Edge(
        "no positive sample",
        lambda rng: one_class(rng, 0),
        "The mean is over all samples, so a batch without positives has an ordinary loss.",
    ),
    Edge(
        "no negative sample",
        lambda rng: one_class(rng, 1),
        "The mean is over all samples, so a batch without negatives has an ordinary loss.",
    ),
)


VECTORISED = """\
import numpy as np


def check(y_true, logits, gamma):
    if y_true.shape != logits.shape or logits.size == 0:
        raise ValueError("y_true and logits must have the same shape and not be empty")
    if not np.all((y_true == 0) | (y_true == 1)):
        raise ValueError("labels must be 0 or 1")
    if gamma < 0:
        raise ValueError("gamma must be at least 0")


def log_sigmoid(x):
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))


def loss(y_true, logits, gamma=2.0, alpha=0.25):
    check(y_true, logits, gamma)
    x = np.where(y_true == 1, logits, -logits)
    weight = np.where(y_true == 1, alpha, 1 - alpha)
    miss = np.exp(log_sigmoid(-x))
    return (-weight * miss**gamma * log_sigmoid(x)).mean()


def grad(y_true, logits, gamma=2.0, alpha=0.25):
    check(y_true, logits, gamma)
    x = np.where(y_true == 1, logits, -logits)
    weight = np.where(y_true == 1, alpha, alpha - 1)
    log_p = log_sigmoid(x)
    p = np.exp(log_p)
    miss = np.exp(log_sigmoid(-x))
    return weight * miss**gamma * (gamma * p * log_p - miss) / logits.size
"""

TWO_CLASSES = """\
import numpy as np


def classes(y_true, logits, gamma):
    if np.shape(y_true) != np.shape(logits) or np.size(logits) == 0:
        raise ValueError("shapes differ or empty")
    if gamma < 0:
        raise ValueError("negative gamma")
    positive, negative = y_true == 1, y_true == 0
    if not (positive | negative).all():
        raise ValueError("labels are 0 and 1")
    return positive, negative


def softplus(x):
    return np.logaddexp(0.0, x)


def loss(y_true, logits, gamma=2.0, alpha=0.25):
    positive, negative = classes(y_true, logits, gamma)
    z, w = logits[positive], logits[negative]
    of_positives = np.sum(np.exp(-gamma * softplus(z)) * softplus(-z))
    of_negatives = np.sum(np.exp(-gamma * softplus(-w)) * softplus(w))
    return (alpha * of_positives + (1 - alpha) * of_negatives) / logits.size


def slope(z, gamma):
    p = np.exp(-softplus(-z))
    return np.exp(-gamma * softplus(z)) * (p - 1 - gamma * p * softplus(-z))


def grad(y_true, logits, gamma=2.0, alpha=0.25):
    positive, negative = classes(y_true, logits, gamma)
    result = np.empty(logits.shape)
    result[positive] = alpha * slope(logits[positive], gamma)
    result[negative] = (alpha - 1) * slope(-logits[negative], gamma)
    return result / result.size
"""

TANH = '''\
import numpy as np


def focal(gamma, alpha):
    """The loss of one class and its derivative, as functions of the true class's logit."""
    if gamma < 0:
        raise ValueError("gamma >= 0")

    def value(x):
        return 0.5**gamma * (1 - np.tanh(x / 2)) ** gamma * np.logaddexp(0, -x)

    def slope(x):
        miss = (1 - np.tanh(x / 2)) / 2
        return -(miss**gamma) * (gamma * (1 - miss) * np.logaddexp(0, -x) + miss)

    return value, slope


def checked(y_true, logits):
    if y_true.shape != logits.shape:
        raise ValueError(f"{y_true.shape} against {logits.shape}")
    if y_true.size == 0 or y_true.min() < 0 or y_true.max() > 1:
        raise ValueError("need labels 0 and 1")
    return y_true.astype(np.float64), logits.astype(np.float64)


def loss(y_true, logits, gamma=2.0, alpha=0.25):
    value, _ = focal(gamma, alpha)
    y, z = checked(y_true, logits)
    return np.mean(np.where(y == 1, alpha, 1 - alpha) * value((2 * y - 1) * z))


def grad(y_true, logits, gamma=2.0, alpha=0.25):
    _, slope = focal(gamma, alpha)
    y, z = checked(y_true, logits)
    return np.where(y == 1, alpha, alpha - 1) * slope((2 * y - 1) * z) / z.size
'''

ELEMENT_BY_ELEMENT = """\
from math import exp, log1p

import numpy as np


def sigmoid(x):
    return 1 / (1 + exp(-x)) if x >= 0 else 1 - 1 / (1 + exp(x))


def log_sigmoid(x):
    return min(x, 0.0) - log1p(exp(-abs(x)))


def samples(y_true, logits, gamma):
    if gamma < 0 or logits.size == 0 or y_true.shape != logits.shape:
        raise ValueError("bad gamma or shapes")
    labels = y_true.ravel().tolist()
    if set(labels) - {0, 1}:
        raise ValueError("labels must be 0 or 1")
    return zip(labels, logits.ravel().tolist())


def loss(y_true, logits, gamma=2.0, alpha=0.25):
    total = 0.0
    for y, z in samples(y_true, logits, gamma):
        x, weight = (z, alpha) if y == 1 else (-z, 1 - alpha)
        total -= weight * (1 - sigmoid(x)) ** gamma * log_sigmoid(x)
    return total / logits.size


def grad(y_true, logits, gamma=2.0, alpha=0.25):
    result = []
    for y, z in samples(y_true, logits, gamma):
        x, weight = (z, alpha) if y == 1 else (-z, alpha - 1)
        p = sigmoid(x)
        result.append(weight * (1 - p) ** gamma * (gamma * p * log_sigmoid(x) + p - 1))
    return np.reshape(result, logits.shape) / logits.size
"""

MISCONCEPTIONS = (
    Misconception(
        "alpha for one class only",
        Family.VALUES,
        "It weighs positives by alpha but leaves negatives at 1, where they weigh 1 - alpha.",
        patched(VECTORISED, ("alpha, 1 - alpha", "alpha, 1"), ("alpha, alpha - 1", "alpha, -1")),
    ),
    Misconception(
        "alpha and 1 - alpha swapped",
        Family.VALUES,
        "It weighs positives by 1 - alpha and negatives by alpha: the other way round.",
        patched(
            VECTORISED,
            ("alpha, 1 - alpha", "1 - alpha, alpha"),
            ("alpha, alpha - 1", "1 - alpha, -alpha"),
        ),
    ),
    Misconception(
        "easy samples in focus",
        Family.VALUES,
        "It multiplies by p^gamma instead of (1-p)^gamma, so it dwells on what is right already.",
        patched(
            VECTORISED,
            ("miss**gamma * log_sigmoid(x)", "np.exp(log_sigmoid(x))**gamma * log_sigmoid(x)"),
        ),
    ),
    Misconception(
        "gamma left out",
        Family.VALUES,
        "It is cross-entropy weighted by alpha: the factor (1-p)^gamma is missing.",
        patched(VECTORISED, ("miss**gamma * ", ""), ("gamma * p * log_p - miss", "-miss")),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the losses of the samples where their mean is asked.",
        patched(VECTORISED, (".mean()", ".sum()"), (" / logits.size", "")),
    ),
    Misconception(
        "mean over the positives",
        Family.VALUES,
        "It divides by the number of positive samples, as detectors do for anchors, where the "
        "mean is over all.",
        patched(
            VECTORISED,
            (".mean()", ".sum() / np.maximum((y_true == 1).sum(), 1)"),
            (" / logits.size", " / np.maximum((y_true == 1).sum(), 1)"),
        ),
    ),
    Misconception(
        "weight taken for a constant",
        Family.GRADIENTS,
        "Its gradient treats (1-p)^gamma as a constant: the part that comes from gamma is missing.",
        patched(VECTORISED, ("gamma * p * log_p - miss", "-miss")),
    ),
    Misconception(
        "gradient with respect to p",
        Family.GRADIENTS,
        "Its gradient is with respect to the probability: the sigmoid's slope p(1-p) is missing.",
        patched(
            VECTORISED, ("gamma * p * log_p - miss)", "gamma * p * log_p - miss) / (p * miss)")
        ),
    ),
    Misconception(
        "gradient without 1/n",
        Family.GRADIENTS,
        "Its gradient is of the sum: the 1/n of the mean is missing.",
        patched(VECTORISED, (" / logits.size", "")),
    ),
    Misconception(
        "log of sigmoid",
        Family.STABILITY,
        "It takes the log of a sigmoid that has rounded to 0, so a confident mistake costs "
        "infinity.",
        patched(
            VECTORISED,
            ("np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))", "np.log(1 / (1 + np.exp(-x)))"),
        ),
    ),
    Misconception(
        "1 rounded away",
        Family.STABILITY,
        "It takes log(1 + exp(-x)) without log1p: where exp(-x) is tiny, adding 1 rounds it away.",
        patched(VECTORISED, ("np.log1p(np.exp(-np.abs(x)))", "np.log(1 + np.exp(-np.abs(x)))")),
    ),
    Misconception(
        "chain rule without simplifying",
        Family.STABILITY,
        "Its gradient divides by p before it multiplies by p(1-p), which is 0/0 for confident "
        "mistakes.",
        patched(
            VECTORISED,
            (
                "(gamma * p * log_p - miss)",
                "(gamma * log_p / miss - 1 / p) * p * miss",
            ),
        ),
    ),
    Misconception(
        "labels not checked",
        Family.EDGE_CASES,
        "It takes labels other than 0 and 1 and returns a number for them.",
        patched(VECTORISED, ("not np.all((y_true == 0) | (y_true == 1))", "False")),
    ),
    Misconception(
        "gamma not checked",
        Family.EDGE_CASES,
        "It takes a negative gamma where ValueError is asked.",
        patched(VECTORISED, ("if gamma < 0", "if gamma is None")),
    ),
    Misconception(
        "labels subtracted in their own type",
        Family.EDGE_CASES,
        "It computes with the labels in their own type: 2y - 1 wraps round where that has no sign.",
        patched(
            VECTORISED,
            ("x = np.where(y_true == 1, logits, -logits)", "x = (2 * y_true - 1) * logits"),
        ),
    ),
    Misconception(
        "NaN hidden in the gradient",
        Family.EDGE_CASES,
        "It turns NaN into 0 in the gradient, so that bad data looks like a sure prediction.",
        patched(
            VECTORISED,
            (
                "miss**gamma * (gamma * p * log_p - miss)",
                "np.nan_to_num(miss**gamma * (gamma * p * log_p - miss))",
            ),
        ),
    ),
    Misconception(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It lets shapes that differ broadcast and averages over n times n pairs.",
        patched(
            VECTORISED, ("y_true.shape != logits.shape or logits.size == 0", "not logits.size")
        ),
    ),
)

VARIANTS = (
    Variant("vectorised", VECTORISED),
    Variant("class by class", TWO_CLASSES),
    Variant("element by element", ELEMENT_BY_ELEMENT, slow=True),
    Variant("tanh in closures", TANH),
)

USUAL = laws.drawn(sample, 12, gamma=1.5, alpha=0.3)

LAWS = (
    laws.equal(
        "With gamma 0 and alpha one half it is half of the binary cross-entropy.",
        laws.drawn(sample, 12),
        lambda y_true, logits: reference(y_true, logits, gamma=0.0, alpha=0.5),
        lambda y_true, logits: 0.5 * cross_entropy.reference(y_true, logits),
    ),
    laws.equal(
        "It stays what it is when the classes change places and alpha becomes 1 - alpha.",
        USUAL,
        reference,
        lambda y_true, logits, gamma, alpha: reference(1 - y_true, -logits, gamma, 1.0 - alpha),
    ),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
)

TASKS = (
    Task(
        slug="focal",
        title="Focal loss",
        formula=(
            r"L = -\frac{1}{n} \sum_{i=1}^{n} \alpha_{t,i} (1 - p_{t,i})^{\gamma} \log p_{t,i}, "
            r"\qquad p_{t} = \begin{cases} \sigma(z) & y = 1 \\ 1 - \sigma(z) & y = 0 "
            r"\end{cases}, \qquad \alpha_{t} = \begin{cases} \alpha & y = 1 \\ 1 - \alpha & y = 0 "
            r"\end{cases}"
        ),
        sentence=(
            "The mean over all elements of minus alpha_t times (1 - p_t) to the power gamma times "
            "the natural log of p_t, where p_t is the probability of the true class, sigmoid(z) "
            "for class 1, and alpha_t is alpha for class 1 and 1 - alpha for class 0."
        ),
        domain=(
            "y_true: integers 0 or 1 of any shape; logits: real numbers of the same shape; gamma "
            "at least 0. Other labels, shapes that differ and a negative gamma raise ValueError."
        ),
        rules=(
            "Empty input and shapes that differ raise ValueError; (n,) and (n, 1) never broadcast.",
            "A label other than 0 and 1 raises ValueError.",
            "gamma below 0 raises ValueError; gamma = 0 leaves cross-entropy weighted by alpha.",
            "A NaN among the logits gives a NaN loss, and shows in grad.",
            "Labels may have any integer type, unsigned ones included.",
            "Small costs count as they are: with gamma = 0 a label of 0 at a logit of -30 costs "
            "(1 - alpha) exp(-30), to seven digits.",
            "Logits up to 1e3 in size give the exact loss and gradient.",
            "The mean is over all elements, not over the positives.",
            "grad is with respect to the logits, in their shape.",
        ),
        source=(
            "Lin, Goyal, Girshick, He, Dollár, Focal Loss for Dense Object Detection (2017), "
            "equation 5."
        ),
        brief=Brief(
            prompt="In an aerial photograph one tile in ten thousand shows a ship. Write the "
            "binary focal loss of the detector's logits, which quietens the many easy tiles, and "
            "its gradient with respect to the logits.",
            context="The derivative of a product of a power and a logarithm, kept stable where the "
            "probability vanishes.",
            topics=("classification", "imbalance"),
            difficulty="hard",
            minutes=30,
        ),
        examples=(
            Example(
                Case((np.array([1, 0]), np.array([0.0, 0.0]))),
                value=(1 + 3) / 16 * log(2) / 2,
                gradient=((-(log(2) + 0.5) / 32, 3 * (log(2) + 0.5) / 32),),
                working="At a logit of 0 both classes have 1/2: the costs are alpha_t = 1/4 and "
                "3/4 times (1/2) squared times log 2.",
            ),
        ),
        definition=definition,
        arguments=(Argument("y_true", labels=True), Argument("logits", differentiate=True)),
        parameters=(
            Parameter("gamma", 2.0, (0.0, 0.5, 1.0, 5.0), invalid=(-0.5, -2.0)),
            Parameter("alpha", 0.25, (0.5, 0.9)),
        ),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((8,), (1,), (3, 4), (2, 3, 2), (25,)),
        large=(100, 1000),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=VARIANTS,
        non_negative=True,
        laws=LAWS,
        curves=(
            Curve("One logit, label 1, gamma = 2", "logit", -6.0, 6.0, one_number(1)),
            Curve("One logit, label 1, gamma = 0", "logit", -6.0, 6.0, one_number(1, gamma=0.0)),
        ),
        coarse=sure_beside_wrong,
    ),
)
