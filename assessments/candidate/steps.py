"""The questions of an attempt as the candidate's pages show them: one step each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404
from django.urls import reverse

from assessments.models import Answer, AssessmentQuestion, Attempt, Submission


@dataclass(frozen=True, slots=True)
class Step:
    """A question at its place in the attempt, with what was answered so far.

    Attributes:
        number, total: 1 for the first question, whatever its `position`; of so many.
        submission: the newest that counts.
    """

    attempt: Attempt
    question: AssessmentQuestion
    number: int
    total: int
    answer: Answer | None
    submission: Submission | None

    @property
    def kind(self) -> str:
        return self.question.question_version.kind

    @property
    def title(self) -> str:
        return self.question.question_version.title

    @property
    def content(self) -> dict[str, Any]:
        return self.answer.content if self.answer else {}

    @property
    def revision(self) -> int:
        return self.answer.revision if self.answer else 0

    @property
    def answered(self) -> bool:
        version = self.question.question_version
        return version.rules.is_answered(version.content, self.content)

    @property
    def typed(self) -> bool:
        """Whether the answer is text as it was typed, and no Markdown."""
        return self.question.question_version.rules.typed

    @property
    def said(self) -> str:
        """The answer, for its candidate to recognise."""
        return said(self.attempt, self.question, self.content)

    @property
    def label(self) -> str:
        return f"{self.number} of {self.total}"

    @property
    def handed_in(self) -> bool:
        """Whether the code as it is saved was submitted already."""
        return self.submission is not None and self.submission.created_at >= self.saved_at

    @property
    def saved_at(self) -> datetime:
        return self.answer.saved_at if self.answer else self.attempt.started_at

    @property
    def context(self) -> dict[str, Any]:
        """What the page may show of the question."""
        version = self.question.question_version
        return version.rules.context(version.content, self.attempt.seed_for(self.question))

    @property
    def url(self) -> str:
        return self.url_of("question")

    @property
    def draft_url(self) -> str:
        return self.url_of("draft")

    @property
    def run_url(self) -> str:
        return self.url_of("run")

    @property
    def submit_url(self) -> str:
        return self.url_of("submit")

    def url_of(self, name: str) -> str:
        token = self.attempt.invitation.token
        return reverse(f"candidate:{name}", args=[token, self.question.position])


def steps_of(attempt: Attempt) -> list[Step]:
    """Return the attempt's questions in order; three queries."""
    questions = attempt.questions.select_related("question_version").order_by("position")
    answers = {answer.question_id: answer for answer in attempt.answers.all()}
    counted = attempt.submissions.counted().defer("source", "report").order_by("created_at")
    submissions = {submission.question_id: submission for submission in counted}
    return [
        Step(
            attempt,
            question,
            number,
            len(questions),
            answers.get(question.pk),
            submissions.get(question.pk),
        )
        for number, question in enumerate(questions, start=1)
    ]


def said(attempt: Attempt, question: AssessmentQuestion, content: dict[str, Any]) -> str:
    version = question.question_version
    return version.rules.said(version.content, content, attempt.seed_for(question))


def step_at(steps: list[Step], position: int) -> Step:
    """Return the step of the question at `position`; raise Http404 where there is none."""
    for step in steps:
        if step.question.position == position:
            return step
    raise Http404


def after(steps: list[Step], step: Step) -> Step | None:
    return steps[step.number] if step.number < len(steps) else None


def before(steps: list[Step], step: Step) -> Step | None:
    return steps[step.number - 2] if step.number > 1 else None


def newest(attempt: Attempt, question: AssessmentQuestion, purpose: str) -> Submission | None:
    """Return the newest submission of `question` with that purpose."""
    submissions = attempt.submissions.filter(question=question, purpose=purpose)
    return submissions.newest_first().first()
