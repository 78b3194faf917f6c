"""Pictures of a loss to be moved: value and slope on a grid, from the row's own reference.

The grid is computed here, so that no formula is written a second time in the browser, where it
could drift from the row.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise, product
from typing import Any

import numpy as np

from grader.catalogue.task import Array, Case, Curve, Parameter, Task
from questions.study.knobs import DIFFERENCES, MOVING, SETTINGS, TRUTHS, Input, Setting

# At least so many points along the axis, and the steps that people count in.
POINTS = 40
STEPS = (5.0, 2.5, 2.0, 1.0)
# So many values of a parameter, by the number of parameters that can be turned.
VALUES = {1: 9, 2: 5}
DIGITS = 5
# Half of the way over which the direction of a line is measured, as a share of its range.
NEAR = 2.0**-20
# A slope that changes this much more than around, and by this share of its range, jumps.
JUMP, SHARE = 6.0, 0.15
# Parameters without a visible effect: a clip of tiny probabilities, the index of padding.
UNSEEN = {"eps", "ignore_index"}

Numbers = list[float | None]
Place = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Knob:
    """Something that can be turned, with its values in words and the one it starts with."""

    name: str
    label: str
    words: tuple[str, ...]
    values: tuple[Any, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Scene:
    """A line through the inputs: `at(x, values of the knobs)` are the inputs there."""

    title: str
    axis: str
    xs: tuple[float, ...]
    start: float
    knobs: tuple[Knob, ...]
    at: Callable[[float, Place], Case]


@lru_cache(maxsize=256)
def pictures(task: Task) -> tuple[dict[str, Any], ...]:
    """Return the pictures of a row as plain data for JSON.

        {"title", "axis", "x": [...], "start": index into x,
         "knobs": [{"name", "label", "values": [words], "start": index}],
         "loss": [[...]], "slope": [[...]] or null, "jumps": [[...]]}

    "loss" and "slope" have a list for each combination of the knobs, the last knob turning
    fastest, with a number for each x: null where there is none, as the slope at a kink.
    "jumps" are the places after which the slope's line is broken.
    """
    with np.errstate(all="ignore"):
        return tuple(_drawn(task, scene) for scene in scenes(task))


def scenes(task: Task) -> list[Scene]:
    """Return what is drawn of a row: its curves, or else its first example with a number moved."""
    setting = SETTINGS.get(task.slug, Setting())
    if not task.curves:
        return [_example_scene(task)]
    found: list[Scene] = []
    for curve in task.curves:
        scene = _curve_scene(task, curve, setting)
        if setting.every or (scene.title, scene.axis) not in {(s.title, s.axis) for s in found}:
            found.append(scene)
    return found


def _curve_scene(task: Task, curve: Curve, setting: Setting) -> Scene:
    fixed = curve.at((curve.low + curve.high) / 2)
    knobs = [*_inputs(task, fixed, setting.inputs, curve), *_parameters(task, fixed)]
    xs = grid(curve.low, curve.high)
    scene = Scene(
        setting.title or _title(curve.title, knobs),
        setting.axis or curve.axis,
        xs,
        xs[round(0.7 * (len(xs) - 1))],
        tuple(knobs),
        lambda x, values: _set(task, curve.at(x), knobs, values),
    )
    return _with_truth(task, scene) if curve.axis in DIFFERENCES else scene


def _with_truth(task: Task, scene: Scene) -> Scene:
    """The same line by the prediction, for a truth that can be moved as well."""
    axis, at = scene.axis, scene.at
    true, predicted = DIFFERENCES[axis]
    values = TRUTHS if len(scene.knobs) < 2 else TRUTHS[1:-1]
    words = tuple(f"{value:g}" for value in values)
    truth = Knob(true, f"{true} (target)", words, values, values.index(0.0))
    moved = [i for i, each in enumerate(task.arguments) if each.name in (true, predicted)]

    def shifted(x: float, values: Place) -> Case:
        case = at(x - values[0], values[1:])
        arguments = [a + values[0] if i in moved else a for i, a in enumerate(case.arguments)]
        return replace(case, arguments=tuple(arguments))

    return replace(scene, axis=predicted, knobs=(truth, *scene.knobs), at=shifted)


def _example_scene(task: Task) -> Scene:
    case, moving = task.examples[0].case, MOVING[task.slug]
    place = [argument.name for argument in task.arguments].index(moving.argument)
    knobs = tuple(_parameters(task, case))

    def at(x: float, values: Place) -> Case:
        entry = np.array(case.arguments[place], dtype=float)
        entry[moving.index] = x
        arguments = (*case.arguments[:place], entry, *case.arguments[place + 1 :])
        return _set(task, replace(case, arguments=arguments), knobs, values)

    xs = grid(moving.low, moving.high)
    start = xs[round(0.7 * (len(xs) - 1))]
    return Scene("The example below, one number moved", moving.axis, xs, start, knobs, at)


def grid(low: float, high: float) -> tuple[float, ...]:
    """Return the ends and every round number between them, in steps as large as can be."""
    span = high - low
    power = 10.0 ** math.ceil(math.log10(span / POINTS))
    sizes = (step * power / ten for ten in (1, 10, 100) for step in STEPS)
    step = next(size for size in sizes if span / size >= POINTS - 1e-9)
    between = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return tuple(sorted({low, high, *(float(f"{i * step:.6g}") for i in between)}))


def _inputs(task: Task, case: Case, inputs: Sequence[Input], curve: Curve) -> Iterator[Knob]:
    names = [argument.name for argument in task.arguments]
    low, high = curve.at(curve.low).arguments, curve.at(curve.high).arguments
    for each in inputs:
        place = names.index(each.argument)
        if not np.array_equal(low[place], high[place]):
            continue  # this is the one that moves
        now = case.arguments[place]
        given = (np.broadcast_to(value, now.shape) for _, value in each.values)
        values = tuple(value.astype(now.dtype) for value in given)
        start = next((i for i, value in enumerate(values) if np.allclose(value, now)), 0)
        words = tuple(word for word, _ in each.values)
        yield Knob(each.argument, each.label, words, values, start)


def _parameters(task: Task, case: Case) -> Iterator[Knob]:
    turned = [p for p in task.parameters if p.name not in UNSEEN]
    for parameter in turned:
        now = case.parameters.get(parameter.name, parameter.default)
        values = tuple(_values(parameter, now, VALUES.get(len(turned), 0)))
        words = tuple(v if isinstance(v, str) else f"{v:.4g}" for v in values)
        yield Knob(parameter.name, parameter.name, words, values, values.index(now))


def _values(parameter: Parameter, now: float | str, count: int) -> list[Any]:
    """Return the values that the row names, and some between them."""
    named = {parameter.default, *parameter.others, now}
    if any(isinstance(value, str) for value in named):
        return sorted(named, key=str)
    finite = sorted(float(value) for value in named if math.isfinite(float(value)))
    while len(finite) < count:
        finite = sorted({*finite, _between(finite)})
    return sorted([value for value in named if not math.isfinite(float(value))]) + finite


def _between(values: Sequence[float]) -> float:
    """Return a number in the widest gap; by ratio where numbers span a magnitude."""
    wide = values[0] > 0 and values[-1] / values[0] > 8
    gaps = [(math.log(b / a) if wide else b - a, a, b) for a, b in pairwise(values)]
    _, a, b = max(gaps)
    middle = math.sqrt(a * b) if wide else (a + b) / 2
    return next(found for n in range(2, 17) if a < (found := float(f"{middle:.{n}g}")) < b)


def _title(title: str, knobs: Sequence[Knob]) -> str:
    """The title without what can be turned: "One error, delta = 1" is "One error"."""
    for name in ("target", "label", "truth", "y", *(knob.name for knob in knobs)):
        title = re.sub(rf"(,| for a| for a count of)? \b{name}\b( of| =)? [-+]?[\d./]+", "", title)
    return re.sub(r" for a count of \d", "", title)


def _set(task: Task, case: Case, knobs: Sequence[Knob], values: Place) -> Case:
    names = [argument.name for argument in task.arguments]
    chosen = {knob.name: value for knob, value in zip(knobs, values, strict=True)}
    arguments = [chosen.pop(name, array) for name, array in zip(names, case.arguments, strict=True)]
    return Case(tuple(arguments), {**case.parameters, **chosen})


def _drawn(task: Task, scene: Scene) -> dict[str, Any]:
    lines = [
        _line(task, scene, values) for values in product(*(knob.values for knob in scene.knobs))
    ]
    slopes = [slope for _, slope in lines]
    return {
        "title": scene.title,
        "axis": scene.axis,
        "x": list(scene.xs),
        "start": scene.xs.index(scene.start),
        "knobs": [
            {"name": k.name, "label": k.label, "values": list(k.words), "start": k.start}
            for k in scene.knobs
        ],
        "loss": [loss for loss, _ in lines],
        "slope": slopes if task.gradient is not None else None,
        "jumps": [list(_jumps(slope)) for slope in slopes],
    }


def _line(task: Task, scene: Scene, values: Place) -> tuple[Numbers, Numbers]:
    cases = [scene.at(x, values) for x in scene.xs]
    losses = [_number(task, case) for case in cases]
    if task.gradient is None:
        return losses, []
    step = NEAR * (scene.xs[-1] - scene.xs[0])
    ways = [(scene.at(x + step, values), scene.at(x - step, values)) for x in scene.xs]
    slopes = [_slope(task, case, *way, step) for case, way in zip(cases, ways, strict=True)]
    return losses, slopes


def _number(task: Task, case: Case) -> float | None:
    try:
        value = np.asarray(task.reference(*case.arguments, **case.parameters))
    except (ValueError, ArithmeticError):
        return None
    return _rounded(float(value.reshape(-1)[0]))


def _slope(task: Task, case: Case, ahead: Case, behind: Case, step: float) -> float | None:
    """The derivative along the axis; None at a kink, where every slope between two is right."""
    ways = [
        (np.asarray(ahead.arguments[i], dtype=float) - behind.arguments[i]) / (2 * step)
        for i in task.differentiated
    ]
    assert task.gradient is not None
    try:
        parts = task.gradient(*case.arguments, **case.parameters)
        if _is_kink(task, case, ways):
            return None
    except (ValueError, ArithmeticError):
        return None
    return _rounded(sum(_along(part, way) for part, way in zip(parts, ways, strict=True)))


def _along(part: Array, way: Array) -> float:
    # Where nothing moves, an infinite slope is of no matter.
    moves = way != 0
    return float(np.sum(np.asarray(part, dtype=float)[moves] * way[moves]))


def _is_kink(task: Task, case: Case, ways: Sequence[Array]) -> bool:
    if task.subdifferential is None:
        return False
    both = task.subdifferential(*case.arguments, **case.parameters)
    return any(
        not np.allclose(np.where(way != 0, low, 0.0), np.where(way != 0, high, 0.0))
        for (low, high), way in zip(both, ways, strict=True)
    )


def _jumps(slopes: Numbers) -> Iterator[int]:
    """Yield the places after which the slope jumps, as it does where a kink lies between points."""
    steps = [abs(b - a) if a is not None and b is not None else 0.0 for a, b in pairwise(slopes)]
    known = [slope for slope in slopes if slope is not None]
    span = max(known) - min(known) if known else 0.0
    for i, size in enumerate(steps):
        around = max([*steps[max(0, i - 2) : i], *steps[i + 1 : i + 3]], default=0.0)
        if size > SHARE * span and size > JUMP * around:
            yield i


def _rounded(value: float) -> float | None:
    return float(f"{value:.{DIGITS}g}") + 0.0 if math.isfinite(value) else None
