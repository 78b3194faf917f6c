"""Right and wrong answers to softmax cross-entropy: usual misconceptions and variants of style."""

from grader.catalogue.task import Misconception, Variant, patched
from grader.families import Family

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

VARIANTS = (
    Variant("vectorised", VECTORISED),
    Variant("row by row", ROW_BY_ROW),
    Variant("one-hot and einsum", ONE_HOT),
    Variant("margins to the label", MARGINS),
)
