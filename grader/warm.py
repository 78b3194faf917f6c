"""The one sandbox of a grading process, kept warm between submissions."""

import gc
import logging
import threading

from grader.sandbox import Sandbox, SandboxFault

log = logging.getLogger(__name__)
_lock = threading.Lock()
_kept: list[Sandbox] = []
# Net allocations between two looks for cycles. A plan has thousands of objects and no cycle.
GC_THRESHOLD = 20_000


def sandbox() -> Sandbox:
    """Return this process's sandbox; raise SandboxFault where it cannot be started."""
    with _lock:
        if not _kept:
            _kept.append(Sandbox())
        return _kept[0]


def look_for_cycles_less() -> None:
    """Leave what is loaded by now out of all collections, and collect less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD, 10, 10)


def start() -> None:
    """Start the sandbox now; a fault is only logged, for the next submission tries again."""
    look_for_cycles_less()
    try:
        sandbox()
    except SandboxFault:
        log.exception("the sandbox did not start")


def close() -> None:
    """Close the sandbox, if there is one; the next submission gets a new one."""
    with _lock:
        while _kept:
            _kept.pop().close()
