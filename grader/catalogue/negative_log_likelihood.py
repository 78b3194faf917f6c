"""The negative log-likelihood of labels under given log-probabilities."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.categorical_cross_entropy import reference as of_probabilities
from grader.catalogue.exact import mean
from grader.catalogue.labelled import CHECK, SHAPES, arguments, label_edges, neglects, rules
from grader.catalogue.pairs import numeric_gradient
from grader.catalogue.regression import at_least_tiny
from grader.catalogue.softmax_cross_entropy import checked, log_sum_exp
from grader.catalogue.softmax_cross_entropy import reference as of_logits
from grader.catalogue.task import (
    Array,
    Brief,
    Case,
    Curve,
    Edge,
    Example,
    Expect,
    Extreme,
    Misconception,
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def _picked(labels: Array, log_probs: Array) -> Array:
    labels, rows = checked(labels, log_probs)
    return np.asarray(rows[np.arange(len(labels)), labels])


def reference(labels: Array, log_probs: Array) -> float:
    """Return the mean of -log_probs[i, label_i], in nats.

    Args:
        labels: shape (n,), integers in 0..k-1.
        log_probs: shape (n, k), log-probabilities in nats, -inf included. Entries that no label
            picks are not read.

    Raises:
        ValueError: for other shapes, empty input, or a label outside 0..k-1.

    Source: Goodfellow, Bengio, Courville, Deep Learning (2016), equation 5.63.
    """
    return float(-np.mean(_picked(labels, log_probs)))


def gradient(labels: Array, log_probs: Array) -> tuple[Array]:
    """Return the derivative, -1/n where a label picks and 0 elsewhere, (n, k); errors as above."""
    labels, rows = checked(labels, log_probs)
    result = np.zeros(rows.shape)
    result[np.arange(len(labels)), labels] = -1.0 / len(labels)
    return (result,)


def terms(labels: Array, log_probs: Array) -> float:
    return at_least_tiny(np.max(np.abs(_picked(labels, log_probs))))


def definition(mp: Any, labels: Any, log_probs: Any) -> Any:
    return mean(mp, (-row[label] for label, row in zip(labels, log_probs, strict=True)))


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
    """Draw labels, and rows of log-probabilities that add up to 1."""
    z = rng.uniform(-3.0, 3.0, size=shape)
    return rng.integers(0, shape[1], size=shape[0]), z - log_sum_exp(z)[:, None]


def of_size(rng: np.random.Generator, scale: float) -> Case:
    """Rows of 0.1 to 1 times -scale: one-sided and large as those of long sequences are."""
    labels = rng.integers(0, 4, size=6)
    return Case((labels, -scale * rng.uniform(0.1, 1.0, size=(6, 4))))


def all_but_sure(rng: np.random.Generator) -> Case:
    """Rows whose labels have nearly all of the probability."""
    labels, log_probs = sample(rng, (6, 4))
    log_probs = log_probs - 25.0
    log_probs[np.arange(6), labels] = -rng.uniform(1e-12, 9e-12, size=6)
    return Case((labels, log_probs))


def beside(rng: np.random.Generator, number: float, *, picked: bool = False) -> Case:
    """Ordinary rows with `number` in one entry of each: never the label's, unless `picked`."""
    labels, log_probs = sample(rng, (5, 4))
    places = labels if picked else (labels + rng.integers(1, 4, size=5)) % 4
    log_probs[np.arange(5), places] = number
    return Case((labels, log_probs))


def nan_at_a_label(rng: np.random.Generator) -> Case:
    labels, log_probs = sample(rng, (5, 4))
    row = rng.integers(0, 5)
    log_probs[row, labels[row]] = np.nan
    return Case((labels, log_probs))


def beside_a_huge_cost(rng: np.random.Generator) -> Case:
    labels, log_probs = sample(rng, (5, 4))
    log_probs[0, labels[0]] = -1e10
    return Case((labels, log_probs))


def unnormalised(rng: np.random.Generator) -> Case:
    labels, log_probs = sample(rng, (5, 4))
    return Case((labels, log_probs - rng.uniform(0.5, 3.0, size=(5, 1))))


PLAIN = (
    CHECK.replace("logits", "log_probs")
    + """

def loss(labels, log_probs):
    _check(labels, log_probs)
    rows = np.arange(len(labels))
    return -np.mean(log_probs[rows, labels])


def grad(labels, log_probs):
    _check(labels, log_probs)
    rows = np.arange(len(labels))
    result = np.zeros(log_probs.shape)
    result[rows, labels] = -1 / len(labels)
    return result
"""
)

