# ends: finished
# results: raised
# says: SystemExit
def loss(y_true, y_pred):
    raise SystemExit


grad = loss
