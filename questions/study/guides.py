"""The study files: a guide to each topic, and the glossary. Read once, for they ship with us."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from questions import files
from questions.files import BadFile, Fault
from questions.reading import Lines, Unreadable, parse
from questions.study import schemas

log = logging.getLogger(__name__)

GUIDES = files.BANK / "study"
GLOSSARY = files.GLOSSARY
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A study file: what it says, and where."""

    path: Path
    fields: Fields
    lines: Lines

    def fault(self, field: Sequence[str | int], sentence: str) -> Fault:
        """Return a fault with the line of `field`, or of the nearest thing around it."""
        place = tuple(field)
        while place not in self.lines:
            place = place[:-1]
        return Fault(self.path, self.lines[place], ".".join(map(str, field)), sentence)


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the glossary."""

    slug: str
    term: str
    definition: str
    source: str
    also: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    see: tuple[str, ...] = ()


def read(path: Path, schema: Mapping[str, Any]) -> Sheet:
    """Read a file and hold it against its schema; raise BadFile with all that is wrong in it."""
    try:
        sheet = Sheet(path, *parse(path.read_text(encoding="utf-8")))
    except Unreadable as error:
        raise BadFile([Fault(path, error.line, "", error.sentence)]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile([Fault(path, 1, "", f"The file can't be read: {error}.")]) from error
    errors = Draft202012Validator(schema).iter_errors(sheet.fields)
    if faults := [sheet.fault(list(each.absolute_path), f"{each.message}.") for each in errors]:
        raise BadFile(sorted(faults, key=lambda fault: fault.line))
    return sheet


def paths() -> list[Path]:
    return sorted(GUIDES.glob("*.yaml"))


@cache
def guides() -> dict[str, Fields]:
    """The guides by topic. One that can't be read is logged, and missing."""
    return {sheet.path.stem: sheet.fields for sheet in _readable(paths(), schemas.GUIDE)}


@cache
def glossary() -> dict[str, Term]:
    """The words by slug, in the order of the alphabet."""
    found = [
        _term(slug, fields)
        for sheet in _readable([GLOSSARY], schemas.GLOSSARY)
        for slug, fields in sheet.fields["terms"].items()
    ]
    return {term.slug: term for term in sorted(found, key=lambda each: each.term.casefold())}


@cache
def offered() -> frozenset[str]:
    """The slugs of questions that some guide offers: no other is ever shown."""
    return frozenset(slug for guide in guides().values() for slug in guide["review"])


def _term(slug: str, fields: Mapping[str, Any]) -> Term:
    lists = {name: tuple(each) for name, each in fields.items() if isinstance(each, list)}
    return Term(slug, **{**fields, **lists})


def _readable(found: Sequence[Path], schema: Mapping[str, Any]) -> Iterator[Sheet]:
    for path in found:
        try:
            yield read(path, schema)
        except BadFile:
            log.exception("A study file is left out.")
