"""SigLIP: every image and text of the batch are asked on their own whether they belong together."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.euclidean import directions
from grader.catalogue.exact import softplus as exact_softplus
from grader.catalogue.info_nce import mismatched, sample, through_unit
from grader.catalogue.logistic import sigmoid, softplus
from grader.catalogue.task import (
    Argument,
    Array,
    Brief,
    Case,
    Curve,
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
    NORMALISE,
    checked,
    cosine,
    length_extremes,
    length_rules,
    lengths_do_not_matter,
    normalised_wrongly,
    rotation_does_not_matter,
    zero_row_edges,
)
from grader.families import Family

Pair = tuple[Array, Array]


def signs(n: int) -> Array:
    """Return +1 on the diagonal, where image and text belong together, and -1 elsewhere."""
    return np.asarray(2.0 * np.eye(n) - 1.0)


def against(image: Array, text: Array, log_temperature: float, bias: float) -> Array:
    """Return minus label times logit of every pair: how strongly each answer is wrong."""
    cosines = directions(image) @ directions(text).T
    return np.asarray(-signs(len(image)) * (np.exp(log_temperature) * cosines + bias))


def reference(image: Array, text: Array, log_temperature: float = 0.0, bias: float = 0.0) -> float:
    """Return the sum over all pairs of softplus(-label z), divided by n; z = exp(t) cos + bias.

    Args:
        image, text: same shape (n, d); row i of one belongs to row i of the other.
        log_temperature: t, the logarithm of what cosines are multiplied by; any number.
        bias: b, added to every logit; any number.

    Returns:
        The loss in nats, >= 0.

    Raises:
        ValueError: for different shapes, empty input or a zero row.

    Source: Zhai, Mustafa, Kolesnikov, Beyer, Sigmoid Loss for Language Image Pre-Training (2023),
    equation in section 3.2 and algorithm 1.
    """
    image, text = checked(image, text)
    return float(softplus(against(image, text, log_temperature, bias)).sum() / len(image))


def gradient(image: Array, text: Array, log_temperature: float = 0.0, bias: float = 0.0) -> Pair:
    """Return the derivatives with respect to image and text as given, each (n, d); errors as above.

    Source: the derivative of softplus is the sigmoid; Bishop, Pattern Recognition and Machine
    Learning (2006), equation 4.88.
    """
    image, text = checked(image, text)
    i, t = directions(image), directions(text)
    wrong = sigmoid(against(image, text, log_temperature, bias))
    weights = -signs(len(i)) * wrong * (np.exp(log_temperature) / len(i))
    return through_unit(image, i, weights @ t), through_unit(text, t, weights.T @ i)


def terms(image: Array, text: Array, log_temperature: float = 0.0, bias: float = 0.0) -> float:
    """Return the largest softplus, and what the rounding of its logit weighs next to it."""
    x = against(image, text, log_temperature, bias)
    return float(np.max(softplus(x) + sigmoid(x) * (np.exp(log_temperature) + abs(bias))))


def definition(mp: Any, image: Any, text: Any, log_temperature: Any, bias: Any) -> Any:
    def cost(i: int, j: int) -> Any:
        z = mp.exp(log_temperature) * cosine(mp, image[i], text[j]) + bias
        return exact_softplus(mp, -z if i == j else z)

    n = len(image)
    return mp.fsum(cost(i, j) for i in range(n) for j in range(n)) / n


def all_right(rng: np.random.Generator, scale: float) -> Case:
    """Texts along their images, which are orthogonal: with this bias every answer is right."""
    images = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    stretch = rng.uniform(0.5, 3.0, size=(2, 4, 1))
    texts = images + rng.uniform(-0.02, 0.02, size=(4, 4))
    parameters = {"log_temperature": float(np.log(scale)), "bias": -scale / 2.0}
    return Case((stretch[0] * images, stretch[1] * texts), parameters)


def all_wrong(rng: np.random.Generator, log_temperature: float, bias: float) -> Case:
    arguments = mismatched(rng, 1.0).arguments
    return Case(arguments, {"log_temperature": log_temperature, "bias": bias})


def single(rng: np.random.Generator) -> Case:
    image, text = sample(rng, (2, 3))
    return Case((image[:1], text[:1]), {"bias": -1.0})


def parallel(rng: np.random.Generator) -> Case:
    """Texts along their images: the diagonal's cosines are 1."""
    image, _ = sample(rng, (5, 4))
    return Case((image, 2.0 * image), {"log_temperature": 1.0, "bias": -2.0})


