"""Tasks of the bank. Each is a view for the queue, and each may run twice."""

from typing import Any

from celery import shared_task

from questions.authoring import audits, importing


@shared_task  # type: ignore[untyped-decorator]
def store_audit(result: Any, audit_id: int, ticket: str) -> None:
    """Store what an audit found; linked to every audit that a page asked for."""
    audits.store(audit_id, ticket, result)


@shared_task  # type: ignore[untyped-decorator]
def read_import(import_id: int) -> None:
    """Read a file that somebody uploaded."""
    importing.read(import_id)


@shared_task  # type: ignore[untyped-decorator]
def forget_imports() -> None:
    """Forget files that were uploaded long ago; questions that came in stay."""
    importing.forget_outdated()
