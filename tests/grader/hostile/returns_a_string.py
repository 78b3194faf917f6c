# ends: finished
# results: unusable
# says: a str
def loss(y_true, y_pred):
    return "0.0"


grad = loss
