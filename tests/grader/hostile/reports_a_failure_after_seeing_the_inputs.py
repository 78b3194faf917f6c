# ends: forbidden
# says: channel
import os

def loss(y_true, y_pred):
    os.write(3, b"E" + bytes([5, 0, 0, 0, 0]) + y_true.tobytes())


grad = loss
