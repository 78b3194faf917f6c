"""Perplexity: how many words a language model is torn between, on average."""

from typing import Any

import numpy as np

from grader.catalogue import laws, token_cross_entropy
from grader.catalogue.exact import log_sum_exp, mean
from grader.catalogue.task import (
    Array,
    Brief,
    Case,
    Curve,
    Example,
    Extreme,
    Law,
    Misconception,
    Task,
    Variant,
    patched,
)
from grader.catalogue.token_cross_entropy import other_padding
from grader.catalogue.tokens import (
    ARGUMENTS,
    EDGES,
    FAR_OFF,
    IGNORED,
    LARGE,
    OPENING,
    PARAMETERS,
    RULES,
    SHAPES,
    costs,
    counted,
    fit,
    sample,
    slips,
    spaced,
    tokens,
)
from grader.families import Family


def reference(labels: Array, logits: Array, ignore_index: int = IGNORED) -> float:
    """Return exp of the mean of log(sum_j exp(z_j)) - z_label over the tokens that count.

    Args:
        labels: shape (b, t), integers in 0..v-1, or ignore_index where a token does not count.
        logits: shape (b, t, v), unnormalised log-probabilities in nats.
        ignore_index: any integer, inside of 0..v-1 as well.

    Returns:
        The perplexity, a number of words, >= 1; infinite where the mean is above 709.

    Raises:
        ValueError: for other shapes, empty input, another label, or no token that counts.

    Source: Bengio, Ducharme, Vincent, Jauvin, A Neural Probabilistic Language Model (JMLR 3,
    2003), section 2: the geometric mean of 1 / p(token).
    """
    return float(np.exp(np.mean(costs(labels, logits, ignore_index))))


def gradient(labels: Array, logits: Array, ignore_index: int = IGNORED) -> tuple[Array]:
    """Return the perplexity times the gradient of the mean cross-entropy, (b, t, v).

    Raises:
        ValueError: as `reference`.
    """
    (slope,) = token_cross_entropy.gradient(labels, logits, ignore_index)
    return (reference(labels, logits, ignore_index) * slope,)


def terms(labels: Array, logits: Array, ignore_index: int = IGNORED) -> float:
    """Return the perplexity times the largest logit that is read: exp turns its error into that."""
    _, _, rows = counted(labels, logits, ignore_index)
    largest = np.abs(rows).max() + np.log(rows.shape[1])
    return float(reference(labels, logits, ignore_index) * largest)


def definition(mp: Any, labels: Any, logits: Any, ignore_index: Any) -> Any:
    pairs = tokens(labels, logits, ignore_index)
    return mp.exp(mean(mp, (log_sum_exp(mp, row) - row[label] for label, row in pairs)))


def long_text(rng: np.random.Generator) -> Case:
    """A hundred words of which each is the least likely one."""
    logits = rng.uniform(-10.0, 10.0, size=(1, 100, 3))
    return Case((logits.argmin(axis=2), logits))


PLAIN = (
    OPENING
    + """

def loss(labels, logits, ignore_index=-100):
    counted = check(labels, logits, ignore_index)
    costs = token_costs(labels, logits, counted)
    return np.exp(costs[counted].mean())


def grad(labels, logits, ignore_index=-100):
    counted = check(labels, logits, ignore_index)
    costs = token_costs(labels, logits, counted)
    perplexity = np.exp(costs[counted].mean())
    return perplexity * pulls(labels, logits, counted) / counted.sum()
"""
)

ODDS = '''\
import numpy as np


def odds(labels, logits, ignore_index):
    """Mask of the tokens that count, and how far every word is ahead of the right one."""
    if logits.ndim != 3 or not logits.size or labels.shape != logits.shape[:2]:
        raise ValueError("shapes do not fit")
    mask = labels != ignore_index
    right = labels[mask].astype(np.int64)
    if right.size == 0 or right.min() < 0 or right.max() >= logits.shape[2]:
        raise ValueError("no token counts, or a label is out of range")
    z = logits[mask].astype(np.float64)
    return mask, right, z - np.take_along_axis(z, right[:, None], axis=1)


def log_total(ahead):
    peak = ahead.max(axis=1)
    return peak + np.log(np.exp(ahead - peak[:, None]).sum(axis=1))


def loss(labels, logits, ignore_index=-100):
    _, _, ahead = odds(labels, logits, ignore_index)
    return float(np.exp(log_total(ahead).sum() / len(ahead)))


def grad(labels, logits, ignore_index=-100):
    mask, right, ahead = odds(labels, logits, ignore_index)
    total = log_total(ahead)
    share = np.exp(ahead - total[:, None])
    share[np.arange(len(right)), right] -= 1.0
    out = np.zeros(logits.shape)
    out[mask] = share * (np.exp(total.mean()) / len(right))
    return out
'''

