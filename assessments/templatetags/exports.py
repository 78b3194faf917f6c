"""How large an export is, in words."""

from django import template

register = template.Library()


@register.filter
def thousands(number: int) -> str:
    """Return `number` with commas: 100,000."""
    return f"{number:,}"
