"""Cosine embedding loss: equal pairs should point the same way, different ones past a margin."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.euclidean import directions, lengths
from grader.catalogue.exact import mean
from grader.catalogue.inputs import require
from grader.catalogue.task import (
    Argument,
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

Triple = tuple[Array, Array, Array]
Slopes = tuple[Array, Array]

MARGINS = (0.0, 0.2, 0.5)
# Cosines of drawn pairs: on both sides of every margin, and never near one.
RANGES = ((0.55, 0.9), (0.25, 0.45), (0.05, 0.15), (-0.9, -0.05))


def units(same: Array, x1: Array, x2: Array) -> Triple:
    """Return which pairs are the same, and both arrays' unit rows; raise ValueError for others."""
    x1, x2 = checked(x1, x2)
    require(np.shape(same) == x1.shape[:1], "there must be one label per pair")
    return same == 1, directions(x1), directions(x2)


def reference(same: Array, x1: Array, x2: Array, margin: float = 0.0) -> float:
    """Return the mean of 1 - cos over equal pairs and max(0, cos - margin) over different ones.

    Args:
        same: shape (n,), 1 where a pair is the same and 0 where it is not.
        x1, x2: same shape (n, d); cos is the cosine of the angle between their rows.
        margin: a cosine; different pairs at or below it cost nothing.

    Returns:
        The loss, >= 0 and without unit.

    Raises:
        ValueError: for shapes that do not fit, empty input or a zero row.

    Source: PyTorch, torch.nn.CosineEmbeddingLoss, with labels 1 and 0 for its 1 and -1.
    """
    equal, u1, u2 = units(same, x1, x2)
    cosines = np.einsum("nd,nd->n", u1, u2)
    return float(np.mean(np.where(equal, 1.0 - cosines, np.maximum(0.0, cosines - margin))))


def pulls(x1: Array, x2: Array, slope: Array) -> Slopes:
    """Return the derivatives with respect to x1 and x2, from those by each pair's cosine."""
    u1, u2 = directions(x1), directions(x2)
    cosines = np.einsum("nd,nd->n", u1, u2)[:, None]
    by_first = (u2 - cosines * u1) / lengths(x1)[:, None]
    by_second = (u1 - cosines * u2) / lengths(x2)[:, None]
    return slope[:, None] * by_first, slope[:, None] * by_second


def gradient(same: Array, x1: Array, x2: Array, margin: float = 0.0) -> Slopes:
    """Return the derivatives with respect to x1 and x2, each (n, d); 0 at a margin met exactly.

    Raises:
        ValueError: as `reference`.

    Source: the derivative of a cosine; Wang, Xiang, Cheng, Yuille, NormFace (2017), equation 6.
    """
    equal, u1, u2 = units(same, x1, x2)
    active = np.einsum("nd,nd->n", u1, u2) > margin
    return pulls(x1, x2, np.where(equal, -1.0, active) / len(equal))


def subdifferential(
    same: Array, x1: Array, x2: Array, margin: float = 0.0
) -> tuple[tuple[Array, Array], ...]:
    """Return the lowest and highest right gradients: from 0 to the active one at the margin."""
    equal, u1, u2 = units(same, x1, x2)
    kink = (~equal & (np.einsum("nd,nd->n", u1, u2) == margin))[:, None]
    active = pulls(x1, x2, np.full(len(equal), 1.0 / len(equal)))
    pairs = zip(gradient(same, x1, x2, margin), active, strict=True)
    return tuple(
        (np.where(kink, np.minimum(a, 0.0), g), np.where(kink, np.maximum(a, 0.0), g))
        for g, a in pairs
    )


def terms(same: Array, x1: Array, x2: Array, margin: float = 0.0) -> float:
    """Return the 1 that cosines are taken from, or the margin where it is larger."""
    return max(1.0, abs(margin))


def definition(mp: Any, same: Any, x1: Any, x2: Any, margin: Any) -> Any:
    def cost(equal: int, a: Any, b: Any) -> Any:
        return 1 - cosine(mp, a, b) if equal else max(0, cosine(mp, a, b) - margin)

    return mean(mp, (cost(*row) for row in zip(same, x1, x2, strict=True)))


def turned(rng: np.random.Generator, shape: Shape, cosines: Array) -> Slopes:
    """Draw rows of several lengths whose pairs have these cosines."""
    first, other = directions(rng.normal(size=shape)), rng.normal(size=shape)
    across = directions(other - np.sum(other * first, axis=1, keepdims=True) * first)
    second = cosines[:, None] * first + np.sqrt(1.0 - cosines[:, None] ** 2) * across
    stretch = rng.uniform(0.5, 3.0, size=(2, shape[0], 1))
    return stretch[0] * first, stretch[1] * second


