"""Two versions field by field, with the words marked that came and went."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from questions.authoring.nodes import as_data, label_of

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_LINES = re.compile(r".*\n|.+")
# Beyond so many characters words are too many to be compared; lines do.
LONG = 20_000


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
        Change(", ".join(label_of(str(part)) for part in path), pieces(old_text, new_text))
        for path in dict.fromkeys([*new, *old])
        if (old_text := old.get(path, "")) != (new_text := new.get(path, ""))
    ]


def pieces(before: str, after: str) -> list[Piece]:
    """Return the newer text with what was taken out and put in, word by word."""
    parts = _LINES if len(before) + len(after) > LONG else _WORDS
    old, new = parts.findall(before), parts.findall(after)
    found: list[Piece] = []
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Piece("same", "".join(old[i:j])))
            continue
        found += [Piece("gone", "".join(old[i:j]))] if j > i else []
        found += [Piece("new", "".join(new[k:m]))] if m > k else []
    return found


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
