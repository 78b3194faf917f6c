"""The integrity events of a sitting, for people to read: what was seen, and what it may mean."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from assessments.models import Attempt, IntegrityEvent
from assessments.recruiter.report.spans import span

Kind = IntegrityEvent.Kind
# A page shows so many; more say nothing that these do not.
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Meaning:
    """A kind of event: what it is called, what it tells, and what it does not."""

    title: str
    tells: str
    leaves_open: str


MEANINGS: Mapping[str, Meaning] = {
    Kind.FOCUS_LOST: Meaning(
        "Left the page",
        "Another tab or another window was in front, for the time that is given.",
        "What was looked at: documentation, notes and a message look the same from here.",
    ),
    Kind.PASTE: Meaning(
        "Pasted text",
        "Text came out of the clipboard at once; its length is kept, never the text.",
        "Where it came from. Many people move their own code, or write it in an editor of "
        "their own. What they had copied on the same page is marked.",
    ),
    Kind.COPY: Meaning(
        "Copied text",
        "Text of the page went into the clipboard; its length is kept, never the text.",
        "Where it went. Many people copy code before they change it.",
    ),
    Kind.FULLSCREEN_LEFT: Meaning(
        "Left full screen",
        "The browser filled the screen, and no longer does.",
        "Why it was left. Nobody is asked to use the full screen.",
    ),
    Kind.RESIZE: Meaning(
        "Less room for the page",
        "The page lost room in a window of the same size, as when developer tools open.",
        "What opened. Bookmarks, a translation or a reading aid beside the page do the same.",
    ),
    Kind.ADDRESS: Meaning(
        "Network address",
        "Requests came from this address for the first time; of IPv6 the network is kept.",
        "Who sent them. Telephones, VPNs and a change from one network to another give "
        "another address to the same person.",
    ),
    Kind.TAKEOVER: Meaning(
        "Went on in another tab or on another device",
        "The candidate chose to go on elsewhere, and the older page stopped saving.",
        "Who did. After a crash, or with a second computer, it is the usual way to go on.",
    ),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One event: when, how long after the start, what, how much, and at which question."""

    at: datetime
    after: timedelta
    title: str
    detail: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Timeline:
    lines: tuple[Line, ...]
    left_out: int
    counts: tuple[str, ...]
    meanings: tuple[Meaning, ...]


def timeline(attempt: Attempt, numbers: Mapping[int, int]) -> Timeline | None:
    """Return the events of `attempt`, None where it keeps none.

    `numbers` has the number of each question, as the report counts them.
    """
    if not attempt.version.records_events:
        return None
    events = list(attempt.events.all())
    kinds = [kind for kind in MEANINGS if any(event.kind == kind for event in events)]
    lines = tuple(_line(attempt, event, numbers) for event in events[:SHOWN])
    meanings = tuple(MEANINGS[kind] for kind in kinds)
    return Timeline(lines, len(events) - len(lines), tuple(_counts(events, kinds)), meanings)


def _line(attempt: Attempt, event: IntegrityEvent, numbers: Mapping[int, int]) -> Line:
    number = numbers.get(event.question_id) if event.question_id else None
    after = max(timedelta(), event.at - attempt.started_at)
    return Line(event.at, after, MEANINGS[event.kind].title, _detail(event), number)


def _detail(event: IntegrityEvent) -> str:
    if event.kind == Kind.FOCUS_LOST and event.seconds is not None:
        return f"for {span(timedelta(seconds=event.seconds))}"
    if event.kind in (Kind.PASTE, Kind.COPY) and event.size is not None:
        own = ", which had been copied on the page" if event.detail.get("own") else ""
        return f"{event.size} character{'' if event.size == 1 else 's'}{own}"
    if event.kind == Kind.RESIZE:
        lost = {"narrower": event.detail.get("narrower", 0), "lower": event.detail.get("lower", 0)}
        return " and ".join(f"{pixels} px {name}" for name, pixels in lost.items() if pixels)
    if event.kind == Kind.ADDRESS:
        return str(event.detail.get("address", ""))
    if event.kind == Kind.TAKEOVER and event.detail.get("same_browser"):
        return "in the same browser, where the older tab had been closed"
    return ""


def _counts(events: Iterable[IntegrityEvent], kinds: Iterable[str]) -> Iterable[str]:
    """Yield how often each kind was seen, with its seconds or its characters in all."""
    found = Counter(event.kind for event in events)
    for kind in kinds:
        own = [event for event in events if event.kind == kind]
        yield f"{MEANINGS[kind].title}: {found[kind]}{_in_all(kind, own)}"


def _in_all(kind: str, events: Iterable[IntegrityEvent]) -> str:
    if kind == Kind.FOCUS_LOST:
        seconds = sum(event.seconds or 0 for event in events)
        return f", {span(timedelta(seconds=seconds))} in all"
    if kind in (Kind.PASTE, Kind.COPY):
        return f", {sum(event.size or 0 for event in events)} characters in all"
    return ""
