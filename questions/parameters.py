"""Numbers that a question draws from its seed, and texts with them filled in."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from questions.expressions import BadExpression, Value, evaluate

_NUMBER = {"type": "number"}
_NAME = "^[a-z][a-z0-9_]*$"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "propertyNames": {"pattern": _NAME},
    "description": "What is drawn for each candidate, by name, in this order.",
    "additionalProperties": {
        "oneOf": [
            {
                "type": "object",
                "required": ["values"],
                "additionalProperties": False,
                "properties": {
                    "values": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"type": ["number", "string", "boolean", "array"]},
                    },
                    "size": {"type": "integer", "minimum": 1, "maximum": 12},
                },
            },
            {
                "type": "object",
                "required": ["from", "to", "step"],
                "additionalProperties": False,
                "properties": {
                    "from": _NUMBER,
                    "to": _NUMBER,
                    "step": {**_NUMBER, "exclusiveMinimum": 0},
                    "size": {"type": "integer", "minimum": 1, "maximum": 12},
                },
            },
            {
                "type": "object",
                "required": ["value"],
                "additionalProperties": False,
                "properties": {"value": {"type": "string", "minLength": 1}},
            },
        ]
    },
}
CONDITIONS = {
    "type": "array",
    "items": {"type": "string", "minLength": 1},
    "description": "What must hold of the drawn numbers; they are drawn again until all do.",
}
TRIES = 500
PLACE = re.compile(r"\{\{(.+?)\}\}")

Names = Mapping[str, Value]


class Unsolvable(ValueError):
    """No draw met the conditions."""


def drawn(
    parameters: Mapping[str, Mapping[str, Any]], conditions: Sequence[str], seed: int
) -> dict[str, Value]:
    """Return the value of every parameter; raise BadExpression or Unsolvable.

    A parameter is one of `values`, a number of the grid `from`..`to` by `step`, an array of `size`
    such numbers, or the value of an expression in those before it.
    """
    rng = np.random.default_rng(seed)
    for _ in range(TRIES):
        found: dict[str, Value] = {}
        for name, rule in parameters.items():
            found[name] = _one(rule, found, rng)
        if all(bool(np.all(evaluate(condition, found))) for condition in conditions):
            return found
    raise Unsolvable(f"In {TRIES} tries no draw met the conditions: loosen them.")


def _one(rule: Mapping[str, Any], found: Names, rng: np.random.Generator) -> Value:
    if "value" in rule:
        return evaluate(rule["value"], found)
    size = rule.get("size")
    if "values" in rule:
        picks = [rule["values"][i] for i in rng.integers(len(rule["values"]), size=size or 1)]
        return np.array(picks) if size else picks[0]
    steps = round((rule["to"] - rule["from"]) / rule["step"])
    if steps < 0:
        raise Unsolvable(f"It goes from {rule['from']} to {rule['to']}: nothing is between.")
    drawn = rule["from"] + rule["step"] * rng.integers(steps + 1, size=size)
    # 0.1 * 3 is 0.30000000000000004: what is shown is what is computed with.
    return np.round(drawn, 10) if size else round(float(drawn), 10)


def places(text: str, names: Names) -> list[str]:
    """Return what is filled into `text`, in its order; raise BadExpression."""
    return [shown(evaluate(place.strip(), names)) for place in PLACE.findall(text)]


def filled(text: str, names: Names) -> str:
    """Return `text` with every {{expression}} replaced by its value; raise BadExpression."""
    return PLACE.sub(lambda found: shown(evaluate(found[1].strip(), names)), text)


def shown(value: Value, digits: int = 6) -> str:
    """Return a value as people write it: 0.25, -3, [1, 2.5]."""
    if isinstance(value, str):
        return value
    array = np.asarray(value)
    if array.ndim:
        return f"[{', '.join(shown(each, digits) for each in array)}]"
    if array.dtype.kind == "b":
        return str(bool(array))
    text = np.format_float_positional(float(array), precision=digits, fractional=False, trim="-")
    return "0" if text in ("-0", "0") else text


def as_shown(value: Value) -> Value:
    """Return a value as those know it who read it."""
    if isinstance(value, str):
        return value
    array = np.asarray(value)
    if array.ndim:
        return np.array([as_shown(each) for each in array])
    return value if array.dtype.kind == "b" else float(shown(value))


def check_places(text: str, names: Names) -> None:
    """Raise BadExpression where `text` has a place that can't be filled."""
    filled(text, names)
    if "{{" in PLACE.sub("", text):
        raise BadExpression("A place {{...}} is not closed; between LaTeX's braces leave a space.")
