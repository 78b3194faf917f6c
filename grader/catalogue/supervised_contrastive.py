"""Supervised contrastive loss: rows of one class must find each other among all others."""

from typing import Any

import numpy as np

from grader.catalogue import laws, nt_xent
from grader.catalogue.euclidean import directions
from grader.catalogue.exact import log_sum_exp as exact_log_sum_exp
from grader.catalogue.exact import mean
from grader.catalogue.info_nce import through_unit
from grader.catalogue.inputs import require
from grader.catalogue.softmax_cross_entropy import log_sum_exp
from grader.catalogue.task import (
    Argument,
    Array,
    Brief,
    Case,
    Edge,
    Example,
    Expect,
    Extreme,
    Law,
    Misconception,
    Parameter,
    Shape,
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


def logits_and_targets(labels: Array, z: Array, temperature: float) -> Pair:
    """Return the cosines over the temperature, and what is asked of each row's softmax.

    Targets are 1/|P(i)| at the positives of row i and 0 elsewhere; a row without any is all 0. A
    row's cosine with itself is -inf, so that it takes no part in any sum of exponentials.
    """
    (z,) = checked(z)
    require(np.shape(labels) == z.shape[:1], "there must be one label per row")
    unit = directions(z)
    logits = unit @ unit.T / temperature
    np.fill_diagonal(logits, -np.inf)
    positive = labels[:, None] == labels[None, :]
    np.fill_diagonal(positive, False)
    count = positive.sum(axis=1)
    require(bool(np.any(count)), "no class has two rows")
    return logits, positive / np.maximum(count, 1)[:, None]


def reference(labels: Array, z: Array, temperature: float = 0.1) -> float:
    """Return the mean over anchors i of -1/|P(i)| sum_p log softmax_{a != i}(s_i)_p, p in P(i).

    Args:
        labels: shape (n,), integers; only which are equal counts.
        z: shape (n, d); s are the cosines of its rows, divided by the temperature.
        temperature: > 0.

    Returns:
        The loss in nats, >= 0: L_out, averaged over the rows that have a positive.

    Raises:
        ValueError: for shapes that do not fit, empty input, a zero row, or where no two rows
            share a label.

    Source: Khosla et al., Supervised Contrastive Learning (2020), equation 2.
    """
    logits, targets = logits_and_targets(labels, z, temperature)
    expected = np.sum(targets * np.where(targets > 0, logits, 0.0), axis=1)
    anchors = targets.any(axis=1)
    return float(np.mean(log_sum_exp(logits)[anchors] - expected[anchors]))


def gradient(labels: Array, z: Array, temperature: float = 0.1) -> tuple[Array]:
    """Return the derivative with respect to z as given, shape (n, d); errors as above.

    Each row takes part as an anchor and as a candidate of all others: weights and their transpose.

    Source: Khosla et al. (2020), supplementary material, section "Gradient derivation".
    """
    logits, targets = logits_and_targets(labels, z, temperature)
    weights = np.exp(logits - log_sum_exp(logits)[:, None]) - targets
    anchors = targets.any(axis=1)
    # p - 1 loses the digits of a sure anchor; minus the sum of the others keeps them.
    alone = np.max(targets, axis=1) == 1.0
    rest = np.where(targets == 1.0, 0.0, weights).sum(axis=1)
    weights = np.where(alone[:, None] & (targets == 1.0), -rest[:, None], weights)
    weights[~anchors] = 0.0
    weights /= temperature * np.count_nonzero(anchors)
    unit = directions(z)
    return (through_unit(z, unit, (weights + weights.T) @ unit),)


def terms(labels: Array, z: Array, temperature: float = 0.1) -> float:
    return float(1.0 / temperature + np.log(len(z)))


def definition(mp: Any, labels: Any, z: Any, temperature: Any) -> Any:
    def costs(i: int) -> Any:
        others = [j for j in range(len(z)) if j != i]
        logits = {j: cosine(mp, z[i], z[j]) / temperature for j in others}
        total = exact_log_sum_exp(mp, list(logits.values()))
        return [total - logits[j] for j in others if labels[j] == labels[i]]

    per_anchor = [costs(i) for i in range(len(z))]
    return mean(mp, (mean(mp, row) for row in per_anchor if row))


PATTERN = (0, 0, 1, 1, 1, 2, 3, 3, 3, 3)  # classes of several sizes, and a row on its own


def sample(rng: np.random.Generator, shape: Shape) -> Pair:
    """Draw rows of classes of different sizes; from three rows on, one may be on its own."""
    names = rng.permutation(100)
    more = rng.integers(0, 20, size=max(0, shape[0] - len(PATTERN)))
    classes = np.concatenate([PATTERN[: shape[0]], more]).astype(np.int64)
    return rng.permutation(names[classes]), spread(rng, shape)


def spread(rng: np.random.Generator, shape: Shape) -> Array:
    """Draw rows of several lengths whose cosines are never near 1."""
    unit = directions(rng.normal(size=shape))
    while np.max(unit @ unit.T - 2.0 * np.eye(shape[0])) > 0.97 and shape[0] < 20:
        unit = directions(rng.normal(size=shape))
    return unit * rng.uniform(0.5, 3.0, size=(shape[0], 1))


LABELS = np.array([0, 0, 1, 1, 2, 2, 3, 3])


def mismatched(rng: np.random.Generator, temperature: float) -> Case:
    """Eight rows, each next to one of another class and at right angles to its own."""
    corners = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    near = corners + rng.uniform(-0.05, 0.05, size=(4, 4))
    z = np.concatenate([corners, near]) * rng.uniform(0.5, 3.0, size=(8, 1))
    return Case((LABELS.copy(), z), {"temperature": temperature})


def far_apart(rng: np.random.Generator) -> Case:
    """Rows that are nearly orthogonal: at this temperature each is worlds away from all others."""
    case = nt_xent.spread_out(rng)
    return Case((LABELS.copy(), np.concatenate(case.arguments)), case.parameters)


def of_classes(rng: np.random.Generator, *labels: int) -> Case:
    """Ordinary rows with these labels."""
    return Case((np.array(labels), spread(rng, (len(labels), 4))))


EXTREMES = (
    *temperature_extremes(mismatched, "log(n - 1)"),
    Extreme(
        "nearly orthogonal rows at a temperature of 0.02",
        far_apart,
        "Leave a row itself out of its sum from the start: taken off again, its share of 1 has "
        "swallowed all digits of the others.",
    ),
    *length_extremes(laws.drawn(sample, 6, 4), 1),
)

EDGES = (
    *zero_row_edges(laws.drawn(sample, 6, 4), z=1),
    Edge(
        "no two rows share a label",
        lambda rng: of_classes(rng, 4, 2, 0, 3),
        "Without any positive there is nothing to average, and ValueError is raised.",
        Expect.VALUE_ERROR,
    ),
    Edge(
        "rows without a positive",
        lambda rng: of_classes(rng, 0, 1, 1, 2, 3),
        "A row that is alone in its class is no anchor, but a candidate of all others.",
    ),
    Edge(
        "one class",
        lambda rng: of_classes(rng, 7, 7, 7, 7),
        "Where all rows share a label, each has all others for positives.",
    ),
)

VECTORISED = (
    NORMALISE
    + """\


def forward(labels, z, temperature):
    if z.ndim != 2 or labels.shape != z.shape[:1] or z.size == 0:
        raise ValueError("labels must be (n,) and z (n, d), and not empty")
    u, length = normalise(z)
    logits = u @ u.T / temperature
    np.fill_diagonal(logits, -np.inf)
    positive = (labels[:, None] == labels) & ~np.eye(len(z), dtype=bool)
    count = positive.sum(axis=1)
    anchors = count > 0
    if not anchors.any():
        raise ValueError("no row has a positive")
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return u, length, log_p, positive, count, anchors


def loss(labels, z, temperature=0.1):
    _, _, log_p, positive, count, anchors = forward(labels, z, temperature)
    per_row = np.where(positive, log_p, 0).sum(axis=1)
    return -(per_row[anchors] / count[anchors]).mean()


def grad(labels, z, temperature=0.1):
    u, length, log_p, positive, count, anchors = forward(labels, z, temperature)
    g = np.exp(log_p) - positive / np.maximum(count, 1)[:, None]
    g = anchors[:, None] * g / (anchors.sum() * temperature)
    return denormalise((g + g.T) @ u, u, length)
"""
)

ANCHOR_BY_ANCHOR = """\
import numpy as np


def prepare(labels, z):
    if len(np.shape(z)) != 2 or np.shape(labels) != (len(z),) or 0 in np.shape(z):
        raise ValueError("one label for each row, and at least one row")
    lengths = np.linalg.norm(z, axis=1)
    if (lengths == 0).any():
        raise ValueError("zero row")
    n = range(len(z))
    groups = [[j for j in n if j != i and labels[j] == labels[i]] for i in n]
    anchors = [i for i, group in enumerate(groups) if group]
    if not anchors:
        raise ValueError("every row is alone in its class")
    return (z.T / lengths).T, lengths, groups, anchors


def candidates(units, i, temperature):
    others = np.array([j for j in range(len(units)) if j != i])
    s = units[others] @ units[i] / temperature
    top = s.max()
    weight = np.exp(s - top)
    return others, s, top + np.log(weight.sum()), weight / weight.sum()


def loss(labels, z, temperature=0.1):
    units, _, groups, anchors = prepare(labels, z)
    costs = []
    for i in anchors:
        others, s, log_total, _ = candidates(units, i, temperature)
        costs.append(np.mean([log_total - s[others == j][0] for j in groups[i]]))
    return float(sum(costs) / len(costs))


def grad(labels, z, temperature=0.1):
    units, lengths, groups, anchors = prepare(labels, z)
    result = np.zeros(units.shape)
    for i in anchors:
        others, _, _, weight = candidates(units, i, temperature)
        weight = weight - np.isin(others, groups[i]) / len(groups[i])
        weight = weight / (temperature * len(anchors))
        result[i] += weight @ units[others]
        result[others] += np.outer(weight, units[i])
    along = (result * units).sum(axis=1, keepdims=True)
    return (result - along * units) / lengths[:, None]
"""

OFF_DIAGONAL = '''\
import numpy as np


def off_diagonal(square):
    """An n x n array as n rows of n - 1: each row without its own entry."""
    n = len(square)
    return square[~np.eye(n, dtype=bool)].reshape(n, n - 1)


def parts(labels, z, temperature):
    if labels.ndim != 1 or z.shape[:1] != labels.shape or z.size < 1:
        raise ValueError(f"bad shapes {labels.shape} and {z.shape}")
    length = np.sqrt(np.einsum("nd,nd->n", z, z))[:, None]
    if not length.all():
        raise ValueError("a zero row has no direction")
    _, classes, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    partners = sizes[classes] - 1
    if not partners.any():
        raise ValueError("no class with two rows")
    share = np.equal.outer(classes, classes) / np.maximum(partners, 1)[:, None]
    s = off_diagonal((z / length) @ (z / length).T) / temperature
    weight = (partners > 0) / np.count_nonzero(partners)
    return z / length, length, off_diagonal(share), s, np.logaddexp.reduce(s, axis=1), weight


def loss(labels, z, temperature=0.1):
    _, _, share, s, log_total, weight = parts(labels, z, temperature)
    return float(weight @ (log_total - np.einsum("ij,ij->i", share, s)))


def grad(labels, z, temperature=0.1):
    u, length, share, s, log_total, weight = parts(labels, z, temperature)
    by_cosine = np.zeros((len(z), len(z)))
    slope = weight[:, None] * (np.exp(s - log_total[:, None]) - share) / temperature
    by_cosine[~np.eye(len(z), dtype=bool)] = slope.ravel()
    du = (by_cosine + by_cosine.T) @ u
    return (du - np.einsum("nd,nd->n", du, u)[:, None] * u) / length
'''

LEADS = """\
import numpy as np


def setup(labels, z, temperature):
    if z.ndim != 2 or z.size == 0:
        raise ValueError("z must be (n, d)")
    if labels.shape != (z.shape[0],):
        raise ValueError("labels must be (n,)")
    length = np.linalg.norm(z, axis=1)[:, np.newaxis]
    if np.min(length) == 0:
        raise ValueError("zero row")
    cosine = (z / length) @ (z / length).T
    pairs = np.argwhere(np.equal(labels[:, np.newaxis], labels[np.newaxis, :]))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    if len(pairs) == 0:
        raise ValueError("no positives")
    # The weight of a pair of one class: 1 over the anchor's positives, over all anchors.
    count = np.bincount(pairs[:, 0], minlength=len(z))
    return length, cosine, pairs, 1.0 / count[pairs[:, 0]] / np.count_nonzero(count)


def competition(cosine, pairs, temperature):
    anchor, positive = pairs.T
    ahead = (cosine[anchor] - cosine[anchor, positive][:, np.newaxis]) / temperature
    ahead[np.arange(len(pairs)), anchor] = -np.inf
    top = ahead.max(axis=1, keepdims=True)
    weight = np.exp(ahead - top)
    return anchor, positive, top[:, 0] + np.log(weight.sum(axis=1)), weight


def loss(labels, z, temperature=0.1):
    _, cosine, pairs, share = setup(labels, z, temperature)
    return np.dot(share, competition(cosine, pairs, temperature)[2])


def grad(labels, z, temperature=0.1):
    length, cosine, pairs, share = setup(labels, z, temperature)
    anchor, positive, _, weight = competition(cosine, pairs, temperature)
    weight *= (share / weight.sum(axis=1))[:, np.newaxis]
    by_cosine = np.zeros(cosine.shape)
    np.add.at(by_cosine, anchor, weight)
    np.add.at(by_cosine, (anchor, positive), -share)
    by_cosine = (by_cosine + by_cosine.T) / temperature
    u = z / length
    return (by_cosine @ u - (by_cosine * cosine).sum(axis=1, keepdims=True) * u) / length
"""

POSITIVE = "(labels[:, None] == labels) & ~np.eye(len(z), dtype=bool)"
MEAN = "-(per_row[anchors] / count[anchors]).mean()"

MISCONCEPTIONS = (
    Misconception(
        "mean inside the logarithm",
        Family.VALUES,
        "It averages the positives inside the logarithm: that is L_in, where L_out averages the "
        "logarithms.",
        patched(
            VECTORISED,
            (
                MEAN,
                "-np.log((np.exp(log_p) * positive).sum(axis=1)[anchors] / count[anchors]).mean()",
            ),
            (
                "positive / np.maximum(count, 1)[:, None]",
                "np.exp(log_p) * positive "
                "/ np.where(anchors, (np.exp(log_p) * positive).sum(axis=1), 1)[:, None]",
            ),
        ),
    ),
    Misconception(
        "self among the candidates",
        Family.VALUES,
        "It leaves each row among its own candidates, where it always wins with a cosine of 1.",
        patched(VECTORISED, (MASK, "")),
    ),
    Misconception(
        "positives summed",
        Family.VALUES,
        "It adds up the positives of an anchor and does not divide by their number.",
        patched(
            VECTORISED,
            (MEAN, "-per_row[anchors].mean()"),
            (
                "np.exp(log_p) - positive / np.maximum(count, 1)[:, None]",
                "np.exp(log_p) * count[:, None] - positive",
            ),
        ),
    ),
    Misconception(
        "mean over all positive pairs",
        Family.VALUES,
        "It averages over all pairs of one class at once, so large classes weigh more; each "
        "anchor should weigh the same.",
        patched(
            VECTORISED,
            (MEAN, "-per_row.sum() / count.sum()"),
            (
                "    g = anchors[:, None] * g / (anchors.sum() * temperature)",
                "    g = count[:, None] * g / (count.sum() * temperature)",
            ),
        ),
    ),
    Misconception(
        "divided by all rows",
        Family.VALUES,
        "It divides by n where rows without a positive are left out of the mean.",
        patched(
            VECTORISED, (".mean()", ".sum() / len(z)"), ("anchors.sum() * temp", "len(z) * temp")
        ),
    ),
    Misconception(
        "base temperature",
        Family.VALUES,
        "It multiplies the loss by temperature / 0.07, as the paper's code does and its formula "
        "does not.",
        patched(
            VECTORISED,
            (MEAN, MEAN + " * temperature / 0.07"),
            ("/ (anchors.sum() * temperature)", "/ (anchors.sum() * 0.07)"),
        ),
    ),
    Misconception(
        "self subtracted from the sum",
        Family.STABILITY,
        "It sums over all rows and takes each row's own share off again, which leaves no digit of "
        "the others at a low temperature.",
        patched(
            VECTORISED,
            (MASK, ""),
            (f"np.log({SUM})", f"np.log({SUM} - np.exp(np.diag(shifted))[:, None])"),
            ("    g = anchors", "    np.fill_diagonal(g, 0)\n    g = anchors"),
        ),
    ),
    Misconception(
        "rows on their own divide by 0",
        Family.EDGE_CASES,
        "It divides by the number of positives where there is none: one such row makes all NaN.",
        patched(VECTORISED, (MEAN, "-(per_row / count).mean()")),
    ),
    *in_batch_mistakes(VECTORISED),
    *normalised_wrongly(VECTORISED),
)

USUAL = laws.drawn(sample, 6, 4)


def _two_views(rng: np.random.Generator) -> tuple[float, float]:
    """Each class holds two rows: the two views of SimCLR."""
    z = spread(rng, (8, 5))
    labels = np.tile(rng.permutation(4), 2)
    return reference(labels, z, 0.5), nt_xent.reference(z[:4], z[4:], 0.5)


def _hot(rng: np.random.Generator) -> tuple[float, float]:
    labels, z = sample(rng, (6, 4))
    return reference(labels, z, temperature=1e12), float(np.log(5.0))


LAWS = (
    Law("With two rows in every class it is NT-Xent.", _two_views),
    Law("At an endless temperature it is log(n - 1).", _hot),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
    lengths_do_not_matter(reference, USUAL, 1),
    rotation_does_not_matter(reference, USUAL, 1),
)

TASKS = (
    Task(
        slug="supervised-contrastive",
        title="Supervised contrastive loss",
        formula=(
            r"L = \frac{1}{|I|} \sum_{i \in I} \frac{-1}{|P(i)|} \sum_{p \in P(i)} \log "
            r"\frac{e^{\hat{z}_i \cdot \hat{z}_p / \tau}}{\sum_{a \ne i} "
            r"e^{\hat{z}_i \cdot \hat{z}_a / \tau}}, \qquad \hat{z} = "
            r"\frac{z}{\lVert z \rVert_2}, \quad P(i) = \{ p \ne i : y_p = y_i \}, \quad "
            r"I = \{ i : P(i) \ne \emptyset \}"
        ),
        sentence=(
            "Bring every row to Euclidean length 1; each row takes a softmax of its cosines with "
            "all other rows over the temperature, and costs the mean of minus the logarithm at the "
            "rows of its own class; the loss is the mean over the rows that have such a partner."
        ),
        domain=(
            "labels: shape (n,), integers, of which only the equality counts; z: real rows of "
            "shape (n, d); temperature above 0. Shapes that do not fit, zero rows, and labels of "
            "which no two are equal raise ValueError."
        ),
        rules=(
            *length_rules("z"),
            "A row's candidates are all other rows of the batch, positives included and itself "
            "excluded.",
            "The mean over an anchor's positives is outside of the logarithm.",
            "A row without a positive is left out of the mean, but stays a candidate of others.",
            "Where no row has a positive, ValueError is raised.",
            "The temperature is positive, no other is passed, and nothing else scales the loss.",
            "Logarithms are natural.",
            "grad returns the derivative with respect to z as given, before it is normalised.",
        ),
        source="Khosla et al., Supervised Contrastive Learning (2020), equation 2 (L_out), "
        "averaged over the anchors that have a positive.",
        brief=Brief(
            prompt="An app names birds by their song. The recordings of a batch are embedded as "
            "the rows of `z`, and `labels` says which species each one is. All recordings of a "
            "species should lie close together, and away from all others; species that occur only "
            "once in the batch have nobody to be close to. Write the supervised contrastive loss "
            "(L_out) and its gradient with respect to `z`.",
            context="A softmax over all other rows with several right answers each, anchors that "
            "drop out, and a gradient in which every row plays two parts.",
            topics=("embeddings", "classification", "stability"),
            difficulty="hard",
            minutes=45,
        ),
        examples=(
            Example(
                Case(
                    (
                        np.array([5, 5, 8]),
                        np.array([[2.0, 0.0], [1.0, 0.0], [0.0, 3.0]]),
                    ),
                    {"temperature": float(1.0 / np.log(3.0))},
                ),
                value=float(np.log(4.0 / 3.0)),
                working="The first two share a class and a direction: over this temperature their "
                "cosines of 1 and 0 are log 3 and 0, so each costs log(3 + 1) - log 3; the third "
                "is no anchor.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("labels", "n", labels=True),
            Argument("z", "n d", differentiate=True),
        ),
        parameters=(Parameter("temperature", 0.1, (0.2, 0.5, 1.0)),),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((6, 4), (3, 3), (5, 2), (8, 5)),
        large=(150, 100),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        curves=(
            turning(
                "The angle to one of its class, another class across, temperature = 0.1",
                lambda row: (np.array([0, 0, 1]), np.array([row, [1.0, 0.0], [0.0, 1.0]])),
            ),
        ),
        variants=(
            Variant("vectorised", VECTORISED),
            Variant("anchor by anchor", ANCHOR_BY_ANCHOR, slow=True),
            Variant("off the diagonal", OFF_DIAGONAL),
            Variant("leads over each positive", LEADS, slow=True),
        ),
        non_negative=True,
        laws=LAWS,
    ),
)
