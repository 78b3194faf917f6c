"""The negative log-likelihood of a normal distribution with a predicted variance."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.catalogue import exact, laws, mean_squared_error
from grader.catalogue.inputs import paired, require
from grader.catalogue.pairs import SHAPES
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
    Law,
    Misconception,
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def _checked(y_true: Array, mean: Array, variance: Array) -> tuple[Array, Array]:
    y_true, mean, variance = paired(y_true, mean, variance)
    require(not (variance <= 0).any(), "variances must be positive")
    return mean - y_true, variance


def reference(y_true: Array, mean: Array, variance: Array) -> float:
    """Return mean( (log variance + (y_true - mean)^2 / variance) / 2 ), in nats.

    The constant log(2 pi) / 2 is left out.

    Args:
        y_true: any shape, in any unit.
        mean: the same shape and unit; the predicted mean of each element.
        variance: the same shape, > 0, in the square of that unit.

    Returns:
        The loss, which may be negative; NaN where any array holds one.

    Raises:
        ValueError: where shapes differ, the arrays are empty or a variance is 0 or less.

    Source: Nix, Weigend, Estimating the mean and variance of the target probability distribution
        (ICNN 1994), equation 3.
    """
    e, variance = _checked(y_true, mean, variance)
    # The error is divided first: its square may be huge or vanish where the quotient does not.
    return float(np.mean(0.5 * (np.log(variance) + e * (e / variance))))


def gradient(y_true: Array, mean: Array, variance: Array) -> tuple[Array, Array]:
    """Return the derivatives with respect to mean and variance, of their shape; errors as above.

    They are e / variance / n and (1 - e^2 / variance) / (2 variance n), with e = mean - y_true.
    """
    e, variance = _checked(y_true, mean, variance)
    pull = e / variance
    return pull / e.size, 0.5 * (1.0 - e * pull) / variance / e.size


def terms(y_true: Array, mean: Array, variance: Array) -> float:
    """Return half of the largest logarithm or squared error in units of the variance."""
    e, variance = _checked(y_true, mean, variance)
    parts = np.abs(np.log(variance)), e * (e / variance)
    return at_least_tiny(0.5 * max(np.max(part) for part in parts))


def definition(mp: Any, y_true: Any, mean: Any, variance: Any) -> Any:
    each = exact.pairs(y_true, mean, variance)
    return exact.mean(mp, ((mp.log(v) + (y - m) ** 2 / v) / 2 for y, m, v in each))


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
    """Draw variances of 0.2 to 4, and errors of 0.1 to 2.5 standard deviations."""
    y_true = rng.normal(scale=2.0, size=shape)
    variance = np.exp(rng.uniform(np.log(0.2), np.log(4.0), size=shape))
    off = rng.uniform(0.1, 2.5, size=shape) * rng.choice([-1.0, 1.0], size=shape)
    return y_true, y_true + off * np.sqrt(variance), variance


def scaled(
    errors: float, variances: float, *, values: float = 1.0
) -> Callable[[np.random.Generator], Case]:
    """Return a draw of errors and variances of these sizes, between truths of size `values`."""

    def case(rng: np.random.Generator) -> Case:
        y_true = values * rng.normal(size=10)
        off = rng.uniform(0.5, 2.0, size=10) * rng.choice([-1.0, 1.0], size=10)
        return Case((y_true, y_true + errors * off, variances * rng.uniform(0.3, 3.0, size=10)))

    return case


def variances_of(*listed: float) -> Callable[[np.random.Generator], Case]:
    """Return a draw of ordinary truths and means with exactly these variances."""
    return lambda rng: Case((*sample(rng, (len(listed),))[:2], np.array(listed)))


def beside_an_outlier(rng: np.random.Generator) -> Case:
    """One huge error with a huge variance: the loss is 1e7, and all slopes are gentle."""
    y_true, mean, variance = sample(rng, (12,))
    i = rng.integers(12)
    mean[i], variance[i] = y_true[i] + 1e10, 1e12
    return Case((y_true, mean, variance))


PLAIN = """\
import numpy as np


def _check(y_true, mean, variance):
    if not y_true.shape == mean.shape == variance.shape:
        raise ValueError("y_true, mean and variance must have one shape")
    if mean.size == 0:
        raise ValueError("there is nothing to average")
    if np.any(variance <= 0):
        raise ValueError("variances must be positive")


