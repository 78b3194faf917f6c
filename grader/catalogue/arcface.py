"""ArcFace: softmax cross-entropy of cosines, with a margin on the angle of the right class."""

from typing import Any

import numpy as np

from grader.catalogue import laws, softmax_cross_entropy
from grader.catalogue.exact import log_sum_exp as exact_log_sum_exp
from grader.catalogue.exact import mean
from grader.catalogue.labelled import label_edges
from grader.catalogue.softmax_cross_entropy import checked
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
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family

Pair = tuple[Array, Array]


def logits_of(labels: Array, cosines: Array, margin: float, scale: float) -> tuple[Array, Array]:
    """Return the logits, and the derivative of the right class's by its cosine, over the scale.

    cos(theta + m) is written out, so that no digit passes through an angle.
    """
    rows = np.arange(len(labels))
    right = cosines[rows, labels]
    # 1 - c^2 as a product: next to |c| = 1 the square would lose the digits of 1 - |c|.
    sine = np.sqrt((1.0 - right) * (1.0 + right))
    logits = scale * cosines
    logits[rows, labels] = scale * (right * np.cos(margin) - sine * np.sin(margin))
    return logits, np.cos(margin) + right / sine * np.sin(margin)


def reference(labels: Array, cosines: Array, margin: float = 0.5, scale: float = 64.0) -> float:
    """Return the mean cross-entropy of scale cos(theta + margin) at the label, scale cos elsewhere.

    Args:
        labels: shape (n,), integers in 0..k-1.
        cosines: shape (n, k), of each sample with each class's centre; strictly between -1 and 1
            at the label. theta = arccos of it.
        margin: in radians, added to the angle of the right class.
        scale: what all cosines are multiplied by.

    Returns:
        The loss in nats, >= 0.

    Raises:
        ValueError: for other shapes, empty input, or a label outside 0..k-1.

    Source: Deng, Guo, Xue, Zafeiriou, ArcFace (2019), equation 3.
    """
    labels, cosines = checked(labels, cosines)
    logits, _ = logits_of(labels, cosines, margin, scale)
    return softmax_cross_entropy.reference(labels, logits)


def gradient(
    labels: Array, cosines: Array, margin: float = 0.5, scale: float = 64.0
) -> tuple[Array]:
    """Return the derivative with respect to the cosines, shape (n, k).

    That of the right class carries d cos(theta + m) / d cos(theta) = sin(theta + m) / sin(theta).

    Raises:
        ValueError: as `reference`.

    Source: the chain rule; Deng, Guo, Xue, Zafeiriou (2019), section 2.1.
    """
    labels, cosines = checked(labels, cosines)
    logits, chain = logits_of(labels, cosines, margin, scale)
    (by_logit,) = softmax_cross_entropy.gradient(labels, logits)
    by_logit[np.arange(len(labels)), labels] *= chain
    return (scale * by_logit,)


def terms(labels: Array, cosines: Array, margin: float = 0.5, scale: float = 64.0) -> float:
    return abs(scale) + float(np.log(cosines.shape[1]))


def definition(mp: Any, labels: Any, cosines: Any, margin: Any, scale: Any) -> Any:
    def cost(label: int, row: Any) -> Any:
        logits = [scale * c for c in row]
        logits[label] = scale * mp.cos(mp.acos(row[label]) + margin)
        return exact_log_sum_exp(mp, logits) - logits[label]

    return mean(mp, map(cost, labels, cosines))


def contested(rng: np.random.Generator, angles: Array, classes: int, tilt: float = 0.03) -> Pair:
    """Draw rows whose right class has these angles, and whose best other nearly ties with it.

    The tie is that of the default margin. Without it a scale of 64 would make every probability 0
    or 1.
    """
    n = len(angles)
    best = np.cos(angles + 0.5 + rng.uniform(-tilt, tilt, size=n))
    cosines = rng.uniform(np.minimum(-0.97, best)[:, None], best[:, None], size=(n, classes))
    labels = rng.integers(0, classes, size=n)
    rows = np.arange(n)
    cosines[rows, (labels + rng.integers(1, classes, size=n)) % classes] = best
    cosines[rows, labels] = np.cos(angles)
    return labels, cosines


def sample(rng: np.random.Generator, shape: Shape) -> Pair:
    """Draw rows in which the right class nearly ties, at angles well within 0 and pi."""
    return contested(rng, rng.uniform(0.3, 2.1, size=shape[0]), shape[1])


