"""Curves: what is right on paper, what a candidate's code gives there, and gaps where it fails."""

import json
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.floor import Floor
from grader.catalogue import CATALOGUE
from grader.catalogue.task import Case, Curve, patched
from grader.grading import grade
from grader.judge.curves import curves, reference_curves
from grader.plan import make_plan
from grader.plan.curves import curve_calls, points
from grader.sandbox import Sandbox
from grader.sandbox.outcome import NotRun, Raised, Returned, Unusable
from grader.sandbox.sandbox import made
from tests.grader.tiny import RIGHT, SUM, TINY

# Half of 2 e^2 is e^2, and its slope 2 e.
PARABOLA = Curve(
    "One error", "e", -4.0, 4.0, lambda x: Case((np.zeros(1), np.array([x])), {"weight": 2.0})
)
TASK = replace(TINY, curves=(PARABOLA,))
ROWS = [
    pytest.param(task, curve, id=f"{task.slug}-{number}")
    for task in CATALOGUE.values()
    for number, curve in enumerate(task.curves)
]


def at(curve, **changes):
    return replace(TINY, curves=(replace(curve, **changes),))


def strict(value):
    return json.loads(json.dumps(value, allow_nan=False))


def test_points_are_even_and_reach_both_ends():
    assert points(PARABOLA) == tuple(np.arange(-4, 4.25, 0.25))


def test_points_close_in_on_a_kink_from_both_sides():
    near = [x for x in points(replace(PARABOLA, kinks=(0.1,))) if abs(x - 0.1) < 0.1]

    assert near == [0.092, 0.1, 0.108]


def test_the_curve_of_a_square_is_a_parabola_with_a_straight_slope():
    (drawn,) = reference_curves(TASK)

    assert drawn["loss"] == [x**2 for x in points(PARABOLA)]
    assert drawn["grad"] == [2 * x for x in points(PARABOLA)]


def test_the_slope_is_along_the_axis_whichever_way_the_inputs_move():
    task = at(PARABOLA, at=lambda x: Case((np.zeros(2), np.array([3 - 2 * x, x]))))
    (drawn,) = reference_curves(task)

    # (1/4) ((3 - 2x)^2 + x^2), of which the slope is (5x - 6) / 2.
    assert drawn["grad"] == [(5 * x - 6) / 2 for x in points(PARABOLA)]


def test_there_is_no_slope_at_a_kink_and_a_loss():
    task = at(PARABOLA, kinks=(1.0,))
    place = points(task.curves[0]).index(1.0)
    (drawn,) = reference_curves(task)

    assert (drawn["loss"][place], drawn["grad"][place]) == (0.5 * 2, None)
    assert drawn["grad"].count(None) == 1


def test_what_is_not_finite_is_a_gap():
    task = replace(TASK, reference=lambda *a, **k: np.inf, gradient=lambda *a, **k: (np.ones(1),))
    drawn = strict(curves(task, ()))[0]["expected"]

    assert drawn["loss"] == [None] * 33
    assert drawn["grad"] == [1.0] * 33


def test_a_task_of_scores_has_no_slopes():
    task = replace(TASK, gradient=None, function="score", reference=lambda t, p, weight: p)
    (drawn,) = reference_curves(task)

    assert drawn["loss"] == list(points(PARABOLA))
    assert drawn["grad"] == [None] * 33


@pytest.mark.parametrize(
    ("result", "number"),
    [
        pytest.param(Returned((np.array(2.5),), "number"), 2.5, id="a number"),
        pytest.param(Returned((np.array([2.5]),), "array"), 2.5, id="an array of one"),
        pytest.param(Returned((np.array(1 / 3),), "number"), 0.333333, id="six digits"),
        pytest.param(Returned((np.array(3),), "number"), 3.0, id="an integer"),
        pytest.param(Returned((np.array(np.nan),), "number"), None, id="NaN"),
        pytest.param(Returned((np.array(-np.inf),), "number"), None, id="infinity"),
        pytest.param(Returned((np.ones(2),), "array"), None, id="two numbers"),
        pytest.param(Returned((np.ones(0),), "array"), None, id="an empty array"),
        pytest.param(Returned((np.ones(1), np.ones(1)), "tuple"), None, id="a tuple"),
        pytest.param(Raised(("ValueError",), "no"), None, id="an exception"),
        pytest.param(Unusable("a list"), None, id="a list"),
        pytest.param(NotRun(), None, id="not run"),
    ],
)
def test_a_point_is_a_number_or_a_gap(result, number):
    good = [Returned((np.array(0.0),), "number"), Returned((np.ones(1),), "array")] * 32

    got = strict(curves(TASK, [result, good[1], *good]))[0]["got"]

    assert got["loss"] == [number] + [0.0] * 32
    assert got["grad"] == [1.0] * 33


@pytest.mark.parametrize(
    ("values", "slope"),
    [
        pytest.param((np.array([3.0]),), 3.0, id="right shape"),
        pytest.param((np.array(3.0),), None, id="a number for an array"),
        pytest.param((np.ones((1, 1)),), None, id="another shape"),
        pytest.param((np.ones(1), np.ones(1)), None, id="one array too many"),
        pytest.param((np.array([np.nan]),), None, id="NaN"),
    ],
)
def test_a_slope_needs_the_shape_of_the_argument(values, slope):
    results = [Returned((np.array(0.0),), "number"), Returned(values, "array")] * 33

    assert curves(TASK, results)[0]["got"]["grad"] == [slope] * 33


