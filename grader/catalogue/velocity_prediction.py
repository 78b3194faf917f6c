"""Velocity prediction: what a diffusion model learns that must work at every noise level."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.catalogue import laws, mean_squared_error, regression
from grader.catalogue.exact import mean, pairs
from grader.catalogue.inputs import paired, require
from grader.catalogue.pairs import numeric_gradient
from grader.catalogue.task import (
    Argument,
    Array,
    Brief,
    Case,
    Curve,
    Edge,
    Example,
    Expect,
    Extreme,
    Law,
    Misconception,
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family

Four = tuple[Array, Array, Array, Array]
Draw = Callable[[np.random.Generator], Case]


def _velocity(x0: Array, noise: Array, alpha_bar: Array) -> Array:
    a = np.asarray(alpha_bar, np.float64).reshape(-1, *(1,) * (x0.ndim - 1))
    return np.asarray(np.sqrt(a) * noise - np.sqrt(1.0 - a) * x0)


def _errors(x0: Array, noise: Array, v_pred: Array, alpha_bar: Array) -> Array:
    x0, noise, v_pred = paired(x0, noise, v_pred)
    require(np.shape(alpha_bar) == x0.shape[:1], "there must be one alpha_bar per sample")
    # NaN compares false: it must reach the result.
    outside = bool(np.any((alpha_bar < 0.0) | (alpha_bar > 1.0)))
    require(not outside, "alpha_bar must lie in [0, 1]")
    return np.asarray(v_pred - _velocity(x0, noise, alpha_bar))


def reference(x0: Array, noise: Array, v_pred: Array, alpha_bar: Array) -> float:
    """Return the mean over all elements of (v_pred - v)^2.

        v = sqrt(a) noise - sqrt(1 - a) x0

    Args:
        x0: the data, samples along axis 0 and any axes after it.
        noise: same shape, of unit variance.
        v_pred: same shape, the predicted velocities.
        alpha_bar: a, shape (n,), each in [0, 1]: the share of the data's variance that is left.

    Returns:
        The loss in the square of the data's unit, >= 0; NaN where an array holds one.

    Raises:
        ValueError: for shapes that do not fit, empty input, or an alpha_bar outside [0, 1].

    Source: Salimans, Ho, Progressive Distillation for Fast Sampling of Diffusion Models (2022),
        section 4 and appendix D.
    """
    return float(np.mean(_errors(x0, noise, v_pred, alpha_bar) ** 2))


def gradient(x0: Array, noise: Array, v_pred: Array, alpha_bar: Array) -> tuple[Array]:
    """Return d loss / d v_pred = 2 (v_pred - v) / size, of v_pred's shape; errors as above."""
    e = _errors(x0, noise, v_pred, alpha_bar)
    return (2.0 * e / e.size,)


def terms(x0: Array, noise: Array, v_pred: Array, alpha_bar: Array) -> float:
    """Return the largest error times the largest of what it is the difference of."""
    error = float(np.abs(_errors(x0, noise, v_pred, alpha_bar)).max())
    largest = max(float(np.abs(array).max()) for array in (x0, noise, v_pred))
    return max(error * max(error, largest), 1e-300)


def definition(mp: Any, x0: Any, noise: Any, v_pred: Any, alpha_bar: Any) -> Any:
    def squares(a: Any, *sample: Any) -> list[Any]:
        rows = pairs(*sample)
        return [(v - (mp.sqrt(a) * e - mp.sqrt(1 - a) * x)) ** 2 for x, e, v in rows]

    samples = map(squares, alpha_bar, x0, noise, v_pred)
    return mean(mp, (square for part in samples for square in part))


ERRORS = regression.sampler((0.1, 1.5))


def _with_errors(rng: np.random.Generator, alpha_bar: Array, errors: Array) -> Case:
    x0, noise = rng.normal(size=(2, *errors.shape))
    right = _velocity(x0, noise, np.clip(alpha_bar, 0.0, 1.0))
    return Case((x0, noise, right + errors, alpha_bar))


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
    """Draw data and noise of unit variance, velocities that are off by 0.1 to 1.5, and levels."""
    start, moved = ERRORS(rng, shape)
    return _with_errors(rng, rng.uniform(0.05, 0.95, size=shape[0]), moved - start).arguments