def sample(rng: np.random.Generator, shape: Shape) -> Triple:
    """Draw pairs away from every margin: one different and too alike, one the same."""
    low, high = np.array(RANGES)[rng.integers(0, len(RANGES), size=shape[0])].T
    cosines = rng.uniform(low, high)
    cosines[0] = rng.uniform(*RANGES[0])
    same = rng.integers(0, 2, size=shape[0])
    same[:2] = np.arange(min(2, shape[0]))
    order = rng.permutation(shape[0])
    return same[order], *turned(rng, shape, cosines[order])


def along_the_axes(rng: np.random.Generator) -> Case:
    """Different pairs at right angles exactly, where the default margin of 0 is just met."""
    same, x1, x2 = sample(rng, (5, 3))
    same[:2] = 0
    x1[:2], x2[:2] = [[3.0, 0.0, 0.0], [0.0, -2.0, 0.0]], [[0.0, 2.0, 0.0], [0.0, 0.0, 5.0]]
    return Case((same, x1, x2))


def same_direction(rng: np.random.Generator) -> Case:
    """Equal and different pairs that point the same way, others beside them."""
    same, x1, x2 = sample(rng, (6, 3))
    same[:2], x2[:2] = [0, 1], 2.0 * x1[:2]
    return Case((same, x1, x2))


def opposed(rng: np.random.Generator) -> Case:
    """Pairs that point opposite ways: the worst for equal ones, free for different ones."""
    same, x1, x2 = sample(rng, (6, 3))
    same[:2], x2[:2] = [0, 1], -0.5 * x1[:2]
    return Case((same, x1, x2))


def all_met(rng: np.random.Generator) -> Case:
    return Case((np.zeros(4, np.int64), *turned(rng, (4, 3), rng.uniform(-0.9, -0.1, size=4))))


def negative_margin(rng: np.random.Generator) -> Case:
    return Case(sample(rng, (6, 3)), {"margin": -0.95})


EXTREMES = (
    *length_extremes(laws.drawn(sample, 6, 4), 1, 2),
    Extreme(
        "a hundred coordinates",
        lambda rng: Case(sample(rng, (6, 100))),
        "Divide by the lengths once and keep float64: nothing here needs an epsilon.",
        float32=True,
    ),
)

EDGES = (
    *zero_row_edges(laws.drawn(sample, 6, 4), x1=1, x2=2),
    Edge(
        "cosine exactly the margin",
        along_the_axes,
        "Where the cosine of a different pair is exactly the margin, any gradient between 0 and "
        "the active one is right.",
    ),
    Edge(
        "pairs of one direction",
        same_direction,
        "An equal pair of one direction costs 0, a different one 1 - margin.",
    ),
    Edge(
        "pairs of opposite directions",
        opposed,
        "An equal pair of opposite directions costs 2, a different one nothing.",
    ),
    Edge("every different pair met", all_met, "Where all margins are met, all results are 0."),
    Edge("a negative margin", negative_margin, "A margin below every cosine is a margin as well."),
)

VECTORISED = (
    NORMALISE
    + """\


def forward(same, x1, x2, margin):
    if x1.ndim != 2 or x1.shape != x2.shape or same.shape != x1.shape[:1]:
        raise ValueError("x1 and x2 must be (n, d), and same (n,)")
    if x1.size == 0:
        raise ValueError("there are no pairs")
    (u1, length1), (u2, length2) = normalise(x1), normalise(x2)
    cos = (u1 * u2).sum(axis=1)
    return u1, length1, u2, length2, cos


def loss(same, x1, x2, margin=0.0):
    cos = forward(same, x1, x2, margin)[-1]
    return np.mean(np.where(same == 1, 1 - cos, np.maximum(0, cos - margin)))


def grad(same, x1, x2, margin=0.0):
    u1, length1, u2, length2, cos = forward(same, x1, x2, margin)
    slope = np.where(same == 1, -1.0, cos > margin)[:, None] / len(cos)
    return denormalise(slope * u2, u1, length1), denormalise(slope * u1, u2, length2)
"""
)

