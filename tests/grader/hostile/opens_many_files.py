# ends: finished
# results: raised
# says: OSError
import os

FILES = []


def loss(y_true, y_pred):
    while True:
        FILES.append(os.open(os.__file__, os.O_RDONLY))


grad = loss
