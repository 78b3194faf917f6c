"""The questions of an attempt, each with what its kind shows of the answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assessments.endings import Ended, ended, lines_named
from assessments.facts import scored_as
from assessments.marking import Asked, scoring_version
from assessments.models import Answer, AssessmentQuestion, Attempt, Override, Submission
from assessments.recruiter.report.checks import Group, groups
from assessments.recruiter.report.families import FamilyScore, family_scores
from assessments.recruiter.report.gradings import Grading, gradings
from assessments.recruiter.report.magnitudes import Magnitudes, magnitudes
from assessments.recruiter.report.plain_words import (
    answer_in_words,
    coding_in_words,
    families_in_words,
    people_in_words,
    verdict_in_words,
)
from assessments.recruiter.report.sitting_clock import SittingClock
from assessments.recruiter.report.source import Line, highlighted
from assessments.recruiter.report.timing import Timing, timing
from questions.kinds.coding import share


@dataclass(frozen=True, slots=True)
class Coding:
    """What a reader is shown of the submission that counts; no report while it is queued."""

    submission: Submission
    lines: tuple[Line, ...]
    verdict_words: str = ""
    ended: Ended | None = None
    families: tuple[FamilyScore, ...] = ()
    words: tuple[tuple[FamilyScore, str], ...] = ()
    groups: tuple[Group, ...] = ()
    report: Mapping[str, Any] = field(default_factory=dict)
    score: float | None = None
    magnitudes: Magnitudes | None = None
    gradings: tuple[Grading, ...] = ()

    @property
    def judged(self) -> bool:
        """Whether any call came back; without one there is nothing to say of single checks."""
        return bool(self.report) and self.report["verdict"] != "error"

    @property
    def failed(self) -> int:
        return sum(group.failed for group in self.groups)

    @property
    def passed(self) -> int:
        return sum(len(group.passed) for group in self.groups)

    @property
    def total(self) -> int:
        return self.failed + self.passed


@dataclass(frozen=True, slots=True)
class Part:
    """One question of an attempt: its share of the score, and its kind's own things to show."""

    question: AssessmentQuestion
    # What makes its score; none where the scoring version asks it no more.
    asked: Asked | None
    answer: Answer | None
    weight: float
    share: float | None
    review: Mapping[str, Any]
    coding: Coding | None
    history: tuple[Submission, ...]
    timing: Timing | None = None
    override: Override | None = None
    # Whether the attempt is.
    over: bool = False

    @property
    def template(self) -> str:
        return f"recruiter/report/{self.question.question_version.kind}.html"

    @property
    def in_words(self) -> str:
        """One or two sentences on this question for a reader who knows nothing of it."""
        if self.coding:
            return coding_in_words(self.coding.report)
        if self.by_people:
            return people_in_words(self.share, answered=self.answered, over=self.over)
        return answer_in_words(self.share, answered=self.answered)

    @property
    def by_people(self) -> bool:
        return self.question.question_version.rules.by_people

    @property
    def answered(self) -> bool:
        """Whether there is more than the row that keeps a score which a person set."""
        version = self.question.question_version
        content = self.answer.content if self.answer else {}
        return version.rules.is_answered(version.content, content)

    @property
    def belief(self) -> str | None:
        """The misconception that a wrong choice stands for, as Markdown."""
        return self.review.get("misconception")

    @property
    def grown(self) -> int:
        """How many steps of its code are kept, to be played back."""
        return self.timing.steps if self.timing else 0

    @property
    def waiting(self) -> Submission | None:
        """The first submission that counts and that the grader still has."""
        counted = (s for s in self.history if s.purpose == Submission.Purpose.SUBMIT)
        return next((s for s in counted if not s.is_graded), None)


def parts(attempt: Attempt, clock: SittingClock) -> tuple[Part, ...]:
    """Return a part per question in its order; what was not answered has a part, too.

    `attempt` was read `with_report`. Once it is finished, no answer earns nothing; before, that
    is open.
    """
    counted = {each.own.pk: each for each in scored_as([attempt])[attempt.pk]}
    whole = sum(each.by.weight for each in counted.values()) or 1.0
    asked = filter(attempt.asks, attempt.version.questions.all())
    return tuple(_part(attempt, each, counted.get(each.pk), whole, clock) for each in asked)


def _part(
    attempt: Attempt,
    question: AssessmentQuestion,
    asked: Asked | None,
    whole: float,
    clock: SittingClock,
) -> Part:
    answer = _of(question, attempt.answers.all())
    # The prefetch puts it there, and no class knows of it.
    leader = _of(question, attempt.leading)  # type: ignore[attr-defined]
    content, seed = answer.content if answer else {}, attempt.seed_for(question)
    version = scoring_version(asked or Asked(question, question), content, seed)
    grown = [each.at for each in attempt.snapshots.all() if each.question_id == question.pk]
    return Part(
        question,
        asked,
        answer,
        asked.by.weight / whole if asked else 0.0,
        answer.score if answer else _missing(attempt),
        version.rules.review(version.content, content, seed),
        coding_shown(leader, version.content.get("weights")) if leader else None,
        tuple(s for s in attempt.submissions.all() if s.question_id == question.pk),
        timing(answer, grown, clock),
        in_force(attempt, question.pk),
        attempt.finished_at is not None,
    )


def _of(question: AssessmentQuestion, rows: Iterable[Any]) -> Any:
    return next((row for row in rows if row.question_id == question.pk), None)


def _missing(attempt: Attempt) -> float | None:
    return 0.0 if attempt.finished_at else None


def in_force(attempt: Attempt, question: int | None) -> Override | None:
    """Return what a person set in place of a score, of the whole where `question` is None."""
    own = [each for each in attempt.overrides.all() if each.question_id == question]
    return own[-1] if own and own[-1].score is not None else None


def coding_shown(submission: Submission, weights: Mapping[str, float] | None = None) -> Coding:
    """Return what a page shows of `submission` and its report.

    `weights` are what the question counts the families, where it has its own.
    """
    report = submission.report
    if not report:
        return Coding(submission, highlighted(submission.source))
    families = family_scores(report, weights)
    return Coding(
        submission,
        highlighted(submission.source, lines_named(report)),
        verdict_in_words(report["verdict"]),
        ended(report),
        families,
        families_in_words(families),
        groups(report),
        report,
        share(report, weights),
        magnitudes(report),
        gradings(submission),
    )
