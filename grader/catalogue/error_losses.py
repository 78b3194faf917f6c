"""What means over a function of the error share: what is known, what is hard, usual mistakes."""

from grader.catalogue import laws
from grader.catalogue.pairs import neglects, numeric_gradient
from grader.catalogue.regression import errors_of, exactly
from grader.catalogue.task import Edge, Extreme, Law, Misconception, patched
from grader.families import Family

BETWEEN_LARGE_VALUES = Extreme(
    "errors of 1e-4 between values of 1e6",
    errors_of(1e-4, values=1e6),
    "Subtract first and square the difference; an expanded square cancels.",
)
# Of losses that are squares near 0.
TINY = Extreme(
    "errors of 1e-140",
    errors_of(1e-140, values=1e-140),
    "Add no epsilon: the squares of tiny errors are still numbers.",
)
# Of squares everywhere.
LARGE = (
    Extreme(
        "errors of 1e150",
        errors_of(1e150),
        "Work in float64 and square nothing but the error: 1e300 still fits.",
    ),
    Extreme(
        "errors of 1e15",
        errors_of(1e15),
        "Square the error once and average: no intermediate may be larger than that.",
        float32=True,
    ),
)

# Of losses that are lines.
LINEAR = (
    Extreme(
        "errors of 1e300",
        errors_of(1e300),
        "The loss is linear: never square the error, not even for its absolute value.",
    ),
    Extreme(
        "errors of 1e30",
        errors_of(1e30),
        "The loss is linear: in float32 a square overflows beyond 1e19.",
        float32=True,
    ),
)

NO_ERROR = Edge("no error anywhere", exactly(0.0, 0.0), "The loss and its gradient are 0.")
CANCELLING = Edge(
    "errors that cancel", exactly(2.0, -2.0, 1.0, -1.0), "Errors of opposite sign do not cancel."
)


def branch_extremes(threshold: str) -> tuple[Extreme, Extreme]:
    """Errors whose square overflows, past the threshold of this name, where the loss is a line."""
    return (
        Extreme(
            "errors of 1e300",
            errors_of(1e300),
            "Keep the overflowed square out of the sum: choose with np.where, or square only the "
            f"part of the error within {threshold}.",
        ),
        Extreme(
            "errors of 1e30",
            errors_of(1e30),
            "Keep the overflowed square out of the sum: in float32 it overflows beyond 1e19.",
            float32=True,
        ),
    )


def error_laws(reference: laws.Reference, draw: laws.Draw) -> tuple[Law, ...]:
    """What holds for every even function of the error that is 0 at 0."""
    return (
        laws.zero("Without an error the loss is 0.", reference, exactly(0.0, 0.0, 0.0)),
        laws.unchanged("It is symmetric in truth and prediction.", reference, draw, laws.swapped()),
        laws.unchanged("A common shift changes nothing.", reference, draw, laws.shifted(0, 1)),
        laws.unchanged("The order does not matter.", reference, draw, laws.reordered(0, 1)),
    )


def mean_mistakes(
    source: str, slope: str, second: str = "y_pred", *, size: str = "e.size"
) -> tuple[Misconception, ...]:
    """Mistakes in a solution that averages by np.mean and returns `slope` / `size` as gradient.

    It opens with CHECK, and its last function is `grad`.
    """
    divided, rows = f"return {slope} / {size}", "len(y_true)"
    return (
        Misconception(
            "sum for mean",
            Family.VALUES,
            "It adds up the losses where their mean is asked.",
            patched(source, ("np.mean(", "np.sum("), (f" / {size}", "")),
        ),
        Misconception(
            "mean over rows only",
            Family.VALUES,
            "It divides by the number of rows where the mean is over all elements.",
            patched(source, ("np.mean(", f"1 / {rows} * np.sum("), (f" / {size}", f" / {rows}")),
        ),
        Misconception(
            "gradient not divided by n",
            Family.GRADIENTS,
            "Its gradient is that of the sum: the division by the number of elements is missing.",
            patched(source, (f" / {size}", "")),
        ),
        Misconception(
            "gradient of the wrong sign",
            Family.GRADIENTS,
            "Its gradient has the wrong sign: a step against it makes the loss larger.",
            patched(source, (divided, f"return -({slope}) / {size}")),
        ),
        numeric_gradient(source, second),
        *neglects(source, second),
    )


def data_mistakes(source: str) -> tuple[Misconception, ...]:
    """What a solution that averages by np.mean and names the error `e` in `grad` does to data."""
    return (
        Misconception(
            "NaN left out",
            Family.EDGE_CASES,
            "It leaves NaN out of the mean, which hides bad data.",
            patched(source, ("np.mean(", "np.nanmean(")),
        ),
        Misconception(
            "predictions changed",
            Family.EDGE_CASES,
            "It subtracts in place and so changes the caller's predictions.",
            patched(source, ("    e = y_pred - y_true", "    y_pred -= y_true\n    e = y_pred")),
        ),
    )
