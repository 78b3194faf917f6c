"""A failed gradient check names the element, both numbers, their ratio and the cause."""

import numpy as np
import pytest

from grader.catalogue.task import Case, patched
from grader.families import Family
from grader.judge import Evidence, Truths
from grader.judge.gradients import judge_differences, judge_gradient
from grader.plan.check import Ask, Check, Plan
from grader.plan.gradients import COARSE, central_probe
from grader.sandbox.call import Call
from grader.sandbox.outcome import Ending, NotRun, Outcome, Raised, Returned, Unusable
from tests.grader.tiny import RIGHT, TINY, failures, graded

# On paper: half the mean of squares of e = [4, -8, 16, 2] has the gradient e / 4.
CASE = Case((np.zeros(4), np.array([4.0, -8.0, 16.0, 2.0])))
G = np.array([1.0, -2.0, 4.0, 0.5])


def finding_of(result, *, judge=judge_gradient, losses=None):
    calls = [Call("grad", CASE.arguments)]
    results = [result]
    if losses is not None:
        probe = central_probe(np.random.default_rng(0), 1, CASE.arguments[1], 4)
        calls.append(Call("loss", CASE.arguments, probe=probe))
        results.append(Returned((losses(probe),), "array"))
    check = Check(Family.GRADIENTS, "grad", Ask.GRADIENT, "grad", CASE, tuple(range(len(calls))))
    plan = Plan("tiny", 0, tuple(calls), (check,))
    outcome = Outcome(Ending.TIMEOUT, "It took too long.", tuple(results), "", 0.0, 0.0)
    with np.errstate(all="ignore"):
        return judge(check, Evidence(TINY, plan, Truths(TINY), outcome))


def array(values):
    return Returned((np.asarray(values),), "array")


@pytest.mark.parametrize(
    ("claimed", "element", "cause"),
    [
        pytest.param(-G, "grad[2] is -4, expected 4 (ratio -1).", "sign is wrong", id="wrong sign"),
        pytest.param(
            2 * G,
            "grad[2] is 8, expected 4 (ratio 2).",
            "2 times the right one: a factor one half is missing",
            id="forgot one half",
        ),
        pytest.param(
            4 * G,
            "grad[2] is 16, expected 4 (ratio 4).",
            "4 times the right one",
            id="sum instead of mean",
        ),
        pytest.param(
            G / 4, "grad[2] is 1, expected 4 (ratio 1/4).", "1/4 times", id="divided by n twice"
        ),
        pytest.param(
            [1.0, np.nan, 4.0, 0.5],
            "grad[1] is nan, expected -2.",
            "NaN at 1 of 4 elements",
            id="one NaN",
        ),
        pytest.param(
            [1.0, -2.0, np.inf, 0.5],
            "grad[2] is inf, expected 4.",
            "infinite at 1 of 4 elements",
            id="one infinity",
        ),
        pytest.param(
            np.abs(G),
            "grad[1] is 2, expected -2 (ratio -1).",
            "1 of 4 elements have the wrong sign",
            id="absolute value",
        ),
        pytest.param(
            G + 0.25,
            "grad[0] is 1.25, expected 1 (ratio 1.25).",
            "too large by 0.25",
            id="an offset",
        ),
        pytest.param(
            [1.0, -2.0, 0.0, 0.0],
            "grad[2] is 0, expected 4 (ratio 0).",
            "zero at 2 of 4 elements where it should not be",
            id="cut off",
        ),
        pytest.param(
            [1.0, -6.0, 12.0, 0.5],
            "grad[2] is 12, expected 4 (ratio 3).",
            "Only 2 of 4 elements are wrong, each 3 times",
            id="some of them",
        ),
        pytest.param(np.zeros(4), "grad[2] is 0, expected 4", "zero everywhere", id="zeros"),
        pytest.param(
            G * (1 + 1e-5), "grad[2] is 4.00004", "digits are lost", id="five digits only"
        ),
    ],
)
def test_a_wrong_gradient_is_explained(claimed, element, cause):
    finding = finding_of(array(claimed))

    assert not finding.passed
    assert element in finding.detail
    assert cause in finding.detail


def test_an_unexplained_gradient_still_names_its_worst_element():
    finding = finding_of(array([1.1, -2.0, 4.5, 0.5]))

    assert finding.detail == "grad[2] is 4.5, expected 4 (ratio 1.125)."


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        pytest.param(array(G[:3]), "Its shape is (3,)", id="too short"),
        pytest.param(array(G[:, None]), "Its shape is (4, 1)", id="a column"),
        pytest.param(array(np.array([1, -2, 4, 0])), "elements are int64", id="integers"),
        pytest.param(Returned((np.array(1.0),), "number"), "returned a number", id="one number"),
        pytest.param(Returned((G,), "tuple"), "returned a tuple", id="a tuple"),
        pytest.param(Unusable("a list"), "returned a list; a plain real array", id="a list"),
        pytest.param(Raised(("KeyError",), "secret"), "raised a KeyError", id="an exception"),
        pytest.param(NotRun(running=True), "stopped in this call. It took too long.", id="stopped"),
        pytest.param(NotRun(), "not reached. It took too long.", id="not reached"),
    ],
)
def test_what_is_no_gradient_fails_with_a_sentence(result, sentence):
    finding = finding_of(result)

    assert not finding.passed
    assert sentence in finding.detail
    assert "secret" not in finding.detail + finding.got


