"""What of a report outlives the code that it is about."""

from typing import Any

# Only numbers and the task's own words: no output, no message of the code.
KEPT_OF_A_REPORT = ("task", "verdict", "score", "families", "seconds", "seed", "grader")


def bare(report: dict[str, Any] | None) -> dict[str, Any] | None:
    if report is None:
        return None
    kept = {name: report[name] for name in KEPT_OF_A_REPORT if name in report}
    error = report.get("error")
    ending = {"kind": error["kind"], "detail": ""} if error else None
    return kept | {"checks": [], "diagnosis": [], "error": ending}
