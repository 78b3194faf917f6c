"""The multiclass hinge loss of Crammer and Singer: the label against its best rival."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.exact import mean
from grader.catalogue.hinge import reference as hinge
from grader.catalogue.labelled import (
    CHECK,
    SHAPES,
    arguments,
    label_edges,
    mean_mistakes,
    neglects,
    rules,
)
from grader.catalogue.pairs import numeric_gradient
from grader.catalogue.softmax_cross_entropy import checked
from grader.catalogue.task import (
    Array,
    Brief,
    Case,
    Curve,
    Edge,
    Example,
    Extreme,
    Misconception,
    Parameter,
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def _against_rivals(labels: Array, scores: Array) -> tuple[Array, Array, Array]:
    """Return the labels' scores (n,), the best rivals' scores (n,), and all rivals' (n, k).

    The label is no rival of its own: its score among them is -inf.
    """
    labels, s = checked(labels, scores)
    rows = np.arange(len(labels))
    rivals = s.copy()
    rivals[rows, labels] = -np.inf
    return s[rows, labels], rivals.max(axis=1), rivals


def _gaps(labels: Array, scores: Array, margin: float) -> tuple[Array, Array, Array]:
    own, best, rivals = _against_rivals(labels, scores)
    return margin + best - own, best, rivals


def reference(labels: Array, scores: Array, margin: float = 1.0) -> float:
    """Return the mean of max(0, margin + best rival's score - label's score).

    Args:
        labels: shape (n,), integers in 0..k-1.
        scores: shape (n, k), any real numbers; the largest one is the predicted class.
        margin: in the scores' unit; how far ahead the label is asked to be.

    Returns:
        The loss in the scores' unit, >= 0; NaN where a score is.

    Raises:
        ValueError: for other shapes, empty input, or a label outside 0..k-1.

    Source: Crammer, Singer, On the Algorithmic Implementation of Multiclass Kernel-based Vector
        Machines (Journal of Machine Learning Research 2, 2001), section 3.
    """
    gaps, _, _ = _gaps(labels, scores, margin)
    return float(np.mean(np.maximum(0.0, gaps)))


def gradient(labels: Array, scores: Array, margin: float = 1.0) -> tuple[Array]:
    """Return a subgradient, (n, k): 1/n at the best rival and -1/n at the label of violated rows.

    Of tied rivals the first one counts; a gap of exactly 0 gives 0. Errors as above.
    """
    gaps, _, rivals = _gaps(labels, scores, margin)
    rows, active = np.arange(len(labels)), (gaps > 0.0) / len(labels)
    result = np.zeros(rivals.shape)
    result[rows, rivals.argmax(axis=1)] = active
    result[rows, labels] = -active
    return (result,)


def subdifferential(
    labels: Array, scores: Array, margin: float = 1.0
) -> tuple[tuple[Array, Array]]:
    """Return the lowest and the highest right gradient, elementwise.

    Tied rivals may share 1/n in any way, and a row with a gap of exactly 0 may count in part.
    """
    gaps, best, rivals = _gaps(labels, scores, margin)
    n = len(labels)
    tied = rivals == best[:, None]
    alone = tied & (tied.sum(axis=1, keepdims=True) == 1)
    low = np.where(alone & (gaps > 0.0)[:, None], 1.0 / n, 0.0)
    high = np.where(tied & (gaps >= 0.0)[:, None], 1.0 / n, 0.0)
    rows = np.arange(n)
    low[rows, labels] = np.where(gaps >= 0.0, -1.0 / n, 0.0)
    high[rows, labels] = np.where(gaps > 0.0, -1.0 / n, 0.0)
    return ((low, high),)


def terms(labels: Array, scores: Array, margin: float = 1.0) -> float:
    return float(max(1.0, abs(margin), np.abs(scores).max()))


def definition(mp: Any, labels: Any, scores: Any, margin: Any) -> Any:
    def cost(label: int, row: Any) -> Any:
        rivals = [s for j, s in enumerate(row) if j != label]
        return max(0, margin + max(rivals) - row[label])

    return mean(mp, map(cost, labels, scores))


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
    """Draw scores about 0.8 or 1.3 apart, and labels, half of them the best class of their row.

    So rows miss the margin, meet it, or are right by less. The first one misses it. No two scores
    of a row, and no margin that is asked, are within 0.05 of a kink.
    """
    n, k = shape
    apart = rng.choice([0.8, 1.3], size=(n, 1))
    steps = apart * (np.arange(k) - rng.integers(0, k, size=(n, 1)))
    scores = rng.permuted(steps + rng.uniform(-0.05, 0.05, size=shape), axis=1)
    labels = np.where(rng.random(n) < 0.5, scores.argmax(axis=1), rng.integers(0, k, size=n))
    labels[0] = scores[0].argmin()
    return labels, scores


def of_size(rng: np.random.Generator, scale: float, *, right: bool = False) -> Case:
    """Rows of scores from -scale to scale in even steps; the labels' are the lowest in two rows.

    Or the highest in all of them, if `right`, but for one row of usual scores.
    """
    scores = rng.permuted(np.tile(np.linspace(-scale, scale, 5), (6, 1)), axis=1)
    labels = scores.argmax(axis=1)
    if right:
        labels[0], scores[0] = 2, np.array([0.5, -0.25, 0.25, -1.0, 0.0])
    else:
        labels[:2] = scores[:2].argmin(axis=1)
    return Case((labels, scores))


def all_below(rng: np.random.Generator, level: float) -> Case:
    """Usual rows, each shifted as a whole far below 0."""
    labels, scores = sample(rng, (6, 5))
    return Case((labels, scores + level))


def beside_a_blunder(rng: np.random.Generator) -> Case:
    labels, scores = sample(rng, (5, 4))
    scores[0, labels[0]] = -1e10
    return Case((labels, scores))


def tied_rivals(rng: np.random.Generator) -> Case:
    """Two best rivals with the same score, ahead of the label and within the margin."""
    labels = rng.integers(0, 4, size=4)
    scores = np.zeros((4, 4))
    for row, (label, own) in enumerate(zip(labels, [-1.0, 0.5, 2.0, 4.0], strict=True)):
        scores[row, (label + np.array([0, 1, 2, 3])) % 4] = [own, 1.5, 1.5, -0.5]
    return Case((labels, scores))


def margin_just_met(rng: np.random.Generator) -> Case:
    labels = rng.integers(0, 3, size=4)
    scores = np.tile([-0.5, 0.25, -1.0], (4, 1))
    scores[np.arange(4), labels] = 4.0
    best = np.where(labels == 1, -0.5, 0.25)
    scores[np.arange(2), labels[:2]] = best[:2] + 1.0
    return Case((labels, scores))


def _in_two_classes(labels: Array, scores: Array, margin: float) -> float:
    return hinge(2 * labels - 1, scores[:, 1] - scores[:, 0])


PLAIN = (
    CHECK.replace("logits", "scores")
    + """

