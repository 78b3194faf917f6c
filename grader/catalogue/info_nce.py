"""InfoNCE: each query must find its own key among all keys of the batch."""

import numpy as np

from grader.catalogue.answers.info_nce import MISCONCEPTIONS, VARIANTS
from grader.catalogue.euclidean import directions, lengths
from grader.catalogue.inputs import paired, require
from grader.catalogue.softmax_cross_entropy import log_sum_exp
from grader.catalogue.task import (
    Argument,
    Array,
    Case,
    Edge,
    Expect,
    Extreme,
    Parameter,
    Shape,
    Task,
)

Pair = tuple[Array, Array]


def checked(queries: Array, keys: Array, temperature: float) -> Pair:
    """Return both in float64; raise ValueError for what the row does not take."""
    queries, keys = paired(queries, keys)
    require(queries.ndim == 2, "queries and keys must be (n, d)")
    require(not temperature <= 0, "temperature must be positive")
    # NaN is no zero: it must reach the result.
    require(bool(np.all(np.any(queries != 0.0, axis=1))), "a query is all zeros")
    require(bool(np.all(np.any(keys != 0.0, axis=1))), "a key is all zeros")
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


def mismatched(rng: np.random.Generator, temperature: float) -> Case:
    """Orthogonal queries whose keys are nearly those of the next query: every answer is wrong.

    Cosines differ by at least 0.5, so at a low temperature every probability is 0 or 1.
    """
    queries = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    keys = np.roll(queries, 1, axis=0) + rng.uniform(-0.05, 0.05, size=(4, 4))
    stretch = rng.uniform(0.5, 3.0, size=(2, 4, 1))
    return Case((stretch[0] * queries, stretch[1] * keys), {"temperature": temperature})


def scaled(rng: np.random.Generator, query_scale: float, key_scale: float) -> Case:
    queries, keys = sample(rng, (5, 4))
    return Case((query_scale * queries, key_scale * keys), {"temperature": 0.5})


def with_zero_row(rng: np.random.Generator, argument: int) -> Case:
    rows = sample(rng, (4, 3))
    rows[argument][rng.integers(0, 4)] = 0.0
    return Case(rows)


def same_rows(rng: np.random.Generator) -> Case:
    queries, _ = sample(rng, (5, 4))
    return Case((queries, 2.0 * queries), {"temperature": 0.5})


def one_key(rng: np.random.Generator) -> Case:
    queries, keys = sample(rng, (4, 3))
    return Case((queries, np.repeat(keys[:1], 4, axis=0)))


SHIFT = (
    "Subtract the largest similarity of each row before exp: cosines divided by a low "
    "temperature overflow."
)
LENGTH = (
    "Divide each row by its own length, with nothing added: an epsilon shrinks short rows to "
    "nothing."
)

EXTREMES = (
    Extreme("temperature of 1e-3", lambda rng: mismatched(rng, 1e-3), SHIFT, float32=True),
    Extreme("temperature of 1e-4", lambda rng: mismatched(rng, 1e-4), SHIFT),
    Extreme(
        "temperature of 1e3",
        lambda rng: mismatched(rng, 1e3),
        "Divide the cosines by the temperature in float64 and add nothing: the loss nears log n.",
    ),
    Extreme("rows of length 1e-100", lambda rng: scaled(rng, 1e-100, 1e-100), LENGTH),
    Extreme(
        "rows of length 1e100",
        lambda rng: scaled(rng, 1e100, 1e100),
        "Bring every row to length 1 before the products: products of long rows overflow.",
    ),
    Extreme("queries of 1e100, keys of 1e-100", lambda rng: scaled(rng, 1e100, 1e-100), LENGTH),
)

EDGES = (
    Edge(
        "a zero query",
        lambda rng: with_zero_row(rng, 0),
        "A query of zeros has no direction and raises ValueError.",
        Expect.VALUE_ERROR,
    ),
    Edge(
        "a zero key",
        lambda rng: with_zero_row(rng, 1),
        "A key of zeros has no direction and raises ValueError.",
        Expect.VALUE_ERROR,
    ),
    Edge("keys along the queries", same_rows, "Only directions count, not lengths."),
    Edge(
        "all keys the same",
        one_key,
        "Where all keys are the same no query can tell them apart, and the loss is log n.",
        gradient=False,
    ),
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
            "Shapes that differ raise ValueError.",
            "Empty input raises ValueError.",
            "A row of zeros among queries or keys raises ValueError.",
            "A temperature of 0 or below raises ValueError.",
            "A NaN in either argument gives a NaN loss, not ValueError.",
            "Nothing is added to the lengths: rows of length 1e-100 to 1e100 count as they are.",
            "The positive is part of the sum of exponentials.",
            "grad returns a tuple: the derivatives with respect to queries and keys as given, "
            "before they are normalised, each (n, d).",
        ),
        source=(
            "van den Oord, Li, Vinyals, Representation Learning with Contrastive Predictive "
            "Coding (2018), equation 4; with temperature, He et al., Momentum Contrast (2020), "
            "equation 1."
        ),
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
        variants=VARIANTS,
    ),
)
