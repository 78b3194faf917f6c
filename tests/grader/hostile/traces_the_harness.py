# ends: finished
import sys

import numpy as np

def spy(frame, event, argument):
    for value in frame.f_locals.values():
        repr(value)
    return spy


sys.settrace(spy)
sys.setprofile(spy)


def loss(y_true, y_pred):
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_pred.size
