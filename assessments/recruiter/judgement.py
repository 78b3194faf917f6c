"""What people said of an attempt: decisions, overrides, comments and reviews, for one page."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from assessments.models import (
    Answer,
    AssessmentQuestion,
    Attempt,
    Comment,
    Decision,
    Member,
    Override,
    Review,
)


@dataclass(frozen=True, slots=True)
class Judged:
    """One question, or with `question` None the attempt as a whole.

    Attributes:
        score, automatic: what counts, and what it would be without any override.
        override: the one in force.
        history: every override, also those that were taken back.
        blind: whether what others said of it is hidden, since people still score it.
    """

    question: AssessmentQuestion | None
    score: float | None
    automatic: float | None
    override: Override | None
    history: tuple[Override, ...] = ()
    comments: tuple[Comment, ...] = ()
    reviews: tuple[Review, ...] = ()
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    attempt: Attempt
    whole: Judged
    questions: tuple[Judged, ...]
    decisions: tuple[Decision, ...]
    may_decide: bool
    may_set: bool
    member: Member = field(repr=False)

    @property
    def decision(self) -> Decision | None:
        return self.decisions[0] if self.decisions else None

    @property
    def overridden(self) -> list[Judged]:
        return [each for each in (self.whole, *self.questions) if each.override]

    @property
    def overrides(self) -> int:
        """How often a score was set by a person, or that taken back."""
        return sum(len(each.history) for each in (self.whole, *self.questions))

    @property
    def commented(self) -> list[Judged]:
        return [each for each in (self.whole, *self.questions) if each.comments]


def judgement_of(attempt: Attempt, member: Member) -> Judgement:
    """Return what `member` may read of what people said; the queries are always as many."""
    asked = attempt.questions.select_related("question_version")
    people = {"overrides": "made_by", "comments": "author", "reviews": "reviewer"}
    said = {name: list(getattr(attempt, name).select_related(who)) for name, who in people.items()}
    answers = {answer.question_id: answer for answer in Answer.objects.filter(attempt=attempt)}
    may_set = member.role in Member.INVITES
    return Judgement(
        attempt,
        _judged(None, attempt.score, attempt.automatic, said, member),
        tuple(_question(each, answers.get(each.pk), attempt, said, member) for each in asked),
        tuple(attempt.decisions.select_related("made_by").order_by("-made_at", "-pk")),
        may_decide=may_set,
        may_set=may_set,
        member=member,
    )


def _question(
    question: AssessmentQuestion,
    answer: Answer | None,
    attempt: Attempt,
    said: dict[str, list[Any]],
    member: Member,
) -> Judged:
    nothing = 0.0 if attempt.finished_at else None
    score = answer.score if answer else nothing
    automatic = answer.automatic if answer else nothing
    return _judged(question, score, automatic, said, member)


def _judged(
    question: AssessmentQuestion | None,
    score: float | None,
    automatic: float | None,
    said: dict[str, list[Any]],
    member: Member,
) -> Judged:
    key = question.pk if question else None
    overrides: tuple[Override, ...] = _about(said["overrides"], key)
    reviews = [each for each in _about(said["reviews"], key) if question and each.submitted_at]
    blind = score is None and question is not None and question.question_version.rules.by_people
    newest, own = overrides[-1] if overrides else None, member.user_id
    return Judged(
        question,
        score,
        automatic,
        newest if newest and newest.score is not None else None,
        overrides[::-1],
        tuple(c for c in _about(said["comments"], key) if not blind or c.author_id == own),
        tuple(review for review in reviews if not blind or review.reviewer_id == own),
        blind,
    )


def _about(rows: Iterable[Any], question: int | None) -> tuple[Any, ...]:
    return tuple(row for row in rows if row.question_id == question)
