"""Reward-model loss: Bradley-Terry on pairs of a chosen and a rejected answer."""

from math import log
from typing import Any

import numpy as np

from grader.catalogue import binary_cross_entropy_with_logits as binary
from grader.catalogue import laws
from grader.catalogue.exact import mean, pairs
from grader.catalogue.inputs import paired
from grader.catalogue.logistic import sigmoid, softplus
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


def definition(mp: Any, chosen: Any, rejected: Any) -> Any:
    return mean(mp, (mp.log(1 + mp.exp(-(c - r))) for c, r in pairs(chosen, rejected)))


def apart(rng: np.random.Generator, scale: float) -> Case:
    """Pairs about `scale` apart, of which some are ranked right and some wrong."""
    gaps = scale * rng.uniform(0.8, 1.0, size=6) * np.array([-1.0, 1.0, -1.0, 1.0, -1.0, 1.0])
    share = rng.uniform(0.2, 0.8, size=6)
    return Case((gaps * share, -gaps * (1.0 - share)))


def ranked(rng: np.random.Generator, gaps: Array) -> Case:
    """Pairs whose chosen answer is ahead by these gaps, in any order."""
    gaps = rng.permutation(gaps)
    share = rng.uniform(0.2, 0.8, size=gaps.size)
    return Case((gaps * share, -gaps * (1.0 - share)))


def sure(rng: np.random.Generator) -> Case:
    return ranked(rng, np.linspace(18.0, 34.0, 6) + rng.uniform(0.0, 1.0))


def sure_beside_wrong(rng: np.random.Generator) -> Case:
    """Three pairs ranked wrong by about 100, and nine ranked right by 8 to 16."""
    wrong = -rng.uniform(90.0, 110.0, size=3)
    return ranked(rng, np.append(wrong, rng.uniform(8.0, 16.0, size=9)))


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
        "pairs ranked right by 18 to 35",
        sure,
        "Keep exp(x) itself where x is negative: 1 + exp(x) rounds to 1, and nothing is left of "
        "1 - 1 / (1 + exp(x)).",
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


VECTORISED = """\
import numpy as np


def difference(chosen, rejected):
    if chosen.shape != rejected.shape or chosen.size == 0:
        raise ValueError("chosen and rejected must have the same shape and not be empty")
    return chosen - rejected


def loss(chosen, rejected):
    x = -difference(chosen, rejected)
    return np.logaddexp(0, x).mean()


def grad(chosen, rejected):
    x = -difference(chosen, rejected)
    small = np.exp(-np.abs(x))
    probability = np.where(x >= 0, 1, small) / (1 + small)
    grad_chosen = -probability / x.size
    return grad_chosen, -grad_chosen
"""

SHARES = """\
import numpy as np


def log_total(chosen, rejected):
    if chosen.shape != rejected.shape:
        raise ValueError("shapes differ")
    if not chosen.size:
        raise ValueError("no pairs")
    return np.logaddexp(chosen, rejected)


def loss(chosen, rejected):
    # -log of the share of the chosen answer in exp(chosen) + exp(rejected)
    return np.mean(log_total(chosen, rejected) - chosen)


def grad(chosen, rejected):
    p_rejected = np.exp(rejected - log_total(chosen, rejected))
    return -p_rejected / chosen.size, p_rejected / chosen.size
"""

CONCAVE = """\
import numpy as np


def checked(chosen, rejected):
    chosen = np.asarray(chosen, dtype=np.float64)
    rejected = np.asarray(rejected, dtype=np.float64)
    if chosen.shape != rejected.shape or chosen.size < 1:
        raise ValueError("expected two arrays of equal shape with at least one pair")
    return chosen, rejected


def loss(chosen, rejected):
    chosen, rejected = checked(chosen, rejected)
    behind = rejected - chosen
    return float(np.average(np.log1p(np.exp(-np.abs(behind))) + np.maximum(behind, 0.0)))


def grad(chosen, rejected):
    chosen, rejected = checked(chosen, rejected)
    ahead = chosen - rejected
    # log sigmoid(-ahead) is concave, and its exponential keeps its digits.
    log_sigmoid = np.minimum(-ahead, 0.0) - np.log1p(np.exp(-np.abs(ahead)))
    pull = np.exp(log_sigmoid) / chosen.size
    return -pull, pull
"""

SLICE_BY_SLICE = """\
import numpy as np


def pairs(chosen, rejected):
    if np.shape(chosen) != np.shape(rejected) or np.size(chosen) == 0:
        raise ValueError("chosen and rejected must match")
    return zip(chosen, rejected)


def loss(chosen, rejected):
    total = 0.0
    for better, worse in pairs(chosen, rejected):
        gap = abs(better - worse)
        lost = np.where(better < worse, gap, 0 * gap)
        total += np.sum(lost + np.log1p(np.exp(-gap)))
    return total / chosen.size


def grad(chosen, rejected):
    toward_rejected = np.empty(chosen.shape)
    for i, (better, worse) in enumerate(pairs(chosen, rejected)):
        small = np.exp(-abs(better - worse))
        winner = np.where(better < worse, 1.0, small)
        toward_rejected[i] = winner / (1.0 + small) / chosen.size
    return -toward_rejected, toward_rejected
"""

