"""The cross-entropy in which each kind of mistake has a cost of its own."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.exact import mean
from grader.catalogue.inputs import require
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
from grader.catalogue.log_complements import without_the_best
from grader.catalogue.pairs import numeric_gradient
from grader.catalogue.softmax_cross_entropy import around, checked, spaced, sure_beside_wrong
from grader.catalogue.softmax_cross_entropy import reference as cross_entropy
from grader.catalogue.softmax_cross_entropy import sample as labelled_logits
from grader.catalogue.task import (
    Argument,
    Array,
    Brief,
    Case,
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

Draw = Callable[[np.random.Generator], Case]


def _prepared(labels: Array, logits: Array, cost: Array) -> tuple[Array, Array, Array]:
    """Return labels, logits and each row's costs of the other classes, 0 at the label."""
    labels, z = checked(labels, logits)
    k = z.shape[1]
    require(np.shape(cost) == (k, k), f"cost must be ({k}, {k})")
    weights = np.asarray(cost, dtype=np.float64)[labels]
    weights[np.arange(len(labels)), labels] = 0.0
    return labels, z, weights


def _costs(labels: Array, logits: Array, cost: Array) -> Array:
    """Return the terms of each row, (n, k): the label's own cost, and those of the others."""
    labels, z, weights = _prepared(labels, logits, cost)
    _, _, log_miss, _ = without_the_best(z)
    rows = np.arange(len(labels))
    behind = z.max(axis=1, keepdims=True) - z
    terms = -weights * log_miss
    terms[rows, labels] = behind[rows, labels] + np.log(np.exp(-behind).sum(axis=1))
    return np.asarray(terms)


def reference(labels: Array, logits: Array, cost: Array) -> float:
    """Return the mean of -log p_label - sum over j != label of cost[label, j] log(1 - p_j).

    Args:
        labels: shape (n,), integers in 0..k-1.
        logits: shape (n, k), unnormalised log-probabilities in nats; p is their softmax.
        cost: shape (k, k), >= 0, without a unit: row label, column the class that it is taken
            for. The diagonal and rows of labels that do not occur are not read.

    Raises:
        ValueError: for other shapes, empty input, or a label outside 0..k-1.

    Source: Ho, Wookey, The Real-World-Weight Cross-Entropy Loss Function: Modeling the Costs of
        Mislabeling (IEEE Access 8, 2020), the loss of single labels.
    """
    return float(np.sum(_costs(labels, logits, cost)) / len(labels))


def gradient(labels: Array, logits: Array, cost: Array) -> tuple[Array]:
    """Return the derivative with respect to the logits, (n, k); errors as above.

    With c_j the costs of a row, at every class m but the label it is
        (p_m + c_m p_m - sum over j != m of c_j p_j p_m / (1 - p_j)) / n,
    and all of a row add up to 0.
    """
    labels, z, weights = _prepared(labels, logits, cost)
    best, p, log_miss, rest = without_the_best(z)
    rows = np.arange(len(labels))
    pulls = weights * p
    at_best = pulls[rows, best]
    odds = pulls / np.exp(log_miss)
    odds[rows, best] = 0.0
    result = p + pulls - p * (odds.sum(axis=1, keepdims=True) - odds) - at_best[:, None] * rest
    result[rows, labels] = 0.0
    # p - 1 would lose the digits of a sure and right prediction.
    result[rows, labels] = -result.sum(axis=1)
    return (result / len(labels),)


def terms(labels: Array, logits: Array, cost: Array) -> float:
    return float(np.max(_costs(labels, logits, cost)))


def definition(mp: Any, labels: Any, logits: Any, cost: Any) -> Any:
    def of_row(label: int, row: Any) -> Any:
        powers = [mp.exp(z) for z in row]
        total = mp.fsum(powers)

        def log_miss(j: int) -> Any:
            # The others' sum is 1 - p, but for rounding that would make it 0.
            return mp.log(mp.fsum(e for m, e in enumerate(powers) if m != j) / total)

        others = (j for j in range(len(row)) if j != label)
        mistakes = mp.fsum(cost[label][j] * log_miss(j) for j in others)
        return -mistakes - mp.log(powers[label] / total)

    return mean(mp, map(of_row, labels, logits))


def costs(rng: np.random.Generator, k: int) -> Array:
    """Draw costs that differ for each kind of mistake; those of the diagonal mean nothing."""
    return rng.uniform(0.2, 3.0, size=(k, k))


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
    """Draw labels, logits within 3 of 0, and costs that are not symmetric."""
    return (*labelled_logits(rng, shape), costs(rng, shape[1]))


