"""The critic's loss of a Wasserstein generative adversarial network."""

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
    """Return mean fake - mean real.

    Args:
        real_scores, fake_scores: any two shapes, one unit; high where a sample looks real.

    Returns:
        The loss in that unit, of either sign; NaN where either array holds one.

    Raises:
        ValueError: where either array is empty.

    Source: Arjovsky, Chintala, Bottou, Wasserstein GAN (2017), equation 2 and algorithm 1, with
    the sign turned.
    """
    real, fake = sides(real_scores, fake_scores)
    return float(np.mean(fake) - np.mean(real))


def gradient(real_scores: Array, fake_scores: Array) -> tuple[Array, Array]:
    """Return -1/n and 1/m everywhere, each in its argument's shape; errors as `reference`."""
    real, fake = sides(real_scores, fake_scores)
    return np.full(real.shape, -1.0 / real.size), np.full(fake.shape, 1.0 / fake.size)


def terms(real_scores: Array, fake_scores: Array) -> float:
    """Return the largest score."""
    return at_least_tiny(max(np.abs(real_scores).max(), np.abs(fake_scores).max()))


def definition(mp: Any, real_scores: Any, fake_scores: Any) -> Any:
    return definition_of(mp, real_scores, fake_scores, lambda x: -x, lambda x: x)


PLAIN = plain(
    kind="scores",
    real_cost="-x",
    fake_cost="x",
    real_slope="-np.ones(x.shape)",
    fake_slope="np.ones(x.shape)",
)

FILLED = """\
import numpy as np


def checked(*samples):
    if any(sample.size == 0 for sample in samples):
        raise ValueError("a sample is empty")
    return samples


def loss(real_scores, fake_scores):
    real, fake = checked(real_scores, fake_scores)
    return fake.mean(dtype=np.float64) - real.mean(dtype=np.float64)


def grad(real_scores, fake_scores):
    real, fake = checked(real_scores, fake_scores)
    return np.full(real.shape, -1.0 / real.size), np.full(fake.shape, 1.0 / fake.size)
"""

WEIGHTS = '''\
import numpy as np


def weights(real_scores, fake_scores):
    """How much each score counts: the loss is linear, so these are its slopes too."""
    n, m = real_scores.size, fake_scores.size
    if not n or not m:
        raise ValueError("real and fake samples are both needed")
    return np.repeat(-1.0 / n, n), np.repeat(1.0 / m, m)


def loss(real_scores, fake_scores):
    of_real, of_fake = weights(real_scores, fake_scores)
    return float(of_real @ real_scores.ravel() + of_fake @ fake_scores.ravel())


def grad(real_scores, fake_scores):
    of_real, of_fake = weights(real_scores, fake_scores)
    return of_real.reshape(real_scores.shape), of_fake.reshape(fake_scores.shape)
'''

CLASS = """\
import numpy as np


class Side:
    def __init__(self, scores, sign):
        self.scores = np.asarray(scores, dtype=float)
        self.sign = sign
        if self.scores.size < 1:
            raise ValueError("cannot average an empty sample")

    @property
    def cost(self):
        return self.sign * np.average(self.scores)

    @property
    def slope(self):
        slope = np.empty_like(self.scores)
        slope[...] = self.sign / self.scores.size
        return slope


def both(real_scores, fake_scores):
    return Side(real_scores, -1.0), Side(fake_scores, 1.0)


def loss(real_scores, fake_scores):
    return sum(side.cost for side in both(real_scores, fake_scores))


def grad(real_scores, fake_scores):
    return tuple(side.slope for side in both(real_scores, fake_scores))
"""

LOOPS = """\
import math

import numpy as np


def mean(scores):
    numbers = scores.ravel().tolist()
    if not numbers:
        raise ValueError("empty sample")
    return math.fsum(numbers) / len(numbers)


def loss(real_scores, fake_scores):
    return mean(fake_scores) - mean(real_scores)


def grad(real_scores, fake_scores):
    if len(real_scores.ravel()) == 0 or len(fake_scores.ravel()) == 0:
        raise ValueError("empty sample")
    real, fake = np.zeros(real_scores.shape), np.zeros(fake_scores.shape)
    for place in np.ndindex(real.shape):
        real[place] -= 1 / real.size
    for place in np.ndindex(fake.shape):
        fake[place] += 1 / fake.size
    return real, fake
"""

