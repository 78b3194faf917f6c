"""The bank's files: one question a YAML file, read with the line of everything in it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, ValidationError

from questions import kinds
from questions.checking import formulas, wording
from questions.reading import Field, Lines, Unreadable, parse

BANK = Path(__file__).parent / "bank"
TOPICS = BANK / "topics.yaml"
GLOSSARY = BANK / "glossary.yaml"
MAX_BYTES = 262_144
ROLES = {
    "data-scientist": "Data Scientist",
    "ai-engineer": "AI Engineer",
    "deep-learning-engineer": "Deep Learning Engineer",
    "machine-learning-engineer": "Machine Learning Engineer",
}
DIFFICULTIES = {"easy": 1, "medium": 2, "hard": 3}

STATUSES = ("draft", "in_review", "published", "retired", "leaked")

REQUIRED = ("slug", "kind", "title", "topics", "difficulty", "minutes", "context")
# What belongs to the question itself: where it is found, and nothing that is asked or scored.
ABOUT = ("slug", "kind", "title", "topics", "difficulty", "minutes", "roles", "related", "tags")
# Everything else is content of its version.
NO_CONTENT = {*ABOUT, "status"}
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
    "status": {
        "enum": list(STATUSES),
        "description": "What is new is published where nothing is said. What is retired or leaked "
        "here comes back by `published` alone.",
    },
}


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
    path: Path = Path()
    lines: Lines = field(default_factory=lambda: {(): 1})

    @property
    def slug(self) -> str:
        return str(self.fields["slug"])

    @property
    def content(self) -> dict[str, Any]:
        own = {key: value for key, value in self.fields.items() if key not in NO_CONTENT}
        return kinds.get(self.fields["kind"]).frozen(own)

    def fault(self, field: Field, sentence: str) -> Fault:
        """Return a fault with the line of `field`, or of the nearest thing around it."""
        return Fault(self.path, _line(self.lines, field), ".".join(map(str, field)), sentence)


def paths(folder: Path = BANK) -> list[Path]:
    """The files of the questions, in the order of their names."""
    others = {TOPICS.name, GLOSSARY.name}
    return [path for path in sorted(folder.glob("*.yaml")) if path.name not in others]


def read(path: Path) -> Entry:
    """Read and check one file; raise BadFile with everything that is wrong in it."""
    return checked(path, *_parse(path))


def checked(path: Path, fields: Mapping[str, Any], lines: Lines) -> Entry:
    """Return the entry that `fields` make; raise BadFile where they are no question."""
    entry = Entry(fields, path, lines)
    faults = [entry.fault(*found) for found in _faults(path, fields)]
    if faults:
        raise BadFile(sorted(faults, key=lambda fault: fault.line))
    return entry


def schema() -> dict[str, Any]:
    """The JSON Schema that is published beside the files, for editors to complete and check by."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A question of the bank",
        "type": "object",
        "required": list(REQUIRED),
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
        with path.open("rb") as file:
            written = file.read(MAX_BYTES + 1)
        if len(written) > MAX_BYTES:
            raise BadFile([Fault(path, 1, "", f"The file is larger than {MAX_BYTES} bytes.")])
        return parse(written.decode())
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile([Fault(path, 1, "", f"The file can't be read: {error}.")]) from error
    except Unreadable as error:
        raise BadFile([Fault(path, error.line, "", error.sentence)]) from error


def _line(lines: Lines, field: Field) -> int:
    """The line of `field`, or of the nearest thing around it: what is missing has no line."""
    while field not in lines:
        field = field[:-1]
    return lines[field]


Found = Iterator[tuple[Field, str]]


def _faults(path: Path, fields: Mapping[str, Any]) -> Found:
    broken = list(_schema_faults(fields))
    yield from broken
    if broken:
        return
    if fields["slug"] != path.stem:
        yield ("slug",), f"The file is called {path.name}, so its slug is {path.stem!r}."
    for index, topic in enumerate(fields["topics"]):
        if topic not in topics():
            yield ("topics", index), f"topics.yaml has no topic {topic!r}.{_meant(topic, topics())}"
    for name, sentence in kinds.get(fields["kind"]).validate(fields):
        yield tuple(int(part) if part.isdigit() else part for part in name.split(".")), sentence
    yield from formulas.faults(fields)
    yield from wording.faults(fields)


def _schema_faults(fields: Mapping[str, Any]) -> Found:
    kind = fields.get("kind")
    for error in _validator(kind if isinstance(kind, str) else "").iter_errors(fields):
        yield tuple(error.absolute_path), _sentence(error)


@cache
def _validator(kind: str) -> Draft202012Validator:
    """One flat schema instead of the published if/then: its messages name the field."""
    known = kinds.KINDS.get(kind)
    own = known.schema if known else {"required": [], "properties": {}}
    return Draft202012Validator(
        {
            "required": [*REQUIRED, *own["required"]],
            "properties": {**COMMON, **own["properties"]},
            "additionalProperties": known is None,
        }
    )


def _sentence(error: ValidationError) -> str:
    message = error.message if len(error.message) < 200 else f"{error.message[:200]}…"
    sentence = f"{message[:1].upper()}{message[1:]}."
    if error.validator != "additionalProperties":
        return sentence
    rules: Any = error.schema
    fields: Any = error.instance
    unknown = sorted(set(fields) - set(rules["properties"]))
    return sentence + "".join(_meant(name, rules["properties"]) for name in unknown)


def _meant(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
