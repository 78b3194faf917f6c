# ends: forbidden
# results: not run
# says: channel
import os

os.write(3, b"F")


def loss(y_true, y_pred):
    return 1.0


grad = loss
