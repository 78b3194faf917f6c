"""Options to choose from: their schema, what is wrong with them, and how pages see them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from questions.kinds.kind import TEXT, FieldFault, shuffled

Option = Mapping[str, Any]

SCHEMA: dict[str, Any] = {
    "type": "array",
    "minItems": 3,
    "maxItems": 6,
    "items": {
        "type": "object",
        "required": ["key", "text", "rationale"],
        "additionalProperties": False,
        "properties": {
            "key": {"type": "string", "pattern": "^[a-z]$"},
            "text": {**TEXT, "description": "What the candidate reads."},
            "right": {"const": True, "description": "On what is right."},
            "rationale": {**TEXT, "description": "Why it is right, or why not."},
            "misconception": {**TEXT, "description": "What a person believes who chooses it."},
        },
    },
}


def faults(options: Sequence[Option]) -> Iterator[FieldFault]:
    """Yield what is wrong with options, whatever number of them is right."""
    keys = [option["key"] for option in options]
    if len(set(keys)) < len(keys):
        yield "options", "Two options share a key."
    if len({" ".join(option["text"].split()).casefold() for option in options}) < len(options):
        yield "options", "Two options say the same."
    for index, option in enumerate(options):
        if bool(option.get("right")) == bool(option.get("misconception")):
            sentence = "Every wrong option names its misconception, and a right one has none."
            yield f"options.{index}", sentence


def right_keys(options: Iterable[Option]) -> set[str]:
    return {option["key"] for option in options if option.get("right")}


def for_candidate(options: Sequence[Option], seed: int) -> list[dict[str, str]]:
    """Return the options in the seed's order, with nothing of what is right."""
    return shuffled([{"key": o["key"], "text": o["text"]} for o in options], seed)


def for_reviewer(options: Sequence[Option], chosen: Iterable[str]) -> list[dict[str, Any]]:
    keys = set(chosen)
    return [{**option, "chosen": option["key"] in keys} for option in options]


def texts(options: Iterable[Option], chosen: Iterable[str]) -> str:
    """Return what was chosen: its text, or a list where it is several."""
    keys = set(chosen)
    found = [option["text"] for option in options if option["key"] in keys]
    return found[0] if len(found) == 1 else "\n".join(f"- {text}" for text in found)


def believed(options: Iterable[Option]) -> str | None:
    """Return the misconceptions behind what was chosen, from `for_reviewer`'s options."""
    found = [o["misconception"] for o in options if o["chosen"] and o.get("misconception")]
    return " ".join(found) or None


def check_keys(options: Iterable[Option], chosen: Iterable[object]) -> None:
    """Raise ValueError where something is chosen that is no option."""
    known = {option["key"] for option in options}
    if not all(isinstance(key, str) and key in known for key in chosen):
        raise ValueError(_("That is not an option of this question."))
