"""The weighted squared error."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.catalogue import laws, mean_squared_error
from grader.catalogue.exact import pairs
from grader.catalogue.inputs import paired, require
from grader.catalogue.pairs import SHAPES, numeric_gradient
from grader.catalogue.regression import (
    ARGUMENTS,
    at_least_tiny,
    beside_an_outlier,
    errors_of,
    exactly,
    sampler,
)
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
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def _errors_and_weights(y_true: Array, y_pred: Array, sample_weight: Array) -> tuple[Array, Array]:
    y_true, y_pred, weight = paired(y_true, y_pred, sample_weight)
    require(not (weight < 0).any(), "no weight may be negative")
    require(weight.sum() != 0, "some weight must be positive")
    return y_pred - y_true, weight / weight.sum()


def reference(y_true: Array, y_pred: Array, sample_weight: Array) -> float:
    """Return the weighted mean of the squared errors, sum w (y_pred - y_true)^2 / sum w.

    Args:
        y_true, y_pred: one shape, any; in the same unit.
        sample_weight: the same shape, >= 0 and not all 0; in any unit, which cancels.

    Returns:
        The loss in the square of y's unit, >= 0; NaN where any array holds one.

    Raises:
        ValueError: where shapes differ, the arrays are empty, a weight is negative or all are 0.

    Source: Hastie, Tibshirani, Friedman, The Elements of Statistical Learning (2nd ed., 2009),
        section 10.6.
    """
    e, share = _errors_and_weights(y_true, y_pred, sample_weight)
    return float(np.sum(share * e**2))


def gradient(y_true: Array, y_pred: Array, sample_weight: Array) -> tuple[Array]:
    """Return d loss / d y_pred = 2 w (y_pred - y_true) / sum w, of y_pred's shape; errors above."""
    e, share = _errors_and_weights(y_true, y_pred, sample_weight)
    return (2.0 * share * e,)


def terms(y_true: Array, y_pred: Array, sample_weight: Array) -> float:
    """Return the largest share of a squared error."""
    e, share = _errors_and_weights(y_true, y_pred, sample_weight)
    return at_least_tiny(np.max(share * e**2))


def definition(mp: Any, y_true: Any, y_pred: Any, sample_weight: Any) -> Any:
    weighed = list(pairs(y_true, y_pred, sample_weight))
    return mp.fsum(w * (p - t) ** 2 for t, p, w in weighed) / mp.fsum(w for _, _, w in weighed)


ERRORS = sampler((0.1, 3.0))


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
    return *ERRORS(rng, shape), rng.uniform(0.2, 3.0, size=shape)


def weighted(errors: laws.Draw, scale: float = 1.0) -> Callable[[np.random.Generator], Case]:
    """Return a draw of these errors with weights of 0.2 to 3 times `scale`."""

    def case(rng: np.random.Generator) -> Case:
        arguments = errors(rng).arguments
        weights = scale * rng.uniform(0.2, 3.0, size=arguments[0].shape)
        return Case((*arguments, weights))

    return case


def weights_of(*listed: float) -> Callable[[np.random.Generator], Case]:
    """Return a draw of ordinary errors with exactly these weights."""
    return lambda rng: Case((*ERRORS(rng, (len(listed),)), np.array(listed)))


PLAIN = """\
import numpy as np


def _check(y_true, y_pred, w):
    if not y_true.shape == y_pred.shape == w.shape:
        raise ValueError("y_true, y_pred and sample_weight must have one shape")
    if y_pred.size == 0:
        raise ValueError("there is nothing to average")
    if np.any(w < 0):
        raise ValueError("weights must not be negative")
    if np.sum(w) == 0:
        raise ValueError("at least one weight must be positive")


def loss(y_true, y_pred, sample_weight):
    _check(y_true, y_pred, sample_weight)
    e = y_pred - y_true
    return np.sum(sample_weight * e**2) / np.sum(sample_weight)


def grad(y_true, y_pred, sample_weight):
    _check(y_true, y_pred, sample_weight)
    e = y_pred - y_true
    return 2 * sample_weight * e / np.sum(sample_weight)
"""