def steep(rng: np.random.Generator, scale: float) -> Case:
    """Cosines in even steps, the smallest one right: at a high scale each p is 0 or 1."""
    cosines = rng.permuted(np.tile(np.linspace(-0.75, 0.75, 4), (5, 1)), axis=1)
    return Case((cosines.argmin(axis=1), cosines), {"scale": scale})


def near_the_centre(rng: np.random.Generator, angle: float) -> Case:
    """Right classes at tiny angles to their centres."""
    return Case(contested(rng, angle * rng.uniform(0.5, 1.0, size=5), 4))


def past_pi(rng: np.random.Generator) -> Case:
    """Right classes nearly opposite: the margin takes their angles past pi, where cos rises."""
    return Case(contested(rng, rng.uniform(2.75, 3.1, size=5), 4), {"scale": 8.0})


def alike(rng: np.random.Generator) -> Case:
    """All cosines the same: only the margin tells the right class from the others."""
    labels, _ = sample(rng, (4, 5))
    return Case((labels, np.full((4, 5), rng.uniform(-0.5, 0.5))), {"scale": 4.0})


SHIFT = (
    "Subtract the largest logit of each row before exp, and keep log-probabilities: exp of a large "
    "scale overflows."
)
EXTREMES = (
    Extreme("scale of 1e4", lambda rng: steep(rng, 1e4), SHIFT, float32=True),
    Extreme(
        "scale of 1e-3",
        lambda rng: steep(rng, 1e-3),
        "Add nothing to the probabilities: at a tiny scale the loss nears log k.",
    ),
    Extreme(
        "angles of 1e-4",
        lambda rng: near_the_centre(rng, 1e-4),
        "Take the sine of the angle as it is: an epsilon under its root, or a clip, changes it.",
    ),
)

EDGES = (
    *label_edges(sample),
    Edge(
        "angles that pass pi",
        past_pi,
        "Where theta + margin passes pi the formula holds as it stands: there is no other branch.",
    ),
    Edge("all cosines alike", alike, "Where all cosines are alike, the margin alone counts."),
)

VECTORISED = """\
import numpy as np


def check(labels, cosines):
    if cosines.ndim != 2 or cosines.size == 0 or labels.shape != cosines.shape[:1]:
        raise ValueError("cosines must be (n, k) and labels (n,)")
    if labels.min() < 0 or labels.max() >= cosines.shape[1]:
        raise ValueError("a label is out of range")


def forward(labels, cosines, margin, scale):
    check(labels, cosines)
    rows = np.arange(len(labels))
    theta = np.arccos(cosines[rows, labels])
    logits = scale * np.array(cosines, dtype=float)
    logits[rows, labels] = scale * np.cos(theta + margin)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return rows, theta, log_p


def loss(labels, cosines, margin=0.5, scale=64.0):
    rows, _, log_p = forward(labels, cosines, margin, scale)
    return -log_p[rows, labels].mean()


def grad(labels, cosines, margin=0.5, scale=64.0):
    rows, theta, log_p = forward(labels, cosines, margin, scale)
    g = np.exp(log_p)
    g[rows, labels] -= 1
    g *= scale / len(rows)
    g[rows, labels] *= np.sin(theta + margin) / np.sin(theta)
    return g
"""

SAMPLE_BY_SAMPLE = """\
import math

import numpy as np


def samples(labels, cosines, margin, scale):
    if np.ndim(cosines) != 2 or np.size(cosines) == 0 or np.shape(labels) != (len(cosines),):
        raise ValueError("one label and one row of cosines for each sample")
    for label, row in zip(labels.tolist(), cosines):
        if not 0 <= label < len(row):
            raise ValueError(f"no class {label}")
        right = float(row[label])
        sine = math.sqrt(1 - right * right)
        logits = scale * row.astype(float)
        # cos(a + b) = cos a cos b - sin a sin b
        logits[label] = scale * (right * math.cos(margin) - sine * math.sin(margin))
        log_p = logits - np.logaddexp.reduce(logits)
        yield label, log_p, math.cos(margin) + right / sine * math.sin(margin)


def loss(labels, cosines, margin=0.5, scale=64.0):
    total = 0.0
    for label, log_p, _ in samples(labels, cosines, margin, scale):
        total -= log_p[label]
    return float(total) / len(cosines)


def grad(labels, cosines, margin=0.5, scale=64.0):
    rows = []
    for label, log_p, slope in samples(labels, cosines, margin, scale):
        row = np.exp(log_p)
        row[label] = (row[label] - 1) * slope
        rows.append(row * scale / len(cosines))
    return np.array(rows)
"""

