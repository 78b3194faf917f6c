"""z-loss: what keeps the log-normaliser of a softmax near 0."""

from typing import Any

import numpy as np

from grader.catalogue import exact, laws
from grader.catalogue.inputs import require
from grader.catalogue.softmax_cross_entropy import log_sum_exp
from grader.catalogue.task import (
    Argument,
    Array,
    Brief,
    Case,
    Curve,
    Edge,
    Example,
    Expect,
    Extreme,
    Law,
    Misconception,
    Parameter,
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family

COEFFICIENT = 1e-4


def rows(logits: Array) -> Array:
    """Return the logits in float64; raise ValueError unless they are (n, k) and not empty."""
    require(np.ndim(logits) == 2 and np.size(logits) > 0, "logits must be (n, k) and not empty")
    return np.asarray(logits, dtype=np.float64)


def reference(logits: Array, coefficient: float = COEFFICIENT) -> float:
    """Return coefficient times the mean over rows of log(sum_j exp(z_ij)) squared.

    Args:
        logits: shape (n, k), unnormalised log-probabilities in nats.
        coefficient: the weight of this term in the whole loss, > 0.

    Returns:
        The loss in nats squared, >= 0, finite for logits up to 1e150; NaN where one is NaN.

    Raises:
        ValueError: for other shapes and empty input.

    Source: Zoph et al., ST-MoE: Designing Stable and Transferable Sparse Expert Models (2022),
    equation 5; Chowdhery et al., PaLM (2022), section 5.
    """
    return float(coefficient * np.mean(log_sum_exp(rows(logits)) ** 2))


def gradient(logits: Array, coefficient: float = COEFFICIENT) -> tuple[Array]:
    """Return 2 coefficient lse(z_i) softmax(z_i) / n, shape (n, k); errors as `reference`."""
    z = rows(logits)
    softmax = np.exp(z - z.max(axis=1, keepdims=True))
    softmax /= softmax.sum(axis=1, keepdims=True)
    return (2.0 * coefficient / len(z) * log_sum_exp(z)[:, None] * softmax,)


def terms(logits: Array, coefficient: float = COEFFICIENT) -> float:
    """Return what the largest logit and log k would cost together: lse is a sum of the two."""
    return float(coefficient * (np.abs(logits).max() + np.log(logits.shape[1])) ** 2)


def definition(mp: Any, logits: Any, coefficient: Any) -> Any:
    return coefficient * exact.mean(mp, (exact.log_sum_exp(mp, row) ** 2 for row in logits))


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array]:
    """Draw logits within 2 of a centre of each row's own, so that lse has both signs."""
    centres = rng.permuted(np.resize(rng.permutation([-4.0, 1.0, 3.0]), shape[0]))
    return (centres[:, None] + rng.uniform(-2.0, 2.0, size=shape),)


def spaced(rng: np.random.Generator, scale: float) -> Case:
    """Rows that hold -scale..scale in even steps, in any order."""
    return Case((rng.permuted(np.tile(np.linspace(-scale, scale, 5), (4, 1)), axis=1),))


def around(rng: np.random.Generator, *centres: float) -> Case:
    """Ordinary rows, each shifted as a whole to one of the centres in turn."""
    (logits,) = sample(rng, (4, 5))
    return Case((logits + np.resize(centres, 4)[:, None],))


def normalised(rng: np.random.Generator) -> Array:
    """Rows of log-probabilities: exp of them adds up to 1."""
    (logits,) = sample(rng, (3, 4))
    return np.asarray(logits - log_sum_exp(logits)[:, None])


def half_normalised(rng: np.random.Generator) -> Case:
    return Case((np.concatenate([normalised(rng), *sample(rng, (3, 4))]),), {"coefficient": 1.0})


def with_nan(rng: np.random.Generator) -> Case:
    """A NaN below the row's largest logit, where max() alone could miss it."""
    (logits,) = sample(rng, (4, 3))
    logits[rng.integers(0, 4)] = rng.permutation([np.nan, 5.0, 1.0])
    return Case((logits,))


