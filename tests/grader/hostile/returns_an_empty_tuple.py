# ends: finished
# results: unusable
# says: a tuple of 0
def loss(y_true, y_pred):
    return ()


grad = loss
