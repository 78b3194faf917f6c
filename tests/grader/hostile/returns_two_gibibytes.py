# ends: finished
# results: unusable
# says: an array of 2.0 GiB
import numpy as np

def loss(y_true, y_pred):
    return np.broadcast_to(y_pred[:1], 1 << 28)


grad = loss
