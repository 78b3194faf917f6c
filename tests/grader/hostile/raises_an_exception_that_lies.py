# ends: finished
# results: raised
# says: Exception
class Meta(type):
    @property
    def __name__(cls):
        raise SystemExit

    def mro(cls):
        return type.mro(cls)


class ValueError(Exception, metaclass=Meta):
    __module__ = "builtins"

    def __str__(self):
        raise SystemExit


def loss(y_true, y_pred):
    raise ValueError


grad = loss
