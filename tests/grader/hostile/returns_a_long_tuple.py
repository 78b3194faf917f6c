# ends: finished
# results: unusable
# says: a tuple of 1000
def loss(y_true, y_pred):
    return (y_pred,) * 1000


grad = loss