def _at(*alpha_bar: float) -> Draw:
    """Return a draw of ordinary errors at these levels, in any order."""

    def case(rng: np.random.Generator) -> Case:
        start, moved = ERRORS(rng, (len(alpha_bar), 3))
        return _with_errors(rng, rng.permutation(np.array(alpha_bar)), moved - start)

    return case


def _off_by(error: float) -> Draw:
    def case(rng: np.random.Generator) -> Case:
        x0, noise, v_pred, alpha_bar = sample(rng, (4, 3))
        moved = v_pred + error * rng.uniform(-1.0, 1.0, size=(4, 3))
        return Case((x0, noise, moved, alpha_bar))

    return case


def _small_beside_large(rng: np.random.Generator) -> Case:
    """Errors of 2^-10 between whole numbers to 1e4, at both ends: every difference is exact."""
    x0, noise = rng.integers(-10_000, 10_001, size=(2, 4, 3)).astype(np.float64)
    alpha_bar = rng.permutation(np.array([0.0, 1.0, 1.0, 0.0]))
    errors = rng.integers(100, 1000, size=(4, 3)) * rng.choice([-1.0, 1.0], size=(4, 3)) / 2.0**20
    return Case((x0, noise, _velocity(x0, noise, alpha_bar) + errors, alpha_bar))


def _nearly_clean(rng: np.random.Generator) -> Case:
    """Data of 1e6 of which nearly everything is left, so that v is of the size of the noise."""
    alpha_bar = 1.0 - rng.uniform(1e-12, 4e-12, size=4)
    x0, noise, v_pred, _ = sample(rng, (4, 3))
    v_pred = v_pred + _velocity(1e6 * x0, noise, alpha_bar)
    return Case((1e6 * x0, noise, v_pred, alpha_bar))


def _right(rng: np.random.Generator) -> Case:
    """Right velocities at both ends, where no rounding is between."""
    x0, noise = rng.normal(size=(2, 4, 3))
    alpha_bar = rng.permutation(np.array([0.0, 1.0, 1.0, 0.0]))
    return Case((x0, noise, _velocity(x0, noise, alpha_bar), alpha_bar))


def _in_a_column(rng: np.random.Generator) -> Case:
    *arrays, alpha_bar = sample(rng, (3, 3))
    return Case((*arrays, alpha_bar[:, None]))


def _beside_an_outlier(rng: np.random.Generator) -> Case:
    x0, noise, v_pred, alpha_bar = sample(rng, (4, 3))
    v_pred[tuple(rng.integers(3, size=2))] += 1e6
    return Case((x0, noise, v_pred, alpha_bar))


PLAIN = """\
import numpy as np


def _error(x0, noise, v_pred, alpha_bar):
    if x0.shape != v_pred.shape or noise.shape != v_pred.shape:
        raise ValueError("x0, noise and v_pred must have the same shape")
    if alpha_bar.shape != v_pred.shape[:1]:
        raise ValueError("there must be one alpha_bar for each sample")
    if v_pred.size == 0:
        raise ValueError("there is nothing to average")
    if np.any((alpha_bar < 0) | (alpha_bar > 1)):
        raise ValueError("alpha_bar must lie in [0, 1]")
    a = alpha_bar.reshape((-1,) + (1,) * (v_pred.ndim - 1))
    v = np.sqrt(a) * noise - np.sqrt(1 - a) * x0
    return v_pred - v


def loss(x0, noise, v_pred, alpha_bar):
    e = _error(x0, noise, v_pred, alpha_bar)
    return np.mean(e**2)


def grad(x0, noise, v_pred, alpha_bar):
    e = _error(x0, noise, v_pred, alpha_bar)
    return 2 * e / e.size
"""

