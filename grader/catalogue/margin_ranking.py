"""Margin ranking: of two scores the right one must be ahead by a margin."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.exact import mean, pairs
from grader.catalogue.hinge import reference as hinge
from grader.catalogue.inputs import paired
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

Triple = tuple[Array, Array, Array]
Bounds = tuple[Array, Array]


def _shortfall(y: Array, x1: Array, x2: Array, margin: float) -> tuple[Array, Array]:
    """Return the labels, and how much each pair lacks to its margin, both in float64."""
    y, x1, x2 = paired(y, x1, x2)
    return y, margin - y * (x1 - x2)


def reference(y: Array, x1: Array, x2: Array, margin: float = 0.0) -> float:
    """Return the mean of max(0, -y (x1 - x2) + margin), in units of the scores.

    Args:
        y: any shape, each +1 (x1 belongs ahead) or -1 (x2 belongs ahead).
        x1, x2: same shape, any real scores.
        margin: in units of the scores, any real number.

    Returns:
        The loss, >= 0; NaN where a score is.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: Herbrich, Graepel, Obermayer, Large Margin Rank Boundaries for Ordinal Regression
        (2000), the slack of equation 7.9.
    """
    _, shortfall = _shortfall(y, x1, x2, margin)
    return float(np.mean(np.maximum(0.0, shortfall)))


def gradient(y: Array, x1: Array, x2: Array, margin: float = 0.0) -> tuple[Array, Array]:
    """Return the derivatives with respect to x1 and x2, each of their shape; errors as above.

    They are -y / n and y / n where the margin is not met, and 0 elsewhere.
    """
    y, shortfall = _shortfall(y, x1, x2, margin)
    pull = np.where(shortfall > 0.0, y, 0.0) / y.size
    return -pull, pull


def subdifferential(y: Array, x1: Array, x2: Array, margin: float = 0.0) -> tuple[Bounds, Bounds]:
    """Return the lowest and highest right gradients: where the margin is just met, 0 to -+y / n."""
    y, shortfall = _shortfall(y, x1, x2, margin)
    slopes = np.where(shortfall > 0.0, y, 0.0), np.where(shortfall >= 0.0, y, 0.0)
    low, high = np.minimum(*slopes) / y.size, np.maximum(*slopes) / y.size
    return (-high, -low), (low, high)


SCORES = sampler((0.1, 0.4), (0.6, 0.9), (1.1, 1.9), (2.1, 3.0))


def sample(rng: np.random.Generator, shape: Shape) -> Triple:
    """Draw gaps of both signs at least 0.1 from 0, 0.5, 1 and 2; the first pair is ranked wrong."""
    x2, x1 = SCORES(rng, shape)
    y = rng.choice(np.array([-1, 1]), size=shape)
    y.flat[0] = -np.sign(x1.flat[0] - x2.flat[0])
    return y, x1, x2


def terms(y: Array, x1: Array, x2: Array, margin: float = 0.0) -> float:
    """Return the largest score, or the margin where that is larger."""
    del y
    return float(max(np.abs(x1).max(), np.abs(x2).max(), abs(margin), 1e-300))


def definition(mp: Any, y: Any, x1: Any, x2: Any, margin: Any) -> Any:
    return mean(mp, (max(mp.mpf(0), -s * (a - b) + margin) for s, a, b in pairs(y, x1, x2)))


def _gaps(rng: np.random.Generator, gaps: Array, **parameters: float) -> Case:
    """Pairs with exactly these leads of the score that belongs ahead."""
    y = rng.choice(np.array([-1, 1]), size=gaps.shape)
    x2 = rng.integers(-8, 9, size=gaps.shape).astype(np.float64)
    return Case((y, x2 + y * gaps, x2), parameters)


def _of_size(rng: np.random.Generator, scale: float) -> Case:
    """Scores of both signs of about `scale`, with gaps of the same size."""
    y, x1, x2 = sample(rng, (12,))
    return Case((y, scale / 8.0 * x1, scale / 8.0 * x2), {"margin": 0.5})


def _close(rng: np.random.Generator) -> Case:
    leads = rng.uniform(1e-7, 1e-6, size=8) * np.array(
        [-1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0, -1.0]
    )
    return _gaps(rng, leads)


def _beside_a_blunder(rng: np.random.Generator) -> Case:
    """Ordinary pairs, and one that is 1e10 on the wrong side."""
    y, x1, x2 = sample(rng, (12,))
    one = rng.integers(12)
    x1[one] = x2[one] - 1e10 * y[one]
    return Case((y, x1, x2))


def _at(lead: float, margin: float) -> Case:
    return Case((np.array([1]), np.array([lead]), np.zeros(1)), {"margin": margin})


PLAIN = """\
import numpy as np


