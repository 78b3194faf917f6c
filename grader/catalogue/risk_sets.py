"""Risk sets of subjects whose times are partly censored: who is at risk, and draws of subjects."""

from collections.abc import Callable

import numpy as np

from grader.catalogue.inputs import paired, require
from grader.catalogue.task import Array, Case, Curve, Shape

Draw = Callable[[np.random.Generator], Case]
Subjects = tuple[Array, Array, Array]


def checked(time: Array, event: Array, risk: Array) -> Subjects:
    """Return time, whether there was an event, and risk; raise ValueError for what does not fit."""
    time, risk, happened = paired(time, risk, event)
    require(risk.ndim == 1, "the arrays must be (n,)")
    mask = happened != 0.0
    require(bool(mask.any()), "there is no event")
    # Comparisons would hide a NaN time: nobody knows who was at risk then.
    return time, mask, risk + np.where(np.isnan(time), np.nan, 0.0).sum()


def at_risk(time: Array, event: Array, risk: Array) -> tuple[Array, Array]:
    """Return exp(risk - peak) of those at risk at each event, 0 elsewhere, (d, n); and peaks (d,).

    Each event has a peak of its own: one for all makes those of late events 0.
    """
    left_before = time < time[event][:, None]
    masked = np.where(left_before, -np.inf, risk)
    peaks = masked.max(axis=1)
    return np.exp(masked - peaks[:, None]), peaks


def sample(rng: np.random.Generator, shape: Shape) -> Subjects:
    """Draw times with ties, events and censored subjects, and risks within 2 of 0.

    The first to leave has an event, so that everybody is at risk once.
    """
    (n,) = shape
    time = rng.integers(1, n + 1, size=n) / 2.0
    event = rng.permutation(np.resize([1, 1, 0], n))
    time[int(np.argmax(event))] = 0.25
    return time, event, rng.uniform(-2.0, 2.0, size=n)


def scaled(scale: float) -> Draw:
    """Return a draw of risks in even steps up to `scale`: of those at risk only one counts."""

    def case(rng: np.random.Generator) -> Case:
        time, event, _ = sample(rng, (9,))
        return Case((time, event, rng.permutation(np.linspace(-scale, scale, 9))))

    return case


def around(centre: float) -> Draw:
    def case(rng: np.random.Generator) -> Case:
        time, event, risk = sample(rng, (9,))
        return Case((time, event, risk + centre))

    return case


def falling(rng: np.random.Generator) -> Case:
    """Subjects at 2000 leave before subjects at -2000, of whom several are compared."""
    time, event, risk = sample(rng, (6,))
    late = time + 10.0
    order = rng.permutation(12)
    rows = ([time, late], [event, event], [risk + 2000.0, risk - 2000.0])
    return Case(tuple(np.concatenate(parts)[order] for parts in rows))


def listed(time: tuple[float, ...], event: tuple[int, ...]) -> Draw:
    """Return a draw of risks for these times and events, in any order."""

    def case(rng: np.random.Generator) -> Case:
        order = rng.permutation(len(time))
        risk = rng.uniform(-2.0, 2.0, size=len(time))
        return Case((np.array(time)[order], np.array(event)[order], risk))

    return case


def beside_a_distant_subject(rng: np.random.Generator) -> Case:
    """One of ten, whose event nobody expected: the loss is about 1e6, and most slopes are small."""
    time, event, risk = sample(rng, (10,))
    risk[np.argmin(time)] = -1e7
    return Case((time, event, risk))


def in_a_column(rng: np.random.Generator) -> Case:
    time, event, risk = sample(rng, (4,))
    return Case((time, event, risk[:, None]))


FIRST_OF_THREE = Curve(
    "The risk of the first of three to have the event, the others' at 0",
    "log-hazard",
    -6.0,
    6.0,
    lambda r: Case((np.arange(3.0), np.array([1, 1, 0]), np.array([r, 0.0, 0.0]))),
)
