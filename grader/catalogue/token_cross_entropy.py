"""Token cross-entropy: what a language model is trained on, over the tokens that count."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.exact import log_sum_exp, mean
from grader.catalogue.softmax_cross_entropy import gradient as gradient_of_rows
from grader.catalogue.softmax_cross_entropy import reference as loss_of_rows
from grader.catalogue.task import (
    Array,
    Brief,
    Case,
    Curve,
    Example,
    Law,
    Misconception,
    Task,
    Variant,
    patched,
)
from grader.catalogue.tokens import (
    ARGUMENTS,
    EDGES,
    EXTREMES,
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
    tokens,
)
from grader.families import Family


def reference(labels: Array, logits: Array, ignore_index: int = IGNORED) -> float:
    """Return the mean of log(sum_j exp(z_j)) - z_label over the tokens that count, in nats.

    Args:
        labels: shape (b, t), integers in 0..v-1, or ignore_index where a token does not count.
        logits: shape (b, t, v), unnormalised log-probabilities in nats.
        ignore_index: any integer, inside of 0..v-1 as well.

    Raises:
        ValueError: for other shapes, empty input, another label, or no token that counts.

    Source: Radford, Narasimhan, Salimans, Sutskever, Improving Language Understanding by
    Generative Pre-Training (2018), equation 1, as a mean and with the sign turned.
    """
    return float(np.mean(costs(labels, logits, ignore_index)))


def gradient(labels: Array, logits: Array, ignore_index: int = IGNORED) -> tuple[Array]:
    """Return (softmax(z) - onehot) / m at the m tokens that count and 0 elsewhere, (b, t, v).

    Raises:
        ValueError: as `reference`.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), equation 4.109.
    """
    counts, picked, rows = counted(labels, logits, ignore_index)
    result = np.zeros(np.shape(logits))
    (result[counts],) = gradient_of_rows(picked, rows)
    return (result,)


def terms(labels: Array, logits: Array, ignore_index: int = IGNORED) -> float:
    """Return the largest logit that is read, with log v: lse(z) - z is a stable formula too."""
    _, _, rows = counted(labels, logits, ignore_index)
    return float(np.abs(rows).max() + np.log(rows.shape[1]))


def definition(mp: Any, labels: Any, logits: Any, ignore_index: Any) -> Any:
    pairs = tokens(labels, logits, ignore_index)
    return mean(mp, (log_sum_exp(mp, row) - row[label] for label, row in pairs))


PLAIN = (
    OPENING
    + """

def loss(labels, logits, ignore_index=-100):
    counted = check(labels, logits, ignore_index)
    costs = token_costs(labels, logits, counted)
    return costs[counted].mean()


def grad(labels, logits, ignore_index=-100):
    counted = check(labels, logits, ignore_index)
    return pulls(labels, logits, counted) / counted.sum()
"""
)

FLAT = """\
import numpy as np


def flatten(labels, logits, ignore_index):
    if len(logits.shape) != 3 or labels.shape != logits.shape[:-1]:
        raise ValueError("expected labels (b, t) and logits (b, t, v)")
    tokens = np.flatnonzero(labels.ravel() != ignore_index)
    if tokens.size == 0 or logits.shape[-1] == 0:
        raise ValueError("nothing to average")
    targets = labels.ravel()[tokens].astype(np.intp)
    if np.any((targets < 0) | (targets >= logits.shape[-1])):
        raise ValueError("a label is not in the vocabulary")
    rows = logits.reshape(-1, logits.shape[-1])[tokens].astype(np.float64)
    return tokens, targets, rows


def loss(labels, logits, ignore_index=-100):
    _, targets, rows = flatten(labels, logits, ignore_index)
    # How far every word is ahead of the right one, which is itself among them.
    ahead = rows - rows[np.arange(len(rows)), targets][:, None]
    peak = ahead.max(axis=1)
    return float(np.mean(peak + np.log(np.exp(ahead - peak[:, None]).sum(axis=1))))


def grad(labels, logits, ignore_index=-100):
    tokens, targets, rows = flatten(labels, logits, ignore_index)
    powers = np.exp(rows - rows.max(axis=1)[:, None])
    softmax = powers / powers.sum(axis=1)[:, None]
    softmax[np.arange(len(rows)), targets] -= 1.0
    out = np.zeros((labels.size, logits.shape[-1]))
    out[tokens] = softmax / len(tokens)
    return out.reshape(logits.shape)
