"""A small own task, and ways to spoil it."""

from copy import deepcopy

MODULE = """\
import numpy as np


def check(y_true, y_pred, weight):
    if y_true.shape != y_pred.shape or y_true.size == 0 or not weight > 0:
        raise ValueError("bad input")


def loss(y_true, y_pred, weight=1.0):
    check(y_true, y_pred, weight)
    e = y_pred - y_true
    return weight * np.mean(0.5 * e**2)


def grad(y_true, y_pred, weight=1.0):
    check(y_true, y_pred, weight)
    return weight * (y_pred - y_true) / y_pred.size


def sample(seed, shape):
    rng = np.random.default_rng(seed)
    return rng.normal(size=tuple(shape)), rng.normal(size=tuple(shape))
"""

LOOPS = """\
import numpy as np


def pairs(y_true, y_pred, weight):
    if y_true.shape != y_pred.shape or y_true.size == 0 or not weight > 0:
        raise ValueError
    return list(zip(y_true.ravel(), y_pred.ravel()))


def loss(y_true, y_pred, weight=1.0):
    errors = [float(p) - float(t) for t, p in pairs(y_true, y_pred, weight)]
    return weight * sum(e * e for e in errors) / (2 * len(errors))


def grad(y_true, y_pred, weight=1.0):
    errors = [float(p) - float(t) for t, p in pairs(y_true, y_pred, weight)]
    return weight * np.array(errors).reshape(y_pred.shape) / len(errors)
"""

UNWEIGHTED = MODULE.replace("return weight * ", "return ")

OWN = {
    "slug": "half-squares",
    "title": "Half the mean squared error",
    "formula": r"\frac{w}{2n} \sum_i (\hat{y}_i - y_i)^2",
    "sentence": "Half the mean squared error, times a weight.",
    "domain": "Any finite numbers; different shapes and empty arrays raise ValueError.",
    "rules": ["weight must be positive; other weights raise ValueError."],
    "source": "Made up.",
    "module": MODULE,
    "arguments": [{"name": "y_true", "integers": True}, {"name": "y_pred", "differentiate": True}],
    "parameters": [{"name": "weight", "default": 1.0, "others": [2.5, 0.5], "invalid": [0.0]}],
    "shapes": [[8], [4, 3], [11]],
    "large": [20000],
    "examples": [
        {
            "arguments": [[1, 2], [2, 4]],
            "value": 1.25,
            "gradient": [[0.5, 1.0]],
            "working": "Errors of 1 and 2: (1/2 + 2) / 2.",
        }
    ],
    "edges": [
        {"name": "perfect", "rule": "The loss is 0.", "arguments": [[1, 2, 3], [1, 2, 3]]},
        {
            "name": "an infinite error",
            "rule": "The loss is infinite.",
            "arguments": [[0, "inf"], [0, 1]],
            "gradient": False,
        },
    ],
    "extremes": [
        {
            "name": "errors of 1e5",
            "remedy": "Square in float64.",
            "arguments": [[1, 2, 3], [100001, 2.5, 3e5]],
            "float32": True,
        }
    ],
    "misconceptions": [
        {
            "name": "sum for mean",
            "family": "values",
            "sentence": "It adds up where the mean is asked.",
            "source": MODULE.replace("np.mean(", "np.sum(").replace(" / y_pred.size", ""),
        },
        {
            "name": "weight ignored",
            "family": "values",
            "sentence": "It ignores weight.",
            "source": UNWEIGHTED,
        },
        {
            "name": "broadcasting",
            "family": "edge_cases",
            "sentence": "It broadcasts.",
            "source": MODULE.replace("y_true.shape != y_pred.shape or ", ""),
        },
    ],
    "variants": [{"name": "loops", "source": LOOPS, "slow": True}],
}


def changed(*path, to):
    """The definition with the value at a path replaced."""
    spoilt = deepcopy(OWN)
    inner = spoilt
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = to
    return spoilt


def with_module(old, new):
    """The definition with a text in its module replaced."""
    assert old in MODULE
    return changed("module", to=MODULE.replace(old, new))
