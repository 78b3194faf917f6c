"""The loss of a detector: classes by softmax cross-entropy, boxes by smooth L1."""

import math
from typing import Any

import numpy as np

from grader.catalogue import huber, laws, softmax_cross_entropy
from grader.catalogue.exact import log_sum_exp, mean, pairs
from grader.catalogue.inputs import require
from grader.catalogue.labelled import CHECK, LOG_SOFTMAX, label_edges, neglects, softmax_mistakes
from grader.catalogue.regression import sampler
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

Inputs = tuple[Array, Array, Array, Array]

# Smooth L1 with beta = 1 is the Huber loss with delta = 1.
DELTA = 1.0
BOXES = sampler((0.1, 0.9), (1.1, 3.0))


def _checked(boxes_true: Array, labels: Array) -> None:
    """Raise ValueError unless there are four coordinates for each label; the rest is checked by
    the losses themselves."""
    require(np.shape(boxes_true) == (np.size(labels), 4), "boxes must be (n, 4), one per label")


def reference(
    boxes_true: Array, boxes_pred: Array, labels: Array, logits: Array, box_weight: float = 1.0
) -> float:
    """Return softmax cross-entropy (mean over rows) + box_weight * smooth L1 (mean over elements).

    Args:
        boxes_true, boxes_pred: shape (n, 4), coordinates in one unit, any finite numbers.
        labels: shape (n,), integers in 0..k-1.
        logits: shape (n, k), unnormalised log-probabilities in nats.
        box_weight: >= 0; what the boxes weigh beside the classes.

    Returns:
        The loss, >= 0; NaN where boxes or logits hold one.

    Raises:
        ValueError: for other shapes, empty input, or a label outside 0..k-1.

    Source: Girshick, Fast R-CNN (2015), equations 1 to 3, with every box counted.
    """
    _checked(boxes_true, labels)
    classes = softmax_cross_entropy.reference(labels, logits)
    return classes + box_weight * huber.reference(boxes_true, boxes_pred, DELTA)


def gradient(
    boxes_true: Array, boxes_pred: Array, labels: Array, logits: Array, box_weight: float = 1.0
) -> tuple[Array, Array]:
    """Return the derivatives by boxes_pred (n, 4) and by logits (n, k); errors as above."""
    _checked(boxes_true, labels)
    (to_boxes,) = huber.gradient(boxes_true, boxes_pred, DELTA)
    (to_logits,) = softmax_cross_entropy.gradient(labels, logits)
    return box_weight * to_boxes, to_logits


def terms(
    boxes_true: Array, boxes_pred: Array, labels: Array, logits: Array, box_weight: float = 1.0
) -> float:
    boxes = box_weight * huber.terms(boxes_true, boxes_pred, DELTA)
    return max(softmax_cross_entropy.terms(labels, logits), boxes)


def definition(
    mp: Any, boxes_true: Any, boxes_pred: Any, labels: Any, logits: Any, box_weight: Any
) -> Any:
    rows = zip(labels, logits, strict=True)
    classes = mean(mp, (log_sum_exp(mp, row) - row[label] for label, row in rows))
    sizes = [mp.fabs(p - t) for t, p in pairs(boxes_true, boxes_pred)]
    return classes + box_weight * mean(mp, (e**2 / 2 if e < 1 else e - 0.5 for e in sizes))


def sample(rng: np.random.Generator, shape: Shape) -> Inputs:
    """Draw boxes with small and large errors, labels, and logits within 3 of 0; shape is (n, k)."""
    labels, logits = softmax_cross_entropy.sample(rng, shape)
    boxes_true, boxes_pred = BOXES(rng, (shape[0], 4))
    return boxes_true, boxes_pred, labels, logits


def _classified(draw: laws.Draw) -> laws.Draw:
    """Return a draw of labels and logits, with ordinary boxes before them."""

    def case(rng: np.random.Generator) -> Case:
        labels, logits = draw(rng).arguments
        return Case((*BOXES(rng, (len(labels), 4)), labels, logits))

    return case


def _with_errors(*errors: float) -> laws.Draw:
    """Return a draw of boxes with exactly these errors of their coordinates, in any order."""

    def case(rng: np.random.Generator) -> Case:
        boxes, _, labels, logits = sample(rng, (4, 3))
        boxes = np.rint(boxes)
        return Case((boxes, boxes + rng.permuted(np.resize(errors, (4, 4))), labels, logits))

    return case


def _weighted(weight: float) -> laws.Draw:
    return laws.drawn(sample, 4, 3, box_weight=weight)


