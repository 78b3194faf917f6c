"""The binary cross-entropy of probabilities."""

from collections.abc import Callable
from math import log
from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.binary import exactly, one_number, targets
from grader.catalogue.error_losses import mean_mistakes
from grader.catalogue.exact import mean, pairs
from grader.catalogue.inputs import paired
from grader.catalogue.kinks import free_where
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


def reference(y_true: Array, y_pred: Array, eps: float = 1e-12) -> float:
    """Return the mean binary cross-entropy of clipped probabilities.

        L = mean( -(y log p + (1 - y) log(1 - p)) ), p = clip(y_pred, eps, 1 - eps)

    Args:
        y_true: any shape, targets in [0, 1], hard or soft.
        y_pred: the same shape, probabilities in [0, 1].
        eps: in (0, 0.5); how near to 0 and 1 a probability may come.

    Returns:
        The loss in nats, >= 0 and finite; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), equation 4.90.
    """
    y, p = paired(y_true, y_pred)
    log_p, log_not = _logarithms(p, eps)
    return float(-np.mean(y * log_p + (1.0 - y) * log_not))


def _logarithms(p: Array, eps: float) -> tuple[Array, Array]:
    """Return log p and log(1 - p), clipped themselves: in floats 1 - (1 - eps) is not eps."""
    low, high = np.log(eps), np.log1p(-eps)
    with np.errstate(divide="ignore"):
        return np.clip(np.log(p), low, high), np.clip(np.log1p(-p), low, high)


def gradient(y_true: Array, y_pred: Array, eps: float = 1e-12) -> tuple[Array]:
    """Return d loss / d y_pred = (p - y) / (p (1 - p)) / n, 0 where p is clipped."""
    y, p = paired(y_true, y_pred)
    clipped = np.clip(p, eps, 1.0 - eps)
    slope = (clipped - y) / (clipped * (1.0 - clipped))
    return (np.where((p > eps) & (p < 1.0 - eps), slope, 0.0) / p.size,)


def _is_clipped(p: Array, eps: float) -> Array:
    """Tell where the clip acts, its ends included: they are kinks."""
    return np.asarray((p <= eps) | (p >= 1.0 - eps))


def subdifferential(y_true: Array, y_pred: Array, eps: float = 1e-12) -> tuple[tuple[Array, Array]]:
    """Return the gradient twice, and everything where a probability is clipped."""
    (slope,) = gradient(y_true, y_pred, eps)
    return (free_where(_is_clipped(y_pred, eps), slope),)


def value_rtol(y_true: Array, y_pred: Array, eps: float = 1e-12) -> float:
    """Return 1e-5 where a probability is clipped, for 1 - (1 - eps) is not eps; else 1e-7."""
    return 1e-5 if np.any(_is_clipped(y_pred, eps)) else 1e-7


def terms(y_true: Array, y_pred: Array, eps: float = 1e-12) -> float:
    """Return the largest logarithm, whatever its target weighs it with."""
    return float(-np.min(_logarithms(y_pred, eps)))


def definition(mp: Any, y_true: Any, y_pred: Any, eps: Any) -> Any:
    clipped = [(y, min(max(p, eps), 1 - eps)) for y, p in pairs(y_true, y_pred)]
    return mean(mp, (-(y * mp.log(p) + (1 - y) * mp.log(1 - p)) for y, p in clipped))


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
    """Draw hard and soft targets, and probabilities that no eps of this row clips."""
    p = rng.uniform(0.05, 0.95, size=shape)
    return targets(rng, p), p


def near_the_ends(distance: float) -> Callable[[np.random.Generator], Case]:
    """Return a draw of probabilities this near to 0 and to 1, under targets of every kind."""

    def case(rng: np.random.Generator) -> Case:
        gap = distance * rng.uniform(1.0, 9.0, size=8)
        p = np.append(np.where(np.arange(8) < 4, gap, 1.0 - gap), 0.5)
        return Case((np.array([0.0, 1.0, 0.0, 0.5, 0.0, 1.0, 1.0, 0.5, 1.0]), p))

    return case


def nearly_met(rng: np.random.Generator) -> Case:
    """Four hard targets, and eight soft ones within 1e-7 of their probabilities: tiny slopes."""
    p = rng.uniform(0.3, 0.45, size=12)
    y = p + rng.uniform(-1e-7, 1e-7, size=12)
    y[:4] = rng.integers(0, 2, size=4)
    order = rng.permutation(12)
    return Case((y[order], p[order]))


