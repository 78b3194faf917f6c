"""A list of people as it was pasted or uploaded: rows, each with what is wrong with it.

Nothing here knows of the database: whether somebody was invited before is asked elsewhere.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from assessments.people_columns import COLUMNS, column_of, value_of

MOST_ROWS = 2000
MOST_BYTES = 1_048_576
DELIMITERS = (";", "\t", ",", "|")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# "Ada Lovelace <ada@example.com>", as mail programs write it.
_NAMED = re.compile(r"^\s*(?P<name>[^<>]*?)\s*<\s*(?P<email>[^<>]*?)\s*>\s*$")
# What was written here for a spreadsheet has an apostrophe before what looks like a formula.
_SHIELD = re.compile(r"^'(?=\W)")


class Unreadable(Exception):
    """This is no list of people at all; the message says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line where it begins, and its cells by column, as they were typed."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class People:
    """All rows, and the columns that nobody here knows."""

    rows: tuple[Row, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Who a row asks to invite, what it sets, and why it can't be done."""

    row: Row
    name: str
    email: str
    # Whether the name was made of the address, for there was no other.
    name_is_guessed: bool = False
    # What the row sets by itself, by column: "extra_percent", "expires", "language" and others.
    sets: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


def decoded(content: bytes) -> str:
    """Return an uploaded file as text, in whichever encoding it came; raise Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable("The file is larger than 1 MiB.")
    text = _as_text(content)
    if "\x00" in text:
        raise Unreadable("This is no text file. Save the table as CSV, and choose that file.")
    return text


def _as_text(content: bytes) -> str:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    # Spreadsheets write UTF-16 without a mark, too: every other byte of an address is 0 then.
    if content[1:2] == b"\x00":
        return content.decode("utf-16-le", errors="replace")
    if content[:1] == b"\x00":
        return content.decode("utf-16-be", errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_people(text: str) -> People:
    """Return the rows of a table with named columns, or of lines; raise Unreadable."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = _as_table(text) or People(tuple(_lines(text)))
    if not found.rows:
        raise Unreadable("There is nobody on this list.")
    if len(found.rows) > MOST_ROWS:
        told = f"A list has {MOST_ROWS:,} rows at most, and this one has {len(found.rows):,}."
        raise Unreadable(f"{told} Divide it.")
    return found


def _as_table(text: str) -> People | None:
    """Return the rows below a line that names the columns; None where no line does."""
    lines = text.split("\n")
    start = next((at for at, line in enumerate(lines) if line.strip()), 0)
    # Excel reads the delimiter from a line like that.
    if re.fullmatch(r"sep=.", lines[start].strip()):
        start += 1
    head = lines[start] if start < len(lines) else ""
    delimiter = max(DELIMITERS, key=lambda each: len(_known(_split(head, each))))
    names = _split(head, delimiter)
    if "email" not in _known(names):
        return None
    columns = [column_of(name) for name in names]
    body = "\n".join(lines[start + 1 :])
    rows = tuple(_rows(body, delimiter, columns, first=start + 2))
    told = zip(names, columns, strict=True)
    return People(rows, tuple(n.strip() for n, column in told if column is None and n.strip()))


def _known(names: list[str]) -> set[str]:
    return {column for name in names if (column := column_of(name))}


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])


def _rows(body: str, delimiter: str, columns: list[str | None], first: int) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(body), delimiter=delimiter, skipinitialspace=True)
    begun = 0
    try:
        for cells in reader:
            line, begun = first + begun, reader.line_num
            if any(cell.strip() for cell in cells):
                yield Row(line, _by_column(columns, cells))
    except csv.Error as error:
        raise Unreadable(f"Line {first + begun} can't be read as part of a table.") from error


def _by_column(columns: list[str | None], cells: list[str]) -> dict[str, str]:
    named = zip(columns, cells, strict=False)
    return {column: _SHIELD.sub("", cell.strip()) for column, cell in named if column}


def _lines(text: str) -> Iterator[Row]:
    """One person a line, or several between semicolons or commas, as mail programs list them."""
    for number, line in enumerate(text.split("\n"), start=1):
        for part in _parts(line):
            if part.strip():
                yield Row(number, _typed(part.strip()))


def _parts(line: str) -> list[str]:
    if line.count("@") < 2:
        return [line]
    for delimiter in (";", ","):
        parts = _split(line, delimiter)
        # A name that is quoted may hold the delimiter; then it is no part of its own.
        if all("@" in part for part in parts if part.strip()) and len(parts) > 1:
            return parts
    return [line]


def _typed(part: str) -> dict[str, str]:
    """The cells of one person: "Ada <ada@x.org>", "Ada, ada@x.org", or the address alone."""
    if match := _NAMED.match(part):
        return _cells(match["name"].strip(" \"',;"), match["email"])
    delimiter = next((each for each in DELIMITERS if each in part), "")
    cells = [cell.strip() for cell in (_split(part, delimiter) if delimiter else [part])]
    address = next((cell for cell in cells if "@" in cell), "")
    if not address:
        return {"name": part}
    rest = [cell for cell in cells if cell and cell != address]
    if len(rest) > 1 and any(cell[:1].isdigit() for cell in rest):
        return {"name": part, "email": address, "surplus": "yes"}
    return _cells(" ".join(rest), address) | ({"name": ""} if delimiter and not rest else {})


def _cells(name: str, email: str) -> dict[str, str]:
    return {"name": name, "email": email} if name else {"email": email}


def person_of(row: Row) -> Person:
    """Return who a row asks to invite, with its faults."""
    sets: dict[str, Any] = {}
    faults: list[str] = []
    for column in COLUMNS:
        text = row.cells.get(column, "")
        try:
            sets[column] = value_of(column, text)
        except ValueError as fault:
            faults.append(str(fault))
    name, email = _name(row, sets), sets.pop("email", "")
    if guessed := not name and "name" not in row.cells and bool(email):
        name = email.partition("@")[0].replace(".", " ").replace("_", " ").title()[:200]
    if "surplus" in row.cells:
        faults.append("More than a name and an address: name the columns in the first line.")
    elif not name and email:
        faults.append("The name is missing.")
    for part in ("name", "first_name", "last_name"):
        sets.pop(part, None)
    return Person(row, name, email, guessed, _meant(sets, row), tuple(faults))


def _name(row: Row, sets: Mapping[str, Any]) -> str:
    parts = [sets.get("name", "")] if row.cells.get("name") else []
    parts = parts or [sets.get("first_name", ""), sets.get("last_name", "")]
    return " ".join(part for part in parts if part)[:200]


def _meant(sets: Mapping[str, Any], row: Row) -> dict[str, Any]:
    """What the row itself says: an empty cell leaves it to what holds for all."""
    return {name: value for name, value in sets.items() if row.cells.get(name, "").strip()}


def as_table(rows: list[tuple[Row, str]]) -> Iterator[list[str]]:
    """Yield rows, each with a remark, as a table to mend and upload again."""
    used = [name for name in COLUMNS if any(name in row.cells for row, _ in rows)]
    columns = list(dict.fromkeys(["name", "email", *used]))
    # The mark makes spreadsheets read it as UTF-8.
    yield ["\ufeff" + columns[0], *columns[1:], "line", "reason"]
    for row, reason in rows:
        yield [*(row.cells.get(name, "") for name in columns), str(row.line), reason]
