"""InfoNCE: each query must find its own key among all keys of the batch."""

from math import log
from typing import Any

import numpy as np

from grader.catalogue import exact, laws, unit_rows
from grader.catalogue.euclidean import directions, lengths
from grader.catalogue.inputs import require
from grader.catalogue.softmax_cross_entropy import log_sum_exp
from grader.catalogue.task import (
    Argument,
    Array,
    Brief,
    Case,
    Edge,
    Example,
    Misconception,
    Parameter,
    Shape,
    Task,
    Variant,
    patched,
)
from grader.catalogue.unit_rows import NORMALISE
from grader.families import Family

Pair = tuple[Array, Array]


def checked(queries: Array, keys: Array, temperature: float) -> Pair:
    """Return both in float64; raise ValueError for what the row does not take."""
    require(not temperature <= 0, "temperature must be positive")
    queries, keys = unit_rows.checked(queries, keys)
    return queries, keys


def reference(queries: Array, keys: Array, temperature: float = 0.07) -> float:
    """Return the mean of log(sum_j exp(q_i.k_j / t)) - q_i.k_i / t over unit rows q and k, in nats.

    Args:
        queries, keys: same shape (n, d); key i is the positive of query i. Any unit of length:
            only directions count.
        temperature: t > 0; cosines are divided by it.

    Raises:
        ValueError: for different shapes, empty input, a zero row, or a temperature not above 0.

    Source: van den Oord, Li, Vinyals, Representation Learning with Contrastive Predictive Coding
    (2018), equation 4; with temperature, He et al., Momentum Contrast (2020), equation 1.
    """
    queries, keys = checked(queries, keys, temperature)
    logits = directions(queries) @ directions(keys).T / temperature
    return float(np.mean(log_sum_exp(logits) - np.diag(logits)))


def gradient(queries: Array, keys: Array, temperature: float = 0.07) -> Pair:
    """Return the derivatives with respect to queries and keys, each (n, d).

    The derivative with respect to a unit row loses its part along the row, and is divided by the
    row's length: that is the Jacobian of the normalisation.

    Raises:
        ValueError: as `reference`.

    Source: Wang, Xiang, Cheng, Yuille, NormFace (2017), equation 6, for the normalisation.
    """
    queries, keys = checked(queries, keys, temperature)
    q, k = directions(queries), directions(keys)
    logits = q @ k.T / temperature
    weights = np.exp(logits - log_sum_exp(logits)[:, None])
    # The diagonal is p - 1, as minus the sum of the others, which keeps the digits.
    np.fill_diagonal(weights, 0.0)
    np.fill_diagonal(weights, -weights.sum(axis=1))
    weights /= temperature * len(queries)
    return through_unit(queries, q, weights @ k), through_unit(keys, k, weights.T @ q)


def through_unit(rows: Array, unit: Array, upstream: Array) -> Array:
    """Return the derivative with respect to rows, from the one with respect to unit rows."""
    along = np.sum(upstream * unit, axis=1, keepdims=True)
    return np.asarray((upstream - along * unit) / lengths(rows)[:, None])


def sample(rng: np.random.Generator, shape: Shape) -> Pair:
    """Draw rows of lengths well above 0; the first query is nearer to the second key than its own.

    With every query sure of its key, p - 1 would be all rounding for a right implementation too.
    """
    queries, keys = (directions(rows) for rows in rng.normal(size=(2, *shape)))
    if queries[0] @ keys[0] > queries[0] @ keys[1]:
        keys[:2] = keys[1::-1].copy()
    stretch = rng.uniform(0.5, 3.0, size=(2, shape[0], 1))
    return stretch[0] * queries, stretch[1] * keys


def terms(queries: Array, keys: Array, temperature: float = 0.07) -> float:
    return float(1.0 / temperature + np.log(len(queries)))


def definition(mp: Any, queries: Any, keys: Any, temperature: Any) -> Any:
    rows = [[unit_rows.cosine(mp, q, k) / temperature for k in keys] for q in queries]
    return exact.mean(mp, (exact.log_sum_exp(mp, row) - row[i] for i, row in enumerate(rows)))


def mismatched(rng: np.random.Generator, temperature: float) -> Case:
    """Orthogonal queries whose keys are nearly those of the next query: every answer is wrong.

    Cosines differ by at least 0.5, so at a low temperature every probability is 0 or 1.
    """
    queries = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    keys = np.roll(queries, 1, axis=0) + rng.uniform(-0.05, 0.05, size=(4, 4))
    stretch = rng.uniform(0.5, 3.0, size=(2, 4, 1))
    return Case((stretch[0] * queries, stretch[1] * keys), {"temperature": temperature})


