"""Connectionist temporal classification: the log-probability of labels over all alignments."""

import itertools
import math
from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.alignments import (
    BLANK,
    EDGES,
    EXTREMES,
    checked,
    enumerated,
    forward,
    posteriors,
    sample,
    scores_of,
    states_of,
)
from grader.catalogue.task import (
    Argument,
    Array,
    Brief,
    Case,
    Curve,
    Example,
    Law,
    Misconception,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def reference(labels: Array, log_probs: Array) -> float:
    """Return -log of the sum over all alignments of labels of the product of their probabilities.

    Args:
        labels: shape (l,), classes without the blank, which is class 0.
        log_probs: shape (t, v), natural logarithms of each frame's probabilities; -inf is 0.

    Returns:
        The loss in nats, >= 0 for probabilities; inf where no alignment is possible; NaN where one
        that matters is NaN.

    Raises:
        ValueError: for other shapes, empty input, or a label outside 0..v-1.

    Source: Graves, Fernandez, Gomez, Schmidhuber, Connectionist Temporal Classification (2006),
        equations 3 and 8.
    """
    labels, log_probs = checked(labels, log_probs)
    scores, peaks = scores_of(labels, log_probs)
    alpha = forward(scores, states_of(labels)[1])
    return float(-(np.logaddexp(alpha[-1, -1], alpha[-1, -2]) + peaks))


def gradient(labels: Array, log_probs: Array) -> tuple[Array]:
    """Return d loss / d log_probs, shape (t, v): minus each class's share of all alignments.

    log_probs is free here, no softmax precedes it. 0 where no alignment is possible.

    Raises:
        ValueError: as `reference`.

    Source: Graves and others (2006), equations 14 and 15.
    """
    labels, log_probs = checked(labels, log_probs)
    states, _ = states_of(labels)
    shares = posteriors(labels, scores_of(labels, log_probs)[0])
    result = np.zeros(log_probs.shape)
    for state, share in zip(states, shares.T, strict=True):
        result[:, state] -= share
    return (result,)


def terms(labels: Array, log_probs: Array) -> float:
    """Return the size of an alignment's log-probability, and of the log of their number."""
    sizes = np.abs(log_probs[:, states_of(labels)[0]])
    return float(np.where(np.isinf(sizes), 0.0, sizes).max(axis=1).sum() + len(log_probs))


def definition(mp: Any, labels: Any, log_probs: Any) -> Any:
    """Feed frames to the machine that reads labels: how many are read, and is the last one held?"""
    states: dict[tuple[int, bool], Any] = {(0, False): 1}
    for frame in log_probs:
        p = [mp.exp(x) for x in frame]
        following: dict[tuple[int, bool], Any] = {}
        for (read, held), weight in states.items():
            moves = [((read, False), p[BLANK])]
            if held:
                moves.append(((read, True), p[labels[read - 1]]))
            if read < len(labels) and not (held and labels[read] == labels[read - 1]):
                moves.append(((read + 1, True), p[labels[read]]))
            for state, probability in moves:
                following[state] = following.get(state, 0) + weight * probability
        states = following
    return -mp.log(sum(states.get((len(labels), held), 0) for held in (False, True)))


PLAIN = """\
import numpy as np

BLANK = 0


def _check(labels, log_probs):
    if labels.ndim != 1 or log_probs.ndim != 2:
        raise ValueError("labels must be (l,) and log_probs (t, v)")
    if labels.size == 0 or log_probs.size == 0:
        raise ValueError("empty input")
    if labels.min() < 0 or labels.max() >= log_probs.shape[1]:
        raise ValueError("labels must be in 0..v-1")


def _states(labels):
    states = np.full(2 * len(labels) + 1, BLANK)
    states[1::2] = labels
    skip = np.zeros(len(states), dtype=bool)
    skip[2:] = (states[2:] != BLANK) & (states[2:] != states[:-2])
    return states, skip


def _forward(emitted, skip):
    alpha = np.full(emitted.shape, -np.inf)
    alpha[0, :2] = emitted[0, :2]
    for t in range(1, len(emitted)):
        last, reach = alpha[t - 1], alpha[t - 1].copy()
        reach[1:] = np.logaddexp(reach[1:], last[:-1])
        reach[2:] = np.where(skip[2:], np.logaddexp(reach[2:], last[:-2]), reach[2:])
        alpha[t] = reach + emitted[t]
    return alpha


def _total(alpha):
    return np.logaddexp(alpha[-1, -1], alpha[-1, -2])


def loss(labels, log_probs):
    _check(labels, log_probs)
    states, skip = _states(labels)
    alpha = _forward(log_probs[:, states], skip)
    return -_total(alpha)


def grad(labels, log_probs):
    _check(labels, log_probs)
    states, skip = _states(labels)
    emitted = log_probs[:, states]
    alpha = _forward(emitted, skip)
    beta = _forward(emitted[::-1, ::-1], _states(labels[::-1])[1])[::-1, ::-1]
    share = np.exp(alpha + beta - emitted - _total(alpha))
    result = np.zeros(log_probs.shape)
    for s, label in enumerate(states):
        result[:, label] -= share[:, s]
    return result
"""

BACKPROPAGATED = '''\
import numpy as np

NOTHING = -np.inf


def share(part, whole):
    return np.where(whole == NOTHING, 0.0, np.exp(part - np.where(whole == NOTHING, 0.0, whole)))


class Lattice:
    """Alignments that end in a blank after j labels, and those that end in label j."""

    def __init__(self, labels, log_probs):
        if labels.ndim != 1 or log_probs.ndim != 2 or 0 in labels.shape + log_probs.shape:
            raise ValueError("bad shapes")
        if np.any(labels < 0) or np.any(labels >= log_probs.shape[1]):
            raise ValueError("bad labels")
        self.labels = labels.astype(int)
        self.log_probs = log_probs.astype(float)
        self.fresh = np.append(False, labels[1:] != labels[:-1])
        blank = np.full(len(labels) + 1, NOTHING)
        label = np.full(len(labels), NOTHING)
        blank[0], label[0] = self.log_probs[0, 0], self.log_probs[0, self.labels[0]]
        self.steps = [(blank, label)]
        for frame in self.log_probs[1:]:
            to_blank, to_label = self.arrivals(blank, label)
            blank = to_blank + frame[0]
            label = to_label + frame[self.labels]
            self.steps.append((blank, label))
        self.total = np.logaddexp(blank[-1], label[-1])

    def arrivals(self, blank, label):
        previous = np.where(self.fresh, np.append(NOTHING, label[:-1]), NOTHING)
        entering = np.logaddexp(blank[:-1], previous)
        return np.logaddexp(blank, np.append(NOTHING, label)), np.logaddexp(label, entering)

    def backward(self):
        slopes = np.zeros(self.log_probs.shape)
        blank, label = self.steps[-1]
        at_blank, at_label = np.zeros(len(blank)), np.zeros(len(label))
        at_blank[-1] = share(blank[-1], self.total)
        at_label[-1] = share(label[-1], self.total)
        for t in range(len(slopes) - 1, -1, -1):
            slopes[t, 0] -= at_blank.sum()
            np.add.at(slopes[t], self.labels, -at_label)
            if t:
                at_blank, at_label = self.step_back(*self.steps[t - 1], at_blank, at_label)
        return slopes

    def step_back(self, blank, label, at_blank, at_label):
        to_blank, to_label = self.arrivals(blank, label)
        before_blank = at_blank * share(blank, to_blank)
        before_blank[:-1] += at_label * share(blank[:-1], to_label)
        before_label = at_label * share(label, to_label)
        before_label += at_blank[1:] * share(label, to_blank[1:])
        jumping = np.where(self.fresh[1:], label[:-1], NOTHING)
        before_label[:-1] += at_label[1:] * share(jumping, to_label[1:])
        return before_blank, before_label


def loss(labels, log_probs):
    return float(-Lattice(labels, log_probs).total)


def grad(labels, log_probs):
    return Lattice(labels, log_probs).backward()
'''

MATRIX = '''\
import numpy as np


def log_sum(x, axis):
    top = np.max(x, axis=axis, keepdims=True)
    top = np.where(np.isneginf(top), 0.0, top)
    return np.log(np.sum(np.exp(x - top), axis=axis)) + np.squeeze(top, axis)


def prepare(labels, log_probs):
    """One-hot states (s, v), the logs of which state may follow which, and of emissions."""
    if labels.ndim != 1 or log_probs.ndim != 2 or not labels.size or not log_probs.size:
        raise ValueError("labels (l,) and log_probs (t, v) are needed")
    classes = log_probs.shape[1]
    if not set(labels.tolist()) <= set(range(classes)):
        raise ValueError("unknown class among the labels")
    padded = [0]
    for label in labels.tolist():
        padded += [label, 0]
    near = np.eye(len(padded)) + np.eye(len(padded), k=1)
    for s in range(3, len(padded), 2):
        near[s - 2, s] = padded[s] != padded[s - 2]
    return np.eye(classes)[padded], np.log(near), log_probs.astype(np.float64)[:, padded]


def walk(moves, emitted, start):
    rows = [start + emitted[0]]
    for frame in emitted[1:]:
        rows.append(log_sum(rows[-1][:, None] + moves, axis=0) + frame)
    return np.array(rows)


def both_ways(labels, log_probs):
    hot, moves, emitted = prepare(labels, log_probs)
    edge = np.full(len(moves), -np.inf)
    edge[:2] = 0.0
    ahead = walk(moves, emitted, edge)
    return hot, emitted, ahead, lambda: walk(moves.T, emitted[::-1], edge[::-1])[::-1]


def loss(labels, log_probs):
    _, _, ahead, _ = both_ways(labels, log_probs)
    return -log_sum(ahead[-1, -2:], axis=0)


def grad(labels, log_probs):
    hot, emitted, ahead, behind = both_ways(labels, log_probs)
    joint = ahead + behind() - emitted
    occupied = np.exp(joint - log_sum(joint, axis=1)[:, None])
    return -np.einsum("ts,sv->tv", occupied, hot)
'''

RECURSION = """\
import math
from functools import cache

import numpy as np


def plus(*logs):
    top = max(logs)
    if top == -math.inf:
        return sum(logs)
    return top + math.log(sum(math.exp(x - top) for x in logs))


def lattice(labels, log_probs):
    if labels.ndim != 1 or log_probs.ndim != 2 or min(labels.size, log_probs.size) == 0:
        raise ValueError("labels and frames are needed")
    if min(labels) < 0 or max(labels) >= log_probs.shape[1]:
        raise ValueError("label out of range")
    frames, padded = log_probs.tolist(), [0]
    for label in labels.tolist():
        padded += [label, 0]

    def steps(s):
        return (0, 1, 2) if s > 1 and padded[s] not in (0, padded[s - 2]) else (0, 1)

    @cache
    def before(t, s):
        if t == 0:
            return frames[0][padded[s]] if s < 2 else -math.inf
        ways = (before(t - 1, s - step) for step in steps(s) if s >= step)
        return plus(*ways) + frames[t][padded[s]]

    @cache
    def after(t, s):
        if t == len(frames) - 1:
            return 0.0 if s >= len(padded) - 2 else -math.inf
        onward = [r for r in range(s, min(s + 3, len(padded))) if r - s in steps(r)]
        return plus(*(after(t + 1, r) + frames[t + 1][padded[r]] for r in onward))

    return padded, before, after


def loss(labels, log_probs):
    padded, before, _ = lattice(labels, log_probs)
    return -plus(*(before(len(log_probs) - 1, len(padded) - i) for i in (1, 2)))


def grad(labels, log_probs):
    cost, result = loss(labels, log_probs), np.zeros(log_probs.shape)
    padded, before, after = lattice(labels, log_probs)
    for t in range(len(log_probs)):
        for s, label in enumerate(padded):
            result[t, label] -= math.exp(before(t, s) + after(t, s) + cost)
    return result
"""

TOTAL = "np.logaddexp(alpha[-1, -1], alpha[-1, -2])"
SHARE = "np.exp(alpha + beta - emitted - _total(alpha))"

MISCONCEPTIONS = (
    Misconception(
        "blank taken for the last class",
        Family.VALUES,
        "It takes the last class for the blank, as some frameworks do; here it is class 0.",
        patched(PLAIN, ("BLANK = 0", "BLANK = -1")),
    ),
    Misconception(
        "repeats without a blank",
        Family.VALUES,
        "It lets two equal labels follow each other without a blank, which would read as one.",
        patched(PLAIN, (" & (states[2:] != states[:-2])", "")),
    ),
    Misconception(
        "a blank after every label",
        Family.VALUES,
        "It never jumps over a blank, though labels that differ may follow each other at once.",
        patched(PLAIN, ("skip[2:] = (", "skip[2:] = False & (")),
    ),
    Misconception(
        "best alignment alone",
        Family.VALUES,
        "It takes the most probable alignment, where the probabilities of all are added up.",
        patched(PLAIN, ("np.logaddexp", "np.maximum")),
    ),
    Misconception(
        "no alignment ends in a blank",
        Family.VALUES,
        "It counts only alignments that end in the last label; they may end in a blank as well.",
        patched(PLAIN, (TOTAL, "alpha[-1, -2]")),
    ),
    Misconception(
        "divided by the labels",
        Family.VALUES,
        "It divides by the number of labels, as PyTorch's reduction 'mean' does; the loss of the "
        "whole sequence is asked.",
        patched(
            PLAIN,
            ("return -_total(alpha)", "return -_total(alpha) / len(labels)"),
            ("-= share[:, s]", "-= share[:, s] / len(labels)"),
        ),
    ),
    Misconception(
        "gradient with respect to logits",
        Family.GRADIENTS,
        "Its gradient is that of logits before a softmax, as PyTorch's is; log_probs itself is "
        "what is varied here.",
        patched(PLAIN, ("return result", "return result + np.exp(log_probs)")),
    ),
    Misconception(
        "repeated classes overwritten",
        Family.GRADIENTS,
        "Its gradient keeps one state for each class: those of a repeated class, and of all "
        "blanks, must be added up.",
        patched(PLAIN, ("-= share[:, s]", "= -share[:, s]")),
    ),
    Misconception(
        "own frame counted twice",
        Family.GRADIENTS,
        "It multiplies forward and backward probabilities, which both hold the frame's own, "
        "without dividing by it once.",
        patched(PLAIN, (SHARE, "np.exp(alpha + beta - _total(alpha))")),
    ),
    Misconception(
        "sums of probabilities",
        Family.STABILITY,
        "It leaves the logarithms to add: exp of a very negative number is 0, and its log is lost.",
        patched(
            PLAIN,
            (
                "BLANK = 0\n",
                "BLANK = 0\n\n\ndef _add(a, b):\n    return np.log(np.exp(a) + np.exp(b))\n",
            ),
            ("np.logaddexp(", "_add("),
        ),
    ),
    Misconception(
        "log_probs cut off",
        Family.STABILITY,
        "It cuts log-probabilities off at -100, so that unlikely alignments cost too little.",
        patched(
            PLAIN,
            ("log_probs[:, states], skip", "np.maximum(log_probs, -100)[:, states], skip"),
            ("emitted = log_probs[", "emitted = np.maximum(log_probs, -100)["),
        ),
    ),
    Misconception(
        "-1000 for the log of 0",
        Family.STABILITY,
        "It starts states that can't be reached at -1000, which real alignments fall below.",
        patched(PLAIN, ("np.full(emitted.shape, -np.inf)", "np.full(emitted.shape, -1e3)")),
    ),
    Misconception(
        "impossible for free",
        Family.EDGE_CASES,
        "It returns 0 where no alignment is possible, as PyTorch's zero_infinity does; infinity is "
        "right.",
        patched(
            PLAIN,
            (
                "return -_total(alpha)",
                "return -_total(alpha) if np.isfinite(_total(alpha)) else 0.0",
            ),
        ),
    ),
    Misconception(
        "NaN taken for the log of 0",
        Family.EDGE_CASES,
        "It takes a NaN for a probability of 0: bad data is hidden.",
        patched(
            PLAIN,
            (
                "    return -_total",
                "    known = np.where(np.isnan(log_probs), -np.inf, log_probs)\n"
                "    alpha = _forward(known[:, states], skip)\n"
                "    return -_total",
            ),
        ),
    ),
    Misconception(
        "labels not checked",
        Family.EDGE_CASES,
        "It takes any label: a negative one silently counts from the end of the frame.",
        patched(PLAIN, ("labels.min() < 0 or labels.max() >= log_probs.shape[1]", "False")),
    ),
)


def _all_words(rng: np.random.Generator) -> tuple[float, float]:
    _, log_probs = sample(rng, (1, 3, 3))
    words = [w for n in (1, 2, 3) for w in itertools.product((1, 2), repeat=n)]
    found = sum(math.exp(-reference(np.array(word), log_probs)) for word in words)
    return found + math.exp(log_probs[:, BLANK].sum()), 1.0


def _reversed(rng: np.random.Generator, case: Case) -> Case:
    return Case(tuple(array[::-1] for array in case.arguments))


def _shares_of_a_frame(rng: np.random.Generator) -> tuple[Any, Any]:
    (slope,) = gradient(*sample(rng, (3, 7, 5)))
    return slope.sum(axis=1), -np.ones(7)


LAWS = (
    laws.equal(
        "It adds up all alignments that read as the labels.",
        laws.drawn(sample, 2, 4, 3),
        reference,
        enumerated,
    ),
    Law("The probabilities of all label sequences add up to 1.", _all_words),
    laws.unchanged(
        "Read backwards it is the same.", reference, laws.drawn(sample, 3, 7, 5), _reversed
    ),
    Law("The slopes of each frame add up to -1.", _shares_of_a_frame),
)

TASKS = (
    Task(
        slug="ctc",
        title="Connectionist temporal classification (CTC)",
        formula=r"L = -\log \sum_{\pi \in B^{-1}(y)} \prod_{i=1}^{t} p_i(\pi_i)",
        sentence="Minus the log of the summed probabilities of all alignments: sequences of one "
        "class per frame that read as the labels once equal neighbours are merged and blanks "
        "(class 0) are left out.",
        domain="labels: integers in 1..v-1 of shape (l,); log_probs: natural log-probabilities of "
        "shape (t, v), one frame a row, class 0 the blank, minus infinity for a probability of 0. "
        "Empty input and labels outside 0..v-1 raise ValueError.",
        rules=(
            "One sequence is given, without padding; the loss is one number, divided by nothing.",
            "grad returns the derivative with respect to log_probs, a new array of shape (t, v); "
            "it takes every element of log_probs for a free number: no softmax precedes it.",
            "The blank is class 0 and is not among the labels.",
            "Empty labels or log_probs, and a label below 0 or above v - 1, raise ValueError.",
            "Where no alignment is possible, as with too few frames, the loss is infinite (inf); "
            "its gradient is not asked.",
            "Equal labels next to each other need a blank between them.",
            "A log_prob of minus infinity rules out the alignments through it; the gradient is not "
            "asked there. Others may be as low as -1e4.",
            "log_probs is taken as it is: frames need not be normalised, and where they add up to "
            "more than 1 the loss may be below 0.",
            "A NaN that an alignment passes through makes the loss NaN.",
            "log_probs may be float32, strided, Fortran-ordered or read-only; nothing is modified.",
        ),
        source="Graves, Fernandez, Gomez, Schmidhuber, Connectionist Temporal Classification: "
        "Labelling Unsegmented Sequence Data with Recurrent Neural Networks (2006), equations 3, 6 "
        "to 8, 14 and 15.",
        brief=Brief(
            prompt="A recogniser listens to bird song and gives log-probabilities of notes for "
            "every tenth of a second. The recordings are labelled with the notes in order, but not "
            "with when each is sung. Write the CTC loss of one recording, which sums over all ways "
            "to align the labels with the frames, and its gradient with respect to `log_probs`.",
            context="A sum over exponentially many alignments by dynamic programming, in "
            "logarithms, and its gradient by a pass in each direction.",
            topics=("structured-prediction", "stability"),
            difficulty="hard",
            minutes=50,
        ),
        examples=(
            Example(
                Case((np.array([1]), np.log(np.full((2, 2), 0.5)))),
                value=math.log(4.0 / 3.0),
                gradient=(((-1.0 / 3.0, -2.0 / 3.0), (-1.0 / 3.0, -2.0 / 3.0)),),
                working="Three of the four sequences of two frames read as the label: 11, 10 and "
                "01, of probability 1/4 each.",
            ),
            Example(
                Case((np.array([1, 1]), np.log(np.full((3, 2), 0.5)))),
                value=3.0 * math.log(2.0),
                gradient=(((0.0, -1.0), (-1.0, 0.0), (0.0, -1.0)),),
                working="Two equal labels in three frames have one alignment, 101, of probability "
                "1/8.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("labels", "l", labels=True),
            # A NaN is read where an alignment passes through it: an edge case asks for that.
            Argument("log_probs", "t v", differentiate=True, reads_nan=False),
        ),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((3, 7, 5), (1, 4, 3), (2, 5, 2), (2, 4, 4), (4, 9, 4)),
        large=(20, 100, 20),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        curves=(
            Curve(
                "One label in two frames, of even odds in the second",
                "log-odds of the label in the first frame",
                -6.0,
                6.0,
                lambda z: Case((np.ones(1, np.int64), -np.logaddexp(0.0, [[z, -z], [0.0, 0.0]]))),
            ),
        ),
        variants=(
            Variant("forward and backward over states", PLAIN),
            Variant("blank and label apart, backpropagated", BACKPROPAGATED),
            Variant("matrix of transitions", MATRIX),
            Variant("recursion that remembers", RECURSION, slow=True),
        ),
        laws=LAWS,
    ),
)
