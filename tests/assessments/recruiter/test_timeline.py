"""The timeline on an attempt's page: what was seen, how much of it, and what it leaves open."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from assessments import actions
from assessments.actions.observing import Observed
from assessments.models import Attempt, IntegrityEvent
from assessments.recruiter.report import timeline
from assessments.recruiter.report.sitting_clock import SittingClock


@pytest.fixture
def page(recruiter):
    """The text of an attempt's page, in one line."""

    def read(attempt):
        html = recruiter.get(attempt.get_absolute_url()).content.decode()
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))

    return read


def seen(kind, key="k", **fields):
    return Observed(key=key, kind=kind, age=0, **fields)


def test_a_sitting_without_events_says_so(page, attempt):
    assert "Nothing was noted" in page(attempt)


def test_events_are_shown_with_how_much_and_counted(page, attempt, coding_question):
    attempt.started_at -= timedelta(minutes=20)
    attempt.save()
    actions.record_events(
        attempt,
        [
            seen("focus_lost", "1", seconds=42.4),
            seen("focus_lost", "2", seconds=80),
            seen("paste", "3", size=340, question=coding_question),
            seen("paste", "4", size=1, detail={"own": 1}),
            seen("resize", "5", detail={"narrower": 400, "lower": 0}),
        ],
    )
    IntegrityEvent.objects.filter(key="3").update(at=attempt.started_at + timedelta(minutes=7))

    text = page(attempt)

    assert "Left the page: 2, 2 min in all The largest: 1 min, 42 s." in text
    assert "for 42 s" in text
    assert "7 min Pasted text 340 characters 2" in text
    assert "1 character, which had been copied on the page" in text
    assert "400 px narrower" in text
    assert "lower no score" in text


def test_only_what_was_seen_is_explained_with_its_innocent_reasons(page, attempt):
    actions.record_events(attempt, [seen("copy", size=9)])

    text = page(attempt)

    assert "Evidence, not a verdict." in text
    assert "Innocent reasons Many people copy code before they change it." in text
    assert "Would be worth a question A whole task copied" in text
    assert "developer tools" not in text


def test_every_kind_has_a_meaning():
    assert set(timeline.MEANINGS) == set(IntegrityEvent.Kind)


def test_a_takeover_and_an_address_are_told(page, attempt):
    actions.note_address(attempt, "192.0.2.1")
    actions.take_over(attempt, "one")
    actions.take_over(attempt, "two", same_browser=True)

    text = page(attempt)

    assert "Network address 192.0.2.1" in text
    assert "in the same browser, where the older tab had been closed" in text


def test_the_one_address_that_every_sitting_has_is_no_evidence(page, attempt):
    actions.note_address(attempt, "192.0.2.1")

    text = page(attempt)
    assert "Nothing was noted" in text
    assert "one tab, one network address." in text
    assert "Network address 192.0.2.1" in text
    assert "Addresses that take turns" not in text

    actions.note_address(attempt, "198.51.100.7")
    text = page(attempt)
    assert "Network address: 2" in text
    assert "Addresses that take turns" in text


def test_a_long_list_is_cut_and_says_so(page, attempt, monkeypatch):
    monkeypatch.setattr(timeline, "SHOWN", 3)
    actions.record_events(attempt, [seen("copy", str(number), size=1) for number in range(5)])

    text = page(attempt)

    assert "Events: 3 of 5" in text
    assert "Copied text: 5, 5 characters in all" in text


def test_where_nothing_is_recorded_that_is_said_and_nothing_else(page, make_version, organisation):
    version = make_version(organisation, slug="quiet", records_events=False)
    attempt = actions.start_attempt(actions.invite(version, "Ada", "ada@example.com"))

    text = page(attempt)

    assert "records no such events, and not how code grew" in text
    assert "Nothing was noted" not in text
    assert "Events:" not in text


@pytest.fixture
def rested(attempt):
    """Ten minutes of work, a break of fifteen, and the last five of fifteen minutes of work."""
    start = timezone.now() - timedelta(hours=1)
    Attempt.objects.filter(pk=attempt.pk).update(
        state=Attempt.State.FINISHED, started_at=start, finished_at=start + timedelta(minutes=30)
    )
    attempt.breaks.create(
        started_at=start + timedelta(minutes=10), ends_at=start + timedelta(minutes=25)
    )
    for key, minutes in [("before", 9), ("amid", 15), ("after", 26)]:
        actions.record_events(attempt, [seen("copy", key, size=1)])
        IntegrityEvent.objects.filter(key=key).update(at=start + timedelta(minutes=minutes))
    return Attempt.objects.get(pk=attempt.pk)


def test_a_break_is_nobodys_business_here(page, rested):
    """Those who score must not see accommodations: neither the break nor a gap where it was."""
    clock = SittingClock.of(rested)

    text = page(rested)

    assert "Copied text: 2, 2 characters in all" in text
    # The fifteen minutes of work fill the thirty that every list says were taken.
    assert [clock.after(event.at) for event in rested.events.all()] == [
        timedelta(minutes=18),
        timedelta(minutes=20),
        timedelta(minutes=22),
    ]
    assert "18 min Copied text" in text
    assert "22 min Copied text" in text
    assert "20 min Copied text" not in text


def test_more_time_than_others_had_is_not_to_be_seen_either(page, attempt):
    start = timezone.now() - timedelta(hours=2)
    actions.record_events(attempt, [seen("copy", size=1)])
    Attempt.objects.filter(pk=attempt.pk).update(
        state=Attempt.State.FINISHED, started_at=start, finished_at=start + timedelta(minutes=60)
    )
    IntegrityEvent.objects.update(at=start + timedelta(minutes=50))

    # Thirty minutes are everybody's.
    assert "25 min Copied text" in page(attempt)
