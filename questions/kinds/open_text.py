"""Open text: an interview question that people score by its rubric."""

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

LONGEST = 20_000


class OpenText(Kind):
    """Answer: {"text": what was typed}. A person decides which points of the rubric it meets."""

    slug = "open_text"
    title = "Open text"
    typed = True
    answer_fields = {"text": str}
    by_people = True
    schema = {
        "required": ["prompt", "rubric", "official_answer"],
        "properties": {
            "prompt": PROMPT,
            "rubric": {
                "type": "array",
                "minItems": 2,
                "maxItems": 10,
                "description": "What a good answer says, each point for itself.",
                "items": {
                    "type": "object",
                    "required": ["key", "text", "points"],
                    "additionalProperties": False,
                    "properties": {
                        "key": {"type": "string", "pattern": "^[a-z]$"},
                        "text": TEXT,
                        "points": {"type": "number", "exclusiveMinimum": 0, "maximum": 10},
                    },
                },
            },
            "misconceptions": {
                "type": "array",
                "items": TEXT,
                "description": "What weak answers often say; for reviewers.",
            },
            "words": {
                "type": "integer",
                "minimum": 20,
                "maximum": 1000,
                "description": "About how long a good answer is.",
            },
            "official_answer": OFFICIAL_ANSWER,
        },
    }

    def validate(self, content: Content) -> list[FieldFault]:
        keys = [point["key"] for point in content["rubric"]]
        return [("rubric", "Two points share a key.")] if len(set(keys)) < len(keys) else []

    def context(self, content: Content, seed: int) -> dict[str, Any]:
        return {"prompt": content["prompt"], "words": content.get("words"), "longest": LONGEST}

    def review(self, content: Content, answer: Answer, seed: int) -> dict[str, Any]:
        return {
            "prompt": content["prompt"],
            "given": answer.get("text", ""),
            "rubric": content["rubric"],
            "misconceptions": content.get("misconceptions", ()),
            "official_answer": content["official_answer"],
            "misconception": None,
        }

    def said(self, content: Content, answer: Answer, seed: int) -> str:
        return str(answer.get("text", ""))

    def check_answer(self, content: Content, answer: Answer, seed: int) -> None:
        super().check_answer(content, answer, seed)
        clean_text(answer.get("text", ""), LONGEST)

    def is_answered(self, content: Content, answer: Answer) -> bool:
        return bool(answer.get("text", "").strip())

    def score(
        self, content: Content, answer: Answer, reports: Sequence[Report | None], seed: int
    ) -> float | None:
        return None if self.is_answered(content, answer) else 0.0


KIND = OpenText()
