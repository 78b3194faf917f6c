"""Multiple choice: any number of options is right, and part of them earns part of the score."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from django.utils.translation import gettext as _

from questions.kinds import options
from questions.kinds.kind import OFFICIAL_ANSWER, PROMPT, Answer, Content, FieldFault, Kind, Report


class MultipleChoice(Kind):
    """Answer: {"options": [key, ...]}, or {} where nothing is chosen.

    `credit` says what part of the options earns: "part" (each right one chosen adds, each wrong one
    takes away as much, never below 0), or "whole" (all of them and no other).
    """

    slug = "multiple_choice"
    title = "Multiple choice"
    answer_fields = {"options": list}
    schema = {
        "required": ["prompt", "options", "official_answer"],
        "properties": {
            "prompt": PROMPT,
            "options": options.SCHEMA,
            "credit": {"enum": ["part", "whole"], "description": "What some of them earn."},
            "official_answer": OFFICIAL_ANSWER,
        },
    }

    def validate(self, content: Content) -> list[FieldFault]:
        found = list(options.faults(content["options"]))
        right = len(options.right_keys(content["options"]))
        if right == 0:
            found.append(("options", "No option is right."))
        if right == len(content["options"]):
            found.append(("options", "Every option is right: there is nothing to choose."))
        return found

    def context(self, content: Content, seed: int) -> dict[str, Any]:
        shown = options.for_candidate(content["options"], seed)
        return {"prompt": content["prompt"], "options": shown, "credit": credit(content)}

    def review(self, content: Content, answer: Answer, seed: int) -> dict[str, Any]:
        shown = options.for_reviewer(content["options"], answer.get("options", ()))
        return {
            "prompt": content["prompt"],
            "options": shown,
            "credit": credit(content),
            "official_answer": content["official_answer"],
            "misconception": options.believed(shown),
        }

    def said(self, content: Content, answer: Answer, seed: int) -> str:
        return options.texts(content["options"], answer.get("options", ()))

    def check_answer(self, content: Content, answer: Answer, seed: int) -> None:
        super().check_answer(content, answer, seed)
        chosen = answer.get("options", [])
        options.check_keys(content["options"], chosen)
        if len(set(chosen)) < len(chosen):
            raise ValueError(_("An option is chosen twice."))

    def random_guess(self, content: Content) -> float | None:
        keys = [option["key"] for option in content["options"]]
        picks = [pick for n in range(len(keys) + 1) for pick in combinations(keys, n)]
        scores = [self.score(content, {"options": pick}, (), 0) or 0.0 for pick in picks]
        return sum(scores) / len(scores)

    def score(
        self, content: Content, answer: Answer, reports: Sequence[Report | None], seed: int
    ) -> float | None:
        right, chosen = options.right_keys(content["options"]), set(answer.get("options", ()))
        if credit(content) == "whole":
            return float(chosen == right)
        return max(0.0, (len(chosen & right) - len(chosen - right)) / len(right))


def credit(content: Content) -> str:
    return str(content.get("credit", "part"))


KIND = MultipleChoice()
