"""What the failed checks have in common, where no cause is known."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from grader.families import Family
from grader.judge import wording
from grader.judge.evidence import Evidence, Finding, exception_name, numbers
from grader.judge.gradients import OWN_DERIVATIVE
from grader.plan.check import Ask
from grader.sandbox.outcome import Raised, Returned, Unusable


def symptoms(evidence: Evidence, missed: Sequence[Finding], *, alone: bool) -> Iterator[str]:
    """Yield sentences on unexplained failures, those that concern most checks first.

    `alone` tells that no other failure was explained before.
    """
    yield from _exceptions(evidence, missed)
    yield from _unusable(evidence, missed)
    yield from _forms(evidence, missed)
    yield from _degenerate(evidence, missed)
    yield from _own_derivative(missed)
    yield from _extremes(evidence, missed)
    yield from _not_refused(evidence, missed)
    yield from _manners(evidence, missed)
    if alone:
        yield from _slow(missed)


SEVERAL = 3
MANNERS = (Ask.UNCHANGED, Ask.KEPT, Ask.REPEATABLE)


def _ordinary(missed: Sequence[Finding]) -> list[Finding]:
    return [f for f in missed if f.check.family in (Family.VALUES, Family.GRADIENTS)]


def _exceptions(evidence: Evidence, missed: Sequence[Finding]) -> Iterator[str]:
    counts: Counter[tuple[str, str, int | None]] = Counter()
    for finding in _ordinary(missed):
        result = evidence.result(finding.check)
        if isinstance(result, Raised):
            counts[finding.check.function, exception_name(result), result.line] += 1
    for (function, name, line), count in counts.most_common(2):
        where = f" in line {line}" if line else ""
        times = wording.plural(count, "ordinary call")
        yield f"`{function}` raised {wording.article(name)}{where} in {times}."


def _unusable(evidence: Evidence, missed: Sequence[Finding]) -> Iterator[str]:
    seen = set()
    for finding in _ordinary(missed):
        result, function = evidence.result(finding.check), finding.check.function
        if isinstance(result, Unusable) and function not in seen:
            seen.add(function)
            what = wording.short(result.what)
            yield f"`{function}` returns {what} instead of plain real numbers."


def _forms(evidence: Evidence, missed: Sequence[Finding]) -> Iterator[str]:
    """Yield what is wrong with the number or the shape of arrays, where it always is."""
    for ask in (Ask.VALUE, Ask.GRADIENT):
        findings = [f for f in _ordinary(missed) if f.check.ask is ask]
        if len(findings) >= SEVERAL and all(_misfits(evidence, finding) for finding in findings):
            yield findings[0].detail


def _misfits(evidence: Evidence, finding: Finding) -> bool:
    check, result = finding.check, evidence.result(finding.check)
    if not isinstance(result, Returned):
        return False
    if check.ask is Ask.VALUE:
        got = numbers(result)
        return got is None or got.shape != evidence.truths.value(check.case).expected.shape
    places = evidence.task.differentiated
    if len(result.values) != len(places):
        return True
    return result.values[check.part].shape != check.case.arguments[places[check.part]].shape


def _degenerate(evidence: Evidence, missed: Sequence[Finding]) -> Iterator[str]:
    """Yield the one number, or NaN, that a loss returns for whatever it is given."""
    values = [f for f in missed if f.check.family is Family.VALUES]
    results = [numbers(evidence.result(finding.check)) for finding in values]
    found = {got.tobytes() for got in results if got is not None and got.shape == ()}
    if len(values) < SEVERAL or len(found) != 1 or any(got is None for got in results):
        return
    yield f"`loss` returned {values[0].got} in {wording.plural(len(values), 'ordinary call')}."


def _own_derivative(missed: Sequence[Finding]) -> Iterator[str]:
    differences = [f for f in missed if f.check.ask is Ask.DIFFERENCES]
    if differences and all(f.detail.startswith(OWN_DERIVATIVE) for f in differences):
        yield f"{OWN_DERIVATIVE}; it is the loss that is wrong."


def _extremes(evidence: Evidence, missed: Sequence[Finding]) -> Iterator[str]:
    """Yield at most two remedies, and only where ordinary values are right."""
    if any(finding.check.family is Family.VALUES for finding in missed):
        return
    broken = {finding.check.function for finding in _ordinary(missed)}
    remedies: dict[str, Finding] = {}
    for finding in missed:
        if finding.check.family is Family.STABILITY and _tells(evidence, finding, broken):
            remedies.setdefault(finding.check.hint, finding)
    for hint, finding in list(remedies.items())[:2]:
        function, _, place = finding.check.name.partition(": ")
        yield f"At {place} your {function} {_state(evidence, finding)}. {hint}"


def _tells(evidence: Evidence, finding: Finding, broken: set[str]) -> bool:
    """Tell whether it is the magnitude that a function fails at: it is right at ordinary inputs."""
    result = evidence.result(finding.check)
    return isinstance(result, Returned | Raised) and finding.check.function not in broken


def _state(evidence: Evidence, finding: Finding) -> str:
    got = numbers(evidence.result(finding.check))
    if got is None:
        return "gives no number"
    if np.isnan(got).any():
        return "turns NaN"
    if np.isinf(got).any():
        return "overflows"
    return "is wrong or loses digits"


def _not_refused(evidence: Evidence, missed: Sequence[Finding]) -> Iterator[str]:
    refused = [f for f in missed if f.check.ask is Ask.VALUE_ERROR and _answered(evidence, f)]
    if not refused:
        return
    _, _, name = refused[0].check.name.partition(": ")
    more = f" and {wording.plural(len(refused) - 1, 'more check')}" if len(refused) > 1 else ""
    yield f"ValueError is not raised where it must be: {name}{more}."


def _answered(evidence: Evidence, finding: Finding) -> bool:
    return isinstance(evidence.result(finding.check), Returned | Raised)


def _manners(evidence: Evidence, missed: Sequence[Finding]) -> Iterator[str]:
    """Yield what is wrong with results that came back; the others broke no rule of manners."""
    for finding in missed:
        results = [evidence.outcome.results[i] for i in finding.check.calls]
        if finding.check.ask in MANNERS and all(isinstance(r, Returned) for r in results):
            yield finding.detail


def _slow(missed: Sequence[Finding]) -> Iterator[str]:
    """Yield the sentence on slowness where nothing worse is wrong."""
    if missed and all(finding.check.family is Family.EFFICIENCY for finding in missed):
        yield missed[0].detail
