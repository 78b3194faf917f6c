"""The cross-entropy of one-hot or soft targets and predicted probabilities."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.binary_cross_entropy import reference as binary
from grader.catalogue.exact import mean
from grader.catalogue.forecasts import (
    ARGUMENTS,
    RULES,
    SHAPES,
    checked,
    distributions,
    one_hot,
    uniform,
)
from grader.catalogue.kinks import free_where
from grader.catalogue.pairs import CHECK, neglects, numeric_gradient
from grader.catalogue.regression import at_least_tiny
from grader.catalogue.softmax_cross_entropy import reference as of_logits
from grader.catalogue.task import (
    Array,
    Brief,
    Case,
    Curve,
    Edge,
    Example,
    Extreme,
    Misconception,
    Parameter,
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def _costs(y_true: Array, y_pred: Array, eps: float) -> Array:
    y, p = checked(y_true, y_pred)
    return np.asarray(-y * np.log(np.clip(p, eps, 1.0)))


def reference(y_true: Array, y_pred: Array, eps: float = 1e-12) -> float:
    """Return the mean over the rows of -sum_j y_j log clip(p_j, eps, 1).

    Args:
        y_true: shape (n, k), one-hot rows or other weights in [0, 1].
        y_pred: shape (n, k), probabilities in [0, 1].
        eps: in (0, 1); how small a probability may become.

    Returns:
        The loss in nats, >= 0 and finite; NaN where either array holds one.

    Raises:
        ValueError: for different or other shapes, or empty input.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), equation 4.108.
    """
    return float(np.sum(_costs(y_true, y_pred, eps)) / len(y_pred))


def gradient(y_true: Array, y_pred: Array, eps: float = 1e-12) -> tuple[Array]:
    """Return d loss / d y_pred = -y / p / n, 0 where p is clipped; shape (n, k), errors as above.

    Source: Bishop (2006), equation 4.108, differentiated.
    """
    y, p = checked(y_true, y_pred)
    slope = -y / np.clip(p, eps, 1.0) / len(p)
    return (np.where((p > eps) & (p < 1.0), slope, 0.0),)


def _is_clipped(p: Array, eps: float) -> Array:
    """Tell where the clip acts, its ends included: they are kinks."""
    return np.asarray((p <= eps) | (p >= 1.0))


def subdifferential(y_true: Array, y_pred: Array, eps: float = 1e-12) -> tuple[tuple[Array, Array]]:
    """Return the gradient twice, and everything where a probability is clipped."""
    (slope,) = gradient(y_true, y_pred, eps)
    return (free_where(_is_clipped(y_pred, eps), slope),)


def value_rtol(y_true: Array, y_pred: Array, eps: float = 1e-12) -> float:
    """Return 1e-5 where a probability that counts is clipped, else 1e-7."""
    return 1e-5 if np.any((y_true > 0) & (y_pred <= eps)) else 1e-7


def terms(y_true: Array, y_pred: Array, eps: float = 1e-12) -> float:
    return at_least_tiny(np.max(_costs(y_true, y_pred, eps)))


def definition(mp: Any, y_true: Any, y_pred: Any, eps: Any) -> Any:
    def cost(y: Any, p: Any) -> Any:
        return -y * mp.log(min(max(p, eps), 1))

    rows = zip(y_true, y_pred, strict=True)
    return mean(mp, (mp.fsum(map(cost, targets, row)) for targets, row in rows))


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
    """Draw one-hot and soft rows in turn, and probabilities that no eps of this row clips.

    A soft row holds more than one half of its weight at one class: rounded, it is one-hot.
    """
    hard, sureness = one_hot(rng, shape), rng.uniform(0.6, 0.8, size=(shape[0], 1))
    soft = sureness * hard + (1.0 - sureness) * distributions(rng, shape)
    turn = np.resize(rng.permutation(2), shape[0])[:, None]
    return np.where(turn == 0, hard, soft), distributions(rng, shape)


def picked(*probabilities: float, **parameters: float) -> Callable[[np.random.Generator], Case]:
    """Return a draw of one-hot rows whose true classes have these probabilities, in any order.

    What is left to 1 goes to one other class, so that the third one has exactly 0.
    """

    def case(rng: np.random.Generator) -> Case:
        p = rng.permutation(np.array(probabilities))
        rows = np.stack([p, 1.0 - p, np.zeros_like(p)], axis=1)
        targets = np.tile([1.0, 0.0, 0.0], (len(p), 1))
        order = np.argsort(rng.random((len(p), 3)), axis=1)
        both = (np.take_along_axis(array, order, axis=1) for array in (targets, rows))
        return Case(tuple(both), parameters)

    return case


def scaled_rows(rng: np.random.Generator) -> Case:
    targets, p = sample(rng, (4, 3))
    return Case((targets, p * np.array([[0.5], [0.25], [0.75], [0.9]])))


def nearly_one_hot(rng: np.random.Generator) -> Case:
    """Soft rows that give other classes a share of 1e-8 to 1e-7: slopes as tiny as these."""
    targets = one_hot(rng, (6, 4))
    shares = rng.uniform(1e-8, 1e-7, size=targets.shape)
    return Case((np.where(targets == 1.0, 1.0, shares), distributions(rng, (6, 4))))


def _from_logits(y_true: Array, y_pred: Array) -> float:
    return of_logits(np.argmax(y_true, axis=1), np.log(y_pred) + 3.0)


def _entropy(y_true: Array, y_pred: Array) -> float:
    return float(-np.mean(np.sum(y_true * np.log(y_true), axis=1)))


def _two_hard(rng: np.random.Generator) -> Case:
    return Case((one_hot(rng, (6, 4)), distributions(rng, (6, 4))))


def _same_twice(rng: np.random.Generator) -> Case:
    rows = distributions(rng, (6, 4))
    return Case((rows, rows.copy()))


PLAIN = (
    CHECK
    + """

