"""A row an answer: each question that an attempt asked, entered or not."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count

from assessments.exports.attempts import UNSCORED, unanswered
from assessments.exports.columns import Column, Scope, Type, who
from assessments.facts import asked_of
from assessments.models import Answer, AssessmentQuestion, Attempt, Override, Submission
from questions import kinds
from questions.models import Question, QuestionVersion

NOTHING = "where nothing was entered"


@dataclass(frozen=True, slots=True)
class Line:
    """All that is told of one answer."""

    attempt: Any
    name: str
    email: str
    asked: Any
    weight: float
    answer: Answer | None
    set_by_person: bool
    submissions: int

    @property
    def version(self) -> QuestionVersion:
        found: QuestionVersion = self.asked.question_version
        return found

    @property
    def question(self) -> Question:
        return self.version.question


def columns(scope: Scope) -> list[Column]:
    # When somebody was still writing would tell those who score of more time.
    left_out = () if scope.everything else ("saved", "saved after")
    return [*who(scope), *(each for each in _FIXED if each.title not in left_out)]


def lines(keys: Sequence[UUID], scope: Scope) -> Iterator[Line]:
    """Read the answers of these attempts, in this order, by the place of the question."""
    found = Attempt.objects.filter(pk__in=keys).with_candidate().select_related("scored_by")
    attempts = {each.pk: each for each in found}
    weights = _weights(attempts.values())
    questions = questions_of(attempts.values())
    rows = Answer.objects.filter(attempt__in=keys).defer("content").order_by()
    answers = {(each.attempt_id, each.question_id): each for each in rows}
    sent, overridden = _sent(keys), _overridden(keys)
    for attempt in (attempts[key] for key in keys if key in attempts):
        name, email = scope.name_of(attempt), scope.email_of(attempt)
        for asked in questions[attempt.version.pk]:
            if attempt.asks(asked):
                place = attempt.pk, asked.pk
                yield Line(
                    attempt, name, email, asked, weights.get(place, 0.0), answers.get(place),
                    place in overridden, sent.get(place, 0),
                )  # fmt: skip


def questions_of(attempts: Iterable[Attempt]) -> Mapping[int, list[AssessmentQuestion]]:
    """What the versions of these attempts ask, by the key of the version, in their order."""
    versions = {attempt.version.pk for attempt in attempts}
    rows = AssessmentQuestion.objects.filter(version__in=versions).order_by("version", "position")
    found: defaultdict[int, list[AssessmentQuestion]] = defaultdict(list)
    for each in rows.select_related("question_version__question", "section").prefetch_related(
        "question_version__question__topics"
    ):
        found[each.version_id].append(each)
    return found


def _weights(attempts: Iterable[Attempt]) -> dict[tuple[UUID, int], float]:
    """What each question weighs in the version that scores its attempt; none where it is out."""
    asked = asked_of(list(attempts), lambda attempt: attempt.scored_by)
    return {(key, each.own.pk): each.by.weight for key, some in asked.items() for each in some}


def _sent(keys: Sequence[UUID]) -> dict[tuple[UUID, int], int]:
    rows = Submission.objects.filter(attempt__in=keys).counted().order_by()
    counted = rows.values_list("attempt_id", "question_id").annotate(Count("pk"))
    return {(attempt, question): number for attempt, question, number in counted}


def _overridden(keys: Sequence[UUID]) -> set[tuple[UUID, int | None]]:
    rows = Override.objects.filter(attempt__in=keys).order_by("made_at", "id")
    newest = {
        (attempt, question): score
        for attempt, question, score in rows.values_list("attempt_id", "question_id", "score")
    }
    return {place for place, score in newest.items() if score is not None}


def _score(line: Line) -> float | None:
    answer = line.answer
    return unanswered(line.attempt) if answer is None else answer.score


def _automatic(line: Line) -> float | None:
    answer = line.answer
    return unanswered(line.attempt) if answer is None else answer.automatic


def _topics(line: Line) -> str:
    return ", ".join(sorted(topic.slug for topic in line.question.topics.all()))


def _saved_after(line: Line) -> float | None:
    if line.answer is None:
        return None
    taken: timedelta = line.answer.saved_at - line.attempt.started_at
    return round(taken.total_seconds() / 60, 2)


_FIXED = (
    Column("question", Type.CATEGORY, "Its slug.", lambda line: line.question.slug),
    Column(
        "question version", Type.WHOLE, "Number of the version that was asked.",
        lambda line: line.version.number,
    ),
    Column("title", Type.CATEGORY, "Of the question.", lambda line: line.version.title),
    Column(
        "kind", Type.CATEGORY, "What sort of question it is.", lambda line: line.version.kind,
        allowed=tuple(kinds.KINDS),
    ),
    Column(
        "topics", Type.CATEGORY, "Slugs, in the order of the alphabet, between commas.", _topics,
        missing="where it has none",
    ),
    Column(
        "difficulty", Type.WHOLE, "1 is easy, 2 medium, 3 hard.",
        lambda line: line.question.difficulty, allowed=("1", "2", "3"),
    ),
    Column("place", Type.WHOLE, "In its assessment, from 1.", lambda line: line.asked.position),
    Column(
        "section", Type.WHOLE, "Place of its section, from 1.",
        lambda line: line.asked.section.position if line.asked.section else None,
        missing="in an assessment without sections",
    ),
    Column(
        "weight", Type.NUMBER,
        "In the version that scores the attempt; 0 where that asks it no more.",
        lambda line: line.weight,
    ),
    Column("answered", Type.YES_NO, "Whether anything was saved.",
           lambda line: line.answer is not None),
    Column("score", Type.SHARE, "As it counts; 0 for nothing entered.", _score, missing=UNSCORED),
    Column(
        "automatic", Type.SHARE,
        "The same before any person overrode it: by rules, grader and reviewers.", _automatic,
        missing=UNSCORED,
    ),
    Column(
        "set by person", Type.YES_NO, "Whether somebody overrode the score, with a reason.",
        lambda line: line.set_by_person,
    ),
    Column(
        "submissions", Type.WHOLE, "How often code was submitted; 0 for other kinds.",
        lambda line: line.submissions,
    ),
    Column(
        "saves", Type.WHOLE, "How often it was saved.",
        lambda line: line.answer.revision if line.answer else 0,
    ),
    Column(
        "saved", Type.MOMENT, "When it was saved last.",
        lambda line: line.answer.saved_at if line.answer else None, missing=NOTHING,
    ),
    Column(
        "saved after", Type.NUMBER,
        "From the start of the attempt to the last save, breaks included.", _saved_after,
        unit="minutes", missing=NOTHING,
    ),
)  # fmt: skip