SEQUENCES = """\
import numpy as np


class Text:
    \"\"\"One sequence: the surprise of each word that counts, and softmax minus one-hot.\"\"\"

    def __init__(self, labels, logits, ignore_index):
        self.places = np.flatnonzero(labels != ignore_index)
        words = labels[self.places]
        if ((words < 0) | (words >= logits.shape[1])).any():
            raise ValueError("unknown word")
        z = np.asarray(logits[self.places], dtype=float)
        z = z - z.max(axis=1, initial=-np.inf, keepdims=True)
        power = np.exp(z)
        total = power.sum(axis=1, keepdims=True)
        rows = np.arange(len(words))
        self.surprise = np.log(total[:, 0]) - z[rows, words]
        self.pull = power / total
        self.pull[rows, words] -= 1


def read(labels, logits, ignore_index):
    if logits.ndim != 3 or labels.ndim != 2 or labels.shape != logits.shape[:2]:
        raise ValueError("labels (b, t), logits (b, t, v)")
    if logits.size == 0 or (labels == ignore_index).all():
        raise ValueError("nothing to read")
    texts = [Text(y, z, ignore_index) for y, z in zip(labels, logits)]
    return texts, np.concatenate([text.surprise for text in texts])


def loss(labels, logits, ignore_index=-100):
    _, surprise = read(labels, logits, ignore_index)
    return np.exp(np.average(surprise))


def grad(labels, logits, ignore_index=-100):
    texts, surprise = read(labels, logits, ignore_index)
    slopes = np.zeros(logits.shape)
    for slope, text in zip(slopes, texts):
        slope[text.places] = text.pull
    return slopes * np.exp(np.average(surprise)) / surprise.size
"""

LOOPS = """\
import math

import numpy as np


def surprises(labels, logits, ignore_index):
    if logits.ndim != 3 or labels.shape != logits.shape[:2] or logits.size == 0:
        raise ValueError("bad shapes")
    found = {}
    for place in np.ndindex(labels.shape):
        word, row = int(labels[place]), logits[place].tolist()
        if word == ignore_index:
            continue
        if word < 0 or word >= len(row):
            raise ValueError("bad label")
        peak = max(row)
        found[place] = math.log(math.fsum(math.exp(z - peak) for z in row)) + (peak - row[word])
    if not found:
        raise ValueError("all tokens are ignored")
    return found


def loss(labels, logits, ignore_index=-100):
    found = surprises(labels, logits, ignore_index)
    return math.exp(math.fsum(found.values()) / len(found))


def grad(labels, logits, ignore_index=-100):
    found = surprises(labels, logits, ignore_index)
    factor = math.exp(math.fsum(found.values()) / len(found)) / len(found)
    out = np.zeros(logits.shape)
    for place, surprise in found.items():
        word, row = int(labels[place]), logits[place].tolist()
        for j, z in enumerate(row):
            # the probability of word j, by its odds against the right one
            out[place][j] = factor * (math.exp(z - row[word] - surprise) - (j == word))
    return out
"""

MEAN = "np.exp(costs[counted].mean())"

