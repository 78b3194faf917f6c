# ends: finished
# results: unusable
# says: a bool
import numpy as np

def loss(y_true, y_pred):
    return np.bool_(True)


grad = loss