EXP = (
    "Compute softplus as max(x, 0) + log1p(exp(-|x|)), or by logaddexp(0, x): exp of a large logit "
    "overflows."
)
TAIL = (
    "Take log1p(exp(x)), not log(1 + exp(x)): where every answer is right, exp(x) is lost next to "
    "the 1."
)
EXTREMES = (
    # Cosines of single precision, 1e4 times, have too few digits left to be asked for in gradients.
    Extreme("logits of 1e4", lambda rng: all_wrong(rng, float(np.log(1e4)), 0.0), EXP),
    Extreme("a bias of 1e4", lambda rng: all_wrong(rng, 0.0, 1e4), EXP, float32=True),
    Extreme("a bias of -1e4", lambda rng: all_wrong(rng, 0.0, -1e4), EXP, float32=True),
    Extreme("every answer right at logits of 20", lambda rng: all_right(rng, 40.0), TAIL),
    Extreme("every answer right at logits of 60", lambda rng: all_right(rng, 120.0), TAIL),
    *length_extremes(laws.drawn(sample, 5, 4), 0, 1),
)

EDGES = (
    *zero_row_edges(laws.drawn(sample, 5, 4), image=0, text=1),
    Edge("a single pair", single, "With n = 1 there is only the one matching pair."),
    Edge("texts along the images", parallel, "Only directions count, not lengths."),
    Edge(
        "a temperature of nearly 0",
        lambda rng: Case(sample(rng, (4, 3)), {"log_temperature": -20.0, "bias": 0.5}),
        "A very negative log_temperature leaves the bias alone: n - 1 wrong pairs and one right "
        "one for each row.",
    ),
)

VECTORISED = (
    NORMALISE
    + """\


def forward(image, text, log_temperature, bias):
    if image.ndim != 2 or image.shape != text.shape or image.size == 0:
        raise ValueError("image and text must have the same shape (n, d) and not be empty")
    (i, i_length), (t, t_length) = normalise(image), normalise(text)
    z = np.exp(log_temperature) * (i @ t.T) + bias
    labels = 2 * np.eye(len(i)) - 1
    return i, i_length, t, t_length, -labels * z, labels


def loss(image, text, log_temperature=0.0, bias=0.0):
    *_, x, _ = forward(image, text, log_temperature, bias)
    return (np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))).sum() / len(x)


def sigmoid(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


def grad(image, text, log_temperature=0.0, bias=0.0):
    i, i_length, t, t_length, x, labels = forward(image, text, log_temperature, bias)
    g = -labels * sigmoid(x) * np.exp(log_temperature) / len(x)
    return denormalise(g @ t, i, i_length), denormalise(g.T @ i, t, t_length)
"""
)

PAIR_BY_PAIR = """\
import math

import numpy as np


def softplus(x):
    return x + math.log1p(math.exp(-x)) if x > 0 else math.log1p(math.exp(x))


def logistic(x):
    if x > 0:
        return 1 / (1 + math.exp(-x))
    return math.exp(x) / (1 + math.exp(x))


def unit(rows):
    if np.size(rows) == 0:
        raise ValueError("no rows")
    lengths = [float(np.linalg.norm(row)) for row in rows]
    if 0.0 in lengths:
        raise ValueError("a row has no direction")
    return [row / length for row, length in zip(rows, lengths)], lengths


def pairs(image, text, log_temperature, bias):
    if np.shape(image) != np.shape(text):
        raise ValueError("shapes differ")
    images, texts = unit(image)[0], unit(text)[0]
    for i, x in enumerate(images):
        for j, y in enumerate(texts):
            cosine = float(np.dot(x, y))
            label = 1 if i == j else -1
            yield i, j, x, y, cosine, label, math.exp(log_temperature) * cosine + bias


def loss(image, text, log_temperature=0.0, bias=0.0):
    costs = [softplus(-label * z) for *_, label, z in pairs(image, text, log_temperature, bias)]
    return math.fsum(costs) / len(image)


def grad(image, text, log_temperature=0.0, bias=0.0):
    d_image, d_text = np.zeros(image.shape), np.zeros(text.shape)
    for i, j, x, y, cosine, label, z in pairs(image, text, log_temperature, bias):
        slope = -label * logistic(-label * z) * math.exp(log_temperature) / len(image)
        d_image[i] += slope * (y - cosine * x)
        d_text[j] += slope * (x - cosine * y)
    for gradient, rows in ((d_image, image), (d_text, text)):
        gradient /= np.array(unit(rows)[1])[:, None]
    return d_image, d_text
"""

