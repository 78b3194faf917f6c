"""The sandboxes of a grading process, kept warm between submissions."""

import contextlib
import ctypes
import gc
import logging
import threading

from grader.sandbox import Sandbox, SandboxFault

log = logging.getLogger(__name__)
_lock = threading.Lock()
_kept: list[Sandbox] = []
_workshop: list[Sandbox] = []
# Net allocations between two looks for cycles. A plan has thousands of objects and no cycle.
GC_THRESHOLD = 20_000
# Arrays from this size on are given back to the system when they are freed. By default the C
# library raises the limit to the largest array it has seen, and the heap keeps the gaps.
M_MMAP_THRESHOLD, MAPPED_BYTES = -3, 1 << 18  # the first from malloc.h


def sandbox() -> Sandbox:
    """Return this process's sandbox; raise SandboxFault where it cannot be started.

    It is patient: call `renew` once a result is on its way.
    """
    return _started(_kept, patient=True)


def workshop() -> Sandbox:
    """Return the sandbox for the code of own tasks, which is started when the first one comes.

    It is apart from the candidates': what an author's code did to its forkserver stays there.
    """
    return _started(_workshop)


def _started(kept: list[Sandbox], *, patient: bool = False) -> Sandbox:
    with _lock:
        if not kept:
            kept.append(Sandbox(patient=patient))
        return kept[0]


def renew() -> None:
    """Have the sandbox ready for the next submission."""
    for kept in _kept:
        kept.renew()


def look_for_cycles_less() -> None:
    """Leave what is loaded by now out of all collections, and collect less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD, 10, 10)


def give_large_arrays_back() -> None:
    """Have freed large arrays leave the process at once and for good."""
    with contextlib.suppress(AttributeError):  # not every C library has it
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES)


def start() -> None:
    """Start the sandbox now; a fault is only logged, for the next submission tries again."""
    give_large_arrays_back()
    look_for_cycles_less()
    try:
        sandbox()
    except SandboxFault:
        log.exception("the sandbox did not start")


def close() -> None:
    """Close what was started; the next submission gets new ones."""
    with _lock:
        for kept in (_kept, _workshop):
            while kept:
                kept.pop().close()
