"""The hint of a check at the end of its sentence, where the result shows that it helps."""

from collections.abc import Iterable

import numpy as np

from grader.families import Family
from grader.judge.evidence import Evidence, Finding, numbers
from grader.sandbox.outcome import NotRun, Raised, Result, Returned

ORDINARY = (Family.VALUES, Family.GRADIENTS)


def add_hints(evidence: Evidence, findings: list[Finding]) -> None:
    """Say at failed checks what is right there, or the remedy.

    Code that never ran shows neither. A remedy for extreme numbers is none for a function that is
    wrong at ordinary ones too, unless it overflows besides.
    """
    missed = [finding for finding in findings if not finding.passed]
    broken = broken_functions(missed)
    for finding in missed:
        check, result = finding.check, evidence.result(finding.check)
        extreme = check.family is not Family.STABILITY or shows_extremes(
            result, ordinary=check.function not in broken
        )
        if check.hint and extreme and not isinstance(result, NotRun):
            finding.detail = f"{finding.detail} {check.hint}"


def broken_functions(findings: Iterable[Finding]) -> set[str]:
    """Return the functions that are wrong at ordinary numbers too."""
    failed = (finding.check for finding in findings if not finding.passed)
    return {check.function for check in failed if check.family in ORDINARY}


def shows_extremes(result: Result, *, ordinary: bool) -> bool:
    """Tell whether the magnitude is what a function failed at; `ordinary`: right elsewhere."""
    if ordinary:
        return isinstance(result, Returned | Raised)
    got = numbers(result)
    return got is not None and not np.isfinite(got).all()
