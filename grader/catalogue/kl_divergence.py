"""The Kullback-Leibler divergence of a distribution from one given by its logarithms."""

import math
from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.distributions import (
    CHECK,
    LARGE,
    SHAPES,
    Pair,
    averages,
    checked,
    information,
    neglects,
    normalised,
    rules,
    two,
    with_zeros,
)
from grader.catalogue.exact import mean
from grader.catalogue.regression import at_least_tiny
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


def _crossed(p: Array, log_q: Array) -> Array:
    """Return p log q elementwise, 0 where p is 0, whatever log q is there."""
    return np.asarray(p * np.where(p == 0.0, 0.0, log_q))


def reference(p: Array, log_q: Array) -> float:
    """Return the mean over rows of sum_j p_ij (log p_ij - log_q_ij), in nats.

    Args:
        p: shape (n, k), each row a distribution.
        log_q: shape (n, k), natural logarithms of probabilities; -inf is a probability of 0.

    Returns:
        The divergence, >= 0 for distributions; inf where p gives weight to what q rules out; NaN
        where either array holds one.

    Raises:
        ValueError: for different shapes, other than two axes, or empty input.

    Source: Kullback, Leibler, On Information and Sufficiency (Annals of Mathematical Statistics
        22, 1951), equation 2.4.
    """
    p, log_q = checked(p, log_q)
    log_p = np.log(np.where(p == 0.0, 1.0, p))
    # The difference first: where q is p, not a digit of the logarithms is left.
    return float(np.mean(np.sum(p * (log_p - np.where(p == 0.0, 0.0, log_q)), axis=1)))


def gradient(p: Array, log_q: Array) -> tuple[Array]:
    """Return d loss / d log_q = -p / n, shape (n, k): log_q is free here, no softmax precedes it.

    Raises:
        ValueError: as `reference`.
    """
    p, _ = checked(p, log_q)
    return (-p / len(p),)


def terms(p: Array, log_q: Array) -> float:
    """Return the largest finite p log p or p log q."""
    each = np.abs(np.concatenate([information(p), _crossed(p, log_q)]))
    return at_least_tiny(np.max(each[np.isfinite(each)]))


def definition(mp: Any, p: Any, log_q: Any) -> Any:
    return mean(
        mp,
        (
            mp.fsum(x * (mp.log(x) - z) for x, z in zip(row, logs, strict=True) if x != 0)
            for row, logs in zip(p, log_q, strict=True)
        ),
    )


def sample(rng: np.random.Generator, shape: Shape) -> Pair:
    """Draw distributions without zeros, the second as logarithms."""
    p, q = two(rng, shape)
    return p, np.log(q)


def unlikely(rng: np.random.Generator, scale: float) -> Case:
    """Ordinary p against a q that is sure of one class: the other logarithms are of -scale."""
    p, _ = two(rng, (5, 4))
    log_q = -scale * rng.uniform(0.1, 1.0, size=(5, 4))
    log_q[np.arange(5), rng.integers(0, 4, size=5)] = 0.0
    return Case((p, log_q))


def zeros_in_p(rng: np.random.Generator) -> Case:
    p, q = two(rng, (5, 4))
    return Case((with_zeros(rng, p), np.log(q)))


def zeros_in_both(rng: np.random.Generator) -> Case:
    """Classes that p has ruled out, and q as well."""
    p, q = two(rng, (5, 4))
    p = with_zeros(rng, p)
    q = normalised(np.where(p == 0.0, 0.0, q))
    with np.errstate(divide="ignore"):
        return Case((p, np.log(q)))


def zero_against_p(rng: np.random.Generator) -> Case:
    """One class that q rules out and p does not."""
    p, log_q = sample(rng, (4, 3))
    log_q[rng.integers(0, 4), rng.integers(0, 3)] = -np.inf
    return Case((p, log_q))


def the_same(rng: np.random.Generator) -> Case:
    p, _ = two(rng, (4, 3))
    return Case((p, np.log(p)))


def no_distribution(rng: np.random.Generator) -> Case:
    """Logarithms of scores that do not add up to 1."""
    p, log_q = sample(rng, (4, 3))
    return Case((p, log_q - rng.uniform(0.5, 3.0, size=(4, 1))))


LOGARITHMS = (
    "Stay with the logarithms that are given: exp turns those below -745 into 0, and their log is "
    "lost."
)
ZERO = (
    "Treat 0 log 0 as 0, for example with np.where(p > 0, p, 1) inside the log: 0 times minus "
    "infinity is NaN."
)

