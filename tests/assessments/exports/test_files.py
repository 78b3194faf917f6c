"""What stands in the files: the same as in the table, in every format, with its codebook."""

import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import call_command
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from assessments.exports import files
from assessments.exports.arrow import packed, rows_in, unpacked
from assessments.exports.columns import Column, Type, codebook_of, entries_of, values_of
from assessments.exports.pulse import Pulse
from assessments.models import Export
from grader.families import Family
from grader.judge.score import Share, score
from tests.assessments.conftest import words
from tests.assessments.exports.conftest import bytes_of, made, plain, rows_of, unzipped
from tests.assessments.recruiter.conftest import PARTIAL, signed_in

ROOT = Path(__file__).resolve().parents[3]
FORMATS = list(Export.Format.values)


@pytest.fixture
def table_rows(boss, two):
    """The rows of the table's own download, which is read as it is shown."""
    address = reverse("recruiter:attempt_export")
    answer = signed_in(boss).get(address, {"format": "csv", "sort": "candidate"})
    return list(csv.reader(io.StringIO(answer.getvalue().decode(), newline="")))


@pytest.mark.django_db
def test_every_format_holds_the_table_cell_by_cell(table_rows, ask):
    head, *expected = table_rows
    assert len(expected) == 2
    for form in FORMATS:
        export = ask("attempts", form, query="sort=candidate")
        assert [entry["title"] for entry in export.columns] == head
        names = [entry["name"] for entry in export.columns]
        for row, cells in zip(rows_of(export), expected, strict=True):
            assert list(row) == names, form
            assert [plain(value) for value in row.values()] == [plain(c) for c in cells], form
        assert (export.total, export.done, export.rows) == (2, 2, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "csv-excel", "xlsx"])
def test_a_large_table_is_made_by_a_worker_as_it_would_be_at_once(
    boss, two, make_attempt, monkeypatch, form
):
    make_attempt("Bea", PARTIAL)
    page, asked = signed_in(boss), {"q": "be", "sort": "-candidate"}
    address = reverse("recruiter:attempt_export")
    at_once = page.get(address, asked | {"format": form}).getvalue()
    assert "made in the background" not in words(page.get(reverse("recruiter:attempt_list")))
    for module in ("table_views", "bulk_views"):
        monkeypatch.setattr(f"assessments.recruiter.{module}.MOST_AT_ONCE", 0)

    # A bare address makes nothing, and leads to the form with what was wanted.
    led = page.get(address, asked | {"format": form}, follow=True)
    assert "2 attempts: what the filters of the table choose" in words(led)
    chosen = led.context["form"]
    assert (chosen["format"].initial, chosen["names"].initial) == (
        form.removesuffix("-excel"),
        True,
    )
    assert not Export.objects.exists()
    menu = page.get(reverse("recruiter:attempt_list"), asked)
    assert "All that match, with every score, made in the background" in words(menu)
    sent = {"csrfmiddlewaretoken": "of one page"}
    every = {"do": form, "all": "yes", "query": "q=be&sort=-candidate"}
    ways = [(f"{address}?q=be&sort=-candidate", {"format": form}),
            (reverse("recruiter:attempt_bulk"), every)]  # fmt: skip
    for number, (way, data) in enumerate(ways, start=1):
        answers = [page.post(way, data | sent, follow=True) for _ in range(2)]
        assert Export.objects.count() == number, "a double click makes one"
        export = made(Export.objects.latest("created_at"))
        where = reverse("recruiter:export_detail", args=[export.pk])
        assert {answer.redirect_chain[-1][0] for answer in answers} == {where}
        assert export.query == f"sort=-candidate&format={form}"
        assert _cells(bytes_of(export), form) == _cells(at_once, form)
        assert "Ready" in words(page.get(where))
        # The codebook calls the columns as the file does.
        assert "family: gradients share, 0 to 1" in words(page.get(where))


def _cells(data, form):
    if form != "xlsx":
        return data
    rows = load_workbook(io.BytesIO(data)).worksheets[0].iter_rows()
    return [[(cell.value, cell.number_format) for cell in row] for row in rows]


