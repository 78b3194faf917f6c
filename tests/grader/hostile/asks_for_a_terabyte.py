# ends: finished
# results: raised
# says: MemoryError
import numpy as np

def loss(y_true, y_pred):
    return np.ones(1 << 37).sum()


grad = loss
