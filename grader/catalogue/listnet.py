"""ListNet: the ranking of a whole list, as a cross-entropy of two softmaxes."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.binary_cross_entropy_with_logits import reference as binary
from grader.catalogue.exact import dot, log_sum_exp, mean
from grader.catalogue.inputs import paired, require
from grader.catalogue.pairs import numeric_gradient
from grader.catalogue.softmax_cross_entropy import log_sum_exp as stable_log_sum_exp
from grader.catalogue.softmax_cross_entropy import reference as softmax_cross_entropy
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

Pair = tuple[Array, Array]


def _checked(relevance: Array, scores: Array) -> Pair:
    relevance, scores = paired(relevance, scores)
    require(relevance.ndim == 2, "relevance and scores must be (n, k)")
    return relevance, scores


def _softmax(rows: Array) -> Array:
    shares = np.exp(rows - rows.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def reference(relevance: Array, scores: Array) -> float:
    """Return the mean over rows of -sum_j softmax(relevance)_j log softmax(scores)_j, in nats.

    Args:
        relevance: shape (n, k), graded relevance of the k items of each list, any real numbers.
        scores: same shape, any real scores (unnormalised log-probabilities, in nats).

    Returns:
        The loss, >= 0; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ, are not (n, k), or the arrays are empty.

    Source: Cao, Qin, Liu, Tsai, Li, Learning to Rank: From Pairwise Approach to Listwise Approach
        (2007), sections 4.2 and 5, with the exponential function.
    """
    relevance, scores = _checked(relevance, scores)
    log_q = scores - stable_log_sum_exp(scores)[:, None]
    return float(np.mean(np.sum(-_softmax(relevance) * log_q, axis=1)))


def gradient(relevance: Array, scores: Array) -> tuple[Array]:
    """Return d loss / d scores = (softmax(scores) - softmax(relevance)) / n; errors as above."""
    relevance, scores = _checked(relevance, scores)
    return ((_softmax(scores) - _softmax(relevance)) / len(scores),)


def sample(rng: np.random.Generator, shape: Shape) -> Pair:
    """Draw relevances from 0 to 4, and scores that agree with them half of the way."""
    relevance = rng.uniform(0.0, 4.0, size=shape)
    return relevance, 0.5 * relevance + rng.normal(scale=1.5, size=shape)


def terms(relevance: Array, scores: Array) -> float:
    del relevance
    return float(np.abs(scores).max() + np.log(scores.shape[1]))


def definition(mp: Any, relevance: Any, scores: Any) -> Any:
    def cross_entropy(grades: Any, row: Any) -> Any:
        total = mp.fsum(mp.exp(grade) for grade in grades)
        log_norm = log_sum_exp(mp, row)
        return -dot(mp, [mp.exp(g) / total for g in grades], [z - log_norm for z in row])

    return mean(mp, map(cross_entropy, relevance, scores))


def _spread(rng: np.random.Generator, relevance_scale: float, score_scale: float) -> Case:
    """Items far apart, in relevance or in score, whose two orders are each other's reverse."""
    order = rng.permuted(np.tile(np.linspace(-1.0, 1.0, 5), (3, 1)), axis=1)
    return Case((relevance_scale * order, -score_scale * order))


def _around(rng: np.random.Generator, centre: float) -> Case:
    relevance, scores = sample(rng, (3, 5))
    return Case((relevance + centre, scores + centre))


def _rows_apart(rng: np.random.Generator) -> Case:
    relevance, scores = sample(rng, (4, 5))
    offsets = 1000.0 * rng.permutation(4)[:, None]
    return Case((relevance - offsets, scores + offsets))


def _tied(rng: np.random.Generator) -> Case:
    """Lists of tied items, and an ordinary one, beside which a gradient of 0 may be rounded."""
    relevance, scores = sample(rng, (4, 5))
    relevance[1:], scores[1:] = 2.0, rng.uniform(-5.0, 5.0, size=(3, 1))
    return Case((relevance, scores))


def _agreeing(rng: np.random.Generator) -> Case:
    """Lists whose scores are the relevances, shifted, and an ordinary one."""
    relevance, scores = sample(rng, (4, 5))
    scores[1:] = relevance[1:] + 2.0
    return Case((relevance, scores))