PLAIN = """\
import numpy as np


def check(logits):
    if logits.ndim != 2 or logits.size == 0:
        raise ValueError("logits must be (n, k) and not empty")


def log_sum_exp(logits):
    peak = logits.max(axis=1)
    return peak + np.log(np.exp(logits - peak[:, None]).sum(axis=1))


def loss(logits, coefficient=1e-4):
    check(logits)
    lse = log_sum_exp(logits)
    return coefficient * np.mean(lse**2)


def grad(logits, coefficient=1e-4):
    check(logits)
    lse = log_sum_exp(logits)
    softmax = np.exp(logits - lse[:, None])
    return 2 * coefficient * lse[:, None] * softmax / len(logits)
"""

LOGADDEXP = """\
import numpy as np


def log_normaliser(logits):
    if np.ndim(logits) != 2 or not np.size(logits):
        raise ValueError("expected a matrix with at least one row")
    total = logits[:, 0].astype(np.float64)
    for j in range(1, logits.shape[1]):
        total = np.logaddexp(total, logits[:, j])
    return total


def loss(logits, coefficient=1e-4):
    log_z = log_normaliser(logits)
    return float(np.dot(log_z, log_z) / log_z.size * coefficient)


def grad(logits, coefficient=1e-4):
    log_z = log_normaliser(logits)
    probabilities = np.exp(logits.T - log_z)
    return (probabilities * (log_z * (coefficient * 2.0 / log_z.size))).T
"""

EINSUM = '''\
import numpy as np


class Softmax:
    """Powers relative to each row's largest, and their sums."""

    def __init__(self, logits):
        if logits.ndim != 2 or 0 in logits.shape:
            raise ValueError("logits: (n, k)")
        z = np.array(logits, dtype=np.float64)
        self.largest = np.max(z, axis=1)
        self.powers = np.exp(z - self.largest[:, np.newaxis])
        self.sums = np.einsum("nk->n", self.powers)
        self.log_z = np.log(self.sums) + self.largest

    def penalty(self):
        return np.einsum("n,n->", self.log_z, self.log_z) / len(self.log_z)

    def slope(self):
        weight = 2.0 * self.log_z / self.sums / len(self.log_z)
        return np.einsum("n,nk->nk", weight, self.powers)


def loss(logits, coefficient=1e-4):
    return coefficient * Softmax(logits).penalty()


def grad(logits, coefficient=1e-4):
    return coefficient * Softmax(logits).slope()
'''

LOOPS = """\
import math

import numpy as np


def each_row(logits):
    if logits.ndim != 2 or logits.size == 0:
        raise ValueError("bad logits")
    for row in logits.tolist():
        peak = max(row)
        if any(z != z for z in row):
            peak = math.nan
        powers = [math.exp(z - peak) for z in row]
        yield peak + math.log(sum(powers)), [power / sum(powers) for power in powers]


def loss(logits, coefficient=1e-4):
    squares = [log_z * log_z for log_z, _ in each_row(logits)]
    return coefficient * sum(squares) / len(squares)


def grad(logits, coefficient=1e-4):
    slopes = []
    for log_z, shares in each_row(logits):
        slopes.append([2 * coefficient * log_z * share / len(logits) for share in shares])
    return np.array(slopes)
"""

LSE = "peak + np.log(np.exp(logits - peak[:, None]).sum(axis=1))"
MEAN, SLOPE = "np.mean(lse**2)", "2 * coefficient * lse[:, None] * softmax / len(logits)"

