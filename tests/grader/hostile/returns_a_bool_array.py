# ends: finished
# results: unusable
# says: a bool array
def loss(y_true, y_pred):
    return y_pred > 0


grad = loss
