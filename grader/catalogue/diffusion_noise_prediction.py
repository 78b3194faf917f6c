"""Noise prediction: what a diffusion model is trained on, plain or with min-SNR weights."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.catalogue import laws, mean_squared_error, regression
from grader.catalogue.exact import mean, pairs
from grader.catalogue.inputs import paired, require
from grader.catalogue.regression import at_least_tiny
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
    Misconception,
    Parameter,
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family

UNIFORM, MIN_SNR = "uniform", "min-snr"
GAMMA = 5.0


def weighed(
    noise: Array, noise_pred: Array, alpha_bar: Array, weighting: str
) -> tuple[Array, Array]:
    """Return the errors as rows (n, d) and each row's weight (n, 1); raises as `reference`."""
    noise, noise_pred = paired(noise, noise_pred)
    require(np.shape(alpha_bar) == noise.shape[:1], "there must be one alpha_bar per sample")
    require(not np.any((alpha_bar <= 0) | (alpha_bar >= 1)), "alpha_bar must lie in (0, 1)")
    require(weighting in (UNIFORM, MIN_SNR), f"unknown weighting {weighting!r}")
    errors = (noise_pred - noise).reshape(len(noise), -1)
    if weighting == UNIFORM:
        return errors, np.ones((len(noise), 1))
    # min(snr, 5) / snr without a division by a tiny snr.
    return errors, np.minimum(1.0, GAMMA * (1.0 - alpha_bar) / alpha_bar)[:, None]


def reference(noise: Array, noise_pred: Array, alpha_bar: Array, weighting: str = UNIFORM) -> float:
    """Return the mean over samples of w times the mean squared error of a sample.

        w = 1 for "uniform", min(snr, 5) / snr for "min-snr", with snr = a / (1 - a)

    Args:
        noise, noise_pred: one shape, samples along axis 0; the noise has unit variance.
        alpha_bar: a, shape (n,), each in (0, 1): the share of the signal's variance that is left.
        weighting: "uniform" or "min-snr".

    Raises:
        ValueError: for shapes that do not fit, empty input, an alpha_bar outside (0, 1), and an
            unknown weighting.

    Source: Ho, Jain, Abbeel, Denoising Diffusion Probabilistic Models (2020), equation 14; Hang
    et al., Efficient Diffusion Training via Min-SNR Weighting Strategy (2023), section 3.4.
    """
    errors, weights = weighed(noise, noise_pred, alpha_bar, weighting)
    return float(np.mean(weights * errors**2))


def gradient(
    noise: Array, noise_pred: Array, alpha_bar: Array, weighting: str = UNIFORM
) -> tuple[Array]:
    """Return 2 w (noise_pred - noise) / size, of noise_pred's shape; errors as `reference`."""
    errors, weights = weighed(noise, noise_pred, alpha_bar, weighting)
    return ((2.0 * weights * errors / errors.size).reshape(np.shape(noise_pred)),)


def terms(noise: Array, noise_pred: Array, alpha_bar: Array, weighting: str = UNIFORM) -> float:
    """Return the largest weighed square."""
    errors, weights = weighed(noise, noise_pred, alpha_bar, weighting)
    return at_least_tiny(np.max(weights * errors**2))


def definition(mp: Any, noise: Any, noise_pred: Any, alpha_bar: Any, weighting: Any) -> Any:
    def weight(a: Any) -> Any:
        snr = a / (1 - a)
        return min(snr, 5) / snr if weighting == "min-snr" else 1

    rows = zip(noise, noise_pred, alpha_bar, strict=True)
    return mean(
        mp, (weight(a) * mean(mp, ((q - p) ** 2 for p, q in pairs(x, y))) for x, y, a in rows)
    )


NOISE = regression.sampler((0.1, 1.5))


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
    """Draw errors of 0.1 to 1.5, and alpha_bar with a snr below 3 and above 7 in turn."""
    high = rng.permuted(np.resize(rng.permutation([True, False]), shape[0]))
    alpha_bar = np.where(high, rng.uniform(0.88, 0.98, shape[0]), rng.uniform(0.05, 0.75, shape[0]))
    return *NOISE(rng, shape), alpha_bar


