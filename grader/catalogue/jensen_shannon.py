"""The Jensen-Shannon divergence of two distributions."""

import math
from typing import Any

import numpy as np

from grader.catalogue import kl_divergence, laws
from grader.catalogue.distributions import (
    CHECK,
    LARGE,
    SHAPES,
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
    Law,
    Misconception,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def _tilt(p: Array, q: Array) -> tuple[Array, Array]:
    """Return the midpoint m, and d such that p = m (1 - d) and q = m (1 + d)."""
    m = 0.5 * (p + q)
    return m, 0.5 * (q - p) / np.where(m == 0.0, 1.0, m)


def _each(p: Array, q: Array) -> Array:
    """Return 1/2 (p log(p/m) + q log(q/m)) elementwise, >= 0.

    The two logarithms nearly cancel where p and q are near: there
    (1 + d) log(1 + d) + (1 - d) log(1 - d) = 2 d atanh d + log(1 - d^2) keeps the digits.
    """
    m, d = _tilt(p, q)
    near = np.where(np.abs(d) < 0.5, d, 0.0)
    series = 2.0 * near * np.arctanh(near) + np.log1p(-(near**2))
    plain = information(1.0 + d) + information(1.0 - d)
    return np.asarray(0.5 * m * np.where(np.abs(d) < 0.5, series, plain))


def reference(p: Array, q: Array) -> float:
    """Return the mean over rows of 1/2 KL(p | m) + 1/2 KL(q | m), m = (p + q)/2, in nats.

    Args:
        p, q: one shape (n, k), each row a distribution; zeros are fine.

    Returns:
        The divergence, in 0..log 2 for distributions; NaN where either array holds one.

    Raises:
        ValueError: for different shapes, other than two axes, or empty input.

    Source: Lin, Divergence Measures Based on the Shannon Entropy (IEEE Transactions on
        Information Theory 37, 1991), equation 3.1 with both weights 1/2.
    """
    return float(np.mean(np.sum(_each(*checked(p, q)), axis=1)))


def gradient(p: Array, q: Array) -> tuple[Array]:
    """Return d loss / d q = 1/2 log(q / m) / n, shape (n, k); not finite where q is 0.

    Raises:
        ValueError: as `reference`.
    """
    p, q = checked(p, q)
    m, d = _tilt(p, q)
    with np.errstate(divide="ignore"):
        plain = np.log(q / np.where(m == 0.0, 1.0, m))
    # q/m rounds to 1 where they are near, log1p does not; where q is tiny it is d that rounds.
    near = np.where(np.abs(d) < 0.5, d, 0.0)
    return (0.5 * np.where(np.abs(d) < 0.5, np.log1p(near), plain) / len(p),)


def terms(p: Array, q: Array) -> float:
    """Return the largest probability, or entropy of one: what the logarithms multiply.

    A rounding of m moves its logarithm by as much, so that its share counts even near log 1.
    """
    return at_least_tiny(max(np.max(np.abs([a, information(a)])) for a in (p, q, 0.5 * (p + q))))


def definition(mp: Any, p: Any, q: Any) -> Any:
    def divergence(a: Any, m: Any) -> Any:
        return a * mp.log(a / m) if a != 0 else 0

    def both(a: Any, b: Any) -> Any:
        m = (a + b) / 2
        return divergence(a, m) / 2 + divergence(b, m) / 2

    rows = zip(p, q, strict=True)
    return mean(mp, (mp.fsum(map(both, *row)) for row in rows))


def _unlikely(rng: np.random.Generator, rest: float, *, both: bool = False) -> Case:
    """Some classes at `rest` and below in q, or in both, where the others are ordinary."""
    p, q = two(rng, (5, 4))
    for rows in (q, p) if both else (q,):
        rows[np.arange(5), np.arange(5) % 4] = rest * rng.uniform(0.1, 1.0, size=5)
    return Case((p, q))


def _near(rng: np.random.Generator, gap: float) -> Case:
    p, _ = two(rng, (5, 4))
    step = gap * rng.uniform(0.3, 1.0, size=(5, 2))
    return Case((p, p + np.concatenate([step, -step], axis=1)))


def _zeros_in_p(rng: np.random.Generator) -> Case:
    p, q = two(rng, (5, 4))
    return Case((with_zeros(rng, p), q))


def _zeros_in_q(rng: np.random.Generator) -> Case:
    p, q = two(rng, (5, 4))
    return Case((p, with_zeros(rng, q)))


def _zeros_in_both(rng: np.random.Generator) -> Case:
    p, q = two(rng, (5, 4))
    q = with_zeros(rng, q)
    return Case((normalised(np.where(q == 0.0, 0.0, p)), q))


def _disjoint(rng: np.random.Generator) -> Case:
    """Rows that share no class."""
    p, q = two(rng, (4, 3))
    nothing = np.zeros_like(p)
    return Case((np.concatenate([p, nothing], axis=1), np.concatenate([nothing, q], axis=1)))


def _the_same(rng: np.random.Generator) -> Case:
    p, _ = two(rng, (4, 3))
    return Case((p, p.copy()))


EPSILON = (
    "Guard only the zeros, by a mask: an epsilon added to q changes the slope of classes that q "
    "finds unlikely."
)

EXTREMES = (
    Extreme("some classes of q at 1e-14", lambda rng: _unlikely(rng, 1e-14), EPSILON, float32=True),
    Extreme("some classes of q at 1e-100", lambda rng: _unlikely(rng, 1e-100), EPSILON),
    Extreme("some classes of q at 1e-290", lambda rng: _unlikely(rng, 1e-290), EPSILON),
    Extreme(
        "some classes of both at 1e-200",
        lambda rng: _unlikely(rng, 1e-200, both=True),
        "Divide before multiplying: a product of two tiny probabilities is 0.",
    ),
    Extreme(
        "p and q 1e-6 apart",
        lambda rng: _near(rng, 1e-6),
        "Add nothing to the probabilities: near distributions differ by little.",
    ),
)

EDGES = (
    Edge(
        "zeros in p",
        _zeros_in_p,
        "Where p is 0 and q is not, p log(p/m) is 0, and the gradient is what remains.",
    ),
    Edge("zeros in q", _zeros_in_q, "Where q is 0, q log(q/m) is 0.", gradient=False),
    Edge(
        "zeros in both",
        _zeros_in_both,
        "A class that both have ruled out adds 0.",
        gradient=False,
    ),
    Edge(
        "no class in common",
        _disjoint,
        "Distributions that share no class are log 2 apart, the most there is.",
        gradient=False,
    ),
    Edge("p equal to q", _the_same, "A distribution does not diverge from itself: the loss is 0."),
)

PLAIN = (
    CHECK.format(second="q")
    + """

def _part(a, m):
    ratio = np.where(a == 0, 1, a) / np.where(m == 0, 1, m)
    return a * np.log(ratio)


def loss(p, q):
    _check(p, q)
    m = (p + q) / 2
    each = 0.5 * _part(p, m) + 0.5 * _part(q, m)
    return each.sum(axis=1).mean()


def grad(p, q):
    _check(p, q)
    m = (p + q) / 2
    return 0.5 * np.log(q / m) / len(p)
"""
)

ENTROPIES = '''\
import numpy as np


def entropy(rows):
    """H of each row; what is 0 is left out of the log, not of the row."""
    logs = np.zeros(rows.shape)
    np.log(rows, out=logs, where=rows != 0)
    return -np.einsum("ij,ij->i", rows, logs)


def prepare(p, q):
    if p.shape != q.shape or p.ndim != 2 or len(p) == 0:
        raise ValueError(f"cannot compare shapes {p.shape} and {q.shape}")
    return p.astype(np.float64), q.astype(np.float64)


def loss(p, q):
    p, q = prepare(p, q)
    return float(np.mean(entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2))


def grad(p, q):
    p, q = prepare(p, q)
    return (np.log(q) - np.log((p + q) / 2)) / (2 * q.shape[0])
'''

TILTED = """\
import numpy as np


def xlogx(x):
    return np.where(x == 0, 0.0, x * np.log(np.where(x == 0, 1.0, x)))


class Midpoint:
    # q = m (1 + d), p = m (1 - d)
    def __init__(self, p, q):
        if np.shape(p) != np.shape(q):
            raise ValueError("shapes of p and q differ")
        if np.ndim(p) != 2 or np.size(p) == 0:
            raise ValueError("p and q must be matrices that hold something")
        self.total = np.add(p, q, dtype=np.float64)
        self.share = q / np.where(self.total == 0, 1.0, self.total)
        self.other = p / np.where(self.total == 0, 1.0, self.total)

    def divergence(self):
        inner = xlogx(2 * self.share) + xlogx(2 * self.other)
        return np.sum(self.total * inner) / (4 * len(self.total))

    def slope(self):
        return np.log(2 * self.share) / (2 * len(self.total))


def loss(p, q):
    return Midpoint(p, q).divergence()


def grad(p, q):
    return Midpoint(p, q).slope()
"""

LOOPS = """\
import math

import numpy as np


def each_row(p, q):
    if p.ndim != 2 or p.shape != q.shape:
        raise ValueError("p and q must be (n, k)")
    if p.size == 0:
        raise ValueError("nothing there")
    return zip(p.tolist(), q.tolist())


def surprise(a, b):
    if a == 0:
        return 0.0
    return a * (math.log(2) + math.log(a) - math.log(a + b))


def loss(p, q):
    total = 0.0
    for row, other in each_row(p, q):
        for a, b in zip(row, other):
            total += surprise(a, b) + surprise(b, a)
    return total / 2 / len(p)


def grad(p, q):
    result = np.empty(q.shape)
    for i, (row, other) in enumerate(each_row(p, q)):
        for j, (a, b) in enumerate(zip(row, other)):
            result[i, j] = math.log(2 * b / (a + b)) / (2 * len(p)) if b else 0.0
    return result
"""

EACH = "0.5 * _part(p, m) + 0.5 * _part(q, m)"
MEAN, SLOPE = "each.sum(axis=1).mean()", "0.5 * np.log(q / m) / len(p)"

MISCONCEPTIONS = (
    Misconception(
        "square root",
        Family.VALUES,
        "It takes the square root of the divergence, as SciPy's jensenshannon does: that is the "
        "Jensen-Shannon distance.",
        patched(
            PLAIN,
            (MEAN, "np.sqrt(each.sum(axis=1)).mean()"),
            (
                SLOPE,
                f"{SLOPE} / 2 / np.sqrt(({EACH}).sum(axis=1, keepdims=True))",
            ),
        ),
    ),
    Misconception(
        "log base 2",
        Family.VALUES,
        "It measures in bits: the logarithm is base 2 where the natural one is asked.",
        patched(PLAIN, (MEAN, f"{MEAN} / np.log(2)"), (SLOPE, f"{SLOPE} / np.log(2)")),
    ),
    Misconception(
        "parts not halved",
        Family.VALUES,
        "It adds up the two divergences from the midpoint without the factor one half.",
        patched(PLAIN, (EACH, "_part(p, m) + _part(q, m)"), ("0.5 * np.log", "np.log")),
    ),
    Misconception(
        "sum for midpoint",
        Family.VALUES,
        "It compares with p + q, not with half of it: the midpoint is no distribution then.",
        patched(PLAIN, ("m = (p + q) / 2", "m = p + q")),
    ),
    Misconception(
        "one direction alone",
        Family.VALUES,
        "It measures how far p is from the midpoint and leaves out how far q is.",
        patched(PLAIN, (EACH, "_part(p, m)"), (SLOPE, "-p / (p + q) / len(p)")),
    ),
    Misconception(
        "no midpoint",
        Family.VALUES,
        "It averages KL(p | q) and KL(q | p): that is half of the Jeffreys divergence, without a "
        "midpoint.",
        patched(
            PLAIN,
            (EACH, "0.5 * _part(p, q) + 0.5 * _part(q, p)"),
            (SLOPE, "0.5 * (np.log(q / p) + 1 - p / q) / len(p)"),
        ),
    ),
    Misconception(
        "geometric midpoint",
        Family.VALUES,
        "It takes the geometric mean of p and q for the midpoint, where the arithmetic one is "
        "meant.",
        patched(PLAIN, ("m = (p + q) / 2", "m = np.sqrt(p * q)")),
    ),
    Misconception(
        "midpoint held fixed",
        Family.GRADIENTS,
        "Its gradient holds the midpoint fixed and has a 1 too many: the midpoint moves with q, "
        "which cancels it.",
        patched(PLAIN, ("np.log(q / m)", "(np.log(q / m) + 1)")),
    ),
    Misconception(
        "p's part of the gradient alone",
        Family.GRADIENTS,
        "Its gradient is of KL(p | m) alone: q is in its own divergence as well.",
        patched(PLAIN, (SLOPE, "-0.5 * p / (p + q) / len(p)")),
    ),
    Misconception(
        "gradient with respect to p",
        Family.GRADIENTS,
        "Its gradient is with respect to p, the first argument; asked is the second.",
        patched(PLAIN, ("np.log(q / m)", "np.log(p / m)")),
    ),
    Misconception(
        "gradient without the half",
        Family.GRADIENTS,
        "Its gradient lacks the factor one half.",
        patched(PLAIN, ("0.5 * np.log", "np.log")),
    ),
    Misconception(
        "gradient with respect to log q",
        Family.GRADIENTS,
        "Its gradient is multiplied by q: that is the one with respect to log q.",
        patched(PLAIN, ("0.5 * np.log(q / m)", "0.5 * q * np.log(q / m)")),
    ),
    Misconception(
        "epsilon in every logarithm",
        Family.STABILITY,
        "It adds 1e-12 to every probability, which changes what unlikely classes say.",
        patched(
            PLAIN,
            ("a * np.log(ratio)", "a * np.log((a + 1e-12) / (m + 1e-12))"),
            ("np.log(q / m)", "np.log((q + 1e-12) / (m + 1e-12))"),
        ),
    ),
    Misconception(
        "probabilities cut off",
        Family.STABILITY,
        "It raises every probability to at least 1e-7 first, as Keras does, and judges unlikely "
        "classes by that.",
        patched(
            PLAIN,
            (
                "    m = (p + q) / 2\n",
                "    p, q = np.maximum(p, 1e-7), np.maximum(q, 1e-7)\n    m = (p + q) / 2\n",
            ),
        ),
    ),
    Misconception(
        "0 log 0",
        Family.EDGE_CASES,
        "It takes the log of a probability of 0, and 0 times minus infinity is NaN, where 0 is "
        "right.",
        patched(PLAIN, ("ratio = np.where(a == 0, 1, a)", "ratio = a")),
    ),
    Misconception(
        "0 divided by 0",
        Family.EDGE_CASES,
        "It guards the logarithm but not the ratio: where both are 0 it divides 0 by 0.",
        patched(
            PLAIN,
            ("ratio = np.where(a == 0, 1, a) / np.where(m == 0, 1, m)", "ratio = a / m"),
            ("np.log(ratio)", "np.log(np.where(ratio == 0, 1, ratio))"),
        ),
    ),
    Misconception(
        "NaN hidden",
        Family.EDGE_CASES,
        "It leaves out every NaN from the sum, those of bad data included.",
        patched(PLAIN, (MEAN, "np.nansum(each, axis=1).mean()")),
    ),
    *averages(PLAIN, MEAN, " / len(p)", " / p.size"),
    *neglects(PLAIN, "q"),
)


def _by_divergences(p: Array, q: Array) -> float:
    log_m = np.log(0.5 * (p + q))
    return 0.5 * (kl_divergence.reference(p, log_m) + kl_divergence.reference(q, log_m))


def _by_entropies(p: Array, q: Array) -> float:
    h, h_p, h_q = (-np.sum(a * np.log(a), axis=1) for a in (0.5 * (p + q), p, q))
    return float(np.mean(h - 0.5 * (h_p + h_q)))


def _at_most(rng: np.random.Generator) -> tuple[float, float]:
    return laws.value(reference, _disjoint(rng)), math.log(2.0)


USUAL = laws.drawn(two, 5, 4)
LAWS = (
    laws.zero("A distribution does not diverge from itself.", reference, _the_same),
    Law("Distributions that share no class are log 2 apart.", _at_most),
    laws.unchanged("It is symmetric in p and q.", reference, USUAL, laws.swapped()),
    laws.unchanged(
        "The order of the rows does not matter.", reference, USUAL, laws.reordered(0, 1)
    ),
    laws.equal(
        "It is the mean KL divergence from the midpoint.", USUAL, reference, _by_divergences
    ),
    laws.equal(
        "It is the midpoint's entropy less the mean entropy.", USUAL, reference, _by_entropies
    ),
)


def _two_classes(share: float) -> Case:
    return Case((np.array([[0.3, 0.7]]), np.array([[share, 1.0 - share]])))


TASKS = (
    Task(
        slug="jensen-shannon",
        title="Jensen-Shannon divergence",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \frac{1}{2} \sum_{j=1}^{k} \left( "
        r"p_{ij} \log \frac{p_{ij}}{m_{ij}} + q_{ij} \log \frac{q_{ij}}{m_{ij}} \right), \quad "
        r"m = \frac{p + q}{2}, \quad 0 \log 0 = 0",
        sentence="The mean over the rows of half the Kullback-Leibler divergence of p from the "
        "midpoint of p and q, plus half that of q from it; logarithms are natural.",
        domain="p, q: rows of probabilities of one shape (n, k), zeros included. Different shapes "
        "and empty arrays raise ValueError.",
        rules=(
            *rules("q"),
            "A probability of 0 adds 0: 0 log 0 is 0, also where both p and q are 0.",
            "The divergence itself is asked, not its square root, in nats.",
            "The gradient takes every element of q for a free number, and is asked only where q is "
            "above 0, down to 1e-290.",
        ),
        source="Lin, Divergence Measures Based on the Shannon Entropy, IEEE Transactions on "
        "Information Theory 37 (1991), equation 3.1 with both weights 1/2; Goodfellow and others, "
        "Generative Adversarial Nets (2014), equation 5.",
        brief=Brief(
            prompt="A monitoring job compares, for each feature of a model, the histogram `p` of "
            "last month with today's histogram `q`, to see which inputs drift. Neither of the two "
            "is the true one, so the measure must be symmetric, and empty bins are common. Write "
            "the Jensen-Shannon divergence and its gradient with respect to `q`.",
            context="A symmetric divergence through a midpoint that moves with both arguments, "
            "with zeros on either side.",
            topics=("generative-models", "classification", "stability"),
            difficulty="medium",
            minutes=25,
        ),
        examples=(
            Example(
                Case((np.array([[1.0, 0.0]]), np.array([[0.5, 0.5]]))),
                value=0.5 * math.log(4.0 / 3.0) + 0.25 * math.log(2.0 / 3.0) + 0.25 * math.log(2.0),
                gradient=(((0.5 * math.log(2.0 / 3.0), 0.5 * math.log(2.0)),),),
                working="The midpoint is (3/4, 1/4): half of log(4/3), and half of the mean of "
                "log(2/3) and log 2.",
            ),
            Example(
                Case((np.array([[0.0, 1.0], [0.2, 0.8]]), np.array([[0.25, 0.75], [0.2, 0.8]]))),
                value=0.25
                * (math.log(8.0 / 7.0) + 0.25 * math.log(2.0) + 0.75 * math.log(6.0 / 7.0)),
                gradient=(((0.25 * math.log(2.0), 0.25 * math.log(6.0 / 7.0)), (0.0, 0.0)),),
                working="The first midpoint is (1/8, 7/8), the second rows are the same and add 0.",
            ),
        ),
        definition=definition,
        arguments=(Argument("p", "n k"), Argument("q", "n k", differentiate=True)),
        reference=reference,
        gradient=gradient,
        sample=two,
        shapes=SHAPES,
        large=LARGE,
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("three entropies by einsum", ENTROPIES),
            Variant("shares of the total in a class", TILTED),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve("Two classes, p = (0.3, 0.7)", "q of the first class", 0.01, 0.99, _two_classes),
        ),
    ),
)
