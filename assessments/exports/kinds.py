"""What a row of an export can be."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from assessments.exports import answers, attempts, checks
from assessments.exports.columns import Column, Scope
from assessments.models import Export


@dataclass(frozen=True, slots=True)
class Kind:
    """How the rows of a kind are made.

    Attributes:
        tells: a sentence about what a row is.
        at_once: attempts that are read together, so that memory and each step stay small.
    """

    tells: str
    at_once: int
    columns: Callable[[Scope], list[Column]]
    lines: Callable[[Sequence[UUID], Scope], Iterable[Any]]


KINDS: Mapping[str, Kind] = {
    Export.Kind.ATTEMPTS: Kind(
        "One row an attempt, with a column for each family, topic, section and question.",
        1000,
        attempts.columns,
        attempts.lines,
    ),
    Export.Kind.ANSWERS: Kind(
        "One row for each question that an attempt asked, answered or not.",
        500,
        answers.columns,
        answers.lines,
    ),
    Export.Kind.CHECKS: Kind(
        "One row for each check of the code that counts: the best submission, or the last one.",
        100,
        checks.columns,
        checks.lines,
    ),
}
