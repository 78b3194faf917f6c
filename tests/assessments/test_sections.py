"""Sections: their order, their clocks, and what is taken when."""

from datetime import timedelta

import pytest

from assessments import actions
from assessments.actions import AttemptClosed, SectionClosed
from assessments.course import Course
from assessments.models import Attempt, Invitation, Section, Submission
from questions.models import QuestionVersion
from questions.published import PublishedIsFinal
from tests.assessments.conftest import SOURCE
from tests.assessments.sectioned import RIGHT, WRONG, begin, draft_of, fresh, place

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def timed(organisation):
    """Two sections with clocks: 20 minutes for two choices, 10 for one coding question."""
    return actions.publish_assessment(
        draft_of(organisation, {"minutes": 20}, {"minutes": 10, "asks": "code"})
    )


@pytest.fixture
def attempt(timed, clock):
    return begin(timed)


def sections_of(attempt):
    return list(attempt.version.sections.all())


def questions_of(section):
    return list(section.questions.order_by("position"))


def in_first(attempt):
    """The first section begun, and its questions."""
    section = sections_of(attempt)[0]
    return fresh(actions.start_section(attempt, section)), questions_of(section)


# Clocks of sections ------------------------------------------------------------------------------


def test_an_attempt_that_nobody_touches_ends_after_all_rests_and_sections(attempt):
    assert attempt.deadline == attempt.started_at + 60 * MINUTE  # 15 + 20 + 15 + 10


def test_a_section_takes_answers_once_it_was_started(attempt, clock):
    first, second = sections_of(attempt)
    question, _ = questions_of(first)

    with pytest.raises(SectionClosed, match="has not begun"):
        actions.save_answer(attempt, question, RIGHT, 0)
    actions.start_section(attempt, first)

    assert actions.save_answer(attempt, question, RIGHT, 0).revision == 1
    with pytest.raises(SectionClosed, match="has not begun"):
        actions.submit_code(attempt, questions_of(second)[0], SOURCE, "run")


def test_a_started_section_has_its_own_deadline_and_the_unused_rest_is_gone(attempt, clock):
    clock.forward(minutes=5)
    attempt, _ = in_first(attempt)

    assert attempt.sittings.get().deadline == clock.now + 20 * MINUTE
    assert attempt.deadline == clock.now + 45 * MINUTE


def test_starting_twice_is_starting_once(attempt, clock):
    attempt, _ = in_first(attempt)
    deadline = attempt.sittings.get().deadline
    clock.forward(minutes=3)

    in_first(attempt)

    assert attempt.sittings.get().deadline == deadline


def test_the_second_section_has_to_wait_for_the_first(attempt):
    second = sections_of(attempt)[1]

    with pytest.raises(SectionClosed, match="comes later"):
        actions.start_section(attempt, second)
    in_first(attempt)
    with pytest.raises(SectionClosed, match="comes later"):
        actions.start_section(attempt, second)


def test_a_finished_section_is_closed_for_good_and_its_code_is_graded(organisation, clock):
    version = actions.publish_assessment(
        draft_of(organisation, {"minutes": 20, "asks": "code"}, {"minutes": 10})
    )
    attempt, (question,) = in_first(begin(version))
    actions.save_answer(attempt, question, {"source": SOURCE}, 0)
    clock.forward(minutes=2)

    attempt = fresh(actions.finish_section(attempt, question.section))

    assert attempt.submissions.get().purpose == Submission.Purpose.SUBMIT
    assert attempt.state == Attempt.State.IN_PROGRESS
    assert attempt.deadline == clock.now + 25 * MINUTE
    with pytest.raises(SectionClosed, match="is closed"):
        actions.save_answer(attempt, question, {"source": "x = 1"}, 1)
    with pytest.raises(SectionClosed, match="is closed"):
        actions.submit_code(attempt, question, SOURCE, "submit")


def test_a_section_that_was_not_begun_is_not_finished(attempt):
    with pytest.raises(SectionClosed, match="has not begun"):
        actions.finish_section(attempt, sections_of(attempt)[0])


