"""Which of the row's misconceptions gives the very numbers that came back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from grader.catalogue.task import Array, Misconception
from grader.families import Family
from grader.judge.evidence import Evidence, Finding
from grader.judge.rehearsal import answer, functions_of
from grader.plan.check import Ask, Check, Plan
from grader.sandbox.outcome import Raised, Result, Returned

# What a misconception can be run on; the other checks are about more than one result.
RERUN = {Ask.VALUE, Ask.GRADIENT, Ask.VALUE_ERROR, Ask.NAN, Ask.FINITE}
FAILED_PER_FAMILY = 6
PASSED_PER_FAMILY = 10
MOST = 2
NEAR = 1e-6
OWN_ERROR = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """A misconception and the failed checks whose results it gives."""

    sentence: str
    explained: list[Finding]


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    misconception: Misconception
    explained: list[Finding]
    missed: int  # failed checks of the kinds it explains that it does not explain
    contradicted: int  # checks of those kinds that passed and would not have
    elsewhere: int  # checks of other kinds that passed and would not have

    @property
    def rank(self) -> tuple[int, int, int]:
        agreement = len(self.explained) - 2 * self.contradicted - self.missed
        return agreement, -self.elsewhere, len(self.explained)


def matching(evidence: Evidence, findings: Sequence[Finding]) -> list[Match]:
    """Return the misconceptions that explain failed checks, the one that explains most first.

    Several results must agree, unless there is but one failed check and nothing speaks against.
    Every failed check of which the same could be said counts as explained, not only those that
    were run.
    """
    failed = [f for f in findings if not f.passed and f.check.ask in RERUN]
    tried = _spread(failed, FAILED_PER_FAMILY)
    passed = _spread([f for f in findings if f.passed and f.check.ask in RERUN], PASSED_PER_FAMILY)
    matches: list[Match] = []
    candidates = [_try(m, evidence, tried, passed) for m in evidence.task.misconceptions]
    while tried and candidates and len(matches) < MOST:
        best = max(candidates, key=lambda trial: trial.rank)
        if not _convincing(best, len(failed)):
            break
        kinds = {_kind(finding) for finding in best.explained}
        explained = [f for f in findings if not f.passed and _kind(f) in kinds]
        matches.append(Match(best.misconception.sentence, explained))
        candidates = [_without(trial, best.explained) for trial in candidates]
    return matches


def _kind(finding: Finding) -> tuple[Family, str]:
    """A mistake that a misconception makes in loss and grad may have been made in one alone."""
    return finding.check.family, finding.check.function


def _spread(findings: list[Finding], most: int) -> list[Finding]:
    """Return at most `most` findings of each family, evenly spread over its checks."""
    chosen = []
    for family in Family:
        own = [finding for finding in findings if finding.check.family is family]
        step = max(1, -(-len(own) // most))
        chosen += own[::step]
    return chosen


def _try(
    misconception: Misconception, evidence: Evidence, tried: list[Finding], passed: list[Finding]
) -> _Trial:
    rehearsal = Rehearsal(misconception.source, evidence, [*tried, *passed])
    explained = [f for f in tried if _gives(rehearsal, evidence, f, wrong=True)]
    kinds = {_kind(finding) for finding in explained}
    missed = sum(_kind(f) in kinds for f in tried) - len(explained)
    against = [f for f in passed if explained and not _gives(rehearsal, evidence, f)]
    contradicted = sum(_kind(f) in kinds for f in against)
    return _Trial(misconception, explained, missed, contradicted, len(against) - contradicted)


class Rehearsal:
    """What a misconception gives at the checks of some findings."""

    def __init__(self, source: str, evidence: Evidence, findings: Sequence[Finding]) -> None:
        self._source = source
        self._calls = evidence.plan.calls
        self._known = _known(evidence.plan)
        self._foreign: Mapping[int, Result] | None = None
        if evidence.task.workshop is not None:  # all at once: a child each would take a second
            places = [finding.check.calls[0] for finding in findings]
            calls = [self._calls[place] for place in places]
            results = evidence.task.workshop.rehearse(source, calls)
            self._foreign = dict(zip(places, results, strict=True))

    def at(self, finding: Finding) -> Result:
        """Return its result of the first call of the check."""
        place = finding.check.calls[0]
        if self._foreign is not None:
            return self._foreign[place]
        key = self._source, place
        if key not in self._known:
            self._known[key] = answer(functions_of(self._source), self._calls[place])
        return self._known[key]


@lru_cache(maxsize=8)
def _known(plan: Plan) -> dict[tuple[str, int], Result]:
    """What misconceptions gave at calls of a plan: a candidate often submits again."""
    return {}


def _gives(
    rehearsal: Rehearsal, evidence: Evidence, finding: Finding, *, wrong: bool = False
) -> bool:
    """Tell whether it gives the result of the check; where that is `wrong`, the same error too."""
    own, result = rehearsal.at(finding), evidence.result(finding.check)
    return same(own, result) and not (wrong and _another_error(evidence, finding.check, own))


def _another_error(evidence: Evidence, check: Check, own: Result) -> bool:
    """Tell whether a misconception's result differs from a candidate's by most of the latter's
    error: such a result is near the wrong one only because both are near the right one."""
    result = evidence.result(check)
    if check.ask not in (Ask.VALUE, Ask.GRADIENT):
        return False
    if not isinstance(own, Returned) or not isinstance(result, Returned):
        return False
    if check.ask is Ask.VALUE:
        expected = evidence.truths.value(check.case).expected
    else:
        expected = evidence.truths.gradient(check.case)[check.part].expected
    part = check.part if len(result.values) > check.part else 0
    a, b = own.values[part].astype(np.float64), result.values[part].astype(np.float64)
    if b.shape != expected.shape:
        return False
    finite = np.isfinite(a) & np.isfinite(b) & np.isfinite(expected)
    error = np.max(np.abs(b - expected)[finite], initial=0.0)
    return bool(error > 0 and np.max(np.abs(a - b)[finite], initial=0.0) > OWN_ERROR * error)


def _convincing(trial: _Trial, failed: int) -> bool:
    count = len(trial.explained)
    if count == 0 or trial.contradicted or trial.missed > count:
        return False
    return count > 1 or failed == 1


def _without(trial: _Trial, explained: list[Finding]) -> _Trial:
    gone = {id(finding) for finding in explained}
    left = [finding for finding in trial.explained if id(finding) not in gone]
    return replace(trial, explained=left)


def same(one: Result, other: Result) -> bool:
    """Tell whether two results are the same numbers, or the same error."""
    if isinstance(one, Returned) and isinstance(other, Returned):
        pairs = zip(one.values, other.values, strict=False)
        return len(one.values) == len(other.values) and all(_near(a, b) for a, b in pairs)
    if isinstance(one, Raised) and isinstance(other, Raised):
        return one.bases[:1] == other.bases[:1]
    return False


def _near(a: Array, b: Array) -> bool:
    if a.shape != b.shape:
        return False
    a, b = a.astype(np.float64), b.astype(np.float64)
    finite = np.isfinite(a)
    if not np.array_equal(a[~finite], b[~finite], equal_nan=True):
        return False
    room = NEAR * np.max(np.abs(a[finite]), initial=0.0)
    return bool((np.abs(a[finite] - b[finite]) <= room).all())
