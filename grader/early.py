"""Judging beside the child: the truths while it works, findings while its speed is measured."""

from collections.abc import Iterator, Sequence

from grader.catalogue.task import Task
from grader.judge import Evidence, Finding, Truths, judged
from grader.plan import Check, Plan
from grader.sandbox.meanwhile import Meanwhile
from grader.sandbox.outcome import Ending, NotRun, Outcome, Result


class EarlyJudge(Meanwhile):
    """Finds out, while a child still works, what its results so far have settled."""

    def __init__(self, task: Task, plan: Plan, truths: Truths) -> None:
        self._task, self._plan, self._truths = task, plan, truths
        self._seen: Sequence[Result] = ()
        self._findings: dict[Check, Finding] = {}

    def beside_calls(self) -> Iterator[None]:
        return self._truths.prepare(self._plan.checks)

    def beside_timed(self, results: Sequence[Result]) -> Iterator[None]:
        self._seen = results
        outcome = Outcome(Ending.FINISHED, "", tuple(results), "", 0.0, 0.0)
        return self._judge(Evidence(self._task, self._plan, self._truths, outcome))

    def _judge(self, evidence: Evidence) -> Iterator[None]:
        for check in self._plan.checks:
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
