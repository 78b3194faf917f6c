"""The grading task: a view for the queue, which unpacks, calls and returns."""

import contextlib
from typing import Any

from celery import Task, shared_task, signature
from kombu.exceptions import OperationalError

from grader import catalogue, grading, warm
from grader.audit import audit_task
from grader.own import audit_own, own_task
from grader.sandbox import SandboxFault


@shared_task(  # type: ignore[untyped-decorator]
    bind=True,
    name="grader.tasks.grade",
    autoretry_for=(SandboxFault,),
    retry_backoff=True,
    retry_backoff_max=30,
    max_retries=3,
    # Celery writes this much of a report out, for a line of its log that nobody reads.
    resultrepr_maxsize=100,
)
def grade(
    self: Task,
    task: str,
    source: str,
    seed: int,
    sample: bool = False,
    on_fault: dict[str, Any] | None = None,
    own: dict[str, Any] | None = None,
    inputs: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Grade `source` and return the report as JSON-ready data.

    `own` is the definition of an own task, for a task that the catalogue does not have.
    `inputs` are a candidate's own, for a sample run. `on_fault` is the signature of a task that is
    told, in a sentence, of every fault of ours.
    Such a fault is tried again a few times and is never a verdict: the submission stays queued.
    """
    try:
        row = own_task(own, warm.workshop) if own else catalogue.get(task)
        report = grading.grade(
            row, source, seed, warm.sandbox(), sample=bool(sample), inputs=inputs
        )
    except Exception as fault:
        tell(on_fault, f"{type(fault).__name__}: {fault}")
        raise
    return report.as_dict()


@shared_task(  # type: ignore[untyped-decorator]
    name="grader.tasks.audit", autoretry_for=(SandboxFault,), retry_backoff=True, max_retries=3
)
def audit(task: str, own: dict[str, Any] | None = None, seeds: int = 3) -> dict[str, Any]:
    """Audit a task and return what was found as JSON-ready data.

    `own` is the definition of an own task, which `task` is the slug of.
    """
    sandbox, drawn = warm.sandbox(), range(1, seeds + 1)
    if own:
        found = audit_own(own, drawn, sandbox, warm.workshop)
    else:
        found = audit_task(catalogue.get(task), drawn, sandbox)
    return {**found.as_dict(), "grader": grading.grader_version()}


def tell(on_fault: dict[str, Any] | None, text: str) -> None:
    """Send `text` to `on_fault`; a broker that is away as well must not hide the first fault."""
    if on_fault:
        with contextlib.suppress(OperationalError, OSError):
            signature(on_fault).apply_async((text[:2000],))
