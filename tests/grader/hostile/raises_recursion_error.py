# ends: finished
# results: raised
# says: RecursionError
def loss(y_true, y_pred):
    raise RecursionError


grad = loss
