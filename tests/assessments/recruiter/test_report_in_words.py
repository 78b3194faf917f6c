from datetime import timedelta

import pytest

from assessments.endings import ended, lines_named
from assessments.recruiter.report import spans
from assessments.recruiter.report.checks import OPEN, groups
from assessments.recruiter.report.families import family_scores
from assessments.recruiter.report.gradient_chart import HEIGHT, gradient_chart
from assessments.recruiter.report.plain_words import (
    answer_in_words,
    coding_in_words,
    families_in_words,
    people_in_words,
)
from grader.families import WEIGHTS, Family
from grader.judge.score import Share, score
from grader.sandbox.outcome import Ending


def families(**shares):
    """A report's families from (passed, total, score)."""
    keys = ("passed", "total", "score")
    return {"families": {name: dict(zip(keys, told, strict=True)) for name, told in shares.items()}}


def failed(name, family="values", **changes):
    return {"family": family, "name": name, "passed": False, **changes}


# Values 0.35 * 0.8, gradients 0.30 * 0.5, and 0.15, 0.15, 0.05 scaled by the 0.8 of the values.
ALL_FIVE = {
    "values": (8, 10, 0.8),
    "gradients": (5, 10, 0.5),
    "stability": (10, 10, 1.0),
    "edge_cases": (4, 10, 0.4),
    "efficiency": (1, 2, 0.6),
}


def test_the_points_of_the_families_are_the_weights_scaled_by_the_right_values():
    points = {row.family: row.credit for row in family_scores(families(**ALL_FIVE))}

    assert points == pytest.approx(
        {
            "values": 0.28,
            "gradients": 0.15,
            "stability": 0.12,
            "edge_cases": 0.048,
            "efficiency": 0.024,
        }
    )


@pytest.mark.parametrize("missing", [None, "gradients", "stability"])
def test_the_points_add_up_to_the_score_that_the_judge_gives(missing):
    told = {name: share for name, share in ALL_FIVE.items() if name != missing}
    judged = score({Family(name): Share(*share) for name, share in told.items()})

    shown = family_scores(families(**told, **({missing: (0, 0, 0.0)} if missing else {})))

    assert sum(row.credit for row in shown) == pytest.approx(judged, abs=1e-6)
    assert sum(row.weight for row in shown) == pytest.approx(1.0)


def test_families_without_checks_and_without_a_score_are_left_out():
    report = families(efficiency=(0, 0, None), values=(1, 1, 1.0))

    assert [row.family for row in family_scores(report)] == ["values"]


@pytest.mark.parametrize(
    ("share", "words"),
    [
        pytest.param((20, 20, 1.0), "It returns the right numbers for ordinary input.", id="all"),
        pytest.param((19, 20, 0.95), "for most ordinary input, not for all", id="most"),
        pytest.param((4, 20, 0.2), "only now and then", id="some"),
        pytest.param((0, 20, 0.0), "It does not return the right numbers.", id="none"),
    ],
)
def test_the_words_on_a_family_follow_its_share(share, words):
    [(_, sentence)] = families_in_words(family_scores(families(values=share)))

    assert words in sentence


def test_every_family_has_words_for_every_share():
    shares = [(4, 4, 1.0), (3, 4, 0.9), (1, 4, 0.25), (0, 4, 0.0)]
    told = [families(**dict.fromkeys(WEIGHTS, share)) for share in shares]
    sentences = {words for each in told for _, words in families_in_words(family_scores(each))}

    assert len(sentences) == len(shares) * len(WEIGHTS)


@pytest.mark.parametrize(
    ("share", "answered", "words"),
    [
        pytest.param(1.0, True, "Answered right.", id="right"),
        pytest.param(0.0, True, "Answered wrong.", id="wrong"),
        pytest.param(0.0, False, "Not answered.", id="never"),
        pytest.param(None, False, "Not answered yet.", id="not yet"),
        pytest.param(None, True, "Answered; scored at the end.", id="in progress"),
    ],
)
def test_an_answer_in_words(share, answered, words):
    assert answer_in_words(share, answered=answered) == words


def test_code_that_could_not_be_judged_says_why_in_words():
    error = {"kind": "timeout", "detail": "Stopped while `loss` was running."}
    told = coding_in_words({"verdict": "error", "error": error, "diagnosis": []})

    assert told.startswith("The code could not be judged")
    assert told.endswith("usable result. Timed out.")


