"""Single choice: one of several options is right."""

import random
from collections.abc import Sequence
from typing import Any

from questions.kinds import Answer, Code, Content, Report

_TEXT = {"type": "string", "minLength": 1}


class SingleChoice:
    """Answer: {"option": key}, or {} where none is chosen."""

    slug = "single_choice"
    title = "Single choice"
    schema = {
        "required": ["prompt", "options", "official_answer"],
        "properties": {
            "prompt": {**_TEXT, "description": "The question, in Markdown with $formulas$."},
            "options": {
                "type": "array",
                "minItems": 3,
                "maxItems": 6,
                "items": {
                    "type": "object",
                    "required": ["key", "text", "rationale"],
                    "additionalProperties": False,
                    "properties": {
                        "key": {"type": "string", "pattern": "^[a-z]$"},
                        "text": {**_TEXT, "description": "What the candidate reads."},
                        "right": {"const": True, "description": "On exactly one option."},
                        "rationale": {**_TEXT, "description": "Why it is right, or why not."},
                        "misconception": {
                            **_TEXT,
                            "description": "What a person believes who chooses it.",
                        },
                    },
                },
            },
            "official_answer": {**_TEXT, "description": "The whole answer, for reviewers."},
        },
    }

    def validate(self, content: Content) -> list[tuple[str, str]]:
        options = content["options"]
        keys = [option["key"] for option in options]
        right = sum(bool(option.get("right")) for option in options)
        found = []
        if len(set(keys)) < len(keys):
            found.append(("options", "Two options share a key."))
        if right != 1:
            found.append(("options", f"Exactly one option is right, not {right}."))
        for index, option in enumerate(options):
            if bool(option.get("right")) == bool(option.get("misconception")):
                sentence = "Every wrong option names its misconception, and the right one has none."
                found.append((f"options.{index}", sentence))
        return found

    def frozen(self, content: Content) -> dict[str, Any]:
        return dict(content)

    def context(self, content: Content, seed: int) -> dict[str, Any]:
        """What the candidate sees: nothing of what is right, the options in the seed's order."""
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
        if set(answer) - {"option"}:
            raise ValueError("An answer to a single choice holds an option and nothing else.")
        if "option" in answer and answer["option"] not in [o["key"] for o in content["options"]]:
            raise ValueError("That is not an option of this question.")

    def is_answered(self, content: Content, answer: Answer) -> bool:
        return bool(answer.get("option"))

    def code_to_grade(self, content: Content, answer: Answer) -> Code | None:
        return None

    def score(
        self, content: Content, answer: Answer, reports: Sequence[Report | None]
    ) -> float | None:
        right = next(option["key"] for option in content["options"] if option.get("right"))
        return 1.0 if answer.get("option") == right else 0.0


KIND = SingleChoice()
