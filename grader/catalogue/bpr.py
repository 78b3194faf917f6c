"""Bayesian personalised ranking: what a user took must score above what they did not."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.exact import mean, pairs, softplus
from grader.catalogue.inputs import paired
from grader.catalogue.logistic import sigmoid
from grader.catalogue.logistic import softplus as stable_softplus
from grader.catalogue.reward_model import apart, around, ties
from grader.catalogue.reward_model import reference as reward_model
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


def _behind(positive_scores: Array, negative_scores: Array) -> Array:
    positive, negative = paired(positive_scores, negative_scores)
    return negative - positive


def reference(positive_scores: Array, negative_scores: Array) -> float:
    """Return the mean of softplus(-(positive - negative)) over all pairs, in nats.

    Args:
        positive_scores, negative_scores: one shape, any; real scores (log-odds) of an item that
            the user took and of one that they did not.

    Returns:
        The loss, >= 0; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: Rendle et al., BPR: Bayesian Personalized Ranking from Implicit Feedback (2009),
        section 4.1, the criterion BPR-Opt without its regularisation, as a mean.
    """
    return float(np.mean(stable_softplus(_behind(positive_scores, negative_scores))))


def gradient(positive_scores: Array, negative_scores: Array) -> Pair:
    """Return the derivatives with respect to both scores, each of their shape; errors as above.

    They are -sigmoid(negative - positive) / n and its opposite.
    """
    behind = _behind(positive_scores, negative_scores)
    pull = sigmoid(behind) / behind.size
    return -pull, pull


def sample(rng: np.random.Generator, shape: Shape) -> Pair:
    """Draw scores like those of a matrix factorisation, positives a little ahead."""
    return rng.normal(0.5, 1.2, size=shape), rng.normal(0.0, 1.2, size=shape)


def terms(positive_scores: Array, negative_scores: Array) -> float:
    """Return the largest score or loss of a pair: a log-sum-exp of both is a right formula too."""
    behind = _behind(positive_scores, negative_scores)
    scores = max(np.abs(positive_scores).max(), np.abs(negative_scores).max())
    return float(max(scores, stable_softplus(behind).max()))


def definition(mp: Any, positive_scores: Any, negative_scores: Any) -> Any:
    return mean(mp, (softplus(mp, -(p - n)) for p, n in pairs(positive_scores, negative_scores)))


def _beside_a_blunder(rng: np.random.Generator) -> Case:
    """Ordinary pairs, and one that is 1e9 on the wrong side."""
    positive, negative = sample(rng, (12,))
    positive[rng.integers(12)] -= 1e9
    return Case((positive, negative))


PLAIN = """\
import numpy as np


def _behind(positive_scores, negative_scores):
    if positive_scores.shape != negative_scores.shape:
        raise ValueError("every positive needs exactly one negative")
    if positive_scores.size == 0:
        raise ValueError("there are no pairs")
    return negative_scores - positive_scores


def loss(positive_scores, negative_scores):
    x = _behind(positive_scores, negative_scores)
    return np.mean(np.logaddexp(0.0, x))


def grad(positive_scores, negative_scores):
    x = _behind(positive_scores, negative_scores)
    wrong = np.exp(-np.logaddexp(0.0, -x))
    pull = wrong / x.size
    return -pull, pull
"""

LOG_SIGMOID = '''\
import numpy as np


def log_sigmoid(margin):
    """log(1 / (1 + exp(-margin))) for any margin."""
    return np.minimum(margin, 0) - np.log1p(np.exp(-np.abs(margin)))


def margins(positive_scores, negative_scores):
    p = np.asarray(positive_scores, dtype=np.float64)
    n = np.asarray(negative_scores, dtype=np.float64)
    if p.shape != n.shape or p.size == 0:
        raise ValueError(f"cannot pair scores of shapes {p.shape} and {n.shape}")
    return p - n


def loss(positive_scores, negative_scores):
    return float(-log_sigmoid(margins(positive_scores, negative_scores)).mean())


def grad(positive_scores, negative_scores):
    m = margins(positive_scores, negative_scores)
    # d/dm log_sigmoid(m) = 1 - sigmoid(m), and 1 - sigmoid(m) = (1 - tanh(m/2)) / 2
    slope = (1.0 - np.tanh(m / 2.0)) / (2.0 * m.size)
    return -slope, slope.copy()
'''

TWO_CLASSES = """\
import numpy as np