def _with_labels(*labels: int) -> laws.Draw:
    def case(rng: np.random.Generator) -> Case:
        boxes_true, boxes_pred, _, logits = sample(rng, (len(labels), 4))
        return Case((boxes_true, boxes_pred, np.array(labels), logits))

    return case


BRANCH = (
    "Keep the overflowed square out of the sum: choose with np.where, or square only the part of "
    "the error within 1."
)

EXTREMES = (
    Extreme(
        "logits of 1e4",
        _classified(lambda rng: softmax_cross_entropy.spaced(rng, 1e4)),
        softmax_cross_entropy.SHIFT,
        float32=True,
    ),
    Extreme(
        "rows 2e4 apart",
        _classified(lambda rng: softmax_cross_entropy.around(rng, -1e4, 1e4)),
        "Subtract the largest logit of each row, not that of the whole array.",
    ),
    Extreme("box errors of 1e300", _with_errors(1e300, -3e299, 5e299, 0.0), BRANCH),
    Extreme("box errors of 1e25", _with_errors(1e25, -3e24, 5e24, 0.0), BRANCH, float32=True),
)

EDGES = (
    *label_edges(sample, position=2),
    Edge("no error of a box", _with_errors(0.0), "Boxes that are right cost nothing."),
    Edge(
        "errors of exactly 1",
        _with_errors(1.0, -1.0),
        "At an error of 1 both branches agree, in value and in slope.",
    ),
    Edge("boxes that weigh nothing", _weighted(0.0), "With box_weight 0 the classes alone count."),
    Edge(
        "class 0 alone",
        _with_labels(0, 0, 0),
        "No class is taken for background: the boxes of class 0 count like others.",
    ),
)

PLAIN = (
    CHECK
    + LOG_SOFTMAX
    + """

def _check_boxes(boxes_true, boxes_pred, labels):
    if boxes_true.shape != (len(labels), 4) or boxes_pred.shape != boxes_true.shape:
        raise ValueError("boxes must be (n, 4), one for each label")


def _smooth_l1(e):
    a = np.abs(e)
    return np.where(a < 1, 0.5 * e**2, a - 0.5)


def loss(boxes_true, boxes_pred, labels, logits, box_weight=1.0):
    _check(labels, logits)
    _check_boxes(boxes_true, boxes_pred, labels)
    e = boxes_pred - boxes_true
    boxes = _smooth_l1(e).mean()
    classes = -_log_softmax(logits)[np.arange(len(labels)), labels].mean()
    return classes + box_weight * boxes


def grad(boxes_true, boxes_pred, labels, logits, box_weight=1.0):
    _check(labels, logits)
    _check_boxes(boxes_true, boxes_pred, labels)
    e = boxes_pred - boxes_true
    to_boxes = box_weight * np.clip(e, -1, 1) / e.size
    to_logits = np.exp(_log_softmax(logits))
    to_logits[np.arange(len(labels)), labels] -= 1
    return to_boxes, to_logits / len(labels)
"""
)

HEADS = '''\
import numpy as np


class BoxHead:
    def __init__(self, target, output):
        self.error = np.subtract(output, target, dtype=np.float64)

    def cost(self):
        """Half the square of the part within 1, and the rest as it is."""
        size = np.abs(self.error)
        near = np.minimum(size, 1.0)
        return np.mean(near * near / 2 + (size - near))

    def slope(self):
        return np.sign(self.error) * np.minimum(np.abs(self.error), 1.0) / self.error.size


class ClassHead:
    def __init__(self, labels, logits):
        self.hot = (np.arange(logits.shape[1]) == labels[:, None]).astype(float)
        self.logits = logits.astype(np.float64)
        self.powers = np.exp(self.logits - self.logits.max(axis=1, keepdims=True))

    def cost(self):
        ahead = self.logits.max(axis=1) - np.einsum("nk,nk->n", self.hot, self.logits)
        return np.mean(np.log(self.powers.sum(axis=1)) + ahead)

    def slope(self):
        p = self.powers / self.powers.sum(axis=1, keepdims=True)
        return (p - self.hot) / len(p)


def heads(boxes_true, boxes_pred, labels, logits):
    n = len(labels)
    if n == 0 or labels.shape != (n,) or boxes_true.shape != (n, 4) or boxes_pred.shape != (n, 4):
        raise ValueError("wrong shape of boxes or labels")
    if logits.ndim != 2 or logits.shape[0] != n:
        raise ValueError("wrong shape of logits")
    if np.any(labels < 0) or np.any(labels >= logits.shape[1]):
        raise ValueError("no such class")
    return BoxHead(boxes_true, boxes_pred), ClassHead(labels, logits)


def loss(boxes_true, boxes_pred, labels, logits, box_weight=1.0):
    boxes, classes = heads(boxes_true, boxes_pred, labels, logits)
    return float(boxes.cost() * box_weight + classes.cost())


def grad(boxes_true, boxes_pred, labels, logits, box_weight=1.0):
    boxes, classes = heads(boxes_true, boxes_pred, labels, logits)
    return boxes.slope() * box_weight, classes.slope()
'''

