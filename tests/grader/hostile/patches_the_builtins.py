# ends: crashed
import builtins

import numpy as np

for name in list(vars(builtins)):
    if name not in ("print", "float"):
        setattr(builtins, name, None)


def loss(y_true, y_pred):
    return float(np.mean((y_pred - y_true) ** 2))


def grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_pred.size
