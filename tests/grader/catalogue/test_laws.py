"""What is known of a loss without computing it, for every row that declares it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.catalogue.task import Case
from tests.grader.catalogue.cases import ROWS, points

each_law = pytest.mark.parametrize(
    "law", [pytest.param(law, id=f"{task.slug}: {law.name}") for task in ROWS for law in task.laws]
)
each_example = pytest.mark.parametrize(
    ("task", "example"),
    [
        pytest.param(task, example, id=f"{task.slug}: {example.working}")
        for task in ROWS
        for example in task.examples
    ],
)
seeds = st.integers(0, 2**32)
few = settings(max_examples=15)


def rows_that(have):
    return pytest.mark.parametrize(
        "task", [pytest.param(task, id=task.slug) for task in ROWS if have(task)]
    )


@pytest.mark.parametrize("task", [pytest.param(task, id=task.slug) for task in ROWS])
def test_row_has_an_example_and_knows_something_of_its_loss(task):
    assert task.examples
    assert task.laws


@each_example
def test_reference_and_gradient_are_what_paper_says(task, example):
    arguments, parameters = example.case.arguments, example.case.parameters

    value = task.reference(*arguments, **parameters)

    np.testing.assert_allclose(value, example.value, rtol=1e-14, atol=1e-15)
    if example.gradient is not None:
        found = task.gradient(*arguments, **parameters)
        for one, other in zip(found, example.gradient, strict=True):
            np.testing.assert_allclose(one, np.array(other), rtol=1e-14, atol=1e-15)


@each_law
@few
@given(seed=seeds)
def test_law_holds(law, seed):
    left, right = law.sides(np.random.default_rng(seed))

    np.testing.assert_allclose(left, right, rtol=law.rtol, atol=law.atol)


@rows_that(lambda task: task.non_negative)
def test_loss_is_never_negative(task):
    for name, case in points(task):
        assert task.reference(*case.arguments, **case.parameters) >= 0, name


@rows_that(lambda task: not task.non_negative and task.function == "loss")
def test_loss_that_is_not_called_non_negative_can_be_negative(task):
    """A flag that is left out by mistake shows here, unless no point of the row is below 0."""
    values = [task.reference(*case.arguments, **case.parameters) for _, case in points(task)]

    assert min(values) < 0


@rows_that(lambda task: task.convex)
@few
@given(seed=seeds, share=st.floats(0.05, 0.95))
def test_chord_of_a_convex_loss_lies_above_it(task, seed, share):
    rng = np.random.default_rng(seed)
    one, two = (task.sample(rng, task.shapes[0]) for _ in range(2))
    # Everything that is not differentiated stays fixed.
    moving = [i in task.differentiated for i in range(len(one))]
    pairs = list(zip(moving, one, two, strict=True))
    other = [b if moves else a for moves, a, b in pairs]
    between = [share * a + (1 - share) * b if moves else a for moves, a, b in pairs]
    left, right, middle = (task.reference(*arguments) for arguments in (one, other, between))

    room = 1e-12 * max(abs(left), abs(right))
    assert middle <= share * left + (1 - share) * right + room


@rows_that(lambda task: task.curves)
def test_curve_has_a_finite_loss_and_slopes_that_jump_at_its_kinks_alone(task):
    for curve in task.curves:
        grid = np.linspace(curve.low, curve.high, 81)
        kinks = np.array(curve.kinks)
        smooth = [x for x in grid if not np.any(np.abs(kinks - x) < 1e-9)]
        values = [value(task, curve.at(x)) for x in grid]
        assert np.isfinite(values).all()
        step = 1e-7 * (curve.high - curve.low)
        for x in smooth:
            assert jump(task, curve, x, step) <= 1e-2, x
        for x in kinks:
            assert jump(task, curve, x, step) > 1e-2, x


def value(task, case):
    return float(np.max(task.reference(*case.arguments, **case.parameters)))


def jump(task, curve, x, step):
    """How much the slope changes within a tiny step, as a share of the largest slope nearby."""
    near, here, far = (value(task, curve.at(x + d)) for d in (-step, 0.0, step))
    before, after = (here - near) / step, (far - here) / step
    return abs(after - before) / max(abs(before), abs(after), 1e-2)


# They compare samples with one another, and say nothing of one alone.
COMPARING = {"clip", "cox", "info-nce", "nt-xent", "relevance-diversity", "supervised-contrastive"}


def test_every_loss_can_be_drawn():
    assert [task.slug for task in ROWS if not task.curves] == []


def test_a_case_of_a_curve_has_one_sample_where_one_is_enough():
    for task in ROWS:
        for curve in task.curves:
            case = curve.at(curve.low)
            assert isinstance(case, Case)
            pairs = zip(task.arguments, case.arguments, strict=True)
            axes = [zip(arg.shape.split(), array.shape, strict=False) for arg, array in pairs]
            samples = [size for axis in axes for token, size in axis if token[0] in "n*"]
            assert (samples == [1] * len(samples)) != (task.slug in COMPARING), curve.title
