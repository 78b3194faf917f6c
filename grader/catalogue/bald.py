"""BALD: what the members of an ensemble disagree about, for active learning."""

from typing import Any

import numpy as np

from grader.catalogue.class_scores import neglects, rules
from grader.catalogue.exact import mean
from grader.catalogue.inputs import require
from grader.catalogue.predictive_entropy import ZERO, information
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
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def entropy(probabilities: Array) -> Array:
    """Return the entropy along the last axis, in nats."""
    return np.asarray(information(probabilities).sum(axis=-1))


def reference(probabilities: Array) -> Array:
    """Return the entropy of the members' mean less the mean of their entropies, shape (n,).

    Args:
        probabilities: shape (m, n, k): of each of m posterior samples, n distributions over k
            classes.

    Returns:
        The mutual information between class and posterior sample, in nats, from 0 where all
        members agree to log min(m, k) where they contradict each other with certainty.

    Raises:
        ValueError: for other shapes or empty input.

    Source: Houlsby, Huszar, Ghahramani, Lengyel, Bayesian Active Learning for Classification and
    Preference Learning (2011), equation 2; Gal, Islam, Ghahramani, Deep Bayesian Active Learning
    with Image Data (2017), section 3.
    """
    shape = np.shape(probabilities)
    require(len(shape) == 3 and 0 not in shape, "probabilities must be (m, n, k) and not empty")
    members = np.asarray(probabilities, np.float64)
    return np.asarray(entropy(members.mean(axis=0)) - entropy(members).mean(axis=0))


def terms(probabilities: Array) -> float:
    return float(np.nanmax(entropy(np.asarray(probabilities, np.float64).mean(axis=0))))


def definition(mp: Any, probabilities: Any) -> Any:
    def entropy(row: Any) -> Any:
        return -mp.fsum(p * mp.log(p) for p in row if p != 0)

    def score(rows: Any) -> Any:
        average = [mean(mp, column) for column in zip(*rows, strict=True)]
        return entropy(average) - mean(mp, map(entropy, rows))

    return [score(rows) for rows in zip(*probabilities, strict=True)]


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array]:
    """Draw members that disagree: each is sharper about some class of its own."""
    weights = rng.uniform(0.05, 1.0, size=shape) ** 3 + 0.02
    return (weights / weights.sum(axis=-1, keepdims=True),)


def certain(rng: np.random.Generator) -> Case:
    """Members that are sure, each of any class."""
    return Case((np.eye(4)[rng.integers(0, 4, size=(3, 5))],))


def with_zeros(rng: np.random.Generator) -> Case:
    """Each distribution has ruled out one class, and some are certain."""
    (members,) = sample(rng, (4, 5, 4))
    np.put_along_axis(members, rng.integers(0, 4, size=(4, 5, 1)), 0.0, axis=2)
    members /= members.sum(axis=2, keepdims=True)
    members[rng.integers(0, 4), rng.integers(0, 5)] = [0.0, 1.0, 0.0, 0.0]
    return Case((members,))


def nearly_certain(rng: np.random.Generator, rest: float) -> Case:
    """Members that leave `rest` and less to other classes than their own; one that is open."""
    members = rest * rng.uniform(0.1, 1.0, size=(4, 5, 4))
    np.put_along_axis(members, rng.integers(0, 4, size=(4, 5, 1)), 1.0, axis=2)
    (members[0],) = sample(rng, (5, 4))
    return Case((members / members.sum(axis=2, keepdims=True),))


def nearly_agreed(rng: np.random.Generator, spread: float) -> Case:
    """Members that differ by a share of about `spread` for most samples, by much for one."""
    (apart,) = sample(rng, (4, 5, 3))
    (same,) = sample(rng, (1, 5, 3))
    members = same + spread * (apart - same)
    members[:, 0] = apart[:, 0]
    return Case((members,))


def agreed(rng: np.random.Generator) -> Case:
    """Members that say the same of every sample but one: it sets the scale of the tolerance."""
    return nearly_agreed(rng, 0.0)