def costly(draw: Draw) -> Draw:
    """Return a draw of labels and logits, with costs for them."""

    def case(rng: np.random.Generator) -> Case:
        labels, logits = draw(rng).arguments
        return Case((labels, logits, costs(rng, logits.shape[1])))

    return case


def changed_costs(change: Callable[[Array, Array], None]) -> Draw:
    """Return a draw of ordinary inputs, the costs of which `change(labels, cost)` has changed."""

    def case(rng: np.random.Generator) -> Case:
        labels, logits, cost = sample(rng, (5, 4))
        labels = labels % 3
        change(labels, cost)
        return Case((labels, logits, cost))

    return case


def _nan_unread(labels: Array, cost: Array) -> None:
    np.fill_diagonal(cost, np.nan)
    cost[3] = np.nan


def _nan_read(labels: Array, cost: Array) -> None:
    cost[labels[0], 3] = np.nan


def _no_cost(labels: Array, cost: Array) -> None:
    cost[:] = 0.0


def _weighted_by_label(labels: Array, logits: Array, cost: Array) -> float:
    """Two classes: each row's cross-entropy, 1 + its cost times."""
    each = [cross_entropy(labels[i : i + 1], logits[i : i + 1]) for i in range(len(labels))]
    return float(np.mean((1.0 + cost[labels, 1 - labels]) * each))


def _other_diagonal(rng: np.random.Generator, case: Case) -> Case:
    labels, logits, cost = case.arguments
    return Case((labels, logits, cost + np.diag(rng.uniform(1.0, 5.0, size=len(cost)))))


PLAIN = (
    CHECK.replace("labels, logits):", "labels, logits, cost):")
    + """\
    if cost.shape != (logits.shape[1], logits.shape[1]):
        raise ValueError("cost must be (k, k)")
"""
    + LOG_SOFTMAX
    + """

def _weights(labels, cost):
    weights = cost[labels]
    weights[np.arange(len(labels)), labels] = 0
    return weights


def _others(log_p):
    # Entry [i, j, m] is about class m among all classes of row i but j.
    is_left_out = np.eye(log_p.shape[1], dtype=bool)
    others = np.where(is_left_out, -np.inf, log_p[:, None, :])
    peak = others.max(axis=2, keepdims=True)
    powers = np.exp(others - peak)
    total = powers.sum(axis=2, keepdims=True)
    return (peak + np.log(total))[:, :, 0], powers / total


def loss(labels, logits, cost):
    _check(labels, logits, cost)
    log_p = _log_softmax(logits)
    log_miss, _ = _others(log_p)
    right = log_p[np.arange(len(labels)), labels]
    return -np.mean(np.sum(_weights(labels, cost) * log_miss, axis=1) + right)


def grad(labels, logits, cost):
    _check(labels, logits, cost)
    log_p = _log_softmax(logits)
    _, shares = _others(log_p)
    p = np.exp(log_p)
    pulls = _weights(labels, cost) * p
    result = p + pulls - np.einsum("ij,ijm->im", pulls, shares)
    result[np.arange(len(labels)), labels] -= 1
    return result / len(labels)
"""
)

CLASS_BY_CLASS = '''\
import numpy as np


def _validated(labels, logits, cost):
    if logits.ndim != 2 or labels.shape != (len(logits),) or not len(logits):
        raise ValueError("labels (n,) and logits (n, k), n > 0")
    k = logits.shape[1]
    if cost.shape != (k, k):
        raise ValueError(f"cost has shape {cost.shape}, not {(k, k)}")
    if ((labels < 0) | (labels >= k)).any():
        raise ValueError("a label is no class")
    return k, np.logaddexp.reduce(logits, axis=1)


def loss(labels, logits, cost):
    """One class at a time: what it costs where it is right, and where it is wrong."""
    k, log_norm = _validated(labels, logits, cost)
    total = 0.0
    for j in range(k):
        right, wrong = labels == j, labels != j
        total += (log_norm - logits[:, j])[right].sum()
        without = np.logaddexp.reduce(np.delete(logits, j, axis=1), axis=1)
        total += (cost[labels[wrong], j] * (log_norm - without)[wrong]).sum()
    return total / len(labels)


def grad(labels, logits, cost):
    k, log_norm = _validated(labels, logits, cost)
    p = np.exp(logits - log_norm[:, None])
    slope = p - (labels[:, None] == np.arange(k))
    for j in range(k):
        wrong = labels != j
        pull = cost[labels[wrong], j] * p[wrong, j]
        others = np.delete(logits[wrong], j, axis=1)
        shares = np.exp(others - np.logaddexp.reduce(others, axis=1)[:, None])
        # The logits of the others rise by what class j loses.
        slope[wrong] += pull[:, None] * np.insert(-shares, j, 1.0, axis=1)
    return slope / len(labels)
'''

