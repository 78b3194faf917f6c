"""Direct preference optimisation: the reward is what the policy gained on its reference."""

from typing import Any

import numpy as np

from grader.catalogue import laws, log_ratios
from grader.catalogue.exact import mean, softplus
from grader.catalogue.log_ratios import ARGUMENTS, MARGIN, RULES, SHAPES, sample
from grader.catalogue.logistic import sigmoid
from grader.catalogue.logistic import softplus as stable_softplus
from grader.catalogue.reward_model import reference as reward_model
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


def reference(
    policy_chosen: Array,
    policy_rejected: Array,
    reference_chosen: Array,
    reference_rejected: Array,
    beta: float = 0.1,
) -> float:
    """Return the mean of softplus(-beta h), in nats, with h the margin of the log-ratios.

        h = (policy_chosen - reference_chosen) - (policy_rejected - reference_rejected)

    Args:
        policy_chosen, policy_rejected, reference_chosen, reference_rejected: one shape, any;
            log-probabilities of whole answers, in nats.
        beta: > 0, without unit; how much a nat of log-ratio is worth.

    Returns:
        The loss, >= 0; NaN where an array holds one.

    Raises:
        ValueError: where shapes differ or the arrays are empty.

    Source: Rafailov et al., Direct Preference Optimization (2023), equation 7.
    """
    h = log_ratios.margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    return float(np.mean(stable_softplus(-beta * h)))


def gradient(
    policy_chosen: Array,
    policy_rejected: Array,
    reference_chosen: Array,
    reference_rejected: Array,
    beta: float = 0.1,
) -> tuple[Array, Array]:
    """Return the derivatives with respect to the policy's chosen and rejected answers.

    They are -beta sigmoid(-beta h) / n and its opposite, each of the arguments' shape; errors as
    above.
    """
    h = log_ratios.margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    slope = beta * sigmoid(-beta * h) / h.size
    return -slope, slope


def terms(*log_probabilities: Array, beta: float = 0.1) -> float:
    """Return the largest implicit reward or loss of a pair."""
    losses = stable_softplus(-beta * log_ratios.margin(*log_probabilities))
    return float(max(beta * log_ratios.largest(*log_probabilities), losses.max()))


def definition(mp: Any, *log_probabilities: Any, beta: Any) -> Any:
    return mean(
        mp, (softplus(mp, -beta * h) for h in log_ratios.exact_margins(mp, *log_probabilities))
    )


PLAIN = (
    MARGIN
    + """\


def loss(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta=0.1):
    h = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    return np.mean(np.logaddexp(0.0, -beta * h))


def grad(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta=0.1):
    h = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    wrong = np.exp(-np.logaddexp(0.0, beta * h))
    slope = -beta * wrong / h.size
    return slope, -slope
"""
)

REWARDS = '''\
import numpy as np


def rewards(policy, reference, beta):
    """The implicit reward of each answer."""
    if np.shape(policy) != np.shape(reference):
        raise ValueError("policy and reference saw different answers")
    if np.size(policy) == 0:
        raise ValueError("no answers")
    return beta * np.subtract(policy, reference, dtype=np.float64)


def lead(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    chosen = rewards(policy_chosen, reference_chosen, beta)
    rejected = rewards(policy_rejected, reference_rejected, beta)
    if chosen.shape != rejected.shape:
        raise ValueError("chosen and rejected do not pair up")
    return chosen - rejected


def log_sigmoid(x):
    return np.minimum(x, 0.0) - np.log1p(np.exp(-np.abs(x)))


def loss(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta=0.1):
    x = lead(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta)
    return -float(log_sigmoid(x).mean())


def grad(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta=0.1):
    x = lead(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta)
    pull = beta * 0.5 * (1.0 - np.tanh(0.5 * x)) / x.size
    return -pull, pull
'''