def contradicting(rng: np.random.Generator) -> Case:
    """As many members as classes, each sure of another class."""
    return Case((np.stack([rng.permutation(np.eye(4)) for _ in range(3)], axis=1),))


def one_member(rng: np.random.Generator) -> Case:
    """Several samples, of which a lone member can disagree with nobody."""
    return Case(sample(rng, (1, 4, 3)))


EPSILON = (
    "Guard only the zeros, by a mask: an epsilon added to every probability changes the entropy "
    "of nearly certain members."
)
EXTREMES = (
    Extreme("probabilities of exactly 0 and 1", certain, ZERO, float32=True),
    Extreme("some classes ruled out", with_zeros, ZERO, float32=True),
    Extreme("other classes at 1e-10", lambda rng: nearly_certain(rng, 1e-10), EPSILON),
    Extreme("other classes at 1e-290", lambda rng: nearly_certain(rng, 1e-290), EPSILON),
    Extreme(
        "members that differ by 1e-3",
        lambda rng: nearly_agreed(rng, 1e-3),
        "Compute both entropies in float64 and round neither: their difference is a millionth of "
        "them.",
    ),
)

EDGES = (
    Edge("members agree", agreed, "Where all members say the same, the score is 0."),
    Edge(
        "members contradict each other",
        contradicting,
        "Where m members are certain of m different classes, the score is log m.",
    ),
    Edge("one member", one_member, "A single posterior sample has nobody to disagree with: 0."),
)

VECTORISED = """\
import numpy as np


def entropy(p):
    return -(p * np.log(np.where(p > 0, p, 1))).sum(axis=-1)


def score(probabilities):
    if probabilities.ndim != 3 or probabilities.size == 0:
        raise ValueError("probabilities must be (m, n, k) and not empty")
    p = np.asarray(probabilities)
    scores = entropy(p.mean(axis=0)) - entropy(p).mean(axis=0)
    return scores
"""

LOOPS = """\
import numpy as np


def entropy(distribution):
    total = 0.0
    for p in distribution:
        if p != 0:
            total -= p * np.log(p)
    return total


def disagreement(members):
    average = sum(members) / len(members)
    return entropy(average) - sum(entropy(member) for member in members) / len(members)


def score(probabilities):
    m, n, k = probabilities.shape
    if 0 in (m, n, k):
        raise ValueError(f"nothing to score in {(m, n, k)}")
    result = np.empty(n)
    for i in range(n):
        result[i] = disagreement([probabilities[j, i].astype(float) for j in range(m)])
    return result
"""

DIVERGENCE = '''\
import numpy as np


def score(probabilities):
    """The mean Kullback-Leibler divergence of the members from their average."""
    if 0 in np.shape(probabilities):
        raise ValueError("need at least one member, one sample and one class")
    p = np.asarray(probabilities, dtype=np.float64)
    average = p.mean(axis=0)
    # Where a member rules a class out, it adds nothing.
    ratio = np.divide(p, average, out=np.ones_like(p), where=p != 0)
    return (p * np.log(ratio)).sum(axis=2).mean(axis=0)
'''

EINSUM = """\
import numpy as np


def log_or_zero(p):
    logs = np.zeros(p.shape)
    np.log(p, out=logs, where=(p != 0))
    return logs


class Posterior:
    def __init__(self, samples):
        if samples.size < 1:
            raise ValueError("an empty posterior")
        self.samples = samples.astype(np.float64)
        self.weight = 1.0 / len(samples)

    def total(self):
        mixture = self.weight * np.einsum("mnk->nk", self.samples)
        return -np.einsum("nk,nk->n", mixture, log_or_zero(mixture))

    def aleatoric(self):
        return -self.weight * np.einsum("mnk,mnk->n", self.samples, log_or_zero(self.samples))

    def epistemic(self):
        return self.total() - self.aleatoric()


def score(probabilities):
    return Posterior(probabilities).epistemic()
"""

SCORES = "entropy(p.mean(axis=0)) - entropy(p).mean(axis=0)"