@pytest.mark.django_db
def test_a_large_table_names_nobody_to_who_sees_no_names(make_member, two, monkeypatch):
    monkeypatch.setattr("assessments.recruiter.table_views.MOST_AT_ONCE", 0)
    reviewer = signed_in(make_member("reviewer", email="reviewer@acme.example"))
    reviewer.post(reverse("recruiter:attempt_export"), {"format": "csv"})

    [row, _] = rows_of(made(Export.objects.get()))
    assert row["candidate"].startswith("Candidate ")
    assert not {"email", "finished"} & set(row)


@pytest.mark.django_db
def test_answers_have_a_row_for_each_question_that_was_asked(ask, two):
    rows = rows_of(ask("answers", "jsonl", query="sort=candidate"))

    told = [(row["candidate"], row["question"], row["weight"], row["score"]) for row in rows]
    assert told == [
        ("Ada", "which-one", 1.0, 1.0),
        ("Ada", "code-huber", 3.0, pytest.approx(0.769231)),
        ("Ben", "which-one", 1.0, None),
        ("Ben", "code-huber", 3.0, None),
    ]
    first, code = rows[:2]
    assert (first["topics"], first["kind"], first["place"]) == ("robust", "single_choice", 1)
    assert (first["question_version"], first["saves"], first["answered"]) == (1, 1, True)
    assert (code["submissions"], code["set_by_person"]) == (1, False)
    assert first["saved"].endswith("Z")


@pytest.mark.django_db
def test_checks_have_a_row_each_and_families_add_up_to_the_score(ask, two):
    rows = rows_of(ask("checks", "parquet"))

    assert [(row["family"], row["number"], row["passed"]) for row in rows] == [
        ("gradients", 1, True),
        ("gradients", 2, False),
        ("values", 3, True),
    ]
    assert {(row["candidate"], row["verdict"], row["task"]) for row in rows} == {
        ("Ada", "partial", "huber")
    }
    by_family = {row["family"]: row["family_points"] for row in rows}
    assert sum(by_family.values()) == pytest.approx(rows[0]["score"])
    assert rows[0]["family_weight"] == pytest.approx(6 / 13)


@pytest.mark.django_db
def test_families_earn_no_more_than_right_values_allow(ask, make_attempt):
    """As the grader has it: fast wrong code earns nothing."""
    shares = {Family.VALUES: Share(1, 2, 0.5), Family.STABILITY: Share(3, 3, 1.0)}
    families = {family.value: share.as_dict() for family, share in shares.items()}
    whole = score(shares)
    make_attempt("Ada", PARTIAL | {"families": families, "score": whole, "checks": []})

    rows = rows_of(ask("checks", "jsonl"))

    assert [(row["family"], row["check"]) for row in rows] == [
        ("stability", None),
        ("values", None),
    ]
    assert sum(row["family_points"] for row in rows) == pytest.approx(whole, abs=1e-6)


@pytest.mark.django_db
def test_parquet_has_real_types_and_its_codebook(ask, two):
    export = ask("attempts", "parquet")

    schema = pq.read_schema(io.BytesIO(bytes_of(export)))

    assert schema.field("started").type == pa.timestamp("us", tz="UTC")
    assert schema.field("score").type == pa.float64()
    assert schema.field("passed").type == pa.bool_()
    assert schema.field("integrity_events").type == pa.int64()
    assert pa.types.is_dictionary(schema.field("state").type)
    told = json.loads(schema.metadata[b"minima"])
    assert told["columns"] == export.columns
    assert json.loads(schema.field("score").metadata[b"codebook"])["type"] == "share, 0 to 1"


@pytest.mark.django_db
def test_a_codebook_lies_beside_files_of_text_and_inside_a_workbook(ask, two):
    for form in ("csv", "jsonl"):
        export = ask("answers", form, with_codebook=True)
        found = unzipped(bytes_of(export))
        assert export.file_name.endswith(".zip")
        assert set(found) == {f"answers.{form}", "codebook.json"}
        told = json.loads(found["codebook.json"])["columns"]
        first = found[f"answers.{form}"].decode().splitlines()[0]
        names = first.split(",") if form == "csv" else list(json.loads(first))
        assert [entry["name"] for entry in told] == names
    book = load_workbook(io.BytesIO(bytes_of(ask("answers", "xlsx", query="sort=candidate"))))
    heads = [cell.value for cell in book["Answers"][1]]
    assert [row[0].value for row in book["Codebook"].iter_rows(min_row=2)] == heads
    score = book["Answers"].cell(2, heads.index("score") + 1)
    assert (score.data_type, score.number_format) == ("n", "0.0%")


