# ends: finished
import warnings

import numpy as np

import numpy as np

warnings.simplefilter("error")
np.seterr(all="raise")


def loss(y_true, y_pred):
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_pred.size
