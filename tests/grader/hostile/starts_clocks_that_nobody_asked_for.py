# ends: forbidden
# says: channel
import os

def loss(y_true, y_pred):
    while True:
        os.write(3, b"T")


grad = loss
