"""Filters of the coding pages: inputs as they were typed, and what a report says of which line."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django import template
from django.utils.translation import gettext_lazy

from assessments.endings import LINE
from assessments.models import Submission
from grader.inputs import Field

register = template.Library()
VERDICTS = {
    Submission.Verdict.PASSED: gettext_lazy("passed"),
    Submission.Verdict.PARTIAL: gettext_lazy("partial"),
    Submission.Verdict.FAILED: gettext_lazy("failed"),
    Submission.Verdict.ERROR: gettext_lazy("error"),
}


@register.filter
def typed(field: Field, content: Mapping[str, Any]) -> str:
    """What stands in a field: what the answer has there, or the example until it has any."""
    inputs: Mapping[str, str] = content.get("inputs") or {}
    return inputs.get(field.name, "") if inputs else field.example


@register.filter
def verdict_word(verdict: str) -> str:
    return str(VERDICTS[Submission.Verdict(verdict)])


@register.filter
def checks(submission: Submission) -> dict[str, int]:
    """How many checks of a run passed, of how many; of one that was read `with_families`."""
    families = (getattr(submission, "families", None) or {}).values()
    return {name: sum(each[name] for each in families) for name in ("passed", "total")}


@register.filter
def faults(report: Mapping[str, Any] | None) -> str:
    """As JSON for the editor: the lines that a report complains of, with what it says there."""
    found = {(line, text, level) for line, text, level in _faults(report or {}) if line}
    ordered = [{"line": line, "text": text, "level": level} for line, text, level in sorted(found)]
    return json.dumps(ordered)


def _faults(report: Mapping[str, Any]) -> Iterator[tuple[int | None, str, str]]:
    if error := report.get("error"):
        yield _line_of(error["detail"]), error["detail"], "error"
    for check in report.get("checks", []):
        detail = check.get("detail") or ""
        if not check["passed"]:
            yield _line_of(detail), detail, "error"
    own = report.get("own") or {}
    for part in (own["loss"], *own["grad"]) if own else ():
        yield part["line"], part["trouble"], "error"
    for warning in own.get("warnings", []):
        yield warning["line"], warning["text"], "warning"


def _line_of(sentence: str) -> int | None:
    match = LINE.search(sentence)
    return int(match[1]) if match else None
