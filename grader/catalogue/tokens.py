"""What rows on the tokens of a language model share: which tokens count, and what goes wrong."""

from itertools import chain
from typing import Any

import numpy as np

from grader.catalogue.inputs import require
from grader.catalogue.slips import Slip, made
from grader.catalogue.task import (
    Argument,
    Array,
    Case,
    Edge,
    Expect,
    Extreme,
    Misconception,
    Parameter,
    Shape,
)
from grader.families import Family

Pair = tuple[Array, Array]
IGNORED = -100

ARGUMENTS = (
    Argument("labels", "b t", labels=True),
    # A NaN is read or not, according to its token's label: there is an edge case for each.
    Argument("logits", "b t v", differentiate=True, reads_nan=False),
)
PARAMETERS = (Parameter("ignore_index", IGNORED, others=(0, -1)),)
SHAPES = ((2, 4, 3), (1, 1, 4), (3, 2, 2), (1, 5, 3), (2, 3, 6))
LARGE = (50, 100, 20)


def counted(labels: Array, logits: Array, ignore_index: int) -> tuple[Array, Array, Array]:
    """Return the mask (b, t) of tokens that count, their labels (m,) and their logits (m, v).

    Raises:
        ValueError: for other shapes, empty input, a label outside 0..v-1 that is not
            ignore_index, and where every token is ignored.
    """
    require(np.ndim(logits) == 3 and np.size(logits) > 0, "logits must be (b, t, v) and not empty")
    require(np.shape(labels) == np.shape(logits)[:2], "there must be one label per token")
    counts = labels != ignore_index
    require(bool(counts.any()), "every token is ignored")
    picked = labels[counts]
    require(bool(np.all((picked >= 0) & (picked < logits.shape[2]))), "a label is not in 0..v-1")
    return counts, picked, np.asarray(logits[counts], dtype=np.float64)


def costs(labels: Array, logits: Array, ignore_index: int) -> Array:
    """Return -log softmax(z)[label] of each token that counts, shape (m,), in nats."""
    _, picked, rows = counted(labels, logits, ignore_index)
    # Both parts are small where the label is likely: z itself may be 1e4.
    ahead = rows - rows.max(axis=1, keepdims=True)
    return np.asarray(np.log(np.exp(ahead).sum(axis=1)) - ahead[np.arange(len(picked)), picked])


def tokens(labels: Any, logits: Any, ignore_index: Any) -> list[tuple[int, Any]]:
    """Return label and logits of each token that counts, from nested lists."""
    pairs = zip(chain(*labels), chain(*logits), strict=True)
    return [(label, row) for label, row in pairs if label != ignore_index]


