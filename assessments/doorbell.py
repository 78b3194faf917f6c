"""Rings when a submission was graded, so that nobody has to ask again and again.

The default worker rings; every web process has one listening thread, which wakes the requests that
wait for that submission. It is a convenience only: a ring that gets lost costs some seconds,
for the database is the truth and every wait ends by itself.
"""

import logging
import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from uuid import UUID

import redis
from django.conf import settings

from assessments.models import Submission
from assessments.ringing import RedisChannel, Ringing, Sockets, pause

log = logging.getLogger(__name__)

LONGEST_WAIT = 25.0


class Waiter(threading.Event):
    """A request that waits. `rung`: it was called by name, and need not look for itself."""

    rung = False


class Listener:
    """The waiting requests of one process, and the thread that wakes them."""

    def __init__(self, way: Ringing) -> None:
        self.way = way
        self.lock = threading.Lock()
        self.waiting: defaultdict[str, set[Waiter]] = defaultdict(set)
        threading.Thread(target=self.listen, name="doorbell", daemon=True).start()

    def listen(self) -> None:
        broken = False
        while True:
            try:
                for submission_id in self.way.rings():
                    broken = False
                    self.wake(submission_id)
            except (OSError, redis.RedisError):
                if not broken:
                    log.warning("the doorbell is out of order; waiting requests end by themselves")
                broken = True
                pause()

    def wake(self, submission_id: str | None) -> None:
        """Wake who waits for `submission_id`; None wakes everyone, to look for themselves."""
        with self.lock:
            ids = list(self.waiting) if submission_id is None else [submission_id]
            for waiter in (waiter for each in ids for waiter in self.waiting.get(each, ())):
                waiter.rung = waiter.rung or submission_id is not None
                waiter.set()

    @contextmanager
    def registered(self, submission_id: str) -> Iterator[Waiter]:
        waiter = Waiter()
        with self.lock:
            self.waiting[submission_id].add(waiter)
        try:
            yield waiter
        finally:
            with self.lock:
                self.waiting[submission_id].discard(waiter)
                if not self.waiting[submission_id]:
                    del self.waiting[submission_id]


@cache
def _way(pid: int) -> Ringing:
    if settings.CELERY_BROKER_URL.startswith(("redis://", "rediss://")):
        return RedisChannel(settings.CELERY_BROKER_URL)
    return Sockets(settings.VAR_DIR / "doorbell")


@cache
def _listener(pid: int) -> Listener:
    return Listener(_way(pid))


def ring(submission_id: UUID | str) -> None:
    """Wake whoever waits for the submission, in every web process. Call it after the commit."""
    try:
        _way(os.getpid()).ring(str(submission_id))
    except (OSError, redis.RedisError):
        log.warning("the doorbell did not ring for submission %s", submission_id)


def wait(submission_id: UUID | str, seconds: float) -> None:
    """Return once the submission is graded, or after `seconds` (25 at most)."""
    end = time.monotonic() + min(seconds, LONGEST_WAIT)
    with _listener(os.getpid()).registered(str(submission_id)) as waiter:
        # A ring before this line was not heard: look once before waiting for the next one.
        while _is_queued(submission_id) and (left := end - time.monotonic()) > 0:
            waiter.wait(left)
            if waiter.rung:  # whoever rings has committed
                return
            waiter.clear()


def _is_queued(submission_id: UUID | str) -> bool:
    queued = Submission.Status.QUEUED
    return Submission.objects.filter(pk=submission_id, status=queued).exists()