ANGLES = '''\
import numpy as np


def rows(array, n):
    return np.asarray(array, dtype=np.float64).reshape(n, -1)


def residual(x0, noise, v_pred, alpha_bar):
    """Errors as (n, d): v is the derivative of the noisy sample by its angle."""
    if not np.shape(x0) == np.shape(noise) == np.shape(v_pred):
        raise ValueError("arrays of different shapes")
    if np.size(v_pred) == 0 or np.shape(alpha_bar) != (len(v_pred),):
        raise ValueError("alpha_bar must be (n,), and n at least 1")
    if np.min(alpha_bar) < 0 or np.max(alpha_bar) > 1:
        raise ValueError("alpha_bar is a share of variance")
    n = len(v_pred)
    a = np.asarray(alpha_bar, dtype=np.float64)
    angle = np.arctan2(np.sqrt(1 - a), np.sqrt(a))[:, None]
    return rows(v_pred, n) - np.cos(angle) * rows(noise, n) + np.sin(angle) * rows(x0, n)


def loss(x0, noise, v_pred, alpha_bar):
    r = residual(x0, noise, v_pred, alpha_bar)
    return float(np.vdot(r, r) / r.size)


def grad(x0, noise, v_pred, alpha_bar):
    r = residual(x0, noise, v_pred, alpha_bar)
    return (r * (2.0 / r.size)).reshape(v_pred.shape)
'''

EINSUM = """\
import numpy as np


class Velocity:
    def __init__(self, x0, noise, v_pred, alpha_bar):
        if len({x0.shape, noise.shape, v_pred.shape}) != 1:
            raise ValueError("shape mismatch")
        if alpha_bar.ndim != 1 or len(alpha_bar) != len(x0) or x0.size < 1:
            raise ValueError("bad batch")
        if (alpha_bar < 0).any() or (alpha_bar > 1).any():
            raise ValueError("bad noise level")
        keep, lose = np.sqrt(alpha_bar), np.sqrt(1 - alpha_bar)
        target = np.einsum("n,n...->n...", keep, noise) - np.einsum("n,n...->n...", lose, x0)
        self.error = np.subtract(v_pred, target, dtype=float)

    def loss(self):
        return np.square(self.error).sum() / self.error.size

    def grad(self):
        return self.error / (0.5 * self.error.size)


def loss(x0, noise, v_pred, alpha_bar):
    return Velocity(x0, noise, v_pred, alpha_bar).loss()


def grad(x0, noise, v_pred, alpha_bar):
    return Velocity(x0, noise, v_pred, alpha_bar).grad()
"""

LOOPS = """\
import math

import numpy as np


def _check(x0, noise, v_pred, alpha_bar):
    if x0.shape != noise.shape or x0.shape != v_pred.shape:
        raise ValueError("shapes differ")
    if alpha_bar.shape != (x0.shape[0],) or x0.size == 0:
        raise ValueError("one alpha_bar per sample, and at least one sample")
    for a in alpha_bar:
        if a < 0 or a > 1:
            raise ValueError(f"alpha_bar {a} is outside of [0, 1]")


def _errors(x0, noise, v_pred, alpha_bar):
    _check(x0, noise, v_pred, alpha_bar)
    errors = []
    for x, e, v, a in zip(x0, noise, v_pred, alpha_bar.tolist()):
        keep, lose = math.sqrt(a), math.sqrt(1 - a)
        for x_j, e_j, v_j in zip(x.ravel().tolist(), e.ravel().tolist(), v.ravel().tolist()):
            errors.append(v_j - keep * e_j + lose * x_j)
    return errors


def loss(x0, noise, v_pred, alpha_bar):
    errors = _errors(x0, noise, v_pred, alpha_bar)
    return sum(error * error for error in errors) / len(errors)


def grad(x0, noise, v_pred, alpha_bar):
    errors = _errors(x0, noise, v_pred, alpha_bar)
    return np.array([2 * error / len(errors) for error in errors]).reshape(v_pred.shape)
"""

V, MEAN, SLOPE = "np.sqrt(a) * noise - np.sqrt(1 - a) * x0", "np.mean(e**2)", "2 * e / e.size"


def _other_target(name: str, sentence: str, target: str) -> Misconception:
    return Misconception(name, Family.VALUES, sentence, patched(PLAIN, (V, target)))


