# ends: finished
# results: raised
# says: RecursionError
def loss(y_true, y_pred):
    return loss(y_true, y_pred)


grad = loss
