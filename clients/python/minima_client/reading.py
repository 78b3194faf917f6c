"""From JSON to typed rows, and back to what goes over the wire."""

import types
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from minima_client.problems import UnexpectedAnswer

T = TypeVar("T")


def read(kind: type[T], data: Any) -> T:
    """Return `data` as a `kind`; what a newer server says beyond it is left out.

    Raises:
        UnexpectedAnswer: where a field is missing or of another type.
    """
    try:
        found: T = _read(kind, data)
    except (KeyError, TypeError, ValueError) as error:
        raise UnexpectedAnswer(f"An answer is no {kind.__name__}: {error!r}.") from error
    return found


def _read(kind: Any, data: Any) -> Any:
    if is_dataclass(kind):
        return _row(kind, data)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if data is None else _read(_without_none(arguments), data)
    if origin is list:
        return [_read(arguments[0], each) for each in _checked(list, data)]
    if origin is dict:
        return {name: _read(arguments[1], each) for name, each in _checked(dict, data).items()}
    if kind is Any:
        return data
    if kind is datetime:
        return datetime.fromisoformat(data)
    return _checked(str if origin is Literal else kind, data)


def _row(kind: Any, data: Any) -> Any:
    hints, given = _hints(kind), _checked(dict, data)
    values = {}
    for field in fields(kind):
        if field.name in given:
            values[field.name] = _read(hints[field.name], given[field.name])
        elif field.default is MISSING and field.default_factory is MISSING:
            raise KeyError(field.name)
    return kind(**values)


def _checked(kind: Any, data: Any) -> Any:
    """A number without a fraction is a float as well; nothing else is taken for another type."""
    if kind is float and type(data) is int:
        return float(data)
    if type(data) is not kind:
        raise TypeError(f"{type(data).__name__} instead of {kind.__name__}")
    return data


def _without_none(arguments: tuple[Any, ...]) -> Any:
    (kind,) = (each for each in arguments if each is not types.NoneType)
    return kind


_hints = cache(get_type_hints)


def wire(value: Any) -> Any:
    """Return `value` as JSON has it: moments in UTC, ids as text, rows by their fields."""
    if is_dataclass(value) and not isinstance(value, type):
        # What an answer's headers said is no part of the row.
        named = (field.name for field in fields(value) if field.compare)
        return {name: wire(getattr(value, name)) for name in named}
    if isinstance(value, dict):
        return {name: wire(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [wire(each) for each in value]
    if isinstance(value, datetime):
        return moment(value)
    return str(value) if isinstance(value, UUID) else value


def moment(value: datetime) -> str:
    """Raises ValueError for a moment without a zone: the server guesses none."""
    if value.utcoffset() is None:
        raise ValueError(f"{value.isoformat()} has no zone: say datetime(…, tzinfo=UTC).")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parameter(value: Any) -> str:
    """Return `value` as the query of an address has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(wire(value))
