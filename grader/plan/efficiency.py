"""Efficiency: calls on large arrays, last of all, whose CPU time is read from outside."""

from functools import lru_cache

import numpy as np

from grader.catalogue.task import Case, Task
from grader.families import Family
from grader.plan.check import Ask
from grader.plan.draft import Draft
from grader.sandbox.call import Call


@lru_cache(maxsize=3)
def large_case(task: Task) -> Case:
    """Return the large inputs of `task`: the same ones for every seed.

    They are by far the biggest arrays of a plan. Sharing them keeps a worker's memory small, and
    the yardstick's time is measured on exactly these.
    """
    return Case(task.sample(np.random.default_rng([*task.slug.encode()]), task.large))


def add_efficiency(draft: Draft) -> None:
    """Add the checks of this family."""
    case = large_case(draft.task)
    functions = draft.task.functions
    calls = [Call(function, case.arguments, timed=True) for function in functions]
    for function, handle in zip(functions, draft.add(*calls), strict=True):
        name = f"{function}: CPU time at shape {draft.task.large}"
        draft.check(Family.EFFICIENCY, name, Ask.FAST, function, case, (handle,))
