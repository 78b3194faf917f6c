"""The discriminator's loss of a least-squares generative adversarial network."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.adversarial import (
    LARGE,
    SHAPES,
    apart,
    arguments,
    definition_of,
    edges,
    exactly,
    mirrored,
    on_scores,
    plain,
    rules,
    sampler,
    side_laws,
    sides,
    slips,
    within,
)
from grader.catalogue.regression import at_least_tiny
from grader.catalogue.task import (
    Array,
    Brief,
    Case,
    Curve,
    Edge,
    Example,
    Extreme,
    Law,
    Misconception,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def reference(real_scores: Array, fake_scores: Array) -> float:
    """Return mean (real - 1)² / 2 + mean fake² / 2.

    Args:
        real_scores, fake_scores: any two shapes; 1 says that a sample is real, 0 that it is fake.

    Returns:
        The loss, >= 0; NaN where either array holds one.

    Raises:
        ValueError: where either array is empty.

    Source: Mao et al., Least Squares Generative Adversarial Networks (2017), equations 2 and 9,
    with a = 0 and b = 1.
    """
    real, fake = sides(real_scores, fake_scores)
    return float(0.5 * np.mean((real - 1.0) ** 2) + 0.5 * np.mean(fake**2))


def gradient(real_scores: Array, fake_scores: Array) -> tuple[Array, Array]:
    """Return (real - 1) / n and fake / m, each in its argument's shape; errors as `reference`."""
    real, fake = sides(real_scores, fake_scores)
    return (real - 1.0) / real.size, fake / fake.size


def terms(real_scores: Array, fake_scores: Array) -> float:
    """Return half of the largest squared distance from the target."""
    largest = max(np.abs(real_scores - 1.0).max(), np.abs(fake_scores).max())
    return at_least_tiny(0.5 * largest**2)


def definition(mp: Any, real_scores: Any, fake_scores: Any) -> Any:
    return definition_of(
        mp, real_scores, fake_scores, lambda x: (x - 1) ** 2 / 2, lambda x: x**2 / 2
    )


PLAIN = plain(
    kind="scores",
    real_cost="0.5 * (x - 1) ** 2",
    fake_cost="0.5 * x**2",
    real_slope="x - 1",
    fake_slope="x",
)

DOT = """\
import numpy as np


def distances(real_scores, fake_scores):
    real = np.subtract(real_scores, 1.0, dtype=np.float64)
    fake = np.array(fake_scores, dtype=np.float64)
    if min(real.size, fake.size) == 0:
        raise ValueError("neither side may be empty")
    return real, fake


def loss(real_scores, fake_scores):
    sides = distances(real_scores, fake_scores)
    return sum(np.vdot(side, side) / (2.0 * side.size) for side in sides)


def grad(real_scores, fake_scores):
    real, fake = distances(real_scores, fake_scores)
    real /= real.size
    fake /= fake.size
    return real, fake
"""

CLOSURES = """\
import numpy as np


def squared_distance(target):
    def distance(scores):
        if not scores.size:
            raise ValueError("an empty sample has no mean")
        return scores.astype(float) - target

    def cost(scores):
        return np.average(distance(scores) ** 2) / 2

    def slope(scores):
        return distance(scores) * (1 / scores.size)

    return cost, slope


cost_of_real, slope_of_real = squared_distance(target=1.0)
cost_of_fake, slope_of_fake = squared_distance(target=0.0)


def loss(real_scores, fake_scores):
    return float(cost_of_real(real_scores) + cost_of_fake(fake_scores))


def grad(real_scores, fake_scores):
    return slope_of_real(real_scores), slope_of_fake(fake_scores)
"""

BATCH = '''\
import numpy as np


def batch(real_scores, fake_scores):
    """Both samples as one column of scores with targets and weights."""
    n, m = np.size(real_scores), np.size(fake_scores)
    if n == 0 or m == 0:
        raise ValueError("both samples are needed")
    scores = np.concatenate([np.ravel(real_scores), np.ravel(fake_scores)]).astype(np.float64)
    is_real = np.arange(n + m) < n
    return scores - is_real, np.where(is_real, 1 / n, 1 / m)


def loss(real_scores, fake_scores):
    error, weight = batch(real_scores, fake_scores)
    return 0.5 * np.einsum("i,i,i->", weight, error, error)


def grad(real_scores, fake_scores):
    error, weight = batch(real_scores, fake_scores)
    slope, n = weight * error, np.size(real_scores)
    return slope[:n].reshape(real_scores.shape), slope[n:].reshape(fake_scores.shape)
'''

