"""The files themselves are made here, by the press that users meet, and read with pypdf."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from pypdf import PdfReader

from assessments import tasks
from assessments.actions import printing
from assessments.models import AuditEntry, Paper
from assessments.recruiter.paper import press
from assessments.recruiter.paper.line_chart import line_chart
from assessments.recruiter.paper.pages import html_of, pdf_of
from assessments.recruiter.paper.sheet import for_paper
from assessments.recruiter.viewer import alias_of
from tests.assessments.conftest import words
from tests.assessments.recruiter.conftest import PARTIAL

SOURCE = '''\
import numpy as np


def loss(y_true, y_pred, delta=1.0):
    """Not what was asked."""
    return float(np.mean(np.abs(y_pred - y_true)))
'''


@pytest.fixture
def attempt(make_attempt):
    return make_attempt("Ada Lovelace", PARTIAL, source=SOURCE, option="b")


@pytest.fixture
def owner(make_member):
    return make_member("owner", email="o@acme.example")


def read(data):
    return PdfReader(io.BytesIO(data))


def said(reader):
    text = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    return text.replace("- ", "-")  # an alias may be broken at its hyphen


def test_a_report_says_on_paper_what_its_page_says(attempt, owner):
    reader = read(pdf_of([attempt.pk], owner))
    text = said(reader)

    for part in ("Ada Lovelace", "Acme", "First, version 1", "Its gradient is that of the sum."):
        assert part in text
    assert "Not what was asked." in text
    assert "grad against differences" in text
    assert f"Page 1 of {len(reader.pages)}" in text
    assert 2 <= len(reader.pages) <= 8


def test_without_a_reader_nobody_is_named(attempt):
    reader = read(pdf_of([attempt.pk], None))
    text = said(reader)

    assert "Ada" not in text
    assert "c0@example.com" not in text
    assert f"Candidate {alias_of(attempt)}" in text
    assert "without names" in text
    assert "Ada" not in str(reader.metadata)


def test_the_file_is_for_screen_readers_too(attempt, owner):
    reader = read(pdf_of([attempt.pk], owner))
    root = reader.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert "/StructTreeRoot" in root
    assert reader.metadata.title == "Report: Ada Lovelace, First"
    assert reader.metadata.author == "Acme"
    titles = [each["/Title"] for each in reader.outline if not isinstance(each, list)]
    assert titles == ["Ada Lovelace"]


def fonts_of(reader):
    found = [page["/Resources"].get("/Font", {}).values() for page in reader.pages]
    return {each.get_object()["/BaseFont"].partition("+")[2] for page in found for each in page}


def test_our_fonts_are_in_the_file(attempt):
    fonts = fonts_of(read(pdf_of([attempt.pk], None)))

    assert any(name.startswith("Inter") for name in fonts)
    assert any(name.startswith("JetBrains") for name in fonts)


def test_several_attempts_are_printed_side_by_side(make_attempt):
    attempts = [make_attempt(name, PARTIAL) for name in ("Ada", "Ben")]

    reader = read(pdf_of([attempt.pk for attempt in attempts], None))
    text = said(reader)

    assert "Comparison of 2 candidates" in text
    assert all(alias_of(attempt) in text for attempt in attempts)
    assert "Ada" not in text
    assert len(reader.pages) == 1


def places(page):
    """From where to where a page is written on, in points."""
    across = []

    def visit(text, drawn, matrix, _font, _size):
        if text.strip():
            across.append(drawn[0] * matrix[4] + drawn[4])

    page.extract_text(visitor_text=visit)
    return min(across), max(across)


def test_six_stay_on_the_sheet_whatever_they_are_called(make_attempt, owner):
    long, cyrillic = "W" * 70, "Владимир"
    named = [long, cyrillic, "Nguyễn Thị", "Ada Lovelace", "Ben", "Zoe Last"]
    keys = [make_attempt(name, PARTIAL).pk for name in named]

    reader = read(pdf_of(keys, owner))

    page = reader.pages[0]
    assert page.mediabox.width > page.mediabox.height
    assert "Zoe Last" in said(reader)
    low, high = places(page)
    assert low > 0
    assert high < page.mediabox.width - 40
    fonts = fonts_of(reader)
    assert any(name.startswith("Inter-Paper-Cyrillic") for name in fonts)
    assert any(name.startswith("Inter-Paper-Vietnamese") for name in fonts)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/tracker.svg",
        "file:///etc/passwd",
        f"{press.ORIGIN}../../etc/passwd",
        f"{press.ORIGIN}%2e%2e/settings.py",
        f"{press.ORIGIN}main.js",
        "data:text/css,body{color:red}",
    ],
)
def test_the_press_reads_our_static_files_and_nothing_else(address):
    with pytest.raises(press.Refused):
        press.StaticFiles().fetch(address)


def test_what_is_pressed_and_what_is_folded_away_stays_out_of_the_file(attempt, owner):
    sheet = for_paper(html_of([attempt.pk], owner))

    for left_out in ("<form", "<button", "<script", "<math", "<progress", "<use"):
        assert left_out not in sheet
    assert 'href="/' not in sheet


FOLDED = "<details><summary>All of it</summary>Many words</details>"


@pytest.mark.parametrize(
    ("beside", "stays"),
    [
        pytest.param("", False, id="nothing else"),
        pytest.param("<p>43 s</p>", True, id="words"),
        pytest.param("<table><tr><td></td></tr></table>", True, id="table"),
    ],
)
def test_no_heading_stands_over_what_is_folded_away(beside, stays):
    sheet = for_paper(f"<section><h2>Agreed</h2>{beside}{FOLDED}</section>")

    assert ("Agreed" in sheet) is stays
    assert "Many words" not in sheet


def test_a_total_stands_once_below_a_table_of_several_sheets():
    rows = "<tr><td>a row</td></tr>" * 100
    table = f"<table><tbody>{rows}</tbody><tfoot><tr><td>Total</td></tr></tfoot></table>"
    page = f'<html lang="en"><title>Long</title><body class="m-paper">{table}</body></html>'

    reader = read(press.printed(page))

    assert len(reader.pages) > 1
    assert said(reader).count("Total") == 1


def test_a_curve_is_drawn_with_its_gaps_and_kinks():
    options = {
        "xAxis": {"name": "error", "min": -1, "max": 1},
        "yAxis": {"scale": True},
        "series": [
            {
                "name": "Reference",
                "data": [[-1, 1.0], [0, None], [0.5, 0.5], [1, 1.0]],
                "lineStyle": {"type": "dashed", "color": "--m-curve-right"},
                "markLine": {"data": [{"xAxis": 0}]},
            },
            {"name": "", "data": [[-1, 0], [1, 9e9]]},
        ],
    }

    picture = line_chart(options, 'Loss, "dashed" <b>')

    [path] = [part for part in picture.split('"') if part.startswith("M")]
    assert path.count("M") == 2
    assert path.count("L") == 1
    assert 'stroke-dasharray="6 4"' in picture
    assert "kink" in picture
    assert "&lt;b&gt;" in picture
    assert "9e" not in picture


def test_a_chart_without_numbers_is_no_picture():
    assert line_chart({"series": [{"name": "a", "data": [[0, None]]}]}, "") == ""


def test_a_comparison_comes_at_once_and_a_report_with_code_from_a_worker(
    recruiter, make_attempt, broker, committed
):
    first, second = (make_attempt(name, PARTIAL) for name in ("Ada", "Ben"))

    both = recruiter.post(f"/desk/paper/{first.pk},{second.pk}/")
    with committed():
        one = recruiter.post(f"/desk/paper/{first.pk}/")

    assert both["Content-Type"] == "application/pdf"
    assert both.content.startswith(b"%PDF")
    assert "attachment" in both["Content-Disposition"]
    assert one.status_code == 302
    [(args, _, _)] = broker.bodies("default")
    assert "The file is being made" in words(recruiter.get(one["Location"]))
    tasks.make_paper(*args)
    page = recruiter.get(one["Location"])
    assert "The file is ready; it names nobody." in words(page)
    file = recruiter.get(f"{one['Location']}file/")
    assert "Ada" not in said(read(file.content))
    assert alias_of(first).lower() in file["Content-Disposition"]


@pytest.mark.parametrize(("role", "named"), [("recruiter", True), ("reviewer", False)])
def test_only_managers_take_names_along(sign_in, attempt, committed, role, named):
    client = sign_in(role, email="m@acme.example")

    client.post(f"/desk/paper/{attempt.pk}/", {"names": "yes"})

    assert Paper.objects.get().shows_names is named


def test_a_file_is_for_who_asked_and_for_a_day(sign_in, recruiter, attempt):
    address = recruiter.post(f"/desk/paper/{attempt.pk}/")["Location"]
    colleague = sign_in("owner", email="o@acme.example")
    Paper.objects.update(data=b"%PDF", made_at=timezone.now())

    assert colleague.get(f"{address}file/").status_code == 404
    assert recruiter.get(f"{address}file/").status_code == 200
    Paper.objects.update(asked_at=timezone.now() - timedelta(hours=25))
    assert recruiter.get(f"{address}file/").status_code == 404
    assert printing.forget_papers() > 0
    assert not Paper.objects.exists()


def test_a_lost_message_is_sent_again_by_the_page_that_waits(recruiter, attempt, broker, committed):
    address = recruiter.post(f"/desk/paper/{attempt.pk}/")["Location"]
    Paper.objects.update(asked_at=timezone.now() - timedelta(minutes=3))

    for _ in range(2):
        with committed():
            recruiter.get(address)

    assert len(broker.bodies("default")) == 1


def test_a_fault_of_ours_is_said_and_logged(recruiter, attempt, monkeypatch, caplog):
    address = recruiter.post(f"/desk/paper/{attempt.pk}/")["Location"]
    monkeypatch.setattr("assessments.tasks.pdf_of", lambda *args: 1 / 0)

    tasks.make_paper(str(Paper.objects.get().pk))

    assert "could not be made, for a fault of ours" in words(recruiter.get(address))
    assert "ZeroDivisionError" in caplog.text


def test_who_printed_what_is_in_the_log(recruiter, attempt):
    recruiter.post(f"/desk/paper/{attempt.pk}/", {"names": "yes"})

    entry = AuditEntry.objects.get(verb="attempt.printed")
    assert (entry.target_id, entry.detail) == (str(attempt.pk), {"names": True})
