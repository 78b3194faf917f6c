"""Breaks: the clock stands still, and goes on by itself."""

from datetime import timedelta

import pytest

from assessments import actions
from assessments.actions import AttemptClosed, NoBreakLeft, OnBreak
from assessments.course import Course
from assessments.models import Attempt
from tests.assessments.conftest import SOURCE
from tests.assessments.sectioned import RIGHT, begin, draft_of, fresh

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def attempt(version, clock):
    """Thirty minutes, and twenty for breaks."""
    return begin(version, break_minutes=20)


def test_a_break_moves_the_deadline_at_once_by_all_that_is_left(attempt, clock):
    clock.forward(minutes=10)

    paused = fresh(actions.take_break(attempt))

    assert paused.paused_until == clock.now + 20 * MINUTE
    assert paused.deadline == attempt.deadline + 20 * MINUTE


def test_coming_back_early_moves_it_back_and_keeps_the_rest(attempt, clock):
    actions.take_break(attempt)
    clock.forward(minutes=8)

    back = fresh(actions.end_break(attempt))

    assert (back.paused_until, back.deadline) == (None, attempt.deadline + 8 * MINUTE)
    assert Course.of(back).break_left == 12 * MINUTE


def test_taking_and_ending_a_break_twice_is_once(attempt, clock):
    for _ in range(2):
        actions.take_break(attempt)
    assert fresh(attempt).deadline == attempt.deadline + 20 * MINUTE
    clock.forward(minutes=5)
    for _ in range(2):
        actions.end_break(attempt)

    assert fresh(attempt).deadline == attempt.deadline + 5 * MINUTE
    assert attempt.breaks.count() == 1


def test_the_clock_goes_on_when_the_break_is_over_whoever_is_back(attempt, clock, choice_question):
    actions.take_break(attempt)
    clock.forward(minutes=20, seconds=1)

    assert not fresh(attempt).paused
    assert actions.save_answer(attempt, choice_question, RIGHT, 0).revision == 1
    with pytest.raises(NoBreakLeft):
        actions.take_break(attempt)
    clock.to(fresh(attempt).deadline, seconds=6)
    actions.close_overdue()
    assert fresh(attempt).finished_at == attempt.deadline + 20 * MINUTE


@pytest.mark.parametrize(("seconds", "taken"), [(4, True), (6, False)])
def test_on_a_break_only_saves_in_flight_are_taken(attempt, clock, choice_question, seconds, taken):
    actions.take_break(attempt)
    clock.forward(seconds=seconds)

    if taken:
        assert actions.save_answer(attempt, choice_question, RIGHT, 0).revision == 1
    else:
        with pytest.raises(OnBreak, match="on a break"):
            actions.save_answer(attempt, choice_question, RIGHT, 0)


def test_on_a_break_nothing_is_run_submitted_or_marked(attempt, clock, coding_question):
    actions.take_break(attempt)
    clock.forward(seconds=6)

    for purpose in ("run", "submit"):
        with pytest.raises(OnBreak):
            actions.submit_code(attempt, coding_question, SOURCE, purpose)
    with pytest.raises(OnBreak):
        actions.flag_question(attempt, coding_question, flagged=True)
    assert not attempt.submissions.exists()


def test_who_finishes_on_a_break_has_come_back_from_it(attempt, clock):
    actions.take_break(attempt)
    clock.forward(minutes=3)

    finished = fresh(actions.finish_attempt(attempt))

    assert (finished.state, finished.finished_at) == (Attempt.State.FINISHED, clock.now)
    assert attempt.breaks.get().length == 3 * MINUTE
    assert finished.deadline == attempt.deadline + 3 * MINUTE


def test_nobody_takes_a_break_that_was_not_granted(version, clock):
    with pytest.raises(NoBreakLeft):
        actions.take_break(begin(version))


def test_without_a_limit_there_is_no_clock_to_stop(version, clock):
    with pytest.raises(NoBreakLeft):
        actions.take_break(begin(version, untimed=True, break_minutes=20))


def test_after_the_time_there_is_no_break(attempt, clock):
    clock.to(attempt.deadline, seconds=2)
    with pytest.raises(AttemptClosed):
        actions.take_break(attempt)

    clock.forward(seconds=10)
    with pytest.raises(AttemptClosed):
        actions.take_break(attempt)
    assert not attempt.breaks.exists()


def test_a_break_moves_the_clock_of_the_section_and_of_all(organisation, clock):
    version = actions.publish_assessment(draft_of(organisation, {"minutes": 20}, {"minutes": 10}))
    attempt = begin(version, break_minutes=20)
    first = version.sections.first()
    started = fresh(actions.start_section(attempt, first))
    deadline = started.sittings.get().deadline
    actions.take_break(started)
    clock.forward(minutes=7)

    back = fresh(actions.end_break(started))

    assert back.sittings.get().deadline == deadline + 7 * MINUTE
    assert back.deadline == started.deadline + 7 * MINUTE == Course.of(back).end


def test_a_break_lengthens_the_rest_between_sections(organisation, clock):
    version = actions.publish_assessment(draft_of(organisation, {"minutes": 20}, {"minutes": 10}))
    attempt = begin(version, break_minutes=20)
    clock.forward(minutes=5)
    actions.take_break(attempt)
    clock.forward(minutes=20, seconds=1)

    attempt = fresh(actions.catch_up(attempt))

    assert not attempt.sittings.exists()
    assert Course.of(attempt).rest_ends == attempt.started_at + 35 * MINUTE
    assert attempt.deadline == Course.of(attempt).end
    clock.to(attempt.started_at, minutes=36)
    assert actions.catch_up(attempt).sittings.get().started_at == clock.now - MINUTE


def test_no_section_starts_during_a_break(organisation, clock):
    version = actions.publish_assessment(draft_of(organisation, {"minutes": 20}))
    attempt = begin(version, break_minutes=20)
    actions.take_break(attempt)
    clock.forward(seconds=1)

    with pytest.raises(OnBreak):
        actions.start_section(attempt, version.sections.get())
