# ends: finished
import sys

import numpy as np

for name in list(sys.modules):
    if name not in ("sys", "numpy", "builtins"):
        del sys.modules[name]


def loss(y_true, y_pred):
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_pred.size
