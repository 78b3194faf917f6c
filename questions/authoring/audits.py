"""The audit of a coding question's task: made by a grading worker, shown from what is stored."""

import logging
from datetime import timedelta
from functools import partial
from typing import Any

from celery import signature
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from questions.models import TaskAudit

log = logging.getLogger(__name__)
# Long enough for a queue that is full; then a message counts as lost, and one may ask again.
PATIENCE = timedelta(minutes=15)
# A second or two of a worker's time; `manage.py audit` draws more.
SEEDS = 1


def newest(task: str) -> tuple[TaskAudit | None, bool]:
    """Return the newest audit of `task` that is done, and whether one is under way."""
    audits = TaskAudit.objects.filter(task=task)
    waiting = audits.filter(done_at=None, asked_at__gt=timezone.now() - PATIENCE)
    return audits.exclude(done_at=None).first(), waiting.exists()


@transaction.atomic
def ask(task: str) -> TaskAudit | None:
    """Have `task` audited once the transaction has committed; nothing where that is under way."""
    if newest(task)[1]:
        return None
    audit = TaskAudit.objects.create(task=task)
    transaction.on_commit(partial(_send, audit))
    return audit


def store(audit_id: int, ticket: str, result: dict[str, Any]) -> bool:
    """Keep what the worker found, once; a wrong ticket or another shape changes nothing."""
    if not _is_result(result):
        log.error("the audit %s came back in another shape", audit_id)
        return False
    waiting = TaskAudit.objects.filter(pk=audit_id, ticket=ticket, done_at=None)
    return bool(waiting.update(result=result, done_at=timezone.now()))


def _is_result(result: Any) -> bool:
    counts = ("killed", "mutants", "accepted", "variants", "checks")
    return (
        isinstance(result, dict)
        and all(type(result.get(name)) is int for name in counts)
        and isinstance(result.get("faults"), list)
        and all(isinstance(fault, str) for fault in result["faults"])
        and isinstance(result.get("grader"), str)
    )


def _send(audit: TaskAudit) -> None:
    storing = signature("questions.tasks.store_audit", (audit.pk, audit.ticket), queue="default")
    task = signature("grader.tasks.audit", args=(audit.task,), kwargs={"seeds": SEEDS})
    try:
        # Behind everything that somebody waits for.
        task.apply_async(queue="regrade", link=storing, expires=PATIENCE.total_seconds())
    except (OperationalError, OSError):
        log.exception("the audit of %s was not sent", audit.task)
        audit.delete()
