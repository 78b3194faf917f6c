"""Random sittings: saves, retries, two tabs, submissions, reports, deadlines in any order.

A model beside the database says what was acknowledged; whatever happens, that is what is stored.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from assessments import actions
from assessments.models import (
    Assessment,
    AssessmentQuestion,
    AssessmentVersion,
    Attempt,
    Organisation,
    Submission,
)
from questions.models import Question, QuestionVersion
from tests.orders import tried

OPTIONS = [
    {"key": "a", "text": "This", "right": True, "rationale": "It is."},
    {"key": "b", "text": "That", "rationale": "No.", "misconception": "It is that."},
    {"key": "c", "text": "Neither", "rationale": "No.", "misconception": "Nothing is."},
]
CHOICE = {"prompt": "Which?", "options": OPTIONS, "official_answer": "This."}
SOURCES = ["x = 1", "x = 2", "x = 3"]


def make_attempt():
    organisation = Organisation.objects.create(name="Acme", slug="acme")
    assessment = Assessment.objects.create(organisation=organisation, slug="first")
    version = AssessmentVersion.objects.create(
        assessment=assessment, number=1, title="First", minutes=30
    )
    contents = [("single_choice", CHOICE), ("coding", {"prompt": "Write.", "task": "huber"})]
    for position, (kind, content) in enumerate(contents, start=1):
        question = QuestionVersion.objects.create(
            question=Question.objects.create(slug=kind),
            number=1,
            kind=kind,
            title=kind,
            content=content,
            status="published",
            published_at=timezone.now(),
        )
        AssessmentQuestion.objects.create(
            version=version, question_version=question, position=position
        )
    actions.publish_assessment(version)
    return actions.start_attempt(actions.invite(version, "Ada", "ada@example.com"))


def make_report(score):
    return {
        "task": "huber",
        "verdict": "passed" if score == 1.0 else "failed",
        "score": score,
        "families": {},
        "checks": [],
        "error": None,
        "diagnosis": [],
        "seconds": {},
    }


class Sitting(RuleBasedStateMachine):
    sent = Bundle("sent")

    def __init__(self):
        super().__init__()
        # Each example begins with an empty database.
        self.example = transaction.atomic()
        self.example.__enter__()
        self.attempt = make_attempt()
        self.choice, self.coding = self.attempt.version.questions.all()
        self.open = True
        # What was acknowledged: (revision, content) per question, and first report per submission.
        self.answers = {}
        self.reports = {}

    def teardown(self):
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    def revision(self, question):
        return self.answers.get(question.pk, (0, None))[0]

    def save(self, question, content, revision):
        """Save on a revision, and check the answer against the model."""
        current, stored = self.answers.get(question.pk, (0, None))
        shown = None
        try:
            answer = actions.save_answer(self.attempt, question, content, revision)
        except actions.AttemptClosed:
            assert not self.open
        except actions.StaleRevision as stale:
            assert self.open
            assert revision != current
            shown = stale.answer.revision
        else:
            assert self.open
            repeated = revision == current - 1 and stored == content
            assert repeated or revision == current
            assert answer.revision == (current if repeated else current + 1)
            self.answers[question.pk] = (answer.revision, content)
        assert shown in {None, current}

    @rule(option=st.sampled_from("abc"), behind=st.integers(-1, 3))
    def choose(self, option, behind):
        """A save of this tab (0 behind), of an old one, or of one that made its numbers up."""
        revision = max(0, self.revision(self.choice) - behind)
        self.save(self.choice, {"option": option}, revision)

    @rule(source=st.sampled_from(SOURCES), behind=st.integers(-1, 3))
    def type_code(self, source, behind):
        revision = max(0, self.revision(self.coding) - behind)
        self.save(self.coding, {"source": source}, revision)

    @rule(target=sent, source=st.sampled_from(SOURCES), purpose=st.sampled_from(["run", "submit"]))
    def send(self, source, purpose):
        waiting = self.attempt.submissions.filter(status="queued", purpose=purpose).count()
        try:
            submission = actions.submit_code(self.attempt, self.coding, source, purpose)
        except actions.AttemptClosed:
            assert not self.open
            return None
        except actions.TooManySubmissions as refused:
            hasty = refused.retry_after is not None
            assert hasty or waiting >= {"run": 2, "submit": 4}[purpose]
            return None
        assert self.open
        content = {"source": source}
        revision, stored = self.answers.get(self.coding.pk, (0, None))
        if purpose == "submit" and stored != content:
            self.answers[self.coding.pk] = (revision + 1, content)
        return submission

    @rule(submission=sent, score=st.sampled_from([0.0, 0.5, 1.0]))
    def grade(self, submission, score):
        """A report comes, the first or a repeated one."""
        if submission is None:
            return
        stored = actions.store_report(str(submission.pk), submission.ticket, make_report(score))
        assert stored == (submission.pk not in self.reports)
        self.reports.setdefault(submission.pk, score)

    @rule(submission=sent)
    def forge(self, submission):
        if submission is not None:
            assert not actions.store_report(str(submission.pk), "forged", make_report(1.0))

    @rule()
    def lose_messages_and_sweep(self):
        Submission.objects.update(retry_at=timezone.now() - timedelta(seconds=1))
        actions.requeue_stalled()

    @precondition(lambda self: self.open)
    @rule(by=st.sampled_from(["candidate", "deadline"]))
    def end(self, by):
        if by == "deadline":
            past = timezone.now() - timedelta(seconds=10)
            Attempt.objects.update(started_at=past - timedelta(minutes=30), deadline=past)
            actions.close_overdue()
        else:
            actions.finish_attempt(self.attempt)
        self.open = False

    @precondition(lambda self: not self.open)
    @rule()
    def reopen(self):
        actions.reopen_attempt(self.attempt, 10, reason="A power cut.", by=None)
        self.open = True

    @precondition(lambda self: self.open)
    @rule()
    def extend(self):
        self.attempt.refresh_from_db()
        earlier = self.attempt.deadline
        actions.extend_time(self.attempt.invitation, 5, made_by=None)
        self.attempt.refresh_from_db()
        assert self.attempt.deadline == earlier + timedelta(minutes=5)

    @rule()
    def grade_all_drafts(self):
        """The grader comes to what was handed in at the end."""
        for submission in self.attempt.submissions.filter(status="queued"):
            actions.store_report(str(submission.pk), submission.ticket, make_report(0.5))
            self.reports[submission.pk] = 0.5

    @invariant()
    def what_was_acknowledged_is_stored(self):
        stored = {a.question_id: (a.revision, a.content) for a in self.attempt.answers.all()}
        assert stored == self.answers

    @invariant()
    def a_report_stays_as_it_came(self):
        graded = Submission.objects.filter(status="graded").values_list("pk", "score")
        assert dict(graded) == self.reports

    @invariant()
    def the_score_is_there_when_everything_is_graded_and_follows_from_it(self):
        self.attempt.refresh_from_db()
        counted = list(self.attempt.submissions.counted())
        if self.open or any(submission.status == "queued" for submission in counted):
            assert self.attempt.score is None
            return
        option = self.answers.get(self.choice.pk, (0, {}))[1].get("option")
        code = max((submission.score for submission in counted), default=0.0)
        assert self.attempt.score == pytest.approx(((option == "a") + code) / 2)

    @invariant()
    def a_closed_attempt_handed_in_the_last_draft(self):
        draft = self.answers.get(self.coding.pk, (0, None))[1]
        if not self.open and draft:
            handed_in = self.attempt.submissions.counted().filter(source=draft["source"])
            assert handed_in.count() >= 1


@pytest.mark.django_db
def test_no_order_of_events_loses_an_answer_or_a_report():
    run_state_machine_as_test(
        Sitting,
        settings=settings(
            max_examples=tried(40),
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
