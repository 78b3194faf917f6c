"""The audit of an own task: what must be clean before candidates may meet it."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from grader.audit import Audit, audit_task
from grader.catalogue.task import Case, Example, Task
from grader.judge.gradients import NUMERIC_ATOL, NUMERIC_RTOL
from grader.own.definition import Definition
from grader.own.task import own_task
from grader.own.workshop import BrokenTask
from grader.plan.gradients import central_differences, central_probe
from grader.sandbox import Sandbox
from grader.sandbox.call import Call
from grader.sandbox.outcome import Returned

RTOL = 1e-9
MOST_ELEMENTS = 12


def audit_own(
    definition: Definition,
    seeds: Iterable[int],
    sandbox: Sandbox,
    workshop: Callable[[], Sandbox],
) -> Audit:
    """Audit a definition that keeps to the schema and has no faults. Raises SandboxFault.

    The reference's gradient must agree with differences of its loss, and the examples must be what
    it gives. It is itself graded as a submission, for it must keep the rules on shapes, empty
    arrays and NaN that hold for every task; misconceptions, variants and starter as for any task.
    """
    task, seeds = own_task(definition, workshop), list(seeds)
    try:
        wrong = [*wrong_examples(task), *wrong_gradients(task, definition["module"], seeds)]
        audit = audit_task(task, seeds, sandbox)
    except BrokenTask as broken:
        return Audit(task.slug, faults=[str(broken)])
    audit.faults[:0] = wrong
    return audit


def wrong_gradients(task: Task, module: str, seeds: Iterable[int]) -> Iterator[str]:
    """Yield a sentence for each draw at which differences of the loss are not the gradient."""
    for seed in seeds:
        rng = np.random.default_rng(seed)
        for shape in task.shapes:
            case = task.draw(rng, shape)
            for part, argument in enumerate(task.differentiated):
                worst = _worst_element(task, module, case, part, argument, rng)
                if worst is not None:
                    name = task.arguments[argument].name
                    yield f"seed {seed}, shape {shape}: the gradient by {name} at {worst}"


def _worst_element(
    task: Task, module: str, case: Case, part: int, argument: int, rng: np.random.Generator
) -> str | None:
    """Return the first element that differs and both its numbers; None where all agree."""
    if task.gradient is None or task.workshop is None:
        return None
    gradient = task.gradient(*case.arguments, **case.parameters)[part]
    if gradient.shape != case.arguments[argument].shape:
        return f"all: its shape is {gradient.shape}, not {case.arguments[argument].shape}"
    probe = central_probe(rng, argument, case.arguments[argument], MOST_ELEMENTS)
    call = Call("loss", case.arguments, case.parameters, probe=probe)
    (result,) = task.workshop.rehearse(module, [call])
    if not isinstance(result, Returned):
        return "all: its loss fails beside a drawn point"
    numeric = central_differences(probe.values, result.values[0])
    elements = probe.elements[: len(numeric)]
    claimed = gradient.reshape(-1)[elements]
    room = NUMERIC_RTOL * np.abs(claimed) + NUMERIC_ATOL * np.max(np.abs(gradient), initial=0.0)
    wrong = np.flatnonzero(~(np.abs(numeric - claimed) <= room))
    if not wrong.size:
        return None
    first = wrong[0]
    index = tuple(int(i) for i in np.unravel_index(elements[first], gradient.shape))
    return f"{index} is {claimed[first]:.7g}, and differences of the loss give {numeric[first]:.7g}"


def wrong_examples(task: Task) -> Iterator[str]:
    """Yield a sentence for each example whose numbers the reference does not give."""
    defaults = {parameter.name: parameter.default for parameter in task.parameters}
    for i, example in enumerate(task.examples):
        case = Case(example.case.arguments, {**defaults, **example.case.parameters})
        value = task.reference(*case.arguments, **case.parameters)
        if not np.isclose(value, example.value, rtol=RTOL, atol=RTOL):
            yield f"example {i + 1} says {example.value!r}, and the reference gives {value!r}"
        if example.gradient is not None and not _same_gradient(task, case, example):
            yield f"example {i + 1}: its gradient is not the reference's"


def _same_gradient(task: Task, case: Case, example: Example) -> bool:
    if task.gradient is None or example.gradient is None:
        return True
    parts = task.gradient(*case.arguments, **case.parameters)
    expected = [np.asarray(part, dtype=np.float64) for part in example.gradient]
    return len(parts) == len(expected) and all(
        a.shape == b.shape and np.allclose(a, b, rtol=RTOL, atol=RTOL)
        for a, b in zip(parts, expected, strict=True)
    )
