"""The one sandbox of a grading process, kept warm between submissions."""

import logging
import threading

from grader.sandbox import Sandbox, SandboxFault

log = logging.getLogger(__name__)
_lock = threading.Lock()
_kept: list[Sandbox] = []


def sandbox() -> Sandbox:
    """Return this process's sandbox; raise SandboxFault where it cannot be started."""
    with _lock:
        if not _kept:
            _kept.append(Sandbox())
        return _kept[0]


def start() -> None:
    """Start the sandbox now; a fault is only logged, for the next submission tries again."""
    try:
        sandbox()
    except SandboxFault:
        log.exception("the sandbox did not start")


def close() -> None:
    """Close the sandbox, if there is one; the next submission gets a new one."""
    with _lock:
        while _kept:
            _kept.pop().close()
