"""The focal loss of integer labels and a softmax."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.exact import mean
from grader.catalogue.focal import reference as binary
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
from grader.catalogue.logistic import sigmoid, softplus
from grader.catalogue.pairs import numeric_gradient
from grader.catalogue.regression import at_least_tiny
from grader.catalogue.softmax_cross_entropy import (
    SHIFT,
    around,
    checked,
    equal_logits,
    sample,
    spaced,
)
from grader.catalogue.softmax_cross_entropy import reference as cross_entropy
from grader.catalogue.task import (
    Array,
    Brief,
    Case,
    Edge,
    Example,
    Extreme,
    Misconception,
    Parameter,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def _against_the_others(labels: Array, logits: Array) -> tuple[Array, Array]:
    """Return the log-odds of each label, (n,), and the softmax of the other classes, (n, k).

    The label's own share of that softmax is 0.
    """
    labels, z = checked(labels, logits)
    rows = np.arange(len(labels))
    others = z.copy()
    others[rows, labels] = -np.inf
    peak = others.max(axis=1)
    powers = np.exp(others - peak[:, None])
    total = powers.sum(axis=1)
    # The difference first: at logits of 1e4 a log-sum-exp has lost three digits.
    return (z[rows, labels] - peak) - np.log(total), powers / total[:, None]


def _weight(log_odds: Array, gamma: float) -> Array:
    # (1 - p)^gamma as exp(gamma log(1 - p)), for 1 - p itself underflows.
    return np.asarray(np.exp(-gamma * softplus(log_odds)))


def _costs(labels: Array, logits: Array, gamma: float) -> Array:
    log_odds, _ = _against_the_others(labels, logits)
    return np.asarray(_weight(log_odds, gamma) * softplus(-log_odds))


def reference(labels: Array, logits: Array, gamma: float = 2.0) -> float:
    """Return the mean of -(1 - p)^gamma log p, in nats, p the softmax at each row's label.

    Args:
        labels: shape (n,), integers in 0..k-1.
        logits: shape (n, k), unnormalised log-probabilities in nats.
        gamma: >= 0; 0 gives the cross-entropy.

    Raises:
        ValueError: for other shapes, empty input, or a label outside 0..k-1.

    Source: Lin, Goyal, Girshick, He, Dollar, Focal Loss for Dense Object Detection (2017),
        equation 4, with a softmax.
    """
    return float(np.mean(_costs(labels, logits, gamma)))


def gradient(labels: Array, logits: Array, gamma: float = 2.0) -> tuple[Array]:
    """Return the derivative with respect to the logits, (n, k); errors as above.

    At the label it is (1 - p)^gamma (gamma p log p + p - 1) / n. The other classes share minus
    that among them, each as its part of their own softmax.

    Source: Lin et al. (2017), appendix B.
    """
    m, shares = _against_the_others(labels, logits)
    slope = -_weight(m, gamma) * (gamma * sigmoid(m) * softplus(-m) + sigmoid(-m)) / len(m)
    result = -slope[:, None] * shares
    result[np.arange(len(labels)), labels] = slope
    return (result,)


def terms(labels: Array, logits: Array, gamma: float = 2.0) -> float:
    return at_least_tiny(np.max(_costs(labels, logits, gamma)))


def definition(mp: Any, labels: Any, logits: Any, gamma: Any) -> Any:
    def cost(label: int, row: Any) -> Any:
        powers = [mp.exp(z) for z in row]
        total = mp.fsum(powers)
        # The others' sum is 1 - p, but for rounding that would make it negative.
        miss = mp.fsum(e for j, e in enumerate(powers) if j != label) / total
        return -(miss**gamma) * mp.log(powers[label] / total)

    return mean(mp, map(cost, labels, logits))


def with_sure_rows(rng: np.random.Generator, gamma: float) -> Case:
    """Logits of 1e3 under labels that are right in two rows and wrong in others."""
    labels, logits = spaced(rng, 1e3).arguments
    labels[1:3] = logits[1:3].argmax(axis=1)
    return Case((labels, logits), {"gamma": gamma})


def sure_beside_wrong(rng: np.random.Generator) -> Case:
    """Two rows whose right class is about 200 behind, and six where it is 4 to 8 ahead.

    Further ahead than that the focal weight leaves no slope that could be told from 0.
    """
    labels, logits = sample(rng, (8, 4))
    logits *= 0.3
    ahead = rng.uniform(5.0, 7.0, size=8)
    ahead[rng.permutation(8)[:2]] = rng.uniform(-220.0, -180.0, size=2)
    logits[np.arange(8), labels] = ahead
    return Case((labels, logits))


def _half_binary(labels: Array, logits: Array, gamma: float) -> float:
    """Two classes: the focal loss of the difference of the logits, with an alpha of one half."""
    return 2.0 * binary(labels, logits[:, 1] - logits[:, 0], gamma, alpha=0.5)


def _renamed(rng: np.random.Generator, case: Case) -> Case:
    labels, logits = case.arguments
    order = rng.permutation(logits.shape[1])
    return Case((np.argsort(order)[labels], logits[:, order]), case.parameters)


PLAIN = (
    CHECK
    + LOG_SOFTMAX
    + """

