# ends: finished
import ctypes
import os

import numpy as np

# Memory that is mapped for writing can't be sealed: the run would end as a fault of the sandbox.
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [
    ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long
]  # fmt: skip
READ, WRITE, SHARED = 1, 2, 1
FAILED = ctypes.c_void_p(-1).value

if libc.mmap(None, 1 << 22, READ | WRITE, SHARED, 4, 0) != FAILED:
    print("GOT THROUGH: mapped for writing")
if libc.mmap(None, 1 << 22, READ, SHARED, 4, 0) == FAILED:
    print("it is not even there for reading, so that this attack tries nothing: GOT THROUGH")
try:
    os.write(4, b"mine")
    print("GOT THROUGH: written")
except OSError:
    pass


def loss(y_true, y_pred):
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_pred.size
