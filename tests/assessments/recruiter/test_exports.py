"""The table as CSV and XLSX: exactly what is filtered, and nothing that a spreadsheet runs."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from assessments import actions
from assessments.models import Attempt, AuditEntry, Candidate, User
from questions.models import Topic
from tests.assessments.recruiter.conftest import PARTIAL
from tests.assessments.sectioned import draft_of

EXPORT = reverse("recruiter:attempt_export")
STARTED = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def read(answer):
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"), newline="")))


def book(answer):
    return load_workbook(io.BytesIO(answer.getvalue()))


@pytest.fixture
def two(make_attempt, choice, organisation):
    """Ada has labels, a decision and a topic; Ben goes on."""
    topic = Topic.objects.create(slug="robust", title="Robustness")
    choice.question.topics.add(topic)
    ada, ben = make_attempt("Ada", PARTIAL), make_attempt("Ben", source=None, finish=False)
    by = User.objects.create_user("boss@acme.example")
    for name in ("zeta", "alpha"):
        label = actions.make_label(organisation, name, by=by)
        actions.put_on(label, [ada.pk], by=by)
    actions.decide([ada], "advance", "Good.\nVery.", by)
    taken = ada.finished_at - ada.started_at
    Attempt.objects.filter(pk=ada.pk).update(started_at=STARTED, finished_at=STARTED + taken)
    return ada, ben


def test_a_csv_file_holds_every_score_of_every_row(recruiter, two):
    ada, ben = read(recruiter.get(EXPORT, {"format": "csv", "sort": "candidate"}))

    assert {key: ada[key] for key in list(ada)[:14]} == {
        "candidate": "Ada",
        "email": "c0@example.com",
        "attempt": str(two[0].pk),
        "assessment": "First",
        "version": "1",
        "state": "Graded",
        "score": "0.826923",
        "pass mark": "0.6",
        "passed": "yes",
        "minutes": "20.0",
        "started": "2026-03-01T12:30:00Z",
        "finished": "2026-03-01T12:50:00Z",
        "labels": "alpha, zeta",
        "decision": "advance",
    }
    assert ada["reason"] == "Good.\nVery."
    assert (ada["family: values"], ada["family: gradients"]) == ("1.0", "0.5")
    assert (ada["topic: robust"], ada["family: stability"]) == ("1.0", "")
    assert ada["question: which-one v1"] == "1.0"
    assert ada["question: code-huber v1"] == "0.769231"
    # It goes on: what is not there yet is empty, and nobody is scored with 0.
    assert (ben["score"], ben["passed"], ben["question: code-huber v1"]) == ("", "", "")
    assert ben["finished"] == ""


def test_a_file_holds_exactly_what_is_filtered_in_its_order(recruiter, make_attempt):
    for name in ("Ada", "Ben", "Abel"):
        make_attempt(name, source=None)

    found = read(recruiter.get(EXPORT, {"format": "csv", "q": "ab", "sort": "-candidate"}))
    assert [row["candidate"] for row in found] == ["Abel"]
    found = read(recruiter.get(EXPORT, {"format": "csv", "sort": "-candidate", "page": "7"}))
    assert [row["candidate"] for row in found] == ["Ben", "Ada", "Abel"]


def test_those_that_were_ticked_are_exported_alone(recruiter, make_attempt):
    ada, _, cleo = (make_attempt(name, source=None) for name in ("Ada", "Ben", "Cleo"))

    answer = recruiter.post(
        reverse("recruiter:attempt_bulk"), {"do": "csv", "attempt": [cleo.pk, ada.pk]}
    )

    assert [row["candidate"] for row in read(answer)] == ["Cleo", "Ada"]


def test_unanswered_questions_of_who_finished_earned_nothing(recruiter, make_attempt):
    make_attempt("Ada", source=None, option=None)

    [row] = read(recruiter.get(EXPORT, {"format": "csv"}))

    assert (row["question: which-one v1"], row["score"]) == ("0.0", "0.0")


def test_a_question_that_was_not_asked_is_empty(recruiter, make_attempt, version):
    attempt = make_attempt("Ada", source=None)
    coding = version.questions.get(position=2)
    Attempt.objects.filter(pk=attempt.pk).update(left_out=[coding.pk])

    [row] = read(recruiter.get(EXPORT, {"format": "csv"}))

    assert row["question: code-huber v1"] == ""


HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "  =1",
    "\uff1d1+1",
    '=HYPERLINK("http://x","y")',
]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_cell_is_a_formula(recruiter, make_attempt, name):
    attempt = make_attempt("Ada", source=None)
    Candidate.objects.filter(pk=attempt.invitation.candidate_id).update(name=name)

    [row] = read(recruiter.get(EXPORT, {"format": "csv"}))
    cell = book(recruiter.get(EXPORT, {"format": "xlsx"}))["Candidates"]["A2"]

    assert row["candidate"] == f"'{name}"
    assert (cell.value, cell.data_type, cell.hyperlink) == (name, "s", None)


def test_older_spreadsheets_are_told_of_utf_8(recruiter, make_attempt):
    make_attempt("Zoë Åström", source=None)

    with_mark = recruiter.get(EXPORT, {"format": "csv-excel"}).getvalue()
    without = recruiter.get(EXPORT, {"format": "csv"}).getvalue()

    assert with_mark.startswith(b"\xef\xbb\xbf")
    assert with_mark[3:] == without
    assert "Zoë Åström" in without.decode()


def test_a_workbook_has_typed_cells_a_frozen_head_and_its_codebook(recruiter, two):
    found = book(recruiter.get(EXPORT, {"format": "xlsx", "sort": "candidate"}))

    table = found["Candidates"]
    heads = {cell.value: cell.column for cell in table[1]}
    ada = {title: table.cell(2, column) for title, column in heads.items()}
    assert table.freeze_panes == "B2"
    assert table.auto_filter.ref.endswith("3")
    assert ada["score"].value == pytest.approx(0.826923)
    assert ada["score"].number_format == "0.0%"
    assert ada["started"].value == datetime(2026, 3, 1, 12, 30)  # noqa: DTZ001 - sheets know none
    assert ada["version"].value == 1
    assert ada["email"].value == "c0@example.com"
    meanings = [row[0].value for row in found["Codebook"].iter_rows(min_row=2)]
    assert meanings == list(heads)
    about = {row[0].value: row[1].value for row in found["About"].iter_rows()}
    assert (about["candidates"], about["assessments"]) == ("2", "First v1")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_tells_a_reviewer_no_name(sign_in, make_attempt, form):
    attempt = make_attempt("Zebulon Quirke", PARTIAL)
    Candidate.objects.filter(pk=attempt.invitation.candidate_id).update(email="zq@quirke.example")

    answer = sign_in("reviewer").get(EXPORT, {"format": form, "column": "email"})

    told = str(answer.headers)
    if form == "csv":
        told += answer.getvalue().decode()
    else:
        sheets = book(answer)
        told += str([[cell.value for cell in row] for sheet in sheets for row in sheet.iter_rows()])
    assert "Graded" in told
    assert "finished" not in told
    for word in ("Zebulon", "Quirke", "quirke.example"):
        assert word not in told


def test_an_export_is_noted_as_a_look_at_personal_data(recruiter, two):
    recruiter.get(EXPORT, {"format": "csv"})

    look = AuditEntry.objects.looks().get()
    assert (look.verb, look.detail) == ("organisation.seen", {"what": "export"})


def test_versions_are_told_apart(recruiter, two, organisation):
    other = actions.publish_assessment(draft_of(organisation, {"asks": 1}, slug="other"))
    actions.start_attempt(actions.invite(other, "Cleo", "cleo@example.com"))

    rows = read(recruiter.get(EXPORT, {"format": "csv", "sort": "candidate"}))

    assert [row["assessment"] for row in rows] == ["First", "First", "In sections"]
    assert [title for title in rows[0] if title.startswith("question")] == [
        "question: which-one v1", "question: code-huber v1", "question: other-choice-1 v1",
    ]  # fmt: skip


def test_a_file_takes_the_same_queries_for_any_number_of_rows(recruiter, make_attempt):
    recruiter.get(EXPORT)  # a look is noted once
    numbers = []
    for count in (1, 3):
        for _ in range(count):
            make_attempt(report=PARTIAL)
        with CaptureQueriesContext(connection) as queries:
            recruiter.get(EXPORT, {"format": "csv"}).getvalue()
        numbers.append(len(queries))

    assert numbers[0] == numbers[1]
