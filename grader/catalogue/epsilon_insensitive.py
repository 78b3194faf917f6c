"""The epsilon-insensitive loss of support vector regression."""

from typing import Any

import numpy as np

from grader.catalogue import laws, mean_absolute_error
from grader.catalogue.error_losses import LINEAR, error_laws, mean_mistakes
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
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def reference(y_true: Array, y_pred: Array, epsilon: float = 0.1) -> float:
    """Return the mean of what each error is larger than epsilon, mean max(0, |e| - epsilon).

    Args:
        y_true, y_pred: one shape, any; in the same unit.
        epsilon: >= 0, in that unit; errors up to it cost nothing.

    Returns:
        The loss in that unit, >= 0; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: Vapnik, The Nature of Statistical Learning Theory (1995), section 6.1.
    """
    return float(np.mean(np.maximum(np.abs(errors(y_true, y_pred)) - epsilon, 0.0)))


def gradient(y_true: Array, y_pred: Array, epsilon: float = 0.1) -> tuple[Array]:
    """Return d loss / d y_pred, of y_pred's shape; errors as above.

    It is sign(e) / n where |e| > epsilon, else 0.
    """
    e = errors(y_true, y_pred)
    return (np.where(np.abs(e) <= epsilon, 0.0, np.sign(e)) / e.size,)


def subdifferential(
    y_true: Array, y_pred: Array, epsilon: float = 0.1
) -> tuple[tuple[Array, Array]]:
    """Return its bounds: from 0 to the slope outside where |e| is epsilon, else the gradient twice.

    With an epsilon of 0 both ends of the tube meet, and all from -1/n to 1/n is right.
    """
    e = errors(y_true, y_pred)
    low = np.where(e > -epsilon, np.where(e > epsilon, 1.0, 0.0), -1.0)
    high = np.where(e < epsilon, np.where(e < -epsilon, -1.0, 0.0), 1.0)
    return ((low / e.size, high / e.size),)


def terms(y_true: Array, y_pred: Array, epsilon: float = 0.1) -> float:
    """Return the largest absolute error, or epsilon."""
    return at_least_tiny(max(np.max(np.abs(errors(y_true, y_pred))), epsilon))


def definition(mp: Any, y_true: Any, y_pred: Any, epsilon: Any) -> Any:
    return mean(mp, (max(0, mp.fabs(p - t) - epsilon) for t, p in pairs(y_true, y_pred)))


PLAIN = (
    CHECK
    + """

def loss(y_true, y_pred, epsilon=0.1):
    _check(y_true, y_pred)
    a = np.abs(y_pred - y_true)
    return np.mean(np.maximum(a - epsilon, 0))


def grad(y_true, y_pred, epsilon=0.1):
    _check(y_true, y_pred)
    e = y_pred - y_true
    return np.where(np.abs(e) > epsilon, np.sign(e), 0) / e.size
"""
)

TWO_HINGES = '''\
import numpy as np


def slacks(y_true, y_pred, epsilon):
    """How far predictions lie above and below the tube, as a support vector machine counts them."""
    if y_true.shape != y_pred.shape:
        raise ValueError("y_true and y_pred differ in shape")
    if y_pred.size == 0:
        raise ValueError("empty input")
    e = np.subtract(y_pred, y_true, dtype=np.float64)
    return e - epsilon, -e - epsilon


def loss(y_true, y_pred, epsilon=0.1):
    above, below = slacks(y_true, y_pred, epsilon)
    return float((above.clip(min=0) + below.clip(min=0)).sum() / above.size)


def grad(y_true, y_pred, epsilon=0.1):
    above, below = slacks(y_true, y_pred, epsilon)
    slope = np.heaviside(above, 0.0) - np.heaviside(below, 0.0)
    return slope / slope.size
'''

