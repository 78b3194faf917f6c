"""From a definition to a task whose every function runs in a sandbox."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

import numpy as np

from grader.catalogue.task import (
    Argument,
    Array,
    Brief,
    Case,
    Edge,
    Example,
    Expect,
    Extreme,
    Misconception,
    Parameter,
    Shape,
    Task,
    Variant,
)
from grader.families import Family
from grader.own.definition import SPECIAL, Definition, case_of
from grader.own.workshop import BrokenTask, Workshop
from grader.sandbox import Sandbox

SEED_NUMBERS = 4


def own_task(definition: Definition, sandbox: Callable[[], Sandbox]) -> Task:
    """Return the task of a definition that keeps to `SCHEMA` and has no `faults`.

    The same definition gives the same object, for plans and truths are kept by it.

    Args:
        sandbox: returns a sandbox of this process other than the one that grades candidates.
    """
    return _made(json.dumps(definition, sort_keys=True), sandbox)


@lru_cache(maxsize=8)
def _made(text: str, sandbox: Callable[[], Sandbox]) -> Task:
    definition = json.loads(text)
    workshop = Workshop(definition["module"], sandbox)
    own = _Own(definition, workshop)
    return Task(
        **{name: definition[name] for name in ("slug", "title", "formula", "sentence", "domain")},
        rules=tuple(definition["rules"]),
        source=definition["source"],
        brief=Brief("", "", (), "medium", 1),  # the question says all of that
        examples=tuple(own.example(each) for each in definition["examples"]),
        definition=own.no_definition,
        arguments=tuple(Argument(**each) for each in definition["arguments"]),
        parameters=tuple(_parameter(each) for each in definition.get("parameters", [])),
        reference=own.reference,
        gradient=own.gradient,
        sample=own.sample,
        shapes=tuple(tuple(shape) for shape in definition["shapes"]),
        large=tuple(definition["large"]),
        terms=own.terms,
        extremes=tuple(own.extreme(each) for each in definition.get("extremes", [])),
        edges=tuple(own.edge(each) for each in definition.get("edges", [])),
        misconceptions=tuple(_misconception(each) for each in definition["misconceptions"]),
        variants=(
            Variant("the reference itself", definition["module"]),
            *(Variant(**each) for each in definition.get("variants", [])),
        ),
        workshop=workshop,
    )


class _Own:
    """The functions of a task, each a call into the sandbox."""

    def __init__(self, definition: Definition, workshop: Workshop) -> None:
        self._definition = definition
        self._workshop = workshop
        self._names = [parameter["name"] for parameter in definition.get("parameters", [])]

    def reference(self, *arguments: Array, **parameters: Any) -> float:
        (value,) = self._one("loss", arguments, parameters)
        if value.ndim:
            raise BrokenTask(f"The task's own `loss` returned an array of shape {value.shape}.")
        return float(value)

    def gradient(self, *arguments: Array, **parameters: Any) -> tuple[Array, ...]:
        return self._one("grad", arguments, parameters)

    def terms(self, *arguments: Array, **parameters: Any) -> float:
        """An author names no scale, so it is the loss, or 1 where that is small."""
        return max(1.0, abs(self.reference(*arguments, **parameters)))

    def sample(self, rng: np.random.Generator, shape: Shape) -> tuple[Array, ...]:
        """The seed is as long as the arrays are large: a call's result has room by its inputs."""
        count = len(self._definition["arguments"])
        numbers = max(SEED_NUMBERS, count * int(np.prod(shape)))
        seed = rng.integers(2**31, size=numbers if numbers > 1_000 else SEED_NUMBERS)
        drawn = self._one("sample", (seed, np.array(shape, np.int64)), {})
        if len(drawn) != count:
            raise BrokenTask(f"The task's own `sample` returned {len(drawn)} arrays, not {count}.")
        return tuple(
            self._as_argument(argument, array)
            for argument, array in zip(self._definition["arguments"], drawn, strict=True)
        )

    def _as_argument(self, argument: Mapping[str, Any], array: Array) -> Array:
        labels = bool(argument.get("labels"))
        if labels and array.dtype.kind not in "iu":
            raise BrokenTask(f"The task's own `sample` drew {argument['name']} as {array.dtype}.")
        return array.astype(np.int64 if labels else np.float64)

    def _one(
        self, function: str, arguments: tuple[Array, ...], parameters: dict[str, Any]
    ) -> tuple[Array, ...]:
        return self._workshop.call(function, arguments, parameters)

    def no_definition(self, *arguments: Any, **parameters: Any) -> Any:
        """Only rows of the catalogue are held against numbers of many digits."""
        raise NotImplementedError("an own task has no definition")

    def example(self, each: Mapping[str, Any]) -> Example:
        gradient = each.get("gradient")
        parts = None if gradient is None else tuple(_nested(part) for part in gradient)
        return Example(case_of(self._definition, each), each["value"], each["working"], parts)

    def extreme(self, each: Mapping[str, Any]) -> Extreme:
        return Extreme(
            each["name"],
            self._given(each),
            each["remedy"],
            gradient=each.get("gradient", True),
            float32=each.get("float32", False),
        )

    def edge(self, each: Mapping[str, Any]) -> Edge:
        return Edge(
            each["name"],
            self._given(each),
            each["rule"],
            Expect(each.get("expect", Expect.VALUE)),
            gradient=each.get("gradient", True),
        )

    def _given(self, each: Mapping[str, Any]) -> Callable[[np.random.Generator], Case]:
        return partial(_same, case_of(self._definition, each))


def _same(case: Case, rng: np.random.Generator) -> Case:
    return Case(tuple(array.copy() for array in case.arguments), case.parameters)


def _parameter(each: Mapping[str, Any]) -> Parameter:
    others, invalid = tuple(each["others"]), tuple(each.get("invalid", ()))
    return Parameter(each["name"], each["default"], others, invalid)


def _misconception(each: Mapping[str, Any]) -> Misconception:
    return Misconception(each["name"], Family(each["family"]), each["sentence"], each["source"])


def _nested(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_nested(item) for item in value)
    return SPECIAL.get(value, value) if isinstance(value, str) else value