def _rivals(labels, scores):
    rivals = scores.astype(float)
    rivals[np.arange(len(labels)), labels] = -np.inf
    return rivals


def loss(labels, scores, margin=1.0):
    _check(labels, scores)
    rivals = _rivals(labels, scores)
    own = scores[np.arange(len(labels)), labels]
    return np.mean(np.maximum(0, margin + rivals.max(axis=1) - own))


def grad(labels, scores, margin=1.0):
    _check(labels, scores)
    rows = np.arange(len(labels))
    rivals = _rivals(labels, scores)
    active = margin + rivals.max(axis=1) - scores[rows, labels] > 0
    result = np.zeros(scores.shape)
    result[rows, rivals.argmax(axis=1)] = active
    result[rows, labels] = -1.0 * active
    return result / len(labels)
"""
)

LABEL_INCLUDED = '''\
import numpy as np


def _augmented(labels, scores, margin):
    """Scores less the label's, plus the margin for every class but the label, which has 0."""
    if scores.ndim != 2 or labels.shape != (len(scores),) or len(scores) == 0:
        raise ValueError("labels (n,) and scores (n, k) do not fit")
    if np.min(labels) < 0 or np.max(labels) > scores.shape[1] - 1:
        raise ValueError("label out of range")
    one_hot = labels[:, None] == np.arange(scores.shape[1])
    own = np.take_along_axis(scores, labels[:, None].astype(int), axis=1)
    return np.where(one_hot, 0.0, margin + scores - own), one_hot


def loss(labels, scores, margin=1.0):
    ahead, _ = _augmented(labels, scores, margin)
    return float(ahead.max(axis=1).mean())


def grad(labels, scores, margin=1.0):
    ahead, one_hot = _augmented(labels, scores, margin)
    # Where the label itself is the best one, both sides are the same class and cancel.
    best = ahead.argmax(axis=1)[:, None] == np.arange(scores.shape[1])
    return np.subtract(best, one_hot, dtype=float) / len(labels)
