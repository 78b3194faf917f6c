"""The discriminator's loss of a generative adversarial network with hinges."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.adversarial import (
    LARGE,
    SHAPES,
    Pair,
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
from grader.catalogue.task import (
    Array,
    Brief,
    Case,
    Curve,
    Edge,
    Example,
    Expect,
    Extreme,
    Misconception,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def reference(real_scores: Array, fake_scores: Array) -> float:
    """Return mean max(0, 1 - real) + mean max(0, 1 + fake).

    Args:
        real_scores, fake_scores: any two shapes; above 1 a sample surely looks real, below -1
            surely fake.

    Returns:
        The loss, >= 0; NaN where either array holds one.

    Raises:
        ValueError: where either array is empty.

    Source: Lim, Ye, Geometric GAN (2017); Miyato, Kataoka, Koyama, Yoshida, Spectral
    Normalization for Generative Adversarial Networks (2018), equation 16, with the sign turned.
    """
    real, fake = sides(real_scores, fake_scores)
    return float(np.mean(np.maximum(1.0 - real, 0.0)) + np.mean(np.maximum(1.0 + fake, 0.0)))


def gradient(real_scores: Array, fake_scores: Array) -> Pair:
    """Return -1/n where real < 1 and 1/m where fake > -1, 0 elsewhere; errors as `reference`."""
    real, fake = sides(real_scores, fake_scores)
    return np.where(real < 1.0, -1.0 / real.size, 0.0), np.where(fake > -1.0, 1.0 / fake.size, 0.0)


def subdifferential(real_scores: Array, fake_scores: Array) -> tuple[Pair, Pair]:
    """Return the bounds of right gradients: at a kink everything from 0 to the full slope."""
    real, fake = gradient(real_scores, fake_scores)
    lowest = np.where(real_scores == 1.0, -1.0 / real.size, real)
    highest = np.where(fake_scores == -1.0, 1.0 / fake.size, fake)
    return (lowest, real), (fake, highest)


def terms(real_scores: Array, fake_scores: Array) -> float:
    """Return the largest score, or the margin."""
    return float(max(1.0, np.abs(real_scores).max(), np.abs(fake_scores).max()))


def definition(mp: Any, real_scores: Any, fake_scores: Any) -> Any:
    return definition_of(
        mp, real_scores, fake_scores, lambda x: max(0, 1 - x), lambda x: max(0, 1 + x)
    )


PLAIN = plain(
    kind="scores",
    real_cost="np.maximum(0, 1 - x)",
    fake_cost="np.maximum(0, 1 + x)",
    real_slope="np.where(x < 1, -1.0, 0.0)",
    fake_slope="np.where(x > -1, 1.0, 0.0)",
)

SIGNED = """\
import numpy as np


def shortfalls(real_scores, fake_scores):
    if real_scores.size == 0 or fake_scores.size == 0:
        raise ValueError("one of the samples is empty")
    return 1.0 - real_scores, 1.0 + fake_scores


def loss(real_scores, fake_scores):
    # max(0, x) = (x + |x|) / 2
    real, fake = shortfalls(real_scores, fake_scores)
    return 0.5 * (np.mean(real + np.abs(real)) + np.mean(fake + np.abs(fake)))


def grad(real_scores, fake_scores):
    real, fake = shortfalls(real_scores, fake_scores)
    # at the kink the mean of both slopes
    real, fake = np.sign(real, dtype=float), np.sign(fake, dtype=float)
    return -(1 + real) / (2 * real.size), (1 + fake) / (2 * fake.size)
"""

CLIPPED = '''\
import numpy as np


def within_margin(scores, sign):
    """What each sample of this side lacks to the margin, 0 where it is beyond."""
    if scores.size < 1:
        raise ValueError("empty sample")
    return np.clip(1.0 - sign * scores.astype(np.float64), 0.0, None)


def loss(real_scores, fake_scores):
    real, fake = within_margin(real_scores, 1), within_margin(fake_scores, -1)
    return float(real.sum() / real.size + fake.sum() / fake.size)


def grad(real_scores, fake_scores):
    real, fake = within_margin(real_scores, 1), within_margin(fake_scores, -1)
    return -(real > 0).astype(np.float64) / real.size, (fake > 0) * (1.0 / fake.size)
'''

MASKS = """\
import numpy as np


class Hinge:
    def __init__(self, scores, sign):
        if not scores.size:
            raise ValueError("a hinge needs samples")
        self.scores, self.sign = scores, sign
        # written so that a NaN counts as short of the margin
        self.short = ~(sign * scores >= 1)

    def cost(self):
        short = self.scores[self.short]
        return (len(short) - self.sign * np.sum(short)) / self.scores.size

    def slope(self):
        slope = np.zeros(self.scores.shape)
        slope[self.short] = -self.sign / self.scores.size
        return slope


def loss(real_scores, fake_scores):
    return Hinge(real_scores, 1).cost() + Hinge(fake_scores, -1).cost()


def grad(real_scores, fake_scores):
    return Hinge(real_scores, 1).slope(), Hinge(fake_scores, -1).slope()
