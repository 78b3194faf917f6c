"""Softmax cross-entropy: the loss of classification into more than two classes."""

from math import log
from typing import Any

import numpy as np

from grader.catalogue import binary_cross_entropy_with_logits as binary
from grader.catalogue import exact, laws
from grader.catalogue.inputs import require
from grader.catalogue.labelled import label_edges, right_logit
from grader.catalogue.task import (
    Argument,
    Array,
    Brief,
    Case,
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


def checked(labels: Array, logits: Array) -> Pair:
    """Return labels (n,) and float64 logits (n, k); raise ValueError where they do not fit."""
    require(np.ndim(logits) == 2 and np.size(logits) > 0, "logits must be (n, k) and not empty")
    require(np.shape(labels) == np.shape(logits)[:1], "there must be one label per row of logits")
    require(bool(np.all((labels >= 0) & (labels < logits.shape[1]))), "a label is not in 0..k-1")
    return labels, np.asarray(logits, dtype=np.float64)


def log_sum_exp(rows: Array) -> Array:
    """Return log(sum(exp(row))) of each row, shape (n,), finite for every finite (n, k) input.

    Source: Blanchard, Higham, Higham, Accurately computing the log-sum-exp and softmax functions
    (2021), section 1.
    """
    peak = rows.max(axis=1)
    return np.asarray(peak + np.log(np.exp(rows - peak[:, None]).sum(axis=1)))


def reference(labels: Array, logits: Array) -> float:
    """Return the mean of log(sum_j exp(z_ij)) - z_i,label(i), in nats.

    Args:
        labels: shape (n,), integers in 0..k-1.
        logits: shape (n, k), unnormalised log-probabilities in nats.

    Raises:
        ValueError: for other shapes, empty input, or a label outside 0..k-1.

    Source: Goodfellow, Bengio, Courville, Deep Learning (2016), equation 6.30.
    """
    labels, logits = checked(labels, logits)
    picked = logits[np.arange(len(labels)), labels]
    return float(np.mean(log_sum_exp(logits) - picked))


def gradient(labels: Array, logits: Array) -> tuple[Array]:
    """Return the derivative with respect to the logits: (softmax(z) - onehot) / n, shape (n, k).

    Raises:
        ValueError: as `reference`.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), equation 4.109.
    """
    labels, logits = checked(labels, logits)
    result = np.exp(logits - logits.max(axis=1, keepdims=True))
    # Not exp(z - lse): at logits of 1e4 the rounding of lse alone costs three digits.
    result /= result.sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    # p - 1 loses the digits of a sure and right prediction; minus the sum of the others keeps them.
    result[rows, labels] = 0.0
    result[rows, labels] = -result.sum(axis=1)
    return (result / len(labels),)


def sample(rng: np.random.Generator, shape: Shape) -> Pair:
    """Draw labels, and logits within 3 of 0: no class is too sure for float32 to tell from 1."""
    return rng.integers(0, shape[1], size=shape[0]), rng.uniform(-3.0, 3.0, size=shape)


def terms(labels: Array, logits: Array) -> float:
    return float(np.abs(logits).max() + np.log(logits.shape[1]))


def definition(mp: Any, labels: Any, logits: Any) -> Any:
    rows = zip(labels, logits, strict=True)
    return exact.mean(mp, (exact.log_sum_exp(mp, row) - row[label] for label, row in rows))


def spaced(rng: np.random.Generator, scale: float, *, worst: bool = False) -> Case:
    """Rows that hold -scale..scale in even steps, shuffled; `worst` labels the smallest logit.

    The steps are wide enough for every probability to be 0 or 1, so that float32 is exact.
    """
    logits = rng.permuted(np.tile(np.linspace(-scale, scale, 5), (6, 1)), axis=1)
    labels = logits.argmin(axis=1) if worst else rng.integers(0, 5, size=6)
    labels[0] = logits[0].argmin()
    return Case((labels, logits))


def around(rng: np.random.Generator, *centres: float) -> Case:
    """Ordinary rows, each shifted as a whole to one of the centres in turn."""
    labels, logits = sample(rng, (6, 5))
    return Case((labels, logits + np.resize(centres, 6)[:, None]))


def sure_beside_wrong(rng: np.random.Generator) -> Case:
    """Two rows whose right class is about 200 behind, and six where it is 8 to 14 ahead."""
    labels, logits = sample(rng, (8, 4))
    ahead = rng.uniform(11.0, 17.0, size=8)
    ahead[rng.permutation(8)[:2]] = rng.uniform(-220.0, -180.0, size=2)
    logits[np.arange(8), labels] = ahead
    return Case((labels, logits))


def equal_logits(rng: np.random.Generator) -> Case:
    labels, logits = sample(rng, (4, 3))
    return Case((labels, np.full_like(logits, rng.uniform(-2.0, 2.0))))


SHIFT = (
    "Subtract each row's largest logit before exp: softmax does not change, and nothing overflows."
)

EXTREMES = (
    Extreme("logits of 1e4", lambda rng: spaced(rng, 1e4), SHIFT, float32=True),
    Extreme("logits of 100", lambda rng: spaced(rng, 100.0), SHIFT, float32=True),
    Extreme("all logits near 1e4", lambda rng: around(rng, 1e4), SHIFT),
    Extreme("all logits near -1e4", lambda rng: around(rng, -1e4), SHIFT),
    Extreme(
        "rows 2e4 apart",
        lambda rng: around(rng, -1e4, 1e4),
        "Subtract the largest logit of each row: the largest of the whole array makes every "
        "exponential of the other rows 0.",
    ),
    Extreme(
        "right class 2e4 behind",
        lambda rng: spaced(rng, 1e4, worst=True),
        "Compute log softmax as z - logsumexp(z): the log of a probability that underflowed, or "
        "was clipped, is wrong.",
        float32=True,
    ),
)

EDGES = (
    *label_edges(sample),
    Edge("all logits equal", equal_logits, "Equal logits give a loss of log k."),
)


VECTORISED = """\
import numpy as np


def check(labels, logits):
    if logits.ndim != 2 or logits.size == 0 or labels.shape != logits.shape[:1]:
        raise ValueError("labels must be (n,) and logits (n, k), and not empty")
    if labels.min() < 0 or labels.max() >= logits.shape[1]:
        raise ValueError("labels must be in 0..k-1")


def log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def loss(labels, logits):
    check(labels, logits)
    rows = np.arange(len(labels))
    return -log_softmax(logits)[rows, labels].mean()


def grad(labels, logits):
    check(labels, logits)
    rows = np.arange(len(labels))
    result = np.exp(log_softmax(logits))
    result[rows, labels] -= 1
    return result / len(labels)
"""

ROW_BY_ROW = """\
import numpy as np


def checked_rows(labels, logits):
    if logits.ndim != 2 or labels.ndim != 1 or len(labels) != len(logits) or not logits.size:
        raise ValueError("shapes do not fit")
    for label, row in zip(labels, logits):
        if not 0 <= label < len(row):
            raise ValueError(f"label {label} is out of range")
    return list(zip(labels, logits))


def loss(labels, logits):
    total = 0.0
    for label, row in checked_rows(labels, logits):
        peak = row.max()
        total += np.log(np.exp(row - peak).sum()) + (peak - row[label])
    return total / len(labels)


def grad(labels, logits):
    rows = []
    for label, row in checked_rows(labels, logits):
        weights = np.exp(row - row.max())
        rows.append(weights / weights.sum())
        rows[-1][label] -= 1.0
    return np.array(rows) / len(rows)
"""

ONE_HOT = """\
import numpy as np


def one_hot(labels, logits):
    if logits.size == 0:
        raise ValueError("nothing to average")
    n, k = logits.shape
    if labels.shape != (n,):
        raise ValueError(f"expected {n} labels, got shape {labels.shape}")
    if np.any(labels < 0) or np.any(labels >= k):
        raise ValueError("label out of range")
    return np.eye(k)[labels]


def loss(labels, logits):
    targets = one_hot(labels, logits)
    peak = logits.max(axis=1)
    log_norm = peak + np.log(np.einsum("ij->i", np.exp(logits - peak[:, None])))
    return float(np.mean(log_norm - np.einsum("ij,ij->i", targets, logits)))


def grad(labels, logits):
    targets = one_hot(labels, logits)
    powers = np.exp(logits - np.max(logits, axis=1)[:, None])
    softmax = powers / np.einsum("ij->i", powers)[:, None]
    return (softmax - targets) / logits.shape[0]
"""

MARGINS = '''\
import numpy as np


def margins(labels, logits):
    """How far every class is ahead of the labelled one: (n, k), with 0 at the label."""
    if logits.ndim != 2 or 0 in logits.shape or labels.shape != (logits.shape[0],):
        raise ValueError("bad shapes")
    if ((labels < 0) | (labels >= logits.shape[1])).any():
        raise ValueError("bad label")
    picked = np.take_along_axis(logits, labels.astype(np.int64)[:, None], axis=1)
    return logits - picked


def loss(labels, logits):
    ahead = margins(labels, logits)
    # The labelled class is among them at 0, so the largest is never negative.
    peak = np.max(ahead, axis=1, keepdims=True)
    return np.mean(peak + np.log(np.sum(np.exp(ahead - peak), axis=1, keepdims=True)))


def grad(labels, logits):
    ahead = margins(labels, logits)
    powers = np.exp(ahead - np.max(ahead, axis=1, keepdims=True))
    p = powers / np.sum(powers, axis=1, keepdims=True)
    is_label = np.arange(logits.shape[1]) == labels[:, None]
    return np.where(is_label, p - 1, p) / len(p)
'''

MISCONCEPTIONS = (
    Misconception(
        "no shift before exp",
        Family.STABILITY,
        "It takes exp of the raw logits, which overflows for large ones: subtract each row's "
        "largest logit first.",
        patched(VECTORISED, ("logits - logits.max(axis=1, keepdims=True)", "logits")),
    ),
    Misconception(
        "one shift for all rows",
        Family.STABILITY,
        "It subtracts the largest logit of the whole array instead of each row's, so rows far "
        "below it underflow.",
        patched(VECTORISED, ("logits.max(axis=1, keepdims=True)", "logits.max()")),
    ),
    Misconception(
        "log of a clipped probability",
        Family.STABILITY,
        "It takes the log of a probability kept above 1e-12, so no row can cost more than 27.6.",
        patched(
            VECTORISED,
            ("-log_softmax(logits)[rows, labels]", "-np.log(p[rows, labels])"),
            (
                "    return -np.log",
                "    p = np.maximum(np.exp(log_softmax(logits)), 1e-12)\n    return -np.log",
            ),
        ),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the losses of the rows where their mean is asked.",
        patched(VECTORISED, (".mean()", ".sum()"), ("result / len(labels)", "result")),
    ),
    Misconception(
        "mean over classes too",
        Family.VALUES,
        "It divides by n times k, as the mean of a one-hot product does, where the mean is over "
        "the n rows.",
        patched(
            VECTORISED,
            (".mean()", ".sum() / logits.size"),
            ("result / len(labels)", "result / logits.size"),
        ),
    ),
    Misconception(
        "softmax over the samples",
        Family.VALUES,
        "It normalises down the columns, over the samples, where each row's classes must add up "
        "to 1.",
        patched(VECTORISED, ("axis=1", "axis=0")),
    ),
    Misconception(
        "every label for every row",
        Family.VALUES,
        "It indexes logits[:, labels], which reads every row at the labels of all rows, instead "
        "of each row at its own.",
        patched(
            VECTORISED, ("-log_softmax(logits)[rows, labels]", "-log_softmax(logits)[:, labels]")
        ),
    ),
    Misconception(
        "log base 2",
        Family.VALUES,
        "It measures in bits: the logarithm is base 2 where the natural one is asked.",
        patched(
            VECTORISED,
            (".mean()", ".mean() / np.log(2)"),
            ("/ len(labels)", "/ len(labels) / np.log(2)"),
        ),
    ),
    Misconception(
        "gradient without 1/n",
        Family.GRADIENTS,
        "Its gradient is of the sum of the rows: the 1/n of the mean is missing.",
        patched(VECTORISED, ("result / len(labels)", "result")),
    ),
    Misconception(
        "one-hot forgotten",
        Family.GRADIENTS,
        "Its gradient is softmax/n: the 1 at each row's label is not subtracted.",
        patched(VECTORISED, ("    result[rows, labels] -= 1\n", "")),
    ),
    Misconception(
        "gradient sign",
        Family.GRADIENTS,
        "Its gradient is onehot - softmax: the sign is wrong.",
        patched(VECTORISED, ("return result / len", "return -result / len")),
    ),
    Misconception(
        "labels not checked",
        Family.EDGE_CASES,
        "It takes any label: a negative one silently counts from the end of the row.",
        patched(VECTORISED, ("labels.min() < 0 or labels.max() >= logits.shape[1]", "False")),
    ),
    Misconception(
        "logits changed in place",
        Family.EDGE_CASES,
        "It subtracts the maximum in place and so changes the caller's logits.",
        patched(
            VECTORISED,
            (
                "    shifted = logits - logits.max(axis=1, keepdims=True)\n",
                "    logits -= logits.max(axis=1, keepdims=True)\n    shifted = logits\n",
            ),
        ),
    ),
    Misconception(
        "unsigned labels refused",
        Family.EDGE_CASES,
        "It takes labels of signed integer types alone, where any integer type is right.",
        patched(
            VECTORISED,
            (
                "if labels.min() < 0",
                "if not np.issubdtype(labels.dtype, np.signedinteger) or labels.min() < 0",
            ),
        ),
    ),
    Misconception(
        "NaN hidden in the gradient",
        Family.EDGE_CASES,
        "It turns NaN into 0 in the gradient, so that a row of bad data looks learnt.",
        patched(VECTORISED, ("return result / len", "return np.nan_to_num(result) / len")),
    ),
    Misconception(
        "NaN hidden",
        Family.EDGE_CASES,
        "It averages with nanmean, so a row of bad data vanishes from the result.",
        patched(
            VECTORISED,
            (
                "log_softmax(logits)[rows, labels].mean()",
                "np.nanmean(log_softmax(logits)[rows, labels])",
            ),
        ),
    ),
)

USUAL = laws.drawn(sample, 6, 4)

LAWS = (
    laws.unchanged(
        "A number added to all logits of a row changes nothing.",
        reference,
        USUAL,
        laws.shifted(1, by_row=True),
    ),
    laws.unchanged(
        "The order of the rows does not matter.", reference, USUAL, laws.reordered(0, 1)
    ),
    laws.equal(
        "Of equal logits it is the logarithm of the number of classes.",
        USUAL,
        lambda labels, logits: reference(labels, 0.0 * logits + 1.5),
        lambda labels, logits: log(4.0),
    ),
    laws.equal(
        "With two classes it is the binary cross-entropy of the difference of the logits.",
        laws.drawn(sample, 6, 2),
        reference,
        lambda labels, logits: binary.reference(labels, logits[:, 1] - logits[:, 0]),
    ),
)

VARIANTS = (
    Variant("vectorised", VECTORISED),
    Variant("row by row", ROW_BY_ROW),
    Variant("one-hot and einsum", ONE_HOT),
    Variant("margins to the label", MARGINS),
)

TASKS = (
    Task(
        slug="softmax-cross-entropy",
        title="Softmax cross-entropy",
        formula=(
            r"L = \frac{1}{n} \sum_{i=1}^{n} \Bigl( \log \sum_{j=1}^{k} e^{z_{ij}} "
            r"- z_{i,y_i} \Bigr)"
        ),
        sentence=(
            "The mean over the rows of the log of the summed exponentials of the row's logits, "
            "minus the logit of the row's label; logarithms are natural."
        ),
        domain=(
            "labels: integers 0..k-1 of shape (n,); logits: real numbers of shape (n, k). "
            "Other labels and shapes raise ValueError."
        ),
        rules=(
            "labels (n,) and logits (n, k) must have the same n, or ValueError is raised; labels "
            "of shape (n, 1) must not broadcast.",
            "Empty input raises ValueError.",
            "A label below 0 or above k-1 raises ValueError.",
            "Labels may have any integer type, unsigned ones included.",
            "A NaN among the logits gives a NaN loss, and shows in grad.",
            "Logits up to 1e4 in size give the exact loss: nothing overflows, nothing is clipped.",
            "grad returns the derivative with respect to the logits, of shape (n, k).",
        ),
        source="Goodfellow, Bengio, Courville, Deep Learning (2016), equation 6.30.",
        brief=Brief(
            prompt="An image classifier returns a row of logits for every picture, and the right "
            "class is given as an integer. Write the softmax cross-entropy and its gradient with "
            "respect to the logits.",
            context="Log-sum-exp over the right axis, labels as indices, and the mean over rows.",
            topics=("classification", "stability"),
            difficulty="medium",
            minutes=25,
        ),
        examples=(
            Example(
                Case((np.array([0, 1]), np.array([[0.0, log(3.0)], [0.0, 0.0]]))),
                value=1.5 * log(2),
                gradient=(((-0.375, 0.375), (0.25, -0.25)),),
                working="The softmax of the rows is (1/4, 3/4) and (1/2, 1/2): the mean of log 4 "
                "and log 2; the slopes are softmax less one-hot over 2 rows.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("labels", "n", labels=True),
            Argument("logits", "n k", differentiate=True),
        ),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((6, 4), (1, 3), (2, 2), (5, 5), (3, 8)),
        large=(200, 1000),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=VARIANTS,
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(right_logit(),),
        coarse=sure_beside_wrong,
    ),
)
