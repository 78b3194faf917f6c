"""What losses on the log-probabilities of a policy and a reference share."""

from typing import Any

import numpy as np

from grader.catalogue.exact import Number, pairs
from grader.catalogue.inputs import paired
from grader.catalogue.slips import Slip, made
from grader.catalogue.task import Argument, Array, Case, Extreme, Misconception, Shape
from grader.families import Family

Four = tuple[Array, Array, Array, Array]

ARGUMENTS = (
    Argument("policy_chosen", differentiate=True),
    Argument("policy_rejected", differentiate=True),
    Argument("reference_chosen"),
    Argument("reference_rejected"),
)
SHAPES = ((12,), (1,), (3, 4), (2, 3, 2))

RULES = (
    "The loss is one number; grad returns a tuple of two new arrays: the derivatives with respect "
    "to policy_chosen and to policy_rejected, each in their shape.",
    "The four arrays have one shape, whatever it is; different shapes raise ValueError and never "
    "broadcast.",
    "Empty input raises ValueError.",
    "A NaN in any of the four arrays makes the loss NaN, and shows in both gradients.",
    "All four hold natural logarithms, not probabilities, and may be above 0 where they are of "
    "densities.",
    "beta is a positive number; others are not asked for.",
    "Log-probabilities of long answers, down to -1e4, give a right and finite result.",
)

# How solutions of these rows open: the log-ratio of the chosen answer less that of the rejected.
MARGIN = """\
import numpy as np


def _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected):
    arrays = (policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    if any(array.shape != policy_chosen.shape for array in arrays):
        raise ValueError("the four arrays must have the same shape")
    if policy_chosen.size == 0:
        raise ValueError("there are no pairs")
    return (policy_chosen - reference_chosen) - (policy_rejected - reference_rejected)
"""
CHOSEN, REJECTED = "policy_chosen - reference_chosen", "policy_rejected - reference_rejected"


