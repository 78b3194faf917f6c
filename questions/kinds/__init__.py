"""The kinds of question: each module here with a KIND is one, found by itself.

A kind validates a question's content, says what a page shows of it, and scores an answer.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, NamedTuple, Protocol

Content = Mapping[str, Any]
Answer = Mapping[str, Any]
Report = Mapping[str, Any]


class Code(NamedTuple):
    """What the grader is asked to judge: a slug of its catalogue, and a module."""

    task: str
    source: str


class Kind(Protocol):
    """What every kind knows.

    `schema` is the JSON Schema of its content; `validate` returns (field path, sentence) pairs for
    what a schema cannot say, none for good content. `frozen` is the content as a published version
    keeps it, with a copy of all that is shown. `context` is what a candidate may see, `review` adds
    what only a reviewer may. `is_answered` tells an answer from an untouched question.
    `check_answer` raises ValueError with a sentence for an answer of another shape. `code_to_grade`
    is what an answer holds for the grader, None where it holds nothing worth grading. `score`
    returns the share earned, 0 to 1, or None while a report is missing.
    """

    slug: str
    title: str
    schema: Mapping[str, Any]

    def validate(self, content: Content) -> list[tuple[str, str]]: ...
    def frozen(self, content: Content) -> dict[str, Any]: ...
    def context(self, content: Content, seed: int) -> dict[str, Any]: ...
    def review(self, content: Content, answer: Answer) -> dict[str, Any]: ...
    def check_answer(self, content: Content, answer: Answer) -> None: ...
    def is_answered(self, content: Content, answer: Answer) -> bool: ...
    def code_to_grade(self, content: Content, answer: Answer) -> Code | None: ...
    def score(
        self, content: Content, answer: Answer, reports: Sequence[Report | None]
    ) -> float | None: ...


def _collect() -> dict[str, Kind]:
    modules = (import_module(f"{__name__}.{entry.name}") for entry in iter_modules(__path__))
    found: list[Kind] = [module.KIND for module in modules if hasattr(module, "KIND")]
    return {kind.slug: kind for kind in sorted(found, key=lambda kind: kind.slug)}


KINDS = _collect()


def get(slug: str) -> Kind:
    """Return the kind called `slug`; raise KeyError where there is none."""
    return KINDS[slug]


def choices() -> list[tuple[str, str]]:
    return [(kind.slug, kind.title) for kind in KINDS.values()]
