# ends: finished
# results: unusable
# says: a Fraction
from fractions import Fraction

def loss(y_true, y_pred):
    return Fraction(1, 3)


grad = loss
