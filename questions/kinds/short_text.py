"""Short text: a term or a phrase, in any of its accepted forms."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from questions.kinds.kind import (
    OFFICIAL_ANSWER,
    PROMPT,
    TEXT,
    Answer,
    Content,
    FieldFault,
    Kind,
    Report,
    clean_text,
)

LONGEST = 200
ARTICLES = {"a", "an", "the"}
_FORMS = {"type": "array", "minItems": 1, "uniqueItems": True, "items": TEXT}


class ShortText(Kind):
    """Answer: {"text": what was typed}, or {} where nothing was."""

    slug = "short_text"
    title = "Short text"
    typed = True
    answer_fields = {"text": str}
    schema = {
        "required": ["prompt", "accepted", "official_answer"],
        "properties": {
            "prompt": PROMPT,
            "accepted": {
                **_FORMS,
                "description": "Every form that is right. Case, hyphens, spaces, articles and a "
                "full stop at the end make no difference.",
            },
            "strict": {
                "const": True,
                "description": "The articles a, an and the make a difference.",
            },
            "wrong": {
                "type": "array",
                "description": "Answers that are often given, and what they tell.",
                "items": {
                    "type": "object",
                    "required": ["forms", "misconception"],
                    "additionalProperties": False,
                    "properties": {"forms": _FORMS, "misconception": TEXT},
                },
            },
            "official_answer": OFFICIAL_ANSWER,
        },
    }

    def validate(self, content: Content) -> list[FieldFault]:
        accepted = _forms(content, content["accepted"])
        found: list[FieldFault] = []
        if "" in accepted:
            found.append(("accepted", "A form holds no letter."))
        for index, wrong in enumerate(content.get("wrong", ())):
            if accepted & _forms(content, wrong["forms"]):
                found.append((f"wrong.{index}.forms", "A form is accepted, too."))
        return found

    def context(self, content: Content, seed: int) -> dict[str, Any]:
        return {"prompt": content["prompt"], "longest": LONGEST}

    def review(self, content: Content, answer: Answer, seed: int) -> dict[str, Any]:
        typed = _typed(content, answer)
        listed = content.get("wrong", ())
        beliefs = (w["misconception"] for w in listed if typed in _forms(content, w["forms"]))
        first, *others = _told_apart(content)
        return {
            "prompt": content["prompt"],
            "given": answer.get("text", ""),
            "right_answer": first,
            "also_right": others,
            "official_answer": content["official_answer"],
            "misconception": next(beliefs, None),
        }

    def said(self, content: Content, answer: Answer, seed: int) -> str:
        return str(answer.get("text", ""))

    def check_answer(self, content: Content, answer: Answer, seed: int) -> None:
        super().check_answer(content, answer, seed)
        clean_text(answer.get("text", ""), LONGEST)

    def is_answered(self, content: Content, answer: Answer) -> bool:
        return bool(_typed(content, answer))

    def score(
        self, content: Content, answer: Answer, reports: Sequence[Report | None], seed: int
    ) -> float | None:
        typed = _typed(content, answer)
        return float(bool(typed) and typed in _forms(content, content["accepted"]))


def plain(text: str, *, strict: bool = False) -> str:
    """Return a form without what makes no difference; a `strict` one keeps its articles.

    An article is one before another word: the last word of "type a" is a letter.
    """
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"[\s_\u2010-\u2015-]+", " ", text).strip(" .,;:!?\"'`$")
    if strict or not text:
        return text
    *before, last = text.split(" ")
    return " ".join([*(word for word in before if word not in ARTICLES), last])


def _forms(content: Content, forms: Sequence[str]) -> set[str]:
    return {plain(form, strict="strict" in content) for form in forms}


def _told_apart(content: Content) -> list[str]:
    """Return the accepted forms; of those between which nothing makes a difference the first."""
    found: dict[str, str] = {}
    for form in content["accepted"]:
        found.setdefault(plain(form, strict="strict" in content), form)
    return list(found.values())


def _typed(content: Content, answer: Answer) -> str:
    return plain(answer.get("text", ""), strict="strict" in content)


KIND = ShortText()
