"""The fields for one call of a task's functions: what they ask for, and what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.catalogue.task import Argument, Parameter, Task
from grader.inputs.typed import (
    INTEGERS,
    MOST,
    Number,
    Typed,
    Unreadable,
    read_array,
    read_parameter,
    written,
)

SPECIAL = ("nan", "inf", "-inf")
WHOLE = 2**53  # up to here a float holds every whole number


class UnreadableInputs(ValueError):
    """A sentence that names the field, and says what is wrong there.

    Attributes:
        field: its name.
    """

    def __init__(self, field: str, clause: str) -> None:
        super().__init__(f"{field} {clause}.")
        self.field = field


@dataclass(frozen=True, slots=True)
class Field:
    """One argument or parameter of a call.

    Attributes:
        name: as in the signature.
        example: what the example of the task has there, as it is typed.
        hint: what belongs there, in a few words.
        optional: may be left out: a parameter, which then has its default.
    """

    name: str
    example: str
    hint: str
    optional: bool = False

    @property
    def lines(self) -> int:
        return self.example.count("\n") + 1


def fields(task: Task) -> list[Field]:
    """Return the fields of a call of `task`, filled with its first example."""
    case = task.examples[0].case
    pairs = zip(task.arguments, case.arguments, strict=True)
    arguments = [Field(each.name, written(array), _hint(each)) for each, array in pairs]
    return arguments + [
        Field(
            each.name,
            repr(case.parameters.get(each.name, each.default)),
            f"{each.default!r} if left empty",
            optional=True,
        )
        for each in task.parameters
    ]


def _hint(argument: Argument) -> str:
    kind = "whole numbers" if argument.labels else "numbers"
    if argument.shape.startswith("*"):
        return f"{kind}, any shape"
    axes = [axis.replace("*", "...") for axis in argument.shape.split()]
    return f"{kind}, shape ({', '.join(axes)}{',' * (len(axes) == 1)})"


def inputs_from(task: Task, texts: Mapping[str, str]) -> dict[str, Any] | None:
    """Return what was typed into the fields as plain data; None where all are empty.

    Raises UnreadableInputs, which names the first field that cannot be read.
    """
    given = {field.name: texts.get(field.name, "").strip() for field in fields(task)}
    if not any(given[argument.name] for argument in task.arguments):
        return None
    arguments, left = [], MOST
    for argument in task.arguments:
        typed = _argument(argument, given[argument.name], left)
        left -= len(typed["values"])
        arguments.append(typed)
    parameters = {
        each.name: _parameter(each, given[each.name])
        for each in task.parameters
        if given[each.name]
    }
    return {"arguments": arguments, "parameters": parameters}


def _argument(argument: Argument, text: str, left: int) -> dict[str, Any]:
    if not text:
        raise UnreadableInputs(argument.name, "is empty")
    try:
        typed = read_array(text, left)
        dtype = typed.dtype or ("int64" if argument.labels and typed.is_whole else "float64")
        values = _fitting(typed, dtype)
    except Unreadable as problem:
        raise UnreadableInputs(argument.name, str(problem)) from None
    return {"dtype": dtype, "shape": list(typed.shape), "values": values}


def _fitting(typed: Typed, dtype: str) -> list[Number]:
    """Return the values as numbers of `dtype`; raise Unreadable where they are none."""
    if dtype not in INTEGERS:
        return [value if isinstance(value, str) else float(value) for value in typed.values]
    low, high = INTEGERS[dtype]
    for value in typed.values:
        if not isinstance(value, int):
            raise Unreadable(f"has {value} in an array of {dtype}")
        if not low <= value <= high:
            raise Unreadable(f"has {value}, which is too large for {dtype}")
    return list(typed.values)


def _parameter(parameter: Parameter, text: str) -> Number:
    try:
        value = read_parameter(text)
    except Unreadable as problem:
        raise UnreadableInputs(parameter.name, str(problem)) from None
    if isinstance(parameter.default, str):
        if not isinstance(value, str):
            raise UnreadableInputs(parameter.name, f"must be a word in quotes, not {value}")
        return value
    if isinstance(value, str) and value not in SPECIAL:
        raise UnreadableInputs(parameter.name, f"must be a number, not {value!r}")
    # Longer ones are nothing that a call through the sandbox's wire would carry.
    return float(value) if isinstance(value, int) and abs(value) > WHOLE else value
