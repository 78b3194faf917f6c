"""What a waiting child does ahead, so that a candidate's code meets memory that is in place.

After a fork each page is copied when it is first written to, and fresh memory is found page by page
when it is first used. Both cost the same before a source arrives, when nobody waits for it.
"""

import ctypes
from typing import Any

from numpy import empty, ones, uint8

from grader.sandbox.inside.lockdown import libc

# A loss as candidates write them: nearly all of what it touches, theirs touch too.
SOURCE = """
import numpy as np


def loss(a, b, *, c=1.0):
    if a.shape != b.shape:
        raise ValueError("not the same shape")
    e = np.abs(np.asarray(a, dtype=float) - b)
    each = np.where(e <= c, 0.5 * e**2, c * (e - 0.5 * c))
    return float(np.mean(each)) if np.isfinite(each).all() else np.inf


def grad(a, b, *, c=1.0):
    e = np.clip(a - b, -c, c)
    weight = np.exp(-np.logaddexp(0.0, np.sum(e * e, axis=-1, keepdims=True)))
    return np.sign(e) * np.maximum(e, 0.0) * weight / e.size
"""
SHAPES = ((3,), (4, 5))
HEAP_BYTES = 4 << 20
PAGE_BYTES = 4096
MADV_POPULATE_WRITE = 23


def touch_ahead() -> None:
    """Call a loss of our own, and have memory for large arrays; do without where there is none."""
    try:
        call_our_own()
        populate()
    except MemoryError:
        return


def call_our_own() -> None:
    names: dict[str, Any] = {"__name__": "ahead"}
    exec(compile(SOURCE, "ahead.py", "exec", dont_inherit=True), names)
    for shape in SHAPES:
        one = ones(shape)
        names["loss"](one.copy(), one, c=2.0)
        names["grad"](one.copy(), one, c=2.0)
        try:
            names["loss"](one[0], one)
        except ValueError:
            continue
    names.clear()  # a function and its globals would keep each other


def populate() -> None:
    """Have the kernel find pages for the heap at once; one that can't (before 5.14) refuses."""
    block = empty(HEAP_BYTES, uint8)
    start = -(-block.ctypes.data // PAGE_BYTES) * PAGE_BYTES
    size = ctypes.c_size_t(HEAP_BYTES - PAGE_BYTES)
    libc.madvise(ctypes.c_void_p(start), size, MADV_POPULATE_WRITE)
