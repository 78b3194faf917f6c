# ends: timeout
# results: returned, running, not run
import numpy as np

def loss(y_true, y_pred):
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred):
    while True:
        pass
