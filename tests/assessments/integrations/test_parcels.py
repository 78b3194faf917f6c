"""What receivers ask for, and what can't be sent at all."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from assessments.integrations import parcels
from assessments.integrations.parcels import Parcel


def asked_by(receiver, text, status=503):
    receiver.answers["/hook"] = (status, {"Retry-After": text}, b"")
    return Parcel(receiver.url(), {}, b"{}").send().retry_after


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("120", 120), ("0", 0), ("999999999999", 86_400), ("soon", None), ("-5", None), ("", None)],
)
def test_a_receiver_asks_for_seconds(receiver, text, seconds):
    assert asked_by(receiver, text) == seconds


def test_a_receiver_asks_for_a_moment(receiver):
    later = datetime.now(UTC) + timedelta(minutes=10)

    assert 500 < asked_by(receiver, format_datetime(later, usegmt=True)) <= 600
    assert asked_by(receiver, "Sat, 01 Jan 2000 00:00:00 GMT") == 0


def test_only_who_is_busy_asks_for_time(receiver):
    assert asked_by(receiver, "120", status=500) is None


def test_a_fault_of_ours_is_an_outcome_like_others(monkeypatch, caplog):
    def broken(*given):
        raise RuntimeError("a bug")

    monkeypatch.setattr(parcels, "call", broken)

    outcome = Parcel("https://hooks.example.com/", {}, b"{}").send()

    assert "fault of ours" in outcome.error
    assert not outcome.is_delivered
    assert "a bug" in caplog.text
