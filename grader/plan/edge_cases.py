"""Edge cases: the rules that hold for every task, then the row's own."""

from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np

from grader.catalogue.task import Array, Case, Edge, Expect, Shape, Task
from grader.families import Family
from grader.plan.check import Ask
from grader.plan.draft import Draft, replaced, with_floats
from grader.plan.shapes import emptied, mismatched, narrowed
from grader.sandbox.call import Call

EDGE = Family.EDGE_CASES
SHAPES_HINT = "Arguments whose shapes must agree and don't raise ValueError; they never broadcast."
EMPTY_HINT = "Empty input raises ValueError."
DRAWS = 16  # of a NaN, before a gradient is said to read an argument
NAN_HINT = "A NaN in the data gives a NaN result: bad data is not hidden."


def add_edge_cases(draft: Draft) -> None:
    """Add the checks of this family."""
    _add_shapes(draft)
    _add_parameters(draft)
    _add_nan(draft)
    _add_dtypes(draft)
    _add_layouts(draft)
    _add_manners(draft)
    for edge in draft.task.edges:
        _add_edge(draft, edge)


def _add_shapes(draft: Draft) -> None:
    for name, case in mismatched(draft.task, draft.sample()):
        draft.each_function(EDGE, name, Ask.VALUE_ERROR, case, SHAPES_HINT)
    for name, case in narrowed(draft.task, draft.sample(_of_axes(draft))):
        draft.each_function(EDGE, name, Ask.VALUE_ERROR, case, SHAPES_HINT)
    for name, case in emptied(draft.task, draft.sample()):
        draft.each_function(EDGE, name, Ask.VALUE_ERROR, case, EMPTY_HINT)


def _of_axes(draft: Draft) -> Shape:
    """Return the first shape of more than one axis, where there is one."""
    return next((shape for shape in draft.task.shapes if len(shape) > 1), draft.usual)


def _add_parameters(draft: Draft) -> None:
    for parameter in draft.task.parameters:
        for bad in parameter.invalid:
            case = draft.sample(parameters={parameter.name: bad})
            name = f"{parameter.name}={bad!r} is refused"
            hint = f"{parameter.name}={bad!r} is out of range and raises ValueError."
            draft.each_function(EDGE, name, Ask.VALUE_ERROR, case, hint)


def _add_nan(draft: Draft) -> None:
    for i, argument in enumerate(draft.task.arguments):
        if argument.labels or not argument.reads_nan:
            continue
        case = with_nan(draft.sample(), i, draft.rng)
        calls = draft.add(Call(draft.task.function, case.arguments))
        name = f"{draft.task.function}: a NaN in {argument.name}"
        draft.check(EDGE, name, Ask.NAN, draft.task.function, case, calls, hint=NAN_HINT)
        parts = parts_with_nan(draft.task, i)
        calls = draft.add(Call("grad", case.arguments)) if parts else ()
        for part in parts:
            name = f"{draft.grad_name(draft.task.differentiated[part])}: a NaN in {argument.name}"
            draft.check(EDGE, name, Ask.NAN, "grad", case, calls, part, NAN_HINT)


def with_nan(case: Case, argument: int, rng: np.random.Generator) -> Case:
    """Return `case` with a NaN somewhere in one argument."""
    array = case.arguments[argument].astype(np.float64)
    array.reshape(-1)[rng.integers(array.size)] = np.nan
    return replaced(case, {argument: array})


@lru_cache(maxsize=1024)
def parts_with_nan(task: Task, argument: int) -> tuple[int, ...]:
    """Return the parts of the gradient that read all of an argument: any NaN of it shows there."""
    if task.gradient is None or task.branches:
        return ()
    rng = np.random.default_rng(0)
    shows = np.ones(len(task.differentiated), bool)
    for _ in range(DRAWS):
        case = with_nan(task.draw(rng, task.shapes[0]), argument, rng)
        with np.errstate(all="ignore"):
            shows &= [np.isnan(slope).any() for slope in task.gradient(*case.arguments)]
    return tuple(np.flatnonzero(shows).tolist())


