# ends: finished
import os

import numpy as np

HARMLESS = {
    "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "LC_ALL", "LD_LIBRARY_PATH", "PWD"
}
for name in set(os.environ) - HARMLESS:
    print("GOT THROUGH:", name)


def loss(y_true, y_pred):
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_pred.size
