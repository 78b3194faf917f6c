"""What a report may say of code on its author's own inputs, and what every part is made of."""

import sys

SENTENCE = {"type": "string", "maxLength": 20_000}
NULL = {"type": "null"}
COUNT = {"type": "integer", "minimum": 0}
# Python reads longer numbers than a float holds, and the pages count with floats.
NUMBER = {"type": "number", "minimum": -sys.float_info.max, "maximum": sys.float_info.max}
NUMBER_OR_WORD = {"anyOf": [NUMBER, NULL, {"type": "string", "maxLength": 40}]}
_NAME = {"type": "string", "maxLength": 200}
NUMBER_OR_NULL = {"anyOf": [NUMBER, NULL]}
_LINE = {"anyOf": [NULL, {"type": "integer", "minimum": 0, "maximum": 10_000_000}]}
ENDING = {
    "anyOf": [
        NULL,
        {
            "type": "object",
            "required": ["kind", "detail"],
            "properties": {"kind": {"type": "string", "maxLength": 40}, "detail": SENTENCE},
        },
    ]
}
_COMPARED = {
    "type": "object",
    "required": ["index", "flat", "got", "numeric", "difference", "ratio", "state"],
    "properties": {
        "index": {"type": "string", "maxLength": 200},
        "flat": COUNT,
        **dict.fromkeys(["got", "numeric"], NUMBER_OR_WORD),
        **dict.fromkeys(["difference", "ratio"], NUMBER_OR_NULL),
        "state": {"enum": ["agrees", "off", "kink", "open"]},
    },
}
_PREVIEW = {
    "type": "object",
    "required": [
        "name", "shape", "trouble", "line", "size", "compared", "off", "kinks", "says", "rows",
    ],
    "properties": {
        **dict.fromkeys(["name", "shape"], _NAME),
        **dict.fromkeys(["trouble", "says"], SENTENCE),
        **dict.fromkeys(["size", "compared", "off", "kinks"], COUNT),
        "line": _LINE,
        "rows": {"type": "array", "maxItems": 50, "items": _COMPARED},
    },
}  # fmt: skip
TRIAL = {
    "type": "object",
    "required": ["call", "loss", "grad", "warnings", "printed", "error"],
    "properties": {
        "call": SENTENCE,
        "loss": {
            "type": "object",
            "required": ["function", "returned", "trouble", "line"],
            "properties": {
                "function": {"enum": ["loss", "score"]},
                "returned": SENTENCE,
                "trouble": SENTENCE,
                "line": _LINE,
            },
        },
        "grad": {"type": "array", "maxItems": 8, "items": _PREVIEW},
        "warnings": {
            "type": "array",
            "maxItems": 50,
            "items": {
                "type": "object",
                "required": ["line", "text"],
                "properties": {"line": _LINE, "text": SENTENCE},
            },
        },
        "printed": {"type": "string", "maxLength": 200_000},
        "error": ENDING,
    },
    "description": "The code on inputs of its author; nothing in it says what is right.",
}
