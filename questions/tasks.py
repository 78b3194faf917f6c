"""Tasks of the bank. Each is a view for the queue, and each may run twice."""

from typing import Any

from celery import shared_task

from questions.authoring import audits


@shared_task  # type: ignore[untyped-decorator]
def store_audit(result: Any, audit_id: int, ticket: str) -> None:
    """Store what an audit found; linked to every audit that a page asked for."""
    audits.store(audit_id, ticket, result)
