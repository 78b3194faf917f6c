# ends: timeout
# results: running, not run, not run
class Slow(Exception):
    def __str__(self):
        while True:
            pass


def loss(y_true, y_pred):
    raise Slow


grad = loss
