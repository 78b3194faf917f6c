"""Filters for reports: scores as words and levels, families in their order."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils import formats
from django.utils.translation import gettext, gettext_noop

from grader.families import Family

register = template.Library()

TITLES = {
    Family.VALUES: gettext_noop("Values"),
    Family.GRADIENTS: gettext_noop("Gradients"),
    Family.STABILITY: gettext_noop("Numerical stability"),
    Family.EDGE_CASES: gettext_noop("Edge cases"),
    Family.EFFICIENCY: gettext_noop("Efficiency"),
}
GOOD, FAIR = 0.9, 0.5


@register.filter
def percent(share: float | None) -> str:
    """0.876 → "87 %": never rounded up, so that only a full score reads 100 %."""
    return "-" if share is None else f"{int(share * 100 + 1e-9)} %"


@register.filter
def score(share: float | None) -> str:
    """0.6197 → "61.9 %", 0.6 → "60 %": with the digit that points have, never rounded up.

    Every page says it in these same characters.
    """
    if share is None:
        return "-"
    points = f"{int(share * 1000 + 1e-6) / 10:g}"
    return f"{points.replace('.', formats.get_format('DECIMAL_SEPARATOR'))} %"


@register.filter
def weight(share: float) -> str:
    """0.1893 → "18.9 %": what a part counts for, rounded, so that the parts make up the whole."""
    points = f"{round(share * 100, 1):g}"
    return f"{points.replace('.', formats.get_format('DECIMAL_SEPARATOR'))} %"


@register.filter
def level(share: float | None) -> str:
    """The level whose colour a share is shown in."""
    if share is None:
        return "none"
    return "good" if share >= GOOD else "fair" if share >= FAIR else "poor"


@register.filter
def families(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The report's families in their usual order, each with its title."""
    found = report.get("families") or {}
    return [
        {**found[key], "key": key, "title": gettext(TITLES[key])} for key in Family if key in found
    ]


@register.filter
def family_title(key: str) -> str:
    return gettext(TITLES[Family(key)])


@register.filter
def number(value: float | str | None) -> str:
    """0.1234567 → "0.123457": enough digits to compare by eye; words for what is no number."""
    if value is None:
        return "-"
    return value if isinstance(value, str) else f"{value:.6g}"
