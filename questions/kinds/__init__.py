"""The kinds of question: each module here with a KIND is one, found by itself.

A kind validates a question's content, says what a page shows of it, and scores an answer.
"""

from importlib import import_module
from pkgutil import iter_modules

from questions.kinds.kind import Answer, Code, Content, Kind, Report

__all__ = ["KINDS", "Answer", "Code", "Content", "Kind", "Report", "choices", "get"]


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
