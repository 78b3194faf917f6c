"""The softmax cross-entropy of labels that are smoothed over all classes."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.exact import log_sum_exp, mean
from grader.catalogue.labelled import (
    CHECK,
    LOG_SOFTMAX,
    SHAPES,
    arguments,
    label_edges,
    mean_mistakes,
    neglects,
    right_logit,
    rules,
    softmax_mistakes,
)
from grader.catalogue.pairs import numeric_gradient
from grader.catalogue.softmax_cross_entropy import (
    EXTREMES,
    checked,
    equal_logits,
    sample,
    sure_beside_wrong,
    terms,
)
from grader.catalogue.softmax_cross_entropy import reference as unsmoothed
from grader.catalogue.task import (
    Array,
    Brief,
    Case,
    Edge,
    Example,
    Misconception,
    Parameter,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def _targets(labels: Array, logits: Array, smoothing: float) -> Array:
    k = logits.shape[1]
    return np.asarray((1.0 - smoothing) * np.eye(k)[labels] + smoothing / k)


def reference(labels: Array, logits: Array, smoothing: float = 0.1) -> float:
    """Return the mean cross-entropy of smoothed labels under softmax(logits), in nats.

        L = mean_i( sum_j t_ij (lse(z_i) - z_ij) ), t_i = (1 - s) onehot(label_i) + s / k

    Args:
        labels: shape (n,), integers in 0..k-1.
        logits: shape (n, k), unnormalised log-probabilities in nats.
        smoothing: s in [0, 1], the share that is spread over all k classes.

    Raises:
        ValueError: for other shapes, empty input, or a label outside 0..k-1.

    Source: Szegedy, Vanhoucke, Ioffe, Shlens, Wojna, Rethinking the Inception Architecture for
        Computer Vision (2016), section 7.
    """
    labels, z = checked(labels, logits)
    behind = z.max(axis=1, keepdims=True) - z
    log_norm = np.log(np.exp(-behind).sum(axis=1, keepdims=True))
    # No term is negative, so that nothing cancels: a right and sure row keeps its digits.
    costs = _targets(labels, z, smoothing) * (behind + log_norm)
    return float(np.sum(costs) / len(labels))


def gradient(labels: Array, logits: Array, smoothing: float = 0.1) -> tuple[Array]:
    """Return (softmax(z) - t) / n, of shape (n, k), errors as above.

    Source: Szegedy et al. (2016), section 7, the derivative of the cross-entropy.
    """
    labels, z = checked(labels, logits)
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    result = p - smoothing / z.shape[1]
    rows = np.arange(len(labels))
    result[rows, labels] = 0.0
    # All of a row add up to 0: p - 1 would lose the digits of a sure and right prediction.
    result[rows, labels] = -result.sum(axis=1)
    return (result / len(labels),)


def definition(mp: Any, labels: Any, logits: Any, smoothing: Any) -> Any:
    def cost(label: int, row: Any) -> Any:
        k, log_norm = len(row), log_sum_exp(mp, row)
        shares = [smoothing / k + (1 - smoothing if j == label else 0) for j in range(k)]
        return -mp.fsum(t * (z - log_norm) for t, z in zip(shares, row, strict=True))

    return mean(mp, map(cost, labels, logits))


def _spread_evenly(labels: Array, logits: Array, smoothing: float) -> float:
    every = [unsmoothed(np.full_like(labels, j), logits) for j in range(logits.shape[1])]
    return float(np.mean(every))


def _mixed(labels: Array, logits: Array, smoothing: float) -> float:
    evenly = _spread_evenly(labels, logits, 1.0)
    return (1.0 - smoothing) * unsmoothed(labels, logits) + smoothing * evenly


PLAIN = (
    CHECK
    + LOG_SOFTMAX
    + """

def _targets(labels, logits, smoothing):
    n, k = logits.shape
    targets = np.full((n, k), smoothing / k)
    targets[np.arange(n), labels] += 1 - smoothing
    return targets


def loss(labels, logits, smoothing=0.1):
    _check(labels, logits)
    targets = _targets(labels, logits, smoothing)
    return -np.mean(np.sum(targets * _log_softmax(logits), axis=1))


def grad(labels, logits, smoothing=0.1):
    _check(labels, logits)
    targets = _targets(labels, logits, smoothing)
    result = np.exp(_log_softmax(logits)) - targets
    return result / len(labels)
