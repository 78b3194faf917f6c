"""Files of very many rows are written one at a time, and their workers give signs of life."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import connection
from django.utils import timezone

from assessments.actions import exporting
from assessments.exports import making
from assessments.models import Export
from tests.assessments.exports.conftest import made, steps

pytestmark = pytest.mark.django_db


def test_large_files_are_written_one_after_the_other(asked, make_attempt, monkeypatch, broker):
    monkeypatch.setattr(exporting, "LARGE", 1)
    make_attempt("Ada", source=None)
    small = steps(asked(), 2)
    make_attempt("Ben", source=None)
    first = steps(asked(), 3)
    later = steps(asked(), 2 + Export.MAX_TRIES + 1)

    assert (first.state, later.state, later.tries) == ("writing", "reading", 0)
    assert made(small).is_ready, "a small one waits for nobody"
    assert not broker.bodies("default")
    assert made(first).is_ready
    assert [body[0] for body in broker.bodies("default")] == [[str(later.pk)]]
    assert made(later).is_ready


@pytest.mark.on_postgresql  # SQLite lets one worker write at a time
@pytest.mark.django_db(transaction=True)
def test_of_two_large_files_that_begin_in_the_same_moment_one_waits(
    asked, make_attempt, monkeypatch
):
    monkeypatch.setattr(exporting, "LARGE", 0)
    make_attempt("Ada", source=None)
    both = [steps(asked(), 2) for _ in range(2)]
    read, meeting = exporting._large_is_written, Barrier(2, timeout=1)

    def at_once():
        """Neither goes on before the other one has looked, if it can look."""
        found = read()
        with suppress(BrokenBarrierError):
            meeting.wait()
        return found

    def begin(export):
        try:
            return exporting.begin_writing(export)
        finally:
            connection.close()

    monkeypatch.setattr(exporting, "_large_is_written", at_once)
    with ThreadPoolExecutor(2) as threads:
        began = list(threads.map(begin, both))

    assert sorted(began) == [False, True]
    states = Export.objects.values_list("state", flat=True)
    assert sorted(states) == ["reading", "writing"]


def test_a_workbook_that_is_compressed_gives_signs_of_life(asked, make_attempt, monkeypatch):
    """Its rows are read by then; of very many it takes minutes."""
    make_attempt("Ada", source=None)
    export = steps(asked(form="xlsx"), 3)
    monkeypatch.setattr("assessments.exports.pulse.SECONDS", -1)
    told = []
    monkeypatch.setattr(exporting, "still_busy", lambda export: told.append(export.pk))
    by_rows = len(list(export.pieces.filter(of_file=False)))

    assert not making.work_on(export.pk)

    assert set(told) == {export.pk}
    assert len(told) > by_rows + 5, "each write of the workbook is one"


def test_who_was_overtaken_gives_no_sign_of_life(asked, make_attempt):
    make_attempt("Ada", source=None)
    export = steps(asked(), 3)
    late = timezone.now() - timedelta(minutes=2)
    Export.objects.update(moved_at=late, tries=export.tries + 1)

    exporting.still_busy(export)

    assert Export.objects.get().moved_at == late


def test_a_large_file_whose_worker_died_is_not_waited_for(asked, make_attempt, monkeypatch):
    monkeypatch.setattr(exporting, "LARGE", 0)
    make_attempt("Ada", source=None)
    dead = steps(asked(), 3)
    Export.objects.filter(pk=dead.pk).update(moved_at=timezone.now() - timedelta(minutes=2))

    assert made(asked()).is_ready
