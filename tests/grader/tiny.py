"""A task small enough to check on paper: half the mean of squared errors, times a weight."""

import numpy as np

from benchmarks.floor import Floor
from grader.catalogue.exact import mean, pairs
from grader.catalogue.task import (
    Argument,
    Brief,
    Case,
    Edge,
    Example,
    Expect,
    Extreme,
    Misconception,
    Parameter,
    Task,
    Variant,
    patched,
)
from grader.families import Family
from grader.grading import grade

RIGHT = """\
import numpy as np


def check(y_true, y_pred, weight):
    if y_true.shape != y_pred.shape or y_true.size == 0 or weight <= 0:
        raise ValueError("bad input")


def loss(y_true, y_pred, weight=1.0):
    check(y_true, y_pred, weight)
    e = y_pred - y_true
    return weight * np.mean(0.5 * e**2)


def grad(y_true, y_pred, weight=1.0):
    check(y_true, y_pred, weight)
    return weight * (y_pred - y_true) / y_pred.size
"""

LOOPS = """\
import numpy as np


def pairs(y_true, y_pred, weight):
    if y_true.shape != y_pred.shape or y_true.size == 0 or not weight > 0:
        raise ValueError
    return list(zip(y_true.ravel(), y_pred.ravel()))


def loss(y_true, y_pred, weight=1.0):
    total = 0.0
    for t, p in pairs(y_true, y_pred, weight):
        total += 0.5 * (float(p) - float(t)) ** 2
    return weight * total / y_pred.size


def grad(y_true, y_pred, weight=1.0):
    slopes = [float(p) - float(t) for t, p in pairs(y_true, y_pred, weight)]
    return weight * np.array(slopes).reshape(y_pred.shape) / len(slopes)
"""

SUM = patched(RIGHT, ("np.mean(", "np.sum("), (" / y_pred.size", ""))
UNWEIGHTED = patched(RIGHT, ("weight * ", ""))
BROADCAST = patched(RIGHT, ("y_true.shape != y_pred.shape or ", ""))


def reference(y_true, y_pred, weight=1.0):
    return float(weight * np.mean(0.5 * (y_pred - y_true) ** 2))


def gradient(y_true, y_pred, weight=1.0):
    return (weight * (y_pred - y_true) / y_pred.size,)


def sample(rng, shape):
    return rng.normal(size=shape), rng.normal(size=shape)


def definition(mp, y_true, y_pred, weight):
    return weight * mean(mp, ((p - t) ** 2 / 2 for t, p in pairs(y_true, y_pred)))


def far(rng):
    return Case((rng.normal(size=4), rng.normal(size=4) + 1e5))


def with_an_outlier(rng):
    y_true, y_pred = sample(rng, (6,))
    y_pred[2] = 1e9
    return Case((y_true, y_pred))


def negative_weight(rng):
    return Case(sample(rng, (4,)), {"weight": -1.0})


def perfect(rng):
    y = rng.normal(size=5)
    return Case((y, y.copy()))


TINY = Task(
    slug="tiny",
    title="Tiny",
    formula=r"\frac{w}{2n} \sum e^2",
    sentence="Half the mean squared error.",
    domain="Any.",
    rules=(),
    source="Paper.",
    brief=Brief("Write it.", "Whether it is written.", ("regression",), "easy", 5),
    examples=(
        Example(
            Case((np.array([1.0, 2.0]), np.array([2.0, 4.0]))),
            value=1.25,
            gradient=((0.5, 1.0),),
            working="Errors of 1 and 2: (1/2 + 2) / 2.",
        ),
    ),
    definition=definition,
    arguments=(
        Argument("y_true", integers=True),
        Argument("y_pred", differentiate=True),
    ),
    parameters=(Parameter("weight", 1.0, (2.5, 0.5), (0.0,)),),
    reference=reference,
    gradient=gradient,
    sample=sample,
    shapes=((8,), (4, 3), (11,)),
    large=(20_000,),
    terms=lambda y_true, y_pred, weight=1.0: weight * float(np.max((y_pred - y_true) ** 2)),
    extremes=(Extreme("errors of 1e5", far, "Square in float64.", float32=True),),
    edges=(
        Edge("perfect prediction", perfect, "The loss is 0."),
        Edge("negative weight", negative_weight, "It raises.", Expect.VALUE_ERROR),
    ),
    misconceptions=(
        Misconception("sum for mean", Family.VALUES, "It adds up.", SUM),
        Misconception("weight ignored", Family.VALUES, "It ignores weight.", UNWEIGHTED),
        Misconception("shapes broadcast", Family.EDGE_CASES, "It broadcasts.", BROADCAST),
    ),
    variants=(Variant("plain", RIGHT), Variant("loops", LOOPS, slow=True)),
    coarse=with_an_outlier,
)


def graded(source, seed=1, task=TINY, **options):
    """The report on `source`, run right here: the sources of these tests are our own."""
    return grade(task, source, seed, Floor(), **options)


def failures(report, family=None):
    """The findings that failed, of one family or of all."""
    return [
        finding
        for finding in report.findings
        if not finding.passed and family in (None, finding.check.family)
    ]