LOOPS = """\
import numpy as np


def half_mean_square(numbers, target):
    if len(numbers) == 0:
        raise ValueError("empty sample")
    total = 0.0
    for x in numbers:
        total += (x - target) * (x - target)
    return total / len(numbers) / 2


def slopes(scores, target):
    if scores.size == 0:
        raise ValueError("empty sample")
    flat = [(float(x) - target) / scores.size for x in scores.ravel()]
    return np.array(flat).reshape(scores.shape)


def loss(real_scores, fake_scores):
    real, fake = real_scores.ravel().tolist(), fake_scores.ravel().tolist()
    return half_mean_square(real, 1.0) + half_mean_square(fake, 0.0)


def grad(real_scores, fake_scores):
    return slopes(real_scores, 1.0), slopes(fake_scores, 0.0)
"""

REAL, FAKE = "0.5 * (x - 1) ** 2", "0.5 * x**2"
REAL_SLOPE, FAKE_SLOPE = "return x - 1\n", "return x\n"

MISCONCEPTIONS = (
    *slips(PLAIN),
    *on_scores(PLAIN),
    Misconception(
        "squares not halved",
        Family.VALUES,
        "It forgets the one half of either side.",
        patched(
            PLAIN,
            (REAL, "(x - 1) ** 2"),
            (FAKE, "x**2"),
            (REAL_SLOPE, "return 2 * (x - 1)\n"),
            (FAKE_SLOPE, "return 2 * x\n"),
        ),
    ),
    Misconception(
        "targets of 1 and -1",
        Family.VALUES,
        "It draws fakes to -1, another coding of the labels; the target of a fake is 0.",
        patched(PLAIN, (FAKE, "0.5 * (x + 1) ** 2"), (FAKE_SLOPE, "return x + 1\n")),
    ),
    Misconception(
        "the generator's target",
        Family.VALUES,
        "It draws fakes to 1 as well, which is what the generator wants.",
        patched(PLAIN, (FAKE, "0.5 * (x - 1) ** 2"), (FAKE_SLOPE, "return x - 1\n")),
    ),
    Misconception(
        "absolute distances",
        Family.VALUES,
        "It averages distances from the targets where their squares are asked.",
        patched(PLAIN, (REAL, "0.5 * np.abs(x - 1)"), (FAKE, "0.5 * np.abs(x)")),
    ),
    Misconception(
        "square of the mean",
        Family.VALUES,
        "It squares the mean distance of each side, so distances of opposite sign cancel.",
        patched(
            PLAIN,
            (REAL, "0.5 * np.mean(x - 1) ** 2 * np.ones(1)"),
            (FAKE, "0.5 * np.mean(x) ** 2 * np.ones(1)"),
        ),
    ),
    Misconception(
        "gradients doubled",
        Family.GRADIENTS,
        "Its gradients keep the 2 of the square, which the one half takes away.",
        patched(
            PLAIN,
            (REAL_SLOPE, "return 2 * (x - 1)\n"),
            (FAKE_SLOPE, "return 2 * x\n"),
        ),
    ),
    Misconception(
        "square expanded",
        Family.STABILITY,
        "It expands the square of real - 1, so that small distances from 1 cancel away.",
        patched(PLAIN, (REAL, "0.5 * (x**2 - 2 * x + 1)")),
    ),
    Misconception(
        "epsilon added",
        Family.STABILITY,
        "It adds 1e-8 to what it squares, which drowns small distances.",
        patched(PLAIN, (FAKE, "0.5 * (np.abs(x) + 1e-8) ** 2")),
    ),
)

SAMPLE = sampler([(-2.0, 0.7), (1.3, 3.0)], [(-2.0, -0.3), (0.3, 2.0)])


def at_targets(rng: np.random.Generator) -> Case:
    return Case((np.ones((2, 3)), np.zeros(4)))


def near_targets(rng: np.random.Generator) -> Case:
    tiny = [(1e-7, 1e-6), (-1e-6, -1e-7)]
    return Case((1.0 + within(rng, (6,), tiny), within(rng, (8,), tiny)))


def tiny_fakes(rng: np.random.Generator) -> Case:
    return Case((np.ones(4), within(rng, (6,), [(1e-141, 1e-140), (-1e-140, -1e-141)])))


