"""The clipped surrogate of proximal policy optimisation."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.exact import mean, pairs
from grader.catalogue.inputs import paired
from grader.catalogue.pairs import numeric_gradient
from grader.catalogue.regression import sampler
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
    Parameter,
    Shape,
    Task,
    Variant,
    patched,
)
from grader.families import Family

Triple = tuple[Array, Array, Array]


def _ratios(advantages: Array, log_probs: Array, old_log_probs: Array) -> tuple[Array, Array]:
    """Return the advantages and the ratios of probability, both in float64."""
    advantages, new, old = paired(advantages, log_probs, old_log_probs)
    # Too large a ratio is infinite, and clipped where the advantage is not negative.
    with np.errstate(over="ignore"):
        return advantages, np.exp(new - old)


def _kept(advantages: Array, ratios: Array, clip: float) -> Array:
    """Return what min() keeps of each ratio: the upper clip acts on gains, the lower on harm."""
    gains = np.minimum(ratios, 1.0 + clip)
    return np.where(advantages >= 0.0, gains, np.maximum(ratios, 1.0 - clip))


def reference(
    advantages: Array, log_probs: Array, old_log_probs: Array, clip: float = 0.2
) -> float:
    """Return -mean min(r A, clamp(r, 1 - clip, 1 + clip) A) with r = exp(log_probs - old).

    Args:
        advantages: A, any shape, any unit, any sign.
        log_probs, old_log_probs: same shape, natural logarithms of the probability (or density) of
            each action under the policy that is trained and the one that acted.
        clip: without unit, between 0 and 1.

    Returns:
        The loss in the advantages' unit, of any sign; NaN where an array holds one.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: Schulman et al., Proximal Policy Optimization Algorithms (2017), equation 7, negated.
    """
    advantages, ratios = _ratios(advantages, log_probs, old_log_probs)
    return float(-np.mean(advantages * _kept(advantages, ratios, clip)))


def gradient(
    advantages: Array, log_probs: Array, old_log_probs: Array, clip: float = 0.2
) -> tuple[Array]:
    """Return the derivative with respect to log_probs, of their shape; errors as above.

    It is -r A / n where the ratio is kept as it is, and 0 where min() takes the clipped one.
    """
    advantages, ratios = _ratios(advantages, log_probs, old_log_probs)
    free = _kept(advantages, ratios, clip) == ratios
    return (-advantages * np.where(free, ratios, 0.0) / ratios.size,)


def subdifferential(
    advantages: Array, log_probs: Array, old_log_probs: Array, clip: float = 0.2
) -> tuple[tuple[Array, Array]]:
    """Return the lowest and the highest right gradient: at the clip that acts, 0 and -r A / n.

    A ratio within some last digits of the clip counts as on it, for exp() rounds.
    """
    (right,) = gradient(advantages, log_probs, old_log_probs, clip)
    advantages, ratios = _ratios(advantages, log_probs, old_log_probs)
    edge = np.where(advantages >= 0.0, 1.0 + clip, 1.0 - clip)
    at_kink = np.abs(ratios - edge) <= 8.0 * np.finfo(np.float64).eps
    slope = np.where(at_kink, -advantages * edge / edge.size, right)
    bounds = np.minimum(slope, 0.0), np.maximum(slope, 0.0)
    low, high = (np.where(at_kink, bound, right) for bound in bounds)
    return ((low, high),)


POLICIES = sampler((0.01, 0.085), (0.115, 0.17), (0.235, 0.25), (0.275, 0.345), (0.42, 0.68))


def sample(rng: np.random.Generator, shape: Shape) -> Triple:
    """Draw ratios of 0.5 to 2, no logarithm of one within 0.01 of a clip; the first is not clipped.

    With a first ratio that is clipped a single element would have no gradient at all.
    """
    old_log_probs, log_probs = POLICIES(rng, shape)
    advantages = rng.uniform(0.2, 2.0, size=shape) * rng.choice([-1.0, 1.0], size=shape)
    first = log_probs.flat[0] - old_log_probs.flat[0]
    advantages.flat[0] = -np.sign(first) * np.abs(advantages.flat[0])
    return advantages, log_probs, old_log_probs


def terms(advantages: Array, log_probs: Array, old_log_probs: Array, clip: float = 0.2) -> float:
    """Return the largest advantage times what is kept of its ratio."""
    advantages, ratios = _ratios(advantages, log_probs, old_log_probs)
    return max(float(np.abs(advantages * _kept(advantages, ratios, clip)).max()), 1e-300)


def definition(mp: Any, advantages: Any, log_probs: Any, old_log_probs: Any, clip: Any) -> Any:
    def gain(advantage: Any, ratio: Any) -> Any:
        clamped = max(1 - clip, min(1 + clip, ratio))
        return min(ratio * advantage, clamped * advantage)

    rows = pairs(advantages, log_probs, old_log_probs)
    return -mean(mp, (gain(a, mp.exp(new - old)) for a, new, old in rows))


def _around(rng: np.random.Generator, centre: float) -> Case:
    advantages, log_probs, old_log_probs = sample(rng, (12,))
    return Case((advantages, log_probs + centre, old_log_probs + centre))


def _apart(rng: np.random.Generator, gap: float) -> Case:
    """Policies about `gap` apart in both directions, for actions of both kinds, by exact sums."""
    signs = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    old_log_probs = rng.integers(-64, 64, size=4) / 16.0
    distance = np.round(gap * rng.uniform(0.8, 1.0, size=4) * 16.0) / 16.0
    advantages = signs[:, 0] * rng.uniform(0.5, 1.0, size=4)
    return Case((advantages, old_log_probs + signs[:, 1] * distance, old_log_probs))


def _unchanged(rng: np.random.Generator) -> Case:
    advantages, _, old_log_probs = sample(rng, (8,))
    return Case((advantages, old_log_probs.copy(), old_log_probs))


def _at(ratio: float, advantage: float, clip: float = 0.2) -> Case:
    return Case((np.array([advantage]), np.log([ratio]), np.zeros(1)), {"clip": clip})


def _without_advantage(rng: np.random.Generator) -> Case:
    advantages, *policies = sample(rng, (8,))
    advantages[2:5] = 0.0
    return Case((advantages, *policies))


def _on_the_clips(rng: np.random.Generator) -> Case:
    order = rng.permutation(4)
    advantages = np.array([2.0, 2.0, -2.0, -2.0])
    ratios = np.array([1.75, 0.25, 1.75, 0.25])
    return Case((advantages[order], np.log(ratios)[order], np.zeros(4)), {"clip": 0.75})


def _beside_a_windfall(rng: np.random.Generator) -> Case:
    """Ordinary actions, and one of a huge advantage whose ratio is clipped."""
    advantages, log_probs, old_log_probs = sample(rng, (12,))
    one = rng.integers(12)
    advantages[one], log_probs[one] = 1e10, old_log_probs[one] + 1.0
    return Case((advantages, log_probs, old_log_probs))


PLAIN = """\
import numpy as np