@pytest.mark.parametrize(
    ("share", "answered", "over", "words"),
    [
        (None, True, False, "Answered."),
        (None, True, True, "Answered; it waits for people to score it."),
        (0.727, True, True, "Answered; people gave it 72.7 % of the points."),
        (0.0, True, True, "Answered; people gave it 0 % of the points."),
        (0.0, False, True, "Not answered."),
        (None, False, False, "Not answered yet."),
    ],
)
def test_an_answer_that_people_score_in_words(share, answered, over, words):
    assert people_in_words(share, answered=answered, over=over) == words


def test_failed_checks_stand_by_family_and_those_that_say_most_come_first():
    gradient = [{"index": "[0]", "got": 1.0, "expected": 2.0, "numeric": 2.0, "ratio": 0.5}]
    report = {
        "checks": [
            failed("g1", "gradients"),
            failed("g2", "gradients", gradient=gradient),
            failed("v1"),
            {"family": "values", "name": "v2", "passed": True},
        ]
    }

    values, gradients = groups(report)

    assert (values.family, values.failed, values.total) == ("values", 1, 2)
    assert [check.name for check in gradients.shown] == ["g2", "g1"]


def test_only_the_first_failed_checks_of_a_family_are_open():
    [group] = groups({"checks": [failed(f"v{i}") for i in range(OPEN + 2)]})

    assert [len(group.shown), len(group.folded), group.failed] == [OPEN, 2, OPEN + 2]


def test_numbers_of_a_gradient_have_six_digits_and_what_is_no_number_its_word():
    row = {"index": "[0]", "got": "nan", "expected": 1 / 3, "numeric": None, "ratio": -2.0}

    [group] = groups({"checks": [failed("g", "gradients", gradient=[row])]})

    [shown] = group.shown[0].gradient
    texts = {"got": "nan", "expected": "0.333333", "numeric": "-", "ratio": "-2"}
    assert shown == {"index": "[0]", "wrong": True, **texts}


def test_bars_of_a_gradient_stand_on_the_zero_line_to_one_scale():
    # From -1 to 3 on 200 units: zero is at 150, and a unit is 50 high.
    chart = gradient_chart([{"got": 3.0, "expected": -1.0}, {"got": 0.5, "expected": 1.0}])

    places = [(bar.y, bar.height) for bar in chart.bars]
    assert chart.zero == 150
    assert places == [(0, 150), (150, 50), (125, 25), (100, 50)]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"got": "nan", "expected": 1.0}, id="NaN"),
        pytest.param({"got": "inf", "expected": 0.0}, id="infinity"),
        pytest.param({"got": 1.7e308, "expected": -1.7e308}, id="the largest numbers"),
        pytest.param({"got": 0.0, "expected": 0.0}, id="zeros"),
        pytest.param({"got": 5e-324, "expected": 0.0}, id="the smallest number"),
        pytest.param({}, id="nothing known"),
    ],
)
def test_bars_stay_inside_the_picture(row):
    chart = gradient_chart([row])

    assert all(0 <= bar.y <= bar.y + bar.height <= HEIGHT + 0.01 for bar in chart.bars)
    assert len(chart.bars) + chart.left_out == 2


def test_a_check_without_a_gradient_has_no_picture():
    assert gradient_chart([]) is None


@pytest.mark.parametrize("kind", [each for each in Ending if each is not Ending.FINISHED])
def test_every_ending_has_a_title_and_a_meaning(kind):
    found = ended({"error": {"kind": kind, "detail": "As told."}})

    assert found.title
    assert found.means
    assert found.detail == "As told."


def test_a_run_that_simply_ended_has_no_ending():
    assert ended({"error": None}) is None


def test_the_lines_that_the_report_names_are_found():
    report = {
        "error": {"kind": "syntax_error", "detail": "Line 3: expected ':'."},
        "checks": [
            failed("a", detail="`loss` raised a ValueError in line 12 where a number is asked."),
            {"family": "values", "name": "b", "passed": True, "detail": "line 99"},
            failed("c"),
        ],
    }

    assert lines_named(report) == {3, 12}


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(seconds=42), "42 s"),
        (timedelta(minutes=31, seconds=17), "31 min"),
        (timedelta(hours=1, minutes=5), "1 h 05 min"),
        (timedelta(days=3, hours=4), "3 d 4 h"),
        (timedelta(seconds=-1), "0 s"),
    ],
    ids=str,
)
def test_a_span_of_time_is_short(length, text):
    assert spans.span(length) == text


def test_cpu_time_is_told_in_the_unit_that_fits():
    assert [spans.cpu(0.0123), spans.cpu(2.41)] == ["12 ms", "2.4 s"]