def loss(y_true, mean, variance):
    _check(y_true, mean, variance)
    e = mean - y_true
    return np.mean(0.5 * (np.log(variance) + e**2 / variance))


def grad(y_true, mean, variance):
    _check(y_true, mean, variance)
    e = mean - y_true
    to_mean = e / variance
    to_variance = 0.5 * (1 / variance - to_mean**2)
    return to_mean / e.size, to_variance / e.size
"""

STANDARDISED = '''\
import numpy as np


def standardise(y_true, mean, variance):
    """Return z = (y - mean) / sigma and sigma."""
    arrays = [np.asarray(a, dtype=np.float64) for a in (y_true, mean, variance)]
    if len({a.shape for a in arrays}) != 1 or arrays[0].size == 0:
        raise ValueError("three arrays of one shape are needed, and not empty ones")
    if (arrays[2] <= 0).any():
        raise ValueError("a variance is above 0")
    sigma = np.sqrt(arrays[2])
    return (arrays[0] - arrays[1]) / sigma, sigma


def loss(y_true, mean, variance):
    z, sigma = standardise(y_true, mean, variance)
    return float(np.log(sigma).mean() + 0.5 * np.square(z).mean())


def grad(y_true, mean, variance):
    z, sigma = standardise(y_true, mean, variance)
    n = z.size
    return -z / sigma / n, (1 - z * z) / sigma / sigma / (2 * n)
'''

PRECISION = """\
import numpy as np


class Normal:
    def __init__(self, mean, variance):
        if mean.shape != variance.shape:
            raise ValueError("one variance for each mean")
        if np.min(variance, initial=1.0) <= 0:
            raise ValueError("variances must be above zero")
        self.mean = mean
        self.precision = 1.0 / variance

    def surprise(self, y):
        self.fits(y)
        distance = self.precision * (y - self.mean) * (y - self.mean)
        return (distance - np.log(self.precision)) / 2

    def slopes(self, y):
        self.fits(y)
        pull = self.precision * (self.mean - y)
        return pull, self.precision / 2 - pull * pull / 2

    def fits(self, y):
        if y.shape != self.mean.shape or y.size == 0:
            raise ValueError("observations and predictions do not match")


def loss(y_true, mean, variance):
    return Normal(mean, variance).surprise(y_true).mean()


def grad(y_true, mean, variance):
    slopes = Normal(mean, variance).slopes(y_true)
    return tuple(slope / y_true.size for slope in slopes)
"""

LOOPS = """\
import math

import numpy as np


def _rows(y_true, mean, variance):
    if y_true.shape != mean.shape or y_true.shape != variance.shape:
        raise ValueError("shapes differ")
    if y_true.size == 0:
        raise ValueError("empty input")
    rows = list(zip(*(array.ravel().tolist() for array in (y_true, mean, variance))))
    for _, _, v in rows:
        if v <= 0:
            raise ValueError(f"variance {v} is not positive")
    return rows


def loss(y_true, mean, variance):
    rows = _rows(y_true, mean, variance)
    total = 0.0
    for y, m, v in rows:
        total += math.log(v) / 2 + (y - m) * (y - m) / v / 2
    return total / len(rows)


def grad(y_true, mean, variance):
    rows = _rows(y_true, mean, variance)
    n = len(rows)
    to_mean, to_variance = np.empty(n), np.empty(n)
    for i, (y, m, v) in enumerate(rows):
        to_mean[i] = (m - y) / v / n
        to_variance[i] = (1 - (m - y) * ((m - y) / v)) / v / (2 * n)
    return to_mean.reshape(mean.shape), to_variance.reshape(variance.shape)