PROJECTION = '''\
import numpy as np


class Tube:
    """All that costs nothing: the numbers within epsilon of the truth."""

    def __init__(self, centre, radius):
        self.low, self.high = centre - radius, centre + radius

    def nearest(self, points):
        return np.clip(points, self.low, self.high)


def outside(y_true, y_pred, epsilon):
    if y_true.shape != y_pred.shape or 0 in y_pred.shape:
        raise ValueError("two arrays of one shape are needed, and not empty ones")
    # In the frame of the truth, where subtracting epsilon loses no digits.
    e = np.asarray(y_pred - y_true)
    return e - Tube(np.zeros_like(e), epsilon).nearest(e)


def loss(y_true, y_pred, epsilon=0.1):
    way = outside(y_true, y_pred, epsilon)
    return np.linalg.norm(way.ravel(), ord=1) / way.size


def grad(y_true, y_pred, epsilon=0.1):
    return np.sign(outside(y_true, y_pred, epsilon)) / y_pred.size
'''

LOOPS = """\
import numpy as np


def _lists(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("shapes differ")
    if not y_true.size:
        raise ValueError("no data")
    return y_true.ravel().tolist(), y_pred.ravel().tolist()


def loss(y_true, y_pred, epsilon=0.1):
    targets, predictions = _lists(y_true, y_pred)
    total = 0.0
    for t, p in zip(targets, predictions):
        miss = p - t if p > t else t - p
        if not miss <= epsilon:
            total += miss - epsilon
    return total / len(targets)


def grad(y_true, y_pred, epsilon=0.1):
    targets, predictions = _lists(y_true, y_pred)
    slopes = []
    for t, p in zip(targets, predictions):
        if p - t > epsilon:
            slopes.append(1 / len(targets))
        elif t - p > epsilon:
            slopes.append(-1 / len(targets))
        else:
            slopes.append(0.0)
    return np.array(slopes).reshape(y_pred.shape)
"""

HINGE = "np.maximum(a - epsilon, 0)"
SLOPE = "np.where(np.abs(e) > epsilon, np.sign(e), 0)"

MISCONCEPTIONS = (
    Misconception(
        "no tube",
        Family.VALUES,
        "It is the mean absolute error: epsilon is ignored.",
        patched(PLAIN, (HINGE, "a"), (SLOPE, "np.sign(e)")),
    ),
    Misconception(
        "epsilon fixed",
        Family.VALUES,
        "It ignores the epsilon that it is given and always uses 0.1.",
        patched(
            PLAIN,
            ("    a = np", "    epsilon = 0.1\n    a = np"),
            ("    e = y", "    epsilon = 0.1\n    e = y"),
        ),
    ),
    Misconception(
        "epsilon not taken off",
        Family.VALUES,
        "It charges the whole error beyond epsilon, not what lies outside: the loss jumps there.",
        patched(PLAIN, (HINGE, "np.where(a <= epsilon, 0, a)")),
    ),
    Misconception(
        "floor of epsilon",
        Family.VALUES,
        "It charges at least epsilon, max(|e|, epsilon), where errors within the tube are free.",
        patched(PLAIN, (HINGE, "np.maximum(a, epsilon)")),
    ),
    Misconception(
        "one side only",
        Family.VALUES,
        "It charges predictions that are too high and forgets those that are too low.",
        patched(
            PLAIN,
            ("np.abs(y_pred - y_true)", "y_pred - y_true"),
            (SLOPE, "np.where(e > epsilon, 1.0, 0.0)"),
        ),
    ),
    Misconception(
        "squared beyond the tube",
        Family.VALUES,
        "It squares what lies outside of the tube, which is another loss of support vectors.",
        patched(
            PLAIN,
            (HINGE, f"{HINGE} ** 2"),
            (SLOPE, "2 * np.sign(e) * np.maximum(np.abs(e) - epsilon, 0)"),
        ),
    ),
    Misconception(
        "negative within the tube",
        Family.VALUES,
        "It takes epsilon off every error, so that small ones are rewarded: the maximum with 0 is "
        "missing.",
        patched(PLAIN, (HINGE, "(a - epsilon)"), (SLOPE, "np.sign(e)")),
    ),
    Misconception(
        "maximum of the mean",
        Family.VALUES,
        "It takes the maximum with 0 of the mean, where each error has its own tube.",
        patched(PLAIN, (f"np.mean({HINGE})", "np.maximum(np.mean(a) - epsilon, 0)")),
    ),
    Misconception(
        "mean over the outside only",
        Family.VALUES,
        "It divides by the number of errors outside of the tube, where the mean is over all.",
        patched(
            PLAIN,
            (f"np.mean({HINGE})", f"np.sum({HINGE}) / max(np.sum(a > epsilon), 1)"),
            (" / e.size", " / max(np.sum(np.abs(e) > epsilon), 1)"),
        ),
    ),
    Misconception(
        "tube relative to the truth",
        Family.VALUES,
        "It takes epsilon for a share of the truth, where it is an error itself.",
        patched(
            PLAIN,
            (HINGE, "np.maximum(a - epsilon * np.abs(y_true), 0)"),
            ("np.abs(e) > epsilon", "np.abs(e) > epsilon * np.abs(y_true)"),
        ),
    ),
    Misconception(
        "gradient within the tube",
        Family.GRADIENTS,
        "Its gradient is the sign of the error within the tube too, where the loss is flat.",
        patched(PLAIN, (SLOPE, "np.sign(e)")),
    ),
    Misconception(
        "gradient grows with the error",
        Family.GRADIENTS,
        "Its gradient grows with the error, where the slope of a line is constant.",
        patched(PLAIN, (SLOPE, "np.sign(e) * np.maximum(np.abs(e) - epsilon, 0)")),
    ),
    Misconception(
        "gradient of one side",
        Family.GRADIENTS,
        "Its gradient is 1 on both sides of the tube: the sign of the error is missing.",
        patched(PLAIN, (SLOPE, "np.where(np.abs(e) > epsilon, 1.0, 0)")),
    ),
    Misconception(
        "absolute value by squaring",
        Family.STABILITY,
        "It takes the absolute value as the root of the square, which overflows and underflows.",
        patched(PLAIN, ("np.abs(y_pred - y_true)", "np.sqrt((y_pred - y_true) ** 2)")),
    ),
    Misconception(
        "sign by a smooth quotient",
        Family.STABILITY,
        "It adds a small constant to the error before it divides by it, which drowns small errors.",
        patched(PLAIN, ("np.sign(e)", "e / (np.abs(e) + 1e-12)")),
    ),
    Misconception(
        "NaN within the tube",
        Family.EDGE_CASES,
        "It asks whether an error is larger than epsilon; a NaN is not, and so is hidden.",
        patched(PLAIN, (HINGE, "np.where(a > epsilon, a - epsilon, 0)")),
    ),
    Misconception(
        "zero divided by zero",
        Family.EDGE_CASES,
        "Its gradient takes e / |e| for the sign, and multiplies it by a mask: NaN without an "
        "error.",
        patched(PLAIN, (SLOPE, "(np.abs(e) > epsilon) * e / np.abs(e)")),
    ),
    *mean_mistakes(PLAIN, SLOPE),
)