LOGADDEXP = """\
import numpy as np


class SigLip:
    def __init__(self, image, text, log_temperature, bias):
        if image.shape != text.shape or 0 in image.shape:
            raise ValueError("image and text must match")
        self.x, self.x_length = self.on_sphere(image)
        self.y, self.y_length = self.on_sphere(text)
        self.scale = np.exp(log_temperature)
        self.cosine = np.einsum("id,jd->ij", self.x, self.y)
        self.z = self.scale * self.cosine + bias
        # Where a pair belongs together, a large logit is right: its sign is turned.
        self.z[np.diag_indices_from(self.z)] *= -1

    @staticmethod
    def on_sphere(rows):
        largest = np.max(np.abs(rows), axis=1, keepdims=True)
        if np.any(largest == 0):
            raise ValueError("zero row")
        length = np.sqrt(np.sum(np.square(rows / largest), axis=1, keepdims=True))
        return rows / largest / length, largest * length

    def loss(self):
        return np.logaddexp(0.0, self.z).sum(axis=1).mean()

    def grad(self):
        w = np.exp(-np.logaddexp(0.0, -self.z))
        w[np.diag_indices_from(w)] *= -1
        w *= self.scale / len(w)
        along = w * self.cosine
        dx = w @ self.y - np.einsum("ij,id->id", along, self.x)
        dy = w.T @ self.x - np.einsum("ij,jd->jd", along, self.y)
        return dx / self.x_length, dy / self.y_length


def loss(image, text, log_temperature=0.0, bias=0.0):
    return SigLip(image, text, log_temperature, bias).loss()


def grad(image, text, log_temperature=0.0, bias=0.0):
    return SigLip(image, text, log_temperature, bias).grad()
"""

TWO_KINDS = '''\
import numpy as np


def log_sigmoid(z):
    """log(1 / (1 + exp(-z))) without overflow."""
    return np.minimum(z, 0.0) - np.log1p(np.exp(-np.abs(z)))


def logits(image, text, log_temperature, bias):
    if image.shape != text.shape:
        raise ValueError("one text for each image")
    if not image.size:
        raise ValueError("empty batch")
    a, b = np.linalg.norm(image, axis=1)[:, None], np.linalg.norm(text, axis=1)[:, None]
    if (a == 0).any() or (b == 0).any():
        raise ValueError("zero vector")
    cosine = (image / a) @ (text / b).T
    return a, b, cosine, cosine * np.exp(log_temperature) + bias


def loss(image, text, log_temperature=0.0, bias=0.0):
    z = logits(image, text, log_temperature, bias)[-1]
    matching = log_sigmoid(np.diagonal(z)).sum()
    others = log_sigmoid(-z[~np.eye(len(z), dtype=bool)]).sum()
    return -(matching + others) / len(z)


def grad(image, text, log_temperature=0.0, bias=0.0):
    a, b, cosine, z = logits(image, text, log_temperature, bias)
    off = np.exp(log_sigmoid(z))
    weight = np.where(np.eye(len(z), dtype=bool), -np.exp(log_sigmoid(-z)), off)
    weight = weight * (np.exp(log_temperature) / len(z))
    x, y = image / a, text / b
    down, across = (weight * cosine).sum(axis=1), (weight * cosine).sum(axis=0)
    return (weight @ y - down[:, None] * x) / a, (weight.T @ x - across[:, None] * y) / b
'''

SOFTPLUS = "(np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))))"
G = "-labels * sigmoid(x) * np.exp(log_temperature) / len(x)"

