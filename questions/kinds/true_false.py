"""True or false: one statement."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from questions.kinds.kind import (
    OFFICIAL_ANSWER,
    PROMPT,
    TEXT,
    Answer,
    Content,
    Kind,
    Report,
)

WORDS = {"true": True, "false": False}


class TrueFalse(Kind):
    """Answer: {"choice": "true" or "false"}, or {} where none is chosen."""

    slug = "true_false"
    title = "True or false"
    answer_fields = {"choice": str}
    schema = {
        "required": ["prompt", "right", "rationale", "misconception", "official_answer"],
        "properties": {
            "prompt": {**PROMPT, "description": "The statement, in Markdown with $formulas$."},
            "right": {"type": "boolean", "description": "Whether the statement is true."},
            "rationale": {**TEXT, "description": "Why it is, in a sentence or two."},
            "misconception": {**TEXT, "description": "What a person believes who is wrong here."},
            "official_answer": OFFICIAL_ANSWER,
        },
    }

    def context(self, content: Content, seed: int) -> dict[str, Any]:
        return {"prompt": content["prompt"]}

    def review(self, content: Content, answer: Answer, seed: int) -> dict[str, Any]:
        wrong = answer and not self.score(content, answer, (), seed)
        return {
            "prompt": content["prompt"],
            "given": self.said(content, answer, seed),
            "right_answer": str(content["right"]),
            "rationale": content["rationale"],
            "official_answer": content["official_answer"],
            "misconception": content["misconception"] if wrong else None,
        }

    def said(self, content: Content, answer: Answer, seed: int) -> str:
        return str(answer.get("choice", "")).capitalize()

    def check_answer(self, content: Content, answer: Answer, seed: int) -> None:
        super().check_answer(content, answer, seed)
        if not set(answer.values()) <= set(WORDS):
            raise ValueError(_('The choice is "true" or "false".'))

    def random_guess(self, content: Content) -> float | None:
        return 1 / len(WORDS)

    def score(
        self, content: Content, answer: Answer, reports: Sequence[Report | None], seed: int
    ) -> float | None:
        return float(WORDS.get(answer.get("choice", "")) is content["right"])


KIND = TrueFalse()