def _beside_a_blunder(rng: np.random.Generator) -> Case:
    """Ordinary lists, and one whose only relevant item is 1e9 behind."""
    relevance, scores = sample(rng, (4, 5))
    relevance[0, 0], scores[0, 0] = 40.0, -1e9
    return Case((relevance, scores))


PLAIN = """\
import numpy as np


def _check(relevance, scores):
    if scores.ndim != 2 or relevance.shape != scores.shape:
        raise ValueError("relevance and scores must have one shape (n, k)")
    if scores.size == 0:
        raise ValueError("there is nothing to rank")


def _log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def loss(relevance, scores):
    _check(relevance, scores)
    p = np.exp(_log_softmax(relevance))
    return -np.mean(np.sum(p * _log_softmax(scores), axis=1))


def grad(relevance, scores):
    _check(relevance, scores)
    p = np.exp(_log_softmax(relevance))
    q = np.exp(_log_softmax(scores))
    return (q - p) / len(scores)
"""

EXPECTED_SCORE = '''\
import numpy as np


def _weights(z):
    """Top-one probabilities of each list, and the log of their normaliser."""
    peak = np.max(z, axis=-1)
    e = np.exp(z - peak[:, np.newaxis])
    total = np.sum(e, axis=-1)
    return e / total[:, np.newaxis], peak + np.log(total)


def _lists(relevance, scores):
    relevance = np.asarray(relevance, dtype=np.float64)
    scores = np.asarray(scores, dtype=np.float64)
    if relevance.shape != scores.shape or relevance.ndim != 2 or relevance.size == 0:
        raise ValueError("need two (n, k) arrays that are not empty")
    return relevance, scores


def loss(relevance, scores):
    relevance, scores = _lists(relevance, scores)
    target, _ = _weights(relevance)
    _, log_norm = _weights(scores)
    # The weights of a list add up to 1, so the normaliser comes out of the sum.
    return float(np.average(log_norm - np.einsum("ij,ij->i", target, scores)))


def grad(relevance, scores):
    relevance, scores = _lists(relevance, scores)
    return np.divide(_weights(scores)[0] - _weights(relevance)[0], scores.shape[0])
'''

REDUCED = """\
import numpy as np


class CrossEntropy:
    def __init__(self, relevance, scores):
        if np.shape(relevance) != np.shape(scores):
            raise ValueError("shapes differ")
        if np.ndim(scores) != 2 or 0 in np.shape(scores):
            raise ValueError("expected (n, k)")
        self.target = self.log_softmax(relevance)
        self.predicted = self.log_softmax(scores)

    @staticmethod
    def log_softmax(z):
        return z - np.logaddexp.reduce(z, axis=1, keepdims=True)

    def value(self):
        return -np.vdot(np.exp(self.target), self.predicted) / len(self.target)

    def slope(self):
        return (np.exp(self.predicted) - np.exp(self.target)) / len(self.target)


def loss(relevance, scores):
    return CrossEntropy(relevance, scores).value()


def grad(relevance, scores):
    return CrossEntropy(relevance, scores).slope()
"""

LOOPS = """\
import math

import numpy as np


def _softmax(row):
    top = max(row) if not any(x != x for x in row) else math.nan
    odds = [math.exp(x - top) for x in row]
    return [o / sum(odds) for o in odds], top + math.log(sum(odds))


def _rows(relevance, scores):
    if relevance.ndim != 2 or scores.ndim != 2:
        raise ValueError("lists of items, please")
    if relevance.shape != scores.shape or scores.size == 0:
        raise ValueError("relevance and scores do not match")
    return zip(relevance.astype(float).tolist(), scores.tolist())


def loss(relevance, scores):
    total = 0.0
    for grades, row in _rows(relevance, scores):
        target, _ = _softmax(grades)
        _, log_norm = _softmax(row)
        for weight, score in zip(target, row):
            total += weight * (log_norm - score)
    return total / scores.shape[0]


def grad(relevance, scores):
    result = np.empty(scores.shape, dtype=np.float64)
    for i, (grades, row) in enumerate(_rows(relevance, scores)):
        target, predicted = _softmax(grades)[0], _softmax(row)[0]
        for j in range(len(row)):
            result[i, j] = (predicted[j] - target[j]) / scores.shape[0]
    return result
"""