ALONG_AXIS = '''\
import numpy as np


def _columns(labels, log_probs):
    """The labels as indices of shape (n, 1), as take_along_axis wants them."""
    if log_probs.ndim != 2 or labels.shape != (len(log_probs),):
        raise ValueError(f"labels {labels.shape} do not fit {log_probs.shape}")
    if len(labels) == 0:
        raise ValueError("no samples")
    k = log_probs.shape[1]
    if ((labels < 0) | (labels > k - 1)).any():
        raise ValueError(f"labels must lie in 0..{k - 1}")
    return labels.astype(np.intp).reshape(-1, 1)


def loss(labels, log_probs):
    picked = np.take_along_axis(log_probs, _columns(labels, log_probs), axis=1)
    return -float(picked.sum()) / picked.size


def grad(labels, log_probs):
    columns = _columns(labels, log_probs)
    slope = np.zeros_like(log_probs, dtype=np.float64)
    np.put_along_axis(slope, columns, -1.0 / len(columns), axis=1)
    return slope
'''

MASKED = """\
import numpy as np


class LabelMask:
    def __init__(self, labels, log_probs):
        if log_probs.ndim != 2 or log_probs.size == 0:
            raise ValueError("log_probs must be a matrix that is not empty")
        if labels.ndim != 1 or labels.size != log_probs.shape[0]:
            raise ValueError("one label per row")
        self.mask = labels[:, None] == np.arange(log_probs.shape[1])
        # A label that is no class marks nothing in its row.
        if not self.mask.any(axis=1).all():
            raise ValueError("a label is out of range")
        self.log_probs = log_probs

    def value(self):
        return np.mean(-self.log_probs, where=self.mask)

    def slope(self):
        return np.where(self.mask, -1 / len(self.mask), 0.0)


def loss(labels, log_probs):
    return LabelMask(labels, log_probs).value()


def grad(labels, log_probs):
    return LabelMask(labels, log_probs).slope()
"""

FLAT = """\
import numpy as np


def flat_positions(labels, log_probs):
    if len(log_probs.shape) != 2 or labels.shape != log_probs.shape[:1]:
        raise ValueError("shapes")
    if not len(labels):
        raise ValueError("empty")
    # mode="raise" refuses labels that are no class with a ValueError of its own.
    return np.ravel_multi_index((np.arange(len(labels)), labels), log_probs.shape, mode="raise")


def loss(labels, log_probs):
    return -log_probs.take(flat_positions(labels, log_probs)).mean()


def grad(labels, log_probs):
    counts = np.bincount(flat_positions(labels, log_probs), minlength=log_probs.size)
    return counts.reshape(log_probs.shape) / -len(labels)
"""

LOOPS = """\
import numpy as np


def check(labels, log_probs):
    if log_probs.ndim != 2 or labels.ndim != 1 or len(labels) != len(log_probs):
        raise ValueError("labels and log_probs do not fit")
    if len(labels) == 0:
        raise ValueError("nothing to average")
    for label in labels:
        if label not in range(log_probs.shape[1]):
            raise ValueError(f"{label} is not a class")


def loss(labels, log_probs):
    check(labels, log_probs)
    total = 0.0
    for i, label in enumerate(labels):
        total -= float(log_probs[i, label])
    return total / len(labels)


def grad(labels, log_probs):
    check(labels, log_probs)
    n, k = log_probs.shape
    return np.array([[-1 / n if j == labels[i] else 0.0 for j in range(k)] for i in range(n)])
"""

PICKED, SLOPE = "log_probs[rows, labels])", "-1 / len(labels)"
SET = f"    result[rows, labels] = {SLOPE}\n"

