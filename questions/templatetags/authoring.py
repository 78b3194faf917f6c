"""Filters of the pages of authoring: people by name, what a question says, what changed."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString

from questions import rendering
from questions.authoring import differences
from questions.authoring.differences import Piece
from questions.authoring.nodes import as_data, label_of
from questions.checking.formulas import MARKDOWN

register = template.Library()
# Shown above everything else, or in the preview.
_ELSEWHERE = {"slug", "kind", "title", "difficulty", "minutes"}


@register.filter
def person(user: Any) -> str:
    """A person's name, or who they are for us when they are gone."""
    return user.get_short_name() if user else "Somebody who left"


@register.filter
def pieces(before: str, after: str) -> list[Piece]:
    return differences.pieces(before, after)


@register.filter
def killed(result: Mapping[str, Any]) -> str:
    return f"{result['killed']} / {result['mutants']}"


@register.filter
def accepted(result: Mapping[str, Any]) -> str:
    return f"{result['accepted']} / {result['variants']}"


@register.filter
def said(fields: Mapping[str, Any]) -> list[tuple[str, str | SafeString]]:
    """All that a question says: label and text of each field, Markdown as it is read."""
    return list(_said({n: fields[n] for n in fields if n not in _ELSEWHERE}, ""))


def _said(value: Any, label: str, name: str = "") -> Iterator[tuple[str, str | SafeString]]:
    if isinstance(value, Mapping):
        for part, each in value.items():
            if part != "key":
                yield from _said(each, _joined(label, part), part)
    elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        for index, each in enumerate(value, start=1):
            key = each.get("key") if isinstance(each, Mapping) else None
            yield from _said(each, f"{label} {key or index}", name)
    elif isinstance(value, list):
        yield label, as_data(value)
    elif isinstance(value, str) and name in MARKDOWN:
        yield label, rendering.markdown(value)
    else:
        yield label, "yes" if value is True else "no" if value is False else str(value)


def _joined(label: str, part: str) -> str:
    return f"{label}: {label_of(part).lower()}" if label else label_of(part)