PLAIN = (
    CHECK
    + """

def loss(y_true, y_pred, eps=1e-12):
    _check(y_true, y_pred)
    p = np.clip(y_pred, eps, 1 - eps)
    return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))


def grad(y_true, y_pred, eps=1e-12):
    _check(y_true, y_pred)
    p = np.clip(y_pred, eps, 1 - eps)
    return (p - y_true) / (p * (1 - p)) / p.size
"""
)

CLIPPED_SLOPE = '''\
import numpy as np


def _prepare(y_true, y_pred, eps):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    if y_pred.size == 0:
        raise ValueError("empty input")
    y = np.asarray(y_true, dtype=np.float64)
    p = np.asarray(y_pred, dtype=np.float64)
    return y, p, np.minimum(np.maximum(p, eps), 1.0 - eps)


def loss(y_true, y_pred, eps=1e-12):
    y, _, p = _prepare(y_true, y_pred, eps)
    return float(np.mean(-y * np.log(p) - (1.0 - y) * np.log1p(-p)))


def grad(y_true, y_pred, eps=1e-12):
    """The slope of the clipped loss itself: none where the clip acts."""
    y, raw, p = _prepare(y_true, y_pred, eps)
    slope = (1.0 - y) / (1.0 - p) - y / p
    return np.where(raw != p, 0.0, slope) / p.size
'''

EINSUM = '''\
import numpy as np


def _classes(y_true, y_pred, eps):
    """Return weights and probabilities of both classes, each of shape (2, n)."""
    if y_true.shape != y_pred.shape or y_true.size == 0:
        raise ValueError("y_true and y_pred must have one shape and at least one element")
    p = y_pred.clip(eps, 1 - eps).ravel()
    y = y_true.ravel()
    return np.stack([1 - y, y]), np.stack([1 - p, p])


def loss(y_true, y_pred, eps=1e-12):
    weights, probabilities = _classes(y_true, y_pred, eps)
    return -np.einsum("ci,ci->", weights, np.log(probabilities)) / y_true.size


def grad(y_true, y_pred, eps=1e-12):
    weights, probabilities = _classes(y_true, y_pred, eps)
    signs = np.array([1.0, -1.0])
    slope = np.einsum("c,ci->i", signs, weights / probabilities)
    return (slope / slope.size).reshape(y_pred.shape)
'''

LOOPS = """\
import math

import numpy as np


def _clip(p, eps):
    if p < eps:
        return eps
    if p > 1 - eps:
        return 1 - eps
    return p


def _pairs(y_true, y_pred, eps):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    if y_true.size == 0:
        raise ValueError("empty input")
    for y, p in zip(y_true.ravel().tolist(), y_pred.ravel().tolist()):
        yield y, _clip(p, eps)


def loss(y_true, y_pred, eps=1e-12):
    total = 0.0
    for y, p in _pairs(y_true, y_pred, eps):
        total -= y * math.log(p) + (1 - y) * math.log(1 - p)
    return total / y_true.size


def grad(y_true, y_pred, eps=1e-12):
    n = y_true.size
    slopes = [((1 - y) / (1 - p) - y / p) / n for y, p in _pairs(y_true, y_pred, eps)]
    return np.array(slopes).reshape(y_pred.shape)
"""

CLIP = "p = np.clip(y_pred, eps, 1 - eps)"
BOTH = "y_true * np.log(p) + (1 - y_true) * np.log(1 - p)"
SLOPE = "(p - y_true) / (p * (1 - p)) / p.size"

