"""What the failed checks have in common, where no cause is known."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from grader.families import Family
from grader.judge import wording
from grader.judge.evidence import Evidence, Finding, exception_name, numbers
from grader.judge.gradients import OWN_DERIVATIVE
from grader.plan.check import Ask
from grader.sandbox.outcome import Raised, Unusable


def symptoms(evidence: Evidence, missed: Sequence[Finding], *, alone: bool) -> Iterator[str]:
    """Yield sentences on unexplained failures, those that concern most checks first.

    `alone` tells that no other failure was explained before.
    """
    yield from _exceptions(evidence, missed)
    yield from _unusable(evidence, missed)
    yield from _own_derivative(missed)
    yield from _extremes(evidence, missed)
    yield from _not_refused(missed)
    yield from (finding.detail for finding in missed if finding.check.ask in MANNERS)
    if alone:
        yield from _slow(missed)


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


def _own_derivative(missed: Sequence[Finding]) -> Iterator[str]:
    differences = [f for f in missed if f.check.ask is Ask.DIFFERENCES]
    if differences and all(f.detail.startswith(OWN_DERIVATIVE) for f in differences):
        yield f"{OWN_DERIVATIVE}; it is the loss that is wrong."


def _extremes(evidence: Evidence, missed: Sequence[Finding]) -> Iterator[str]:
    """Yield at most two remedies, and only where ordinary values are right."""
    if any(finding.check.family is Family.VALUES for finding in missed):
        return
    remedies: dict[str, Finding] = {}
    for finding in missed:
        if finding.check.family is Family.STABILITY:
            remedies.setdefault(finding.check.hint, finding)
    for hint, finding in list(remedies.items())[:2]:
        function, _, place = finding.check.name.partition(": ")
        yield f"At {place} your {function} {_state(evidence, finding)}. {hint}"


def _state(evidence: Evidence, finding: Finding) -> str:
    got = numbers(evidence.result(finding.check))
    if got is None:
        return "gives no number"
    if np.isnan(got).any():
        return "turns NaN"
    if np.isinf(got).any():
        return "overflows"
    return "is wrong or loses digits"


def _not_refused(missed: Sequence[Finding]) -> Iterator[str]:
    refused = [f for f in missed if f.check.ask is Ask.VALUE_ERROR]
    if not refused:
        return
    _, _, name = refused[0].check.name.partition(": ")
    more = f" and {wording.plural(len(refused) - 1, 'more check')}" if len(refused) > 1 else ""
    yield f"ValueError is not raised where it must be: {name}{more}."


def _slow(missed: Sequence[Finding]) -> Iterator[str]:
    """Yield the sentence on slowness where nothing worse is wrong."""
    if missed and all(finding.check.family is Family.EFFICIENCY for finding in missed):
        yield missed[0].detail
