"""An assessment in numbers: how far its candidates are, and how the scores of a version lie.

Everything is counted by the database, in as many queries for three attempts as for 100,000.
Versions ask different things: no figure mixes two of them, nor scores that were made again by
another version with those that were not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Avg, Count, F, Max, Q
from django.db.models.functions import NullIf

from assessments.models import (
    AccommodationRequest,
    Assessment,
    AssessmentVersion,
    Attempt,
    Decision,
    Email,
    Invitation,
    PartScore,
    ProblemReport,
)
from assessments.models.attempt import AttemptQuerySet
from assessments.recruiter.overview_charts import (
    COARSE,
    FEWEST,
    Histogram,
    histogram_of_scores,
    histogram_of_times,
    score_bins,
    time_bins,
)
from grader.families import Family
from questions.models import Topic
from questions.templatetags.scores import TITLES

_GRADED = Q(attempt__finished_at__isnull=False, attempt__score__isnull=False)
_UNSCORED = Q(attempt__finished_at__isnull=False, attempt__score=None)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the funnel: how many came as far, and what share of those invited that is."""

    title: str
    number: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Scoring:
    """Scores of one version that the same questions and weights made.

    `by` is the version by which they were scored again; None: the one that was sat.
    """

    by: AssessmentVersion | None
    graded: int = 0
    passed: int = 0
    mean_score: float | None = None

    @property
    def key(self) -> str:
        """As an address says it."""
        return str(self.by.number) if self.by else "own"

    @property
    def mean(self) -> float | None:
        """Of the scores, once there are enough of them."""
        return self.mean_score if self.graded >= FEWEST else None

    @property
    def passed_share(self) -> float | None:
        return self.passed / self.graded if self.graded >= FEWEST else None

    @property
    def told(self) -> tuple[Any, ...]:
        """Of the mean the first digits: a database adds in any order, and the last ones differ."""
        mean = None if self.mean_score is None else round(self.mean_score, 6)
        return self.key, self.graded, self.passed, mean


@dataclass(frozen=True, slots=True)
class VersionLine:
    """How far the candidates of one version are."""

    version: AssessmentVersion
    counts: Mapping[str, Any]
    # By outcome, of the decisions in force.
    decisions: Mapping[str, int]
    # As they were sat first, then by the versions that scored them again.
    scorings: tuple[Scoring, ...] = ()

    def __getattr__(self, name: str) -> Any:
        return self.counts.get(name) or 0

    @property
    def decided(self) -> int:
        return sum(self.decisions.values())

    @property
    def told(self) -> tuple[Any, ...]:
        """What tells it from itself at another moment."""
        counted, decided = sorted(self.counts.items()), sorted(self.decisions.items())
        scored = [scoring.told for scoring in self.scorings]
        return self.version.number, counted, scored, decided

    @property
    def last_activity(self) -> datetime | None:
        moments = [self.counts.get(f"last_{name}") for name in ("invited", "started", "finished")]
        return max((moment for moment in moments if moment), default=None)

    @property
    def funnel(self) -> list[Step]:
        titles = ("invited", "started", "finished", "graded", "decided")
        return [self._step(title) for title in titles]

    def _step(self, title: str) -> Step:
        number = getattr(self, title)
        return Step(title.capitalize(), number, number / self.invited if self.invited else None)


