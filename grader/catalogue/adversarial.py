"""What losses of a discriminator share: a real and a fake sample, each averaged on its own."""

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.exact import Number, flat, mean
from grader.catalogue.inputs import paired
from grader.catalogue.slips import Slip, made
from grader.catalogue.task import Argument, Array, Case, Edge, Law, Misconception, Shape, patched
from grader.families import Family

Pair = tuple[Array, Array]
Draw = Callable[[np.random.Generator], Case]
Intervals = Iterable[tuple[float, float]]

SHAPES = ((8,), (1,), (3, 4), (2, 2, 3), (15,))
LARGE = (40_000,)


def arguments(kind: str) -> tuple[Argument, ...]:
    """The two samples of logits or scores; nothing about their shapes must agree."""
    return (
        Argument(f"real_{kind}", "*real", differentiate=True),
        Argument(f"fake_{kind}", "*fake", differentiate=True),
    )


def sides(real: Array, fake: Array) -> Pair:
    """Return both samples in float64; raise ValueError where one of them is empty."""
    return paired(real)[0], paired(fake)[0]


def sampler(real: Intervals, fake: Intervals) -> Callable[..., Pair]:
    """Return a `sample` that draws from these intervals in turn, and three more rows of fakes."""
    real, fake = list(real), list(fake)

    def sample(rng: np.random.Generator, shape: Shape) -> Pair:
        return within(rng, shape, real), within(rng, (shape[0] + 3, *shape[1:]), fake)

    return sample


def within(rng: np.random.Generator, shape: Shape, intervals: Intervals) -> Array:
    low, high = np.array(list(intervals)).T
    turn = rng.permuted(np.resize(rng.permutation(len(low)), math.prod(shape))).reshape(shape)
    return np.asarray(low[turn] + (high - low)[turn] * rng.random(shape))


def apart(scale: float, *, right: bool = False) -> Draw:
    """Return a draw of 0.5 to 1 times `scale`, both signs on both sides, or all of them right."""
    signs = [(0.5 * scale, scale)] if right else [(0.5 * scale, scale), (-scale, -0.5 * scale)]

    def case(rng: np.random.Generator) -> Case:
        return Case((within(rng, (6,), signs), -within(rng, (9,), signs)))

    return case


def exactly(real: list[float], fake: list[float]) -> Draw:
    """Return a draw of these numbers in any order."""
    return lambda rng: Case((rng.permutation(real), rng.permutation(fake)))


def definition_of(mp: Any, real: Any, fake: Any, on_real: Any, on_fake: Any) -> Number:
    """The sum of the means of a cost of each number on either side."""
    return mean(mp, map(on_real, flat(real))) + mean(mp, map(on_fake, flat(fake)))


def edges(sample: Callable[..., Pair]) -> tuple[Edge, ...]:
    """Samples that differ in number or in axes, or happen not to."""

    def shaped(real: Shape, fake: Shape) -> Draw:
        return lambda rng: Case((sample(rng, real)[0], sample(rng, fake)[0]))

    return (
        Edge(
            "many real, one fake",
            shaped((12,), (1,)),
            "Each side is averaged on its own: one fake counts as much as all real samples.",
        ),
        Edge(
            "sides of other axes",
            shaped((2, 3), (5,)),
            "The two sides are independent samples and may differ in shape.",
        ),
        Edge(
            "sides of one shape",
            shaped((4, 2), (4, 2)),
            "Samples of one shape are averaged in the same way.",
        ),
    )


def side_laws(reference: laws.Reference, sample: Callable[..., Pair]) -> tuple[Law, ...]:
    """What holds for every loss that averages each side on its own."""
    usual = laws.drawn(sample, 4, 3)

    def repeated(rng: np.random.Generator, case: Case) -> Case:
        real, fake = case.arguments
        return Case((real, np.concatenate([fake, fake, fake])))

    return (
        laws.unchanged(
            "The order of the real sample is free.", reference, usual, laws.reordered(0)
        ),
        laws.unchanged(
            "The order of the fake sample is free.", reference, usual, laws.reordered(1)
        ),
        laws.unchanged("Every fake given three times is the same.", reference, usual, repeated),
    )


def mirrored(reference: laws.Reference, sample: Callable[..., Pair], about: float = 0.0) -> Law:
    """Real and fake change their parts where every number is mirrored."""

    def change(rng: np.random.Generator, case: Case) -> Case:
        real, fake = case.arguments
        return Case((2 * about - fake, 2 * about - real))

    name = f"Swapped sides, mirrored about {about:g}, cost the same."
    return laws.unchanged(name, reference, laws.drawn(sample, 5), change)


RULES = (
    "real_{kind} and fake_{kind} are independent samples: they may differ in shape and number, "
    "and each is averaged over all of its own elements.",
    "An empty array on either side raises ValueError.",
    "A NaN on either side makes the loss NaN.",
    "grad returns a tuple: the derivatives with respect to real_{kind} and to fake_{kind}, each a "
    "new array of that argument's shape.",
    "Either array may be float32, strided or read-only; neither is modified.",
)


def rules(kind: str) -> tuple[str, ...]:
    return tuple(rule.format(kind=kind) for rule in RULES)