"""

WEIGHTS = '''\
import numpy as np


def prepare(labels, logits, ignore_index):
    """One-hot targets with a row of zeros where a token is ignored, and logits cleared there."""
    if logits.size == 0 or labels.shape + logits.shape[-1:] != logits.shape or labels.ndim != 2:
        raise ValueError("shapes do not fit")
    keep = labels != ignore_index
    words = np.arange(logits.shape[-1])
    targets = ((labels[:, :, None] == words) & keep[:, :, None]).astype(float)
    if targets.sum() != keep.sum() or not keep.sum():
        raise ValueError("wrong labels, or none that counts")
    return targets, np.where(keep[:, :, None], logits, 0.0), keep / keep.sum()


def loss(labels, logits, ignore_index=-100):
    targets, logits, weights = prepare(labels, logits, ignore_index)
    peak = logits.max(axis=2)
    totals = np.einsum("btv->bt", np.exp(logits - peak[:, :, None]))
    right = np.einsum("btv,btv->bt", targets, logits)
    return np.einsum("bt,bt->", weights, np.log(totals) + (peak - right))


def grad(labels, logits, ignore_index=-100):
    targets, logits, weights = prepare(labels, logits, ignore_index)
    powers = np.exp(logits - logits.max(axis=2, keepdims=True))
    softmax = powers / np.einsum("btv->bt", powers)[:, :, None]
    return np.einsum("bt,btv->btv", weights, softmax - targets)
'''

TOKEN_BY_TOKEN = """\
import math

import numpy as np


def each_token(labels, logits, ignore_index):
    if logits.ndim != 3 or labels.ndim != 2 or logits.shape[:2] != labels.shape:
        raise ValueError("bad shapes")
    found = []
    for b, t in np.ndindex(labels.shape):
        label = int(labels[b, t])
        if label == ignore_index:
            continue
        if not 0 <= label < logits.shape[2]:
            raise ValueError(f"label {label} is out of range")
        found.append((b, t, label, logits[b, t].tolist()))
    if not found:
        raise ValueError("no token counts")
    return found


def loss(labels, logits, ignore_index=-100):
    found = each_token(labels, logits, ignore_index)
    total = 0.0
    for _, _, label, row in found:
        peak = max(row)
        total += math.log(sum(math.exp(z - peak) for z in row)) + peak - row[label]
    return total / len(found)


def grad(labels, logits, ignore_index=-100):
    result = np.zeros(logits.shape)
    found = each_token(labels, logits, ignore_index)
    for b, t, label, row in found:
        peak = max(row)
        powers = [math.exp(z - peak) for z in row]
        total = sum(powers)
        for j, power in enumerate(powers):
            result[b, t, j] = (power / total - (j == label)) / len(found)
    return result
