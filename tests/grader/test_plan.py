"""Plans: deterministic, inputs only, well over 60 checks, and the order drawn from the seed."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grader.catalogue import CATALOGUE
from grader.catalogue.task import Case
from grader.families import Family
from grader.plan import Ask, make_plan, sample_plan
from grader.plan.gradients import COARSE, central_differences, central_probe
from grader.plan.shapes import emptied, mismatched, narrowed
from tests.grader.tiny import TINY

ROWS = [pytest.param(task, id=slug) for slug, task in CATALOGUE.items()]
SEEDS = st.integers(0, 2**63 - 1)
PAIR = ("chosen", "rejected")


def picture(plan):
    """Everything in a plan, comparable: arrays as their type, shape, strides and bytes."""

    def of(array):
        return array.dtype.str, array.shape, array.strides, array.flags.writeable, array.tobytes()

    calls = [
        (
            call.function,
            [of(array) for array in call.arguments],
            dict(call.parameters),
            call.probe and (call.probe.argument, of(call.probe.elements), of(call.probe.values)),
            (call.echo, call.hold, call.timed),
        )
        for call in plan.calls
    ]
    checks = [(c.family, c.name, c.ask, c.function, c.calls, c.part, c.hint) for c in plan.checks]
    return plan.task, plan.seed, calls, checks, plan.repeated


def fresh(task, seed):
    return make_plan.__wrapped__(task, seed)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_the_same_seed_gives_the_same_plan(seed):
    assert picture(fresh(TINY, seed)) == picture(fresh(TINY, seed))


@pytest.mark.parametrize("slug", ["mean-absolute-error", "quantile", "huber"])
def test_the_signs_of_errors_follow_no_pattern(slug):
    rng = np.random.default_rng(5)
    draws = [CATALOGUE[slug].sample(rng, (5, 3)) for _ in range(40)]
    signs = [np.sign(y_pred - y_true) for y_true, y_pred in draws]

    assert len({sign.tobytes() for sign in signs}) > 30
    assert not all(np.array_equal(s.ravel().reshape(5, 3, order="F"), s) for s in signs)
    assert all(np.ptp(sign) == 2 for sign in signs)


@settings(max_examples=15, deadline=None)
@given(SEEDS, SEEDS)
def test_another_seed_gives_other_inputs_and_another_order(seed, other):
    assume(seed != other)
    one, two = fresh(TINY, seed), fresh(TINY, other)
    drawn = [
        {a.tobytes() for call in plan.calls if not call.timed for a in call.arguments if a.size > 2}
        for plan in (one, two)
    ]

    assert [c.name for c in one.checks] == [c.name for c in two.checks]
    assert [c.calls for c in one.checks] != [c.calls for c in two.checks]
    assert not drawn[0] & drawn[1]


@pytest.mark.parametrize("seed", [0, -1, 2**63 - 1, 2**80], ids=["0", "negative", "63 bit", "huge"])
def test_any_integer_is_a_seed(seed):
    assert make_plan(TINY, seed).checks


@pytest.mark.parametrize("task", ROWS)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_plan_is_sound(task, seed):
    plan = make_plan(task, seed)
    families = {check.family for check in plan.checks}

    assert len(plan.checks) > 60
    assert families == set(Family) - (set() if task.gradient else {Family.GRADIENTS})
    assert len({(check.family, check.name) for check in plan.checks}) == len(plan.checks)
    assert {i for check in plan.checks for i in check.calls} <= set(range(len(plan.calls)))
    assert {call.function for call in plan.calls} == set(task.functions)


@pytest.mark.parametrize("task", ROWS)
def test_timed_calls_come_last_and_belong_to_efficiency_alone(task):
    plan = make_plan(task, 1)
    first = min(plan.timed)

    assert plan.timed == tuple(range(first, len(plan.calls)))
    for check in plan.checks:
        assert (check.family is Family.EFFICIENCY) is all(i >= first for i in check.calls)


@pytest.mark.parametrize("task", ROWS)
def test_inputs_outside_of_efficiency_are_small(task):
    plan = make_plan(task, 1)

    assert max(a.size for c in plan.calls if not c.timed for a in c.arguments) <= 2000


@pytest.mark.parametrize("task", ROWS)
def test_calls_that_look_for_state_are_repeated_with_others_in_between(task):
    plan = make_plan(task, 1)
    repeatable = [check for check in plan.checks if check.ask is Ask.REPEATABLE]

    assert [check.function for check in repeatable] == list(task.functions)
    for check in repeatable:
        assert len(set(check.calls)) == 3
        assert max(check.calls) - min(check.calls) > 2
        assert set(check.calls) & set(plan.repeated)


@pytest.mark.parametrize("task", ROWS)
def test_a_held_result_is_followed_by_a_call_of_the_same_function_and_shapes(task):
    plan = make_plan(task, 1)
    held = [i for i, call in enumerate(plan.calls) if call.hold]

    assert held
    for i in held:
        call, following = plan.calls[i], plan.calls[i + 1]
        assert call.function == following.function
        assert [a.shape for a in call.arguments] == [a.shape for a in following.arguments]


@pytest.mark.parametrize("task", ROWS)
def test_the_sample_plan_is_open_small_and_always_the_same(task):
    plan = sample_plan(task)
    previews = [check for check in plan.checks if check.ask is Ask.DIFFERENCES]

    assert plan.sample
    assert 3 <= len(plan.checks) <= 14
    assert not plan.timed
    assert picture(plan) == picture(sample_plan.__wrapped__(task))
    assert len(previews) == (len(task.differentiated) if task.gradient else 0)


def test_shapes_that_would_broadcast_are_among_the_mismatched():
    case = Case((np.zeros(8), np.zeros(8)))
    shapes = {wrong.arguments[1].shape for _, wrong in mismatched(TINY, case)}

    assert shapes == {(8, 1), (1,), (7,)}


def test_a_last_axis_that_would_broadcast_is_wrong_beside_one_of_the_same_length():
    pair, three = (Case((np.zeros((5, 3)),) * n) for n in (2, 3))

    def shapes(task, case):
        return [tuple(a.shape for a in wrong.arguments) for _, wrong in narrowed(task, case)]

    assert shapes(CATALOGUE["huber"], pair) == [((5, 3), (5, 1))]
    assert set(shapes(CATALOGUE["ppo-clip"], three)) == {
        ((5, 1), (5, 3), (5, 3)),
        ((5, 3), (5, 1), (5, 3)),
        ((5, 3), (5, 3), (5, 1)),
    }
    assert shapes(CATALOGUE["gan-discriminator"], pair) == []


def test_every_agreement_of_a_row_with_axes_is_broken():
    case = Case((np.zeros((6, 4)),) * 3)
    broken = {
        tuple(argument.shape for argument in wrong.arguments)
        for _, wrong in mismatched(CATALOGUE["triplet"], case)
    }

    wrong = [(1, 4), (5, 4), (6, 1), (6, 3)]
    assert broken >= {((6, 4), shape, (6, 4)) for shape in wrong}
    assert broken >= {((6, 4), (6, 4), shape) for shape in wrong}
    assert broken >= {(shape, (6, 4), (6, 4)) for shape in wrong}


def test_a_single_row_among_rows_is_broken_too():
    case = Case((np.zeros((6, 4)),) * 2)
    broken = [
        tuple(argument.shape for argument in wrong.arguments)
        for _, wrong in mismatched(CATALOGUE["info-nce"], case)
    ]

    assert {((4,), (6, 4)), ((6, 4), (4,))} <= set(broken)


@pytest.mark.parametrize("slug", ["vae-elbo", "detection"])
def test_arguments_that_agree_in_pairs_are_broken_against_the_other_pair(slug):
    task = CATALOGUE[slug]
    case = task.draw(np.random.default_rng(0), task.shapes[0])
    broken = {
        tuple(len(argument) for argument in wrong.arguments) for _, wrong in mismatched(task, case)
    }

    assert broken & {(4, 4, 1, 1), (1, 1, 4, 4)}
    assert broken & {(4, 4, 3, 3), (3, 3, 4, 4)}


@pytest.mark.parametrize(
    ("slug", "asked"),
    [("softmax-cross-entropy", True), ("focal", True), ("hinge", False), ("huber", False)],
)
def test_labels_come_as_unsigned_bytes_where_none_is_negative(slug, asked):
    plan = make_plan(CATALOGUE[slug], 1)
    dtypes = {array.dtype for call in plan.calls for array in call.arguments}

    assert (np.dtype(np.uint8) in dtypes) is asked


@pytest.mark.parametrize(
    ("slug", "asked"),
    [
        ("huber", {"grad: a NaN in y_true", "grad: a NaN in y_pred"}),
        ("reward-model", {f"grad of {a}: a NaN in {b}" for a in PAIR for b in PAIR}),
        ("binary-cross-entropy", {"grad: a NaN in y_true"}),
        ("hinge", set()),
        ("predictive-entropy", set()),
    ],
)
def test_a_gradient_is_asked_for_a_nan_where_every_right_style_shows_it(slug, asked):
    checks = make_plan(CATALOGUE[slug], 1).checks

    assert {c.name for c in checks if c.ask is Ask.NAN and c.function == "grad"} == asked


def test_a_gradient_is_asked_once_where_differences_are_coarse():
    plan = make_plan(TINY, 1)
    (check,) = [check for check in plan.checks if check.name.endswith(COARSE)]

    assert (check.family, check.ask) == (Family.GRADIENTS, Ask.GRADIENT)
    assert np.abs(check.case.arguments[1]).max() > 1e8


def test_empty_input_has_no_sample_in_any_argument():
    task = CATALOGUE["softmax-cross-entropy"]
    ((_, case),) = emptied(task, Case((np.zeros(5, int), np.zeros((5, 3)))))

    assert [array.shape for array in case.arguments] == [(0,), (0, 3)]


@pytest.mark.parametrize(
    ("function", "derivative"),
    [
        pytest.param(np.sin, np.cos, id="sine"),
        pytest.param(np.exp, np.exp, id="exponential"),
        pytest.param(lambda x: x**4, lambda x: 4 * x**3, id="fourth power"),
        pytest.param(lambda x: 1e6 * x, lambda x: 1e6 + 0 * x, id="steep line"),
    ],
)
def test_differences_are_good_for_nine_digits(function, derivative):
    x = np.array([0.3, -1.7, 2.4, 12.0])
    probe = central_probe(np.random.default_rng(0), 0, x, 4)

    numeric = central_differences(probe.values, function(probe.values))

    np.testing.assert_allclose(numeric, derivative(x), rtol=1e-9)


def test_a_probe_of_a_large_array_takes_a_few_elements_of_it():
    x = np.arange(100.0).reshape(10, 10)
    probe = central_probe(np.random.default_rng(0), 0, x, 6)
    elements = probe.elements.reshape(4, 6)

    assert (elements == elements[0]).all()
    assert len(set(elements[0])) == 6
    assert (np.abs(probe.values - probe.elements) < 0.1).all()
