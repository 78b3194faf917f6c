"""Identity preference optimisation: a margin to be met, not to be maximised."""

from typing import Any

import numpy as np

from grader.catalogue import laws, log_ratios
from grader.catalogue.exact import mean
from grader.catalogue.log_ratios import ARGUMENTS, MARGIN, RULES, SHAPES, sample
from grader.catalogue.task import (
    Array,
    Brief,
    Case,
    Curve,
    Edge,
    Example,
    Extreme,
    Law,
    Misconception,
    Parameter,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def _residual(*log_probabilities: Array, beta: float) -> Array:
    return np.asarray(log_ratios.margin(*log_probabilities) - 0.5 / beta)


def reference(
    policy_chosen: Array,
    policy_rejected: Array,
    reference_chosen: Array,
    reference_rejected: Array,
    beta: float = 0.1,
) -> float:
    """Return the mean of (h - 1 / (2 beta))^2 with h the margin of the log-ratios.

        h = (policy_chosen - reference_chosen) - (policy_rejected - reference_rejected)

    Args:
        policy_chosen, policy_rejected, reference_chosen, reference_rejected: one shape, any;
            log-probabilities of whole answers, in nats.
        beta: > 0, in 1 / nat; the margin to be met is 1 / (2 beta).

    Returns:
        The loss in squared nats, >= 0; NaN where an array holds one.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: Azar et al., A General Theoretical Paradigm to Understand Learning from Human
        Preferences (2023), equation 17, whose tau is beta.
    """
    arrays = (policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    return float(np.mean(_residual(*arrays, beta=beta) ** 2))


def gradient(
    policy_chosen: Array,
    policy_rejected: Array,
    reference_chosen: Array,
    reference_rejected: Array,
    beta: float = 0.1,
) -> tuple[Array, Array]:
    """Return the derivatives with respect to the policy's chosen and rejected answers.

    They are 2 (h - 1 / (2 beta)) / n and its opposite, each of the arguments' shape; errors as
    above.
    """
    arrays = (policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    residual = _residual(*arrays, beta=beta)
    slope = 2.0 * residual / residual.size
    return slope, -slope


def terms(*log_probabilities: Array, beta: float = 0.1) -> float:
    """Return the largest residual times the largest of what it is the difference of."""
    largest = max(log_ratios.largest(*log_probabilities), 0.5 / beta)
    residual = float(np.abs(_residual(*log_probabilities, beta=beta)).max())
    return max(residual * max(largest, residual), 1e-300)


def definition(mp: Any, *log_probabilities: Any, beta: Any) -> Any:
    margins = log_ratios.exact_margins(mp, *log_probabilities)
    return mean(mp, ((h - 1 / (2 * beta)) ** 2 for h in margins))


PLAIN = (
    MARGIN
    + """\


def loss(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta=0.1):
    h = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    return np.mean((h - 1 / (2 * beta)) ** 2)


def grad(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta=0.1):
    h = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    slope = 2 * (h - 1 / (2 * beta)) / h.size
    return slope, -slope
"""
)

IN_UNITS_OF_BETA = '''\
import numpy as np


def missing(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    """How far each pair is from its target, in units of 1 / beta."""
    if not (
        policy_chosen.shape
        == policy_rejected.shape
        == reference_chosen.shape
        == reference_rejected.shape
    ):
        raise ValueError("shapes differ")
    if policy_chosen.size == 0:
        raise ValueError("empty batch")
    policy = np.asarray(policy_chosen, dtype=float) - policy_rejected
    reference = np.asarray(reference_chosen, dtype=float) - reference_rejected
    return beta * (policy - reference) - 0.5


def loss(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta=0.1):
    m = missing(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta)
    return float(np.average(np.square(m / beta)))


def grad(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta=0.1):
    m = missing(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta)
    weight = 2.0 / (beta * m.size)
    return weight * m, -weight * m
'''

STACKED = """\
import numpy as np

SIGNS = np.array([1.0, -1.0, -1.0, 1.0])


def residuals(arrays, beta):
    if len(set(np.shape(array) for array in arrays)) != 1:
        raise ValueError("arrays of different shapes")
    stacked = np.stack(arrays).astype(np.float64)
    if stacked.size == 0:
        raise ValueError("no pairs")
    return np.einsum("i,i...->...", SIGNS, stacked) - 0.5 / beta


def loss(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta=0.1):
    arrays = [policy_chosen, policy_rejected, reference_chosen, reference_rejected]
    flat = residuals(arrays, beta).reshape(-1)
    return np.dot(flat, flat) / flat.size


def grad(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta=0.1):
    arrays = [policy_chosen, policy_rejected, reference_chosen, reference_rejected]
    r = residuals(arrays, beta)
    return tuple(sign * 2.0 * r / r.size for sign in SIGNS[:2])
"""

LOOPS = """\
import numpy as np


def answers(policy, reference):
    if policy.shape != reference.shape:
        raise ValueError("policy and reference differ in shape")
    if policy.size == 0:
        raise ValueError("nothing there")
    return [p - r for p, r in zip(policy.ravel().tolist(), reference.ravel().tolist())]


def gaps(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    if policy_chosen.shape != policy_rejected.shape:
        raise ValueError("chosen and rejected differ in shape")
    chosen = answers(policy_chosen, reference_chosen)
    rejected = answers(policy_rejected, reference_rejected)
    return [c - r - 1.0 / (2.0 * beta) for c, r in zip(chosen, rejected)]


def loss(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta=0.1):
    g = gaps(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta)
    total = 0.0
    for gap in g:
        total += gap * gap
    return total / len(g)


def grad(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta=0.1):
    g = gaps(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta)
    up = np.empty(len(g))
    for i, gap in enumerate(g):
        up[i] = 2.0 * gap / len(g)
    up = up.reshape(policy_chosen.shape)
    return up, -up
"""

TARGET, SQUARE, SLOPE = "1 / (2 * beta)", "(h - 1 / (2 * beta)) ** 2", "2 * (h - 1 / (2 * beta))"

MISCONCEPTIONS = (
    Misconception(
        "target of 1/beta",
        Family.VALUES,
        "It asks for a margin of 1/beta; the margin to be met is half of that.",
        patched(PLAIN, (TARGET, "1 / beta")),
    ),
    Misconception(
        "brackets of the target lost",
        Family.VALUES,
        "It computes 1 / 2 * beta, which is beta/2; without brackets beta is not below the line.",
        patched(PLAIN, (TARGET, "1 / 2 * beta")),
    ),
    Misconception(
        "beta times the margin",
        Family.VALUES,
        "It squares beta times the margin less 1/2, which is beta squared times this loss.",
        patched(PLAIN, (SQUARE, "(beta * h - 0.5) ** 2"), (SLOPE, "2 * beta * (beta * h - 0.5)")),
    ),
    Misconception(
        "no target",
        Family.VALUES,
        "It squares the margin alone, which keeps the policy at its reference.",
        patched(PLAIN, (SQUARE, "h**2"), (SLOPE, "2 * h")),
    ),
    Misconception(
        "nothing beyond the target",
        Family.VALUES,
        "It charges nothing for a margin above the target; this loss pulls it back.",
        patched(
            PLAIN,
            (SQUARE, f"np.minimum(h - {TARGET}, 0) ** 2"),
            (SLOPE, f"2 * np.minimum(h - {TARGET}, 0)"),
        ),
    ),
    Misconception(
        "absolute for squared",
        Family.VALUES,
        "It takes the absolute distance from the target where its square is asked.",
        patched(PLAIN, (SQUARE, f"abs(h - {TARGET})"), (SLOPE, f"np.sign(h - {TARGET})")),
    ),
    Misconception(
        "DPO",
        Family.VALUES,
        "It is the DPO loss, softplus of minus beta times the margin, which knows no target.",
        patched(
            PLAIN,
            (SQUARE, "np.logaddexp(0, -beta * h)"),
            (SLOPE, "-beta * np.exp(-np.logaddexp(0, beta * h))"),
        ),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the squares of the pairs where their mean is asked.",
        patched(PLAIN, ("np.mean(", "np.sum("), (" / h.size", "")),
    ),
    Misconception(
        "gradient without its 2",
        Family.GRADIENTS,
        "Its gradient lacks the 2 of the square's derivative.",
        patched(PLAIN, (SLOPE, f"(h - {TARGET})")),
    ),
    Misconception(
        "gradient without the target",
        Family.GRADIENTS,
        "Its gradient is 2 h / n and forgets the target, though that is inside of the square.",
        patched(PLAIN, (SLOPE, "2 * h")),
    ),
    Misconception(
        "square expanded",
        Family.STABILITY,
        "It expands the square, whose large terms cancel where the margin is near a large target.",
        patched(PLAIN, (SQUARE, "h**2 - h / beta + 1 / (4 * beta**2)")),
    ),
    *log_ratios.mistakes(PLAIN),
)

USUAL = laws.drawn(sample, 12, beta=0.3)


def _near_target(rng: np.random.Generator) -> Case:
    """Margins within a nat of a target of 2^19, by numbers whose sums are exact."""
    before, rejected = -rng.integers(5, 40, size=(2, 6)).astype(np.float64)
    missed = rng.integers(100, 1000, size=6) / 1024.0 * rng.choice([-1.0, 1.0], size=6)
    chosen = before + 2.0**19 + missed
    return Case((chosen, rejected, before, rejected.copy()), {"beta": 2.0**-20})


def _met(rng: np.random.Generator) -> Case:
    before, before_rejected = -rng.integers(5, 40, size=(2, 6)).astype(np.float64)
    return Case((before + 1.0, before_rejected - 1.0, before, before_rejected), {"beta": 0.25})


def _around_target(rng: np.random.Generator, case: Case) -> Case:
    """Each margin as far on the other side of its target of 5/3."""
    chosen, *others = case.arguments
    margins = log_ratios.margin(*case.arguments)
    return Case((chosen - 2.0 * margins + 1.0 / 0.3, *others), case.parameters)


def _large_beta(*log_probabilities: Array, beta: float) -> float:
    del beta
    return float(np.mean(log_ratios.margin(*log_probabilities) ** 2))


LAWS = (
    laws.zero("Where every margin is 1/(2 beta) the loss is 0.", reference, _met),
    Law(
        "A policy that is the reference costs 1/(4 beta²).",
        lambda rng: (laws.value(reference, log_ratios.untrained(rng)), 25.0),
    ),
    laws.unchanged(
        "A margin costs the same on both sides of the target.", reference, USUAL, _around_target
    ),
    laws.unchanged(
        "A chosen answer that is likelier to policy and reference alike changes nothing.",
        reference,
        USUAL,
        laws.shifted(0, 2, by_row=True),
    ),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1, 2, 3)),
    laws.equal(
        "With an endless beta it is the mean squared margin.",
        laws.drawn(sample, 12, beta=1e12),
        reference,
        _large_beta,
    ),
)

TASKS = (
    Task(
        slug="ipo",
        title="Identity preference optimisation (IPO)",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \left( h_i - \frac{1}{2 \beta} \right)^2, \quad "
        r"h_i = \left( \log p_i^{+} - \log q_i^{+} \right) "
        r"- \left( \log p_i^{-} - \log q_i^{-} \right)",
        sentence="The mean, over all pairs, of the squared difference of the margin h and "
        "1 / (2 beta); h is how much the policy p raised the log-probability of the chosen answer "
        "(+) over the reference q, less the same for the rejected answer (-).",
        domain="Four arrays of finite log-probabilities of one shape, and a positive beta; "
        "different shapes and empty arrays raise ValueError.",
        rules=(
            *RULES,
            "Margins above 1 / (2 beta) cost as much as margins that are as far below.",
            "Margins near a target of 5e5 keep their digits, and distances from it up to 1e150 "
            "give a right and finite result.",
        ),
        source="Azar et al., A General Theoretical Paradigm to Understand Learning from Human "
        "Preferences (2023), equation 17; its tau is called beta here.",
        brief=Brief(
            prompt="A language model that was tuned on pairs of answers has run away from the "
            "model it started from: where all raters agree, nothing stops DPO from widening the "
            "gap for ever. Regress the margin onto a fixed target instead. You get the "
            "log-probabilities of whole answers under the policy and under the frozen reference. "
            "Write the IPO loss, and its gradients with respect to `policy_chosen` and "
            "`policy_rejected`. `beta` sets the target.",
            context="A squared loss with its target in the right place, and the signs of four "
            "log-probabilities.",
            topics=("preferences", "language-models"),
            difficulty="easy",
            minutes=20,
        ),
        examples=(
            Example(
                Case(
                    (
                        np.array([-2.0, -5.0]),
                        np.array([-8.0, -5.0]),
                        np.array([-4.0, -6.0]),
                        np.array([-7.0, -4.0]),
                    ),
                    {"beta": 0.5},
                ),
                value=2.5,
                gradient=((2.0, 1.0), (-2.0, -1.0)),
                working="The log-ratios are 2 and -1, and 1 and -1: margins of 3 and 2, which "
                "miss the target of 1 by 2 and 1, so the loss is (4 + 1) / 2.",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        parameters=(Parameter("beta", 0.1, others=(0.05, 0.5, 2.0)),),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=SHAPES,
        large=(100_000,),
        terms=terms,
        extremes=(
            Extreme(
                "margins near a target of 5e5",
                _near_target,
                "Subtract the target first and square the difference; an expanded square cancels.",
            ),
            Extreme(
                "margins of 1e150",
                lambda rng: log_ratios.apart(rng, 1e150),
                "Square the distance from the target once: its fourth power overflows.",
            ),
            Extreme(
                "margins of 1e15",
                lambda rng: log_ratios.apart(rng, 1e15),
                "Square the distance from the target once, in float32 too.",
                float32=True,
            ),
            log_ratios.LONG_ANSWERS,
        ),
        edges=(
            Edge("every target met", _met, "At a margin of 1/(2 beta) loss and gradients are 0."),
            Edge(
                "policy still the reference",
                log_ratios.untrained,
                "Where the policy is the reference each pair costs 1/(4 beta²).",
            ),
            Edge(
                "every margin beyond its target",
                lambda rng: Case(log_ratios.apart(rng, 20.0).arguments, {"beta": 50.0}),
                "Past the target the loss rises again.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("in units of beta", IN_UNITS_OF_BETA),
            Variant("stacked einsum", STACKED),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        coarse=lambda rng: log_ratios.beside_an_outlier(rng, 1e6),
        curves=(
            Curve(
                "One pair, beta = 0.25",
                "margin of the log-ratios",
                -4.0,
                8.0,
                lambda h: log_ratios.one_pair(h, 0.25),
            ),
        ),
    ),
)
