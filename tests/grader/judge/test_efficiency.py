"""Credit by the ratio to the yardstick, and only for right results on large arrays."""

import pytest

from grader.catalogue.task import patched
from grader.families import Family
from grader.judge.efficiency import credit, ratio
from grader.pacing import fastest, least
from grader.sandbox.call import Call
from grader.sandbox.outcome import NotRun, Raised, Returned
from tests.grader.tiny import LOOPS, RIGHT, failures, graded


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        pytest.param(0.1, 1.0, id="faster than the yardstick"),
        pytest.param(10.0, 1.0, id="the limit"),
        pytest.param(10**1.5, 0.5, id="half way on the logarithm"),
        pytest.param(100.0, 0.0, id="a hundred times"),
        pytest.param(1e9, 0.0, id="hopeless"),
    ],
)
def test_credit_falls_with_the_logarithm_of_the_ratio(times, expected):
    assert credit(times) == pytest.approx(expected)


def test_a_yardstick_too_short_to_measure_counts_as_a_quarter_of_a_millisecond():
    assert ratio(0.0005, 0.000001) == pytest.approx(2.0)


def test_loops_lose_efficiency_and_nothing_else():
    report = graded(LOOPS)

    assert report.verdict == "passed"
    assert {f.check.family for f in failures(report)} == {Family.EFFICIENCY}
    assert 0.95 <= report.score < 1.0
    assert report.families[Family.EFFICIENCY].score < 1.0
    assert any("times the CPU time of vectorised NumPy" in line for line in report.diagnosis)


def test_a_loss_that_gives_up_on_large_arrays_earns_nothing_for_speed():
    source = patched(
        RIGHT, ("    e = y_pred", "    if y_pred.size > 1000:\n        return 0.0\n    e = y_pred")
    )
    report = graded(source)

    assert [(f.check.function, f.got) for f in failures(report)] == [("loss", "a wrong result")]
    assert report.families[Family.EFFICIENCY].score == 0.5


def test_the_least_time_of_each_function_counts_and_a_failed_call_has_none():
    calls = [Call(name, (), timed=True) for name in ("loss", "grad", "loss", "grad", "loss")]
    results = [Returned((), "number", cpu_seconds=s) for s in (0.3, 0.1, 0.2)]
    results += [Raised(("ValueError",), ""), NotRun()]

    assert fastest(calls, results) == {"loss": 0.2, "grad": 0.1}


def test_repeated_measurements_keep_the_smaller_time():
    assert least({"loss": 0.3, "grad": 0.1}, {"loss": 0.2}) == {"loss": 0.2, "grad": 0.1}
