"""Inputs whose shapes are wrong: agreements broken one at a time, and empty arrays."""

from collections.abc import Callable, Iterator

import numpy as np

from grader.catalogue.task import Argument, Array, Case, Task
from grader.plan.draft import replaced

Change = Callable[[Array], Array]


def axes(argument: Argument) -> list[str]:
    """Return the tokens of an argument's axes: letters, sizes, and "*" for any that are left."""
    return argument.shape.split()


def mismatched(task: Task, case: Case) -> Iterator[tuple[str, Case]]:
    """Yield a name and inputs for each agreement on an axis, broken.

    A shape that would broadcast is among them, for that is the mistake that stays unseen.
    """
    for token in dict.fromkeys(token for arg in task.arguments for token in axes(arg)):
        places = [
            (i, axis)
            for i, arg in enumerate(task.arguments)
            for axis, other in enumerate(axes(arg))
            if other == token
        ]
        # A size is wrong on its own; a letter only next to another that says otherwise. Of two
        # that disagree either may be the wrong one; of three the first may be the only one.
        first_alone = places[:1] if len({i for i, _ in places}) > 2 else []
        for i, axis in places if token.isdigit() else places[1:] + first_alone:
            for change in _breaks(token, axis, case.arguments[i]):
                wrong = change(case.arguments[i])
                yield _name(task, case, places[0][0], i, wrong), replaced(case, {i: wrong})
    yield from _single_rows(task, case)
    yield from _fewer_together(task, case)


def narrowed(task: Task, case: Case) -> Iterator[tuple[str, Case]]:
    """Yield a name and inputs for each array of which the last axis alone is wrong, and broadcasts.

    That is for arguments of any shape: neither their lengths nor their numbers of axes tell.
    """
    for token in dict.fromkeys(arg.shape for arg in task.arguments if arg.shape.startswith("*")):
        places = [i for i, arg in enumerate(task.arguments) if arg.shape == token]
        first_alone = places[:1] if len(places) > 2 else []
        for i in places[1:] + first_alone:
            array = case.arguments[i]
            if array.ndim > 1 and array.shape[-1] > 1:
                wrong = array[..., :1]
                yield _name(task, case, places[0], i, wrong), replaced(case, {i: wrong})


def _single_rows(task: Task, case: Case) -> Iterator[tuple[str, Case]]:
    """Yield a name and inputs for each argument of rows that comes as one row among others."""
    for i, argument in enumerate(task.arguments):
        others = {t for arg in task.arguments if arg is not argument for t in axes(arg)}
        fixed = len(axes(argument)) > 1 and not any(t.startswith("*") for t in axes(argument))
        if fixed and others & set(axes(argument)):
            row = case.arguments[i][0]
            yield f"{argument.name} of shape {row.shape}, a single row", replaced(case, {i: row})


def _fewer_together(task: Task, case: Case) -> Iterator[tuple[str, Case]]:
    """Yield a name and inputs for arguments of one shape that are fewer than all the others.

    Such arguments still agree among themselves, and so do the others.
    """
    for shape in dict.fromkeys(argument.shape for argument in task.arguments):
        inside = [i for i, arg in enumerate(task.arguments) if arg.shape == shape]
        first = shape.split()[0]
        outside = [
            i for i, arg in enumerate(task.arguments) if i not in inside and first in axes(arg)
        ]
        if len(inside) < 2 or len(outside) < 2:
            continue
        names = " and ".join(task.arguments[i].name for i in inside)
        size, other = len(case.arguments[inside[0]]), task.arguments[outside[0]].name
        for count in dict.fromkeys((1, size - 1)):
            if 0 < count < size:
                fewer = {i: case.arguments[i][:count] for i in inside}
                yield f"{names} of {count} against {other} of {size}", replaced(case, fewer)


def _breaks(token: str, axis: int, array: Array) -> Iterator[Change]:
    if token.startswith("*"):
        yield lambda array: array[..., None]
    if axis >= array.ndim:
        return
    # One element along the axis broadcasts; one element less does not.
    if array.shape[axis] > 1:
        yield lambda array: np.take(array, [0], axis=axis)
    if array.shape[axis] > 2:
        yield lambda array: np.delete(array, -1, axis=axis)


def _name(task: Task, case: Case, first: int, second: int, wrong: Array) -> str:
    names = [argument.name for argument in task.arguments]
    if first == second:
        return f"{names[second]} of shape {wrong.shape}"
    shape = case.arguments[first].shape
    return f"{names[first]} of shape {shape} against {names[second]} of shape {wrong.shape}"


def emptied(task: Task, case: Case) -> Iterator[tuple[str, Case]]:
    """Yield a name and inputs for each first axis, with nothing along it."""
    tokens = dict.fromkeys(axes(argument)[0] for argument in task.arguments)
    for number, token in enumerate(tokens):
        changes = {
            i: _without(
                case.arguments[i], [a for a, other in enumerate(axes(arg)) if other == token]
            )
            for i, arg in enumerate(task.arguments)
            if token in axes(arg)
        }
        first = task.arguments[min(changes)].name
        yield f"empty {first}" if number else "empty input", replaced(case, changes)


def _without(array: Array, along: list[int]) -> Array:
    for axis in along:
        array = np.take(array, [], axis=axis)
    return array
