"""Exports: asked for, made by a worker piece by piece, fetched, deleted.

Each step may run twice and at the same time as another: `done` lets one of two through, a message
is only a doorbell, and the sweep rings for what nobody works on.
"""

import logging
from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from celery import signature
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from assessments.actions.auditing import Actor, record
from assessments.models import (
    ApiToken,
    Attempt,
    Export,
    ExportedAttempt,
    ExportPiece,
    Organisation,
    User,
)
from assessments.models.export import SILENCE, ExportQuerySet

log = logging.getLogger(__name__)

# So many places are written at once.
_PLACES = 2_000
# A file of more rows takes seconds to write: one at a time, so that no more than one thread of a
# worker is held up, and reports of graded code are stored by the others.
LARGE = 5_000
FAULT = "It could not be made, for a fault of ours. It is in the log of this installation."


class Overtaken(Exception):
    """Another worker writes the file by now, or it was deleted."""


class TooManyExports(Exception):
    """So many files are being made for an organisation that another one has to wait."""


@transaction.atomic
def ask_for_export(
    organisation: Organisation, *, by: User | ApiToken, kind: str, form: str, **fields: Any
) -> Export:
    """Have a worker make a file of the format `form`, once this transaction has committed.

    Raises TooManyExports where MOST_OPEN are on their way; of two who ask at once one counts first.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if Export.objects.filter(organisation=organisation).open().count() >= Export.MOST_OPEN:
        raise TooManyExports(
            f"{Export.MOST_OPEN} files are being made. Wait for one of them, or stop it."
        )
    asker = {"token": by} if isinstance(by, ApiToken) else {"asked_by": by}
    export: Export = Export.objects.create(
        organisation=organisation, kind=kind, format=form, **asker, **fields
    )
    record("export.asked_for", export, by=by, kind=kind, format=form, names=export.shows_names)
    transaction.on_commit(partial(_ring, export.pk))
    return export


def note_download(export: Export, *, by: Actor) -> None:
    """Note that the file left the installation."""
    record("export.downloaded", export, by=by, kind=export.kind, names=export.shows_names)


@transaction.atomic
def delete_export(export: Export, *, by: Actor) -> None:
    record("export.deleted", export, by=by, kind=export.kind, format=export.format)
    export.delete()


def _ring(pk: UUID) -> None:
    work = signature("assessments.tasks.work_on_export", (str(pk),), queue="default")
    try:
        work.apply_async()
    except (OperationalError, OSError):
        log.exception("export %s was not rung for; the sweep will do it", pk)


def ring_for_exports() -> int:
    """Ring for those that no worker is busy with; return how many that were."""
    rung = 0
    for pk in list(Export.objects.silent().values_list("pk", flat=True)):
        # One of two sweeps rings.
        if Export.objects.silent().filter(pk=pk).update(moved_at=timezone.now()):
            _ring(pk)
            rung += 1
    return rung


def forget_exports() -> int:
    """Delete what was kept for long enough; return how many that were."""
    found = list(Export.objects.outdated().values_list("pk", flat=True))
    Export.objects.filter(pk__in=found).delete()
    return len(found)


def forget_exports_of(attempt: Attempt) -> None:
    """Delete the files that hold an attempt which is being erased."""
    Export.objects.filter(places__attempt=attempt).delete()


# What a worker does ---------------------------------------------------------------------------


def begin_step(export: Export) -> bool:
    """Note that a worker is at it; return False where too many began this step and none ended it.

    Whatever kills a worker would kill the next one too.
    """
    if export.tries >= Export.MAX_TRIES:
        fail_export(export, FAULT)
        return False
    # Of two that begin at once one goes on; `tries` says from now on which.
    here = Export.objects.open().filter(pk=export.pk, tries=export.tries)
    export.tries += 1
    return bool(here.update(tries=export.tries, moved_at=timezone.now()))


@transaction.atomic
def settle_attempts(export: Export, keys: Iterable[UUID], **known: Any) -> bool:
    """Keep which attempts are in it, in this order; return whether this was the first time.

    `known` are columns and versions, and what may be kept of the address that chose the attempts.
    """
    waiting = Export.objects.select_for_update().filter(pk=export.pk, state=Export.State.QUEUED)
    if not waiting.exists():
        return False
    total, places = 0, []
    for total, key in enumerate(keys, start=1):
        places.append(ExportedAttempt(export=export, attempt_id=key, position=total - 1))
        if len(places) == _PLACES:
            ExportedAttempt.objects.bulk_create(places)
            places.clear()
    ExportedAttempt.objects.bulk_create(places)
    return bool(
        waiting.update(
            state=Export.State.READING, total=total, tries=0, moved_at=timezone.now(), **known
        )
    )


@transaction.atomic
def keep_rows(export: Export, *, read: int, rows: int, data: bytes) -> bool:
    """Keep the rows of the next `read` attempts; return whether another worker was not quicker."""
    here = Export.objects.filter(pk=export.pk, state=Export.State.READING, done=export.done)
    moved = here.update(
        done=F("done") + read, rows=F("rows") + rows, tries=0, moved_at=timezone.now()
    )
    if moved:
        ExportPiece.objects.create(export_id=export.pk, position=export.done, data=data)
    return bool(moved)


@transaction.atomic
def begin_writing(export: Export) -> bool:
    """Note that all is read; of two workers one writes the file.

    A large one waits while another is written, also where both are to begin in the same moment.
    """
    read = _all_read().filter(pk=export.pk)
    if export.rows > LARGE and _large_is_written():
        # Waiting is no failure.
        read.update(tries=0, moved_at=timezone.now())
        return False
    return bool(read.update(state=Export.State.WRITING, tries=0, moved_at=timezone.now()))


def _large_is_written() -> bool:
    """Return whether a worker writes a large file; all that could begin one wait for the answer."""
    ready = Q(state=Export.State.WRITING) | Q(state=Export.State.READING, done=F("total"))
    # Whoever is to begin is among them: of two the later one sees what the first one did.
    large = Export.objects.select_for_update(no_key=True).filter(ready, rows__gt=LARGE)
    alive = timezone.now() - SILENCE
    return any(
        state == Export.State.WRITING and moved_at >= alive
        for state, moved_at in large.order_by("pk").values_list("state", "moved_at")
    )


def ring_for_waiting() -> None:
    """Ring for the large file that waited longest for another to be written."""
    waiting = _all_read().filter(rows__gt=LARGE).order_by("created_at", "pk")
    if pk := waiting.values_list("pk", flat=True).first():
        _ring(pk)


def _all_read() -> ExportQuerySet:
    found: ExportQuerySet = Export.objects.filter(state=Export.State.READING, done=F("total"))
    return found


def still_busy(export: Export) -> None:
    """Keep the sweep from taking the worker for dead."""
    mine = Export.objects.filter(pk=export.pk, tries=export.tries)
    mine.update(moved_at=timezone.now())


def forget_half_a_file(export: Export) -> None:
    """Begin the file anew: a worker that wrote some of it is gone."""
    with transaction.atomic():
        _go_on(export)
        ExportPiece.objects.filter(export=export, of_file=True).delete()


def keep_piece(export: Export, position: int, data: bytes) -> None:
    """Keep the next bytes of the file; raises Overtaken."""
    with transaction.atomic():
        _go_on(export)
        ExportPiece.objects.create(export=export, of_file=True, position=position, data=data)


@transaction.atomic
def end_file(export: Export, *, size: int) -> None:
    """Note that the file is whole, in place of its rows; raises Overtaken."""
    now = timezone.now()
    _go_on(export, state=Export.State.READY, size=size, made_at=now)
    # An erasure that began before the attempts were settled didn't find them here.
    if Export.objects.with_erased().filter(pk=export.pk).exists():
        export.delete()
    ExportPiece.objects.filter(export=export.pk, of_file=False).delete()


def _go_on(export: Export, **changed: Any) -> None:
    """Lock the export for who began its last step; nobody else writes its file any more."""
    mine = Export.objects.filter(pk=export.pk, state=Export.State.WRITING, tries=export.tries)
    if not mine.update(moved_at=timezone.now(), **changed):
        raise Overtaken


def fail_export(export: Export, sentence: str) -> bool:
    """Note why there will be no file, for who asked for it."""
    failed = Export.objects.open().filter(pk=export.pk)
    # Its address may name somebody who is erased later.
    gone = {"state": Export.State.FAILED, "failure": sentence[:200], "query": ""}
    return bool(failed.update(**gone))
