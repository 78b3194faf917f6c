"""Work beside the child: the plan, then the truths, then findings while its speed is measured."""

from collections import deque
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache

import numpy as np

from grader.catalogue.task import Task
from grader.judge import Evidence, Finding, Truths, judged
from grader.plan import Check, Plan, make_plan, sample_plan
from grader.plan.efficiency import large_case
from grader.sandbox.call import Call
from grader.sandbox.meanwhile import Meanwhile
from grader.sandbox.outcome import Ending, NotRun, Outcome, Result


class EarlyJudge(Meanwhile):
    """Plans while a child loads its module, and finds out while it works what is settled by then.

    Args:
        task, seed, sample: of the plan.
    """

    def __init__(self, task: Task, seed: int, sample: bool = False) -> None:
        self._task, self._seed, self._sample = task, seed, sample
        self._seen: Sequence[Result] = ()
        self._findings: dict[Check, Finding] = {}
        if task.workshop is not None:
            # Foreign code takes its time, and nobody would watch the child.
            deque(self.beside_calls(), maxlen=0)

    @cached_property
    def plan(self) -> Plan:
        return sample_plan(self._task) if self._sample else make_plan(self._task, self._seed)

    @cached_property
    def truths(self) -> Truths:
        return truths_of(self.plan, self._task)

    def calls(self) -> Sequence[Call]:
        """Return the calls of the plan, which is made with the first question for it."""
        return self.plan.calls

    def beside_calls(self) -> Iterator[None]:
        return self.truths.prepare(self.plan.checks)

    def beside_timed(self, results: Sequence[Result]) -> Iterator[None]:
        self._seen = results
        outcome = Outcome(Ending.FINISHED, "", tuple(results), "", 0.0, 0.0)
        return self._judge(Evidence(self._task, self.plan, self.truths, outcome))

    def _judge(self, evidence: Evidence) -> Iterator[None]:
        for check in self.plan.checks:
            if not any(isinstance(self._seen[i], NotRun) for i in check.calls):
                self._findings[check] = judged(check, evidence)
                yield

    def findings(self, results: Sequence[Result]) -> dict[Check, Finding]:
        """Return what was found and still holds: of the very results that the run ended with."""
        return {
            check: finding
            for check, finding in self._findings.items()
            if all(results[i] is self._seen[i] for i in check.calls)
        }


@lru_cache(maxsize=8)
def truths_of(plan: Plan, task: Task) -> Truths:
    """Return the truths of a plan, kept as long as plans are: a candidate often submits again."""
    return Truths(task, None if plan.sample else large_truths(task))


@lru_cache(maxsize=3)
def large_truths(task: Task) -> Truths:
    """Return the truths of the large inputs, which are the same for every seed."""
    truths, case = Truths(task), large_case(task)
    with np.errstate(all="ignore"):
        truths.value(case)
        if task.gradient is not None:
            truths.gradient(case)
    return truths
