"""Single choice: one of several options is right."""

from collections.abc import Sequence
from typing import Any

from questions.kinds import options
from questions.kinds.kind import OFFICIAL_ANSWER, PROMPT, Answer, Content, FieldFault, Kind, Report


class SingleChoice(Kind):
    """Answer: {"option": key}, or {} where none is chosen."""

    slug = "single_choice"
    title = "Single choice"
    answer_fields = {"option": str}
    schema = {
        "required": ["prompt", "options", "official_answer"],
        "properties": {
            "prompt": PROMPT,
            "options": options.SCHEMA,
            "official_answer": OFFICIAL_ANSWER,
        },
    }

    def validate(self, content: Content) -> list[FieldFault]:
        found = list(options.faults(content["options"]))
        right = len(options.right_keys(content["options"]))
        if right != 1:
            found.append(("options", f"Exactly one option is right, not {right}."))
        return found

    def context(self, content: Content, seed: int) -> dict[str, Any]:
        shown = options.for_candidate(content["options"], seed)
        return {"prompt": content["prompt"], "options": shown}

    def review(self, content: Content, answer: Answer, seed: int) -> dict[str, Any]:
        shown = options.for_reviewer(content["options"], answer.values())
        return {
            "prompt": content["prompt"],
            "options": shown,
            "official_answer": content["official_answer"],
            "misconception": options.believed(shown),
        }

    def said(self, content: Content, answer: Answer, seed: int) -> str:
        return options.texts(content["options"], answer.values())

    def check_answer(self, content: Content, answer: Answer, seed: int) -> None:
        super().check_answer(content, answer, seed)
        options.check_keys(content["options"], answer.values())

    def random_guess(self, content: Content) -> float | None:
        return 1 / len(content["options"])

    def score(
        self, content: Content, answer: Answer, reports: Sequence[Report | None], seed: int
    ) -> float | None:
        return float(set(answer.values()) == options.right_keys(content["options"]))


KIND = SingleChoice()
