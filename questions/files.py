"""The bank's files: one question a YAML file, read with the line of everything in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, ValidationError

from questions import kinds

BANK = Path(__file__).parent / "bank"
TOPICS = BANK / "topics.yaml"
MAX_BYTES = 262_144
ROLES = {
    "data-scientist": "Data Scientist",
    "ai-engineer": "AI Engineer",
    "deep-learning-engineer": "Deep Learning Engineer",
    "machine-learning-engineer": "Machine Learning Engineer",
}
DIFFICULTIES = {"easy": 1, "medium": 2, "hard": 3}

# What belongs to the question itself; everything else in a file is content of its version.
ABOUT = ("slug", "kind", "title", "topics", "difficulty", "minutes")
_TEXT = {"type": "string", "minLength": 1}
COMMON: dict[str, Any] = {
    "slug": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 100},
    "kind": {"enum": list(kinds.KINDS)},
    "title": {"type": "string", "minLength": 1, "maxLength": 200},
    "topics": {"type": "array", "minItems": 1, "uniqueItems": True, "items": _TEXT},
    "difficulty": {"enum": list(DIFFICULTIES)},
    "minutes": {"type": "integer", "minimum": 1, "maximum": 240},
    "context": {**_TEXT, "description": "What the question tests, for those who choose it."},
    "instruction": {**_TEXT, "description": "How to answer; each kind has one of its own."},
    "roles": {
        "type": "array",
        "minItems": 1,
        "uniqueItems": True,
        "items": {"enum": list(ROLES)},
        "description": "Whom it suits; every role where nothing is said.",
    },
    "related": {
        "type": "array",
        "uniqueItems": True,
        "items": {"type": "string"},
        "description": "Slugs of questions that lead on from here.",
    },
    "tags": {"type": "array", "uniqueItems": True, "items": _TEXT},
    "sources": {"type": "array", "items": _TEXT},
}
REQUIRED = [*ABOUT, "context"]


# Where each field of a file stands.
Lines = dict[tuple[str | int, ...], int]


class PlainLoader(yaml.SafeLoader):
    """YAML without aliases, by which a small file could stand for a huge one."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="The bank uses no aliases.", problem_mark=mark)
        return super().compose_node(parent, index)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a file, at its line and field."""

    path: Path
    line: int
    field: str
    sentence: str

    def __str__(self) -> str:
        place = f"{self.field}: " if self.field else ""
        return f"{self.path.name}:{self.line}: {place}{self.sentence}"


class BadFile(Exception):
    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Entry:
    """A question as its file, or its row of the catalogue, says it; checked."""

    fields: Mapping[str, Any]

    @property
    def content(self) -> dict[str, Any]:
        own = {key: value for key, value in self.fields.items() if key not in ABOUT}
        return kinds.get(self.fields["kind"]).frozen(own)


def paths(folder: Path = BANK) -> list[Path]:
    """The files of the questions, in the order of their names."""
    return [path for path in sorted(folder.glob("*.yaml")) if path.name != TOPICS.name]


def read(path: Path) -> Entry:
    """Read and check one file; raise BadFile with everything that is wrong in it."""
    return checked(path, *_parse(path))


def checked(path: Path, fields: Mapping[str, Any], lines: Lines) -> Entry:
    """Return the entry that `fields` make; raise BadFile where they are no question."""
    faults = [
        Fault(path, _line(lines, field), ".".join(map(str, field)), sentence)
        for field, sentence in _faults(path, fields)
    ]
    if faults:
        raise BadFile(sorted(faults, key=lambda fault: fault.line))
    return Entry(fields)


def schema() -> dict[str, Any]:
    """The JSON Schema that is published beside the files, for editors to complete and check by."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A question of the bank",
        "type": "object",
        "required": REQUIRED,
        "properties": COMMON,
        "allOf": [
            {"if": {"properties": {"kind": {"const": kind.slug}}}, "then": dict(kind.schema)}
            for kind in kinds.KINDS.values()
        ],
        "unevaluatedProperties": False,
    }


@cache
def topics() -> dict[str, str]:
    """The known topics, slug to title."""
    return dict(yaml.safe_load(TOPICS.read_text()))


def _parse(path: Path) -> tuple[dict[str, Any], Lines]:
    try:
        text = path.read_text(encoding="utf-8")
        if len(text) > MAX_BYTES:
            raise BadFile([Fault(path, 1, "", f"The file is larger than {MAX_BYTES} bytes.")])
        return _load(path, text)
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile([Fault(path, 1, "", f"The file can't be read: {error}")]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        sentence = str(getattr(error, "problem", None) or error).splitlines()[0]
        raise BadFile([Fault(path, mark.line + 1 if mark else 1, "", sentence)]) from error


def _load(path: Path, text: str) -> tuple[dict[str, Any], Lines]:
    loader = PlainLoader(text)
    node = loader.get_single_node()
    if not isinstance(node, yaml.MappingNode):
        raise BadFile([Fault(path, 1, "", "The file holds no fields.")])
    lines = dict(_lines(node, ()))
    return loader.construct_document(node), lines


def _lines(node: yaml.Node, field: tuple[str | int, ...]) -> Iterator[tuple[Any, int]]:
    yield field, node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _lines(item, (*field, index))
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"The field {key.value!r} is given twice.", problem_mark=key.start_mark
                )
            seen.add(key.value)
            yield from _lines(value, (*field, key.value))
            yield (*field, key.value), key.start_mark.line + 1


def _line(lines: Lines, field: tuple[str | int, ...]) -> int:
    """The line of `field`, or of the nearest thing around it: what is missing has no line."""
    while field not in lines:
        field = field[:-1]
    return lines[field]


Found = Iterator[tuple[tuple[str | int, ...], str]]


def _faults(path: Path, fields: Mapping[str, Any]) -> Found:
    broken = list(_schema_faults(fields))
    yield from broken
    if broken:
        return
    if fields["slug"] != path.stem:
        yield ("slug",), f"The file is called {path.name}, so its slug is {path.stem!r}."
    for index, topic in enumerate(fields["topics"]):
        if topic not in topics():
            yield ("topics", index), f"topics.yaml has no topic {topic!r}."
    for field, sentence in kinds.get(fields["kind"]).validate(fields):
        yield tuple(int(part) if part.isdigit() else part for part in field.split(".")), sentence


def _schema_faults(fields: Mapping[str, Any]) -> Found:
    kind = kinds.KINDS.get(str(fields.get("kind")))
    # One flat schema instead of the published if/then: its messages name the field.
    own = kind.schema if kind else {"required": [], "properties": {}}
    flat = {
        "required": [*REQUIRED, *own["required"]],
        "properties": {**COMMON, **own["properties"]},
        "additionalProperties": kind is None,
    }
    for error in Draft202012Validator(flat).iter_errors(fields):
        yield tuple(error.absolute_path), _sentence(error)


def _sentence(error: ValidationError) -> str:
    message = error.message if len(error.message) < 200 else f"{error.message[:200]}…"
    return f"{message[:1].upper()}{message[1:]}."
