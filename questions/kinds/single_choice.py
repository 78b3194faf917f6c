"""Single choice: one of several options is right."""

import random
from collections.abc import Sequence
from typing import Any

from questions.kinds import Answer, Content, Report


class SingleChoice:
    """Content: `prompt`, `options` (key, text, rationale; one `right`, the others with the
    `misconception` that they stand for), `official_answer`. Answer: {"option": key}.
    """

    slug = "single_choice"
    title = "Single choice"

    def validate(self, content: Content) -> list[tuple[str, str]]:
        options = content.get("options", [])
        keys = [option["key"] for option in options]
        right = [option for option in options if option.get("right")]
        found = []
        if len(set(keys)) < len(keys):
            found.append(("options", "Two options share a key."))
        if len(right) != 1:
            found.append(("options", f"Exactly one option is right, not {len(right)}."))
        for index, option in enumerate(options):
            if not option.get("right") and not option.get("misconception"):
                found.append(
                    (f"options.{index}.misconception", "A wrong option names its misconception.")
                )
        return found

    def context(self, content: Content, seed: int) -> dict[str, Any]:
        """What the candidate sees: the options without their keys' meaning, shuffled by `seed`."""
        options = [{"key": o["key"], "text": o["text"]} for o in content["options"]]
        random.Random(seed).shuffle(options)
        return {"prompt": content["prompt"], "options": options}

    def review(self, content: Content, answer: Answer) -> dict[str, Any]:
        chosen = answer.get("option")
        options = [{**o, "chosen": o["key"] == chosen} for o in content["options"]]
        return {
            "prompt": content["prompt"],
            "options": options,
            "official_answer": content["official_answer"],
            "misconception": next((o.get("misconception") for o in options if o["chosen"]), None),
        }

    def check_answer(self, content: Content, answer: Answer) -> None:
        keys = {option["key"] for option in content["options"]}
        if set(answer) - {"option"}:
            raise ValueError("An answer to a single choice holds an option and nothing else.")
        if answer.get("option") not in keys | {None}:
            raise ValueError("That is not an option of this question.")

    def score(
        self, content: Content, answer: Answer, reports: Sequence[Report | None]
    ) -> float | None:
        right = next(option["key"] for option in content["options"] if option.get("right"))
        return 1.0 if answer.get("option") == right else 0.0


KIND = SingleChoice()
