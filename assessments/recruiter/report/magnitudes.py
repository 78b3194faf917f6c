"""The sweep of magnitudes as a picture: a strip for each function and width of floats."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.judge.stability import Held


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown: its colour, the sign that says it without colour, and its word."""

    level: str
    sign: str
    word: str


LOOKS: Mapping[str, Look] = {
    Held.RIGHT: Look("good", "✓", "right"),
    Held.DIGITS: Look("fair", "≈", "digits lost"),
    Held.VANISHED: Look("fair", "0", "vanished to 0"),
    Held.OVERFLOW: Look("poor", "∞", "overflow"),
    Held.NAN: Look("poor", "NaN", "NaN"),
    Held.WRONG: Look("none", "x", "wrong everywhere"),
    Held.RAISED: Look("none", "!", "raised an exception"),
    Held.UNUSABLE: Look("none", "-", "no numbers"),
    Held.NOT_RUN: Look("none", "-", "not run"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One magnitude of one strip; `look` is None where this width doesn't hold the magnitude."""

    name: str
    look: Look | None
    digits: float | None = None

    @property
    def words(self) -> str:
        if self.look is None:
            return "not asked"
        if self.digits is None:
            return self.look.word
        kept = int(self.digits)
        if not kept:
            return "no digit is right"
        return f"{kept} digit{'' if kept == 1 else 's'} right, the others lost"


@dataclass(frozen=True, slots=True)
class Strip:
    function: str
    dtype: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Magnitudes:
    """`remedies` are what is missing, each once, with the magnitudes that show it."""

    names: tuple[str, ...]
    strips: tuple[Strip, ...]
    remedies: tuple[tuple[str, tuple[str, ...]], ...]
    failed: int
    total: int

    @property
    def wrong_everywhere(self) -> bool:
        wrong = LOOKS[Held.WRONG]
        return any(cell.look is wrong for strip in self.strips for cell in strip.cells)

    @property
    def rows(self) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
        """Each magnitude with what happened there, a cell a strip."""
        columns = zip(*(strip.cells for strip in self.strips), strict=True)
        return tuple(zip(self.names, columns, strict=True))


def magnitudes(report: Mapping[str, Any]) -> Magnitudes | None:
    """Return the picture of a report; None of one that has none, as older ones have not."""
    rows: Sequence[Mapping[str, Any]] = report.get("stability") or ()
    if not rows:
        return None
    names = tuple(dict.fromkeys(row["name"] for row in rows))
    kinds = dict.fromkeys((row["function"], row["dtype"]) for row in rows)
    # All of a function together, the wider floats first.
    functions = list(dict.fromkeys(function for function, _ in kinds))
    order = sorted(kinds, key=lambda kind: (functions.index(kind[0]), kind[1] != "float64"))
    return Magnitudes(
        names,
        tuple(_strip(kind, names, rows) for kind in order),
        tuple(_remedies(rows).items()),
        sum(row["state"] != Held.RIGHT for row in rows),
        len(rows),
    )


def _strip(kind: tuple[str, str], names: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> Strip:
    own = {row["name"]: row for row in rows if (row["function"], row["dtype"]) == kind}
    return Strip(*kind, tuple(_cell(name, own.get(name)) for name in names))


def _cell(name: str, row: Mapping[str, Any] | None) -> Cell:
    return Cell(name, LOOKS[row["state"]], row["digits"]) if row else Cell(name, None)


def _remedies(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        remedy, name = row["remedy"], row["name"]
        if remedy and name not in found.get(remedy, ()):
            found[remedy] = (*found.get(remedy, ()), name)
    return found
