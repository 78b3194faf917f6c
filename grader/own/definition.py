"""What the definition of an own task holds, as plain data, and what may be wrong with it."""

from collections.abc import Iterator, Mapping
from keyword import iskeyword
from typing import Any

import numpy as np

from grader.catalogue.task import Array, Case, Expect
from grader.families import Family

Definition = Mapping[str, Any]
# A field of the definition, as "edges.0.arguments", and a sentence on what is wrong there.
FieldFault = tuple[str, str]

LARGEST = 200_000  # elements of one argument: a grading takes a second time of what this costs
FEWEST_MISCONCEPTIONS = 3
FEWEST_FAMILIES = 2
# JSON has no such numbers.
SPECIAL = {"nan": np.nan, "inf": np.inf, "-inf": -np.inf}

_TEXT = {"type": "string", "minLength": 1, "maxLength": 5_000}
_NAME = {"type": "string", "minLength": 1, "maxLength": 100}
_IDENTIFIER = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}
_AXIS = r"(\*|[a-z]|[0-9]{1,3})"
_CODE = {"type": "string", "minLength": 1, "maxLength": 60_000}
_SHAPE = {"type": "array", "maxItems": 4, "items": {"type": "integer", "minimum": 1}}
_NUMBER = {"anyOf": [{"type": "number"}, {"enum": [*SPECIAL]}]}
_ARRAY = {
    "description": "Numbers in nested lists of equal lengths; also the words nan, inf and -inf.",
    "anyOf": [_NUMBER, {"type": "array", "maxItems": 1_000}],
}
_SETTING = {"anyOf": [{"type": "number"}, {"type": "string", "maxLength": 40}]}
_INPUTS: dict[str, Any] = {
    "arguments": {"type": "array", "minItems": 1, "maxItems": 8, "items": _ARRAY},
    "parameters": {"type": "object", "additionalProperties": _SETTING},
}


def _objects(required: str, least: int = 0, /, **properties: Any) -> dict[str, Any]:
    return {
        "type": "array",
        "minItems": least,
        "maxItems": 40,
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": required.split(),
            "properties": properties,
        },
    }


SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        "slug", "title", "formula", "sentence", "domain", "rules", "source", "module", "arguments",
        "shapes", "large", "examples", "misconceptions",
    ],
    "properties": {
        "slug": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 50},
        "title": _NAME,
        "formula": {**_TEXT, "description": "LaTeX, without dollar signs."},
        "sentence": {**_TEXT, "description": "The formula in words."},
        "domain": {**_TEXT, "description": "What the inputs are, and which raise ValueError."},
        "rules": {"type": "array", "minItems": 1, "maxItems": 30, "items": _TEXT},
        "source": {**_TEXT, "description": "Paper or book, and equation."},
        "module": {
            **_CODE,
            "description": "Python with `loss`, `grad` and `sample(seed, shape)`, which returns a"
            " tuple of the arguments; `np.random.default_rng(seed)` takes the seed.",
        },
        "arguments": _objects(
            "name",
            1,
            name=_IDENTIFIER,
            shape={"type": "string", "pattern": f"^{_AXIS}( {_AXIS})*$"},
            differentiate={"type": "boolean"},
            labels={"type": "boolean"},
            integers={"type": "boolean"},
            reads_nan={"type": "boolean"},
        ),
        "parameters": _objects(
            "name default others",
            name=_IDENTIFIER,
            default=_SETTING,
            others={"type": "array", "maxItems": 6, "items": _SETTING},
            invalid={"type": "array", "maxItems": 6, "items": _SETTING},
        ),
        "shapes": {"type": "array", "minItems": 2, "maxItems": 5, "items": _SHAPE},
        "large": {**_SHAPE, "description": "The shape of the calls whose time is measured."},
        "examples": _objects(
            "arguments value working",
            1,
            **_INPUTS,
            value={"type": "number"},
            working=_TEXT,
            gradient={"type": "array", "items": _ARRAY},
        ),
        "extremes": _objects(
            "name remedy arguments",
            **_INPUTS,
            name=_NAME,
            remedy=_TEXT,
            gradient={"type": "boolean"},
            float32={"type": "boolean"},
        ),
        "edges": _objects(
            "name rule arguments",
            **_INPUTS,
            name=_NAME,
            rule=_TEXT,
            expect={"enum": [expect.value for expect in Expect]},
            gradient={"type": "boolean"},
        ),
        "misconceptions": _objects(
            "name family sentence source",
            FEWEST_MISCONCEPTIONS,
            name=_NAME,
            family={"enum": [family.value for family in Family]},
            sentence=_TEXT,
            source=_CODE,
        ),
        "variants": _objects("name source", name=_NAME, source=_CODE, slow={"type": "boolean"}),
    },
}  # fmt: skip