EXTREMES = (
    Extreme("log_q of -1e4", lambda rng: unlikely(rng, 1e4), LOGARITHMS, float32=True),
    Extreme("log_q of -100", lambda rng: unlikely(rng, 100.0), LOGARITHMS, float32=True),
    Extreme("log_q of -1e300", lambda rng: unlikely(rng, 1e300), LOGARITHMS),
    Extreme("some classes of p ruled out", zeros_in_p, ZERO, float32=True),
)

EDGES = (
    Edge("zeros in p", zeros_in_p, "A class of which p is 0 adds 0, for 0 log 0 is 0."),
    Edge(
        "zeros in p and in q",
        zeros_in_both,
        "A class of which p is 0 adds 0, also where log_q is minus infinity.",
    ),
    Edge(
        "weight on what q rules out",
        zero_against_p,
        "Where p is above 0 and log_q is minus infinity, the divergence is infinite.",
        gradient=False,
    ),
    Edge("q equal to p", the_same, "A distribution does not diverge from itself: the loss is 0."),
    Edge("q not normalised", no_distribution, "log_q is taken as it is, and not normalised."),
)

PLAIN = (
    CHECK.format(second="log_q")
    + """

def loss(p, log_q):
    _check(p, log_q)
    safe = np.where(p > 0, p, 1)
    each = p * (np.log(safe) - log_q)
    return np.where(p == 0, 0, each).sum(axis=1).mean()


def grad(p, log_q):
    _check(p, log_q)
    return -p / len(p)
"""
)

ENTROPIES = '''\
import numpy as np


def products(p, log_q):
    """sum p log p and sum p log q of each row, a class without weight left out of both."""
    if p.shape != log_q.shape or p.ndim != 2:
        raise ValueError(f"shapes {p.shape} and {log_q.shape} do not fit")
    if not p.size:
        raise ValueError("no rows")
    p, possible = p.astype(np.float64), p != 0
    logs, given = np.zeros(p.shape), np.zeros(p.shape)
    np.log(p, out=logs, where=possible)
    np.copyto(given, log_q, where=possible)
    return np.einsum("ij,ij->i", p, logs), np.einsum("ij,ij->i", p, given)


def loss(p, log_q):
    negative_entropy, crossed = products(p, log_q)
    return float(np.mean(negative_entropy - crossed))


def grad(p, log_q):
    products(p, log_q)
    return np.multiply(p, -1.0 / p.shape[0])
'''

PICKED = """\
import numpy as np


class Divergence:
    def __init__(self, p, log_q):
        if np.shape(p) != np.shape(log_q):
            raise ValueError("shape mismatch")
        if len(p.shape) != 2 or 0 in p.shape:
            raise ValueError("expected rows of probabilities")
        self.rows = p.shape[0]
        self.support = np.nonzero(p)
        self.weights, self.logs = p[self.support], log_q[self.support]

    def value(self):
        surplus = np.log(self.weights) - self.logs
        return np.sum(self.weights * surplus) / self.rows

    def slope(self, out):
        out[self.support] = self.weights / -self.rows
        return out


def loss(p, log_q):
    return Divergence(p, log_q).value()


def grad(p, log_q):
    return Divergence(p, log_q).slope(np.zeros(log_q.shape))
"""

LOOPS = """\
import math

import numpy as np


def rows(p, log_q):
    if p.ndim != 2 or log_q.ndim != 2 or p.shape != log_q.shape:
        raise ValueError("p and log_q must be matrices of one shape")
    if p.shape[0] == 0 or p.shape[1] == 0:
        raise ValueError("empty")
    return zip(p.tolist(), log_q.tolist())


def loss(p, log_q):
    total = 0.0
    for row, logs in rows(p, log_q):
        for weight, log in zip(row, logs):
            if weight == 0:
                continue
            total += weight * (math.log(weight) - log)
    return total / len(p)


def grad(p, log_q):
    return np.array([[-weight / len(p) for weight in row] for row, _ in rows(p, log_q)])
"""

EACH = "p * (np.log(safe) - log_q)"
MEAN, SLOPE = "np.where(p == 0, 0, each).sum(axis=1).mean()", "-p / len(p)"

