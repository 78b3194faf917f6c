"""The practice: an easy question and a small coding task, as steps like those of a sitting."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from assessments.candidate.question_page import QuestionPage
from assessments.models import AssessmentVersion, Invitation, Practice, Submission
from questions import kinds
from questions.kinds import Content, Kind

TITLE = gettext_noop("Practice")
# What these say is translated where it is asked: a practice is no part of the bank.
CHOICE = {
    "prompt": gettext_noop("Where on this page do you read whether your answer was saved?"),
    "options": [
        {
            "key": "a",
            "text": gettext_noop("At the top, beside a small cloud."),
            "right": True,
            "rationale": gettext_noop(
                "It says when the answer was saved, and that it is kept in your browser while"
                " there is no connection."
            ),
        },
        {
            "key": "b",
            "text": gettext_noop("Nowhere: there is a button that saves."),
            "rationale": gettext_noop(
                "Answers save themselves, with every change. The button below the question leads"
                " on; without scripts in your browser it saves, too."
            ),
            "misconception": gettext_noop("Answers have to be saved by hand."),
        },
        {
            "key": "c",
            "text": gettext_noop("On the last page, once everything is handed in."),
            "rationale": gettext_noop(
                "The last page says so, too, but you can see it at any time before."
            ),
            "misconception": gettext_noop("Nothing is saved before the end."),
        },
    ],
    "official_answer": gettext_noop(
        "At the top of the page, where a small cloud says when it was saved."
    ),
}
PROMPT = gettext_noop(
    "Write this small loss and its gradient. **Run** tries your code on a few sample checks and"
    " shows all that they found; **Submit** hands it in for the hidden checks. Here, nothing of it"
    " counts."
)
# Small ones first; which one is asked depends on what the assessment asks.
TASKS = ("mean-squared-error", "mean-absolute-error", "root-mean-squared-error", "hinge", "huber")
SEED = 7
# What the check of the browser runs: whether an answer comes is all that it asks.
CHECK_SOURCE = "# Does the sandbox answer?\ndef loss(y_true, y_pred):\n    return 0.0\n"


@dataclass(frozen=True, slots=True)
class Exercise:
    """A question of the practice: what a question version is to an assessment."""

    position: int
    kind: str
    title: str
    content: Mapping[str, Any]

    @property
    def rules(self) -> Kind:
        return kinds.get(self.kind)


def exercises(version: AssessmentVersion) -> list[Exercise]:
    """Return what is practised before `version`, which asks none of it."""
    task = task_beside(version)
    return [
        Exercise(1, "single_choice", _("What these pages do for you"), _in_words(CHOICE)),
        Exercise(2, "coding", _("A small loss"), {"prompt": _(PROMPT), "task": task}),
    ]


def _in_words(content: Any) -> Any:
    """Return what CHOICE says in the language of the page."""
    if isinstance(content, dict):
        return {name: part if name == "key" else _in_words(part) for name, part in content.items()}
    if isinstance(content, list):
        return [_in_words(part) for part in content]
    return _(content) if isinstance(content, str) else content


def task_beside(version: AssessmentVersion) -> str:
    """The first of TASKS that `version` does not ask."""
    coding = version.questions.filter(question_version__kind="coding")
    asked = set(coding.values_list("question_version__content__task", flat=True))
    return next(task for task in (*TASKS, TASKS[0]) if task not in asked or task == TASKS[-1])


@dataclass(frozen=True)
class PracticeStep(QuestionPage):
    """An exercise at its place; to the pages it is what a Step is.

    Attributes:
        practice: None until there is something to keep.
        submission: the newest Submit.
    """

    invitation: Invitation
    practice: Practice | None
    exercise: Exercise
    number: int
    total: int
    submission: Submission | None = None

    @property
    def question(self) -> SimpleNamespace:
        return SimpleNamespace(pk=f"practice-{self.number}", position=self.number)

    @property
    def rules(self) -> Kind:
        return self.exercise.rules

    @property
    def asked(self) -> Content:
        return self.exercise.content

    @property
    def seed(self) -> int:
        return SEED

    @property
    def title(self) -> str:
        return self.exercise.title

    @cached_property
    def answer(self) -> SimpleNamespace | None:
        stored = self.practice.answers.get(str(self.number)) if self.practice else None
        if stored is None:
            return None
        return SimpleNamespace(
            content=stored["content"],
            revision=stored["revision"],
            saved_at=parse_datetime(stored["saved_at"]),
        )

    @property
    def saved_at(self) -> datetime | None:
        return self.answer.saved_at if self.answer else None

    @property
    def handed_in(self) -> bool:
        if self.submission is None or self.saved_at is None:
            return False
        return self.submission.created_at >= self.saved_at

    @property
    def task(self) -> str:
        return str(self.exercise.content["task"])

    def newest(self, *, sample: bool) -> Submission | None:
        """Return the newest Run, or Submit, since the practice was begun."""
        if self.practice is None or self.kind != "coding":
            return None
        since = self.practice.submissions.filter(created_at__gte=self.practice.started_at)
        own = since.filter(sample=sample).exclude(source=CHECK_SOURCE)
        found: Submission | None = own.order_by("-created_at", "-id").first()
        return found

    @property
    def after_url(self) -> str:
        """Where the button below it leads: to what there is to say of it."""
        return self.url_of("feedback") if self.kind == "single_choice" else self._home

    @property
    def _home(self) -> str:
        return reverse("candidate:practice", args=[self.invitation.token])

    def url_of(self, name: str) -> str:
        return reverse(f"candidate:practice_{name}", args=[self.invitation.token, self.number])


def steps_of(invitation: Invitation) -> list[PracticeStep]:
    practice: Practice | None = getattr(invitation, "practice", None)
    found = exercises(invitation.assessment_version)
    return [PracticeStep(invitation, practice, each, each.position, len(found)) for each in found]


def step_at(invitation: Invitation, position: int) -> PracticeStep:
    """Return the step at `position`; raise Http404 where there is none."""
    for step in steps_of(invitation):
        if step.number == position:
            return step
    raise Http404


def saved_code(practice: Practice) -> dict[str, Any]:
    """Return the code that was saved last, as an answer."""
    kept = (answer for answer in practice.answers.values() if isinstance(answer, dict))
    return next((each["content"] for each in kept if "source" in each["content"]), {})


def as_practised(invitation: Invitation) -> SimpleNamespace:
    """Return an invitation as pages ask for it, to an assessment that tells everything."""
    version = SimpleNamespace(
        title=_(TITLE),
        feedback=AssessmentVersion.Feedback.FAMILIES,
        counts=AssessmentVersion.Counts.BEST,
        max_submissions=None,
        records_events=False,
        pass_mark=1.0,
    )
    return SimpleNamespace(
        pk=invitation.pk,
        token=invitation.token,
        organisation=invitation.organisation,
        candidate=invitation.candidate,
        accommodation=invitation.accommodation,
        assessment_version=version,
        attempt=SimpleNamespace(takes_answers=True, version=version),
        get_absolute_url=invitation.get_absolute_url,
    )
