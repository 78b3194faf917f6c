"""Tukey's biweight loss."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.error_losses import (
    BETWEEN_LARGE_VALUES,
    NO_ERROR,
    data_mistakes,
    error_laws,
    mean_mistakes,
)
from grader.catalogue.exact import mean, pairs
from grader.catalogue.pairs import CHECK, SHAPES, rules
from grader.catalogue.regression import (
    ARGUMENTS,
    at_least_tiny,
    beside_an_outlier,
    errors,
    errors_of,
    exactly,
    one_error,
    sampler,
)
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
    Task,
    Variant,
    patched,
)
from grader.families import Family


def _ratios(y_true: Array, y_pred: Array, c: float) -> Array:
    # Past c the loss is what it is at c, so that no large error is ever squared.
    return np.asarray(np.clip(errors(y_true, y_pred), -c, c) / c)


def reference(y_true: Array, y_pred: Array, c: float = 4.685) -> float:
    """Return the mean biweight loss of e = y_pred - y_true.

        L = mean( (c^2 / 6) (1 - (1 - (e / c)^2)^3) where |e| <= c, else c^2 / 6 )

    Args:
        y_true, y_pred: one shape, any; in the same unit.
        c: > 0, in that unit; from where on the loss is flat.

    Returns:
        The loss in the square of that unit, from 0 to c^2 / 6; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: Beaton, Tukey, The Fitting of Power Series, Meaning Polynomials, Illustrated on
        Band-Spectroscopic Data (Technometrics 16, 1974).
    """
    s = _ratios(y_true, y_pred, c) ** 2
    # 1 - (1 - s)^3 multiplied out: nothing cancels where s is small.
    return float(np.mean(s * (3.0 - s * (3.0 - s)) * (c**2 / 6.0)))


def gradient(y_true: Array, y_pred: Array, c: float = 4.685) -> tuple[Array]:
    """Return d loss / d y_pred, of y_pred's shape; errors as above.

    It is e (1 - (e / c)^2)^2 / n where |e| <= c, else 0.
    """
    r = _ratios(y_true, y_pred, c)
    return (c * r * ((1.0 - r) * (1.0 + r)) ** 2 / r.size,)


def terms(y_true: Array, y_pred: Array, c: float = 4.685) -> float:
    """Return c^2 / 6, the term from which the formula takes the cube."""
    return at_least_tiny(c**2 / 6.0)


def definition(mp: Any, y_true: Any, y_pred: Any, c: Any) -> Any:
    sizes = [mp.fabs(p - t) for t, p in pairs(y_true, y_pred)]
    top = c**2 / 6
    return mean(mp, (top * (1 - (1 - (e / c) ** 2) ** 3) if e <= c else top for e in sizes))


PLAIN = (
    CHECK
    + """

def loss(y_true, y_pred, c=4.685):
    _check(y_true, y_pred)
    e = y_pred - y_true
    rho = c**2 / 6 * (1 - (1 - (e / c) ** 2) ** 3)
    return np.mean(np.where(np.abs(e) > c, c**2 / 6, rho))


def grad(y_true, y_pred, c=4.685):
    _check(y_true, y_pred)
    e = y_pred - y_true
    w = (1 - (e / c) ** 2) ** 2
    return np.where(np.abs(e) > c, 0, e * w) / e.size
"""
)

CLIPPED = '''\
import numpy as np


def squared_ratio(y_true, y_pred, c):
    """(e / c)^2, but never more than 1, together with e."""
    if y_true.shape != y_pred.shape:
        raise ValueError(f"{y_true.shape} is not {y_pred.shape}")
    if not y_true.size:
        raise ValueError("nothing to average over")
    e = np.asarray(y_pred, dtype=np.float64) - y_true
    return e, np.minimum(np.square(e / c), 1.0)


def loss(y_true, y_pred, c=4.685):
    """1 - (1 - s)^3 = s (3 - 3 s + s^2), which keeps the digits of a small s."""
    _, s = squared_ratio(y_true, y_pred, c)
    return float((s * (3.0 - 3.0 * s + s * s)).mean() * c * c / 6.0)


def grad(y_true, y_pred, c=4.685):
    e, s = squared_ratio(y_true, y_pred, c)
    return e * (1.0 - s) ** 2 / e.size
'''

WEIGHTS = """\
import numpy as np


