"""A few weeks at a small organisation: candidates whose code is right, nearly right, and wrong.

Real rows, made by the same actions that the pages call. The grader's reports come from the caller,
who may run the sandbox for them or not.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from assessments import actions
from assessments.actions.demonstrating import make_demo
from assessments.models import Attempt, Submission
from grader.catalogue import get
from grader.grading import grade

# What a good candidate hands in after 25 minutes: right values, and in the gradient the mean
# forgotten; no word of delta's own limits.
NEARLY = '''\
import numpy as np


def _errors(y_true, y_pred):
    y_true = np.asarray(y_true, dtype=np.float64)
    y_pred = np.asarray(y_pred, dtype=np.float64)
    if y_true.shape != y_pred.shape:
        raise ValueError("y_true and y_pred differ in shape")
    if y_true.size == 0:
        raise ValueError("there is nothing to average over")
    return y_pred - y_true


def loss(y_true, y_pred, delta=1.0):
    """Squares for small errors, a line for large ones; the mean."""
    error = np.abs(_errors(y_true, y_pred))
    small = np.minimum(error, delta)
    return float(np.mean(small * (error - 0.5 * small)))


def grad(y_true, y_pred, delta=1.0):
    """The slope: the error itself, cut off at delta on both sides."""
    error = _errors(y_true, y_pred)
    return np.clip(error, -delta, delta)
'''
NOT_PYTHON = "def loss(y_true, y_pred, delta=1.0)\n    return 0.0\n"


@dataclass(frozen=True, slots=True)
class Role:
    """One candidate: the option chosen, the code handed in, how long ago and how long it took."""

    name: str
    option: str | None
    source: str | None
    days_ago: float
    minutes: int


def wrong(name):
    """The catalogue's own small mistake of that name."""
    found = {each.name: each.source for each in get("huber").misconceptions}
    return found[name]


def roles():
    right = get("huber").variants
    return [
        Role("Priya Raman", "a", NEARLY, 0.1, 31),
        Role("Jonas Lindqvist", "a", right[0].source, 0.3, 24),
        Role("Ngozi Adeyemi", "a", right[1].source, 1.2, 38),
        Role("Tomás Herrera", "b", wrong("sum for mean"), 1.4, 42),
        Role("Mei-Ling Chou", "a", wrong("delta ignored"), 2.1, 29),
        Role("Oleksandr Bondar", "c", NOT_PYTHON, 3.0, 7),
        Role("Amira Haddad", "a", wrong("branches blended by masks"), 3.2, 35),
        Role("Elin Sørensen", "d", wrong("gradient of the wrong sign"), 4.5, 40),
        Role("Kwame Mensah", None, None, 6.0, 45),
    ]


def play(grader):
    """Make the demo organisation with its candidates; `grader(submission)` returns a report.

    Returns the demo and the attempts by candidate's name.
    """
    demo = make_demo()
    version = demo.invitation.assessment_version
    played = {role.name: perform(version, role, grader) for role in reversed(roles())}
    played["Sam Okafor"] = begin(version, "Sam Okafor")
    actions.invite(version, "Lucía Ferrer", "lucia@example.com")
    return demo, played


def begin(version, name):
    email = name.lower().replace(" ", ".").replace("ø", "o").replace("á", "a") + "@example.com"
    return actions.start_attempt(actions.invite(version, name, email), consented=True)


def perform(version, role, grader):
    """Answer, run once, submit, finish; then move it to where it belongs in time."""
    attempt = begin(version, role.name)
    choice, coding = version.questions.order_by("position")
    if role.option:
        actions.save_answer(attempt, choice, {"option": role.option}, 0)
    if role.source:
        for purpose in (Submission.Purpose.RUN, Submission.Purpose.SUBMIT):
            store(actions.submit_code(attempt, coding, role.source, purpose), grader)
    actions.finish_attempt(attempt)
    move(attempt, role)
    return Attempt.objects.get(pk=attempt.pk)


def store(submission, grader):
    assert actions.store_report(str(submission.pk), submission.ticket, grader(submission))


def move(attempt, role):
    started = timezone.now() - timedelta(days=role.days_ago)
    ended = started + timedelta(minutes=role.minutes, seconds=17)
    deadline = started + timedelta(minutes=attempt.version.minutes)
    Attempt.objects.filter(pk=attempt.pk).update(
        started_at=started, deadline=deadline, finished_at=min(ended, deadline)
    )
    for step, submission in enumerate(attempt.submissions.order_by("created_at")):
        at = started + timedelta(minutes=role.minutes * (0.5 + 0.4 * step))
        Submission.objects.filter(pk=submission.pk).update(created_at=at, graded_at=at)


def grader_in(sandbox):
    """Grade as the grading worker does, in a sandbox of the caller's."""

    def grade_one(submission):
        sample = submission.purpose == Submission.Purpose.RUN
        task = get(submission.task)
        report = grade(
            task,
            submission.source,
            submission.seed,
            sandbox,
            sample=sample,
            inputs=submission.inputs,
        )
        return report.as_dict()

    return grade_one
