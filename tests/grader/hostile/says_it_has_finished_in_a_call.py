# ends: forbidden
# results: running, not run, not run
# says: channel
import os


def loss(y_true, y_pred):
    os.write(3, b"F")
    while True:
        pass


grad = loss
