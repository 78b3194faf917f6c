# ends: finished
# results: unusable
# says: a tuple that holds a list
def loss(y_true, y_pred):
    return ([0.0], y_pred)


grad = loss
