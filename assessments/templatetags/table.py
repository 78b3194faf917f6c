"""The table of candidates: headers that sort, and labels in their colours."""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

from django import template

from assessments.models import Label
from assessments.recruiter.table.columns import Column
from assessments.recruiter.table.table import Table, without

register = template.Library()

# As many as frontend/styles/_table.scss has colours.
HUES = 8


@register.inclusion_tag("recruiter/sort_header.html", takes_context=True)
def sort_header(context: Mapping[str, Any], column: Column) -> dict[str, Any]:
    """A header that sorts by its column, and turned round when it is chosen again."""
    table: Table = context["table"]
    query = table.query.copy()
    query["sort"] = column.second if table.order == column.first else column.first
    sorted_ = table.order.removeprefix("-") == column.key
    falls = "descending" if table.order.startswith("-") else "ascending"
    return {
        "column": column,
        "query": without(query, "page", "seen", "view"),
        "direction": falls if sorted_ else None,
    }


@register.filter
def hue(label: Label) -> int:
    """The colour of a label, which is that of its name."""
    return crc32(label.name.lower().encode()) % HUES