MISCONCEPTIONS = (
    Misconception(
        "predictive entropy alone",
        Family.VALUES,
        "It returns the entropy of the mean, which is large as well where every member is unsure "
        "in the same way.",
        patched(VECTORISED, (SCORES, "entropy(p.mean(axis=0))")),
    ),
    Misconception(
        "mean entropy alone",
        Family.VALUES,
        "It returns the mean of the members' entropies and leaves out the entropy of their mean.",
        patched(VECTORISED, (SCORES, "entropy(p).mean(axis=0)")),
    ),
    Misconception(
        "difference the wrong way round",
        Family.VALUES,
        "It subtracts the entropy of the mean from the mean entropy, so agreement is queried "
        "first.",
        patched(VECTORISED, (SCORES, "entropy(p).mean(axis=0) - entropy(p.mean(axis=0))")),
    ),
    Misconception(
        "entropies added",
        Family.VALUES,
        "It adds the two entropies where their difference is asked.",
        patched(VECTORISED, (") - entropy", ") + entropy")),
    ),
    Misconception(
        "averaged over the samples",
        Family.VALUES,
        "It averages over the n samples (axis 1), where the m members (axis 0) are averaged.",
        patched(
            VECTORISED,
            (SCORES, "np.resize(entropy(p.mean(axis=1)) - entropy(p).mean(axis=1), p.shape[1])"),
        ),
    ),
    Misconception(
        "entropies of the members summed",
        Family.VALUES,
        "It adds up the members' entropies where their mean is asked.",
        patched(VECTORISED, ("entropy(p).mean(axis=0)", "entropy(p).sum(axis=0)")),
    ),
    Misconception(
        "log base 2",
        Family.VALUES,
        "It measures in bits: the logarithm is base 2 where the natural one is asked.",
        patched(VECTORISED, ("np.log(", "np.log2(")),
    ),
    Misconception(
        "variance in its place",
        Family.VALUES,
        "It returns the variance of the members' probabilities, which also grows with "
        "disagreement but is no information.",
        patched(VECTORISED, (SCORES, "p.var(axis=0).sum(axis=-1) + 0 * entropy(p[0])")),
    ),
    Misconception(
        "divergence turned round",
        Family.VALUES,
        "It takes the divergence of the mean from the members, where that of the members from "
        "the mean is asked.",
        patched(
            VECTORISED,
            (
                SCORES,
                "(p.mean(axis=0) * np.log(p.mean(axis=0) / p)).sum(axis=-1).mean(axis=0)",
            ),
        ),
    ),
    Misconception(
        "0 log 0 is NaN",
        Family.STABILITY,
        "It takes the log of 0, and 0 times minus infinity is NaN, where 0 log 0 counts as 0.",
        patched(VECTORISED, ("np.where(p > 0, p, 1)", "p")),
    ),
    Misconception(
        "epsilon in the log",
        Family.STABILITY,
        "It adds 1e-6 to every probability inside the log, so certain members score wrong.",
        patched(VECTORISED, ("np.where(p > 0, p, 1)", "p + 1e-6")),
    ),
    Misconception(
        "impossible only if all say so",
        Family.STABILITY,
        "It guards the zeros of the mean alone: a class that one member rules out gives NaN.",
        patched(
            VECTORISED,
            ("np.where(p > 0, p, 1)", "p + (p.sum(axis=0) == 0)"),
        ),
    ),
    *neglects(VECTORISED, "sample"),
)

CLASSES = 4


def _permuted(axis: int) -> Law:
    """The order along the axis does not matter."""

    def sides(rng: np.random.Generator) -> tuple[Array, Array]:
        (members,) = sample(rng, (5, 3, CLASSES))
        order = rng.permutation(members.shape[axis])
        return reference(members), reference(np.take(members, order, axis=axis))

    name = {0: "members", 2: "classes"}[axis]
    return Law(f"The order of the {name} does not matter.", sides)


def _agreeing(rng: np.random.Generator) -> tuple[Array, float]:
    (one,) = sample(rng, (1, 6, CLASSES))
    return reference(np.repeat(one, 3, axis=0)), 0.0


