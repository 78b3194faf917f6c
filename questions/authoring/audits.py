"""The audit of a coding question's task: made by a grading worker, shown from what is stored."""

import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from hashlib import sha256
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
# Nobody else has tried an own task.
OWN_SEEDS = 3


def key_of(content: Mapping[str, Any]) -> str | None:
    """Return what the audits of a coding question's task are kept under; None without a task.

    That of an own task changes with every change of its definition.
    """
    own = content.get("own")
    if not isinstance(own, Mapping):
        task = content.get("task")
        return task if isinstance(task, str) else None
    text = json.dumps(own, sort_keys=True)
    return f"{str(own.get('slug', ''))[:26]}@{sha256(text.encode()).hexdigest()[:32]}"


def is_clean(content: Mapping[str, Any]) -> bool:
    """Tell whether the newest audit of this very definition found nothing to mend."""
    key = key_of(content)
    audit = newest(key)[0] if key else None
    return audit is not None and not audit.result["faults"]


def newest(task: str) -> tuple[TaskAudit | None, bool]:
    """Return the newest audit of `task` that is done, and whether one is under way."""
    audits = TaskAudit.objects.filter(task=task)
    waiting = audits.filter(done_at=None, asked_at__gt=timezone.now() - PATIENCE)
    return audits.exclude(done_at=None).first(), waiting.exists()


@transaction.atomic
def ask(content: Mapping[str, Any]) -> TaskAudit | None:
    """Have the task of a coding question audited once the transaction has committed.

    Nothing happens where that is under way, or where there is no task.
    """
    key = key_of(content)
    if key is None or newest(key)[1]:
        return None
    audit = TaskAudit.objects.create(task=key)
    transaction.on_commit(partial(_send, audit, content.get("own")))
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


def _send(audit: TaskAudit, own: Mapping[str, Any] | None) -> None:
    storing = signature("questions.tasks.store_audit", (audit.pk, audit.ticket), queue="default")
    wanted = {"seeds": OWN_SEEDS, "own": own} if own else {"seeds": SEEDS}
    task = signature("grader.tasks.audit", args=(audit.task,), kwargs=wanted)
    try:
        # Behind everything that somebody waits for.
        task.apply_async(queue="regrade", link=storing, expires=PATIENCE.total_seconds())
    except (OperationalError, OSError):
        log.exception("the audit of %s was not sent", audit.task)
        audit.delete()