LOOPS = """\
import numpy as np


def pairs(same, x1, x2):
    if not (x1.shape == x2.shape and len(x1) == len(same) and same.ndim == 1):
        raise ValueError("lengths differ")
    if x1.size == 0:
        raise ValueError("no pairs")
    for i, (equal, a, b) in enumerate(zip(same, x1, x2)):
        na, nb = np.linalg.norm(a), np.linalg.norm(b)
        if na == 0 or nb == 0:
            raise ValueError("the cosine of a zero vector is not defined")
        a, b = a / na, b / nb
        yield i, equal, a, b, na, nb, np.dot(a, b)


def loss(same, x1, x2, margin=0.0):
    total = 0.0
    for _, equal, _, _, _, _, cosine in pairs(same, x1, x2):
        if equal:
            total += 1 - cosine
        elif not cosine <= margin:
            total += cosine - margin
    return float(total) / len(x1)


def grad(same, x1, x2, margin=0.0):
    first, second = np.zeros(x1.shape), np.zeros(x2.shape)
    for i, equal, a, b, na, nb, cosine in pairs(same, x1, x2):
        if equal or cosine > margin:
            sign = -1 if equal else 1
            first[i] = sign * (b - cosine * a) / na / len(x1)
            second[i] = sign * (a - cosine * b) / nb / len(x1)
    return first, second
"""

CHORDS = '''\
import numpy as np


def sphere(rows):
    """Rows on the unit sphere and their radii, the largest coordinate taken out first."""
    largest = np.max(np.abs(rows), axis=1, keepdims=True)
    if (largest == 0).any():
        raise ValueError("a zero row is on no sphere")
    scaled = np.asarray(rows, dtype=float) / largest
    radius = np.linalg.norm(scaled, axis=1, keepdims=True)
    return scaled / radius, largest * radius


def chords(same, x1, x2, margin):
    """Half of the squared chord between two points of the sphere is 1 less their cosine."""
    if x1.shape != x2.shape or x1.ndim != 2 or same.shape != (len(x1),) or 0 in x1.shape:
        raise ValueError(f"bad shapes {same.shape}, {x1.shape}, {x2.shape}")
    (a, ra), (b, rb) = sphere(x1), sphere(x2)
    half = 0.5 * np.square(a - b).sum(axis=1)
    return a, ra, b, rb, half, (1 - margin) - half


def loss(same, x1, x2, margin=0.0):
    *_, half, excess = chords(same, x1, x2, margin)
    return (half[same > 0].sum() + excess[same == 0].clip(min=0).sum()) / half.size


def grad(same, x1, x2, margin=0.0):
    a, ra, b, rb, half, excess = chords(same, x1, x2, margin)
    weight = np.where(same > 0, 1.0, np.where(excess > 0, -1.0, 0.0)) / half.size
    # The chord's own gradient, a - b, without its part along the radius.
    da = weight[:, None] * (a - b - half[:, None] * a) / ra
    db = weight[:, None] * (b - a - half[:, None] * b) / rb
    return da, db
'''

EINSUM = """\
import numpy as np


class CosineEmbedding:
    def __init__(self, same, x1, x2, margin):
        if x1.shape != x2.shape or same.shape != x1.shape[:-1]:
            raise ValueError("shapes do not fit")
        if not same.size or not x1.size:
            raise ValueError("empty input")
        self.sides = np.stack([x1, x2]).astype(np.float64)
        self.lengths = np.sqrt(np.einsum("snd,snd->sn", self.sides, self.sides))
        if np.count_nonzero(self.lengths) != self.lengths.size:
            raise ValueError("zero row")
        self.units = self.sides / self.lengths[..., None]
        self.cosines = np.einsum("nd,nd->n", *self.units)
        # Equal pairs are pulled up a slope of -1, different ones pushed down one of +1.
        self.sign = 1.0 - 2.0 * same
        self.offset = np.where(same, 1.0, -margin)

    def costs(self):
        return np.maximum(self.sign * self.cosines + self.offset, 0.0)

    def value(self):
        return self.costs().mean()

    def slopes(self):
        active = (self.costs() > 0) | (self.sign < 0)
        weight = self.sign * active / len(self.sign)
        across = self.units[::-1] - np.einsum("n,snd->snd", self.cosines, self.units)
        first, second = np.einsum("n,snd->snd", weight, across) / self.lengths[..., None]
        return first.copy(), second.copy()


def loss(same, x1, x2, margin=0.0):
    return CosineEmbedding(same, x1, x2, margin).value()


def grad(same, x1, x2, margin=0.0):
    return CosineEmbedding(same, x1, x2, margin).slopes()
"""

