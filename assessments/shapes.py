"""A JSON Schema, compiled to functions: a report has a thousand values, and somebody waits for it.

Ten times as fast as the library that tests/assessments/test_shapes.py holds it against. Knows the
keywords in `_KEYWORDS` only, and refuses a schema with any other.
"""

from collections.abc import Callable, Iterator
from typing import Any

# A test returns the path and sentence of the first fault, or None.
Fault = tuple[str, str]
Test = Callable[[Any], Fault | None]

_NUMBER = (int, float)
_TYPES: dict[str, Callable[[Any], bool]] = {
    "null": lambda v: v is None,
    "boolean": lambda v: isinstance(v, bool),
    "string": lambda v: isinstance(v, str),
    "array": lambda v: isinstance(v, list),
    "object": lambda v: isinstance(v, dict),
    "number": lambda v: isinstance(v, _NUMBER) and not isinstance(v, bool),
    "integer": lambda v: (
        (isinstance(v, int) and not isinstance(v, bool))
        or (isinstance(v, float) and v.is_integer())
    ),
}


def compiled(schema: dict[str, Any]) -> Test:
    """Return the test of `schema`; raise KeyError for a keyword that is not known here."""
    tests = [_KEYWORDS[name](schema[name], schema) for name in schema if name != "description"]

    def test(value: Any) -> Fault | None:
        for each in tests:
            if fault := each(value):
                return fault
        return None

    return test


def _type(names: Any, schema: Any) -> Test:
    names = [names] if isinstance(names, str) else names
    tests = [_TYPES[name] for name in names]
    fault = ("", f"is not of type {' or '.join(names)}")
    return lambda value: None if any(test(value) for test in tests) else fault


def _enum(values: Any, schema: Any) -> Test:
    # True equals 1 in Python, and not in JSON: our enumerations hold strings.
    if not all(isinstance(value, str) for value in values):
        raise KeyError("enum of anything but strings")
    fault = ("", f"is none of {', '.join(values)}")
    return lambda value: None if isinstance(value, str) and value in values else fault


def _bound(allowed: Callable[[Any, Any], bool], of: str, word: str) -> Callable[[Any, Any], Test]:
    """A keyword that limits values of one type and lets all others pass."""

    def keyword(limit: Any, schema: Any) -> Test:
        applies, fault = _TYPES[of], ("", f"is {word} than {limit}")
        return lambda value: fault if applies(value) and not allowed(value, limit) else None

    return keyword


def _required(names: Any, schema: Any) -> Test:
    def test(value: Any) -> Fault | None:
        if isinstance(value, dict):
            for name in names:
                if name not in value:
                    return name, "is missing"
        return None

    return test


def _properties(schemas: Any, schema: Any) -> Test:
    tests = {name: compiled(each) for name, each in schemas.items()}

    def test(value: Any) -> Fault | None:
        return _first(_named(tests, value)) if isinstance(value, dict) else None

    return test


def _named(tests: dict[str, Test], value: dict[str, Any]) -> Iterator[tuple[str, Fault | None]]:
    for name, test in tests.items():
        if name in value:
            yield name, test(value[name])


def _additional(schema: Any, whole: Any) -> Test:
    test, known = compiled(schema), whole.get("properties", {})

    def others(value: Any) -> Fault | None:
        if not isinstance(value, dict):
            return None
        return _first((name, test(each)) for name, each in value.items() if name not in known)

    return others


def _names(schema: Any, whole: Any) -> Test:
    test = compiled(schema)

    def names(value: Any) -> Fault | None:
        return _first((name, test(name)) for name in value) if isinstance(value, dict) else None

    return names


def _items(schema: Any, whole: Any) -> Test:
    test = compiled(schema)

    def items(value: Any) -> Fault | None:
        if not isinstance(value, list):
            return None
        return _first((str(index), test(each)) for index, each in enumerate(value))

    return items


def _any_of(schemas: Any, whole: Any) -> Test:
    tests = [compiled(schema) for schema in schemas]

    def any_of(value: Any) -> Fault | None:
        faults = [test(value) for test in tests]
        return None if None in faults else faults[-1]

    return any_of


def _first(results: Any) -> Fault | None:
    """The first fault, with the name of the part that it is in."""
    for name, fault in results:
        if fault:
            return f"{name}.{fault[0]}".rstrip("."), fault[1]
    return None


_KEYWORDS: dict[str, Callable[[Any, Any], Test]] = {
    "type": _type,
    "enum": _enum,
    "minimum": _bound(lambda value, limit: value >= limit, "number", "less"),
    "maximum": _bound(lambda value, limit: value <= limit, "number", "more"),
    "maxLength": _bound(lambda value, limit: len(value) <= limit, "string", "longer"),
    "maxItems": _bound(lambda value, limit: len(value) <= limit, "array", "longer"),
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "items": _items,
    "anyOf": _any_of,
}
