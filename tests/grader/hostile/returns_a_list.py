# ends: finished
# results: unusable
# says: a list
def loss(y_true, y_pred):
    return [0.0]


grad = loss
