"""Cues in the wording of options, by which a right one is found without knowing."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from questions.reading import Field
from questions.rendering import plain

Found = Iterator[tuple[Field, str]]
# Options are shuffled, so that nothing is above or below, and letters mean nothing.
_OTHERS = re.compile(
    r"\b(all|none|both|neither|any|some|two|each|either) (of )?(the )?"
    r"(above|below|((other|previous|preceding|given) )?(options?|answers?|choices?))\b"
    r"|\b(all|none) of (these|those)\W*$"
    r"|\b(options?|answers?|choices?) \(?[a-f]\b",
    re.IGNORECASE,
)
# From here on the eye finds it: a third more or less than its neighbour, and ten characters.
NOTABLE_RATIO, NOTABLE_CHARACTERS = 1.35, 10


def faults(fields: Mapping[str, Any]) -> Found:
    """Yield the field and a sentence for each option that speaks of the others."""
    for field, text in _choices(fields):
        if found := _OTHERS.search(text):
            sentence = f"{found[0]!r} speaks of other options: let each option stand for itself."
            yield field, sentence


def advice(fields: Mapping[str, Any]) -> Found:
    """Yield where the right option stands out by its length."""
    lengths = lengths_of(fields)
    if lengths is None:
        return
    right, others = lengths
    index = next(i for i, option in enumerate(fields["options"]) if option.get("right"))
    for word, near, far in (
        ("longest", max(others), right),
        ("shortest", right, min(others)),
    ):
        if far - near >= NOTABLE_CHARACTERS and far >= near * NOTABLE_RATIO:
            sentence = f"The right option is by far the {word}: make another as {word[:-3]}."
            yield ("options", index, "text"), sentence


def lengths_of(fields: Mapping[str, Any]) -> tuple[int, list[int]] | None:
    """Return the length of the right option and those of the others, in characters as shown.

    None where not exactly one of them is right.
    """
    options: Sequence[Mapping[str, Any]] = fields.get("options", ())
    lengths = [len(plain(option["text"])) for option in options]
    right = [n for n, option in zip(lengths, options, strict=True) if option.get("right")]
    others = [n for n, option in zip(lengths, options, strict=True) if not option.get("right")]
    return (right[0], others) if len(right) == 1 and others else None


def _choices(fields: Mapping[str, Any]) -> Iterator[tuple[Field, str]]:
    for index, option in enumerate(fields.get("options", ())):
        yield ("options", index, "text"), option["text"]
    for index, text in enumerate(fields.get("extra", ())):
        yield ("extra", index), text
