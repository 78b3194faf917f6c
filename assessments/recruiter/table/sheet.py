"""The table as a file: its columns, what each means, and the rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from assessments.exports import attempts
from assessments.exports.columns import Column, Entry, Scope, entries_of, values_of
from assessments.models import AssessmentVersion, Attempt
from assessments.recruiter.table.table import Table

# Attempts that are read together.
AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that is ready to be written; the rows are read while they are written."""

    entries: Sequence[Entry]
    keys: Sequence[UUID]
    versions: Sequence[AssessmentVersion]
    rows: Iterable[Sequence[Any]]


def sheet_of(table: Table, keys: Sequence[UUID]) -> Sheet:
    """Return these attempts, in this order, with all that `table` may tell of them."""
    occurring = Attempt.objects.filter(pk__in=keys) if len(keys) < AT_ONCE else table.found
    wanted = occurring.order_by().values("invitation__assessment_version")
    versions = list(AssessmentVersion.objects.filter(pk__in=wanted).order_by("title", "number"))
    scope = Scope(table.viewer.sees_all_names, table.manages, versions)
    columns = attempts.columns(scope)
    return Sheet(entries_of(columns), keys, versions, _rows(columns, keys, scope))


def _rows(columns: Sequence[Column], keys: Sequence[UUID], scope: Scope) -> Iterator[list[Any]]:
    for start in range(0, len(keys), AT_ONCE):
        for line in attempts.lines(keys[start : start + AT_ONCE], scope):
            yield values_of(columns, line)
