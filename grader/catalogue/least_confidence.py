"""Least confidence: how far a classifier is from being sure of its answer, for active learning."""

from typing import Any

import numpy as np

from grader.catalogue.class_scores import (
    ARGUMENTS,
    CHECK,
    SHAPES,
    checked,
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
    """Return 1 - max_j p_ij of each row, shape (n,), from 0 (certain) to 1 - 1/k (uniform).

    Args:
        probabilities: shape (n, k), each row a distribution over k classes.

    Raises:
        ValueError: for other shapes or empty input.

    Source: Settles, Active Learning Literature Survey (2009), section 3.1; Culotta, McCallum,
    Reducing Labeling Effort for Structured Prediction Tasks (2005), section 4.
    """
    return np.asarray(1.0 - checked(probabilities).max(axis=1))


def terms(probabilities: Array) -> float:
    """Return the 1 that the largest probability is taken from."""
    return 1.0


def definition(mp: Any, probabilities: Any) -> Any:
    return [1 - max(row) for row in probabilities]


AS_IT_IS = (
    "Subtract the largest probability from 1 as it is: an epsilon, a clip or float32 hides how "
    "sure a nearly certain row is."
)
EXTREMES = (
    Extreme("probabilities of exactly 0 and 1", one_hot, AS_IT_IS, float32=True),
    Extreme("other classes at 1e-6", lambda rng: nearly_certain(rng, 1e-6), AS_IT_IS),
    Extreme("other classes at 1e-10", lambda rng: nearly_certain(rng, 1e-10), AS_IT_IS),
    Extreme(
        "other classes at 1e-30", lambda rng: nearly_certain(rng, 1e-30), AS_IT_IS, float32=True
    ),
)

EDGES = (
    Edge("uniform rows", uniform, "A uniform row of k classes scores 1 - 1/k, the most there is."),
    Edge("certain rows", one_hot, "A row that is certain of one class scores 0."),
    Edge("ties", tied, "Where two classes are the likeliest together, either is the largest."),
)

VECTORISED = CHECK + "    scores = 1 - p.max(axis=1)\n    return scores\n"

ROW_BY_ROW = """\
import numpy as np


def largest(row):
    best = row[0]
    for p in row[1:]:
        # A NaN is larger than nothing, so it is asked for by name.
        if p > best or p != p:
            best = p
    return best


def score(probabilities):
    if len(probabilities) == 0 or len(probabilities[0]) == 0:
        raise ValueError("no rows to score")
    return np.array([1.0 - largest(row.tolist()) for row in probabilities])
"""

WHAT_IS_LEFT = """\
import numpy as np


def score(probabilities):
    n, k = np.shape(probabilities)
    if n * k == 0:
        raise ValueError(f"cannot score an array of shape {(n, k)}")
    guesses = probabilities.argmax(axis=1)
    others = np.array(probabilities, dtype=np.float64)
    chosen = others[np.arange(n), guesses]
    # All that the guess leaves to other classes; a NaN stands in chosen, and stays.
    others[np.arange(n), guesses] = 0.0
    return others.sum(axis=1) + 0.0 * chosen
"""

SORTED = """\
import numpy as np


class LeastConfidence:
    def __init__(self, probabilities):
        if not probabilities.size:
            raise ValueError("there is nothing to query")
        self.ranked = np.sort(probabilities, axis=-1)

    @property
    def confidence(self):
        return self.ranked[..., -1]

    def scores(self):
        return np.subtract(1.0, self.confidence)


def score(probabilities):
    return LeastConfidence(probabilities).scores()
"""

SMALLEST_COMPLEMENT = """\
from functools import reduce

import numpy as np


def score(probabilities):
    if 0 in probabilities.shape:
        raise ValueError("empty input")
    # The complement of the largest is the smallest complement.
    complements = 1.0 - np.einsum("nk->kn", probabilities)
    return reduce(np.minimum, complements).copy()
"""

LARGEST = "1 - p.max(axis=1)"

MISCONCEPTIONS = (
    Misconception(
        "confidence itself",
        Family.VALUES,
        "It returns the largest probability, so the surest sample is queried first.",
        patched(VECTORISED, (LARGEST, "p.max(axis=1)")),
    ),
    Misconception(
        "1 forgotten",
        Family.VALUES,
        "It returns minus the largest probability: the order is right, but 1 is missing.",
        patched(VECTORISED, (LARGEST, "-p.max(axis=1)")),
    ),
    Misconception(
        "smallest probability",
        Family.VALUES,
        "It looks at the smallest probability of each row where the largest is asked.",
        patched(VECTORISED, ("p.max", "p.min")),
    ),
    Misconception(
        "largest of each class",
        Family.VALUES,
        "It takes the largest down the columns, over the samples, where each row is one sample.",
        patched(VECTORISED, ("axis=1", "axis=0")),
    ),
    Misconception(
        "largest of all",
        Family.VALUES,
        "It subtracts from 1 the largest probability of the whole array, not of each row.",
        patched(VECTORISED, ("p.max(axis=1)", "p.max() + 0 * p[:, 0]")),
    ),
    Misconception(
        "scaled to reach 1",
        Family.VALUES,
        "It multiplies by k/(k-1) so that a uniform row scores 1; the plain score does not.",
        patched(VECTORISED, (LARGEST, "(1 - p.max(axis=1)) * p.shape[1] / (p.shape[1] - 1)")),
    ),
    Misconception(
        "surprise in its place",
        Family.VALUES,
        "It returns -log of the largest probability, where 1 minus it is asked.",
        patched(VECTORISED, (LARGEST, "-np.log(p.max(axis=1))")),
    ),
    Misconception(
        "margin in its place",
        Family.VALUES,
        "It returns minus the margin between the two likeliest classes: that is margin sampling.",
        patched(
            VECTORISED,
            (LARGEST, "np.sort(p, axis=1)[:, -2] - np.sort(p, axis=1)[:, -1]"),
        ),
    ),
    Misconception(
        "entropy in its place",
        Family.VALUES,
        "It returns the entropy of the row, where least confidence looks at one class alone.",
        patched(VECTORISED, (LARGEST, "-(p * np.log(np.where(p > 0, p, 1))).sum(axis=1)")),
    ),
    Misconception(
        "normalised with an epsilon",
        Family.STABILITY,
        "It divides each row by its sum plus 1e-8, so certain rows no longer score 0.",
        patched(VECTORISED, ("p.max(axis=1)", "(p / (p.sum(axis=1)[:, None] + 1e-8)).max(axis=1)")),
    ),
    Misconception(
        "NaN passed over",
        Family.EDGE_CASES,
        "It takes the largest of the numbers that are not NaN, so a broken row looks sound.",
        patched(VECTORISED, ("p.max(axis=1)", "np.nanmax(p, axis=1)")),
    ),
    Misconception(
        "probabilities changed in place",
        Family.EDGE_CASES,
        "It writes 1 - p over the caller's probabilities.",
        patched(
            VECTORISED,
            (LARGEST, "np.subtract(1, p, out=p if p.flags.writeable else None).min(axis=1)"),
        ),
    ),
    *neglects(VECTORISED),
)


def _most_unsure(probabilities: Array) -> Array:
    return np.full(len(probabilities), 1.0 - 1.0 / probabilities.shape[1])


def _halves_of_what_the_margin_leaves(probabilities: Array) -> Array:
    return np.asarray((1.0 - np.abs(probabilities[:, 0] - probabilities[:, 1])) / 2.0)


LAWS = (
    *order_laws(reference),
    scores_of(
        "Uniform rows score 1 - 1/k.",
        reference,
        lambda rng: Case((np.full((4, 5), 0.2),)),
        _most_unsure,
    ),
    scores_of(
        "Rows that are certain score 0.",
        reference,
        lambda rng: Case((rng.permutation(np.eye(5)),)),
        lambda rows: np.zeros(len(rows)),
    ),
    scores_of(
        "Of two classes it is half of 1 less their margin.",
        reference,
        lambda rng: Case(sample(rng, (6, 2))),
        _halves_of_what_the_margin_leaves,
    ),
)

TASKS = (
    Task(
        slug="least-confidence",
        title="Least confidence",
        function="score",
        formula=r"s_i = 1 - \max_{j}\, p_{ij}",
        sentence=(
            "For each row of probabilities, 1 minus the largest of them; the larger the score, the "
            "less sure the classifier is of its own guess."
        ),
        domain=(
            "probabilities: shape (n, k), each row a distribution over k classes, zeros and ones "
            "included."
        ),
        rules=(*rules(), "The score is not scaled: a uniform row of k classes scores 1 - 1/k."),
        source=(
            "Settles, Active Learning Literature Survey (2009), section 3.1; Culotta, McCallum, "
            "Reducing Labeling Effort for Structured Prediction Tasks (2005), section 4."
        ),
        brief=Brief(
            prompt="A newsroom sorts letters by subject with a classifier, and can pay an editor "
            "to label a few more of them each day. The letters to label are those on which the "
            "classifier is least confident. Write that score for a batch of predicted "
            "distributions: the larger, the sooner the letter is looked at.",
            context="The simplest acquisition function: the right axis, the right sign, and no "
            "tampering with probabilities near 0 and 1.",
            topics=("active-learning", "classification"),
            difficulty="easy",
            minutes=10,
        ),
        examples=(
            Example(
                Case((np.array([[0.5, 0.25, 0.25], [0.0, 1.0, 0.0]]),)),
                value=(0.5, 0.0),
                working="The largest probabilities are 1/2 and 1, which leave 1/2 and 0.",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        reference=reference,
        gradient=None,
        sample=sample,
        shapes=SHAPES,
        large=(500, 1000),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("vectorised", VECTORISED),
            Variant("row by row", ROW_BY_ROW, slow=True),
            Variant("what the guess leaves over", WHAT_IS_LEFT, slow=True),
            Variant("ranked in a class", SORTED, slow=True),
            Variant("smallest complement", SMALLEST_COMPLEMENT, slow=True),
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
