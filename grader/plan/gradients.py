"""Gradients: against the reference, and against differences of the candidate's own loss."""

import numpy as np

from grader.catalogue.task import Array, Case, Parameters, Shape
from grader.families import Family
from grader.plan.check import Ask
from grader.plan.draft import Draft
from grader.plan.values import parameter_settings
from grader.sandbox.call import Call, Probe

# Fourth-order central differences balance a truncation error of O(h^4) against a rounding error of
# O(eps / h); the optimum, eps^(1/5), would reach farther towards kinks and the domain's ends.
# Source: Fornberg, Generation of Finite Difference Formulas (1988), table 1.
STEP = float(np.finfo(float).eps ** 0.25)
STENCIL = np.array([1.0, -1.0, 2.0, -2.0])  # in steps, in the order of a probe
# Elements that one check probes, over all differentiated arguments: every one of a small array.
PROBED = 24
WANTED = 20
POINTS = 5  # of each shape, for one differentiated argument
COARSE = "where differences of the loss are rounded away"


def add_gradients(draft: Draft) -> None:
    """Add the checks of this family; nothing for a task without a gradient."""
    if draft.task.gradient is None:
        return
    settings = [entry for entry in parameter_settings(draft.task) if "default" not in entry[0]]
    shapes = draft.task.shapes
    rounds = max(2, -(-(WANTED - len(settings)) // len(shapes)))
    # Several arguments make several checks of one point.
    points = POINTS // len(draft.task.differentiated)
    for number in range(1, rounds + 1):
        for shape in shapes:
            _add_point(draft, f"shape {shape}, draw {number}", shape, {}, number <= points)
    for name, parameters in settings:
        _add_point(draft, name, draft.usual, parameters, True)
    if draft.task.coarse is not None:
        draft.gradient(Family.GRADIENTS, COARSE, draft.task.coarse(draft.rng))


def _add_point(
    draft: Draft, name: str, shape: Shape, parameters: Parameters, differences: bool
) -> None:
    case = draft.named(name, shape, parameters)
    (gradient,) = draft.gradient(Family.GRADIENTS, name, case)
    if differences:
        add_differences(draft, name, case, gradient)


def add_differences(draft: Draft, name: str, case: Case, gradient: int) -> None:
    """Ask that the gradient of an earlier call agrees with differences of the candidate's loss."""
    for part, argument in enumerate(draft.task.differentiated):
        most = PROBED // len(draft.task.differentiated)
        probe = central_probe(draft.rng, argument, case.arguments[argument], most)
        call = Call(draft.task.function, case.arguments, case.parameters, probe=probe)
        calls = (gradient, *draft.add(call))
        label = f"{draft.grad_name(argument)} against differences of loss: {name}"
        draft.check(Family.GRADIENTS, label, Ask.DIFFERENCES, "grad", case, calls, part)


def central_probe(rng: np.random.Generator, argument: int, array: Array, most: int) -> Probe:
    """Return a probe of at most `most` elements: all of them at +h, then at -h, +2h and -2h."""
    elements = np.arange(array.size)
    if array.size > most:
        elements = np.sort(rng.choice(array.size, most, replace=False))
    return probe_at(argument, array, elements)


def probe_at(argument: int, array: Array, elements: Array) -> Probe:
    """Return the probe of these elements (flat indices)."""
    at = array.reshape(-1)[elements].astype(np.float64)
    values = at + STENCIL[:, None] * (STEP * np.maximum(1.0, np.abs(at)))
    return Probe(argument, np.concatenate([elements] * len(STENCIL)), values.reshape(-1))


def central_differences(values: Array, losses: Array) -> Array:
    """Return the derivatives from the values of a `central_probe` and the losses there.

        f'(x) = (8 (f(x+h) - f(x-h)) - (f(x+2h) - f(x-2h))) / 12h

    The widths are those of the points that were really used, which rounding has moved.
    """
    x, f = values.reshape(len(STENCIL), -1), losses.reshape(len(STENCIL), -1)
    near, far = (f[0] - f[1]) / (x[0] - x[1]), (f[2] - f[3]) / (x[2] - x[3])
    return np.asarray((4 * near - far) / 3)
