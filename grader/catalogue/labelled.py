"""What rows on integer labels (n,) and rows of numbers (n, k) share."""

from collections.abc import Callable

import numpy as np

from grader.catalogue.task import (
    Argument,
    Array,
    Case,
    Curve,
    Edge,
    Expect,
    Misconception,
    Shape,
    patched,
)
from grader.families import Family

Sample = Callable[[np.random.Generator, Shape], tuple[Array, ...]]
Draw = Callable[[np.random.Generator], Case]

SHAPES = ((5, 4), (1, 3), (2, 2), (4, 4))

RULES = (
    "The loss is one number; grad returns its derivative with respect to {second}, a new array of "
    "shape (n, k).",
    "labels (n,) and {second} (n, k) have the same n; anything else raises ValueError, labels of "
    "shape (n, 1) included.",
    "Empty input raises ValueError.",
    "A label below 0 or above k - 1 raises ValueError; labels are integers of any width.",
    "{second} may be float32, strided, Fortran-ordered or read-only; no array is modified.",
)
NAN_RULE = (
    "A NaN among the {second} makes the loss NaN, and shows in grad where the slope depends on "
    "that number."
)

# How solutions of these rows open.
CHECK = """\
import numpy as np


def _check(labels, logits):
    if logits.ndim != 2 or labels.shape != logits.shape[:1]:
        raise ValueError("labels must be (n,) and logits (n, k)")
    if logits.size == 0:
        raise ValueError("there is nothing to average")
    if labels.min() < 0 or labels.max() >= logits.shape[1]:
        raise ValueError("labels must be in 0..k-1")
"""

LOG_SOFTMAX = """\


def _log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
"""


def arguments(second: str = "logits", *, reads_nan: bool = True) -> tuple[Argument, Argument]:
    """The labels, and the array that is differentiated."""
    return (
        Argument("labels", "n", labels=True),
        Argument(second, "n k", differentiate=True, reads_nan=reads_nan),
    )


def rules(second: str = "logits", *, reads_nan: bool = True) -> tuple[str, ...]:
    """The rules that hold for every such row, for its second argument's name."""
    texts = (*RULES, NAN_RULE) if reads_nan else RULES
    return tuple(text.format(second=second) for text in texts)


def replaced(
    sample: Sample, shape: Shape, change: Callable[[Array], Array], position: int = 0
) -> Draw:
    """Return a draw of ordinary inputs whose labels, the argument at `position`, are changed so."""

    def case(rng: np.random.Generator) -> Case:
        arguments = list(sample(rng, shape))
        arguments[position] = change(arguments[position])
        return Case(tuple(arguments))

    return case


def _last(label: int) -> Callable[[Array], Array]:
    return lambda labels: np.append(labels[:-1], label)


def label_edges(sample: Sample, position: int = 0) -> tuple[Edge, ...]:
    """Labels that every such row refuses, at a position among inputs that `sample` draws."""
    return (
        Edge(
            "label equal to k",
            replaced(sample, (5, 4), _last(4), position),
            "Labels run from 0 to k - 1: a label of k raises ValueError.",
            Expect.VALUE_ERROR,
        ),
        Edge(
            "negative label",
            replaced(sample, (5, 4), _last(-1), position),
            "A negative label raises ValueError: it must not count from the end of the row.",
            Expect.VALUE_ERROR,
        ),
        Edge(
            "labels in a column",
            replaced(sample, (4, 4), lambda labels: labels[:, None], position),
            "Labels of shape (n, 1) raise ValueError: they must not broadcast.",
            Expect.VALUE_ERROR,
        ),
    )


def neglects(source: str, second: str = "logits") -> tuple[Misconception, ...]:
    """Mistakes in the checks of a solution that opens with CHECK, for its second argument."""
    return (
        Misconception(
            "negative labels accepted",
            Family.EDGE_CASES,
            "It looks for labels that are too large alone: a negative one silently counts from "
            "the end of the row.",
            patched(source, ("labels.min() < 0 or ", "")),
        ),
        Misconception(
            "labels of any shape",
            Family.EDGE_CASES,
            "It does not check that there is one label per row, so labels in a column broadcast.",
            patched(source, (f"{second}.ndim != 2 or labels.shape != {second}.shape[:1]", "False")),
        ),
    )


def softmax_mistakes(source: str) -> tuple[Misconception, ...]:
    """Mistakes in the log-softmax of a solution that holds LOG_SOFTMAX."""
    shift = "logits.max(axis=1, keepdims=True)"
    return (
        Misconception(
            "softmax over the samples",
            Family.VALUES,
            "It normalises down the columns, over the samples, where each row's classes must add "
            "up to 1.",
            patched(source, (LOG_SOFTMAX, LOG_SOFTMAX.replace("axis=1", "axis=0"))),
        ),
        Misconception(
            "no shift before exp",
            Family.STABILITY,
            "It takes exp of the raw logits, which overflows for large ones: subtract each row's "
            "largest logit first.",
            patched(source, (LOG_SOFTMAX, LOG_SOFTMAX.replace(f"logits - {shift}", "logits"))),
        ),
        Misconception(
            "one shift for all rows",
            Family.STABILITY,
            "It subtracts the largest logit of the whole array instead of each row's, so rows far "
            "below it underflow.",
            patched(source, (LOG_SOFTMAX, LOG_SOFTMAX.replace(shift, "logits.max()"))),
        ),
    )


def mean_mistakes(source: str) -> tuple[Misconception, ...]:
    """Mistakes in the mean, for a solution with one np.mean and `result / len(labels)` in grad."""
    return (
        Misconception(
            "sum for mean",
            Family.VALUES,
            "It adds up the losses of the rows where their mean is asked.",
            patched(source, ("np.mean(", "np.sum("), ("result / len(labels)", "result")),
        ),
        Misconception(
            "gradient without 1/n",
            Family.GRADIENTS,
            "Its gradient is of the sum of the rows: the 1/n of the mean is missing.",
            patched(source, ("result / len(labels)", "result")),
        ),
        Misconception(
            "gradient sign",
            Family.GRADIENTS,
            "Its gradient has the wrong sign, so that training would increase the loss.",
            patched(source, ("return result", "return -result")),
        ),
        Misconception(
            "NaN skipped",
            Family.EDGE_CASES,
            "It averages with nanmean, so that a row of bad data vanishes from the result.",
            patched(source, ("np.mean(", "np.nanmean(")),
        ),
    )


def right_logit(held: str = "", *more: Array) -> Curve:
    """Return the picture of the right class's logit beside two others at 0.

    Args:
        held: what is held fixed besides, for the title: ", gamma = 2".
        more: arguments after labels and logits.
    """
    label = np.zeros(1, np.int64)
    return Curve(
        f"The right class's logit, two others at 0{held}",
        "logit",
        -6.0,
        6.0,
        lambda z: Case((label, np.array([[z, 0.0, 0.0]]), *more)),
    )
