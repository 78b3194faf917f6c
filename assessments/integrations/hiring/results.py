"""How an order stands, in no system's words: what the adapters put into theirs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from assessments.models import Attempt, HiringOrder, PartScore, Section
from questions.models import Topic


@dataclass(frozen=True, slots=True)
class Part:
    """What was earned in a section; where there is none, in a topic.

    Attributes:
        key: the same for the same part of the same assessment: "section-1", "topic-regression".
    """

    key: str
    title: str
    percent: float


@dataclass(frozen=True, slots=True)
class Result:
    """An order with all that its system may be told.

    Attributes:
        percent: of all points, 0 to 100; None until everything is scored.
        url: of the report, for members who sign in; "" until there is one.
        taken: never above the minutes of the assessment: nobody is told who had more time.
    """

    order: HiringOrder
    state: HiringOrder.State
    percent: float | None = None
    passed: bool | None = None
    pass_percent: float | None = None
    url: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    taken: timedelta | None = None
    parts: tuple[Part, ...] = ()

    @property
    def is_complete(self) -> bool:
        return self.state == HiringOrder.State.COMPLETED


def result_of(order: HiringOrder) -> Result:
    """Return how `order` stands now; it was read with its invitation."""
    state = order.standing
    attempt: Attempt | None = getattr(order.invitation, "attempt", None)
    if attempt is None or state == HiringOrder.State.ERASED:
        return Result(order, state)
    return Result(
        order,
        state,
        percent=percent(attempt.score),
        passed=attempt.passed,
        pass_percent=percent(order.version.pass_mark),
        url=settings.BASE_URL + attempt.get_absolute_url() if attempt.finished_at else "",
        started_at=attempt.started_at,
        finished_at=attempt.finished_at,
        taken=_taken(attempt),
        parts=tuple(_parts(attempt)) if state == HiringOrder.State.COMPLETED else (),
    )


def percent(share: float | None) -> float | None:
    """0.6197 → 61.9, 0.6 → 60: as the desk says it, never rounded up."""
    if share is None:
        return None
    points = int(share * 1000 + 1e-6) / 10
    return int(points) if points.is_integer() else points


def _taken(attempt: Attempt) -> timedelta | None:
    if attempt.finished_at is None:
        return None
    return min(attempt.finished_at - attempt.started_at, timedelta(minutes=attempt.version.minutes))


def _parts(attempt: Attempt) -> Iterator[Part]:
    titles = dict(
        Section.objects.filter(version=attempt.scored_by or attempt.version).values_list(
            "position", "title"
        )
    )
    rows = attempt.part_scores.filter(kind=PartScore.Kind.SECTION) if titles else []
    for row in sorted(rows, key=lambda each: int(each.key)):
        title = titles.get(int(row.key)) or f"Section {row.key}"
        yield _part("section", row, title)
    if not titles:
        yield from _topics(attempt)


def _topics(attempt: Attempt) -> Iterator[Part]:
    rows = list(attempt.part_scores.filter(kind=PartScore.Kind.TOPIC).order_by("key"))
    titles: dict[str, Any] = dict(
        Topic.objects.filter(slug__in=[row.key for row in rows]).values_list("slug", "title")
    )
    for row in rows:
        yield _part("topic", row, titles.get(row.key, row.key))


def _part(kind: str, row: PartScore, title: str) -> Part:
    return Part(f"{kind}-{row.key}", title, percent(row.score) or 0)