TARGET, LOG_Q = "p = np.exp(_log_softmax(relevance))", "_log_softmax(scores)"
SHIFT, DIFFERENCE = "z.max(axis=1, keepdims=True)", "(q - p)"
SUM = "np.sum(p * _log_softmax(scores), axis=1)"


def _other_target(name: str, sentence: str, target: str) -> Misconception:
    return Misconception(name, Family.VALUES, sentence, patched(PLAIN, (TARGET, f"p = {target}")))


MISCONCEPTIONS = (
    _other_target(
        "relevance divided by its sum",
        "It divides the relevances of a list by their sum where their softmax is asked.",
        "relevance / relevance.sum(axis=1, keepdims=True)",
    ),
    _other_target(
        "relevance as it is",
        "It weighs the log-probabilities by the relevances themselves, not by their softmax.",
        "relevance * 1.0",
    ),
    _other_target(
        "most relevant item only",
        "It takes the most relevant item of a list as its only right answer.",
        "np.eye(relevance.shape[1])[relevance.argmax(axis=1)]",
    ),
    _other_target(
        "gains for relevances",
        "It takes the softmax of 2^relevance - 1, the gain of NDCG, in place of the relevance.",
        "np.exp(_log_softmax(2.0**relevance - 1))",
    ),
    Misconception(
        "softmax down the columns",
        Family.VALUES,
        "It lets items of different lists compete: softmax is over the items of one row.",
        patched(
            PLAIN,
            ("z.max(axis=1", "z.max(axis=0"),
            ("np.exp(z).sum(axis=1", "np.exp(z).sum(axis=0"),
        ),
    ),
    Misconception(
        "relevance and scores swapped",
        Family.VALUES,
        "It weighs the logarithm of the relevance's softmax by the scores' softmax: the "
        "cross-entropy has its sides swapped.",
        patched(PLAIN, (SUM, "np.sum(np.exp(_log_softmax(scores)) * np.log(p), axis=1)")),
    ),
    Misconception(
        "divergence for cross-entropy",
        Family.VALUES,
        "It subtracts the entropy of the relevance's softmax, which makes it the Kullback-Leibler "
        "divergence.",
        patched(PLAIN, (SUM, "np.sum(p * (_log_softmax(scores) - np.log(p)), axis=1)")),
    ),
    Misconception(
        "item by item",
        Family.VALUES,
        "It takes the log of a sigmoid of each score, where a softmax over the list is asked.",
        patched(
            PLAIN,
            (SUM, "np.sum(p * -np.logaddexp(0, -scores), axis=1)"),
            (DIFFERENCE, "(-p * np.exp(-np.logaddexp(0, scores)))"),
        ),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the lists where their mean is asked.",
        patched(PLAIN, (f"np.mean({SUM})", f"np.sum({SUM})"), (" / len(scores)", "")),
    ),
    Misconception(
        "mean over all items",
        Family.VALUES,
        "It divides by the number of all items: within a list they are added up.",
        patched(PLAIN, (SUM, "p * _log_softmax(scores)"), ("/ len(scores)", "/ scores.size")),
    ),
    Misconception(
        "log base 2",
        Family.VALUES,
        "It measures in bits: the logarithm is base 2 where the natural one is asked.",
        patched(
            PLAIN,
            ("return -np.mean(", "return -1 / np.log(2) * np.mean("),
            ("/ len(scores)", "/ len(scores) / np.log(2)"),
        ),
    ),
    Misconception(
        "gradient of the wrong sign",
        Family.GRADIENTS,
        "Its gradient is target minus prediction; the loss falls as the prediction rises.",
        patched(PLAIN, (DIFFERENCE, "(p - q)")),
    ),
    Misconception(
        "gradient to the best item",
        Family.GRADIENTS,
        "Its gradient takes the most relevant item for the only right one, as in classification.",
        patched(PLAIN, (DIFFERENCE, "(q - (p == p.max(axis=1, keepdims=True)))")),
    ),
    Misconception(
        "gradient through another softmax",
        Family.GRADIENTS,
        "It multiplies softmax minus target by the softmax once more, as if the cross-entropy had "
        "not cancelled it.",
        patched(PLAIN, (DIFFERENCE, "q * (q - p)")),
    ),
    Misconception(
        "gradient not divided by n",
        Family.GRADIENTS,
        "Its gradient is that of the sum: the division by the number of lists is missing.",
        patched(PLAIN, (" / len(scores)", "")),
    ),
    numeric_gradient(PLAIN, "scores"),
    Misconception(
        "log of the softmax",
        Family.STABILITY,
        "It takes the log of a softmax that has become 0, and 0 times minus infinity is NaN.",
        patched(PLAIN, (SUM, "np.sum(p * np.log(np.exp(_log_softmax(scores))), axis=1)")),
    ),
    Misconception(
        "epsilon in the logarithm",
        Family.STABILITY,
        "It takes log(softmax + 1e-10), which cuts off what an item far behind costs.",
        patched(PLAIN, (SUM, "np.sum(p * np.log(np.exp(_log_softmax(scores)) + 1e-10), axis=1)")),
    ),
    Misconception(
        "no shift before exp",
        Family.STABILITY,
        "It takes exp of relevances and scores as they are, which overflows when they are large.",
        patched(PLAIN, (SHIFT, "0.0")),
    ),
    Misconception(
        "one shift for all lists",
        Family.STABILITY,
        "It subtracts the largest number of all lists, so that lists far below it have nothing "
        "left to divide by.",
        patched(PLAIN, (SHIFT, "z.max()")),
    ),
    Misconception(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It lets one list of relevances stand for all where it must raise ValueError.",
        patched(PLAIN, (" or relevance.shape != scores.shape", "")),
    ),
    Misconception(
        "empty input accepted",
        Family.EDGE_CASES,
        "It averages over no lists where it must raise ValueError.",
        patched(PLAIN, ("if scores.size == 0:", "if scores.ndim < 0:")),
    ),
    Misconception(
        "NaN hidden",
        Family.EDGE_CASES,
        "It averages with nanmean, so a list with a broken score vanishes from the result.",
        patched(PLAIN, ("np.mean(", "np.nanmean(")),
    ),
)

