"""A worker makes an export step by step; whatever dies in between costs no row and adds none."""

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments import actions
from assessments.actions import exporting, previewing
from assessments.exports import kinds, making
from assessments.exports.serving import file_answer
from assessments.models import Attempt, Export, ExportedAttempt, ExportPiece, Invitation
from questions.models import Topic
from tests.assessments.exports.conftest import bytes_of, made, rows_of, steps
from tests.assessments.recruiter.conftest import PARTIAL

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[3]
# A worker that dies once some rows are read and not yet kept.
WORKER = """\
import os, sys
import django
django.setup()
from dataclasses import replace
from uuid import UUID
from assessments.actions import exporting
from assessments.exports import kinds, making
kinds.KINDS = making.KINDS = {k: replace(v, at_once=2) for k, v in kinds.KINDS.items()}
real, kept = exporting.keep_rows, []
def keep_rows(*told, **fields):
    if kept:
        print("in the middle", flush=True)
        sys.stdin.read()
    kept.append(real(*told, **fields))
    return True
exporting.keep_rows = keep_rows
while making.work_on(UUID(sys.argv[1])):
    pass
"""


@pytest.fixture
def by_two(monkeypatch):
    """Two attempts a step."""
    few = {
        kind: kinds.Kind(each.tells, 2, each.columns, each.lines)
        for kind, each in kinds.KINDS.items()
    }
    monkeypatch.setattr(making, "KINDS", few)


@pytest.mark.usefixtures("by_two")
def test_progress_is_told_step_by_step(asked, make_attempt):
    for name in ("Ada", "Ben", "Cleo"):
        make_attempt(name, source=None)
    export = asked()

    told = []
    while True:
        goes_on = making.work_on(export.pk)
        now = Export.objects.get(pk=export.pk)
        told.append((now.state, now.total, now.done, now.rows))
        if not goes_on:
            break
    assert told == [
        ("reading", 3, 0, 0),
        ("reading", 3, 2, 2),
        ("reading", 3, 3, 3),
        ("writing", 3, 3, 3),
        ("ready", 3, 3, 3),
    ]
    assert set(ExportPiece.objects.values_list("of_file", flat=True)) == {True}
    assert [row["candidate"] for row in rows_of(now)] == ["Cleo", "Ben", "Ada"]


def settings_of_database():
    """The environment in which a process of its own finds the database of the tests."""
    told = connection.settings_dict
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "VAR_DIR") if name in os.environ}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "x",
        "DEBUG": "1",
        "DATABASE_URL": "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**told),
    }


