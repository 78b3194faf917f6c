"""In which order the table of candidates stands."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, Count, F, FilteredRelation, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from assessments.models import Decision
from assessments.models.attempt import AttemptQuerySet
from assessments.recruiter.table.columns import CANDIDATE


def ordered(found: AttemptQuerySet, order: str, *, named: bool) -> AttemptQuerySet:
    """Sort by the column that `order` names, "-" before it for falling; what is missing is last."""
    key, falls = order.removeprefix("-"), order.startswith("-")
    if key == "started":
        return found.order_by(*(("-started_at", "-pk") if falls else ("started_at", "pk")))
    if key == CANDIDATE.key and not named:
        # An order by names that are hidden would tell of them.
        return found.order_by("-pk" if falls else "pk")
    found, by = _sorting(found, key)
    way = by.desc(nulls_last=True) if falls else by.asc(nulls_last=True)
    return found.order_by(way, "-started_at", "-pk")


def _sorting(found: AttemptQuerySet, key: str) -> tuple[AttemptQuerySet, Any]:
    kind, _, part = key.partition(".")
    if part:
        wanted = Q(part_scores__kind=kind, part_scores__key=part)
        relation = FilteredRelation("part_scores", condition=wanted)
        return found.annotate(sorting=relation), F("sorting__score")
    if key == "taken":
        return found.with_taken(), F("taken")
    return found, _BY[key]


def outcome() -> Subquery:
    """What was decided of an attempt last."""
    newest = Decision.objects.filter(attempt=OuterRef("pk")).order_by("-made_at", "-id")
    return Subquery(newest.values("outcome")[:1])


def number_of(model: Any) -> Coalesce:
    """How many rows of `model` an attempt has."""
    counted = model.objects.filter(attempt=OuterRef("pk")).order_by().values("attempt")
    return Coalesce(Subquery(counted.annotate(number=Count("pk")).values("number")), 0)


def _stage() -> Case:
    return Case(
        When(finished_at=None, then=Value(0)),
        When(score=None, awaits_review=False, then=Value(1)),
        When(score=None, then=Value(2)),
        When(score__lt=F("invitation__assessment_version__pass_mark"), then=Value(3)),
        default=Value(4),
    )


_BY: Mapping[str, Any] = {
    "candidate": F("invitation__candidate__name"),
    "assessment": F("invitation__assessment_version__title"),
    "state": _stage(),
    "score": F("score"),
    "finished": F("finished_at"),
    "decision": outcome(),
}
