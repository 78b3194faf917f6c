"""Matching: each thing on the left has its partner on the right."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from questions.kinds.kind import (
    OFFICIAL_ANSWER,
    PROMPT,
    TEXT,
    Answer,
    Content,
    FieldFault,
    Kind,
    Report,
    shuffled,
)


class Matching(Kind):
    """Answer: {"pairs": {number on the left: letter on the right}}, or {}.

    Numbers and letters are places in the file: they say nothing, for both sides are shuffled. Each
    right pair earns its share.
    """

    slug = "matching"
    title = "Matching"
    answer_fields = {"pairs": dict}
    schema = {
        "required": ["prompt", "pairs", "official_answer"],
        "properties": {
            "prompt": PROMPT,
            "pairs": {
                "type": "array",
                "minItems": 3,
                "maxItems": 8,
                "items": {
                    "type": "object",
                    "required": ["left", "right", "rationale"],
                    "additionalProperties": False,
                    "properties": {"left": TEXT, "right": TEXT, "rationale": TEXT},
                },
            },
            "extra": {
                "type": "array",
                "maxItems": 3,
                "items": TEXT,
                "description": "More on the right, which match nothing.",
            },
            "official_answer": OFFICIAL_ANSWER,
        },
    }

    def validate(self, content: Content) -> list[FieldFault]:
        lefts = [pair["left"] for pair in content["pairs"]]
        rights = list(right_side(content, 0).values())
        found: list[FieldFault] = []
        if len(set(lefts)) < len(lefts):
            found.append(("pairs", "Two pairs have the same left side."))
        if len(set(rights)) < len(rights):
            found.append(("pairs", "Two pairs have the same right side, so that both would fit."))
        return found

    def context(self, content: Content, seed: int) -> dict[str, Any]:
        return {
            "prompt": content["prompt"],
            "left": dict(shuffled(list(left_side(content).items()), seed)),
            "right": dict(shuffled(list(right_side(content, seed).items()), seed + 1)),
        }

    def review(self, content: Content, answer: Answer, seed: int) -> dict[str, Any]:
        chosen, right = answer.get("pairs", {}), right_side(content, seed)
        partner = partners(content, seed)
        rows = [
            {
                **pair,
                "given": right.get(chosen.get(str(number), ""), ""),
                "passed": chosen.get(str(number)) == partner[str(number)],
            }
            for number, pair in enumerate(content["pairs"], start=1)
        ]
        return {
            "prompt": content["prompt"],
            "pairs": rows,
            "official_answer": content["official_answer"],
            "misconception": None,
        }

    def said(self, content: Content, answer: Answer, seed: int) -> str:
        left, right = left_side(content), right_side(content, seed)
        pairs = answer.get("pairs", {}).items()
        return "\n".join(f"- {left[number]} → {right[letter]}" for number, letter in pairs)

    def check_answer(self, content: Content, answer: Answer, seed: int) -> None:
        super().check_answer(content, answer, seed)
        known, letters = left_side(content), right_side(content, seed)
        for number, letter in answer.get("pairs", {}).items():
            if number not in known or not isinstance(letter, str) or letter not in letters:
                raise ValueError(_("A pair names something that this question does not have."))

    def random_guess(self, content: Content) -> float | None:
        # Wherever each goes: its partner is one of all on the right.
        return 1 / (len(content["pairs"]) + len(content.get("extra", ())))

    def score(
        self, content: Content, answer: Answer, reports: Sequence[Report | None], seed: int
    ) -> float | None:
        chosen, partner = answer.get("pairs", {}), partners(content, seed)
        right = sum(bool(chosen.get(n) == letter) for n, letter in partner.items())
        return right / len(partner)


def left_side(content: Content) -> dict[str, str]:
    """Return the texts on the left by their number."""
    return {str(n): pair["left"] for n, pair in enumerate(content["pairs"], start=1)}


def right_side(content: Content, seed: int) -> dict[str, str]:
    """Return the texts on the right by a letter that the seed gives them."""
    texts = [*(pair["right"] for pair in content["pairs"]), *content.get("extra", ())]
    letters = shuffled("abcdefghijk"[: len(texts)], seed)
    return dict(zip(letters, texts, strict=True))


def partners(content: Content, seed: int) -> dict[str, str]:
    """Return the right letter of each number."""
    letters = list(right_side(content, seed))
    return {number: letters[index] for index, number in enumerate(left_side(content))}


KIND = Matching()
