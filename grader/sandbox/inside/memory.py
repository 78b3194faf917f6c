"""Maps the memory files. Python's own mmap duplicates descriptors, which the filter refuses."""

import ctypes
import os

from grader.sandbox.inside.lockdown import libc

PROT_READ, PROT_WRITE, MAP_SHARED = 1, 2, 1
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [
    ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long
]  # fmt: skip
FAILED = ctypes.c_void_p(-1).value


def mapped(descriptor: int, writing: bool = False) -> memoryview:
    """Return the whole of a memory file, for as long as the process lives."""
    size = os.fstat(descriptor).st_size
    rights = PROT_READ | PROT_WRITE if writing else PROT_READ
    address = libc.mmap(None, size, rights, MAP_SHARED, descriptor, 0)
    if address == FAILED:
        raise MemoryError(f"no room to map {size} bytes")
    view = memoryview((ctypes.c_ubyte * size).from_address(address)).cast("B")
    return view if writing else view.toreadonly()