MISCONCEPTIONS = (
    Misconception(
        "positives only",
        Family.VALUES,
        "It counts y log p and forgets the term of the negatives.",
        patched(PLAIN, (BOTH, "y_true * np.log(p)"), (SLOPE, "-y_true / p / p.size")),
    ),
    Misconception(
        "base 2",
        Family.VALUES,
        "It takes logarithms to base 2 where natural ones are asked.",
        patched(PLAIN, ("np.log(", "np.log2("), ("/ p.size", "/ p.size / np.log(2)")),
    ),
    Misconception(
        "arguments swapped",
        Family.VALUES,
        "It takes the logarithm of the targets and weighs it with the predictions.",
        patched(
            PLAIN,
            ("y_true * np.log(p)", "y_pred * np.log(t)"),
            ("(1 - y_true) * np.log(1 - p)", "(1 - y_pred) * np.log(1 - t)"),
            (f"{CLIP}\n    return -", "t = np.clip(y_true, eps, 1 - eps)\n    return -"),
        ),
    ),
    Misconception(
        "sigmoid of a probability",
        Family.VALUES,
        "It takes y_pred for logits and applies a sigmoid to what is a probability already.",
        patched(PLAIN, (CLIP, "p = 1 / (1 + np.exp(-y_pred))"), (SLOPE, "(p - y_true) / p.size")),
    ),
    Misconception(
        "targets rounded",
        Family.VALUES,
        "It rounds soft targets to 0 or 1.",
        patched(PLAIN, (CLIP, CLIP + "\n    y_true = np.round(y_true)")),
    ),
    Misconception(
        "eps added",
        Family.VALUES,
        "It adds eps inside the logarithm where the probability is to be clipped.",
        patched(
            PLAIN,
            (CLIP, "p = y_pred"),
            ("np.log(p)", "np.log(p + eps)"),
            ("np.log(1 - p)", "np.log(1 - p + eps)"),
            ("(p * (1 - p))", "((p + eps) * (1 - p + eps))"),
        ),
    ),
    Misconception(
        "gradient for the logit",
        Family.GRADIENTS,
        "Its gradient is p - y, the one with respect to the logit, not to the probability.",
        patched(PLAIN, (SLOPE, "(p - y_true) / p.size")),
    ),
    Misconception(
        "no clip",
        Family.STABILITY,
        "It does not clip, so that a probability of exactly 0 or 1 gives infinity or NaN.",
        patched(PLAIN, (CLIP, "p = y_pred")),
    ),
    Misconception(
        "clipped below only",
        Family.STABILITY,
        "It clips probabilities near 0 but not those near 1, where log(1 - p) is as bad.",
        patched(PLAIN, (CLIP, "p = np.maximum(y_pred, eps)")),
    ),
    Misconception(
        "gradient without clip",
        Family.STABILITY,
        "Its gradient divides by the probability as it came, which may be exactly 0.",
        patched(PLAIN, (f"{CLIP}\n    return (", "p = y_pred\n    return (")),
    ),
    Misconception(
        "eps ignored",
        Family.EDGE_CASES,
        "It clips at a number of its own and ignores eps.",
        patched(PLAIN, (CLIP, "p = np.clip(y_pred, 1e-12, 1 - 1e-12)")),
    ),
    Misconception(
        "NaN turned to 0",
        Family.EDGE_CASES,
        "It turns NaN into 0 with nan_to_num, which hides bad data.",
        patched(PLAIN, (BOTH, f"np.nan_to_num({BOTH})")),
    ),
    Misconception(
        "NaN hidden in the gradient",
        Family.EDGE_CASES,
        "It turns NaN into 0 in the gradient, so that bad data looks like a perfect prediction.",
        patched(PLAIN, (f"return {SLOPE}", f"return np.nan_to_num({SLOPE})")),
    ),
    *mean_mistakes(PLAIN, "(p - y_true) / (p * (1 - p))", size="p.size"),
)

USUAL = laws.drawn(sample, 12, eps=1e-7)

LAWS = (
    laws.equal(
        "It stays what it is when both classes change places.",
        USUAL,
        reference,
        lambda y, p, eps: reference(1.0 - y, 1.0 - p, eps),
    ),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
    laws.equal(
        "At a soft target that is met it is the entropy of the target.",
        USUAL,
        lambda y, p, eps: reference(p, p, eps),
        lambda y, p, eps: float(-np.mean(p * np.log(p) + (1.0 - p) * np.log1p(-p))),
    ),
    laws.equal(
        "A soft target costs the mean of what both hard ones cost, weighted by itself.",
        laws.drawn(sample, 1, eps=1e-7),
        reference,
        lambda y, p, eps: float(
            y[0] * reference(np.ones(1), p, eps) + (1.0 - y[0]) * reference(np.zeros(1), p, eps)
        ),
    ),
)

CLIPPED = "Clip the probability to [eps, 1 - eps] before every logarithm and division."
NO_FURTHER = "Clip no further in than eps: these probabilities are still told apart."

