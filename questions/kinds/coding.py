"""Coding: a loss of the catalogue, written by the candidate and judged by the grader."""

from collections.abc import Sequence
from typing import Any

from grader.catalogue import CATALOGUE, get
from grader.catalogue.task import Task
from questions.kinds import Answer, Content, Report

SOURCE_BYTES = 65_536


class Coding:
    """Content: `task` (a slug of the catalogue), `prompt`, `official_answer` where it says more
    than the catalogue. Answer: {"source": the module as typed}.
    """

    slug = "coding"
    title = "Coding"

    def validate(self, content: Content) -> list[tuple[str, str]]:
        if content.get("task") in CATALOGUE:
            return []
        return [("task", f"The catalogue has no task {content.get('task')!r}.")]

    def context(self, content: Content, seed: int) -> dict[str, Any]:
        task = get(content["task"])
        return {"prompt": content["prompt"], "task": task, "starter": starter(task)}

    def review(self, content: Content, answer: Answer) -> dict[str, Any]:
        task = get(content["task"])
        official = content.get("official_answer") or f"```python\n{task.variants[0].source}```"
        return {"prompt": content["prompt"], "task": task, "official_answer": official}

    def check_answer(self, content: Content, answer: Answer) -> None:
        source = answer.get("source", "")
        if set(answer) - {"source"} or not isinstance(source, str):
            raise ValueError("An answer to a coding question holds a source and nothing else.")
        if len(source.encode(errors="surrogatepass")) > SOURCE_BYTES:
            raise ValueError("The code is longer than 64 KiB.")

    def score(
        self, content: Content, answer: Answer, reports: Sequence[Report | None]
    ) -> float | None:
        """The best of the submissions counts: trying something else costs nothing."""
        if any(report is None for report in reports):
            return None
        return max((float(report["score"]) for report in reports if report), default=0.0)


def starter(task: Task) -> str:
    """Return the code that the editor opens with: the functions to write, and no hint."""
    lines = ["import numpy as np", ""]
    for function in task.functions:
        signature = task.signature.replace(f"{task.function}(", f"{function}(", 1)
        lines += ["", f"def {signature}:", "    raise NotImplementedError", ""]
    return "\n".join(lines)


KIND = Coding()
