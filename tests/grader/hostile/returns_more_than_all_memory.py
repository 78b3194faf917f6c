# ends: finished
# results: unusable
# says: an array of 4.0 EiB
import numpy as np

def loss(y_true, y_pred):
    return np.lib.stride_tricks.as_strided(y_pred, (1 << 30, 1 << 29), (0, 0))


grad = loss