MISCONCEPTIONS = (
    Misconception(
        "softmax in its place",
        Family.VALUES,
        "It takes a softmax over the texts of each image, where each pair is judged on its own.",
        patched(
            VECTORISED,
            (
                SOFTPLUS + ".sum()",
                "(np.logaddexp.reduce(-x * (2 * np.eye(len(x)) - 1), axis=1) + np.diag(x)).sum()",
            ),
            (
                "    g = " + G,
                "    z = -labels * x\n"
                "    p = np.exp(z - np.logaddexp.reduce(z, axis=1)[:, None])\n"
                "    g = (p - np.eye(len(x))) * np.exp(log_temperature) / len(x)",
            ),
        ),
    ),
    Misconception(
        "mean over all pairs",
        Family.VALUES,
        "It divides by n², the number of pairs, where the sum is divided by n.",
        patched(VECTORISED, (".sum() / len(x)", ".mean()"), ("/ len(x)\n", "/ len(x) ** 2\n")),
    ),
    Misconception(
        "sum over the batch",
        Family.VALUES,
        "It adds up all pairs and does not divide by n.",
        patched(VECTORISED, (".sum() / len(x)", ".sum()"), (" / len(x)\n", "\n")),
    ),
    Misconception(
        "matching pairs only",
        Family.VALUES,
        "It looks at the diagonal alone: pairs that do not belong together cost nothing.",
        patched(
            VECTORISED,
            (SOFTPLUS + ".sum()", "np.diag(" + SOFTPLUS + ").sum()"),
            (G, G + " * np.eye(len(x))"),
        ),
    ),
    Misconception(
        "labels turned round",
        Family.VALUES,
        "It has the sign of the labels wrong: pairs that belong together are pushed apart.",
        patched(VECTORISED, ("2 * np.eye(len(i)) - 1", "1 - 2 * np.eye(len(i))")),
    ),
    Misconception(
        "labels of 0 and 1",
        Family.VALUES,
        "It labels other pairs 0 where -1 is meant, so each of them costs log 2 whatever it is.",
        patched(VECTORISED, ("2 * np.eye(len(i)) - 1", "np.eye(len(i))")),
    ),
    Misconception(
        "divided by the temperature",
        Family.VALUES,
        "It divides the cosines by exp(log_temperature) where they are multiplied by it.",
        patched(
            VECTORISED,
            ("np.exp(log_temperature) * (i", "np.exp(-log_temperature) * (i"),
            ("* np.exp(log_temperature) / len", "* np.exp(-log_temperature) / len"),
        ),
    ),
    Misconception(
        "log temperature not exponentiated",
        Family.VALUES,
        "It multiplies by 1 + log_temperature, not by its exponential: they agree near 0 alone.",
        patched(VECTORISED, ("np.exp(log_temperature)", "(1 + log_temperature)")),
    ),
    Misconception(
        "bias ignored",
        Family.VALUES,
        "It leaves out the bias.",
        patched(VECTORISED, ("(i @ t.T) + bias", "(i @ t.T)")),
    ),
    Misconception(
        "bias scaled as well",
        Family.VALUES,
        "It multiplies the bias by exp(log_temperature) together with the cosines.",
        patched(VECTORISED, ("(i @ t.T) + bias", "(i @ t.T + bias)")),
    ),
    Misconception(
        "gradient without the scale",
        Family.GRADIENTS,
        "Its gradient lacks the factor exp(log_temperature).",
        patched(VECTORISED, ("sigmoid(x) * np.exp(log_temperature)", "sigmoid(x)")),
    ),
    Misconception(
        "sigmoid of the wrong sign",
        Family.GRADIENTS,
        "Its gradient takes the sigmoid of label times logit: pairs that are right are moved most.",
        patched(VECTORISED, ("sigmoid(x) *", "sigmoid(-x) *")),
    ),
    Misconception(
        "texts' gradient not transposed",
        Family.GRADIENTS,
        "The texts' gradient weighs the images by rows of the weights where columns belong.",
        patched(VECTORISED, ("g.T @ i", "g @ i")),
    ),
    Misconception(
        "exp overflows",
        Family.STABILITY,
        "It computes log(1 + exp(x)) as it stands, which overflows for large logits.",
        patched(VECTORISED, (SOFTPLUS, "np.log1p(np.exp(x))")),
    ),
    Misconception(
        "log of 1 plus a tiny number",
        Family.STABILITY,
        "It takes log(1 + exp(-|x|)), which loses exp(-|x|) next to the 1 where all are right.",
        patched(VECTORISED, ("np.log1p(", "np.log(1 + ")),
    ),
    Misconception(
        "sigmoid clipped",
        Family.STABILITY,
        "It takes -log of a probability clipped to 1e-12, which caps the cost of a wrong pair.",
        patched(
            VECTORISED,
            (SOFTPLUS, "-np.log(np.clip(1 / (1 + np.exp(x)), 1e-12, None))"),
        ),
    ),
    Misconception(
        "shapes not compared",
        Family.EDGE_CASES,
        "It lets images and texts of different numbers through, or fails with another error.",
        patched(
            VECTORISED,
            ("image.shape != text.shape", "image.ndim != text.ndim"),
            ("2 * np.eye(len(i)) - 1", "2 * np.eye(*z.shape) - 1"),
        ),
    ),
    *normalised_wrongly(VECTORISED),
)

USUAL = laws.drawn(sample, 5, 4, log_temperature=1.0, bias=-1.5)


def _all_pairs_at_zero(rng: np.random.Generator) -> tuple[float, float]:
    """Without scale every logit is the bias, here 0: log 2 for each of n^2 pairs, over n."""
    image, text = sample(rng, (5, 4))
    return reference(image, text, log_temperature=-1e3), 5.0 * float(np.log(2.0))