@pytest.mark.parametrize("results", [(), [NotRun()] * 66], ids=["not asked", "not reached"])
def test_without_any_number_there_is_no_curve_of_the_candidate(results):
    assert curves(TASK, results)[0]["got"] is None


def test_a_second_curve_takes_the_results_behind_those_of_the_first():
    task = replace(TASK, curves=(PARABOLA, replace(PARABOLA, kinks=(1.0,))))
    results = [Returned((np.array(float(i)),), "number") for i in range(len(curve_calls(task)))]

    first, second = curves(task, results)

    assert first["got"]["loss"][:2] == [0.0, 2.0]
    assert second["got"]["loss"][:2] == [66.0, 68.0]


class Counting(Floor):
    """A floor that notes the calls of each run, those for the clock alone aside."""

    def __init__(self):
        self.runs = []

    def run(self, source, calls, functions=("loss", "grad"), *rest, **options):
        calls = made(calls)
        if not all(call.timed for call in calls):
            self.runs.append(calls)
        return super().run(source, calls, functions, *rest, **options)


def drawn_by(source, task=TASK, **options):
    """How many children ran, and the one curve of the report."""
    floor = Counting()
    report = strict(grade(task, source, 1, floor, **options).as_dict())
    return len(floor.runs), report["curves"]


def test_a_passed_submission_has_the_reference_alone_and_costs_no_second_child():
    children, (curve,) = drawn_by(RIGHT)

    assert (children, curve["got"]) == (1, None)
    assert curve["expected"]["loss"][0] == 16.0


def test_a_failed_submission_is_drawn_by_the_second_child():
    children, (curve,) = drawn_by(patched(RIGHT, ("0.5 * e**2", "e**2")))

    assert children == 2
    assert curve["got"]["loss"] == [2 * x**2 for x in points(PARABOLA)]
    assert curve["got"]["grad"] == [2 * x for x in points(PARABOLA)]


def test_a_failed_submission_is_drawn_though_nothing_is_repeated(monkeypatch):
    monkeypatch.setattr(
        "grader.early.make_plan", lambda task, seed: replace(make_plan(task, seed), repeated=())
    )

    children, (curve,) = drawn_by(SUM)

    assert children == 2
    assert curve["got"]["loss"] == curve["expected"]["loss"]


@pytest.mark.parametrize("source", [RIGHT, SUM], ids=["right", "wrong"])
def test_a_sample_run_is_always_drawn_in_a_child_of_its_own(source):
    children, (curve,) = drawn_by("print('loaded')\n" + source, sample=True)

    assert (children, len(curve["got"]["loss"])) == (2, 33)


@pytest.mark.sandbox
def test_the_curve_prints_nothing_into_the_report():
    source = patched(RIGHT, ("    e = ", "    print('called')\n    e = "))
    with Sandbox() as sandbox:
        drawn = grade(TASK, source, 1, sandbox, sample=True)
        bare = grade(TINY, source, 1, sandbox, sample=True)

    assert drawn.curves[0]["got"] == drawn.curves[0]["expected"]
    assert drawn.stdout == bare.stdout != ""


def test_where_the_code_raises_the_curve_has_a_gap():
    source = patched(
        RIGHT, ("    e = ", "    if y_pred[0] > 3.0:\n        raise OSError\n    e = ")
    )
    _, (curve,) = drawn_by(source, sample=True)

    assert curve["got"]["loss"][-5:] == [9.0, None, None, None, None]
    assert curve["got"]["grad"][-1] == 8.0


def test_code_that_never_ran_has_no_curves():
    assert drawn_by("def loss(:") == (1, [])


def test_a_task_without_curves_has_none_and_its_samples_no_second_child():
    assert drawn_by(RIGHT, TINY, sample=True) == (1, [])


@pytest.mark.parametrize(("task", "curve"), ROWS)
def test_the_slope_of_every_row_is_that_of_its_loss(task, curve):
    def loss(x):
        case = curve.at(x)
        with np.errstate(all="ignore"):
            return float(np.squeeze(task.reference(*case.arguments, **case.parameters)))

    drawn = reference_curves(task)[task.curves.index(curve)]
    step = 2.0**-18 * (curve.high - curve.low)
    top = max((abs(slope) for slope in drawn["grad"] if slope is not None), default=0.0)
    for x, slope in zip(points(curve), drawn["grad"], strict=True):
        if slope is not None and curve.low < x < curve.high:
            assert slope == pytest.approx(
                (loss(x + step) - loss(x - step)) / (2 * step), rel=1e-3, abs=1e-5 * top
            )


@pytest.mark.parametrize(("task", "curve"), ROWS)
def test_every_curve_of_the_catalogue_can_be_drawn(task, curve):
    drawn = strict(reference_curves(task)[task.curves.index(curve)])

    assert 30 <= len(points(curve)) <= 50
    assert drawn["loss"].count(None) <= 3
    assert task.gradient is None or drawn["grad"].count(None) <= 3 + len(curve.kinks)
    assert all(curve.low < kink < curve.high for kink in curve.kinks)
    assert curve.title
    assert curve.axis
