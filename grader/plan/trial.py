"""The calls on a candidate's own inputs: each function once, and their loss close around."""

import numpy as np

from grader.catalogue.task import Array, Case, Task
from grader.plan.gradients import probe_at
from grader.sandbox.call import Call

# Elements that are probed, over all differentiated arguments; each takes four losses.
PROBED = 120


def trial_calls(task: Task, case: Case) -> tuple[Call, ...]:
    """Return one call of each function of the task."""
    return tuple(Call(name, case.arguments, case.parameters) for name in task.functions)


def slope_calls(task: Task, case: Case) -> tuple[Call, ...]:
    """Return a probe of the loss for each differentiated argument; none for a task of scores.

    Floats go in as float64: single precision has too few digits for differences.
    """
    if task.gradient is None:
        return ()
    labels = [argument.labels for argument in task.arguments]
    precise = tuple(
        array if label else array.astype(np.float64)
        for label, array in zip(labels, case.arguments, strict=True)
    )
    return tuple(
        Call(
            task.function,
            precise,
            case.parameters,
            probe=probe_at(place, precise[place], probed(task, precise[place])),
        )
        for place in task.differentiated
    )


def probed(task: Task, array: Array) -> Array:
    """Return the flat indices that are probed: all, or as many as may be, evenly spread."""
    most = PROBED // len(task.differentiated)
    count = min(array.size, most)
    return np.arange(count) * array.size // max(count, 1)
