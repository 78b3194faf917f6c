"""All that one attempt's report shows, put together from rows that were read before."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from assessments.models import Attempt, Submission
from assessments.recruiter.report.parts import Part, parts
from assessments.recruiter.report.timeline import Timeline, timeline


@dataclass(frozen=True, slots=True)
class ReportPage:
    """An attempt with its questions.

    `waiting` is the submission that the page waits for, and `seen` changes whenever the page would.
    """

    attempt: Attempt
    parts: tuple[Part, ...]
    waiting: UUID | None
    seen: str
    timeline: Timeline | None

    @property
    def has_pictures(self) -> bool:
        """Whether there is a figure, or are, or will be, reports with curves to draw."""
        kinds = {part.question.question_version.kind for part in self.parts}
        return not kinds.isdisjoint({"coding", "plot_reading"})

    @property
    def graders(self) -> tuple[str, ...]:
        """The versions of the grader that the scores were made with."""
        reports = (part.coding.report for part in self.parts if part.coding)
        return tuple(sorted({str(report["grader"]) for report in reports if "grader" in report}))


def report_page(attempt: Attempt) -> ReportPage:
    """Return the page of `attempt`, which was read `with_report`."""
    # The prefetch puts it there, and no class knows of it.
    leading: Iterable[Submission] = attempt.leading  # type: ignore[attr-defined]
    shown = parts(
        attempt,
        filter(attempt.asks, attempt.version.questions.all()),
        attempt.answers.all(),
        leading,
        attempt.submissions.all(),
        finished=attempt.finished_at is not None,
    )
    waiting = next((part.waiting.pk for part in shown if part.waiting), None)
    numbers = {part.question.pk: number for number, part in enumerate(shown, start=1)}
    return ReportPage(attempt, shown, waiting, _seen(attempt), timeline(attempt, numbers))


def _seen(attempt: Attempt) -> str:
    answers = [(answer.question_id, answer.revision) for answer in attempt.answers.all()]
    sent = [(submission.pk, submission.status) for submission in attempt.submissions.all()]
    return fingerprint([attempt.stage, attempt.score, answers, sent])


def fingerprint(shown: object) -> str:
    """Return a short text that differs where what is shown differs."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
