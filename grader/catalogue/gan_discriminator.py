"""The discriminator's loss of a generative adversarial network."""

from typing import Any

import numpy as np

from grader.catalogue import exact
from grader.catalogue.adversarial import (
    LARGE,
    SHAPES,
    apart,
    arguments,
    definition_of,
    edges,
    exactly,
    mirrored,
    plain,
    rules,
    sampler,
    side_laws,
    sides,
    slips,
)
from grader.catalogue.laws import equal
from grader.catalogue.logistic import sigmoid, softplus
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
    Task,
    Variant,
    patched,
)
from grader.families import Family


def reference(real_logits: Array, fake_logits: Array) -> float:
    """Return mean softplus(-real) + mean softplus(fake), in nats.

    Args:
        real_logits, fake_logits: any two shapes; log-odds, in nats, of a sample being real.

    Returns:
        The loss, >= 0, finite for all finite logits; NaN where either array holds one.

    Raises:
        ValueError: where either array is empty.

    Source: Goodfellow et al., Generative Adversarial Nets (2014), equation 1, with the sign turned
    and D = sigmoid(logit).
    """
    real, fake = sides(real_logits, fake_logits)
    return float(np.mean(softplus(-real)) + np.mean(softplus(fake)))


def gradient(real_logits: Array, fake_logits: Array) -> tuple[Array, Array]:
    """Return -sigmoid(-real) / n and sigmoid(fake) / m, each in its argument's shape.

    Raises:
        ValueError: as `reference`.

    Source: Goodfellow et al. (2014), equation 1, by the derivative of softplus.
    """
    real, fake = sides(real_logits, fake_logits)
    return -sigmoid(-real) / real.size, sigmoid(fake) / fake.size


def terms(real_logits: Array, fake_logits: Array) -> float:
    """Return softplus of the largest |logit|: as large as the terms of stable formulas get."""
    largest = max(np.abs(real_logits).max(), np.abs(fake_logits).max())
    return float(softplus(np.asarray(largest)))


def definition(mp: Any, real_logits: Any, fake_logits: Any) -> Any:
    return definition_of(
        mp,
        real_logits,
        fake_logits,
        lambda x: exact.softplus(mp, -x),
        lambda x: exact.softplus(mp, x),
    )


PLAIN = plain(
    kind="logits",
    real_cost="np.logaddexp(0, -x)",
    fake_cost="np.logaddexp(0, x)",
    real_slope="-np.exp(-np.logaddexp(0, x))",
    fake_slope="np.exp(-np.logaddexp(0, -x))",
)

BATCH = '''\
import numpy as np


def one_batch(real_logits, fake_logits):
    """Logits, labels and weights of both samples as one batch of binary classification."""
    n, m = real_logits.size, fake_logits.size
    if not (n and m):
        raise ValueError("both samples are needed")
    logits = np.concatenate([real_logits.ravel(), fake_logits.ravel()]).astype(np.float64)
    labels = np.repeat([1.0, 0.0], [n, m])
    weights = np.repeat([1.0 / n, 1.0 / m], [n, m])
    return logits, labels, weights


def loss(real_logits, fake_logits):
    z, y, w = one_batch(real_logits, fake_logits)
    cross_entropy = np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))
    return float(w @ cross_entropy)


def grad(real_logits, fake_logits):
    z, y, w = one_batch(real_logits, fake_logits)
    small = np.exp(-np.abs(z))
    # sigmoid(-z) where the label is 1, without subtracting from 1
    towards = np.where(y == 1, -z, z)
    miss = np.where(towards >= 0, 1.0, small) / (1.0 + small)
    slopes = np.where(y == 1, -w, w) * miss
    real, fake = np.split(slopes, [real_logits.size])
    return real.reshape(real_logits.shape), fake.reshape(fake_logits.shape)
'''

CLOSURES = """\
import numpy as np


def side(sign):
    \"\"\"Mean cost and its derivative for samples that ought to have this sign.\"\"\"

    def wrongness(x):
        if np.size(x) < 1:
            raise ValueError("an empty sample has no mean")
        return -sign * np.asarray(x, dtype=float)

    def cost(x):
        z = wrongness(x)
        return np.average(np.where(z > 0, z, 0.0) + np.log1p(np.exp(-np.abs(z))))

    def slope(x):
        z = wrongness(x)
        return -sign * np.exp(z - np.logaddexp(0.0, z)) / z.size

    return cost, slope


real_cost, real_slope = side(+1.0)
fake_cost, fake_slope = side(-1.0)


def loss(real_logits, fake_logits):
    return real_cost(real_logits) + fake_cost(fake_logits)


def grad(real_logits, fake_logits):
    return real_slope(real_logits), fake_slope(fake_logits)
"""