def test_after_the_last_section_everything_is_handed_in(attempt, clock):
    attempt, (question, _) = in_first(attempt)
    actions.save_answer(attempt, question, RIGHT, 0)
    first, second = sections_of(attempt)
    actions.finish_section(attempt, first)
    actions.start_section(attempt, second)
    clock.forward(minutes=1)

    attempt = fresh(actions.finish_section(attempt, second))

    assert (attempt.state, attempt.finished_at) == (Attempt.State.FINISHED, clock.now)
    assert attempt.score == pytest.approx(1 / 3)
    assert attempt.invitation.state == Invitation.State.FINISHED


@pytest.mark.parametrize(("late", "taken"), [(4, True), (6, False)])
def test_a_save_in_flight_counts_when_its_section_closes(attempt, clock, late, taken):
    attempt, (question, _) = in_first(attempt)
    clock.to(attempt.sittings.get().deadline, seconds=late)

    if taken:
        assert actions.save_answer(attempt, question, RIGHT, 0).revision == 1
    else:
        with pytest.raises(SectionClosed, match="is closed"):
            actions.save_answer(attempt, question, RIGHT, 0)


def test_a_save_in_flight_counts_though_the_next_section_has_begun(attempt, clock):
    attempt, (question, _) = in_first(attempt)
    clock.to(attempt.sittings.get().deadline, seconds=2)
    actions.start_section(attempt, sections_of(attempt)[1])

    assert actions.save_answer(attempt, question, RIGHT, 0).revision == 1


def test_a_rest_that_lasts_too_long_ends_in_the_next_section(attempt, clock):
    clock.forward(minutes=18)

    attempt = fresh(actions.catch_up(attempt))

    sitting = attempt.sittings.get()
    assert sitting.started_at == attempt.started_at + 15 * MINUTE
    assert sitting.deadline == clock.now + 17 * MINUTE
    assert attempt.deadline == attempt.started_at + 60 * MINUTE


def test_who_comes_back_late_finds_what_the_clock_has_done_meanwhile(attempt, clock):
    clock.forward(minutes=51)

    attempt = fresh(actions.catch_up(attempt))

    first, second = attempt.sittings.all()
    assert first.finished_at == first.deadline == attempt.started_at + 35 * MINUTE
    assert second.started_at == attempt.started_at + 50 * MINUTE
    assert second.finished_at is None


def test_nobody_having_looked_the_attempt_ends_at_its_deadline(attempt, clock):
    deadline = attempt.deadline
    clock.to(deadline, seconds=6)

    assert actions.close_overdue() == 1

    attempt = fresh(attempt)
    assert (attempt.state, attempt.finished_at) == (Attempt.State.TIMED_OUT, deadline)


def test_a_section_of_which_everything_was_withdrawn_is_left_out(organisation, clock):
    version = actions.publish_assessment(draft_of(organisation, {"minutes": 20}, {"minutes": 10}))
    for question in questions_of(version.sections.first()):
        QuestionVersion.objects.filter(uses=question).update(status="retired")

    attempt = begin(version)

    assert [part.title for part in Course.of(attempt).parts] == ["Part 2"]
    assert attempt.deadline == clock.now + 25 * MINUTE
    with pytest.raises(SectionClosed, match="asks nothing of that section"):
        actions.start_section(attempt, version.sections.first())


# Order -------------------------------------------------------------------------------------------


@pytest.fixture
def fixed(organisation, clock):
    """One clock for all; three questions one after the other, then two in any order."""
    version = draft_of(organisation, {"asks": 3, "order": Section.Order.FIXED}, {})
    return begin(actions.publish_assessment(version))


def test_sections_on_one_clock_need_no_start_and_are_open_in_any_order(fixed):
    later = questions_of(sections_of(fixed)[1])[0]

    assert actions.save_answer(fixed, later, RIGHT, 0).revision == 1
    assert actions.start_section(fixed, later.section).deadline == fixed.deadline
    assert not fixed.sittings.exists()


