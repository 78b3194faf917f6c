"""Gradients: against the reference, and against differences of the candidate's own loss."""

import numpy as np

from grader.catalogue.task import Array, Case
from grader.families import Family
from grader.plan.check import Ask
from grader.plan.draft import Draft
from grader.plan.values import parameter_settings
from grader.sandbox.call import Call, Probe

# The step that balances the truncation error O(h^2) of central differences against their
# rounding error O(eps / h). Source: Nocedal, Wright, Numerical Optimization (2006), section 8.1.
STEP = float(np.cbrt(np.finfo(float).eps))
# Elements that one check probes, over all differentiated arguments: every one of a small array.
PROBED = 24
WANTED = 16


def add_gradients(draft: Draft) -> None:
    """Add the checks of this family; nothing for a task without a gradient."""
    if draft.task.gradient is None:
        return
    settings = [entry for entry in parameter_settings(draft) if "default" not in entry[0]]
    shapes = draft.task.shapes
    rounds = max(2, -(-(WANTED - len(settings)) // len(shapes)))
    for number in range(1, rounds + 1):
        for shape in shapes:
            name = f"shape {shape}, draw {number}"
            draft.gradient(Family.GRADIENTS, name, draft.sample(shape))
    for name, parameters in settings:
        draft.gradient(Family.GRADIENTS, name, draft.sample(parameters=parameters))
    for shape in shapes:
        add_differences(draft, f"shape {shape}", draft.sample(shape))
    for name, parameters in settings[-2:]:
        add_differences(draft, name, draft.sample(parameters=parameters))


def add_differences(draft: Draft, name: str, case: Case, family: Family = Family.GRADIENTS) -> None:
    """Ask for the gradient at `case`, to be held against differences of the candidate's loss."""
    (gradient,) = draft.add(Call("grad", case.arguments, case.parameters))
    for part, argument in enumerate(draft.task.differentiated):
        most = PROBED // len(draft.task.differentiated)
        probe = central_probe(draft.rng, argument, case.arguments[argument], most)
        (losses,) = draft.add(
            Call(draft.task.function, case.arguments, case.parameters, probe=probe)
        )
        label = f"{draft.grad_name(argument)} against differences of loss: {name}"
        draft.check(family, label, Ask.DIFFERENCES, "grad", case, (gradient, losses), part)


def central_probe(rng: np.random.Generator, argument: int, array: Array, most: int) -> Probe:
    """Return a probe of at most `most` elements, all steps up first and then all steps down."""
    count = min(most, array.size)
    elements = np.sort(rng.choice(array.size, count, replace=False)).astype(np.intp)
    at = array.reshape(-1)[elements].astype(np.float64)
    step = STEP * np.maximum(1.0, np.abs(at))
    return Probe(
        argument, np.concatenate([elements, elements]), np.concatenate([at + step, at - step])
    )
