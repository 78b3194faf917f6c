"""What a candidate may learn of a result: as much as the assessment allows, and only afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from django.db.models import Q
from django.utils import timezone

from assessments.models import AssessmentQuestion, AssessmentVersion, Attempt, Invitation

_STEPS = list(AssessmentVersion.Feedback)
# Of a submission's report; the seed would tell what the next one is checked with.
_FAMILIES = ("verdict", "score", "families")
_NEVER = ("seed", "grader")


@dataclass(frozen=True, slots=True)
class Told:
    """What is told now, each including what stands before it.

    Attributes:
        verdict: whether the whole was passed, and each submission.
        families: the score, by family of checks and by topic.
        answers: every check, the official answers, and why an option is right or wrong.
    """

    verdict: bool
    families: bool
    answers: bool

    @property
    def held_back(self) -> Self:
        """What is told of a question that another invitation of the candidate may still ask."""
        return replace(self, answers=False)

    def of_report(self, report: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """Return the part of a submission's report that may be told; None where nothing may be."""
        if report is None or not self.verdict:
            return None
        if self.answers:
            return {name: value for name, value in report.items() if name not in _NEVER}
        if self.families:
            return {name: report[name] for name in _FAMILIES}
        return {"verdict": report["verdict"]}


def told_of(attempt: Attempt) -> Told:
    """Return what the candidate of `attempt` is told; nothing before the attempt is closed."""
    if attempt.finished_at is None:
        return Told(verdict=False, families=False, answers=False)
    step = _STEPS.index(AssessmentVersion.Feedback(attempt.version.feedback))
    return Told(verdict=step >= 1, families=step >= 2, answers=step >= 3)


def is_told_of(attempt: Attempt, before: float | None, after: float | None) -> bool:
    """Whether the candidate's page says something else with the score `after` than `before`."""
    told, mark = told_of(attempt), attempt.version.pass_mark
    if not told.verdict or before == after:
        return False
    passed = [score is not None and score >= mark for score in (before, after)]
    known = [score is None for score in (before, after)]
    return told.families or passed[0] != passed[1] or known[0] != known[1]


def asked_elsewhere(attempt: Attempt) -> set[int]:
    """The questions that another invitation of the same candidate asks, or still may ask."""
    open_ones = Q(state=Invitation.State.STARTED) | Q(
        state=Invitation.State.SENT, expires_at__gt=timezone.now()
    )
    others = Invitation.objects.filter(open_ones, candidate=attempt.candidate)
    asked = AssessmentQuestion.objects.filter(
        version__invitations__in=others.exclude(pk=attempt.invitation_id)
    )
    return set(asked.values_list("question_version__question", flat=True))
