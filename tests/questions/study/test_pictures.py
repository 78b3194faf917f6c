"""The pictures hold the right numbers at every setting, for every loss."""

import math
from itertools import pairwise

import numpy as np
import pytest

from grader.catalogue import CATALOGUE
from questions.study.knobs import MOVING, SETTINGS
from questions.study.pictures import grid, pictures, scenes
from questions.study.tables import shown, some, started


def value(picture, x, part="loss", **turned):
    """The number of a picture at x, with knobs turned to the values that are named in words."""
    line = 0
    for knob in picture["knobs"]:
        word = turned.pop(knob["name"], knob["values"][knob["start"]])
        line = line * len(knob["values"]) + knob["values"].index(word)
    assert not turned
    return picture[part][line][picture["x"].index(x)]


def of(slug, number=0):
    return pictures(CATALOGUE[slug])[number]


@pytest.mark.parametrize(
    ("slug", "x", "turned", "loss", "slope"),
    [
        pytest.param("mean-squared-error", 2.0, {}, 4.0, 4.0, id="square of 2"),
        pytest.param("mean-squared-error", 2.0, {"y_true": "-1"}, 9.0, 6.0, id="target moved"),
        pytest.param("huber", 2.0, {"delta": "0.5"}, 0.875, 0.5, id="Huber's line"),
        pytest.param("huber", 2.0, {"delta": "2.5"}, 2.0, 2.0, id="Huber's square"),
        pytest.param("quantile", -1.0, {"q": "0.9"}, 0.9, -0.9, id="pinball below"),
        pytest.param("quantile", 1.0, {"q": "0.1"}, 0.9, 0.9, id="pinball above"),
        pytest.param("hinge", 0.0, {"y_true": "1"}, 1.0, -1.0, id="hinge"),
        pytest.param("hinge", -2.0, {"y_true": "-1"}, 0.0, 0.0, id="hinge beyond the margin"),
        pytest.param("focal", 0.0, {"gamma": "0", "alpha": "0.5"}, 0.5 * math.log(2), -0.25,
                     id="focal without focus is half of the log loss"),
        pytest.param("binary-cross-entropy-with-logits", 0.0, {"y_true": "0"}, math.log(2), 0.5,
                     id="coin"),
        pytest.param("dpo", 0.0, {"beta": "0.5"}, math.log(2), -0.25, id="preference at first"),
        pytest.param("distillation", 2.0, {"temperature": "2"}, 0.0, 0.0, id="student as teacher"),
    ],
)  # fmt: skip
def test_a_picture_has_the_numbers_of_paper(slug, x, turned, loss, slope):
    assert value(of(slug), x, **turned) == pytest.approx(loss, rel=1e-4, abs=1e-9)
    assert value(of(slug), x, "slope", **turned) == pytest.approx(slope, rel=1e-4, abs=1e-9)


@pytest.mark.parametrize("slug", CATALOGUE)
def test_every_loss_has_a_picture_that_moves(slug):
    for picture in pictures(CATALOGUE[slug]):
        start = picture["loss"][started(picture)]
        assert len(picture["x"]) >= 40
        assert sum(value is not None for value in start) > 0.9 * len(start)
        assert len({value for value in start if value is not None}) > 1
        assert 0 <= picture["start"] < len(picture["x"])
        assert len(picture["loss"]) == math.prod(len(k["values"]) for k in picture["knobs"])


@pytest.mark.parametrize("slug", [s for s, task in CATALOGUE.items() if task.gradient])
def test_every_slope_is_that_of_the_line(slug):
    """Between kinks the trapezoid of the slopes is the rise of the loss."""
    for picture in pictures(CATALOGUE[slug]):
        x = np.array(picture["x"])
        for losses, slopes, jumps in zip(
            picture["loss"], picture["slope"], picture["jumps"], strict=True
        ):
            y = np.array([np.nan if v is None else v for v in losses])
            s = np.array([np.nan if v is None else v for v in slopes])
            if np.isnan(y).all():
                continue
            rise, trapezoid = np.diff(y), np.diff(x) * (s[1:] + s[:-1]) / 2
            # The trapezoid's own error: a step of the slope, and how that step changes.
            change = np.nan_to_num(np.abs(np.diff(s, 2, prepend=s[0], append=s[-1])))
            bend = (np.abs(np.diff(s)) + np.maximum(change[1:], change[:-1])) * np.diff(x)
            off = np.abs(rise - trapezoid) > 0.5 * bend + 1e-3 * np.nanmax(np.abs(y)) + 1e-9
            off[list(jumps)] = False
            assert not off.any(), (picture["title"], x[:-1][off])


@pytest.mark.parametrize(
    ("slug", "turned", "kinks"),
    [
        pytest.param("mean-absolute-error", {"y_true": "1"}, [1.0], id="at the target"),
        pytest.param("epsilon-insensitive", {"epsilon": "0.5"}, [-0.5, 0.5], id="both ends"),
        pytest.param("hinge", {"y_true": "-1"}, [-1.0], id="at the margin"),
        pytest.param("mean-squared-error", {}, [], id="none"),
    ],
)
def test_a_kink_has_no_slope_and_moves_with_the_knobs(slug, turned, kinks):
    picture = of(slug)

    gaps = [x for x in picture["x"] if value(picture, x, "slope", **turned) is None]

    assert gaps == kinks


def test_scores_have_no_slope():
    assert of("bald")["slope"] is None
    assert shown(CATALOGUE["bald"])[0]["value"] == "Score"


def test_settings_name_rows_and_arguments_that_there_are():
    for slug, setting in SETTINGS.items():
        names = {argument.name for argument in CATALOGUE[slug].arguments}
        assert {each.argument for each in setting.inputs} <= names
    assert {slug for slug, task in CATALOGUE.items() if not task.curves} <= set(MOVING)


def test_parameters_can_be_turned_through_the_values_of_the_row():
    names = {"eps", "ignore_index"}
    for task in CATALOGUE.values():
        for parameter in task.parameters:
            if parameter.name in names:
                continue
            found = [k for scene in scenes(task) for k in scene.knobs if k.name == parameter.name]
            assert found, (task.slug, parameter.name)
            assert {parameter.default, *parameter.others} <= set(found[0].values)


@pytest.mark.parametrize(("low", "high"), [(-3.0, 3.0), (0.05, 4.0), (0.0, 180.0), (-60.0, 60.0)])
def test_a_grid_is_of_round_numbers_between_its_ends(low, high):
    xs = grid(low, high)

    assert (xs[0], xs[-1]) == (low, high)
    assert 40 <= len(xs) - 1 <= 82
    assert list(xs) == sorted(set(xs))
    steps = {round(b - a, 9) for a, b in pairwise(xs[1:-1])}
    assert len(steps) == 1


@pytest.mark.parametrize("count", [2, 13, 41, 80])
def test_a_table_has_some_rows_and_both_ends(count):
    places = some(count)

    assert (places[0], places[-1]) == (0, count - 1)
    assert len(places) <= 13


def test_the_summary_says_where_the_loss_is_least():
    (picture,) = shown(CATALOGUE["mean-squared-error"])

    assert picture["summary"] == (
        "The value goes from 0 to 9; it is least at y_pred = 0. The slope lies between -6 and 6."
    )