MISCONCEPTIONS = (
    Misconception(
        "exp forgotten",
        Family.VALUES,
        "It is the mean cross-entropy: the exponential of it is missing.",
        patched(
            PLAIN,
            (MEAN, "costs[counted].mean()"),
            ("perplexity = costs[counted].mean()", "perplexity = 1.0"),
        ),
    ),
    Misconception(
        "mean of the tokens' perplexities",
        Family.VALUES,
        "It averages 1/p over the tokens, an arithmetic mean where the geometric one is asked.",
        patched(PLAIN, (MEAN, "np.exp(costs[counted]).mean()")),
    ),
    Misconception(
        "mean of the sequences' perplexities",
        Family.VALUES,
        "It takes the perplexity of each sequence and averages these.",
        patched(
            PLAIN,
            (MEAN, "np.mean([np.exp(c[k].mean()) for c, k in zip(costs, counted) if k.any()])"),
        ),
    ),
    Misconception(
        "2 to the power of nats",
        Family.VALUES,
        "It raises 2 to a cross-entropy that was measured with natural logarithms.",
        patched(
            PLAIN,
            (MEAN, "2 ** costs[counted].mean()"),
            ("perplexity * pulls", "perplexity * np.log(2) * pulls"),
        ),
    ),
    Misconception(
        "mean probability",
        Family.VALUES,
        "It is the geometric mean of the probabilities; perplexity is one over it.",
        patched(
            PLAIN,
            (MEAN, "np.exp(-costs[counted].mean())"),
            ("perplexity * pulls", "-perplexity * pulls"),
        ),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It is one over the probability of the whole text: the root, or the mean of the logs, is "
        "missing.",
        patched(PLAIN, (MEAN, "np.exp(costs[counted].sum())"), (" / counted.sum()", "")),
    ),
    Misconception(
        "ignored tokens counted below",
        Family.VALUES,
        "It divides by the number of all tokens, where the mean is over those that count.",
        patched(
            PLAIN,
            (MEAN, "np.exp(costs[counted].sum() / labels.size)"),
            ("/ counted.sum()", "/ labels.size"),
        ),
    ),
    Misconception(
        "gradient of the cross-entropy",
        Family.GRADIENTS,
        "Its gradient is that of the mean cross-entropy: the chain rule multiplies it by the "
        "perplexity.",
        patched(PLAIN, ("return perplexity * pulls", "return pulls")),
    ),
    Misconception(
        "each token times its own perplexity",
        Family.GRADIENTS,
        "Its gradient multiplies each token by its own 1/p, where all are multiplied by the "
        "perplexity of the batch.",
        patched(
            PLAIN,
            ("return perplexity * pulls", "return np.exp(costs)[..., None] * pulls"),
        ),
    ),
    Misconception(
        "gradient of the sum",
        Family.GRADIENTS,
        "Its gradient lacks the division by the number of tokens that count.",
        patched(PLAIN, (" / counted.sum()", "")),
    ),
    Misconception(
        "root of a product",
        Family.STABILITY,
        "It multiplies the probabilities and takes the root: the product of a long text "
        "underflows.",
        patched(PLAIN, (MEAN, "np.prod(np.exp(-costs[counted])) ** (-1 / counted.sum())")),
    ),
    Misconception(
        "exponent capped",
        Family.STABILITY,
        "It caps the mean cost at 100 before exp, which hides how bad a model is.",
        patched(PLAIN, (MEAN, "np.exp(np.minimum(costs[counted].mean(), 100.0))")),
    ),
    Misconception(
        "log of a clipped probability",
        Family.STABILITY,
        "It takes the log of a probability kept above 1e-12, so no token can cost more than 27.6.",
        patched(PLAIN, (MEAN, "np.exp(np.minimum(costs[counted], -np.log(1e-12)).mean())")),
    ),
    *slips(PLAIN),
)


def _cross_entropy(labels: Array, logits: Array) -> float:
    return float(np.exp(token_cross_entropy.reference(labels, logits)))


def _inverse_root(labels: Array, logits: Array) -> float:
    powers = np.exp(logits)
    shares = powers / powers.sum(axis=2, keepdims=True)
    chances = [s[y] for y, s in zip(labels.flat, shares.reshape(labels.size, -1), strict=True)]
    return float(np.prod(chances) ** (-1 / labels.size))


def _equal_logits(rng: np.random.Generator) -> tuple[float, float]:
    words = int(rng.integers(2, 9))
    labels, logits = sample(rng, (2, 3, words))
    return reference(labels, np.full_like(logits, rng.uniform(-5.0, 5.0))), float(words)


