"""What a candidate does to an attempt. Each takes the attempt's lock, so that they queue up."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.actions.grading import create_queued
from assessments.actions.growing import keep_growth
from assessments.actions.locking import open_for
from assessments.actions.problems import (
    InvalidAnswer,
    StaleRevision,
    TooManySubmissions,
)
from assessments.actions.tabs import hold
from assessments.models import Answer, AssessmentQuestion, Attempt, Submission
from assessments.playback import Step

# Enough for an impatient person, too few to keep the others waiting.
MAX_WAITING = 4


@transaction.atomic
def save_answer(
    attempt: Attempt,
    question: AssessmentQuestion,
    content: dict[str, Any],
    revision: int,
    *,
    tab: str = "",
    steps: Sequence[Step] = (),
) -> Answer:
    """Store what the candidate entered on top of `revision` (0: nothing stored yet).

    `steps` says how code grew since then. Returns the answer with its new revision; a save that
    arrives twice changes nothing the second time. Raises AttemptClosed, HeldElsewhere,
    InvalidAnswer, or StaleRevision with the stored state.
    """
    attempt = open_for(attempt, question)
    hold(attempt, tab)
    _check(attempt, question, content)
    answer = _stored(attempt, question)
    if answer.revision == revision + 1 and answer.content == content:
        return answer
    if answer.revision != revision:
        raise StaleRevision(answer)
    return _replace(answer, content, steps)


@transaction.atomic
def submit_code(
    attempt: Attempt, question: AssessmentQuestion, source: str, purpose: str, tab: str = ""
) -> Submission:
    """Queue `source` for the grader: Submission.Purpose.RUN for the samples, or SUBMIT.

    What is submitted also becomes the answer, as its next revision where it differs from the
    stored one. Raises AttemptClosed, HeldElsewhere, InvalidAnswer or TooManySubmissions.
    """
    attempt = open_for(attempt, question)
    hold(attempt, tab)
    content = {"source": source}
    _check(attempt, question, content)
    version = question.question_version
    task = version.rules.task(version.content)
    if not task or not source.strip():
        raise InvalidAnswer("There is no code to grade.")
    queued = attempt.submissions.filter(status=Submission.Status.QUEUED)
    if queued.count() >= MAX_WAITING:
        raise TooManySubmissions("Your last submissions are still being graded.")
    if purpose == Submission.Purpose.SUBMIT:
        _keep(attempt, question, content)
    return _queue(attempt, question, task, source, purpose)


@transaction.atomic
def flag_question(attempt: Attempt, question: AssessmentQuestion, *, flagged: bool) -> Attempt:
    """Note, or no longer, that the candidate wants to look at `question` again.

    Raises AttemptClosed.
    """
    attempt = open_for(attempt, question)
    others = [pk for pk in attempt.flagged if pk != question.pk]
    attempt.flagged = sorted([*others, question.pk]) if flagged else others
    attempt.save(update_fields=["flagged"])
    return attempt


def _check(attempt: Attempt, question: AssessmentQuestion, content: dict[str, Any]) -> None:
    version = question.question_version
    try:
        version.rules.check_answer(version.content, content, attempt.seed_for(question))
    except ValueError as error:
        raise InvalidAnswer(str(error)) from error


def _stored(attempt: Attempt, question: AssessmentQuestion) -> Answer:
    stored = Answer.objects.filter(attempt=attempt, question=question).first()
    answer = stored or Answer(attempt=attempt, question=question)
    answer.attempt, answer.question = attempt, question
    return answer


def _replace(answer: Answer, content: dict[str, Any], steps: Sequence[Step] = ()) -> Answer:
    if "source" in content:
        keep_growth(answer, content["source"], steps)
    answer.content = content
    answer.revision += 1
    answer.saved_at = timezone.now()
    answer.score = None
    answer.save()
    return answer


def _keep(attempt: Attempt, question: AssessmentQuestion, content: dict[str, Any]) -> None:
    answer = _stored(attempt, question)
    if answer.revision == 0 or answer.content != content:
        _replace(answer, content)


def _queue(
    attempt: Attempt, question: AssessmentQuestion, task: str, source: str, purpose: str
) -> Submission:
    return create_queued(
        organisation_id=attempt.organisation_id,
        attempt=attempt,
        question=question,
        task=task,
        source=source,
        purpose=purpose,
    )