MISCONCEPTIONS = (
    Misconception(
        "reverse direction",
        Family.VALUES,
        "It weighs the logarithms with q, not with p: that is the divergence of q from p, and the "
        "two differ.",
        patched(
            PLAIN,
            (EACH, "np.exp(log_q) * (log_q - np.log(safe))"),
            (SLOPE, "np.exp(log_q) * (log_q - np.log(p) + 1) / len(p)"),
        ),
    ),
    Misconception(
        "cross-entropy",
        Family.VALUES,
        "It leaves out p log p: that is the cross-entropy, which does not reach 0 at q = p.",
        patched(PLAIN, (EACH, "p * -log_q")),
    ),
    Misconception(
        "log of the logarithms",
        Family.VALUES,
        "It takes log_q for probabilities and takes their logarithm once more.",
        patched(PLAIN, (EACH, "p * (np.log(safe) - np.log(log_q))")),
    ),
    Misconception(
        "p taken for logarithms",
        Family.VALUES,
        "It takes p for logarithms, as log_q is, and applies exp to it.",
        patched(PLAIN, (EACH, "np.exp(p) * (p - log_q)"), (SLOPE, "-np.exp(p) / len(p)")),
    ),
    Misconception(
        "sign",
        Family.VALUES,
        "It subtracts the wrong way round: its result is the divergence with a minus.",
        patched(PLAIN, (EACH, "p * (log_q - np.log(safe))"), (SLOPE, "p / len(p)")),
    ),
    Misconception(
        "log base 2",
        Family.VALUES,
        "It measures in bits: the logarithm is base 2 where the natural one is asked.",
        patched(PLAIN, (".mean()", ".mean() / np.log(2)"), (SLOPE, "-p / len(p) / np.log(2)")),
    ),
    Misconception(
        "q normalised again",
        Family.GRADIENTS,
        "Its gradient is that of logits before a softmax, (softmax - p) / n: log_q itself is what "
        "is varied here.",
        patched(PLAIN, (SLOPE, "(np.exp(log_q) - p) / len(p)")),
    ),
    Misconception(
        "gradient with respect to q",
        Family.GRADIENTS,
        "Its gradient is -p/q, with respect to q; asked is the one with respect to log q.",
        patched(PLAIN, (SLOPE, "-p / np.exp(log_q) / len(p)")),
    ),
    Misconception(
        "gradient with respect to p",
        Family.GRADIENTS,
        "Its gradient is with respect to p, the first argument; asked is the second.",
        patched(PLAIN, (SLOPE, "(np.log(p) + 1 - log_q) / len(p)")),
    ),
    Misconception(
        "gradient sign",
        Family.GRADIENTS,
        "Its gradient lacks the minus: a larger log_q lowers the divergence.",
        patched(PLAIN, (SLOPE, "p / len(p)")),
    ),
    Misconception(
        "back to probabilities",
        Family.STABILITY,
        "It undoes the logarithm and takes it again: exp of a very negative log_q is 0.",
        patched(PLAIN, (EACH, "p * np.log(safe / np.exp(log_q))")),
    ),
    Misconception(
        "log_q cut off",
        Family.STABILITY,
        "It keeps q above 1e-12, so that no class costs more than 27.6, whatever q says of it.",
        patched(PLAIN, (EACH, "p * (np.log(safe) - np.maximum(log_q, np.log(1e-12)))")),
    ),
    Misconception(
        "0 log 0",
        Family.EDGE_CASES,
        "It takes the log of a p of 0, and 0 times minus infinity is NaN, where 0 is right.",
        patched(PLAIN, (EACH, "p * (np.log(p) - log_q)"), (MEAN, "each.sum(axis=1).mean()")),
    ),
    Misconception(
        "0 times an infinite log_q",
        Family.EDGE_CASES,
        "It guards the log of p alone: where p is 0 and log_q minus infinity, it gives NaN.",
        patched(PLAIN, (MEAN, "each.sum(axis=1).mean()")),
    ),
    Misconception(
        "NaN hidden",
        Family.EDGE_CASES,
        "It leaves out every NaN from the sum, those of bad data included.",
        patched(
            PLAIN,
            (EACH, "p * (np.log(p) - log_q)"),
            (MEAN, "np.nansum(each, axis=1).mean()"),
        ),
    ),
    Misconception(
        "infinity hidden",
        Family.EDGE_CASES,
        "It replaces the infinite divergence by a large number, where q rules out what p allows.",
        patched(PLAIN, ("each = ", "log_q = np.maximum(log_q, -1e305)\n    each = ")),
    ),
    *averages(PLAIN, MEAN, " / len(p)", " / p.size"),
    *neglects(PLAIN, "log_q"),
)


