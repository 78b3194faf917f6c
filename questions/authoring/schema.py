"""The fields of a question's form: those that every kind has, and those of its kind's schema."""

from functools import cache
from typing import Any

from questions import files, kinds

# Around the fields that a kind has of its own.
BEFORE = ("kind", "title")
AFTER = ("instruction",)
ABOUT = (
    "topics", "difficulty", "minutes", "roles", "context", "related", "tags", "sources", "slug",
)  # fmt: skip
HINTS = {
    "title": "A few words without formulas.",
    "topics": "One or more.",
    "roles": "Whom it suits; none means everybody.",
    "minutes": "How long it usually takes.",
    "context": "In a sentence, what it tests; for those who choose it.",
    "tags": "Words to find it by, one a line.",
    "sources": "Where its facts are from, one a line.",
    "related": "The short names of questions that lead on from here, one a line.",
    "slug": "Its short name, for links and files; it stays once the question is published.",
}


@cache
def schema_of(kind: str) -> dict[str, Any]:
    """Return the flat schema of what an author says of a question of `kind`."""
    known = kinds.KINDS.get(kind)
    own = known.schema if known else {"required": [], "properties": {}}
    common = {name: _common(name) for name in files.COMMON if name != "status"}
    return {
        "type": "object",
        "required": [*files.REQUIRED, *own["required"]],
        "properties": {**common, **own["properties"]},
        "additionalProperties": known is None,
    }


def sections(kind: str) -> tuple[list[str], list[str]]:
    """Return the names of the fields that ask, and of those that sort and describe."""
    own = list(schema_of(kind)["properties"])
    asks = [name for name in own if name not in {*BEFORE, *AFTER, *ABOUT}]
    return [*BEFORE, *asks, *AFTER], list(ABOUT)


def titles(name: str) -> dict[str, str]:
    """What pages call the values of a field, where they have titles of their own."""
    if name == "kind":
        return dict(kinds.choices())
    return {"topics": files.topics(), "roles": files.ROLES}.get(name, {})


def _common(name: str) -> dict[str, Any]:
    schema = dict(files.COMMON[name])
    if name == "topics":
        schema["items"] = {"enum": list(files.topics())}
    if name in HINTS:
        schema["description"] = HINTS[name]
    return schema
