"""What the judge looks at, and what it finds at one check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.catalogue.task import Array, Task
from grader.judge import wording
from grader.judge.truth import Truths
from grader.plan.check import Check, Plan
from grader.sandbox.outcome import NotRun, Outcome, Raised, Result, Returned, Unusable


@dataclass(frozen=True, slots=True)
class Pace:
    """CPU seconds of the timed calls of one function, the candidate's and the yardstick's."""

    candidate: float
    yardstick: float


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Everything that is known of one submission.

    Attributes:
        outcome: the run of the whole plan.
        second: results of the calls that a fresh child made again, by position in the plan.
        paces: by function; a function that could not be timed is missing.
        drawn: results of the calls of the task's curves; empty where they were not made.
    """

    task: Task
    plan: Plan
    truths: Truths
    outcome: Outcome
    second: Mapping[int, Result] = field(default_factory=dict)
    paces: Mapping[str, Pace] = field(default_factory=dict)
    drawn: Sequence[Result] = ()

    def result(self, check: Check, which: int = 0) -> Result:
        """Return the result of one of the check's calls."""
        return self.outcome.results[check.calls[which]]


@dataclass(slots=True)
class Finding:
    """The answer to one check.

    Attributes:
        expected, got: short strings for people.
        detail: one sentence for a person, "" where there is nothing to say.
        share: what part of the tolerance the worst number took; 0 where there is none.
        credit: 1 or 0, for efficiency anything between.
        table: rows of the gradient, element by element.
    """

    check: Check
    passed: bool
    expected: str
    got: str
    detail: str = ""
    share: float = 0.0
    credit: float = -1.0
    table: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.credit < 0:
            self.credit = float(self.passed)

    def as_dict(self) -> dict[str, Any]:
        """Return the check as the report's JSON has it."""
        entry: dict[str, Any] = {
            "family": self.check.family.value,
            "name": self.check.name,
            "passed": self.passed,
            "expected": self.expected,
            "got": self.got,
            "detail": self.detail,
        }
        if self.table:
            entry["gradient"] = self.table
        return entry


def failed(check: Check, expected: str, got: str, detail: str) -> Finding:
    """Return a failed finding; its hint comes later, where it helps (`add_hints`)."""
    return Finding(check, False, expected, got, detail)


def numbers(result: Result) -> Array | None:
    """Return the one array of a result; None where it is something else."""
    if isinstance(result, Returned) and result.form != "tuple":
        return result.values[0]
    return None


def describe(result: Result) -> str:
    """Return what came back, for the `got` of a check."""
    if isinstance(result, Returned):
        return ", ".join(wording.array(values) for values in result.values)
    if isinstance(result, Raised):
        return f"raised {exception_name(result)}"
    if isinstance(result, Unusable):
        return wording.short(result.what)
    return "not run"


def exception_name(raised: Raised) -> str:
    """Return the name of the built-in exception, which can hold nothing of the inputs."""
    return wording.short(raised.bases[0]) if raised.bases else "an exception"


def trouble(evidence: Evidence, check: Check, result: Result) -> str | None:
    """Return the sentence on a result that is no numbers; None where there are numbers."""
    function = check.function
    if isinstance(result, Returned):
        return None
    if isinstance(result, Raised):
        return _exception(evidence, function, result)
    if isinstance(result, Unusable):
        return f"`{function}` returned {wording.short(result.what)}; {_wanted(evidence, function)}."
    return _not_run(evidence, function, result)


def _wanted(evidence: Evidence, function: str) -> str:
    parts = len(evidence.task.differentiated)
    if function == "loss":
        return "one plain real number is asked"
    if function == "grad" and parts > 1:
        return f"a tuple of {parts} plain real arrays is asked"
    return "a plain real array is asked"


def _exception(evidence: Evidence, function: str, raised: Raised) -> str:
    where = f" in line {raised.line}" if raised.line else ""
    said = f": {wording.short(raised.message)}" if evidence.plan.sample and raised.message else ""
    name = exception_name(raised)
    return f"`{function}` raised {wording.article(name)}{where} where a number is asked{said}."


def _not_run(evidence: Evidence, function: str, result: NotRun) -> str:
    why = evidence.outcome.detail or "The run ended before."
    if result.running:
        return f"`{function}` was stopped in this call. {why}"
    return f"`{function}` was not reached. {why}"
