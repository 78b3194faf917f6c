"""How a submission was graded before: each earlier grading beside the one that replaced it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assessments.models import Regrade, Submission
from grader.families import Family
from questions.templatetags.scores import TITLES, percent


@dataclass(frozen=True, slots=True)
class Grading:
    """One grading; `changes` says what differs from the one before it, in short sentences.

    `regrade` is what led to it: None of the first.
    """

    at: datetime
    grader: str
    verdict: str
    score: float | None
    regrade: Regrade | None
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _State:
    at: datetime
    grader: str
    verdict: str
    score: float | None
    families: Mapping[str, Any]


def gradings(submission: Submission) -> tuple[Grading, ...]:
    """Return all gradings of `submission`, the oldest first; none where it was graded but once.

    It was read with its report, and with its past gradings in `replaced`.
    """
    past = list(submission.past_gradings.all())
    if not past or submission.graded_at is None:
        return ()
    states = [_past(each) for each in past] + [_present(submission)]
    causes = [None, *(each.regrade for each in past)]
    befores = [None, *states]
    rows = zip(states, causes, befores, strict=False)
    return tuple(_grading(state, cause, before) for state, cause, before in rows)


def _past(past: Any) -> _State:
    return _State(past.graded_at, past.grader or "", past.verdict, past.score, past.families or {})


def _present(submission: Submission) -> _State:
    report = submission.report or {}
    at = submission.graded_at or submission.created_at
    families = report.get("families") or {}
    return _State(at, report.get("grader", ""), submission.verdict, submission.score, families)


def _grading(state: _State, cause: Regrade | None, before: _State | None) -> Grading:
    changes = tuple(_changes(before, state)) if before else ()
    return Grading(state.at, state.grader, state.verdict, state.score, cause, changes)


def _changes(before: _State, after: _State) -> Iterator[str]:
    if before.verdict != after.verdict:
        yield f"verdict from {before.verdict} to {after.verdict}"
    for family in Family:
        one, other = (_share(state.families, family) for state in (before, after))
        if one != other:
            yield f"{TITLES[family].lower()} from {percent(one)} to {percent(other)}"
    if before.grader != after.grader:
        yield "another version of the grader"


def _share(families: Mapping[str, Any], family: Family) -> float | None:
    found = families.get(family.value) or {}
    return found.get("score") if found.get("total") else None
