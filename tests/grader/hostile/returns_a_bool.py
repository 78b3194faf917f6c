# ends: finished
# results: unusable
# says: a bool
def loss(y_true, y_pred):
    return True


grad = loss
