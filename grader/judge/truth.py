"""What is right at a case: the reference's numbers, with the tolerance that holds there."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.catalogue.task import Array, Case, Task

VALUE_RTOL = 1e-7
GRADIENT_RTOL = 1e-6
ATOL = 1e-12  # times the largest magnitude of a term, or of an element of the gradient
SMALLEST = 1e-300
SINGLE_RTOL = 1e-4
SINGLE_ATOL = 1e-5  # stands to float32 as 1e-12 does to float64, with room for a sum


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Right numbers and how near to them an answer must be.

    Attributes:
        expected: a loss (0-d), scores (n,) or a gradient.
        rtol, atol: an answer may be off by atol + rtol * |expected|.
        tolerance: that, elementwise, and never quite 0.
        finite: no element of `expected` is infinite or NaN.
    """

    expected: Array
    rtol: float
    atol: float
    tolerance: Array
    finite: bool

    @classmethod
    def of(cls, expected: Array, rtol: float, atol: float) -> "Truth":
        """Return the truth `expected` with its tolerances, which are all finite or NaN."""
        tolerance = np.maximum(atol + rtol * np.abs(expected), SMALLEST)
        return cls(expected, rtol, atol, tolerance, bool(np.isfinite(expected).all()))


class Truths:
    """The truths of one task, each computed when it is first asked for.

    A truth is remembered for as long as this object lives, by the identity of its case: the
    caller keeps the cases alive, as a plan does. `shared` holds truths of cases that several plans
    have in common.
    """

    def __init__(self, task: Task, shared: "Truths | None" = None) -> None:
        self.task = task
        self._values: dict[int, Truth] = dict(shared._values) if shared else {}
        self._gradients: dict[int, tuple[Truth, ...]] = dict(shared._gradients) if shared else {}

    def value(self, case: Case) -> Truth:
        """Return the loss (0-d) or the scores (n,) at `case`."""
        truth = self._values.get(id(case))
        if truth is None:
            truth = self._values[id(case)] = self._value(case)
        return truth

    def gradient(self, case: Case) -> tuple[Truth, ...]:
        """Return the gradient at `case` with respect to each differentiated argument."""
        truths = self._gradients.get(id(case))
        if truths is None:
            truths = self._gradients[id(case)] = self._gradient(case)
        return truths

    def interval(self, case: Case, part: int) -> tuple[Array, Array] | None:
        """Return the lowest and the highest right gradient; None where there is one right one."""
        if self.task.subdifferential is None:
            return None
        arguments, parameters = self.inputs(case)
        return self.task.subdifferential(*arguments, **parameters)[part]

    def losses(self, case: Case, argument: int, elements: Array, values: Array) -> Array:
        """Return the reference's losses at copies of `case` with one element replaced in each."""
        arguments, parameters = self.inputs(case)
        losses = np.empty(len(elements))
        for j, (element, value) in enumerate(zip(elements, values, strict=True)):
            changed = arguments[argument].copy()
            changed.reshape(-1)[element] = value
            inputs = (*arguments[:argument], changed, *arguments[argument + 1 :])
            losses[j] = self.task.reference(*inputs, **parameters)
        return losses

    def inputs(self, case: Case) -> tuple[tuple[Array, ...], dict[str, Any]]:
        """Return the arguments in float64 and int64, and every parameter."""
        pairs = zip(self.task.arguments, case.arguments, strict=True)
        arguments = tuple(a.astype(np.int64 if arg.labels else np.float64) for arg, a in pairs)
        defaults = {parameter.name: parameter.default for parameter in self.task.parameters}
        return arguments, {**defaults, **case.parameters}

    def _value(self, case: Case) -> Truth:
        arguments, parameters = self.inputs(case)
        expected = np.asarray(self.task.reference(*arguments, **parameters), dtype=np.float64)
        terms = float(self.task.terms(*arguments, **parameters))
        rtol = VALUE_RTOL
        if self.task.value_rtol is not None:
            rtol = self.task.value_rtol(*arguments, **parameters)
        if is_single(case):
            return Truth.of(expected, max(rtol, SINGLE_RTOL), SINGLE_ATOL * terms)
        return Truth.of(expected, rtol, ATOL * terms)

    def _gradient(self, case: Case) -> tuple[Truth, ...]:
        if self.task.gradient is None:
            raise ValueError(f"{self.task.slug} has no gradient")
        arguments, parameters = self.inputs(case)
        arrays = self.task.gradient(*arguments, **parameters)
        largest = max(float(np.max(np.abs(array), initial=0.0)) for array in arrays)
        rtol, atol = (SINGLE_RTOL, SINGLE_ATOL) if is_single(case) else (GRADIENT_RTOL, ATOL)
        return tuple(Truth.of(np.asarray(array), rtol, atol * largest) for array in arrays)


def is_single(case: Case) -> bool:
    """Tell whether any argument is float32, so that only its digits can be asked for."""
    return any(array.dtype == np.float32 for array in case.arguments)
