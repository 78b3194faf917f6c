"""Ranges of parts of a score: "Gradients from 50 % to 80 %", as many as one likes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

from django.core.exceptions import ValidationError
from django.http import QueryDict

from assessments.models import PartScore
from assessments.models.attempt import AttemptQuerySet
from assessments.recruiter.table.columns import Column
from assessments.recruiter.table.filters import PercentField, highest, lowest

MOST = 6


@dataclass(frozen=True, slots=True)
class Range:
    """The attempts whose share of a part lies in it; both ends may be open, and both belong."""

    column: Column
    least: Decimal | None = None
    most: Decimal | None = None

    def filter(self, found: AttemptQuerySet) -> AttemptQuerySet:
        kind, key = self.column.part or ("", "")
        parts = PartScore.objects.filter(kind=kind, key=key)
        if self.least is not None:
            parts = parts.filter(score__gte=lowest(self.least))
        if self.most is not None:
            parts = parts.filter(score__lte=highest(self.most))
        return found.filter(pk__in=parts.values("attempt"))

    @property
    def least_percent(self) -> str:
        return _percent(self.least)

    @property
    def most_percent(self) -> str:
        return _percent(self.most)


def ranges_of(query: QueryDict, parts: Iterable[Column]) -> list[Range]:
    """Read the lists `part`, `part_min` and `part_max` of an address, side by side."""
    return list(_read(query, {each.key: each for each in parts}))[:MOST]


def _read(query: QueryDict, parts: dict[str, Column]) -> Iterator[Range]:
    lists = [query.getlist(name)[: 2 * MOST] for name in ("part", "part_min", "part_max")]
    for key, least, most in zip_longest(*lists, fillvalue=""):
        bounds = _share(least), _share(most)
        if key in parts and bounds != (None, None):
            yield Range(parts[key], *bounds)


def _share(text: str) -> Decimal | None:
    try:
        share: Decimal | None = PercentField(required=False).clean(text)
    except ValidationError:
        return None
    return share


def _percent(share: Decimal | None) -> str:
    return "" if share is None else f"{(100 * share).normalize():f}"
