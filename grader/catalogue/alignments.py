"""Alignments of labels with frames: their probabilities, draws of both, and what is hard."""

import itertools
from collections.abc import Callable

import numpy as np

from grader.catalogue.inputs import require
from grader.catalogue.task import Array, Case, Edge, Expect, Extreme, Shape

Pair = tuple[Array, Array]
Draw = Callable[[np.random.Generator], Case]
BLANK = 0


def checked(labels: Array, log_probs: Array) -> Pair:
    """Return labels (l,) and float64 log_probs (t, v); raise ValueError for what does not fit."""
    require(np.ndim(labels) == 1 and np.size(labels) > 0, "labels must be (l,) and not empty")
    require(np.ndim(log_probs) == 2 and np.size(log_probs) > 0, "log_probs must be (t, v)")
    require(bool(np.all((labels >= 0) & (labels < log_probs.shape[1]))), "a label is not in 0..v-1")
    return labels, np.asarray(log_probs, dtype=np.float64)


def states_of(labels: Array) -> Pair:
    """Return the labels with blanks around and between, (s,), and where one may be jumped over.

    A state is reached from itself, from the one before, and from the label before a blank where
    the two labels differ.
    """
    states = np.full(2 * len(labels) + 1, BLANK)
    states[1::2] = labels
    jumps = np.zeros(len(states), dtype=bool)
    jumps[3::2] = labels[1:] != labels[:-1]
    return states, jumps


def scores_of(labels: Array, log_probs: Array) -> tuple[Array, float]:
    """Return the states' log-probabilities (t, s) less each frame's largest, and the sum of those.

    The posteriors do not change, and small numbers keep the digits that large ones lose.
    """
    scores = log_probs[:, states_of(labels)[0]]
    peaks = scores.max(axis=1, keepdims=True)
    return scores - np.where(np.isneginf(peaks), 0.0, peaks), float(peaks.sum())


def forward(scores: Array, jumps: Array) -> Array:
    """Return the log-probability (t, s) of being in each state after each frame.

    Source: Graves and others (2006), equations 6 and 7.
    """
    alpha = np.full(scores.shape, -np.inf)
    alpha[0, :2] = scores[0, :2]
    for t in range(1, len(scores)):
        before = alpha[t - 1]
        after = before.copy()
        after[1:] = np.logaddexp(after[1:], before[:-1])
        after[2:] = np.logaddexp(after[2:], np.where(jumps[2:], before[:-2], -np.inf))
        alpha[t] = after + scores[t]
    return alpha


def posteriors(labels: Array, scores: Array) -> Array:
    """Return each state's share of all alignments, (t, s); 0 where none is possible.

    Source: Graves and others (2006), equations 9, 10 and 14.
    """
    alpha = forward(scores, states_of(labels)[1])
    beta = forward(scores[::-1, ::-1], states_of(labels[::-1])[1])[::-1, ::-1]
    total = np.logaddexp(alpha[-1, -1], alpha[-1, -2])
    with np.errstate(invalid="ignore"):
        shares = np.exp(alpha + beta - scores - total)
    # Nothing passes through a state of probability 0: there -inf is taken from -inf.
    return np.where(np.isneginf(alpha) | np.isneginf(beta), 0.0, shares)


def normalised(logits: Array) -> Array:
    peak = logits.max(axis=1, keepdims=True)
    return np.asarray(logits - peak - np.log(np.exp(logits - peak).sum(axis=1, keepdims=True)))


def sample(rng: np.random.Generator, shape: Shape) -> Pair:
    """Draw labels, every other time with a repeat, and log-probabilities; shape is (l, t, v)."""
    length, frames, classes = shape
    labels = rng.integers(1, classes, size=length)
    if length > 1 and rng.random() < 0.5:
        labels[1] = labels[0]
    return labels, normalised(rng.uniform(-2.0, 2.0, size=(frames, classes)))


def elsewhere(scale: float) -> Draw:
    """Return a draw of frames that are sure of a class that is not among the labels."""

    def case(rng: np.random.Generator) -> Case:
        labels, log_probs = sample(rng, (3, 6, 4))
        return Case((labels, np.append(log_probs - scale, np.zeros((6, 1)), axis=1)))

    return case