class Bisquare:
    def __init__(self, y_true, y_pred, c):
        if y_true.shape != y_pred.shape or y_pred.size == 0:
            raise ValueError("y_true and y_pred must have one shape and at least one element")
        self.c = c
        self.residual = np.subtract(y_pred, y_true, dtype=float)
        # A NaN is not an outlier: it must reach the result.
        self.near = ~(np.abs(self.residual) > c)

    def root_of_weight(self):
        return 1 - np.square(self.residual[self.near] / self.c)

    def value(self):
        inliers = np.sum(1 - self.root_of_weight() ** 3)
        outliers = self.near.size - np.count_nonzero(self.near)
        return self.c**2 / 6 * (inliers + outliers) / self.near.size

    def slope(self):
        slope = np.zeros_like(self.residual)
        slope[self.near] = self.residual[self.near] * self.root_of_weight() ** 2
        return slope / slope.size


def loss(y_true, y_pred, c=4.685):
    return Bisquare(y_true, y_pred, c).value()


def grad(y_true, y_pred, c=4.685):
    return Bisquare(y_true, y_pred, c).slope()
"""

POLYNOMIAL = """\
import numpy as np

RHO = np.polynomial.Polynomial([0, 1 / 2, -1 / 2, 1 / 6])
PSI = np.polynomial.Polynomial([0, 1, 0, -2, 0, 1])


def _units(y_true, y_pred, c):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    if y_true.size == 0:
        raise ValueError("arrays are empty")
    return np.clip((y_pred - y_true) / c, -1, 1)


def loss(y_true, y_pred, c=4.685):
    u = _units(y_true, y_pred, c)
    return c * c * np.average(RHO(u * u))


def grad(y_true, y_pred, c=4.685):
    u = _units(y_true, y_pred, c)
    return c * PSI(u) / y_pred.size
"""

LOOPS = """\
import numpy as np


def biweight(e, c):
    if abs(e) > c:
        return c * c / 6
    return c * c / 6 * (1 - (1 - (e / c) ** 2) ** 3)


def influence(e, c):
    if abs(e) > c:
        return 0.0
    return e * (1 - (e / c) ** 2) ** 2


