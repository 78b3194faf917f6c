"""The integrity events of a sitting, for people to weigh: what was seen, and what it may mean."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assessments.models import Attempt, IntegrityEvent
from assessments.recruiter.report.sitting_clock import SittingClock
from assessments.recruiter.report.spans import span

Kind = IntegrityEvent.Kind
# A page shows so many; more say nothing that these do not.
SHOWN = 200
# Of the largest pastes and the longest absences so many are named beside the count.
LARGEST = 5


@dataclass(frozen=True, slots=True)
class Meaning:
    """A kind of event: what it tells, why it usually happens, and what would be worth a look."""

    title: str
    tells: str
    innocent: str
    notable: str


MEANINGS: Mapping[str, Meaning] = {
    Kind.FOCUS_LOST: Meaning(
        "Left the page",
        "Another tab or another window was in front, for the time that is given.",
        "Looking something up, notes, a message, a call, a screen that locks itself: from here "
        "they look the same.",
        "Minutes away, again and again, each just before an answer that is complete at once.",
    ),
    Kind.PASTE: Meaning(
        "Pasted text",
        "Text came out of the clipboard at once; its length is kept, never the text.",
        "Many people move their own code, or write it in an editor of their own. What they had "
        "copied on the same page is marked.",
        "A whole solution at once, in a task where little else was typed. The playback shows what "
        "became of it.",
    ),
    Kind.COPY: Meaning(
        "Copied text",
        "Text of the page went into the clipboard; its length is kept, never the text.",
        "Many people copy code before they change it.",
        "A whole task copied, then time away, then a large paste.",
    ),
    Kind.FULLSCREEN_LEFT: Meaning(
        "Left full screen",
        "The browser filled the screen, and no longer does.",
        "Nobody is asked to use the full screen; a key pressed by mistake is enough.",
        "Nothing by itself.",
    ),
    Kind.RESIZE: Meaning(
        "Less room for the page",
        "The page lost room in a window of the same size, as when developer tools open.",
        "Bookmarks, a translation or a reading aid beside the page do the same.",
        "Nothing by itself: no answer is in the page for anybody to find.",
    ),
    Kind.ADDRESS: Meaning(
        "Network address",
        "Requests came from this address for the first time; of IPv6 the network is kept.",
        "Telephones, VPNs and a change from one network to another give another address to the "
        "same person.",
        "Addresses that take turns, together with a change of device.",
    ),
    Kind.TAKEOVER: Meaning(
        "Went on in another tab or on another device",
        "The candidate chose to go on elsewhere, and the older page stopped saving.",
        "After a crash, or with a second computer, it is the usual way to go on.",
        "Devices that take turns while code changes hands in large pieces.",
    ),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One event: when, what, how much, and at which question.

    `seconds` is where the playback of that question shows it; None where nothing can be played.
    """

    after: timedelta
    title: str
    detail: str
    number: int | None
    question: int | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Found:
    """All events of one kind: how many, how much in all, and the largest of them."""

    meaning: Meaning
    count: int
    in_all: str
    largest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    lines: tuple[Line, ...]
    left_out: int
    found: tuple[Found, ...]
    addresses: int


def timeline(
    attempt: Attempt, numbers: Mapping[int, int], clock: SittingClock, played: Iterable[int] = ()
) -> Timeline | None:
    """Return the events of `attempt`, None where it keeps none.

    `numbers` has the number of each question, as the report counts them; `played` are the questions
    whose code can be played back. What happened on a break is nobody's business.
    """
    if not attempt.version.records_events:
        return None
    events = [event for event in attempt.events.all() if not clock.stood(event.at)]
    known = frozenset(played)
    lines = tuple(_line(event, numbers, clock, known) for event in events[:SHOWN])
    kinds = {kind: [each for each in events if each.kind == kind] for kind in MEANINGS}
    addresses = len(kinds[Kind.ADDRESS])
    if addresses == 1:  # every sitting has one, and nobody is to wonder what it means
        del kinds[Kind.ADDRESS]
    found = tuple(_found(kind, own) for kind, own in kinds.items() if own)
    return Timeline(lines, len(events) - len(lines), found, addresses)


def _line(
    event: IntegrityEvent, numbers: Mapping[int, int], clock: SittingClock, played: frozenset[int]
) -> Line:
    question = event.question_id if event.question_id in played else None
    start = began(event)
    return Line(
        clock.after(start),
        MEANINGS[event.kind].title,
        detail(event),
        numbers.get(event.question_id) if event.question_id else None,
        question,
        clock.seconds(start) if question else None,
    )


def began(event: IntegrityEvent) -> datetime:
    """Time away is noted at its end."""
    away = event.kind == Kind.FOCUS_LOST
    return event.at - timedelta(seconds=event.seconds or 0) if away else event.at


def detail(event: IntegrityEvent) -> str:
    if event.kind == Kind.FOCUS_LOST and event.seconds is not None:
        return f"for {span(timedelta(seconds=event.seconds))}"
    if event.kind in (Kind.PASTE, Kind.COPY) and event.size is not None:
        own = ", which had been copied on the page" if event.detail.get("own") else ""
        return f"{_characters(event.size)}{own}"
    if event.kind == Kind.RESIZE:
        lost = {"narrower": event.detail.get("narrower", 0), "lower": event.detail.get("lower", 0)}
        return " and ".join(f"{pixels} px {name}" for name, pixels in lost.items() if pixels)
    if event.kind == Kind.ADDRESS:
        return str(event.detail.get("address", ""))
    if event.kind == Kind.TAKEOVER and event.detail.get("same_browser"):
        return "in the same browser, where the older tab had been closed"
    return ""


def _found(kind: str, events: Sequence[IntegrityEvent]) -> Found:
    seconds = sorted((event.seconds or 0 for event in events), reverse=True)
    sizes = sorted((event.size or 0 for event in events), reverse=True)
    in_all, largest = "", tuple[str, ...]()
    if kind == Kind.FOCUS_LOST:
        in_all = f"{span(timedelta(seconds=sum(seconds)))} in all"
        largest = tuple(span(timedelta(seconds=each)) for each in seconds[:LARGEST])
    elif kind in (Kind.PASTE, Kind.COPY):
        in_all = f"{_characters(sum(sizes))} in all"
        largest = tuple(map(_characters, sizes[:LARGEST]))
    return Found(MEANINGS[kind], len(events), in_all, largest if len(events) > 1 else ())


def _characters(size: int) -> str:
    return f"{size} character{'' if size == 1 else 's'}"