def errors_of(
    scale: float, *, values: float = 1.0, weighting: str = MIN_SNR
) -> Callable[[np.random.Generator], Case]:
    """Return a draw of errors of this size between noises of this size."""
    draw = regression.errors_of(scale, values=values)

    def case(rng: np.random.Generator) -> Case:
        noise, noise_pred = (array.reshape(4, 3) for array in draw(rng).arguments)
        return Case((noise, noise_pred, sample(rng, (4, 3))[-1]), {"weighting": weighting})

    return case


def at(*alpha_bar: float, weighting: str = MIN_SNR) -> Callable[[np.random.Generator], Case]:
    """Return a draw of ordinary errors at these alpha_bar, in any order."""

    def case(rng: np.random.Generator) -> Case:
        noise, noise_pred, _ = sample(rng, (len(alpha_bar), 3))
        return Case((noise, noise_pred, rng.permutation(alpha_bar)), {"weighting": weighting})

    return case


def no_error(rng: np.random.Generator) -> Case:
    noise, _, alpha_bar = sample(rng, (3, 4))
    return Case((noise, noise.copy(), alpha_bar), {"weighting": MIN_SNR})


def in_a_column(rng: np.random.Generator) -> Case:
    noise, noise_pred, alpha_bar = sample(rng, (3, 3))
    return Case((noise, noise_pred, alpha_bar[:, None]))


PLAIN = """\
import numpy as np


def check(noise, noise_pred, alpha_bar, weighting):
    if noise.shape != noise_pred.shape or alpha_bar.shape != noise.shape[:1]:
        raise ValueError("noise and noise_pred must have one shape, and a sample one alpha_bar")
    if noise.size == 0:
        raise ValueError("there is nothing to average")
    if np.any(alpha_bar <= 0) or np.any(alpha_bar >= 1):
        raise ValueError("alpha_bar must lie strictly between 0 and 1")
    if weighting not in ("uniform", "min-snr"):
        raise ValueError(f"unknown weighting {weighting!r}")


def weights(alpha_bar, weighting):
    if weighting == "uniform":
        return np.ones(len(alpha_bar))
    snr = alpha_bar / (1 - alpha_bar)
    return np.minimum(snr, 5) / snr


def loss(noise, noise_pred, alpha_bar, weighting="uniform"):
    check(noise, noise_pred, alpha_bar, weighting)
    w = weights(alpha_bar, weighting)
    e = (noise_pred - noise).reshape(len(noise), -1)
    return np.mean(w * np.mean(e**2, axis=1))


def grad(noise, noise_pred, alpha_bar, weighting="uniform"):
    check(noise, noise_pred, alpha_bar, weighting)
    w = weights(alpha_bar, weighting)
    e = (noise_pred - noise).reshape(len(noise), -1)
    return (2 * w[:, None] * e / e.size).reshape(noise.shape)
"""

BROADCAST = """\
import numpy as np

WEIGHTS = {
    "uniform": lambda a: np.ones_like(a),
    "min-snr": lambda a: np.minimum(1.0, 5.0 * (1.0 - a) / a),
}


def prepare(noise, noise_pred, alpha_bar, weighting):
    if weighting not in WEIGHTS:
        raise ValueError("weighting is uniform or min-snr")
    if noise.shape != noise_pred.shape or noise.size == 0 or alpha_bar.ndim != 1:
        raise ValueError("shapes")
    if len(alpha_bar) != len(noise) or ((alpha_bar <= 0) | (alpha_bar >= 1)).any():
        raise ValueError("alpha_bar")
    column = WEIGHTS[weighting](alpha_bar).reshape((-1,) + (1,) * (noise.ndim - 1))
    return column, noise_pred - noise


def loss(noise, noise_pred, alpha_bar, weighting="uniform"):
    column, error = prepare(noise, noise_pred, alpha_bar, weighting)
    # Every sample has as many elements, so one mean over everything is the mean of the means.
    return (column * error * error).mean()


def grad(noise, noise_pred, alpha_bar, weighting="uniform"):
    column, error = prepare(noise, noise_pred, alpha_bar, weighting)
    return error * (column * (2.0 / error.size))
"""