LOG_RATIOS = """\
import numpy as np


def _logits(policy_chosen, policy_rejected, reference_chosen, reference_rejected):
    shapes = {policy_chosen.shape, policy_rejected.shape}
    shapes |= {reference_chosen.shape, reference_rejected.shape}
    if len(shapes) != 1 or 0 in shapes.pop():
        raise ValueError("need four equal, non-empty shapes")
    policy_ratio = policy_chosen - policy_rejected
    reference_ratio = reference_chosen - reference_rejected
    return policy_ratio - reference_ratio


def _two_classes(logits):
    # log-softmax over (chosen, rejected), where the rejected answer's logit is 0
    top = np.maximum(logits, 0)
    return top + np.log(np.exp(logits - top) + np.exp(-top))


def loss(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta=0.1):
    z = beta * _logits(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    return np.sum(_two_classes(z) - z) / z.size


def grad(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta=0.1):
    z = beta * _logits(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    rejected_share = np.exp(-_two_classes(z))
    return -beta * rejected_share / z.size, beta * rejected_share / z.size
"""

LOOPS = """\
from math import exp, log1p

import numpy as np


class Pairs:
    def __init__(self, *arrays):
        if len({array.shape for array in arrays}) > 1:
            raise ValueError("shapes differ")
        if arrays[0].size == 0:
            raise ValueError("empty")
        self.shape, self.count = arrays[0].shape, arrays[0].size
        self.rows = list(zip(*(array.ravel().tolist() for array in arrays)))

    def margins(self, beta):
        return [beta * ((pc - rc) - (pr - rr)) for pc, pr, rc, rr in self.rows]


def _softplus(x):
    return x + log1p(exp(-x)) if x > 0 else log1p(exp(x))


def _sigmoid(x):
    return 1 / (1 + exp(-x)) if x > 0 else exp(x) / (1 + exp(x))


def loss(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta=0.1):
    pairs = Pairs(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    return sum(_softplus(-m) for m in pairs.margins(beta)) / pairs.count


def grad(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta=0.1):
    pairs = Pairs(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    slopes = np.array([beta * _sigmoid(-m) / pairs.count for m in pairs.margins(beta)])
    slopes = slopes.reshape(pairs.shape)
    return -slopes, slopes
"""

COST, WRONG = "np.logaddexp(0.0, -beta * h)", "np.exp(-np.logaddexp(0.0, beta * h))"

MISCONCEPTIONS = (
    Misconception(
        "beta ignored",
        Family.VALUES,
        "It ignores beta, and so is the loss for a beta of 1.",
        patched(PLAIN, ("-beta * h", "-h"), ("beta * h)", "h)"), ("-beta * wrong", "-wrong")),
    ),
    Misconception(
        "beta outside",
        Family.VALUES,
        "It multiplies the loss by beta; beta scales the margin, inside of the sigmoid.",
        patched(
            PLAIN, (COST, "beta * np.logaddexp(0.0, -h)"), (WRONG, "np.exp(-np.logaddexp(0.0, h))")
        ),
    ),
    Misconception(
        "divided by beta",
        Family.VALUES,
        "It divides the margin by beta, as if that were a temperature; beta multiplies it.",
        patched(
            PLAIN,
            ("-beta * h", "-h / beta"),
            ("beta * h)", "h / beta)"),
            ("-beta * wrong", "-wrong / beta"),
        ),
    ),
    Misconception(
        "beta on the policy alone",
        Family.VALUES,
        "It scales the policy's log-probabilities by beta and leaves the reference's as they are.",
        patched(
            PLAIN,
            (
                "    h = _margin(",
                "    reference_chosen = reference_chosen / beta\n"
                "    reference_rejected = reference_rejected / beta\n"
                "    h = _margin(",
            ),
        ),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the losses of the pairs where their mean is asked.",
        patched(PLAIN, ("np.mean(", "np.sum("), (" / h.size", "")),
    ),
    Misconception(
        "logarithm forgotten",
        Family.VALUES,
        "It averages the probability of the wrong order and forgets the logarithm.",
        patched(PLAIN, (COST, WRONG)),
    ),
    Misconception(
        "hinge for softplus",
        Family.VALUES,
        "It is the hinge max(0, 1 - beta times margin), as in SLiC, where softplus is asked.",
        patched(
            PLAIN,
            (COST, "np.maximum(0.0, 1.0 - beta * h)"),
            (WRONG, "np.where(beta * h < 1.0, 1.0, 0.0)"),
        ),
    ),
    Misconception(
        "gradient without beta",
        Family.GRADIENTS,
        "Its gradient lacks the factor beta of the inner derivative.",
        patched(PLAIN, ("-beta * wrong", "-wrong")),
    ),
    Misconception(
        "gradient by the wrong probability",
        Family.GRADIENTS,
        "Its gradient is weighed by the probability of the right order: it pushes pairs that are "
        "right already and leaves alone those that are wrong.",
        patched(PLAIN, (WRONG, "np.exp(-np.logaddexp(0.0, -beta * h))")),
    ),
    Misconception(
        "log of a rounded sigmoid",
        Family.STABILITY,
        "It takes the log of a sigmoid that has become 0, so one badly ranked pair costs infinity.",
        patched(PLAIN, (COST, "-np.log(1.0 / (1.0 + np.exp(-beta * h)))")),
    ),
    Misconception(
        "epsilon in the logarithm",
        Family.STABILITY,
        "It takes log(sigmoid + 1e-8), which never costs more than 18 however wrong a pair is.",
        patched(PLAIN, (COST, "-np.log(1.0 / (1.0 + np.exp(-beta * h)) + 1e-8)")),
    ),
    *log_ratios.mistakes(PLAIN),
)

