"""Filters for what people wrote: `{{ text|markdown }}`, `{{ latex|formula }}` and their like."""

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from questions import rendering

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    # A translated word may come as a promise of one.
    return rendering.markdown(str(text))


@register.filter
def formula(latex: str) -> SafeString:
    return rendering.formula(latex)


@register.filter
def formula_parts(latex: str) -> list[SafeString]:
    return rendering.formula_parts(latex)


@register.filter
def inline_formula(latex: str) -> SafeString:
    return rendering.formula(latex, block=False)


@register.filter
def python(source: str) -> SafeString:
    return rendering.python(source)


@register.filter
def python_lines(source: str) -> SafeString:
    return rendering.python(source, line_numbers=True)


@register.filter
def with_code(sentence: object) -> SafeString:
    """A sentence of plain text in which `backticks` mark code, and nothing else is marked up."""
    return mark_safe(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(str(sentence))))