AVERAGE = """\
import numpy as np


def _shares(y_true, y_pred, sample_weight):
    if not y_true.shape == y_pred.shape == sample_weight.shape:
        raise ValueError("y_true, y_pred and sample_weight must have one shape")
    if y_pred.size == 0:
        raise ValueError("empty input")
    total = sample_weight.sum(dtype=np.float64)
    if (sample_weight < 0).any() or total == 0:
        raise ValueError("weights must be 0 or more, and not all 0")
    return sample_weight / total


def loss(y_true, y_pred, sample_weight):
    _shares(y_true, y_pred, sample_weight)
    return np.average(np.square(y_pred - y_true), weights=sample_weight)


def grad(y_true, y_pred, sample_weight):
    share = _shares(y_true, y_pred, sample_weight)
    return share * (y_pred - y_true) * 2.0
"""

EINSUM = '''\
import numpy as np


def flattened(*arrays):
    """Return flat copies in float64 of arrays that must match."""
    first, *rest = (np.array(array, dtype=np.float64) for array in arrays)
    if any(other.shape != first.shape for other in rest):
        raise ValueError("shapes differ")
    if first.size == 0:
        raise ValueError("no elements")
    return [array.ravel() for array in (first, *rest)]


def normalised(weights):
    smallest = np.min(weights)
    if smallest < 0:
        raise ValueError(f"negative weight {smallest}")
    largest = np.max(weights)
    if largest == 0:
        raise ValueError("all weights are zero")
    weights = weights / largest
    return weights / weights.sum()


def loss(y_true, y_pred, sample_weight):
    t, p, w = flattened(y_true, y_pred, sample_weight)
    return float(np.einsum("i,i,i->", normalised(w), p - t, p - t))


def grad(y_true, y_pred, sample_weight):
    t, p, w = flattened(y_true, y_pred, sample_weight)
    return np.einsum(",i,i->i", 2.0, normalised(w), p - t).reshape(y_pred.shape)
'''

LOOPS = """\
import numpy as np


def _rows(y_true, y_pred, sample_weight):
    if y_true.shape != y_pred.shape or y_pred.shape != sample_weight.shape:
        raise ValueError("shapes differ")
    if y_true.size == 0:
        raise ValueError("nothing to weigh")
    columns = (array.ravel().tolist() for array in (y_true, y_pred, sample_weight))
    rows = list(zip(*columns))
    total = 0.0
    for _, _, w in rows:
        if w < 0:
            raise ValueError("negative weight")
        total += w
    if total == 0:
        raise ValueError("weights add up to zero")
    return rows, total


def loss(y_true, y_pred, sample_weight):
    rows, total = _rows(y_true, y_pred, sample_weight)
    weighted = 0.0
    for t, p, w in rows:
        weighted += w * (p - t) ** 2
    return weighted / total


def grad(y_true, y_pred, sample_weight):
    rows, total = _rows(y_true, y_pred, sample_weight)
    slopes = [2 * w * (p - t) / total for t, p, w in rows]
    return np.array(slopes).reshape(y_pred.shape)
"""

TOTAL = " / np.sum(sample_weight)"
VALUE = f"np.sum(sample_weight * e**2){TOTAL}"
SLOPE = f"2 * sample_weight * e{TOTAL}"
SHAPES_DIFFER = "if not y_true.shape == y_pred.shape == w.shape:"
NEGATIVE, ALL_ZERO = "if np.any(w < 0):", "if np.sum(w) == 0:"