USUAL = laws.drawn(sample, 12, beta=0.3)
SOFTPLUS = (
    "Write softplus(x) as max(x, 0) + log1p(exp(-|x|)) or as logaddexp(0, x): exp of a large "
    "margin overflows."
)


def _of_rewards(*log_probabilities: Array, beta: float) -> float:
    chosen, rejected, before, before_rejected = log_probabilities
    return reward_model(beta * (chosen - before), beta * (rejected - before_rejected))


def _swapped_losses(rng: np.random.Generator) -> tuple[float, float]:
    chosen, rejected, before, before_rejected = inputs = sample(rng, (12,))
    other = reference(rejected, chosen, before_rejected, before, beta=0.5)
    margins = log_ratios.margin(*inputs)
    return reference(*inputs, beta=0.5) - other, float(-0.5 * np.mean(margins))


LAWS = (
    laws.equal(
        "It is the reward-model loss of beta times the log-ratios.", USUAL, reference, _of_rewards
    ),
    laws.unchanged(
        "A chosen answer that is likelier to policy and reference alike changes nothing.",
        reference,
        USUAL,
        laws.shifted(0, 2, by_row=True),
    ),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0, 1, 2, 3)),
    Law("Swapping chosen and rejected changes it by beta times the mean margin.", _swapped_losses),
    Law(
        "A policy that is the reference costs log 2.",
        lambda rng: (laws.value(reference, log_ratios.untrained(rng)), float(np.log(2.0))),
    ),
)