def _ratio(advantages, log_probs, old_log_probs):
    if not advantages.shape == log_probs.shape == old_log_probs.shape:
        raise ValueError("advantages and log-probabilities must have the same shape")
    if log_probs.size == 0:
        raise ValueError("no actions were taken")
    return np.exp(log_probs - old_log_probs)


def loss(advantages, log_probs, old_log_probs, clip=0.2):
    r = _ratio(advantages, log_probs, old_log_probs)
    clamped = np.clip(r, 1 - clip, 1 + clip)
    return -np.mean(np.minimum(r * advantages, clamped * advantages))


def grad(advantages, log_probs, old_log_probs, clip=0.2):
    r = _ratio(advantages, log_probs, old_log_probs)
    clamped = np.clip(r, 1 - clip, 1 + clip)
    free = r * advantages <= clamped * advantages
    return -np.where(free, r * advantages, 0.0) / r.size
"""

BY_SIGN = """\
import numpy as np


def kept_ratio(advantages, log_probs, old_log_probs, clip):
    if advantages.shape != log_probs.shape or log_probs.shape != old_log_probs.shape:
        raise ValueError("shape mismatch")
    if not advantages.size:
        raise ValueError("empty batch")
    change = np.subtract(log_probs, old_log_probs, dtype=np.float64)
    good = advantages >= 0
    low = np.where(good, -np.inf, np.log1p(-clip))
    high = np.where(good, np.log1p(clip), np.inf)
    return np.exp(np.clip(change, low, high)), (change > low) & (change < high)


