"""Tasks of the Django side. Each is a view for the queue, and each may run twice."""

import logging
from typing import Any
from uuid import UUID

from celery import shared_task

from assessments import actions
from assessments.actions import exporting, hiring_errors, hiring_sending, printing, webhook_sending
from assessments.exports import making
from assessments.models import Paper, RememberedAnswer, Submission
from assessments.recruiter.paper.pages import pdf_of

log = logging.getLogger(__name__)


@shared_task  # type: ignore[untyped-decorator]
def store_report(report: Any, submission_id: str, ticket: str, alone: bool = False) -> None:
    """Store what the grader found; linked to every grading."""
    actions.store_report(submission_id, ticket, report, alone=alone)


@shared_task  # type: ignore[untyped-decorator]
def record_fault(text: str, submission_id: str, ticket: str) -> None:
    """Note that the grader failed, through no fault of the code that it graded."""
    actions.record_fault(submission_id, ticket, text)


@shared_task  # type: ignore[untyped-decorator]
def store_regraded(report: Any, pk: int, ticket: str) -> None:
    """Keep what the grader found in a dry run."""
    actions.store_regraded(pk, ticket, report)


@shared_task  # type: ignore[untyped-decorator]
def record_regrading_fault(text: str, pk: int, ticket: str) -> None:
    """Note that the grader failed in a dry run."""
    actions.record_regrading_fault(pk, ticket, text)


@shared_task  # type: ignore[untyped-decorator]
def work_on_regrade(pk: str) -> None:
    """Do a little of a regrade, and ring for the rest: other tasks come in between."""
    if actions.work_on_regrade(pk):
        work_on_regrade.delay(pk)


@shared_task  # type: ignore[untyped-decorator]
def send_email(pk: int, tries: int) -> None:
    """Send an e-mail that was tried `tries` times before."""
    actions.send_email(pk, tries)


@shared_task  # type: ignore[untyped-decorator]
def send_listed() -> None:
    """Write the e-mails of a list that was confirmed just now."""
    actions.send_listed()


@shared_task  # type: ignore[untyped-decorator]
def forget_lists() -> None:
    """Forget the rows of lists that were looked at a day ago."""
    actions.forget_lists()


@shared_task  # type: ignore[untyped-decorator]
def close_overdue() -> None:
    """Close what is over, to the second: a task of its own, for it must not wait for the sweep."""
    if closed := actions.close_overdue():
        log.info("closed %d attempts at their deadline", closed)


@shared_task  # type: ignore[untyped-decorator]
def forget_previews() -> None:
    """Delete previews that nobody should still be looking at."""
    if forgotten := actions.forget_old_previews():
        log.info("deleted %d previews", forgotten)


@shared_task  # type: ignore[untyped-decorator]
def erase_outlived() -> None:
    """Erase what is personal and was kept for long enough."""
    if erased := actions.erase_outlived():
        log.info("erased what is personal of %d invitations", erased)


@shared_task  # type: ignore[untyped-decorator]
def find_similar(attempt_id: str) -> None:
    """Compare the code of a finished attempt with that of others."""
    actions.find_similar(UUID(attempt_id))


@shared_task  # type: ignore[untyped-decorator]
def find_missed() -> None:
    """Compare what should have been compared already."""
    actions.find_missed()


@shared_task  # type: ignore[untyped-decorator]
def send_webhooks() -> None:
    """Tell other systems what happened, and what they did not hear before."""
    webhook_sending.send_webhooks()


@shared_task  # type: ignore[untyped-decorator]
def forget_webhooks() -> None:
    """Forget what other systems said and were told, and nobody looks at any more."""
    webhook_sending.forget_webhooks()
    hiring_errors.forget_hiring()


@shared_task  # type: ignore[untyped-decorator]
def tell_hiring_systems() -> None:
    """Tell hiring systems how their orders stand, and what they did not hear before."""
    hiring_sending.tell_hiring_systems()


@shared_task  # type: ignore[untyped-decorator]
def make_paper(pk: str) -> None:
    """Make a PDF that somebody waits for."""
    paper = Paper.objects.filter(pk=pk, made_at=None).select_related("asked_by").first()
    if paper is None:
        return
    try:
        data = pdf_of(paper.keys, paper.asked_by if paper.shows_names else None)
    except Exception:
        log.exception("the PDF %s could not be made", pk)
        data = None
    printing.keep_paper(paper.pk, data)


@shared_task  # type: ignore[untyped-decorator]
def work_on_export(pk: str) -> None:
    """Do a little of an export, and ring for the rest: other tasks come in between.

    A step that fails is begun again by the sweep, some times.
    """
    if making.work_on(UUID(pk)):
        work_on_export.delay(pk)


@shared_task  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Find again what got lost, and remind of what is due."""
    requeued = actions.requeue_stalled()
    actions.send_reminders()
    actions.send_listed()
    actions.ring_for_emails()
    actions.ring_for_regrades()
    actions.announce_expired()
    webhook_sending.ring_for_due()
    hiring_sending.ring_where_due()
    RememberedAnswer.objects.forgotten().delete()
    printing.forget_papers()
    exporting.ring_for_exports()
    exporting.forget_exports()
    # What is flagged is sent again more and more rarely, so that this is no line every sweep.
    if requeued and (flagged := Submission.objects.flagged().count()):
        log.error("%d submissions can't be graded; see `manage.py stalled`", flagged)
