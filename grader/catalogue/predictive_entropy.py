"""Predictive entropy: how unsure a classifier is of each sample, for active learning."""

from math import log
from typing import Any

import numpy as np

from grader.catalogue.inputs import require
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


def information(probabilities: Array) -> Array:
    """Return -p log p elementwise, in nats, with 0 log 0 = 0; NaN stays NaN."""
    safe = np.where(probabilities == 0.0, 1.0, probabilities)
    return np.asarray(-probabilities * np.log(safe))


def reference(probabilities: Array) -> Array:
    """Return -sum_j p_ij log p_ij of each row, shape (n,), in nats.

    Args:
        probabilities: shape (n, k), each row a distribution over k classes.

    Raises:
        ValueError: for other shapes or empty input.

    Source: Settles, Active Learning Literature Survey (2009), section 3.1; Shannon, A
    Mathematical Theory of Communication (1948), section 6.
    """
    shape = np.shape(probabilities)
    require(len(shape) == 2 and 0 not in shape, "probabilities must be (n, k) and not empty")
    return np.asarray(information(np.asarray(probabilities, np.float64)).sum(axis=1))


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array]:
    """Draw distributions without zeros."""
    weights = rng.uniform(0.05, 1.0, size=shape)
    return (weights / weights.sum(axis=1, keepdims=True),)


def terms(probabilities: Array) -> float:
    return float(np.nanmax(np.abs(information(np.asarray(probabilities, np.float64)))))


def definition(mp: Any, probabilities: Any) -> Any:
    return [-mp.fsum(p * mp.log(p) for p in row if p != 0) for row in probabilities]


def in_another_order(rng: np.random.Generator) -> tuple[Array, Array]:
    """The scores of rows in another order, and the scores in that order."""
    (probabilities,) = sample(rng, (6, 4))
    order = rng.permutation(6)
    return reference(probabilities[order]), reference(probabilities)[order]


def of_other_classes(rng: np.random.Generator) -> tuple[Array, Array]:
    (probabilities,) = sample(rng, (6, 4))
    return reference(rng.permuted(probabilities, axis=1)), reference(probabilities)


def of_two_questions(rng: np.random.Generator) -> tuple[Array, Array]:
    """The scores of every pair of answers to two independent questions, and the sums of both."""
    (one,), (other,) = sample(rng, (5, 3)), sample(rng, (5, 4))
    joint = (one[:, :, None] * other[:, None, :]).reshape(5, 12)
    return reference(joint), reference(one) + reference(other)


def certain_and_uniform(rng: np.random.Generator) -> tuple[Array, Array]:
    k = int(rng.integers(2, 9))
    rows = np.stack([np.eye(k)[0], np.full(k, 1.0 / k)])
    return reference(rows), np.array([0.0, log(k)])


def beside_an_ordinary_row(rng: np.random.Generator, rows: Array) -> Case:
    """The rows, one more that is not special among them: it sets the scale of the tolerance."""
    (ordinary,) = sample(rng, (1, rows.shape[1]))
    return Case((rng.permutation(np.concatenate([rows, ordinary])),))


def one_hot(rng: np.random.Generator) -> Case:
    return beside_an_ordinary_row(rng, np.eye(4))


def with_zeros(rng: np.random.Generator) -> Case:
    """Ordinary rows of which each has ruled out one class, and one of which is certain."""
    (probabilities,) = sample(rng, (5, 4))
    probabilities[np.arange(5), rng.integers(0, 4, size=5)] = 0.0
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    probabilities[rng.integers(0, 5)] = [0.0, 1.0, 0.0, 0.0]
    return Case((probabilities,))


def nearly_certain(rng: np.random.Generator, rest: float) -> Case:
    """Rows whose other classes have probabilities of `rest` and below."""
    probabilities = rest * rng.uniform(0.1, 1.0, size=(4, 5))
    probabilities[:, 0] = 1.0 - probabilities[:, 1:].sum(axis=1)
    return beside_an_ordinary_row(rng, rng.permuted(probabilities, axis=1))


def uniform(rng: np.random.Generator) -> Case:
    classes = int(rng.integers(3, 9))
    return Case((np.full((3, classes), 1.0 / classes),))


ZERO = (
    "Treat 0 log 0 as 0, for example with np.where(p > 0, p, 1) inside the log: 0 times minus "
    "infinity is NaN."
)
EPSILON = (
    "Guard only the zeros, by a mask: an epsilon added to every probability changes the entropy "
    "of nearly certain rows."
)