USUAL = laws.drawn(sample, 4, 5)


def _entropy(rng: np.random.Generator) -> tuple[float, float]:
    relevance, _ = sample(rng, (4, 5))
    p = _softmax(relevance)
    return reference(relevance, relevance + 2.0), float(-np.sum(p * np.log(p)) / len(p))


def _one_right_item(rng: np.random.Generator) -> tuple[float, float]:
    _, scores = sample(rng, (4, 5))
    labels = rng.integers(0, 5, size=4)
    return reference(60.0 * np.eye(5)[labels], scores), softmax_cross_entropy(labels, scores)


def _two_items(relevance: Array, scores: Array) -> float:
    odds = np.exp(relevance[:, 0] - relevance[:, 1])
    return binary(odds / (1.0 + odds), scores[:, 0] - scores[:, 1])


LAWS = (
    laws.unchanged(
        "A shift of a list's scores changes nothing.",
        reference,
        USUAL,
        laws.shifted(1, by_row=True),
    ),
    laws.unchanged(
        "A shift of a list's relevances changes nothing.",
        reference,
        USUAL,
        laws.shifted(0, by_row=True),
    ),
    laws.unchanged("The order of the items does not matter.", reference, USUAL, laws.rearranged),
    laws.unchanged(
        "The order of the lists does not matter.", reference, USUAL, laws.reordered(0, 1)
    ),
    Law("Where scores and relevances agree it is the entropy of their softmax.", _entropy),
    Law("With one right item it is the softmax cross-entropy.", _one_right_item),
    laws.equal(
        "With two items it is the binary cross-entropy of the difference.",
        laws.drawn(sample, 6, 2),
        reference,
        _two_items,
    ),
)

OVERFLOW = "Subtract each row's largest number before exp, in relevance and scores alike."