FROM_BOTH_ENDS = """\
import numpy as np


class CostSensitive:
    def __init__(self, labels, logits, cost):
        if logits.ndim != 2 or logits.size == 0 or labels.shape != logits.shape[:1]:
            raise ValueError("labels and logits do not fit")
        self.n, self.k = logits.shape
        if cost.shape != (self.k, self.k) or not np.isin(labels, np.arange(self.k)).all():
            raise ValueError("cost or labels do not fit the classes")
        self.is_label = labels[:, None] == np.arange(self.k)
        self.weights = np.where(self.is_label, 0.0, cost[labels])
        self.logits = np.asarray(logits, dtype=np.float64)
        below, above = self.sums(self.logits), self.sums(self.logits[:, ::-1])[:, ::-1]
        self.without = np.logaddexp(below[:, :-1], above[:, 1:])
        self.log_norm = below[:, -1]

    def sums(self, logits):
        start = np.full((self.n, 1), -np.inf)
        return np.logaddexp.accumulate(np.hstack([start, logits]), axis=1)

    def value(self):
        log_norm = self.log_norm[:, None]
        missed = np.where(self.is_label, log_norm - self.logits, 0.0)
        mistaken = self.weights * (log_norm - self.without)
        return float((missed + mistaken).sum() / self.n)

    def slope(self):
        p = np.exp(self.logits - self.log_norm[:, None])
        pulls = self.weights * p
        ratios = np.exp(self.logits[:, None, :] - self.without[:, :, None])
        ratios[:, np.arange(self.k), np.arange(self.k)] = 0.0
        return (p - self.is_label + pulls - (pulls[:, :, None] * ratios).sum(axis=1)) / self.n


def loss(labels, logits, cost):
    return CostSensitive(labels, logits, cost).value()


def grad(labels, logits, cost):
    return CostSensitive(labels, logits, cost).slope()
"""

LOOPS = """\
import math

import numpy as np


def check(labels, logits, cost):
    if logits.ndim != 2 or labels.ndim != 1 or len(labels) != len(logits):
        raise ValueError("one label per row of logits")
    if logits.size == 0 or cost.shape != (logits.shape[1],) * 2:
        raise ValueError("no rows, or a cost matrix of the wrong size")
    for label in labels.tolist():
        if not 0 <= label < len(cost):
            raise ValueError(f"label {label}")


def log_sum_exp(row):
    top = max(row)
    return top + math.log(sum(math.exp(z - top) for z in row))


def loss(labels, logits, cost):
    check(labels, logits, cost)
    total = 0.0
    for label, row in zip(labels.tolist(), logits.tolist()):
        log_norm = log_sum_exp(row)
        total += log_norm - row[label]
        for j in range(len(row)):
            if j != label:
                total += cost[label, j] * (log_norm - log_sum_exp(row[:j] + row[j + 1 :]))
    return float(total) / len(labels)


def grad(labels, logits, cost):
    check(labels, logits, cost)
    out = np.zeros(logits.shape)
    for i, (label, row) in enumerate(zip(labels.tolist(), logits.tolist())):
        log_norm = log_sum_exp(row)
        for j, z in enumerate(row):
            p = math.exp(z - log_norm)
            out[i, j] += p
            if j == label:
                out[i, j] -= 1
                continue
            pull, rest = float(cost[label, j]) * p, log_sum_exp(row[:j] + row[j + 1 :])
            for m, other in enumerate(row):
                out[i, m] += pull if m == j else -pull * math.exp(other - rest)
    return out / len(labels)
"""

ZEROED = "    weights[np.arange(len(labels)), labels] = 0\n"
BOTH = "np.sum(_weights(labels, cost) * log_miss, axis=1) + right"
CROSS = ' - np.einsum("ij,ijm->im", pulls, shares)'
MISS = "log_miss, _ = _others(log_p)"