def _behind(y, x1, x2, margin):
    if y.shape != x1.shape or x1.shape != x2.shape:
        raise ValueError("y, x1 and x2 must have the same shape")
    if x1.size == 0:
        raise ValueError("there are no pairs")
    return -y * (x1 - x2) + margin


def loss(y, x1, x2, margin=0.0):
    return np.mean(np.maximum(0.0, _behind(y, x1, x2, margin)))


def grad(y, x1, x2, margin=0.0):
    active = _behind(y, x1, x2, margin) > 0
    slope = np.where(active, -y, 0.0) / x1.size
    return slope, -slope
"""

ORDERED = '''\
import numpy as np


def lead(y, x1, x2):
    """By how much the score that belongs ahead is ahead."""
    if len({np.shape(y), np.shape(x1), np.shape(x2)}) != 1:
        raise ValueError("shapes differ")
    if np.size(y) == 0:
        raise ValueError("empty")
    first = np.asarray(y) > 0
    winner, loser = np.where(first, x1, x2), np.where(first, x2, x1)
    return winner.astype(float) - loser, first


def loss(y, x1, x2, margin=0.0):
    ahead, _ = lead(y, x1, x2)
    return float(np.average((margin - ahead).clip(min=0)))


def grad(y, x1, x2, margin=0.0):
    ahead, first = lead(y, x1, x2)
    push = (ahead < margin) / ahead.size
    return np.where(first, -push, push), np.where(first, push, -push)
'''

HALVES = """\
import numpy as np


class Ranking:
    def __init__(self, y, x1, x2, margin):
        if not (y.shape == x1.shape == x2.shape):
            raise ValueError("pairs do not line up")
        if x1.size < 1:
            raise ValueError("no pairs")
        self.y = y.astype(np.float64)
        self.lack = margin - self.y * x1 + self.y * x2

    def value(self):
        # max(0, a) = (a + |a|) / 2
        return 0.5 * (self.lack.mean() + np.abs(self.lack).mean())

    def slopes(self):
        step = np.heaviside(self.lack, 0.5) * self.y / self.y.size
        return -step, step


def loss(y, x1, x2, margin=0.0):
    return Ranking(y, x1, x2, margin).value()


def grad(y, x1, x2, margin=0.0):
    return Ranking(y, x1, x2, margin).slopes()
"""

MASKED = """\
import numpy as np


def violations(y, x1, x2, margin):
    for array in (x1, x2):
        if array.shape != y.shape:
            raise ValueError(f"{array.shape} is not {y.shape}")
    if not y.size:
        raise ValueError("nothing to rank")
    lead = np.multiply(y, np.subtract(x1, x2, dtype=np.float64))
    met = lead >= margin
    return lead, ~met


def loss(y, x1, x2, margin=0.0):
    lead, violated = violations(y, x1, x2, margin)
    return np.sum(margin - lead[violated]) / lead.size


def grad(y, x1, x2, margin=0.0):
    lead, violated = violations(y, x1, x2, margin)
    g1, g2 = np.zeros(lead.shape), np.zeros(lead.shape)
    g1[violated] = -y[violated] / lead.size
    g2[violated] = y[violated] / lead.size
    return g1, g2
"""

LOOPS = """\
import numpy as np


def costs(y, x1, x2, margin):
    if y.shape != x1.shape or y.shape != x2.shape or y.size == 0:
        raise ValueError("y, x1 and x2: one shape, not empty")
    rows = zip(y.ravel().tolist(), x1.ravel().tolist(), x2.ravel().tolist())
    return [(label, margin - label * (a - b)) for label, a, b in rows]


def loss(y, x1, x2, margin=0.0):
    total = 0.0
    for _, cost in costs(y, x1, x2, margin):
        if not cost <= 0:
            total += cost
    return total / y.size