"""

EACH = "0.5 * (np.log(variance) + e**2 / variance)"
TO_MEAN, TO_VARIANCE = "to_mean = e / variance", "0.5 * (1 / variance - to_mean**2)"
RESULT = "return to_mean / e.size, to_variance / e.size"
POSITIVE = "if np.any(variance <= 0):"

MISCONCEPTIONS = (
    Misconception(
        "logarithm forgotten",
        Family.VALUES,
        "It leaves the logarithm of the variance out, so that a huge variance is free.",
        patched(PLAIN, (EACH, "0.5 * e**2 / variance"), (TO_VARIANCE, "-0.5 * to_mean**2")),
    ),
    Misconception(
        "logarithm not halved",
        Family.VALUES,
        "It adds the whole logarithm of the variance, where that of the standard deviation counts.",
        patched(
            PLAIN,
            (EACH, "np.log(variance) + 0.5 * e**2 / variance"),
            (TO_VARIANCE, "1 / variance - 0.5 * to_mean**2"),
        ),
    ),
    Misconception(
        "half forgotten",
        Family.VALUES,
        "It is twice the loss: the factor 1/2 is missing.",
        patched(
            PLAIN,
            ("0.5 * (np.log", "(np.log"),
            (RESULT, "return 2 * to_mean / e.size, 2 * to_variance / e.size"),
        ),
    ),
    Misconception(
        "constant added",
        Family.VALUES,
        "It adds log(2 pi) / 2, which this formula leaves out.",
        patched(PLAIN, (f"np.mean({EACH})", f"np.mean({EACH}) + 0.5 * np.log(2 * np.pi)")),
    ),
    Misconception(
        "variance taken for the standard deviation",
        Family.VALUES,
        "It takes the variance for the standard deviation and squares it.",
        patched(
            PLAIN,
            (EACH, "np.log(variance) + 0.5 * (e / variance) ** 2"),
            (TO_MEAN, "to_mean = e / variance**2"),
            (TO_VARIANCE, "1 / variance - e**2 / variance**3"),
        ),
    ),
    Misconception(
        "variance taken for its logarithm",
        Family.VALUES,
        "It takes the variance for its logarithm, as networks often predict it.",
        patched(
            PLAIN,
            (EACH, "0.5 * (variance + e**2 * np.exp(-variance))"),
            (TO_MEAN, "to_mean = e * np.exp(-variance)"),
            (TO_VARIANCE, "0.5 * (1 - e**2 * np.exp(-variance))"),
        ),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the losses where their mean is asked.",
        patched(PLAIN, ("np.mean(", "np.sum("), (RESULT, "return to_mean, to_variance")),
    ),
    Misconception(
        "gradient of the mean without the variance",
        Family.GRADIENTS,
        "Its gradient of the mean is the error itself: the division by the variance is missing.",
        patched(PLAIN, (RESULT, "return e / e.size, to_variance / e.size")),
    ),
    Misconception(
        "variance taken for a constant",
        Family.GRADIENTS,
        "It gives the variance a gradient of 0, though the loss depends on it as well.",
        patched(PLAIN, (RESULT, "return to_mean / e.size, 0 * to_variance")),
    ),
    Misconception(
        "gradient of the logarithm of the variance",
        Family.GRADIENTS,
        "Its second gradient is with respect to the logarithm of the variance.",
        patched(PLAIN, (TO_VARIANCE, "0.5 * (1 - e**2 / variance)")),
    ),
    Misconception(
        "gradient not divided by n",
        Family.GRADIENTS,
        "Its gradients are those of the sum: the division by the number of elements is missing.",
        patched(PLAIN, (RESULT, "return to_mean, to_variance")),
    ),
    Misconception(
        "logarithm of the density",
        Family.STABILITY,
        "It takes the logarithm of a density that has rounded to 0 far from the mean.",
        patched(
            PLAIN,
            (EACH, "-np.log(np.exp(-(e**2) / (2 * variance)) / np.sqrt(variance))"),
        ),
    ),
    Misconception(
        "variance clipped from below",
        Family.STABILITY,
        "It raises small variances to 1e-6, as a library does by default; here they count as they "
        "are.",
        patched(
            PLAIN,
            (
                "    e = mean - y_true",
                "    variance = np.maximum(variance, 1e-6)\n    e = mean - y_true",
            ),
        ),
    ),
    Misconception(
        "variance squared",
        Family.STABILITY,
        "Its gradient divides the squared error by the squared variance, either of which may "
        "overflow or vanish on its own.",
        patched(PLAIN, (TO_VARIANCE, "0.5 * (1 / variance - e**2 / variance**2)")),
    ),
    Misconception(
        "square expanded",
        Family.STABILITY,
        "It expands the square, so that small errors between large values cancel away.",
        patched(
            PLAIN, ("e**2 / variance", "(mean**2 - 2 * mean * y_true + y_true**2.0) / variance")
        ),
    ),
    Misconception(
        "variances not checked",
        Family.EDGE_CASES,
        "It lets variances of 0 and less through where it must raise ValueError.",
        patched(PLAIN, (POSITIVE, "if variance is None:")),
    ),
    Misconception(
        "variance of 0 accepted",
        Family.EDGE_CASES,
        "It refuses negative variances alone; one of 0 must raise ValueError too.",
        patched(PLAIN, (POSITIVE, "if np.any(variance < 0):")),
    ),
    Misconception(
        "NaN refused",
        Family.EDGE_CASES,
        "It raises ValueError for a NaN variance, which is not positive, where a NaN is asked.",
        patched(PLAIN, (POSITIVE, "if not np.all(variance > 0):")),
    ),
    Misconception(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It lets NumPy broadcast arrays of different shapes where it must raise ValueError.",
        patched(
            PLAIN, ("if not y_true.shape == mean.shape == variance.shape:", "if mean is None:")
        ),
    ),
    Misconception(
        "empty input accepted",
        Family.EDGE_CASES,
        "It averages over no elements where it must raise ValueError.",
        patched(PLAIN, ("if mean.size == 0:", "if mean is None:")),
    ),
)

USUAL = laws.drawn(sample, 12)


def _unit_variances(rng: np.random.Generator) -> Case:
    y_true, mean, variance = sample(rng, (12,))
    return Case((y_true, mean, np.ones_like(variance)))


def _half_squared(y_true: Array, mean: Array, variance: Array) -> float:
    return 0.5 * mean_squared_error.reference(y_true, mean)


def _without_error(y_true: Array, mean: Array, variance: Array) -> float:
    return reference(y_true, y_true, variance)


def _mean_log(y_true: Array, mean: Array, variance: Array) -> float:
    return float(np.mean(np.log(np.sqrt(variance))))


def _slopes_at_the_best_variance(rng: np.random.Generator) -> tuple[Array, Array]:
    y_true, mean, _ = sample(rng, (12,))
    _, slope = gradient(y_true, mean, (mean - y_true) ** 2)
    return slope, np.zeros_like(slope)


LAWS = (
    laws.unchanged("It is symmetric in truth and mean.", reference, USUAL, laws.swapped()),
    laws.unchanged("A common shift changes nothing.", reference, USUAL, laws.shifted(0, 1)),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1, 2)),
    laws.equal(
        "With variances of 1 it is half of the mean squared error.",
        _unit_variances,
        reference,
        _half_squared,
    ),
    laws.equal(
        "Without errors it is the mean log standard deviation.", USUAL, _without_error, _mean_log
    ),
    Law(
        "The best variance is the squared error: its slope is 0 there.",
        _slopes_at_the_best_variance,
    ),
)

TASKS = (
    Task(
        slug="gaussian-nll",
        title="Gaussian negative log-likelihood",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \frac{1}{2} \left( \log \sigma_i^2 "
        r"+ \frac{(y_i - \mu_i)^2}{\sigma_i^2} \right)",
        sentence="The mean, over all elements, of half of the natural logarithm of the variance "
        "plus half of the squared error over the variance; the constant log(2 pi) / 2 is left out.",
        domain="y_true and mean hold any finite numbers, variance positive ones; different "
        "shapes, empty arrays and a variance of 0 or less raise ValueError.",
        rules=(
            "The loss is one number; grad returns a tuple: its derivatives with respect to mean "
            "and to variance, each a new array of that shape.",
            "y_true, mean and variance have the same shape, whatever it is; different shapes raise "
            "ValueError and never broadcast.",
            "Empty input raises ValueError.",
            "A variance of 0 or less raises ValueError; a NaN variance gives NaN. No variance is "
            "raised to a least value.",
            "The constant log(2 pi) / 2 is left out.",
            "A NaN in any of the arrays makes the loss NaN, and shows in grad.",
            "y_true may hold integers, and any array may be float32, strided or read-only; none is "
            "modified.",
            "Errors up to 1e150, and variances from 1e-200 to 1e200 with errors of the size of "
            "their root, give right and finite results.",
        ),
        source="Nix, Weigend, Estimating the mean and variance of the target probability "
        "distribution, ICNN (1994), equation 3; as PyTorch's GaussianNLLLoss without its clip of "
        "the variance.",
        brief=Brief(
            prompt="A delivery service promises arrival times, and a network predicts for every "
            "parcel both the expected delay and the variance of that delay: an honest 'roughly "
            "noon' beats a wrong '11:58'. Write the negative log-likelihood of a normal "
            "distribution, without its constant, and the gradients with respect to `mean` and to "
            "`variance`.",
            context="Two gradients of one loss, one of them through a quotient and a logarithm, "
            "and variances of any size.",
            topics=("regression", "stability", "calibration"),
            difficulty="medium",
            minutes=20,
        ),
        examples=(
            Example(
                Case((np.array([0.0, 2.0]), np.array([1.0, 6.0]), np.array([1.0, 4.0]))),
                value=(2.5 + float(np.log(2.0))) / 2,
                gradient=((0.5, 0.5), (0.0, -0.1875)),
                working="Errors of 1 and 4 with variances of 1 and 4: (0 + 1) / 2 and "
                "(log 4 + 4) / 2, whose mean is (2.5 + log 2) / 2.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("y_true", integers=True),
            Argument("mean", differentiate=True),
            Argument("variance", differentiate=True),
        ),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=SHAPES,
        large=(100_000,),
        terms=terms,
        extremes=(
            Extreme(
                "errors of 1e150",
                scaled(1e149, 1.0),
                "Work in float64 and square nothing but the error: 1e300 still fits.",
            ),
            Extreme(
                "errors of 100 standard deviations",
                scaled(100.0, 1.0),
                "Write the logarithm of the density out: the density itself rounds to 0.",
                float32=True,
            ),
            Extreme(
                "variances of 1e-200",
                scaled(1e-100, 1e-200, values=1e-100),
                "Clip nothing, and divide the error by the variance before squaring it: the "
                "squared variance vanishes.",
            ),
            Extreme(
                "variances of 1e200",
                scaled(1e100, 1e200, values=1e100),
                "Divide the error by the variance before squaring it: the squared variance "
                "overflows.",
            ),
            Extreme(
                "variances of 1e-25",
                scaled(3e-13, 1e-25, values=1e-13),
                "Clip nothing, and divide before squaring: in float32 a squared variance "
                "vanishes below 1e-22.",
                float32=True,
            ),
            Extreme(
                "errors of 1e-4 between values of 1e6",
                scaled(1e-4, 1e-8, values=1e6),
                "Subtract first and square the difference; an expanded square cancels.",
            ),
        ),
        edges=(
            Edge(
                "one variance of 0",
                variances_of(1.0, 0.0, 2.0),
                "A variance of 0 raises ValueError.",
                expect=Expect.VALUE_ERROR,
            ),
            Edge(
                "one negative variance",
                variances_of(1.0, 0.5, -2.0),
                "A negative variance raises ValueError.",
                expect=Expect.VALUE_ERROR,
            ),
            Edge(
                "no error anywhere",
                lambda rng: Case((np.ones(3), np.ones(3), rng.uniform(0.5, 2.0, size=3))),
                "Without an error the loss is the mean log standard deviation, and only the "
                "variance has a slope.",
            ),
            Edge(
                "small variances",
                variances_of(1e-9, 1e-7, 1e-8),
                "A variance below 1e-6 counts as it is.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("standardised errors", STANDARDISED),
            Variant("precision in a class", PRECISION),
            Variant("Python loops", LOOPS, slow=True),
        ),
        laws=LAWS,
        curves=(
            Curve(
                "One mean for a truth of 0, variance 1",
                "mean",
                -3.0,
                3.0,
                lambda m: Case((np.zeros(1), np.array([m]), np.ones(1))),
            ),
            Curve(
                "One variance for an error of 1",
                "variance",
                0.15,
                5.0,
                lambda v: Case((np.zeros(1), np.ones(1), np.array([v]))),
            ),
        ),
        coarse=beside_an_outlier,
    ),
)