MASKS = """\
import numpy as np


def validate(boxes_true, boxes_pred, labels, logits):
    if not boxes_true.shape == boxes_pred.shape == (labels.size, 4):
        raise ValueError("one box of four coordinates is needed for each label")
    if labels.ndim != 1 or labels.size == 0:
        raise ValueError("labels must be a vector that is not empty")
    if logits.ndim != 2 or len(logits) != len(labels):
        raise ValueError("one row of logits is needed for each label")
    if labels.max() >= logits.shape[1] or labels.min() < 0:
        raise ValueError("a label is out of range")


def margins(labels, logits):
    picked = np.take_along_axis(logits, labels.astype(np.intp)[:, None], axis=1)
    return (logits - picked).astype(np.float64)


def loss(boxes_true, boxes_pred, labels, logits, box_weight=1.0):
    validate(boxes_true, boxes_pred, labels, logits)
    e = np.abs(boxes_pred.astype(np.float64) - boxes_true).ravel()
    far = e >= 1
    boxes = (np.dot(e[~far], e[~far]) / 2 + np.sum(e[far] - 0.5)) / e.size
    ahead = margins(labels, logits)
    # Folding with logaddexp needs no shift of its own.
    return np.logaddexp.reduce(ahead, axis=1).mean() + box_weight * boxes


def grad(boxes_true, boxes_pred, labels, logits, box_weight=1.0):
    validate(boxes_true, boxes_pred, labels, logits)
    slope = boxes_pred.astype(np.float64) - boxes_true
    slope[slope > 1] = 1
    slope[slope < -1] = -1
    ahead = margins(labels, logits)
    p = np.exp(ahead - np.logaddexp.reduce(ahead, axis=1)[:, None])
    return box_weight / slope.size * slope, (p - np.eye(p.shape[1])[labels]) / len(p)
"""

LOOPS = """\
import math

import numpy as np


def check(boxes_true, boxes_pred, labels, logits):
    n = labels.shape[0]
    if labels.ndim != 1 or boxes_true.shape != (n, 4) or boxes_pred.shape != (n, 4):
        raise ValueError("shapes of boxes")
    if n == 0 or logits.ndim != 2 or logits.shape[0] != n:
        raise ValueError("shapes of logits")
    for label in labels:
        if label < 0 or label >= logits.shape[1]:
            raise ValueError(f"label {label}")


def loss(boxes_true, boxes_pred, labels, logits, box_weight=1.0):
    check(boxes_true, boxes_pred, labels, logits)
    n, boxes, classes = len(labels), 0.0, 0.0
    for t, p in zip(boxes_true.ravel().tolist(), boxes_pred.ravel().tolist()):
        e = abs(p - t)
        boxes += e * e / 2 if e < 1 else e - 0.5
    for label, row in zip(labels.tolist(), logits.tolist()):
        top = max(row)
        classes += math.log(math.fsum(math.exp(z - top) for z in row)) + top - row[label]
        classes += 0.0 * sum(row)  # max() may miss a NaN
    return classes / n + box_weight * boxes / (4 * n)


def grad(boxes_true, boxes_pred, labels, logits, box_weight=1.0):
    check(boxes_true, boxes_pred, labels, logits)
    n = len(labels)
    to_boxes, to_logits = np.zeros(boxes_pred.shape), np.zeros(logits.shape)
    for place in np.ndindex(n, 4):
        e = float(boxes_pred[place]) - float(boxes_true[place])
        to_boxes[place] = box_weight * (e if abs(e) < 1 else e / abs(e)) / (4 * n)
    for i, row in enumerate(logits.tolist()):
        top = max(row) + 0.0 * sum(row)
        powers = [math.exp(z - top) for z in row]
        for j, power in enumerate(powers):
            to_logits[i, j] = (power / math.fsum(powers) - (j == labels[i])) / n
    return to_boxes, to_logits
"""

TOTAL, SQUARE, SLOPE = (
    "classes + box_weight * boxes",
    "np.where(a < 1, 0.5 * e**2, a - 0.5)",
    "box_weight * np.clip(e, -1, 1) / e.size",
)

