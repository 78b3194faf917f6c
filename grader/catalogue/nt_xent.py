"""NT-Xent: of all other views in the batch, each must find the other view of its own image."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.euclidean import directions
from grader.catalogue.exact import log_sum_exp as exact_log_sum_exp
from grader.catalogue.exact import mean
from grader.catalogue.info_nce import mismatched, sample, through_unit
from grader.catalogue.softmax_cross_entropy import log_sum_exp
from grader.catalogue.task import (
    Argument,
    Array,
    Brief,
    Case,
    Edge,
    Example,
    Extreme,
    Law,
    Misconception,
    Parameter,
    Task,
    Variant,
    patched,
)
from grader.catalogue.unit_rows import (
    MASK,
    NORMALISE,
    SUM,
    checked,
    cosine,
    in_batch_mistakes,
    length_extremes,
    length_rules,
    lengths_do_not_matter,
    normalised_wrongly,
    rotation_does_not_matter,
    temperature_extremes,
    turning,
    zero_row_edges,
)
from grader.families import Family

Pair = tuple[Array, Array]


def logits_and_positives(z1: Array, z2: Array, temperature: float) -> tuple[Array, Array, Array]:
    """Return all 2n rows, their cosines over the temperature, and where each positive stands.

    A row's cosine with itself is -inf, so that it takes no part in any sum of exponentials.
    """
    rows = np.concatenate(checked(z1, z2))
    unit = directions(rows)
    logits = unit @ unit.T / temperature
    np.fill_diagonal(logits, -np.inf)
    return rows, logits, np.roll(np.arange(len(rows)), len(z1))


def reference(z1: Array, z2: Array, temperature: float = 0.5) -> float:
    """Return the mean over all 2n rows of log(sum_j exp(s_ij)) - s_i,pair(i), j other than i.

    Args:
        z1, z2: same shape (n, d); row i of one is the other view of row i of the other. s are
            their cosines, divided by the temperature.
        temperature: > 0.

    Returns:
        The loss in nats, >= 0.

    Raises:
        ValueError: for different shapes, empty input or a zero row.

    Source: Chen, Kornblith, Norouzi, Hinton, A Simple Framework for Contrastive Learning of Visual
    Representations (2020), equation 1 and algorithm 1.
    """
    _, logits, positive = logits_and_positives(z1, z2, temperature)
    return float(np.mean(log_sum_exp(logits) - logits[np.arange(len(logits)), positive]))


def gradient(z1: Array, z2: Array, temperature: float = 0.5) -> Pair:
    """Return the derivatives with respect to z1 and z2 as given, each (n, d); errors as above.

    Each row takes part as an anchor and as a candidate of all others: weights and their transpose.

    Source: Chen, Kornblith, Norouzi, Hinton (2020), table 2, for the derivative of one anchor.
    """
    rows, logits, positive = logits_and_positives(z1, z2, temperature)
    weights = np.exp(logits - log_sum_exp(logits)[:, None])
    anchors = np.arange(len(rows))
    # p - 1 loses the digits of a sure anchor; minus the sum of the others keeps them.
    weights[anchors, positive] = 0.0
    weights[anchors, positive] = -weights.sum(axis=1)
    weights /= temperature * len(rows)
    unit = directions(rows)
    both = through_unit(rows, unit, (weights + weights.T) @ unit)
    return both[: len(z1)], both[len(z1) :]


def terms(z1: Array, z2: Array, temperature: float = 0.5) -> float:
    return float(1.0 / temperature + np.log(2.0 * len(z1)))


def definition(mp: Any, z1: Any, z2: Any, temperature: Any) -> Any:
    rows = [*z1, *z2]

    def cost(i: int) -> Any:
        others = [j for j in range(len(rows)) if j != i]
        logits = {j: cosine(mp, rows[i], rows[j]) / temperature for j in others}
        return exact_log_sum_exp(mp, list(logits.values())) - logits[(i + len(z1)) % len(rows)]

    return mean(mp, map(cost, range(len(rows))))


def same_views(rng: np.random.Generator) -> Case:
    """Both views point the same way: each positive is as near as can be."""
    z1, _ = sample(rng, (5, 4))
    return Case((z1, 2.0 * z1))


def all_alike(rng: np.random.Generator) -> Case:
    """All 2n rows point the same way, so that no candidate is told from another."""
    (row,) = sample(rng, (4, 3))[0][:1]
    stretch = rng.uniform(0.5, 3.0, size=(2, 4, 1))
    return Case((stretch[0] * row, stretch[1] * row))


def spread_out(rng: np.random.Generator) -> Case:
    """Rows that are nearly orthogonal: at this temperature each is worlds away from all others."""
    rows = np.linalg.qr(rng.normal(size=(8, 8)))[0] + rng.uniform(-0.1, 0.1, size=(8, 8))
    return Case((rows[:4], rows[4:]), {"temperature": 0.02})


def lone_pair(rng: np.random.Generator) -> Case:
    z1, z2 = sample(rng, (2, 3))
    return Case((z1[:1], z2[:1]))


EXTREMES = (
    *temperature_extremes(mismatched, "log(2n - 1)"),
    Extreme(
        "nearly orthogonal rows at a temperature of 0.02",
        spread_out,
        "Leave a row itself out of its sum from the start: taken off again, its share of 1 has "
        "swallowed all digits of the others.",
    ),
    *length_extremes(laws.drawn(sample, 5, 4), 0, 1),
)

EDGES = (
    *zero_row_edges(laws.drawn(sample, 5, 4), z1=0, z2=1),
    Edge("views of one direction", same_views, "Only directions count, not lengths."),
    Edge(
        "all rows alike",
        all_alike,
        "Where all rows point the same way, no candidate can be told, and the loss is log(2n - 1).",
        gradient=False,
    ),
    Edge(
        "a single pair",
        lone_pair,
        "With n = 1 the positive is the only candidate, and the loss is 0.",
        gradient=False,
    ),
)

VECTORISED = (
    NORMALISE
    + """\


