"""Columns as they are declared once: how a value is found, and what it means to a reader."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from assessments.models import AssessmentVersion, Attempt
from assessments.recruiter.report.source import plain
from assessments.recruiter.viewer import alias_of


class Type(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    CATEGORY = "category"
    WHOLE = "whole number"
    NUMBER = "number"
    SHARE = "share, 0 to 1"
    YES_NO = "yes or no"
    MOMENT = "date and time, UTC"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the codebook.

    Attributes:
        name: of the column in files for programs; `title` in those for people.
        unit: of its numbers, "" for none.
        allowed: all values that there are, of a category that has no others.
        missing: when it is empty; "" for never.
    """

    name: str
    title: str
    type: Type
    unit: str
    meaning: str
    allowed: tuple[str, ...]
    missing: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"allowed": list(self.allowed)}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        changed = {"type": Type(kept["type"]), "allowed": tuple(kept["allowed"])}
        return cls(**{**kept, **changed})


@dataclass(frozen=True, slots=True)
class Column:
    """What a codebook tells of a column, and where its value comes from."""

    title: str
    type: Type
    meaning: str
    value: Callable[[Any], Any]
    unit: str = ""
    allowed: tuple[str, ...] = ()
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a file may tell, and of which versions of assessments.

    Attributes:
        names: whether candidates have names in it.
        everything: whether it tells what those who only score aren't told.
    """

    names: bool
    everything: bool
    versions: Sequence[AssessmentVersion] = ()

    def name_of(self, attempt: Attempt) -> str:
        return plain(attempt.candidate.name) if self.names else f"Candidate {alias_of(attempt)}"

    def email_of(self, attempt: Attempt) -> str:
        person = attempt.candidate
        # What stands in place of an erased address is nobody's.
        return plain(person.email) if self.names and not person.erased_at else ""


def codebook_of(columns: Iterable[Column]) -> dict[str, Column]:
    """Return the columns by names that every program takes: small letters, digits and "_"."""
    named: dict[str, Column] = {}
    for column in columns:
        name = plainest = re.sub(r"[^a-z0-9]+", "_", column.title.lower()).strip("_")
        again = 1
        while name in named:  # `a-b` and `a_b` are two topics
            again += 1
            name = f"{plainest}_{again}"
        named[name] = column
    return named


def entries_of(columns: Iterable[Column]) -> list[Entry]:
    return [
        Entry(name, each.title, each.type, each.unit, each.meaning, each.allowed, each.missing)
        for name, each in codebook_of(columns).items()
    ]


def values_of(columns: Iterable[Column | None], line: Any) -> list[Any]:
    """The cells of a line; a column that is not there any more is empty."""
    return [None if column is None else _cell(column.value(line)) for column in columns]


def _cell(value: Any) -> Any:
    """Texts of which every file can be made: halves of characters are no UTF-8."""
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "replace").decode()
    return None if value == "" else value


def who(scope: Scope) -> list[Column]:
    """Whose row it is; `line` has an attempt, a name and an address."""
    called = "Name" if scope.names else "Alias, the same in every table; names are hidden"
    found = [Column("candidate", Type.TEXT, f"{called}.", lambda line: line.name)]
    if scope.names:
        found.append(Column("email", Type.TEXT, "E-mail address.", lambda line: line.email))
    return [
        *found,
        Column("attempt", Type.TEXT, "Key of the attempt.", lambda line: str(line.attempt.pk)),
        Column("assessment", Type.CATEGORY, "Its title.", lambda line: line.attempt.version.title),
        Column(
            "version", Type.WHOLE, "Number of the assessment's version.",
            lambda line: line.attempt.version.number,
        ),
    ]  # fmt: skip