MISCONCEPTIONS = (
    Misconception(
        "minus sign forgotten",
        Family.VALUES,
        "It is the mean log-likelihood: the minus sign is missing.",
        patched(PLAIN, ("-np.mean", "np.mean"), (SLOPE, "1 / len(labels)")),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the losses of the rows where their mean is asked.",
        patched(PLAIN, ("np.mean(", "np.sum("), (SLOPE, "-1.0")),
    ),
    Misconception(
        "mean over classes too",
        Family.VALUES,
        "It divides by n times k, as the mean of a one-hot product does, where the mean is over "
        "the n rows.",
        patched(
            PLAIN,
            (f"-np.mean({PICKED}", f"-np.sum({PICKED} / log_probs.size"),
            (SLOPE, "-1 / log_probs.size"),
        ),
    ),
    Misconception(
        "every label for every row",
        Family.VALUES,
        "It indexes log_probs[:, labels], which reads every row at the labels of all rows, "
        "instead of each row at its own.",
        patched(PLAIN, (PICKED, "log_probs[:, labels])")),
    ),
    Misconception(
        "labels counted from 1",
        Family.VALUES,
        "It takes labels for 1..k: each one picks the class before it.",
        patched(PLAIN, ("[rows, labels]", "[rows, labels - 1]")),
    ),
    Misconception(
        "best class instead of the label's",
        Family.VALUES,
        "It reads each row's largest log-probability, whatever the label is.",
        patched(PLAIN, (PICKED, "log_probs.max(axis=1))")),
    ),
    Misconception(
        "probability without logarithm",
        Family.VALUES,
        "It turns log-probabilities back into probabilities and averages those.",
        patched(PLAIN, (PICKED, "np.exp(log_probs[rows, labels]))")),
    ),
    Misconception(
        "logarithm taken again",
        Family.VALUES,
        "It takes the logarithm of what is a logarithm already, and of a negative number.",
        patched(PLAIN, (PICKED, "np.log(log_probs[rows, labels]))")),
    ),
    Misconception(
        "gradient for logits",
        Family.GRADIENTS,
        "Its gradient is softmax minus one-hot, the one with respect to logits, not to "
        "log-probabilities.",
        patched(
            PLAIN,
            ("np.zeros(log_probs.shape)", "np.exp(log_probs) / len(labels)"),
            ("[rows, labels] = -", "[rows, labels] -= "),
        ),
    ),
    Misconception(
        "gradient for probabilities",
        Family.GRADIENTS,
        "Its gradient is -1/p, the one with respect to probabilities, not to their logarithms.",
        patched(PLAIN, (SLOPE, f"{SLOPE} / np.exp(log_probs[rows, labels])")),
    ),
    Misconception(
        "gradient in the labels' columns",
        Family.GRADIENTS,
        "It writes to result[:, labels], which fills whole columns instead of one entry per row.",
        patched(PLAIN, ("result[rows, labels]", "result[:, labels]")),
    ),
    Misconception(
        "gradient without 1/n",
        Family.GRADIENTS,
        "Its gradient is of the sum of the rows: the 1/n of the mean is missing.",
        patched(PLAIN, (SLOPE, "-1.0")),
    ),
    Misconception(
        "gradient sign",
        Family.GRADIENTS,
        "Its gradient is +1/n at the labels: the sign is wrong.",
        patched(PLAIN, (SLOPE, "1 / len(labels)")),
    ),
    numeric_gradient(PLAIN, "log_probs"),
    Misconception(
        "log of a probability and an epsilon",
        Family.STABILITY,
        "It goes through probabilities: exp underflows for unlikely labels, and the epsilon that "
        "is to help changes the loss of the likely ones.",
        patched(PLAIN, (PICKED, "np.log(np.exp(log_probs[rows, labels]) + 1e-12))")),
    ),
    Misconception(
        "clipped at -100",
        Family.STABILITY,
        "It clips log-probabilities at -100, so that no row can cost more.",
        patched(PLAIN, (PICKED, "np.maximum(log_probs[rows, labels], -100))")),
    ),
    Misconception(
        "one-hot product",
        Family.STABILITY,
        "It multiplies by one-hot rows and adds up: zero times the -inf of an impossible class "
        "is NaN.",
        patched(
            PLAIN,
            (
                f"np.mean({PICKED}",
                "np.sum(np.eye(log_probs.shape[1])[labels] * log_probs) / len(labels)",
            ),
        ),
    ),
    Misconception(
        "normalised again",
        Family.EDGE_CASES,
        "It normalises the rows once more, so that rows which do not add up to 1 are changed.",
        patched(
            PLAIN,
            (
                PICKED,
                "log_probs[rows, labels] - np.logaddexp.reduce(log_probs, axis=1))",
            ),
        ),
    ),
    Misconception(
        "NaN skipped",
        Family.EDGE_CASES,
        "It averages with nanmean, so that a row of bad data vanishes from the result.",
        patched(PLAIN, ("np.mean(", "np.nanmean(")),
    ),
    Misconception(
        "unread entries in the gradient",
        Family.EDGE_CASES,
        "It builds its gradient by multiplying the whole array by 0, so that a NaN or -inf beside "
        "the label gives NaN.",
        patched(PLAIN, ("np.zeros(log_probs.shape)", "0.0 * log_probs")),
    ),
    *neglects(PLAIN, "log_probs"),
)

USUAL = laws.drawn(sample, 6, 4)