def _sure_of_different_classes(rng: np.random.Generator) -> tuple[Array, float]:
    return reference(*contradicting(rng).arguments), float(np.log(CLASSES))


def _listed_twice(rng: np.random.Generator) -> tuple[Array, Array]:
    (members,) = sample(rng, (3, 5, CLASSES))
    return reference(members), reference(np.concatenate([members, members]))


def _mean_divergence(rng: np.random.Generator) -> tuple[Array, Array]:
    (members,) = sample(rng, (4, 5, CLASSES))
    logs = np.log(members / members.mean(axis=0))
    return reference(members), np.asarray((members * logs).sum(axis=2).mean(axis=0))


LAWS = (
    _permuted(0),
    _permuted(2),
    Law("Members that agree score 0.", _agreeing),
    Law("Members that are each sure of another class score log m.", _sure_of_different_classes),
    Law("Listing every member twice changes nothing.", _listed_twice),
    Law("It is the mean divergence of the members from their mean.", _mean_divergence),
)

TASKS = (
    Task(
        slug="bald",
        title="BALD",
        function="score",
        formula=(
            r"s_i = H\Bigl( \frac{1}{m} \sum_{j=1}^{m} p_{ji} \Bigr) "
            r"- \frac{1}{m} \sum_{j=1}^{m} H(p_{ji}), \qquad "
            r"H(p) = -\sum_{c=1}^{k} p_c \log p_c, \quad 0 \log 0 = 0"
        ),
        sentence=(
            "For each sample, the entropy of the mean of the members' distributions less the mean "
            "of the members' entropies: what they disagree about, not what all of them doubt."
        ),
        domain=(
            "probabilities: shape (m, n, k): of each of m posterior samples, n distributions over "
            "k classes, zeros and ones included."
        ),
        rules=(
            *rules("sample"),
            "The first axis holds the m members of the ensemble, the second the n samples.",
            "Logarithms are natural, and 0 log 0 counts as 0.",
            "A single member (m = 1) is fine: it scores 0.",
        ),
        source=(
            "Houlsby, Huszar, Ghahramani, Lengyel, Bayesian Active Learning for Classification and "
            "Preference Learning (2011), equation 2; Gal, Islam, Ghahramani, Deep Bayesian Active "
            "Learning with Image Data (2017), section 3."
        ),
        brief=Brief(
            prompt="A hospital reads scans with a network that is run several times with dropout "
            "left on, so that each scan gets `m` predicted distributions. A radiologist should "
            "label the scans on which these runs **disagree**, not those that are blurred and "
            "leave every run unsure in the same way. Write the BALD score of each scan: the "
            "larger, the sooner it is labelled.",
            context="Mutual information as a difference of entropies, over the right axes of a "
            "three-dimensional array, with certain members.",
            topics=("active-learning",),
            difficulty="medium",
            minutes=20,
        ),
        examples=(
            Example(
                Case((np.array([[[1.0, 0.0], [0.5, 0.5]], [[0.0, 1.0], [0.5, 0.5]]]),)),
                value=(float(np.log(2.0)), 0.0),
                working="Two members sure of different classes: log 2 less 0. Two that are both "
                "undecided: log 2 less log 2.",
            ),
        ),
        definition=definition,
        arguments=(Argument("probabilities", "m n k"),),
        reference=reference,
        gradient=None,
        sample=sample,
        shapes=((3, 4, 3), (2, 1, 2), (5, 2, 4), (2, 6, 3), (4, 4, 4)),
        large=(20, 200, 50),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("vectorised", VECTORISED),
            Variant("loops", LOOPS, slow=True),
            Variant("mean divergence", DIVERGENCE),
            Variant("einsum in a class", EINSUM),
        ),
        laws=LAWS,
        curves=(
            Curve(
                "Two members: one says 1/2, the other p",
                "p of the first class",
                0.02,
                0.98,
                lambda p: Case((np.array([[[0.5, 0.5]], [[p, 1.0 - p]]]),)),
            ),
        ),
    ),
)
