"""From a source to a report: plan, run, judge. The one caller of the sandbox."""

from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from grader.catalogue.task import Task
from grader.judge import Evidence, Report, Truths, judge
from grader.pacing import paces
from grader.plan import Plan, make_plan, sample_plan
from grader.plan.efficiency import large_case
from grader.sandbox import Sandbox
from grader.sandbox.outcome import Ending, Outcome


def grade(
    task: Task, source: str | bytes, seed: int, sandbox: Sandbox, *, sample: bool = False
) -> Report:
    """Run `source` on the inputs of `task` and judge what comes back.

    Only inputs enter the sandbox. With `sample` these are the few open checks of the Run button,
    whatever the seed. Raises SandboxFault where the sandbox fails, which is no verdict.
    """
    plan = sample_plan(task) if sample else make_plan(task, seed)
    outcome = sandbox.run(source, plan.calls, task.functions)
    second = run_again(task, source, plan, sandbox, outcome)
    evidence = Evidence(
        task,
        plan,
        truths_of(plan, task),
        replace(
            outcome,
            wall_seconds=outcome.wall_seconds + (second.wall_seconds if second else 0.0),
            cpu_seconds=outcome.cpu_seconds + (second.cpu_seconds if second else 0.0),
        ),
        dict(zip(plan.repeated, second.results, strict=True)) if second else {},
        paces(task, source, plan, outcome, sandbox),
    )
    return judge(evidence, grader_version())


def run_again(
    task: Task, source: str | bytes, plan: Plan, sandbox: Sandbox, outcome: Outcome
) -> Outcome | None:
    """Make the repeated calls in a fresh child, where the first one came to its end."""
    if not plan.repeated or outcome.ending is not Ending.FINISHED:
        return None
    return sandbox.run(source, [plan.calls[i] for i in plan.repeated], task.functions)


@lru_cache(maxsize=8)
def truths_of(plan: Plan, task: Task) -> Truths:
    """Return the truths of a plan, kept as long as plans are: a candidate often submits again."""
    return Truths(task, None if plan.sample else large_truths(task))


@lru_cache(maxsize=4)
def large_truths(task: Task) -> Truths:
    """Return the truths of the large inputs, which are the same for every seed."""
    truths, case = Truths(task), large_case(task)
    with np.errstate(all="ignore"):
        truths.value(case)
        if task.gradient is not None:
            truths.gradient(case)
    return truths


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
