# ends: finished
# results: raised
# says: MemoryError
def loss(y_true, y_pred):
    raise MemoryError


grad = loss