'''

SORTED = """\
import numpy as np


class CrammerSinger:
    def __init__(self, labels, scores, margin):
        if scores.ndim != 2 or scores.size == 0:
            raise ValueError("scores must be (n, k)")
        self.n, self.k = scores.shape
        if labels.shape != (self.n,) or not np.isin(labels, range(self.k)).all():
            raise ValueError("labels must be (n,) in 0..k-1")
        order = np.argsort(scores, axis=1)
        first, second = order[:, -1], order[:, -2]
        # The best rival is the best class, or the second best where the label is the best.
        self.rival = np.where(first == labels, second, first)
        self.labels, self.rows = labels, np.arange(self.n)
        own, best = scores[self.rows, labels], scores[self.rows, self.rival]
        self.gap = margin + (best - own)
        # NaN sorts last and would be no class's score where the label has it.
        self.gap = np.where(np.isnan(scores).any(axis=1), np.nan, self.gap)

    def value(self):
        return np.mean(np.where(self.gap < 0, 0.0, self.gap))

    def slope(self):
        pull = np.where(self.gap > 0, 1 / self.n, 0.0)
        eye = np.eye(self.k)
        return np.einsum("n,nk->nk", pull, eye[self.rival] - eye[self.labels])


def loss(labels, scores, margin=1.0):
    return CrammerSinger(labels, scores, margin).value()


def grad(labels, scores, margin=1.0):
    return CrammerSinger(labels, scores, margin).slope()
"""

LOOPS = """\
import numpy as np


def check(labels, scores):
    if scores.ndim != 2 or labels.ndim != 1 or len(labels) != len(scores):
        raise ValueError("one label per row")
    if scores.size == 0:
        raise ValueError("no rows")
    if any(label < 0 or label >= scores.shape[1] for label in labels.tolist()):
        raise ValueError("bad label")


def worst(label, row, margin):
    gap, rival = None, None
    for j, s in enumerate(row):
        if j != label:
            ahead = margin + s - row[label]
            if gap is None or ahead != ahead or ahead > gap:
                gap, rival = ahead, j
                if ahead != ahead:
                    break
    return gap, rival


def loss(labels, scores, margin=1.0):
    check(labels, scores)
    total = 0.0
    for label, row in zip(labels.tolist(), scores.tolist()):
        gap, _ = worst(label, row, margin)
        total += 0.0 if gap < 0 else gap
    return total / len(labels)


def grad(labels, scores, margin=1.0):
    check(labels, scores)
    out = np.zeros(scores.shape)
    for i, (label, row) in enumerate(zip(labels.tolist(), scores.tolist())):
        gap, rival = worst(label, row, margin)
        if gap > 0:
            out[i, rival] += 1 / len(labels)
            out[i, label] -= 1 / len(labels)
    return out
"""

RIVALS = "    rivals[np.arange(len(labels)), labels] = -np.inf\n"
GAP = "margin + rivals.max(axis=1) - own"
MEAN = f"np.mean(np.maximum(0, {GAP}))"
ACTIVE = "margin + rivals.max(axis=1) - scores[rows, labels] > 0"
AT_RIVAL = "result[rows, rivals.argmax(axis=1)] = active"

MISCONCEPTIONS = (
    Misconception(
        "every rival counts",
        Family.VALUES,
        "It adds up the gaps of all rivals, as the loss of Weston and Watkins does, where only the "
        "best rival counts.",
        patched(
            PLAIN, (MEAN, "np.sum(np.maximum(0, margin + rivals - own[:, None])) / len(labels)")
        ),
    ),
    Misconception(
        "every rival counts, over k",
        Family.VALUES,
        "It averages the gaps of all rivals over the k classes, as some libraries do, where only "
        "the best rival counts.",
        patched(PLAIN, (GAP, "margin + rivals - own[:, None]")),
    ),
    Misconception(
        "label among its rivals",
        Family.VALUES,
        "It takes the largest score of the whole row, the label's own included: a row can never "
        "cost less than the margin.",
        patched(PLAIN, (RIVALS, "")),
    ),
    Misconception(
        "label's score set to 0",
        Family.VALUES,
        "It sets the label's score to 0 to leave it out, which is the best rival wherever all "
        "others are negative.",
        patched(PLAIN, (RIVALS, RIVALS.replace("-np.inf", "0.0"))),
    ),
    Misconception(
        "margin always 1",
        Family.VALUES,
        "It ignores the parameter and asks for a margin of 1.",
        patched(PLAIN, ("margin + ", "1.0 + ")),
    ),
    Misconception(
        "margin subtracted",
        Family.VALUES,
        "It subtracts the margin, so that rows cost nothing until they are wrong by it.",
        patched(PLAIN, ("margin + ", "-margin + ")),
    ),
    Misconception(
        "label and rival exchanged",
        Family.VALUES,
        "It takes the rival's score from the label's: right rows cost and wrong ones are free.",
        patched(PLAIN, (GAP, "margin + own - rivals.max(axis=1)")),
    ),
    Misconception(
        "never cut off at 0",
        Family.VALUES,
        "It leaves out max(0, ...): rows that are far ahead lower the loss without end.",
        patched(PLAIN, (MEAN, f"np.mean({GAP})")),
    ),
    Misconception(
        "gaps squared",
        Family.VALUES,
        "It squares the gaps, which the formula does not.",
        patched(PLAIN, (MEAN, f"np.mean(np.maximum(0, {GAP}) ** 2)")),
    ),
    Misconception(
        "gradient at the label alone",
        Family.GRADIENTS,
        "Its gradient raises the label and forgets to lower the rival.",
        patched(PLAIN, (f"    {AT_RIVAL}\n", "")),
    ),
    Misconception(
        "gradient at every violating rival",
        Family.GRADIENTS,
        "Its gradient lowers every class within the margin, where the loss depends on the best "
        "rival alone.",
        patched(
            PLAIN, (AT_RIVAL, "result[margin + rivals - scores[rows, labels][:, None] > 0] = 1.0")
        ),
    ),
    Misconception(
        "gradient never switched off",
        Family.GRADIENTS,
        "Its gradient stays where the margin is met and the loss is flat.",
        patched(PLAIN, (ACTIVE, "np.ones(len(labels))")),
    ),
    Misconception(
        "gradient only of wrong rows",
        Family.GRADIENTS,
        "Its gradient is 0 for rows that are right by less than the margin.",
        patched(PLAIN, (ACTIVE, "rivals.max(axis=1) - scores[rows, labels] > 0")),
    ),
    numeric_gradient(PLAIN, "scores"),
    Misconception(
        "label's score set to -1e9",
        Family.STABILITY,
        "It sets the label's score to -1e9 to leave it out, which beats rivals that score less.",
        patched(PLAIN, (RIVALS, RIVALS.replace("-np.inf", "-1e9"))),
    ),
    Misconception(
        "smooth maximum",
        Family.STABILITY,
        "It takes the largest rival as log-sum-exp of 50 times the scores, over 50: nearly right "
        "for scores of usual size, infinite for large ones.",
        patched(PLAIN, (GAP, "margin + np.log(np.exp(50 * rivals).sum(axis=1)) / 50 - own")),
    ),
    Misconception(
        "scores clipped",
        Family.STABILITY,
        "It clips the scores to 100, so that large mistakes are not charged in full.",
        patched(
            PLAIN,
            (GAP, "margin + np.clip(rivals.max(axis=1), -100, 100) - np.clip(own, -100, 100)"),
        ),
    ),
    Misconception(
        "NaN counted as met",
        Family.EDGE_CASES,
        "It counts only gaps above 0; a NaN is not above 0 and so is hidden.",
        patched(PLAIN, (MEAN, "np.mean(np.fmax(0, margin + rivals.max(axis=1) - own))")),
    ),
    *mean_mistakes(PLAIN),
    *neglects(PLAIN, "scores"),
)

USUAL = laws.drawn(sample, 6, 4, margin=1.5)

LAWS = (
    laws.zero(
        "Rows that are ahead by the margin cost nothing.",
        reference,
        lambda rng: Case((np.arange(4), 5.0 * np.eye(4) + rng.uniform(-1.0, 1.0, size=(4, 4)))),
    ),
    laws.equal(
        "Two classes give the hinge loss of the difference of their scores.",
        laws.drawn(sample, 6, 2, margin=1.0),
        reference,
        _in_two_classes,
    ),
    laws.unchanged(
        "A number added to all scores of a row changes nothing.",
        reference,
        USUAL,
        laws.shifted(1, by_row=True),
    ),
    laws.equal(
        "Scores and margin three times as large cost three times as much.",
        USUAL,
        lambda labels, scores, margin: reference(labels, 3.0 * scores, 3.0 * margin),
        lambda labels, scores, margin: 3.0 * reference(labels, scores, margin),
    ),
    laws.unchanged(
        "The order of the rows does not matter.", reference, USUAL, laws.reordered(0, 1)
    ),
)

LEAVE_OUT = "Leave the label out with -inf or a mask: a large finite number may be the largest."

TASKS = (
    Task(
        slug="multiclass-hinge",
        title="Multiclass hinge loss",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \max \Bigl( 0,\ m + \max_{j \ne y_i} s_{ij} "
        r"- s_{i, y_i} \Bigr)",
        sentence="The mean, over the rows, of margin plus the largest score of the other classes "
        "minus the score of the row's label, and 0 where that is negative.",
        domain="labels are integers in 0..k-1 of shape (n,) and scores any numbers of shape "
        "(n, k) with at least two classes; other labels and shapes raise ValueError.",
        rules=(
            *rules("scores"),
            "The m of the formula is margin. Only the best of the other classes counts, not all "
            "that come within the margin.",
            "Where other classes tie for the best they may share the slope of 1/n in any way, and "
            "where the margin is met exactly any slope between 0 and the violated one is right.",
            "Scores up to 1e300 in size give a right and finite result.",
            "The mean is over the n rows.",
        ),
        source="Crammer, Singer, On the Algorithmic Implementation of Multiclass Kernel-based "
        "Vector Machines, Journal of Machine Learning Research 2 (2001), section 3.",
        brief=Brief(
            prompt="A camera on a packing line tells apart a handful of apple varieties, and each "
            "variety has a score. The right variety shall be ahead of the best of the others by "
            "at least `margin`. Write the loss that charges what is missing to that, and a "
            "gradient with respect to the scores.",
            context="A maximum over all classes but one, the two entries per row that it pulls "
            "on, and subgradients at ties.",
            topics=("classification", "margins"),
            difficulty="medium",
            minutes=20,
        ),
        examples=(
            Example(
                Case((np.array([0, 2]), np.array([[2.0, 1.5, -1.0], [0.5, 3.0, 1.0]]))),
                value=1.75,
                gradient=(((-0.5, 0.5, 0.0), (0.0, 0.5, -0.5)),),
                working="The best rivals score 3/2 and 3 against 2 and 1: gaps of 1/2 and 3, "
                "and each row pulls its rival down and its label up by 1/2.",
            ),
            Example(
                Case((np.array([1]), np.array([[0.5, 3.0]])), {"margin": 2.0}),
                value=0.0,
                gradient=(((0.0, 0.0),),),
                working="The label is ahead by 5/2, more than the margin of 2.",
            ),
        ),
        definition=definition,
        arguments=arguments("scores"),
        parameters=(Parameter("margin", 1.0, others=(0.5, 2.0, 0.0)),),
        reference=reference,
        gradient=gradient,
        subdifferential=subdifferential,
        sample=sample,
        shapes=SHAPES,
        large=(4_000, 25),
        terms=terms,
        extremes=(
            Extreme("scores of 1e300", lambda rng: of_size(rng, 1e300), LEAVE_OUT),
            Extreme("scores of 1e30", lambda rng: of_size(rng, 1e30), LEAVE_OUT, float32=True),
            Extreme(
                "right scores of 1e8 beside usual ones",
                lambda rng: of_size(rng, 1e8, right=True),
                LEAVE_OUT,
                float32=True,
            ),
            Extreme("all scores near -1e10", lambda rng: all_below(rng, -(2.0**33)), LEAVE_OUT),
            Extreme("scores of 500", lambda rng: of_size(rng, 500.0), "Take the maximum itself."),
        ),
        edges=(
            *label_edges(sample),
            Edge(
                "tied rivals",
                tied_rivals,
                "Rivals with the same score may share the slope in any way.",
            ),
            Edge(
                "margin met exactly",
                margin_just_met,
                "Where the gap is exactly 0 the loss is 0 and the slope anything up to the "
                "violated one.",
            ),
            Edge(
                "no margin",
                lambda rng: Case(sample(rng, (5, 4)), {"margin": 0.0}),
                "With margin = 0 only wrong rows cost.",
            ),
            Edge(
                "all other scores negative",
                lambda rng: all_below(rng, -20.0),
                "The best rival may have a negative score.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        curves=(
            Curve(
                "The right class's score, two others at 0 and -1, margin = 1",
                "score",
                -3.0,
                4.0,
                lambda z: Case((np.zeros(1, np.int64), np.array([[z, 0.0, -1.0]]))),
                kinks=(1.0,),
            ),
        ),
        coarse=beside_a_blunder,
        branches=True,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("label with a gap of 0", LABEL_INCLUDED),
            Variant("sorted, in a class", SORTED),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
    ),
)