MISCONCEPTIONS = (
    _other_target(
        "target of the other sign",
        "Its target is minus the velocity: data less noise, where it is noise less data.",
        "np.sqrt(1 - a) * x0 - np.sqrt(a) * noise",
    ),
    _other_target(
        "noisy sample for velocity",
        "It adds the two parts, by the weights of the velocity; they must be subtracted.",
        "np.sqrt(a) * noise + np.sqrt(1 - a) * x0",
    ),
    _other_target(
        "weights swapped",
        "It weighs the data by sqrt(alpha_bar) and the noise by sqrt(1 - alpha_bar), as in the "
        "noisy sample; in the velocity it is the other way round.",
        "np.sqrt(1 - a) * noise - np.sqrt(a) * x0",
    ),
    _other_target(
        "roots forgotten",
        "It weighs noise and data by alpha_bar and 1 - alpha_bar: their square roots are asked, "
        "for alpha_bar is a share of variance.",
        "a * noise - (1 - a) * x0",
    ),
    _other_target("noise prediction", "It compares the prediction with the noise itself.", "noise"),
    _other_target(
        "flow matching",
        "Its target is noise less data without any weights, the velocity of flow matching.",
        "noise - x0",
    ),
    Misconception(
        "levels along the last axis",
        Family.VALUES,
        "It lets alpha_bar broadcast along the last axis, where it belongs to the first.",
        patched(PLAIN, ("alpha_bar.reshape((-1,) + (1,) * (v_pred.ndim - 1))", "alpha_bar")),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up all squares where their mean is asked.",
        patched(PLAIN, (MEAN, "np.sum(e**2)"), (" / e.size", "")),
    ),
    Misconception(
        "sum within a sample",
        Family.VALUES,
        "It adds up the squares of a sample and averages over samples: the mean is over all "
        "elements.",
        patched(PLAIN, (MEAN, "np.sum(e**2) / len(e)"), ("e.size", "len(e)")),
    ),
    Misconception(
        "gradient without its 2",
        Family.GRADIENTS,
        "Its gradient lacks the 2 of the square's derivative.",
        patched(PLAIN, (SLOPE, "e / e.size")),
    ),
    numeric_gradient(PLAIN, "v_pred"),
    Misconception(
        "square expanded",
        Family.STABILITY,
        "It expands the square, whose large terms cancel where errors are small beside values.",
        patched(
            PLAIN, (MEAN, "np.mean(v_pred**2 - 2 * v_pred * (v_pred - e) + (v_pred - e) ** 2)")
        ),
    ),
    Misconception(
        "velocity from the noisy sample",
        Family.STABILITY,
        "It makes the velocity from the noisy sample and divides by sqrt(1 - alpha_bar), which "
        "loses all digits where that is small.",
        patched(
            PLAIN,
            (V, "(np.sqrt(a) * (np.sqrt(a) * x0 + np.sqrt(1 - a) * noise) - x0) / np.sqrt(1 - a)"),
        ),
    ),
    Misconception(
        "alpha_bar not checked",
        Family.EDGE_CASES,
        "It accepts an alpha_bar outside of [0, 1] where it must raise ValueError.",
        patched(PLAIN, ("np.any((alpha_bar < 0) | (alpha_bar > 1))", "alpha_bar.ndim < 0")),
    ),
    Misconception(
        "ends refused",
        Family.EDGE_CASES,
        "It refuses an alpha_bar of 0 or 1, which are pure noise and clean data and both allowed.",
        patched(
            PLAIN, ("(alpha_bar < 0) | (alpha_bar > 1)", "(alpha_bar <= 0) | (alpha_bar >= 1)")
        ),
    ),
    Misconception(
        "NaN refused",
        Family.EDGE_CASES,
        "It raises ValueError for an alpha_bar that is NaN, where the loss is NaN.",
        patched(
            PLAIN,
            (
                "np.any((alpha_bar < 0) | (alpha_bar > 1))",
                "not np.all((alpha_bar >= 0) & (alpha_bar <= 1))",
            ),
        ),
    ),
    Misconception(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It lets arrays of different shapes broadcast where it must raise ValueError.",
        patched(PLAIN, ("x0.shape != v_pred.shape or noise.shape != v_pred.shape", "x0.ndim < 1")),
    ),
    Misconception(
        "NaN hidden",
        Family.EDGE_CASES,
        "It averages with nanmean, so a broken element vanishes from the result.",
        patched(PLAIN, ("np.mean(", "np.nanmean(")),
    ),
)