PAIR_BY_PAIR = """\
import math

import numpy as np


def pairs(chosen, rejected):
    if chosen.shape != rejected.shape or chosen.size == 0:
        raise ValueError("every chosen answer needs its rejected one")
    return list(zip(chosen.ravel().tolist(), rejected.ravel().tolist()))


def softplus(x):
    return x + math.log1p(math.exp(-x)) if x > 0 else math.log1p(math.exp(x))


def sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x))


def loss(chosen, rejected):
    return math.fsum(softplus(r - c) for c, r in pairs(chosen, rejected)) / chosen.size


def grad(chosen, rejected):
    slopes = [sigmoid(r - c) / chosen.size for c, r in pairs(chosen, rejected)]
    toward_rejected = np.array(slopes).reshape(chosen.shape)
    return -toward_rejected, toward_rejected
"""

DIFFERENCES = """\
def slopes(f, at, h=1e-6):
    result = np.zeros(at.shape)
    # More would take longer than anybody waits.
    for index in list(np.ndindex(at.shape))[:100]:
        up, down = at.astype(float), at.astype(float)
        up[index] += h
        down[index] -= h
        result[index] = (f(up) - f(down)) / (2 * h)
    return result


def grad(chosen, rejected):
    loss(chosen, rejected)
    to_chosen = slopes(lambda values: loss(values, rejected), chosen)
    return to_chosen, slopes(lambda values: loss(chosen, values), rejected)
"""

MISCONCEPTIONS = (
    Misconception(
        "chosen and rejected swapped",
        Family.VALUES,
        "It rewards the rejected answer: the sign of the difference is swapped.",
        patched(VECTORISED, ("return chosen - rejected", "return rejected - chosen")),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the losses of the pairs where their mean is asked.",
        patched(VECTORISED, (".mean()", ".sum()"), (" / x.size", "")),
    ),
    Misconception(
        "log base 2",
        Family.VALUES,
        "It measures in bits: the logarithm is base 2 where the natural one is asked.",
        patched(
            VECTORISED,
            (".mean()", ".mean() / np.log(2)"),
            ("/ x.size", "/ x.size / np.log(2)"),
        ),
    ),
    Misconception(
        "hinge for softplus",
        Family.VALUES,
        "It uses the hinge max(0, 1 - difference) in place of softplus(-difference).",
        patched(
            VECTORISED,
            ("np.logaddexp(0, x)", "np.maximum(1 + x, 0)"),
            ("np.where(x >= 0, 1, small) / (1 + small)", "np.where(x > -1, 1.0, 0.0)"),
        ),
    ),
    Misconception(
        "probability for its log",
        Family.VALUES,
        "It averages the probability of ranking the pair wrong and forgets the logarithm.",
        patched(
            VECTORISED,
            (
                "np.logaddexp(0, x)",
                "(np.where(x >= 0, 1, np.exp(-np.abs(x))) / (1 + np.exp(-np.abs(x))))",
            ),
        ),
    ),
    Misconception(
        "log of sigmoid",
        Family.STABILITY,
        "It takes the log of a sigmoid that has rounded to 0, so a badly ranked pair costs "
        "infinity.",
        patched(
            VECTORISED,
            ("np.logaddexp(0, x)", "-np.log(1 / (1 + np.exp(x)))"),
        ),
    ),
    Misconception(
        "exp of the raw rewards",
        Family.STABILITY,
        "It takes exp of each reward, as in the Bradley-Terry formula, before comparing them: "
        "large rewards overflow.",
        patched(
            VECTORISED,
            (
                "np.logaddexp(0, x)",
                "-np.log(np.exp(chosen) / (np.exp(chosen) + np.exp(rejected)))",
            ),
        ),
    ),
    Misconception(
        "sigmoid as a ratio of exponentials",
        Family.STABILITY,
        "Its sigmoid is exp(x) / (1 + exp(x)), which is infinity over infinity for large x.",
        patched(
            VECTORISED,
            ("np.where(x >= 0, 1, small) / (1 + small)", "np.exp(x) / (1 + np.exp(x))"),
        ),
    ),
    Misconception(
        "softplus cut off",
        Family.STABILITY,
        "Beyond differences of 15 it takes max(x, 0) for softplus: costs of 1e-8 vanish.",
        patched(
            VECTORISED,
            (
                "np.logaddexp(0, x)",
                "np.where(np.abs(x) > 15, np.maximum(x, 0), np.log1p(np.exp(x)))",
            ),
        ),
    ),
    Misconception(
        "sigmoid as a difference",
        Family.STABILITY,
        "Its sigmoid is 1 - 1 / (1 + exp x), which loses its digits where it is small.",
        patched(
            VECTORISED,
            ("np.where(x >= 0, 1, small) / (1 + small)", "1 - 1 / (1 + np.exp(x))"),
        ),
    ),
    Misconception(
        "numeric gradient",
        Family.GRADIENTS,
        "Its gradients are made of differences of the loss, which are rounded away where the loss "
        "is large: a derivative is asked.",
        VECTORISED.partition("def grad(")[0] + DIFFERENCES,
    ),
    Misconception(
        "both gradients the same",
        Family.GRADIENTS,
        "It returns the chosen answer's gradient twice; the rejected one's has the opposite sign.",
        patched(VECTORISED, ("grad_chosen, -grad_chosen", "grad_chosen, grad_chosen.copy()")),
    ),
    Misconception(
        "gradient without 1/n",
        Family.GRADIENTS,
        "Its gradients are of the sum: the 1/n of the mean is missing.",
        patched(VECTORISED, (" / x.size", "")),
    ),
    Misconception(
        "gradient weighs the wrong probability",
        Family.GRADIENTS,
        "Its gradient is weighed by the probability of ranking right, so it pushes pairs that are "
        "right already and spares those that are wrong.",
        patched(VECTORISED, ("np.where(x >= 0, 1, small)", "np.where(x >= 0, small, 1)")),
    ),
    Misconception(
        "rejected taken for a constant",
        Family.GRADIENTS,
        "It gives the rejected rewards a gradient of 0, though the loss depends on them as well.",
        patched(VECTORISED, ("grad_chosen, -grad_chosen", "grad_chosen, 0 * grad_chosen")),
    ),
    Misconception(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It lets shapes that differ broadcast and so compares every pair with every other.",
        patched(
            VECTORISED, ("chosen.shape != rejected.shape or chosen.size == 0", "not chosen.size")
        ),
    ),
    Misconception(
        "empty input accepted",
        Family.EDGE_CASES,
        "It returns a number or NaN for no pairs at all where ValueError is asked.",
        patched(VECTORISED, (" or chosen.size == 0", "")),
    ),
    Misconception(
        "NaN hidden",
        Family.EDGE_CASES,
        "It averages with nanmean, so a pair with a broken reward vanishes from the result.",
        patched(
            VECTORISED,
            (
                "np.logaddexp(0, x).mean()",
                "np.nanmean(np.logaddexp(0, x))",
            ),
        ),
    ),
)

