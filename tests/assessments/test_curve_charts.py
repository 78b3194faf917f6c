"""Curves as pictures: what is drawn, what is a gap, and what is said of both."""

import pytest
from django.template import Context, Template

from assessments.curve_charts import bounds, figures

# The square of x, whose slope is 2 x; by the code below without its factor.
X = [-2.0, -1.0, 0.0, 1.0, 2.0]
RIGHT = {"loss": [4.0, 1.0, 0.0, 1.0, 4.0], "grad": [-4.0, -2.0, 0.0, 2.0, 4.0]}
HALF = {"loss": [2.0, 0.5, 0.0, 0.5, 2.0], "grad": [-4.0, -2.0, 0.0, 2.0, 4.0]}
CURVE = {
    "title": "One error", "axis": "e", "x": X, "kinks": [], "expected": RIGHT, "got": HALF
}  # fmt: skip


def drawn(verdict="partial", **changes):
    """The one figure of a report with the curve, changed."""
    (figure,) = figures({"verdict": verdict, "curves": [CURVE | changes]}, "c", "Your code")
    return figure


def lines(chart):
    return {line["name"]: line for line in chart.options["series"]}


def test_loss_and_slope_are_pictures_of_their_own_with_both_lines():
    loss, slope = drawn().charts

    assert (loss.title, slope.title) == ("Loss", "Slope")
    assert loss.id != slope.id
    assert lines(loss)["Your code"]["data"] == [list(p) for p in zip(X, HALF["loss"], strict=True)]
    assert lines(slope)["Reference"]["data"][0] == [-2.0, -4.0]


def test_the_candidate_is_solid_and_the_reference_dashed_in_another_colour():
    own, right = (
        lines(drawn().charts[0])[name]["lineStyle"] for name in ("Your code", "Reference")
    )

    assert (own["type"], right["type"]) == ("solid", "dashed")
    assert own["color"] != right["color"]


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        pytest.param({}, "Of 10 numbers 4 differ.", id="some differ"),
        pytest.param({"got": RIGHT}, "The code agrees with the reference all along this line. What "
                     "is wrong shows in other inputs.", id="none differs"),
        pytest.param({"got": RIGHT, "verdict": "passed"}, "The code agrees with the reference all "
                     "along this line.", id="none differs, passed"),
        pytest.param({"got": RIGHT | {"grad": [None, -2.0, 0.0, None, 4.0]}},
                     "Of 10 numbers 2 are missing.", id="gaps"),
        pytest.param({"got": HALF | {"grad": [None, -2.0, 0.0, 2.0, 4.0]}},
                     "Of 10 numbers 4 differ and 1 is missing.", id="both"),
        pytest.param({"got": RIGHT | {"loss": [4.00001, 1.0, 1e-9, 1.0, 4.0]},
                      "verdict": "passed"}, "The code agrees with the reference all along this "
                     "line.", id="last digits"),
        pytest.param({"got": RIGHT | {"loss": [4.0, 1.0, 0.0, 1.0, 99.0]}},
                     "Of 10 numbers 1 differs. Where the line of the code is not seen, it lies "
                     "beyond the edge.", id="cut"),
        pytest.param({"got": None}, "The code gave no number on this line: only the reference is "
                     "drawn.", id="nothing came"),
        pytest.param({"got": None, "verdict": "passed"}, "The code agrees with the reference, so "
                     "that one line stands for both.", id="passed"),
    ],
)  # fmt: skip
def test_the_remark_says_what_the_picture_shows(changes, remark):
    assert drawn(**changes).remark == remark


def test_a_passed_submission_has_one_line_and_one_column_a_picture():
    figure = drawn(verdict="passed", got=None)

    both = "Your code and reference"
    assert [list(lines(chart)) for chart in figure.charts] == [[both]] * 2
    assert figure.columns == (f"Loss: {both}", f"Slope: {both}")