TASKS = (
    Task(
        slug="binary-cross-entropy",
        title="Binary cross-entropy",
        formula=r"L = -\frac{1}{n} \sum_{i=1}^{n} \left( y_i \log p_i + (1 - y_i) \log (1 - p_i)"
        r" \right), \quad p_i = \min(\max(\hat{y}_i, \varepsilon), 1 - \varepsilon)",
        sentence="The mean, over all elements, of minus y log p minus (1 - y) log(1 - p), where p "
        "is y_pred clipped to [eps, 1 - eps].",
        domain="y_true holds targets in [0, 1], hard or soft, and y_pred probabilities in [0, 1]; "
        "different shapes and empty arrays raise ValueError; other numbers are not tested.",
        rules=(
            *rules(),
            "Probabilities are clipped to [eps, 1 - eps], so that 0 and 1 give a finite loss; "
            "eps lies between 1e-12 and 0.5.",
            "Where a probability is clipped, any finite gradient is right.",
            "Targets may be soft: anything from 0 to 1.",
            "Logarithms are natural.",
        ),
        source="Bishop, Pattern Recognition and Machine Learning (2006), equation 4.90.",
        brief=Brief(
            prompt="A spam filter returns the probability that a message is spam, and sometimes it "
            "is so sure that this probability is exactly 0 or 1. Write the binary cross-entropy "
            "and its gradient with respect to the probabilities, so that both stay finite.",
            context="Logarithms at the ends of the unit interval, and what a clip does to value "
            "and gradient.",
            topics=("classification", "stability"),
            difficulty="medium",
            minutes=20,
        ),
        examples=(
            Example(
                Case((np.array([1.0, 0.0]), np.array([0.5, 0.25]))),
                value=log(8 / 3) / 2,
                gradient=((-1.0, 2 / 3),),
                working="The true classes have probabilities of 1/2 and 3/4: the mean of log 2 and "
                "log 4/3; the slopes are -1/p and 1/(1 - p) over 2 elements.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("y_true", integers=True),
            Argument("y_pred", differentiate=True),
        ),
        parameters=(Parameter("eps", 1e-12, others=(1e-7, 1e-3)),),
        reference=reference,
        gradient=gradient,
        subdifferential=subdifferential,
        value_rtol=value_rtol,
        sample=sample,
        shapes=SHAPES,
        large=(100_000,),
        terms=terms,
        extremes=(
            Extreme(
                "probabilities of exactly 0 and 1, right and wrong",
                exactly([0.0, 1.0, 1.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0, 0.5]),
                CLIPPED,
            ),
            Extreme(
                "soft targets at probabilities of exactly 0 and 1",
                exactly([0.25, 0.75, 0.5, 0.5], [0.0, 1.0, 0.25, 0.75]),
                CLIPPED,
            ),
            Extreme(
                "probabilities of 1e-300",
                exactly([1.0, 0.0, 1.0], [1e-300, 1e-300, 0.5]),
                CLIPPED,
            ),
            Extreme("probabilities within 1e-8 of 0 and 1", near_the_ends(1e-9), NO_FURTHER),
            Extreme(
                "probabilities within 1e-4 of 0 and 1",
                near_the_ends(1e-5),
                NO_FURTHER,
                float32=True,
            ),
        ),
        edges=(
            Edge(
                "probabilities beyond eps = 0.1",
                exactly([0.0, 1.0, 1.0, 0.0, 0.5], [0.01, 0.05, 0.99, 0.95, 0.5], eps=0.1),
                "With eps = 0.1 a probability of 0.01 counts as 0.1, and one of 0.99 as 0.9.",
            ),
            Edge(
                "every probability one half",
                exactly([0.0, 1.0, 0.5, 0.25], [0.5, 0.5, 0.5, 0.5]),
                "At one half the loss is log 2, whatever the targets are.",
            ),
            Edge(
                "soft targets that are met",
                exactly([0.25, 0.75, 0.5, 1.0], [0.25, 0.75, 0.5, 0.75]),
                "A soft target that is met has no slope, though its loss is not 0.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("log1p and the slope of the clip", CLIPPED_SLOPE),
            Variant("einsum over both classes", EINSUM),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve("One probability, target 1", "y_pred", 0.01, 0.99, one_number(1.0)),
            Curve("One probability, target 0", "y_pred", 0.01, 0.99, one_number(0.0)),
        ),
        coarse=nearly_met,
    ),
)
