"""The points of a row that the tests look at, by name."""

import zlib

import numpy as np

from grader.catalogue import CATALOGUE
from grader.catalogue.task import Case, Expect

ROWS = list(CATALOGUE.values())


def rng_of(*name):
    """A generator that depends on the point's name alone, so that a new point changes no other."""
    return np.random.default_rng(zlib.crc32(" ".join(name).encode()))


def settings(task):
    """Every setting of the parameters that is worth a look: all defaults, then one other each."""
    defaults = {parameter.name: parameter.default for parameter in task.parameters}
    yield defaults
    for parameter in task.parameters:
        for other in parameter.others:
            yield {**defaults, parameter.name: other}


def ordinary(task):
    """Yield (name, case) at every shape, and at every setting of the parameters."""
    for shape in task.shapes:
        name = f"shape {shape}"
        yield name, task.draw(rng_of(task.slug, name), shape, next(settings(task)))
    for parameters in settings(task):
        name = " ".join(f"{key}={value}" for key, value in parameters.items()) or "usual shape"
        yield name, task.draw(rng_of(task.slug, name), task.shapes[0], parameters)


def special(task):
    """Yield (name, case) at every extreme, every edge that has a value, and the coarse point."""
    edges = [edge for edge in task.edges if edge.expect is Expect.VALUE]
    defaults = next(settings(task))
    for point in [*task.extremes, *edges]:
        case = point.case(rng_of(task.slug, point.name))
        yield point.name, Case(case.arguments, {**defaults, **case.parameters})
    if task.coarse is not None:
        case = task.coarse(rng_of(task.slug, "coarse"))
        yield "coarse", Case(case.arguments, {**defaults, **case.parameters})


def points(task):
    return [*ordinary(task), *special(task)]