COST = "np.where(same == 1, 1 - cos, np.maximum(0, cos - margin))"
SLOPE = "np.where(same == 1, -1.0, cos > margin)"

MISCONCEPTIONS = (
    Misconception(
        "labels swapped",
        Family.VALUES,
        "It pulls different pairs together and pushes equal ones apart: 1 means the same here.",
        patched(VECTORISED, ("same == 1", "same == 0")),
    ),
    Misconception(
        "labels of -1 expected",
        Family.VALUES,
        "It looks for different pairs under the label -1, as PyTorch does: here they have 0, and "
        "so cost nothing.",
        patched(
            VECTORISED,
            (COST, "(same == 1) * (1 - cos) + (same == -1) * np.maximum(0, cos - margin)"),
            (SLOPE, "np.where(same == 1, -1.0, (cos > margin) * (same == -1))"),
        ),
    ),
    Misconception(
        "margin added",
        Family.VALUES,
        "It adds the margin to the cosine of different pairs, where it is taken off.",
        patched(VECTORISED, ("cos - margin", "cos + margin"), ("cos > margin", "cos > -margin")),
    ),
    Misconception(
        "margin ignored",
        Family.VALUES,
        "It ignores the margin.",
        patched(VECTORISED, ("cos - margin", "cos"), ("cos > margin", "cos > 0")),
    ),
    Misconception(
        "never cut off at 0",
        Family.VALUES,
        "It leaves out max(0, ...), so different pairs below the margin earn a reward.",
        patched(
            VECTORISED, ("np.maximum(0, cos - margin)", "cos - margin"), ("cos > margin", "1.0")
        ),
    ),
    Misconception(
        "absolute cosine",
        Family.VALUES,
        "It takes the size of the cosine: different pairs of opposite directions cost as well.",
        patched(
            VECTORISED,
            ("cos - margin)", "abs(cos) - margin)"),
            ("cos > margin", "np.sign(cos) * (abs(cos) > margin)"),
        ),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the losses of the pairs where their mean is asked.",
        patched(VECTORISED, ("np.mean(", "np.sum("), (" / len(cos)", "")),
    ),
    Misconception(
        "gradient never switched off",
        Family.GRADIENTS,
        "Its gradient also moves different pairs below the margin, where the loss is flat.",
        patched(VECTORISED, ("cos > margin", "1.0")),
    ),
    Misconception(
        "gradient without 1/n",
        Family.GRADIENTS,
        "Its gradients are of the sum: the 1/n of the mean is missing.",
        patched(VECTORISED, (" / len(cos)", "")),
    ),
    Misconception(
        "one root for both lengths",
        Family.STABILITY,
        "It multiplies the squared lengths before it takes the root, which overflows for long rows "
        "and vanishes for short ones.",
        patched(
            VECTORISED,
            (
                "    cos = (u1 * u2).sum(axis=1)",
                "    cos = (x1 * x2).sum(axis=1) / np.sqrt((x1**2).sum(axis=1) * "
                "(x2**2).sum(axis=1))",
            ),
        ),
    ),
    Misconception(
        "NaN left out of the mean",
        Family.EDGE_CASES,
        "It averages over the pairs that are not NaN: bad data vanishes.",
        patched(VECTORISED, ("np.mean(", "np.nanmean(")),
    ),
    Misconception(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It lets one row or one label stand for all, where ValueError is asked.",
        patched(VECTORISED, ("x1.shape != x2.shape or same.shape != x1.shape[:1]", "x2.ndim != 2")),
    ),
    *normalised_wrongly(VECTORISED),
)

USUAL = laws.drawn(sample, 8, 3, margin=0.2)


def _equal_pairs(rng: np.random.Generator) -> Case:
    _, x1, x2 = sample(rng, (6, 4))
    return Case((np.ones(6, np.int64), x1, x2))


def _half_squared_chord(same: Array, x1: Array, x2: Array) -> float:
    chords = directions(x1) - directions(x2)
    return float(np.mean(np.sum(chords**2, axis=1)) / 2.0)


def _one_direction(rng: np.random.Generator) -> Case:
    x1 = rng.normal(size=(5, 3))
    return Case((np.ones(5, np.int64), x1, 3.0 * x1))