MISCONCEPTIONS = (
    Misconception(
        "box_weight ignored",
        Family.VALUES,
        "It adds up both losses and ignores box_weight.",
        patched(PLAIN, (TOTAL, "classes + boxes"), (SLOPE, "np.clip(e, -1, 1) / e.size")),
    ),
    Misconception(
        "weight on the classes",
        Family.VALUES,
        "It weighs the loss of the classes, where the boxes are to be weighed.",
        patched(
            PLAIN,
            (TOTAL, "box_weight * classes + boxes"),
            (SLOPE, "np.clip(e, -1, 1) / e.size"),
            ("return to_boxes, to_logits", "return to_boxes, box_weight * to_logits"),
        ),
    ),
    Misconception(
        "coordinates of a box added up",
        Family.VALUES,
        "It adds up the four coordinates of a box and averages over boxes, where the mean is over "
        "all coordinates: four times too much.",
        patched(
            PLAIN,
            (".mean()\n    classes", ".sum(axis=1).mean()\n    classes"),
            (SLOPE, "box_weight * np.clip(e, -1, 1) / len(e)"),
        ),
    ),
    Misconception(
        "class 0 taken for background",
        Family.VALUES,
        "It counts no boxes of class 0, as detectors with a background class do: here every box "
        "counts.",
        patched(
            PLAIN,
            (
                "e = boxes_pred - boxes_true",
                "e = (boxes_pred - boxes_true) * (labels > 0)[:, None]",
            ),
        ),
    ),
    Misconception(
        "plain L1",
        Family.VALUES,
        "It takes the absolute error of the boxes, without the square for small errors.",
        patched(PLAIN, (SQUARE, "a"), ("np.clip(e, -1, 1)", "np.sign(e)")),
    ),
    Misconception(
        "square not halved",
        Family.VALUES,
        "It forgets the one half of the square, so that the loss jumps at an error of 1.",
        patched(
            PLAIN,
            ("0.5 * e**2", "e**2"),
            ("np.clip(e, -1, 1)", "np.where(abs(e) < 1, 2 * e, np.sign(e))"),
        ),
    ),
    Misconception(
        "box gradient without its weight",
        Family.GRADIENTS,
        "Its gradient with respect to the boxes lacks box_weight.",
        patched(PLAIN, (SLOPE, "np.clip(e, -1, 1) / e.size")),
    ),
    Misconception(
        "box gradient divided by boxes",
        Family.GRADIENTS,
        "Its gradient with respect to the boxes is divided by the n boxes, where the mean is over "
        "4 n coordinates.",
        patched(PLAIN, (SLOPE, "box_weight * np.clip(e, -1, 1) / len(e)")),
    ),
    Misconception(
        "one-hot forgotten",
        Family.GRADIENTS,
        "Its gradient with respect to the logits is softmax/n: the 1 at each row's label is not "
        "subtracted.",
        patched(PLAIN, ("    to_logits[np.arange(len(labels)), labels] -= 1\n", "")),
    ),
    Misconception(
        "gradients in the wrong order",
        Family.GRADIENTS,
        "It returns the gradient of the logits first; the boxes come first in the signature.",
        patched(PLAIN, ("to_boxes, to_logits / len(labels)", "to_logits / len(labels), to_boxes")),
    ),
    Misconception(
        "branches blended by masks",
        Family.STABILITY,
        "It multiplies each branch of smooth L1 by a mask and adds them: zero times an overflowed "
        "square is NaN.",
        patched(PLAIN, (SQUARE, "(a < 1) * 0.5 * e**2 + (a >= 1) * (a - 0.5)")),
    ),
    Misconception(
        "boxes broadcast",
        Family.EDGE_CASES,
        "It lets NumPy broadcast one box against many where it must raise ValueError.",
        patched(
            PLAIN,
            (
                "if boxes_true.shape != (len(labels), 4) or boxes_pred.shape != boxes_true.shape:",
                "if False:",
            ),
        ),
    ),
    *softmax_mistakes(PLAIN),
    *neglects(PLAIN),
)


def _classes(*arguments: Array, **parameters: float) -> float:
    return softmax_cross_entropy.reference(arguments[2], arguments[3])


def _is_linear(rng: np.random.Generator) -> tuple[float, float]:
    arguments = sample(rng, (4, 3))
    low, middle, high = (reference(*arguments, box_weight=w) for w in (0.5, 2.0, 3.5))
    return (low + high) / 2, middle