EINSUM = """\
import numpy as np


def flat_errors(noise, noise_pred, alpha_bar, weighting):
    n = len(alpha_bar)
    if noise.shape != noise_pred.shape or alpha_bar.shape != (noise.shape[0],):
        raise ValueError("noise, noise_pred and alpha_bar do not belong together")
    if n == 0 or noise.size == 0:
        raise ValueError("no samples")
    if alpha_bar.min() <= 0 or alpha_bar.max() >= 1:
        raise ValueError("alpha_bar out of range")
    log_snr = np.log(alpha_bar) - np.log1p(-alpha_bar)
    if weighting == "uniform":
        weight = np.full(n, 1.0)
    elif weighting == "min-snr":
        # a snr above 5 is brought back to 5
        weight = np.exp(-np.maximum(log_snr - np.log(5.0), 0.0))
    else:
        raise ValueError(weighting)
    return weight, np.subtract(noise_pred, noise, dtype=float).reshape(n, -1)


def loss(noise, noise_pred, alpha_bar, weighting="uniform"):
    weight, e = flat_errors(noise, noise_pred, alpha_bar, weighting)
    return float(np.einsum("n,nd,nd->", weight / e.size, e, e, optimize=True))


def grad(noise, noise_pred, alpha_bar, weighting="uniform"):
    weight, e = flat_errors(noise, noise_pred, alpha_bar, weighting)
    return np.einsum("n,nd->nd", 2 * weight / e.size, e).reshape(noise_pred.shape)
"""

SAMPLE_BY_SAMPLE = """\
import numpy as np


class Sample:
    def __init__(self, noise, predicted, alpha_bar, weighting):
        if not 0 < alpha_bar < 1 and alpha_bar == alpha_bar:
            raise ValueError("alpha_bar must be in (0, 1)")
        self.error = predicted - noise
        self.weight = 1.0
        snr = alpha_bar / (1.0 - alpha_bar)
        if weighting == "min-snr" and snr > 5.0:
            self.weight = 5.0 / snr

    def cost(self):
        return self.weight * np.square(self.error).sum() / np.size(self.error)

    def slope(self):
        return 2.0 * self.weight / np.size(self.error) * self.error


def samples(noise, noise_pred, alpha_bar, weighting):
    if noise.shape != noise_pred.shape or alpha_bar.shape != noise.shape[:1] or not noise.size:
        raise ValueError("shapes")
    if weighting not in {"uniform", "min-snr"}:
        raise ValueError("weighting")
    triples = zip(noise, noise_pred, alpha_bar)
    return [Sample(x, y, float(a), weighting) for x, y, a in triples]


def loss(noise, noise_pred, alpha_bar, weighting="uniform"):
    batch = samples(noise, noise_pred, alpha_bar, weighting)
    return sum(sample.cost() for sample in batch) / len(batch)


def grad(noise, noise_pred, alpha_bar, weighting="uniform"):
    batch = samples(noise, noise_pred, alpha_bar, weighting)
    return np.stack([sample.slope() / len(batch) for sample in batch])
"""

WEIGHT, COST = "np.minimum(snr, 5) / snr", "np.mean(w * np.mean(e**2, axis=1))"
SLOPE = "(2 * w[:, None] * e / e.size)"


def weighing(name: str, sentence: str, weight: str) -> Misconception:
    """Another weight than min(snr, 5) / snr."""
    return Misconception(name, Family.VALUES, sentence, patched(PLAIN, (WEIGHT, weight)))


