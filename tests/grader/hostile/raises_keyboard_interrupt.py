# ends: finished
# results: raised
# says: KeyboardInterrupt
def loss(y_true, y_pred):
    raise KeyboardInterrupt


grad = loss
