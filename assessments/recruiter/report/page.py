"""All that one attempt's report shows, put together from rows that were read before."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from assessments.models import AssessmentVersion, Attempt, Decision, Override
from assessments.recruiter.report.agreement import Agreement, agreements
from assessments.recruiter.report.course_picture import Picture, picture
from assessments.recruiter.report.ideas import IDEAS
from assessments.recruiter.report.parts import Part, in_force, parts
from assessments.recruiter.report.sitting_clock import SittingClock
from assessments.recruiter.report.strengths import Profile, profile
from assessments.recruiter.report.timeline import Timeline, timeline
from assessments.recruiter.report.uncertainty import Interval, interval


@dataclass(frozen=True)
class ReportPage:
    """An attempt with its questions, on the clock of its sitting.

    `waiting` is the submission that the page waits for, and `seen` changes whenever the page would.
    """

    attempt: Attempt
    parts: tuple[Part, ...]
    clock: SittingClock
    waiting: UUID | None
    seen: str

    @property
    def has_pictures(self) -> bool:
        """Whether there is a figure, or are, or will be, reports with curves to draw."""
        kinds = {part.question.question_version.kind for part in self.parts}
        return not kinds.isdisjoint({"coding", "plot_reading"})

    @property
    def can_be_played(self) -> bool:
        """Whether the growth of any code is kept, or may be before the page is left."""
        kinds = {part.question.question_version.kind for part in self.parts}
        return self.attempt.version.records_events and "coding" in kinds

    @property
    def counted(self) -> tuple[Part, ...]:
        """What makes the score: all of it, but for what a later version asks no more."""
        return tuple(part for part in self.parts if part.asked)

    @property
    def unanswered(self) -> int:
        """How many questions of the score were left open and earn nothing once it is over.

        But for those that a person gave points for all the same.
        """
        empty = [part for part in self.counted if not part.coding and not part.answered]
        return sum(not part.share for part in empty)

    @property
    def rescored_by(self) -> AssessmentVersion | None:
        """The version whose questions and weights make the score, where it is another one."""
        by = self.attempt.scored_by
        return by if by and by.pk != self.attempt.version.pk else None

    @property
    def graders(self) -> tuple[str, ...]:
        """The versions of the grader that the scores were made with."""
        reports = (part.coding.report for part in self.parts if part.coding)
        return tuple(sorted({str(report["grader"]) for report in reports if "grader" in report}))

    @cached_property
    def interval(self) -> Interval | None:
        """What other questions might have given; None before everything is scored.

        It is of what the answers earned, also where a person set another score for the whole.
        """
        pairs = [(part.weight, part.share) for part in self.counted]
        known = [(weight, share) for weight, share in pairs if share is not None]
        scored = self.attempt.score is not None and len(known) == len(pairs)
        return interval(known) if scored else None

    @property
    def interval_holds_mark(self) -> bool:
        return self.interval is not None and self.interval.holds(self.attempt.version.pass_mark)

    @cached_property
    def profile(self) -> Profile | None:
        return profile(self.attempt, [part.question for part in self.parts])

    @property
    def ideas_known(self) -> int:
        """How many ideas the agreements were looked for in."""
        return len(IDEAS)

    @cached_property
    def agreements(self) -> tuple[Agreement, ...]:
        return agreements(self.parts)

    @cached_property
    def picture(self) -> Picture:
        return picture(self.attempt, self.numbers, self.clock)

    @cached_property
    def timeline(self) -> Timeline | None:
        played = [part.question.pk for part in self.parts if part.grown]
        return timeline(self.attempt, self.numbers, self.clock, played)

    @cached_property
    def numbers(self) -> dict[int, int]:
        """Each question's number in the report."""
        return {part.question.pk: number for number, part in enumerate(self.parts, start=1)}

    @cached_property
    def override(self) -> Override | None:
        """What a person set in place of the score of the whole."""
        return in_force(self.attempt, None)

    @cached_property
    def decision(self) -> Decision | None:
        """What was decided last."""
        made = list(self.attempt.decisions.all())
        return made[-1] if made else None


def report_page(attempt: Attempt) -> ReportPage:
    """Return the page of `attempt`, which was read `with_report`."""
    clock = SittingClock.of(attempt)
    shown = parts(attempt, clock)
    waiting = next((part.waiting.pk for part in shown if part.waiting), None)
    return ReportPage(attempt, shown, clock, waiting, _seen(attempt))


def _seen(attempt: Attempt) -> str:
    answers = [(answer.question_id, answer.revision) for answer in attempt.answers.all()]
    sent = [(submission.pk, submission.status) for submission in attempt.submissions.all()]
    said = [len(attempt.overrides.all()), len(attempt.decisions.all())]
    return fingerprint([attempt.stage, attempt.score, answers, sent, said])


def fingerprint(shown: object) -> str:
    """Return a short text that differs where what is shown differs."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
