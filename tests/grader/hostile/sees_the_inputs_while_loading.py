# ends: finished
import os

import numpy as np

# The inputs' memory file is empty until the module is loaded.
if os.fstat(4).st_size or os.fstat(5).st_size:
    print("GOT THROUGH:", os.fstat(4).st_size)


def loss(y_true, y_pred):
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_pred.size
