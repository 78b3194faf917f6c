"""How fast a submission is, as CPU time next to the yardstick's in the same sandbox."""

from dataclasses import dataclass

from grader.catalogue.task import Task
from grader.judge import Pace
from grader.judge.efficiency import FULL, ratio
from grader.plan import Plan
from grader.sandbox import Sandbox
from grader.sandbox.call import Call
from grader.sandbox.outcome import Outcome, Result, Returned

# A yardstick's time is used this often before it is measured again: the machine's load changes.
USES = 100
# From this share of the allowed ratio on, both sides are measured again before anything is said.
NARROW = 0.5
REPEATS = 2

Seconds = dict[str, float]


@dataclass(slots=True)
class _Measured:
    seconds: Seconds
    uses: int = 0


_yardsticks: dict[Task, _Measured] = {}


def paces(
    task: Task, source: str | bytes, plan: Plan, outcome: Outcome, sandbox: Sandbox
) -> dict[str, Pace]:
    """Return the pace of each function that was timed.

    The yardstick is the task's first variant, in a child of its own, never beside the candidate's
    code. A narrow or failed ratio is measured again, both sides in turn, and the least times count:
    a busy machine makes a call slower and never faster.
    """
    calls = [plan.calls[i] for i in plan.timed]
    seconds = fastest(calls, [outcome.results[i] for i in plan.timed])
    if not seconds:
        return {}
    yardstick = _yardstick(task, calls, sandbox)
    for _ in range(REPEATS):
        if not _narrow(seconds, yardstick):
            break
        # A fresh pair: the stored yardstick may be from a quieter moment, which would be unfair.
        yardstick = _measure(task, calls, sandbox)
        again = sandbox.run(source, calls, task.functions)
        seconds = least(seconds, fastest(calls, again.results))
    return {name: Pace(seconds[name], yardstick[name]) for name in seconds if name in yardstick}


def _narrow(seconds: Seconds, yardstick: Seconds) -> bool:
    shared = seconds.keys() & yardstick.keys()
    return any(ratio(seconds[name], yardstick[name]) > NARROW * FULL for name in shared)


def _yardstick(task: Task, calls: list[Call], sandbox: Sandbox) -> Seconds:
    known = _yardsticks.get(task)
    if known is None or known.uses >= USES:
        _measure(task, calls, sandbox)
        known = _yardsticks[task]
    known.uses += 1
    return known.seconds


def _measure(task: Task, calls: list[Call], sandbox: Sandbox) -> Seconds:
    outcome = sandbox.run(task.variants[0].source, calls, task.functions)
    seconds = fastest(calls, outcome.results)
    _yardsticks[task] = _Measured(seconds)
    return seconds


def fastest(calls: list[Call], results: list[Result] | tuple[Result, ...]) -> Seconds:
    """Return the least CPU seconds that each function took; a call without a time is left out."""
    found: Seconds = {}
    for call, result in zip(calls, results, strict=True):
        if isinstance(result, Returned) and result.cpu_seconds is not None:
            found[call.function] = min(result.cpu_seconds, found.get(call.function, float("inf")))
    return found


def least(one: Seconds, other: Seconds) -> Seconds:
    """Return the smaller time of each function."""
    return {name: min(one[name], other.get(name, one[name])) for name in one}