ERRORS = sampler((0.02, 0.07), (0.15, 0.42), (0.6, 1.1), (1.3, 3.0))


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
    """Draw errors within the tube and outside of it; the first is outside.

    Were it within, a single element would cost nothing, as it does where nothing is computed.
    """
    y_true, y_pred = ERRORS(rng, shape)
    error = y_pred.flat[0] - y_true.flat[0]
    if abs(error) < 0.1:
        y_pred.flat[0] += 5.0 * error
    return y_true, y_pred


USUAL = laws.drawn(sample, 12, epsilon=0.5)


def _absolute(y_true: Array, y_pred: Array, epsilon: float) -> float:
    return mean_absolute_error.reference(y_true, y_pred)


def _less_epsilon(y_true: Array, y_pred: Array, epsilon: float) -> float:
    return mean_absolute_error.reference(y_true, y_pred) - epsilon


def _tripled(y_true: Array, y_pred: Array, epsilon: float) -> float:
    return reference(3.0 * y_true, 3.0 * y_pred, 3.0 * epsilon) / 3.0


LAWS = (
    *error_laws(reference, USUAL),
    laws.equal(
        "With epsilon 0 it is the mean absolute error.",
        laws.drawn(sample, 12, epsilon=0.0),
        reference,
        _absolute,
    ),
    laws.equal(
        "With every error outside of the tube it is the mean absolute error less epsilon.",
        laws.drawn(sample, 12, epsilon=0.01),
        reference,
        _less_epsilon,
    ),
    laws.zero(
        "With every error within the tube it is 0.",
        reference,
        laws.drawn(sample, 12, epsilon=3.5),
    ),
    laws.equal("It grows with the unit of its inputs and epsilon.", USUAL, reference, _tripled),
)

