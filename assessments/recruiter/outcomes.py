"""What became of those who sat: passed or not, and how people decided, without who it was."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from assessments.models import Attempt, Decision, Organisation

VERSION = "invitation__assessment_version"
COLUMNS = (
    "assessment", "version", "month", "score", "pass_mark", "passed", "decision",
    "score_was_overridden",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many of a version's finished attempts came out how."""

    title: str
    number: int
    finished: int
    graded: int
    passed: int
    advance: int
    hold: int
    decline: int

    @property
    def decided(self) -> int:
        return self.advance + self.hold + self.decline

    @property
    def pass_rate(self) -> float | None:
        return self.passed / self.graded if self.graded else None

    @property
    def selection_rate(self) -> float | None:
        """The share of those who sat that a person let advance."""
        return self.advance / self.decided if self.decided else None


def finished_of(organisation: Organisation) -> QuerySet[Attempt]:
    """Finished attempts with `outcome`, that of the decision in force."""
    newest = Decision.objects.filter(attempt=OuterRef("pk")).order_by("-made_at", "-id")
    found: QuerySet[Attempt] = Attempt.objects.of(organisation).filter(finished_at__isnull=False)
    return found.annotate(outcome=Subquery(newest.values("outcome")[:1]))


def outcomes_of(organisation: Organisation) -> list[Outcomes]:
    """Return them by assessment and version, in one query."""
    # What is counted takes names that an attempt has, too.
    found: Any = finished_of(organisation).order_by()
    by_version = found.values(title=F(f"{VERSION}__title"), number=F(f"{VERSION}__number"))
    counted = by_version.annotate(
        finished=Count("pk"),
        graded=Count("pk", filter=Q(score__isnull=False)),
        passed=Count("pk", filter=Q(score__gte=F(f"{VERSION}__pass_mark"))),
        **{each: Count("pk", filter=Q(outcome=each)) for each in Decision.Outcome.values},
    )
    ordered = counted.order_by("title", "number", f"{VERSION}__assessment")
    return [Outcomes(**each) for each in ordered.values(*Outcomes.__slots__)]


def rows_of(organisation: Organisation) -> Iterator[Sequence[Any]]:
    """A row for each finished attempt, in an order that tells nothing: by month and score."""
    yield COLUMNS
    overridden = Attempt.objects.filter(pk=OuterRef("pk"), overrides__isnull=False)
    found = (
        finished_of(organisation)
        .annotate(overridden=Exists(overridden))
        .select_related("invitation__assessment_version")
        .order_by(
            *(f"{VERSION}__title", f"{VERSION}__number"),
            *("finished_at__year", "finished_at__month", "score"),
        )
    )
    for attempt in found.iterator(1000):
        yield _row(attempt)


def _row(attempt: Any) -> Sequence[Any]:
    version = attempt.version
    passed = {True: "yes", False: "no", None: ""}[attempt.passed]
    return (
        *(version.title, version.number, f"{attempt.finished_at:%Y-%m}"),
        *(_share(attempt.score), _share(version.pass_mark), passed),
        *(attempt.outcome or "", "yes" if attempt.overridden else "no"),
    )


def _share(value: float | None) -> str | None:
    return None if value is None else f"{value:.4f}"
