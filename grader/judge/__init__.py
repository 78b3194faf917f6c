"""Judges what came back from the sandbox: pure functions of the plan and the results."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

import numpy as np

from grader.judge import wording
from grader.judge.curves import curves
from grader.judge.diagnosis import diagnose
from grader.judge.edge_cases import (
    judge_finite,
    judge_kept,
    judge_nan,
    judge_repeatable,
    judge_unchanged,
    judge_value_error,
)
from grader.judge.efficiency import judge_fast
from grader.judge.evidence import Evidence, Finding, Pace
from grader.judge.gradients import judge_differences, judge_gradient
from grader.judge.hints import add_hints
from grader.judge.report import Report
from grader.judge.score import Verdict, score, shares, verdict
from grader.judge.stability import sweep
from grader.judge.truth import Truths
from grader.judge.values import judge_value
from grader.plan.check import Ask, Check
from grader.sandbox.outcome import Ending, NotRun, Outcome

__all__ = [
    "Evidence",
    "Finding",
    "Pace",
    "Report",
    "Truths",
    "Verdict",
    "conclude",
    "examine",
    "judged",
    "settled",
]

NONE_KNOWN: Mapping[Check, Finding] = MappingProxyType({})

RULES: Mapping[Ask, Callable[[Check, Evidence], Finding]] = {
    Ask.VALUE: judge_value,
    Ask.GRADIENT: judge_gradient,
    Ask.DIFFERENCES: judge_differences,
    Ask.VALUE_ERROR: judge_value_error,
    Ask.NAN: judge_nan,
    Ask.FINITE: judge_finite,
    Ask.UNCHANGED: judge_unchanged,
    Ask.KEPT: judge_kept,
    Ask.REPEATABLE: judge_repeatable,
    Ask.FAST: judge_fast,
}


def judged(check: Check, evidence: Evidence) -> Finding:
    """Return the finding of one check, which comes from the results of its own calls alone."""
    # Overflow and NaN are what many checks are about, here and in the reference.
    with np.errstate(all="ignore"):
        return RULES[check.ask](check, evidence)


def examine(evidence: Evidence, known: Mapping[Check, Finding] = NONE_KNOWN) -> list[Finding]:
    """Return the finding of every check, from `known` where it is there.

    Whatever a candidate returned is data.
    """
    return [known.get(check) or judged(check, evidence) for check in evidence.plan.checks]


def settled(findings: Iterable[Finding]) -> dict[Check, Finding]:
    """Return those findings that the results of a second child can't change."""
    return {found.check: found for found in findings if found.check.ask is not Ask.REPEATABLE}


def explain(evidence: Evidence, findings: list[Finding]) -> None:
    """Add hints to the findings, and the calls of open checks."""
    with np.errstate(all="ignore"):
        add_hints(evidence, findings)
    if evidence.plan.sample:
        for finding in findings:
            finding.detail = f"{finding.detail} {called_as(evidence, finding.check)}".strip()


def called_as(evidence: Evidence, check: Check) -> str:
    """Return the call of an open check, for the candidate to try at home."""
    names = [argument.name for argument in evidence.task.arguments]
    return f"The call: `{wording.call(check.function, names, check.case)}`"


def conclude(evidence: Evidence, findings: list[Finding], grader: str = "") -> Report:
    """Explain the findings, and return the report that they make."""
    explain(evidence, findings)
    with np.errstate(all="ignore"):
        sentences = diagnose(evidence, findings)
        swept = sweep(evidence, findings)
    outcome = evidence.outcome
    judged = not all(isinstance(result, NotRun) for result in outcome.results)
    families = shares(findings)
    total = score(families)
    return Report(
        task=evidence.task.slug,
        seed=evidence.plan.seed,
        verdict=verdict(families, total, judged=judged),
        score=total,
        families=families,
        findings=findings,
        error=error_of(evidence, outcome),
        diagnosis=sentences,
        wall_seconds=outcome.wall_seconds,
        cpu_seconds=outcome.cpu_seconds,
        grader=grader,
        curves=curves(evidence.task, evidence.drawn) if judged else (),
        stability=swept if judged and not evidence.plan.sample else (),
        stdout=outcome.stdout if evidence.plan.sample else None,
    )


def error_of(evidence: Evidence, outcome: Outcome) -> Mapping[str, str] | None:
    """Return how the run ended where that matters.

    An ending within the timed calls costs efficiency and nothing else, unless the code did what is
    forbidden: that is worth knowing whenever it happens.
    """
    if outcome.ending is Ending.FINISHED:
        return None
    timed = set(evidence.plan.timed)
    reached = all(
        not isinstance(result, NotRun) for i, result in enumerate(outcome.results) if i not in timed
    )
    if timed and reached and outcome.ending is not Ending.FORBIDDEN:
        return None
    return {"kind": outcome.ending.value, "detail": outcome.detail}
