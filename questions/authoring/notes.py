"""Remarks after a # in a draft's text: the form knows nothing of them, and they stay."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import yaml

from questions.reading import Field, Lines, Loader, Unreadable, parse

_BLOCKS = {"|", ">"}


class Note(NamedTuple):
    """A remark, and the field above or behind which it stands; none at the end of the text.

    Rows are named by their letter where they have one, so that a remark moves with its row.
    """

    text: str
    field: Field | None
    behind: bool


def kept(before: str, after: str) -> str:
    """Return `after` with the remarks of `before`, each by its field, or at the end without one.

    Both texts can be read, and what they say is the same as without any remarks.
    """
    try:
        found = list(_notes(before)) if "#" in before else []
    except (Unreadable, yaml.YAMLError):
        return after
    return _with_notes(after, found) if found else after


def _with_notes(text: str, notes: Iterable[Note]) -> str:
    fields, lines = parse(text)
    above = [note._replace(behind=False) for note in notes]
    last = [note._replace(field=None) for note in above]
    # A remark behind a text that goes on in the next line would become part of it.
    for tried in (list(notes), above, last):
        found = _put(text, fields, lines, tried)
        if _says(found) == fields:
            return found
    return text


def _notes(text: str) -> Iterator[Note]:
    fields, lines = parse(text)
    begin: dict[int, list[Field]] = {}
    for field in sorted(lines, key=len):
        if field:
            begin.setdefault(lines[field] - 1, []).append(field)
    rows = sorted(begin)
    ends = [found.end() for found in re.finditer("\n", text)]
    for start, end in _places(text):
        line = bisect_right(ends, start)
        alone = not text[ends[line - 1] if line else 0 : start].strip()
        by = _next(begin, rows, line) if alone else _at(begin, rows, line)
        yield Note(text[start:end], by and _name(fields, by), not alone)


def _next(begin: Mapping[int, list[Field]], rows: list[int], line: int) -> Field | None:
    """The outermost field that begins below `line`."""
    below = bisect_right(rows, line)
    return begin[rows[below]][0] if below < len(rows) else None


def _at(begin: Mapping[int, list[Field]], rows: list[int], line: int) -> Field | None:
    """The innermost field that begins in `line`, or last before it."""
    above = bisect_right(rows, line)
    return begin[rows[above - 1]][-1] if above else None


def _places(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each remark begins and ends: a # after a space, outside of every text."""
    said = [
        (token.start_mark.index, token.end_mark.index, text[token.start_mark.index] in _BLOCKS)
        for token in yaml.scan(text, Loader=Loader)
        if isinstance(token, yaml.ScalarToken) and token.end_mark.index > token.start_mark.index
    ]
    # The line that opens a block may have one, and nothing else of it.
    inside = [(text.index("\n", a) if block else a, b) for a, b, block in said]
    starts = 0
    for found in re.finditer(r"(?m)(?:^|(?<=\s))#.*$", text):
        while starts < len(inside) and inside[starts][1] <= found.start():
            starts += 1
        if starts == len(inside) or found.start() < inside[starts][0]:
            yield found.span()


def _name(fields: Any, field: Field) -> Field:
    """Return the way to a field with the letters of rows in place of their numbers."""
    found: list[str | int] = []
    for part in field:
        fields = fields[part]
        key = fields.get("key") if isinstance(fields, dict) and isinstance(part, int) else None
        found.append(f"={key}" if key else part)
    return tuple(found)


def _put(text: str, fields: Mapping[str, Any], lines: Lines, notes: Iterable[Note]) -> str:
    places = {_name(fields, field): line - 1 for field, line in lines.items() if field}
    typed = text.rstrip("\n").split("\n")
    above: dict[int, list[str]] = {}
    for note in notes:
        line = _line_of(note.field, places)
        if line is not None and note.behind:
            typed[line] += f"  {note.text}"
            continue
        at = len(typed) if line is None else line
        above.setdefault(at, []).append(f"{_indent(typed, at)}{note.text}")
    rows = [row for at, line in enumerate(typed) for row in (*above.get(at, ()), line)]
    return "\n".join([*rows, *above.get(len(typed), ())]) + "\n"


def _line_of(field: Field | None, places: Mapping[Field, int]) -> int | None:
    """The line of a field, or of the nearest thing around it."""
    while field and field not in places:
        field = field[:-1]
    return places[field] if field else None


def _indent(typed: list[str], at: int) -> str:
    return re.match(" *", typed[at])[0] if at < len(typed) else ""  # type: ignore[index]


def _says(text: str) -> Any:
    try:
        return parse(text)[0]
    except Unreadable:
        return None