class Duel:
    # One pair is a softmax over two items whose first one is right.
    def __init__(self, positive_scores, negative_scores):
        if positive_scores.shape != negative_scores.shape:
            raise ValueError("shape mismatch")
        if not positive_scores.size:
            raise ValueError("nothing to rank")
        scores = np.stack([positive_scores, negative_scores], axis=-1).astype(float)
        self.scores = scores - scores.max(axis=-1, keepdims=True)
        self.log_norm = np.log(np.sum(np.exp(self.scores), axis=-1))

    def cross_entropy(self):
        return np.average(self.log_norm - self.scores[..., 0])

    def slopes(self):
        share = np.exp(self.scores - self.log_norm[..., None]) / self.log_norm.size
        negative = share[..., 1]
        return -negative, np.ascontiguousarray(negative)


def loss(positive_scores, negative_scores):
    return Duel(positive_scores, negative_scores).cross_entropy()


def grad(positive_scores, negative_scores):
    return Duel(positive_scores, negative_scores).slopes()
"""

BRANCHES = """\
import numpy as np


def split(positive_scores, negative_scores):
    if np.shape(positive_scores) != np.shape(negative_scores) or np.size(positive_scores) == 0:
        raise ValueError("scores do not pair up")
    gap = positive_scores - negative_scores
    right = gap > 0
    return gap, right, ~right


def loss(positive_scores, negative_scores):
    gap, right, wrong = split(positive_scores, negative_scores)
    cost = np.log1p(np.exp(-gap[right])).sum()
    cost += (np.log1p(np.exp(gap[wrong])) - gap[wrong]).sum()
    return cost / gap.size


def grad(positive_scores, negative_scores):
    gap, right, wrong = split(positive_scores, negative_scores)
    up = np.empty(gap.shape)
    up[right] = np.exp(-gap[right]) / (1 + np.exp(-gap[right]))
    up[wrong] = 1 / (1 + np.exp(gap[wrong]))
    up /= gap.size
    return -up, up
"""

LOOPS = """\
from math import exp, log1p

import numpy as np


def _pairs(positive_scores, negative_scores):
    if positive_scores.shape != negative_scores.shape:
        raise ValueError("shapes")
    if positive_scores.size < 1:
        raise ValueError("empty")
    return zip(positive_scores.ravel().tolist(), negative_scores.ravel().tolist())


def loss(positive_scores, negative_scores):
    total = 0.0
    for p, n in _pairs(positive_scores, negative_scores):
        total += max(n - p, 0.0 * (n - p)) + log1p(exp(-abs(p - n)))
    return total / positive_scores.size


def grad(positive_scores, negative_scores):
    up = []
    for p, n in _pairs(positive_scores, negative_scores):
        small = exp(-abs(p - n))
        up.append((small if p > n else 1.0) / (1.0 + small))
    up = np.array(up).reshape(positive_scores.shape) / positive_scores.size
    return -up, up