USUAL = laws.drawn(sample, 4, 3)


def _turned(rng: np.random.Generator, case: Case) -> Case:
    x0, noise, v_pred, alpha_bar = case.arguments
    return Case((-noise, -x0, v_pred, 1.0 - alpha_bar))


def _shared(rng: np.random.Generator) -> tuple[float, float]:
    """A velocity made from a prediction of the noise, at one and the same noisy sample."""
    x0, noise, wrong, alpha_bar = sample(rng, (4, 3))
    a = alpha_bar[:, None]
    noisy = np.sqrt(a) * x0 + np.sqrt(1.0 - a) * noise
    v_pred = (wrong - np.sqrt(1.0 - a) * noisy) / np.sqrt(a)
    return reference(x0, noise, v_pred, alpha_bar), float(np.mean((wrong - noise) ** 2 / a))


def _end(alpha_bar: float) -> Callable[[np.random.Generator], tuple[float, float]]:
    def sides(rng: np.random.Generator) -> tuple[float, float]:
        x0, noise, v_pred, _ = sample(rng, (4, 3))
        target = noise if alpha_bar else -x0
        left = reference(x0, noise, v_pred, np.full(4, alpha_bar))
        return left, mean_squared_error.reference(target, v_pred)

    return sides


LAWS = (
    laws.zero("Velocities that are predicted exactly cost nothing.", reference, _right),
    Law("At alpha_bar 1 it is the mean squared error of the noise.", _end(1.0)),
    Law("At alpha_bar 0 it is the mean squared error of minus the data.", _end(0.0)),
    laws.unchanged(
        "Noise and data change parts, with a sign, at 1 - alpha_bar.", reference, USUAL, _turned
    ),
    laws.unchanged(
        "The order of the samples does not matter.", reference, USUAL, laws.reordered(0, 1, 2, 3)
    ),
    Law("At one noisy sample it is the squared error of the noise over alpha_bar.", _shared),
)

