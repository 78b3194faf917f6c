"""Subdifferentials and refusals that can be worked out on paper."""

import numpy as np
import pytest

from grader.catalogue import get


def rows(*values):
    return np.array(values, dtype=np.float64)


def test_hinge_allows_all_between_the_slopes_at_a_margin_of_1_and_nothing_else_elsewhere():
    y_true, scores = np.array([1, -1, 1, -1]), rows(1, -1, 0.5, -2)

    ((low, high),) = get("hinge").subdifferential(y_true, scores)

    np.testing.assert_array_equal(low, rows(-0.25, 0, -0.25, 0))
    np.testing.assert_array_equal(high, rows(0, 0.25, -0.25, 0))


def test_triplet_allows_any_number_at_coinciding_points_of_an_active_row_only():
    anchor = rows([0, 0], [0, 0], [0, 0])
    positive = rows([0, 0], [0, 0], [3, 4])
    negative = rows([0.5, 0], [2, 0], [1, 0])

    bounds = get("triplet").subdifferential(anchor, positive, negative)

    anything = [[bool(np.isinf(low[i]).all()) for low, _ in bounds] for i in range(3)]
    assert anything == [[True, True, False], [False, False, False], [False, False, False]]
    for low, high in bounds:
        np.testing.assert_array_equal(low[1], 0)
        np.testing.assert_array_equal(high[1], 0)
        np.testing.assert_array_equal(low[2], high[2])


def test_triplet_allows_all_between_0_and_the_active_gradient_at_a_margin_met_exactly():
    bounds = get("triplet").subdifferential(rows([0, 0]), rows([3, 4]), rows([6, 0]))

    (low, high), *_ = bounds
    np.testing.assert_allclose(low, rows([0, -0.8]), atol=1e-16)
    np.testing.assert_allclose(high, rows([0.4, 0]), atol=1e-16)


REFUSED = [
    ("softmax-cross-entropy", (np.array([3]), rows([0, 0, 0])), {}),
    ("softmax-cross-entropy", (np.array([-1]), rows([0, 0, 0])), {}),
    ("softmax-cross-entropy", (np.array([[1]]), rows([0, 0, 0])), {}),
    ("softmax-cross-entropy", (np.array([0, 1]), rows([0, 0, 0])), {}),
    ("focal", (np.array([2]), rows(0)), {}),
    ("focal", (np.array([1]), rows(0)), {"gamma": -0.1}),
    ("focal", (np.array([1, 0]), rows([0], [0])), {}),
    ("hinge", (np.array([0]), rows(0)), {}),
    ("hinge", (np.array([1, 1]), rows(0)), {}),
    ("triplet", (rows([0, 0]), rows([0, 0]), rows([0, 0], [0, 0])), {}),
    ("triplet", (np.zeros((0, 2)),) * 3, {}),
    ("info-nce", (np.eye(2), rows([1, 0], [0, 0])), {}),
    ("info-nce", (np.eye(2), np.eye(2)), {"temperature": 0.0}),
    ("info-nce", (np.eye(2), np.eye(3)), {}),
    ("reward-model", (rows(0), rows([0])), {}),
    ("reward-model", (rows(), rows()), {}),
    ("predictive-entropy", (np.zeros((0, 3)),), {}),
    ("predictive-entropy", (np.zeros((3, 0)),), {}),
]


@pytest.mark.parametrize(("slug", "arguments", "parameters"), REFUSED)
def test_reference_and_gradient_refuse_what_the_rules_refuse(slug, arguments, parameters):
    task = get(slug)
    for function in filter(None, (task.reference, task.gradient)):
        with pytest.raises(ValueError, match=r"\w"):
            function(*arguments, **parameters)


@pytest.mark.parametrize("argument", [0, 1])
def test_info_nce_lets_a_nan_through_where_a_zero_row_is_refused(argument):
    arguments = [np.eye(2), np.eye(2)]
    arguments[argument][0] = np.nan

    assert np.isnan(get("info-nce").reference(*arguments))