"""
)

TWO_LOSSES = '''\
import numpy as np


def _rows(labels, logits):
    if np.ndim(logits) != 2 or np.shape(labels) != (len(logits),):
        raise ValueError("one label per row of logits, please")
    if len(logits) == 0 or not np.isin(labels, np.arange(logits.shape[1])).all():
        raise ValueError("no rows, or a label that is no class")
    picked = np.take_along_axis(logits, labels[:, np.newaxis].astype(int), axis=1)[:, 0]
    return picked, np.logaddexp.reduce(logits, axis=1)


def loss(labels, logits, smoothing=0.1):
    """A share of the usual cross-entropy, and a share of the mean one over all classes."""
    picked, log_norm = _rows(labels, logits)
    of_label = log_norm - picked
    of_all = log_norm - logits.mean(axis=1)
    return float(np.mean((1 - smoothing) * of_label + smoothing * of_all))


def grad(labels, logits, smoothing=0.1):
    _, log_norm = _rows(labels, logits)
    slope = np.exp(logits - log_norm[:, np.newaxis]) - smoothing / logits.shape[1]
    for row, label in zip(slope, labels):
        row[label] -= 1 - smoothing
    return slope / len(slope)
'''

EINSUM = """\
import numpy as np


class Smoothed:
    def __init__(self, labels, logits, smoothing):
        if logits.ndim != 2 or logits.shape[0] == 0:
            raise ValueError("logits must be (n, k) with n > 0")
        self.n, self.k = logits.shape
        if labels.shape != (self.n,) or np.any((labels < 0) | (labels >= self.k)):
            raise ValueError("labels must be (n,) in range(k)")
        is_label = labels[:, None] == np.arange(self.k)
        self.targets = np.where(is_label, 1 - smoothing + smoothing / self.k, smoothing / self.k)
        self.ahead = logits - logits.max(axis=1)[:, None]
        self.powers = np.exp(self.ahead)

    def value(self):
        log_norms = np.log(np.einsum("nk->n", self.powers))
        weights = np.einsum("nk->n", self.targets)
        total = np.einsum("n,n->", weights, log_norms)
        return (total - np.einsum("nk,nk->", self.targets, self.ahead)) / self.n

    def slope(self):
        softmax = self.powers / np.einsum("nk->n", self.powers)[:, None]
        return (softmax - self.targets) / self.n


def loss(labels, logits, smoothing=0.1):
    return Smoothed(labels, logits, smoothing).value()


def grad(labels, logits, smoothing=0.1):
    return Smoothed(labels, logits, smoothing).slope()
"""

LOOPS = """\
import math

import numpy as np


def check(labels, logits):
    if logits.ndim != 2 or labels.ndim != 1 or len(labels) != len(logits):
        raise ValueError("shapes do not fit")
    if not len(labels) or any(not 0 <= label < logits.shape[1] for label in labels):
        raise ValueError("no rows or a bad label")


def log_softmax(row):
    top = max(row)
    log_norm = top + math.log(sum(math.exp(z - top) for z in row))
    return [z - log_norm for z in row]


def target(j, label, k, smoothing):
    return smoothing / k + (1 - smoothing if j == label else 0)


def loss(labels, logits, smoothing=0.1):
    check(labels, logits)
    n, k = logits.shape
    total = 0.0
    for label, row in zip(labels.tolist(), logits.tolist()):
        for j, log_p in enumerate(log_softmax(row)):
            total -= target(j, label, k, smoothing) * log_p
    return total / n


def grad(labels, logits, smoothing=0.1):
    check(labels, logits)
    n, k = logits.shape
    out = np.empty((n, k))
    for i, row in enumerate(logits.tolist()):
        for j, log_p in enumerate(log_softmax(row)):
            out[i, j] = (math.exp(log_p) - target(j, labels[i], k, smoothing)) / n
    return out
