# ends: crashed
# results: returned, running, not run
import ctypes

def loss(y_true, y_pred):
    return 1.0


def grad(y_true, y_pred):
    ctypes.memset(0, 0, 8)