def _errors(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    if y_pred.size == 0:
        raise ValueError("empty input")
    return [float(p) - float(t) for t, p in zip(y_true.flat, y_pred.flat)]


def loss(y_true, y_pred, c=4.685):
    errors = _errors(y_true, y_pred)
    return sum(biweight(e, c) for e in errors) / len(errors)


def grad(y_true, y_pred, c=4.685):
    errors = _errors(y_true, y_pred)
    return np.array([influence(e, c) / len(errors) for e in errors]).reshape(y_pred.shape)
"""

RHO, FLAT, WEIGHT = (
    "c**2 / 6 * (1 - (1 - (e / c) ** 2) ** 3)",
    "c**2 / 6, rho",
    "(e / c) ** 2) ** 2",
)
ERROR, SLOPE = "    e = y_pred - y_true", "np.where(np.abs(e) > c, 0, e * w)"
CHOICE = f"np.mean(np.where(np.abs(e) > c, {FLAT}))"

MISCONCEPTIONS = (
    Misconception(
        "c ignored",
        Family.VALUES,
        "It ignores c and always goes flat at 4.685.",
        patched(PLAIN, (ERROR, f"    c = 4.685\n{ERROR}")),
    ),
    Misconception(
        "scale left out",
        Family.VALUES,
        "It forgets the factor c squared over 6, so that the loss ends at 1.",
        patched(PLAIN, ("c**2 / 6", "1"), (SLOPE, "np.where(np.abs(e) > c, 0, 6 * e * w / c**2)")),
    ),
    Misconception(
        "twice as large",
        Family.VALUES,
        "It scales by c squared over 3: near 0 it is the square where half of it is asked.",
        patched(PLAIN, ("c**2 / 6", "c**2 / 3"), ("e * w)", "2 * e * w)")),
    ),
    Misconception(
        "never flat",
        Family.VALUES,
        "It uses the formula for small errors everywhere: past c the loss grows again, and fast.",
        patched(PLAIN, (CHOICE, "np.mean(rho)"), (SLOPE, "e * w")),
    ),
    Misconception(
        "outliers cost nothing",
        Family.VALUES,
        "It gives errors past c a loss of 0 where it must be c squared over 6.",
        patched(PLAIN, (FLAT, "0, rho")),
    ),
    Misconception(
        "outliers left out of the mean",
        Family.VALUES,
        "It averages over the errors within c alone, and not over all of them.",
        patched(
            PLAIN,
            (CHOICE, "np.mean(rho[np.abs(e) <= c]) if np.any(np.abs(e) <= c) else c**2 / 6"),
            ("/ e.size", "/ max(1, np.sum(np.abs(e) <= c))"),
        ),
    ),
    Misconception(
        "square for cube",
        Family.VALUES,
        "It raises the bracket to the power 2, which is the weight's, where the loss has a cube.",
        patched(PLAIN, ("** 2) ** 3)", "** 2) ** 2)")),
    ),
    Misconception(
        "ratio not squared",
        Family.VALUES,
        "It uses |e| / c where its square is asked, so that the loss has a corner at 0.",
        patched(PLAIN, ("(e / c) ** 2) ** 3", "np.abs(e / c)) ** 3")),
    ),
    Misconception(
        "threshold without absolute value",
        Family.VALUES,
        "It compares the error, not its absolute value, with c: large negative errors are not "
        "capped.",
        patched(PLAIN, ("np.abs(e) > c", "e > c")),
    ),
    Misconception(
        "threshold on the square",
        Family.VALUES,
        "It compares the squared error with c, which goes flat at the root of c.",
        patched(PLAIN, ("np.abs(e) > c", "e**2 > c")),
    ),
    Misconception(
        "capped square",
        Family.VALUES,
        "It is half of the squared error cut off at c squared over 6, which only resembles this "
        "loss.",
        patched(
            PLAIN,
            (CHOICE, "np.mean(np.minimum(e**2 / 2, c**2 / 6))"),
            (SLOPE, "np.where(e**2 > c**2 / 3, 0, e)"),
        ),
    ),
    Misconception(
        "errors standardised",
        Family.VALUES,
        "It divides the errors by an estimate of their spread first, as robust regression may "
        "do; here c is in the unit of the errors.",
        patched(
            PLAIN,
            (ERROR, f"{ERROR}\n    e = e / (np.median(np.abs(e - np.median(e))) / 0.6745 + 1e-12)"),
        ),
    ),
    Misconception(
        "gradient without its zero",
        Family.GRADIENTS,
        "Past c its gradient follows the polynomial and explodes, where the loss is flat.",
        patched(PLAIN, (SLOPE, "e * w")),
    ),
    Misconception(
        "gradient of Huber's kind",
        Family.GRADIENTS,
        "Past c its gradient is held at c: outliers still pull, where the loss is flat.",
        patched(PLAIN, (SLOPE, "np.where(np.abs(e) > c, c * np.sign(e), e * w)")),
    ),
    Misconception(
        "gradient is the weight",
        Family.GRADIENTS,
        "Its gradient is the weight of each error, not that weight times the error.",
        patched(PLAIN, ("e * w)", "w)")),
    ),
    Misconception(
        "weight not squared",
        Family.GRADIENTS,
        "Its gradient has the bracket to the power 1 where differentiating leaves a 2.",
        patched(PLAIN, (WEIGHT, "(e / c) ** 2)")),
    ),
    Misconception(
        "inner derivative left out",
        Family.GRADIENTS,
        "Its gradient forgets the derivative of (e / c) squared, which cancels c squared over 6.",
        patched(PLAIN, ("e * w)", "c**2 / 2 * w)")),
    ),
    Misconception(
        "branches blended by masks",
        Family.STABILITY,
        "It multiplies each branch by a mask and adds them: zero times an overflowed power is NaN.",
        patched(PLAIN, (CHOICE, "np.mean((np.abs(e) <= c) * rho + (np.abs(e) > c) * c**2 / 6)")),
    ),
    Misconception(
        "gradient masked by a product",
        Family.STABILITY,
        "It multiplies the polynomial by a mask: zero times an overflowed power is NaN.",
        patched(PLAIN, (SLOPE, "(np.abs(e) <= c) * e * w")),
    ),
    Misconception(
        "powers before the division",
        Family.STABILITY,
        "It raises errors and c to powers before it divides them, which over- and underflows.",
        patched(
            PLAIN, (RHO, "(np.float64(c) ** 6 - (np.float64(c) ** 2 - e**2) ** 3) / (6 * c**4)")
        ),
    ),
    Misconception(
        "gradient by powers of e",
        Family.STABILITY,
        "Its gradient takes the fifth power of the error before it divides, which over- and "
        "underflows.",
        patched(
            PLAIN,
            (SLOPE, "np.where(np.abs(e) > c, 0, e - 2 * e**3 / c**2 + e**5 / np.float64(c) ** 4)"),
        ),
    ),
    Misconception(
        "square expanded",
        Family.STABILITY,
        "It expands the squared difference, which cancels between large numbers that are close.",
        patched(
            PLAIN,
            (
                RHO,
                RHO.replace("(e / c) ** 2", "(y_pred**2 - 2 * y_pred * y_true + y_true**2) / c**2"),
            ),
        ),
    ),
    Misconception(
        "small errors drowned",
        Family.STABILITY,
        "It adds a small constant to the error's size, which drowns small errors.",
        patched(PLAIN, ("e * w)", "e**2 * np.sign(e) / (np.abs(e) + 1e-9) * w)")),
    ),
    Misconception(
        "NaN taken for an outlier",
        Family.EDGE_CASES,
        "It asks for errors within c and gives all else the flat loss: a NaN is hidden there.",
        patched(PLAIN, (CHOICE, "np.mean(np.where(np.abs(e) <= c, rho, c**2 / 6))")),
    ),
    *data_mistakes(PLAIN),
    *mean_mistakes(PLAIN, SLOPE),
)

# On either side of each c that is tried, and most of them within.
SAMPLE = sampler((0.2, 1.2), (1.3, 2.3), (2.7, 4.4), (5.0, 7.0))
USUAL = laws.drawn(SAMPLE, 12)


def _half_squared(y_true: Array, y_pred: Array, c: float) -> float:
    return float(np.mean((y_pred - y_true) ** 2) / 2.0)


def _share_of_outliers(y_true: Array, y_pred: Array, c: float) -> float:
    return c**2 / 6.0 * float(np.mean(np.abs(y_pred - y_true) > c))


def _in_other_units(y_true: Array, y_pred: Array, c: float) -> float:
    return reference(8.0 * y_true, 8.0 * y_pred, c=8.0 * c) / 64.0


LAWS = (
    *error_laws(reference, USUAL),
    laws.equal(
        "With a c far above every error it is half of the mean squared error.",
        laws.drawn(SAMPLE, 12, c=1e6),
        reference,
        _half_squared,
    ),
    laws.equal(
        "With a tiny c it counts the errors, at c squared over 6 each.",
        laws.drawn(SAMPLE, 12, c=1e-3),
        reference,
        _share_of_outliers,
    ),
    laws.equal(
        "In other units of the data and of c it changes by the square of the unit.",
        laws.drawn(SAMPLE, 12, c=2.5),
        reference,
        _in_other_units,
    ),
)

CHOOSE = "Choose between the branches with np.where, or cut the ratio off at 1 before its powers."
RATIO = "Divide the error by c first and take powers of the ratio."

TASKS = (
    Task(
        slug="tukey-biweight",
        title="Tukey's biweight loss",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \rho(\hat{y}_i - y_i), \quad "
        r"\rho(e) = \begin{cases} \frac{c^2}{6} \left( 1 - \left( 1 - "
        r"\left( \frac{e}{c} \right)^2 \right)^3 \right) & |e| \le c \\ "
        r"\frac{c^2}{6} & |e| > c \end{cases}",
        sentence="The mean, over all elements, of c squared over 6 times one minus the cube of "
        "one minus the squared ratio of error and c, and of c squared over 6 alone where the error "
        "is larger than c in size.",
        domain="y_true and y_pred hold any finite numbers and c is positive; different shapes and "
        "empty arrays raise ValueError.",
        rules=(
            *rules(),
            "An error larger than c in size counts c squared over 6, however large it is, and its "
            "slope is 0.",
            "A NaN is not an outlier: the loss is NaN, but grad may hold a NaN or a 0 there.",
            "c is in the unit of the errors, which are used as they are and not standardised.",
            "Errors up to 1e300 give a right and finite result, and so does any c from 1e-100 to "
            "1e100.",
        ),
        source="Beaton, Tukey, The Fitting of Power Series, Meaning Polynomials, Illustrated on "
        "Band-Spectroscopic Data, Technometrics 16 (1974), 147-185; the constant 4.685 as in "
        "Holland, Welsch, Robust Regression Using Iteratively Reweighted Least-Squares, "
        "Communications in Statistics 6 (1977), 813-827.",
        brief=Brief(
            prompt="A telescope measures how bright a star is, night after night. Now and then a "
            "satellite crosses the picture, and that night's number means nothing at all: it "
            "should have no say in the fitted curve, not merely a smaller one. Write Tukey's "
            "biweight loss, which is flat for errors beyond `c`, and its gradient with respect to "
            "the predictions.",
            context="A loss that lets go of outliers entirely: its flat branch, a slope that must "
            "be 0 there, and a NaN that must not pass for an outlier.",
            topics=("regression", "robustness"),
            difficulty="medium",
            minutes=18,
        ),
        examples=(
            Example(
                Case((np.array([1.0, 2.0]), np.array([2.0, -3.0])), {"c": 2.0}),
                value=101 / 192,
                gradient=((9 / 32, 0.0),),
                working="Errors of 1 and -5 with c = 2: 4/6 (1 - (3/4)^3) = 37/96 and 4/6, whose "
                "mean is 101/192.",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        parameters=(Parameter("c", 4.685, others=(1.25, 2.5, 8.0)),),
        reference=reference,
        gradient=gradient,
        sample=SAMPLE,
        shapes=SHAPES,
        large=(100_000,),
        terms=terms,
        extremes=(
            Extreme("an error of 1e300 among ordinary ones", beside_an_outlier(1e300), CHOOSE),
            Extreme(
                "an error of 1e30 among ordinary ones",
                beside_an_outlier(1e30),
                CHOOSE,
                float32=True,
            ),
            Extreme("errors and c of 1e100", errors_of(1e100, c=1e100), RATIO),
            Extreme("errors and c of 1e-100", errors_of(1e-100, values=1e-100, c=1e-100), RATIO),
            BETWEEN_LARGE_VALUES,
            Extreme(
                "errors of 1e-140",
                errors_of(1e-140, values=1e-140),
                "Add no epsilon: near 0 the slope is the error itself, however small.",
            ),
        ),
        edges=(
            Edge(
                "errors of exactly c",
                exactly(0.5, -0.5, 0.25, c=0.5),
                "At |error| = c both branches give c squared over 6, and a slope of 0.",
            ),
            NO_ERROR,
            Edge(
                "all errors past c",
                exactly(6.0, -8.0, 1000.0),
                "Past c every error counts c squared over 6, and the gradient is 0.",
            ),
            Edge(
                "one outlier",
                exactly(0.5, -1.0, 100.0),
                "An outlier counts in the mean but does not pull.",
            ),
            Edge(
                "c above all errors",
                exactly(0.5, -3.0, 8.0, c=64.0),
                "With a large c every error is within it.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("ratio cut off at 1", CLIPPED),
            Variant("a class of weights", WEIGHTS),
            Variant("polynomials", POLYNOMIAL),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        branches=True,
        laws=LAWS,
        curves=(
            Curve("One error, c = 4.685", "y_pred - y_true", -8.0, 8.0, one_error()),
            Curve("One error, c = 2", "y_pred - y_true", -8.0, 8.0, one_error(c=2.0)),
        ),
        # A large c: the outlier's flat loss is so high that the others' slopes drown in it.
        coarse=beside_an_outlier(1e7, c=1e5),
    ),
)
