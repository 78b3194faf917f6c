"""Code as highlighted lines, in which stretches are marked by number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from pygments.lexers import PythonLexer
from pygments.token import STANDARD_TYPES, _TokenType

from assessments.recruiter.report.source import visible


class Stretch(NamedTuple):
    """Characters of a source that are shared, and the number of what they are shared with."""

    number: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line of code from 1: safe HTML, and the stretches that begin in it."""

    number: int
    html: SafeString
    begins: tuple[int, ...]


class _Piece(NamedTuple):
    css: str
    text: str
    number: int


def marked_lines(source: str, stretches: Sequence[Stretch]) -> tuple[MarkedLine, ...]:
    """Return the lines of `source`; each stretch is a <mark> in every line that it is in."""
    begins: dict[int, list[int]] = {}
    for stretch in stretches:
        line = source.count("\n", 0, stretch.start) + 1
        begins.setdefault(line, []).append(stretch.number)
    return tuple(
        MarkedLine(number, _line(pieces), tuple(begins.get(number, ())))
        for number, pieces in enumerate(_by_line(_pieces(source, stretches)), start=1)
    )


def _pieces(source: str, stretches: Sequence[Stretch]) -> Iterator[_Piece]:
    """Yield the tokens of `source`, cut wherever a stretch begins or ends, or a line."""
    cuts = sorted({edge for each in stretches for edge in (each.start, each.stop)})
    inside = {place: each.number for each in stretches for place in range(each.start, each.stop)}
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    for start, kind, text in lexer.get_tokens_unprocessed(source):
        stop = start + len(text)
        edges = [start, *(cut for cut in cuts if start < cut < stop), stop]
        for left, right in pairwise(edges):
            yield _Piece(_css(kind), source[left:right], inside.get(left, 0))


def _css(kind: _TokenType) -> str:
    while kind not in STANDARD_TYPES and kind.parent is not None:
        kind = kind.parent
    return STANDARD_TYPES.get(kind, "")


def _by_line(pieces: Iterator[_Piece]) -> Iterator[list[_Piece]]:
    line: list[_Piece] = []
    for piece in pieces:
        first, *others = piece.text.split("\n")
        line.append(piece._replace(text=first))
        for text in others:
            yield [each for each in line if each.text]
            line = [piece._replace(text=text)]
    if line := [each for each in line if each.text]:
        yield line


def _line(pieces: Sequence[_Piece]) -> SafeString:
    """Join the pieces of a line, those of one stretch in one <mark>; indents stay outside."""
    html, number = [], 0
    for piece in pieces:
        wanted = piece.number if piece.text.strip() or number else 0
        if wanted != number:
            html.append("</mark>" * bool(number) + _open(wanted))
            number = wanted
        html.append(_coloured(piece))
    html.append("</mark>" * bool(number))
    return mark_safe("".join(html))


def _open(number: int) -> str:
    return format_html('<mark class="m-shared" data-part="{}">', number) if number else ""


def _coloured(piece: _Piece) -> str:
    text = visible(piece.text)
    return format_html('<span class="{}">{}</span>', piece.css, text) if piece.css else text
