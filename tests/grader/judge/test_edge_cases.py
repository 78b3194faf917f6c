"""Raising, NaN and good manners: what passes, and what each failure says."""

import numpy as np
import pytest

from grader.catalogue import CATALOGUE
from grader.catalogue.task import Case, patched
from grader.families import Family
from grader.judge.edge_cases import judge_nan, judge_repeatable, judge_value_error
from grader.judge.evidence import Evidence
from grader.judge.hints import add_hints
from grader.judge.truth import Truths
from grader.plan.check import Ask, Check, Plan
from grader.sandbox.call import Call
from grader.sandbox.outcome import Ending, NotRun, Outcome, Raised, Returned, Unusable
from tests.grader.tiny import RIGHT, TINY, failures, graded

CASE = Case((np.zeros(4), np.ones(4)))


def number(value):
    return Returned((np.array(value),), "number")


def judged(rule, *results, second=()):
    calls = tuple(range(len(results)))
    check = Check(Family.EDGE_CASES, "an edge", Ask.VALUE_ERROR, "loss", CASE, calls, 0, "A rule.")
    plan = Plan("tiny", 0, (Call("loss", CASE.arguments),) * len(results), (check,))
    outcome = Outcome(Ending.FINISHED, "", results, "", 0.0, 0.0)
    evidence = Evidence(TINY, plan, Truths(TINY), outcome, dict(enumerate(second)))
    finding = rule(check, evidence)
    add_hints(evidence, [finding])
    return finding


@pytest.mark.parametrize(
    ("result", "passed"),
    [
        pytest.param(Raised(("ValueError", "Exception"), ""), True, id="ValueError"),
        pytest.param(Raised(("UnicodeError", "ValueError"), ""), True, id="derived from it"),
        pytest.param(Raised(("TypeError", "Exception"), ""), False, id="TypeError"),
        pytest.param(Raised(("Exception", "BaseException"), ""), False, id="its base"),
        pytest.param(Raised((), ""), False, id="a class without bases"),
        pytest.param(number(1.0), False, id="a number"),
        pytest.param(number(np.nan), False, id="NaN"),
        pytest.param(Unusable("None"), False, id="None"),
        pytest.param(NotRun(), False, id="not run"),
    ],
)
def test_only_a_value_error_passes_where_one_is_asked(result, passed):
    finding = judged(judge_value_error, result)

    assert finding.passed is passed
    assert finding.detail.endswith("A rule.") is not (passed or isinstance(result, NotRun))


@pytest.mark.parametrize(
    ("result", "passed"),
    [
        pytest.param(number(np.nan), True, id="NaN"),
        pytest.param(Returned((np.array([np.nan]),), "array"), False, id="an array with NaN"),
        pytest.param(number(0.0), False, id="a number"),
        pytest.param(number(np.inf), False, id="infinity"),
        pytest.param(Raised(("ValueError",), ""), False, id="ValueError"),
    ],
)
def test_only_nan_passes_where_the_data_hold_one(result, passed):
    assert judged(judge_nan, result).passed is passed


@pytest.mark.parametrize(
    ("results", "second", "passed"),
    [
        pytest.param((1.0, 1.0), (), True, id="the same"),
        pytest.param((1.0, 1.0), (1.0,), True, id="the same in a fresh child"),
        pytest.param((1.0, 1.0 + 1e-14), (), True, id="the same to rounding"),
        pytest.param((1.0, 1.0 + 1e-9), (), False, id="another ninth digit"),
        pytest.param((1.0, 1.0), (1.1,), False, id="another number in a fresh child"),
        pytest.param((np.nan, np.nan), (), True, id="NaN both times"),
        pytest.param((1.0, np.nan), (), False, id="NaN the second time"),
    ],
)
def test_results_of_the_same_inputs_must_be_the_same(results, second, passed):
    second = [number(value) for value in second]

    assert judged(judge_repeatable, *map(number, results), second=second).passed is passed


