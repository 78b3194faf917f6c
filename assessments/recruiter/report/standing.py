"""Where a score stands among others: of the same version only, and of enough of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, IntegerField, Q
from django.db.models.functions import Cast, Floor, Least
from django.utils import timezone

from assessments.models import Attempt, Label
from assessments.models.attempt import AttemptQuerySet

# A percentile among fewer says more of chance than of the candidate.
LEAST = 20
YEAR = timedelta(days=365)
BINS = 20
TALLEST, GAP = 36.0, 0.4
EVERYBODY, LAST_YEAR = "all", "year"


@dataclass(frozen=True, slots=True)
class Group:
    """Whom somebody is compared with, as the address says it and as a person reads it."""

    key: str
    title: str
    label: int | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """How many scores lie from `low` to `high`; in a picture of 100 by 40."""

    low: float
    high: float
    count: int
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Standing:
    """A score among the `others` of a group; `percentile` is None where they are too few."""

    group: Group
    groups: tuple[Group, ...]
    others: int
    percentile: int | None
    bars: tuple[Bar, ...]
    place: float

    @property
    def enough(self) -> bool:
        return self.percentile is not None


def standing(attempt: Attempt, key: str) -> Standing | None:
    """Return where the score of `attempt` stands in the group `key`; None without a score.

    Two queries, however many attempts and labels there are.
    """
    if attempt.score is None or attempt.finished_at is None:
        return None
    groups = (
        Group(EVERYBODY, "all who finished this version"),
        Group(LAST_YEAR, "those of the last 12 months"),
        *_labelled(attempt),
    )
    group = next((each for each in groups if each.key == key), groups[0])
    found = list(_binned(_others(attempt, group), attempt.score))
    others = sum(count for _, count, _, _ in found)
    if others < LEAST:
        return Standing(group, groups, others, None, (), attempt.score)
    lower = sum(below for _, _, below, _ in found)
    equal = sum(same for _, _, _, same in found)
    # Halves of those with the same score count as below; never rounded up to the best of all.
    percentile = int(100 * (lower + equal / 2) / others)
    bars = _bars({place: count for place, count, _, _ in found})
    return Standing(group, groups, others, percentile, bars, attempt.score)


def _labelled(attempt: Attempt) -> Iterator[Group]:
    labels = Label.objects.filter(
        organisation=attempt.organisation_id,
        attempts__invitation__assessment_version=attempt.version,
    )
    for pk, name in labels.distinct().values_list("pk", "name"):
        yield Group(f"label-{pk}", f"those labelled “{name}”", pk)


def _others(attempt: Attempt, group: Group) -> AttemptQuerySet:
    """Everybody else whose score was made of the same questions and weights."""
    found = Attempt.objects.scored_alike(attempt.version, attempt.scored_by).filter(
        invitation__preview=False, finished_at__isnull=False, score__isnull=False
    )
    found = found.exclude(pk=attempt.pk)
    if group.key == LAST_YEAR:
        found = found.filter(finished_at__gte=timezone.now() - YEAR)
    return found.filter(labels=group.label) if group.label else found


def _binned(found: AttemptQuerySet, score: float) -> Iterator[tuple[int, int, int, int]]:
    """Yield per bin its place, and how many scores are in it, below `score`, and the same."""
    place = Least(Cast(Floor(F("score") * BINS), IntegerField()), BINS - 1)
    rows = found.order_by().annotate(bin=place).values("bin")
    counted = rows.annotate(
        count=Count("pk"),
        below=Count("pk", filter=Q(score__lt=score)),
        same=Count("pk", filter=Q(score=score)),
    )
    yield from counted.values_list("bin", "count", "below", "same")


def _bars(counts: dict[int, int]) -> tuple[Bar, ...]:
    most = max(counts.values())
    return tuple(_bar(place, counts.get(place, 0), most) for place in range(BINS))


def _bar(place: int, count: int, most: int) -> Bar:
    width, height = 100 / BINS, round(TALLEST * count / most, 2)
    low, high = place / BINS, (place + 1) / BINS
    return Bar(low, high, count, place * width + GAP, round(40 - height, 2), height)
