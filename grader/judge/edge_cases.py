"""Edge cases: errors that must be raised, NaN that must be seen, and good manners."""

from typing import Any

import numpy as np

from grader.catalogue.task import Array
from grader.judge.evidence import (
    Evidence,
    Finding,
    describe,
    exception_name,
    failed,
    numbers,
    trouble,
)
from grader.judge.gradients import returned_part
from grader.judge.values import judge_value
from grader.plan.check import Check
from grader.sandbox.outcome import Raised, Result, Returned

SAME_RTOL = 1e-12
FAR = 1e6


def judge_value_error(check: Check, evidence: Evidence) -> Finding:
    """Pass where the call raised ValueError or a class derived from it."""
    result = evidence.result(check)
    if isinstance(result, Raised):
        if "ValueError" in result.bases:
            return Finding(check, True, "ValueError", f"raised {exception_name(result)}")
        detail = f"`{check.function}` raised {exception_name(result)}; ValueError is asked."
        return failed(check, "ValueError", describe(result), detail)
    if isinstance(result, Returned):
        detail = f"`{check.function}` returned numbers where it must raise ValueError."
    else:
        detail = trouble(evidence, check, result) or ""
    return failed(check, "ValueError", describe(result), detail)


def judge_nan(check: Check, evidence: Evidence) -> Finding:
    """Pass where the loss is NaN, where the gradient holds one, or where exactly the scores are
    NaN that the reference's are."""
    if check.function == "score":
        return judge_value(check, evidence)
    if check.function == "grad":
        return _judge_nan_gradient(check, evidence)
    result = evidence.result(check)
    got = numbers(result)
    if got is not None and got.shape == () and np.isnan(got):
        return Finding(check, True, "nan", "nan")
    detail = trouble(evidence, check, result) or "The NaN does not show in the result."
    return failed(check, "nan", describe(result), detail)


def _judge_nan_gradient(check: Check, evidence: Evidence) -> Finding:
    result, truth = evidence.result(check), evidence.truths.gradient(check.case)[check.part]
    got, sentence = returned_part(check, evidence, result, truth)
    if got is not None and (np.isnan(got).any() or _on_a_line(check, evidence, got)):
        return Finding(check, True, "nan", "nan" if np.isnan(got).any() else "a constant slope")
    return failed(
        check, "nan", describe(result), sentence or "The NaN does not show in the gradient."
    )


def _on_a_line(check: Check, evidence: Evidence, got: Array) -> bool:
    """Tell whether a comparison has put the NaN on a branch of constant slope, which is right too.

    Then `got` is the gradient for a very large number in its place. A slope of 0 would hide it.
    """
    arguments, parameters = evidence.truths.inputs(check.case)
    there = np.isnan(evidence.truths.gradient(check.case)[check.part].expected)
    for far in (FAR, -FAR):
        moved = [a if a.dtype.kind == "i" else np.nan_to_num(a, nan=far) for a in arguments]
        slope = _slope(evidence, moved, parameters)
        if slope is not None and got[there].all() and np.allclose(got, slope[check.part]):
            return True
    return False


def _slope(
    evidence: Evidence, arguments: list[Array], parameters: dict[str, Any]
) -> tuple[Array, ...] | None:
    """Return the reference's gradient; None where the inputs lie outside of the domain."""
    try:
        return evidence.task.gradient(*arguments, **parameters) if evidence.task.gradient else None
    except ValueError:
        return None


def judge_finite(check: Check, evidence: Evidence) -> Finding:
    """Pass where every returned number is finite and the shapes are right."""
    result, shapes = evidence.result(check), _shapes(check, evidence)
    sentence = trouble(evidence, check, result)
    if sentence is None and isinstance(result, Returned):
        if tuple(values.shape for values in result.values) != shapes:
            sentence = "The shape of the result is wrong."
        elif not all(np.isfinite(values).all() for values in result.values):
            sentence = "The result is not finite."
    if sentence:
        return failed(check, "finite numbers", describe(result), sentence)
    return Finding(check, True, "finite numbers", describe(result))


def _shapes(check: Check, evidence: Evidence) -> tuple[tuple[int, ...], ...]:
    if check.function == "loss":
        return ((),)
    if check.function == "score":
        return ((len(check.case.arguments[0]),),)
    return tuple(check.case.arguments[i].shape for i in evidence.task.differentiated)


def judge_unchanged(check: Check, evidence: Evidence) -> Finding:
    """Pass where the arguments are bit for bit what they were before the call."""
    result = evidence.result(check)
    sentence = trouble(evidence, check, result)
    if sentence is None and isinstance(result, Returned):
        changed = _changed(check, evidence, result)
        if not changed:
            return Finding(check, True, "unchanged arguments", "unchanged arguments")
        sentence = f"`{check.function}` changed its argument {', '.join(changed)}."
    return failed(check, "unchanged arguments", describe(result), sentence or "")


def _changed(check: Check, evidence: Evidence, result: Returned) -> list[str]:
    names = [argument.name for argument in evidence.task.arguments]
    echoed = result.echoed or ()
    if len(echoed) != len(names):
        return names
    triples = zip(names, check.case.arguments, echoed, strict=True)
    return [name for name, before, after in triples if not _identical(before, after)]


def _identical(a: Array, b: Array) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


def judge_kept(check: Check, evidence: Evidence) -> Finding:
    """Pass where the result still held the same numbers after the inputs were overwritten."""
    result = evidence.result(check)
    sentence = trouble(evidence, check, result)
    if sentence is None and isinstance(result, Returned):
        later = result.later or ()
        if len(later) == len(result.values) and all(
            _identical(a, b) for a, b in zip(result.values, later, strict=True)
        ):
            return Finding(check, True, "a result of its own", "a result of its own")
        sentence = (
            f"The result of `{check.function}` changed when its inputs were overwritten or when it "
            "was called again."
        )
    return failed(check, "a result of its own", describe(result), sentence or "")


def judge_repeatable(check: Check, evidence: Evidence) -> Finding:
    """Pass where the same inputs gave the same numbers, in this child and in a fresh one."""
    results = [evidence.outcome.results[i] for i in check.calls]
    results += [evidence.second[i] for i in check.calls if i in evidence.second]
    expected = "the same result every time"
    for result in results:
        sentence = trouble(evidence, check, result)
        if sentence:
            return failed(check, expected, describe(result), sentence)
    if all(_same(results[0], result) for result in results[1:]):
        return Finding(check, True, expected, expected)
    detail = f"`{check.function}` gave different results for the same inputs."
    return failed(check, expected, "different results", detail)


def _same(first: Result, other: Result) -> bool:
    if not isinstance(first, Returned) or not isinstance(other, Returned):
        return False
    if len(first.values) != len(other.values):
        return False
    return all(_near(a, b) for a, b in zip(first.values, other.values, strict=True))


def _near(a: Array, b: Array) -> bool:
    """Tell whether two results agree to a relative 1e-12 of their largest element."""
    if a.shape != b.shape:
        return False
    if a.tobytes() == b.tobytes():
        return True
    a, b = a.astype(np.float64), b.astype(np.float64)
    room = SAME_RTOL * float(np.max(np.abs(a), initial=0.0))
    same = (np.abs(a - b) <= room) | (np.isnan(a) & np.isnan(b)) | (a == b)
    return bool(same.all())