USUAL = _weighted(2.0)
LAWS = (
    laws.equal(
        "With box_weight 0 it is the softmax cross-entropy.", _weighted(0.0), reference, _classes
    ),
    laws.equal(
        "With boxes that are right it is the softmax cross-entropy.",
        _with_errors(0.0),
        reference,
        _classes,
    ),
    Law("It is linear in box_weight.", _is_linear),
    laws.unchanged(
        "A common shift of the boxes changes nothing.", reference, USUAL, laws.shifted(0, 1)
    ),
    laws.unchanged(
        "A shift of all logits of a row changes nothing.",
        reference,
        USUAL,
        laws.shifted(3, by_row=True),
    ),
    laws.unchanged(
        "The order of the samples does not matter.", reference, USUAL, laws.reordered(0, 1, 2, 3)
    ),
)

TASKS = (
    Task(
        slug="detection",
        title="Detection loss",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \left( \log \sum_{j=1}^{k} e^{z_{ij}} - "
        r"z_{i,y_i} \right) + \lambda \frac{1}{4n} \sum_{i=1}^{n} \sum_{c=1}^{4} "
        r"h(\hat{b}_{ic} - b_{ic}), \quad h(e) = \begin{cases} \frac{1}{2} e^2 & |e| < 1 \\ "
        r"|e| - \frac{1}{2} & |e| \ge 1 \end{cases}",
        sentence="The softmax cross-entropy of the classes, averaged over the samples, plus "
        "box_weight times the smooth L1 loss of the boxes, averaged over all coordinates.",
        domain="boxes_true, boxes_pred: real numbers of shape (n, 4); labels: integers 0..k-1 of "
        "shape (n,); logits: real numbers of shape (n, k). Other labels and shapes, and empty "
        "input, raise ValueError.",
        rules=(
            "The loss is one number; grad returns a tuple: the derivatives with respect to "
            "boxes_pred (n, 4) and to logits (n, k), in that order.",
            "All four arguments have the same n; boxes have four coordinates. Anything else raises "
            "ValueError, labels of shape (n, 1) included; nothing broadcasts.",
            "Empty input raises ValueError, and so does a label below 0 or above k - 1.",
            "Smooth L1 has beta = 1 and is averaged over all 4 n coordinates.",
            "Every box counts, whatever its class: there is no background class.",
            "Coordinates are any numbers: corners are neither ordered nor checked.",
            "A NaN in boxes or logits makes the loss NaN.",
            "Logarithms are natural.",
            "Errors up to 1e300 and logits up to 1e4 give a right and finite result.",
            "boxes_true may hold integers; arrays may be float32, strided, Fortran-ordered or "
            "read-only, and none is modified.",
        ),
        source="Girshick, Fast R-CNN (2015), equations 1 to 3, with every box counted and the mean "
        "over all coordinates, as torch.nn.SmoothL1Loss takes it.",
        brief=Brief(
            prompt="A drone inspects power lines: one network names each part that it sees and "
            "draws a box around it. Both heads are trained together. Write their loss: softmax "
            "cross-entropy for the classes plus `box_weight` times smooth L1 for the boxes. "
            "`grad` returns two arrays: the gradient with respect to `boxes_pred` and the one with "
            "respect to `logits`.",
            context="Two losses with means over different things under one weight, and a gradient "
            "for each head.",
            topics=("detection", "multi-task"),
            difficulty="medium",
            minutes=35,
        ),
        examples=(
            Example(
                Case(
                    (
                        np.zeros((1, 4)),
                        np.array([[0.5, 0.0, 0.0, 2.0]]),
                        np.array([0]),
                        np.zeros((1, 2)),
                    )
                ),
                value=math.log(2.0) + 0.40625,
                gradient=(((0.125, 0.0, 0.0, 0.25),), ((-0.5, 0.5),)),
                working="Two equal logits cost log 2; errors of 1/2 and 2 cost 1/8 and 3/2, and "
                "their mean over four coordinates is 0.40625.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("boxes_true", "n 4", integers=True),
            Argument("boxes_pred", "n 4", differentiate=True),
            Argument("labels", "n", labels=True),
            Argument("logits", "n k", differentiate=True),
        ),
        parameters=(Parameter("box_weight", 1.0, others=(0.0, 0.25, 5.0)),),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((4, 4), (1, 3), (2, 2), (3, 5)),
        large=(4_000, 20),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        curves=(
            Curve(
                "One coordinate's error, both classes of even odds",
                "error",
                -3.0,
                3.0,
                lambda e: Case(
                    (
                        np.zeros((1, 4)),
                        np.array([[e, 0.0, 0.0, 0.0]]),
                        np.zeros(1, int),
                        np.zeros((1, 2)),
                    )
                ),
            ),
        ),
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("a class for each head", HEADS),
            Variant("masks and logaddexp", MASKS),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
    ),
)
