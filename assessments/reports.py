"""What a report must look like before it is stored: its sender ran hostile code a moment ago."""

import json
import re
from typing import Any

import fastjsonschema

from assessments.trial_schema import (
    COUNT,
    ENDING,
    NULL,
    NUMBER,
    NUMBER_OR_WORD,
    SENTENCE,
    TRIAL,
)
from grader.families import Family
from grader.judge.stability import Held

MAX_BYTES = 1_000_000

_FAMILIES = [family.value for family in Family]
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_FAMILY = {
    "type": "object",
    "required": ["passed", "total", "score"],
    "properties": {
        "passed": COUNT,
        "total": COUNT,
        "score": {"anyOf": [_SHARE, {"type": "null"}]},
    },
}
_ELEMENT = {
    "type": "object",
    "properties": {
        "index": {"type": "string", "maxLength": 200},
        **dict.fromkeys(["got", "expected", "numeric", "ratio"], NUMBER_OR_WORD),
    },
}
_CHECK = {
    "type": "object",
    "required": ["family", "name", "passed"],
    "properties": {
        "family": {"enum": _FAMILIES},
        "name": SENTENCE,
        "passed": {"type": "boolean"},
        "expected": {"type": ["string", "null"], "maxLength": 20_000},
        "got": {"type": ["string", "null"], "maxLength": 20_000},
        "detail": SENTENCE,
        "gradient": {"type": "array", "maxItems": 200, "items": _ELEMENT},
    },
}
_NUMBERS = {"type": "array", "maxItems": 100, "items": {"anyOf": [NUMBER, NULL]}}
_DRAWN = {
    "type": "object",
    "required": ["loss", "grad"],
    "properties": {"loss": _NUMBERS, "grad": _NUMBERS},
    "description": "A number a point of x; null where there is none, and no slope at a kink.",
}
_CURVE = {
    "type": "object",
    "required": ["title", "axis", "x", "kinks", "expected", "got"],
    "properties": {
        "title": {"type": "string", "maxLength": 200},
        "axis": {"type": "string", "maxLength": 200},
        "x": {"type": "array", "maxItems": 100, "items": NUMBER},
        "kinks": {"type": "array", "maxItems": 20, "items": NUMBER},
        "expected": _DRAWN,
        "got": {"anyOf": [NULL, _DRAWN]},
    },
    "description": "Loss and slope along a line. Of a passed submission `got` is null: it agrees.",
}
_MAGNITUDE = {
    "type": "object",
    "required": ["name", "function", "dtype", "state", "digits", "remedy"],
    "properties": {
        "name": {"type": "string", "maxLength": 200},
        "function": {"type": "string", "maxLength": 200},
        "dtype": {"enum": ["float64", "float32"]},
        "state": {"enum": [held.value for held in Held]},
        "digits": {"anyOf": [NULL, {"type": "number", "minimum": 0, "maximum": 20}]},
        "remedy": SENTENCE,
    },
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["task", "verdict", "score", "families", "checks", "error", "diagnosis", "seconds"],
    "properties": {
        "task": {"type": "string", "maxLength": 60},
        "verdict": {"enum": ["passed", "partial", "failed", "error"]},
        "score": _SHARE,
        "families": {
            "type": "object",
            "propertyNames": {"enum": _FAMILIES},
            "additionalProperties": _FAMILY,
        },
        "checks": {"type": "array", "maxItems": 2000, "items": _CHECK},
        "error": ENDING,
        "diagnosis": {"type": "array", "maxItems": 50, "items": SENTENCE},
        "curves": {"type": "array", "maxItems": 10, "items": _CURVE},
        "stability": {
            "type": "array",
            "maxItems": 200,
            "items": _MAGNITUDE,
            "description": "What happened at each magnitude of the sweep; none of a Run.",
        },
        "seconds": {
            "type": "object",
            "properties": {"wall": NUMBER, "cpu": NUMBER},
        },
        "stdout": {"type": "string", "maxLength": 200_000},
        "own": TRIAL,
        "seed": {"type": "integer"},
        "grader": {"type": "string", "maxLength": 200},
    },
}
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# The same as ASCII JSON writes them; halves of a pair too, for the closer look takes a while.
_SUSPICIOUS = re.compile(r"\\u(?:0000|d[89a-f])")
# Compiled to Python: a report has a thousand values, and somebody waits for it.
_validate = fastjsonschema.compile(SCHEMA)


class MalformedReport(ValueError):
    """A report that no honest grader of ours sends."""


def checked(report: Any) -> dict[str, Any]:
    """Return `report` as it may be stored; raise MalformedReport with the reason.

    NUL characters and lone surrogates, which PostgreSQL's JSON cannot hold, become U+FFFD;
    NaN and infinity, which JSON cannot hold, are refused.
    """
    try:
        text = json.dumps(report, allow_nan=False)
        if _SUSPICIOUS.search(text):
            text = json.dumps(_storable(report), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise MalformedReport(f"not JSON: {error}") from error
    if len(text) > MAX_BYTES:
        raise MalformedReport(f"{len(text)} bytes are too many")
    clean: dict[str, Any] = json.loads(text)
    try:
        _validate(clean, name_prefix="report")
    except fastjsonschema.JsonSchemaValueException as error:
        raise MalformedReport(error.message) from error
    return clean


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    return value
