"""A row a check: what the grader found of the code that counts, check by check."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F

from assessments.exports.answers import questions_of
from assessments.exports.columns import Column, Scope, Type, who
from assessments.models import Attempt, Submission
from assessments.recruiter.report.source import plain
from grader.families import WEIGHTS, Family
from grader.judge.score import SCALED

NOT_JUDGED = "where nothing could be judged"
NO_CHECK = "in the only row of a family, or of code, whose checks are not kept"


@dataclass(frozen=True, slots=True)
class Line:
    """All that is told of one check; `family` is None of code that could not be judged."""

    attempt: Any
    name: str
    email: str
    asked: Any
    submission: Any
    family: str | None
    # The place among the checks of this code, from 1, and the check itself.
    number: int | None
    check: Mapping[str, Any]

    @property
    def share(self) -> Mapping[str, Any]:
        """What the report says of the family."""
        found: Mapping[str, Any] = self._families.get(self.family, {})
        return found

    @property
    def weight(self) -> float | None:
        """The part of the submission's score that the family makes at most."""
        present = {name: WEIGHTS[Family(name)] for name, share in self._families.items()
                   if share["total"]}  # fmt: skip
        if self.family not in present:
            return None
        return present[self.family] / sum(present.values())

    @property
    def points(self) -> float | None:
        """The part of the submission's score that it earned."""
        weight, score = self.weight, self.share.get("score")
        if weight is None or score is None:
            return None
        values = self._families.get(Family.VALUES.value, {}).get("score") or 0.0
        return float(weight * score * (values if self.family in SCALED else 1.0))

    @property
    def _families(self) -> Mapping[Any, Any]:
        found: Mapping[Any, Any] = self.submission.families or {}
        return found


def columns(scope: Scope) -> list[Column]:
    # When somebody was still submitting would tell those who score of more time.
    left_out = () if scope.everything else ("submitted", "graded")
    return [*who(scope), *(each for each in _FIXED if each.title not in left_out)]


def lines(keys: Sequence[UUID], scope: Scope) -> Iterator[Line]:
    """Read the code of these attempts that counts and is graded, in this order."""
    attempts = {each.pk: each for each in Attempt.objects.filter(pk__in=keys).with_candidate()}
    questions = questions_of(attempts.values())
    sent = _sent(keys)
    for attempt in (attempts[key] for key in keys if key in attempts):
        name, email = scope.name_of(attempt), scope.email_of(attempt)
        for asked in questions[attempt.version.pk]:
            submission = sent[attempt.pk].get(asked.pk)
            if submission is not None:
                for family, number, check in _found(submission):
                    yield Line(attempt, name, email, asked, submission, family, number, check)


def _sent(keys: Sequence[UUID]) -> defaultdict[UUID, dict[int, Any]]:
    """By attempt and question; of the reports no more than is told leaves the database."""
    leading = Submission.objects.filter(attempt__in=keys).leading().with_families()
    found: defaultdict[UUID, dict[int, Any]] = defaultdict(dict)
    for each in leading.annotate(checks=F("report__checks")):
        if each.is_graded:
            found[each.attempt_id][each.question_id] = each
    return found


def _found(submission: Any) -> Iterator[tuple[str | None, int | None, Mapping[str, Any]]]:
    """The checks in the grader's order; without any the families, and without those one row."""
    checks = submission.checks or []
    for number, check in enumerate(checks, start=1):
        yield check["family"], number, check
    listed = {check["family"] for check in checks}
    families = {
        name for name, share in (submission.families or {}).items() if share["total"]
    } - listed
    for name in sorted(families):
        yield name, None, {}
    if not checks and not families:
        yield None, None, {}


_FIXED = (
    Column(
        "question", Type.CATEGORY, "Its slug.",
        lambda line: line.asked.question_version.question.slug,
    ),
    Column(
        "question version", Type.WHOLE, "Number of the version that was asked.",
        lambda line: line.asked.question_version.number,
    ),
    Column("task", Type.CATEGORY, "What was to be written.", lambda line: line.submission.task),
    Column(
        "submission", Type.TEXT, "Key of the code that counts: the best, or the last one.",
        lambda line: str(line.submission.pk),
    ),
    Column(
        "submitted", Type.MOMENT, "When it came.", lambda line: line.submission.created_at,
    ),
    Column("graded", Type.MOMENT, "When its report came.",
           lambda line: line.submission.graded_at),
    Column(
        "verdict", Type.CATEGORY,
        "Of the code: passed is every check but those of efficiency, failed is nothing earned.",
        lambda line: line.submission.verdict, allowed=tuple(Submission.Verdict.values),
    ),
    Column("score", Type.SHARE, "Of the code.", lambda line: line.submission.score),
    Column(
        "family", Type.CATEGORY, "What the check looks at.", lambda line: line.family,
        allowed=tuple(family.value for family in Family), missing=NOT_JUDGED,
    ),
    Column(
        "family passed", Type.WHOLE, "How many checks of the family passed.",
        lambda line: line.share.get("passed"), unit="checks", missing=NOT_JUDGED,
    ),
    Column(
        "family total", Type.WHOLE, "Of how many.",
        lambda line: line.share.get("total"), unit="checks", missing=NOT_JUDGED,
    ),
    Column(
        "family score", Type.SHARE, "Mean credit of the checks of the family.",
        lambda line: line.share.get("score"), missing=NOT_JUDGED,
    ),
    Column(
        "family weight", Type.SHARE, "Which part of the code's score the family makes at most.",
        lambda line: line.weight, missing=NOT_JUDGED,
    ),
    Column(
        "family points", Type.SHARE,
        "Which part of the code's score it earned; those of its families add up to the score.",
        lambda line: line.points, missing=NOT_JUDGED,
    ),
    Column(
        "number", Type.WHOLE, "Place of the check in its report, from 1.",
        lambda line: line.number, missing=NO_CHECK,
    ),
    Column(
        "check", Type.CATEGORY, "What the check is called.",
        lambda line: plain(line.check["name"]) if line.check else None, missing=NO_CHECK,
    ),
    Column(
        "passed", Type.YES_NO, "Whether the check passed.",
        lambda line: line.check.get("passed"), missing=NO_CHECK,
    ),
)  # fmt: skip
