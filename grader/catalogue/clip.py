"""CLIP: each image must find its text, and each text its image."""

from typing import Any

import numpy as np

from grader.catalogue import info_nce, laws
from grader.catalogue.euclidean import directions
from grader.catalogue.exact import log_sum_exp as exact_log_sum_exp
from grader.catalogue.exact import mean
from grader.catalogue.info_nce import mismatched, one_key, same_rows, sample, terms, through_unit
from grader.catalogue.softmax_cross_entropy import log_sum_exp
from grader.catalogue.task import (
    Argument,
    Array,
    Brief,
    Case,
    Edge,
    Example,
    Law,
    Misconception,
    Parameter,
    Task,
    Variant,
    patched,
)
from grader.catalogue.unit_rows import (
    NORMALISE,
    checked,
    cosine,
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


def reference(image: Array, text: Array, temperature: float = 0.07) -> float:
    """Return half of the cross-entropies of rows and of columns of the cosines, in nats.

        L = 1/2 mean_i( lse_j s_ij - s_ii ) + 1/2 mean_j( lse_i s_ij - s_jj )

    Args:
        image, text: same shape (n, d); row i of one belongs to row i of the other. s are their
            cosines, divided by the temperature.
        temperature: > 0.

    Raises:
        ValueError: for different shapes, empty input or a zero row.

    Source: Radford et al., Learning Transferable Visual Models From Natural Language Supervision
    (2021), figure 3.
    """
    images, texts = checked(image, text)
    logits = directions(images) @ directions(texts).T / temperature
    both = log_sum_exp(logits) + log_sum_exp(logits.T)
    return float(np.mean(both / 2.0 - np.diag(logits)))


def off_diagonal(logits: Array) -> Array:
    """Return the softmax of each row without its diagonal."""
    weights = np.exp(logits - log_sum_exp(logits)[:, None])
    np.fill_diagonal(weights, 0.0)
    return np.asarray(weights)


def gradient(image: Array, text: Array, temperature: float = 0.07) -> Pair:
    """Return the derivatives with respect to image and text as given, each (n, d); errors as above.

    Source: the derivative of `reference`; of one direction, see Boudiaf et al., A Unifying Mutual
    Information View of Metric Learning (2020), section 4.
    """
    images, texts = checked(image, text)
    i, t = directions(images), directions(texts)
    logits = i @ t.T / temperature
    by_row, by_column = off_diagonal(logits), off_diagonal(logits.T).T
    weights = by_row + by_column
    # The diagonal is two times p - 1, as minus the sum of the others, which keeps the digits.
    np.fill_diagonal(weights, -(by_row.sum(axis=1) + by_column.sum(axis=0)))
    weights /= 2.0 * temperature * len(i)
    return through_unit(images, i, weights @ t), through_unit(texts, t, weights.T @ i)


def definition(mp: Any, image: Any, text: Any, temperature: Any) -> Any:
    rows = [[cosine(mp, i, t) / temperature for t in text] for i in image]
    columns = [list(column) for column in zip(*rows, strict=True)]

    def cost(logits: Any) -> Any:
        return mean(mp, (exact_log_sum_exp(mp, row) - row[i] for i, row in enumerate(logits)))

    return (cost(rows) + cost(columns)) / 2


def one_text_for_all(rng: np.random.Generator) -> Case:
    """Different images, all with the same caption."""
    images, texts = one_key(rng).arguments
    return Case((images, texts), {"temperature": 0.5})


EXTREMES = (
    *temperature_extremes(mismatched, "log n"),
    *length_extremes(laws.drawn(sample, 5, 4), 0, 1),
)

EDGES = (
    *zero_row_edges(laws.drawn(sample, 5, 4), image=0, text=1),
    Edge("texts along the images", same_rows, "Only directions count, not lengths."),
    Edge(
        "one text for all images",
        one_text_for_all,
        "Where all texts are the same, no image can tell them apart, though each text still has "
        "its own cosines with the images.",
    ),
)

VECTORISED = (
    NORMALISE
    + """\


def log_softmax(logits, axis):
    shifted = logits - logits.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def forward(image, text, temperature):
    if image.ndim != 2 or image.shape != text.shape or image.size == 0:
        raise ValueError("image and text must have the same shape (n, d) and not be empty")
    (i, i_length), (t, t_length) = normalise(image), normalise(text)
    logits = i @ t.T / temperature
    return i, i_length, t, t_length, log_softmax(logits, 1), log_softmax(logits, 0)


def loss(image, text, temperature=0.07):
    *_, rows, columns = forward(image, text, temperature)
    return -(np.diag(rows) + np.diag(columns)).mean() / 2


def grad(image, text, temperature=0.07):
    i, i_length, t, t_length, rows, columns = forward(image, text, temperature)
    n = len(i)
    g = (np.exp(rows) + np.exp(columns) - 2 * np.eye(n)) / (2 * n * temperature)
    return denormalise(g @ t, i, i_length), denormalise(g.T @ i, t, t_length)
"""
)

BOTH_WAYS = '''\
import numpy as np


def find(queries, keys, temperature):
    """One direction: its loss, and what pulls at every pair of unit rows."""
    total, pull = 0.0, []
    for i, query in enumerate(queries):
        z = keys @ query / temperature
        z = z - np.max(z)
        p = np.exp(z)
        total += np.log(p.sum()) - z[i]
        p = p / p.sum()
        p[i] -= 1
        pull.append(p / (temperature * len(queries)))
    return total / len(queries), np.array(pull)


def units(rows):
    lengths = np.array([np.linalg.norm(row) for row in rows])
    if (lengths == 0).sum():
        raise ValueError("zero vector")
    return (rows.T / lengths).T, lengths


def checked(image, text):
    if np.shape(image) != np.shape(text) or np.size(image) == 0:
        raise ValueError("need as many texts as images, and some")
    return *units(image), *units(text)


def loss(image, text, temperature=0.07):
    i, _, t, _ = checked(image, text)
    return 0.5 * (find(i, t, temperature)[0] + find(t, i, temperature)[0])


def tangent(pull, unit, lengths):
    return np.array([(p - p.dot(u) * u) / s for p, u, s in zip(pull, unit, lengths)])


def grad(image, text, temperature=0.07):
    i, i_lengths, t, t_lengths = checked(image, text)
    pull = 0.5 * (find(i, t, temperature)[1] + find(t, i, temperature)[1].T)
    return tangent(pull @ t, i, i_lengths), tangent(pull.T @ i, t, t_lengths)
'''

EINSUM = """\
import numpy as np


class Clip:
    def __init__(self, image, text, temperature):
        if image.shape != text.shape:
            raise ValueError("shape mismatch")
        if 0 in image.shape:
            raise ValueError("empty batch")
        self.tau = temperature
        self.u, self.image_scale = self.unit(image)
        self.v, self.text_scale = self.unit(text)
        self.s = np.einsum("nd,md->nm", self.u, self.v, optimize=True) / temperature

    @staticmethod
    def unit(rows):
        # Dividing by the largest entry first keeps the squares in range.
        top = np.abs(rows).max(axis=-1, keepdims=True)
        if not top.all():
            raise ValueError("a zero row has no direction")
        rows = rows / top
        scale = 1 / np.sqrt(np.einsum("nd,nd->n", rows, rows))[:, None]
        return rows * scale, scale / top

    def value(self):
        to_text = np.logaddexp.reduce(self.s, axis=1)
        to_image = np.logaddexp.reduce(self.s, axis=0)
        return np.mean(0.5 * to_text + 0.5 * to_image - np.einsum("nn->n", self.s))

    def slope(self):
        n = len(self.s)
        w = np.exp(self.s - np.logaddexp.reduce(self.s, axis=1)[:, None])
        w += np.exp(self.s - np.logaddexp.reduce(self.s, axis=0)[None, :])
        w[np.diag_indices(n)] -= 2.0
        w *= 0.5 / (n * self.tau)
        along = w * np.einsum("nd,md->nm", self.u, self.v)
        du = np.einsum("nm,md->nd", w, self.v) - along.sum(axis=1)[:, None] * self.u
        dv = np.einsum("nm,nd->md", w, self.u) - along.sum(axis=0)[:, None] * self.v
        return du * self.image_scale, dv * self.text_scale


def loss(image, text, temperature=0.07):
    return float(Clip(image, text, temperature).value())


def grad(image, text, temperature=0.07):
    return Clip(image, text, temperature).slope()
"""

LEADS = """\
import numpy as np


def cosines(image, text):
    if image.shape != text.shape or image.size < 1:
        raise ValueError(f"cannot match {image.shape} and {text.shape}")
    a, b = np.linalg.norm(image, axis=1), np.linalg.norm(text, axis=1)
    if a.min() == 0 or b.min() == 0:
        raise ValueError("cosine of a zero vector")
    return (image / a[:, None]) @ (text / b[:, None]).T, a, b


def competitors(cosine, temperature):
    # How far the other texts of an image (and images of a text) are ahead of the right one.
    right = np.diag(cosine)
    return (cosine - right[:, None]) / temperature, (cosine - right[None, :]) / temperature


def summed(ahead, axis):
    top = ahead.max(axis=axis, keepdims=True)
    weight = np.exp(ahead - top)
    total = weight.sum(axis=axis, keepdims=True)
    return weight / total, top + np.log(total)


def loss(image, text, temperature=0.07):
    across, down = competitors(cosines(image, text)[0], temperature)
    return (summed(across, 1)[1].mean() + summed(down, 0)[1].mean()) / 2


def grad(image, text, temperature=0.07):
    cosine, a, b = cosines(image, text)
    across, down = competitors(cosine, temperature)
    w = (summed(across, 1)[0] + summed(down, 0)[0]) / 2 - np.identity(len(a))
    w = w / temperature / len(a)
    # d cos(x, y) / dx = (y/|y| - cos x/|x|) / |x|
    dx = w @ (text / b[:, None]) - (w * cosine).sum(axis=1)[:, None] * (image / a[:, None])
    dy = w.T @ (image / a[:, None]) - (w * cosine).sum(axis=0)[:, None] * (text / b[:, None])
    return dx / a[:, None], dy / b[:, None]
"""

WEIGHTS = "(np.exp(rows) + np.exp(columns) - 2 * np.eye(n)) / (2 * n * temperature)"
LOSS = "(np.diag(rows) + np.diag(columns)).mean() / 2"
AXES = "log_softmax(logits, 1), log_softmax(logits, 0)"

MISCONCEPTIONS = (
    Misconception(
        "images to texts only",
        Family.VALUES,
        "It lets each image find its text, but not each text its image: one direction is missing.",
        patched(
            VECTORISED,
            (LOSS, "np.diag(rows).mean()"),
            (WEIGHTS, "(np.exp(rows) - np.eye(n)) / (n * temperature)"),
        ),
    ),
    Misconception(
        "texts to images only",
        Family.VALUES,
        "It lets each text find its image, but not each image its text: one direction is missing.",
        patched(
            VECTORISED,
            (LOSS, "np.diag(columns).mean()"),
            (WEIGHTS, "(np.exp(columns) - np.eye(n)) / (n * temperature)"),
        ),
    ),
    Misconception(
        "sum of both directions",
        Family.VALUES,
        "It adds the losses of the two directions where their mean is asked.",
        patched(VECTORISED, (".mean() / 2", ".mean()"), ("(2 * n * temp", "(n * temp")),
    ),
    Misconception(
        "one softmax over all pairs",
        Family.VALUES,
        "It takes one softmax over all n² pairs, where each row and each column has its own.",
        patched(
            VECTORISED,
            (AXES, "log_softmax(logits, (0, 1)), log_softmax(logits, (0, 1))"),
            ("- 2 * np.eye(n)", "- 2 * np.eye(n) / n"),
            ("2 * n * temperature", "2 * temperature"),
        ),
    ),
    Misconception(
        "temperature multiplied",
        Family.VALUES,
        "It multiplies the cosines by the temperature where they are divided by it.",
        patched(
            VECTORISED,
            ("i @ t.T / temperature", "i @ t.T * temperature"),
            ("/ (2 * n * temperature)", "* temperature / (2 * n)"),
        ),
    ),
    Misconception(
        "temperature taken for its logarithm",
        Family.VALUES,
        "It multiplies by exp(temperature), as with a learned log scale; the temperature itself "
        "is given.",
        patched(
            VECTORISED,
            ("i @ t.T / temperature", "i @ t.T * np.exp(temperature)"),
            ("/ (2 * n * temperature)", "* np.exp(temperature) / (2 * n)"),
        ),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the losses of the pairs where their mean is asked.",
        patched(VECTORISED, (".mean() / 2", ".sum() / 2"), ("(2 * n * temp", "(2 * temp")),
    ),
    Misconception(
        "positive left out below",
        Family.VALUES,
        "It sums the exponentials over wrong pairs only; the right one belongs to the sum too.",
        patched(
            VECTORISED,
            (
                "np.log(np.exp(shifted).sum(axis=axis, keepdims=True))",
                "np.log((np.exp(shifted) * (1 - np.eye(len(shifted)))).sum(axis=axis, "
                "keepdims=True))",
            ),
        ),
    ),
    Misconception(
        "texts taken for constants",
        Family.GRADIENTS,
        "It gives the texts a gradient of 0, though the loss depends on them as well.",
        patched(VECTORISED, ("denormalise(g.T @ i, t, t_length)", "0 * text")),
    ),
    Misconception(
        "texts' gradient not transposed",
        Family.GRADIENTS,
        "The texts' gradient weighs the images by rows of the weights where columns belong.",
        patched(VECTORISED, ("g.T @ i", "g @ i")),
    ),
    Misconception(
        "gradient of one direction",
        Family.GRADIENTS,
        "Its gradient is that of images to texts alone.",
        patched(VECTORISED, ("np.exp(rows) + np.exp(columns)", "2 * np.exp(rows)")),
    ),
    Misconception(
        "gradient without 1/temperature",
        Family.GRADIENTS,
        "Its gradient lacks the division by the temperature.",
        patched(VECTORISED, ("/ (2 * n * temperature)", "/ (2 * n)")),
    ),
    Misconception(
        "no shift before exp",
        Family.STABILITY,
        "It takes exp of cosines divided by the temperature, which overflows when that is low.",
        patched(VECTORISED, ("logits - logits.max(axis=axis, keepdims=True)", "logits")),
    ),
    Misconception(
        "columns shifted by the rows' largest",
        Family.STABILITY,
        "It shifts both directions by the largest of each row and sums the columns unevenly "
        "shifted, which underflows to log 0 at a low temperature.",
        patched(
            VECTORISED,
            (
                "    shifted = logits - logits.max(axis=axis, keepdims=True)\n"
                "    return shifted - ",
                "    top = logits.max(axis=1, keepdims=True)\n"
                "    shifted = logits - top\n"
                "    if axis == 0:\n"
                "        return logits - np.log((np.exp(shifted) * np.exp(top)).sum(axis=0))\n"
                "    return shifted - ",
            ),
        ),
    ),
    Misconception(
        "shapes not compared",
        Family.EDGE_CASES,
        "It takes more texts than images, or fewer, and reads a diagonal that means nothing.",
        patched(VECTORISED, ("image.shape != text.shape", "image.ndim != text.ndim")),
    ),
    Misconception(
        "empty input accepted",
        Family.EDGE_CASES,
        "It averages over no pairs at all, where ValueError is asked.",
        patched(
            VECTORISED,
            (" or image.size == 0", ""),
            ("    shifted = ", "    if not logits.size:\n        return logits\n    shifted = "),
        ),
    ),
    *normalised_wrongly(VECTORISED),
)

USUAL = laws.drawn(sample, 5, 4)


def _both_directions(image: Array, text: Array, temperature: float = 0.07) -> float:
    there = info_nce.reference(image, text, temperature)
    return (there + info_nce.reference(text, image, temperature)) / 2.0


def _hot(rng: np.random.Generator) -> tuple[float, float]:
    image, text = sample(rng, (5, 4))
    return reference(image, text, temperature=1e12), float(np.log(5.0))


LAWS = (
    laws.equal("It is the mean of InfoNCE in both directions.", USUAL, reference, _both_directions),
    laws.unchanged("It is symmetric in image and text.", reference, USUAL, laws.swapped()),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
    lengths_do_not_matter(reference, USUAL, 0, 1),
    rotation_does_not_matter(reference, USUAL, 0, 1),
    Law("At an endless temperature it is log n.", _hot),
)

TASKS = (
    Task(
        slug="clip",
        title="CLIP loss",
        formula=(
            r"L = \frac{1}{2n} \sum_{i=1}^{n} \Bigl( \log \sum_{j=1}^{n} e^{s_{ij}} "
            r"+ \log \sum_{j=1}^{n} e^{s_{ji}} - 2 s_{ii} \Bigr), \qquad "
            r"s_{ij} = \frac{x_i \cdot y_j}{\tau\, \lVert x_i \rVert_2 \lVert y_j \rVert_2}"
        ),
        sentence=(
            "The cosines of all images with all texts are divided by the temperature; the loss is "
            "the mean of two softmax cross-entropies whose right answers are the diagonal: over "
            "the texts of each image, and over the images of each text."
        ),
        domain=(
            "image, text: real rows of one shape (n, d), row i of one belonging to row i of the "
            "other; temperature above 0. Shapes that differ and zero rows raise ValueError."
        ),
        rules=(
            *length_rules("image", "text"),
            "It is the mean of the two directions, not their sum, each the mean of n "
            "cross-entropies.",
            "The cosines are divided by the temperature itself; it is positive, and no other is "
            "passed.",
            "Logarithms are natural.",
            "grad returns a tuple: the derivatives with respect to image and text as given, before "
            "they are normalised, each (n, d).",
        ),
        source=(
            "Radford et al., Learning Transferable Visual Models From Natural Language Supervision "
            "(2021), figure 3."
        ),
        brief=Brief(
            prompt="A shop wants its catalogue to be found by words. One network embeds the "
            "pictures of a batch, another their captions, and row `i` of `image` belongs to row "
            "`i` of `text`. Training asks each picture to choose its caption among all of them, "
            "and each caption its picture. Write this loss, known from CLIP, and its gradients "
            "with respect to both arrays.",
            context="Two softmax cross-entropies over the same matrix, along rows and along "
            "columns, and their gradient through the normalisation.",
            topics=("embeddings", "stability"),
            difficulty="hard",
            minutes=35,
        ),
        examples=(
            Example(
                Case((2.0 * np.eye(2), 5.0 * np.eye(2)), {"temperature": float(1.0 / np.log(3.0))}),
                value=float(np.log(4.0 / 3.0)),
                gradient=(
                    tuple(map(tuple, np.log(3.0) / 16 * np.array([[0.0, 1.0], [1.0, 0.0]]))),
                    tuple(map(tuple, np.log(3.0) / 40 * np.array([[0.0, 1.0], [1.0, 0.0]]))),
                ),
                working="Over this temperature cosines of 1 and 0 are log 3 and 0, so that each of "
                "the four choices costs log(3 + 1) - log 3.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("image", "n d", differentiate=True),
            Argument("text", "n d", differentiate=True),
        ),
        parameters=(Parameter("temperature", 0.07, (0.2, 0.5, 1.0)),),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((6, 3), (2, 4), (3, 2), (4, 5)),
        large=(150, 150),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        curves=(
            turning(
                "The angle of an image to its text, another pair across, temperature = 0.07",
                lambda row: (np.array([row, [0.0, 1.0]]), np.eye(2)),
            ),
        ),
        variants=(
            Variant("vectorised", VECTORISED),
            Variant("each direction in a loop", BOTH_WAYS, slow=True),
            Variant("einsum in a class", EINSUM),
            Variant("leads over the right pair", LEADS),
        ),
        non_negative=True,
        laws=LAWS,
    ),
)
