# ends: finished
# needs: x86_64
import ctypes
import errno

import numpy as np


def attempt(name, action):
    try:
        action()
    except (OSError, RuntimeError, MemoryError, ValueError):
        return
    print("GOT THROUGH:", name)


libc = ctypes.CDLL(None, use_errno=True)


def raw(*arguments):
    if libc.syscall(*map(ctypes.c_long, arguments)) < 0:
        raise OSError(ctypes.get_errno(), "refused")


attempt("fork", lambda: raw(57))
attempt("vfork", lambda: raw(58))
attempt("clone", lambda: raw(56, 17, 0, 0, 0, 0))
attempt("clone with a parent", lambda: raw(56, 0x8000 | 17, 0, 0, 0, 0))
attempt("clone3", lambda: raw(435, 0, 88))


def loss(y_true, y_pred):
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_pred.size