def loss(advantages, log_probs, old_log_probs, clip=0.2):
    ratio, _ = kept_ratio(advantages, log_probs, old_log_probs, clip)
    return float(-(advantages * ratio).mean())


def grad(advantages, log_probs, old_log_probs, clip=0.2):
    ratio, inside = kept_ratio(advantages, log_probs, old_log_probs, clip)
    return -advantages * ratio * inside / ratio.size
"""

TWO_LOSSES = """\
import numpy as np


class Surrogate:
    def __init__(self, advantages, log_probs, old_log_probs, clip):
        shapes = [np.shape(a) for a in (advantages, log_probs, old_log_probs)]
        if shapes.count(shapes[0]) != 3 or 0 in shapes[0]:
            raise ValueError(f"bad shapes: {shapes}")
        self.advantages = np.asarray(advantages, dtype=float)
        self.ratio = np.exp(np.asarray(log_probs, dtype=float) - old_log_probs)
        self.low, self.high = 1.0 - clip, 1.0 + clip
        self.free = -self.advantages * self.ratio
        self.clipped = -self.advantages * np.minimum(np.maximum(self.ratio, self.low), self.high)

    def loss(self):
        return np.average(np.maximum(self.free, self.clipped))

    def grad(self):
        too_good = (self.advantages > 0) & (self.ratio > self.high)
        too_bad = (self.advantages < 0) & (self.ratio < self.low)
        slope = self.free.copy()
        slope[too_good | too_bad] = 0.0
        return slope / slope.size


def loss(advantages, log_probs, old_log_probs, clip=0.2):
    return Surrogate(advantages, log_probs, old_log_probs, clip).loss()


def grad(advantages, log_probs, old_log_probs, clip=0.2):
    return Surrogate(advantages, log_probs, old_log_probs, clip).grad()
"""

LOOPS = """\
import math

import numpy as np


def _steps(advantages, log_probs, old_log_probs):
    if advantages.shape != log_probs.shape:
        raise ValueError("one advantage for each action, please")
    if old_log_probs.shape != log_probs.shape:
        raise ValueError("old and new log-probabilities differ in shape")
    if log_probs.size == 0:
        raise ValueError("nothing to learn from")
    return zip(advantages.ravel().tolist(), (log_probs - old_log_probs).ravel().tolist())


def loss(advantages, log_probs, old_log_probs, clip=0.2):
    total = 0.0
    for advantage, change in _steps(advantages, log_probs, old_log_probs):
        ratio = math.exp(change)
        if advantage >= 0 and ratio > 1 + clip:
            ratio = 1 + clip
        elif advantage < 0 and ratio < 1 - clip:
            ratio = 1 - clip
        total -= ratio * advantage
    return total / log_probs.size


def grad(advantages, log_probs, old_log_probs, clip=0.2):
    slopes = []
    for advantage, change in _steps(advantages, log_probs, old_log_probs):
        ratio = math.exp(change)
        clipped = ratio > 1 + clip if advantage >= 0 else ratio < 1 - clip
        slopes.append(0.0 if clipped else -ratio * advantage / log_probs.size)
    return np.array(slopes).reshape(log_probs.shape)
