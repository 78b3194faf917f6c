# ends: finished
# results: unusable
# says: a complex
def loss(y_true, y_pred):
    return 1j


grad = loss
