# ends: finished
# results: raised
# says: MemoryError
def loss(y_true, y_pred):
    hoard = []
    while True:
        hoard.append(bytearray(10_000_000))


grad = loss
