"""The rows of the table: all that its cells show, in queries that are always as many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from assessments.models import Attempt, IntegrityEvent, Label, ProblemReport
from assessments.models.attempt import AttemptQuerySet
from assessments.recruiter.table.columns import Column
from assessments.recruiter.table.orders import number_of, outcome


@dataclass(frozen=True, slots=True)
class Cell:
    column: Column
    # Of a part of a score; null where the attempt has none.
    share: float | None


@dataclass(frozen=True, slots=True)
class Row:
    attempt: Any
    cells: list[Cell]

    @property
    def seen(self) -> list[Any]:
        """What a page that follows what happens compares."""
        attempt = self.attempt
        labels = [label.name for label in attempt.labels.all()]
        return [attempt.pk, attempt.stage, attempt.score, attempt.outcome, labels]


def with_cells(found: AttemptQuerySet) -> AttemptQuerySet:
    """What any cell needs of an attempt, but its parts and its code."""
    people = found.with_candidate().with_taken()
    cells: AttemptQuerySet = people.annotate(
        outcome=outcome(),
        event_count=number_of(IntegrityEvent),
        report_count=number_of(ProblemReport),
    )
    return cells.prefetch_related(Prefetch("labels", Label.objects.order_by("name")))


def rows_of(keys: Iterable[UUID], columns: Sequence[Column]) -> list[Row]:
    """Return the rows of these attempts, in the order of the keys."""
    found = with_cells(Attempt.objects.filter(pk__in=list(keys)))
    if any(column.key == "families" for column in columns):
        found = found.with_leading()
    if any(column.part for column in columns):
        found = found.prefetch_related("part_scores")
    by_key = {attempt.pk: attempt for attempt in found}
    return [_row(by_key[key], columns) for key in keys if key in by_key]


def _row(attempt: Attempt, columns: Sequence[Column]) -> Row:
    shares: dict[tuple[str, str], float] = {}
    if any(column.part for column in columns):
        shares = {(part.kind, part.key): part.score for part in attempt.part_scores.all()}
    return Row(
        attempt, [Cell(each, shares.get(each.part) if each.part else None) for each in columns]
    )
