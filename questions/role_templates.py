"""The shipped role templates: assessments that are ready for a role, a level and a length.

One YAML file each in `questions/bank/templates/`, beside the questions that they name: they are
content of the bank, checked with it, and know nothing of who is asked.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator

from questions import files
from questions.files import BadFile, Fault
from questions.reading import Field, Lines, Unreadable, parse

log = logging.getLogger(__name__)

FOLDER = files.BANK / "templates"
LEVELS = {"junior": "Junior", "senior": "Senior"}


class Length(NamedTuple):
    """How many minutes a template of a length may give its candidates."""

    least: int
    most: int


LENGTHS = {"short": Length(25, 40), "long": Length(65, 85)}

_SLUG = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 100}
_TEXT = {"type": "string", "minLength": 1}
_ITEM: dict[str, Any] = {
    "type": "object",
    "required": ["question", "weight"],
    "additionalProperties": False,
    "properties": {
        "question": {**_SLUG, "description": "The slug of a question of the bank."},
        "weight": {
            "type": "number",
            "exclusiveMinimum": 0,
            "description": "What it counts beside the others; usually its minutes.",
        },
    },
}
_SECTION: dict[str, Any] = {
    "type": "object",
    "required": ["title", "questions"],
    "additionalProperties": False,
    "properties": {
        "title": {**_TEXT, "maxLength": 100},
        "questions": {"type": "array", "minItems": 1, "items": _ITEM},
    },
}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A role template: a ready assessment",
    "type": "object",
    "required": [
        *("slug", "title", "role", "level", "length", "minutes", "pass_mark"),
        *("covers", "intro", "sections"),
    ],
    "additionalProperties": False,
    "properties": {
        "slug": {**_SLUG, "maxLength": 45, "description": "<role>-<level>-<length>, as the file."},
        "title": {**_TEXT, "maxLength": 150, "description": "What candidates read, too."},
        "role": {"enum": list(files.ROLES)},
        "level": {"enum": list(LEVELS)},
        "length": {"enum": list(LENGTHS)},
        "minutes": {"type": "integer", "minimum": 1, "description": "The time limit."},
        "pass_mark": {
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "description": "A share of the highest score.",
        },
        "covers": {**_TEXT, "description": "What it finds out, in plain words for a recruiter."},
        "intro": {**_TEXT, "description": "What candidates read first, in Markdown."},
        "sections": {"type": "array", "minItems": 1, "items": _SECTION},
    },
}


@dataclass(frozen=True, slots=True)
class Item:
    """A question of a template, with its weight and its field in the file."""

    question: str
    weight: float
    field: Field


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A role template as its file says it."""

    path: Path
    fields: Mapping[str, Any]
    lines: Lines

    @property
    def slug(self) -> str:
        return str(self.fields["slug"])

    @property
    def title(self) -> str:
        return str(self.fields["title"])

    @property
    def role(self) -> str:
        return str(self.fields["role"])

    @property
    def minutes(self) -> int:
        return int(self.fields["minutes"])

    @property
    def sections(self) -> list[Section]:
        return [
            Section(section["title"], tuple(_items(place, section["questions"])))
            for place, section in enumerate(self.fields["sections"])
        ]

    @property
    def items(self) -> list[Item]:
        """All its questions, in their order."""
        return [item for section in self.sections for item in section.items]

    def fault(self, field: Field, sentence: str) -> Fault:
        """Return a fault with the line of `field`, or of the nearest thing around it."""
        place = field
        while place not in self.lines:
            place = place[:-1]
        return Fault(self.path, self.lines[place], ".".join(map(str, field)), sentence)


def _items(section: int, questions: list[dict[str, Any]]) -> list[Item]:
    return [
        Item(each["question"], float(each["weight"]), ("sections", section, "questions", place))
        for place, each in enumerate(questions)
    ]


def paths(folder: Path = FOLDER) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


def read(path: Path) -> Template:
    """Read a file and hold it against the schema; raise BadFile with all that is wrong in it."""
    try:
        template = Template(path, *parse(path.read_text(encoding="utf-8")))
    except Unreadable as error:
        raise BadFile([Fault(path, error.line, "", error.sentence)]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile([Fault(path, 1, "", f"The file can't be read: {error}.")]) from error
    errors = Draft202012Validator(SCHEMA).iter_errors(template.fields)
    if faults := [template.fault(tuple(each.absolute_path), f"{each.message}.") for each in errors]:
        raise BadFile(sorted(faults, key=lambda fault: fault.line))
    return template


@cache
def shipped() -> dict[str, Template]:
    """The templates by slug: roles in their order, junior before senior, short before long.

    They are read once. One that can't be read is logged, and missing.
    """
    found = []
    for path in paths():
        try:
            found.append(read(path))
        except BadFile:
            log.exception("A role template is left out.")
    return {template.slug: template for template in sorted(found, key=_rank)}


def _rank(template: Template) -> tuple[int, ...]:
    choices = (("role", files.ROLES), ("level", LEVELS), ("length", LENGTHS))
    return tuple(list(known).index(template.fields[name]) for name, known in choices)
