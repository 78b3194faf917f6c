"""What a candidate does to an attempt. Each takes the attempt's lock, so that they queue up."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.actions.grading import create_queued
from assessments.actions.growing import keep_growth
from assessments.actions.problems import (
    AttemptClosed,
    InvalidAnswer,
    StaleRevision,
    TooManySubmissions,
)
from assessments.actions.scoring import rescore_attempt
from assessments.actions.tabs import hold
from assessments.models import Answer, AssessmentQuestion, Attempt, Invitation, Submission
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
    attempt = _open_attempt(attempt)
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
    attempt = _open_attempt(attempt)
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
def finish_attempt(attempt: Attempt) -> Attempt:
    """Hand in: drafts that were never submitted count too. Finishing twice changes nothing."""
    attempt = _locked(attempt)
    now = timezone.now()
    if attempt.state != Attempt.State.IN_PROGRESS:
        return attempt
    if now > attempt.deadline:
        return _close(attempt, Attempt.State.TIMED_OUT, attempt.deadline)
    return _close(attempt, Attempt.State.FINISHED, now)


def close_overdue() -> int:
    """Close every attempt whose deadline and grace are over; return how many there were."""
    overdue = list(Attempt.objects.overdue())
    for attempt in overdue:
        finish_attempt(attempt)
    return len(overdue)


def _locked(attempt: Attempt) -> Attempt:
    locked: Attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    return locked


def _open_attempt(attempt: Attempt) -> Attempt:
    attempt = _locked(attempt)
    if not attempt.takes_answers:
        raise AttemptClosed(f"This attempt closed at {attempt.deadline:%H:%M} UTC.")
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


def _close(attempt: Attempt, state: str, at: datetime) -> Attempt:
    attempt.state, attempt.finished_at = state, at
    attempt.save(update_fields=["state", "finished_at"])
    Invitation.objects.filter(pk=attempt.invitation_id).update(state=Invitation.State.FINISHED)
    _hand_in_drafts(attempt)
    rescore_attempt(attempt)
    attempt.refresh_from_db()
    return attempt


def _hand_in_drafts(attempt: Attempt) -> None:
    answers = Answer.objects.filter(attempt=attempt).select_related("question__question_version")
    for answer in answers:
        version = answer.question.question_version
        code = version.rules.code_to_grade(version.content, answer.content)
        handed_in = attempt.submissions.counted().filter(question=answer.question)
        if code and not handed_in.filter(source=code.source).exists():
            _queue(attempt, answer.question, code.task, code.source, Submission.Purpose.SUBMIT)