MISCONCEPTIONS = (
    Misconception(
        "weights ignored",
        Family.VALUES,
        "It ignores the weights: every error counts the same.",
        patched(PLAIN, (VALUE, "np.mean(e**2)"), (SLOPE, "2 * e / e.size")),
    ),
    Misconception(
        "divided by n",
        Family.VALUES,
        "It divides by the number of elements where the sum of the weights is asked.",
        patched(PLAIN, (TOTAL, " / e.size")),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the weighted squares and does not divide by the sum of the weights.",
        patched(PLAIN, (TOTAL, "")),
    ),
    Misconception(
        "weights squared too",
        Family.VALUES,
        "It weighs the errors before it squares them, so that each weight counts squared.",
        patched(
            PLAIN,
            ("sample_weight * e**2", "(sample_weight * e) ** 2"),
            ("2 * sample_weight * e", "2 * sample_weight**2 * e"),
        ),
    ),
    Misconception(
        "predictions weighed",
        Family.VALUES,
        "It multiplies the predictions by the weights, not their squared errors.",
        patched(PLAIN, ("e = y_pred - y_true", "e = sample_weight * y_pred - y_true")),
    ),
    Misconception(
        "square of the weighted mean",
        Family.VALUES,
        "It squares the weighted mean of the errors, in which errors of opposite sign cancel.",
        patched(PLAIN, (VALUE, f"(np.sum(sample_weight * e){TOTAL}) ** 2")),
    ),
    Misconception(
        "root of the mean",
        Family.VALUES,
        "It takes the square root of the weighted mean.",
        patched(PLAIN, (VALUE, f"np.sqrt({VALUE})"), (SLOPE, f"{SLOPE} / 2 / np.sqrt({VALUE})")),
    ),
    Misconception(
        "gradient without the weights",
        Family.GRADIENTS,
        "Its gradient is that of the plain mean squared error: the weights are missing.",
        patched(PLAIN, (SLOPE, "2 * e / e.size")),
    ),
    Misconception(
        "gradient divided by n",
        Family.GRADIENTS,
        "Its gradient divides by the number of elements where the sum of the weights is asked.",
        patched(PLAIN, (SLOPE, "2 * sample_weight * e / e.size")),
    ),
    Misconception(
        "gradient without the 2",
        Family.GRADIENTS,
        "Its gradient lacks the factor 2 that comes from the square.",
        patched(PLAIN, (SLOPE, f"sample_weight * e{TOTAL}")),
    ),
    Misconception(
        "gradient of the wrong sign",
        Family.GRADIENTS,
        "Its gradient has the wrong sign: it is the derivative with respect to y_true.",
        patched(PLAIN, (SLOPE, f"-{SLOPE}")),
    ),
    Misconception(
        "epsilon beside the weights",
        Family.STABILITY,
        "It adds a small constant to the sum of the weights, which swallows small weights.",
        patched(PLAIN, (TOTAL, " / (np.sum(sample_weight) + 1e-12)")),
    ),
    Misconception(
        "square expanded",
        Family.STABILITY,
        "It expands the square, so that small errors between large values cancel away.",
        patched(
            PLAIN,
            (
                "sample_weight * e**2",
                "sample_weight * (y_pred**2 - 2 * y_pred * y_true + y_true**2.0)",
            ),
        ),
    ),
    Misconception(
        "negative weights accepted",
        Family.EDGE_CASES,
        "It accepts negative weights, which reward errors, where it must raise ValueError.",
        patched(PLAIN, (NEGATIVE, "if w is None:")),
    ),
    Misconception(
        "negative weights made positive",
        Family.EDGE_CASES,
        "It takes the absolute value of negative weights where it must raise ValueError.",
        patched(
            PLAIN,
            (NEGATIVE, "if w is None:"),
            (
                "    e = y_pred - y_true",
                "    sample_weight = np.abs(sample_weight)\n    e = y_pred - y_true",
            ),
        ),
    ),
    Misconception(
        "weights of 0 give a NaN",
        Family.EDGE_CASES,
        "It divides 0 by 0 where all weights are 0, and must raise ValueError.",
        patched(PLAIN, (ALL_ZERO, "if w is None:")),
    ),
    Misconception(
        "weights of 0 refused",
        Family.EDGE_CASES,
        "It refuses single weights of 0, which only leave their elements out.",
        patched(PLAIN, (NEGATIVE, "if np.any(w <= 0):")),
    ),
    Misconception(
        "NaN refused",
        Family.EDGE_CASES,
        "It raises ValueError for a NaN weight, which is not 0 or more, where a NaN result is "
        "asked.",
        patched(PLAIN, (NEGATIVE, "if not np.all(w >= 0):")),
    ),
    Misconception(
        "NaN left out",
        Family.EDGE_CASES,
        "It leaves NaN out of the sum, which hides bad data.",
        patched(PLAIN, (VALUE, f"np.nansum(sample_weight * e**2){TOTAL}")),
    ),
    Misconception(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It lets NumPy broadcast arrays of different shapes where it must raise ValueError.",
        patched(PLAIN, (SHAPES_DIFFER, "if y_true.ndim < 0:")),
    ),
    Misconception(
        "weights broadcast",
        Family.EDGE_CASES,
        "It compares the shapes of y_true and y_pred alone: weights of another shape must raise "
        "ValueError as well.",
        patched(PLAIN, (SHAPES_DIFFER, "if y_true.shape != y_pred.shape:")),
    ),
    numeric_gradient(PLAIN),
)

