"""Several losses, each weighed by a learned uncertainty of its own."""

import math
from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.exact import pairs
from grader.catalogue.inputs import paired
from grader.catalogue.pairs import CHECK
from grader.catalogue.regression import at_least_tiny
from grader.catalogue.task import (
    Argument,
    Array,
    Brief,
    Case,
    Curve,
    Edge,
    Example,
    Extreme,
    Law,
    Misconception,
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family

Pair = tuple[Array, Array]


def _weighed(losses: Array, log_variances: Array) -> Pair:
    """Return 1/2 exp(-s) and 1/2 exp(-s) L, elementwise."""
    losses, s = paired(losses, log_variances)
    weights = 0.5 * np.exp(-s)
    return weights, weights * losses


def reference(losses: Array, log_variances: Array) -> float:
    """Return the sum of 1/2 exp(-s) L + 1/2 s.

    Args:
        losses: L, any shape; one loss a task, in units of its own.
        log_variances: s, the same shape; logarithms of variances in the units of L.

    Returns:
        The loss, of either sign; NaN where either array holds one.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: Kendall, Gal, Cipolla, Multi-Task Learning Using Uncertainty to Weigh Losses (2018),
        equation 7, with s = log sigma^2.
    """
    _, costs = _weighed(losses, log_variances)
    return float(np.sum(costs + 0.5 * log_variances))


def gradient(losses: Array, log_variances: Array) -> Pair:
    """Return 1/2 exp(-s) and 1/2 - 1/2 exp(-s) L, of the arguments' shape; errors as above."""
    weights, costs = _weighed(losses, log_variances)
    return weights, 0.5 - costs


def terms(losses: Array, log_variances: Array) -> float:
    _, costs = _weighed(losses, log_variances)
    return at_least_tiny(np.max(np.abs([costs, 0.5 * log_variances])))


def definition(mp: Any, losses: Any, log_variances: Any) -> Any:
    return mp.fsum(mp.exp(-s) * loss / 2 + s / 2 for loss, s in pairs(losses, log_variances))


def sample(rng: np.random.Generator, shape: Shape) -> Pair:
    """Draw losses of 0.1 to 4, and log-variances whose weights differ up to 20-fold."""
    return rng.uniform(0.1, 4.0, size=shape), rng.uniform(-1.5, 1.5, size=shape)


def _at(s: float, loss: float) -> laws.Draw:
    """Return a draw of log-variances near `s` and losses of `loss` and below."""

    def case(rng: np.random.Generator) -> Case:
        return Case((loss * rng.uniform(0.1, 1.0, size=6), s + rng.uniform(-2.0, 2.0, size=6)))

    return case


def _listed(losses: tuple[float, ...], log_variances: tuple[float, ...]) -> laws.Draw:
    return lambda rng: Case((np.array(losses), np.array(log_variances)))


def _best(rng: np.random.Generator) -> Case:
    """Every variance is the loss itself."""
    losses, _ = sample(rng, (5,))
    return Case((losses, np.log(losses)))


EXTREMES = (
    Extreme(
        "log-variances near -600",
        _at(-600.0, 1e-200),
        "Multiply by exp(-s) itself: a variance that is cut off, or has an epsilon added, gives "
        "another weight.",
    ),
    Extreme(
        "log-variances near 600",
        _at(600.0, 1e200),
        "Multiply by exp(-s), and keep products of large factors out of the gradient.",
    ),
    Extreme(
        "log-variances near -30",
        _at(-30.0, 1.0),
        "Multiply by exp(-s) itself: an epsilon added to the variance outweighs it.",
        float32=True,
    ),
    Extreme(
        "log-variances near 30",
        _at(30.0, 1e10),
        "Cut no log-variance off: the loss would not grow with it any more.",
        float32=True,
    ),
    Extreme(
        "losses of 1e300",
        _at(0.0, 1e300),
        "Multiply each loss once, and square nothing.",
    ),
)

EDGES = (
    Edge(
        "losses of 0",
        _listed((0.0, 0.0, 1.0), (0.5, -2.0, 1.0)),
        "A loss of 0 leaves half of its log-variance, and slopes like any other.",
    ),
    Edge(
        "log-variances of 0",
        _listed((1.0, 2.5, 4.0), (0.0, 0.0, 0.0)),
        "With log-variances of 0 the loss is half of the summed losses.",
    ),
    Edge(
        "variances equal to the losses",
        _best,
        "Where a variance is its loss, the slope by the log-variance is 0 up to rounding.",
        gradient=False,
    ),
    Edge(
        "negative losses",
        _listed((-1.0, -0.25, 3.0), (0.5, -0.5, 1.0)),
        "A loss may be negative, as log-likelihoods of densities are.",
    ),
    Edge(
        "a single task",
        _listed((2.0,), (-1.0,)),
        "One task is weighed like several.",
    ),
)

PLAIN = (
    CHECK.replace("y_true", "losses").replace("y_pred", "log_variances")
    + """

def loss(losses, log_variances):
    _check(losses, log_variances)
    weights = 0.5 * np.exp(-log_variances)
    return np.sum(weights * losses + 0.5 * log_variances)


def grad(losses, log_variances):
    _check(losses, log_variances)
    weights = 0.5 * np.exp(-log_variances)
    return weights, 0.5 - weights * losses
"""
)

SIGMAS = '''\
import numpy as np


def likelihoods(losses, log_variances):
    """Each loss over its standard deviation, twice: the variance itself is never formed."""
    if np.shape(losses) != np.shape(log_variances):
        raise ValueError("one log-variance is needed for each loss")
    if not np.size(losses):
        raise ValueError("there are no tasks")
    s = np.asarray(log_variances, dtype=np.float64)
    deviation = np.exp(s / 2)
    return s, deviation, np.divide(losses, deviation) / deviation


def loss(losses, log_variances):
    s, _, scaled = likelihoods(losses, log_variances)
    return float((scaled.sum() + s.sum()) / 2)


def grad(losses, log_variances):
    _, deviation, scaled = likelihoods(losses, log_variances)
    return 1 / deviation / deviation / 2, (1 - scaled) / 2
'''

DOT = """\
import numpy as np


class Balance:
    def __init__(self, losses, log_variances):
        if losses.shape != log_variances.shape or losses.size == 0:
            raise ValueError(f"cannot weigh {losses.shape} by {log_variances.shape}")
        self.shape = losses.shape
        self.losses = losses.ravel().astype(float)
        self.s = log_variances.ravel().astype(float)
        self.precision = np.exp(np.negative(self.s))

    def total(self):
        half = np.full(self.s.size, 0.5)
        return np.einsum("i,i,i->", half, self.precision, self.losses) + half @ self.s

    def slopes(self):
        to_losses = np.multiply(self.precision, 0.5)
        to_s = np.subtract(0.5, np.multiply(to_losses, self.losses))
        return to_losses.reshape(self.shape), to_s.reshape(self.shape)


def loss(losses, log_variances):
    return Balance(losses, log_variances).total()


def grad(losses, log_variances):
    return Balance(losses, log_variances).slopes()
"""

LOOPS = """\
import math

import numpy as np


def tasks(losses, log_variances):
    if losses.shape != log_variances.shape:
        raise ValueError("shapes differ")
    if losses.size == 0:
        raise ValueError("no tasks")
    return zip(losses.ravel().tolist(), log_variances.ravel().tolist())


def loss(losses, log_variances):
    return math.fsum((math.exp(-s) * l + s) / 2 for l, s in tasks(losses, log_variances))


def grad(losses, log_variances):
    to_losses, to_s = [], []
    for l, s in tasks(losses, log_variances):
        weight = math.exp(-s) / 2
        to_losses.append(weight)
        to_s.append(0.5 - weight * l)
    shape = losses.shape
    return np.array(to_losses).reshape(shape), np.array(to_s).reshape(shape)
"""

WEIGHTS, TOTAL = "0.5 * np.exp(-log_variances)", "np.sum(weights * losses + 0.5 * log_variances)"
SLOPES = "weights, 0.5 - weights * losses"

MISCONCEPTIONS = (
    Misconception(
        "losses not halved",
        Family.VALUES,
        "It weighs each loss with exp(-s) and forgets the factor one half.",
        patched(PLAIN, (WEIGHTS, "np.exp(-log_variances)")),
    ),
    Misconception(
        "log-variances not halved",
        Family.VALUES,
        "It adds s where half of s is asked, as if s were the log of the standard deviation.",
        patched(
            PLAIN, ("+ 0.5 * log_variances", "+ log_variances"), ("0.5 - weights", "1 - weights")
        ),
    ),
    Misconception(
        "nothing halved",
        Family.VALUES,
        "It adds up exp(-s) L + s, as much code on the web does: both halves are missing.",
        patched(
            PLAIN,
            (WEIGHTS, "np.exp(-log_variances)"),
            ("+ 0.5 * log_variances", "+ log_variances"),
            ("0.5 - weights", "1 - weights"),
        ),
    ),
    Misconception(
        "log of the standard deviation",
        Family.VALUES,
        "It takes s for the log of the standard deviation and squares it: exp(-2 s), and all of s.",
        patched(
            PLAIN,
            (WEIGHTS, "0.5 * np.exp(-2 * log_variances)"),
            ("+ 0.5 * log_variances", "+ log_variances"),
            ("0.5 - weights * losses", "1 - 2 * weights * losses"),
        ),
    ),
    Misconception(
        "variance for its log",
        Family.VALUES,
        "It divides by s and takes its log: what is given are log-variances already.",
        patched(
            PLAIN,
            (WEIGHTS, "0.5 / log_variances"),
            ("0.5 * log_variances)", "0.5 * np.log(log_variances))"),
            (SLOPES, "weights, (0.5 - weights * losses) / log_variances"),
        ),
    ),
    Misconception(
        "sign of the exponent",
        Family.VALUES,
        "It multiplies by the variance, exp(s): an uncertain task must weigh less, not more.",
        patched(
            PLAIN, (WEIGHTS, "0.5 * np.exp(log_variances)"), ("0.5 - weights", "0.5 + weights")
        ),
    ),
    Misconception(
        "no price of uncertainty",
        Family.VALUES,
        "It leaves out half of s, so that every task can be silenced for nothing.",
        patched(PLAIN, (" + 0.5 * log_variances", ""), ("0.5 - weights", "-weights")),
    ),
    Misconception(
        "mean for sum",
        Family.VALUES,
        "It averages over the tasks where their sum is asked.",
        patched(
            PLAIN,
            ("np.sum(", "np.mean("),
            (SLOPES, "weights / losses.size, (0.5 - weights * losses) / losses.size"),
        ),
    ),
    Misconception(
        "weights that add up to 1",
        Family.VALUES,
        "It divides the weights by their sum, as a softmax does; each task's stands for itself.",
        patched(PLAIN, ("    return", "    weights = weights / weights.sum()\n    return")),
    ),
    Misconception(
        "log-variances held fixed",
        Family.GRADIENTS,
        "Its gradient with respect to the log-variances lacks the losses: it is only that of half "
        "of s.",
        patched(PLAIN, ("0.5 - weights * losses", "0.5 + 0 * losses")),
    ),
    Misconception(
        "sign within the gradient",
        Family.GRADIENTS,
        "Its gradient adds where it must subtract: exp(-s) falls with s.",
        patched(PLAIN, ("0.5 - weights * losses", "0.5 + weights * losses")),
    ),
    Misconception(
        "losses held fixed",
        Family.GRADIENTS,
        "It returns zeros for the losses, as if nothing behind them were trained.",
        patched(PLAIN, (SLOPES, "0 * weights, 0.5 - weights * losses")),
    ),
    Misconception(
        "losses in their own slope",
        Family.GRADIENTS,
        "Its gradient with respect to the losses still holds the losses: the weights alone remain.",
        patched(PLAIN, (SLOPES, "weights * losses, 0.5 - weights * losses")),
    ),
    Misconception(
        "gradients in the wrong order",
        Family.GRADIENTS,
        "It returns the gradient of the log-variances first; the losses come first in the "
        "signature.",
        patched(PLAIN, (SLOPES, "0.5 - weights * losses, weights")),
    ),
    Misconception(
        "log-variances cut off",
        Family.STABILITY,
        "It keeps log-variances between -10 and 10, outside of which nothing changes any more.",
        patched(
            PLAIN,
            (
                "    weights = ",
                "    log_variances = np.clip(log_variances, -10, 10)\n    weights = ",
            ),
        ),
    ),
    Misconception(
        "epsilon in the variance",
        Family.STABILITY,
        "It adds 1e-8 to the variance, which outweighs the variance of sure tasks.",
        patched(PLAIN, (WEIGHTS, "0.5 / (np.exp(log_variances) + 1e-8)")),
    ),
    Misconception(
        "variance squared",
        Family.STABILITY,
        "Its gradient goes through the fourth power of the deviation, which overflows first.",
        patched(
            PLAIN,
            (
                "0.5 - weights * losses",
                "0.5 - 0.5 * losses * np.exp(log_variances) / np.exp(log_variances) ** 2",
            ),
        ),
    ),
    Misconception(
        "negative losses refused",
        Family.EDGE_CASES,
        "It raises ValueError for negative losses, which log-likelihoods of densities may be.",
        patched(
            PLAIN,
            (
                "    if log_variances.size == 0:",
                "    if log_variances.size == 0 or (losses < 0).any():",
            ),
        ),
    ),
    Misconception(
        "NaN hidden",
        Family.EDGE_CASES,
        "It leaves out tasks whose loss is NaN: bad data is hidden.",
        patched(PLAIN, ("np.sum(", "np.nansum(")),
    ),
    Misconception(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It lets NumPy broadcast arrays of different shapes where it must raise ValueError.",
        patched(PLAIN, ("if losses.shape != log_variances.shape:", "if losses.ndim < 0:")),
    ),
    Misconception(
        "empty input accepted",
        Family.EDGE_CASES,
        "It adds up no tasks to 0 where it must raise ValueError.",
        patched(PLAIN, ("if log_variances.size == 0:", "if losses.ndim < 0:")),
    ),
)


def _gaussian(losses: Array, log_variances: Array) -> float:
    """Of squared errors it is a Gaussian log-likelihood, but for a constant."""
    variances = np.exp(log_variances)
    densities = np.exp(-losses / (2.0 * variances)) / np.sqrt(2.0 * np.pi * variances)
    return float(-np.sum(np.log(densities)) - losses.size * math.log(2.0 * math.pi) / 2.0)


def _half_sum(losses: Array, log_variances: Array) -> float:
    return float(np.sum(losses)) / 2.0


def _at_best(losses: Array, log_variances: Array) -> float:
    return float(np.sum(1.0 + np.log(losses))) / 2.0


def _other_units(rng: np.random.Generator) -> tuple[float, float]:
    """Losses in other units, with variances in the same, cost a constant more."""
    losses, log_variances = sample(rng, (5,))
    factor = rng.uniform(0.2, 5.0, size=5)
    moved = reference(factor * losses, log_variances + np.log(factor))
    return moved, reference(losses, log_variances) + 0.5 * float(np.sum(np.log(factor)))


def _nothing_to_gain(rng: np.random.Generator) -> tuple[Any, Any]:
    return gradient(*_best(rng).arguments)[1], np.zeros(5)


USUAL = laws.drawn(sample, 5)
LAWS = (
    laws.equal(
        "With log-variances of 0 it is half of the summed losses.",
        lambda rng: Case((sample(rng, (5,))[0], np.zeros(5))),
        reference,
        _half_sum,
    ),
    laws.equal("Of squared errors it is a Gaussian log-likelihood.", USUAL, reference, _gaussian),
    laws.equal(
        "At the best variances it is half the sum of 1 + log L.", _best, reference, _at_best
    ),
    Law("No slope is left where each variance is its loss.", _nothing_to_gain),
    Law("Other units of a loss shift the total by a constant.", _other_units),
    laws.unchanged(
        "The order of the tasks does not matter.", reference, USUAL, laws.reordered(0, 1)
    ),
)

TASKS = (
    Task(
        slug="uncertainty-weighted",
        title="Uncertainty-weighted multi-task loss",
        formula=r"L = \sum_{i} \left( \frac{1}{2} e^{-s_i} L_i + \frac{1}{2} s_i \right)",
        sentence="The sum over the tasks of half of exp(-s) times the task's loss plus half of s, "
        "where s is the log of the task's variance.",
        domain="losses and log_variances hold any finite numbers, one of each per task; different "
        "shapes and empty arrays raise ValueError.",
        rules=(
            "The loss is one number, a sum over all elements and no mean.",
            "grad returns a tuple: the derivatives with respect to losses and to log_variances, in "
            "that order, each a new array of the arguments' shape.",
            "Both arrays have one shape, whatever it is; different shapes raise ValueError and "
            "never broadcast.",
            "Empty input raises ValueError.",
            "Losses may be 0 or negative.",
            "Log-variances from -600 to 600 count as they are: nothing is clipped or added.",
            "A NaN in either array makes the loss NaN.",
            "losses may hold integers, and either array may be float32, strided or read-only; "
            "neither is modified.",
        ),
        source="Kendall, Gal, Cipolla, Multi-Task Learning Using Uncertainty to Weigh Losses for "
        "Scene Geometry and Semantics (2018), equation 7, with s = log of sigma squared.",
        brief=Brief(
            prompt="A car's network predicts depth in metres, steering in degrees and road signs "
            "at once, and nobody knows how to weigh losses of such different size. So each task "
            "gets a learned log-variance `s`: it divides the task's loss, and costs something "
            "itself. Write the total loss. `grad` returns two arrays: the gradient with respect to "
            "`losses` and the one with respect to `log_variances`.",
            context="Learned weights with a price, two gradients, and the factors of one half that "
            "are easily lost.",
            topics=("multi-task",),
            difficulty="easy",
            minutes=15,
        ),
        examples=(
            Example(
                Case((np.array([2.0, 4.0]), np.array([0.0, math.log(4.0)]))),
                value=1.5 + math.log(2.0),
                gradient=((0.5, 0.125), (-0.5, 0.0)),
                working="The first task costs 2/2, the second 4/4/2 and half of log 4: 1 + 1/2 + "
                "log 2.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("losses", differentiate=True, integers=True),
            Argument("log_variances", differentiate=True),
        ),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((6,), (1,), (3, 4), (2, 2, 3)),
        large=(50_000,),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("standard deviations", SIGMAS),
            Variant("einsum in a class", DOT),
            Variant("Python loops", LOOPS, slow=True),
        ),
        laws=LAWS,
        curves=(
            Curve(
                "A loss of 1",
                "log-variance",
                -3.0,
                4.0,
                lambda s: Case((np.ones(1), np.array([s]))),
            ),
        ),
    ),
)