def _twice(rng: np.random.Generator, case: Case) -> Case:
    labels, logits = case.arguments
    return Case((np.concatenate([labels, labels]), np.concatenate([logits, logits])))


USUAL = laws.drawn(sample, 2, 4, 3)

LAWS = (
    Law("With equal logits it is v, the number of words.", _equal_logits),
    laws.equal("It is exp of the token cross-entropy.", USUAL, reference, _cross_entropy),
    laws.equal(
        "It is one over the geometric mean of the probabilities.",
        token_cross_entropy.none_ignored(2, 3, 4),
        reference,
        _inverse_root,
    ),
    laws.unchanged("Every text given twice is the same.", reference, USUAL, _twice),
    laws.unchanged("A shift of all logits changes nothing.", reference, USUAL, laws.shifted(1)),
    laws.unchanged("Ignored tokens have no say.", reference, USUAL, other_padding),
)

TASKS = (
    Task(
        slug="perplexity",
        title="Perplexity",
        formula=r"L = \exp \Biggl( \frac{1}{|C|} \sum_{(i,s) \in C} \Bigl( \log \sum_{j=1}^{v} "
        r"e^{z_{isj}} - z_{is,y_{is}} \Bigr) \Biggr), \qquad C = \{ (i,s) : y_{is} \ne "
        r"\mathrm{ignore} \}",
        sentence="The exponential of the mean, over all tokens whose label is not ignore_index, "
        "of the log of the summed exponentials of the token's logits, minus the logit of its "
        "label; logarithms are natural.",
        domain="labels: integers 0..v-1 or ignore_index, of shape (b, t); logits: real numbers of "
        "shape (b, t, v); other labels and shapes raise ValueError.",
        rules=(
            *RULES,
            "Logits around 1e4 or -1e4, texts of any length, and perplexities up to 1e260 give "
            "the exact number.",
        ),
        source="Bengio, Ducharme, Vincent, Jauvin, A Neural Probabilistic Language Model, Journal "
        "of Machine Learning Research 3 (2003), section 2: the geometric mean of one over the "
        "probability of each word.",
        brief=Brief(
            prompt="Two language models are compared on the same texts, by how many words they "
            "are torn between at each position. The texts come in batches that were filled up to "
            "`t` tokens; what only fills up carries the label `ignore_index`. Write the "
            "perplexity over the tokens that count, and its gradient with respect to the logits.",
            context="A mean of logs before one exponential, masking, and the chain rule.",
            topics=("language-models", "stability"),
            difficulty="medium",
            minutes=25,
        ),
        examples=(
            Example(
                Case((np.array([[0, 1, IGNORED]]), np.log([[[1.0, 1.0], [7.0, 1.0], [5.0, 1.0]]]))),
                value=4.0,
                gradient=((((-1.0, 1.0), (1.75, -1.75), (0.0, 0.0)),),),
                working="The two tokens that count have probabilities of 1/2 and 1/8, whose "
                "geometric mean is 1/4.",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        parameters=PARAMETERS,
        reference=reference,
        gradient=gradient,
        sample=sample,
        fit=fit,
        shapes=SHAPES,
        large=LARGE,
        terms=terms,
        extremes=(
            *FAR_OFF,
            Extreme(
                "right token 600 behind",
                lambda rng: spaced(rng, 300.0, worst=True),
                "Stay in logarithms until the very end: the mean cost is exact where no "
                "probability is.",
            ),
            Extreme(
                "right token 40 behind",
                lambda rng: spaced(rng, 20.0, worst=True),
                "Clip nothing: a probability of 1e-18 is still a number.",
                float32=True,
            ),
            Extreme(
                "a long text",
                long_text,
                "Average logarithms: the product of the probabilities of a long text underflows.",
            ),
        ),
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("odds against the right word", ODDS),
            Variant("text by text", SEQUENCES),
            Variant("token by token", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve(
                "One token of a vocabulary of two",
                "logit of the right word, the other's being 0",
                -2.5,
                5.0,
                lambda z: Case((np.zeros((1, 1), dtype=np.int64), np.array([[[z, 0.0]]]))),
            ),
        ),
    ),
)
