# ends: finished
# results: unusable
# says: an array of text
import numpy as np

def loss(y_true, y_pred):
    return np.array(["0.0"])


grad = loss
