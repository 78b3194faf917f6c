# ends: finished
import _thread
import concurrent.futures
import threading

import numpy as np


def attempt(name, action):
    try:
        action()
    except (OSError, RuntimeError, MemoryError, ValueError):
        return
    print("GOT THROUGH:", name)


attempt("thread", lambda: threading.Thread(target=print, daemon=True).start())
attempt("raw thread", lambda: _thread.start_new_thread(print, ()))
attempt("pool", lambda: concurrent.futures.ThreadPoolExecutor().submit(print))


def loss(y_true, y_pred):
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_pred.size
