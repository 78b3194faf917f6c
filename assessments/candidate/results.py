"""What the page of a coding question shows beside it: results, older ones, and what is left."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from assessments.candidate.steps import Step
from assessments.models import AssessmentQuestion, Attempt, Submission

RUN, SUBMIT = Submission.Purpose.RUN, Submission.Purpose.SUBMIT
# The newest stand on the page itself, all of them on one of their own.
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Allowance:
    """How often code was submitted for a question, and how often it may be; None: at will."""

    used: int
    most: int | None

    @property
    def left(self) -> int | None:
        return None if self.most is None else max(0, self.most - self.used)

    @property
    def is_last(self) -> bool:
        """Whether the next submission is the last of several, or the only one."""
        return self.left == 1


def allowance(attempt: Attempt, question: AssessmentQuestion) -> Allowance:
    most = attempt.version.max_submissions
    if most is None:
        return Allowance(0, None)
    return Allowance(attempt.submissions.used().filter(question=question).count(), most)


def history(attempt: Attempt, question: AssessmentQuestion) -> list[Submission]:
    """Return all runs and submissions of a question, newest first, without their long columns."""
    sent = attempt.submissions.filter(question=question)
    return list(sent.with_families().newest_first())


def beside(attempt: Attempt, question: AssessmentQuestion) -> dict[str, Any]:
    """What follows every Run and Submit: the older ones, and how many submissions are left."""
    sent = history(attempt, question)
    return {
        "history": sent[:SHOWN],
        "sent_in_all": len(sent),
        "allowance": allowance(attempt, question),
        "question": question,
    }


def results(step: Step, chosen: str) -> dict[str, Any]:
    """Return the run and the submission that the page of `step` shows, and what is beside them.

    They are the newest ones, unless one of the older ones was `chosen` by its id. A question that
    is not answered by code has none.
    """
    if step.kind != "coding":
        return {}
    found = beside(step.attempt, step.question)
    sent = step.attempt.submissions.filter(question=step.question).newest_first()
    picked = sent.filter(pk=chosen).first() if _is_id(chosen) else None
    for name, purpose in (("run", RUN), ("submission", SUBMIT)):
        is_picked = picked is not None and picked.purpose == purpose
        found[name] = picked if is_picked else sent.filter(purpose=purpose).first()
    return found


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