"""

SPREAD, KEPT = "np.full((n, k), smoothing / k)", "+= 1 - smoothing"
MEAN = "-np.mean(np.sum(targets * _log_softmax(logits), axis=1))"
SLOPE = "np.exp(_log_softmax(logits)) - targets"

MISCONCEPTIONS = (
    Misconception(
        "smoothing ignored",
        Family.VALUES,
        "It ignores smoothing: it is the usual cross-entropy of hard labels.",
        patched(PLAIN, (SPREAD, "np.zeros((n, k))"), (KEPT, "+= 1")),
    ),
    Misconception(
        "spread over the other classes",
        Family.VALUES,
        "It gives smoothing / (k - 1) to the other classes and none to the label, where all k "
        "classes get smoothing / k.",
        patched(PLAIN, ("smoothing / k", "smoothing / (k - 1)"), (KEPT, "= 1 - smoothing")),
    ),
    Misconception(
        "label's own share forgotten",
        Family.VALUES,
        "It leaves the label at 1 - smoothing, without its own share of smoothing / k: the "
        "targets do not add up to 1.",
        patched(PLAIN, (KEPT, "= 1 - smoothing")),
    ),
    Misconception(
        "label left at 1",
        Family.VALUES,
        "It adds smoothing / k to every class but leaves the label at 1: the targets add up to "
        "more than 1.",
        patched(PLAIN, (KEPT, "+= 1")),
    ),
    Misconception(
        "smoothing not divided by k",
        Family.VALUES,
        "It gives the whole of smoothing to every class, where they share it.",
        patched(PLAIN, (SPREAD, "np.full((n, k), smoothing)")),
    ),
    Misconception(
        "smoothing turned round",
        Family.VALUES,
        "It has the shares the wrong way round: the label keeps smoothing and 1 - smoothing is "
        "spread.",
        patched(PLAIN, (SPREAD, "np.full((n, k), (1 - smoothing) / k)"), (KEPT, "+= smoothing")),
    ),
    Misconception(
        "divided by n instead of k",
        Family.VALUES,
        "It spreads smoothing over n, the number of rows, instead of k, the number of classes.",
        patched(PLAIN, (SPREAD, "np.full((n, k), smoothing / n)")),
    ),
    Misconception(
        "mean over classes too",
        Family.VALUES,
        "It divides by n times k, the number of elements, where the mean is over the n rows.",
        patched(
            PLAIN,
            (MEAN, "-np.mean(targets * _log_softmax(logits))"),
            ("/ len(labels)", "/ logits.size"),
        ),
    ),
    Misconception(
        "gradient of hard labels",
        Family.GRADIENTS,
        "Its gradient subtracts 1 at the label, as for hard labels, instead of the smoothed "
        "targets.",
        patched(
            PLAIN,
            (
                "    targets = _targets(labels, logits, smoothing)\n    result",
                "    targets = _targets(labels, logits, 0.0)\n    result",
            ),
        ),
    ),
    Misconception(
        "gradient at the label alone",
        Family.GRADIENTS,
        "Its gradient is 0 for every class but the label, though every logit is in the softmax.",
        patched(PLAIN, (SLOPE, f"({SLOPE}) * np.eye(logits.shape[1])[labels]")),
    ),
    numeric_gradient(PLAIN, "logits"),
    Misconception(
        "log of a clipped probability",
        Family.STABILITY,
        "It takes the log of a probability kept above 1e-12, so that no class can cost more than "
        "27.6.",
        patched(
            PLAIN,
            (MEAN, MEAN.replace("_log_softmax(logits)", "log_p")),
            (
                "    return -np.mean",
                "    log_p = np.log(np.maximum(np.exp(_log_softmax(logits)), 1e-12))\n"
                "    return -np.mean",
            ),
        ),
    ),
    *softmax_mistakes(PLAIN),
    Misconception(
        "logits changed in place",
        Family.EDGE_CASES,
        "It subtracts the maximum in place and so changes the caller's logits.",
        patched(
            PLAIN,
            (
                "    shifted = logits - logits.max(axis=1, keepdims=True)\n",
                "    logits -= logits.max(axis=1, keepdims=True)\n    shifted = logits\n",
            ),
        ),
    ),
    *mean_mistakes(PLAIN),
    *neglects(PLAIN),
)

USUAL = laws.drawn(sample, 6, 4, smoothing=0.3)

LAWS = (
    laws.equal(
        "Without smoothing it is the softmax cross-entropy.",
        laws.drawn(sample, 6, 4, smoothing=0.0),
        reference,
        lambda labels, logits, smoothing: unsmoothed(labels, logits),
    ),
    laws.equal(
        "A smoothing of 1 forgets the labels: it is the mean over all classes.",
        laws.drawn(sample, 6, 4, smoothing=1.0),
        reference,
        _spread_evenly,
    ),
    laws.equal("It is linear in smoothing between the two.", USUAL, reference, _mixed),
    laws.unchanged(
        "A number added to all logits of a row changes nothing.",
        reference,
        USUAL,
        laws.shifted(1, by_row=True),
    ),
    laws.unchanged(
        "The order of the rows does not matter.", reference, USUAL, laws.reordered(0, 1)
    ),
)

TASKS = (
    Task(
        slug="label-smoothing-cross-entropy",
        title="Cross-entropy with label smoothing",
        formula=r"L = -\frac{1}{n} \sum_{i=1}^{n} \sum_{j=1}^{k} t_{ij} \log "
        r"\frac{e^{z_{ij}}}{\sum_{m=1}^{k} e^{z_{im}}}, \quad "
        r"t_{ij} = \begin{cases} 1 - s + \frac{s}{k} & j = y_i \\ \frac{s}{k} & j \ne y_i "
        r"\end{cases}",
        sentence="The mean, over the rows, of the cross-entropy between softmax(logits) and the "
        "smoothed label, which is 1 - smoothing at the label plus smoothing / k at every class.",
        domain="labels are integers in 0..k-1 of shape (n,), logits any numbers up to 1e4 in size "
        "of shape (n, k), and smoothing is in [0, 1]; other labels and shapes raise ValueError; "
        "other values of smoothing are not tested.",
        rules=(
            *rules(),
            "smoothing is shared by all k classes, the label's own included: each gets "
            "smoothing / k.",
            "Logits up to 1e4 in size give the exact loss: nothing overflows, nothing is clipped.",
            "The mean is over the n rows; logarithms are natural.",
        ),
        source="Szegedy, Vanhoucke, Ioffe, Shlens, Wojna, Rethinking the Inception Architecture "
        "for Computer Vision (2016), section 7.",
        brief=Brief(
            prompt="A hospital sorts skin images into classes of disease, and its labels are wrong "
            "now and then. To keep the model from growing too sure of them, each label gives a "
            "share `smoothing` of its weight away, evenly over all k classes. Write the softmax "
            "cross-entropy of such smoothed labels and its gradient with respect to the logits.",
            context="Which classes share the smoothing, targets that add up to 1 in the loss and "
            "in the gradient, and a log-softmax that does not overflow.",
            topics=("classification", "regularisation", "stability"),
            difficulty="medium",
            minutes=20,
        ),
        examples=(
            Example(
                Case(
                    (np.array([1]), np.array([[0.0, np.log(3)]])),
                    {"smoothing": 0.2},
                ),
                value=np.log(4) - 0.9 * np.log(3),
                gradient=(((0.15, -0.15),),),
                working="The probabilities are 1/4 and 3/4 and the targets 0.1 and 0.9: "
                "0.1 log 4 + 0.9 log(4/3), with slopes of 0.25 - 0.1 and 0.75 - 0.9.",
            ),
            Example(
                Case((np.array([0, 2]), np.zeros((2, 3)))),
                value=np.log(3),
                working="Equal logits cost log 3 whatever the targets are.",
            ),
        ),
        definition=definition,
        arguments=arguments(),
        parameters=(Parameter("smoothing", 0.1, others=(0.0, 0.3, 0.8)),),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=SHAPES,
        large=(2_000, 50),
        terms=lambda labels, logits, smoothing=0.1: terms(labels, logits),
        extremes=EXTREMES,
        edges=(
            *label_edges(sample),
            Edge(
                "no smoothing",
                lambda rng: Case(sample(rng, (5, 4)), {"smoothing": 0.0}),
                "With smoothing = 0 it is the cross-entropy of hard labels.",
            ),
            Edge(
                "everything smoothed",
                lambda rng: Case(sample(rng, (5, 4)), {"smoothing": 1.0}),
                "With smoothing = 1 the labels have no weight left: every class has 1/k.",
            ),
            Edge("all logits equal", equal_logits, "Equal logits give a loss of log k."),
        ),
        misconceptions=MISCONCEPTIONS,
        curves=(right_logit(", smoothing = 0.1"),),
        coarse=lambda rng: Case(sure_beside_wrong(rng).arguments, {"smoothing": 0.0}),
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("two losses mixed", TWO_LOSSES),
            Variant("einsum in a class", EINSUM),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
    ),
)
