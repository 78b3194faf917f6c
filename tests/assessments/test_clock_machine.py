"""Random sittings against the clock: sections, breaks, extra time, two tabs, in any order.

`promises.py` says in plain sums when which clock stops. Whatever happens: the database agrees with
it, no acknowledged answer is lost, and no candidate has less time than was given.
"""

from datetime import timedelta
from functools import partial
from unittest.mock import patch

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from assessments import actions
from assessments.course import Course
from assessments.models import Attempt, Section
from tests.assessments.conftest import Clock, make_report
from tests.assessments.promises import Promises
from tests.assessments.sectioned import fresh, make_attempt
from tests.orders import tried

SOURCES = ["x = 1", "x = 2"]
TABS = ["", "one", "two"]


class Clocks(RuleBasedStateMachine):
    def __init__(self, kind, begun):
        super().__init__()
        self.kind = kind
        self.example = transaction.atomic()
        self.example.__enter__()
        self.clock = Clock()
        self.patched = patch.object(timezone, "now", self.clock)
        self.patched.start()
        self.begin()
        for number in range(begun):
            if number:
                self.finish_section(number - 1)
            self.start_section(number)

    def teardown(self):
        self.patched.stop()
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    def begin(self):
        self.attempt = make_attempt(self.kind)
        self.questions = list(self.attempt.version.questions.all())
        self.sections = list(self.attempt.version.sections.all())
        timed = self.kind == "sections"
        minutes = [8, 4, 12] if timed else [24]
        self.promised = Promises(self.clock.now, minutes, timed=timed, break_minutes=10)
        # Acknowledged: (revision, content) by question; questions left behind; the tab that saves.
        self.answers, self.passed, self.tab, self.flags = {}, 0, "", set()
        self.steps = 0
        self.owed = self.promised.left

    # What the model says ---------------------------------------------------------------------

    def section_of(self, question):
        return self.sections.index(question.section) if self.kind == "sections" else 0

    def takes(self, question):
        if not self.promised.takes(self.section_of(question)):
            return False
        if question.section and question.section.order == Section.Order.FIXED:
            return self.in_fixed(question) == self.passed
        return True

    def in_fixed(self, question):
        fixed = [each for each in self.questions if each.section == question.section]
        return fixed.index(question)

    def holds(self, tab):
        """Whether a save of that tab goes through; the first to come holds the attempt."""
        if tab and not self.tab:
            self.tab = tab
        return tab in ("", self.tab)

    def tried(self, question, tab, act):
        """Do it, and hold what came of it against the model; return what it returned, or None."""
        try:
            found = act()
        except actions.AttemptClosed:
            assert not self.takes(question)
            return None
        except actions.HeldElsewhere:
            assert self.takes(question)
            assert not self.holds(tab)
            return None
        assert self.takes(question)
        assert self.holds(tab)
        return found

    # Answers ---------------------------------------------------------------------------------

    @rule(place=st.integers(0, 4), second=st.booleans(), tab=st.sampled_from(TABS))
    def type(self, place, second, tab):
        content = {"source": SOURCES[second]} if place == 4 else {"option": "ab"[second]}
        self.save(self.questions[place], content, tab)

    def save(self, question, content, tab):
        revision = self.answers.get(question.pk, (0, None))[0]
        saved = self.tried(
            question,
            tab,
            lambda: actions.save_answer(self.attempt, question, content, revision, tab=tab),
        )
        if saved:
            self.answers[question.pk] = (saved.revision, content)

    @rule(source=st.sampled_from(SOURCES), purpose=st.sampled_from(["run", "submit"]))
    def send(self, source, purpose):
        question = self.questions[4]
        sent = self.tried(
            question, "", lambda: actions.submit_code(self.attempt, question, source, purpose)
        )
        if sent is None:
            return
        if sent.status == "queued":
            actions.store_report(str(sent.pk), sent.ticket, make_report(0.5, verdict="partial"))
        revision, stored = self.answers.get(question.pk, (0, None))
        if purpose == "submit" and stored != {"source": source}:
            self.answers[question.pk] = (revision + 1, {"source": source})

    @rule(place=st.integers(0, 4), flagged=st.booleans(), tab=st.sampled_from(TABS[1:]))
    def mark_or_take_over(self, place, flagged, tab):
        self.mark(place, flagged)
        if flagged:
            self.take_over(tab)

    def mark(self, place, flagged):
        question = self.questions[place]
        marked = self.tried(
            question,
            "",
            lambda: actions.flag_question(self.attempt, question, flagged=flagged),
        )
        if marked:
            (self.flags.add if flagged else self.flags.discard)(question.pk)

    def take_over(self, tab):
        try:
            actions.take_over(self.attempt, tab)
        except actions.AttemptClosed:
            assert self.promised.over
        else:
            self.tab = tab

    # The way through -------------------------------------------------------------------------

    @precondition(lambda self: self.kind != "whole")
    @rule(place=st.integers(2, 3))
    def leave_question(self, place):
        question = self.questions[place]
        behind = self.in_fixed(question) < self.passed
        if behind:
            actions.pass_question(self.attempt, question)
        elif self.tried(question, "", lambda: actions.pass_question(self.attempt, question)):
            self.passed += 1

    def start_the_next_section(self):
        if self.kind == "sections" and self.promised.ahead:
            self.start_section(self.promised.sections.index(self.promised.ahead[0]))

    def finish_the_open_section(self):
        if self.kind == "sections" and self.promised.running:
            self.finish_section(self.promised.sections.index(self.promised.running))

    @precondition(lambda self: self.kind == "sections")
    @rule(number=st.integers(0, 2), start=st.booleans())
    def start_or_finish_any(self, number, start):
        (self.start_section if start else self.finish_section)(number)

    def start_section(self, number):
        promised = self.promised.sections[number]
        on_break = self.promised.paused
        next_one = self.promised.ahead[:1] == [promised] and not self.promised.running
        try:
            actions.start_section(self.attempt, self.sections[number])
        except actions.AttemptClosed:
            assert self.promised.over or on_break or not next_one
            assert self.promised.over or on_break or promised.deadline is None
        else:
            assert not self.promised.over
            assert not on_break
            if promised.deadline is None:
                assert next_one
                self.promised.begin(promised, self.clock.now)

    def finish_section(self, number):
        promised = self.promised.sections[number]
        try:
            actions.finish_section(self.attempt, self.sections[number])
        except actions.SectionClosed:
            assert promised.deadline is None
            assert not self.promised.over
            return
        if self.promised.over or self.promised.running is not promised:
            return
        if self.promised.paused:
            self.promised.come_back()
        self.owed -= promised.deadline - self.clock.now
        self.promised.close(promised, self.clock.now)
        self.promised.over = not self.promised.ahead

    # Not too early: most of what can happen needs a sitting that goes on.
    @precondition(lambda self: self.steps > 15 and not self.promised.over)
    @rule()
    def finish(self):
        if self.clock.now <= self.promised.end:
            if self.promised.paused:
                self.promised.come_back()
            self.promised.over = True
        actions.finish_attempt(self.attempt)

    # Few rules, for each of them is left out of half of all sittings.
    @rule(what=st.sampled_from(["start", "start", "start", "finish", "visit", "sweep"]))
    def go_on(self, what):
        {
            "start": self.start_the_next_section,
            "finish": self.finish_the_open_section,
            "visit": self.come_back_to_the_page,
            "sweep": self.close_what_is_over,
        }[what]()

    @rule(
        what=st.sampled_from(["break", "break", "back", "minutes", "percent", "stop"]),
        size=st.integers(0, 1),
    )
    def change_the_clock(self, what, size):
        if what == "minutes":
            self.give_minutes((6, 12)[size])
        elif what == "percent":
            self.give_percent((25, 50)[size])
        else:
            {
                "break": self.take_break,
                "back": self.come_back_from_it,
                "stop": self.wait_until_a_clock_has_just_stopped,
            }[what]()

    # Time ------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([1, 3, 6, 30, 100, 240, 950]))
    def wait(self, seconds):
        resumed = self.promised.pause[1] if self.promised.paused else self.clock.now
        self.clock.forward(seconds=seconds)
        self.promised.wait(timedelta(seconds=seconds))
        self.owed -= max(timedelta(), self.clock.now - resumed)

    def wait_until_a_clock_has_just_stopped(self):
        if not self.promised.over and self.promised.open and self.promised.running:
            left = self.promised.open.deadline - self.clock.now + timedelta(seconds=2)
            self.clock.forward(seconds=left.total_seconds())
            self.owed -= left
            self.promised.wait(left)

    def come_back_to_the_page(self):
        actions.catch_up(self.attempt)

    def close_what_is_over(self):
        actions.close_overdue()

    def take_break(self):
        was_paused, left = self.promised.paused, self.promised.break_left
        try:
            actions.take_break(self.attempt)
        except actions.AttemptClosed:
            stopped = self.promised.open and not self.promised.running
            assert self.promised.over or stopped
        except actions.NoBreakLeft:
            assert not left
            assert not was_paused
        else:
            assert was_paused or left
            if not was_paused:
                self.promised.take_break()

    def come_back_from_it(self):
        if self.promised.paused and not self.promised.over:
            self.promised.come_back()
        actions.end_break(self.attempt)

    def give_minutes(self, minutes):
        if self.given(lambda: actions.extend_time(self.attempt.invitation, minutes, made_by=None)):
            before = self.promised.left
            self.promised.give_minutes(minutes)
            self.owed += self.promised.left - before

    def give_percent(self, percent):
        if percent <= self.promised.percent:
            return
        held = self.attempt.invitation.accommodations.last()
        kept = {name: getattr(held, name) for name in ("extra_minutes", "break_minutes")}
        if self.given(
            lambda: actions.grant_accommodation(
                self.attempt.invitation, made_by=None, extra_percent=percent, **kept
            )
        ):
            before = self.promised.left
            self.promised.give_percent(percent)
            self.owed += self.promised.left - before

    def given(self, grant):
        self.clock.forward(milliseconds=1)
        self.promised.wait(timedelta(milliseconds=1))
        self.owed -= timedelta(milliseconds=1)
        try:
            grant()
        except actions.AttemptClosed:
            assert self.promised.over
            return False
        assert not self.promised.over
        return True

    # Whatever happens ------------------------------------------------------------------------

    @invariant()
    def every_acknowledged_answer_is_stored(self):
        self.steps += 1
        stored = {a.question_id: (a.revision, a.content) for a in self.attempt.answers.all()}
        assert stored == self.answers
        assert set(fresh(self.attempt).flagged) == self.flags

    @invariant()
    def the_deadlines_are_those_that_were_promised(self):
        attempt = actions.catch_up(self.attempt)
        if self.promised.over:
            assert attempt.state != Attempt.State.IN_PROGRESS
            return
        assert attempt.state == Attempt.State.IN_PROGRESS
        assert attempt.deadline == self.promised.end
        assert attempt.paused == self.promised.paused
        started = [each.deadline for each in self.promised.sections if each.deadline]
        if self.kind == "sections":
            assert [each.deadline for each in attempt.sittings.all()] == started

    @invariant()
    def no_time_that_was_given_is_lost(self):
        if not self.promised.over:
            assert self.promised.left >= self.owed

    @invariant()
    def the_state_is_a_legal_one(self):
        attempt = fresh(self.attempt)
        course = Course.of(attempt)
        over = attempt.state != Attempt.State.IN_PROGRESS
        assert over == (attempt.finished_at is not None)
        assert not (over and attempt.paused)
        if over:
            assert attempt.finished_at <= attempt.deadline
            assert all(part.over for part in course.parts if part.sitting)
        else:
            assert attempt.score is None
        begun = [part.sitting is not None for part in course.parts]
        if course.timed:
            assert begun == sorted(begun, reverse=True)
            assert sum(part.runs(self.clock.now) for part in course.parts) <= 1

    @invariant()
    def what_is_over_has_handed_in_the_last_draft(self):
        draft = self.answers.get(self.questions[4].pk, (0, None))[1]
        if self.promised.over and draft:
            handed_in = self.attempt.submissions.counted().filter(source=draft["source"])
            assert handed_in.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "begun", "examples"),
    [
        ("sections", 0, 10),
        ("sections", 1, 15),
        ("sections", 3, 5),
        ("one clock", 0, 6),
        ("whole", 0, 6),
    ],
)
def test_no_order_of_events_loses_an_answer_or_time(kind, begun, examples):
    run_state_machine_as_test(
        partial(Clocks, kind, begun),
        settings=settings(
            max_examples=tried(examples),
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
