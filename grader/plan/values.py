"""Values: several shapes, parameters at and off their defaults, both float widths."""

from collections.abc import Iterator

import numpy as np

from grader.catalogue.task import Parameters, Task
from grader.families import Family
from grader.plan.draft import Draft, with_floats

# A task with few parameters gets more draws, so that each check weighs about the same in any task.
WANTED = 28
WANTED_WITHOUT_GRADIENT = 40


def add_values(draft: Draft) -> None:
    """Add the checks of this family."""
    settings = list(parameter_settings(draft.task))
    shapes = draft.task.shapes
    wanted = WANTED if draft.task.gradient else WANTED_WITHOUT_GRADIENT
    rounds = max(2, -(-(wanted - 2 * len(settings)) // len(shapes)))
    for number in range(1, rounds + 1):
        for shape in shapes:
            name = f"shape {shape}, draw {number}"
            draft.value(Family.VALUES, name, draft.named(name, shape, {}))
    for name, parameters in settings:
        draft.value(Family.VALUES, name, draft.named(name, draft.usual, parameters))
        # An ignored parameter is a wrong formula: one check of it would weigh too little.
        other = draft.sample(shapes[-1], parameters)
        draft.value(Family.VALUES, f"{name}, shape {shapes[-1]}", other)
    single = with_floats(draft.sample(), draft.task, np.float32)
    draft.value(Family.VALUES, "float32 inputs", single)


def parameter_settings(task: Task) -> Iterator[tuple[str, Parameters]]:
    """Yield a name and keyword arguments for each setting of the parameters worth a check."""
    parameters = task.parameters
    for parameter in parameters:
        yield f"{parameter.name} given its default", {parameter.name: parameter.default}
        for other in parameter.others:
            yield f"{parameter.name}={other!r}", {parameter.name: other}
    picks = {p.name: p.others[-1] for p in parameters if p.others}
    if len(picks) > 1:
        yield "every parameter off its default", picks
