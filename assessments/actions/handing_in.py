"""What is graded at the end of a section and of an attempt, though nobody submitted it."""

from typing import Any

from assessments.actions.grading import create_queued
from assessments.models import (
    Answer,
    AssessmentQuestion,
    AssessmentVersion,
    Attempt,
    Submission,
)

SUBMIT = Submission.Purpose.SUBMIT


def hand_in_drafts(attempt: Attempt, only: list[int] | None = None) -> None:
    """Queue the code of drafts as they were saved last, where it is not what counts already.

    Nobody has to submit, and no limit of submissions takes a draft away. Of the questions `only`,
    None for all.
    """
    answers = Answer.objects.filter(attempt=attempt).select_related("question__question_version")
    for answer in answers if only is None else answers.filter(question__in=only):
        version = answer.question.question_version
        code = version.rules.code_to_grade(version.content, answer.content)
        if code and not _is_handed_in(attempt, answer.question, code.source):
            queue_code(attempt, answer.question, code.task, code.source, SUBMIT)


def _is_handed_in(attempt: Attempt, question: AssessmentQuestion, source: str) -> bool:
    handed_in = attempt.submissions.counted().filter(question=question)
    if attempt.version.counts == AssessmentVersion.Counts.LAST:
        return handed_in.newest_first().values_list("source", flat=True).first() == source
    return handed_in.filter(source=source).exists()


def queue_code(
    attempt: Attempt,
    question: AssessmentQuestion,
    task: str,
    source: str,
    purpose: str,
    inputs: dict[str, Any] | None = None,
) -> Submission:
    """Queue code of an attempt for the grader."""
    return create_queued(
        organisation_id=attempt.organisation_id,
        attempt=attempt,
        question=question,
        task=task,
        source=source,
        inputs=inputs,
        purpose=purpose,
    )
