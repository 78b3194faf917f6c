"""To the grader and back. A message may be lost, late or doubled: the database is the truth."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from celery import Signature, signature
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from assessments import doorbell
from assessments.actions.fingerprinting import ask_for_fingerprints
from assessments.actions.scoring import rescore_attempt
from assessments.models import Attempt, Organisation, Submission
from assessments.reports import MalformedReport, checked

log = logging.getLogger(__name__)

QUEUES = {
    Submission.Purpose.RUN: "run",
    Submission.Purpose.SUBMIT: "grading",
    Submission.Purpose.API: "grading",
    # In bulk: candidates come first, whenever they hand something in.
    Submission.Purpose.BATCH: "batch",
    # A candidate looks at the screen; practices are few, and limited.
    Submission.Purpose.PRACTICE: "run",
}
# So many a sweep at most, so that one sweep never runs into the next.
SWEEP_SIZE = 500


@transaction.atomic(savepoint=False)
def submit_for_api(
    organisation: Organisation,
    task: str,
    source: str,
    purpose: Submission.Purpose = Submission.Purpose.API,
) -> Submission:
    """Queue code that another system sent, singly or as Purpose.BATCH."""
    return create_queued(organisation=organisation, task=task, source=source, purpose=purpose)


def create_queued(**fields: Any) -> Submission:
    """Store a submission and send it to the grader once the transaction has committed."""
    submission = Submission(**fields)
    patience = submission.patience
    submission.tries, submission.retry_at = 1, submission.queued_at + patience
    submission.save(force_insert=True)
    transaction.on_commit(partial(_send, submission, patience.total_seconds()))
    return submission


@transaction.atomic
def queue_grading(submission: Submission) -> bool:
    """Send a queued `submission` again, once this transaction has committed.

    The filter on `tries` lets one of two sweeps through that found it at the same time.
    """
    now, patience = timezone.now(), submission.patience
    queued = Submission.objects.filter(
        pk=submission.pk, status=Submission.Status.QUEUED, tries=submission.tries
    ).update(queued_at=now, retry_at=now + patience, tries=F("tries") + 1)
    if queued:
        transaction.on_commit(partial(_send, submission, patience.total_seconds()))
    return bool(queued)


def _send(submission: Submission, patience: float) -> None:
    receipt = (str(submission.pk), submission.ticket)
    extras = {"own": _own_task(submission), "inputs": submission.inputs}
    grade = signature(
        "grader.tasks.grade",
        args=(submission.task, submission.source, submission.seed, submission.is_tried),
        kwargs={
            "on_fault": signature("assessments.tasks.record_fault", receipt, queue="default"),
            **{name: extra for name, extra in extras.items() if extra},
        },
    )
    try:
        grade.apply_async(
            queue=QUEUES[Submission.Purpose(submission.purpose)],
            link=_storing(receipt, alone=submission.attempt_id is None),
            # Void when it counts as lost: of all that are ever sent, one is live.
            expires=patience,
        )
    except (OperationalError, OSError):
        log.exception("submission %s was not sent; the sweep will send it again", submission.pk)


def _own_task(submission: Submission) -> Mapping[str, Any] | None:
    """The definition of a task that the catalogue lacks, as the attempt's version has it."""
    if submission.question is None:
        return None
    version = submission.question.question_version
    return version.rules.own_task(version.content)


def _storing(receipt: tuple[str, str], *, alone: bool) -> Signature:
    """What is done with the report. Celery is kept from writing it out once more, for its logs."""
    return signature(
        "assessments.tasks.store_report", receipt, {"alone": True} if alone else {},
        queue="default", argsrepr="", kwargsrepr="",
    )  # fmt: skip


def requeue_stalled() -> int:
    """Send again what seems lost; return how many there were."""
    stalled = Submission.objects.stalled().order_by("retry_at")[:SWEEP_SIZE]
    for submission in stalled:
        log.warning("submission %s waits since %s", submission.pk, submission.queued_at)
    return sum(queue_grading(submission) for submission in stalled)


@transaction.atomic
def retry_now(submission: Submission) -> bool:
    """Forget the faults of a queued submission and send it again at once: they are mended."""
    Submission.objects.filter(pk=submission.pk, status=Submission.Status.QUEUED).update(
        tries=0, faults=0
    )
    submission.refresh_from_db()
    return queue_grading(submission)


@transaction.atomic
def store_report(submission_id: str, ticket: str, report: Any, *, alone: bool = False) -> bool:
    """Store a grading report on a queued submission, and score its attempt anew.

    A broker may deliver a message twice: the filter on QUEUED lets one delivery through. A wrong
    ticket or a malformed report changes nothing. `alone` is true of a submission that is of no
    attempt, so that none is looked for. Returns whether the report was stored.
    """
    try:
        report = checked(report)
    except MalformedReport as error:
        record_fault(submission_id, ticket, f"malformed report: {error}")
        return False
    stored = _queued(submission_id, ticket).update(
        status=Submission.Status.GRADED,
        verdict=report["verdict"],
        score=report["score"],
        report=report,
        graded_at=timezone.now(),
    )
    if not stored:
        _log_refused(submission_id, ticket)
        return False
    attempts = () if alone else Attempt.objects.filter(submissions__pk=submission_id)
    for attempt in attempts:
        rescore_attempt(attempt)
        ask_for_fingerprints(attempt)
    transaction.on_commit(partial(doorbell.ring, submission_id))
    return True


def record_fault(submission_id: str, ticket: str, text: str) -> bool:
    """Note a fault of ours for the operators; the submission stays queued."""
    log.error("grading submission %s failed: %s", submission_id, text)
    text = text.replace("\x00", "\ufffd")[:2000]
    return bool(_queued(submission_id, ticket).update(faults=F("faults") + 1, last_fault=text))


def _queued(submission_id: str, ticket: str) -> Any:
    return Submission.objects.filter(
        pk=submission_id, ticket=ticket, status=Submission.Status.QUEUED
    )


def _log_refused(submission_id: str, ticket: str) -> None:
    if Submission.objects.filter(pk=submission_id, ticket=ticket).exists():
        log.info("submission %s was graded already", submission_id)
    else:
        log.warning("a report for submission %s came with a wrong ticket", submission_id)
