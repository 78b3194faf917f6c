"""Text from inside, made safe to show."""

import pytest

from grader.sandbox.text import printable


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"plain\n\ttext \xc3\xa9", "plain\n\ttext \u00e9"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"a\x00b\x07\x1b[2J", "a\\x00b\\x07\\x1b[2J"),
        (b"line\r\nline\rover", "line\nline\\x0dover"),
        ("\x85\x9b".encode(), "\\x85\\x9b"),
        ("\u202egnp.exe\u2066".encode(), "\\u202egnp.exe\\u2066"),
        ("\u200b\u200d\ufeff\u2028".encode(), "\\u200b\\u200d\\ufeff\\u2028"),
        ("\ud800".encode("utf-8", "surrogatepass"), "\ufffd\ufffd\ufffd"),
        (b"<script>{}%s", "<script>{}%s"),
    ],
)
def test_what_misleads_is_escaped(data, text):
    assert printable(data, 1000) == text


def test_only_so_many_bytes_are_shown():
    assert printable(b"x" * 100, 10) == "x" * 10


def test_a_character_that_is_cut_in_half_is_replaced():
    assert printable("\u00e9\u00e9".encode(), 3) == "\u00e9\ufffd"
