"""What the scores of attempts are made of, read in as many queries for many as for one."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from assessments.marking import Asked, Facts, Report
from assessments.models import (
    Answer,
    AssessmentQuestion,
    AssessmentVersion,
    Attempt,
    Override,
    Review,
    Submission,
)

# Reports by the key of the submission, in place of those that are stored.
Replaced = Mapping[Any, Report]


def facts_of(
    attempts: Sequence[Attempt],
    by: Callable[[Attempt], AssessmentVersion | None] = lambda attempt: attempt.scored_by,
    replaced: Replaced | None = None,
) -> list[Facts]:
    """Return the facts of each attempt, which was read with its invitation and version.

    `by` names the version whose questions and weights make the score, None for the attempt's own.
    """
    keys = [attempt.pk for attempt in attempts]
    asked = asked_of(attempts, by)
    answers = _by_attempt(Answer.objects.filter(attempt__in=keys))
    sent = _by_attempt(_submissions(keys))
    reviews = _by_attempt(Review.objects.handed_in().filter(attempt__in=keys))
    overrides = _by_attempt(Override.objects.filter(attempt__in=keys).order_by("made_at", "id"))
    return [
        Facts(
            attempt,
            asked[attempt.pk],
            {answer.question_id: answer for answer in answers[attempt.pk]},
            _reports(attempt, sent[attempt.pk], replaced or {}),
            _shares(reviews[attempt.pk]),
            _in_force(overrides[attempt.pk]),
            _stamp(attempt, answers, sent, reviews, overrides),
        )
        for attempt in attempts
    ]


def asked_of(
    attempts: Iterable[Attempt], by: Callable[[Attempt], AssessmentVersion | None]
) -> dict[Any, tuple[Asked, ...]]:
    """Return what each attempt asked, with the questions that score it; one query."""
    found = _questions(attempts, by)
    return {attempt.pk: _asked(attempt, found, by(attempt)) for attempt in attempts}


def scored_as(attempts: Sequence[Attempt]) -> dict[Any, tuple[Asked, ...]]:
    """Return, by attempt, what made its score, as `asked_of` does for those that are read already.

    They were read with their version's questions and `scored_by`. One query where another version
    scores any of them, else none.
    """
    other = [each for each in attempts if each.scored_by_id not in (None, each.version.pk)]
    found = asked_of(other, lambda attempt: attempt.scored_by) if other else {}
    own = {each.pk: filter(each.asks, each.version.questions.all()) for each in attempts}
    return {pk: tuple(Asked(each, each) for each in asked) for pk, asked in own.items()} | found


def _by_attempt(rows: Iterable[Any]) -> defaultdict[Any, list[Any]]:
    found: defaultdict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.attempt_id].append(row)
    return found


def _questions(
    attempts: Iterable[Attempt], by: Callable[[Attempt], AssessmentVersion | None]
) -> dict[int, list[AssessmentQuestion]]:
    """The questions of every version that asked these attempts, or scores them."""
    versions = {attempt.version.pk for attempt in attempts}
    versions |= {version.pk for attempt in attempts if (version := by(attempt))}
    found: defaultdict[int, list[AssessmentQuestion]] = defaultdict(list)
    rows = AssessmentQuestion.objects.filter(version__in=versions)
    for question in rows.select_related("question_version"):
        found[question.version_id].append(question)
    return dict(found)


def _asked(
    attempt: Attempt,
    questions: Mapping[int, list[AssessmentQuestion]],
    by: AssessmentVersion | None,
) -> tuple[Asked, ...]:
    """Each question of the attempt with the one that scores it.

    One that the scoring version does not ask any more counts no more, and one that it asks in
    another form, as another kind, is scored as it was asked.
    """
    own = [question for question in questions.get(attempt.version.pk, ()) if attempt.asks(question)]
    if by is None or by.pk == attempt.version.pk:
        return tuple(Asked(question, question) for question in own)
    known = {each.question_version.question_id: each for each in questions.get(by.pk, ())}
    pairs = ((each, known.get(each.question_version.question_id)) for each in own)
    return tuple(
        Asked(each, other if _same_kind(each, other) else each) for each, other in pairs if other
    )


def _same_kind(one: AssessmentQuestion, other: AssessmentQuestion) -> bool:
    return one.question_version.kind == other.question_version.kind


def _submissions(attempts: Sequence[Any]) -> Any:
    """What counts, in its order; of the reports only the families leave the database."""
    counted = Submission.objects.filter(attempt__in=attempts).counted().with_families()
    return counted.order_by("created_at", "id")


def _reports(
    attempt: Attempt, sent: Iterable[Submission], replaced: Replaced
) -> dict[int, list[Report | None]]:
    """The reports that count, by question; None for code that the grader still has."""
    found: defaultdict[int, list[Report | None]] = defaultdict(list)
    only_last = attempt.version.counts == AssessmentVersion.Counts.LAST
    for each in sent:
        report = replaced.get(each.pk) or _report(each)
        question: int = each.question_id  # type: ignore[assignment]
        found[question] = [report] if only_last else [*found[question], report]
    return dict(found)


def _report(submission: Any) -> Report | None:
    if not submission.is_graded:
        return None
    return {"score": submission.score, "families": submission.families or {}}


def _shares(reviews: Iterable[Review]) -> dict[int, list[float]]:
    found: defaultdict[int, list[float]] = defaultdict(list)
    for review in sorted(reviews, key=lambda each: (each.submitted_at, each.pk)):
        found[review.question_id].append(review.score or 0.0)
    return dict(found)


def _in_force(overrides: Iterable[Override]) -> dict[int | None, float]:
    newest = {each.question_id: each.score for each in overrides}
    return {question: score for question, score in newest.items() if score is not None}


def _stamp(
    attempt: Attempt,
    answers: Mapping[Any, Sequence[Answer]],
    sent: Mapping[Any, Sequence[Submission]],
    reviews: Mapping[Any, Sequence[Review]],
    overrides: Mapping[Any, Sequence[Override]],
) -> str:
    facts = (
        attempt.finished_at,
        attempt.scored_by_id,
        attempt.score,
        sorted((each.pk, each.revision, repr(each.content)) for each in answers[attempt.pk]),
        sorted((str(each.pk), str(each.graded_at)) for each in sent[attempt.pk]),
        sorted((each.pk, each.score, str(each.submitted_at)) for each in reviews[attempt.pk]),
        sorted(each.pk for each in overrides[attempt.pk]),
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()
