"""Why nothing, or not everything, could be judged: a title and what it means for a reader."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, gettext_noop

LINE = re.compile(r"\bline (\d{1,5})\b", re.IGNORECASE)
_TITLES = {
    "syntax_error": gettext_noop("Not valid Python"),
    "import_error": gettext_noop("An import failed"),
    "missing_function": gettext_noop("A function is missing"),
    "exception": gettext_noop("The code stopped while it was loaded"),
    "timeout": gettext_noop("Timed out"),
    "memory_limit": gettext_noop("Out of memory"),
    "output_limit": gettext_noop("Printed too much"),
    "crashed": gettext_noop("The Python process crashed"),
    "too_large": gettext_noop("The source is too large"),
    "forbidden": gettext_noop("Something forbidden was tried"),
}
_MEANS = {
    "syntax_error": gettext_noop("Python could not read the code, so no check could run."),
    "import_error": gettext_noop(
        "The code imports what is not there; NumPy and the standard library are."
    ),
    "missing_function": gettext_noop(
        "The task asks for functions by name, and one of them was not defined."
    ),
    "exception": gettext_noop(
        "An error was raised while the module was loaded, so no check could run."
    ),
    "timeout": gettext_noop(
        "The code used up its time. Checks that ended before count; the others failed."
    ),
    "memory_limit": gettext_noop("The code asked for more memory than a run may use."),
    "output_limit": gettext_noop("The code printed more than a run may print."),
    "crashed": gettext_noop(
        "The process ended without an answer, as on a segmentation fault or a forced exit."
    ),
    "too_large": gettext_noop("The source is longer than a submission may be, so it was not run."),
    "forbidden": gettext_noop(
        "The code tried something that the sandbox does not allow, and was stopped."
    ),
}


@dataclass(frozen=True, slots=True)
class Ended:
    """A named ending of a run: title, what it means, and the grader's sentence about this one."""

    kind: str
    title: str
    means: str
    detail: str


def ended(report: Mapping[str, Any]) -> Ended | None:
    """Return how the run of `report` ended, None where it simply finished."""
    error = report.get("error")
    if not error:
        return None
    kind = error["kind"]
    title = gettext(_TITLES.get(kind) or kind.replace("_", " ").capitalize())
    means = _MEANS.get(kind)
    return Ended(kind, title, gettext(means) if means else "", error.get("detail", ""))


def lines_named(report: Mapping[str, Any]) -> set[int]:
    """Return the lines of the code that the report's error and failed checks point to."""
    sentences = [check.get("detail") or "" for check in report["checks"] if not check["passed"]]
    if error := report.get("error"):
        sentences.append(error.get("detail") or "")
    found = (LINE.findall(sentence) for sentence in sentences)
    return {int(number) for numbers in found for number in numbers}
