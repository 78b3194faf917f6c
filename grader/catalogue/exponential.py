"""The exponential loss of margins, which AdaBoost minimises."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.exact import mean, pairs
from grader.catalogue.margins import (
    ARGUMENTS,
    CHECK,
    RULES,
    SHAPES,
    between,
    curve,
    exactly,
    label_edges,
    label_mistakes,
    margins,
    mean_mistakes,
    mirrored,
    sampler,
)
from grader.catalogue.task import (
    Array,
    Brief,
    Case,
    Edge,
    Example,
    Extreme,
    Misconception,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def reference(y_true: Array, scores: Array) -> float:
    """Return the mean of exp(-y s), without a unit.

    Args:
        y_true: any shape, each -1 or +1.
        scores: same shape, half log-odds; finite results up to mistakes of about 700.

    Raises:
        ValueError: for different shapes, empty input, or other labels.

    Source: Hastie, Tibshirani, Friedman, The Elements of Statistical Learning (2nd ed., 2009),
        equation 10.8.
    """
    _, margin = margins(y_true, scores)
    return float(np.mean(np.exp(-margin)))


def gradient(y_true: Array, scores: Array) -> tuple[Array]:
    """Return d loss / d scores = -y exp(-y s) / n, of the same shape; errors as above.

    Source: Hastie, Tibshirani, Friedman (2009), equation 10.8, differentiated.
    """
    y_true, margin = margins(y_true, scores)
    return (-y_true * np.exp(-margin) / margin.size,)


def terms(y_true: Array, scores: Array) -> float:
    return float(np.exp(-np.min(margins(y_true, scores)[1])))


def definition(mp: Any, y_true: Any, scores: Any) -> Any:
    return mean(mp, (mp.exp(-y * s) for y, s in pairs(y_true, scores)))


def _by_hyperbolic_functions(y_true: Array, scores: Array) -> float:
    return float(np.mean(np.cosh(scores) - y_true * np.sinh(scores)))


def _through_odds(y_true: Array, scores: Array) -> float:
    """The odds of a mistake where the score is half of the log-odds: their square root."""
    p = 1.0 / (1.0 + np.exp(-2.0 * y_true * scores))
    return float(np.mean(np.sqrt((1.0 - p) / p)))


PLAIN = (
    CHECK
    + """

def loss(y_true, scores):
    _check(y_true, scores)
    return np.mean(np.exp(-y_true * scores))


def grad(y_true, scores):
    _check(y_true, scores)
    cost = np.exp(-y_true * scores)
    return -y_true * cost / scores.size
"""
)

LOG_DOMAIN = '''\
import numpy as np


def _log_costs(y_true, scores):
    if np.shape(y_true) != np.shape(scores):
        raise ValueError("one label per score")
    if np.size(scores) == 0:
        raise ValueError("no scores")
    if np.any((y_true != 1) & (y_true != -1)):
        raise ValueError("labels must be 1 or -1")
    return np.where(y_true == 1, -scores, scores)


def loss(y_true, scores):
    """The largest cost times the mean of the costs relative to it."""
    logs = _log_costs(y_true, scores)
    peak = logs.max()
    return float(np.exp(peak) * np.exp(logs - peak).mean())


def grad(y_true, scores):
    logs = _log_costs(y_true, scores)
    return np.where(y_true == 1, -1.0, 1.0) * np.exp(logs) / logs.size
'''

BY_CLASS = """\
import numpy as np


def one_class(sign):
    def value(scores):
        return np.sum(np.exp(-sign * scores))

    def slope(scores):
        return -sign * np.exp(-sign * scores)

    return value, slope


CLASSES = {1: one_class(1), -1: one_class(-1)}


def members(y_true, scores):
    if y_true.shape != scores.shape or not scores.size:
        raise ValueError("y_true and scores must have one shape and hold something")
    found = {label: y_true == label for label in CLASSES}
    if sum(int(mask.sum()) for mask in found.values()) != y_true.size:
        raise ValueError("a label is neither 1 nor -1")
    return found


def loss(y_true, scores):
    total = sum(CLASSES[y][0](scores[mask]) for y, mask in members(y_true, scores).items())
    return total / scores.size


def grad(y_true, scores):
    result = np.empty(scores.shape)
    for y, mask in members(y_true, scores).items():
        result[mask] = CLASSES[y][1](scores[mask]) / scores.size
    return result
"""

EINSUM = """\
import numpy as np


def flat(y_true, scores):
    if y_true.shape != scores.shape:
        raise ValueError(f"{y_true.shape} is not {scores.shape}")
    if y_true.size < 1:
        raise ValueError("empty")
    if not np.array_equal(np.square(y_true), np.ones_like(y_true)):
        raise ValueError("labels must square to 1")
    y = y_true.astype(np.float64).ravel()
    return y, np.reciprocal(np.exp(y * scores.ravel()))