def margin(
    policy_chosen: Array,
    policy_rejected: Array,
    reference_chosen: Array,
    reference_rejected: Array,
) -> Array:
    """Return how much more the policy than the reference prefers the chosen answers, in nats.

    Args: log-probabilities, four arrays of one shape, any.

    Raises:
        ValueError: where shapes differ or the arrays are empty.
    """
    arrays = paired(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    chosen, rejected, before, before_rejected = arrays
    return np.asarray((chosen - before) - (rejected - before_rejected))


def largest(*log_probabilities: Array) -> float:
    """Return the largest log-probability in size: the order of subtraction is free."""
    return float(max(np.abs(array).max() for array in log_probabilities))


def exact_margins(mp: Any, *log_probabilities: Any) -> list[Number]:
    return [(pc - rc) - (pr - rr) for pc, pr, rc, rr in pairs(*log_probabilities)]


def sample(rng: np.random.Generator, shape: Shape) -> Four:
    """Draw log-probabilities of answers of a few words, the policy's near the reference's."""
    reference = rng.uniform(-60.0, -10.0, size=(2, *shape))
    chosen, rejected = reference + rng.normal(scale=3.0, size=(2, *shape))
    return chosen, rejected, *reference


def apart(rng: np.random.Generator, scale: float, **parameters: float) -> Case:
    """Margins of about `scale` in size, of both signs."""
    chosen, rejected, *reference = sample(rng, (6,))
    gaps = scale * rng.uniform(0.8, 1.0, size=6) * np.array([-1.0, 1.0, -1.0, 1.0, -1.0, 1.0])
    share = rng.uniform(0.2, 0.8, size=6)
    return Case((chosen + share * gaps, rejected - (1.0 - share) * gaps, *reference), parameters)


def around(rng: np.random.Generator, centre: float, **parameters: float) -> Case:
    """Usual log-ratios of log-probabilities near `centre`."""
    return Case(tuple(array + centre for array in sample(rng, (6,))), parameters)


def beside_an_outlier(rng: np.random.Generator, scale: float) -> Case:
    """Usual log-ratios, and a chosen answer whose log-probability has fallen by `scale`."""
    arrays = sample(rng, (12,))
    arrays[0][rng.integers(12)] -= scale
    return Case(arrays)


def untrained(rng: np.random.Generator) -> Case:
    """A policy that is still the reference."""
    _, _, chosen, rejected = sample(rng, (6,))
    return Case((chosen, rejected, chosen.copy(), rejected.copy()))


LONG_ANSWERS = Extreme(
    "log-probabilities near -1e4",
    lambda rng: around(rng, -1e4),
    "Subtract log-probabilities as they are: the probabilities themselves underflow to 0.",
)


def one_pair(margin: float, beta: float) -> Case:
    """One pair with this margin, as for a curve."""
    zero = np.zeros(1)
    return Case((np.array([margin]), zero, zero, zero), {"beta": beta})


SLIPS = (
    Slip(
        "chosen and rejected swapped",
        Family.VALUES,
        "It prefers the rejected answers: the sign of the margin is swapped.",
        (
            (f"({CHOSEN}) - ({REJECTED})", f"({REJECTED}) - ({CHOSEN})"),
            ("return slope, -slope", "return -slope, slope"),
        ),
    ),
    Slip(
        "reference left out",
        Family.VALUES,
        "It compares the policy's own log-probabilities and leaves the reference out.",
        ((f"({CHOSEN}) - ({REJECTED})", "policy_chosen - policy_rejected"),),
    ),
    Slip(
        "reference added",
        Family.VALUES,
        "It adds the reference's margin where it must subtract it: a ratio of probabilities is "
        "a difference of logarithms.",
        (
            (f"({CHOSEN})", f"({CHOSEN.replace('-', '+')})"),
            (f"({REJECTED})", f"({REJECTED.replace('-', '+')})"),
        ),
    ),
    Slip(
        "reference's rejected with the wrong sign",
        Family.VALUES,
        "It loses the brackets around the rejected answer's log-ratio, so that the reference's "
        "part of it has the wrong sign.",
        ((f"({REJECTED})", REJECTED),),
    ),
    Slip(
        "both gradients the same",
        Family.GRADIENTS,
        "It returns the gradient of the chosen answers twice; that of the rejected ones has "
        "the other sign.",
        (("return slope, -slope", "return slope, slope.copy()"),),
    ),
    Slip(
        "rejected taken for a constant",
        Family.GRADIENTS,
        "It gives the rejected answers a gradient of 0, though the loss depends on them too.",
        (("return slope, -slope", "return slope, 0 * slope"),),
    ),
    Slip(
        "gradient not divided by n",
        Family.GRADIENTS,
        "Its gradients are those of the sum: the division by the number of pairs is missing.",
        ((" / h.size", ""),),
    ),
    Slip(
        "ratio of probabilities",
        Family.STABILITY,
        "It turns the log-probabilities into probabilities before dividing them: those of a "
        "long answer are 0, and 0 over 0 is NaN.",
        (
            (CHOSEN, "np.log(np.exp(policy_chosen) / np.exp(reference_chosen))"),
            (REJECTED, "np.log(np.exp(policy_rejected) / np.exp(reference_rejected))"),
        ),
    ),
    Slip(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It lets arrays of different shapes broadcast where it must raise ValueError.",
        (("array.shape != policy_chosen.shape", "array.ndim < 0"),),
    ),
    Slip(
        "empty input accepted",
        Family.EDGE_CASES,
        "It averages over no pairs where it must raise ValueError.",
        (("if policy_chosen.size == 0:", "if policy_chosen.ndim < 0:"),),
    ),
    Slip(
        "NaN hidden",
        Family.EDGE_CASES,
        "It averages with nanmean, so a broken log-probability vanishes from the result.",
        (("np.mean(", "np.nanmean("),),
    ),
)


def mistakes(source: str) -> tuple[Misconception, ...]:
    """Return what goes wrong with the margin, in a solution that opens with MARGIN."""
    return made(source, SLIPS)
