"""A draft's text: the file of a question, as YAML, from its fields and back."""

from collections.abc import Mapping
from typing import Any

import yaml

from questions import kinds, writing
from questions.authoring.schema import schema_of
from questions.reading import parse


def text_of(fields: Mapping[str, Any]) -> str:
    """Return the text that says `fields`, with what its kind does not know at the end."""
    if fields.get("kind") not in kinds.KINDS:
        return _dumped(fields)
    known = schema_of(fields["kind"])["properties"]
    text = writing.text({name: fields[name] for name in fields if name in known})
    rest = {name: fields[name] for name in fields if name not in known}
    return text.removeprefix(writing.HEADER) + (_dumped(rest) if rest else "")


def fields_of(text: str) -> dict[str, Any]:
    """Return the fields that a text says; raise Unreadable with the line of the fault."""
    return parse(text)[0]


def foreign(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the kind of a question does not know: what is left of another kind, or a slip."""
    schema = schema_of(str(fields.get("kind", "")))
    if schema["additionalProperties"]:
        return {}
    return {name: fields[name] for name in fields if name not in schema["properties"]}


def _dumped(fields: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(fields), allow_unicode=True, sort_keys=False, width=100)
