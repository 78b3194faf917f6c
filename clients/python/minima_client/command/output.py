"""What the command prints: tables for people, JSON lines for programs, and never a token."""

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from minima_client.command.endings import Ending, ending_of
from minima_client.problems import MinimaError, Problem
from minima_client.reading import wire

_TOKEN = re.compile(r"mnm_[A-Za-z0-9_-]+")


def hidden(text: str) -> str:
    """`text` without what looks like a token."""
    return _TOKEN.sub("mnm_…", text)


def printable(value: Any) -> str:
    """One line, whatever a candidate wrote: what a terminal would obey is taken out."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}Z"
    return "".join(
        each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in str(value)
    )


class Output:
    """Results go to stdout, all that is said beside them to stderr."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._noted = ""

    def table(self, rows: Iterable[Any], columns: Sequence[str]) -> None:
        """Rows as JSON lines while they come, or as a table of these columns."""
        if self.as_json:
            for row in rows:
                self.json(row)
            return
        cells = [[printable(_at(row, name)) for name in columns] for row in rows]
        lines = [[name.replace("_", " ").replace(".", " ") for name in columns], *cells]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        for line in lines:
            padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            self.line("  ".join(padded).rstrip())

    def said(self, row: Any, *cells: Any) -> None:
        """One result: `row` for programs, `cells` for people."""
        if self.as_json:
            self.json(row)
        else:
            self.line("  ".join(printable(cell) for cell in cells if cell not in (None, "")))

    def json(self, row: Any) -> None:
        self.line(json.dumps(wire(row), ensure_ascii=False))

    def line(self, text: str) -> None:
        print(text, flush=True)

    def note(self, text: str) -> None:
        """What people want to know meanwhile, once; programs read the results."""
        if not self.as_json and text != self._noted:
            self._noted = text
            print(printable(hidden(text)), file=sys.stderr, flush=True)

    def failed(self, error: MinimaError) -> Ending:
        """One line that says what to do."""
        ending, text = ending_of(error), hidden(str(error))
        if self.as_json:
            told = {"error": _kind(error), "message": text, "exit": int(ending)}
            print(json.dumps(told, ensure_ascii=False), file=sys.stderr, flush=True)
        else:
            print(f"minima: {printable(text)}", file=sys.stderr, flush=True)
        return ending


def _kind(error: MinimaError) -> str:
    """The stable name of a problem; of what happened here, that of its class."""
    if isinstance(error, Problem):
        return error.kind
    return re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()


def _at(row: Any, name: str) -> Any:
    """The value of `name`, which may lead into a row of the row: `candidate.email`."""
    for part in name.split("."):
        row = row[part] if isinstance(row, Mapping) else getattr(row, part)
    return row