def faults(definition: Definition) -> list[FieldFault]:
    """Return what the schema cannot say; none for a good definition that keeps to the schema."""
    return [
        *_bad_signature(definition),
        *_bad_sizes(definition),
        *_bad_inputs(definition),
        *_bad_misconceptions(definition),
    ]


def _bad_signature(definition: Definition) -> Iterator[FieldFault]:
    seen: set[str] = set()
    for part in ("arguments", "parameters"):
        for i, each in enumerate(definition.get(part, [])):
            if each["name"] in seen or iskeyword(each["name"]):
                yield f"{part}.{i}.name", f"{each['name']!r} is taken; choose another name."
            seen.add(each["name"])
    if not any(argument.get("differentiate") for argument in definition["arguments"]):
        yield "arguments", "Mark the argument that `grad` is with respect to: differentiate: true."
    for i, argument in enumerate(definition["arguments"]):
        if argument.get("differentiate") and argument.get("labels"):
            yield f"arguments.{i}", "Labels have no derivative."


def _bad_sizes(definition: Definition) -> Iterator[FieldFault]:
    if np.prod(definition["large"], dtype=float) > LARGEST:
        yield "large", f"An argument has at most {LARGEST:,} elements."
    for i, shape in enumerate(definition["shapes"]):
        if np.prod(shape, dtype=float) > 1_000:
            yield f"shapes.{i}", "These arrays stay small: at most 1,000 elements."


def _bad_inputs(definition: Definition) -> Iterator[FieldFault]:
    for part in ("examples", "extremes", "edges"):
        for i, each in enumerate(definition.get(part, [])):
            try:
                case_of(definition, each)
            except ValueError as error:
                yield f"{part}.{i}.arguments", str(error)


def _bad_misconceptions(definition: Definition) -> Iterator[FieldFault]:
    families = {each["family"] for each in definition["misconceptions"]}
    if len(families) < FEWEST_FAMILIES:
        yield (
            "misconceptions",
            f"All are of one family: think of mistakes in {FEWEST_FAMILIES} families at least.",
        )
    for part in ("misconceptions", "variants", "edges", "extremes"):
        names = [each["name"] for each in definition.get(part, [])]
        for i, name in enumerate(names):
            if name in names[:i]:
                yield f"{part}.{i}.name", f"Two are called {name!r}."


def case_of(definition: Definition, inputs: Mapping[str, Any]) -> Case:
    """Return the inputs as arrays; raise ValueError, with a sentence, where they are none."""
    arguments, given = definition["arguments"], inputs["arguments"]
    if len(given) != len(arguments):
        raise ValueError(f"There are {len(arguments)} arguments; {len(given)} are given.")
    known = {parameter["name"] for parameter in definition.get("parameters", [])}
    if unknown := set(inputs.get("parameters", {})) - known:
        raise ValueError(f"There is no parameter {sorted(unknown)[0]!r}.")
    pairs = zip(arguments, given, strict=True)
    arrays = tuple(array_of(argument["name"], value, argument) for argument, value in pairs)
    return Case(arrays, dict(inputs.get("parameters", {})))


def array_of(name: str, value: Any, argument: Mapping[str, Any]) -> Array:
    """Return nested lists as an array of the argument's type; raise ValueError for others."""
    try:
        return np.array(_plain(value), np.int64 if argument.get("labels") else np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            f"{name} is no array of numbers: lists of equal lengths, please."
        ) from None


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, bool):
        raise TypeError("a truth value is no number")
    return SPECIAL[value] if isinstance(value, str) and value in SPECIAL else value
