"""What rows on two arrays of one shape share: the signature, the checks, the usual neglect."""

from grader.catalogue.task import Misconception, patched
from grader.families import Family

SHAPES = ((16,), (1,), (5, 3), (2, 3, 4))

RULES = (
    "The loss is one number; grad returns its derivative with respect to {second}, a new array of "
    "the same shape.",
    "y_true and {second} have the same shape, whatever it is; different shapes raise ValueError "
    "and never broadcast.",
    "Empty input raises ValueError.",
    "A NaN in either array makes the loss NaN, and shows in grad where the slope depends on that "
    "number.",
    "y_true may hold integers, and either array may be float32, strided or read-only; neither is "
    "modified.",
)

# How solutions of these rows open. `_check` is on its own so that a mistake in it stands out.
CHECK = """\
import numpy as np


def _check(y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError("y_true and y_pred must have the same shape")
    if y_pred.size == 0:
        raise ValueError("there is nothing to average")
"""


def rules(second: str = "y_pred") -> tuple[str, ...]:
    """The rules that hold for every such row, for its second argument's name."""
    return tuple(rule.format(second=second) for rule in RULES)


DIFFERENCES = """\
def grad({signature}):
    loss({names})
    h = 1e-5
    result = np.zeros({second}.shape)
    # More would take longer than anybody waits.
    for index in list(np.ndindex({second}.shape))[:100]:
        up, down = {second}.astype(float), {second}.astype(float)
        up[index] += h
        down[index] -= h
        result[index] = (loss({ahead}) - loss({behind})) / (2 * h)
    return result
"""


def numeric_gradient(source: str, second: str = "y_pred") -> Misconception:
    """The gradient as differences of the loss, in a solution whose last function is `grad`."""
    before, _, after = source.partition("def grad(")
    signature, _, _ = after.partition(")")
    names = [part.partition("=")[0].strip() for part in signature.split(",")]
    ahead, behind = (
        ", ".join(moved if name == second else name for name in names) for moved in ("up", "down")
    )
    return Misconception(
        "numeric gradient",
        Family.GRADIENTS,
        "Its gradient is made of differences of the loss, which are rounded away where the loss "
        "is large: a derivative is asked.",
        before
        + DIFFERENCES.format(
            signature=signature,
            names=", ".join(names),
            second=second,
            ahead=ahead,
            behind=behind,
        ),
    )


def neglects(source: str, second: str = "y_pred") -> tuple[Misconception, ...]:
    """Two mistakes in the checks of a solution that opens with CHECK, for its second argument."""
    return (
        Misconception(
            "shapes broadcast",
            Family.EDGE_CASES,
            "It lets NumPy broadcast arrays of different shapes where it must raise ValueError.",
            patched(source, (f"if y_true.shape != {second}.shape:", "if y_true.ndim < 0:")),
        ),
        Misconception(
            "empty input accepted",
            Family.EDGE_CASES,
            "It averages over no elements where it must raise ValueError.",
            patched(source, (f"if {second}.size == 0:", f"if {second}.ndim < 0:")),
        ),
    )
