# ends: finished
# results: unusable
# says: a structured array
import numpy as np

def loss(y_true, y_pred):
    return np.zeros(2, "f8,i4")


grad = loss