def same_rows(rng: np.random.Generator) -> Case:
    queries, _ = sample(rng, (5, 4))
    return Case((queries, 2.0 * queries), {"temperature": 0.5})


def long_rows(rng: np.random.Generator) -> Case:
    """Rows of lengths from 1e5 to 1e8, whose slopes are that much smaller than the loss."""
    queries, keys = sample(rng, (5, 4))
    stretch = 10.0 ** rng.uniform(5.0, 8.0, size=(2, 5, 1))
    return Case((stretch[0] * queries, stretch[1] * keys))


def one_key(rng: np.random.Generator) -> Case:
    queries, keys = sample(rng, (4, 3))
    return Case((queries, np.repeat(keys[:1], 4, axis=0)))


EXTREMES = (
    *unit_rows.temperature_extremes(mismatched, "log n"),
    *unit_rows.length_extremes(laws.drawn(sample, 5, 4, temperature=0.5), 0, 1),
)

EDGES = (
    *unit_rows.zero_row_edges(laws.drawn(sample, 4, 3), queries=0, keys=1),
    Edge("keys along the queries", same_rows, "Only directions count, not lengths."),
    Edge(
        "all keys the same",
        one_key,
        "Where all keys are the same no query can tell them apart, and the loss is log n.",
        gradient=False,
    ),
)


VECTORISED = (
    NORMALISE
    + """

def check(queries, keys, temperature):
    if queries.ndim != 2 or queries.shape != keys.shape or queries.size == 0:
        raise ValueError("queries and keys must have the same shape (n, d) and not be empty")
    if temperature <= 0:
        raise ValueError("temperature must be positive")


def log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def loss(queries, keys, temperature=0.07):
    check(queries, keys, temperature)
    q, k = normalise(queries)[0], normalise(keys)[0]
    return -np.diag(log_softmax(q @ k.T / temperature)).mean()


def grad(queries, keys, temperature=0.07):
    check(queries, keys, temperature)
    (q, q_length), (k, k_length) = normalise(queries), normalise(keys)
    n = len(q)
    p = np.exp(log_softmax(q @ k.T / temperature))
    upstream = (p - np.eye(n)) / (n * temperature)
    return (
        denormalise(upstream @ k, q, q_length),
        denormalise(upstream.T @ q, k, k_length),
    )
"""
)

QUERY_BY_QUERY = """\
import numpy as np


def prepare(queries, keys, temperature):
    if queries.shape != keys.shape or queries.size == 0:
        raise ValueError("shapes differ or are empty")
    if not temperature > 0:
        raise ValueError("temperature must be positive")
    lengths = np.linalg.norm(queries, axis=1), np.linalg.norm(keys, axis=1)
    if min(np.count_nonzero(lengths[0]), np.count_nonzero(lengths[1])) < len(queries):
        raise ValueError("zero row")
    return queries / lengths[0][:, None], keys / lengths[1][:, None], *lengths


def loss(queries, keys, temperature=0.07):
    q, k, _, _ = prepare(queries, keys, temperature)
    total = 0.0
    for i, query in enumerate(q):
        similarity = np.dot(k, query) / temperature
        peak = similarity.max()
        total += peak + np.log(np.sum(np.exp(similarity - peak))) - similarity[i]
    return total / len(q)


def pulls(q, k, temperature):
    for i, query in enumerate(q):
        similarity = np.dot(k, query) / temperature
        p = np.exp(similarity - similarity.max())
        p /= p.sum()
        p[i] -= 1
        yield p / temperature / len(q)


def across(rows, unit, lengths):
    '''What is left of each row across its unit row, per length.'''
    return np.array([(row - np.dot(row, u) * u) / l for row, u, l in zip(rows, unit, lengths)])


def grad(queries, keys, temperature=0.07):
    q, k, q_lengths, k_lengths = prepare(queries, keys, temperature)
    weights = np.array(list(pulls(q, k, temperature)))
    return across(weights @ k, q, q_lengths), across(weights.T @ q, k, k_lengths)
"""

