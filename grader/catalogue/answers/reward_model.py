"""Right and wrong answers to the reward-model loss: usual misconceptions and variants of style."""

from grader.catalogue.task import Misconception, Variant, patched
from grader.families import Family

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

TANH = """\
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
    sigmoid = 0.5 * (1.0 + np.tanh(0.5 * (rejected - chosen)))
    weight = 1.0 / chosen.size
    return -weight * sigmoid, weight * sigmoid
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

VARIANTS = (
    Variant("vectorised", VECTORISED),
    Variant("shares of a total", SHARES),
    Variant("log1p and tanh", TANH),
    Variant("slice by slice", SLICE_BY_SLICE),
    Variant("pair by pair", PAIR_BY_PAIR, slow=True),
)
