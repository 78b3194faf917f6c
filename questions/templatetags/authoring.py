"""Filters of the pages of authoring: people by name, what a question says, what changed."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString

from questions import kinds, rendering
from questions.authoring import differences
from questions.authoring.differences import Piece
from questions.authoring.nodes import as_data, label_of
from questions.authoring.schema import sections, titles
from questions.checking.formulas import MARKDOWN

register = template.Library()
# Shown above everything else, or in the preview.
_ELSEWHERE = {"kind", "title", "difficulty", "minutes"}
# What the label of a row says.
_IN_LABEL = {"key", "right"}


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
def kind_title(kind: str) -> str:
    return kinds.get(kind).title if kind in kinds.KINDS else kind


Said = tuple[str, str | SafeString]


@register.filter
def said(fields: Mapping[str, Any]) -> list[tuple[str, list[Said]]]:
    """All that a question says: the label of each field or row, and what it says in parts."""
    order = [name for names in sections(str(fields.get("kind"))) for name in names]
    names = [name for name in order if name in fields and name not in _ELSEWHERE]
    return [said for name in names for said in _rows(name, fields[name])]


def _rows(name: str, value: Any) -> Iterator[tuple[str, list[Said]]]:
    if not isinstance(value, list) or not any(isinstance(each, Mapping) for each in value):
        yield label_of(name), list(_parts(value, name))
        return
    for index, each in enumerate(value, start=1):
        key = each.get("key") if isinstance(each, Mapping) else None
        right = isinstance(each, Mapping) and each.get("right") is True
        label = f"{label_of(name).removesuffix('s')} {key or index}"
        yield f"{label}, right" if right else label, list(_parts(each, name))


def _parts(value: Any, name: str, label: str = "") -> Iterator[Said]:
    if isinstance(value, Mapping):
        for part, each in value.items():
            if part not in _IN_LABEL:
                named = "" if part == "text" else _joined(label, part)
                yield from _parts(each, part, named)
    elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        for index, each in enumerate(value, start=1):
            yield from _parts(each, name, f"{label} {index}")
    elif isinstance(value, list) and all(isinstance(each, str) for each in value):
        known = titles(name)
        for each in value:
            yield label, _text(known.get(each) or each, name)
    else:
        yield label, _text(as_data(value), name)


def _text(text: str, name: str) -> str | SafeString:
    return rendering.markdown(text) if name in MARKDOWN else text


def _joined(label: str, part: str) -> str:
    return f"{label}: {label_of(part).lower()}" if label else label_of(part)
