"""Two versions field by field, with the words marked that came and went."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from questions.authoring.nodes import as_data, label_of

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# Comparing takes as long as both lengths multiplied; beyond this, all of it counts as replaced.
MOST = 2_000_000


class Piece(NamedTuple):
    """A stretch of text: "same", "gone" or "new"."""

    change: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs: its name for people, and its text in pieces."""

    label: str
    pieces: list[Piece]


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return what differs, in the order of the newer fields, then what is gone."""
    old, new = dict(_flat(before)), dict(_flat(after))
    return [
        Change(_label(path), pieces(old_text, new_text))
        for path in dict.fromkeys([*new, *old])
        if (old_text := old.get(path, "")) != (new_text := new.get(path, ""))
    ]


def _label(path: tuple[str, ...]) -> str:
    return ", ".join([label_of(path[0]), *(part.replace("_", " ") for part in path[1:])])


def pieces(before: str, after: str) -> list[Piece]:
    """Return the newer text with what was taken out and put in, word by word."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    old_middle, new_middle = old[start : len(old) - end], new[start : len(new) - end]
    found = [
        Piece("same", "".join(old[:start])),
        *_compared(old_middle, new_middle),
        Piece("same", "".join(old[len(old) - end :])),
    ]
    return [piece for piece in found if piece.text]


def _alike(old: list[str], new: list[str]) -> int:
    """Return how many words both begin with."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(old), len(new)))


def _compared(old: list[str], new: list[str]) -> Iterator[Piece]:
    if len(old) * len(new) > MOST:
        yield from (Piece("gone", "".join(old)), Piece("new", "".join(new)))
        return
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield Piece("same", "".join(old[i:j]))
        else:
            yield from (Piece("gone", "".join(old[i:j])), Piece("new", "".join(new[k:m])))


def _flat(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each text or number with the way to it; rows go by their letter where they have one."""
    if isinstance(value, Mapping) and value:
        for name, each in value.items():
            yield from _flat(each, (*path, str(name)))
    elif isinstance(value, list) and any(isinstance(each, Mapping | str) for each in value):
        for index, each in enumerate(value, start=1):
            key = each.get("key") if isinstance(each, Mapping) else None
            yield from _flat(each, (*path, str(key or index)))
    else:
        yield path, as_data(value)
