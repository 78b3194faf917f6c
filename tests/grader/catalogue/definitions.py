"""The mathematics of every row, over nested sequences of mpmath numbers.

Written from the formula alone and without any care for overflow or cancellation: at 50 digits
and mpmath's unlimited exponents none is needed. Each takes the arguments in order and the
parameters by keyword, and returns the loss, or the scores as a list.
"""

from mpmath import cosh, exp, fabs, fsum, log


def flat(array):
    """The numbers of a nested sequence in C order."""
    if isinstance(array, list):
        return [number for part in array for number in flat(part)]
    return [array]


def mean(numbers):
    numbers = list(numbers)
    return fsum(numbers) / len(numbers)


def errors(y_true, y_pred):
    return [p - t for t, p in zip(flat(y_true), flat(y_pred), strict=True)]


def mean_squared_error(y_true, y_pred):
    return mean(e**2 for e in errors(y_true, y_pred))


def mean_absolute_error(y_true, y_pred):
    return mean(fabs(e) for e in errors(y_true, y_pred))


def huber(y_true, y_pred, delta):
    return mean(
        e**2 / 2 if fabs(e) <= delta else delta * (fabs(e) - delta / 2)
        for e in errors(y_true, y_pred)
    )


def quantile(y_true, y_pred, q):
    return mean(max(q * -e, (q - 1) * -e) for e in errors(y_true, y_pred))


def log_cosh(y_true, y_pred):
    return mean(log(cosh(e)) for e in errors(y_true, y_pred))


def binary_cross_entropy(y_true, y_pred, eps):
    pairs = [
        (y, min(max(p, eps), 1 - eps)) for y, p in zip(flat(y_true), flat(y_pred), strict=True)
    ]
    return mean(-(y * log(p) + (1 - y) * log(1 - p)) for y, p in pairs)


def binary_cross_entropy_with_logits(y_true, logits):
    pairs = zip(flat(y_true), flat(logits), strict=True)
    return mean(log(1 + exp(z)) - y * z for y, z in pairs)


# A row's slug and its definition.
DEFINITIONS = {
    "mean-squared-error": mean_squared_error,
    "mean-absolute-error": mean_absolute_error,
    "huber": huber,
    "quantile": quantile,
    "log-cosh": log_cosh,
    "binary-cross-entropy": binary_cross_entropy,
    "binary-cross-entropy-with-logits": binary_cross_entropy_with_logits,
}
