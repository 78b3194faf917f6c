"""Why nothing, or not everything, could be judged: a title and what it means for a reader."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LINE = re.compile(r"\bline (\d{1,5})\b", re.IGNORECASE)
_TITLES = {
    "syntax_error": "Not valid Python",
    "import_error": "An import failed",
    "missing_function": "A function is missing",
    "exception": "The code stopped while it was loaded",
    "timeout": "Timed out",
    "memory_limit": "Out of memory",
    "output_limit": "Printed too much",
    "crashed": "The Python process crashed",
    "too_large": "The source is too large",
    "forbidden": "Something forbidden was tried",
}
_MEANS = {
    "syntax_error": "Python could not read the code, so no check could run.",
    "import_error": "The code imports what is not there; NumPy and the standard library are.",
    "missing_function": "The task asks for functions by name, and one of them was not defined.",
    "exception": "An error was raised while the module was loaded, so no check could run.",
    "timeout": "The code used up its time. Checks that ended before count; the others failed.",
    "memory_limit": "The code asked for more memory than a run may use.",
    "output_limit": "The code printed more than a run may print.",
    "crashed": "The process ended without an answer, as on a segmentation fault or a forced exit.",
    "too_large": "The source is longer than a submission may be, so it was not run.",
    "forbidden": "The code tried something that the sandbox does not allow, and was stopped.",
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
    title = _TITLES.get(kind, kind.replace("_", " ").capitalize())
    return Ended(kind, title, _MEANS.get(kind, ""), error.get("detail", ""))


def lines_named(report: Mapping[str, Any]) -> set[int]:
    """Return the lines of the code that the report's error and failed checks point to."""
    sentences = [check.get("detail") or "" for check in report["checks"] if not check["passed"]]
    if error := report.get("error"):
        sentences.append(error.get("detail") or "")
    found = (LINE.findall(sentence) for sentence in sentences)
    return {int(number) for numbers in found for number in numbers}