USUAL = laws.drawn(sample, 12)

LAWS = (
    laws.unchanged("A common shift changes nothing.", reference, USUAL, laws.shifted(0, 1)),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
    laws.equal(
        "Equal rewards cost log 2.",
        USUAL,
        lambda chosen, rejected: reference(chosen, chosen),
        lambda chosen, rejected: log(2.0),
    ),
    laws.equal(
        "Swapping the answers adds the mean of their difference.",
        USUAL,
        lambda chosen, rejected: reference(rejected, chosen),
        lambda chosen, rejected: reference(chosen, rejected) + float(np.mean(chosen - rejected)),
    ),
    laws.equal(
        "It is the binary cross-entropy of the differences as logits, with targets of 1.",
        USUAL,
        reference,
        lambda chosen, rejected: binary.reference(np.ones(12), chosen - rejected),
    ),
)

VARIANTS = (
    Variant("vectorised", VECTORISED),
    Variant("shares of a total", SHARES),
    Variant("log1p and log sigmoid", CONCAVE),
    Variant("slice by slice", SLICE_BY_SLICE),
    Variant("pair by pair", PAIR_BY_PAIR, slow=True),
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
            "A NaN in either argument gives a NaN loss, and shows in both gradients.",
            "Small slopes count as they are: a pair ranked right by 30 pulls with exp(-30) / n.",
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
        brief=Brief(
            prompt="People compared two answers of a language model and chose one. Write the loss "
            "with which a reward model learns from such pairs, and its gradients with respect to "
            "both rewards.",
            context="The Bradley-Terry model of a preference, and a stable logarithm of a sigmoid.",
            topics=("preferences", "stability"),
            difficulty="medium",
            minutes=15,
        ),
        examples=(
            Example(
                Case((np.array([log(3.0), 2.0]), np.array([0.0, 2.0]))),
                value=log(8 / 3) / 2,
                gradient=((-0.125, -0.25), (0.125, 0.25)),
                working="The chosen answers are preferred with probabilities of 3/4 and 1/2: the "
                "mean of log 4/3 and log 2; the pulls are 1/4 and 1/2 over 2 pairs.",
            ),
        ),
        definition=definition,
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
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve(
                "One pair",
                "chosen - rejected",
                -6.0,
                6.0,
                lambda x: Case((np.array([x]), np.zeros(1))),
            ),
        ),
        coarse=sure_beside_wrong,
    ),
)
