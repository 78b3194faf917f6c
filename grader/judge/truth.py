"""What is right at a case: the reference's numbers, with the tolerance that holds there."""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from grader.catalogue.task import Array, Case, Task
from grader.plan.check import Ask, Check
from grader.sandbox.call import Call, Probe

VALUE_RTOL = 1e-7
GRADIENT_RTOL = 1e-6
ATOL = 1e-12  # times the largest magnitude of a term, or of an element of the gradient
SMALLEST = 1e-300
SINGLE_RTOL = 1e-4
SINGLE_ATOL = 1e-5  # stands to float32 as 1e-12 does to float64, with room for a sum


class Truth:
    """Right numbers and how near to them an answer must be.

    Attributes:
        expected: a loss (0-d), scores (n,) or a gradient.
        finite: no element of `expected` is infinite or NaN.
        rtol: an answer may be off by atol + rtol * |expected|.
    """

    __slots__ = ("_atol", "_tolerance", "expected", "finite", "rtol")

    def __init__(
        self,
        expected: Array,
        rtol: float,
        atol: float | Callable[[], float],
        *,
        finite: bool,
    ) -> None:
        self.expected = expected
        self.rtol = rtol
        self.finite = finite
        self._atol = atol
        self._tolerance: Array | None = None

    @classmethod
    def of(cls, expected: Array, rtol: float, atol: float | Callable[[], float]) -> "Truth":
        """Return the truth `expected` with its tolerances, which are all finite or NaN."""
        return cls(expected, rtol, atol, finite=bool(np.isfinite(expected).all()))

    @property
    def atol(self) -> float:
        """Computed when it is asked for: the relative tolerance alone lets most answers pass."""
        if callable(self._atol):
            self._atol = self._atol()
        return self._atol

    @property
    def is_settled(self) -> bool:
        """Tell whether `atol` is known already."""
        return not callable(self._atol)

    @property
    def tolerance(self) -> Array:
        """The sum of both tolerances, elementwise, and never quite 0; made when it is needed."""
        if self._tolerance is None:
            tolerance = np.asarray(np.abs(self.expected))
            tolerance *= self.rtol
            tolerance += self.atol
            self._tolerance = np.maximum(tolerance, SMALLEST, out=tolerance)
        return self._tolerance


class Truths:
    """The truths of one task, each computed when it is first asked for.

    A truth is remembered for as long as this object lives, by the identity of its case or probe:
    the caller keeps these alive, as a plan does. `shared` holds truths of cases that several plans
    have in common.
    """

    def __init__(self, task: Task, shared: "Truths | None" = None) -> None:
        self.task = task
        self._defaults = {parameter.name: parameter.default for parameter in task.parameters}
        self._values: dict[int, Truth] = dict(shared._values) if shared else {}
        self._gradients: dict[int, tuple[Truth, ...]] = dict(shared._gradients) if shared else {}
        self._losses: dict[int, Array] = {}

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

    def prepare(self, checks: Iterable[Check]) -> Iterator[None]:
        """Compute the truths that these checks will ask for, one with each step."""
        checks = list(checks)
        if self.task.workshop is not None:
            self.task.workshop.prepare(list(self._calls(checks)))
        for check in checks:
            with np.errstate(all="ignore"):  # anew with each step: others compute in between
                if check.ask is Ask.VALUE:
                    self.value(check.case)
                elif check.ask in (Ask.GRADIENT, Ask.DIFFERENCES):
                    self.gradient(check.case)
            yield

    def _calls(self, checks: Iterable[Check]) -> Iterator[Call]:
        """The calls of the reference that `prepare` leads to."""
        for check in checks:
            arguments, parameters = self.inputs(check.case)
            if check.ask is Ask.VALUE:
                yield Call(self.task.function, arguments, parameters)
            elif check.ask in (Ask.GRADIENT, Ask.DIFFERENCES):
                yield Call("grad", arguments, parameters)

    def interval(self, case: Case, part: int) -> tuple[Array, Array] | None:
        """Return the lowest and the highest right gradient; None where there is one right one."""
        if self.task.subdifferential is None:
            return None
        arguments, parameters = self.inputs(case)
        return self.task.subdifferential(*arguments, **parameters)[part]

    def losses(self, case: Case, probe: Probe) -> Array:
        """Return the reference's losses at the copies of `case` that the probe asks for."""
        losses = self._losses.get(id(probe))
        if losses is None:
            losses = self._losses[id(probe)] = self._probed(case, probe)
        return losses

    def _probed(self, case: Case, probe: Probe) -> Array:
        arguments, parameters = self.inputs(case)
        losses = np.empty(len(probe.elements))
        for j, (element, value) in enumerate(zip(probe.elements, probe.values, strict=True)):
            changed = arguments[probe.argument].copy()
            changed.reshape(-1)[element] = value
            inputs = (*arguments[: probe.argument], changed, *arguments[probe.argument + 1 :])
            losses[j] = self.task.reference(*inputs, **parameters)
        return losses

    def inputs(self, case: Case) -> tuple[tuple[Array, ...], dict[str, Any]]:
        """Return the arguments in float64 and int64, and every parameter. Not for writing to."""
        pairs = zip(self.task.arguments, case.arguments, strict=True)
        arguments = tuple(
            [a.astype(np.int64 if arg.labels else np.float64, copy=False) for arg, a in pairs]
        )
        return arguments, {**self._defaults, **case.parameters}

    def _value(self, case: Case) -> Truth:
        arguments, parameters = self.inputs(case)
        expected = np.asarray(self.task.reference(*arguments, **parameters), dtype=np.float64)
        rtol, share = VALUE_RTOL, ATOL
        if self.task.value_rtol is not None:
            rtol = self.task.value_rtol(*arguments, **parameters)
        if is_single(case):
            rtol, share = max(rtol, SINGLE_RTOL), SINGLE_ATOL
        terms = self.task.terms
        return Truth.of(expected, rtol, lambda: share * float(terms(*arguments, **parameters)))

    def _gradient(self, case: Case) -> tuple[Truth, ...]:
        if self.task.gradient is None:
            raise ValueError(f"{self.task.slug} has no gradient")
        arguments, parameters = self.inputs(case)
        arrays = [np.asarray(array) for array in self.task.gradient(*arguments, **parameters)]
        tops = [float(np.abs(array).max(initial=0.0)) for array in arrays]
        rtol, atol = (SINGLE_RTOL, SINGLE_ATOL) if is_single(case) else (GRADIENT_RTOL, ATOL)
        atol *= max(tops)
        pairs = zip(arrays, tops, strict=True)
        return tuple([Truth(array, rtol, atol, finite=math.isfinite(top)) for array, top in pairs])


def is_single(case: Case) -> bool:
    """Tell whether any argument is float32, so that only its digits can be asked for."""
    return any(array.dtype == np.float32 for array in case.arguments)