ONE_HOT = """\
import numpy as np


class ArcFace:
    def __init__(self, labels, cosines, margin, scale):
        n, k = self.shape = np.shape(cosines)
        if n * k == 0 or labels.shape != (n,):
            raise ValueError(f"cannot label an array of shape {(n, k)}")
        if np.any((labels < 0) | (labels > k - 1)):
            raise ValueError("labels must be in 0..k-1")
        self.onehot = np.equal(labels[:, None], np.arange(k))
        self.cosines = cosines.astype(np.float64)
        # Other classes have no margin: their angles stay as they are.
        self.angles = np.arccos(np.where(self.onehot, self.cosines, 0.0))
        self.turned = self.angles + margin
        self.scale = scale
        logits = scale * np.where(self.onehot, np.cos(self.turned), self.cosines)
        self.log_p = logits - np.logaddexp.reduce(logits, axis=1)[:, None]

    def loss(self):
        return -np.einsum("nk,nk->", self.onehot, self.log_p) / self.shape[0]

    def grad(self):
        by_logit = np.exp(self.log_p) - self.onehot
        chain = np.where(self.onehot, np.sin(self.turned) / np.sin(self.angles), 1.0)
        return self.scale / self.shape[0] * by_logit * chain


def loss(labels, cosines, margin=0.5, scale=64.0):
    return float(ArcFace(labels, cosines, margin, scale).loss())


def grad(labels, cosines, margin=0.5, scale=64.0):
    return ArcFace(labels, cosines, margin, scale).grad()
"""

LEADS = '''\
import numpy as np


def leads(labels, cosines, margin, scale):
    """How far each other class is ahead of the right one, which stands at 0 itself."""
    if cosines.ndim != 2 or 0 in cosines.shape:
        raise ValueError("cosines must be (n, k), n and k at least 1")
    if labels.shape != (cosines.shape[0],):
        raise ValueError("one label for each row of cosines")
    if not set(np.unique(labels).tolist()) <= set(range(cosines.shape[1])):
        raise ValueError("no such class")
    right = np.take_along_axis(cosines, labels[:, None].astype(np.intp), axis=1).astype(float)
    sine = np.sqrt((1 - right) * (1 + right))
    # exp(i (theta + margin)): its real part is the cosine that is asked.
    turned = (right + 1j * sine) * np.exp(1j * margin)
    ahead = scale * (cosines - turned.real)
    np.put_along_axis(ahead, labels[:, None].astype(np.intp), 0.0, axis=1)
    top = ahead.max(axis=1, keepdims=True)
    weight = np.exp(ahead - top)
    # The right class stands at 0, whatever its cosine: a NaN of it must not get lost.
    return top + 0 * right, weight, turned.imag / sine


def loss(labels, cosines, margin=0.5, scale=64.0):
    top, weight, _ = leads(labels, cosines, margin, scale)
    return np.mean(top[:, 0] + np.log(np.sum(weight, axis=1)))


def grad(labels, cosines, margin=0.5, scale=64.0):
    _, weight, chain = leads(labels, cosines, margin, scale)
    p = weight / weight.sum(axis=1, keepdims=True)
    place = labels[:, None].astype(np.intp)
    np.put_along_axis(p, place, (np.take_along_axis(p, place, axis=1) - 1) * chain, axis=1)
    return p * (scale / len(p))
'''

TARGET = "scale * np.cos(theta + margin)"
CHAIN = "    g[rows, labels] *= np.sin(theta + margin) / np.sin(theta)\n"
SHIFTED = "logits - logits.max(axis=1, keepdims=True)"