def test_where_no_number_came_the_line_is_the_reference_alone():
    assert drawn(got=None).columns == ("Loss: Reference", "Slope: Reference")


def test_a_slope_at_a_kink_counts_for_nothing_and_the_kink_is_marked():
    right = RIGHT | {"grad": [-4.0, -2.0, None, 2.0, 4.0]}
    figure = drawn(kinks=[0.0], expected=right, got=right)

    assert "agrees" in figure.remark
    assert [row.x for row in figure.rows if row.kink] == [0.0]
    for chart in figure.charts:
        (marks,) = [line["markLine"] for line in chart.options["series"] if "markLine" in line]
        assert marks["data"] == [{"xAxis": 0.0}]
        assert "Kinks at 0." in chart.words


def test_a_task_without_gradient_has_a_picture_of_its_score_alone():
    none = [None] * 5
    figure = drawn(expected=RIGHT | {"grad": none}, got=HALF | {"grad": none})

    assert [chart.title for chart in figure.charts] == ["Score"]
    assert figure.columns == ("Score: Your code", "Score: Reference")
    assert figure.remark == "Of 5 numbers 4 differ."


def test_the_table_has_every_number():
    assert [row.numbers for row in drawn().rows] == [
        (2.0, 4.0, -4.0, -4.0),
        (0.5, 1.0, -2.0, -2.0),
        (0.0, 0.0, 0.0, 0.0),
        (0.5, 1.0, 2.0, 2.0),
        (2.0, 4.0, 4.0, 4.0),
    ]


@pytest.mark.parametrize(
    ("got", "limits"),
    [
        pytest.param([], (0.0, 4.0), id="the reference alone"),
        pytest.param([2.0, 0.0], (0.0, 4.0), id="within"),
        pytest.param([-1.0, 5.5], (-2.0, 6.0), id="beyond"),
        pytest.param([1e300, -1e300], (-5.0, 10.0), id="far beyond"),
        pytest.param([None], (0.0, 4.0), id="gaps"),
    ],
)
def test_the_code_may_carry_the_picture_only_so_far(got, limits):
    assert bounds(RIGHT["loss"], got) == limits


@pytest.mark.parametrize("got", [[1.0, None], [None], []], ids=str)
@pytest.mark.parametrize("values", [[0.0, 0.0], [3.0], [-1.0, -1.0], [-1e-9, -1e-9]], ids=str)
def test_a_flat_reference_has_room_around_it(values, got):
    low, high = bounds(values, got)

    assert low <= min(values) <= max(values) <= high
    assert low < high


def test_a_number_beyond_all_pixels_is_a_gap_in_the_picture_and_stands_in_the_table():
    figure = drawn(got=HALF | {"loss": [1e300, 0.5, 0.0, 0.5, 9.0]})

    data = lines(figure.charts[0])["Your code"]["data"]
    assert (data[0], data[-1]) == ([-2.0, None], [2.0, 9.0])
    assert figure.charts[0].options["yAxis"]["max"] == 8.0
    assert figure.rows[0].numbers[0] == 1e300


@pytest.mark.parametrize("report", [{}, {"curves": []}, {"verdict": "error", "curves": []}])
def test_a_report_without_curves_has_no_figures(report):
    assert figures(report, "c", "Your code") == []


def test_what_a_broken_worker_names_a_curve_is_text():
    evil = CURVE | {"title": "</script><img src=x onerror=alert(1)>", "axis": "</script>"}
    text = "{% load curves %}{% curves report 1 'Your code' %}"
    page = Template(text).render(Context({"report": {"verdict": "partial", "curves": [evil]}}))

    assert "<img" not in page
    assert page.count("</script>") == page.count("<script ") == 2


def test_lists_of_unlike_lengths_are_drawn_as_far_as_they_go():
    figure = drawn(got={"loss": [1.0], "grad": []})

    assert len(figure.rows) <= 1
    assert lines(figure.charts[0])["Your code"]["data"] == [[-2.0, 1.0]]
