"""The doorbell wakes who waits for a submission, and nobody waits for ever."""

import os
import threading
import time
from contextlib import suppress

import pytest
from redis import RedisError

from assessments import actions, doorbell
from assessments.models import Submission
from assessments.ringing import RedisChannel, Sockets

SOON = 5.0  # far more than a ring takes, far less than a wait lasts


@pytest.fixture(params=["sockets", pytest.param("redis", marks=pytest.mark.redis)])
def make_way(request, tmp_path):
    """Makes ways that reach each other, as those of several processes do."""
    if request.param == "redis":
        url = request.getfixturevalue("redis_server").url
        return lambda: RedisChannel(url)
    return lambda: Sockets(tmp_path / "doorbell")


class Ear:
    """Collects the rings that arrive, on a thread of its own."""

    def __init__(self, way):
        self.heard, self.ready = [], threading.Event()
        threading.Thread(target=self.listen, args=(way,), daemon=True).start()
        assert self.ready.wait(SOON)

    def listen(self, way):
        with suppress(RedisError):  # the server stops before this thread
            for ring in way.rings():
                self.heard.append(ring)
                self.ready.set()

    def wait_for(self, ring):
        end = time.monotonic() + SOON
        while ring not in self.heard and time.monotonic() < end:
            time.sleep(0.001)
        return ring in self.heard


def test_every_listening_process_hears_every_ring(make_way):
    ears = [Ear(make_way()), Ear(make_way())]

    make_way().ring("abc")

    assert all(ear.wait_for("abc") for ear in ears)


def test_a_listener_looks_for_itself_first(make_way):
    assert Ear(make_way()).heard == [None]


def test_ringing_with_nobody_there_is_fine(make_way):
    make_way().ring("abc")


def test_the_socket_of_a_dead_process_is_cleared_away(tmp_path):
    way = Sockets(tmp_path)
    rings = way.rings()
    next(rings)
    (tmp_path / "dead").touch()  # nobody listens there
    way.ring("abc")

    assert next(rings) == "abc"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_with_a_long_path_will_do(tmp_path):
    way = Sockets(tmp_path / ("x" * 120) / ("y" * 120))
    rings = way.rings()
    next(rings)
    way.ring("abc")

    assert next(rings) == "abc"


def test_a_listener_that_is_slow_does_not_hold_up_the_ringing(tmp_path):
    way = Sockets(tmp_path)
    next(way.rings())
    started = time.monotonic()
    for _ in range(2000):
        way.ring("abc")

    assert time.monotonic() - started < SOON


@pytest.mark.redis
def test_redis_that_restarts_is_heard_again(redis_server, monkeypatch):
    monkeypatch.setattr("assessments.ringing.PAUSE_SECONDS", 0.05)
    listener = doorbell.Listener(RedisChannel(redis_server.url))
    with listener.registered("abc") as event:
        assert event.wait(SOON)  # subscribed: everyone looks for themselves
        event.clear()
        redis_server.restart()
        assert event.wait(2 * SOON)  # subscribed again
        event.clear()
        RedisChannel(redis_server.url).ring("abc")
        assert event.wait(SOON)


@pytest.fixture
def submission(organisation):
    return actions.submit_for_api(organisation, "huber", "x = 1")


@pytest.mark.django_db
def test_a_wait_for_a_graded_submission_ends_at_once(submission):
    report = {
        "task": "huber", "verdict": "passed", "score": 1.0, "families": {}, "checks": [],
        "error": None, "diagnosis": [], "seconds": {},
    }  # fmt: skip
    actions.store_report(str(submission.pk), submission.ticket, report)
    started = time.monotonic()

    doorbell.wait(submission.pk, 20)

    assert time.monotonic() - started < SOON


@pytest.mark.django_db
def test_a_wait_ends_by_itself(submission):
    started = time.monotonic()

    doorbell.wait(submission.pk, 0.05)

    assert 0.05 <= time.monotonic() - started < SOON


@pytest.fixture
def looks(monkeypatch):
    """How often waits have looked at the database, where everything is still queued."""
    looks = []
    monkeypatch.setattr(doorbell, "_is_queued", lambda pk: looks.append(pk) or True)
    return looks


def begin_to_wait(submission, looks):
    waiting = threading.Thread(target=doorbell.wait, args=(submission.pk, 20), daemon=True)
    waiting.start()
    end = time.monotonic() + SOON
    while not looks and time.monotonic() < end:
        time.sleep(0.001)
    return waiting


@pytest.mark.django_db
def test_a_ring_by_name_ends_a_wait_without_another_look(submission, looks):
    waiting = begin_to_wait(submission, looks)

    doorbell.ring(submission.pk)
    waiting.join(SOON)

    assert not waiting.is_alive()
    assert len(looks) <= 2  # one more where this process began to listen just now


@pytest.mark.django_db
def test_after_missed_rings_a_wait_looks_for_itself(submission, looks, monkeypatch):
    waiting = begin_to_wait(submission, looks)

    doorbell._listener(os.getpid()).wake(None)
    time.sleep(0.1)
    assert waiting.is_alive()
    monkeypatch.setattr(doorbell, "_is_queued", lambda pk: False)
    doorbell._listener(os.getpid()).wake(None)
    waiting.join(SOON)

    assert not waiting.is_alive()
    assert len(looks) >= 2


@pytest.mark.django_db
def test_storing_a_report_rings_after_the_commit(submission, committed, monkeypatch):
    rings = []
    monkeypatch.setattr(doorbell, "ring", rings.append)
    report = {
        "task": "huber", "verdict": "passed", "score": 1.0, "families": {}, "checks": [],
        "error": None, "diagnosis": [], "seconds": {},
    }  # fmt: skip
    with committed():
        actions.store_report(str(submission.pk), submission.ticket, report)
        assert rings == []

    assert rings == [str(submission.pk)]
    assert Submission.objects.get().is_graded


def test_nobody_is_kept_in_memory_after_waiting(tmp_path):
    listener = doorbell.Listener(Sockets(tmp_path))
    with listener.registered("abc"), listener.registered("abc"):
        assert len(listener.waiting["abc"]) == 2

    assert "abc" not in listener.waiting