TASKS = (
    Task(
        slug="dpo",
        title="Direct preference optimisation (DPO)",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \log\left(1 + e^{-\beta h_i}\right), \quad "
        r"h_i = \left( \log p_i^{+} - \log q_i^{+} \right) "
        r"- \left( \log p_i^{-} - \log q_i^{-} \right)",
        sentence="The mean, over all pairs, of softplus of minus beta times the margin h: how much "
        "the policy raised the log-probability of the chosen answer (+) over the reference, less "
        "the same for the rejected answer (-); p is the policy, q the reference, and softplus(x) "
        "is log(1 + exp(x)), with the natural logarithm.",
        domain="Four arrays of finite log-probabilities of one shape, and a positive beta; "
        "different shapes and empty arrays raise ValueError.",
        rules=(*RULES, "Margins up to 1e4 times 1/beta give a right and finite result."),
        source="Rafailov et al., Direct Preference Optimization: Your Language Model is Secretly a "
        "Reward Model (NeurIPS 2023), equation 7.",
        brief=Brief(
            prompt="A support desk tunes its language model on pairs of replies, of which agents "
            "preferred one. No reward model is trained: how much likelier a reply became, compared "
            "with the frozen model that the training started from, is its reward. You get the "
            "log-probabilities of whole replies under both models. Write the DPO loss, and its "
            "gradients with respect to `policy_chosen` and `policy_rejected`. `beta` is what a "
            "unit of log-ratio is worth.",
            context="Log-ratios against a frozen reference: four signs, the place of beta, and a "
            "softplus that does not overflow.",
            topics=("preferences", "language-models", "stability"),
            difficulty="medium",
            minutes=25,
        ),
        examples=(
            Example(
                Case(
                    (
                        np.array([-3.0, -4.0]),
                        np.array([-6.0, -4.0]),
                        np.array([-4.0, -5.0]),
                        np.array([-7.0, -5.0]),
                    )
                ),
                value=float(np.log(2.0)),
                gradient=((-0.025, -0.025), (0.025, 0.025)),
                working="Every log-ratio is 1, so every margin is 0 and costs log 2, with "
                "gradients of -beta/2 and beta/2 over the 2 pairs.",
            ),
            Example(
                Case(
                    (
                        np.log([0.6]),
                        np.log([0.1]),
                        np.log([0.2]),
                        np.log([0.1]),
                    ),
                    {"beta": 1.0},
                ),
                value=float(np.log(4.0 / 3.0)),
                gradient=((-0.25,), (0.25,)),
                working="The chosen answer became 3 times as likely and the rejected one stayed: a "
                "margin of log 3 costs log(1 + 1/3), with a wrong order of probability 1/4.",
            ),
        ),
        definition=definition,
        arguments=ARGUMENTS,
        parameters=(Parameter("beta", 0.1, others=(0.05, 0.5, 1.0)),),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=SHAPES,
        large=(50_000,),
        terms=terms,
        extremes=(
            Extreme(
                "margins of 1e5",
                lambda rng: log_ratios.apart(rng, 1e5),
                SOFTPLUS,
                float32=True,
            ),
            Extreme(
                "margins of 1e4, beta of 1",
                lambda rng: log_ratios.apart(rng, 1e4, beta=1.0),
                SOFTPLUS,
                float32=True,
            ),
            Extreme(
                "margins of 60, beta of 1",
                lambda rng: log_ratios.apart(rng, 60.0, beta=1.0),
                "Take no log of a sigmoid, and add no epsilon to it: sigmoid rounds to 0 or 1 long "
                "before its log does.",
                float32=True,
            ),
            log_ratios.LONG_ANSWERS,
        ),
        edges=(
            Edge(
                "policy still the reference",
                log_ratios.untrained,
                "Where the policy is the reference each pair costs log 2, with gradients of "
                "-beta/(2n) and beta/(2n).",
            ),
            Edge(
                "one pair very wrong",
                lambda rng: Case(
                    (
                        np.array([-5.0, -900.0]),
                        np.array([-5.0, -10.0]),
                        np.array([-5.0, -10.0]),
                        np.array([-5.0, -900.0]),
                    ),
                    {"beta": 1.0},
                ),
                "A pair that is far on the wrong side costs beta times its whole margin.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("logaddexp", PLAIN),
            Variant("implicit rewards", REWARDS),
            Variant("two classes of log-ratios", LOG_RATIOS),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        coarse=lambda rng: log_ratios.beside_an_outlier(rng, 1e9),
        curves=(
            Curve(
                "One pair, beta = 1",
                "margin of the log-ratios",
                -6.0,
                6.0,
                lambda h: log_ratios.one_pair(h, 1.0),
            ),
            Curve(
                "One pair, beta = 0.1",
                "margin of the log-ratios",
                -60.0,
                60.0,
                lambda h: log_ratios.one_pair(h, 0.1),
            ),
        ),
    ),
)
