"""Margin sampling: how nearly two classes tie for a classifier's guess, for active learning."""

from typing import Any

import numpy as np

from grader.catalogue.class_scores import (
    ARGUMENTS,
    CHECK,
    SHAPES,
    checked,
    nearly_tied,
    neglects,
    order_laws,
    rules,
    scores_of,
    tied,
    uniform,
)
from grader.catalogue.predictive_entropy import nearly_certain, one_hot, sample
from grader.catalogue.task import (
    Array,
    Brief,
    Case,
    Curve,
    Edge,
    Example,
    Extreme,
    Misconception,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def reference(probabilities: Array) -> Array:
    """Return minus the lead of the likeliest class over the second, shape (n,), from -1 to 0.

    Args:
        probabilities: shape (n, k), each row a distribution over k > 1 classes.

    Raises:
        ValueError: for other shapes or empty input.

    Source: Settles, Active Learning Literature Survey (2009), section 3.1; Scheffer, Decomain,
    Wrobel, Active Hidden Markov Models for Information Extraction (2001).
    """
    # np.sort puts NaN last, where it is read.
    ranked = np.sort(checked(probabilities), axis=1)
    return np.asarray(ranked[:, -2] - ranked[:, -1])


def terms(probabilities: Array) -> float:
    return float(np.nanmax(probabilities))


def definition(mp: Any, probabilities: Any) -> Any:
    def lead(row: Any) -> Any:
        *_, second, first = sorted(row)
        return first - second

    return [-lead(row) for row in probabilities]


EXACT = (
    "Subtract the two largest probabilities as they are: rounding, clips and float32 make ties of "
    "what is nearly one."
)
EXTREMES = (
    Extreme("probabilities of exactly 0 and 1", one_hot, EXACT, float32=True),
    Extreme("leads of 1e-9", lambda rng: nearly_tied(rng, 1e-9), EXACT),
    Extreme("leads of 1e-6", lambda rng: nearly_tied(rng, 1e-6), EXACT),
    Extreme("leads of 1e-3", lambda rng: nearly_tied(rng, 1e-3), EXACT, float32=True),
    Extreme("other classes at 1e-30", lambda rng: nearly_certain(rng, 1e-30), EXACT, float32=True),
)

EDGES = (
    Edge("uniform rows", uniform, "A uniform row scores 0, the most there is."),
    Edge("certain rows", one_hot, "A row that is certain of one class scores -1, the least."),
    Edge(
        "ties",
        tied,
        "Where two classes are exactly tied for the largest, the second largest is the same number "
        "and the row scores 0.",
    ),
)

VECTORISED = (
    CHECK
    + """\
    ranked = np.sort(p, axis=1)
    scores = -(ranked[:, -1] - ranked[:, -2])
    return scores
"""
)

ROW_BY_ROW = """\
import numpy as np


def lead(row):
    if np.isnan(row).any():
        return np.nan
    first = second = -np.inf
    for p in row:
        if p > first:
            first, second = p, first
        elif p > second:
            second = p
    return first - second


def score(probabilities):
    if len(probabilities) < 1:
        raise ValueError("no rows to score")
    return np.array([-lead(row) for row in probabilities], dtype=np.float64)
"""

PARTITION = """\
import numpy as np


def two_largest(probabilities):
    k = probabilities.shape[1]
    return np.partition(probabilities, k - 2, axis=1)[:, k - 2 :].T


def score(probabilities):
    if np.size(probabilities) == 0:
        raise ValueError("empty input")
    second, first = two_largest(np.asarray(probabilities, dtype=float))
    return second - first
"""

GUESS_REMOVED = """\
import numpy as np


def score(probabilities):
    n, k = probabilities.shape
    if n == 0 or k == 0:
        raise ValueError(f"cannot score an array of shape {(n, k)}")
    rest = np.array(probabilities)
    guess = (np.arange(n), rest.argmax(axis=1))
    first = rest[guess]
    # Only this one place is taken out: an equal runner-up stays.
    rest[guess] = -1.0
    return rest.max(axis=1) - first
"""

TOURNAMENT = """\
from functools import reduce

import numpy as np


def play(places, challenger):
    first, second = places
    return np.maximum(first, challenger), np.maximum(second, np.minimum(first, challenger))


def score(probabilities):
    if 0 in probabilities.shape:
        raise ValueError("nothing to score")
    columns = list(np.moveaxis(probabilities, 1, 0))
    start = np.maximum(columns[0], columns[1]), np.minimum(columns[0], columns[1])
    first, second = reduce(play, columns[2:], start)
    return np.subtract(second, first)
"""

LEAD = "-(ranked[:, -1] - ranked[:, -2])"

MISCONCEPTIONS = (
    Misconception(
        "minus forgotten",
        Family.VALUES,
        "It returns the lead itself, so the sample that is easiest to tell is queried first.",
        patched(VECTORISED, (LEAD, "ranked[:, -1] - ranked[:, -2]")),
    ),
    Misconception(
        "1 minus the lead",
        Family.VALUES,
        "It returns 1 minus the lead: the order is right, but the score has no 1.",
        patched(VECTORISED, (LEAD, "1 - (ranked[:, -1] - ranked[:, -2])")),
    ),
    Misconception(
        "smallest for second largest",
        Family.VALUES,
        "It subtracts the smallest probability where the second largest is asked.",
        patched(VECTORISED, ("ranked[:, -2]", "ranked[:, 0]")),
    ),
    Misconception(
        "rank off by one",
        Family.VALUES,
        "It subtracts the third largest probability (or wraps around) where the second is asked.",
        patched(VECTORISED, ("ranked[:, -2]", "np.roll(ranked, 1, axis=1)[:, -2]")),
    ),
    Misconception(
        "sorted over the samples",
        Family.VALUES,
        "It sorts down the columns, over the samples, where each row is one sample.",
        patched(VECTORISED, ("np.sort(p, axis=1)", "np.sort(p, axis=0)")),
    ),
    Misconception(
        "not sorted",
        Family.VALUES,
        "It subtracts the last two columns without sorting the row.",
        patched(VECTORISED, ("np.sort(p, axis=1)", "p")),
    ),
    Misconception(
        "ratio for difference",
        Family.VALUES,
        "It divides the second largest by the largest: that is ratio sampling, not margin "
        "sampling.",
        patched(VECTORISED, (LEAD, "ranked[:, -2] / ranked[:, -1]")),
    ),
    Misconception(
        "difference of logs",
        Family.VALUES,
        "It subtracts log-probabilities where the probabilities themselves are asked.",
        patched(VECTORISED, (LEAD, "np.log(ranked[:, -2] / ranked[:, -1])")),
    ),
    Misconception(
        "least confidence in its place",
        Family.VALUES,
        "It returns 1 minus the largest probability: that is least confidence.",
        patched(VECTORISED, (LEAD, "1 - ranked[:, -1]")),
    ),
    Misconception(
        "leads rounded",
        Family.STABILITY,
        "It rounds its scores to six decimals, which makes ties of small leads.",
        patched(VECTORISED, (LEAD, "np.round(ranked[:, -2] - ranked[:, -1], 6)")),
    ),
    Misconception(
        "ties skipped",
        Family.EDGE_CASES,
        "It takes the largest probability that is smaller than the first, so an exact tie counts "
        "as a lead.",
        patched(
            VECTORISED,
            (LEAD, "np.where(p == ranked[:, -1:], 0 * p, p).max(axis=1) - ranked[:, -1]"),
        ),
    ),
    Misconception(
        "probabilities sorted in place",
        Family.EDGE_CASES,
        "It sorts the caller's own array.",
        patched(
            VECTORISED,
            ("    ranked = np.sort(p, axis=1)", "    p.sort(axis=1)\n    ranked = p"),
        ),
    ),
    *neglects(VECTORISED),
)


def _least_confidence_of_two(probabilities: Array) -> Array:
    return np.asarray(2.0 * (1.0 - probabilities.max(axis=1)) - 1.0)


LAWS = (
    *order_laws(reference),
    scores_of(
        "Rows that are certain score -1.",
        reference,
        lambda rng: Case((rng.permutation(np.eye(5)),)),
        lambda rows: -np.ones(len(rows)),
    ),
    scores_of(
        "Exact ties score 0.",
        lambda rows: reference(rows)[:5],
        lambda rng: Case((np.tile(rng.permutation([0.4, 0.4, 0.2]), (5, 1)),)),
        lambda rows: np.zeros(5),
    ),
    scores_of(
        "Of two classes it is twice the least confidence, less 1.",
        reference,
        lambda rng: Case(sample(rng, (6, 2))),
        _least_confidence_of_two,
    ),
    scores_of(
        "An impossible class more changes nothing.",
        lambda rows: reference(np.insert(rows, 1, 0.0, axis=1)),
        lambda rng: Case(sample(rng, (6, 4))),
        reference,
    ),
)

TASKS = (
    Task(
        slug="margin-sampling",
        title="Margin sampling",
        function="score",
        formula=r"s_i = -\bigl( p_{i(1)} - p_{i(2)} \bigr), \qquad "
        r"p_{i(1)} \ge p_{i(2)} \ge \dots \ge p_{i(k)}",
        sentence=(
            "For each row of probabilities, minus the difference between the largest and the "
            "second largest; the larger the score, the nearer the classifier is to another guess."
        ),
        domain=(
            "probabilities: shape (n, k), k at least 2, each row a distribution over k classes, "
            "zeros and ones included."
        ),
        rules=(
            *rules(),
            "Where two classes are tied for the largest, the second largest is the same number, "
            "and the row scores 0.",
            "The score is never positive: it is minus the lead, not 1 minus it.",
        ),
        source=(
            "Settles, Active Learning Literature Survey (2009), section 3.1; Scheffer, Decomain, "
            "Wrobel, Active Hidden Markov Models for Information Extraction (2001)."
        ),
        brief=Brief(
            prompt="A camera in a recycling plant sorts waste by material, and an operator can "
            "settle a few doubtful pictures an hour. The most useful ones lie between two "
            "materials: the first guess is hardly likelier than the second. Write that score for a "
            "batch of predicted distributions: the larger, the sooner the picture is shown.",
            context="The two largest of a row whatever their order, with ties, and the sign that "
            "makes small leads come first.",
            topics=("active-learning", "classification"),
            difficulty="easy",
            minutes=10,
        ),
        examples=(
            Example(
                Case((np.array([[0.5, 0.125, 0.375], [0.0, 1.0, 0.0]]),)),
                value=(-0.125, -1.0),
                working="The leads are 4/8 - 3/8 and 1 - 0, and the scores minus these.",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        reference=reference,
        gradient=None,
        sample=sample,
        shapes=SHAPES,
        large=(1500, 100),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("vectorised", VECTORISED),
            Variant("row by row", ROW_BY_ROW, slow=True),
            Variant("partition", PARTITION),
            Variant("guess removed", GUESS_REMOVED),
            Variant("tournament of columns", TOURNAMENT),
        ),
        laws=LAWS,
        curves=(
            Curve(
                "Two classes",
                "probability of the first",
                0.0,
                1.0,
                lambda p: Case((np.array([[p, 1.0 - p]]),)),
                kinks=(0.5,),
            ),
        ),
    ),
)