def grad(y, x1, x2, margin=0.0):
    first = []
    for label, cost in costs(y, x1, x2, margin):
        first.append(-label / y.size if cost > 0 else 0.0)
    first = np.array(first).reshape(x1.shape)
    return first, -first
"""

BEHIND, COST = "-y * (x1 - x2) + margin", "np.maximum(0.0, _behind(y, x1, x2, margin))"
SLOPE, ACTIVE = "np.where(active, -y, 0.0)", "_behind(y, x1, x2, margin) > 0"

MISCONCEPTIONS = (
    Misconception(
        "labels the wrong way round",
        Family.VALUES,
        "It asks for the smaller score first: y = 1 means that x1 belongs ahead of x2.",
        patched(PLAIN, (BEHIND, "y * (x1 - x2) + margin"), (SLOPE, "np.where(active, y, 0.0)")),
    ),
    Misconception(
        "label ignored",
        Family.VALUES,
        "It always asks for x1 ahead of x2, whatever the label says.",
        patched(PLAIN, (BEHIND, "-(x1 - x2) + margin"), ("-y, 0.0", "-1.0, 0.0")),
    ),
    Misconception(
        "labels taken for 0 and 1",
        Family.VALUES,
        "It maps the labels by 2y - 1, as if they were 0 and 1; they are -1 and +1 already.",
        patched(
            PLAIN, (BEHIND, "-(2 * y - 1) * (x1 - x2) + margin"), ("-y, 0.0", "1 - 2 * y, 0.0")
        ),
    ),
    Misconception(
        "margin ignored",
        Family.VALUES,
        "It ignores the margin: any lead is enough for it.",
        patched(PLAIN, (BEHIND, "-y * (x1 - x2)")),
    ),
    Misconception(
        "margin subtracted",
        Family.VALUES,
        "It takes the margin off the cost where it must add it, and so forgives small mistakes.",
        patched(PLAIN, (BEHIND, "-y * (x1 - x2) - margin")),
    ),
    Misconception(
        "label times margin",
        Family.VALUES,
        "It multiplies the margin by the label too, which turns it round for every label of -1.",
        patched(PLAIN, (BEHIND, "-y * (x1 - x2 - margin)")),
    ),
    Misconception(
        "never cut off at 0",
        Family.VALUES,
        "It leaves out max(0, ...): pairs far on the right side lower the loss without end.",
        patched(PLAIN, (COST, "_behind(y, x1, x2, margin)"), (SLOPE, "-y * 1.0")),
    ),
    Misconception(
        "cut off at the margin",
        Family.VALUES,
        "It adds the margin after max(0, ...), so that a pair never costs less than the margin.",
        patched(
            PLAIN,
            (BEHIND, "-y * (x1 - x2)"),
            (COST, "np.maximum(0.0, _behind(y, x1, x2, margin)) + margin"),
        ),
    ),
    Misconception(
        "squared",
        Family.VALUES,
        "It squares the cost of each pair; this loss is linear.",
        patched(
            PLAIN,
            (COST, f"{COST} ** 2"),
            (SLOPE, "np.where(active, -2 * y * _behind(y, x1, x2, margin), 0.0)"),
        ),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the pairs where their mean is asked.",
        patched(PLAIN, ("np.mean(", "np.sum("), (" / x1.size", "")),
    ),
    Misconception(
        "mean over the violations",
        Family.VALUES,
        "It averages over the pairs that miss their margin; the mean is over all pairs.",
        patched(
            PLAIN,
            (f"np.mean({COST})", f"np.sum({COST}) / max(1, np.sum({ACTIVE}))"),
            (" / x1.size", " / max(1, np.sum(active))"),
        ),
    ),
    Misconception(
        "both gradients the same",
        Family.GRADIENTS,
        "It returns the gradient of x1 twice; that of x2 has the other sign.",
        patched(PLAIN, ("return slope, -slope", "return slope, slope.copy()")),
    ),
    Misconception(
        "gradient never switched off",
        Family.GRADIENTS,
        "Its gradient is -y/n everywhere, also where the margin is met and the loss is flat.",
        patched(PLAIN, (SLOPE, "-y * 1.0")),
    ),
    Misconception(
        "gradient without the label",
        Family.GRADIENTS,
        "Its gradient pulls x1 up in every pair: the label's sign is missing.",
        patched(PLAIN, ("-y, 0.0", "-1.0, 0.0")),
    ),
    Misconception(
        "gradient without the margin",
        Family.GRADIENTS,
        "Its gradient stops as soon as the order is right, though the margin is not met yet.",
        patched(PLAIN, (ACTIVE, "_behind(y, x1, x2, 0.0) > 0")),
    ),
    Misconception(
        "gradient not divided by n",
        Family.GRADIENTS,
        "Its gradients are those of the sum: the division by the number of pairs is missing.",
        patched(PLAIN, (" / x1.size", " * 1.0")),
    ),
    Misconception(
        "size by a square and a root",
        Family.STABILITY,
        "It takes |a| as the root of a squared, which overflows for large scores.",
        patched(HALVES, ("np.abs(self.lack)", "np.sqrt(self.lack**2)")),
    ),
    Misconception(
        "smoothed",
        Family.STABILITY,
        "It rounds the kink off by sqrt(a² + 1e-8), which leaves a cost where the scores are "
        "nearly tied.",
        patched(
            HALVES,
            ("np.abs(self.lack).mean()", "np.hypot(self.lack, 1e-4).mean()"),
        ),
    ),
    Misconception(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It lets arrays of different shapes broadcast where it must raise ValueError.",
        patched(PLAIN, ("y.shape != x1.shape or x1.shape != x2.shape", "y.ndim < 0")),
    ),
    Misconception(
        "empty input accepted",
        Family.EDGE_CASES,
        "It averages over no pairs where it must raise ValueError.",
        patched(PLAIN, ("if x1.size == 0:", "if x1.ndim < 0:")),
    ),
    Misconception(
        "NaN counted as met",
        Family.EDGE_CASES,
        "It adds up the costs above 0; a NaN is not above 0 and so is hidden.",
        patched(
            PLAIN,
            (COST, "np.where(_behind(y, x1, x2, margin) > 0, _behind(y, x1, x2, margin), 0.0)"),
        ),
    ),
)

USUAL = laws.drawn(sample, 12, margin=0.5)


def _turned_round(rng: np.random.Generator, case: Case) -> Case:
    y, x1, x2 = case.arguments
    return Case((-y, x2, x1), case.parameters)


def _swapped_losses(rng: np.random.Generator) -> tuple[float, float]:
    y, x1, x2 = sample(rng, (12,))
    return reference(y, x1, x2) - reference(y, x2, x1), float(np.mean(y * (x2 - x1)))


def _hinge(y: Array, x1: Array, x2: Array, margin: float) -> float:
    return margin * hinge(y, (x1 - x2) / margin)


LAWS = (
    laws.zero(
        "Where every lead is the margin the loss is 0.",
        reference,
        lambda rng: _gaps(rng, np.full(6, 0.5), margin=0.5),
    ),
    laws.equal(
        "It is the hinge loss of the difference over the margin, times the margin.",
        USUAL,
        reference,
        _hinge,
    ),
    laws.unchanged(
        "A label turned round with its pair is the same.", reference, USUAL, _turned_round
    ),
    laws.unchanged(
        "Adding the same to both scores of a pair changes nothing.",
        reference,
        USUAL,
        laws.shifted(1, 2, by_row=True),
    ),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1, 2)),
    Law("Without a margin, swapping x1 and x2 changes it by the mean lead.", _swapped_losses),
)

TASKS = (
    Task(
        slug="margin-ranking",
        title="Margin ranking loss",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} "
        r"\max\left( 0,\ -y_i \left( x_{1,i} - x_{2,i} \right) + m \right)",
        sentence="The mean, over all pairs, of the margin less the lead of the score that belongs "
        "ahead, and 0 where that is negative: the lead is x1 - x2 where y is +1, and x2 - x1 where "
        "y is -1.",
        domain="y holds -1 and +1; x1 and x2 hold any finite numbers; all three have one shape; "
        "different shapes and empty arrays raise ValueError.",
        rules=(
            "The loss is one number; grad returns a tuple of two new arrays: the derivatives with "
            "respect to x1 and to x2, each in their shape.",
            "y, x1 and x2 have one shape, whatever it is; different shapes raise ValueError and "
            "never broadcast.",
            "Empty input raises ValueError.",
            "y holds integers of any width, each -1 or +1; other labels are not asked for.",
            "margin is any number; with 0 it is enough that the order is right.",
            "A NaN in x1 or x2 makes the loss NaN.",
            "Where the lead is exactly the margin the cost is 0, and any gradient from 0 to that "
            "of a missed margin is right.",
            "The mean is over all pairs, those that meet their margin included.",
            "Scores up to 1e300 give a right and finite result.",
        ),
        source="Herbrich, Graepel, Obermayer, Large Margin Rank Boundaries for Ordinal Regression "
        "(2000), the slack variables of equation 7.9; as in PyTorch's MarginRankingLoss.",
        brief=Brief(
            prompt="A travel site shows people two hotels and asks which one they would rather "
            "book. A model scores each hotel on its own; what is known is only which of two "
            "belongs ahead. Write the loss that asks for the preferred hotel to lead by a margin, "
            "and its gradients with respect to both scores. `y` is 1 where the first hotel was "
            "preferred and -1 where the second was; `margin` is the lead that is wanted.",
            context="Signs: of the label, of the margin and of two gradients, and a kink at which "
            "several answers are right.",
            topics=("ranking", "margins", "recommendation"),
            difficulty="easy",
            minutes=15,
        ),
        examples=(
            Example(
                Case(
                    (
                        np.array([1, 1, -1, -1]),
                        np.array([3.0, 1.0, 3.0, 1.0]),
                        np.array([1.0, 2.0, 1.0, 1.5]),
                    ),
                    {"margin": 1.0},
                ),
                value=(0.0 + 2.0 + 3.0 + 0.5) / 4,
                gradient=((0.0, -0.25, 0.25, 0.25), (0.0, 0.25, -0.25, -0.25)),
                working="The leads are 2, -1, -2 and 1/2, so with a margin of 1 the costs are 0, "
                "2, 3 and 1/2; their mean is 5.5 / 4.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("y", labels=True),
            Argument("x1", differentiate=True),
            Argument("x2", differentiate=True),
        ),
        parameters=(Parameter("margin", 0.0, others=(0.5, 1.0, 2.0)),),
        reference=reference,
        gradient=gradient,
        subdifferential=subdifferential,
        sample=sample,
        shapes=((12,), (1,), (3, 4), (2, 3, 2)),
        large=(100_000,),
        terms=terms,
        extremes=(
            Extreme(
                "scores of 1e300",
                lambda rng: _of_size(rng, 1e300),
                "Square nothing: the cost of a pair is linear in its scores.",
            ),
            Extreme(
                "scores of 1e30",
                lambda rng: _of_size(rng, 1e30),
                "Square nothing: in float32 squares overflow beyond 1e19.",
                float32=True,
            ),
            Extreme(
                "leads of 1e-7 to 1e-6",
                _close,
                "Take the positive part as it is, without smoothing, and keep float64.",
            ),
        ),
        edges=(
            Edge(
                "leads of exactly the margin",
                lambda rng: _gaps(rng, np.array([0.5, 0.5, -1.0, 0.5, 2.0]), margin=0.5),
                "At a lead of exactly the margin the cost is 0, and any gradient from 0 to that of "
                "a missed margin is right.",
            ),
            Edge(
                "tied scores without a margin",
                lambda rng: _gaps(rng, np.zeros(5)),
                "Tied scores cost nothing without a margin.",
            ),
            Edge(
                "tied scores",
                lambda rng: _gaps(rng, np.zeros(5), margin=2.0),
                "Tied scores cost the margin, whichever belongs ahead.",
            ),
            Edge(
                "every margin met",
                lambda rng: _gaps(rng, np.array([1.0, 2.5, 4.0]), margin=0.5),
                "Where every lead is above the margin, loss and gradients are 0.",
            ),
            Edge(
                "negative margin",
                lambda rng: _gaps(rng, np.array([-0.25, -1.5, 0.5, -3.0]), margin=-1.0),
                "A negative margin forgives leads that are above it.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("winner and loser", ORDERED),
            Variant("half of a sum", HALVES),
            Variant("boolean mask", MASKED),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        branches=True,
        coarse=_beside_a_blunder,
        curves=(
            Curve("One pair, y = 1, margin 0", "x1 - x2", -3.0, 3.0, lambda x: _at(x, 0.0), (0.0,)),
            Curve("One pair, y = 1, margin 1", "x1 - x2", -3.0, 3.0, lambda x: _at(x, 1.0), (1.0,)),
        ),
    ),
)
