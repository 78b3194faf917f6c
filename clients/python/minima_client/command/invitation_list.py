"""A CSV file of people to invite, line by line, with what is wrong with each."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from minima_client.command.endings import Unusable

_ADDRESS = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>.]+")
MOST_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Line:
    """Whom a line invites: their name and address, and what holds for them alone."""

    number: int
    name: str
    email: str
    own: dict[str, Any] = field(default_factory=dict)
    wrong: str = ""


def _whole(text: str) -> int:
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII):
        raise ValueError(f"{text} is no whole number")
    return int(text)


def _yes(text: str) -> bool:
    known = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if text.lower() not in known:
        raise ValueError(f"{text} is neither yes nor no")
    return known[text.lower()]


def _end_of_day(text: str) -> datetime:
    """The end of that day, in UTC."""
    day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    return datetime.combine(day, time(), UTC) + timedelta(days=1)


_EASED: dict[str, Callable[[str], Any]] = {
    "extra_percent": _whole, "extra_minutes": _whole, "break_minutes": _whole,
    "large_type": _yes, "untimed": _yes,
}  # fmt: skip
_TERMS: dict[str, Callable[[str], Any]] = {"language": str, "message": str, "expires": _end_of_day}
COLUMNS = ("name", "email", *_TERMS, *_EASED)


def lines_of(path: str, *, others_ignored: bool = False) -> Iterator[Line]:
    """The lines of a file; raises Unusable where it is no such table."""
    text = _text(path)
    heading = text.partition("\n")[0]
    delimiter = max(",;\t|", key=heading.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names = {name: _named(name) for name in reader.fieldnames or ()}
    _check_columns(path, list(names.values()), others_ignored)
    seen: dict[str, int] = {}
    try:
        for row in reader:
            cells = {names[k]: (v or "").strip() for k, v in row.items() if k in names}
            if any(cells.values()):
                yield _line(reader.line_num, cells, None in row, seen)
    except csv.Error as error:
        raise Unusable(f"{path}, line {reader.reader.line_num}: {error}.") from error


def _text(path: str) -> str:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise Unusable(f"{path} can't be read: {error.strerror}.") from error
    if len(data) > MOST_BYTES:
        raise Unusable(f"{path} has more than 10 MiB: split it.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unusable(f"{path} is not UTF-8: save it as such.") from error


def _named(column: str) -> str:
    plain = re.sub(r"[\s_-]+", "_", column.strip().lower())
    return {"e_mail": "email", "e_mail_address": "email", "email_address": "email"}.get(
        plain, plain
    )


def _check_columns(path: str, names: list[str], others_ignored: bool) -> None:
    missing = [name for name in ("name", "email") if name not in names]
    others = sorted(set(names) - set(COLUMNS))
    if missing:
        raise Unusable(f"{path} has no column {missing[0]}: its first line names the columns.")
    if len(set(names)) < len(names):
        raise Unusable(f"{path} has a column twice.")
    if others and not others_ignored:
        raise Unusable(
            f"{path} has columns that are not known: {', '.join(others)}."
            f" There are {', '.join(COLUMNS)}; leave others out, or say --ignore-columns."
        )


def _line(number: int, cells: dict[str, str], too_long: bool, seen: dict[str, int]) -> Line:
    name, email = cells["name"], cells["email"].lower()
    try:
        if too_long:
            raise ValueError("it has more cells than the first line")
        _check_person(name, email, seen)
        own = _read(cells, _TERMS)
        if "expires" in own:
            own["expires_at"] = own.pop("expires")
        if eased := _read(cells, _EASED):
            own["accommodation"] = eased
    except ValueError as error:
        return Line(number, name, email, wrong=str(error))
    seen[email] = number
    return Line(number, name, email, own)


def _check_person(name: str, email: str, seen: dict[str, int]) -> None:
    if not name:
        raise ValueError("no name")
    if not _ADDRESS.fullmatch(email):
        raise ValueError("no e-mail address")
    if email in seen:
        raise ValueError(f"the same address as line {seen[email]}")


def _read(cells: dict[str, str], kinds: dict[str, Callable[[str], Any]]) -> dict[str, Any]:
    found = {}
    for column, kind in kinds.items():
        if text := cells.get(column):
            try:
                found[column] = kind(text)
            except ValueError as error:
                raise ValueError(f"{column}: {error}") from error
    return found