@dataclass(frozen=True, slots=True)
class Part:
    """The mean share that was earned in a topic or a family, of so many attempts."""

    title: str
    mean: float | None
    number: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What somebody has to look after; the last three are for those who invite alone."""

    reviews: int
    gradings: int
    problems: int = 0
    accommodations: int = 0
    emails: int = 0

    @property
    def any(self) -> bool:
        return bool(self.reviews or self.gradings or self.asked)

    @property
    def asked(self) -> int:
        return self.problems + self.accommodations + self.emails


def lines_of(assessment: Assessment) -> list[VersionLine]:
    """Each published version with its counts, the newest first, in three queries."""
    published = assessment.versions.filter(published_at__isnull=False).order_by("-number")
    versions = {version.pk: version for version in published}
    found = Invitation.objects.of_assessment(assessment).order_by()
    # A version that scores its own attempts again makes the same of them as before.
    by = NullIf("attempt__scored_by", "assessment_version")
    rows = found.values("assessment_version", by=by).annotate(**_COUNTS)
    counted: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        counted.setdefault(row["assessment_version"], []).append(row)
    decided = _decided(assessment)
    return [
        VersionLine(
            version,
            _together(counted.get(pk, [])),
            decided.get(pk, {}),
            tuple(_scorings(counted.get(pk, []), versions)),
        )
        for pk, version in versions.items()
    ]


_COUNTED: Mapping[str, Any] = {
    "invited": Count("pk"),
    "started": Count("attempt"),
    "finished": Count("attempt", filter=Q(attempt__finished_at__isnull=False)),
    "graded": Count("attempt", filter=_GRADED),
    "to_review": Count("attempt", filter=_UNSCORED & Q(attempt__awaits_review=True)),
    "to_grade": Count("attempt", filter=_UNSCORED & Q(attempt__awaits_review=False)),
}
_LATEST: Mapping[str, Any] = {
    "last_invited": Max("created_at"),
    "last_started": Max("attempt__started_at"),
    "last_finished": Max("attempt__finished_at"),
}
_COUNTS: Mapping[str, Any] = {
    **_COUNTED,
    **_LATEST,
    "passed": Count(
        "attempt", filter=_GRADED & Q(attempt__score__gte=F("assessment_version__pass_mark"))
    ),
    "mean_score": Avg("attempt__score", filter=_GRADED),
}


def _together(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How far the candidates are, however their scores were made."""
    summed = {name: sum(row[name] for row in rows) for name in _COUNTED}
    moments = {name: [row[name] for row in rows if row[name]] for name in _LATEST}
    return summed | {name: max(found, default=None) for name, found in moments.items()}


def _scorings(
    rows: Sequence[Mapping[str, Any]], versions: Mapping[int, AssessmentVersion]
) -> list[Scoring]:
    found = [
        Scoring(versions.get(row["by"]), row["graded"], row["passed"], row["mean_score"])
        for row in rows
        if row["graded"]
    ]
    return sorted(found, key=_age)


def _age(scoring: Scoring) -> int:
    return scoring.by.number if scoring.by else 0


def _decided(assessment: Assessment) -> dict[int, dict[str, int]]:
    version = "attempt__invitation__assessment_version"
    made = Decision.objects.in_force().filter(
        **{f"{version}__assessment": assessment, "attempt__invitation__preview": False}
    )
    # No Counter: a template would take its `items` for one that was never counted.
    found: dict[int, dict[str, int]] = {}
    for pk, outcome, number in (
        made.order_by().values_list(version, "outcome").annotate(Count("pk"))
    ):
        found.setdefault(pk, {})[outcome] = number
    return found


def chosen_line(lines: list[VersionLine], wanted: str) -> VersionLine:
    """The version with the number `wanted`, else the newest that somebody has started."""
    for line in lines:
        if wanted == str(line.version.number):
            return line
    return next((line for line in lines if line.started), lines[0])


def chosen_scoring(line: VersionLine, wanted: str) -> Scoring:
    """The scoring with the key `wanted`, else the one that made most of the scores."""
    for scoring in line.scorings:
        if wanted == scoring.key:
            return scoring
    most = sorted(line.scorings, key=lambda each: (each.graded, _age(each)))
    return most[-1] if most else Scoring(None)


def waiting_in(assessment: Assessment, line: VersionLine, *, may_invite: bool) -> Waiting:
    """What waits for somebody; those who only score learn nothing of accommodations."""
    if not may_invite:
        return Waiting(line.to_review, line.to_grade)
    invitation: Any = {
        "invitation__assessment_version__assessment": assessment,
        "invitation__preview": False,
    }
    attempt = {f"attempt__{name}": value for name, value in invitation.items()}
    state = AccommodationRequest.State.OPEN
    return Waiting(
        line.to_review,
        line.to_grade,
        ProblemReport.objects.filter(answered_at=None, **attempt).count(),
        AccommodationRequest.objects.filter(state=state, **invitation).count(),
        Email.objects.undelivered()
        .filter(invitation__state=Invitation.State.SENT, **invitation)
        .count(),
    )