def loss(labels, logits, gamma=2.0):
    _check(labels, logits)
    log_p = _log_softmax(logits)[np.arange(len(labels)), labels]
    miss = 1 - np.exp(log_p)
    return np.mean(-(miss**gamma) * log_p)


def grad(labels, logits, gamma=2.0):
    _check(labels, logits)
    rows = np.arange(len(labels))
    log_probs = _log_softmax(logits)
    probs = np.exp(log_probs)
    p, log_p = probs[rows, labels], log_probs[rows, labels]
    miss = 1 - p
    # log(p) / (1 - p) tends to -1 where p rounds to 1.
    ratio = np.where(miss > 0, log_p / np.where(miss > 0, miss, 1), -1)
    slope = miss**gamma * (gamma * p * ratio - 1)
    result = -slope[:, None] * probs
    result[rows, labels] += slope
    return result / len(labels)
"""
)

ONE_AGAINST_THE_REST = '''\
import numpy as np


def _split(labels, logits):
    """The label's logit less the log-sum-exp of the others, and the others' softmax."""
    if logits.ndim != 2 or len(logits) == 0 or labels.shape != (len(logits),):
        raise ValueError("need labels (n,) and logits (n, k), n > 0")
    is_label = np.arange(logits.shape[1]) == labels[:, None]
    if is_label.sum() != len(labels):
        raise ValueError("a label is no class")
    others = np.where(is_label, -np.inf, logits)
    log_norm = np.logaddexp.reduce(others, axis=1)
    return logits[is_label] - log_norm, np.exp(others - log_norm[:, None]), is_label


def loss(labels, logits, gamma=2.0):
    m, _, _ = _split(labels, logits)
    log_p, log_miss = -np.logaddexp(0, -m), -np.logaddexp(0, m)
    return float(-np.mean(np.exp(gamma * log_miss) * log_p))


def grad(labels, logits, gamma=2.0):
    m, share, is_label = _split(labels, logits)
    log_p, log_miss = -np.logaddexp(0, -m), -np.logaddexp(0, m)
    pull = np.exp(gamma * log_miss) * (gamma * np.exp(log_p) * log_p - np.exp(log_miss))
    return pull[:, None] * np.where(is_label, 1, -share) / len(m)
'''

CHAIN_RULE = """\
import numpy as np


class FocalRows:
    def __init__(self, labels, logits, gamma):
        if logits.ndim != 2 or labels.shape != logits.shape[:1] or not logits.size:
            raise ValueError("labels (n,) and logits (n, k) do not fit")
        if np.any(labels < 0) or np.any(labels >= logits.shape[1]):
            raise ValueError("label out of range")
        self.gamma = gamma
        self.one_hot = np.eye(logits.shape[1])[labels]
        ahead = np.asarray(logits, dtype=float) - np.max(logits, axis=1, keepdims=True)
        log_probs = ahead - np.log(np.einsum("nk->n", np.exp(ahead)))[:, None]
        self.probs = np.exp(log_probs)
        self.log_p = np.einsum("nk,nk->n", self.one_hot, log_probs)
        self.miss = -np.expm1(self.log_p)

    def value(self):
        return -np.einsum("n,n->", self.miss**self.gamma, self.log_p) / len(self.log_p)

    def slope(self):
        sure = self.miss == 0
        safe = np.where(sure, 1.0, self.miss)
        rise = self.gamma * safe ** (self.gamma - 1) * np.exp(self.log_p) * self.log_p
        by_log_p = np.where(sure, 0.0, rise) - self.miss**self.gamma
        jacobian = self.one_hot - self.probs
        return np.einsum("n,nk->nk", by_log_p, jacobian) / len(self.log_p)


