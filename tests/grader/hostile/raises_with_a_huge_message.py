# ends: finished
# results: raised
# says: ValueError
def loss(y_true, y_pred):
    raise ValueError("x" * 50_000_000)


grad = loss
