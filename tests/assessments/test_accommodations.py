"""What is made easier, before the start and during the sitting, and what it does to the clocks."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from assessments import actions
from assessments.actions import AttemptClosed, TooLittleTime
from assessments.course import UNTIMED, Course
from assessments.models import Accommodation
from tests.assessments.sectioned import begin, draft_of, fresh

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def grant(attempt, **granted):
    return actions.grant_accommodation(attempt.invitation, made_by=None, **granted)


@pytest.fixture
def attempt(version, clock):
    """Thirty minutes on one clock."""
    return begin(version)


@pytest.fixture
def timed(organisation):
    return actions.publish_assessment(
        draft_of(organisation, {"minutes": 20}, {"minutes": 10}, {"minutes": 30})
    )


def started(attempt, number=0):
    section = list(attempt.version.sections.all())[number]
    return fresh(actions.start_section(attempt, section))


def deadlines(attempt):
    return [sitting.deadline for sitting in attempt.sittings.all()]


# Before the start --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("granted", "minutes"),
    [
        ({"extra_percent": 25}, 37.5),
        ({"extra_minutes": 7}, 37),
        ({"extra_percent": 50, "extra_minutes": 5}, 50),
        ({"large_type": True, "break_minutes": 10}, 30),
    ],
)
def test_extra_time_is_percent_of_the_clock_and_minutes_on_top(version, clock, granted, minutes):
    assert begin(version, **granted).deadline == clock.now + minutes * MINUTE


def test_without_a_limit_an_attempt_stays_open_for_thirty_days(version, clock):
    assert begin(version, untimed=True).deadline == clock.now + UNTIMED


def test_the_newest_grant_holds_and_every_one_is_kept(invitation, make_member, clock):
    recruiter = make_member()
    for percent in (25, 50):
        actions.grant_accommodation(
            invitation, made_by=recruiter, extra_percent=percent, note=f"{percent}, by letter"
        )

    attempt = actions.start_attempt(invitation)

    assert attempt.deadline == clock.now + 45 * MINUTE
    kept = invitation.accommodations.values_list("extra_percent", "note", "made_by__email")
    assert list(kept) == [
        (25, "25, by letter", recruiter.email),
        (50, "50, by letter", recruiter.email),
    ]


@pytest.mark.parametrize("field", ["extra_percent", "extra_minutes", "break_minutes"])
def test_what_no_field_can_hold_is_refused(invitation, field):
    with pytest.raises(ValidationError):
        actions.grant_accommodation(invitation, made_by=None, **{field: 5000})
    assert not Accommodation.objects.exists()


# During the sitting ------------------------------------------------------------------------------


def test_a_grant_moves_the_deadline_by_the_difference(attempt, clock):
    clock.forward(minutes=10)
    grant(attempt, extra_percent=50)
    assert fresh(attempt).deadline == attempt.deadline + 15 * MINUTE

    grant(attempt, extra_percent=50, extra_minutes=5)
    assert fresh(attempt).deadline == attempt.deadline + 20 * MINUTE

    grant(attempt, extra_percent=25)
    assert fresh(attempt).deadline == attempt.deadline + 7.5 * MINUTE


def test_ten_minutes_more_keep_what_was_granted_before(version, clock, make_member):
    attempt = begin(version, extra_percent=50, break_minutes=10, large_type=True)

    row = actions.extend_time(attempt.invitation, 10, made_by=make_member())

    assert fresh(attempt).deadline == attempt.deadline + 10 * MINUTE
    assert (row.extra_percent, row.extra_minutes, row.break_minutes) == (50, 10, 10)
    assert row.large_type
    actions.extend_time(attempt.invitation, 5, made_by=None)
    assert fresh(attempt).deadline == attempt.deadline + 15 * MINUTE


def test_what_would_end_a_sitting_at_once_is_refused(version, clock):
    attempt = begin(version, extra_minutes=30)
    clock.forward(minutes=40)

    with pytest.raises(TooLittleTime, match="would end the sitting at once"):
        grant(attempt, extra_minutes=5)

    assert fresh(attempt).deadline == attempt.deadline
    assert attempt.invitation.accommodations.count() == 1


def test_the_limit_can_be_lifted_and_set_again(attempt, clock):
    grant(attempt, untimed=True)
    assert fresh(attempt).deadline == attempt.started_at + UNTIMED

    grant(attempt, extra_percent=100)
    assert fresh(attempt).deadline == attempt.started_at + 60 * MINUTE


def test_a_break_is_kept_when_time_is_given_during_it(version, clock):
    attempt = begin(version, break_minutes=10)
    paused = fresh(actions.take_break(attempt))

    actions.extend_time(attempt.invitation, 10, made_by=None)

    assert fresh(attempt).paused_until == paused.paused_until
    assert fresh(attempt).deadline == paused.deadline + 10 * MINUTE


def test_once_the_sitting_is_over_nothing_is_granted(attempt):
    actions.finish_attempt(attempt)

    with pytest.raises(AttemptClosed):
        grant(attempt, extra_percent=25)
    assert not Accommodation.objects.exists()


def test_time_given_in_the_seconds_of_grace_revives_the_clock(attempt, clock, choice_question):
    clock.to(attempt.deadline, seconds=3)

    actions.extend_time(attempt.invitation, 10, made_by=None)
    clock.forward(minutes=5)

    assert actions.save_answer(attempt, choice_question, {"option": "a"}, 0).revision == 1


# Where sections have clocks ----------------------------------------------------------------------


def test_percent_are_of_every_section(timed, clock):
    attempt = started(begin(timed, extra_percent=50))

    assert deadlines(attempt) == [clock.now + 30 * MINUTE]
    assert attempt.deadline == clock.now + (30 + 15 + 15 + 15 + 45) * MINUTE


def test_minutes_given_before_the_start_are_spread_over_the_sections(timed, clock):
    attempt = begin(timed, extra_minutes=12)
    assert attempt.deadline == clock.now + (3 * 15 + 60 + 12) * MINUTE

    attempt = started(attempt)
    assert deadlines(attempt) == [clock.now + 24 * MINUTE]


def test_minutes_given_during_a_section_are_that_sections(timed, clock):
    attempt = started(begin(timed))
    clock.forward(minutes=19)

    actions.extend_time(attempt.invitation, 10, made_by=None)

    extended = fresh(attempt)
    assert extended.sittings.get().deadline == extended.sittings.get().started_at + 30 * MINUTE
    assert extended.deadline == attempt.deadline + 10 * MINUTE
    actions.finish_section(attempt, attempt.version.sections.first())
    following = started(attempt, 1)
    assert following.sittings.last().deadline == clock.now + 10 * MINUTE


def test_minutes_given_between_sections_are_spread_over_those_ahead(timed, clock):
    attempt = started(begin(timed))
    actions.finish_section(attempt, timed.sections.first())

    clock.forward(minutes=1)
    actions.extend_time(attempt.invitation, 8, made_by=None)
    clock.forward(minutes=1)

    attempt = started(attempt, 1)
    assert attempt.sittings.last().deadline == clock.now + 12 * MINUTE
    assert attempt.deadline == clock.now + (12 + 15 + 36) * MINUTE


def test_taking_back_what_a_section_was_given_costs_no_other_section(timed, clock):
    attempt = started(begin(timed))
    clock.forward(minutes=1)
    actions.extend_time(attempt.invitation, 10, made_by=None)
    clock.forward(minutes=1)
    actions.finish_section(attempt, timed.sections.first())

    grant(attempt, extra_minutes=0)

    attempt = started(attempt, 1)
    assert attempt.sittings.last().deadline == clock.now + 10 * MINUTE


def test_without_a_limit_sections_have_no_clock(timed, clock):
    attempt = started(begin(timed, untimed=True))

    assert deadlines(attempt) == [None]
    clock.forward(days=3)
    assert fresh(actions.catch_up(attempt)).sittings.get().finished_at is None
    actions.finish_section(attempt, timed.sections.first())
    clock.forward(days=2)
    assert started(attempt, 1).sittings.count() == 2
    assert fresh(attempt).deadline == attempt.started_at + UNTIMED


def test_lifting_the_limit_during_a_section_lifts_its_clock_too(timed, clock):
    attempt = started(begin(timed))

    grant(attempt, untimed=True)
    assert deadlines(fresh(attempt)) == [None]

    clock.forward(minutes=5)
    grant(attempt)
    assert deadlines(fresh(attempt)) == [clock.now + 15 * MINUTE]
    assert fresh(attempt).deadline == Course.of(fresh(attempt)).end
    clock.forward(minutes=1)
    grant(attempt, untimed=True)
    clock.forward(minutes=30)
    with pytest.raises(TooLittleTime):
        grant(attempt)
