"""A filter for excerpts on the study pages."""

from html import unescape

from django import template
from django.utils.html import strip_tags

from questions import rendering

register = template.Library()


@register.filter
def bare(text: str) -> str:
    """Markdown as plain text in one line, formulas as their symbols in a row."""
    return " ".join(unescape(strip_tags(rendering.markdown(text))).split())