@pytest.mark.django_db
def test_nobody_in_it_is_a_file_with_columns_and_no_row(ask, version):
    for form in FORMATS:
        export = ask("attempts", form)
        assert (export.state, export.rows, rows_of(export)) == ("ready", 0, [])


@pytest.mark.django_db
def test_more_rows_than_a_sheet_holds_are_refused_with_a_sentence(ask, two, monkeypatch):
    monkeypatch.setattr(files, "MOST_ROWS", 1)

    assert "Choose another format" in ask("attempts", "xlsx").failure
    assert ask("attempts", "csv").is_ready


COLUMNS = [
    Column("text", Type.TEXT, "", lambda line: line[0]),
    Column("category", Type.CATEGORY, "", lambda line: line[1]),
    Column("number", Type.NUMBER, "", lambda line: line[2]),
    Column("moment", Type.MOMENT, "", lambda line: line[3]),
]
NASTY = [
    *("=1+1", "\t=x", "\uff1d1", "-1", "@a", '"', "a\nb", "\r", " x ", "\ud800", "\u00e4"),
    *("\u2028", "'", ","),
]
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(max_size=12)).map(lambda t: t.replace("\0", ""))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)
LINES = st.tuples(
    TEXTS, TEXTS, st.none() | NUMBERS, st.none() | st.datetimes(timezones=st.timezones())
)


@settings(max_examples=15, deadline=None, database=None, derandomize=True)
@given(st.lists(LINES, max_size=8))
def test_nasty_values_come_back_as_they_were_and_never_as_formulas(lines):
    entries = entries_of(COLUMNS)
    kept = [values_of(COLUMNS, line) for line in lines]
    rows = [list(row) for row in rows_in([unpacked(packed(entries, kept))])]
    assert rows == kept
    export = Export(kind="attempts", columns=[each.as_dict() for each in entries], total=1)
    read = {}
    for form in FORMATS:
        export.format = form
        file = io.BytesIO()
        files.write(export, [unpacked(packed(entries, kept))], file, Pulse(list))
        read[form] = file.getvalue()
    told = [json.loads(line) for line in read["jsonl"].decode().split("\n")[:-1]]
    assert [row["text"] for row in told] == [row[0] for row in kept]
    parquet = pq.read_table(io.BytesIO(read["parquet"])).to_pylist()
    assert [list(row.values()) for row in parquet] == kept
    _, *found = csv.reader(io.StringIO(read["csv"].decode(), newline=""))
    for row, (text, *_) in zip(found, kept, strict=True):
        assert row[0] in (text or "", f"'{text}")
        assert not row[0].lstrip().startswith(("=", "+", "-", "@", "\uff1d"))
    sheet = load_workbook(io.BytesIO(read["xlsx"])).worksheets[0]
    assert all(cell.data_type in "snd" for row in sheet.iter_rows() for cell in row)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(Export.Kind))
def test_the_documentation_has_the_columns_as_they_are_declared(kind):
    """Print the table again with `manage.py codebook` where this fails."""
    told, as_json = io.StringIO(), io.StringIO()
    call_command("codebook", kind, stdout=told)
    call_command("codebook", kind, "--json", stdout=as_json)

    assert told.getvalue() in (ROOT / "docs" / "data.md").read_text()
    assert [entry["name"] for entry in json.loads(as_json.getvalue())] == [
        line.split("`")[1] for line in told.getvalue().splitlines()[2:]
    ]


def test_two_titles_never_share_a_name():
    columns = [Column(f"topic: {slug}", Type.TEXT, "", str) for slug in ("a-b", "a_b", "a b")]

    assert list(codebook_of(columns)) == ["topic_a_b", "topic_a_b_2", "topic_a_b_3"]
