# ends: finished
# results: unusable
# says: an integer beyond
def loss(y_true, y_pred):
    return 10**400


grad = loss