EINSUM = """\
import numpy as np


def unit(rows):
    # Dividing by the largest entry first keeps the squares in range.
    largest = np.max(np.abs(rows), axis=1)
    if np.any(largest == 0):
        raise ValueError("zero row")
    rows = rows / largest[:, None]
    inverse = 1.0 / np.sqrt(np.einsum("nd,nd->n", rows, rows))
    return np.einsum("nd,n->nd", rows, inverse), inverse / largest


def probabilities(q, k, temperature):
    z = np.einsum("id,jd->ij", q, k, optimize=True) / temperature
    z = z - np.max(z, axis=1)[:, None]
    log_p = z - np.log(np.einsum("ij->i", np.exp(z)))[:, None]
    return log_p


def checked(queries, keys, temperature):
    if temperature <= 0:
        raise ValueError("temperature")
    if queries.shape != keys.shape or 0 in queries.shape:
        raise ValueError("shape")
    return unit(queries), unit(keys)


def loss(queries, keys, temperature=0.07):
    (q, _), (k, _) = checked(queries, keys, temperature)
    return float(-np.einsum("ii->", probabilities(q, k, temperature)) / len(q))


def grad(queries, keys, temperature=0.07):
    (q, q_scale), (k, k_scale) = checked(queries, keys, temperature)
    g = np.exp(probabilities(q, k, temperature))
    g[np.diag_indices(len(q))] -= 1.0
    g /= temperature * len(q)
    along = np.einsum("ij,id,jd->ij", g, q, k, optimize=True)
    dq = g @ k - np.einsum("ij->i", along)[:, None] * q
    dk = g.T @ q - np.einsum("ij->j", along)[:, None] * k
    return dq * q_scale[:, None], dk * k_scale[:, None]
"""

COSINES = """\
import numpy as np


def cosines(queries, keys):
    if np.shape(queries) != np.shape(keys) or np.size(queries) == 0:
        raise ValueError("queries and keys must match and not be empty")
    a = np.linalg.norm(queries, axis=1)
    b = np.linalg.norm(keys, axis=1)
    if np.any(a == 0) or np.any(b == 0):
        raise ValueError("cosine of a zero vector")
    return (queries / a[:, None]) @ (keys / b[:, None]).T, a, b


def loss(queries, keys, temperature=0.07):
    if temperature <= 0:
        raise ValueError("temperature must be above 0")
    cosine, _, _ = cosines(queries, keys)
    # How far each key is ahead of the right one.
    ahead = (cosine - np.diag(cosine)[:, None]) / temperature
    peak = ahead.max(axis=1)
    return np.mean(peak + np.log(np.exp(ahead - peak[:, None]).sum(axis=1)))


def grad(queries, keys, temperature=0.07):
    if temperature <= 0:
        raise ValueError("temperature must be above 0")
    cosine, a, b = cosines(queries, keys)
    weight = np.exp((cosine - cosine.max(axis=1, keepdims=True)) / temperature)
    weight /= weight.sum(axis=1, keepdims=True)
    weight -= np.identity(len(weight))
    weight /= temperature * len(weight)
    # d cos(q, k) / dq = (k/|k| - cos q/|q|) / |q|, and likewise for k
    q, k = queries / a[:, None], keys / b[:, None]
    dq = weight @ k - (weight * cosine).sum(axis=1)[:, None] * q
    dk = weight.T @ q - (weight * cosine).sum(axis=0)[:, None] * k
    return dq / a[:, None], dk / b[:, None]
"""

MISCONCEPTIONS = (
    Misconception(
        "temperature multiplied",
        Family.VALUES,
        "It multiplies the cosines by the temperature where they are divided by it.",
        patched(
            VECTORISED,
            ("k.T / temperature", "k.T * temperature"),
            ("/ (n * temperature)", "* temperature / n"),
        ),
    ),
    Misconception(
        "softmax over the queries",
        Family.VALUES,
        "Its softmax runs down the columns, over the queries, where it runs along each row, over "
        "the keys.",
        patched(
            VECTORISED,
            (".max(axis=1", ".max(axis=0"),
            ("np.exp(shifted).sum(axis=1", "np.exp(shifted).sum(axis=0"),
        ),
    ),
    Misconception(
        "positive left out below",
        Family.VALUES,
        "It sums the exponentials over the negatives only; the positive belongs to the sum too.",
        patched(
            VECTORISED,
            (
                "np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
                "np.log((np.exp(shifted) * (1 - np.eye(len(shifted)))).sum(axis=1, keepdims=True))",
            ),
        ),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the losses of the queries where their mean is asked.",
        patched(VECTORISED, (".mean()", ".sum()"), ("(n * temperature)", "temperature")),
    ),
    Misconception(
        "gradient without 1/temperature",
        Family.GRADIENTS,
        "Its gradient lacks the division by the temperature.",
        patched(VECTORISED, ("/ (n * temperature)", "/ n")),
    ),
    Misconception(
        "keys taken for constants",
        Family.GRADIENTS,
        "It gives the keys a gradient of 0, though the loss depends on them as well.",
        patched(VECTORISED, ("denormalise(upstream.T @ q, k, k_length)", "0 * keys")),
    ),
    Misconception(
        "no shift before exp",
        Family.STABILITY,
        "It takes exp of cosines divided by the temperature, which overflows when that is low.",
        patched(VECTORISED, ("logits - logits.max(axis=1, keepdims=True)", "logits")),
    ),
    Misconception(
        "single row broadcast",
        Family.EDGE_CASES,
        "It compares shapes between arrays of rows alone: a single row (d,) broadcasts.",
        patched(
            VECTORISED,
            ("axis=1", "axis=-1"),
            ("queries.ndim != 2 or queries.shape", "queries.ndim == keys.ndim and queries.shape"),
        ),
    ),
    *unit_rows.normalised_wrongly(VECTORISED),
)

