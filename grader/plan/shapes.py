"""Inputs whose shapes are wrong: agreements broken one at a time, and empty arrays."""

from collections.abc import Callable, Iterator

import numpy as np

from grader.catalogue.task import Argument, Array, Case, Task
from grader.plan.draft import replaced

Change = Callable[[Array], Array]


def axes(argument: Argument) -> list[str]:
    """Return the letters of an argument's axes; ["*"] where any shape goes."""
    return argument.shape.split()


def mismatched(task: Task, case: Case) -> Iterator[tuple[str, Case]]:
    """Yield a name and inputs for each agreement between two arguments, broken.

    A shape that would broadcast is among them, for that is the mistake that stays unseen.
    """
    for letter in dict.fromkeys(letter for arg in task.arguments for letter in axes(arg)):
        sharing = [i for i, arg in enumerate(task.arguments) if letter in axes(arg)]
        if len(sharing) < 2:
            continue
        for i in sharing[1:]:
            axis = axes(task.arguments[i]).index(letter)
            for change in _breaks(letter, axis, case.arguments[i]):
                wrong = change(case.arguments[i])
                yield _name(task, case, sharing[0], i, wrong), replaced(case, {i: wrong})


def _breaks(letter: str, axis: int, array: Array) -> Iterator[Change]:
    if letter == "*":
        yield lambda array: array[..., None]
    # One element along the axis broadcasts; one element less does not.
    if array.shape[axis] > 1:
        yield lambda array: np.take(array, [0], axis=axis)
    if array.shape[axis] > 2:
        yield lambda array: np.delete(array, -1, axis=axis)


def _name(task: Task, case: Case, first: int, second: int, wrong: Array) -> str:
    names = [argument.name for argument in task.arguments]
    shape = case.arguments[first].shape
    return f"{names[first]} of shape {shape} against {names[second]} of shape {wrong.shape}"


def emptied(task: Task, case: Case) -> Iterator[tuple[str, Case]]:
    """Yield a name and inputs without any sample: the first axis of the first argument is empty."""
    letter = axes(task.arguments[0])[0]
    changes = {
        i: np.take(case.arguments[i], [], axis=axes(argument).index(letter))
        for i, argument in enumerate(task.arguments)
        if letter in axes(argument)
    }
    yield "empty input", replaced(case, changes)
