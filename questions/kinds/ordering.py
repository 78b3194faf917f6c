"""Ordering: items to be put in their right order."""

from collections.abc import Sequence
from itertools import combinations
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


class Ordering(Kind):
    """Answer: {"order": [key, ...]} with every key once, or {} where nothing was moved.

    The share earned is Kendall's tau of both orders, never below 0: what a random order earns on
    average is nothing.
    """

    slug = "ordering"
    title = "Ordering"
    answer_fields = {"order": list}
    schema = {
        "required": ["prompt", "items", "official_answer"],
        "properties": {
            "prompt": PROMPT,
            "items": {
                "type": "array",
                "minItems": 3,
                "maxItems": 8,
                "description": "In the right order.",
                "items": {
                    "type": "object",
                    "required": ["key", "text"],
                    "additionalProperties": False,
                    "properties": {"key": {"type": "string", "pattern": "^[a-z]$"}, "text": TEXT},
                },
            },
            "rationale": {**TEXT, "description": "Why this is the order."},
            "official_answer": OFFICIAL_ANSWER,
        },
    }

    def validate(self, content: Content) -> list[FieldFault]:
        keys = keys_of(content)
        return [("items", "Two items share a key.")] if len(set(keys)) < len(keys) else []

    def context(self, content: Content, seed: int) -> dict[str, Any]:
        return {"prompt": content["prompt"], "items": shown(content, seed)}

    def review(self, content: Content, answer: Answer, seed: int) -> dict[str, Any]:
        texts = {item["key"]: item["text"] for item in content["items"]}
        place = {key: number for number, key in enumerate(keys_of(content), start=1)}
        return {
            "prompt": content["prompt"],
            "items": content["items"],
            "placed": [
                {"text": texts[key], "place": place[key]} for key in answer.get("order", ())
            ],
            "rationale": content.get("rationale", ""),
            "official_answer": content["official_answer"],
            "misconception": None,
        }

    def said(self, content: Content, answer: Answer, seed: int) -> str:
        texts = {item["key"]: item["text"] for item in content["items"]}
        given = enumerate(answer.get("order", ()), start=1)
        return "\n".join(f"{number}. {texts[key]}" for number, key in given)

    def check_answer(self, content: Content, answer: Answer, seed: int) -> None:
        super().check_answer(content, answer, seed)
        if answer and sorted(map(str, answer["order"])) != sorted(keys_of(content)):
            raise ValueError(_("The order names every item once."))

    def random_guess(self, content: Content) -> float | None:
        orders = orders_by_right_pairs(len(content["items"]))
        pairs = len(orders) - 1
        earned = sum(n * max(0.0, 2 * right / pairs - 1) for right, n in enumerate(orders))
        return earned / sum(orders)

    def score(
        self, content: Content, answer: Answer, reports: Sequence[Report | None], seed: int
    ) -> float | None:
        if not answer:
            return 0.0
        place = {key: number for number, key in enumerate(answer["order"])}
        pairs = list(combinations(keys_of(content), 2))
        right = sum(place[before] < place[after] for before, after in pairs)
        return max(0.0, 2 * right / len(pairs) - 1)


def orders_by_right_pairs(items: int) -> list[int]:
    """Return how many orders have 0, 1, ... pairs the right way round: Mahonian numbers."""
    orders = [1]
    for placed in range(1, items):  # the next one makes 0 to `placed` right pairs with those
        longer = [0] * (len(orders) + placed)
        for right, number in enumerate(orders):
            for more in range(placed + 1):
                longer[right + more] += number
        orders = longer
    return orders


def shown(content: Content, seed: int) -> list[dict[str, str]]:
    """Return the items as they are first shown, never in the right order: waiting earns nothing."""
    items = shuffled(content["items"], seed)
    return items[1:] + items[:1] if items == content["items"] else items


def keys_of(content: Content) -> list[str]:
    return [item["key"] for item in content["items"]]


KIND = Ordering()
