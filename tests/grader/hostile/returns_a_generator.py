# ends: finished
# results: unusable
# says: a generator
def loss(y_true, y_pred):
    return (x for x in y_pred)


grad = loss