LABELS = (np.int8, np.uint8, np.int32)
INTEGERS = (np.int32, np.int64)


def _add_dtypes(draft: Draft) -> None:
    single = with_floats(draft.sample(), draft.task, np.float32)
    _value_and_gradient(draft, "float32 inputs", single, "float32 input works as float64 does.")
    for i, argument in enumerate(draft.task.arguments):
        if not (argument.labels or argument.integers):
            continue
        for dtype in LABELS if argument.labels else INTEGERS:
            case = draft.sample()
            if dtype is np.uint8 and case.arguments[i].min() < 0:
                continue
            case = replaced(case, {i: np.rint(case.arguments[i]).astype(dtype)})
            name = f"{argument.name} as {np.dtype(dtype).name}"
            hint = f"{argument.name} may hold integers of any width."
            _value_and_gradient(draft, name, case, hint)


def _strided(array: Array) -> Array:
    return np.repeat(array, 2, axis=-1)[..., ::2]


def _read_only(array: Array) -> Array:
    frozen = array.copy()
    frozen.flags.writeable = False
    return frozen


def _add_layouts(draft: Draft) -> None:
    layouts: dict[str, Callable[[Array], Array]] = {
        "strided": _strided,
        "read-only": _read_only,
        "Fortran-ordered": np.asfortranarray,
    }
    for name, change in layouts.items():
        case = draft.sample(_of_axes(draft))
        if name == "Fortran-ordered" and all(array.ndim < 2 for array in case.arguments):
            continue
        case = Case(tuple(change(array) for array in case.arguments))
        hint = f"{name.capitalize()} arrays are inputs like others."
        _value_and_gradient(draft, f"{name} inputs", case, hint)


def _add_manners(draft: Draft) -> None:
    """Inputs stay, results stay, and nothing depends on what was called before."""
    for function in draft.task.functions:
        case, other = draft.sample(), draft.sample()
        call = Call(function, case.arguments, echo=True, hold=True)
        # The next result has the same shape: a buffer that is used again would show.
        first, _ = draft.add(call, Call(function, other.arguments))
        again = draft.add(Call(function, case.arguments)) + draft.add(
            Call(function, case.arguments)
        )
        draft.repeat(again)
        rules = {
            Ask.UNCHANGED: ("leaves its arguments as they are", "Inputs are not modified."),
            Ask.KEPT: (
                "its result shares no memory with inputs or later results",
                "A result must be memory of its own.",
            ),
        }
        for ask, (name, hint) in rules.items():
            draft.check(EDGE, f"{function}: {name}", ask, function, case, (first,), hint=hint)
        name = f"{function}: the same inputs give the same result again"
        hint = "A result depends on the arguments alone, whatever was called before."
        draft.check(EDGE, name, Ask.REPEATABLE, function, case, (first, *again), hint=hint)


def _add_edge(draft: Draft, edge: Edge) -> None:
    case = edge.case(draft.rng)
    if edge.expect is Expect.VALUE:
        _value_and_gradient(draft, edge.name, case, edge.rule, gradient=edge.gradient)
        return
    ask = Ask(edge.expect.value)
    for function in _functions(draft, edge):
        calls = draft.add(Call(function, case.arguments, case.parameters))
        draft.check(EDGE, f"{function}: {edge.name}", ask, function, case, calls, hint=edge.rule)


def _functions(draft: Draft, edge: Edge) -> Iterator[str]:
    """Yield the functions that an edge asks: every one for a ValueError, the loss alone for NaN."""
    yield draft.task.function
    asks_gradient = edge.expect is Expect.VALUE_ERROR or (
        edge.gradient and edge.expect is Expect.FINITE
    )
    if draft.task.gradient is not None and asks_gradient:
        yield "grad"


def _value_and_gradient(
    draft: Draft, name: str, case: Case, hint: str, *, gradient: bool = True
) -> None:
    draft.value(EDGE, name, case, hint)
    if gradient:
        draft.gradient(EDGE, name, case, hint)