LOOPS = """\
import math

import numpy as np


def softplus(x):
    if x > 0:
        return x + math.log1p(math.exp(-x))
    return math.log1p(math.exp(x))


def sigmoid(x):
    if x < 0:
        return math.exp(x) / (1 + math.exp(x))
    return 1 / (1 + math.exp(-x))


def check(*samples):
    for sample in samples:
        if sample.size == 0:
            raise ValueError("empty sample")


def loss(real_logits, fake_logits):
    check(real_logits, fake_logits)
    real = math.fsum(softplus(-x) for x in real_logits.ravel().tolist())
    fake = math.fsum(softplus(x) for x in fake_logits.ravel().tolist())
    return real / real_logits.size + fake / fake_logits.size


def grad(real_logits, fake_logits):
    check(real_logits, fake_logits)
    real, fake = np.empty(real_logits.shape), np.empty(fake_logits.shape)
    for i, x in np.ndenumerate(real_logits):
        real[i] = -sigmoid(-float(x)) / real.size
    for i, x in np.ndenumerate(fake_logits):
        fake[i] = sigmoid(float(x)) / fake.size
    return real, fake
"""

REAL, FAKE = "np.logaddexp(0, -x)", "np.logaddexp(0, x)"
REAL_SLOPE, FAKE_SLOPE = "-np.exp(-np.logaddexp(0, x))", "np.exp(-np.logaddexp(0, -x))"

MISCONCEPTIONS = (
    *slips(PLAIN),
    Misconception(
        "log base 2",
        Family.VALUES,
        "It measures in bits: the logarithm is base 2 where the natural one is asked.",
        patched(
            PLAIN,
            ("return real.mean() + fake.mean()", "return (real.mean() + fake.mean()) / np.log(2)"),
            (
                "return real / real.size",
                "real, fake = real / np.log(2), fake / np.log(2)\n    return real / real.size",
            ),
        ),
    ),
    Misconception(
        "value for loss",
        Family.VALUES,
        "It returns the value that the discriminator maximises: the loss with its sign turned.",
        patched(
            PLAIN,
            ("return real.mean() + fake.mean()", "return -real.mean() - fake.mean()"),
            ("return real / real.size, fake", "return -real / real.size, -fake"),
        ),
    ),
    Misconception(
        "smoothed real labels",
        Family.VALUES,
        "It uses 0.9 as the label of real samples, one-sided label smoothing that is not asked.",
        patched(
            PLAIN,
            (REAL, "0.9 * np.logaddexp(0, -x) + 0.1 * np.logaddexp(0, x)"),
            (REAL_SLOPE, "1 / (1 + np.exp(-x)) - 0.9"),
        ),
    ),
    Misconception(
        "sigmoid taken twice",
        Family.VALUES,
        "It squashes the logits to probabilities and then treats these as logits.",
        patched(
            PLAIN,
            (
                "    real, fake = real_costs(real_logits), fake_costs(fake_logits)\n",
                "    real, fake = 1 / (1 + np.exp(-real_logits)), 1 / (1 + np.exp(-fake_logits))\n"
                "    real, fake = real_costs(real), fake_costs(fake)\n",
            ),
        ),
    ),
    Misconception(
        "log of a sigmoid",
        Family.STABILITY,
        "It takes the log of a sigmoid that rounded to 0, so a badly judged sample costs infinity.",
        patched(
            PLAIN,
            (REAL, "-np.log(1 / (1 + np.exp(-x)))"),
            (FAKE, "-np.log(1 - 1 / (1 + np.exp(-x)))"),
        ),
    ),
    Misconception(
        "epsilon in the log",
        Family.STABILITY,
        "It adds 1e-8 to each probability before the log, so no sample can cost more than 18.4.",
        patched(
            PLAIN,
            (REAL, "-np.log(1 / (1 + np.exp(-x)) + 1e-8)"),
            (FAKE, "-np.log(1 - 1 / (1 + np.exp(-x)) + 1e-8)"),
        ),
    ),
    Misconception(
        "softplus by its formula",
        Family.STABILITY,
        "It computes softplus as log(1 + exp(x)), whose exponential overflows for large logits.",
        patched(PLAIN, (REAL, "np.log(1 + np.exp(-x))"), (FAKE, "np.log(1 + np.exp(x))")),
    ),
    Misconception(
        "sigmoid as a ratio of exponentials",
        Family.STABILITY,
        "Its sigmoid is exp(x) / (1 + exp(x)), which is infinity over infinity for large logits.",
        patched(PLAIN, (FAKE_SLOPE, "np.exp(x) / (1 + np.exp(x))")),
    ),
)

SAMPLE = sampler([(-3.0, 0.0), (0.0, 3.0)], [(-3.0, 0.0), (0.0, 3.0)])

