"""Weights, scaling and verdict, on paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.families import WEIGHTS, Family
from grader.judge.score import Share, Verdict, score, verdict

SHARES = st.builds(
    lambda passed, more: Share(passed, passed + more, passed / (passed + more)),
    st.integers(0, 30),
    st.integers(1, 30),
)
ALL = st.fixed_dictionaries(dict.fromkeys(Family, SHARES))


def shares(values, gradients, stability, edge_cases, efficiency):
    """Ten checks a family; None is a family without checks."""
    given_shares = (values, gradients, stability, edge_cases, efficiency)
    return {
        family: Share(0, 0, 0.0) if share is None else Share(round(10 * share), 10, share)
        for family, share in zip(Family, given_shares, strict=True)
    }


@pytest.mark.parametrize(
    ("given_shares", "expected"),
    [
        pytest.param((1, 1, 1, 1, 1), 1.0, id="everything"),
        pytest.param((0, 0, 0, 0, 0), 0.0, id="nothing"),
        pytest.param((1, 0, 0, 0, 0), 0.35, id="values alone"),
        pytest.param((0, 1, 0, 0, 0), 0.30, id="gradients alone"),
        pytest.param((0, 0, 1, 1, 1), 0.0, id="fast wrong code"),
        pytest.param((0.5, 0, 1, 1, 1), 0.35 / 2 + 0.35 / 2, id="the rest scaled by the values"),
        pytest.param((1, 0.5, 1, 1, 1), 0.85, id="half of the gradients"),
        pytest.param((1, 1, 1, 1, 0.5), 0.975, id="slow"),
        pytest.param((1, None, 1, 1, 1), 1.0, id="no gradient, everything"),
        pytest.param((1, None, 0, 0, 0), 0.5, id="no gradient: 0.35 of 0.70"),
        pytest.param((0.5, None, 0.5, 0, 0), (0.175 + 0.0375) / 0.7, id="no gradient, halves"),
    ],
)
def test_score_is_the_weighted_sum_scaled_by_the_values(given_shares, expected):
    assert score(shares(*given_shares)) == pytest.approx(expected, abs=1e-6)


def test_a_question_may_change_the_weights():
    weights = dict.fromkeys(Family, 0.0) | {Family.GRADIENTS: 2.0}

    assert score(shares(0, 0.5, 1, 1, 1), weights) == 0.5


def test_weights_add_up_to_one():
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


@given(ALL)
def test_score_lies_between_nothing_and_everything(families):
    assert 0.0 <= score(families) <= 1.0


@given(ALL, st.sampled_from(list(Family)))
def test_score_never_falls_when_a_family_gets_better(families, family):
    better = families | {family: Share(1, 1, 1.0)}

    assert score(better) >= score(families) - 1e-6


@given(ALL)
def test_score_without_right_values_is_that_of_the_gradients(families):
    none_right = families | {Family.VALUES: Share(0, 5, 0.0)}

    assert score(none_right) == pytest.approx(0.30 * families[Family.GRADIENTS].score, abs=1e-6)


@pytest.mark.parametrize(
    ("given_shares", "judged", "expected"),
    [
        pytest.param((1, 1, 1, 1, 1), True, Verdict.PASSED, id="everything"),
        pytest.param((1, 1, 1, 1, 0), True, Verdict.PASSED, id="slow and right"),
        pytest.param((1, None, 1, 1, 1), True, Verdict.PASSED, id="no gradient asked"),
        pytest.param((1, 1, 1, 0.9, 1), True, Verdict.PARTIAL, id="one edge"),
        pytest.param((0, 0.1, 0, 0, 0), True, Verdict.PARTIAL, id="one gradient"),
        pytest.param((0, 0, 1, 1, 1), True, Verdict.FAILED, id="nothing earned"),
        pytest.param((0, 0, 0, 0, 0), False, Verdict.ERROR, id="nothing came back"),
    ],
)
def test_verdict(given_shares, judged, expected):
    families = shares(*given_shares)

    assert verdict(families, score(families), judged=judged) is expected