MISCONCEPTIONS = (
    Misconception(
        "coefficient ignored",
        Family.VALUES,
        "It always weighs the penalty by 1e-4, whatever coefficient says.",
        patched(
            PLAIN,
            ("return coefficient *", "return 1e-4 *"),
            ("return 2 * coefficient", "return 2e-4"),
        ),
    ),
    Misconception(
        "square of the mean",
        Family.VALUES,
        "It squares the mean of the log-normalisers, so those of opposite sign cancel; the mean is "
        "of their squares.",
        patched(
            PLAIN, (MEAN, "np.mean(lse) ** 2"), (SLOPE, SLOPE.replace("lse[:, None]", "lse.mean()"))
        ),
    ),
    Misconception(
        "not squared",
        Family.VALUES,
        "It averages the log-normalisers themselves, which rewards negative ones.",
        patched(PLAIN, (MEAN, "np.mean(lse)"), (SLOPE, "coefficient * softmax / len(logits)")),
    ),
    Misconception(
        "squared logits",
        Family.VALUES,
        "It penalises the mean squared logit, not the squared log of the summed exponentials.",
        patched(
            PLAIN,
            (MEAN, "np.mean(logits**2)"),
            (SLOPE, "2 * coefficient * logits / logits.size"),
        ),
    ),
    Misconception(
        "log of the mean exponential",
        Family.VALUES,
        "It averages the exponentials before the logarithm: lse is off by log k.",
        patched(PLAIN, (LSE, f"{LSE} - np.log(logits.shape[1])")),
    ),
    Misconception(
        "shift not added back",
        Family.VALUES,
        "It subtracts the largest logit before exp and never adds it back, which softmax forgives "
        "and lse does not.",
        patched(PLAIN, (LSE, LSE.removeprefix("peak + "))),
    ),
    Misconception(
        "largest logit for lse",
        Family.VALUES,
        "It squares each row's largest logit, to which lse only comes near.",
        patched(PLAIN, (LSE, "peak")),
    ),
    Misconception(
        "sum over the batch",
        Family.VALUES,
        "It sums exponentials down the columns, over the batch, where each row has its own "
        "normaliser.",
        patched(
            PLAIN,
            ("logits.max(axis=1)", "logits.max(axis=0)"),
            ("(logits - peak[:, None]).sum(axis=1)", "(logits - peak).sum(axis=0)"),
            ("lse[:, None]", "lse"),
        ),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the squares of the rows where their mean is asked.",
        patched(PLAIN, (MEAN, "np.sum(lse**2)"), (" / len(logits)", "")),
    ),
    Misconception(
        "mean over the classes too",
        Family.VALUES,
        "It divides by n times k, where the mean is over the n rows.",
        patched(PLAIN, (MEAN, "np.sum(lse**2) / logits.size"), ("/ len(logits)", "/ logits.size")),
    ),
    Misconception(
        "log base 2",
        Family.VALUES,
        "It measures in bits: the logarithm is base 2 where the natural one is asked.",
        patched(
            PLAIN,
            (MEAN, "np.mean((lse / np.log(2)) ** 2)"),
            ("return 2 *", "return 2 / np.log(2) ** 2 *"),
        ),
    ),
    Misconception(
        "gradient without the 2",
        Family.GRADIENTS,
        "Its gradient lacks the factor 2 that comes from the square.",
        patched(PLAIN, ("return 2 * coeff", "return coeff")),
    ),
    Misconception(
        "gradient without lse",
        Family.GRADIENTS,
        "Its gradient is that of lse: the chain rule multiplies it by twice lse.",
        patched(PLAIN, ("lse[:, None] * softmax", "softmax")),
    ),
    Misconception(
        "gradient without softmax",
        Family.GRADIENTS,
        "Its gradient is the same for every logit of a row: the softmax, the derivative of lse, "
        "is missing.",
        patched(PLAIN, ("lse[:, None] * softmax", "lse[:, None] * np.ones(logits.shape)")),
    ),
    Misconception(
        "gradient always upwards",
        Family.GRADIENTS,
        "It takes the size of lse in its gradient, so a negative lse is pushed away from 0.",
        patched(PLAIN, ("lse[:, None] * softmax", "np.abs(lse)[:, None] * softmax")),
    ),
    Misconception(
        "gradient without 1/n",
        Family.GRADIENTS,
        "Its gradient is of the sum of the rows: the 1/n of the mean is missing.",
        patched(PLAIN, (" / len(logits)", "")),
    ),
    Misconception(
        "gradient without the coefficient",
        Family.GRADIENTS,
        "Its gradient forgets the coefficient.",
        patched(PLAIN, ("return 2 * coefficient", "return 2")),
    ),
    Misconception(
        "no shift before exp",
        Family.STABILITY,
        "It takes exp of the raw logits, which overflows for large ones and vanishes for small "
        "ones.",
        patched(PLAIN, (LSE, "np.log(np.exp(logits).sum(axis=1))")),
    ),
    Misconception(
        "one shift for all rows",
        Family.STABILITY,
        "It subtracts the largest logit of the whole array instead of each row's, so rows far "
        "below it underflow.",
        patched(PLAIN, ("peak = logits.max(axis=1)", "peak = np.full(len(logits), logits.max())")),
    ),
    Misconception(
        "epsilon in the log",
        Family.STABILITY,
        "It adds 1e-9 to the raw sum before the logarithm, which drowns rows of small logits.",
        patched(PLAIN, (LSE, "np.log(np.exp(logits).sum(axis=1) + 1e-9)")),
    ),
    Misconception(
        "single precision",
        Family.STABILITY,
        "It converts the logits to float32, which overflows beyond 1e38.",
        patched(PLAIN, ("    peak = ", "    logits = np.float32(logits)\n    peak = ")),
    ),
    Misconception(
        "empty input accepted",
        Family.EDGE_CASES,
        "It averages over no rows at all, where ValueError is asked.",
        patched(PLAIN, (" or logits.size == 0", "")),
    ),
    Misconception(
        "NaN hidden",
        Family.EDGE_CASES,
        "It averages with nanmean, so a row of bad data vanishes from the result.",
        patched(PLAIN, (MEAN, "np.nanmean(lse**2)")),
    ),
    Misconception(
        "NaN left out of the sum",
        Family.EDGE_CASES,
        "It skips NaN logits in the sum of exponentials, as if those classes did not exist.",
        patched(
            PLAIN,
            ("logits.max(axis=1)", "np.nanmax(logits, axis=1)"),
            (
                "np.exp(logits - peak[:, None]).sum(axis=1)",
                "np.nansum(np.exp(logits - peak[:, None]), axis=1)",
            ),
        ),
    ),
    Misconception(
        "logits changed in place",
        Family.EDGE_CASES,
        "It subtracts the maximum in place and so changes the caller's logits.",
        patched(
            PLAIN,
            (
                "    return peak + np.log(np.exp(logits - peak[:, None])",
                "    logits -= peak[:, None]\n    return peak + np.log(np.exp(logits)",
            ),
            (
                "    softmax = np.exp(logits - lse[:, None])",
                "    softmax = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)",
            ),
        ),
    ),
)