MISCONCEPTIONS = (
    Misconception(
        "margin on the cosine",
        Family.VALUES,
        "It takes the margin off the cosine, as CosFace does; ArcFace adds it to the angle.",
        patched(VECTORISED, (TARGET, "scale * (np.cos(theta) - margin)"), (CHAIN, "")),
    ),
    Misconception(
        "margin multiplied",
        Family.VALUES,
        "It multiplies the angle by 1 + margin, as SphereFace does; ArcFace adds the margin.",
        patched(
            VECTORISED,
            (TARGET, "scale * np.cos(theta * (1 + margin))"),
            ("np.sin(theta + margin)", "(1 + margin) * np.sin(theta * (1 + margin))"),
        ),
    ),
    Misconception(
        "margin subtracted from the angle",
        Family.VALUES,
        "It makes the right class's angle smaller, which makes the task easier, not harder.",
        patched(VECTORISED, ("theta + margin", "theta - margin")),
    ),
    Misconception(
        "margin for every class",
        Family.VALUES,
        "It adds the margin to the angles of all classes, where only the right one has it.",
        patched(
            VECTORISED,
            (
                f"    logits[rows, labels] = {TARGET}\n",
                "    logits = scale * np.cos(np.arccos(cosines) + margin)\n",
            ),
            (
                CHAIN,
                "    g *= np.sin(np.arccos(cosines) + margin) / np.sin(np.arccos(cosines))\n",
            ),
        ),
    ),
    Misconception(
        "scale ignored",
        Family.VALUES,
        "It takes the cosines for logits and forgets the scale.",
        patched(
            VECTORISED,
            ("scale * np.array", "np.array"),
            (TARGET, "np.cos(theta + margin)"),
            ("scale / len(rows)", "1 / len(rows)"),
        ),
    ),
    Misconception(
        "easy margin",
        Family.VALUES,
        "It adds the margin only where the cosine is positive, the variant called easy margin.",
        patched(
            VECTORISED,
            (TARGET, "scale * np.cos(theta + margin * (theta < np.pi / 2))"),
            ("np.sin(theta + margin)", "np.sin(theta + margin * (theta < np.pi / 2))"),
        ),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the losses of the samples where their mean is asked.",
        patched(VECTORISED, (".mean()", ".sum()"), ("scale / len(rows)", "scale")),
    ),
    Misconception(
        "chain rule left out",
        Family.GRADIENTS,
        "Its gradient takes cos(theta + margin) for the cosine itself: the derivative of one by "
        "the other is missing.",
        patched(VECTORISED, (CHAIN, "")),
    ),
    Misconception(
        "gradient by the angle",
        Family.GRADIENTS,
        "Its gradient of the right class is with respect to the angle, not to the cosine.",
        patched(VECTORISED, (" / np.sin(theta)\n", " * -1\n")),
    ),
    Misconception(
        "gradient without the scale",
        Family.GRADIENTS,
        "Its gradient lacks the factor scale.",
        patched(VECTORISED, ("g *= scale / len(rows)", "g *= 1 / len(rows)")),
    ),
    Misconception(
        "no shift before exp",
        Family.STABILITY,
        "It takes exp of cosines times the scale, which overflows when that is high.",
        patched(VECTORISED, (SHIFTED, "logits")),
    ),
    Misconception(
        "epsilon in the log",
        Family.STABILITY,
        "It takes the log of a probability plus 1e-12, which caps the cost of a sample at 28.",
        patched(
            VECTORISED,
            ("-log_p[rows, labels].mean()", "-np.log(np.exp(log_p[rows, labels]) + 1e-12).mean()"),
        ),
    ),
    Misconception(
        "cosines clipped",
        Family.STABILITY,
        "It clips the cosines to 0.99 of their range, which moves right classes that are near "
        "their centres.",
        patched(
            VECTORISED,
            ("np.arccos(c", "np.arccos(np.clip(c"),
            ("labels])\n    logits = ", "labels], -0.99, 0.99))\n    logits = "),
        ),
    ),
    Misconception(
        "another branch past pi",
        Family.EDGE_CASES,
        "It takes cos(theta) - margin sin(margin) where theta + margin passes pi, as some code "
        "does and the formula does not.",
        patched(
            VECTORISED,
            (
                TARGET,
                "scale * np.where(theta + margin > np.pi, "
                "np.cos(theta) - margin * np.sin(margin), np.cos(theta + margin))",
            ),
        ),
    ),
    Misconception(
        "labels not checked",
        Family.EDGE_CASES,
        "It lets -1 count from the end and raises IndexError for label k, where ValueError is "
        "asked.",
        patched(VECTORISED, ("labels.min() < 0 or labels.max() >= cosines.shape[1]", "False")),
    ),
)


def _scaled_cross_entropy(
    labels: Array, cosines: Array, margin: float = 0.0, scale: float = 8.0
) -> float:
    return softmax_cross_entropy.reference(labels, scale * cosines)


def _classes_renamed(rng: np.random.Generator, case: Case) -> Case:
    labels, cosines = case.arguments
    order = rng.permutation(cosines.shape[1])
    return Case((np.argsort(order)[labels], cosines[:, order]), case.parameters)