def _cross_entropy_less_entropy(p: Array, log_q: Array) -> float:
    crossed = -np.sum(p * log_q, axis=1)
    entropy = -np.sum(p * np.log(p), axis=1)
    return float(np.mean(crossed) - np.mean(entropy))


def _uniform(rng: np.random.Generator) -> Case:
    p, _ = two(rng, (4, 5))
    return Case((p, np.full((4, 5), -math.log(5))))


def _log_k_less_entropy(p: Array, log_q: Array) -> float:
    return math.log(p.shape[1]) + float(np.mean(np.sum(p * np.log(p), axis=1)))


USUAL = laws.drawn(sample, 5, 4)
LAWS = (
    laws.zero("A distribution does not diverge from itself.", reference, the_same),
    laws.equal(
        "It is the cross-entropy less the entropy.", USUAL, reference, _cross_entropy_less_entropy
    ),
    laws.equal(
        "From the uniform distribution it is log k less the entropy.",
        _uniform,
        reference,
        _log_k_less_entropy,
    ),
    laws.unchanged(
        "The order of the rows does not matter.", reference, USUAL, laws.reordered(0, 1)
    ),
    laws.unchanged("The order of the classes does not matter.", reference, USUAL, laws.rearranged),
)


def _two_classes(share: float) -> Case:
    return Case((np.array([[0.3, 0.7]]), np.log([[share, 1.0 - share]])))


TASKS = (
    Task(
        slug="kl-divergence",
        title="Kullback-Leibler divergence",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \sum_{j=1}^{k} p_{ij} "
        r"\left( \log p_{ij} - \log q_{ij} \right), \quad 0 \log 0 = 0",
        sentence="The mean over the rows of the sum, over the classes, of p times the difference "
        "of the logarithms of p and q; logarithms are natural, and the second argument already "
        "holds log q.",
        domain="p: rows of probabilities, shape (n, k); log_q: natural logarithms of "
        "probabilities, the same shape, minus infinity for a probability of 0. Different shapes "
        "and empty arrays raise ValueError.",
        rules=(
            *rules("log_q"),
            "A class of which p is 0 adds 0, whatever log_q is there, minus infinity included.",
            "Where p is above 0 and log_q is minus infinity the loss is infinite (inf); its "
            "gradient is not asked.",
            "log_q as low as -1e300 gives a right and finite result.",
            "The gradient takes every element of log_q for a free number: no softmax precedes it.",
        ),
        source="Kullback, Leibler, On Information and Sufficiency, Annals of Mathematical "
        "Statistics 22 (1951), equation 2.4; Cover, Thomas, Elements of Information Theory (2nd "
        "ed., 2006), equation 2.26.",
        brief=Brief(
            prompt="A forecasting team keeps the class frequencies that were observed in each "
            "region, and a model that predicts them as log-probabilities. Write the "
            "Kullback-Leibler divergence of the observed distributions `p` from the predicted "
            "ones, and its gradient with respect to `log_q`. Some classes were never observed, and "
            "some the model rules out.",
            context="Sums over classes and means over rows kept apart, the convention of 0 log 0, "
            "and logarithms that are given and must not be undone.",
            topics=("classification", "distillation", "stability"),
            difficulty="medium",
            minutes=20,
        ),
        examples=(
            Example(
                Case((np.array([[0.5, 0.5]]), np.log([[0.25, 0.75]]))),
                value=0.5 * math.log(4.0 / 3.0),
                gradient=(((-0.5, -0.5),),),
                working="One row: 1/2 log 2 + 1/2 log(2/3) is half of log(4/3).",
            ),
            Example(
                Case((np.array([[1.0, 0.0], [0.5, 0.5]]), np.log([[0.5, 0.5], [0.5, 0.5]]))),
                value=0.5 * math.log(2.0),
                gradient=(((-0.5, 0.0), (-0.25, -0.25)),),
                working="The first row gives log 2, the second equals q and gives 0; the mean is "
                "half of log 2.",
            ),
        ),
        definition=definition,
        arguments=(Argument("p", "n k"), Argument("log_q", "n k", differentiate=True)),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=SHAPES,
        large=LARGE,
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("entropy and cross-entropy by einsum", ENTROPIES),
            Variant("the support picked in a class", PICKED),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve(
                "Two classes, p = (0.3, 0.7)",
                "q of the first class",
                0.01,
                0.99,
                _two_classes,
            ),
        ),
    ),
)
