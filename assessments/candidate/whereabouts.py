"""Where a candidate is in the sitting, and where the way goes on from there."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.candidate.steps import Step, steps_on
from assessments.course import Course, Part, Turn
from assessments.models import Attempt


@dataclass(frozen=True, slots=True)
class SectionLine:
    """A section in the overview: its questions, and whether its turn has come.

    Attributes:
        part, steps, turn: the section, its questions, and whether it can be sat now.
        url: of its own page; "" where there is nothing to see now.
    """

    part: Part
    steps: list[Step]
    turn: Turn
    url: str

    @property
    def answered(self) -> int:
        return sum(step.answered for step in self.steps)

    @property
    def flagged(self) -> int:
        return sum(step.flagged for step in self.steps)


@dataclass(frozen=True, slots=True)
class Onward:
    """A way on from a question: to another page, or past the question for good."""

    url: str
    label: str
    leaves: bool = False


class Way:
    """An attempt's steps by section, and the ways between them."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.course = Course.of(attempt)
        # Every page asks for it once more: here it is already.
        attempt.invitation.accommodation = self.course.accommodation
        self.steps = steps_on(self.course)
        self.now = timezone.now()

    @property
    def sections(self) -> list[SectionLine]:
        """The sections of the overview; one without a name where there are none."""
        return [self._line(part) for part in self.course.parts]

    @property
    def here(self) -> str:
        """The address of the page where the candidate goes on: where they were, if it is open."""
        if self.attempt.paused:
            return self.url("break")
        if self.resting:
            return self.section_url(self.course.ahead[0])
        open_steps = [step for step in self.steps if step.open]
        for step in open_steps:
            if step.question.position == self.attempt.at_position:
                return step.url
        if self.course.sectioned and not self.course.timed and not self._begun:
            return self.section_url(self.course.parts[0])
        waiting = [step for step in open_steps if not step.answered]
        return (waiting or open_steps)[0].url if open_steps else self.url("review")

    def before(self, step: Step) -> Step | None:
        """The question before, where there is a way back to it."""
        place = step.number - 2
        found = self.steps[place] if place >= 0 else None
        return found if found and found.open else None

    def onward(self, step: Step) -> Onward:
        """Where the button below a question leads."""
        if step.part.fixed:
            return Onward(step.pass_url, _("Save and leave this question"), leaves=True)
        return self.after(step)

    def after(self, step: Step) -> Onward:
        """What follows a question that was answered, or left behind."""
        following = self.steps[step.number] if step.number < len(self.steps) else None
        if following is None or (step.ends_part and self.course.timed):
            return Onward(self.url("review"), _("Save and review"))
        if step.ends_part:
            label = _("Save and go on to the next section")
            return Onward(self.section_url(following.part), label)
        return Onward(following.url, _("Save and go on"))

    @property
    def resting(self) -> bool:
        """Whether the clock rests before a section that is still ahead."""
        return bool(self.course.ahead) and self.course.running(self.now) is None

    @property
    def finishing(self) -> SectionLine | None:
        """The section that is finished by itself, before others; None where all is handed in."""
        running = self.course.running(self.now) if self.course.ahead else None
        return self._line(running) if running else None

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"candidate:{name}", args=[self.attempt.invitation.token, *args])

    def section_url(self, part: Part) -> str:
        return self.url("section", part.number)

    @property
    def _begun(self) -> bool:
        return any(step.answer or step.part.sitting for step in self.steps)

    def _line(self, part: Part) -> SectionLine:
        steps = [step for step in self.steps if step.part == part]
        turn = part.turn(self.now) if self.course.timed else Turn.NOW
        coming = self.course.timed and self.course.ahead[:1] == [part]
        reachable = turn == Turn.NOW or (coming and not self.course.running(self.now))
        return SectionLine(part, steps, turn, self.section_url(part) if reachable else "")