def _regression(real: Array, fake: Array) -> float:
    """Half of the mean squared errors of labels 1 and 0."""
    return float(np.mean(0.5 * real**2 - real) + 0.5 + np.mean(fake**2) / 2)


def _three_quarters(rng: np.random.Generator) -> tuple[float, float]:
    x = rng.uniform(-2.0, 2.0)
    best = reference(np.array([0.5]), np.array([0.5]))
    return reference(np.array([0.5 + x]), np.array([0.5 + x])), best + float(x) ** 2


LAWS = (
    *side_laws(reference, SAMPLE),
    mirrored(reference, SAMPLE, about=0.5),
    laws.zero("Real scores of 1 and fake scores of 0 cost nothing.", reference, at_targets),
    laws.equal(
        "It is half the squared errors of the labels 1 and 0.",
        laws.drawn(SAMPLE, 5),
        reference,
        _regression,
    ),
    Law("One score for both sides costs least at 1/2.", _three_quarters),
)

SQUARE_ONCE = "Square nothing but the distance from the target: 1e300 still fits."

TASKS = (
    Task(
        slug="lsgan-discriminator",
        title="LSGAN discriminator loss",
        formula=r"L = \frac{1}{2n} \sum_{i=1}^{n} (r_i - 1)^2 + \frac{1}{2m} \sum_{j=1}^{m} f_j^2",
        sentence="Half the mean, over the real samples, of the squared distance of their score "
        "from 1, plus half the mean, over the fake samples, of their squared score.",
        domain="real_scores and fake_scores hold any finite numbers, in any two shapes; an empty "
        "array raises ValueError.",
        rules=(
            *rules("scores"),
            "Scores are taken as they are: nothing squashes them.",
            "Scores up to 1e150 in size, and distances of 1e-6 from the targets, give the exact "
            "loss.",
        ),
        source="Mao et al., Least Squares Generative Adversarial Networks (2017), equations 2 and "
        "9, with the targets 0 for fake and 1 for real.",
        brief=Brief(
            prompt="With the usual loss a discriminator that is sure of itself teaches its "
            "generator nothing more. One remedy draws plain scores to targets: to 1 for real "
            "samples, to 0 for fakes, and pays the squares of what is missing. Write the loss "
            "that this discriminator minimises, and its gradients with respect to both arrays of "
            "scores, which need not be of the same size.",
            context="Two means that stay apart, the targets of either side, and a square that "
            "does not cancel.",
            topics=("generative-models", "regression"),
            difficulty="easy",
            minutes=15,
        ),
        examples=(
            Example(
                Case((np.array([1.0, 3.0]), np.array([1.0]))),
                value=1.5,
                gradient=((0.0, 1.0), (1.0,)),
                working="Distances of 0 and 2 on the real side and of 1 on the fake side: half "
                "of 2, plus half of 1.",
            ),
        ),
        definition=definition,
        arguments=arguments("scores"),
        reference=reference,
        gradient=gradient,
        sample=SAMPLE,
        shapes=SHAPES,
        large=LARGE,
        terms=terms,
        extremes=(
            Extreme("scores of 1e150", apart(1e150), SQUARE_ONCE),
            Extreme("scores of 1e15", apart(1e15), SQUARE_ONCE, float32=True),
            Extreme(
                "scores within 1e-6 of their targets",
                near_targets,
                "Subtract the target first and square the difference; an expanded square cancels.",
            ),
            Extreme(
                "fakes of 1e-140",
                tiny_fakes,
                "Add no epsilon: the squares of tiny scores are still numbers.",
            ),
        ),
        edges=(
            *edges(SAMPLE),
            Edge("scores at their targets", at_targets, "The loss and its gradients are 0."),
            Edge(
                "scores at the other side's targets",
                exactly([0.0, 0.0], [1.0, 1.0, 1.0]),
                "Real scores of 0 and fake scores of 1 cost 1/2 each.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("dot products", DOT),
            Variant("a closure for each target", CLOSURES),
            Variant("one weighted batch", BATCH),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve(
                "One real sample, the fake's score being 0",
                "real score",
                -2.0,
                4.0,
                lambda x: Case((np.array([x]), np.zeros(1))),
            ),
            Curve(
                "One fake sample, the real one's score being 1",
                "fake score",
                -3.0,
                3.0,
                lambda x: Case((np.ones(1), np.array([x]))),
            ),
        ),
    ),
)