def test_another_shape_the_second_time_is_not_the_same():
    assert not judged(judge_repeatable, number(1.0), Returned((np.ones(2),), "array")).passed


IN_PLACE = ("    e = y_pred - y_true", "    y_pred -= y_true\n    e = y_pred")
BUFFER = (
    "    return weight * (y_pred - y_true) / y_pred.size",
    """\
    buffer = BUFFERS.setdefault(y_pred.shape, np.empty(y_pred.shape))
    buffer[...] = weight * (y_pred - y_true) / y_pred.size
    return buffer


BUFFERS = {}
""",
)
COUNTED = (
    "    return weight * np.mean(0.5 * e**2)",
    """\
    SEEN.append(1)
    return weight * np.mean(0.5 * e**2) * (1 + 1e-10 * len(SEEN))


SEEN = []
""",
)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        pytest.param(IN_PLACE, "loss: leaves its arguments as they are", id="input changed"),
        pytest.param(
            BUFFER,
            "grad: its result shares no memory with inputs or later results",
            id="buffer used again",
        ),
        pytest.param(
            COUNTED, "loss: the same inputs give the same result again", id="calls counted"
        ),
        pytest.param(
            ("y_true.shape != y_pred.shape or ", ""),
            "loss: y_true of shape (8,) against y_pred of shape (8, 1)",
            id="broadcasts",
        ),
        pytest.param((" or y_true.size == 0", ""), "loss: empty input", id="empty"),
        pytest.param((" or weight <= 0", ""), "grad: weight=0.0 is refused", id="parameter"),
        pytest.param(("np.mean(", "np.nanmean("), "loss: a NaN in y_pred", id="NaN hidden"),
        pytest.param(
            ("weight * (y_pred - y_true)", "np.nan_to_num(weight * (y_pred - y_true))"),
            "grad: a NaN in y_true",
            id="NaN hidden in the gradient",
        ),
        pytest.param(
            ("    e = y_pred - y_true", "    e = (y_pred - y_true).astype(np.float16)"),
            "loss: strided inputs",
            id="half precision",
        ),
        pytest.param(
            ("    e = y_pred - y_true", "    e = y_pred - y_true.view(y_pred.dtype)"),
            "loss: y_true as int64",
            id="bits of integers",
        ),
        pytest.param(
            ("    e = y_pred - y_true", "    y_true += 0.0\n    e = y_pred - y_true"),
            "loss: read-only inputs",
            id="writes to what is read-only",
        ),
        pytest.param(
            ("    e = y_pred - y_true", "    e = np.frombuffer(y_pred) - np.frombuffer(y_true)"),
            "loss: strided inputs",
            id="reads the buffer",
        ),
    ],
)
def test_each_general_rule_has_a_check_that_fails_without_it(change, name):
    found = [f.check.name for f in failures(graded(patched(RIGHT, change)), Family.EDGE_CASES)]

    assert name in found


CLIP = "np.clip(e, -delta, delta)"


@pytest.mark.parametrize(
    ("slope", "passed"),
    [
        pytest.param(
            "np.where(np.abs(e) <= delta, e, np.where(e > 0, delta, -delta))", True, id="a branch"
        ),
        pytest.param(
            "np.where(np.abs(e) <= delta, e, np.where(e < 0, -delta, delta))", True, id="the other"
        ),
        pytest.param(f"np.nan_to_num({CLIP})", False, id="zero"),
        pytest.param(f"np.nan_to_num({CLIP}, nan=0.5)", False, id="another number"),
    ],
)
def test_a_nan_may_fall_on_a_branch_of_constant_slope_and_nowhere_else(slope, passed):
    task = CATALOGUE["huber"]
    source = patched(task.variants[0].source, (CLIP, slope))
    missed = {finding.check.name for finding in failures(graded(source, task=task))}

    assert missed == (set() if passed else {"grad: a NaN in y_true", "grad: a NaN in y_pred"})
