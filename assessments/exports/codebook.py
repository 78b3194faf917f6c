"""What the columns of a file mean: for pages, for programs, and as Markdown."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from assessments.exports.columns import Entry, Scope, entries_of
from assessments.exports.kinds import KINDS
from assessments.exports.texts import heads_of
from assessments.models import Export

FORM = "minima-codebook-1"
_HEAD = ("Column", "Holds", "Unit", "Meaning", "Values", "Empty")


def codebook(export: Export) -> dict[str, Any]:
    """What a program needs to read the file: JSON-ready, the same in every place."""
    return {
        "codebook": FORM,
        "export": str(export.pk),
        "kind": export.kind,
        "row": KINDS[export.kind].tells,
        "created_at": export.created_at.isoformat().replace("+00:00", "Z"),
        "shows_names": export.shows_names,
        "columns": export.columns,
    }


def entries_in(export: Export) -> list[Entry]:
    """The columns of its file, by what stands at their heads."""
    entries = [Entry.of(each) for each in export.columns]
    heads = heads_of(export, entries)
    return [replace(each, name=head) for each, head in zip(entries, heads, strict=True)]


def usual_entries(kind: str) -> list[Entry]:
    """The columns that every export of a kind with names has."""
    return entries_of(KINDS[kind].columns(Scope(names=True, everything=True)))


def as_markdown(entries: Iterable[Entry]) -> str:
    return "\n".join(_lines(entries)) + "\n"


def _lines(entries: Iterable[Entry]) -> Iterator[str]:
    yield _row(_HEAD)
    yield _row("---" for _ in _HEAD)
    for each in entries:
        # Words of ours, while a meaning may hold the title of a question.
        values = ", ".join(f"`{value}`" for value in each.allowed)
        empty = each.missing or "never"
        yield _row(
            [f"`{each.name}`", each.type.value, each.unit, _safe(each.meaning), values, empty]
        )


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _safe(text: str) -> str:
    """No cell ends early, and no title of a question is markup."""
    return "".join(f"\\{each}" if each in "|`*_<>[]\\" else each for each in " ".join(text.split()))