MISCONCEPTIONS = (
    Misconception(
        "costs transposed",
        Family.VALUES,
        "It reads cost[j, label]: what it costs to take class j for the label, not the label for "
        "class j.",
        patched(PLAIN, ("weights = cost[labels]", "weights = cost[:, labels].T.copy()")),
    ),
    Misconception(
        "diagonal counted",
        Family.VALUES,
        "It counts cost[label, label] too, and so charges for what is right.",
        patched(PLAIN, (ZEROED, "")),
    ),
    Misconception(
        "label's own term left out",
        Family.VALUES,
        "It forgets -log p of the label, which no cost multiplies.",
        patched(
            PLAIN,
            (BOTH, BOTH.replace(" + right", "")),
            ("labels] -= 1", "labels] -= p[np.arange(len(labels)), labels]"),
        ),
    ),
    Misconception(
        "log p of the wrong classes",
        Family.VALUES,
        "It weighs log p of the other classes instead of log(1 - p): it rewards mistakes.",
        patched(PLAIN, (BOTH, BOTH.replace("log_miss", "log_p"))),
    ),
    Misconception(
        "expected cost",
        Family.VALUES,
        "It adds the expected cost, the costs weighed with p, where -log(1 - p) is asked.",
        patched(PLAIN, (BOTH, BOTH.replace("* log_miss", "* -np.exp(log_p)"))),
    ),
    Misconception(
        "classes taken for independent",
        Family.GRADIENTS,
        "Its gradient lowers each wrong class as if it had a sigmoid of its own: the softmax "
        "raises all the others by as much.",
        patched(PLAIN, (CROSS, "")),
    ),
    Misconception(
        "shares not normalised",
        Family.GRADIENTS,
        "In its gradient the other classes share by p instead of p / (1 - p): the 1 - p of the "
        "logarithm's derivative is missing.",
        patched(PLAIN, (CROSS, " - pulls.sum(axis=1, keepdims=True) * p")),
    ),
    numeric_gradient(PLAIN, "logits"),
    Misconception(
        "log(1 - p) as it stands",
        Family.STABILITY,
        "It takes the log of 1 - p, which is 0 where a mistake is made with confidence.",
        patched(PLAIN, (MISS, "log_miss = np.log1p(-np.exp(log_p))")),
    ),
    *softmax_mistakes(PLAIN),
    Misconception(
        "diagonal multiplied by 0",
        Family.EDGE_CASES,
        "It multiplies the costs by 0 at the label, so that a NaN on the diagonal, which nothing "
        "reads, spoils the loss.",
        patched(PLAIN, (ZEROED, "    weights = weights * (1 - np.eye(len(cost))[labels])\n")),
    ),
    Misconception(
        "caller's costs changed",
        Family.EDGE_CASES,
        "It sets the diagonal of the caller's own cost matrix to 0.",
        patched(
            PLAIN,
            (
                "    weights = cost[labels]\n",
                "    np.fill_diagonal(cost, 0)\n    weights = cost[labels]\n",
            ),
        ),
    ),
    Misconception(
        "shape of cost not checked",
        Family.EDGE_CASES,
        "It takes a cost matrix of any shape, and lets one column broadcast.",
        patched(PLAIN, ("cost.shape != (logits.shape[1], logits.shape[1])", "cost is None")),
    ),
    *mean_mistakes(PLAIN),
    *neglects(PLAIN),
)

USUAL = laws.drawn(sample, 6, 4)