TOTAL = "real.mean() + fake.mean()"
REAL_SLOPE, FAKE_SLOPE = "return -np.ones(x.shape)", "return np.ones(x.shape)"

MISCONCEPTIONS = (
    *slips(PLAIN),
    *on_scores(PLAIN),
    Misconception(
        "distance of the means",
        Family.VALUES,
        "It takes the size of the difference, so it punishes a critic that has the order right as "
        "much as one that has it wrong.",
        patched(PLAIN, (TOTAL, f"abs({TOTAL})")),
    ),
    Misconception(
        "squared difference",
        Family.VALUES,
        "It squares the difference of the means, which grows when the critic improves.",
        patched(PLAIN, (TOTAL, f"({TOTAL}) ** 2")),
    ),
    Misconception(
        "distance between sorted scores",
        Family.VALUES,
        "It is the Wasserstein distance between the two samples of scores; the critic's loss is "
        "the plain difference of their means.",
        patched(
            PLAIN,
            (
                TOTAL,
                "np.mean(np.abs(np.quantile(real, np.arange(50) / 49)"
                " + np.quantile(-fake, np.arange(50) / 49)))",
            ),
        ),
    ),
    Misconception(
        "logits for scores",
        Family.VALUES,
        "It is the loss of the original discriminator, softplus on either side; a critic's scores "
        "go in as they are.",
        patched(
            PLAIN,
            ("return -x\n", "return np.logaddexp(0, -x)\n"),
            ("return x\n", "return np.logaddexp(0, x)\n"),
            (REAL_SLOPE, "return -1 / (1 + np.exp(x))"),
            (FAKE_SLOPE, "return 1 / (1 + np.exp(-x))"),
        ),
    ),
    Misconception(
        "hinge for the plain mean",
        Family.VALUES,
        "It stops counting samples beyond a margin of 1, as the hinge loss does.",
        patched(
            PLAIN,
            ("return -x\n", "return np.maximum(-x, -1)\n"),
            ("return x\n", "return np.maximum(x, -1)\n"),
        ),
    ),
    Misconception(
        "gradient clipped like weights",
        Family.GRADIENTS,
        "It clips its gradients at 0.01, the bound that Wasserstein GANs put on weights.",
        patched(
            PLAIN,
            (
                "real / real.size, fake / fake.size",
                "np.clip(real / real.size, -0.01, 0.01), np.clip(fake / fake.size, -0.01, 0.01)",
            ),
        ),
    ),
    Misconception(
        "gradient of the scores themselves",
        Family.GRADIENTS,
        "It returns the scores over their number: the derivative of a sum of squares, not of a "
        "mean.",
        patched(PLAIN, (REAL_SLOPE, "return -x"), (FAKE_SLOPE, "return 1.0 * x")),
    ),
    Misconception(
        "scores rounded",
        Family.STABILITY,
        "It rounds scores to eight decimals, which leaves nothing of tiny ones.",
        patched(PLAIN, ("return -x\n", "return -np.round(x, 8)\n")),
    ),
)

SAMPLE = sampler([(-3.0, 0.0), (0.0, 3.0)], [(-3.0, 0.0), (0.0, 3.0)])


def around(rng: np.random.Generator) -> Case:
    real, fake = SAMPLE(rng, (6,))
    return Case((real + 1e6, fake + 1e6))


def one_sample_twice(rng: np.random.Generator) -> Case:
    real, _ = SAMPLE(rng, (6,))
    return Case((real, real[::-1].copy()))


def tiny(rng: np.random.Generator) -> Case:
    both = [(1e-280, 1e-279), (-1e-279, -1e-280)]
    return Case((within(rng, (5,), both), within(rng, (7,), both)))