def test_a_fixed_order_leads_one_way(fixed):
    first, second, third = questions_of(sections_of(fixed)[0])
    actions.save_answer(fixed, first, RIGHT, 0)
    with pytest.raises(SectionClosed, match="comes later"):
        actions.save_answer(fixed, second, RIGHT, 0)

    actions.pass_question(fixed, first)

    with pytest.raises(SectionClosed, match="left this question"):
        actions.save_answer(fixed, first, WRONG, 1)
    assert actions.save_answer(fixed, second, RIGHT, 0).revision == 1
    with pytest.raises(SectionClosed, match="comes later"):
        actions.pass_question(fixed, third)


def test_leaving_a_question_twice_leaves_no_other_one(fixed):
    first, second, _ = questions_of(sections_of(fixed)[0])

    actions.pass_question(fixed, first)
    actions.pass_question(fixed, first)

    assert actions.save_answer(fixed, second, RIGHT, 0).revision == 1


def test_where_the_order_is_free_no_question_is_left_behind(fixed):
    question, _ = questions_of(sections_of(fixed)[1])

    actions.pass_question(fixed, question)

    assert actions.save_answer(fixed, question, RIGHT, 0).revision == 1


def test_what_was_left_behind_counts(fixed):
    first, _, _ = questions_of(sections_of(fixed)[0])
    actions.save_answer(fixed, first, RIGHT, 0)
    actions.pass_question(fixed, first)

    actions.finish_attempt(fixed)

    assert fresh(fixed).score == pytest.approx(1 / 5)


def test_each_attempt_has_an_order_of_its_own_that_stays(organisation):
    version = actions.publish_assessment(draft_of(organisation, {"asks": 6, "shuffled": True}, {}))
    attempts = [begin(version, f"c{number}@example.com") for number in range(4)]

    orders = [[question.position for question in attempt.asked()] for attempt in attempts]

    assert len({tuple(order) for order in orders}) > 1
    for attempt, order in zip(attempts, orders, strict=True):
        assert [question.position for question in fresh(attempt).asked()] == order
        assert sorted(order[:6]) == [1, 2, 3, 4, 5, 6]
        assert order[6:] == [7, 8]


# Marks for review --------------------------------------------------------------------------------


def test_a_mark_is_put_and_taken_off(attempt):
    attempt, (question, other) = in_first(attempt)

    actions.flag_question(attempt, question, flagged=True)
    actions.flag_question(attempt, other, flagged=True)
    actions.flag_question(attempt, question, flagged=True)
    assert sorted(fresh(attempt).flagged) == sorted([question.pk, other.pk])

    actions.flag_question(attempt, question, flagged=False)
    assert fresh(attempt).flagged == [other.pk]


def test_nothing_is_marked_once_it_is_over(attempt):
    attempt, (question, _) = in_first(attempt)
    actions.finish_attempt(attempt)

    with pytest.raises(AttemptClosed):
        actions.flag_question(attempt, question, flagged=True)


# What can't be published -------------------------------------------------------------------------


def refused(version):
    with pytest.raises(actions.NotPublished) as caught:
        actions.publish_assessment(version)
    assert version.published_at is None
    return str(caught.value)


def test_some_sections_with_minutes_are_refused(organisation):
    said = refused(draft_of(organisation, {"minutes": 20}, {}, minutes=20))

    assert said == (
        "Some sections have minutes of their own: give “Part 2” minutes too, or none to all."
    )


def test_minutes_that_do_not_add_up_are_refused(organisation):
    said = refused(draft_of(organisation, {"minutes": 20}, {"minutes": 15}, minutes=30))

    assert "35 minutes together, the assessment 30: set the assessment to 35" in said


def test_an_empty_section_is_refused(organisation):
    assert "“Part 2” is empty" in refused(draft_of(organisation, {}, {"asks": 0}))


def test_a_question_outside_of_all_sections_is_refused(organisation):
    version = draft_of(organisation, {})
    place(version, 9)

    assert "is in no section of this version: put it into one" in refused(version)


def test_the_parts_of_a_published_version_are_final(timed):
    section = timed.sections.first()
    section.minutes = 99

    with pytest.raises(PublishedIsFinal):
        section.save()
