import time

import pytest

from assessments.recruiter.report.source import highlighted, visible


def html_of(source):
    return "\n".join(line.html for line in highlighted(source))


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        pytest.param("a = 1\nb = 2\n", 2, id="a newline at the end"),
        pytest.param("a = 1\nb = 2", 2, id="none at the end"),
        pytest.param("a = 1\r\nb = 2\r\n", 2, id="Windows"),
        pytest.param("a = 1\rb = 2", 2, id="a lone carriage return, a line's end to Python too"),
        pytest.param("\n\na = 1", 3, id="empty lines before"),
        pytest.param('"""one\ntwo\n\nfour"""', 4, id="a string over several lines"),
        pytest.param("", 1, id="nothing"),
        pytest.param("a = 1\n\n\n", 3, id="empty lines behind"),
    ],
)
def test_every_line_of_the_source_is_a_line_with_its_number(source, lines):
    assert [line.number for line in highlighted(source)] == list(range(1, lines + 1))


def test_a_string_over_several_lines_is_highlighted_in_each_of_them():
    assert all('<span class="' in line.html for line in highlighted('"""one\ntwo"""'))


def test_code_is_escaped():
    html = html_of("</script><img src=x onerror=alert(1)> & \"'")

    assert "<img" not in html
    assert "</script" not in html
    assert "&lt;" in html


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(0x202E, id="right-to-left override"),
        pytest.param(0x2066, id="isolate"),
        pytest.param(0x200B, id="zero width space"),
        pytest.param(0x001B, id="escape"),
        pytest.param(0x0000, id="null"),
        pytest.param(0x2028, id="line separator"),
        pytest.param(0xFEFF, id="byte order mark"),
        pytest.param(0xE0041, id="tag letter"),
    ],
)
@pytest.mark.parametrize("show", [html_of, visible])
def test_characters_that_hide_or_reorder_text_are_spelt_out(show, point):
    html = show(f"x = 1 # a{chr(point)}b")

    assert chr(point) not in html
    assert f"U+{point:04X}" in html


def test_ordinary_writing_of_any_language_is_left_alone():
    text = "Ωμέγα, שלום, 日本, naïve\t"

    assert visible(text) == text


def test_a_marked_line_is_marked_and_no_other():
    assert [line.marked for line in highlighted("a\nb\nc", marked=[2])] == [False, True, False]


@pytest.mark.parametrize("piece", ["(", 'f"{', "rb'", "import a,", "@", "\\", "\n"])
def test_the_longest_source_of_one_piece_is_shown_within_seconds(piece):
    source, started = (piece * 65_536)[:65_536], time.process_time()

    highlighted(source)

    assert time.process_time() - started < 4