def forward(z1, z2, temperature):
    if z1.ndim != 2 or z1.shape != z2.shape or z1.size == 0:
        raise ValueError("z1 and z2 must have the same shape (n, d) and not be empty")
    u, length = normalise(np.concatenate([z1, z2]))
    n = len(z1)
    logits = u @ u.T / temperature
    np.fill_diagonal(logits, -np.inf)
    positive = np.concatenate([np.arange(n, 2 * n), np.arange(n)])
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return u, length, log_p, positive


def loss(z1, z2, temperature=0.5):
    _, _, log_p, positive = forward(z1, z2, temperature)
    return -log_p[np.arange(len(log_p)), positive].mean()


def grad(z1, z2, temperature=0.5):
    u, length, log_p, positive = forward(z1, z2, temperature)
    m = len(u)
    g = np.exp(log_p)
    g[np.arange(m), positive] -= 1
    g /= m * temperature
    dz = denormalise((g + g.T) @ u, u, length)
    return dz[: m // 2], dz[m // 2 :].copy()
"""
)

ANCHOR_BY_ANCHOR = """\
import numpy as np


def views(z1, z2):
    if np.shape(z1) != np.shape(z2) or np.size(z1) == 0:
        raise ValueError("two views of the same images, please")
    rows = np.vstack((z1, z2)).astype(float)
    lengths = np.array([np.linalg.norm(row) for row in rows])
    if 0 in lengths:
        raise ValueError("a view without direction")
    return rows / lengths.reshape(-1, 1), lengths


def softmax_of_others(units, i, temperature):
    others = np.delete(np.arange(len(units)), i)
    logits = units[others] @ units[i] / temperature
    top = np.max(logits)
    weights = np.exp(logits - top)
    total = np.sum(weights)
    return others, logits, weights / total, top + np.log(total)


def loss(z1, z2, temperature=0.5):
    units, _ = views(z1, z2)
    total = 0.0
    for i in range(len(units)):
        others, logits, _, log_total = softmax_of_others(units, i, temperature)
        partner = (i + len(z1)) % len(units)
        total += log_total - logits[others == partner][0]
    return total / len(units)


def grad(z1, z2, temperature=0.5):
    units, lengths = views(z1, z2)
    result = np.zeros_like(units)
    for i in range(len(units)):
        others, _, weights, _ = softmax_of_others(units, i, temperature)
        weights[others == (i + len(z1)) % len(units)] -= 1.0
        result[i] += weights @ units[others]
        result[others] += np.outer(weights, units[i])
    result /= len(units) * temperature
    along = np.sum(result * units, axis=1)
    result = (result - along[:, np.newaxis] * units) / lengths[:, np.newaxis]
    return result[: len(z1)].copy(), result[len(z1) :].copy()
"""

BLOCKS = '''\
import numpy as np


def unit(rows):
    """Unit rows and their lengths, the largest entry taken out before squaring."""
    largest = np.abs(rows).max(axis=1)
    if not np.all(largest != 0):
        raise ValueError("zero row")
    scaled = rows / largest[:, None]
    norm = np.sqrt(np.einsum("id,id->i", scaled, scaled))
    return np.einsum("id,i->id", scaled, 1 / norm), largest * norm


class Batch:
    """Four n x n blocks of similarities; a view and itself meet on two of their diagonals."""

    def __init__(self, z1, z2, temperature):
        if z1.shape != z2.shape or 0 in z1.shape:
            raise ValueError(f"cannot pair {z1.shape} with {z2.shape}")
        (self.a, self.a_length), (self.b, self.b_length) = unit(z1), unit(z2)
        self.temperature = temperature
        aa, ab, bb = (
            np.einsum("id,jd->ij", x, y) / temperature
            for x, y in ((self.a, self.a), (self.a, self.b), (self.b, self.b))
        )
        self.positive = np.diagonal(ab).copy()
        self_a, self_b = np.eye(len(aa), dtype=bool), np.eye(len(bb), dtype=bool)
        self.rows = (
            np.hstack([ab, np.where(self_a, -np.inf, aa)]),
            np.hstack([ab.T, np.where(self_b, -np.inf, bb)]),
        )

    def loss(self):
        total = sum(np.logaddexp.reduce(rows, axis=1) - self.positive for rows in self.rows)
        return 0.5 * float(np.mean(total))

    def grad(self):
        n = len(self.a)
        p, q = (np.exp(r - np.logaddexp.reduce(r, axis=1)[:, None]) for r in self.rows)
        cross = p[:, :n] + q[:, :n].T - 2 * np.identity(n)
        near_a, near_b = p[:, n:] + p[:, n:].T, q[:, n:] + q[:, n:].T
        da = cross @ self.b + near_a @ self.a
        db = cross.T @ self.a + near_b @ self.b
        scale = 2 * n * self.temperature
        return tuple(
            (d - np.einsum("id,id->i", d, u)[:, None] * u) / (scale * length)[:, None]
            for d, u, length in ((da, self.a, self.a_length), (db, self.b, self.b_length))
        )


def loss(z1, z2, temperature=0.5):
    return Batch(z1, z2, temperature).loss()


def grad(z1, z2, temperature=0.5):
    return Batch(z1, z2, temperature).grad()
'''

INTERLEAVED = """\
import numpy as np


def similarities(z1, z2):
    if z1.shape != z2.shape:
        raise ValueError("shapes differ")
    if z1.size == 0:
        raise ValueError("empty batch")
    n, d = z1.shape
    # Views 2i and 2i + 1 belong together: the partner of j is j ^ 1.
    z = np.empty((2 * n, d))
    z[0::2], z[1::2] = z1, z2
    length = np.linalg.norm(z, axis=1)
    if np.count_nonzero(length) < 2 * n:
        raise ValueError("zero embedding")
    u = z / length[:, None]
    return u, length, u @ u.T


def excess(cosines, temperature):
    # How far every candidate is ahead of the right one.
    index = np.arange(len(cosines))
    ahead = (cosines - cosines[index, index ^ 1][:, None]) / temperature
    ahead[index, index] = -np.inf
    top = ahead.max(axis=1)
    weight = np.exp(ahead - top[:, None])
    return index, top, weight


def loss(z1, z2, temperature=0.5):
    _, top, weight = excess(similarities(z1, z2)[2], temperature)
    return np.mean(top + np.log(weight.sum(axis=1)))


def grad(z1, z2, temperature=0.5):
    u, length, cosines = similarities(z1, z2)
    index, _, weight = excess(cosines, temperature)
    weight /= weight.sum(axis=1)[:, None]
    weight[index, index ^ 1] -= 1.0
    both = (weight + weight.T) / (temperature * len(u))
    # The derivative of cos(a, b) by a is (b - cos a) / |a|, for unit a and b.
    dz = (both @ u - (both * cosines).sum(axis=1)[:, None] * u) / length[:, None]
    return dz[0::2].copy(), dz[1::2].copy()
"""

POSITIVE = "np.concatenate([np.arange(n, 2 * n), np.arange(n)])"

MISCONCEPTIONS = (
    Misconception(
        "self not excluded",
        Family.VALUES,
        "It leaves each view among its own candidates, where it always wins with a cosine of 1.",
        patched(VECTORISED, (MASK, "")),
    ),
    Misconception(
        "self set to 0",
        Family.VALUES,
        "It sets a view's similarity to itself to 0, which still adds exp(0) = 1 to the sum.",
        patched(VECTORISED, ("(logits, -np.inf)", "(logits, 0.0)")),
    ),
    Misconception(
        "other views only",
        Family.VALUES,
        "It compares z1 with z2 alone, as InfoNCE does: views of the same side are missing.",
        patched(
            VECTORISED,
            (
                MASK,
                "    side = np.arange(2 * n) < n\n    logits[side[:, None] == side] = -np.inf\n",
            ),
        ),
    ),
    Misconception(
        "anchors of one side only",
        Family.VALUES,
        "It averages over the n rows of z1 where all 2n views are anchors.",
        patched(
            VECTORISED,
            ("positive].mean()", "positive][: len(log_p) // 2].mean()"),
            ("    g /= m * temperature", "    g[m // 2 :] = 0\n    g /= m // 2 * temperature"),
        ),
    ),
    Misconception(
        "neighbours as pairs",
        Family.VALUES,
        "It takes neighbouring rows of the stack for a pair, where view i of z1 and view i of z2 "
        "belong together.",
        patched(VECTORISED, (POSITIVE, "np.arange(2 * n) ^ 1")),
    ),
    Misconception(
        "positive left out below",
        Family.VALUES,
        "It sums the exponentials over the negatives only; the positive belongs to the sum too.",
        patched(
            VECTORISED,
            (
                f"np.log({SUM})",
                "np.log((np.exp(shifted) * (np.arange(2 * n) != positive[:, None]))"
                ".sum(axis=1, keepdims=True))",
            ),
        ),
    ),
    Misconception(
        "temperature multiplied",
        Family.VALUES,
        "It multiplies the cosines by the temperature where they are divided by it.",
        patched(
            VECTORISED,
            ("u @ u.T / temperature", "u @ u.T * temperature"),
            ("g /= m * temperature", "g *= temperature / m"),
        ),
    ),
    Misconception(
        "divided by n",
        Family.VALUES,
        "It divides the sum over 2n anchors by n, which doubles the loss.",
        patched(VECTORISED, ("].mean()", "].mean() * 2"), ("m * temp", "m / 2 * temp")),
    ),
    Misconception(
        "gradient without 1/temperature",
        Family.GRADIENTS,
        "Its gradient lacks the division by the temperature.",
        patched(VECTORISED, ("g /= m * temperature", "g /= m")),
    ),
    Misconception(
        "gradient divided by n",
        Family.GRADIENTS,
        "Its gradient is divided by n, where the mean is over 2n anchors.",
        patched(VECTORISED, ("g /= m * temperature", "g /= m / 2 * temperature")),
    ),
    Misconception(
        "self subtracted from the sum",
        Family.STABILITY,
        "It sums over all views and takes its own share off again, which leaves no digit of the "
        "others at a low temperature.",
        patched(
            VECTORISED,
            (MASK, ""),
            (f"np.log({SUM})", f"np.log({SUM} - np.exp(np.diag(shifted))[:, None])"),
            (
                "    g[np.arange(m), positive] -= 1",
                "    np.fill_diagonal(g, 0)\n    g[np.arange(m), positive] -= 1",
            ),
        ),
    ),
    Misconception(
        "shapes not compared",
        Family.EDGE_CASES,
        "It stacks views of different numbers, and pairs what does not belong together.",
        patched(VECTORISED, ("z1.shape != z2.shape", "z1.shape[1:] != z2.shape[1:]")),
    ),
    *in_batch_mistakes(VECTORISED),
    *normalised_wrongly(VECTORISED),
)

USUAL = laws.drawn(sample, 5, 4)


def _all_alike(rng: np.random.Generator) -> tuple[float, float]:
    return laws.value(reference, all_alike(rng)), float(np.log(7.0))


def _hot(rng: np.random.Generator) -> tuple[float, float]:
    return reference(*sample(rng, (5, 4)), temperature=1e12), float(np.log(9.0))


LAWS = (
    lengths_do_not_matter(reference, USUAL, 0, 1),
    rotation_does_not_matter(reference, USUAL, 0, 1),
    laws.unchanged("It is symmetric in both views.", reference, USUAL, laws.swapped()),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
    Law("Where all rows are alike it is log(2n - 1).", _all_alike),
    Law("At an endless temperature it is log(2n - 1).", _hot),
    laws.zero("With a single pair it is 0.", reference, lone_pair),
)

TASKS = (
    Task(
        slug="nt-xent",
        title="NT-Xent",
        formula=(
            r"L = \frac{1}{2n} \sum_{i=1}^{2n} \Bigl( \log \sum_{j \ne i} "
            r"e^{\hat{z}_i \cdot \hat{z}_j / \tau} - \hat{z}_i \cdot \hat{z}_{i'} / \tau \Bigr), "
            r"\qquad \hat{z} = \frac{z}{\lVert z \rVert_2}, \quad "
            r"i' = i \pm n"
        ),
        sentence=(
            "Stack the rows of z1 and z2 and bring each to Euclidean length 1; the loss is the "
            "mean over all 2n rows of the log of the summed exponentials of its cosines with all "
            "other rows over the temperature, minus its cosine with its partner over that."
        ),
        domain=(
            "z1, z2: real rows of one shape (n, d), row i of z2 being the other view of row i of "
            "z1; temperature above 0. Shapes that differ and zero rows raise ValueError."
        ),
        rules=(
            *length_rules("z1", "z2"),
            "Every row of z1 and of z2 is an anchor: the mean is over 2n.",
            "Its candidates are the 2n - 1 other rows of both sides, its partner included and "
            "itself excluded.",
            "The temperature is positive; no other is passed.",
            "Logarithms are natural.",
            "grad returns a tuple: the derivatives with respect to z1 and z2 as given, before they "
            "are normalised, each (n, d).",
        ),
        source=(
            "Chen, Kornblith, Norouzi, Hinton, A Simple Framework for Contrastive Learning of "
            "Visual Representations (2020), equation 1 and algorithm 1."
        ),
        brief=Brief(
            prompt="A museum has a million photographs and no labels. Each is cropped and tinted "
            "twice at random, and a network embeds both versions: `z1` and `z2`. For every "
            "version, the other version of the same photograph should be the likeliest among all "
            "other rows of the batch. Write this loss, known from SimCLR, and its gradients with "
            "respect to both arrays.",
            context="A softmax over 2n rows without the anchor itself, and a gradient in which "
            "every row is both anchor and candidate, through the normalisation.",
            topics=("embeddings", "stability"),
            difficulty="hard",
            minutes=40,
        ),
        examples=(
            Example(
                Case(
                    (np.array([[2.0, 0.0], [0.0, 3.0]]), np.array([[1.0, 0.0], [0.0, 5.0]])),
                    {"temperature": float(1.0 / np.log(2.0))},
                ),
                value=float(np.log(2.0)),
                working="The partner's cosine is 1 and the two others' 0; over this temperature "
                "they are log 2 and 0, so each anchor costs log(2 + 1 + 1) - log 2.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("z1", "n d", differentiate=True),
            Argument("z2", "n d", differentiate=True),
        ),
        parameters=(Parameter("temperature", 0.5, (0.1, 0.2, 1.0)),),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((5, 4), (2, 3), (3, 2), (4, 6)),
        large=(100, 100),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        curves=(
            turning(
                "The angle of one view to the other, another pair across, temperature = 0.5",
                lambda row: (np.array([row, [0.0, 1.0]]), np.eye(2)),
            ),
        ),
        variants=(
            Variant("vectorised", VECTORISED),
            Variant("anchor by anchor", ANCHOR_BY_ANCHOR, slow=True),
            Variant("four blocks in a class", BLOCKS),
            Variant("interleaved views", INTERLEAVED),
        ),
        non_negative=True,
        laws=LAWS,
    ),
)