def loss(labels, logits, gamma=2.0):
    return FocalRows(labels, logits, gamma).value()


def grad(labels, logits, gamma=2.0):
    return FocalRows(labels, logits, gamma).slope()
"""

LOOPS = """\
import math

import numpy as np


def check(labels, logits):
    if logits.ndim != 2 or labels.ndim != 1 or logits.shape[0] != labels.shape[0]:
        raise ValueError("bad shapes")
    if logits.size == 0:
        raise ValueError("empty input")
    for label in labels:
        if label < 0 or label >= logits.shape[1]:
            raise ValueError("bad label")


def softmax(row):
    top = max(row)
    powers = [math.exp(z - top) for z in row]
    total = sum(powers)
    return top + math.log(total), [e / total for e in powers]


def parts(label, row, gamma):
    log_norm, probs = softmax(row)
    log_p = row[label] - log_norm
    miss = sum(p for j, p in enumerate(probs) if j != label)
    return probs, log_p, miss, miss**gamma


def loss(labels, logits, gamma=2.0):
    check(labels, logits)
    total = 0.0
    for label, row in zip(labels.tolist(), logits.tolist()):
        _, log_p, _, weight = parts(label, row, gamma)
        total -= weight * log_p
    return total / len(labels)


def grad(labels, logits, gamma=2.0):
    check(labels, logits)
    out = np.zeros(logits.shape)
    for i, (label, row) in enumerate(zip(labels.tolist(), logits.tolist())):
        probs, log_p, miss, weight = parts(label, row, gamma)
        slope = weight * (gamma * probs[label] * log_p - miss)
        for j, p in enumerate(probs):
            if j != label and miss > 0:
                out[i, j] = -slope * (p / miss)
        out[i, label] = slope
    return out / len(labels)
