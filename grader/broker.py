"""Where Celery's messages travel, for both apps alike: Redis, or files under VAR_DIR."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from grader import embedded

# Above the longest grading with its retries, so that Redis never hands out a running one again.
VISIBILITY_SECONDS = 300

# Grading by urgency, most urgent first: a candidate looks at the screen, a submission, what another
# system sent in bulk, what is graded once more.
GRADING_QUEUES = ("run", "grading", "batch", "regrade")

# What a worker has taken and not finished: apart from the other workers', so that Redis can keep
# the grading workers from reading theirs.
GRADER_OPTIONS = {
    "unacked_key": "grader.unacked",
    "unacked_index_key": "grader.unacked_index",
    "unacked_mutex_key": "grader.unacked_mutex",
}


class UrgentFirst:
    """The order in which Redis is asked for messages: always the most urgent queue first.

    Kombu hands the names over as a set, so that none of its own orders can follow ours.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names: list[str] = []
        self.update(names)

    def update(self, names: Iterable[str]) -> None:
        self.names = sorted(names, key=_urgency)

    def consume(self, count: int) -> list[str]:
        return self.names[:count]

    def rotate(self, last_used: str) -> None:
        """The last one used may be the most urgent one again."""


def _urgency(name: str) -> tuple[int, str]:
    known = name in GRADING_QUEUES
    return (GRADING_QUEUES.index(name) if known else len(GRADING_QUEUES), name)


def settings(url: str, var: Path) -> dict[str, Any]:
    """Return Celery's settings for the broker at `url`; "" means files under `var`."""
    if not url:
        return _embedded(var / "broker")
    options = {
        "visibility_timeout": VISIBILITY_SECONDS,
        "queue_order_strategy": f"{__name__}:UrgentFirst",
        # Nobody waits on a dead broker for minutes: the sweep sends again what was not sent.
        "socket_connect_timeout": 3,
        "socket_timeout": 10,
        "socket_keepalive": True,
        "health_check_interval": 25,
    }
    return {"broker_url": url, "broker_transport_options": options}


def _embedded(folder: Path) -> dict[str, Any]:
    embedded.register()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Remote control needs messages to all workers at once, which files do not offer.
    return {
        "broker_url": f"{embedded.SCHEME}://localhost//",
        "broker_transport_options": {"folder": str(folder)},
        "worker_enable_remote_control": False,
    }


def var_dir() -> Path:
    """Return VAR_DIR, or `var/` beside the code."""
    return Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parent.parent / "var")


def from_environment() -> dict[str, Any]:
    """Return a grading worker's settings; CELERY_BROKER_URL, or else VAR_DIR, says where."""
    made = settings(os.environ.get("CELERY_BROKER_URL", ""), var_dir())
    made["broker_transport_options"] |= GRADER_OPTIONS
    # Who may control one worker may control all of them: too much beside hostile code.
    return {**made, "worker_enable_remote_control": False}
