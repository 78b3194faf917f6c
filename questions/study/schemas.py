"""The JSON Schemas of the study files, published beside them for editors to complete and check."""

from typing import Any

from questions.files import ROLES

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = {"type": "string", "minLength": 1}
_SLUG = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
_SLUGS = {"type": "array", "uniqueItems": True, "items": _SLUG}
_SOURCES = {"type": "array", "minItems": 1, "uniqueItems": True, "items": _TEXT}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required,
        "additionalProperties": False,
        "properties": properties,
    }


def _markdown(description: str) -> dict[str, Any]:
    return {**_TEXT, "description": f"{description} In Markdown with $formulas$."}


_CHOICE = _object(
    ["when", "take"],
    when=_markdown("The situation, beginning a sentence."),
    take=_markdown("What is chosen there, and why."),
    losses={**_SLUGS, "description": "Rows of the catalogue; their pages show this, too."},
)
_ASKED = _object(
    ["question", "answer"],
    question={**_TEXT, "description": "Plain text, as people ask it."},
    answer=_markdown("The answer."),
)

GUIDE: dict[str, Any] = {
    "$schema": DRAFT,
    "title": "The study page of a topic",
    **_object(
        ["topic", "card", "how", "facts", "picture", "choices", "faq", "related", "terms", "roles",
         "review", "sources"],
        topic={**_SLUG, "description": "A topic of topics.yaml, and the name of the file."},
        card=_markdown("The definition card: one or two sentences."),
        how=_markdown("How it works."),
        facts={
            "type": "array",
            "minItems": 5,
            "maxItems": 8,
            "items": _markdown("A fact that one must know."),
        },
        picture={
            **_object(
                ["loss", "look"],
                loss={**_SLUG, "description": "A row of the catalogue: its picture is moved."},
                look=_markdown("What to do with it, and what to see."),
            ),
            "description": "The picture to be moved.",
        },
        choices={"type": "array", "minItems": 2, "items": _CHOICE},
        faq={"type": "array", "minItems": 2, "items": _ASKED},
        related={**_SLUGS, "minItems": 1, "description": "Topics."},
        terms={**_SLUGS, "minItems": 2, "description": "Words of glossary.yaml."},
        roles={
            **_object(list(ROLES), **dict.fromkeys(ROLES, _markdown("Where it is met at work."))),
            "description": "Career relevance.",
        },
        review={
            **_SLUGS,
            "minItems": 3,
            "description": "Questions that may be shown to everybody, with their answers. Those in "
            "use in an assessment are left out as long as they are.",
        },
        sources=_SOURCES,
    ),
}  # fmt: skip

_TERM = _object(
    ["term", "definition", "source"],
    term={**_TEXT, "description": "As a page calls it; its slug is the key."},
    definition=_markdown("One to three sentences."),
    also={"type": "array", "uniqueItems": True, "items": _TEXT, "description": "Other names."},
    topics={**_SLUGS, "description": "Topics that it belongs to."},
    losses={**_SLUGS, "description": "Rows of the catalogue that it is about."},
    see={**_SLUGS, "description": "Other words of the glossary."},
    source=_TEXT,
)
GLOSSARY: dict[str, Any] = {
    "$schema": DRAFT,
    "title": "The glossary",
    **_object(
        ["terms"],
        terms={"type": "object", "propertyNames": _SLUG, "additionalProperties": _TERM},
    ),
}
