"""The logarithm of 1 - p for every probability of a softmax, also where p rounds to 1."""

import numpy as np

from grader.catalogue.task import Array


def without_the_best(z: Array) -> tuple[Array, Array, Array, Array]:
    """Return, for logits z of shape (n, k), what is left beside each class.

    Returns:
        The class of each row's largest logit (n,), the softmax p (n, k), log(1 - p) in nats
        (n, k), and the softmax of the classes but the best, which has 0 in it (n, k): 1 - p is
        theirs where p rounds to 1.

    Source: Machler, Accurately computing log(1 - exp(-|a|)) (2012), section 3.
    """
    rows, best = np.arange(len(z)), z.argmax(axis=1)
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1, keepdims=True)
    others = z.copy()
    others[rows, best] = -np.inf
    behind = others.max(axis=1) - z[rows, best]
    rest = np.exp(others - others.max(axis=1, keepdims=True))
    # Of all classes but the best, none has more than one half: 1 - p keeps its digits there.
    log_miss = np.log1p(-np.where(np.isneginf(others), 0.0, p))
    log_miss[rows, best] = behind + np.log(rest.sum(axis=1)) - np.log(powers.sum(axis=1))
    return best, p, log_miss, rest / rest.sum(axis=1, keepdims=True)
