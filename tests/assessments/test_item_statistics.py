"""What authors learn of how candidates did: numbers that can be worked out again by hand."""

import statistics
from itertools import count

import numpy as np
import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from assessments import actions, item_statistics
from assessments.actions import erasing, invite, start_attempt
from assessments.item_statistics import discrimination, results
from assessments.models import Submission
from questions.authoring import results as words
from questions.authoring.house import FEWEST
from tests.assessments.conftest import SOURCE, make_report
from tests.assessments.conftest import words as words_of

NUMBERS = count()


def sit(version, option=None, code=None):
    """A finished attempt: an option chosen or nothing, code of a score or none."""
    attempt = start_attempt(invite(version, "Ada", f"ada{next(NUMBERS)}@example.com"))
    choice, coding = version.questions.all()
    if option:
        actions.save_answer(attempt, choice, {"option": option}, 0)
    if code is not None:
        sent = actions.submit_code(attempt, coding, SOURCE, Submission.Purpose.SUBMIT)
        families = {
            "gradients": {"passed": 1, "total": 2, "score": code / 2},
            "values": {"passed": 1, "total": 2, "score": code},
            "stability": {"passed": 0, "total": 0, "score": 0.0},
        }
        report = make_report(code, "partial", families=families)
        actions.store_report(str(sent.pk), sent.ticket, report)
    actions.finish_attempt(attempt)
    return attempt


@pytest.fixture
def sat(version):
    """Twelve attempts; who writes good code knows the answer, but for one of each."""
    codes = [0.1, 0.2, 0.3, 0.4, 0.5, 0.9, 0.6, 0.7, 0.8, 0.9, 1.0, 0.2]
    options = ["b", "c", None, "b", "b", "b", "a", "a", "a", "a", "a", "a"]
    for option, code in zip(options, codes, strict=True):
        sit(version, option, code)
    return codes, [float(option == "a") for option in options]


def test_a_choice_is_told_by_its_mean_its_spread_and_how_it_goes_with_the_rest(
    sat, choice, organisation
):
    codes, shares = sat

    (told,) = results(choice.question, organisation)

    assert (told.number, told.answers) == (1, 12)
    assert told.facility == 0.5
    assert told.deviation == pytest.approx(statistics.stdev(shares))
    assert told.discrimination == pytest.approx(statistics.correlation(shares, codes))
    assert told.families == {}


def test_code_is_told_by_family_in_the_usual_order_and_without_what_was_not_checked(
    sat, coding, organisation
):
    codes, shares = sat

    (told,) = results(coding.question, organisation)

    assert told.facility == pytest.approx(statistics.mean(codes))
    assert told.discrimination == pytest.approx(statistics.correlation(codes, shares))
    assert list(told.families.items()) == [
        ("values", pytest.approx(statistics.mean(codes))),
        ("gradients", pytest.approx(statistics.mean(codes) / 2)),
    ]


def test_code_that_is_missing_or_can_not_be_run_earns_nothing_in_any_family(
    sat, version, coding, organisation
):
    sit(version, "a")
    broken = start_attempt(invite(version, "Bo", "bo@example.com"))
    sent = actions.submit_code(
        broken, version.questions.get(position=2), SOURCE, Submission.Purpose.SUBMIT
    )
    report = make_report(0.0, "error", families={})
    actions.store_report(str(sent.pk), sent.ticket, report)
    actions.finish_attempt(broken)

    (told,) = results(coding.question, organisation)

    assert told.answers == 14
    assert told.families["values"] == pytest.approx(told.facility) == sum(sat[0]) / 14


def test_a_family_without_a_score_is_left_out(version, coding, organisation):
    for _ in range(FEWEST):
        attempt = start_attempt(invite(version, "Bo", f"bo{next(NUMBERS)}@example.com"))
        place = version.questions.get(position=2)
        sent = actions.submit_code(attempt, place, SOURCE, Submission.Purpose.SUBMIT)
        families = {"values": {"passed": 0, "total": 1, "score": None}}
        report = make_report(0.0, "failed", families=families)
        actions.store_report(str(sent.pk), sent.ticket, report)
        actions.finish_attempt(attempt)

    assert results(coding.question, organisation)[0].families == {}


def test_of_too_few_only_their_number_is_told(version, choice, organisation):
    for _ in range(FEWEST - 1):
        sit(version, "a", 1.0)

    (told,) = results(choice.question, organisation)

    assert told == (1, FEWEST - 1, None, None, None, {})


def test_what_is_going_on_or_not_yet_scored_does_not_count(sat, version, choice, organisation):
    start_attempt(invite(version, "Eve", "eve@example.com"))
    waiting = start_attempt(invite(version, "Bob", "bob@example.com"))
    coding = version.questions.get(position=2)
    actions.submit_code(waiting, coding, SOURCE, Submission.Purpose.SUBMIT)
    actions.finish_attempt(waiting)

    assert results(choice.question, organisation)[0].answers == 12


