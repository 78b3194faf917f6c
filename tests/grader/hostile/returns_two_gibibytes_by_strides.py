# ends: finished
# results: unusable
# says: an array of 2.0 GiB
import numpy as np

def loss(y_true, y_pred):
    return np.lib.stride_tricks.as_strided(y_pred, (1 << 14, 1 << 14), (0, 0))


grad = loss