def loss(y_true, scores):
    y, weights = flat(y_true, scores)
    return np.einsum("i,i,i->", weights, y, y) / y.size


def grad(y_true, scores):
    y, weights = flat(y_true, scores)
    return np.einsum("i,i,->i", weights, y, -1 / y.size).reshape(scores.shape)
"""

LOOPS = """\
import math

import numpy as np


def cost(y, s):
    if y not in (1, -1):
        raise ValueError("label must be 1 or -1")
    return math.exp(-y * s)


def listed(y_true, scores):
    if y_true.shape != scores.shape:
        raise ValueError("shape mismatch")
    if y_true.size == 0:
        raise ValueError("empty input")
    return list(zip(y_true.ravel().tolist(), scores.ravel().tolist()))


def loss(y_true, scores):
    total = 0.0
    for y, s in listed(y_true, scores):
        total += cost(y, s)
    return total / scores.size


def grad(y_true, scores):
    slopes = [-y * cost(y, s) / scores.size for y, s in listed(y_true, scores)]
    return np.array(slopes).reshape(scores.shape)
"""

COST = "np.exp(-y_true * scores)"
MEAN, SLOPE = f"np.mean({COST})", "-y_true * cost / scores.size"

MISCONCEPTIONS = (
    Misconception(
        "sign of the exponent",
        Family.VALUES,
        "It takes exp(+y s): right scores cost and wrong ones are free.",
        patched(PLAIN, (COST, "np.exp(y_true * scores)"), (SLOPE, "y_true * cost / scores.size")),
    ),
    Misconception(
        "logistic loss",
        Family.VALUES,
        "It is log(1 + exp(-y s)), the logistic loss, which grows far more slowly.",
        patched(
            PLAIN,
            (MEAN, f"np.mean(np.log1p({COST}))"),
            (SLOPE, "-y_true * cost / (1 + cost) / scores.size"),
        ),
    ),
    Misconception(
        "exponential of the mean",
        Family.VALUES,
        "It takes the exponential of the mean margin where the mean of exponentials is asked.",
        patched(PLAIN, (MEAN, "np.exp(np.mean(-y_true * scores))")),
    ),
    Misconception(
        "shifted to 0",
        Family.VALUES,
        "It subtracts 1, so that a score of 0 is free.",
        patched(PLAIN, (MEAN, "np.mean(np.expm1(-y_true * scores))")),
    ),
    Misconception(
        "exponential of the hinge",
        Family.VALUES,
        "It takes the exponential of max(0, 1 - y s): right scores all cost the same.",
        patched(PLAIN, (MEAN, "np.mean(np.exp(np.maximum(0, 1 - y_true * scores)))")),
    ),
    Misconception(
        "absolute error in the exponent",
        Family.VALUES,
        "It takes exp(|y - s|): a score is charged for being more right than its label.",
        patched(PLAIN, (MEAN, "np.mean(np.exp(np.abs(y_true - scores)))")),
    ),
    *label_mistakes(PLAIN),
    Misconception(
        "gradient without the label",
        Family.GRADIENTS,
        "Its gradient is negative for both classes: the factor y of the chain rule is missing.",
        patched(PLAIN, (SLOPE, "-cost / scores.size")),
    ),
    Misconception(
        "gradient is the loss",
        Family.GRADIENTS,
        "It takes the exponential for its own derivative: the inner derivative -y is missing.",
        patched(PLAIN, (SLOPE, "cost / scores.size")),
    ),
    Misconception(
        "gradient of the logistic loss",
        Family.GRADIENTS,
        "Its gradient is bounded by 1, that of the logistic loss.",
        patched(PLAIN, (SLOPE, "-y_true * cost / (1 + cost) / scores.size")),
    ),
    Misconception(
        "weights normalised",
        Family.GRADIENTS,
        "It divides the gradient by the sum of all costs, as the weights of boosting are.",
        patched(PLAIN, (SLOPE, "-y_true * cost / np.sum(cost)")),
    ),
    Misconception(
        "exponent clipped",
        Family.STABILITY,
        "It clips the exponent to 50 for fear of an overflow that comes only at 709.",
        patched(PLAIN, (MEAN, "np.mean(np.exp(np.clip(-y_true * scores, -50, 50)))")),
    ),
    Misconception(
        "through a sigmoid",
        Family.STABILITY,
        "It computes (1 - p) / p of a sigmoid p, which rounds to 1: right scores lose their "
        "digits and then their cost.",
        patched(
            PLAIN,
            (f"return {MEAN}", f"p = 1 / (1 + {COST})\n    return np.mean((1 - p) / p)"),
        ),
    ),
    Misconception(
        "difference of hyperbolic functions",
        Family.STABILITY,
        "It computes cosh(s) - y sinh(s), two large numbers whose difference is small.",
        patched(PLAIN, (MEAN, "np.mean(np.cosh(scores) - y_true * np.sinh(scores))")),
    ),
    Misconception(
        "epsilon added",
        Family.STABILITY,
        "It adds an epsilon to costs that need none: the small ones drown in it.",
        patched(PLAIN, (MEAN, f"{MEAN} + 1e-12")),
    ),
    Misconception(
        "computed in float32",
        Family.STABILITY,
        "It converts the scores to float32, where exp overflows beyond 88.",
        patched(PLAIN, (MEAN, MEAN.replace("scores", "scores.astype(np.float32)"))),
    ),
    Misconception(
        "NaN turned to 0",
        Family.EDGE_CASES,
        "It turns NaN into 0 with nan_to_num, which hides bad data.",
        patched(PLAIN, (MEAN, f"np.mean(np.nan_to_num({COST}))")),
    ),
    *mean_mistakes(PLAIN, "-y_true * cost"),
)

SAMPLE = sampler((-2.0, -0.2), (0.2, 3.0))
USUAL = laws.drawn(SAMPLE, 12)

LAWS = (
    laws.equal("It is cosh(s) - y sinh(s).", USUAL, reference, _by_hyperbolic_functions),
    laws.equal(
        "With scores for half log-odds it is the root of the odds of a mistake.",
        USUAL,
        reference,
        _through_odds,
    ),
    laws.equal(
        "Margins that are all larger by 2 cost less by a factor of exp(2).",
        USUAL,
        lambda y_true, scores: reference(y_true, scores + 2.0 * y_true),
        lambda y_true, scores: float(np.exp(-2.0)) * reference(y_true, scores),
    ),
    laws.unchanged("Both classes are treated alike.", reference, USUAL, mirrored),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
)

DIRECT = "Take exp(-y s) at once: every detour loses the digits of very small costs."

TASKS = (
    Task(
        slug="exponential",
        title="Exponential loss",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} e^{-y_i s_i}",
        sentence="The mean over all elements of the exponential of minus label times score.",
        domain="y_true holds integers -1 or +1 and scores any numbers of the same shape, up to 600 "
        "in size; other labels, different shapes and empty arrays raise ValueError.",
        rules=(
            *RULES,
            "n is the number of elements, whatever the shape.",
            "Scores up to 600 in size give a right and finite result, for costs from 1e-260 to "
            "1e260: nothing is clipped.",
        ),
        source="Hastie, Tibshirani, Friedman, The Elements of Statistical Learning (2nd ed., "
        "2009), equation 10.8, as a mean.",
        brief=Brief(
            prompt="A search engine boosts many weak rules into one score per page: `1` is spam, "
            "`-1` is not, and each round of boosting lowers the exponential loss of the scores. "
            "Write that loss, the mean of `exp(-y s)`, and its gradient with respect to the "
            "scores.",
            context="The chain rule through a label of either sign, and costs that span hundreds "
            "of orders of magnitude.",
            topics=("classification", "margins"),
            difficulty="easy",
            minutes=10,
        ),
        examples=(
            Example(
                Case((np.array([1, -1, 1]), np.array([0.0, np.log(2), np.log(4)]))),
                value=3.25 / 3,
                gradient=((-1 / 3, 2 / 3, -1 / 12),),
                working="Costs of 1, 2 and 1/4: their mean is 3.25 / 3, and each slope is minus "
                "the label times the cost over 3.",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        reference=reference,
        gradient=gradient,
        sample=SAMPLE,
        shapes=SHAPES,
        large=(100_000,),
        terms=terms,
        extremes=(
            Extreme(
                "mistakes of 600",
                between(-600.0, -500.0, 300.0),
                "Clip no exponent: a cost of 1e260 is still a number.",
            ),
            Extreme("right by 40", between(38.0, 42.0), DIRECT, float32=True),
            Extreme("right by 600", between(500.0, 600.0), DIRECT),
            Extreme(
                "mistakes of 80",
                between(-80.0, -60.0, 40.0),
                "Clip no exponent: exp reaches to 88 in float32 and to 709 in float64.",
                float32=True,
            ),
        ),
        edges=(
            *label_edges(SAMPLE),
            Edge("scores of 0", exactly(0.0, 0.0, 0.0), "A score of 0 costs 1, a slope of -y/n."),
            Edge(
                "one large mistake among right scores",
                exactly(5.0, 6.0, -20.0, 7.0),
                "A single mistake outweighs everything else, and is not cut off.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        coarse=between(-2.0, 2.0, -20.0),
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("relative to the largest cost", LOG_DOMAIN),
            Variant("class by class in closures", BY_CLASS),
            Variant("einsum and reciprocal", EINSUM),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(curve(-2.0, 3.0),),
    ),
)
