"""Reward-model loss: Bradley-Terry on pairs of a chosen and a rejected answer."""

import numpy as np

from grader.catalogue.answers.reward_model import MISCONCEPTIONS, VARIANTS
from grader.catalogue.inputs import paired
from grader.catalogue.logistic import sigmoid, softplus
from grader.catalogue.task import (
    Argument,
    Array,
    Case,
    Edge,
    Extreme,
    Shape,
    Task,
)

Pair = tuple[Array, Array]


def reference(chosen: Array, rejected: Array) -> float:
    """Return the mean of softplus(-(chosen - rejected)), in nats.

    Args:
        chosen, rejected: same shape, real rewards in nats (log-odds) of the two answers.

    Raises:
        ValueError: for different shapes or empty input.

    Source: Ouyang et al., Training language models to follow instructions with human feedback
    (2022), equation 1; Bradley, Terry, Rank analysis of incomplete block designs (1952).
    """
    chosen, rejected = paired(chosen, rejected)
    return float(np.mean(softplus(rejected - chosen)))


def gradient(chosen: Array, rejected: Array) -> Pair:
    """Return the derivatives with respect to chosen and rejected, each in their shape.

    They are -sigmoid(rejected - chosen) / n and its opposite.

    Raises:
        ValueError: as `reference`.

    Source: Ouyang et al. (2022), equation 1, by the derivative of softplus.
    """
    chosen, rejected = paired(chosen, rejected)
    pull = sigmoid(rejected - chosen) / chosen.size
    return -pull, pull


def sample(rng: np.random.Generator, shape: Shape) -> Pair:
    """Draw rewards within 2 of 0."""
    return rng.uniform(-2.0, 2.0, size=shape), rng.uniform(-2.0, 2.0, size=shape)


def terms(chosen: Array, rejected: Array) -> float:
    """Return the largest reward or loss of a pair.

    The rewards count, for log(exp(chosen) + exp(rejected)) - chosen is a stable formula too.
    """
    apart = np.asarray(rejected, np.float64) - chosen
    return float(max(np.abs(chosen).max(), np.abs(rejected).max(), softplus(apart).max()))


def apart(rng: np.random.Generator, scale: float) -> Case:
    """Pairs about `scale` apart, of which some are ranked right and some wrong."""
    gaps = scale * rng.uniform(0.8, 1.0, size=6) * np.array([-1.0, 1.0, -1.0, 1.0, -1.0, 1.0])
    share = rng.uniform(0.2, 0.8, size=6)
    return Case((gaps * share, -gaps * (1.0 - share)))


def around(rng: np.random.Generator, centre: float) -> Case:
    chosen, rejected = sample(rng, (6,))
    return Case((chosen + centre, rejected + centre))


def ties(rng: np.random.Generator) -> Case:
    chosen, _ = sample(rng, (5,))
    return Case((chosen, chosen.copy()))


SOFTPLUS = (
    "Write softplus(x) as max(x, 0) + log1p(exp(-|x|)), or use logaddexp(0, x): exp of a large "
    "difference overflows."
)

EXTREMES = (
    Extreme("rewards 1e4 apart", lambda rng: apart(rng, 1e4), SOFTPLUS, float32=True),
    Extreme("rewards 1e3 apart", lambda rng: apart(rng, 1e3), SOFTPLUS, float32=True),
    Extreme(
        "rewards 100 apart",
        lambda rng: apart(rng, 100.0),
        "Do not take the log of sigmoid: sigmoid rounds to 0 or 1 long before its log does.",
        float32=True,
    ),
    Extreme(
        "all rewards near 1e4",
        lambda rng: around(rng, 1e4),
        "Subtract the rewards before exp: only their difference matters.",
    ),
    Extreme(
        "all rewards near -1e4",
        lambda rng: around(rng, -1e4),
        "Subtract the rewards before exp: only their difference matters.",
    ),
)

EDGES = (
    Edge("equal rewards", ties, "Equal rewards give log 2, and gradients of -1/(2n) and 1/(2n)."),
)

TASKS = (
    Task(
        slug="reward-model",
        title="Reward-model loss (Bradley-Terry)",
        formula=(
            r"L = \frac{1}{n} \sum_{i=1}^{n} \log\bigl(1 + e^{-(c_i - r_i)}\bigr) "
            r"= -\frac{1}{n} \sum_{i=1}^{n} \log \sigma(c_i - r_i)"
        ),
        sentence=(
            "The mean over the pairs of softplus of minus the difference: the reward of the "
            "chosen answer less that of the rejected one; softplus(x) is log(1 + exp(x)), with "
            "the natural logarithm."
        ),
        domain=(
            "chosen, rejected: real rewards of one shape. Shapes that differ raise ValueError."
        ),
        rules=(
            "Shapes that differ raise ValueError: (n,) against (n, 1) must not broadcast.",
            "Empty input raises ValueError.",
            "A NaN in either argument gives a NaN loss.",
            "Rewards up to 1e4 apart, and rewards that are all around 1e4 or -1e4, give the exact "
            "loss: nothing overflows.",
            "n is the number of pairs, whatever the shape.",
            "grad returns a tuple: the derivatives with respect to chosen and to rejected, each "
            "in that shape.",
        ),
        source=(
            "Ouyang et al., Training language models to follow instructions with human feedback "
            "(2022), equation 1; Bradley, Terry, Rank analysis of incomplete block designs (1952)."
        ),
        arguments=(
            Argument("chosen", differentiate=True),
            Argument("rejected", differentiate=True),
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