MISCONCEPTIONS = (
    weighing(
        "weighting ignored",
        "It weighs every sample by 1, whatever weighting says.",
        "np.ones(len(snr))",
    ),
    weighing(
        "weights for predicting the image",
        "Its weight is min(snr, 5), which is for a model that predicts the clean image; for noise "
        "it is divided by the snr.",
        "np.minimum(snr, 5)",
    ),
    weighing(
        "snr upside down",
        "It takes the noise-to-signal ratio, (1 - alpha_bar) / alpha_bar, for the snr.",
        "np.minimum(1 / snr, 5) * snr",
    ),
    Misconception(
        "sum over the elements",
        Family.VALUES,
        "It adds up the squares of a sample where their mean is asked.",
        patched(
            PLAIN, ("np.mean(e**2, axis=1)", "np.sum(e**2, axis=1)"), ("e / e.size", "e / len(e)")
        ),
    ),
    Misconception(
        "gradient without its weights",
        Family.GRADIENTS,
        "Its gradient leaves out the weights, which are constants but not 1.",
        patched(PLAIN, (SLOPE, "(2 * e / e.size)")),
    ),
    Misconception(
        "gradient without the 2",
        Family.GRADIENTS,
        "Its gradient lacks the factor 2 that comes from the square.",
        patched(PLAIN, (SLOPE, "(w[:, None] * e / e.size)")),
    ),
    Misconception(
        "gradient divided by the samples only",
        Family.GRADIENTS,
        "Its gradient is divided by the number of samples, but not by the elements of each.",
        patched(PLAIN, ("e / e.size", "e / len(e)")),
    ),
    Misconception(
        "square expanded",
        Family.STABILITY,
        "It expands the square, so that small errors between large values cancel away.",
        patched(
            PLAIN,
            (
                COST,
                "np.mean(w * np.mean((noise_pred**2 - 2 * noise * noise_pred + noise**2)"
                ".reshape(len(noise), -1), axis=1))",
            ),
        ),
    ),
    Misconception(
        "epsilon in the snr",
        Family.STABILITY,
        "It adds 1e-8 to the snr that it divides by, which halves the weight of the noisiest "
        "samples.",
        patched(PLAIN, (WEIGHT, "np.minimum(snr, 5) / (snr + 1e-8)")),
    ),
    Misconception(
        "alpha_bar clipped",
        Family.STABILITY,
        "It keeps alpha_bar at 0.999 or below, which weighs almost clean samples too much.",
        patched(
            PLAIN,
            (
                "snr = alpha_bar / (1 - alpha_bar)",
                "a = np.minimum(alpha_bar, 0.999)\n    snr = a / (1 - a)",
            ),
        ),
    ),
    Misconception(
        "alpha_bar not checked",
        Family.EDGE_CASES,
        "It takes an alpha_bar outside (0, 1), such as 0 or 1, where it must raise ValueError.",
        patched(PLAIN, ("np.any(alpha_bar <= 0) or np.any(alpha_bar >= 1)", "alpha_bar is None")),
    ),
    Misconception(
        "alpha_bar of 0 and 1 let through",
        Family.EDGE_CASES,
        "It refuses an alpha_bar below 0 or above 1, but takes 0 and 1, where the snr or its "
        "inverse has no value.",
        patched(PLAIN, ("alpha_bar <= 0", "alpha_bar < 0"), ("alpha_bar >= 1", "alpha_bar > 1")),
    ),
    Misconception(
        "alpha_bar checked only where it is used",
        Family.EDGE_CASES,
        "It accepts any alpha_bar with uniform weights, where ValueError is asked as well.",
        patched(
            PLAIN,
            (
                "if np.any(alpha_bar <= 0) or np.any(alpha_bar >= 1):",
                'if weighting == "min-snr" and (np.any(alpha_bar <= 0) or np.any(alpha_bar >= 1)):',
            ),
        ),
    ),
    Misconception(
        "unknown weighting taken for min-snr",
        Family.EDGE_CASES,
        "It accepts any name of a weighting where one that it does not know must raise ValueError.",
        patched(PLAIN, ('weighting not in ("uniform", "min-snr")', "weighting is None")),
    ),
    Misconception(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It lets NumPy broadcast arrays of different shapes where it must raise ValueError.",
        patched(
            PLAIN,
            (
                "noise.shape != noise_pred.shape or alpha_bar.shape != noise.shape[:1]",
                "noise.ndim < 1",
            ),
        ),
    ),
    Misconception(
        "NaN left out",
        Family.EDGE_CASES,
        "It leaves NaN out of the mean, which hides bad data.",
        patched(PLAIN, ("np.mean(e**2, axis=1)", "np.nanmean(e**2, axis=1)")),
    ),
)

