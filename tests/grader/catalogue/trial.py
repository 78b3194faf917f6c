"""Plans carried out in this process, for sources that are our own: no sandbox, no clock."""

import warnings

import numpy as np

from grader.judge import Evidence, Truths, conclude, examine
from grader.plan import make_plan
from grader.sandbox.outcome import Ending, NotRun, Outcome, Raised, Returned, Unusable


def functions_of(source):
    namespace = {"__name__": "submission"}
    exec(compile(source, "<catalogue>", "exec"), namespace)
    return namespace


def report_on(task, source, seed):
    """The report on everything but efficiency: timed calls are not made."""
    plan = make_plan(task, seed)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        results = run(source, plan.calls)
        again = run(source, [plan.calls[i] for i in plan.repeated])
    outcome = Outcome(Ending.FINISHED, "", tuple(results), "", 0.0, 0.0)
    second = dict(zip(plan.repeated, again, strict=True))
    evidence = Evidence(task, plan, Truths(task), outcome, second)
    return conclude(evidence, examine(evidence))


def run(source, calls):
    """The result of each call, in order, of one module that is loaded once."""
    functions, results, held = functions_of(source), [], None
    for call in calls:
        result, raw, arguments = answer(functions, call)
        if held is not None:
            results[-1] = held_result(results[-1], *held)
        held = (raw, arguments) if call.hold and isinstance(result, Returned) else None
        results.append(result)
    return results


def answer(functions, call):
    """The result of one call, the object returned, and the arguments that it was given."""
    if call.timed:
        return NotRun(), None, ()
    function, arguments = functions[call.function], [copied(array) for array in call.arguments]
    try:
        if call.probe is not None:
            raw = probed(function, arguments, call)
        else:
            raw = function(*arguments, **call.parameters)
    except Exception as error:
        bases = [cls.__name__ for cls in type(error).__mro__ if cls.__module__ == "builtins"]
        return Raised(tuple(bases), str(error)), None, ()
    values = plain(raw)
    if values is None:
        return Unusable(f"a {type(raw).__name__}"), None, ()
    echoed = tuple(array.copy() for array in arguments) if call.echo else None
    return Returned(values, form_of(raw), echoed), raw, arguments


def copied(array):
    """A copy of the same memory layout and writeability."""
    if not (array.flags.c_contiguous or array.flags.f_contiguous):
        copy = np.repeat(array, 2, axis=-1)[..., ::2]
    else:
        copy = array.copy(order="K")
    copy.flags.writeable = array.flags.writeable
    return copy


def probed(function, arguments, call):
    losses = []
    probe = call.probe
    for element, value in zip(probe.elements, probe.values, strict=True):
        copies = [array.copy() for array in arguments]
        copies[probe.argument].reshape(-1)[element] = value
        losses.append(float(function(*copies, **call.parameters)))
    return np.array(losses)


def held_result(result, raw, arguments):
    """The same result, read again after its arguments were overwritten."""
    for array in arguments:
        array[...] = 1
    return Returned(result.values, result.form, result.echoed, later=plain(raw))


def plain(raw):
    """Copies of the plain real numbers returned; None where it is something else."""
    parts = raw if isinstance(raw, tuple) else (raw,)
    if not all(type(part) in (int, float, np.ndarray, np.float64, np.float32) for part in parts):
        return None
    return tuple(np.array(part) for part in parts)


def form_of(raw):
    forms = {tuple: "tuple", np.ndarray: "array", int: "number", float: "number"}
    return forms.get(type(raw), "scalar")
