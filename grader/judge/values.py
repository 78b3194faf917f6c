"""Values: a loss or scores against the reference's."""

import numpy as np

from grader.catalogue.task import Array
from grader.judge import wording
from grader.judge.comparison import compare, wrong_elements
from grader.judge.evidence import Evidence, Finding, describe, failed, numbers, trouble
from grader.judge.factors import (
    SLIGHTLY,
    constant_ratio,
    extent,
    named,
    plain,
    relative_error,
    sizes,
)
from grader.judge.truth import Truth
from grader.plan.check import Check


def judge_value(check: Check, evidence: Evidence) -> Finding:
    """Pass where the returned number, or every score, is the reference's."""
    result, truth = evidence.result(check), evidence.truths.value(check.case)
    expected = wording.array(truth.expected)
    got = numbers(result)
    sentence = trouble(evidence, check, result)
    if sentence or got is None:
        sentence = sentence or f"`{check.function}` returned a tuple where one result is asked."
        return failed(check, expected, describe(result), sentence)
    misfit = form_misfit(check, got, truth.expected)
    if misfit:
        return failed(check, expected, describe(result), misfit)
    comparison = compare(got, truth)
    if comparison.passed:
        return Finding(check, True, expected, wording.array(got), share=comparison.share)
    return failed(check, expected, wording.array(got), explain(check, evidence, got, truth))


def form_misfit(check: Check, got: Array, expected: Array) -> str | None:
    """Return a sentence where the shape or the kind of number is not what is asked."""
    if got.shape != expected.shape:
        if expected.ndim == 0:
            return (
                f"`{check.function}` returned an array of shape {got.shape}; one number is asked."
            )
        return f"Its shape is {got.shape}; {expected.shape} is asked."
    if got.dtype.kind != "f" and expected.ndim:
        return (
            f"`{check.function}` returned {got.dtype.name} elements; real floating ones are asked."
        )
    return None


def explain(check: Check, evidence: Evidence, got: Array, truth: Truth) -> str:
    """Return the sentence on wrong numbers: where, how far, and the likely cause."""
    expected = truth.expected
    if not np.isfinite(got).all() and np.isfinite(expected).all():
        return _not_finite(got, check.function)
    ratio = constant_ratio(got, expected)
    if ratio is None:
        return _worst(got, truth, check.function)
    known = named(ratio, sizes(evidence.task, check.case))
    context = f" for {extent(check.case.arguments[-1].shape)}" if known and known.varies else ""
    cause = f": {known.meaning}" if known else ""
    what = "loss is" if expected.ndim == 0 else "scores are"
    if ratio == 0:
        return f"Your {what} 0 here."
    if near_miss(ratio):
        error = relative_error(got, expected, wrong_elements(got, truth))
        if not np.isfinite(error):
            return _worst(got, truth, check.function)
        return f"Your {what} off by a relative {error:.1e}: {SLIGHTLY}."
    return f"Your {what} {plain(ratio)} times the expected value{context}{cause}."


def near_miss(ratio: float) -> bool:
    """Tell a lost digit from a wrong formula."""
    return abs(ratio - 1) < 1e-3


def _not_finite(got: Array, function: str) -> str:
    word = "NaN" if np.isnan(got).any() else "infinity"
    return f"`{function}` returned {word} where a finite number is right."


def _worst(got: Array, truth: Truth, function: str) -> str:
    if got.ndim == 0:
        return f"`{function}` is off by {float(got - truth.expected):.6g}."
    wrong = wrong_elements(got, truth)
    i = int(np.argmax(wrong))
    return (
        f"{wording.plural(int(wrong.sum()), 'score')} of {got.size} differ; [{i}] is "
        f"{got[i]:.10g}, expected {truth.expected[i]:.10g}."
    )