TASKS = (
    Task(
        slug="epsilon-insensitive",
        title="Epsilon-insensitive loss",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} "
        r"\max\left( 0, |\hat{y}_i - y_i| - \varepsilon \right)",
        sentence="The mean, over all elements, of how much the absolute difference of y_pred and "
        "y_true is larger than epsilon, and of 0 where it is not.",
        domain="y_true and y_pred hold any finite numbers and epsilon is 0 or positive; different "
        "shapes and empty arrays raise ValueError.",
        rules=(
            *rules(),
            "epsilon may be 0: then the loss is the mean absolute error.",
            "Where the error is exactly epsilon in size, any slope between 0 and that outside of "
            "the tube is right; with an epsilon of 0, anything from -1/n to 1/n at an error of 0.",
            "Errors from 1e-200 to 1e300 give a right and finite result.",
        ),
        source="Vapnik, The Nature of Statistical Learning Theory (1995), section 6.1; Smola, "
        "Schölkopf, A tutorial on support vector regression, Statistics and Computing 14 (2004), "
        "equation 4.",
        brief=Brief(
            prompt="A thermostat is calibrated against a sensor that is only good to a tenth of a "
            "degree, so that errors below that say nothing. Write the epsilon-insensitive loss of "
            "support vector regression, which charges only what an error is beyond `epsilon`, and "
            "its gradient with respect to the predictions.",
            context="A hinge on both sides of a tube: its offset, its flat middle and its kinks.",
            topics=("regression", "robustness", "margins"),
            difficulty="easy",
            minutes=12,
        ),
        examples=(
            Example(
                Case((np.array([1.0, 2.0]), np.array([1.25, -1.0])), {"epsilon": 0.5}),
                value=1.25,
                gradient=((0.0, -0.5),),
                working="Errors of 1/4 and -3 with epsilon = 1/2: the first is free, the second "
                "costs 2.5; the mean is 1.25.",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        parameters=(Parameter("epsilon", 0.1, others=(0.0, 0.5, 1.2)),),
        reference=reference,
        gradient=gradient,
        subdifferential=subdifferential,
        sample=sample,
        shapes=SHAPES,
        large=(100_000,),
        terms=terms,
        extremes=(
            *LINEAR,
            Extreme(
                "errors of 1e-200 and an epsilon of 0",
                lambda rng: Case(errors_of(1e-200, values=1e-200)(rng).arguments, {"epsilon": 0.0}),
                "The loss is linear, down to the smallest error: a square underflows to 0.",
            ),
            Extreme(
                "errors of 1e-12 and an epsilon of 5e-14",
                lambda rng: Case(errors_of(1e-12, values=1e-12)(rng).arguments, {"epsilon": 5e-14}),
                "Add no small number to what is divided by, and round nothing.",
                float32=True,
            ),
        ),
        edges=(
            Edge(
                "all errors exactly epsilon",
                exactly(0.5, -0.5, 0.5, epsilon=0.5),
                "At the edge of the tube the loss is 0, and any slope between 0 and the one "
                "outside is right.",
            ),
            Edge(
                "all errors within the tube",
                exactly(0.25, -0.5, 0.0, epsilon=0.75),
                "Within the tube the loss and its gradient are 0.",
            ),
            Edge(
                "all errors outside of the tube",
                exactly(0.25, -0.5, 4.0, -8.0, epsilon=0.125),
                "Outside of the tube each error costs its size less epsilon.",
            ),
            Edge(
                "no error anywhere",
                exactly(0.0, 0.0, 0.0),
                "The loss is 0, and in the middle of the tube so is its gradient.",
            ),
            Edge(
                "no error and an epsilon of 0",
                exactly(0.0, 1.5, 0.0, -2.0, epsilon=0.0),
                "Without a tube the kink lies at an error of 0: any slope from -1/n to 1/n is "
                "right there.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("two hinges", TWO_HINGES),
            Variant("distance from a projection", PROJECTION),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve(
                "One error, epsilon = 1/2",
                "y_pred - y_true",
                -2.0,
                2.0,
                one_error(epsilon=0.5),
                kinks=(-0.5, 0.5),
            ),
        ),
        branches=True,
        coarse=beside_an_outlier(1e9),
    ),
)