TASKS = (
    Task(
        slug="listnet",
        title="ListNet",
        formula=r"L = -\frac{1}{n} \sum_{i=1}^{n} \sum_{j=1}^{k} p_{ij} \log q_{ij}, \quad "
        r"p_{ij} = \frac{e^{r_{ij}}}{\sum_{l=1}^{k} e^{r_{il}}}, \quad "
        r"q_{ij} = \frac{e^{s_{ij}}}{\sum_{l=1}^{k} e^{s_{il}}}",
        sentence="The mean, over the lists, of the cross-entropy of two softmaxes: that of a "
        "list's relevances r weighs minus the natural logarithm of that of its scores s.",
        domain="relevance and scores hold any finite numbers and have one shape (n, k), a row for "
        "each list; other shapes and empty arrays raise ValueError.",
        rules=(
            "The loss is one number; grad returns its derivative with respect to scores, a new "
            "array of shape (n, k).",
            "relevance and scores have one shape (n, k); different shapes raise ValueError and "
            "never broadcast.",
            "Empty input raises ValueError.",
            "The items of a list are added up, and the mean is over the n lists alone.",
            "A NaN in either array makes the loss NaN, and shows in grad.",
            "Relevances may be integers, and may be negative.",
            "Relevances and scores up to 1e4 in size give a right and finite result, also where "
            "one list is far above another.",
        ),
        source="Cao, Qin, Liu, Tsai, Li, Learning to Rank: From Pairwise Approach to Listwise "
        "Approach (ICML 2007): top-one probabilities of section 4.2 with the exponential function, "
        "and the cross-entropy of section 5.",
        brief=Brief(
            prompt="A library's search shows ten books for a query, and librarians have graded how "
            "well each one answers it. Comparing books two by two loses sight of the list. Turn "
            "the grades of a list into a distribution over its books, and the model's scores into "
            "another, and compare the two: write the ListNet loss and its gradient with respect "
            "to `scores`. Each row is the list of one query.",
            context="A cross-entropy whose targets are a softmax as well: which axis, which side, "
            "and no logarithm of a number that underflowed.",
            topics=("ranking", "recommendation", "stability"),
            difficulty="medium",
            minutes=25,
        ),
        examples=(
            Example(
                Case((np.zeros((1, 2)), np.array([[np.log(3.0), 0.0]]))),
                value=float(np.log(16.0 / 3.0) / 2),
                gradient=(((0.25, -0.25),),),
                working="Tied relevances give 1/2 and 1/2, the scores 3/4 and 1/4: the loss is "
                "1/2 log (4/3) + 1/2 log 4, and the gradient 3/4 - 1/2 and 1/4 - 1/2.",
            ),
            Example(
                Case((np.log([[3.0, 1.0]]), np.log([[1.0, 4.0]]))),
                value=float(0.75 * np.log(5.0) + 0.25 * np.log(1.25)),
                gradient=(((-0.55, 0.55),),),
                working="The relevances give 3/4 and 1/4, the scores 1/5 and 4/5: the loss is "
                "3/4 log 5 + 1/4 log (5/4), and the gradient 1/5 - 3/4 and 4/5 - 1/4.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("relevance", "n k", integers=True),
            Argument("scores", "n k", differentiate=True),
        ),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((4, 5), (1, 3), (2, 2), (4, 4), (3, 6)),
        large=(2_500, 20),
        terms=terms,
        extremes=(
            Extreme("scores of 1e4", lambda rng: _spread(rng, 1.0, 1e4), OVERFLOW, float32=True),
            Extreme(
                "relevances of 1e4", lambda rng: _spread(rng, 1e4, 2.0), OVERFLOW, float32=True
            ),
            Extreme("all near 1e4", lambda rng: _around(rng, 1e4), OVERFLOW),
            Extreme("all near -1e4", lambda rng: _around(rng, -1e4), OVERFLOW),
            Extreme(
                "lists far apart",
                _rows_apart,
                "Subtract each row's own largest number before exp; one shift for all underflows.",
            ),
            Extreme(
                "scores of 60",
                lambda rng: _spread(rng, 1.0, 60.0),
                "Compute log-softmax as score minus log-sum-exp, with no epsilon: the log of a "
                "small softmax loses its digits.",
                float32=True,
            ),
        ),
        edges=(
            Edge(
                "lists of tied items",
                _tied,
                "A list of tied scores costs log k, whatever they are.",
            ),
            Edge(
                "scores that agree with the relevances",
                _agreeing,
                "Where both softmaxes of a list agree it costs their entropy, not 0, and its "
                "gradient is 0.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("log-softmax", PLAIN),
            Variant("normaliser less expected score", EXPECTED_SCORE),
            Variant("logaddexp.reduce in a class", REDUCED),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        coarse=_beside_a_blunder,
        curves=(
            Curve(
                "Two items, relevances 1 and 0",
                "lead of the more relevant item",
                -6.0,
                8.0,
                lambda x: Case((np.array([[1.0, 0.0]]), np.array([[x, 0.0]]))),
            ),
        ),
    ),
)
