"""From what is known of an attempt to its score. Nothing is read or written here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assessments.models import Answer, AssessmentQuestion, Attempt
from assessments.rubric import settled
from questions.models import QuestionVersion

Report = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that an attempt asked, and the one whose content and weight make its score.

    Answers, code and reviews belong to `own`. Both are the same, unless the attempt is scored by
    another version of its assessment.
    """

    own: AssessmentQuestion
    by: AssessmentQuestion


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a score is made of; what belongs to a question goes by the key of its own one.

    Attributes:
        reports: of the code that counts; None for code that the grader still has.
        reviews: the shares that people handed in, in that order.
        overrides: the shares in force in place of the automatic ones; None: of the whole.
        stamp: a digest that differs where a fact does.
    """

    attempt: Attempt
    asked: tuple[Asked, ...]
    answers: Mapping[int, Answer] = field(default_factory=dict)
    reports: Mapping[int, Sequence[Report | None]] = field(default_factory=dict)
    reviews: Mapping[int, Sequence[float]] = field(default_factory=dict)
    overrides: Mapping[int | None, float] = field(default_factory=dict)
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Marks:
    """What the facts make: `automatic` as if nobody had overridden anything, `score` as it counts.

    `automatic_shares` and `shares` say the same by question. A score is None while the attempt goes
    on, and while a share is missing.
    """

    automatic_shares: Mapping[int, float | None]
    shares: Mapping[int, float | None]
    automatic: float | None
    score: float | None
    awaits_review: bool


def marks_of(facts: Facts) -> Marks:
    automatic = {each.own.pk: _share(facts, each) for each in facts.asked}
    shares = {pk: facts.overrides.get(pk, share) for pk, share in automatic.items()}
    over = facts.attempt.finished_at is not None
    score = facts.overrides.get(None, _mean(facts.asked, shares)) if over else None
    return Marks(
        automatic,
        shares,
        _mean(facts.asked, automatic) if over else None,
        score,
        over and score is None and _only_people_are_missing(facts.asked, shares),
    )


def _share(facts: Facts, asked: Asked) -> float | None:
    answer = facts.answers.get(asked.own.pk)
    content = answer.content if answer else {}
    seed = facts.attempt.seed_for(asked.own)
    version = scoring_version(asked, content, seed)
    if version.rules.by_people and version.rules.is_answered(version.content, content):
        return settled(facts.reviews.get(asked.own.pk, ()), facts.attempt.version.reviewers)
    reports = facts.reports.get(asked.own.pk, ())
    return version.rules.score(version.content, content, reports, seed)


def scoring_version(asked: Asked, content: Mapping[str, Any], seed: int) -> QuestionVersion:
    """The version by whose rules an answer is scored.

    An answer that the corrected one could not have taken, an option that is gone, say, is scored as
    the question was asked.
    """
    corrected, own = asked.by.question_version, asked.own.question_version
    if corrected.pk == own.pk or not content:
        return corrected
    try:
        corrected.rules.check_answer(corrected.content, content, seed)
    except ValueError:
        return own
    return corrected


def _mean(asked: Sequence[Asked], shares: Mapping[int, float | None]) -> float | None:
    """The weighted mean, an unanswered question being 0; None where a share is missing."""
    total = earned = 0.0
    for each in asked:
        share = shares[each.own.pk]
        if share is None:
            return None
        total += each.by.weight
        earned += each.by.weight * share
    return min(1.0, earned / total) if total else None


def _only_people_are_missing(asked: Sequence[Asked], shares: Mapping[int, float | None]) -> bool:
    missing = [each for each in asked if shares[each.own.pk] is None]
    return all(each.own.question_version.rules.by_people for each in missing)