def test_the_table_has_wrong_elements_with_both_numbers_and_the_ratio():
    finding = finding_of(array([1.0, np.nan, 8.0, 0.5]))

    assert finding.table[1:3] == [
        {"index": "[1]", "got": "nan", "expected": -2.0, "numeric": None, "ratio": "nan"},
        {"index": "[2]", "got": 8.0, "expected": 4.0, "numeric": None, "ratio": 2.0},
    ]


def losses_of(function):
    """The losses at a probe's points, of any function of y_pred."""

    def losses(probe):
        points = np.tile(CASE.arguments[1], (len(probe.elements), 1))
        points[np.arange(len(points)), probe.elements] = probe.values
        return np.array([function(point) for point in points])

    return losses


RIGHT_LOSS = losses_of(lambda y: np.mean(0.5 * y**2))
DOUBLE_LOSS = losses_of(lambda y: np.mean(y**2))
FLAT_LOSS = losses_of(lambda y: 1.0)


@pytest.mark.parametrize(
    ("claimed", "losses", "sentence"),
    [
        pytest.param(G, RIGHT_LOSS, "", id="both right"),
        pytest.param(
            2 * G,
            DOUBLE_LOSS,
            "the right derivative of your own loss; it is the loss that is wrong",
            id="right derivative of a wrong loss",
        ),
        pytest.param(
            G, DOUBLE_LOSS, "right, but not the derivative of your loss", id="wrong loss alone"
        ),
        pytest.param(
            2 * G,
            RIGHT_LOSS,
            "differences of your own loss give the right gradient",
            id="wrong gradient alone",
        ),
        pytest.param(3 * G, DOUBLE_LOSS, "neither the expected one nor", id="both wrong"),
        pytest.param(
            0 * G, FLAT_LOSS, "it is the loss that is wrong", id="zeros of a constant loss"
        ),
        pytest.param(G, losses_of(lambda y: np.nan), "not finite here", id="a loss that is NaN"),
    ],
)
def test_differences_tell_a_wrong_gradient_from_a_wrong_loss(claimed, losses, sentence):
    finding = finding_of(array(claimed), judge=judge_differences, losses=losses)

    assert finding.passed is (sentence == "")
    assert sentence in finding.detail


def test_differences_are_in_the_table_beside_the_claimed_gradient():
    finding = finding_of(array(2 * G), judge=judge_differences, losses=RIGHT_LOSS)

    assert [row["got"] for row in finding.table] == list(2 * G)
    assert [row["numeric"] for row in finding.table] == pytest.approx(list(G), rel=1e-8)


def test_a_loss_that_loses_digits_far_from_zero_still_agrees_with_its_differences():
    """Styles round differently, so that differences must not be asked for too many digits."""
    shifted = patched(RIGHT, ("np.mean(0.5 * e**2)", "(np.mean(0.5 * e**2 + 3.0) - 3.0)"))

    assert not failures(graded(shifted), Family.GRADIENTS)


DIFFERENCES = """\
def grad(y_true, y_pred, weight=1.0):
    check(y_true, y_pred, weight)
    result = np.zeros(y_pred.shape)
    for index in list(np.ndindex(y_pred.shape))[:50]:
        up, down = y_pred.astype(float), y_pred.astype(float)
        up[index] += STEP
        down[index] -= STEP
        result[index] = (loss(y_true, up, weight) - loss(y_true, down, weight)) / (up - down)[index]
    return result
"""


@pytest.mark.parametrize("step", ["1e-3", "1e-4", "1e-5", "1e-6", "1e-7"])
def test_differences_of_the_loss_are_no_gradient(step):
    source = RIGHT.partition("def grad(")[0] + DIFFERENCES.replace("STEP", step)
    missed = {finding.check.name for finding in failures(graded(source), Family.GRADIENTS)}

    assert f"grad: {COARSE}" in missed


def test_a_gradient_of_sums_fails_at_every_shape_but_one_element():
    report = graded(patched(RIGHT, (" / y_pred.size", "")))
    found = failures(report, Family.GRADIENTS)

    assert report.families[Family.VALUES].score == 1.0
    assert len(found) == report.families[Family.GRADIENTS].total
    assert "8 times the right one: it looks like a sum where the mean is asked" in next(
        finding.detail for finding in found if "(8,)" in finding.check.name
    )
