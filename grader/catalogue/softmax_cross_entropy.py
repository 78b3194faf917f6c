"""Softmax cross-entropy: the loss of classification into more than two classes."""

import numpy as np

from grader.catalogue.answers.softmax_cross_entropy import MISCONCEPTIONS, VARIANTS
from grader.catalogue.inputs import require
from grader.catalogue.task import (
    Argument,
    Array,
    Case,
    Edge,
    Expect,
    Extreme,
    Shape,
    Task,
)

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


def with_label(rng: np.random.Generator, label: int) -> Case:
    labels, logits = sample(rng, (5, 4))
    labels[rng.integers(0, 5)] = label
    return Case((labels, logits))


def labels_in_a_column(rng: np.random.Generator) -> Case:
    labels, logits = sample(rng, (4, 4))
    return Case((labels[:, None], logits))


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
    Edge(
        "label equal to k",
        lambda rng: with_label(rng, 4),
        "Labels run from 0 to k-1: a label of k raises ValueError.",
        Expect.VALUE_ERROR,
    ),
    Edge(
        "negative label",
        lambda rng: with_label(rng, -1),
        "A negative label raises ValueError: it must not count from the end of the row.",
        Expect.VALUE_ERROR,
    ),
    Edge(
        "labels in a column",
        labels_in_a_column,
        "Labels of shape (n, 1) raise ValueError: they must not broadcast.",
        Expect.VALUE_ERROR,
    ),
    Edge("all logits equal", equal_logits, "Equal logits give a loss of log k."),
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
            "A NaN among the logits gives a NaN loss.",
            "Logits up to 1e4 in size give the exact loss: nothing overflows, nothing is clipped.",
            "grad returns the derivative with respect to the logits, of shape (n, k).",
        ),
        source="Goodfellow, Bengio, Courville, Deep Learning (2016), equation 6.30.",
        arguments=(
            Argument("labels", "n", labels=True),
            Argument("logits", "n k", differentiate=True),
        ),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((6, 4), (1, 3), (2, 2), (5, 5), (3, 8)),
        large=(400, 1000),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=VARIANTS,
    ),
)
