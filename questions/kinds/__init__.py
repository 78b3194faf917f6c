"""The kinds of question: each module here with a KIND is one, found by itself.

A kind validates a question's content, says what a page shows of it, and scores an answer.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol

Content = Mapping[str, Any]
Answer = Mapping[str, Any]
Report = Mapping[str, Any]


class Kind(Protocol):
    """What every kind knows.

    `validate` returns (field path, sentence) pairs, none for good content. `context` is what a
    candidate may see, `review` adds what only a reviewer may. `check_answer` raises ValueError with
    a sentence for an answer of another shape. `score` returns the share earned, 0 to 1,
    or None while a report is missing.
    """

    slug: str
    title: str

    def validate(self, content: Content) -> list[tuple[str, str]]: ...
    def context(self, content: Content, seed: int) -> dict[str, Any]: ...
    def review(self, content: Content, answer: Answer) -> dict[str, Any]: ...
    def check_answer(self, content: Content, answer: Answer) -> None: ...
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
