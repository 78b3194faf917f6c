"""From a source to a report: plan, run, judge. The one caller of the sandbox."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from grader.catalogue.task import Task
from grader.early import EarlyJudge
from grader.families import Family
from grader.inputs import case_of
from grader.judge import Evidence, Finding, Report, conclude, examine, settled
from grader.judge.trial import trial_report
from grader.pacing import paces
from grader.plan.curves import curve_calls
from grader.plan.trial import slope_calls, trial_calls
from grader.sandbox import Sandbox
from grader.sandbox.outcome import Ending, Limits, Returned

# Of a run on a candidate's own inputs: somebody waits for it, and it may well never end.
TRIAL_LIMITS = Limits(wall_seconds=3.0)
# The same prints come hundreds of times while slopes are measured, and nobody reads them.
SLOPE_LIMITS = replace(TRIAL_LIMITS, stdout_bytes=4_000_000)
# The module itself did not come to stand, so that there is nothing to call.
UNLOADED = frozenset(
    {
        Ending.SYNTAX_ERROR,
        Ending.IMPORT_ERROR,
        Ending.MISSING_FUNCTION,
        Ending.EXCEPTION,
        Ending.TOO_LARGE,
    }
)


def grade(
    task: Task,
    source: str | bytes,
    seed: int,
    sandbox: Sandbox,
    *,
    sample: bool = False,
    inputs: Mapping[str, Any] | None = None,
) -> Report:
    """Run `source` on the inputs of `task` and judge what comes back.

    Only inputs enter the sandbox. With `sample` these are the few open checks of the Run button,
    whatever the seed, and then the candidate's own `inputs`, as `grader.inputs` has them. Raises
    SandboxFault where the sandbox fails, which is no verdict.
    """
    early = EarlyJudge(task, seed, sample)
    outcome = sandbox.run(source, early.calls, task.functions, meanwhile=early)
    pace = paces(task, source, early.plan, outcome, sandbox)
    evidence = Evidence(task, early.plan, early.truths, outcome, paces=pace)
    findings = examine(evidence, early.findings(outcome.results))
    if worth_a_second_run(evidence, findings):
        evidence = with_second_run(evidence, source, sandbox)
        findings = examine(evidence, settled(findings))
    report = conclude(evidence, findings, grader_version())
    if sample and inputs and outcome.ending not in UNLOADED:
        return replace(report, own=try_out(task, source, inputs, sandbox))
    return report


def try_out(
    task: Task, source: str | bytes, inputs: Mapping[str, Any], sandbox: Sandbox
) -> dict[str, Any]:
    """Call `source` on a candidate's own inputs, and return what it did: not what is right.

    Slopes of the loss come from a child of their own, so that what was printed is of the calls.
    """
    case = case_of(task, inputs)
    outcome = sandbox.run(source, trial_calls(task, case), task.functions, TRIAL_LIMITS)
    with np.errstate(all="ignore"):
        probes = slope_calls(task, case)
        slopes = None
        if probes and isinstance(outcome.results[0], Returned):
            slopes = sandbox.run(source, probes, task.functions, SLOPE_LIMITS)
        return trial_report(task, case, outcome, slopes, probes)


def worth_a_second_run(evidence: Evidence, findings: Sequence[Finding]) -> bool:
    """Tell whether a second, fresh child can tell more: of state between calls, or by curves.

    It cannot where every number was right: repeated calls in the first child, in an order that
    nobody could know, have given the same numbers by then, and the curves are the reference's. The
    few open checks prove less, and their curves are always drawn. Nor can it where the first child
    did not finish.
    """
    plan = evidence.plan
    if evidence.outcome.ending is not Ending.FINISHED:
        return False
    if not plan.repeated and not evidence.task.curves:
        return False
    counted = (f for f in findings if f.check.family is not Family.EFFICIENCY)
    return plan.sample or not all(finding.passed for finding in counted)


def with_second_run(evidence: Evidence, source: str | bytes, sandbox: Sandbox) -> Evidence:
    """Make the repeated calls in a fresh child, in another order, then those of the curves."""
    plan, first = evidence.plan, evidence.outcome
    again, drawn = [plan.calls[i] for i in plan.repeated], curve_calls(evidence.task)
    second = sandbox.run(source, [*again, *drawn], evidence.task.functions)
    outcome = replace(
        first,
        wall_seconds=first.wall_seconds + second.wall_seconds,
        cpu_seconds=first.cpu_seconds + second.cpu_seconds,
    )
    repeated, rest = second.results[: len(again)], second.results[len(again) :]
    results = dict(zip(plan.repeated, repeated, strict=True))
    return replace(evidence, outcome=outcome, second=results, drawn=rest)


@lru_cache(maxsize=1)
def grader_version() -> str:
    """Return the release, a digest of everything that judges, and NumPy's version."""
    here = Path(__file__).parent
    digest = sha256()
    for path in sorted(path for part in JUDGING for path in (here / part).rglob("*.py")):
        digest.update(path.read_bytes())
    try:
        release = version("minima")
    except PackageNotFoundError:  # a plain checkout, which nobody installed
        release = "0"
    return f"{release}+{digest.hexdigest()[:12]} numpy-{np.__version__}"


JUDGING = ("catalogue", "plan", "judge")