@pytest.mark.on_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_in_the_middle_costs_nothing(asked, make_attempt, by_two):
    for number in range(5):
        make_attempt(f"Ada {number}", source=None)
    export = asked()
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(export.pk)],
        cwd=ROOT, env=settings_of_database(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert worker.stdout.readline().strip() == "in the middle"
    worker.send_signal(signal.SIGKILL)
    worker.communicate()
    half = Export.objects.get(pk=export.pk)
    assert (half.state, half.done, half.tries) == ("reading", 2, 1)

    Export.objects.update(moved_at=timezone.now() - timedelta(minutes=2))
    assert exporting.ring_for_exports() == 1
    whole = made(export)

    names = [row["candidate"] for row in rows_of(whole)]
    assert names == [f"Ada {number}" for number in (4, 3, 2, 1, 0)]


@pytest.mark.usefixtures("by_two")
def test_two_workers_at_the_same_step_keep_its_rows_once(asked, make_attempt, monkeypatch):
    for name in ("Ada", "Ben", "Cleo"):
        make_attempt(name, source=None)
    export = steps(asked(), 1)
    real = exporting.keep_rows

    def late(*told, **fields):
        """Another worker did the same, and was quicker."""
        monkeypatch.setattr(exporting, "keep_rows", real)
        assert making.work_on(export.pk)
        return real(*told, **fields)

    monkeypatch.setattr(exporting, "keep_rows", late)
    assert not making.work_on(export.pk)
    assert len(rows_of(made(export))) == 3


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_of_two_workers_that_write_a_file_the_later_one_does(
    asked, make_attempt, monkeypatch, form
):
    for name in ("Ada", "Ben"):
        make_attempt(name, source=None)
    export = steps(asked(form=form), 3)
    monkeypatch.setattr("assessments.exports.sink.PIECE", 100)
    real, late = exporting.keep_piece, []

    def keep(first, position, data):
        """After some pieces the first worker stands still, and the sweep calls a second one."""
        if position == 2 and not late:
            late.append(Export.objects.get(pk=export.pk))
            assert exporting.begin_step(late[0])
            exporting.forget_half_a_file(late[0])
            real(late[0], 0, b"by the second one")
        real(first, position, data)

    monkeypatch.setattr(exporting, "keep_piece", keep)
    assert export.state == "writing"
    assert not making.work_on(export.pk)
    pieces = ExportPiece.objects.filter(of_file=True)
    assert [bytes(piece.data) for piece in pieces] == [b"by the second one"]

    whole = made(export)  # the second one died, and a third one came
    assert [row["candidate"] for row in rows_of(whole)] == ["Ben", "Ada"]
    assert whole.size == len(bytes_of(whole))


@pytest.mark.usefixtures("by_two")
@pytest.mark.parametrize("kind", ["attempts", "answers", "checks"])
def test_a_step_takes_as_many_queries_for_two_attempts_as_for_one(asked, make_attempt, kind):
    for number in range(3):
        make_attempt(f"Ada {number}", PARTIAL)
    export = steps(asked(kind), 1)
    numbers = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert making.work_on(export.pk)
        numbers.append(len(queries))

    assert numbers[0] == numbers[1]


def test_what_always_fails_is_given_up(asked, make_attempt, monkeypatch, broker):
    make_attempt("Ada", source=None)
    export = steps(asked(), 1)

    def fail(*told, **fields):
        raise OSError("No room is left.")

    monkeypatch.setattr(exporting, "keep_rows", fail)
    for _ in range(Export.MAX_TRIES):
        with pytest.raises(OSError, match="No room"):
            making.work_on(export.pk)
    assert exporting.ring_for_exports() == 0  # somebody may be busy with it
    Export.objects.update(moved_at=timezone.now() - timedelta(minutes=2))
    assert exporting.ring_for_exports() == 1
    assert len(broker.messages("default")) == 1

    assert not making.work_on(export.pk)
    export.refresh_from_db()
    assert (export.state, export.failure) == ("failed", exporting.FAULT)
    assert exporting.ring_for_exports() == 0


def test_asking_rings_once_it_is_committed(asked, committed, broker):
    with committed():
        export = asked()

    [body] = broker.bodies("default")
    assert body[0] == [str(export.pk)]


def test_a_question_that_is_tagged_otherwise_meanwhile_changes_no_column(asked, two, choice):
    export = steps(asked(), 1)
    names = [entry["name"] for entry in export.columns]
    assert "topic_robust" in names
    Topic.objects.all().delete()

    rows = rows_of(made(export))

    assert all(list(row) == names for row in rows)
    assert {row["topic_robust"] for row in rows} == {None}


def test_a_file_is_deleted_after_a_week(asked, make_attempt):
    make_attempt("Ada", source=None)
    export = made(asked())
    Export.objects.update(created_at=timezone.now() - timedelta(days=6, hours=23))
    assert exporting.forget_exports() == 0

    Export.objects.update(created_at=timezone.now() - timedelta(days=7, minutes=1))
    assert exporting.forget_exports() == 1
    assert not ExportPiece.objects.filter(export=export).exists()


def test_erasure_takes_the_files_that_hold_the_candidate(asked, make_attempt):
    ada, ben = make_attempt("Ada", source=None), make_attempt("Ben", source=None)
    both, half, bens = made(asked()), steps(asked(), 1), made(asked(query=f"attempt={ben.pk}"))
    by_name = asked(query="q=ada&sort=score")
    assert "Ada" in bytes_of(both).decode()

    actions.erase_candidate(ada.candidate)

    assert set(Export.objects.all()) == {bens}
    assert not making.work_on(half.pk)
    assert not making.work_on(by_name.pk)
    assert b"Ada" not in b"".join(map(bytes, ExportPiece.objects.values_list("data", flat=True)))


def test_an_erasure_that_was_not_seen_leaves_no_file(asked, make_attempt):
    """It began before the attempts were settled, and ended after their rows were read."""
    ada = make_attempt("Ada", source=None)
    export, ready = steps(asked(), 3), made(asked())
    assert export.state == "writing"
    Invitation.objects.filter(attempt=ada).update(erased_at=timezone.now())

    making.work_on(export.pk)

    assert list(Export.objects.all()) == [ready]
    assert file_answer(ready) is None


def test_no_name_stays_in_what_is_kept_of_the_address(asked, make_attempt):
    ada = make_attempt("Ada", source=None)
    export = made(asked(query=f"q=ada&sort=candidate&stage=graded&attempt={ada.pk}"))

    assert export.query == "sort=candidate&stage=graded"
    assert export.total == 1


def test_a_file_is_of_the_organisation_it_was_asked_in(asked, boss, make_attempt, stranger):
    """Who belongs to two organisations works in another one by the time it is made."""
    make_attempt("Ada", source=None)
    stranger.name = "A first one"
    stranger.save()
    stranger.members.create(user=boss, role="owner")
    other = exporting.ask_for_export(stranger, by=boss, kind="attempts", form="jsonl")

    assert [row["candidate"] for row in rows_of(made(asked()))] == ["Ada"]
    assert rows_of(made(other)) == []


def test_who_has_left_gets_no_file(asked, boss, make_attempt):
    make_attempt("Ada", source=None)
    gone, member = asked(), boss.memberships.get()
    less = asked()
    member.role = "reviewer"
    member.save()
    assert "Ask again" in made(less).failure
    member.delete()

    assert made(gone).failure == "Who asked for it has left."
    boss.delete()
    assert made(Export.objects.create(
        organisation=gone.organisation, kind="attempts", format="csv"
    )).failure == "Who asked for it has left."  # fmt: skip


def test_previews_are_in_no_file(asked, version, boss, make_attempt):
    make_attempt("Ada", source=None)
    actions.start_attempt(previewing.begin_preview(version, boss))

    export = made(asked())

    assert Attempt.objects.count() == 2
    assert (export.total, ExportedAttempt.objects.count()) == (1, 1)
    assert json.loads(bytes_of(export))["candidate"] == "Ada"
