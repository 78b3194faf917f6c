"""The sitting as a picture: what happened when, a track for each sort of thing, and its table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assessments.models import Attempt, IntegrityEvent, Submission
from assessments.recruiter.report.sitting_clock import SittingClock
from assessments.recruiter.report.timeline import began

WIDTH = 1000
# What is shorter could not be seen.
LEAST = 4.0
# So close to each other steps of typing are one stretch.
CLOSE = 6.0
TICKS = 4
Kind = IntegrityEvent.Kind


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time in units of the picture, and what it was."""

    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class Track:
    kind: str
    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """A row of the table; `number` is the question's."""

    after: timedelta
    what: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Picture:
    """`ticks` are the times below it, from the start to the end."""

    tracks: tuple[Track, ...]
    ticks: tuple[timedelta, ...]
    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class _Drawing:
    clock: SittingClock
    numbers: Mapping[int, int]

    def x(self, moment: datetime) -> float:
        whole = self.clock.length.total_seconds() or 1.0
        return round(WIDTH * self.clock.after(moment).total_seconds() / whole, 1)

    def bar(self, start: datetime, end: datetime, title: str) -> Bar:
        x, stop = self.x(start), self.x(end)
        width = max(LEAST, stop - x)
        return Bar(min(x, WIDTH - width), round(width, 1), title)

    def number(self, question: int | None) -> str:
        found = self.numbers.get(question) if question else None
        return f", question {found}" if found else ""


def picture(attempt: Attempt, numbers: Mapping[int, int], clock: SittingClock) -> Picture:
    """Return the picture of an attempt; `numbers` has each question's number in the report."""
    drawing = _Drawing(clock, numbers)
    tracks = (
        Track("section", "Sections", tuple(_sections(attempt, drawing))),
        Track("typed", "Code typed", tuple(_typed(attempt, drawing))),
        Track("run", "Runs", tuple(_sent(attempt, drawing, Submission.Purpose.RUN, "Run"))),
        Track(
            "submit",
            "Submissions",
            tuple(_sent(attempt, drawing, Submission.Purpose.SUBMIT, "Submitted")),
        ),
        Track("paste", "Pasted", tuple(_events(attempt, drawing, Kind.PASTE, "Pasted"))),
        Track("away", "Away", tuple(_events(attempt, drawing, Kind.FOCUS_LOST, "Left the page"))),
    )
    ticks = tuple(clock.length * place / TICKS for place in range(TICKS + 1))
    moments = sorted(_moments(attempt, drawing), key=lambda moment: moment.after)
    return Picture(tuple(track for track in tracks if track.bars), ticks, tuple(moments))


def _sections(attempt: Attempt, drawing: _Drawing) -> Iterator[Bar]:
    for sitting in attempt.sittings.all():
        end = sitting.finished_at or attempt.finished_at or sitting.started_at
        yield drawing.bar(sitting.started_at, end, sitting.section.title)


def _typed(attempt: Attempt, drawing: _Drawing) -> Iterator[Bar]:
    """Stretches of typing, each question's apart."""
    steps: dict[int, list[float]] = {}
    for snapshot in attempt.snapshots.all():
        steps.setdefault(snapshot.question_id, []).append(drawing.x(snapshot.at))
    for question, places in steps.items():
        title = f"Code typed{drawing.number(question)}"
        for start, stop in _stretches(sorted(places)):
            width = max(LEAST, stop - start)
            yield Bar(min(start, WIDTH - width), round(width, 1), title)


def _stretches(places: Sequence[float]) -> Iterator[tuple[float, float]]:
    start = stop = places[0]
    for place in places[1:]:
        if place - stop > CLOSE:
            yield start, stop
            start = place
        stop = place
    yield start, stop


def _sent(attempt: Attempt, drawing: _Drawing, purpose: str, word: str) -> Iterator[Bar]:
    for each in attempt.submissions.all():
        if each.purpose == purpose:
            title = f"{word}{drawing.number(each.question_id)}"
            yield drawing.bar(each.created_at, each.created_at, title)


def _events(attempt: Attempt, drawing: _Drawing, kind: str, word: str) -> Iterator[Bar]:
    if not attempt.version.records_events:
        return
    for event in attempt.events.all():
        if event.kind == kind and not drawing.clock.stood(event.at):
            title = f"{word}{drawing.number(event.question_id)}"
            yield drawing.bar(began(event), event.at, title)


def _moments(attempt: Attempt, drawing: _Drawing) -> Iterator[Moment]:
    after, numbers = drawing.clock.after, drawing.numbers
    for sitting in attempt.sittings.all():
        yield Moment(after(sitting.started_at), f"Began “{sitting.section.title}”", None)
        if sitting.finished_at:
            yield Moment(after(sitting.finished_at), f"Left “{sitting.section.title}”", None)
    for answer in attempt.answers.all():
        what = "Answer saved for the last time"
        yield Moment(after(answer.saved_at), what, numbers.get(answer.question_id))
    for each in attempt.submissions.all():
        ran = each.purpose == Submission.Purpose.RUN
        result = f", {each.get_verdict_display().lower()}" if each.verdict else ""
        what = f"{'Run, sample checks' if ran else 'Submitted'}{result}"
        yield Moment(after(each.created_at), what, numbers.get(each.question_id or 0))
    if attempt.finished_at:
        yield Moment(after(attempt.finished_at), "The end", None)