TEMPLATE = """\
import numpy as np


def check(real, fake):
    if real.size == 0 or fake.size == 0:
        raise ValueError("there must be real and fake samples")


def real_costs(x):
    return {real_cost}


def fake_costs(x):
    return {fake_cost}


def real_slopes(x):
    return {real_slope}


def fake_slopes(x):
    return {fake_slope}


def loss(real_{kind}, fake_{kind}):
    check(real_{kind}, fake_{kind})
    real, fake = real_costs(real_{kind}), fake_costs(fake_{kind})
    return real.mean() + fake.mean()


def grad(real_{kind}, fake_{kind}):
    check(real_{kind}, fake_{kind})
    real, fake = real_slopes(real_{kind}), fake_slopes(fake_{kind})
    return real / real.size, fake / fake.size
"""
TOTAL, SLOPES = "real.mean() + fake.mean()", "real / real.size, fake / fake.size"


def plain(**parts: str) -> str:
    """Return the plain solution: `kind`, and cost and slope of a number x on either side."""
    return TEMPLATE.format(**parts)


SLIPS = (
    Slip(
        "one mean over both sides",
        Family.VALUES,
        "It averages over real and fake samples together, where each side has its own mean.",
        (
            (TOTAL, "(real.sum() + fake.sum()) / (real.size + fake.size)"),
            (SLOPES, "real / (real.size + fake.size), fake / (real.size + fake.size)"),
        ),
    ),
    Slip(
        "samples in pairs",
        Family.VALUES,
        "It adds the costs of real and fake samples pair by pair, though the two sides may "
        "differ in number.",
        ((TOTAL, "(real + fake).mean()"),),
    ),
    Slip(
        "average of both sides",
        Family.VALUES,
        "It halves the sum of the two sides, a convention that this formula does not use.",
        (
            (TOTAL, f"({TOTAL}) / 2"),
            (SLOPES, "real / real.size / 2, fake / fake.size / 2"),
        ),
    ),
    Slip(
        "sides swapped",
        Family.VALUES,
        "It rewards the discriminator for taking real samples for fake ones.",
        (
            ("real, fake = real_costs(real_", "real, fake = fake_costs(real_"),
            (", fake_costs(fake_", ", real_costs(fake_"),
            ("real, fake = real_slopes(real_", "real, fake = fake_slopes(real_"),
            (", fake_slopes(fake_", ", real_slopes(fake_"),
        ),
    ),
    Slip(
        "sums for means",
        Family.VALUES,
        "It adds up the costs of each side where their means are asked.",
        (
            (TOTAL, "real.sum() + fake.sum()"),
            (SLOPES, "real, fake"),
        ),
    ),
    Slip(
        "gradients of sums",
        Family.GRADIENTS,
        "Its gradients are of the sums: the division by the number of samples is missing.",
        ((SLOPES, "real, fake"),),
    ),
    Slip(
        "one count for both gradients",
        Family.GRADIENTS,
        "It divides the fake samples' gradient by the number of real ones.",
        ((SLOPES, "real / real.size, fake / real.size"),),
    ),
    Slip(
        "real sample taken for a constant",
        Family.GRADIENTS,
        "It gives the real sample a gradient of 0, though the discriminator learns from it.",
        ((SLOPES, "0 * real, fake / fake.size"),),
    ),
    Slip(
        "fakes pushed up",
        Family.GRADIENTS,
        "The fake samples' gradient has the wrong sign, as if the generator were trained.",
        ((SLOPES, "real / real.size, -fake / fake.size"),),
    ),
    Slip(
        "gradients in the wrong order",
        Family.GRADIENTS,
        "It returns the gradient of the fake sample before that of the real one.",
        ((SLOPES, "fake / fake.size, real / real.size"),),
    ),
    Slip(
        "no fakes accepted",
        Family.EDGE_CASES,
        "It looks for an empty real sample only: without fakes their mean is NaN where "
        "ValueError is asked.",
        ((" or fake.size == 0", ""),),
    ),
    Slip(
        "NaN hidden",
        Family.EDGE_CASES,
        "It averages with nanmean, which leaves broken samples out of sight.",
        ((TOTAL, "np.nanmean(real) + np.nanmean(fake)"),),
    ),
    Slip(
        "one shape demanded",
        Family.EDGE_CASES,
        "It refuses samples that differ in shape, though the two sides are independent.",
        (("real.size == 0 or", "real.shape != fake.shape or real.size == 0 or"),),
    ),
)


def slips(source: str) -> tuple[Misconception, ...]:
    """Mistakes with the two samples, whatever they cost, in a plain solution."""
    return made(source, SLIPS)


def on_scores(source: str) -> tuple[Misconception, ...]:
    """Mistakes with scores, which unlike logits mean nothing but themselves."""

    def first(name: str, family: Family, sentence: str, change: str) -> Misconception:
        changes = [
            (f"{side}_costs({side}_scores)", f"{side}_costs({change.format(f'{side}_scores')})")
            for side in ("real", "fake")
        ]
        return Misconception(name, family, sentence, patched(source, *changes))

    return (
        first(
            "scores taken for logits",
            Family.VALUES,
            "It squashes the scores with a sigmoid first; this loss takes them as they are.",
            "1 / (1 + np.exp(-{}))",
        ),
        first(
            "scores clipped",
            Family.STABILITY,
            "It clips scores at 1e6 so that nothing overflows, where the exact loss is asked.",
            "np.clip({}, -1e6, 1e6)",
        ),
        first(
            "single precision",
            Family.STABILITY,
            "It converts the scores to float32, which overflows beyond 1e38 and keeps 7 digits.",
            "np.float32({})",
        ),
    )
