"""From answers and reports to scores. All of it can be done again at any time."""

from collections import defaultdict
from typing import Any

from django.db import transaction

from assessments.actions.part_scores import keep_part_scores
from assessments.models import (
    Answer,
    AssessmentQuestion,
    AssessmentVersion,
    Attempt,
    Submission,
)


@transaction.atomic
def rescore_attempt(attempt: Attempt) -> float | None:
    """Score every answer anew and the attempt with them; return its score.

    The score is the weighted mean of the shares, an unanswered question being 0. It is None while
    the attempt goes on, or while the grader has code of it. One that was erased keeps its score.
    """
    attempt = (
        Attempt.objects.select_for_update(of=("self",))
        .select_related("invitation")
        .get(pk=attempt.pk)
    )
    if attempt.invitation.erased_at:  # what the score was made of is gone
        return attempt.score
    questions = list(
        AssessmentQuestion.objects.filter(version__invitations__attempt=attempt)
        .exclude(pk__in=attempt.left_out)
        .select_related("question_version")
    )
    shares = _score_answers(attempt, questions)
    attempt.score = _weighted_mean(questions, shares) if attempt.finished_at else None
    attempt.save(update_fields=["score"])
    keep_part_scores(attempt, questions, shares)
    return attempt.score


def _score_answers(
    attempt: Attempt, questions: list[AssessmentQuestion]
) -> dict[int, float | None]:
    answers = {answer.question_id: answer for answer in Answer.objects.filter(attempt=attempt)}
    reports = _reports(attempt)
    shares: dict[int, float | None] = {}
    for question in questions:
        answer = answers.get(question.pk)
        version = question.question_version
        content = answer.content if answer else {}
        share = version.rules.score(
            version.content, content, reports[question.pk], attempt.seed_for(question)
        )
        shares[question.pk] = share
        if answer and answer.score != share:
            Answer.objects.filter(pk=answer.pk).update(score=share)
    return shares


def _reports(attempt: Attempt) -> defaultdict[int, list[Any]]:
    """The reports that count, by question; None for code that the grader still has."""
    found: defaultdict[int, list[Any]] = defaultdict(list)
    counted = Submission.objects.filter(attempt=attempt).counted().order_by("created_at", "id")
    only_last = attempt.version.counts == AssessmentVersion.Counts.LAST
    for question, report in counted.values_list("question_id", "report"):
        found[question] = [report] if only_last else [*found[question], report]
    return found


def _weighted_mean(
    questions: list[AssessmentQuestion], shares: dict[int, float | None]
) -> float | None:
    total = earned = 0.0
    for question in questions:
        share = shares[question.pk]
        if share is None:
            return None
        total += question.weight
        earned += question.weight * share
    return min(1.0, earned / total) if total else None
