"""Filters of the candidate's pages: what a report of the sample checks says, in short."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template

from assessments.recruiter.report.endings import Ended, ended

register = template.Library()


@register.filter
def passed_count(checks: Sequence[Mapping[str, Any]]) -> int:
    return sum(check["passed"] for check in checks)


@register.filter
def ending(report: Mapping[str, Any]) -> Ended | None:
    """How the run ended, where it did not simply finish."""
    return ended(report)


@register.filter
def gradient_table(report: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The check whose gradient is worth a table: best one that has the numeric slopes too."""
    tables = [check for check in report["checks"] if check.get("gradient")]
    return max(tables, key=lambda check: check["gradient"][0]["numeric"] is not None, default=None)