"""

MIN, CLAMPED = "np.minimum(r * advantages, clamped * advantages)", "np.clip(r, 1 - clip, 1 + clip)"
FREE, RATIO = "r * advantages <= clamped * advantages", "np.exp(log_probs - old_log_probs)"

MISCONCEPTIONS = (
    Misconception(
        "maximised",
        Family.VALUES,
        "It returns the objective, which is to be maximised: the loss has the other sign.",
        patched(PLAIN, ("-np.mean", "np.mean"), ("return -np.where", "return np.where")),
    ),
    Misconception(
        "max for min",
        Family.VALUES,
        "It takes the larger product, or the smaller of the two losses once the sign is turned: "
        "the bound must be the pessimistic one.",
        patched(PLAIN, ("np.minimum(", "np.maximum("), ("advantages <= ", "advantages >= ")),
    ),
    Misconception(
        "clipped objective alone",
        Family.VALUES,
        "It always uses the clamped ratio, so a bad step too far is no longer punished.",
        patched(PLAIN, (MIN, "clamped * advantages"), (FREE, "r == clamped")),
    ),
    Misconception(
        "nothing clipped",
        Family.VALUES,
        "It uses the ratio as it is, without any clip.",
        patched(PLAIN, (MIN, "r * advantages"), (FREE, "r > 0")),
    ),
    Misconception(
        "smaller ratio in place of smaller product",
        Family.VALUES,
        "It takes the minimum of the ratios before it multiplies: for a negative advantage that "
        "is the larger product.",
        patched(PLAIN, (MIN, "np.minimum(r, clamped) * advantages"), (FREE, "r <= clamped")),
    ),
    Misconception(
        "difference of logarithms for the ratio",
        Family.VALUES,
        "It takes the difference of the log-probabilities for their ratio and forgets exp.",
        patched(
            PLAIN,
            (RATIO, "log_probs - old_log_probs"),
            ("np.where(free, r * advantages", "np.where(free, advantages"),
        ),
    ),
    Misconception(
        "advantages normalised",
        Family.VALUES,
        "It standardises the advantages, which training loops often do before, but not the loss.",
        patched(
            PLAIN,
            (
                "    r = _ratio(",
                "    spread = advantages.std() + 1e-8\n"
                "    advantages = (advantages - advantages.mean()) / spread\n"
                "    r = _ratio(",
            ),
        ),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the actions where their mean is asked.",
        patched(PLAIN, ("np.mean(", "np.sum("), (" / r.size", "")),
    ),
    Misconception(
        "gradient 0 wherever the ratio is out of range",
        Family.GRADIENTS,
        "Its gradient is 0 for every ratio outside of the clip; where the step made things worse "
        "min() keeps the ratio, and the gradient with it.",
        patched(PLAIN, (FREE, "(r >= 1 - clip) & (r <= 1 + clip)")),
    ),
    Misconception(
        "gradient never 0",
        Family.GRADIENTS,
        "Its gradient ignores the clip: beyond it the loss is flat for the side that gained.",
        patched(PLAIN, ("np.where(free, r * advantages, 0.0)", "(r * advantages)")),
    ),
    Misconception(
        "gradient with respect to the ratio",
        Family.GRADIENTS,
        "Its gradient is with respect to the ratio: the ratio itself, the derivative of exp, is "
        "missing.",
        patched(PLAIN, ("np.where(free, r * advantages", "np.where(free, advantages")),
    ),
    Misconception(
        "gradient not divided by n",
        Family.GRADIENTS,
        "Its gradient is that of the sum: the division by the number of actions is missing.",
        patched(PLAIN, (" / r.size", "")),
    ),
    numeric_gradient(PLAIN, "log_probs"),
    Misconception(
        "probabilities divided",
        Family.STABILITY,
        "It divides probabilities, which underflow to 0 over 0; subtract their logarithms first.",
        patched(PLAIN, (RATIO, "np.exp(log_probs) / np.exp(old_log_probs)")),
    ),
    Misconception(
        "log-ratio cut off",
        Family.STABILITY,
        "It cuts the log-ratio to [-20, 20], so that harmful steps farther than that all cost the "
        "same.",
        patched(PLAIN, (RATIO, "np.exp(np.clip(log_probs - old_log_probs, -20, 20))")),
    ),
    Misconception(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It lets arrays of different shapes broadcast where it must raise ValueError.",
        patched(
            PLAIN,
            (
                "if not advantages.shape == log_probs.shape == old_log_probs.shape:",
                "if log_probs.ndim < 0:",
            ),
        ),
    ),
    Misconception(
        "empty input accepted",
        Family.EDGE_CASES,
        "It averages over no actions where it must raise ValueError.",
        patched(PLAIN, ("if log_probs.size == 0:", "if log_probs.ndim < 0:")),
    ),
    Misconception(
        "NaN hidden",
        Family.EDGE_CASES,
        "It takes np.fmin of the two objectives and their nanmean, so a broken ratio vanishes.",
        patched(PLAIN, ("np.minimum(", "np.fmin("), ("np.mean(", "np.nanmean(")),
    ),
)

USUAL = laws.drawn(sample, 12)


def _scaled_up(rng: np.random.Generator) -> tuple[float, float]:
    advantages, new, old = sample(rng, (12,))
    return reference(3.0 * advantages, new, old), 3.0 * reference(advantages, new, old)


def _importance_weighted(
    advantages: Array, log_probs: Array, old_log_probs: Array, clip: float
) -> float:
    del clip
    return -float(np.mean(np.exp(log_probs) / np.exp(old_log_probs) * advantages))


def _of_policies_that_agree(rng: np.random.Generator) -> tuple[float, float]:
    case = _unchanged(rng)
    return laws.value(reference, case), -float(np.mean(case.arguments[0]))


LAWS = (
    Law("Where both policies agree it is minus the mean advantage.", _of_policies_that_agree),
    Law("Three times the advantages give three times the loss.", _scaled_up),
    laws.unchanged(
        "Scaling both probabilities of an action alike changes nothing.",
        reference,
        USUAL,
        laws.shifted(1, 2, by_row=True),
    ),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1, 2)),
    laws.equal(
        "With a clip beyond every ratio it is the importance-weighted policy loss.",
        laws.drawn(sample, 12, clip=10.0),
        reference,
        _importance_weighted,
    ),
)
REACH = "probability ratio"

TASKS = (
    Task(
        slug="ppo-clip",
        title="PPO, the clipped surrogate",
        formula=r"L = -\frac{1}{n} \sum_{i=1}^{n} \min\left( r_i A_i,\ "
        r"\operatorname{clamp}(r_i, 1 - c, 1 + c)\, A_i \right), \quad "
        r"r_i = e^{\log p_i - \log p_i^{\mathrm{old}}}",
        sentence="Minus the mean, over all actions, of the smaller of two products: the ratio r of "
        "the new to the old probability times the advantage A, and the same ratio clamped to "
        "[1 - clip, 1 + clip] times the advantage.",
        domain="advantages, log_probs and old_log_probs hold finite numbers and have one shape; "
        "clip is between 0 and 1; different shapes and empty arrays raise ValueError.",
        rules=(
            "The loss is one number; grad returns its derivative with respect to log_probs, a new "
            "array of the same shape.",
            "The three arrays have one shape, whatever it is; different shapes raise ValueError "
            "and never broadcast.",
            "Empty input raises ValueError.",
            "A NaN in any of the three arrays makes the loss NaN.",
            "Advantages are used as they are: they are not standardised here.",
            "Log-probabilities are natural ones, and may be above 0 where they are of densities.",
            "Where the ratio is exactly at a clip, any gradient between those on both sides is "
            "right.",
            "Log-probabilities near -1e4, and ratios from 1e-250 to 1e250, give a right and finite "
            "result.",
            "clip is a number above 0 and below 1; others are not asked for.",
        ),
        source="Schulman, Wolski, Dhariwal, Radford, Klimov, Proximal Policy Optimization "
        "Algorithms (2017), equation 7, negated.",
        brief=Brief(
            prompt="A warehouse robot learns from batches of its own actions. The same batch is "
            "used for several updates, and by the third one the policy is no longer the one that "
            "acted. Write the clipped surrogate loss of PPO, which stops paying for steps that "
            "have gone far enough, and its gradient with respect to `log_probs`. `advantages` says "
            "how much better each action was than expected, `old_log_probs` belongs to the policy "
            "that acted, and `clip` is how far the ratio may go.",
            context="Which of two branches min() takes for either sign of the advantage, and where "
            "the gradient vanishes.",
            topics=("preferences", "language-models"),
            difficulty="medium",
            minutes=30,
        ),
        examples=(
            Example(
                Case((np.array([2.0, -1.0]), np.array([-0.5, -2.0]), np.array([-0.5, -2.0]))),
                value=-0.5,
                gradient=((-1.0, 0.5),),
                working="Both ratios are 1, which no clip changes: the products are the "
                "advantages, so the loss is -(2 - 1)/2 and each gradient is -A/2.",
            ),
            Example(
                Case(
                    (
                        np.array([2.0, 2.0, -2.0, -2.0]),
                        np.log([2.0, 0.5, 2.0, 0.5]),
                        np.zeros(4),
                    ),
                    {"clip": 0.25},
                ),
                value=0.5,
                gradient=((0.0, -0.25, 1.0, 0.0),),
                working="min() keeps 1.25 · 2, 0.5 · 2, 2 · (-2) and 0.75 · (-2): together -2, so "
                "the loss is 2/4; the first and the last are clipped and have no gradient.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("advantages"),
            Argument("log_probs", differentiate=True),
            Argument("old_log_probs"),
        ),
        parameters=(Parameter("clip", 0.2, others=(0.1, 0.3, 0.5)),),
        reference=reference,
        gradient=gradient,
        subdifferential=subdifferential,
        sample=sample,
        shapes=((16,), (1,), (4, 5), (2, 3, 2)),
        large=(50_000,),
        terms=terms,
        extremes=(
            Extreme(
                "log-probabilities near -1e4",
                lambda rng: _around(rng, -1e4),
                "Subtract the logarithms before exp: the probabilities themselves are 0.",
                float32=True,
            ),
            Extreme(
                "policies 500 apart",
                lambda rng: _apart(rng, 500.0),
                "Leave the log-ratio as it is: min() bounds what is gained, and a step that makes "
                "things worse costs all it costs.",
            ),
            Extreme(
                "policies 40 apart",
                lambda rng: _apart(rng, 40.0),
                "Leave the log-ratio as it is: min() bounds what is gained, and a step that makes "
                "things worse costs all it costs.",
                float32=True,
            ),
        ),
        edges=(
            Edge(
                "policy not changed yet",
                _unchanged,
                "Where the ratio is 1 the loss is minus the mean advantage and the gradient -A/n.",
            ),
            Edge(
                "actions without advantage",
                _without_advantage,
                "An advantage of 0 adds nothing to the loss, and has a gradient of 0.",
            ),
            Edge(
                "ratios at the clips",
                _on_the_clips,
                "At a ratio of exactly 1 + clip or 1 - clip any gradient between those on both "
                "sides is right.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("clip by the sign", BY_SIGN),
            Variant("larger of two losses", TWO_LOSSES),
            Variant("Python loops", LOOPS, slow=True),
        ),
        laws=LAWS,
        branches=True,
        coarse=_beside_a_windfall,
        curves=(
            Curve("A good action, clip = 0.2", REACH, 0.4, 1.6, lambda r: _at(r, 1.0), (1.2,)),
            Curve("A bad action, clip = 0.2", REACH, 0.4, 1.6, lambda r: _at(r, -1.0), (0.8,)),
        ),
    ),
)