def loss(y_true, y_pred, eps=1e-12):
    _check(y_true, y_pred)
    p = np.clip(y_pred, eps, 1)
    return -np.mean(np.sum(y_true * np.log(p), axis=1))


def grad(y_true, y_pred, eps=1e-12):
    _check(y_true, y_pred)
    p = np.clip(y_pred, eps, 1)
    return -y_true / p / len(p)
"""
)

FLAT = '''\
import numpy as np


def _log_floor(p, eps):
    """Logarithms that stop at log(eps); they are clipped instead of the probabilities."""
    with np.errstate(divide="ignore"):
        return np.minimum(np.maximum(np.log(p), np.log(eps)), 0.0)


def _require(y_true, y_pred):
    if np.shape(y_true) != np.shape(y_pred) or np.size(y_pred) == 0:
        raise ValueError("expected two arrays of one shape (n, k), not empty")
    return y_true.astype(float), y_pred.astype(float)


def loss(y_true, y_pred, eps=1e-12):
    y, p = _require(y_true, y_pred)
    return float(-np.dot(y.ravel(), _log_floor(p, eps).ravel()) / y.shape[0])


def grad(y_true, y_pred, eps=1e-12):
    y, p = _require(y_true, y_pred)
    inside = (p > eps) & (p <= 1)
    slope = np.zeros(p.shape)
    np.divide(-y, p * p.shape[0], out=slope, where=inside)
    return slope
'''

EINSUM = """\
import numpy as np


def cross_entropy(eps):
    def prepare(y_true, y_pred):
        if y_true.shape != y_pred.shape:
            raise ValueError("targets and predictions differ in shape")
        if len(y_pred) == 0:
            raise ValueError("no rows")
        kept = np.where(y_pred < eps, eps, np.where(y_pred > 1, 1.0, y_pred))
        return y_true, kept

    def value(y_true, y_pred):
        y, p = prepare(y_true, y_pred)
        return np.einsum("nk,nk->", y, -np.log(p)) / p.shape[0]

    def slope(y_true, y_pred):
        y, p = prepare(y_true, y_pred)
        return np.einsum("nk,nk,->nk", y, 1 / p, -1 / p.shape[0])

    return value, slope


def loss(y_true, y_pred, eps=1e-12):
    return cross_entropy(eps)[0](y_true, y_pred)


def grad(y_true, y_pred, eps=1e-12):
    return cross_entropy(eps)[1](y_true, y_pred)