SHIFT = (
    "Subtract each row's largest logit before exp and add it back after the logarithm: nothing "
    "overflows or vanishes."
)

EXTREMES = (
    Extreme("logits of 1e4", lambda rng: spaced(rng, 1e4), SHIFT, float32=True),
    Extreme("logits of 100", lambda rng: spaced(rng, 100.0), SHIFT, float32=True),
    Extreme("logits of 1e100", lambda rng: spaced(rng, 1e100), SHIFT),
    Extreme("all logits near 1e4", lambda rng: around(rng, 1e4), SHIFT),
    Extreme("all logits near -1e4", lambda rng: around(rng, -1e4), SHIFT),
    Extreme(
        "all logits near -30",
        lambda rng: around(rng, -30.0),
        "Add no epsilon in the logarithm: the largest exponential of a shifted row is 1.",
    ),
    Extreme(
        "rows 2e4 apart",
        lambda rng: around(rng, -1e4, 1e4),
        "Shift each row by its own largest logit: that of the whole array makes every exponential "
        "of the other rows 0.",
    ),
)

EDGES = (
    Edge(
        "rows that are normalised",
        half_normalised,
        "A row of log-probabilities has an lse of 0: it adds nothing to the loss.",
    ),
    Edge(
        "all logits 0",
        lambda rng: Case((np.zeros((3, 4)),)),
        "Logits of 0 have an lse of log k, not of 0.",
    ),
    Edge(
        "lse of opposite signs",
        lambda rng: Case((rng.permutation(np.array([[-9.0, -9.0], [9.0, 9.0]])),)),
        "The squares of negative and positive lse do not cancel.",
    ),
    Edge(
        "a NaN beside larger logits",
        with_nan,
        "A NaN anywhere in a row gives a NaN: bad data is not hidden.",
        Expect.NAN,
    ),
)

USUAL = laws.drawn(sample, 4, 3, coefficient=0.5)


