import pytest

from questions.templatetags.scores import families, level, number, percent, score, weight


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.876, "87 %"), (0.999, "99 %"), (1.0, "100 %"), (0.29, "29 %"), (None, "-")],
)
def test_percent_never_rounds_up(share, text):
    assert percent(share) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.6197, "61.9 %"), (0.6, "60 %"), (0.0625, "6.2 %"), (0.29, "29 %"), (0.29999, "29.9 %"),
     (0.9996, "99.9 %"), (1.0, "100 %"), (0.0, "0 %"), (None, "-")],
)  # fmt: skip
def test_a_score_has_the_digit_of_its_points_and_is_never_rounded_up(share, text):
    assert score(share) == text


@pytest.mark.parametrize(
    ("share", "name"),
    [(1.0, "good"), (0.9, "good"), (0.89, "fair"), (0.5, "fair"), (0.49, "poor"), (None, "none")],
)
def test_level_names_how_good_a_share_is(share, name):
    assert level(share) == name


def test_families_come_in_their_usual_order_with_a_title():
    one = {"passed": 1, "total": 2, "score": 0.5}
    report = {"families": {"efficiency": one, "values": one, "edge_cases": one}}

    assert [family["title"] for family in families(report)] == [
        "Values",
        "Edge cases",
        "Efficiency",
    ]


def test_families_of_a_report_that_judged_nothing_are_none():
    assert families({"families": {}, "error": {"kind": "syntax_error"}}) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1234567, "0.123457"), (1e-20, "1e-20"), (16.0, "16"), ("nan", "nan"), (None, "-")],
)
def test_number_has_digits_enough_to_compare_by_eye(value, text):
    assert number(value) == text


def test_weights_are_rounded_so_that_the_parts_make_up_the_whole():
    assert [weight(share) for share in (1, 0.5, 10 / 53, 43 / 53)] == [
        "100 %", "50 %", "18.9 %", "81.1 %",
    ]  # fmt: skip
