# ends: finished
# results: raised
# says: GeneratorExit
def loss(y_true, y_pred):
    raise GeneratorExit


grad = loss
