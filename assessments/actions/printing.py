"""PDF files that take longer than a page may: asked for, made by a worker, fetched, forgotten."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from celery import signature
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from assessments.actions.auditing import record
from assessments.models import Attempt, Organisation, Paper, User

log = logging.getLogger(__name__)

# A file that is not there by then was lost with a message or a worker.
PATIENCE = timedelta(minutes=2)


@transaction.atomic
def ask_for_paper(attempts: Sequence[Attempt], *, by: User, shows_names: bool) -> Paper:
    """Have a worker make the file, once this transaction has committed."""
    organisation = Organisation.objects.get(pk=attempts[0].organisation_id)
    paper = Paper.objects.create(organisation=organisation, asked_by=by, shows_names=shows_names)
    paper.attempts.set(attempts)
    note_paper(attempts, by=by, shows_names=shows_names)
    transaction.on_commit(partial(_ring, paper.pk))
    return paper


def note_paper(attempts: Sequence[Attempt], *, by: User, shows_names: bool) -> None:
    """Note that a file with these attempts left the installation."""
    for attempt in attempts:
        record("attempt.printed", attempt, by=by, names=shows_names)


def ask_again(paper: Paper) -> bool:
    """Have it made again where its message must be lost; one of two who ask at once does."""
    now = timezone.now()
    lost = Paper.objects.filter(pk=paper.pk, made_at=None, asked_at__lt=now - PATIENCE)
    asked = bool(lost.update(asked_at=now, failed=False))
    if asked:
        transaction.on_commit(partial(_ring, paper.pk))
    return asked


def _ring(pk: UUID) -> None:
    try:
        signature("assessments.tasks.make_paper", (str(pk),), queue="default").apply_async()
    except (OperationalError, OSError):
        log.warning("the PDF %s was not asked for; its page asks again", pk)


def keep_paper(pk: UUID, data: bytes | None) -> bool:
    """Keep the file, or that it could not be made; what is there already stays."""
    fields = {"failed": True} if data is None else {"data": data, "made_at": timezone.now()}
    return bool(Paper.objects.filter(pk=pk, made_at=None).update(**fields))


def forget_papers() -> int:
    """Delete the files that can be fetched no more; return how many rows that were."""
    return Paper.objects.outdated().delete()[0]
