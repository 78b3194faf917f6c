"""The questions of an attempt, each with what its kind shows of the answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assessments.endings import Ended, ended, lines_named
from assessments.models import Answer, AssessmentQuestion, Attempt, Submission
from assessments.recruiter.report.checks import Group, groups
from assessments.recruiter.report.families import FamilyScore, family_scores
from assessments.recruiter.report.plain_words import (
    answer_in_words,
    coding_in_words,
    families_in_words,
    verdict_in_words,
)
from assessments.recruiter.report.source import Line, highlighted


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
    answer: Answer | None
    weight: float
    share: float | None
    review: Mapping[str, Any]
    coding: Coding | None
    history: tuple[Submission, ...]

    @property
    def template(self) -> str:
        return f"recruiter/report/{self.question.question_version.kind}.html"

    @property
    def in_words(self) -> str:
        """One or two sentences on this question for a reader who knows nothing of it."""
        if self.coding:
            return coding_in_words(self.coding.report)
        return answer_in_words(self.share, answered=self.answer is not None)

    @property
    def belief(self) -> str | None:
        """The misconception that a wrong choice stands for, as Markdown."""
        return self.review.get("misconception")

    @property
    def waiting(self) -> Submission | None:
        """The first submission that counts and that the grader still has."""
        counted = (s for s in self.history if s.purpose == Submission.Purpose.SUBMIT)
        return next((s for s in counted if not s.is_graded), None)


def parts(
    attempt: Attempt,
    questions: Iterable[AssessmentQuestion],
    answers: Iterable[Answer],
    leading: Iterable[Submission],
    history: Iterable[Submission],
    *,
    finished: bool,
) -> tuple[Part, ...]:
    """Return a part per question in its order; what was not answered has a part, too.

    `leading` holds the submission per question whose score counts, with its report. Once the
    attempt is `finished`, no answer earns nothing; before, that is open.
    """
    missing = 0.0 if finished else None
    asked = tuple(questions)
    whole = sum(question.weight for question in asked) or 1.0
    answered = {answer.question_id: answer for answer in answers}
    leaders = {submission.question_id: submission for submission in leading}
    sent = tuple(history)
    return tuple(
        _part(
            attempt.seed_for(question),
            question,
            answered.get(question.pk),
            question.weight / whole,
            leaders.get(question.pk),
            tuple(s for s in sent if s.question_id == question.pk),
            missing,
        )
        for question in asked
    )


def _part(
    seed: int,
    question: AssessmentQuestion,
    answer: Answer | None,
    weight: float,
    leader: Submission | None,
    history: tuple[Submission, ...],
    missing: float | None,
) -> Part:
    version = question.question_version
    review = version.rules.review(version.content, answer.content if answer else {}, seed)
    coding = coding_shown(leader) if leader else None
    share = answer.score if answer else missing
    return Part(question, answer, weight, share, review, coding, history)


def coding_shown(submission: Submission) -> Coding:
    """Return what a page shows of `submission` and its report."""
    report = submission.report
    if not report:
        return Coding(submission, highlighted(submission.source))
    families = family_scores(report)
    return Coding(
        submission,
        highlighted(submission.source, lines_named(report)),
        verdict_in_words(report["verdict"]),
        ended(report),
        families,
        families_in_words(families),
        groups(report),
        report,
    )
