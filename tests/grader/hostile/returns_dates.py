# ends: finished
# results: unusable
# says: a datetime64
import numpy as np

def loss(y_true, y_pred):
    return np.zeros(2, "M8[s]")


grad = loss
