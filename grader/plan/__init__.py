"""From a task and a seed to the calls that are made; what they must return stays out of it."""

from functools import lru_cache

from grader.catalogue.task import Case, Task
from grader.families import Family
from grader.plan.check import Ask, Check, Plan
from grader.plan.draft import Draft
from grader.plan.edge_cases import EMPTY_HINT, SHAPES_HINT, add_edge_cases
from grader.plan.efficiency import add_efficiency
from grader.plan.gradients import add_differences, add_gradients
from grader.plan.shapes import emptied, mismatched
from grader.plan.stability import add_stability
from grader.plan.values import add_values, parameter_settings
from grader.sandbox.call import Call

__all__ = ["Ask", "Check", "Plan", "make_plan", "sample_plan"]


@lru_cache(maxsize=8)
def make_plan(task: Task, seed: int) -> Plan:
    """Return the plan of `task` for `seed`: the same two give the same plan, bit for bit."""
    draft = Draft(task, seed)
    add_values(draft)
    add_gradients(draft)
    add_stability(draft)
    add_edge_cases(draft)
    add_efficiency(draft)
    return draft.finish()


@lru_cache(maxsize=64)
def sample_plan(task: Task) -> Plan:
    """Return the few open checks of the Run button: always the same, and small enough to read."""
    draft = Draft(task, 0)
    for example in task.examples[:1]:
        draft.value(Family.VALUES, "the example of the task", example.case, example.working)
        if example.gradient is not None:
            draft.gradient(Family.GRADIENTS, "the example of the task", example.case)
    draft.value(Family.VALUES, "a small example", draft.sample())
    for name, parameters in list(parameter_settings(task))[1:2]:
        draft.value(Family.VALUES, name, draft.sample(parameters=parameters))
    if task.gradient is not None:
        case = draft.sample()
        add_differences(draft, "a small example", case, *draft.add(Call("grad", case.arguments)))
    for extreme in task.extremes[:1]:
        draft.value(Family.STABILITY, extreme.name, extreme.case(draft.rng), extreme.remedy)
    for name, case in list(mismatched(task, draft.sample()))[:1]:
        _refused(draft, name, case, SHAPES_HINT)
    for name, case in emptied(task, draft.sample()):
        _refused(draft, name, case, EMPTY_HINT)
    return draft.finish(shuffle=False, sample=True)


def _refused(draft: Draft, name: str, case: Case, hint: str) -> None:
    draft.each_function(Family.EDGE_CASES, name, Ask.VALUE_ERROR, case, hint)
