# ends: finished
import random

import numpy as np

import numpy as np

random.seed(0)
np.random.seed(0)
np.random.get_state = None


def loss(y_true, y_pred):
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_pred.size