"""

LOOPS = """\
import math

import numpy as np


def clipped(p, eps):
    if p < eps:
        return eps
    return 1.0 if p > 1 else p


def check(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shape mismatch")
    if 0 in y_pred.shape:
        raise ValueError("empty input")


def loss(y_true, y_pred, eps=1e-12):
    check(y_true, y_pred)
    total = 0.0
    for targets, row in zip(y_true.tolist(), y_pred.tolist()):
        for y, p in zip(targets, row):
            total += y * -math.log(clipped(p, eps))
    return total / len(y_true)


def grad(y_true, y_pred, eps=1e-12):
    check(y_true, y_pred)
    n, k = y_pred.shape
    out = np.zeros((n, k))
    for i in range(n):
        for j in range(k):
            out[i, j] = -float(y_true[i, j]) / clipped(float(y_pred[i, j]), eps) / n
    return out
"""

CLIP, COST, SLOPE = "p = np.clip(y_pred, eps, 1)", "y_true * np.log(p)", "-y_true / p / len(p)"
MEAN = f"-np.mean(np.sum({COST}, axis=1))"

MISCONCEPTIONS = (
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the cross-entropies of the rows where their mean is asked.",
        patched(PLAIN, ("np.mean(np.sum(", "np.sum(np.sum("), (" / len(p)", "")),
    ),
    Misconception(
        "mean over classes too",
        Family.VALUES,
        "It divides by n times k, the number of elements, where the mean is over the n rows.",
        patched(PLAIN, (MEAN, f"-np.mean({COST})"), ("/ len(p)", "/ p.size")),
    ),
    Misconception(
        "binary cross-entropy of each class",
        Family.VALUES,
        "It adds (1 - y) log(1 - p) for the other classes, as the binary cross-entropy does.",
        patched(
            PLAIN,
            (COST, "y_true * np.log(p) + (1 - y_true) * np.log(np.maximum(1 - p, eps))"),
            (SLOPE, "((1 - y_true) / np.maximum(1 - p, eps) - y_true / p) / len(p)"),
        ),
    ),
    Misconception(
        "base 2",
        Family.VALUES,
        "It takes logarithms to base 2 where natural ones are asked.",
        patched(PLAIN, ("np.log(", "np.log2("), ("/ len(p)", "/ len(p) / np.log(2)")),
    ),
    Misconception(
        "arguments swapped",
        Family.VALUES,
        "It takes the logarithm of the targets and weighs it with the predictions.",
        patched(PLAIN, (COST, "y_pred * np.log(np.clip(y_true, eps, 1))")),
    ),
    Misconception(
        "softmax of probabilities",
        Family.VALUES,
        "It takes y_pred for logits and applies a softmax to what are probabilities already.",
        patched(
            PLAIN,
            (CLIP, "p = np.exp(y_pred) / np.exp(y_pred).sum(axis=1, keepdims=True)"),
            (SLOPE, "(p - y_true) / len(p)"),
        ),
    ),
    Misconception(
        "largest target alone",
        Family.VALUES,
        "It reads the class of the largest target alone, so that soft targets are taken for hard "
        "ones.",
        patched(
            PLAIN, (CLIP, f"{CLIP}\n    y_true = np.eye(p.shape[1])[np.argmax(y_true, axis=1)]")
        ),
    ),
    Misconception(
        "eps added",
        Family.VALUES,
        "It adds eps inside the logarithm where the probability is to be clipped.",
        patched(PLAIN, (CLIP, "p = y_pred + eps")),
    ),
    Misconception(
        "minus sign forgotten",
        Family.VALUES,
        "It forgets the minus sign: its loss is negative.",
        patched(PLAIN, ("-np.mean", "np.mean"), ("-y_true / p", "y_true / p")),
    ),
    Misconception(
        "gradient for logits",
        Family.GRADIENTS,
        "Its gradient is p - y, the one with respect to logits under a softmax, not to the "
        "probabilities.",
        patched(PLAIN, (SLOPE, "(p - y_true) / len(p)")),
    ),
    Misconception(
        "rows rescaled",
        Family.GRADIENTS,
        "It divides each row by its sum first, as some libraries do: the loss of a distribution "
        "is the same, but its slopes are not.",
        patched(
            PLAIN,
            (CLIP, "p = np.clip(y_pred / y_pred.sum(axis=1, keepdims=True), eps, 1)"),
            (
                SLOPE,
                "(y_true.sum(axis=1, keepdims=True) - y_true / p)"
                " / y_pred.sum(axis=1, keepdims=True) / len(p)",
            ),
        ),
    ),
    Misconception(
        "gradient not divided by n",
        Family.GRADIENTS,
        "Its gradient is that of the sum: the division by the number of rows is missing.",
        patched(PLAIN, (" / len(p)", "")),
    ),
    Misconception(
        "gradient without the targets",
        Family.GRADIENTS,
        "Its gradient is -1 / p for every class: it is not weighed with the targets.",
        patched(PLAIN, (SLOPE, "-1 / p / len(p)")),
    ),
    Misconception(
        "gradient of the wrong sign",
        Family.GRADIENTS,
        "Its gradient has the wrong sign, so that training would increase the loss.",
        patched(PLAIN, (SLOPE, "y_true / p / len(p)")),
    ),
    numeric_gradient(PLAIN),
    Misconception(
        "no clip",
        Family.STABILITY,
        "It does not clip: the log of a probability of 0 is infinite, and NaN where a target of 0 "
        "multiplies it.",
        patched(PLAIN, (CLIP, "p = y_pred")),
    ),
    Misconception(
        "clip of its own",
        Family.STABILITY,
        "It clips at 1e-7, whatever eps says, so that smaller probabilities cost too little.",
        patched(PLAIN, (CLIP, "p = np.clip(y_pred, 1e-7, 1)")),
    ),
    Misconception(
        "gradient without clip",
        Family.STABILITY,
        "Its gradient divides by the probability as it came, which may be exactly 0.",
        patched(PLAIN, (f"{CLIP}\n    return -y_true", "p = y_pred\n    return -y_true")),
    ),
    Misconception(
        "eps ignored",
        Family.EDGE_CASES,
        "It clips at 1e-12 whatever eps is.",
        patched(PLAIN, (CLIP, "p = np.clip(y_pred, 1e-12, 1)")),
    ),
    Misconception(
        "clipped below 1 too",
        Family.EDGE_CASES,
        "It clips to 1 - eps as well, so that a sure and right prediction still costs something.",
        patched(PLAIN, (CLIP, "p = np.clip(y_pred, eps, 1 - eps)")),
    ),
    Misconception(
        "NaN skipped",
        Family.EDGE_CASES,
        "It adds up with nansum, which was to save it from 0 times log 0 and hides bad data.",
        patched(PLAIN, ("np.mean(np.sum(", "np.mean(np.nansum(")),
    ),
    *neglects(PLAIN),
)

USUAL = laws.drawn(sample, 6, 4)

LAWS = (
    laws.zero("Sure and right predictions cost nothing.", reference, picked(1.0, 1.0, 1.0)),
    laws.equal(
        "One-hot rows give the softmax cross-entropy of the logarithms.",
        _two_hard,
        reference,
        _from_logits,
    ),
    laws.equal(
        "A distribution predicted exactly costs its entropy.", _same_twice, reference, _entropy
    ),
    laws.equal(
        "Two classes give the binary cross-entropy.",
        laws.drawn(sample, 6, 2),
        reference,
        lambda y_true, y_pred: binary(y_true[:, 1], y_pred[:, 1]),
    ),
    laws.unchanged(
        "The order of the rows does not matter.", reference, USUAL, laws.reordered(0, 1)
    ),
)

FLOOR = "Clip the probabilities to [eps, 1] before the logarithm: log 0 is infinite."

TASKS = (
    Task(
        slug="categorical-cross-entropy",
        title="Categorical cross-entropy",
        formula=r"L = -\frac{1}{n} \sum_{i=1}^{n} \sum_{j=1}^{k} y_{ij} \log \tilde{p}_{ij}, \quad "
        r"\tilde{p} = \min(\max(p, \varepsilon), 1)",
        sentence="The mean over the rows of minus the sum, over the classes, of the target times "
        "the logarithm of the predicted probability, which is first clipped to [eps, 1].",
        domain="y_true holds one-hot or soft rows in [0, 1] and y_pred probabilities in [0, 1], "
        "both of shape (n, k); different shapes and empty arrays raise ValueError.",
        rules=(
            *RULES,
            "Probabilities are clipped to [eps, 1], not to 1 - eps, and eps is never added: a "
            "probability of exactly 0 gives a finite loss and a finite gradient.",
            "Where the clip acts, at 1 too, any finite gradient is right.",
            "The mean is over the n rows, not over all n times k elements.",
            "Logarithms are natural.",
        ),
        source="Bishop, Pattern Recognition and Machine Learning (2006), equation 4.108, as a mean "
        "and with a clip.",
        brief=Brief(
            prompt="An ecologist's model names the species on photographs from camera traps, and "
            "several experts label each photograph: where they agree the target is one-hot, and "
            "where they do not, it is the share of votes. Write the cross-entropy between these "
            "targets and the predicted probabilities, and its gradient with respect to the "
            "probabilities. Probabilities below `eps` count as `eps`.",
            context="The mean over rows alone, soft targets, a clip at one end, and the gradient "
            "for probabilities rather than logits.",
            topics=("classification", "stability"),
            difficulty="easy",
            minutes=15,
        ),
        examples=(
            Example(
                Case((np.eye(2), np.array([[0.5, 0.5], [0.75, 0.25]]))),
                value=1.5 * np.log(2),
                gradient=(((-1.0, 0.0), (0.0, -2.0)),),
                working="The true classes have probabilities of 1/2 and 1/4: (log 2 + log 4) / 2; "
                "the slopes are -1 / (1/2) / 2 and -1 / (1/4) / 2.",
            ),
            Example(
                Case((np.array([[0.5, 0.5, 0.0]]), np.array([[0.5, 0.25, 0.25]]))),
                value=1.5 * np.log(2),
                gradient=(((-1.0, -2.0, 0.0),),),
                working="Half of log 2 and half of log 4.",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        parameters=(Parameter("eps", 1e-12, others=(1e-7, 1e-3)),),
        reference=reference,
        gradient=gradient,
        subdifferential=subdifferential,
        value_rtol=value_rtol,
        sample=sample,
        shapes=SHAPES,
        large=(10_000, 10),
        terms=terms,
        extremes=(
            Extreme(
                "true classes of probability 0 and 1",
                picked(0.0, 1.0, 0.5, 0.0, 1.0),
                FLOOR,
                float32=True,
            ),
            Extreme(
                "true classes of probability 1e-10",
                picked(1e-10, 3e-10, 0.25, 7e-10),
                "Clip at eps and at nothing larger: smaller probabilities cost more.",
                float32=True,
            ),
            Extreme(
                "true classes of probability 1e-300",
                picked(1e-300, 1.0, 0.5, 1e-200),
                FLOOR,
            ),
            Extreme(
                "true classes within 1e-9 of 1",
                picked(1 - 1e-9, 1 - 3e-9, 1 - 7e-9),
                "Add no epsilon: a cost of 1e-9 is still a number.",
            ),
        ),
        edges=(
            Edge(
                "probabilities below an eps of 1e-3",
                picked(1e-5, 0.0, 0.5, 0.75, eps=1e-3),
                "Probabilities below eps count as eps, whatever eps is.",
            ),
            Edge(
                "sure and right under an eps of 1e-3",
                picked(1.0, 1.0, 0.5, eps=1e-3),
                "A true class of probability 1 costs nothing: the upper end of the clip is 1.",
            ),
            Edge("equal probabilities", uniform, "k equal probabilities give a loss of log k."),
            Edge(
                "rows that add up to less than 1",
                scaled_rows,
                "Rows are used as they stand, whatever they add up to.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        coarse=nearly_one_hot,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("logarithms clipped", FLAT),
            Variant("einsum in closures", EINSUM),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        laws=LAWS,
        curves=(
            Curve(
                "One sample of two classes",
                "probability of the true class",
                0.02,
                0.98,
                lambda p: Case((np.array([[1.0, 0.0]]), np.array([[p, 1.0 - p]]))),
            ),
        ),
    ),
)