"""

COST, WRONG = "np.logaddexp(0.0, x)", "np.exp(-np.logaddexp(0.0, -x))"

MISCONCEPTIONS = (
    Misconception(
        "positive and negative swapped",
        Family.VALUES,
        "It ranks the item that was not taken above the one that was: the sign of the difference "
        "is swapped.",
        patched(
            PLAIN,
            (
                "return negative_scores - positive_scores",
                "return positive_scores - negative_scores",
            ),
            ("return -pull, pull", "return pull, -pull"),
        ),
    ),
    Misconception(
        "maximised",
        Family.VALUES,
        "It returns the log-likelihood itself, which is to be maximised: a loss has the other "
        "sign.",
        patched(PLAIN, ("np.mean(", "-np.mean("), ("return -pull, pull", "return pull, -pull")),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the losses of the pairs, as the paper's criterion does, where their mean is "
        "asked.",
        patched(PLAIN, ("np.mean(", "np.sum("), (" / x.size", "")),
    ),
    Misconception(
        "mean over the first axis only",
        Family.VALUES,
        "It sums over the last axes and averages over the first, where the mean is over all pairs.",
        patched(
            PLAIN,
            ("np.mean(np.logaddexp(0.0, x))", "np.sum(np.logaddexp(0.0, x)) / len(x)"),
            ("/ x.size", "/ len(x)"),
        ),
    ),
    Misconception(
        "items scored one by one",
        Family.VALUES,
        "It is the binary cross-entropy of each item on its own (positives 1, negatives 0): BPR "
        "only looks at the difference of the two scores.",
        patched(
            PLAIN,
            (COST, "np.logaddexp(0.0, -positive_scores) + np.logaddexp(0.0, negative_scores)"),
        ),
    ),
    Misconception(
        "every positive against every negative",
        Family.VALUES,
        "It compares each positive with all negatives, where negative i belongs to positive i.",
        patched(
            PLAIN,
            (
                "np.mean(np.logaddexp(0.0, x))",
                "np.mean(np.logaddexp(0.0, negative_scores.ravel() - "
                "positive_scores.reshape(-1, 1)))",
            ),
        ),
    ),
    Misconception(
        "loss of the mean difference",
        Family.VALUES,
        "It averages the differences first and takes one softplus of that: the mean belongs "
        "outside.",
        patched(PLAIN, ("np.mean(np.logaddexp(0.0, x))", "np.logaddexp(0.0, np.mean(x))")),
    ),
    Misconception(
        "hinge for softplus",
        Family.VALUES,
        "It is the pairwise hinge max(0, 1 - difference), the loss of another ranking method.",
        patched(
            PLAIN,
            (COST, "np.maximum(0.0, 1.0 + x)"),
            (WRONG, "np.where(x > -1.0, 1.0, 0.0)"),
        ),
    ),
    Misconception(
        "logarithm forgotten",
        Family.VALUES,
        "It averages the probability that a pair is ranked wrong, without the logarithm.",
        patched(PLAIN, (COST, WRONG)),
    ),
    Misconception(
        "both gradients pull up",
        Family.GRADIENTS,
        "It returns the gradient of the positive twice; that of the negative has the other sign.",
        patched(PLAIN, ("return -pull, pull", "return -pull, -pull")),
    ),
    Misconception(
        "negative taken for a constant",
        Family.GRADIENTS,
        "It gives the negative scores a gradient of 0, though the loss depends on them as well.",
        patched(PLAIN, ("return -pull, pull", "return -pull, np.zeros(x.shape)")),
    ),
    Misconception(
        "gradient by the wrong probability",
        Family.GRADIENTS,
        "Its gradient is weighed by the probability that the pair is ranked right: it pushes what "
        "is right already and leaves alone what is wrong.",
        patched(PLAIN, ("np.exp(-np.logaddexp(0.0, -x))", "np.exp(-np.logaddexp(0.0, x))")),
    ),
    Misconception(
        "derivative of the sigmoid",
        Family.GRADIENTS,
        "Its gradient is sigmoid times 1 - sigmoid, the derivative of the probability; that of its "
        "logarithm has one factor only.",
        patched(PLAIN, ("pull = wrong / x.size", "pull = wrong * (1 - wrong) / x.size")),
    ),
    Misconception(
        "gradient not divided by n",
        Family.GRADIENTS,
        "Its gradients are those of the sum: the division by the number of pairs is missing.",
        patched(PLAIN, (" / x.size", "")),
    ),
    Misconception(
        "log of a rounded sigmoid",
        Family.STABILITY,
        "It takes the log of a sigmoid that has become 0, so one badly ranked pair costs infinity.",
        patched(PLAIN, (COST, "-np.log(1.0 / (1.0 + np.exp(x)))")),
    ),
    Misconception(
        "epsilon in the logarithm",
        Family.STABILITY,
        "It takes log(sigmoid + 1e-10), which never costs more than 23 however wrong a pair is.",
        patched(PLAIN, (COST, "-np.log(1.0 / (1.0 + np.exp(x)) + 1e-10)")),
    ),
    Misconception(
        "infinity over infinity",
        Family.STABILITY,
        "Its probability is exp(x) / (1 + exp(x)), which is NaN for pairs that are far apart.",
        patched(PLAIN, (WRONG, "np.exp(x) / (1.0 + np.exp(x))")),
    ),
    Misconception(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It lets arrays of different shapes broadcast into pairs that nobody asked for.",
        patched(
            PLAIN,
            ("if positive_scores.shape != negative_scores.shape:", "if positive_scores.ndim < 0:"),
        ),
    ),
    Misconception(
        "empty input accepted",
        Family.EDGE_CASES,
        "It averages over no pairs where it must raise ValueError.",
        patched(PLAIN, ("if positive_scores.size == 0:", "if positive_scores.ndim < 0:")),
    ),
    Misconception(
        "NaN hidden",
        Family.EDGE_CASES,
        "It averages with nanmean, so a broken score vanishes from the result.",
        patched(PLAIN, ("np.mean(", "np.nanmean(")),
    ),
)

USUAL = laws.drawn(sample, 12)
SOFTPLUS = (
    "Write softplus(x) as max(x, 0) + log1p(exp(-|x|)) or as logaddexp(0, x): exp of a large "
    "difference overflows."
)
DIFFERENCE_FIRST = "Subtract the two scores before exp: only their difference matters."


def _swapped_losses(rng: np.random.Generator) -> tuple[float, float]:
    positive, negative = sample(rng, (12,))
    change = reference(positive, negative) - reference(negative, positive)
    return change, float(np.mean(negative - positive))


LAWS = (
    laws.equal(
        "It is the reward-model loss of positives and negatives.", USUAL, reference, reward_model
    ),
    laws.unchanged(
        "Adding the same to both scores of a pair changes nothing.",
        reference,
        laws.drawn(sample, 4, 3),
        laws.shifted(0, 1, by_row=True),
    ),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
    Law(
        "Swapping positives and negatives changes it by the mean difference.",
        _swapped_losses,
    ),
    Law(
        "Equal scores cost log 2.",
        lambda rng: (laws.value(reference, ties(rng)), float(np.log(2.0))),
    ),
)

TASKS = (
    Task(
        slug="bpr",
        title="Bayesian personalised ranking (BPR)",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \log\left(1 + e^{-(p_i - q_i)}\right) "
        r"= -\frac{1}{n} \sum_{i=1}^{n} \log \sigma(p_i - q_i)",
        sentence="The mean, over all pairs, of softplus of minus the difference: the score p of "
        "the item that was taken less the score q of the one that was not; softplus(x) is "
        "log(1 + exp(x)), with the natural logarithm.",
        domain="positive_scores and negative_scores hold any finite numbers and have one shape; "
        "different shapes and empty arrays raise ValueError.",
        rules=(
            "The loss is one number; grad returns a tuple of two new arrays: the derivatives with "
            "respect to positive_scores and to negative_scores, each in their shape.",
            "Element i of one array is compared with element i of the other, whatever the shape; n "
            "is the number of all elements.",
            "Different shapes raise ValueError and never broadcast.",
            "Empty input raises ValueError.",
            "A NaN in either array makes the loss NaN, and shows in both gradients.",
            "Scores up to 1e4 apart, and scores that are all near 1e4 or -1e4, give a right and "
            "finite result.",
            "There is no regularisation term.",
        ),
        source="Rendle, Freudenthaler, Gantner, Schmidt-Thieme, BPR: Bayesian Personalized Ranking "
        "from Implicit Feedback (UAI 2009), section 4.1, BPR-Opt without its regularisation and as "
        "a mean.",
        brief=Brief(
            prompt="A bookshop knows which books its readers opened, and nothing of what they "
            "thought of the others. Its recommender is trained on pairs: for each book that a "
            "reader opened one is drawn that the same reader passed by, and the model scores both. "
            "Write the loss that asks for the opened book to come out ahead, and its gradients "
            "with respect to the two arrays of scores.",
            context="A log-likelihood of differences: reduction, signs of two gradients, and a "
            "softplus that survives large scores.",
            topics=("recommendation", "ranking", "stability"),
            difficulty="easy",
            minutes=20,
        ),
        examples=(
            Example(
                Case((np.array([2.0, 1.0]), np.array([2.0, 1.0]))),
                value=float(np.log(2.0)),
                gradient=((-0.25, -0.25), (0.25, 0.25)),
                working="Both pairs are tied, and each costs log(1 + exp(0)) = log 2; either way "
                "is as likely, so each gradient is 1/2 over the 2 pairs.",
            ),
            Example(
                Case((np.log([3.0, 1.0]), np.zeros(2))),
                value=float(np.log(8.0 / 3.0) / 2),
                gradient=((-0.125, -0.25), (0.125, 0.25)),
                working="Differences of log 3 and 0 cost log(1 + 1/3) and log 2; the pairs are "
                "ranked wrong with probability 1/4 and 1/2.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("positive_scores", differentiate=True),
            Argument("negative_scores", differentiate=True),
        ),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((12,), (1,), (3, 4), (2, 3, 2)),
        large=(60_000,),
        terms=terms,
        extremes=(
            Extreme("scores 1e4 apart", lambda rng: apart(rng, 1e4), SOFTPLUS, float32=True),
            Extreme("scores 1e3 apart", lambda rng: apart(rng, 1e3), SOFTPLUS, float32=True),
            Extreme(
                "scores 60 apart",
                lambda rng: apart(rng, 60.0),
                "Take no log of a sigmoid, and add no epsilon to it: sigmoid rounds to 0 or 1 long "
                "before its log does.",
                float32=True,
            ),
            Extreme("scores near 1e4", lambda rng: around(rng, 1e4), DIFFERENCE_FIRST),
            Extreme("scores near -1e4", lambda rng: around(rng, -1e4), DIFFERENCE_FIRST),
        ),
        edges=(
            Edge("every pair tied", ties, "Equal scores cost log 2, whatever they are."),
            Edge(
                "one pair a thousand behind",
                lambda rng: Case((np.array([0.0, -1000.0, 1.0]), np.array([0.0, 0.0, 0.0]))),
                "A pair that is far on the wrong side costs its whole distance.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("logaddexp", PLAIN),
            Variant("log-sigmoid and tanh", LOG_SIGMOID),
            Variant("softmax over two items", TWO_CLASSES),
            Variant("branches by sign", BRANCHES),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        coarse=_beside_a_blunder,
        curves=(
            Curve(
                "One pair, by the lead of the positive item",
                "positive - negative",
                -6.0,
                6.0,
                lambda x: Case((np.array([x]), np.zeros(1))),
            ),
        ),
    ),
)