EXTREMES = (
    Extreme("probabilities of exactly 0 and 1", one_hot, ZERO, float32=True),
    Extreme("some classes ruled out", with_zeros, ZERO, float32=True),
    Extreme("other classes at 1e-10", lambda rng: nearly_certain(rng, 1e-10), EPSILON),
    Extreme(
        "other classes at 1e-30", lambda rng: nearly_certain(rng, 1e-30), EPSILON, float32=True
    ),
    Extreme("other classes at 1e-290", lambda rng: nearly_certain(rng, 1e-290), EPSILON),
)

EDGES = (
    Edge("uniform rows", uniform, "A uniform row of k classes scores log k, the most there is."),
    Edge("certain rows", one_hot, "A row that is certain of one class scores 0."),
)

VECTORISED = """\
import numpy as np


def score(probabilities):
    if probabilities.ndim != 2 or probabilities.size == 0:
        raise ValueError("probabilities must be (n, k) and not empty")
    safe = np.where(probabilities > 0, probabilities, 1)
    return -(probabilities * np.log(safe)).sum(axis=1)
"""

ROW_BY_ROW = """\
import numpy as np


def entropy(row):
    possible = row[row != 0]
    return -np.dot(possible, np.log(possible))


def score(probabilities):
    if np.size(probabilities) == 0:
        raise ValueError("no rows to score")
    return np.array([entropy(row) for row in probabilities], dtype=float)
"""

MASKED_LOG = """\
import numpy as np


def score(probabilities):
    p = np.asarray(probabilities, dtype=np.float64)
    if 0 in p.shape:
        raise ValueError("empty input")
    logs = np.zeros(p.shape)
    np.log(p, out=logs, where=p > 0)
    return -np.einsum("ij,ij->i", p, logs)
"""

SMALLEST_NUMBER = """\
import numpy as np


def surprise(p):
    # 0 * log(tiny) is 0, and maximum() lets NaN through.
    return -np.log(np.maximum(p, np.finfo(p.dtype).tiny))


def score(probabilities):
    n, k = probabilities.shape
    if n == 0 or k == 0:
        raise ValueError(f"cannot score an array of shape {(n, k)}")
    return np.sum(np.multiply(probabilities, surprise(probabilities)), axis=-1)
"""

MISCONCEPTIONS = (
    Misconception(
        "log base 2",
        Family.VALUES,
        "It measures in bits: the logarithm is base 2 where the natural one is asked.",
        patched(VECTORISED, ("np.log(safe)", "np.log2(safe)")),
    ),
    Misconception(
        "minus forgotten",
        Family.VALUES,
        "It returns the sum of p log p without the minus, so the surest sample is queried first.",
        patched(VECTORISED, ("return -(", "return (")),
    ),
    Misconception(
        "mean over the classes",
        Family.VALUES,
        "It averages over the classes where the entropy is their sum.",
        patched(VECTORISED, (".sum(axis=1)", ".mean(axis=1)")),
    ),
    Misconception(
        "sum over the samples",
        Family.VALUES,
        "It adds up down the columns, over the samples, where each row is one distribution.",
        patched(VECTORISED, ("axis=1", "axis=0")),
    ),
    Misconception(
        "one number for all rows",
        Family.VALUES,
        "It averages over the rows, but active learning needs one score for each.",
        patched(VECTORISED, (".sum(axis=1)", ".sum(axis=1).mean()")),
    ),
    Misconception(
        "least confidence",
        Family.VALUES,
        "It scores 1 minus the largest probability: that is least confidence, not entropy.",
        patched(
            VECTORISED,
            ("-(probabilities * np.log(safe)).sum(axis=1)", "1 - safe.max(axis=1)"),
        ),
    ),
    Misconception(
        "p forgotten before the log",
        Family.VALUES,
        "It adds up -log p without weighing each class by its probability.",
        patched(VECTORISED, ("(probabilities * np.log(safe))", "np.log(safe)")),
    ),
    Misconception(
        "0 log 0 is NaN",
        Family.STABILITY,
        "It takes the log of 0, and 0 times minus infinity is NaN, where 0 log 0 counts as 0.",
        patched(VECTORISED, ("np.where(probabilities > 0, probabilities, 1)", "probabilities")),
    ),
    Misconception(
        "epsilon in the log",
        Family.STABILITY,
        "It adds 1e-9 to every probability inside the log, so certain and nearly certain rows "
        "score wrong.",
        patched(
            VECTORISED, ("np.where(probabilities > 0, probabilities, 1)", "probabilities + 1e-9")
        ),
    ),
    Misconception(
        "probabilities clipped",
        Family.STABILITY,
        "It clips the probabilities to at least 1e-7, so rows that are certain no longer score 0.",
        patched(
            VECTORISED,
            ("np.where(probabilities > 0, probabilities, 1)", "np.clip(probabilities, 1e-7, 1)"),
            ("(probabilities * np", "(safe * np"),
        ),
    ),
    Misconception(
        "NaN hidden",
        Family.EDGE_CASES,
        "It counts a NaN probability as 0, because NaN > 0 is false: a broken row scores as if "
        "it were sound.",
        patched(
            VECTORISED,
            (
                "(probabilities * np.log(safe))",
                "np.where(probabilities > 0, probabilities * np.log(safe), 0)",
            ),
        ),
    ),
    Misconception(
        "NaN spreads to all rows",
        Family.EDGE_CASES,
        "One NaN makes every score NaN, where only the row that holds it may be.",
        patched(
            VECTORISED,
            ("    return -(", "    result = -("),
            (".sum(axis=1)", ".sum(axis=1)\n    return result + 0 * result.sum()"),
        ),
    ),
    Misconception(
        "empty input accepted",
        Family.EDGE_CASES,
        "It returns an empty or zero score for no samples or no classes, where ValueError is "
        "asked.",
        patched(VECTORISED, (" or probabilities.size == 0", "")),
    ),
    Misconception(
        "probabilities changed in place",
        Family.EDGE_CASES,
        "It writes its result over the caller's probabilities.",
        patched(
            VECTORISED,
            (
                "    return -(probabilities * np.log(safe))",
                "    probabilities *= np.log(safe)\n    return -probabilities",
            ),
        ),
    ),
)