LAWS = (
    laws.equal(
        "Without costs it is the softmax cross-entropy.",
        changed_costs(_no_cost),
        reference,
        lambda labels, logits, cost: cross_entropy(labels, logits),
    ),
    laws.equal(
        "Two classes give each row's cross-entropy times 1 plus the cost of its mistake.",
        laws.drawn(sample, 6, 2),
        reference,
        _weighted_by_label,
    ),
    laws.unchanged("The diagonal of the costs does not matter.", reference, USUAL, _other_diagonal),
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

OTHERS = (
    "Compute log(1 - p) as the log-sum-exp of the other classes minus that of all: 1 - p itself "
    "rounds to 0."
)

TASKS = (
    Task(
        slug="cost-sensitive-cross-entropy",
        title="Cost-sensitive cross-entropy",
        formula=r"L = -\frac{1}{n} \sum_{i=1}^{n} \Bigl( \log p_{i, y_i} + \sum_{j \ne y_i} "
        r"C_{y_i, j} \log (1 - p_{ij}) \Bigr), \quad "
        r"p_{ij} = \frac{e^{z_{ij}}}{\sum_{m=1}^{k} e^{z_{im}}}",
        sentence="Minus the mean, over the rows, of log p at the label plus the sum, over all "
        "other classes, of the cost of taking the label for that class times log(1 - p) there, "
        "where p is the softmax of the row's logits.",
        domain="labels are integers in 0..k-1 of shape (n,), logits any numbers up to 1e3 in size "
        "of shape (n, k), and cost holds numbers of at least 0 of shape (k, k); other labels and "
        "shapes raise ValueError; negative costs are not tested.",
        rules=(
            *rules(),
            "cost has the shape (k, k), or ValueError is raised: its row is the label and its "
            "column the class that the label is taken for.",
            "The diagonal of cost is not read, nor are the rows of labels that do not occur; a NaN "
            "in a cost that is read makes the loss NaN.",
            "Logits up to 1e3 in size give the exact loss and gradient: nothing overflows, nothing "
            "is clipped.",
            "The mean is over the n rows; logarithms are natural.",
        ),
        source="Ho, Wookey, The Real-World-Weight Cross-Entropy Loss Function: Modeling the Costs "
        "of Mislabeling, IEEE Access 8 (2020), 4806-4813, the loss of single labels.",
        brief=Brief(
            prompt="An emergency room sorts patients by urgency, and to take an urgent patient for "
            "a mild case is far worse than the other way round. `cost[a, b]` says how bad it is to "
            "take class `a` for class `b`. Write a cross-entropy that adds to `-log p` of the "
            "label, for every other class, its cost times `-log(1 - p)`, and its gradient with "
            "respect to the logits. `p` is the softmax of the logits.",
            context="A cost matrix read the right way round, the Jacobian of a softmax behind a "
            "sum of logarithms, and log(1 - p) where p rounds to 1.",
            topics=("classification", "imbalance", "stability"),
            difficulty="hard",
            minutes=35,
        ),
        examples=(
            Example(
                Case((np.array([0]), np.zeros((1, 2)), np.array([[0.0, 3.0], [1.0, 0.0]]))),
                value=4 * np.log(2),
                gradient=(((-2.0, 2.0),),),
                working="Both classes have 1/2: log 2 for the label, and 3 times log 2 for the "
                "other class.",
            ),
            Example(
                Case(
                    (
                        np.array([2]),
                        np.log(np.array([[1.0, 2.0, 1.0]])),
                        np.array([[0.0, 5.0, 5.0], [5.0, 0.0, 5.0], [1.0, 2.0, 0.0]]),
                    )
                ),
                value=np.log(64 / 3),
                working="Probabilities of 1/4, 1/2 and 1/4: log 4 for the label, log(4/3) for the "
                "first class and 2 log 2 for the second.",
            ),
        ),
        definition=definition,
        arguments=(*arguments(), Argument("cost", "k k", reads_nan=False)),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=SHAPES,
        large=(1_000, 12),
        terms=terms,
        extremes=(
            Extreme("logits of 1e3", costly(lambda rng: spaced(rng, 1e3)), OTHERS, float32=True),
            Extreme(
                "rows 2e3 apart",
                costly(lambda rng: around(rng, -1e3, 1e3)),
                "Subtract the largest logit of each row: the largest of the whole array makes "
                "every exponential of the other rows 0.",
            ),
            Extreme(
                "right class 2e3 behind",
                costly(lambda rng: spaced(rng, 1e3, worst=True)),
                OTHERS,
                float32=True,
            ),
        ),
        edges=(
            *label_edges(sample),
            Edge(
                "no costs",
                changed_costs(_no_cost),
                "Where every cost is 0 it is the plain cross-entropy.",
            ),
            Edge(
                "NaN in costs that are not read",
                changed_costs(_nan_unread),
                "Neither the diagonal nor the rows of labels that do not occur are read.",
            ),
            Edge(
                "NaN in a cost that is read",
                changed_costs(_nan_read),
                "A NaN in a cost that a label reads makes the loss NaN.",
                Expect.NAN,
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        curves=(right_logit(", their costs 1 and 4", np.array([[0.0, 1.0, 4.0]] * 3)),),
        coarse=costly(sure_beside_wrong),
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("class by class", CLASS_BY_CLASS),
            Variant("sums from both ends", FROM_BOTH_ENDS),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        laws=LAWS,
    ),
)
