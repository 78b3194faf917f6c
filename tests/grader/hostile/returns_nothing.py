# ends: finished
# results: unusable
# says: nothing
def loss(y_true, y_pred):
    return None


grad = loss
