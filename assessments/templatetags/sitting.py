"""Filters of the candidate's pages: what a report of the sample checks says, in short."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.endings import Ended, ended
from questions import rendering

register = template.Library()


@register.filter
def at(mapping: Mapping[str, str] | None, key: str) -> str:
    return (mapping or {}).get(key, "")


@register.filter
def minutes(time: timedelta) -> str:
    """A time in whole minutes, rounded down: nobody is promised what they do not get."""
    whole = int(time.total_seconds() // 60)
    if whole < 1:
        return _("less than a minute")
    return ngettext("%(number)d minute", "%(number)d minutes", whole) % {"number": whole}


@register.filter
def without_markup(text: str) -> str:
    """Markdown as the plain text that an <option> can hold."""
    return rendering.plain(text)


@register.filter
def arranged(items: Sequence[Mapping[str, str]], answer: Mapping[str, Any]) -> list[Any]:
    """Items in the candidate's order, or as they came."""
    known = {item["key"]: item for item in items}
    return [known[key] for key in answer.get("order") or known]


@register.filter
def passed_count(checks: Sequence[Mapping[str, Any]]) -> int:
    return sum(check["passed"] for check in checks)


@register.filter
def failed(checks: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [check for check in checks if not check["passed"]]


@register.filter
def ending(report: Mapping[str, Any]) -> Ended | None:
    """How the run ended, where it did not simply finish."""
    return ended(report)


@register.filter
def gradient_table(report: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The check whose gradient is worth a table: best one that has the numeric slopes too."""
    tables = [check for check in report["checks"] if check.get("gradient")]
    return max(tables, key=lambda check: check["gradient"][0]["numeric"] is not None, default=None)