"""

LOOPS = """\
import numpy as np


def flat(scores):
    numbers = [float(x) for x in scores.flat]
    if not numbers:
        raise ValueError("no samples")
    return numbers


def loss(real_scores, fake_scores):
    real = fake = 0.0
    for x in flat(real_scores):
        real += 0.0 if x >= 1 else 1 - x
    for x in flat(fake_scores):
        fake += 0.0 if x <= -1 else 1 + x
    return real / real_scores.size + fake / fake_scores.size


def grad(real_scores, fake_scores):
    real = [-1 / real_scores.size if x <= 1 else 0.0 for x in flat(real_scores)]
    fake = [1 / fake_scores.size if x >= -1 else 0.0 for x in flat(fake_scores)]
    return np.array(real).reshape(real_scores.shape), np.array(fake).reshape(fake_scores.shape)
"""

REAL, FAKE = "np.maximum(0, 1 - x)", "np.maximum(0, 1 + x)"
REAL_SLOPE, FAKE_SLOPE = "np.where(x < 1, -1.0, 0.0)", "np.where(x > -1, 1.0, 0.0)"

MISCONCEPTIONS = (
    *slips(PLAIN),
    *on_scores(PLAIN),
    Misconception(
        "margin of 0",
        Family.VALUES,
        "It asks only for the right sign of a score, where a margin of 1 is asked.",
        patched(
            PLAIN,
            (REAL, "np.maximum(0, -x)"),
            (FAKE, "np.maximum(0, x)"),
            ("x < 1", "x < 0"),
            ("x > -1", "x > 0"),
        ),
    ),
    Misconception(
        "no hinge",
        Family.VALUES,
        "It lets samples beyond the margin earn something, as a Wasserstein critic does.",
        patched(
            PLAIN,
            (REAL, "1 - x"),
            (FAKE, "1 + x"),
            (REAL_SLOPE, "-np.ones(x.shape)"),
            (FAKE_SLOPE, "np.ones(x.shape)"),
        ),
    ),
    Misconception(
        "the same hinge on both sides",
        Family.VALUES,
        "It wants fakes to score above 1 as well: their hinge is max(0, 1 + fake).",
        patched(PLAIN, (FAKE, REAL), (FAKE_SLOPE, REAL_SLOPE)),
    ),
    Misconception(
        "squared hinge",
        Family.VALUES,
        "It squares what is missing to the margin.",
        patched(
            PLAIN,
            (REAL, "np.maximum(0, 1 - x) ** 2"),
            (FAKE, "np.maximum(0, 1 + x) ** 2"),
            (REAL_SLOPE, "-2 * np.maximum(0, 1 - x)"),
            (FAKE_SLOPE, "2 * np.maximum(0, 1 + x)"),
        ),
    ),
    Misconception(
        "softplus for hinge",
        Family.VALUES,
        "It is the smooth loss of the original discriminator, which never falls to 0.",
        patched(PLAIN, (REAL, "np.logaddexp(0, -x)"), (FAKE, "np.logaddexp(0, x)")),
    ),
    Misconception(
        "hinge of the mean",
        Family.VALUES,
        "It applies the hinge to the mean score of each side, so samples beyond the margin make "
        "up for others.",
        patched(
            PLAIN,
            (
                "return real.mean() + fake.mean()",
                "return max(0, 1 - real_scores.mean()) + max(0, 1 + fake_scores.mean())",
            ),
        ),
    ),
    Misconception(
        "gradient beyond the margin",
        Family.GRADIENTS,
        "Its gradient goes on pushing samples that are beyond the margin.",
        patched(PLAIN, (REAL_SLOPE, "-np.ones(x.shape)"), (FAKE_SLOPE, "np.ones(x.shape)")),
    ),
    Misconception(
        "gradient by what is missing",
        Family.GRADIENTS,
        "Its gradient grows with what is missing to the margin, as that of a squared hinge; the "
        "slope is 1.",
        patched(PLAIN, (REAL_SLOPE, "-np.maximum(0, 1 - x)"), (FAKE_SLOPE, "np.maximum(0, 1 + x)")),
    ),
    Misconception(
        "gradient of the sign alone",
        Family.GRADIENTS,
        "Its gradient stops where a score has the right sign, though the margin is 1.",
        patched(PLAIN, ("x < 1", "x < 0"), ("x > -1", "x > 0")),
    ),
    Misconception(
        "NaN behind a comparison",
        Family.EDGE_CASES,
        "It chooses by a comparison, which is false for a NaN: a broken sample costs 0.",
        patched(
            PLAIN, (REAL, "np.where(x < 1, 1 - x, 0.0)"), (FAKE, "np.where(x > -1, 1 + x, 0.0)")
        ),
    ),
)

SAMPLE = sampler([(-3.0, -0.5), (-0.4, 0.8), (1.2, 3.0)], [(-3.0, -1.2), (-0.8, 0.4), (0.5, 3.0)])


def all_inside(rng: np.random.Generator) -> Case:
    inside = [(-0.9, 0.9)]
    return Case((within(rng, (5,), inside), within(rng, (7,), inside)))


def all_beyond(rng: np.random.Generator) -> Case:
    return Case((within(rng, (5,), [(1.1, 4.0)]), within(rng, (7,), [(-4.0, -1.1)])))


def just_inside(rng: np.random.Generator) -> Case:
    tiny = [(1e-7, 1e-6)]
    return Case((1.0 - within(rng, (5,), tiny), within(rng, (7,), tiny) - 1.0))


def with_nan(rng: np.random.Generator) -> Case:
    real, fake = all_beyond(rng).arguments
    fake[rng.integers(0, fake.size)] = np.nan
    return Case((real, fake))


def _two_and_critic(real: Array, fake: Array) -> float:
    return float(2.0 + np.mean(fake) - np.mean(real))


LAWS = (
    *side_laws(reference, SAMPLE),
    mirrored(reference, SAMPLE),
    laws.zero("Samples beyond their margins cost nothing.", reference, all_beyond),
    laws.equal(
        "With every score inside the margins it is 2 more than the Wasserstein critic's loss.",
        all_inside,
        reference,
        _two_and_critic,
    ),
)

AS_LARGE = "Average in float64, and clip nothing: the loss is as large as the scores are."

TASKS = (
    Task(
        slug="hinge-discriminator",
        title="Hinge discriminator loss",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \max(0, 1 - r_i) + "
        r"\frac{1}{m} \sum_{j=1}^{m} \max(0, 1 + f_j)",
        sentence="The mean, over the real samples, of what their score lacks to 1, plus the mean, "
        "over the fake samples, of what their score is above -1; samples beyond these margins "
        "cost 0.",
        domain="real_scores and fake_scores hold any finite numbers, in any two shapes; an empty "
        "array raises ValueError.",
        rules=(
            *rules("scores"),
            "Where a score is exactly at its margin, any slope between those of both sides is "
            "right.",
            "Scores up to 1e300 in size, and scores within 1e-6 of the margins, give the exact "
            "loss.",
        ),
        source="Lim, Ye, Geometric GAN (2017); Miyato, Kataoka, Koyama, Yoshida, Spectral "
        "Normalization for Generative Adversarial Networks (2018), equation 16, with the sign "
        "turned.",
        brief=Brief(
            prompt="A discriminator hears recordings of birds and imitations by a generator, and "
            "gives each a score. Once a recording scores above 1, or an imitation below -1, there "
            "is nothing left to learn from it; all others should move towards these margins. "
            "Write the loss that the discriminator minimises, and its gradients with respect to "
            "both arrays of scores, which need not be of the same size.",
            context="Two hinges that face each other, each with its own mean and its own kink.",
            topics=("generative-models", "margins"),
            difficulty="easy",
            minutes=15,
        ),
        examples=(
            Example(
                Case((np.array([2.0, -1.0]), np.array([0.0, -3.0, 2.0, -1.5]))),
                value=2.0,
                gradient=((0.0, -0.5), (0.25, 0.0, 0.25, 0.0)),
                working="The real samples lack 0 and 2 to their margin, the fakes are 1, 0, 3 and "
                "0 above theirs: 2/2 + 4/4.",
            ),
        ),
        definition=definition,
        arguments=arguments("scores"),
        reference=reference,
        gradient=gradient,
        subdifferential=subdifferential,
        branches=True,
        sample=SAMPLE,
        shapes=SHAPES,
        large=LARGE,
        terms=terms,
        extremes=(
            Extreme("scores of 1e300", apart(1e300), AS_LARGE),
            Extreme("scores of 1e30", apart(1e30), AS_LARGE, float32=True),
            Extreme("scores of 1e300, all right", apart(1e300, right=True), AS_LARGE),
            Extreme(
                "scores within 1e-6 of the margins",
                just_inside,
                "Work in float64: a millionth short of the margin is still short of it.",
            ),
        ),
        edges=(
            *edges(SAMPLE),
            Edge(
                "scores exactly at the margins",
                exactly([1.0, 1.0, 0.5], [-1.0, -1.0, -0.5, -2.0]),
                "A score at its margin costs 0, and any slope between those of both sides is "
                "right.",
            ),
            Edge("all beyond the margins", all_beyond, "The loss and its gradients are 0."),
            Edge("all inside the margins", all_inside, "Every sample has the full slope."),
            Edge(
                "a NaN among samples beyond their margins",
                with_nan,
                "A NaN among samples that cost nothing still makes the loss NaN.",
                Expect.NAN,
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("absolute values and signs", SIGNED),
            Variant("clipped at 0", CLIPPED),
            Variant("boolean masks in a class", MASKS),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve(
                "One real sample, the fake's score being -1",
                "real score",
                -2.0,
                3.0,
                lambda x: Case((np.array([x]), np.full(1, -1.0))),
                kinks=(1.0,),
            ),
            Curve(
                "One fake sample, the real one's score being 1",
                "fake score",
                -3.0,
                2.0,
                lambda x: Case((np.ones(1), np.array([x]))),
                kinks=(-1.0,),
            ),
        ),
    ),
)