LAWS = (
    laws.zero("Equal pairs of one direction cost nothing.", reference, _one_direction),
    laws.zero("Different pairs below the margin cost nothing.", reference, all_met),
    laws.unchanged("It is symmetric in x1 and x2.", reference, USUAL, laws.swapped(1, 2)),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1, 2)),
    lengths_do_not_matter(reference, USUAL, 1, 2),
    rotation_does_not_matter(reference, USUAL, 1, 2),
    laws.equal(
        "Of equal pairs it is half of the mean squared distance between unit rows.",
        _equal_pairs,
        reference,
        _half_squared_chord,
    ),
)


def at_angle(same: int, degrees: float) -> Case:
    angle = np.deg2rad(degrees)
    x2 = np.array([[np.cos(angle), np.sin(angle)]])
    return Case((np.array([same]), np.array([[1.0, 0.0]]), x2), {"margin": 0.5})


TASKS = (
    Task(
        slug="cosine-embedding",
        title="Cosine embedding loss",
        formula=(
            r"L = \frac{1}{n} \sum_{i=1}^{n} \begin{cases} 1 - c_i & s_i = 1 \\ "
            r"\max(0,\ c_i - m) & s_i = 0 \end{cases}, \qquad c_i = \frac{x_{1,i} \cdot x_{2,i}}"
            r"{\lVert x_{1,i} \rVert_2 \lVert x_{2,i} \rVert_2}"
        ),
        sentence=(
            "The mean over the pairs of 1 minus the cosine of the two rows where the pair is the "
            "same, and of what their cosine exceeds the margin by, or 0, where it is not."
        ),
        domain=(
            "same: shape (n,), integers 1 (the pair is the same) and 0 (it is not); x1, x2: real "
            "rows of one shape (n, d). Shapes that do not fit and zero rows raise ValueError."
        ),
        rules=(
            *length_rules("x1", "x2"),
            "same holds 0 and 1 in an integer type of any width; nothing else is passed.",
            "Equal pairs know no margin; the margin is a cosine and may be negative.",
            "Where the cosine of a different pair is exactly the margin, any gradient between 0 "
            "and the active one is right.",
            "grad returns a tuple: the derivatives with respect to x1 and x2 as given, before they "
            "are normalised, each (n, d).",
        ),
        source="PyTorch, torch.nn.CosineEmbeddingLoss, with labels 1 and 0 for its 1 and -1.",
        brief=Brief(
            prompt="A job board embeds advertisements and CVs. Editors marked pairs of them: `1` "
            "where the CV suits, `0` where it does not. Suiting pairs should point the same way, "
            "others have a cosine of at most `margin`; how long the rows are does not count. Write "
            "the cosine embedding loss and its gradients with respect to both arrays.",
            context="Two regimes chosen by a label, a hinge, and the derivative of a cosine with "
            "respect to rows that are not of length 1.",
            topics=("embeddings", "margins"),
            difficulty="medium",
            minutes=25,
        ),
        examples=(
            Example(
                Case(
                    (
                        np.array([1, 0]),
                        np.array([[1.0, 0.0], [0.0, 2.0]]),
                        np.array([[3.0, 4.0], [3.0, 4.0]]),
                    )
                ),
                value=(0.4 + 0.8) / 2,
                gradient=(((0.0, -0.4), (0.15, 0.0)), ((-0.064, 0.048), (-0.048, 0.036))),
                working="The cosines are 3/5 and 4/5: the equal pair costs 1 - 3/5, the different "
                "one 4/5 - 0; their mean is (0.4 + 0.8) / 2.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("same", "n", labels=True),
            Argument("x1", "n d", differentiate=True),
            Argument("x2", "n d", differentiate=True),
        ),
        parameters=(Parameter("margin", MARGINS[0], MARGINS[1:]),),
        reference=reference,
        gradient=gradient,
        subdifferential=subdifferential,
        sample=sample,
        shapes=((6, 3), (1, 4), (2, 2), (5, 5)),
        large=(150, 500),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        branches=True,
        variants=(
            Variant("vectorised", VECTORISED),
            Variant("pair by pair", LOOPS, slow=True),
            Variant("chords of the unit sphere", CHORDS),
            Variant("einsum in a class", EINSUM),
        ),
        non_negative=True,
        laws=LAWS,
        curves=(
            Curve(
                "An equal pair",
                "angle between x1 and x2 in degrees",
                0.0,
                180.0,
                lambda degrees: at_angle(1, degrees),
            ),
            Curve(
                "A different pair, margin = 0.5",
                "angle between x1 and x2 in degrees",
                0.0,
                180.0,
                lambda degrees: at_angle(0, degrees),
                kinks=(60.0,),
            ),
        ),
    ),
)