STABLE = (
    "Write softplus(x) as max(x, 0) + log1p(exp(-|x|)), or use logaddexp(0, x): exp of a large "
    "logit overflows, and the log of a rounded sigmoid is infinite."
)


def _as_one_batch(real: Array, fake: Array) -> float:
    """Twice the binary cross-entropy of as many real as fake samples."""
    signed = np.concatenate([-real.reshape(-1), fake.reshape(-1)])
    return 2 * float(np.mean(np.log1p(np.exp(signed))))


def _as_many(rng: np.random.Generator) -> Case:
    return Case((rng.normal(size=7), rng.normal(size=7)))


def _undecided(rng: np.random.Generator) -> tuple[float, float]:
    real, fake = SAMPLE(rng, (5,))
    return reference(0 * real, 0 * fake), 2 * float(np.log(2.0))


def _margin(real: Array, fake: Array) -> float:
    return float(np.mean(fake) - np.mean(real))


LAWS = (
    *side_laws(reference, SAMPLE),
    mirrored(reference, SAMPLE),
    Law("Logits of 0 cost 2 log 2.", _undecided),
    equal(
        "With as many real as fake samples it is twice their binary cross-entropy.",
        _as_many,
        reference,
        _as_one_batch,
    ),
    equal(
        "Where all samples are misjudged by far it is the critic's difference of means.",
        lambda rng: Case((rng.uniform(-90.0, -50.0, size=4), rng.uniform(50.0, 90.0, size=6))),
        reference,
        _margin,
    ),
)

TASKS = (
    Task(
        slug="gan-discriminator",
        title="GAN discriminator loss",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \log\bigl(1 + e^{-r_i}\bigr) + "
        r"\frac{1}{m} \sum_{j=1}^{m} \log\bigl(1 + e^{f_j}\bigr)",
        sentence="The mean over the real samples of softplus of minus their logit, plus the mean "
        "over the fake samples of softplus of their logit; softplus(x) is log(1 + exp(x)), with "
        "the natural logarithm.",
        domain="real_logits and fake_logits hold any finite numbers, in any two shapes; an empty "
        "array raises ValueError.",
        rules=(
            *rules("logits"),
            "Logits up to 1e4 in size give the exact loss: nothing overflows and nothing is "
            "clipped.",
        ),
        source="Goodfellow et al., Generative Adversarial Nets (2014), equation 1, with the sign "
        "turned and D the sigmoid of the logit.",
        brief=Brief(
            prompt="A generator paints faces, and a discriminator looks at photographs and "
            "paintings and gives each a logit: how sure it is that this one is a photograph. "
            "Batches of the two are drawn independently and need not be of the same size. Write "
            "the loss that the discriminator minimises, and its gradients with respect to both "
            "arrays of logits.",
            context="Two means that stay apart, and binary cross-entropy that holds for large "
            "logits.",
            topics=("generative-models", "classification", "stability"),
            difficulty="easy",
            minutes=20,
        ),
        examples=(
            Example(
                Case((np.array([0.0]), np.array([0.0, float(np.log(3.0))]))),
                value=2.5 * float(np.log(2.0)),
                gradient=((-0.5,), (0.25, 0.375)),
                working="The real sample costs log 2, the fakes log 2 and log 4: "
                "log 2 + (log 2 + log 4) / 2.",
            ),
        ),
        definition=definition,
        arguments=arguments("logits"),
        reference=reference,
        gradient=gradient,
        sample=SAMPLE,
        shapes=SHAPES,
        large=LARGE,
        terms=terms,
        extremes=(
            Extreme("logits of 1e4, half of them wrong", apart(1e4), STABLE, float32=True),
            Extreme("logits of 1e3, all right", apart(1e3, right=True), STABLE),
            Extreme("logits of 200, half of them wrong", apart(200.0), STABLE, float32=True),
            Extreme(
                "logits of 60, half of them wrong",
                apart(60.0),
                "Do not take the log of a sigmoid: it rounds to 0 or 1 long before its log does.",
                float32=True,
            ),
            Extreme(
                "logits of 15, all right",
                apart(15.0, right=True),
                "Add no epsilon: a cost of 1e-7 is still a number.",
            ),
        ),
        edges=(
            *edges(SAMPLE),
            Edge(
                "an undecided discriminator",
                exactly([0.0, 0.0], [0.0, 0.0, 0.0]),
                "Logits of 0 cost log 2 on either side.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("one weighted batch", BATCH),
            Variant("a closure for each side", CLOSURES),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve(
                "One real sample, the fake's logit being 0",
                "real logit",
                -6.0,
                6.0,
                lambda x: Case((np.array([x]), np.zeros(1))),
            ),
            Curve(
                "One fake sample, the real one's logit being 0",
                "fake logit",
                -6.0,
                6.0,
                lambda x: Case((np.zeros(1), np.array([x]))),
            ),
        ),
    ),
)