def _equal_logits(rng: np.random.Generator) -> tuple[float, float]:
    n, k = rng.integers(1, 7, size=2)
    z = rng.uniform(-5.0, 5.0)
    return reference(np.full((n, k), z), coefficient=0.5), float(0.5 * (z + np.log(k)) ** 2)


def _tripled(rng: np.random.Generator) -> tuple[float, float]:
    (logits,) = sample(rng, (4, 3))
    return reference(logits, coefficient=0.3), 3 * reference(logits, coefficient=0.1)


def _other_columns(rng: np.random.Generator, case: Case) -> Case:
    return Case((rng.permuted(case.arguments[0], axis=1),), case.parameters)


LAWS = (
    laws.zero("Log-probabilities cost nothing.", reference, lambda rng: Case((normalised(rng),))),
    Law("Equal logits z cost the square of z + log k.", _equal_logits),
    Law("Three times the coefficient is three times the loss.", _tripled),
    laws.unchanged("The order of the rows does not matter.", reference, USUAL, laws.reordered(0)),
    laws.unchanged("The order of the classes does not matter.", reference, USUAL, _other_columns),
)

TASKS = (
    Task(
        slug="z-loss",
        title="z-loss",
        formula=r"L = \frac{c}{n} \sum_{i=1}^{n} \Bigl( \log \sum_{j=1}^{k} e^{z_{ij}} \Bigr)^2",
        sentence="The coefficient times the mean, over the rows, of the square of the log of the "
        "row's summed exponentials; logarithms are natural.",
        domain="logits: real numbers of shape (n, k); empty input raises ValueError; coefficient "
        "is positive.",
        rules=(
            "logits has shape (n, k), and the mean is over the n rows.",
            "Empty input raises ValueError.",
            "A NaN among the logits gives a NaN loss.",
            "Logits up to 1e100 in size, of either sign, give the exact loss.",
            "grad returns the derivative with respect to the logits: a new array of shape (n, k).",
            "logits may be float32, strided or read-only; it is not modified.",
        ),
        source="Zoph et al., ST-MoE: Designing Stable and Transferable Sparse Expert Models "
        "(2022), equation 5; Chowdhery et al., PaLM (2022), section 5, for the coefficient.",
        brief=Brief(
            prompt="In a long training run of a language model the logits slowly drift away: "
            "softmax does not mind a common shift, but half precision does. A small penalty on "
            "the log of each row's normaliser keeps it near 0. Write this penalty, and its "
            "gradient with respect to the logits.",
            context="Log-sum-exp itself, where the usual shift must be added back, and the chain "
            "rule through a square.",
            topics=("language-models", "regularisation", "stability"),
            difficulty="easy",
            minutes=15,
        ),
        examples=(
            Example(
                Case((np.zeros((1, 2)),), {"coefficient": 1.0}),
                value=float(np.log(2.0)) ** 2,
                gradient=((tuple([float(np.log(2.0))] * 2),),),
                working="The log of 1 + 1 is log 2, and its square is the loss.",
            ),
            Example(
                Case((np.log([[0.25, 0.75], [1.0, 3.0]]),), {"coefficient": 0.5}),
                value=float(np.log(2.0)) ** 2,
                gradient=(((0.0, 0.0), (float(np.log(2.0)) / 4, 0.75 * float(np.log(2.0)))),),
                working="Sums of exponentials of 1 and 4: half of the mean of 0 and (2 log 2)².",
            ),
        ),
        definition=definition,
        arguments=(Argument("logits", "n k", differentiate=True),),
        parameters=(Parameter("coefficient", COEFFICIENT, others=(1.0, 0.02)),),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((4, 4), (1, 3), (3, 2), (5, 5), (2, 9)),
        large=(8000, 8),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("logaddexp class by class", LOGADDEXP),
            Variant("einsum in a class", EINSUM),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        laws=LAWS,
        curves=(
            Curve(
                "Two equal logits, coefficient = 1",
                "either logit",
                -4.0,
                3.0,
                lambda z: Case((np.full((1, 2), z),), {"coefficient": 1.0}),
            ),
        ),
    ),
)