VARIANTS = (
    Variant("vectorised", VECTORISED),
    Variant("row by row", ROW_BY_ROW),
    Variant("masked log and einsum", MASKED_LOG),
    Variant("smallest number", SMALLEST_NUMBER),
)

TASKS = (
    Task(
        slug="predictive-entropy",
        title="Predictive entropy",
        function="score",
        formula=r"s_i = -\sum_{j=1}^{k} p_{ij} \log p_{ij}, \qquad 0 \log 0 = 0",
        sentence=(
            "For each row of probabilities, minus the sum of each probability times its natural "
            "logarithm; the larger the score, the more there is to learn from that sample."
        ),
        domain=(
            "probabilities: shape (n, k), each row a distribution over k classes, zeros and ones "
            "included."
        ),
        rules=(
            "score returns an array of shape (n,), one score per row.",
            "Empty input, of no rows or of no classes, raises ValueError.",
            "0 log 0 counts as 0: a row that is certain of one class scores 0.",
            "No epsilon is added and nothing is clipped: small probabilities count as they are.",
            "A NaN makes the score of its row NaN, and of no other row.",
            "Rows are taken as they are: they need not be checked to add up to 1.",
        ),
        source=(
            "Settles, Active Learning Literature Survey (2009), section 3.1; Shannon, A "
            "Mathematical Theory of Communication (1948), section 6."
        ),
        brief=Brief(
            prompt="Labels are expensive: a pool of unlabelled pictures is to be sorted by how "
            "unsure the classifier is. Write the predictive entropy of every row of class "
            "probabilities; a larger score is labelled first.",
            context="Zero times the logarithm of zero, row by row.",
            topics=("active-learning",),
            difficulty="medium",
            minutes=15,
        ),
        examples=(
            Example(
                Case((np.array([[0.5, 0.25, 0.25], [0.0, 1.0, 0.0]]),)),
                value=(1.5 * log(2), 0.0),
                working="One half of log 2 and twice a quarter of log 4 make 1.5 log 2; a row that "
                "is certain scores 0.",
            ),
        ),
        definition=definition,
        arguments=(Argument("probabilities", "n k"),),
        reference=reference,
        gradient=None,
        sample=sample,
        shapes=((6, 4), (1, 3), (2, 2), (5, 5), (3, 8)),
        large=(400, 1000),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=VARIANTS,
        laws=(
            Law("A certain row scores 0, and a uniform one log k.", certain_and_uniform),
            Law("Scores follow their rows.", in_another_order),
            Law("The order of the classes does not matter.", of_other_classes),
            Law("The scores of independent questions add up.", of_two_questions),
        ),
        curves=(
            Curve(
                "Two classes",
                "probability of the first",
                0.01,
                0.99,
                lambda p: Case((np.array([[p, 1.0 - p]]),)),
            ),
        ),
    ),
)