"""

MISCONCEPTIONS = (
    Misconception(
        "ignored tokens counted below",
        Family.VALUES,
        "It divides by the number of all tokens, where the mean is over those that count.",
        patched(
            PLAIN,
            ("costs[counted].mean()", "costs[counted].sum() / labels.size"),
            ("/ counted.sum()", "/ labels.size"),
        ),
    ),
    Misconception(
        "ignored tokens counted as word 0",
        Family.VALUES,
        "It averages over every token, the ignored ones as if their label were 0.",
        patched(
            PLAIN,
            ("costs[counted].mean()", "costs.mean()"),
            ("/ counted.sum()", "/ labels.size"),
        ),
    ),
    Misconception(
        "mean of the sequences' means",
        Family.VALUES,
        "It averages each sequence first and then the sequences, which gives the tokens of short "
        "ones more weight.",
        patched(
            PLAIN,
            (
                "costs[counted].mean()",
                "np.mean([c[k].mean() for c, k in zip(costs, counted) if k.any()])",
            ),
            (
                "/ counted.sum()",
                "/ np.maximum(counted.sum(axis=1), 1)[:, None, None] / counted.any(axis=1).sum()",
            ),
        ),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the costs of the tokens where their mean is asked.",
        patched(PLAIN, ("[counted].mean()", "[counted].sum()"), (" / counted.sum()", "")),
    ),
    Misconception(
        "mean over the vocabulary too",
        Family.VALUES,
        "It divides by the size of the vocabulary as well, where the mean is over the tokens.",
        patched(
            PLAIN,
            ("[counted].mean()", "[counted].mean() / logits.shape[2]"),
            ("/ counted.sum()", "/ counted.sum() / logits.shape[2]"),
        ),
    ),
    Misconception(
        "log base 2",
        Family.VALUES,
        "It measures in bits: the logarithm is base 2 where the natural one is asked.",
        patched(
            PLAIN,
            ("[counted].mean()", "[counted].mean() / np.log(2)"),
            ("/ counted.sum()", "/ counted.sum() / np.log(2)"),
        ),
    ),
    Misconception(
        "gradient of the sum",
        Family.GRADIENTS,
        "Its gradient is of the sum of the tokens: the division by how many count is missing.",
        patched(PLAIN, (" / counted.sum()", "")),
    ),
    Misconception(
        "log of a clipped probability",
        Family.STABILITY,
        "It takes the log of a probability kept above 1e-12, so no token can cost more than 27.6.",
        patched(
            PLAIN,
            ("    costs = token", "    costs = -np.log(np.maximum(np.exp(-token"),
            (
                "(labels, logits, counted)\n    return costs",
                "(labels, logits, counted)), 1e-12))\n    return costs",
            ),
        ),
    ),
    *slips(PLAIN),
)


def _words(labels: Array, logits: Array) -> float:
    return loss_of_rows(labels.reshape(-1), logits.reshape(-1, logits.shape[2]))


def _two_words(labels: Array, logits: Array) -> float:
    signs = 1.0 - 2.0 * labels
    return float(np.mean(np.logaddexp(0.0, signs * (logits[..., 1] - logits[..., 0]))))


def none_ignored(*shape: int) -> laws.Draw:
    """Return a draw of tokens that all count."""
    return lambda rng: Case(
        (rng.integers(0, shape[2], size=shape[:2]), rng.uniform(-3.0, 3.0, size=shape))
    )


def other_padding(rng: np.random.Generator, case: Case) -> Case:
    """Other logits at the tokens that are ignored."""
    labels, logits = case.arguments
    other = rng.uniform(-9.0, 9.0, size=logits.shape)
    return Case((labels, np.where((labels == IGNORED)[..., None], other, logits)), case.parameters)


def _equal_logits(rng: np.random.Generator) -> tuple[float, float]:
    words = int(rng.integers(2, 9))
    labels, logits = sample(rng, (2, 3, words))
    return reference(labels, np.full_like(logits, rng.uniform(-5.0, 5.0))), float(np.log(words))


USUAL = laws.drawn(sample, 2, 4, 3)

LAWS = (
    Law("With equal logits it is log v.", _equal_logits),
    laws.unchanged("A shift of all logits changes nothing.", reference, USUAL, laws.shifted(1)),
    laws.unchanged(
        "The order of the sequences does not matter.", reference, USUAL, laws.reordered(0, 1)
    ),
    laws.unchanged("Ignored tokens have no say.", reference, USUAL, other_padding),
    laws.equal(
        "With no token ignored it is the softmax cross-entropy of all tokens.",
        none_ignored(2, 4, 3),
        reference,
        _words,
    ),
    laws.equal(
        "With two words it is the binary cross-entropy of the difference of their logits.",
        none_ignored(3, 2, 2),
        reference,
        _two_words,
    ),
)

TASKS = (
    Task(
        slug="token-cross-entropy",
        title="Token cross-entropy",
        formula=r"L = \frac{1}{|C|} \sum_{(i,s) \in C} \Bigl( \log \sum_{j=1}^{v} e^{z_{isj}} "
        r"- z_{is,y_{is}} \Bigr), \qquad C = \{ (i,s) : y_{is} \ne \mathrm{ignore} \}",
        sentence="The mean, over all tokens whose label is not ignore_index, of the log of the "
        "summed exponentials of the token's logits, minus the logit of its label; logarithms are "
        "natural.",
        domain="labels: integers 0..v-1 or ignore_index, of shape (b, t); logits: real numbers of "
        "shape (b, t, v); other labels and shapes raise ValueError.",
        rules=(*RULES, "Logits up to 1e4 in size give the exact loss: nothing is clipped."),
        source="Radford, Narasimhan, Salimans, Sutskever, Improving Language Understanding by "
        "Generative Pre-Training (2018), equation 1, as a mean; Goodfellow, Bengio, Courville, "
        "Deep Learning (2016), equation 6.30, for one token.",
        brief=Brief(
            prompt="A language model is trained on batches of `b` texts, cut or filled up to the "
            "same number `t` of tokens. Positions that only fill up, and prompts that the model "
            "need not learn to write, carry the label `ignore_index`. Write the mean "
            "cross-entropy over the tokens that count, and its gradient with respect to the "
            "logits.",
            context="Masking done right: who counts in the sum, in the mean and in the gradient.",
            topics=("language-models", "classification", "stability"),
            difficulty="medium",
            minutes=25,
        ),
        examples=(
            Example(
                Case((np.array([[0, 1, IGNORED]]), np.log([[[1.0, 1.0], [3.0, 1.0], [5.0, 1.0]]]))),
                value=1.5 * float(np.log(2.0)),
                gradient=((((-0.25, 0.25), (0.375, -0.375), (0.0, 0.0)),),),
                working="The two tokens that count have probabilities of 1/2 and 1/4: "
                "(log 2 + log 4) / 2.",
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
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("margins of flat rows", FLAT),
            Variant("one-hot targets and einsum", WEIGHTS),
            Variant("token by token", TOKEN_BY_TOKEN, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve(
                "One token of a vocabulary of two",
                "logit of the right word, the other's being 0",
                -6.0,
                6.0,
                lambda z: Case((np.zeros((1, 1), dtype=np.int64), np.array([[[z, 0.0]]]))),
            ),
        ),
    ),
)