def forced(rng: np.random.Generator) -> Case:
    """Whole numbers down to -1e4, by which one alignment is far ahead of all others."""
    log_probs = rng.integers(-10_000, 1, size=(6, 5)).astype(np.float64)
    log_probs[:, 4] = 0.0
    return Case((rng.integers(1, 4, size=3), log_probs))


def with_labels(labels: tuple[int, ...], frames: int) -> Draw:
    """Return a draw of these labels in so many frames of four classes."""
    return lambda rng: Case((np.array(labels), sample(rng, (1, frames, 4))[1]))


def ruled_out(rng: np.random.Generator, *, everywhere: bool) -> Case:
    """A class that is needed has no probability, in one frame or in all."""
    log_probs = sample(rng, (1, 5, 4))[1]
    log_probs[slice(None) if everywhere else 1, 2] = -np.inf
    return Case((np.array([1, 2]), log_probs))


def nan_on_a_path(rng: np.random.Generator) -> Case:
    labels, log_probs = sample(rng, (2, 6, 4))
    log_probs[2, labels[0]] = np.nan
    return Case((labels, log_probs))


def no_distribution(rng: np.random.Generator) -> Case:
    """Frames that add up to far more than 1, so that the loss is below 0."""
    labels, log_probs = sample(rng, (2, 5, 4))
    return Case((labels, 0.1 * log_probs))


def collapsed(path: tuple[int, ...]) -> list[int]:
    return [c for c, _ in itertools.groupby(path) if c != BLANK]


def enumerated(labels: Array, log_probs: Array) -> float:
    """Return minus the log of the summed probabilities of all sequences that read as labels."""
    frames, classes = log_probs.shape
    paths = itertools.product(range(classes), repeat=frames)
    logs = [log_probs[range(frames), path].sum() for path in paths if collapsed(path) == [*labels]]
    return float(-np.logaddexp.reduce(logs))


LOGARITHMS = (
    "Stay with logarithms and add by logaddexp: products of small probabilities are 0 in floating "
    "point."
)

EXTREMES = (
    Extreme("log-probabilities near -800", elsewhere(800.0), LOGARITHMS),
    Extreme("log-probabilities near -1e4", elsewhere(1e4), LOGARITHMS),
    Extreme(
        "one alignment far ahead",
        forced,
        "Subtract no more than each frame's own largest, and cut nothing off: an alignment may "
        "have to pass through an unlikely class.",
    ),
)

EDGES = (
    Edge(
        "fewer frames than labels",
        with_labels((1, 2, 3), 2),
        "Where no alignment is possible the loss is infinite.",
        gradient=False,
    ),
    Edge(
        "no frame for the blank between repeats",
        with_labels((1, 1, 2), 3),
        "Equal neighbours need a blank between them: without a frame for it the loss is infinite.",
        gradient=False,
    ),
    Edge(
        "a needed class ruled out",
        lambda rng: ruled_out(rng, everywhere=True),
        "Where a label has probability 0 in every frame the loss is infinite.",
        gradient=False,
    ),
    Edge(
        "a class ruled out in one frame",
        lambda rng: ruled_out(rng, everywhere=False),
        "A log-probability of minus infinity only rules out the alignments through it.",
        gradient=False,
    ),
    Edge("just enough frames", with_labels((3, 1, 2), 3), "With l frames there is one alignment."),
    Edge(
        "just enough frames for repeats",
        with_labels((2, 2, 2), 5),
        "Three equal labels in five frames have one alignment, with blanks between.",
    ),
    Edge("one label, one frame", with_labels((2,), 1), "One frame must show the one label."),
    Edge(
        "a NaN on an alignment",
        nan_on_a_path,
        "A NaN that some alignment passes through makes the loss NaN.",
        Expect.NAN,
    ),
    Edge(
        "frames not normalised",
        no_distribution,
        "log_probs is taken as it is, also where the loss is below 0.",
    ),
    Edge(
        "label equal to v",
        with_labels((1, 4), 5),
        "Classes run from 0 to v - 1: a label of v raises ValueError.",
        Expect.VALUE_ERROR,
    ),
    Edge(
        "negative label",
        with_labels((-1, 2), 5),
        "A negative label raises ValueError: it must not count from the end of the frame.",
        Expect.VALUE_ERROR,
    ),
)