def test_previews_and_other_organisations_do_not_count(
    sat, version, choice, organisation, stranger, make_version, make_member
):
    foreign = make_version(stranger, "theirs")
    for _ in range(3):
        sit(foreign, "a", 1.0)
    preview = actions.begin_preview(version, make_member())
    actions.finish_attempt(start_attempt(preview))

    assert results(choice.question, organisation)[0].answers == 12
    assert [each.answers for each in results(choice.question, stranger)] == [3]


def test_erasing_leaves_the_numbers(sat, version, choice, organisation):
    before = results(choice.question, organisation)
    for invitation in version.invitations.all()[:6]:
        erasing.erase_candidate(invitation.candidate, by=None)

    assert results(choice.question, organisation) == before


def test_a_question_that_an_attempt_left_out_was_not_asked(sat, version, choice, organisation):
    attempt = version.invitations.first().attempt
    attempt.left_out = [version.questions.get(position=1).pk]
    attempt.save(update_fields=["left_out"])

    assert results(choice.question, organisation)[0].answers == 11


def test_the_queries_are_as_many_whatever_the_number(
    sat, version, coding, organisation, django_assert_num_queries
):
    for _ in range(3):
        sit(version, "a", 1.0)

    with django_assert_num_queries(5):
        assert results(coding.question, organisation)[0].answers == 15


def test_only_the_newest_attempts_are_looked_at(sat, choice, organisation, monkeypatch):
    monkeypatch.setattr(item_statistics, "MOST", 10)

    (told,) = results(choice.question, organisation)

    assert (told.answers, told.facility) == (10, pytest.approx(0.6))


def test_a_hard_and_an_easy_assessment_do_not_make_a_question_discriminate():
    """Within each nothing goes with anything; taken together, hard goes with hard."""
    hard = [(1, a, b) for a in (0.0, 0.2) for b in (0.1, 0.3)] * 3
    easy = [(2, a, b) for a in (0.8, 1.0) for b in (0.7, 0.9)] * 3

    assert discrimination([*hard, *easy]) == pytest.approx(0.0, abs=1e-12)
    assert np.corrcoef(np.array([*hard, *easy])[:, 1:].T)[0, 1] > 0.9


@pytest.mark.parametrize(
    "sittings",
    [
        [(1, 0.1, i / 20) for i in range(20)],
        [(1, i / 20, 0.1) for i in range(20)],
        [(1, i / 20, float("nan")) for i in range(20)],
        [(i, i / 20, i / 20) for i in range(20)],
        [(1, i / 20, i / 20) for i in range(FEWEST - 1)],
        [],
    ],
    ids=["all earn the same", "the rest is the same", "no rest", "one each", "too few", "none"],
)
def test_nothing_is_said_where_nothing_can_be(sittings):
    assert discrimination(sittings) is None


SHARE = st.sampled_from([0.0, 0.1, 0.25, 1 / 3, 0.5, 0.7, 1.0])


@given(st.lists(st.tuples(st.integers(1, 3), SHARE, SHARE), max_size=40))
def test_it_is_always_a_correlation(sittings):
    found = discrimination(sittings)

    assert found is None or -1 - 1e-9 <= found <= 1 + 1e-9


def told(answers=100, **changed):
    usual = {"facility": 0.6, "deviation": 0.3, "discrimination": 0.4}
    return words.Results(1, answers, **usual | changed)


@pytest.mark.parametrize(
    ("result", "guess", "says"),
    [
        (told(), 0.25, []),
        (told(discrimination=-0.1), 0.25, ["does worse on this one"]),
        (told(29, discrimination=-0.9), 0.25, []),
        (told(facility=0.25), 0.25, ["no better than by guessing"]),
        (told(facility=0.01), None, ["hardly anybody"]),
        (told(facility=0.97, discrimination=None), None, ["nearly everybody"]),
        (words.Results(1, 4), 0.25, []),
    ],
)
def test_doubts_are_said_where_there_are_enough_answers(result, guess, says):
    found = list(words.doubts(result, guess))

    assert len(found) == len(says)
    assert all(part in sentence for part, sentence in zip(says, found, strict=True))


def test_an_author_reads_it_on_the_questions_page(sat, client, choice, make_member, organisation):
    client.force_login(make_member("author", organisation, "author@acme.example"))

    page = client.get(reverse("authoring:question", args=[organisation.slug, choice.question_id]))

    assert "How candidates did at Acme" in words_of(page)
    assert "earns 33 % on average" in words_of(page)
    assert "the newest 2,000; numbers are shown from 10 candidates on" in words_of(page)
    codes, shares = sat
    assert f"{statistics.correlation(shares, codes):+.2f}" in words_of(page)
    assert "Ada" not in page.text


def test_what_nobody_was_asked_has_no_such_part(client, version, choice, make_member, organisation):
    client.force_login(make_member("author", organisation, "author@acme.example"))

    page = client.get(reverse("authoring:question", args=[organisation.slug, choice.question_id]))

    assert "How candidates did" not in page.text