USUAL = laws.drawn(sample, 4, 3)
WEIGHED = laws.drawn(sample, 4, 3, weighting=MIN_SNR)


def _squared(noise: Array, noise_pred: Array, alpha_bar: Array, weighting: str = "") -> float:
    return mean_squared_error.reference(noise, noise_pred)


def _five_per_snr(noise: Array, noise_pred: Array, alpha_bar: Array, weighting: str) -> float:
    each = np.mean((noise_pred - noise) ** 2, axis=1)
    return float(np.mean(5.0 * each / alpha_bar - 5.0 * each))


LAWS = (
    laws.zero("Noise that is predicted exactly costs nothing.", reference, no_error),
    laws.unchanged("Noise and prediction may change parts.", reference, WEIGHED, laws.swapped()),
    laws.unchanged(
        "The order of the samples does not matter.", reference, WEIGHED, laws.reordered(0, 1, 2)
    ),
    laws.equal("Uniform weights give the mean squared error.", USUAL, reference, _squared),
    laws.equal(
        "With a snr of at most 5 min-snr weights are uniform.",
        at(0.1, 0.4, 0.7, 0.83),
        reference,
        _squared,
    ),
    laws.equal(
        "With a snr of at least 5 min-snr weights are 5 / snr.",
        at(0.84, 0.9, 0.95, 0.999),
        reference,
        _five_per_snr,
    ),
)

SQUARE_ONCE = "Square nothing but the error, and that once: a square of 1e300 still fits."

EDGES = (
    *(
        Edge(
            f"alpha_bar of {bad:g}, {weighting}",
            at(0.5, bad, 0.9, weighting=weighting),
            "alpha_bar lies strictly between 0 and 1, whatever the weighting: anything else "
            "raises ValueError.",
            Expect.VALUE_ERROR,
        )
        for bad in (0.0, 1.0, -0.25, 1.5)
        for weighting in (UNIFORM, MIN_SNR)
    ),
    Edge(
        "alpha_bar in a column",
        in_a_column,
        "alpha_bar of shape (n, 1) raises ValueError: it must not broadcast.",
        Expect.VALUE_ERROR,
    ),
    Edge(
        "a snr of exactly 5",
        at(5.0 / 6.0, 0.5),
        "At a snr of 5 the weight is 1: both branches agree.",
    ),
    Edge("every snr below 5", at(0.2, 0.5, 0.8), "A snr below 5 gives a weight of 1."),
    Edge("every snr above 5", at(0.9, 0.95, 0.99), "A snr above 5 gives a weight of 5 / snr."),
    Edge("no error anywhere", no_error, "The loss and its gradient are 0."),
)

