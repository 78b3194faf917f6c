# ends: finished
# results: raised
# says: BaseException
def loss(y_true, y_pred):
    raise BaseException


grad = loss
