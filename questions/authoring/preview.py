"""A draft as far as it goes, in the form that the candidate's page shows."""

from collections.abc import Mapping
from typing import Any

from questions import kinds
from questions.authoring.house import Shown
from questions.authoring.schema import schema_of

SEED = 1


class NothingToShow(Exception):
    """The draft is not far enough to be shown."""


def shown(fields: Mapping[str, Any], seed: int) -> Shown:
    """Return what a candidate with `seed` sees; raise NothingToShow where too much is missing."""
    kind = fields.get("kind")
    if not isinstance(kind, str) or kind not in kinds.KINDS:
        raise NothingToShow("Choose a kind.")
    rules = kinds.get(kind)
    try:
        content = rules.frozen(_filled(schema_of(kind), fields))
        context = rules.context(content, seed)
    # Half a question has any shape: whatever its kind stumbles over, there is nothing to show yet.
    except Exception as error:
        raise NothingToShow(_sentence(error)) from error
    return Shown(kind, str(fields.get("title") or "Untitled"), context)


def _filled(schema: Mapping[str, Any], value: Any) -> Any:
    """Return `value` with empty texts and lists where the schema asks for some."""
    if isinstance(value, list) and "items" in schema:
        return [_filled(schema["items"], each) for each in value]
    if not isinstance(value, Mapping) or "properties" not in schema:
        return value
    rules = schema["properties"]
    found = {name: _filled(rules.get(name, {}), each) for name, each in value.items()}
    for name in schema.get("required", ()):
        if rules[name].get("type") in EMPTY:
            found.setdefault(name, EMPTY[rules[name]["type"]])
    return found


EMPTY: dict[str, Any] = {"string": "", "array": []}


def _sentence(error: Exception) -> str:
    """What is missing is named; other messages are for those who wrote the code."""
    if isinstance(error, KeyError):
        return f"{str(error.args[0])!r} is missing."
    return str(error) if isinstance(error, ValueError) else ""
