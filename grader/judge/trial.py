"""What a candidate's code did on inputs of their own: their numbers, and no right ones.

The reference is not asked here: whoever chooses the inputs would have it work the task for them.
"""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.catalogue.task import Array, Case, Task
from grader.judge import wording
from grader.judge.evidence import exception_name
from grader.judge.slopes import gradient_preview
from grader.plan.trial import probed
from grader.sandbox.call import Call
from grader.sandbox.outcome import Ending, Outcome, Raised, Result, Returned, Unusable

NUMBERS_SHOWN = 12
WARNINGS_SHOWN = 20
# As Python prints one; the second line is that of a module which can be read in the sandbox.
WARNING = re.compile(
    r"^(?P<file>[^\n:]{0,200}\.py):(?P<line>\d{1,6}): (?P<kind>\w{1,60}): (?P<text>[^\n]*)\n?"
    r"(?P<code>(?<!submission\.py)  [^\n]*\n)?",
    re.MULTILINE,
)


def trial_report(
    task: Task, case: Case, outcome: Outcome, slopes: Outcome | None, probes: Sequence[Call]
) -> dict[str, Any]:
    """Return the part `own` of a report as plain data for JSON.

        {"call", "loss": {"function", "returned", "trouble", "line"}, "grad": [PREVIEW, ...],
         "warnings": [{"line", "text"}, ...], "printed", "error"}

    where PREVIEW is that of `gradient_preview`, one a differentiated argument.

    Args:
        outcome: of `trial_calls`.
        slopes: of `probes`, those of `slope_calls`; None where they were not made.
    """
    warnings, printed = apart(outcome.stdout)
    return {
        "call": _call(task, case),
        "loss": _value(task, outcome),
        "grad": _previews(task, case, outcome, slopes, probes),
        "warnings": warnings,
        "printed": printed,
        "error": _error(outcome),
    }


def _call(task: Task, case: Case) -> str:
    names = [argument.name for argument in task.arguments]
    return wording.call(task.function, names, case)


def _error(outcome: Outcome) -> dict[str, str] | None:
    if outcome.ending is Ending.FINISHED:
        return None
    return {"kind": outcome.ending.value, "detail": outcome.detail}


def _value(task: Task, outcome: Outcome) -> dict[str, Any]:
    result, function = outcome.results[0], task.function
    entry = {"function": function, "returned": _returned(result)}
    return entry | _trouble(function, result, _misfit(function, result))


def _returned(result: Result) -> str:
    if not isinstance(result, Returned):
        return ""
    return ", ".join(_shown(values) for values in result.values)


def _shown(values: Array) -> str:
    """Every digit of a number, and few of many numbers."""
    if values.ndim == 0:
        return repr(float(values) if values.dtype.kind == "f" else int(values))
    first = ", ".join(f"{x:.8g}" for x in values.reshape(-1)[:NUMBERS_SHOWN].tolist())
    return f"shape {values.shape}: {first}{', ...' if values.size > NUMBERS_SHOWN else ''}"


def _misfit(function: str, result: Result) -> str:
    if not isinstance(result, Returned):
        return ""
    if result.form == "tuple":
        return f"`{function}` returned a tuple where one result is asked."
    if function == "loss" and result.values[0].ndim:
        shape = result.values[0].shape
        return f"`loss` returned an array of shape {shape}; one number is asked."
    return ""


def _trouble(function: str, result: Result, misfit: str) -> dict[str, Any]:
    """Return the sentence on a result that is no numbers, and the line that it names."""
    if isinstance(result, Returned):
        return {"trouble": misfit, "line": None}
    if isinstance(result, Raised):
        where = f" in line {result.line}" if result.line else ""
        said = f": {wording.short(result.message.strip())}" if result.message.strip() else "."
        name = wording.article(exception_name(result))
        return {"trouble": f"`{function}` raised {name}{where}{said}", "line": result.line}
    if isinstance(result, Unusable):
        what = wording.short(result.what)
        return {"trouble": f"`{function}` returned {what}, and no numbers.", "line": None}
    why = "was stopped in this call" if result.running else "was not reached"
    return {"trouble": f"`{function}` {why}.", "line": None}


def _previews(
    task: Task, case: Case, outcome: Outcome, slopes: Outcome | None, probes: Sequence[Call]
) -> list[dict[str, Any]]:
    if task.gradient is None:
        return []
    result, loss = outcome.results[1], _loss(outcome.results[0])
    whole = _trouble("grad", result, "")
    single = any(array.dtype.kind == "f" and array.itemsize < 8 for array in case.arguments)
    previews = []
    for part, place in enumerate(task.differentiated):
        array, name = case.arguments[place], task.arguments[place].name
        got, sentence = _part(task, result, part, array.shape, name)
        losses = _losses(slopes, part, probes)
        preview = gradient_preview(
            got, array.shape, probed(task, array), probes[part].probe, losses, loss, single=single
        )
        trouble = whole["trouble"] or sentence
        previews.append({"name": name, "trouble": trouble, "line": whole["line"], **preview})
    return previews


def _loss(result: Result) -> float:
    """The loss itself, NaN where there is no such number."""
    if isinstance(result, Returned) and result.form != "tuple" and result.values[0].ndim == 0:
        return float(result.values[0])
    return float("nan")


def _losses(slopes: Outcome | None, part: int, probes: Sequence[Call]) -> Array:
    """The losses of a probe, NaN where they did not come."""
    probe = probes[part].probe
    size = len(probe.values) if probe else 0
    result = slopes.results[part] if slopes else None
    if isinstance(result, Returned) and result.values[0].shape == (size,):
        return result.values[0].astype(np.float64)
    return np.full(size, np.nan)


def _part(
    task: Task, result: Result, part: int, shape: tuple[int, ...], name: str
) -> tuple[Array | None, str]:
    """Return the gradient with respect to one argument, or None and a sentence why not."""
    if not isinstance(result, Returned):
        return None, ""
    parts = len(task.differentiated)
    if parts > 1 and (result.form != "tuple" or len(result.values) != parts):
        return None, f"`grad` must return a tuple of {parts} arrays."
    if parts == 1 and result.form == "tuple":
        return None, "`grad` returned a tuple where one array is asked."
    got = result.values[part]
    if got.shape != shape:
        return None, f"Its shape is {got.shape}; that of {name}, {shape}, is asked."
    return got.astype(np.float64), ""


def apart(text: str) -> tuple[list[dict[str, Any]], str]:
    """Return Python's warnings in what was printed, and the rest of it."""
    found = [
        {
            "line": int(match["line"]) if match["file"] == "submission.py" else None,
            "text": wording.short(f"{match['kind']}: {match['text']}"),
        }
        for match in WARNING.finditer(text)
        if match["kind"].endswith("Warning")
    ]
    rest = WARNING.sub(lambda match: "" if match["kind"].endswith("Warning") else match[0], text)
    return found[:WARNINGS_SHOWN], rest
