"""A plan while it is being written: calls in blocks, which the end shuffles."""

from collections.abc import Iterable, Mapping

import numpy as np

from grader.catalogue.task import Array, Case, Parameters, Shape, Task
from grader.families import Family
from grader.plan.check import Ask, Check, Plan
from grader.sandbox.call import Call

# The fields of a check, its calls still as handles.
_Row = tuple[Family, str, Ask, str, Case, tuple[int, ...], int, str]


class Draft:
    """Collects calls and checks for one task.

    Calls that must stay neighbours form a block. `finish` shuffles the blocks, so that neither the
    number nor the order of the calls tells a candidate's code what is being asked.
    """

    def __init__(self, task: Task, seed: int) -> None:
        self.task = task
        self.seed = seed
        # The slug's bytes are part of the seed: two tasks do not share their inputs.
        self.rng = np.random.default_rng([seed & (2**64 - 1), *task.slug.encode()])
        self._calls: list[Call] = []
        self._blocks: list[range] = []
        self._checks: list[_Row] = []
        self._named: dict[str, Case] = {}
        self._names: set[tuple[Family, str]] = set()
        self._repeated: list[int] = []

    @property
    def usual(self) -> Shape:
        """The shape that `sample` is mostly asked for."""
        return self.task.shapes[0]

    def sample(self, shape: Shape | None = None, parameters: Parameters | None = None) -> Case:
        """Draw ordinary inputs of `shape`, by default the usual one."""
        return self.task.draw(self.rng, shape or self.usual, parameters)

    def named(self, name: str, shape: Shape, parameters: Parameters) -> Case:
        """Draw ordinary inputs, or return those that were drawn for this name before.

        Values and gradients are asked at the same points: drawing inputs and computing truths is a
        good part of what grading costs.
        """
        if name not in self._named:
            self._named[name] = self.sample(shape, parameters)
        return self._named[name]

    def add(self, *calls: Call) -> tuple[int, ...]:
        """Add calls that stay neighbours, in this order; return their handles."""
        start = len(self._calls)
        self._calls += calls
        block = range(start, len(self._calls))
        self._blocks.append(block)
        return tuple(block)

    def repeat(self, handles: Iterable[int]) -> None:
        """Let a second child make these calls too."""
        self._repeated += handles

    def check(
        self,
        family: Family,
        name: str,
        ask: Ask,
        function: str,
        case: Case,
        calls: tuple[int, ...],
        part: int = 0,
        hint: str = "",
    ) -> None:
        """Add a check on calls that were added before."""
        if (family, name) in self._names:
            raise ValueError(f"{self.task.slug}: two checks are called {name!r}")
        self._names.add((family, name))
        self._checks.append((family, name, ask, function, case, calls, part, hint))

    def value(self, family: Family, name: str, case: Case, hint: str = "") -> tuple[int, ...]:
        """Ask for the reference's value at `case`; return the call's handle."""
        function = self.task.function
        calls = self.add(Call(function, case.arguments, case.parameters))
        self.check(family, f"{function}: {name}", Ask.VALUE, function, case, calls, hint=hint)
        return calls

    def gradient(self, family: Family, name: str, case: Case, hint: str = "") -> tuple[int, ...]:
        """Ask for the reference's gradient at `case`, with respect to each argument in turn."""
        if self.task.gradient is None:
            return ()
        calls = self.add(Call("grad", case.arguments, case.parameters))
        for part, argument in enumerate(self.task.differentiated):
            label = f"{self.grad_name(argument)}: {name}"
            self.check(family, label, Ask.GRADIENT, "grad", case, calls, part, hint)
        return calls

    def grad_name(self, argument: int) -> str:
        """How the checks call the gradient with respect to `argument`."""
        if len(self.task.differentiated) == 1:
            return "grad"
        return f"grad of {self.task.arguments[argument].name}"

    def each_function(self, family: Family, name: str, ask: Ask, case: Case, hint: str) -> None:
        """Ask the same of every function of the task."""
        for function in self.task.functions:
            calls = self.add(Call(function, case.arguments, case.parameters))
            self.check(family, f"{function}: {name}", ask, function, case, calls, hint=hint)

    def finish(self, *, shuffle: bool = True, sample: bool = False) -> Plan:
        """Return the plan, its untimed blocks in an order drawn from the seed."""
        order = self._order(shuffle)
        place = {handle: position for position, handle in enumerate(order)}
        rank = {family: number for number, family in enumerate(Family)}
        rows = sorted(self._checks, key=lambda row: rank[row[0]])
        return Plan(
            task=self.task.slug,
            seed=self.seed,
            calls=tuple(self._calls[handle] for handle in order),
            checks=tuple(_check(row, place) for row in rows),
            repeated=tuple(sorted((place[i] for i in self._repeated), reverse=True)),
            sample=sample,
        )

    def _order(self, shuffle: bool) -> list[int]:
        timed = [block for block in self._blocks if self._calls[block[0]].timed]
        blocks = [block for block in self._blocks if not self._calls[block[0]].timed]
        if shuffle:
            blocks = [blocks[i] for i in self.rng.permutation(len(blocks))]
        return [handle for block in blocks + timed for handle in block]


def _check(row: _Row, place: Mapping[int, int]) -> Check:
    family, name, ask, function, case, handles, part, hint = row
    calls = tuple([place[handle] for handle in handles])
    return Check(family, name, ask, function, case, calls, part, hint)


def with_floats(case: Case, task: Task, dtype: type[np.floating]) -> Case:
    """Return `case` with every argument that holds no labels as `dtype`."""
    pairs = zip(task.arguments, case.arguments, strict=True)
    with np.errstate(all="ignore"):
        return Case(
            tuple(array if arg.labels else array.astype(dtype) for arg, array in pairs),
            case.parameters,
        )


def replaced(case: Case, changes: Mapping[int, Array]) -> Case:
    """Return `case` with the arguments at some positions replaced."""
    arguments = tuple(changes.get(i, array) for i, array in enumerate(case.arguments))
    return Case(arguments, case.parameters)
