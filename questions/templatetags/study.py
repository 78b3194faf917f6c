"""A filter for excerpts on the study pages."""

from django import template

from questions import rendering

register = template.Library()


@register.filter
def bare(text: str) -> str:
    """Markdown as plain text in one line, each formula in its place."""
    return " ".join(rendering.plain(text).split())