def sample(rng: np.random.Generator, shape: Shape) -> Pair:
    """Draw logits within 3 of 0 and labels of which a third, and at least one of two, is ignored.

    One label is neither ignored nor 0, so that something counts where 0 is the ignored label.
    """
    labels = rng.integers(0, shape[2], size=shape[0] * shape[1])
    first, *others = rng.permutation(labels.size)
    labels[first] = rng.integers(1, shape[2])
    labels[others[: (labels.size + 1) // 3]] = IGNORED
    return labels.reshape(shape[:2]), rng.uniform(-3.0, 3.0, size=shape)


def fit(labels: Array, logits: Array, ignore_index: int = IGNORED) -> Pair:
    """Return a sample with the same tokens ignored, under another ignore_index."""
    return np.where(labels == IGNORED, ignore_index, labels), logits


def spaced(rng: np.random.Generator, scale: float, *, worst: bool = False) -> Case:
    """Tokens with logits of -scale..scale in even steps; `worst` labels the smallest.

    The steps are wide enough for every probability to be 0 or 1, so that float32 is exact.
    """
    labels, _ = sample(rng, (2, 4, 5))
    logits = rng.permuted(np.tile(np.linspace(-scale, scale, 5), (2, 4, 1)), axis=2)
    smallest = logits.argmin(axis=2)
    wrong = np.where(labels == IGNORED, labels, smallest)
    if worst:
        return Case((wrong, logits))
    # One token at least has a gradient that is not 0.
    return Case((np.where(np.arange(4) < 2, wrong, labels), logits))


def around(rng: np.random.Generator, *centres: float) -> Case:
    """Ordinary tokens, each with all its logits around one of the centres in turn."""
    labels, logits = sample(rng, (2, 4, 5))
    return Case((labels, logits + np.resize(centres, (2, 4, 1))))


def with_label(rng: np.random.Generator, label: int, **parameters: float) -> Case:
    """One token of this label among others that all count."""
    labels = rng.integers(1, 4, size=(2, 3))
    labels[rng.integers(0, 2), rng.integers(0, 3)] = label
    return Case((labels, rng.uniform(-3.0, 3.0, size=(2, 3, 4))), parameters)


def with_number(rng: np.random.Generator, number: float, *, ignored: bool) -> Case:
    """A number among the logits of one token, which counts or not."""
    labels, logits = sample(rng, (2, 3, 4))
    places = np.argwhere((labels == IGNORED) == ignored)
    b, t = places[rng.integers(0, len(places))]
    logits[b, t, rng.integers(0, 4)] = number
    return Case((labels, logits))


def none_left(rng: np.random.Generator) -> Case:
    _, logits = sample(rng, (2, 3, 4))
    return Case((np.full((2, 3), IGNORED), logits))


def one_left(rng: np.random.Generator) -> Case:
    labels, logits = with_label(rng, 2).arguments
    return Case(
        (np.where(np.arange(6).reshape(2, 3) == rng.integers(0, 6), labels, IGNORED), logits)
    )


def in_a_column(rng: np.random.Generator) -> Case:
    labels, logits = sample(rng, (3, 4, 4))
    return Case((labels[..., None], logits))


def padded(rng: np.random.Generator) -> Case:
    """Sequences of different lengths, filled up with the label 0."""
    labels = np.array([[2, 1, 3, 1, 2], [3, 0, 0, 0, 0], [1, 2, 0, 0, 0]])
    return Case((labels, rng.uniform(-3.0, 3.0, size=(3, 5, 4))), {"ignore_index": 0})


SHIFT = (
    "Subtract each token's largest logit before exp: softmax does not change, and nothing "
    "overflows."
)
OWN_SHIFT = (
    "Subtract the largest logit of each token: the largest of the whole array makes every "
    "exponential of the other tokens 0."
)

# Where costs are ordinary and logits are not.
FAR_OFF = (
    Extreme("all logits near 1e4", lambda rng: around(rng, 1e4), SHIFT),
    Extreme("all logits near -1e4", lambda rng: around(rng, -1e4), SHIFT),
    Extreme("tokens 2e4 apart", lambda rng: around(rng, -1e4, 1e4), OWN_SHIFT),
)
EXTREMES = (
    Extreme("logits of 1e4", lambda rng: spaced(rng, 1e4), SHIFT, float32=True),
    Extreme("logits of 100", lambda rng: spaced(rng, 100.0), SHIFT, float32=True),
    *FAR_OFF,
    Extreme(
        "right token 2e4 behind",
        lambda rng: spaced(rng, 1e4, worst=True),
        "Compute log softmax as z - logsumexp(z): the log of a probability that underflowed, or "
        "was clipped, is wrong.",
        float32=True,
    ),
)

EDGES = (
    Edge(
        "every token ignored",
        none_left,
        "No token is left to average: ValueError.",
        Expect.VALUE_ERROR,
    ),
    Edge(
        "label equal to v",
        lambda rng: with_label(rng, 4),
        "Labels run from 0 to v-1: a label of v raises ValueError.",
        Expect.VALUE_ERROR,
    ),
    Edge(
        "label -1",
        lambda rng: with_label(rng, -1),
        "A negative label that is not ignore_index raises ValueError: it must not count from the "
        "end, nor be ignored.",
        Expect.VALUE_ERROR,
    ),
    Edge(
        "label -100 that is not ignored",
        lambda rng: with_label(rng, IGNORED, ignore_index=-1),
        "Where ignore_index is not -100, a label of -100 is a wrong label and raises ValueError.",
        Expect.VALUE_ERROR,
    ),
    Edge(
        "labels in a column",
        in_a_column,
        "Labels of shape (b, t, 1) raise ValueError: they must not broadcast.",
        Expect.VALUE_ERROR,
    ),
    Edge(
        "a NaN in a token that counts",
        lambda rng: with_number(rng, np.nan, ignored=False),
        "A NaN among the logits of a token that counts gives a NaN: bad data is not hidden.",
        Expect.NAN,
    ),
    Edge(
        "a NaN in an ignored token",
        lambda rng: with_number(rng, np.nan, ignored=True),
        "The logits of an ignored token are not read, and its gradient is 0 even where they are "
        "NaN.",
    ),
    Edge(
        "an infinity in an ignored token",
        lambda rng: with_number(rng, np.inf, ignored=True),
        "The logits of an ignored token are not read, and its gradient is 0 even where they are "
        "infinite.",
    ),
    Edge("one token left", one_left, "One token that counts is enough: the loss is its own."),
    Edge(
        "sequences of different lengths",
        padded,
        "Every token that counts has the same weight, however long its sequence is.",
    ),
)

# How the plain solutions of these rows open.
OPENING = """\
import numpy as np


def check(labels, logits, ignore_index):
    if logits.ndim != 3 or logits.size == 0 or labels.shape != logits.shape[:2]:
        raise ValueError("labels must be (b, t) and logits (b, t, v), and not empty")
    counted = labels != ignore_index
    if not counted.any():
        raise ValueError("every token is ignored")
    if (counted & ((labels < 0) | (labels >= logits.shape[2]))).any():
        raise ValueError("labels must be in 0..v-1")
    return counted


def log_softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def token_costs(labels, logits, counted):
    places = np.where(counted, labels, 0)[..., None]
    return -np.take_along_axis(log_softmax(logits), places, axis=-1)[..., 0]


def pulls(labels, logits, counted):
    result = np.exp(log_softmax(logits))
    b, t = np.nonzero(counted)
    result[b, t, labels[counted]] -= 1
    result[~counted] = 0
    return result
"""

RULES = (
    "labels has shape (b, t) and logits (b, t, v); other shapes, (b, t, 1) among them, raise "
    "ValueError.",
    "Empty input raises ValueError, and so does input of which every token is ignored.",
    "A label that is not ignore_index and lies outside 0..v-1 raises ValueError.",
    "ignore_index may be any integer; where it lies in 0..v-1, tokens of that label are ignored "
    "as well.",
    "Every token that counts has the same weight, whichever sequence it belongs to.",
    "The logits of ignored tokens are not read, even where they are NaN; their gradient is 0.",
    "A NaN among the logits of a token that counts gives a NaN loss.",
    "labels and logits are lined up already: position t of the logits predicts label t.",
    "grad returns the derivative with respect to the logits, of shape (b, t, v).",
)

LABEL_CHECK = "(counted & ((labels < 0) | (labels >= logits.shape[2]))).any()"


SLIPS = (
    Slip(
        "ignore_index fixed at -100",
        Family.VALUES,
        "It always ignores the label -100, whatever ignore_index says.",
        (("counted = labels != ignore_index", "counted = labels != -100"),),
    ),
    Slip(
        "softmax over the positions",
        Family.VALUES,
        "It normalises over the positions of a sequence, where the words of one position must "
        "add up to 1.",
        (("(axis=-1, keepdims=True)", "(axis=1, keepdims=True)"),),
    ),
    Slip(
        "labels shifted by one",
        Family.VALUES,
        "It compares each position with the next label: labels are lined up with the logits "
        "already.",
        (
            (
                "    counted = check(labels, logits, ignore_index)\n",
                "    check(labels, logits, ignore_index)\n"
                "    labels = np.roll(labels, -1, axis=1)\n"
                "    counted = labels != ignore_index\n",
            ),
        ),
    ),
    Slip(
        "ignored tokens pulled along",
        Family.GRADIENTS,
        "Its gradient is softmax at ignored tokens too, where it must be 0.",
        (("    result[~counted] = 0\n", ""),),
    ),
    Slip(
        "gradient divided by all tokens",
        Family.GRADIENTS,
        "Its gradient is divided by the number of all tokens, the loss by those that count.",
        (("/ counted.sum()", "/ labels.size"),),
    ),
    Slip(
        "one-hot forgotten",
        Family.GRADIENTS,
        "Its gradient is softmax alone: the 1 at each token's label is not subtracted.",
        (("    result[b, t, labels[counted]] -= 1\n", ""),),
    ),
    Slip(
        "gradient sign",
        Family.GRADIENTS,
        "Its gradient has the wrong sign: onehot - softmax.",
        (("    return result\n", "    return -result\n"),),
    ),
    Slip(
        "no shift before exp",
        Family.STABILITY,
        "It takes exp of the raw logits, which overflows for large ones: subtract each "
        "token's largest logit first.",
        (("logits - logits.max(axis=-1, keepdims=True)", "logits"),),
    ),
    Slip(
        "one shift for all tokens",
        Family.STABILITY,
        "It subtracts the largest logit of the whole batch instead of each token's, so tokens "
        "far below it underflow.",
        (("logits.max(axis=-1, keepdims=True)", "np.nanmax(logits)"),),
    ),
    Slip(
        "labels not checked",
        Family.EDGE_CASES,
        "It takes any label: a negative one silently counts from the end of the vocabulary.",
        ((LABEL_CHECK, "False"),),
    ),
    Slip(
        "every negative label ignored",
        Family.EDGE_CASES,
        "It ignores every negative label, where one that is not ignore_index must raise "
        "ValueError.",
        (("labels != ignore_index", "(labels != ignore_index) & (labels >= 0)"),),
    ),
    Slip(
        "no token left",
        Family.EDGE_CASES,
        "It gives a number where every token is ignored, though nothing is left to average.",
        (
            ("if not counted.any()", "if counted.ndim < 0"),
            ("costs[counted].mean()", "costs[counted].sum() / max(1, counted.sum())"),
            ("/ counted.sum()", "/ max(1, counted.sum())"),
        ),
    ),
    Slip(
        "ignored tokens times 0",
        Family.EDGE_CASES,
        "It multiplies the costs of ignored tokens by 0, which leaves the NaN of a padding "
        "position where it was.",
        (
            ("costs[counted].mean()", "((costs * counted).sum() / counted.sum())"),
            ("    result[~counted] = 0\n", "    result *= counted[..., None]\n"),
        ),
    ),
    Slip(
        "NaN hidden",
        Family.EDGE_CASES,
        "It averages with nanmean, so a token with bad data vanishes from the result.",
        (("costs[counted].mean()", "np.nanmean(costs[counted])"),),
    ),
)


def slips(plain: str) -> tuple[Misconception, ...]:
    """Mistakes that do not depend on what becomes of the mean cost, in a solution with OPENING."""
    return made(plain, SLIPS)