TASKS = (
    Task(
        slug="velocity-prediction",
        title="Velocity prediction of diffusion models",
        formula=r"L = \frac{1}{n d} \sum_{i=1}^{n} \sum_{j=1}^{d} "
        r"\left( \hat{v}_{ij} - v_{ij} \right)^2, \quad v_{ij} = "
        r"\sqrt{\bar{\alpha}_i}\, \epsilon_{ij} - \sqrt{1 - \bar{\alpha}_i}\, x_{ij}",
        sentence="The mean, over all elements, of the squared difference of v_pred and the "
        "velocity: the noise times the square root of its sample's alpha_bar, less the data x0 "
        "times the square root of 1 - alpha_bar.",
        domain="x0, noise and v_pred hold any finite numbers and have one shape, alpha_bar one "
        "number in [0, 1] for each sample; other shapes, empty arrays and numbers raise "
        "ValueError.",
        rules=(
            "The loss is one number; grad returns its derivative with respect to v_pred, a new "
            "array of the same shape.",
            "x0, noise and v_pred have one shape: n samples along axis 0, then one or more axes; "
            "alpha_bar has shape (n,); anything else raises ValueError and never broadcasts.",
            "Empty input raises ValueError.",
            "An alpha_bar below 0 or above 1 raises ValueError; 0 and 1 themselves are allowed.",
            "A NaN in any of the four arrays makes the loss NaN; in alpha_bar too it is no reason "
            "for ValueError.",
            "The mean is over all elements, and no sample is weighted.",
            "Errors up to 1e150 give a right and finite result, and so do small errors between "
            "large values.",
        ),
        source="Salimans, Ho, Progressive Distillation for Fast Sampling of Diffusion Models (ICLR "
        "2022), section 4 and appendix D.",
        brief=Brief(
            prompt="A studio trains a diffusion model for short sound effects that is to work in "
            "very few steps. At the noisiest levels a guess of the noise says nothing about the "
            "sound, and at the cleanest ones a guess of the sound says nothing about the noise, so "
            "the network predicts a mixture of both, the velocity. Write the loss, and its "
            "gradient with respect to `v_pred`. `alpha_bar[i]` is the share of the variance of "
            "sound `i` that is left under the noise.",
            context="A target from two arrays with weights by sample: which weight belongs where, "
            "with which sign, along which axis.",
            topics=("generative-models", "regression"),
            difficulty="easy",
            minutes=20,
        ),
        examples=(
            Example(
                Case(
                    (
                        np.array([[1.0, 2.0], [3.0, 4.0]]),
                        np.array([[2.0, -1.0], [1.0, -2.0]]),
                        np.array([[0.0, 0.0], [1.0, 0.0]]),
                        np.array([0.0, 1.0]),
                    )
                ),
                value=2.25,
                gradient=(((0.5, 1.0), (0.0, 1.0)),),
                working="At alpha_bar 0 the velocity is minus the data, (-1, -2), and at 1 it is "
                "the noise, (1, -2): errors of 1, 2, 0 and 2, so (1 + 4 + 0 + 4) / 4.",
            ),
            Example(
                Case(
                    (
                        np.array([[4.0]]),
                        np.array([[2.0]]),
                        np.array([[1.0 + np.sqrt(12.0)]]),
                        np.array([0.25]),
                    )
                ),
                value=(4.0 * np.sqrt(3.0)) ** 2,
                gradient=(((8.0 * np.sqrt(3.0),),),),
                working="The roots are 1/2 and sqrt(3)/2, so the velocity is 1 - 2 sqrt(3), and "
                "the prediction of 1 + 2 sqrt(3) is off by 4 sqrt(3).",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("x0", "n *"),
            Argument("noise", "n *"),
            Argument("v_pred", "n *", differentiate=True),
            Argument("alpha_bar", "n"),
        ),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((4, 4), (1, 6), (5, 3), (2, 3, 2), (3, 2, 2, 2)),
        large=(100, 800),
        terms=terms,
        extremes=(
            Extreme(
                "errors of 1e150",
                _off_by(1e150),
                "Square the error once: its fourth power overflows.",
            ),
            Extreme(
                "errors of 1e15",
                _off_by(1e15),
                "Square the error once, in float32 too.",
                float32=True,
            ),
            Extreme(
                "errors of 1e-3 between values of 1e4",
                _small_beside_large,
                "Subtract first and square the difference; an expanded square cancels.",
            ),
            Extreme(
                "alpha_bar of 1 - 1e-12, data of 1e6",
                _nearly_clean,
                "Take the velocity from noise and data as it is defined: through the noisy sample "
                "it is a difference of large numbers over a small one.",
            ),
        ),
        edges=(
            *(
                Edge(
                    f"alpha_bar of {bad:g}",
                    _at(0.5, bad, 0.9),
                    "An alpha_bar below 0 or above 1 raises ValueError.",
                    Expect.VALUE_ERROR,
                )
                for bad in (-0.25, 1.5)
            ),
            Edge(
                "alpha_bar in a column",
                _in_a_column,
                "alpha_bar of shape (n, 1) raises ValueError: it must not broadcast.",
                Expect.VALUE_ERROR,
            ),
            Edge("alpha_bar of 0", _at(0.0, 0.0), "At alpha_bar 0 the velocity is minus the data."),
            Edge("alpha_bar of 1", _at(1.0, 1.0), "At alpha_bar 1 the velocity is the noise."),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("angles", ANGLES),
            Variant("einsum in a class", EINSUM),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        coarse=_beside_an_outlier,
        curves=(
            Curve(
                "One element, noise 0.5 and alpha_bar 1",
                "v_pred",
                -3.0,
                4.0,
                lambda v: Case(
                    (np.zeros((1, 1)), np.full((1, 1), 0.5), np.array([[v]]), np.ones(1))
                ),
            ),
        ),
    ),
)