"""

MEAN, FACTOR = "np.mean(-(miss**gamma) * log_p)", "(gamma * p * ratio - 1)"

MISCONCEPTIONS = (
    Misconception(
        "gamma left out",
        Family.VALUES,
        "It is the plain cross-entropy: the factor (1 - p) to the power gamma is missing.",
        patched(
            PLAIN,
            (MEAN, "np.mean(-log_p)"),
            ("slope = miss**gamma * " + FACTOR, "slope = -miss**0"),
        ),
    ),
    Misconception(
        "gamma always 2",
        Family.VALUES,
        "It squares 1 - p whatever gamma is.",
        patched(
            PLAIN, ("    _check(labels, logits)\n", "    _check(labels, logits)\n    gamma = 2.0\n")
        ),
    ),
    Misconception(
        "easy samples in focus",
        Family.VALUES,
        "It multiplies by p to the power gamma instead of 1 - p, so it dwells on what is right "
        "already.",
        patched(PLAIN, (MEAN, "np.mean(-(np.exp(log_p) ** gamma) * log_p)")),
    ),
    Misconception(
        "sigmoid for softmax",
        Family.VALUES,
        "It takes the sigmoid of the label's logit, as the binary focal loss does, and so ignores "
        "the other classes.",
        patched(
            PLAIN,
            (
                "log_p = _log_softmax(logits)[np.arange(len(labels)), labels]",
                "log_p = -np.logaddexp(0, -logits[np.arange(len(labels)), labels])",
            ),
        ),
    ),
    Misconception(
        "alpha kept",
        Family.VALUES,
        "It multiplies by an alpha of 0.25, which the binary focal loss has and this one has not.",
        patched(PLAIN, (MEAN, f"0.25 * {MEAN}"), ("result / len", "0.25 * result / len")),
    ),
    Misconception(
        "divided by the weights",
        Family.VALUES,
        "It divides by the sum of the factors (1 - p)^gamma, as a weighted mean does, where it is "
        "the number of rows.",
        patched(PLAIN, (MEAN, "np.sum(-(miss**gamma) * log_p) / np.sum(miss**gamma)")),
    ),
    Misconception(
        "every class in turn",
        Family.VALUES,
        "It adds up the focal costs of all classes, where only the label's counts.",
        patched(
            PLAIN,
            ("_log_softmax(logits)[np.arange(len(labels)), labels]", "_log_softmax(logits)"),
            (MEAN, "np.mean(np.sum(-(miss**gamma) * log_p, axis=1))"),
        ),
    ),
    Misconception(
        "mean over classes too",
        Family.VALUES,
        "It divides by n times k, the number of logits, where the mean is over the n rows.",
        patched(
            PLAIN,
            (MEAN, "np.sum(-(miss**gamma) * log_p) / logits.size"),
            ("result / len(labels)", "result / logits.size"),
        ),
    ),
    Misconception(
        "weight taken for a constant",
        Family.GRADIENTS,
        "Its gradient treats (1 - p)^gamma as a constant: the part that comes from gamma is "
        "missing.",
        patched(PLAIN, (FACTOR, "-1")),
    ),
    Misconception(
        "factor p forgotten",
        Family.GRADIENTS,
        "Its gradient misses a factor p in the part that comes from gamma: the derivative of the "
        "softmax itself.",
        patched(PLAIN, (FACTOR, "(gamma * ratio - 1)")),
    ),
    Misconception(
        "gradient at the label alone",
        Family.GRADIENTS,
        "Its gradient is 0 for every class but the label, though every logit is in the softmax.",
        patched(
            PLAIN,
            ("result = -slope[:, None] * probs", "result = np.zeros(logits.shape)"),
            ("+= slope", "= slope * miss"),
        ),
    ),
    numeric_gradient(PLAIN, "logits"),
    Misconception(
        "log of a clipped probability",
        Family.STABILITY,
        "It takes the log of a probability kept above 1e-7, so that no mistake can cost more than "
        "16.",
        patched(
            PLAIN,
            (MEAN, "np.mean(-(miss**gamma) * np.maximum(log_p, np.log(1e-7)))"),
        ),
    ),
    Misconception(
        "chain rule without simplifying",
        Family.STABILITY,
        "Its gradient raises 1 - p to the power gamma - 1, which is infinite for a gamma below 1 "
        "where p has rounded to 1.",
        patched(
            PLAIN,
            (
                "miss**gamma * (gamma * p * ratio - 1)",
                "gamma * p * miss ** (gamma - 1) * log_p - miss**gamma",
            ),
        ),
    ),
    *softmax_mistakes(PLAIN),
    *mean_mistakes(PLAIN),
    *neglects(PLAIN),
)

USUAL = laws.drawn(sample, 6, 4, gamma=1.5)

LAWS = (
    laws.equal(
        "With gamma 0 it is the softmax cross-entropy.",
        laws.drawn(sample, 6, 4, gamma=0.0),
        reference,
        lambda labels, logits, gamma: cross_entropy(labels, logits),
    ),
    laws.equal(
        "Two classes give twice the binary focal loss with an alpha of one half.",
        laws.drawn(sample, 6, 2, gamma=1.5),
        reference,
        _half_binary,
    ),
    laws.unchanged(
        "A number added to all logits of a row changes nothing.",
        reference,
        USUAL,
        laws.shifted(1, by_row=True),
    ),
    laws.unchanged("The names of the classes do not matter.", reference, USUAL, _renamed),
    laws.unchanged(
        "The order of the rows does not matter.", reference, USUAL, laws.reordered(0, 1)
    ),
)

NO_DIVISION = (
    "Simplify the derivative so that nothing is divided by p or 1 - p, nor raised to a negative "
    "power: both round to 0."
)

TASKS = (
    Task(
        slug="multiclass-focal",
        title="Multiclass focal loss",
        formula=r"L = -\frac{1}{n} \sum_{i=1}^{n} (1 - p_i)^{\gamma} \log p_i, \quad "
        r"p_i = \frac{e^{z_{i, y_i}}}{\sum_{j=1}^{k} e^{z_{ij}}}",
        sentence="The mean over the rows of minus (1 - p) to the power gamma times log p, where p "
        "is the softmax of the row's logits at its label.",
        domain="labels are integers in 0..k-1 of shape (n,), logits any numbers up to 1e3 in size "
        "of shape (n, k), and gamma is at least 0; other labels and shapes raise ValueError; "
        "negative values of gamma are not tested.",
        rules=(
            *rules(),
            "gamma = 0 leaves the plain cross-entropy; there is no alpha.",
            "gamma may lie between 0 and 1, and the gradient is finite there too.",
            "Logits up to 1e3 in size give the exact loss and gradient: nothing overflows, nothing "
            "is clipped.",
            "The mean is over the n rows; logarithms are natural.",
        ),
        source="Lin, Goyal, Girshick, He, Dollár, Focal Loss for Dense Object Detection (2017), "
        "equation 4, with a softmax in place of the sigmoid.",
        brief=Brief(
            prompt="A recycling plant sorts objects on its belt into a dozen classes, and nearly "
            "all of them are plain cardboard that the model has long learned. Write the focal "
            "loss, which multiplies the cross-entropy of each object by `(1 - p)**gamma` so that "
            "easy ones count for little, and its gradient with respect to the logits. `p` is the "
            "softmax probability of the label.",
            context="A weight that depends on the prediction itself, so that the gradient has a "
            "second part, through the Jacobian of a softmax.",
            topics=("classification", "imbalance", "stability"),
            difficulty="hard",
            minutes=30,
        ),
        examples=(
            Example(
                Case((np.array([0]), np.zeros((1, 2)))),
                value=np.log(2) / 4,
                gradient=(((-(np.log(2) + 0.5) / 4, (np.log(2) + 0.5) / 4),),),
                working="p is 1/2: (1/2)^2 log 2, and the slope at the label is "
                "(1/4) (2 (1/2) log(1/2) - 1/2).",
            ),
            Example(
                Case(
                    (np.array([2, 0]), np.log(np.array([[1.0, 1.0, 2.0], [1.0, 2.0, 1.0]]))),
                    {"gamma": 1.0},
                ),
                value=np.log(2),
                working="Probabilities of 1/2 and 1/4: (1/2 log 2 + 3/4 log 4) / 2.",
            ),
        ),
        definition=definition,
        arguments=arguments(),
        parameters=(Parameter("gamma", 2.0, others=(0.0, 0.5, 5.0)),),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=SHAPES,
        large=(2_000, 50),
        terms=terms,
        extremes=(
            Extreme("logits of 1e3", lambda rng: spaced(rng, 1e3), SHIFT, float32=True),
            Extreme("all logits near 1e3", lambda rng: around(rng, 1e3), SHIFT),
            Extreme(
                "rows 2e3 apart",
                lambda rng: around(rng, -1e3, 1e3),
                "Subtract the largest logit of each row: the largest of the whole array makes "
                "every exponential of the other rows 0.",
            ),
            Extreme(
                "right class 2e3 behind",
                lambda rng: spaced(rng, 1e3, worst=True),
                "Compute log softmax as z - logsumexp(z): the log of a probability that "
                "underflowed, or was clipped, is wrong.",
                float32=True,
            ),
            Extreme(
                "logits of 1e3, gamma 0.5",
                lambda rng: with_sure_rows(rng, 0.5),
                NO_DIVISION,
            ),
            Extreme(
                "logits of 1e3, gamma 0",
                lambda rng: with_sure_rows(rng, 0.0),
                NO_DIVISION,
            ),
        ),
        edges=(
            *label_edges(sample),
            Edge(
                "gamma of 0",
                lambda rng: Case(sample(rng, (5, 4)), {"gamma": 0.0}),
                "With gamma = 0 the loss is the cross-entropy.",
            ),
            Edge(
                "all logits equal",
                equal_logits,
                "Equal logits give (1 - 1/k) to the power gamma times log k.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        curves=(right_logit(", gamma = 2"),),
        coarse=sure_beside_wrong,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("label against the rest", ONE_AGAINST_THE_REST),
            Variant("chain rule in a class", CHAIN_RULE),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        laws=LAWS,
    ),
)
