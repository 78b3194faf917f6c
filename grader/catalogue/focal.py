"""Focal loss: binary cross-entropy that spends less on what is already classified well."""

import numpy as np

from grader.catalogue.answers.focal import MISCONCEPTIONS, VARIANTS
from grader.catalogue.inputs import paired, require
from grader.catalogue.logistic import sigmoid, softplus
from grader.catalogue.task import (
    Argument,
    Array,
    Case,
    Edge,
    Expect,
    Extreme,
    Parameter,
    Shape,
    Task,
)

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


def sure(rng: np.random.Generator, scale: float, **parameters: float) -> Case:
    """Logits about `scale` of both signs, right and wrong in both classes, and one of 0."""
    y_true = np.array([1, 1, 0, 0, 1, 0])
    signs = np.array([1.0, -1.0, 1.0, -1.0, -1.0, 0.0])
    order = rng.permutation(6)
    logits = scale * signs * rng.uniform(0.8, 1.0, size=6)
    return Case((y_true[order], logits[order]), parameters)


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
            "Shapes that differ raise ValueError: (n,) against (n, 1) must not broadcast.",
            "Empty input raises ValueError.",
            "A label other than 0 and 1 raises ValueError.",
            "gamma below 0 raises ValueError; gamma = 0 leaves cross-entropy weighted by alpha.",
            "A NaN among the logits gives a NaN loss.",
            "Logits up to 1e3 in size give the exact loss and gradient: nothing overflows, "
            "nothing is clipped.",
            "The mean is over all elements, not over the positives.",
            "grad returns the derivative with respect to the logits, in their shape.",
        ),
        source=(
            "Lin, Goyal, Girshick, He, Dollár, Focal Loss for Dense Object Detection (2017), "
            "equation 5."
        ),
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
    ),
)