def _bias_alone(rng: np.random.Generator) -> tuple[float, float]:
    image, text = sample(rng, (5, 4))
    right, wrong = softplus(np.array([-2.0, 2.0]))
    return reference(image, text, -1e3, 2.0), float(right + 4.0 * wrong)


LAWS = (
    laws.unchanged("It is symmetric in image and text.", reference, USUAL, laws.swapped()),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
    lengths_do_not_matter(reference, USUAL, 0, 1),
    rotation_does_not_matter(reference, USUAL, 0, 1),
    Law("With all logits at 0 it is n log 2.", _all_pairs_at_zero),
    Law(
        "Without the cosines it is what the bias costs: once right, n - 1 times wrong.", _bias_alone
    ),
)


def pair_at(similarity: float) -> Case:
    """One image and its text, of this cosine, at the scale of 10."""
    text = np.array([[similarity, np.sqrt(1.0 - similarity**2)]])
    return Case((np.array([[1.0, 0.0]]), text), {"log_temperature": float(np.log(10.0))})


TASKS = (
    Task(
        slug="siglip",
        title="SigLIP loss",
        formula=(
            r"L = \frac{1}{n} \sum_{i=1}^{n} \sum_{j=1}^{n} \log\bigl(1 + e^{-\ell_{ij} z_{ij}}"
            r"\bigr), \quad z_{ij} = e^{t}\, \frac{x_i \cdot y_j}{\lVert x_i \rVert_2 "
            r"\lVert y_j \rVert_2} + b, \quad \ell_{ij} = \begin{cases} +1 & i = j \\ "
            r"-1 & i \ne j \end{cases}"
        ),
        sentence=(
            "Every image is paired with every text; a pair's logit is exp(log_temperature) times "
            "their cosine plus the bias, its label is +1 on the diagonal and -1 elsewhere, and the "
            "loss is the sum of softplus(-label times logit) over all pairs, divided by n."
        ),
        domain=(
            "image, text: real rows of one shape (n, d), row i of one belonging to row i of the "
            "other; log_temperature and bias: any numbers. Shapes that differ and zero rows raise "
            "ValueError."
        ),
        rules=(
            *length_rules("image", "text"),
            "The sum over all n² pairs is divided by n, not by n².",
            "The cosines are multiplied by exp(log_temperature); the bias is added after that.",
            "Logits up to 1e4 of either sign give a right and finite result.",
            "Logarithms are natural.",
            "grad returns a tuple: the derivatives with respect to image and text as given, before "
            "they are normalised, each (n, d).",
        ),
        source=(
            "Zhai, Mustafa, Kolesnikov, Beyer, Sigmoid Loss for Language Image Pre-Training "
            "(2023), section 3.2 and algorithm 1."
        ),
        brief=Brief(
            prompt="A picture agency matches photographs with captions on machines that should not "
            "wait for each other, so no softmax over the whole batch is wanted. Every photograph "
            "is paired with every caption, and a logistic loss asks of each pair alone: do you "
            "belong together? Row `i` of `image` belongs to row `i` of `text` and to no other. "
            "Write this loss, known from SigLIP, and its gradients with respect to both arrays.",
            context="A binary cross-entropy over all pairs of a batch, stable in both tails, and "
            "its gradient through the normalisation.",
            topics=("embeddings", "stability"),
            difficulty="hard",
            minutes=35,
        ),
        examples=(
            Example(
                Case(
                    (2.0 * np.eye(2), 5.0 * np.eye(2)),
                    {"log_temperature": float(np.log(np.log(3.0))), "bias": 0.0},
                ),
                value=float(np.log(4.0 / 3.0) + np.log(2.0)),
                working="Cosines of 1 and 0 times log 3: each matching pair costs log(1 + 1/3) and "
                "each other one log 2, of which there are two each, divided by n = 2.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("image", "n d", differentiate=True),
            Argument("text", "n d", differentiate=True),
        ),
        parameters=(
            Parameter("log_temperature", 0.0, (1.0, -0.5, 2.3)),
            Parameter("bias", 0.0, (0.5, -2.0)),
        ),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((5, 3), (2, 4), (3, 2), (4, 5)),
        large=(120, 120),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("vectorised", VECTORISED),
            Variant("pair by pair", PAIR_BY_PAIR, slow=True),
            Variant("logaddexp in a class", LOGADDEXP),
            Variant("two kinds of pairs", TWO_KINDS),
        ),
        non_negative=True,
        laws=LAWS,
        curves=(
            Curve(
                "A matching pair, scale 10, bias 0",
                "cosine of image and text",
                -0.95,
                0.95,
                pair_at,
            ),
        ),
    ),
)
