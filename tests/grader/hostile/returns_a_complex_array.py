# ends: finished
# results: unusable
# says: a complex128 array
def loss(y_true, y_pred):
    return y_pred + 0j


grad = loss
