"""Which plain transformation of the truth came back, over several cases at once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from grader.catalogue.task import Array, Case
from grader.families import Family
from grader.judge.evidence import Evidence, Finding, numbers
from grader.judge.factors import common, constant_ratio, extent, plain, sizes
from grader.judge.values import near_miss
from grader.plan.check import Ask
from grader.sandbox.outcome import Returned

ENOUGH = 3  # cases that must agree
NEAR = 1e-6
SINGLE = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    case: Case
    got: Array
    expected: Array

    @property
    def shape(self) -> tuple[int, ...]:
        return self.case.arguments[-1].shape


def factors(evidence: Evidence, missed: Sequence[Finding]) -> Iterator[str]:
    """Yield a sentence for the loss and one for the gradient where a factor, with one cause, turns
    the truth into every wrong result."""
    subjects = (_subject(evidence), _values), ("Your gradient is", _gradients)
    for subject, points_of in subjects:
        points = list(points_of(evidence, missed))
        found = _factor(subject, evidence, points) if len(points) >= ENOUGH else None
        if found:
            yield found


def transformations(evidence: Evidence, missed: Sequence[Finding]) -> Iterator[str]:
    """Yield a sentence where a transformation other than a factor gives every wrong value."""
    points = list(_values(evidence, missed))
    found = _other(_subject(evidence), evidence, points) if len(points) >= ENOUGH else None
    if found:
        yield found


def _subject(evidence: Evidence) -> str:
    return "Your loss is" if evidence.task.function == "loss" else "Your scores are"


def _values(evidence: Evidence, missed: Sequence[Finding]) -> Iterator[_Point]:
    for finding in missed:
        check = finding.check
        got = numbers(evidence.result(check))
        if check.family is not Family.VALUES or got is None or not np.isfinite(got).all():
            continue
        expected = evidence.truths.value(check.case).expected
        if got.shape == expected.shape:
            yield _Point(check.case, got, expected)


def _gradients(evidence: Evidence, missed: Sequence[Finding]) -> Iterator[_Point]:
    for finding in missed:
        check, result = finding.check, evidence.result(finding.check)
        if check.ask is not Ask.GRADIENT or check.family is not Family.GRADIENTS:
            continue
        if not isinstance(result, Returned) or len(result.values) <= check.part:
            continue
        got = result.values[check.part]
        expected = evidence.truths.gradient(check.case)[check.part].expected
        if got.shape == expected.shape:
            yield _Point(check.case, got, expected)


def _factor(subject: str, evidence: Evidence, points: list[_Point]) -> str | None:
    """Return the sentence on one factor with one cause in every case."""
    # float32 inputs are among the cases, of which only most digits agree.
    ratios = [constant_ratio(p.got, p.expected, near=SINGLE) for p in points]
    found = [ratio for ratio in ratios if ratio is not None]
    if len(found) < len(points) or not all(found) or all(near_miss(ratio) for ratio in found):
        return None
    factor = common(found, [sizes(evidence.task, p.case) for p in points], near=SINGLE)
    if factor is not None:
        where = f" for {extent(points[0].shape)}" if factor.varies else ""
        return f"{subject} {plain(factor.value)} times the expected value{where}: {factor.meaning}."
    if np.ptp(found) > SINGLE * abs(found[0]) or near_miss(found[0]):
        return None
    return f"{subject} always {plain(found[0])} times the expected value."


def _other(subject: str, evidence: Evidence, points: list[_Point]) -> str | None:
    for matches, meaning in TRANSFORMATIONS:
        if all(matches(evidence, point) for point in points):
            return f"{subject} {meaning}"
    return _offset(subject, points)


def _offset(subject: str, points: list[_Point]) -> str | None:
    off = np.array([float(np.mean(p.got - p.expected)) for p in points])
    largest = max(float(np.abs(p.expected).max()) for p in points)
    if np.ptp(off) > NEAR * largest or abs(off[0]) <= NEAR * largest:
        return None
    return f"{subject} always too {'large' if off[0] > 0 else 'small'} by {abs(off[0]):.7g}."


def _equals(got: Array, other: Array) -> bool:
    return bool((np.abs(got - other) <= SINGLE * np.abs(other)).all()) and bool(np.any(other))


def _swapped(evidence: Evidence, point: _Point) -> bool:
    arguments, parameters = evidence.truths.inputs(point.case)
    alike = [a for a in evidence.task.arguments if not a.labels]
    if len(arguments) != 2 or len(alike) != 2 or arguments[0].shape != arguments[1].shape:
        return False
    return _reference_is(evidence, point, (arguments[1], arguments[0]), parameters)


def _turned(evidence: Evidence, point: _Point) -> bool:
    arguments, parameters = evidence.truths.inputs(point.case)
    if any(array.ndim != 2 for array in arguments) or point.expected.ndim:
        return False
    return _reference_is(evidence, point, tuple(array.T for array in arguments), parameters)


def _reference_is(
    evidence: Evidence, point: _Point, arguments: tuple[Array, ...], parameters: dict[str, object]
) -> bool:
    try:
        other = np.asarray(evidence.task.reference(*arguments, **parameters))
    except ValueError:
        return False  # what was swapped or turned lies outside of the domain
    if other.shape != point.got.shape or _equals(point.expected, other):
        return False  # of a symmetric loss it is the truth itself
    return _equals(point.got, other)


TRANSFORMATIONS: tuple[tuple[Callable[[Evidence, _Point], bool], str], ...] = (
    (lambda _, p: _equals(p.got, np.sqrt(p.expected)), "the square root of the expected value."),
    (lambda _, p: _equals(p.got, p.expected**2), "the square of the expected value."),
    (lambda _, p: _equals(p.got, np.exp(p.expected)), "exp of the expected value."),
    (lambda _, p: _equals(p.got, np.log(p.expected)), "the logarithm of the expected value."),
    (lambda _, p: _equals(p.got, 1 - p.expected), "one minus the expected value."),
    (_swapped, "what the two arguments give the other way round."),
    (_turned, "what the formula gives over the other axis."),
)
