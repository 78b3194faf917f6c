import pytest

from assessments.recruiter.report.strengths import Bar, Profile
from assessments.recruiter.report.third_person import told_of
from assessments.templatetags.desk import minutes_span, sentence


@pytest.mark.parametrize(
    ("said", "told"),
    [
        pytest.param(
            "Your gradient is -1 times the expected value: its sign is wrong.",
            "The candidate's gradient is -1 times the expected value: its sign is wrong.",
            id="at the beginning",
        ),
        pytest.param(
            "Your gradient is the right derivative of your own loss; it is the loss that is wrong.",
            "The candidate's gradient is the right derivative of their own loss; it is the loss "
            "that is wrong.",
            id="twice",
        ),
        pytest.param(
            "`grad` is the slope of your loss.",
            "`grad` is the slope of the candidate's loss.",
            id="within",
        ),
        pytest.param("It halves the square.", "It halves the square.", id="of nobody"),
        pytest.param("`yours` is not defined.", "`yours` is not defined.", id="a longer word"),
    ],
)
def test_what_is_said_to_a_candidate_is_told_of_them(said, told):
    assert told_of(said) == told


def test_on_the_desk_no_sentence_speaks_to_the_reader():
    assert sentence("`grad` is your loss.") == "<code>grad</code> is the candidate&#x27;s loss."


def test_a_limit_in_minutes_is_told_as_the_time_beside_it():
    assert minutes_span(95) == "1 h 35 min"


def test_code_that_earned_nothing_is_one_gap_and_not_a_list_of_families():
    families = tuple(Bar(title, 0.0, 0.2, "") for title in ("Values", "Gradients", "Stability"))

    assert Profile((), families).sentences == ("Gaps in all that code was checked for.",)