LAWS = (
    laws.equal(
        "It is the softmax cross-entropy of the same numbers taken for logits.",
        USUAL,
        reference,
        of_logits,
    ),
    laws.equal(
        "It is the categorical cross-entropy of one-hot rows and the probabilities.",
        USUAL,
        reference,
        lambda labels, log_probs: of_probabilities(np.eye(4)[labels], np.exp(log_probs)),
    ),
    laws.equal(
        "Log-probabilities three times as large cost three times as much.",
        USUAL,
        lambda labels, log_probs: 3.0 * reference(labels, log_probs),
        lambda labels, log_probs: reference(labels, 3.0 * log_probs),
    ),
    laws.unchanged(
        "The order of the rows does not matter.", reference, USUAL, laws.reordered(0, 1)
    ),
)

TASKS = (
    Task(
        slug="negative-log-likelihood",
        title="Negative log-likelihood",
        formula=r"L = -\frac{1}{n} \sum_{i=1}^{n} \ell_{i, y_i}",
        sentence="Minus the mean, over the rows, of the log-probability at the row's label.",
        domain="labels are integers in 0..k-1 of shape (n,) and log_probs of shape (n, k) holds "
        "log-probabilities, which are at most 0 and may be -inf; other labels and shapes raise "
        "ValueError.",
        rules=(
            *rules("log_probs", reads_nan=False),
            "Entries that no label picks are not read: a NaN or -inf there changes nothing.",
            "A NaN at a label makes the loss NaN.",
            "Rows are used as they stand, whatever their probabilities add up to.",
            "Log-probabilities down to -1e300 give the exact loss: nothing is clipped.",
        ),
        source="Goodfellow, Bengio, Courville, Deep Learning (2016), equation 5.63, as a mean and "
        "with a minus sign.",
        brief=Brief(
            prompt="A speech recogniser gives, for every frame, the log-probabilities of its "
            "phonemes; those that the grammar rules out at a frame are -inf. Write the mean "
            "negative log-likelihood of the labelled phonemes and its gradient with respect to "
            "the log-probabilities.",
            context="To pick one entry per row without reading the others, and the gradient for "
            "log-probabilities rather than logits.",
            topics=("classification", "stability"),
            difficulty="easy",
            minutes=10,
        ),
        examples=(
            Example(
                Case((np.array([1, 0]), np.log(np.array([[0.75, 0.25], [0.5, 0.5]])))),
                value=1.5 * np.log(2),
                gradient=(((0.0, -0.5), (-0.5, 0.0)),),
                working="The labels have probabilities of 1/4 and 1/2: (log 4 + log 2) / 2.",
            ),
            Example(
                Case((np.array([0]), np.array([[-2.5, -np.inf, -0.5]]))),
                value=2.5,
                gradient=(((-1.0, 0.0, 0.0),),),
                working="The only label has a log-probability of -2.5; what stands beside it is "
                "not read.",
            ),
        ),
        definition=definition,
        arguments=arguments("log_probs", reads_nan=False),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=SHAPES,
        large=(20_000, 10),
        terms=terms,
        extremes=(
            Extreme(
                "log-probabilities of -1e4",
                lambda rng: of_size(rng, 1e4),
                "Use the log-probabilities as they are: their exponentials underflow.",
                float32=True,
            ),
            Extreme(
                "log-probabilities of -1e300",
                lambda rng: of_size(rng, 1e300),
                "Use the log-probabilities as they are: neither clip nor square them.",
            ),
            Extreme(
                "labels within 1e-11 of sure",
                all_but_sure,
                "Use the log-probabilities as they are: the log of a number near 1 has lost their "
                "digits, and an epsilon changes them.",
            ),
            Extreme(
                "impossible classes beside the label",
                lambda rng: beside(rng, -np.inf),
                "Pick by index, or choose with np.where: 0 times -inf is NaN.",
                float32=True,
            ),
        ),
        edges=(
            *label_edges(sample),
            Edge(
                "NaN beside the labels",
                lambda rng: beside(rng, np.nan),
                "Entries that no label picks are not read, by loss and by grad.",
            ),
            Edge(
                "NaN at a label",
                nan_at_a_label,
                "A NaN that a label picks gives a NaN loss.",
                Expect.NAN,
            ),
            Edge(
                "rows that do not add up to 1",
                unnormalised,
                "Rows are used as they stand: nothing is normalised.",
            ),
            Edge(
                "sure of every label",
                lambda rng: beside(rng, 0.0, picked=True),
                "A log-probability of 0 costs nothing, and its slope is still -1/n.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        curves=(
            Curve(
                "The label's log-probability, another at -1",
                "log-probability",
                -6.0,
                0.0,
                lambda z: Case((np.zeros(1, np.int64), np.array([[z, -1.0]]))),
            ),
        ),
        coarse=beside_a_huge_cost,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("along an axis", ALONG_AXIS),
            Variant("mask in a class", MASKED),
            Variant("flat positions", FLAT),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
    ),
)
