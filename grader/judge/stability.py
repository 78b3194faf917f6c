"""The sweep of magnitudes as one picture: at which of them a submission holds, and how it fails."""

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import numpy as np

from grader.catalogue.task import Array
from grader.families import Family
from grader.judge.comparison import wrong_elements
from grader.judge.evidence import Evidence, Finding
from grader.judge.gradients import returned_part
from grader.judge.hints import broken_functions, shows_extremes
from grader.judge.truth import Truth, is_single
from grader.judge.values import form_misfit
from grader.plan.check import Ask, Check
from grader.sandbox.outcome import NotRun, Raised, Returned

SINGLE = ", float32"
AGAIN = ", once more"
# Of a float64; fewer than that and a number was wrong before it lost any.
MOST_DIGITS = 15.0
KEPT = 2.0


class Held(StrEnum):
    """What happened at one magnitude."""

    RIGHT = "right"
    DIGITS = "digits"  # near, and not near enough: cancellation
    VANISHED = "vanished"  # 0 where there is something: underflow
    OVERFLOW = "overflow"
    NAN = "nan"
    WRONG = "wrong"  # as wrong as at ordinary magnitudes
    RAISED = "raised"
    UNUSABLE = "unusable"  # no numbers, or of another shape
    NOT_RUN = "not_run"


def sweep(evidence: Evidence, findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return what happened at each magnitude as plain data for JSON, in the order of the row.

        {"name", "function", "dtype", "state", "digits", "remedy"}

    `state` is a `Held`; `digits` is how many decimal digits are right where some are lost, else
    null; `remedy` is the cure that is missing, "" where the magnitude is not what it failed at.
    Of two checks at the same magnitude the one that failed is told.
    """
    broken = broken_functions(findings)
    cells: dict[tuple[str, str, str], dict[str, Any]] = {}
    for finding in findings:
        if finding.check.family is Family.STABILITY:
            cell = _cell(evidence, finding, ordinary=finding.check.function not in broken)
            place = (cell["name"], cell["function"], cell["dtype"])
            if cells.get(place, cell)["state"] == Held.RIGHT or place not in cells:
                cells[place] = cell
    return list(cells.values())


def _cell(evidence: Evidence, finding: Finding, *, ordinary: bool) -> dict[str, Any]:
    check, result = finding.check, evidence.result(finding.check)
    function, _, name = check.name.partition(": ")
    state, digits = (Held.RIGHT, None) if finding.passed else _failed(check, evidence, ordinary)
    told = not finding.passed and not isinstance(result, NotRun)
    return {
        "name": name.removesuffix(SINGLE).removesuffix(AGAIN),
        "function": function,
        "dtype": "float32" if is_single(check.case) else "float64",
        "state": state.value,
        "digits": digits,
        "remedy": check.hint if told and shows_extremes(result, ordinary=ordinary) else "",
    }


def _failed(check: Check, evidence: Evidence, ordinary: bool) -> tuple[Held, float | None]:
    result = evidence.result(check)
    if isinstance(result, NotRun):
        return Held.NOT_RUN, None
    if isinstance(result, Raised):
        return Held.RAISED, None
    got, truth = _numbers(check, evidence)
    if got is None:
        return Held.UNUSABLE, None
    return _state(got, truth, ordinary)


def _numbers(check: Check, evidence: Evidence) -> tuple[Array | None, Truth]:
    result = evidence.result(check)
    if check.ask is Ask.GRADIENT:
        truth = evidence.truths.gradient(check.case)[check.part]
        return returned_part(check, evidence, result, truth)[0], truth
    truth = evidence.truths.value(check.case)
    if not isinstance(result, Returned) or result.form == "tuple":
        return None, truth
    got = result.values[0]
    return (None if form_misfit(check, got, truth.expected) else got), truth


def _state(got: Array, truth: Truth, ordinary: bool) -> tuple[Held, float | None]:
    wrong, expected = wrong_elements(got, truth), truth.expected
    if np.isnan(got[wrong]).any():
        return Held.NAN, None
    if np.isinf(got[wrong]).any():
        return Held.OVERFLOW, None
    if ordinary and wrong.any() and not got[wrong].any() and expected[wrong].all():
        return Held.VANISHED, None
    digits = _digits(got, truth)
    if ordinary or digits >= KEPT:
        return Held.DIGITS, digits
    return Held.WRONG, None


def _digits(got: Array, truth: Truth) -> float:
    """How many decimal digits of the worst element are right, from 0 on."""
    scale = np.maximum(np.abs(truth.expected), truth.atol / truth.rtol)
    with np.errstate(all="ignore"):
        error = float(np.max(np.abs(got - truth.expected) / scale, initial=0.0))
    if not error > 0:
        return MOST_DIGITS
    return round(min(MOST_DIGITS, max(0.0, -math.log10(error))), 1)
