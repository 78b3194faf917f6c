"""The mathematics of every row, over nested sequences of mpmath numbers.

Written from the formula alone and without any care for overflow or cancellation: at 50 digits
and mpmath's unlimited exponents none is needed. Each takes the arguments in order and the
parameters by keyword, and returns the loss, or the scores as a list.
"""

from mpmath import cosh, exp, fabs, fsum, log, sqrt


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


def softmax_cross_entropy(labels, logits):
    rows = zip(labels, logits, strict=True)
    return mean(log(fsum(exp(z) for z in row)) - row[int(label)] for label, row in rows)


def focal(y_true, logits, gamma, alpha):
    def cost(p_t, alpha_t):
        return -alpha_t * (1 - p_t) ** gamma * log(p_t)

    return mean(
        cost(1 / (1 + exp(-z)), alpha) if y == 1 else cost(1 / (1 + exp(z)), 1 - alpha)
        for y, z in zip(flat(y_true), flat(logits), strict=True)
    )


def hinge(y_true, scores):
    return mean(max(0, 1 - y * s) for y, s in zip(flat(y_true), flat(scores), strict=True))


def norm(vector):
    return sqrt(fsum(x**2 for x in vector))


def distance(a, b):
    return norm(x - y for x, y in zip(a, b, strict=True))


def triplet(anchor, positive, negative, margin):
    rows = zip(anchor, positive, negative, strict=True)
    return mean(max(0, distance(a, p) - distance(a, n) + margin) for a, p, n in rows)


def cosine(a, b):
    return fsum(x * y for x, y in zip(a, b, strict=True)) / (norm(a) * norm(b))


def info_nce(queries, keys, temperature):
    logits = [[cosine(q, k) / temperature for k in keys] for q in queries]
    return softmax_cross_entropy(range(len(logits)), logits)


def reward_model(chosen, rejected):
    pairs = zip(flat(chosen), flat(rejected), strict=True)
    return mean(log(1 + exp(-(c - r))) for c, r in pairs)


def predictive_entropy(probabilities):
    return [-fsum(p * log(p) for p in row if p != 0) for row in probabilities]


# A row's slug and its definition.
DEFINITIONS = {
    "mean-squared-error": mean_squared_error,
    "mean-absolute-error": mean_absolute_error,
    "huber": huber,
    "quantile": quantile,
    "log-cosh": log_cosh,
    "binary-cross-entropy": binary_cross_entropy,
    "binary-cross-entropy-with-logits": binary_cross_entropy_with_logits,
    "softmax-cross-entropy": softmax_cross_entropy,
    "focal": focal,
    "hinge": hinge,
    "triplet": triplet,
    "info-nce": info_nce,
    "reward-model": reward_model,
    "predictive-entropy": predictive_entropy,
}
