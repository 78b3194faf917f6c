"""The questions of an attempt as the candidate's pages show them: one step each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from assessments.candidate.question_page import QuestionPage
from assessments.course import Course, Part, Turn
from assessments.models import Answer, AssessmentQuestion, Attempt, Submission
from questions.kinds import Content, Kind


@dataclass(frozen=True, slots=True)
class Step(QuestionPage):
    """A question at its place in the attempt, with what was answered so far.

    Attributes:
        number, total: 1 for the first question, whatever its `position`; of so many.
        submission: the newest that counts.
        part: the section that it is in, as this attempt sits it.
        turn: whether it can be answered now, as far as its section says.
    """

    attempt: Attempt
    question: AssessmentQuestion
    number: int
    total: int
    answer: Answer | None
    submission: Submission | None
    part: Part
    turn: Turn

    @property
    def rules(self) -> Kind:
        return self.question.question_version.rules

    @property
    def asked(self) -> Content:
        content: Content = self.question.question_version.content
        return content

    @property
    def seed(self) -> int:
        return self.attempt.seed_for(self.question)

    @property
    def title(self) -> str:
        return self.question.question_version.title

    @property
    def open(self) -> bool:
        """Whether its page can be opened now."""
        return self.turn == Turn.NOW

    @property
    def flagged(self) -> bool:
        """Whether the candidate wants to look at it again."""
        return self.question.pk in self.attempt.flagged

    @property
    def ends_part(self) -> bool:
        return self.part.questions[-1] == self.question

    @property
    def handed_in(self) -> bool:
        """Whether the code as it is saved was submitted already."""
        return self.submission is not None and self.submission.created_at >= self.saved_at

    @property
    def saved_at(self) -> datetime:
        return self.answer.saved_at if self.answer else self.attempt.started_at

    @property
    def pass_url(self) -> str:
        return self.url_of("pass")

    @property
    def flag_url(self) -> str:
        return self.url_of("flag")

    def url_of(self, name: str) -> str:
        token = self.attempt.invitation.token
        return reverse(f"candidate:{name}", args=[token, self.question.position])


def steps_of(attempt: Attempt) -> list[Step]:
    """Return the attempt's questions in their order, as `steps_on` its course."""
    return steps_on(Course.of(attempt))


def steps_on(course: Course) -> list[Step]:
    """Return the questions of a course in their order; two queries."""
    attempt, now = course.attempt, timezone.now()
    asked = [(question, part) for part in course.parts for question in part.questions]
    answers = {answer.question_id: answer for answer in attempt.answers.all()}
    counted = attempt.submissions.counted().defer("source", "report").order_by("created_at")
    submissions = {submission.question_id: submission for submission in counted}
    return [
        Step(
            attempt,
            question,
            number,
            len(asked),
            answers.get(question.pk),
            submissions.get(question.pk),
            part,
            course.turn(question, now),
        )
        for number, (question, part) in enumerate(asked, start=1)
    ]


def said(attempt: Attempt, question: AssessmentQuestion, content: dict[str, Any]) -> str:
    version = question.question_version
    return version.rules.said(version.content, content, attempt.seed_for(question))


def question_at(attempt: Attempt, position: int) -> AssessmentQuestion:
    """Return what `attempt` asks at `position`, in one query; raise Http404 where there is none.

    For saves, which come every few seconds from everybody and need no other question.
    """
    found = attempt.questions.select_related("question_version", "section")
    question: AssessmentQuestion = get_object_or_404(found, position=position)
    question.version = attempt.version
    return question


def step_at(steps: list[Step], position: int) -> Step:
    """Return the step of the question at `position`; raise Http404 where there is none."""
    for step in steps:
        if step.question.position == position:
            return step
    raise Http404
