"""YAML as the bank uses it: plain data, read with the line of everything in it."""

import math
import re
from collections.abc import Iterator
from typing import Any

import yaml

# LibYAML is ten times as quick; the wheels have it, a build from source may lack it.
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Where each field stands; a field is the way to it, as ("options", 0, "text").
Field = tuple[str | int, ...]
Lines = dict[Field, int]
DEEPEST = 20
_TAG = "tag:yaml.org,2002:"
_PLAIN = {_TAG + name for name in ("str", "int", "float", "bool", "null")}
_CONTAINERS: dict[type[yaml.Node], str] = {
    yaml.MappingNode: _TAG + "map",
    yaml.SequenceNode: _TAG + "seq",
}


class Unreadable(ValueError):
    """Text that is no plain YAML, with the line of the fault."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line
        self.sentence = sentence


def parse(text: str) -> tuple[dict[str, Any], Lines]:
    """Return the fields of a file and their lines; raise Unreadable."""
    try:
        _refuse_traps(text)
        node = yaml.compose(text, Loader=Loader)
        if not isinstance(node, yaml.MappingNode):
            raise Unreadable(1, "The file holds no fields.")
        lines = dict(_lines(node, ()))
        return Loader("").construct_document(node), lines
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        sentence = str(getattr(error, "problem", None) or error).splitlines()[0]
        sentence = f"{sentence[:1].upper()}{sentence[1:].rstrip('.')}."
        raise Unreadable(mark.line + 1 if mark else 1, sentence) from error
    except ValueError as error:  # as `!!int x` and numbers of ten thousand digits raise it
        raise error if isinstance(error, Unreadable) else Unreadable(1, str(error)) from error


def _refuse_traps(text: str) -> None:
    """Refuse what a small file could do harm by: aliases that multiply, nesting without end."""
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        if isinstance(event, yaml.AliasEvent):
            raise Unreadable(_at(event), "The bank uses no aliases: write it out.")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise Unreadable(_at(event), f"This is nested more than {DEEPEST} times.")


def _lines(node: yaml.Node, field: Field) -> Iterator[tuple[Field, int]]:
    yield field, _at(node)
    _refuse_strange(node)
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _lines(item, (*field, index))
    if isinstance(node, yaml.MappingNode):
        yield from _lines_of_fields(node, field)


def _lines_of_fields(node: yaml.MappingNode, field: Field) -> Iterator[tuple[Field, int]]:
    seen: set[str] = set()
    for key, value in node.value:
        if key.tag != _TAG + "str":
            raise Unreadable(_at(key), "A field's name is a word: put it in quotes.")
        if key.value in seen:
            raise Unreadable(_at(key), f"The field {key.value!r} is given twice: drop one.")
        seen.add(key.value)
        yield from _lines(value, (*field, key.value))
        yield (*field, key.value), _at(key)


def _refuse_strange(node: yaml.Node) -> None:
    if node.tag == _TAG + "timestamp":
        raise Unreadable(_at(node), f"{node.value!r} reads as a date: put it in quotes.")
    if node.tag not in _PLAIN and node.tag != _CONTAINERS.get(type(node)):
        raise Unreadable(_at(node), "Only text, numbers, true, false, lists and fields are plain.")
    if node.tag in {_TAG + "int", _TAG + "float"} and not _is_number(node.value):
        raise Unreadable(
            _at(node), f"{node.value[:30]!r} is no plain number: mend it, or quote it."
        )
    if isinstance(node, yaml.ScalarNode) and not all(map(_is_text, node.value)):
        raise Unreadable(_at(node), "The text holds a character that cannot be kept; drop it.")


def _is_number(text: str) -> bool:
    """Tell 2, -0.5 and 1e-3 from what YAML takes for numbers, too: 1:30, 012, .inf, 1_000."""
    whole = re.fullmatch(r"[+-]?(0|[1-9]\d{0,17})?(\.\d*)?([eE][+-]?\d{1,3})?", text)
    return bool(whole) and math.isfinite(float(text))


def _is_text(character: str) -> bool:
    """Tell text from control characters and halves of surrogate pairs, which no database keeps."""
    return character in "\t\n" or not (character < " " or "\ud800" <= character <= "\udfff")


def _at(place: Any) -> int:
    return int(place.start_mark.line) + 1
