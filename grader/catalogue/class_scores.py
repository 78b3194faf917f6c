"""What scores of predicted probabilities share: checks, draws, rules, the usual neglect."""

from collections.abc import Callable

import numpy as np

from grader.catalogue.inputs import require
from grader.catalogue.predictive_entropy import beside_an_ordinary_row, sample
from grader.catalogue.task import Argument, Array, Case, Law, Misconception, patched
from grader.families import Family

Score = Callable[..., Array]
Draw = Callable[[np.random.Generator], Case]

ARGUMENTS = (Argument("probabilities", "n k"),)
SHAPES = ((6, 4), (1, 3), (2, 2), (5, 5), (3, 8))

RULES = (
    "score returns an array of shape (n,), one score per {sample}.",
    "Empty input raises ValueError.",
    "No epsilon is added and nothing is clipped or rounded: probabilities count as they are.",
    "A NaN makes the score of its {sample} NaN, and of no other.",
    "Probabilities are taken as they are: they need not be checked to add up to 1.",
)

# How the first solutions of these rows open; each ends in "return scores".
CHECK = """\
import numpy as np


def score(probabilities):
    if probabilities.ndim != 2 or probabilities.size == 0:
        raise ValueError("probabilities must be (n, k) and not empty")
    p = np.asarray(probabilities)
"""


def rules(sample: str = "row") -> tuple[str, ...]:
    """Return the rules that hold for every such row; `sample`: what gets one score."""
    return tuple(rule.format(sample=sample) for rule in RULES)


def checked(probabilities: Array) -> Array:
    """Return them in float64; raise ValueError unless they are (n, k) and not empty."""
    shape = np.shape(probabilities)
    require(len(shape) == 2 and 0 not in shape, "probabilities must be (n, k) and not empty")
    return np.asarray(probabilities, np.float64)


def uniform(rng: np.random.Generator) -> Case:
    classes = int(rng.integers(3, 9))
    return beside_an_ordinary_row(rng, np.full((3, classes), 1.0 / classes))


def tied(rng: np.random.Generator) -> Case:
    """Rows whose two likeliest classes are exactly equal, wherever they stand."""
    rows = np.tile([0.375, 0.375, 0.125, 0.125], (5, 1))
    return beside_an_ordinary_row(rng, rng.permuted(rows, axis=1))


def nearly_tied(rng: np.random.Generator, gap: float) -> Case:
    """Rows whose two likeliest classes differ by about `gap`."""
    rows = np.tile([0.375, 0.375, 0.125, 0.125], (5, 1))
    step = gap * rng.uniform(0.5, 1.0, size=5)
    rows[:, 0] += step
    rows[:, 2] -= step
    return beside_an_ordinary_row(rng, rng.permuted(rows, axis=1))


def neglects(source: str, sample: str = "row") -> tuple[Misconception, ...]:
    """Mistakes that any such score may have, for a solution that opens and ends as CHECK says."""
    taken = "np.asarray(probabilities)"
    return (
        Misconception(
            "softmax once more",
            Family.VALUES,
            "It takes the probabilities for logits and puts them through a softmax once more.",
            patched(source, (taken, "np.exp(probabilities)"), *_NORMALISED),
        ),
        Misconception(
            "one number for all",
            Family.VALUES,
            f"It averages its scores, but active learning needs one for each {sample}.",
            patched(source, ("return scores", "return scores.mean()")),
        ),
        Misconception(
            "single precision",
            Family.STABILITY,
            "It rounds the probabilities to float32, which loses all digits of small differences.",
            patched(source, (taken, "np.asarray(probabilities, dtype=np.float32)")),
        ),
        Misconception(
            "probabilities clipped",
            Family.STABILITY,
            "It clips the probabilities to 1e-7 from 0 and 1, so what is certain no longer looks "
            "certain.",
            patched(source, (taken, "np.clip(probabilities, 1e-7, 1 - 1e-7)")),
        ),
        Misconception(
            "NaN taken for 0",
            Family.EDGE_CASES,
            f"It replaces NaN by 0: a broken {sample} scores as if it were sound.",
            patched(source, (taken, "np.nan_to_num(probabilities)")),
        ),
        Misconception(
            "NaN spreads to all",
            Family.EDGE_CASES,
            f"One NaN makes every score NaN, where only the {sample} that holds it may be.",
            patched(source, ("return scores", "return scores + 0 * scores.sum()")),
        ),
        Misconception(
            "empty input accepted",
            Family.EDGE_CASES,
            "It returns an empty array for no samples, where ValueError is asked.",
            patched(source, (" or probabilities.size == 0", "")),
        ),
    )


_NORMALISED = (
    (
        "    p = np.exp(probabilities)\n",
        "    p = np.exp(probabilities)\n    p /= p.sum(axis=-1, keepdims=True)\n",
    ),
)


def order_laws(score: Score) -> tuple[Law, Law]:
    """Scores do not depend on the order of the classes, and follow their rows."""

    def classes(rng: np.random.Generator) -> tuple[Array, Array]:
        (rows,) = sample(rng, (6, 5))
        return score(rows), score(rng.permutation(rows, axis=1))

    def samples(rng: np.random.Generator) -> tuple[Array, Array]:
        (rows,) = sample(rng, (6, 5))
        order = rng.permutation(6)
        return score(rows)[order], score(rows[order])

    return (
        Law("The order of the classes does not matter.", classes),
        Law("A row keeps its score wherever it stands.", samples),
    )


def scores_of(name: str, score: Score, case: Draw, right: Score) -> Law:
    """At these inputs the scores are what another function of them says."""

    def sides(rng: np.random.Generator) -> tuple[Array, Array]:
        arguments = case(rng).arguments
        return score(*arguments), right(*arguments)

    return Law(name, sides)
