"""An example of a task as the lines of Python that show it, with what the reference returns."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.catalogue.task import Array, Case, Example, Task

WIDTH = 66
DIGITS = 10
# Beside the largest number of a result, less than this is what rounding leaves of a 0.
NOTHING = 1e-14


def as_code(task: Task, example: Example) -> str:
    """Return the inputs as assignments, and each function's call with its result as a comment."""
    case = example.case
    names = [argument.name for argument in task.arguments]
    lines = [
        f"{name} = {_literal(array)}" for name, array in zip(names, case.arguments, strict=True)
    ]
    keywords = [f"{name}={value!r}" for name, value in case.parameters.items()]
    for function, result in _results(task, example):
        lines.append(_answered(f"{function}({', '.join([*names, *keywords])})", result))
    return "\n".join(lines)


def _results(task: Task, example: Example) -> list[tuple[str, str]]:
    value, parts = _written(example) if task.workshop else _computed(task, example.case)
    shown = [_shown(np.asarray(part)) for part in parts]
    results = [(task.function, _shown(value))]
    if len(shown) == 1:
        results.append(("grad", shown[0]))
    elif shown:
        results.append(("grad", _tuple(shown)))
    return results


def _computed(task: Task, case: Case) -> tuple[Array, Sequence[Array]]:
    with np.errstate(all="ignore"):
        value = np.asarray(task.reference(*case.arguments, **case.parameters))
        parts = task.gradient(*case.arguments, **case.parameters) if task.gradient else ()
    return value, parts


def _written(example: Example) -> tuple[Array, Sequence[Array]]:
    """Foreign code runs in no page: the numbers are those that its audit has confirmed."""
    return np.asarray(example.value), [np.asarray(part) for part in example.gradient or ()]


def _tuple(parts: Sequence[str]) -> str:
    text = f"({', '.join(parts)})"
    if len(text) <= WIDTH and "\n" not in text:
        return text
    joined = ",\n".join(parts).replace("\n", "\n ")
    return f"({joined})"


def _answered(call: str, result: str) -> str:
    """The result behind the call where there is room, else in the lines below it."""
    line = f"{call}  # {result}"
    if len(line) <= WIDTH + 10 and "\n" not in result:
        return line
    return "\n".join([call, *(f"# {part}" for part in result.split("\n"))])


def _literal(array: Array) -> str:
    text = f"np.array({array.tolist()!r})"
    if array.ndim < 2 or len(text) <= WIDTH:
        return text
    rows = "".join(f"    {row.tolist()!r},\n" for row in array)
    return f"np.array([\n{rows}])"


def _shown(array: Array) -> str:
    if array.ndim == 0:
        return _number(float(array), 0.0)
    size = float(np.abs(array).max(initial=0.0))
    text = f"array({_nested(array.tolist(), size)})"
    if array.ndim < 2 or len(text) <= WIDTH:
        return text
    rows = ",\n       ".join(_nested(row.tolist(), size) for row in array)
    return f"array([{rows}])"


def _nested(values: Sequence[Any] | float, size: float) -> str:
    if isinstance(values, list):
        return f"[{', '.join(_nested(value, size) for value in values)}]"
    return _number(float(values), size)  # type: ignore[arg-type]


def _number(value: float, size: float) -> str:
    """Digits enough to compare by: repr's last ones differ from one right solution to the next."""
    if abs(value) <= NOTHING * size:
        return "0.0"
    text = f"{value:.{DIGITS}g}"
    return text if any(mark in text for mark in ".en") else f"{text}.0"
