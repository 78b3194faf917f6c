"""Gradients: against the reference, at kinks its subdifferential, and against differences."""

from dataclasses import dataclass

import numpy as np

from grader.catalogue.task import Array, Case
from grader.judge import wording
from grader.judge.causes import explain_gradient
from grader.judge.comparison import EXACT, Comparison, compare, within
from grader.judge.evidence import Evidence, Finding, describe, failed, trouble
from grader.judge.gradient_table import gradient_table
from grader.judge.truth import Truth
from grader.plan.check import Check
from grader.plan.gradients import STENCIL, central_differences
from grader.sandbox.outcome import Result, Returned

OWN_DERIVATIVE = "Your gradient is the right derivative of your own loss"
# Differences of a right float64 loss: truncation is far below these, and so is rounding,
# which is bounded through the terms of the formula.
NUMERIC_RTOL = 1e-5
NUMERIC_ATOL = 1e-6  # times the largest element of the gradient
NUMERIC_NOISE = 1e3  # times the absolute tolerance of the loss: eps / step, with room


@dataclass(frozen=True, slots=True, eq=False)
class Differences:
    """Central differences of the candidate's loss at a few elements (flat indices)."""

    elements: Array
    numeric: Array
    right: bool  # they are the gradient of the right loss


def judge_gradient(check: Check, evidence: Evidence) -> Finding:
    """Pass where every element is the reference's, or lies in the subdifferential."""
    result, truth = evidence.result(check), evidence.truths.gradient(check.case)[check.part]
    got, sentence = returned_part(check, evidence, result, truth)
    if got is None:
        return failed(check, wording.array(truth.expected), describe(result), sentence)
    comparison = compare_gradient(evidence, check.case, check.part, got, truth)
    if comparison.passed:
        return right_gradient(check, got, comparison)
    detail = explain_gradient(check, evidence.task, got, truth)
    finding = failed(check, wording.array(truth.expected), wording.array(got), detail)
    finding.table = gradient_table(got, truth)
    return finding


def judge_differences(check: Check, evidence: Evidence) -> Finding:
    """Pass where `grad` is the reference's gradient and the derivative of the candidate's loss."""
    result, truth = evidence.result(check), evidence.truths.gradient(check.case)[check.part]
    got, sentence = returned_part(check, evidence, result, truth)
    if got is None:
        return failed(check, wording.array(truth.expected), describe(result), sentence)
    losses = evidence.result(check, 1)
    if not isinstance(losses, Returned):
        sentence = f"`loss` gave no differences to compare with. {trouble(evidence, check, losses)}"
        return failed(check, wording.array(truth.expected), wording.array(got), sentence)
    right = compare_gradient(evidence, check.case, check.part, got, truth)
    differences = compare_differences(check, evidence, got, truth, losses.values[0])
    if right.passed and differences.right:
        finding = right_gradient(check, got, right)
    else:
        detail = _disagreement(check, evidence, got, truth, right, differences)
        finding = failed(check, wording.array(truth.expected), wording.array(got), detail)
    if not finding.passed or evidence.plan.sample:
        finding.table = gradient_table(got, truth, differences.elements, differences.numeric)
    return finding


def right_gradient(check: Check, got: Array, comparison: Comparison) -> Finding:
    """Return the finding of a right gradient, in few words: there are many of them."""
    return Finding(check, True, "the gradient", f"shape {got.shape}", share=comparison.share)


def returned_part(
    check: Check, evidence: Evidence, result: Result, truth: Truth
) -> tuple[Array | None, str]:
    """Return the gradient that the check means, or None and the sentence why there is none."""
    sentence = trouble(evidence, check, result)
    if sentence or not isinstance(result, Returned):
        return None, sentence or ""
    places = evidence.task.differentiated
    if len(places) > 1 and (result.form != "tuple" or len(result.values) != len(places)):
        names = ", ".join(evidence.task.arguments[i].name for i in places)
        return None, f"`grad` must return a tuple of {len(places)} arrays: {names}."
    if len(places) == 1 and result.form != "array":
        return None, f"`grad` returned a {result.form}; one array is asked."
    got = result.values[check.part]
    if got.shape != truth.expected.shape:
        name = evidence.task.arguments[places[check.part]].name
        return None, f"Its shape is {got.shape}; that of {name}, {truth.expected.shape}, is asked."
    if got.dtype.kind != "f":
        return None, f"Its elements are {got.dtype.name}; real floating ones are asked."
    return got, ""


def compare_gradient(
    evidence: Evidence, case: Case, part: int, got: Array, truth: Truth
) -> Comparison:
    """Hold `got` against the gradient, and where that fails against the subdifferential."""
    comparison = compare(got, truth)
    if comparison.passed:
        return comparison
    interval = evidence.truths.interval(case, part)
    if interval is not None and got.shape == truth.expected.shape and within(got, *interval, truth):
        return EXACT
    return comparison


def compare_differences(
    check: Check, evidence: Evidence, got: Array, truth: Truth, losses: Array
) -> Differences:
    """Return the differences of `losses` and what they agree with."""
    probe = evidence.plan.calls[check.calls[1]].probe
    if probe is None:
        raise ValueError(f"the second call of {check.name!r} has no probe")
    elements = probe.elements[: len(probe.elements) // len(STENCIL)]
    expected = truth.expected.reshape(-1)[elements]
    if losses.shape != probe.values.shape:
        losses = np.full(probe.values.shape, np.nan)
    numeric = central_differences(probe.values, losses)
    room = NUMERIC_RTOL * np.abs(expected) + NUMERIC_ATOL * np.abs(truth.expected).max()
    right = _near(numeric, expected, room)
    if not right:
        room = room + NUMERIC_NOISE * evidence.truths.value(check.case).atol
        right = _near(numeric, expected, room)
    if not right:
        # A kink within the step bends the differences of a right loss in just the same way.
        own = evidence.truths.losses(check.case, probe)
        right = _near(numeric, central_differences(probe.values, own), room)
    return Differences(elements, numeric, right)


def _near(a: Array, b: Array, room: Array) -> bool:
    return bool((np.isfinite(a) & (np.abs(a - b) <= room)).all())


def is_own_derivative(got: Array, differences: Differences) -> bool:
    """Tell whether the differences of the candidate's loss are what their `grad` returned."""
    claimed = got.reshape(-1)[differences.elements]
    room = NUMERIC_RTOL * np.abs(claimed) + NUMERIC_ATOL * np.max(np.abs(claimed))
    return _near(differences.numeric, claimed, room)


def _disagreement(
    check: Check,
    evidence: Evidence,
    got: Array,
    truth: Truth,
    right: Comparison,
    differences: Differences,
) -> str:
    if not np.isfinite(differences.numeric).all():
        return "The differences of your own loss are not finite here, so nothing confirms `grad`."
    if right.passed:
        return "Your gradient is right, but not the derivative of your loss: the loss is wrong."
    if is_own_derivative(got, differences):
        if differences.right:
            return explain_gradient(check, evidence.task, got, truth)
        return f"{OWN_DERIVATIVE}; it is the loss that is wrong."
    if differences.right:
        cause = explain_gradient(check, evidence.task, got, truth)
        return f"{cause} The differences of your own loss give the right gradient."
    return (
        "Your gradient is neither the expected one nor the derivative of your own loss. "
        + explain_gradient(check, evidence.task, got, truth)
    )
