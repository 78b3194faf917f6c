"""What nobody is known by: a task's starter, and right solutions as everybody may write them."""

from typing import Any

from assessments.similarity.winnowing import known_grams
from grader.catalogue import UnknownTask
from questions.kinds.coding import row_of
from questions.models import QuestionVersion


def usual_grams(version: QuestionVersion) -> frozenset[int]:
    """Return the grams that code for `version` may have from anybody."""
    content: Any = version.content
    return known_grams((version.rules.starter(content), *_solutions(content)))


def _solutions(content: Any) -> tuple[str, ...]:
    try:
        return tuple(variant.source for variant in row_of(content).variants)
    except UnknownTask:  # gone from the catalogue since the version was published
        return ()
