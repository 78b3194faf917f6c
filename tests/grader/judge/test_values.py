"""A wrong loss is explained by its factor, and what is no number by what it is."""

import numpy as np
import pytest

from grader.catalogue.task import Case
from grader.families import Family
from grader.judge.evidence import Evidence
from grader.judge.truth import Truths
from grader.judge.values import judge_value
from grader.plan.check import Ask, Check, Plan
from grader.sandbox.call import Call
from grader.sandbox.outcome import Ending, Outcome, Raised, Returned, Unusable
from tests.grader.tiny import TINY

# On paper: half the mean of [4, 16, 36, 8, 64, 0, 4, 12] is 9.
CASE = Case((np.zeros(8), np.sqrt([4.0, 16.0, 36.0, 8.0, 64.0, 0.0, 4.0, 12.0])))
# Half the mean of [4, 32] is 9, too.
PAIR = Case((np.zeros(2), np.sqrt([4.0, 32.0])))


def judged(result, *, sample=False, case=CASE):
    check = Check(Family.VALUES, "a value", Ask.VALUE, "loss", case, (0,))
    plan = Plan("tiny", 0, (Call("loss", case.arguments),), (check,), sample=sample)
    outcome = Outcome(Ending.FINISHED, "", (result,), "", 0.0, 0.0)
    with np.errstate(all="ignore"):
        return judge_value(check, Evidence(TINY, plan, Truths(TINY), outcome))


def number(value, form="number"):
    return Returned((np.array(value),), form)


@pytest.mark.parametrize("form", ["number", "scalar", "array"])
def test_the_right_number_passes_in_every_form(form):
    finding = judged(number(9.0, form))

    assert finding.passed
    assert (finding.expected, finding.got) == ("9", "9")


def test_an_integer_that_is_right_passes():
    assert judged(number(9)).passed


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        pytest.param(
            72.0,
            "Your loss is 8 times the expected value for arrays of length 8: it looks like a sum "
            "where the mean is asked.",
            id="sum",
        ),
        pytest.param(
            18.0, "Your loss is 2 times the expected value: a factor one half", id="no half"
        ),
        pytest.param(4.5, "Your loss is 1/2 times the expected value: a factor 2", id="halved"),
        pytest.param(-9.0, "Your loss is -1 times the expected value: its sign", id="sign"),
        pytest.param(
            9.0 / np.log(2), "1.442695 times the expected value: logarithms to base 2", id="bits"
        ),
        pytest.param(27.0, "Your loss is 3 times the expected value.", id="no known factor"),
        pytest.param(9.0 * (1 + 3e-6), "off by a relative 3.0e-06: digits are lost", id="digits"),
        pytest.param(0.0, "Your loss is 0 here.", id="zero"),
        pytest.param(1e-308, "Your loss is 1.111111e-309 times the expected", id="subnormal"),
        pytest.param(1e-150, "Your loss is 1.111111e-151 times the expected", id="tiny"),
        pytest.param(np.nan, "returned NaN where a finite number is right", id="NaN"),
        pytest.param(np.inf, "returned infinity where a finite number is right", id="infinity"),
    ],
)
def test_a_wrong_number_is_explained(value, sentence):
    finding = judged(number(value))

    assert not finding.passed
    assert sentence in finding.detail


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        pytest.param(
            PAIR,
            "Your loss is 2 times the expected value: a factor one half is missing, or it looks "
            "like a sum where the mean is asked.",
            id="two elements",
        ),
        pytest.param(
            CASE, "Your loss is 2 times the expected value: a factor one half is missing.", id="8"
        ),
    ],
)
def test_twice_the_mean_of_two_may_be_their_sum(case, sentence):
    assert judged(number(18.0), case=case).detail.startswith(sentence)


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        pytest.param(
            Returned((np.array([9.0]),), "array"), "shape (1,); one number is asked", id="(1,)"
        ),
        pytest.param(Returned((np.full(8, 9.0),), "array"), "an array of shape (8,)", id="no mean"),
        pytest.param(Returned((np.array(9.0),), "tuple"), "returned a tuple", id="a tuple"),
        pytest.param(Unusable("a list"), "returned a list; one plain real number", id="a list"),
        pytest.param(
            Raised(("KeyError", "LookupError"), "hidden 1.234", 7),
            "`loss` raised a KeyError in line 7 where a number is asked.",
            id="an exception",
        ),
    ],
)
def test_what_is_no_number_fails_with_a_sentence(result, sentence):
    finding = judged(result)

    assert not finding.passed
    assert sentence in finding.detail
    assert "1.234" not in finding.detail + finding.got


def test_only_an_open_check_repeats_the_message_of_an_exception():
    result = Raised(("KeyError",), "no <b>key</b>\x1b[31m", 7)

    assert "no <b>key</b>\\x1b[31m" in judged(result, sample=True).detail
    assert "key</b>" not in judged(result).detail


def test_what_a_candidate_chose_is_cut():
    assert len(judged(Unusable("x" * 10_000)).detail) < 500