class Scores:
    """How scores and times of a version lie, of one scoring; counted when they are asked for."""

    def __init__(self, version: AssessmentVersion, scoring: Scoring) -> None:
        self.version, self.scoring = version, scoring

    @property
    def number(self) -> int:
        return self.scoring.graded

    @property
    def enough(self) -> bool:
        return self.number >= FEWEST

    @property
    def missing(self) -> int:
        return FEWEST - self.number

    @property
    def coarse(self) -> bool:
        return self.number < COARSE

    @cached_property
    def _attempts(self) -> AttemptQuerySet:
        return Attempt.objects.scored_alike(self.version, self.scoring.by).filter(
            invitation__preview=False, finished_at__isnull=False, score__isnull=False
        )

    @cached_property
    def _counted(self) -> Mapping[str, int]:
        """How many attempts are in each bin of both histograms, in one query."""
        scores = score_bins(coarse=self.coarse)
        times = time_bins(self.version.minutes, coarse=self.coarse)
        counts = {
            f"score_{at}": Count("pk", filter=each.holds("score")) for at, each in enumerate(scores)
        } | {
            f"taken_{at}": Count("pk", filter=each.holds("taken", timedelta(minutes=1)))
            for at, each in enumerate(times)
        }
        return self._attempts.with_taken().order_by().aggregate(**counts)

    @cached_property
    def scores(self) -> Histogram:
        bins = score_bins(coarse=self.coarse)
        counts = [self._counted[f"score_{at}"] for at in range(len(bins))]
        return histogram_of_scores(bins, counts, self.version.pass_mark)

    @cached_property
    def times(self) -> Histogram:
        bins = time_bins(self.version.minutes, coarse=self.coarse)
        counts = [self._counted[f"taken_{at}"] for at in range(len(bins))]
        return histogram_of_times(bins, counts)

    @cached_property
    def median(self) -> float | None:
        """The middle score; of two in the middle their mean."""
        ordered = self._attempts.order_by("score").values_list("score", flat=True)
        return _middle(list(ordered[(self.number - 1) // 2 : self.number // 2 + 1]))

    @cached_property
    def median_time(self) -> timedelta | None:
        ordered = self._attempts.with_taken().order_by("taken").values_list("taken", flat=True)
        middle = list(ordered[(self.number - 1) // 2 : self.number // 2 + 1])
        return sum(middle, timedelta()) / len(middle) if middle else None

    @cached_property
    def _parts(self) -> list[tuple[str, str, float, int]]:
        found = PartScore.objects.filter(
            attempt__in=self._attempts.values("pk"),
            kind__in=[PartScore.Kind.TOPIC, PartScore.Kind.FAMILY],
        )
        rows = found.order_by().values_list("kind", "key").annotate(Avg("score"), Count("pk"))
        return list(rows)

    @cached_property
    def topics(self) -> list[Part]:
        """The weakest first: what to ask about in the interview, or to teach."""
        titles = dict(Topic.objects.values_list("slug", "title"))
        parts = [
            Part(titles.get(key, key), mean if number >= FEWEST else None, number)
            for kind, key, mean, number in self._parts
            if kind == PartScore.Kind.TOPIC
        ]
        return sorted(parts, key=lambda part: (part.mean is None, part.mean or 0, part.title))

    @cached_property
    def families(self) -> list[Part]:
        """In the order in which every report has them."""
        found = {
            key: (mean if number >= FEWEST else None, number)
            for kind, key, mean, number in self._parts
            if kind == PartScore.Kind.FAMILY
        }
        return [Part(TITLES[key], *found[key]) for key in Family if key in found]


def _middle(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
