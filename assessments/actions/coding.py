"""Code that a candidate runs and hands in. Each takes the attempt's lock, so that they queue up."""

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from assessments.actions.handing_in import queue_code
from assessments.actions.problems import InvalidAnswer, TooManySubmissions
from assessments.actions.sitting import check_answer, keep_answer
from assessments.actions.tabs import hold
from assessments.actions.turns import open_for
from assessments.models import AssessmentQuestion, Attempt, Submission

RUN, SUBMIT = Submission.Purpose.RUN, Submission.Purpose.SUBMIT
# Enough for an impatient person, too few to keep the others waiting.
MAX_WAITING = {RUN: 2, SUBMIT: 4}
WAITING = {
    RUN: gettext_noop("Your last run is still under way. Its result comes first."),
    SUBMIT: gettext_noop("Your last submissions are still being graded."),
}
# More often than anybody reads the results.
MAX_RUNS, RUNS_WINDOW = 20, timedelta(minutes=1)


@transaction.atomic
def submit_code(
    attempt: Attempt,
    question: AssessmentQuestion,
    source: str,
    purpose: str,
    tab: str = "",
    inputs: Mapping[str, str] | None = None,
    saved_as: int | None = None,
) -> Submission:
    """Queue `source` for the grader: Submission.Purpose.RUN for the samples, or SUBMIT.

    A Run also calls the code with `inputs`, as they were typed by the names of arguments. What is
    submitted becomes the answer, as its next revision where it differs from the stored one. Where
    it was `saved_as` an earlier revision already, what was saved since stays. The same code twice
    in a row is one submission. Raises AttemptClosed, HeldElsewhere, InvalidAnswer
    or TooManySubmissions.
    """
    attempt = open_for(attempt, question)
    hold(attempt, tab)
    content = {"source": source, **({"inputs": dict(inputs)} if inputs else {})}
    check_answer(attempt, question, content)
    task = question.question_version.rules.task(question.question_version.content)
    if not task or not source.strip():
        raise InvalidAnswer(_("There is no code to grade."))
    _refuse_while_waiting(attempt, purpose)
    if purpose == RUN:
        return _run(attempt, question, task, content)
    return _submit(attempt, question, task, content, saved_as)


def _refuse_while_waiting(attempt: Attempt, purpose: str) -> None:
    queued = attempt.submissions.filter(status=Submission.Status.QUEUED, purpose=purpose)
    kind = Submission.Purpose(purpose)
    if queued.count() >= MAX_WAITING[kind]:
        raise TooManySubmissions(_(WAITING[kind]))


def _run(
    attempt: Attempt, question: AssessmentQuestion, task: str, content: dict[str, Any]
) -> Submission:
    version = question.question_version
    try:
        inputs = version.rules.inputs(version.content, content)
    except ValueError as error:
        raise InvalidAnswer(str(error), getattr(error, "field", "")) from error
    _refuse_haste(attempt)
    return queue_code(attempt, question, task, content["source"], RUN, inputs)


def _refuse_haste(attempt: Attempt) -> None:
    """Raise TooManySubmissions, which says when the next run is taken, after MAX_RUNS of late."""
    now = timezone.now()
    runs = attempt.submissions.filter(purpose=RUN, created_at__gt=now - RUNS_WINDOW)
    newest = runs.newest_first().values_list("created_at", flat=True)[MAX_RUNS - 1 : MAX_RUNS]
    for first in newest:
        seconds = math.ceil((first + RUNS_WINDOW - now).total_seconds())
        sentence = ngettext(
            "That were %(runs)d runs within a minute. You can run again in %(seconds)d second.",
            "That were %(runs)d runs within a minute. You can run again in %(seconds)d seconds.",
            seconds,
        )
        told = sentence % {"runs": MAX_RUNS, "seconds": seconds}
        raise TooManySubmissions(told, retry_after=seconds)


def _submit(
    attempt: Attempt,
    question: AssessmentQuestion,
    task: str,
    content: dict[str, Any],
    saved_as: int | None,
) -> Submission:
    used = attempt.submissions.used().filter(question=question)
    last: Submission | None = used.newest_first().first()
    if last and last.source == content["source"]:
        keep_answer(attempt, question, content, saved_as)
        return last
    most = attempt.version.max_submissions
    if most is not None and used.count() >= most:
        sentence = ngettext(
            "You have submitted once, which is as often as this assessment allows. What is"
            " saved when your time is over is handed in all the same.",
            "You have submitted %(most)d times, which is as often as this assessment allows. What"
            " is saved when your time is over is handed in all the same.",
            most,
        )
        raise TooManySubmissions(sentence % {"most": most})
    keep_answer(attempt, question, content, saved_as)
    return queue_code(attempt, question, task, content["source"], SUBMIT)