TASKS = (
    Task(
        slug="diffusion-noise-prediction",
        title="Diffusion noise-prediction loss",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \frac{w_i}{d} \sum_{j=1}^{d} "
        r"(\hat{\epsilon}_{ij} - \epsilon_{ij})^2, \qquad w_i = \begin{cases} 1 & "
        r"\text{uniform} \\ \frac{\min(s_i, 5)}{s_i} & \text{min-snr} \end{cases}, \qquad "
        r"s_i = \frac{\bar{\alpha}_i}{1 - \bar{\alpha}_i}",
        sentence="The mean over the samples of a weight times the mean squared difference of "
        "noise_pred and noise within the sample; the weight is 1, or for min-snr the smaller of 5 "
        "and the signal-to-noise ratio, divided by that ratio.",
        domain="noise and noise_pred hold any finite numbers, alpha_bar numbers in (0, 1), "
        'weighting is "uniform" or "min-snr"; different shapes, empty arrays and anything else '
        "raise ValueError.",
        rules=(
            "noise and noise_pred have one shape: n samples along axis 0, then one or more axes; "
            "alpha_bar has shape (n,); anything else raises ValueError and never broadcasts.",
            "An alpha_bar that is not strictly between 0 and 1 raises ValueError, with uniform "
            "weights as well.",
            'A weighting other than "uniform" and "min-snr" raises ValueError.',
            "Empty input raises ValueError.",
            "The snr is alpha_bar / (1 - alpha_bar); the weights are constants.",
            "A NaN in noise or noise_pred makes the loss NaN.",
            "grad returns the derivative with respect to noise_pred: a new array of its shape.",
            "Errors up to 1e150, and alpha_bar down to 1e-12 and up to 1 - 1e-12, give the exact "
            "loss.",
        ),
        source="Ho, Jain, Abbeel, Denoising Diffusion Probabilistic Models (2020), equation 14; "
        "Hang et al., Efficient Diffusion Training via Min-SNR Weighting Strategy (2023), section "
        "3.4.",
        brief=Brief(
            prompt="A diffusion model learns to tell which noise was mixed into an image. Image "
            "`i` of a batch keeps the share `alpha_bar[i]` of its variance, so some are nearly "
            "clean and others are almost nothing but noise. Write the loss with two weightings, "
            '`"uniform"` and `"min-snr"`, which keeps the nearly clean images from dominating, '
            "and its gradient with respect to the predicted noise.",
            context="Weights by sample that meet arrays of any number of axes, and two modes "
            "behind one parameter.",
            topics=("generative-models", "regression"),
            difficulty="medium",
            minutes=25,
        ),
        examples=(
            Example(
                Case(
                    (
                        np.array([[0.0, 0.0], [1.0, 1.0]]),
                        np.array([[1.0, 2.0], [1.0, 3.0]]),
                        np.array([0.5, 0.9375]),
                    ),
                    {"weighting": MIN_SNR},
                ),
                value=(2.5 + 2.0 / 3.0) / 2,
                gradient=(((0.5, 1.0), (0.0, 1.0 / 3.0)),),
                working="Ratios of 1 and 15 give weights of 1 and 1/3, the samples' mean squares "
                "are 5/2 and 2: (5/2 + 2/3) / 2.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("noise", "n *"),
            Argument("noise_pred", "n *", differentiate=True),
            # Uniform weights do not read it.
            Argument("alpha_bar", "n", reads_nan=False),
        ),
        parameters=(
            Parameter("weighting", UNIFORM, others=(MIN_SNR,), invalid=("snr", "min_snr")),
        ),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((6, 3), (1, 4), (3, 3), (2, 2, 2, 2), (4, 5)),
        large=(32, 3, 32, 32),
        terms=terms,
        extremes=(
            Extreme("errors of 1e150", errors_of(1e150), SQUARE_ONCE),
            Extreme("errors of 1e15", errors_of(1e15), SQUARE_ONCE, float32=True),
            Extreme(
                "errors of 1e-4 between noises of 1e6",
                errors_of(1e-4, values=1e6),
                "Subtract first and square the difference; an expanded square cancels.",
            ),
            Extreme(
                "almost nothing but noise",
                at(1e-12, 1e-10, 1e-9, 1e-8),
                "Add no epsilon to the ratio: min(snr, 5) / snr is 1, however small the snr.",
            ),
            Extreme(
                "almost clean",
                at(1 - 1e-12, 1 - 1e-9, 1 - 1e-6, 1 - 1e-4),
                "Neither clip alpha_bar nor bound the ratio: 5 / snr goes on falling.",
            ),
        ),
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("weights in a table, broadcast", BROADCAST),
            Variant("log-ratio and einsum", EINSUM),
            Variant("an object per sample", SAMPLE_BY_SAMPLE),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve(
                "One element at a signal-to-noise ratio of 15, min-snr weights",
                "noise_pred - noise",
                -3.0,
                3.0,
                lambda e: Case(
                    (np.zeros((1, 1)), np.array([[e]]), np.array([0.9375])),
                    {"weighting": MIN_SNR},
                ),
            ),
        ),
    ),
)