def _turned(rng: np.random.Generator) -> tuple[float, float]:
    real, fake = SAMPLE(rng, (5,))
    return reference(real, fake), -reference(fake, real)


def _stretched(rng: np.random.Generator) -> tuple[float, float]:
    (real, fake), a = SAMPLE(rng, (5,)), rng.uniform(0.5, 4.0)
    return reference(a * real, a * fake), a * reference(real, fake)


LAWS = (
    *side_laws(reference, SAMPLE),
    mirrored(reference, SAMPLE),
    laws.zero("The same sample on both sides costs nothing.", reference, one_sample_twice),
    laws.unchanged(
        "A common shift changes nothing.", reference, laws.drawn(SAMPLE, 5), laws.shifted(0, 1)
    ),
    Law("Swapped sides turn its sign.", _turned),
    Law("Scores times a cost a times as much.", _stretched),
)

DOUBLE = "Average in float64, and clip nothing: the loss is as large as the scores are."

TASKS = (
    Task(
        slug="wasserstein-critic",
        title="Wasserstein critic loss",
        formula=r"L = \frac{1}{m} \sum_{j=1}^{m} f_j - \frac{1}{n} \sum_{i=1}^{n} r_i",
        sentence="The mean score of the fake samples minus the mean score of the real ones.",
        domain="real_scores and fake_scores hold any finite numbers, in any two shapes; an empty "
        "array raises ValueError.",
        rules=(
            *rules("scores"),
            "It is a loss to be minimised: it falls when real samples score higher.",
            "There is no penalty on the critic's gradient or weights in it.",
            "Scores up to 1e300 in size give the exact loss.",
        ),
        source="Arjovsky, Chintala, Bottou, Wasserstein GAN (2017), equation 2 and algorithm 1, "
        "with the sign turned.",
        brief=Brief(
            prompt="A critic compares satellite images with images that a generator made up. It "
            "gives each a score without any bounds, and the further apart the two averages, the "
            "better it tells them apart. Batches of the two are drawn independently and need not "
            "be of the same size. Write the loss that the critic minimises, and its gradients "
            "with respect to both arrays of scores.",
            context="Which way the sign goes, and gradients that do not depend on the scores.",
            topics=("generative-models",),
            difficulty="easy",
            minutes=10,
        ),
        examples=(
            Example(
                Case((np.array([3.0, 5.0]), np.array([1.0, 2.0, 6.0, -1.0]))),
                value=-2.0,
                gradient=((-0.5, -0.5), (0.25, 0.25, 0.25, 0.25)),
                working="The fakes average 2, the real samples 4: 2 - 4.",
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
            Extreme("scores of 1e300", apart(1e300), DOUBLE),
            Extreme("scores of 1e30", apart(1e30), DOUBLE, float32=True),
            Extreme("scores of 1e300, all right", apart(1e300, right=True), DOUBLE),
            Extreme(
                "scores near 1e6",
                around,
                "Average in float64: single precision loses what the means differ by.",
            ),
            Extreme("scores of 1e-280", tiny, "Round nothing: tiny scores are still numbers."),
        ),
        edges=(
            *edges(SAMPLE),
            Edge(
                "the same scores on both sides",
                one_sample_twice,
                "Equal samples cost nothing, and their gradients are -1/n and 1/n.",
            ),
            Edge(
                "scores of 0",
                exactly([0.0, 0.0], [0.0, 0.0, 0.0]),
                "The gradients do not depend on the scores: they are -1/n and 1/m at 0 too.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("filled gradients", FILLED),
            Variant("dot products with weights", WEIGHTS),
            Variant("a class for either side", CLASS),
            Variant("Python loops", LOOPS, slow=True),
        ),
        convex=True,
        laws=LAWS,
        curves=(
            Curve(
                "One real sample, the fake's score being 0",
                "real score",
                -3.0,
                3.0,
                lambda x: Case((np.array([x]), np.zeros(1))),
            ),
            Curve(
                "One fake sample, the real one's score being 0",
                "fake score",
                -3.0,
                3.0,
                lambda x: Case((np.zeros(1), np.array([x]))),
            ),
        ),
    ),
)