def _without_scale(rng: np.random.Generator) -> tuple[float, float]:
    return reference(*sample(rng, (6, 5)), scale=0.0), float(np.log(5.0))


USUAL = laws.drawn(sample, 6, 5)

LAWS = (
    laws.equal(
        "Without a margin it is the softmax cross-entropy of the scaled cosines.",
        laws.drawn(sample, 6, 5, margin=0.0, scale=8.0),
        reference,
        _scaled_cross_entropy,
    ),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1)),
    laws.unchanged("The names of the classes do not matter.", reference, USUAL, _classes_renamed),
    Law("At a scale of 0 it is log k.", _without_scale),
)

TASKS = (
    Task(
        slug="arcface",
        title="ArcFace loss",
        formula=(
            r"L = \frac{1}{n} \sum_{i=1}^{n} -\log \frac{e^{s \cos(\theta_{i y_i} + m)}}"
            r"{e^{s \cos(\theta_{i y_i} + m)} + \sum_{j \ne y_i} e^{s c_{ij}}}, \qquad "
            r"\theta_{ij} = \arccos c_{ij}"
        ),
        sentence=(
            "The cosine of the right class is replaced by the cosine of its angle plus the margin, "
            "all cosines are multiplied by the scale, and the loss is the mean softmax "
            "cross-entropy of the result."
        ),
        domain=(
            "labels: shape (n,), integers in 0..k-1; cosines: shape (n, k), within -1 and 1; "
            "margin in radians. Other shapes and labels raise ValueError."
        ),
        rules=(
            "labels is (n,) and cosines (n, k); other shapes raise ValueError and never broadcast.",
            "Empty input raises ValueError.",
            "A label outside 0..k-1, negative ones included, raises ValueError.",
            "A NaN among the cosines makes the loss NaN and shows in grad.",
            "The margin is added to the angle of the right class alone, in radians.",
            "The formula holds as it stands where theta + margin passes pi: there is no easy "
            "margin and no other branch.",
            "The cosine of the right class is never exactly -1 or 1.",
            "Scales up to 1e4 give a right and finite result.",
            "Logarithms are natural.",
            "grad returns the derivative with respect to the cosines, that of arccos included.",
        ),
        source="Deng, Guo, Xue, Zafeiriou, ArcFace: Additive Angular Margin Loss for Deep Face "
        "Recognition (2019), equation 3.",
        brief=Brief(
            prompt="An airport lets travellers pass by their faces. A network embeds each "
            "photograph, and `cosines` holds the cosine of its angle to the centre of every known "
            "person. It is not enough that the right person's centre is the nearest: its angle "
            "should still win when `margin` is added to it. Write the ArcFace loss and its "
            "gradient with respect to the cosines.",
            context="Softmax cross-entropy at a high scale, with a trigonometric chain rule at one "
            "entry of each row.",
            topics=("embeddings", "margins", "classification"),
            difficulty="hard",
            minutes=30,
        ),
        examples=(
            Example(
                Case(
                    (np.array([0]), np.array([[0.5, 0.0, 0.0]])),
                    {"margin": float(np.pi / 6), "scale": 4.0},
                ),
                value=float(np.log(3.0)),
                gradient=(((-16.0 / (3.0 * float(np.sqrt(3.0))), 4.0 / 3.0, 4.0 / 3.0),),),
                working="The right angle of 60 degrees becomes 90 with the margin, so that all "
                "three logits are 0, and sin 90° / sin 60° = 2/sqrt(3) multiplies -2/3 times 4.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("labels", "n", labels=True),
            Argument("cosines", "n k", differentiate=True),
        ),
        parameters=(
            Parameter("margin", 0.5, (0.3, 0.6)),
            Parameter("scale", 64.0, (30.0, 8.0)),
        ),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((5, 4), (1, 3), (4, 2), (6, 6)),
        large=(200, 300),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=(
            # The yardstick is the usual way, which takes the angles of all classes.
            Variant("one-hot in a class", ONE_HOT),
            Variant("margin at the labels alone", VECTORISED),
            Variant("sample by sample", SAMPLE_BY_SAMPLE, slow=True),
            Variant("leads and complex numbers", LEADS),
        ),
        non_negative=True,
        laws=LAWS,
        curves=(
            Curve(
                "Two classes, the other cosine at 0.2, margin = 0.5, scale = 10",
                "cosine of the right class",
                -0.95,
                0.95,
                lambda c: Case((np.array([0]), np.array([[c, 0.2]])), {"scale": 10.0}),
            ),
        ),
    ),
)
