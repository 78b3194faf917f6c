"""How the code of one answer grew: its steps on the sitting's clock, and what happened beside."""

import difflib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from assessments.models import CodeSnapshot, IntegrityEvent, Submission
from assessments.playback import applied
from assessments.recruiter.report.sitting_clock import SittingClock
from assessments.recruiter.report.source import Line, highlighted
from assessments.recruiter.report.timeline import MEANINGS, began, detail

# A pause in typing that is longer is no work on this question, as far as anybody can tell.
IDLE = timedelta(minutes=1)
Kind = IntegrityEvent.Kind


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened while the code grew: seconds after the start, a kind, and words."""

    at: float
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Film:
    """The steps of one answer.

    Attributes:
        starter: what the editor opened with.
        steps: for each snapshot the seconds after the start, and its changes.
        marks: in their order.
        whole: whether all that grew was kept.
    """

    starter: str
    steps: tuple[tuple[float, Sequence[Any]], ...]
    marks: tuple[Mark, ...]
    whole: bool

    @property
    def last(self) -> int:
        return len(self.steps)

    def text(self, step: int) -> str:
        """The code after `step` steps; the starter after none."""
        text = self.starter
        for _, changes in self.steps[:step]:
            text = applied(text, changes)
        return text

    def at(self, step: int) -> float:
        """Seconds after the start; the first step's where nothing was typed yet."""
        return self.steps[max(step, 1) - 1][0] if self.steps else 0.0

    def step_at(self, seconds: float) -> int:
        """The last step that was taken by then."""
        return bisect_right([at for at, _ in self.steps], seconds)

    def as_dict(self) -> dict[str, Any]:
        """Return it for the player, whose text is the same as ours after every step."""
        return {
            "starter": self.starter,
            "steps": [[at, changes] for at, changes in self.steps],
            "marks": [{"at": m.at, "kind": m.kind, "words": m.words} for m in self.marks],
            "whole": self.whole,
        }


def film(
    starter: str,
    snapshots: Iterable[CodeSnapshot],
    submissions: Iterable[Submission],
    events: Iterable[IntegrityEvent],
    clock: SittingClock,
) -> Film:
    """Return how code grew; submissions and events are those of the same question."""
    kept = [(clock.seconds(each.at), each.changes) for each in snapshots]
    grown = tuple((at, changes) for at, changes in kept if changes)
    marks = [*_sent(submissions, clock), *_noted(events, clock)]
    return Film(
        starter, grown, tuple(sorted(marks, key=lambda mark: mark.at)), grown == tuple(kept)
    )


def _sent(submissions: Iterable[Submission], clock: SittingClock) -> Iterator[Mark]:
    for each in submissions:
        ran = each.purpose == Submission.Purpose.RUN
        verdict = f": {each.get_verdict_display().lower()}" if each.verdict else ""
        words = f"{'Run, sample checks' if ran else 'Submitted'}{verdict}"
        yield Mark(clock.seconds(each.created_at), "run" if ran else "submit", words)


def _noted(events: Iterable[IntegrityEvent], clock: SittingClock) -> Iterator[Mark]:
    kinds: dict[str, str] = {Kind.PASTE: "paste", Kind.FOCUS_LOST: "focus"}
    for event in events:
        if event.kind in kinds and not clock.stood(event.at):
            words = f"{MEANINGS[event.kind].title} {detail(event)}".rstrip()
            yield Mark(clock.seconds(began(event)), kinds[event.kind], words)


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of the code or of the starter; `mark` is same, added or removed."""

    mark: str
    line: Line


def difference_from(starter: str, text: str) -> tuple[DiffLine, ...]:
    """Return the lines of `text` with those of the starter that are gone, in their places."""
    before, after = highlighted(starter), highlighted(text)
    matcher = difflib.SequenceMatcher(None, starter.split("\n"), text.split("\n"), autojunk=False)
    found: list[DiffLine] = []
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag != "equal":
            found += [DiffLine("removed", line) for line in before[i:i_end]]
        mark = "same" if tag == "equal" else "added"
        found += [DiffLine(mark, line) for line in after[j:j_end]]
    return tuple(found)
