"""Figures of questions: lines over an axis, from expressions or from points."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from questions.expressions import BadExpression, evaluate

POINTS = 121
_TEXT = {"type": "string", "minLength": 1}
_AXIS = {
    "type": "object",
    "required": ["label"],
    "additionalProperties": False,
    "properties": {"label": _TEXT, "from": {"type": "number"}, "to": {"type": "number"}},
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["x", "y", "lines", "description"],
    "additionalProperties": False,
    "properties": {
        "x": {**_AXIS, "required": ["label", "from", "to"]},
        "y": _AXIS,
        "description": {**_TEXT, "description": "What one sees, for those who do not see it."},
        "lines": {
            "type": "array",
            "minItems": 1,
            "maxItems": 4,
            "items": {
                "type": "object",
                "required": ["label"],
                "additionalProperties": False,
                "oneOf": [{"required": ["expression"]}, {"required": ["points"]}],
                "properties": {
                    "label": _TEXT,
                    "expression": {
                        **_TEXT,
                        "description": "In x, as `where(abs(x) < 1, x**2, 1)`.",
                    },
                    "points": {
                        "type": "array",
                        "minItems": 2,
                        "maxItems": 200,
                        "items": {
                            "type": "array",
                            "minItems": 2,
                            "maxItems": 2,
                            "items": {"type": "number"},
                        },
                    },
                },
            },
        },
    },
}


def lines(figure: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return label, x and y of every line; raise BadExpression."""
    return [_line(line, figure["x"]) for line in figure["lines"]]


def _line(line: Mapping[str, Any], axis: Mapping[str, Any]) -> dict[str, Any]:
    if "points" in line:
        x, y = np.array(line["points"], dtype=float).T
    else:
        x = np.linspace(axis["from"], axis["to"], POINTS)
        y = np.asarray(evaluate(line["expression"], {"x": x}), dtype=float) + np.zeros_like(x)
    if not np.isfinite(y).all():
        raise BadExpression(f"The line {line['label']!r} is not finite everywhere.")
    return {"label": line["label"], "x": x.tolist(), "y": y.tolist()}


def faults(figure: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a figure, by field."""
    if not figure["x"]["from"] < figure["x"]["to"]:
        yield "figure.x", "The axis ends before it begins."
        return
    for index, line in enumerate(figure["lines"]):
        try:
            _line(line, figure["x"])
        except (BadExpression, ValueError) as error:
            yield f"figure.lines.{index}", str(error)
