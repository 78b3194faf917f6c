# ends: finished
import shelve
import tempfile

import numpy as np


def attempt(name, action):
    try:
        action()
    except (OSError, RuntimeError, MemoryError, ValueError):
        return
    print("GOT THROUGH:", name)


attempt("temporary file", tempfile.TemporaryFile)
attempt("directory", tempfile.mkdtemp)
attempt("named", tempfile.NamedTemporaryFile)


def loss(y_true, y_pred):
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_pred.size