USUAL = laws.drawn(sample, 12)


def _equal_weights(rng: np.random.Generator) -> Case:
    y_true, y_pred = ERRORS(rng, (12,))
    return Case((y_true, y_pred, np.full(12, rng.uniform(0.1, 9.0))))


def _without_error(rng: np.random.Generator) -> Case:
    y_true, _, weight = sample(rng, (5,))
    return Case((y_true, y_true.copy(), weight))


def _counts(rng: np.random.Generator) -> Case:
    y_true, y_pred = ERRORS(rng, (8,))
    return Case((y_true, y_pred, np.array([1.0, *rng.integers(0, 5, size=7)])))


def _plain(y_true: Array, y_pred: Array, sample_weight: Array) -> float:
    return mean_squared_error.reference(y_true, y_pred)


def _repeated(y_true: Array, y_pred: Array, sample_weight: Array) -> float:
    times = sample_weight.astype(int)
    return mean_squared_error.reference(np.repeat(y_true, times), np.repeat(y_pred, times))


LAWS = (
    laws.zero("Without an error the loss is 0.", reference, _without_error),
    laws.unchanged("It is symmetric in truth and prediction.", reference, USUAL, laws.swapped()),
    laws.unchanged("A common shift changes nothing.", reference, USUAL, laws.shifted(0, 1)),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1, 2)),
    laws.unchanged("Weights count relative to each other alone.", reference, USUAL, laws.scaled(2)),
    laws.equal(
        "With equal weights it is the mean squared error.", _equal_weights, reference, _plain
    ),
    laws.equal(
        "A whole weight repeats its element so many times, and 0 leaves it out.",
        _counts,
        reference,
        _repeated,
    ),
)

