"""Exports that are made at once, and read back as somebody with the usual tools would."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook

from assessments import actions
from assessments.actions import exporting
from assessments.exports import making
from assessments.exports.serving import file_answer
from assessments.models import Export, User
from questions.models import Topic
from tests.assessments.recruiter.conftest import PARTIAL, make_attempt

__all__ = ["make_attempt"]


def made(export):
    """Does all steps of a worker."""
    while making.work_on(export.pk):
        pass
    return Export.objects.get(pk=export.pk)


def steps(export, number):
    """Does so many of them."""
    for _ in range(number):
        making.work_on(export.pk)
    return Export.objects.get(pk=export.pk)


def bytes_of(export):
    answer = file_answer(export)
    found = b"".join(answer.streaming_content)
    assert answer["Content-Length"] == str(len(found))
    return found


def rows_of(export):
    """The rows as mappings, with every value as the format has it."""
    return {"csv": _csv, "jsonl": _jsonl, "xlsx": _xlsx, "parquet": _parquet}[export.format](
        bytes_of(export)
    )


def _csv(data):
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def _jsonl(data):
    return [json.loads(line) for line in data.decode().split("\n")[:-1]]


def _xlsx(data):
    head, *rows = load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def _parquet(data):
    return pq.read_table(io.BytesIO(data)).to_pylist()


def unzipped(data):
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def plain(value):
    """A cell of whatever format as a CSV file has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        # A sheet knows no zones, and a millisecond at best.
        value = value.replace(tzinfo=value.tzinfo or UTC)
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, float | int):
        return f"{round(value, 6):g}"
    return _moment(value)


def _moment(text):
    try:
        return plain(datetime.fromisoformat(text))
    except ValueError:
        return _number(text)


def _number(text):
    try:
        return f"{float(text):g}"
    except ValueError:
        return text


@pytest.fixture
def boss(make_member):
    return make_member("owner", email="boss@acme.example")


@pytest.fixture
def ask(organisation, boss):
    """Asks for an export as an owner, and makes it."""

    def ask(kind="attempts", form="csv", by=boss, **fields):
        asked = {"tells_all": True, "shows_names": True} | fields
        export = exporting.ask_for_export(organisation, by=by, kind=kind, form=form, **asked)
        return made(export)

    return ask


@pytest.fixture
def asked(organisation, boss):
    """Asks for an export as an owner, and leaves it to be made."""

    def ask(kind="attempts", form="jsonl", **fields):
        fields = {"tells_all": True, "shows_names": True} | fields
        return exporting.ask_for_export(organisation, by=boss, kind=kind, form=form, **fields)

    return ask


@pytest.fixture
def two(make_attempt, choice, organisation):
    """Ada has labels, a decision and a topic; Ben goes on."""
    topic = Topic.objects.create(slug="robust", title="Robustness")
    choice.question.topics.add(topic)
    ada, ben = make_attempt("Ada", PARTIAL), make_attempt("Ben", source=None, finish=False)
    by = User.objects.create_user("labels@acme.example")
    for name in ("zeta", "alpha"):
        actions.put_on(actions.make_label(organisation, name, by=by), [ada.pk], by=by)
    actions.decide([ada], "advance", "Good.\nVery.", by)
    return ada, ben