USUAL = laws.drawn(sample, 6, 4, temperature=0.5)

LAWS = (
    laws.unchanged(
        "Only directions count: other lengths change nothing.",
        reference,
        USUAL,
        laws.scaled(0, 1),
    ),
    laws.unchanged(
        "The order of the pairs does not matter.", reference, USUAL, laws.reordered(0, 1)
    ),
    laws.equal(
        "Where all keys are the same it is the logarithm of their number.",
        USUAL,
        lambda q, k, temperature: reference(q, np.repeat(k[:1], 6, axis=0), temperature),
        lambda q, k, temperature: log(6.0),
    ),
)

VARIANTS = (
    Variant("vectorised", VECTORISED),
    Variant("query by query", QUERY_BY_QUERY),
    Variant("einsum", EINSUM),
    Variant("derivative of the cosine", COSINES),
)

TASKS = (
    Task(
        slug="info-nce",
        title="InfoNCE",
        formula=(
            r"L = \frac{1}{n} \sum_{i=1}^{n} \Bigl( \log \sum_{j=1}^{n} "
            r"e^{\hat{q}_i \cdot \hat{k}_j / \tau} - \hat{q}_i \cdot \hat{k}_i / \tau \Bigr), "
            r"\qquad \hat{x} = \frac{x}{\lVert x \rVert_2}"
        ),
        sentence=(
            "Bring every row to Euclidean length 1; the loss is the mean over the queries of the "
            "log of the summed exponentials of its cosines with all keys divided by the "
            "temperature, minus its cosine with its own key divided by the temperature."
        ),
        domain=(
            "queries, keys: real rows of one shape (n, d), key i being the positive of query i; "
            "temperature above 0. Shapes that differ, zero rows and other temperatures raise "
            "ValueError."
        ),
        rules=(
            "Shapes that differ raise ValueError, a single row (d,) among rows included.",
            "Empty input, a row of zeros, and a temperature of 0 or below raise ValueError.",
            "A NaN in either argument gives a NaN loss and NaN in both gradients, no ValueError.",
            "Nothing is added to the lengths: rows of length 1e-100 to 1e100 count as they are.",
            "The positive is part of the sum of exponentials.",
            "Logarithms are natural.",
            "grad returns a tuple: the derivatives with respect to queries and keys as given, "
            "before they are normalised, each (n, d).",
        ),
        source=(
            "van den Oord, Li, Vinyals, Representation Learning with Contrastive Predictive "
            "Coding (2018), equation 4; with temperature, He et al., Momentum Contrast (2020), "
            "equation 1."
        ),
        brief=Brief(
            prompt="A search engine learns to match questions with passages: the right passage of "
            "each question stands in the same row, and all others of the batch are wrong. Write "
            "the InfoNCE loss and its gradients with respect to queries and keys, through the "
            "normalisation.",
            context="Normalised rows, a similarity matrix with a temperature, and a gradient back "
            "through both.",
            topics=("embeddings", "stability"),
            difficulty="hard",
            minutes=40,
        ),
        examples=(
            Example(
                Case((2.0 * np.eye(2), 5.0 * np.eye(2)), {"temperature": 1 / log(3)}),
                value=log(4 / 3),
                gradient=(
                    ((0.0, log(3) / 16), (log(3) / 16, 0.0)),
                    ((0.0, log(3) / 40), (log(3) / 40, 0.0)),
                ),
                working="Cosines of 1 and 0 over the temperature are log 3 and 0, and softmax "
                "gives 3/4 and 1/4; a step turns a row of length 2 or 5 so many times less.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("queries", "n d", differentiate=True),
            Argument("keys", "n d", differentiate=True),
        ),
        parameters=(Parameter("temperature", 0.07, (0.2, 0.5, 1.0), invalid=(0.0, -0.07)),),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((6, 4), (2, 3), (3, 2), (5, 5), (4, 8)),
        large=(250, 200),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        curves=(
            unit_rows.turning(
                "The angle of a query to its key, another pair across, temperature = 0.07",
                lambda row: (np.array([row, [0.0, 1.0]]), np.eye(2)),
            ),
        ),
        variants=VARIANTS,
        non_negative=True,
        laws=LAWS,
        coarse=long_rows,
    ),
)