TASKS = (
    Task(
        slug="weighted-squared-error",
        title="Weighted squared error",
        formula=r"L = \frac{ \sum_{i=1}^{n} w_i (\hat{y}_i - y_i)^2 }{ \sum_{i=1}^{n} w_i }",
        sentence="The sum, over all elements, of the weight times the squared difference of y_pred "
        "and y_true, divided by the sum of the weights.",
        domain="y_true and y_pred hold any finite numbers, sample_weight numbers of 0 or more; "
        "different shapes, empty arrays, a negative weight and weights that are all 0 raise "
        "ValueError.",
        rules=(
            "The loss is one number; grad returns its derivative with respect to y_pred, a new "
            "array of the same shape.",
            "y_true, y_pred and sample_weight have the same shape, whatever it is; different "
            "shapes raise ValueError and never broadcast.",
            "Empty input raises ValueError.",
            "Any negative weight raises ValueError, and so do weights that add up to 0; single "
            "weights of 0 are right.",
            "The weights are relative: tiny and huge ones, from 1e-200 to 1e200, give the same "
            "loss as ordinary ones.",
            "A NaN in any of the arrays makes the loss NaN, and shows in grad; a NaN weight raises "
            "nothing.",
            "y_true may hold integers, and any array may be float32, strided or read-only; none is "
            "modified.",
            "Small errors between large values keep their digits, and errors up to 1e150 do not "
            "overflow.",
        ),
        source="Hastie, Tibshirani, Friedman, The Elements of Statistical Learning (2nd ed., "
        "2009), section 10.6; Strutz, Data Fitting and Uncertainty (2nd ed., 2016), chapter 3.",
        brief=Brief(
            prompt="A video service predicts how long people watch. Some events matter more than "
            "others: a finished film tells more than a trailer that started by itself, and each "
            "event has a weight that says so. Write the weighted squared error and its gradient "
            "with respect to the predictions. Weights come from another team: look at them before "
            "you use them.",
            context="A weighted mean: what it is divided by, in the loss and in the gradient, and "
            "which weights make no sense.",
            topics=("regression", "imbalance", "recommendation"),
            difficulty="easy",
            minutes=15,
        ),
        examples=(
            Example(
                Case((np.array([1.0, 2.0]), np.array([3.0, 1.0]), np.array([1.0, 3.0]))),
                value=1.75,
                gradient=((1.0, -1.5),),
                working="Errors of 2 and -1 with weights of 1 and 3: (1 times 4 plus 3 times 1) / "
                "4; each slope is 2 times weight times error over 4.",
            ),
        ),
        definition=definition,
        arguments=(*ARGUMENTS, Argument("sample_weight")),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=SHAPES,
        large=(150_000,),
        terms=terms,
        extremes=(
            Extreme(
                "errors of 1e150",
                weighted(errors_of(1e150)),
                "Work in float64 and square nothing but the error: 1e300 still fits.",
            ),
            Extreme(
                "errors of 1e15",
                weighted(errors_of(1e15)),
                "Square the error once: no intermediate may be larger than that.",
                float32=True,
            ),
            Extreme(
                "errors of 1e-4 between values of 1e6",
                weighted(errors_of(1e-4, values=1e6)),
                "Subtract first and square the difference; an expanded square cancels.",
            ),
            Extreme(
                "weights of 1e-200",
                weighted(errors_of(1.0), 1e-200),
                "Add no epsilon to the sum of the weights: however small, it cancels.",
            ),
            Extreme(
                "weights of 1e-20",
                weighted(errors_of(1.0), 1e-20),
                "Add no epsilon to the sum of the weights: however small, it cancels.",
                float32=True,
            ),
            Extreme(
                "weights of 1e200",
                weighted(errors_of(1.0), 1e200),
                "Multiply by each weight once: its square overflows.",
            ),
        ),
        edges=(
            Edge(
                "one negative weight",
                weights_of(1.0, 2.0, -0.5, 1.5),
                "A negative weight raises ValueError, whatever the others are.",
                expect=Expect.VALUE_ERROR,
            ),
            Edge(
                "all weights negative",
                weights_of(-1.0, -2.0, -0.5),
                "Negative weights raise ValueError, even where they would cancel.",
                expect=Expect.VALUE_ERROR,
            ),
            Edge(
                "weights of 1 and -1",
                weights_of(1.0, -1.0),
                "Weights that add up to 0, and a negative one among them, raise ValueError.",
                expect=Expect.VALUE_ERROR,
            ),
            Edge(
                "all weights 0",
                weights_of(0.0, 0.0, 0.0),
                "Weights that add up to 0 raise ValueError.",
                expect=Expect.VALUE_ERROR,
            ),
            Edge(
                "some weights 0",
                weights_of(0.0, 2.0, 0.0, 0.5),
                "A weight of 0 leaves its element out, and its slope is 0.",
            ),
            Edge(
                "a single element",
                weights_of(0.125),
                "The weight of a single element cancels.",
            ),
            Edge(
                "no error anywhere",
                weighted(exactly(0.0, 0.0, 0.0)),
                "The loss and its gradient are 0.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("numpy's average", AVERAGE),
            Variant("einsum over normalised weights", EINSUM),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve(
                "One error of weight 1 beside an error of 1 of weight 3",
                "y_pred - y_true",
                -3.0,
                3.0,
                lambda e: Case((np.zeros((1, 2)), np.array([[e, 1.0]]), np.array([[1.0, 3.0]]))),
            ),
        ),
        coarse=weighted(beside_an_outlier(1e6)),
    ),
)
