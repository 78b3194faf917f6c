"""The generator's loss of a generative adversarial network, in its non-saturating form."""

from typing import Any

import numpy as np

from grader.catalogue import exact, gan_discriminator, laws
from grader.catalogue.adversarial import LARGE, SHAPES, Draw, within
from grader.catalogue.inputs import paired
from grader.catalogue.logistic import sigmoid, softplus
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


def reference(fake_logits: Array) -> float:
    """Return mean softplus(-fake), in nats.

    Args:
        fake_logits: any shape; the discriminator's log-odds, in nats, of a fake being real.

    Returns:
        The loss, >= 0, finite for all finite logits; NaN where one is NaN.

    Raises:
        ValueError: for an empty array.

    Source: Goodfellow et al., Generative Adversarial Nets (2014), section 3: maximise
    log D(G(z)), with D = sigmoid(logit).
    """
    (fake,) = paired(fake_logits)
    return float(np.mean(softplus(-fake)))


def gradient(fake_logits: Array) -> tuple[Array]:
    """Return -sigmoid(-fake) / n, of fake_logits' shape; ValueError for an empty array.

    Source: Goodfellow et al. (2014), section 3, by the derivative of softplus.
    """
    (fake,) = paired(fake_logits)
    return (-sigmoid(-fake) / fake.size,)


def terms(fake_logits: Array) -> float:
    """Return softplus of the largest |logit|: as large as the terms of stable formulas get."""
    return float(softplus(np.max(np.abs(fake_logits))))


def definition(mp: Any, fake_logits: Any) -> Any:
    return exact.mean(mp, (exact.softplus(mp, -x) for x in exact.flat(fake_logits)))


def sample(rng: np.random.Generator, shape: Shape) -> tuple[Array]:
    """Draw logits of both signs within 3 of 0, as far as there are two."""
    return (within(rng, shape, [(-3.0, 0.0), (0.0, 3.0)]),)


def of_size(scale: float, *signs: float) -> Draw:
    """Return a draw of 0.5 to 1 times `scale` with these signs in turn."""
    intervals = [(0.5 * scale, scale) if sign > 0 else (-scale, -0.5 * scale) for sign in signs]
    return lambda rng: Case((within(rng, (9,), intervals),))


PLAIN = """\
import numpy as np


def check(fake_logits):
    if fake_logits.size == 0:
        raise ValueError("there are no fakes")


def loss(fake_logits):
    check(fake_logits)
    x = fake_logits
    return np.logaddexp(0, -x).mean()


def grad(fake_logits):
    check(fake_logits)
    x = fake_logits
    return -np.exp(-np.logaddexp(0, x)) / x.size
"""

SPLIT = """\
import numpy as np


def checked(fake_logits):
    z = np.asarray(fake_logits, dtype=np.float64)
    if not z.size:
        raise ValueError("empty input")
    return z


def loss(fake_logits):
    z = checked(fake_logits)
    return float((np.where(z < 0, -z, 0.0) + np.log1p(np.exp(-abs(z)))).sum() / z.size)


def grad(fake_logits):
    z = checked(fake_logits)
    # the probability, seen by the discriminator, that a fake is fake
    caught = 0.5 * (1.0 - np.tanh(0.5 * z))
    small = np.exp(-abs(z))
    caught = np.where(z > 1.0, small / (1.0 + small), caught)
    return caught / -z.size
"""

TWO_CLASSES = '''\
import numpy as np


def log_softmax(fake_logits):
    """Log-probabilities of the classes real and fake; the logit of the class fake is 0."""
    if 0 in fake_logits.shape:
        raise ValueError("at least one logit is needed")
    both = np.stack([fake_logits, np.zeros_like(fake_logits)])
    both -= both.max(axis=0)
    return both - np.log(np.exp(both).sum(axis=0))


def loss(fake_logits):
    real, _ = log_softmax(fake_logits)
    return -np.mean(real)


def grad(fake_logits):
    _, fake = log_softmax(fake_logits)
    return -np.exp(fake) / fake_logits.size
'''

LOOPS = """\
from math import exp, log1p

import numpy as np


def cost(x):
    return log1p(exp(-x)) if x > 0 else log1p(exp(x)) - x


def slope(x):
    return -exp(-x) / (1 + exp(-x)) if x > 0 else -1 / (1 + exp(x))


def numbers(fake_logits):
    values = [float(x) for x in fake_logits.flat]
    if len(values) == 0:
        raise ValueError("no fakes")
    return values


def loss(fake_logits):
    values = numbers(fake_logits)
    total = 0.0
    for x in values:
        total += cost(x)
    return total / len(values)


def grad(fake_logits):
    values = numbers(fake_logits)
    return np.array([slope(x) / len(values) for x in values]).reshape(fake_logits.shape)
"""

COST, SLOPE = "np.logaddexp(0, -x)", "-np.exp(-np.logaddexp(0, x))"

MISCONCEPTIONS = (
    Misconception(
        "saturating loss",
        Family.VALUES,
        "It minimises log(1 - D), the form of the minimax game, whose gradient dies where the "
        "discriminator is sure; the loss that is asked is -log D.",
        patched(PLAIN, (COST, "-np.logaddexp(0, x)"), (SLOPE, "-1 / (1 + np.exp(-x))")),
    ),
    Misconception(
        "the discriminator's side",
        Family.VALUES,
        "It is what fakes cost the discriminator: the generator wants the opposite.",
        patched(PLAIN, (COST, "np.logaddexp(0, x)"), (SLOPE, "1 / (1 + np.exp(-x))")),
    ),
    Misconception(
        "log D maximised",
        Family.VALUES,
        "It returns the mean of log D, which is to be maximised: the loss with its sign turned.",
        patched(PLAIN, (COST, "-np.logaddexp(0, -x)"), (SLOPE, "1 / (1 + np.exp(x))")),
    ),
    Misconception(
        "critic's loss",
        Family.VALUES,
        "It is minus the mean logit, the generator's loss against a Wasserstein critic.",
        patched(PLAIN, (COST, "(-x)"), (SLOPE, "-np.ones(x.shape)")),
    ),
    Misconception(
        "probability for its log",
        Family.VALUES,
        "It averages the probability of being caught, 1 - D, and forgets the logarithm.",
        patched(PLAIN, (COST, "(1 / (1 + np.exp(x)))")),
    ),
    Misconception(
        "sigmoid taken twice",
        Family.VALUES,
        "It squashes the logits to probabilities and then treats these as logits.",
        patched(PLAIN, (COST, "np.logaddexp(0, -1 / (1 + np.exp(-x)))")),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the costs of the fakes where their mean is asked.",
        patched(PLAIN, (".mean()", ".sum()"), (" / x.size", "")),
    ),
    Misconception(
        "mean over the first axis",
        Family.VALUES,
        "It divides by the length of the first axis, where the mean is over all elements.",
        patched(PLAIN, (".mean()", ".sum() / len(x)"), ("/ x.size", "/ len(x)")),
    ),
    Misconception(
        "log base 2",
        Family.VALUES,
        "It measures in bits: the logarithm is base 2 where the natural one is asked.",
        patched(PLAIN, (".mean()", ".mean() / np.log(2)"), ("/ x.size", "/ x.size / np.log(2)")),
    ),
    Misconception(
        "gradient of the saturating loss",
        Family.GRADIENTS,
        "Its gradient is that of log(1 - D): it all but vanishes for fakes that are caught, which "
        "need it most.",
        patched(PLAIN, (SLOPE, "-1 / (1 + np.exp(-x))")),
    ),
    Misconception(
        "gradient with respect to the probability",
        Family.GRADIENTS,
        "Its gradient is -1/D, with respect to the probability: the sigmoid's derivative is "
        "missing.",
        patched(PLAIN, (SLOPE, "-(1 + np.exp(-x))")),
    ),
    Misconception(
        "gradient of the wrong sign",
        Family.GRADIENTS,
        "Its gradient has the wrong sign, so the generator learns to be caught.",
        patched(PLAIN, (SLOPE, "1 / (1 + np.exp(x))")),
    ),
    Misconception(
        "gradient without 1/n",
        Family.GRADIENTS,
        "Its gradient is of the sum: the division by the number of fakes is missing.",
        patched(PLAIN, (" / x.size", "")),
    ),
    Misconception(
        "log of a sigmoid",
        Family.STABILITY,
        "It takes the log of a sigmoid that rounded to 0, so a fake that is surely caught costs "
        "infinity.",
        patched(PLAIN, (COST, "-np.log(1 / (1 + np.exp(-x)))")),
    ),
    Misconception(
        "epsilon in the log",
        Family.STABILITY,
        "It adds 1e-8 to the probability before the log, so no fake can cost more than 18.4.",
        patched(PLAIN, (COST, "-np.log(1 / (1 + np.exp(-x)) + 1e-8)")),
    ),
    Misconception(
        "softplus by its formula",
        Family.STABILITY,
        "It computes softplus as log(1 + exp(-x)), whose exponential overflows.",
        patched(PLAIN, (COST, "np.log(1 + np.exp(-x))")),
    ),
    Misconception(
        "sigmoid as a ratio of exponentials",
        Family.STABILITY,
        "Its gradient is -exp(-x) / (1 + exp(-x)), which is infinity over infinity for fakes "
        "that are surely caught.",
        patched(PLAIN, (SLOPE, "-np.exp(-x) / (1 + np.exp(-x))")),
    ),
    Misconception(
        "no fakes accepted",
        Family.EDGE_CASES,
        "It averages over no fakes at all, where ValueError is asked.",
        patched(PLAIN, ("fake_logits.size == 0", "fake_logits.ndim < 0")),
    ),
    Misconception(
        "NaN hidden",
        Family.EDGE_CASES,
        "It averages with nanmean, which leaves broken samples out of sight.",
        patched(PLAIN, (f"{COST}.mean()", f"np.nanmean({COST})")),
    ),
    Misconception(
        "logits changed in place",
        Family.EDGE_CASES,
        "It turns the sign of the caller's logits in place.",
        patched(
            PLAIN,
            (
                "    x = fake_logits\n    return np.log",
                "    x = fake_logits\n    np.negative(x, out=x)\n    return np.log",
            ),
            (COST, "np.logaddexp(0, x)"),
        ),
    ),
)

STABLE = (
    "Write softplus(x) as max(x, 0) + log1p(exp(-|x|)), or use logaddexp(0, x): exp of a large "
    "logit overflows, and the log of a rounded sigmoid is infinite."
)

USUAL = laws.drawn(sample, 4, 3)


def _undecided(rng: np.random.Generator) -> tuple[float, float]:
    return reference(np.zeros(int(rng.integers(1, 9)))), float(np.log(2.0))


def _real_side(fake: Array) -> float:
    """What the same logits cost the discriminator as a real sample, next to an obvious fake."""
    return gan_discriminator.reference(fake, np.full(2, -1e3))


def _saturating_and_mean(fake: Array) -> float:
    return float(np.mean(np.log1p(np.exp(fake))) - np.mean(fake))


LAWS = (
    Law("Logits of 0 cost log 2.", _undecided),
    laws.unchanged("The order does not matter.", reference, USUAL, laws.reordered(0)),
    laws.equal(
        "It is what the discriminator pays for the same logits of real samples.",
        USUAL,
        reference,
        _real_side,
    ),
    laws.equal(
        "It is the mean of softplus of the logits, less their mean.",
        USUAL,
        reference,
        _saturating_and_mean,
    ),
    laws.equal(
        "Fakes that are surely caught cost minus their logit.",
        lambda rng: Case((rng.uniform(-90.0, -50.0, size=5),)),
        reference,
        lambda fake: -float(np.mean(fake)),
    ),
)

TASKS = (
    Task(
        slug="gan-generator",
        title="GAN generator loss (non-saturating)",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \log\bigl(1 + e^{-f_i}\bigr) "
        r"= -\frac{1}{n} \sum_{i=1}^{n} \log \sigma(f_i)",
        sentence="The mean over the fakes of softplus of minus their logit, which is minus the "
        "log of the probability of being taken for real; softplus(x) is log(1 + exp(x)), with the "
        "natural logarithm.",
        domain="fake_logits holds any finite numbers, in any shape; an empty array raises "
        "ValueError.",
        rules=(
            "The loss is one number; grad returns its derivative with respect to fake_logits: one "
            "new array of the same shape, not a tuple.",
            "The mean is over all elements, whatever the shape.",
            "An empty array raises ValueError.",
            "A NaN among the logits makes the loss NaN.",
            "fake_logits may be float32, strided or read-only; it is not modified.",
            "Logits up to 1e4 in size give the exact loss: nothing overflows and nothing is "
            "clipped.",
        ),
        source="Goodfellow et al., Generative Adversarial Nets (2014), section 3: maximise "
        "log D(G(z)), D being the sigmoid of the logit.",
        brief=Brief(
            prompt="A discriminator gives each image that a generator painted a logit: how sure "
            "it is that the image is a photograph. Early in training it catches nearly every "
            "painting, and the generator must learn all the same. Write the non-saturating loss "
            "that the generator minimises, and its gradient with respect to these logits.",
            context="The non-saturating form told apart from the minimax one, and softplus that "
            "holds for large logits.",
            topics=("generative-models", "stability"),
            difficulty="easy",
            minutes=15,
        ),
        examples=(
            Example(
                Case((np.array([0.0, -float(np.log(3.0))]),)),
                value=1.5 * float(np.log(2.0)),
                gradient=((-0.25, -0.375),),
                working="The fakes pass for real with probabilities of 1/2 and 1/4: "
                "(log 2 + log 4) / 2.",
            ),
        ),
        definition=definition,
        arguments=(Argument("fake_logits", differentiate=True),),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=SHAPES,
        large=LARGE,
        terms=terms,
        extremes=(
            Extreme("logits of 1e4, both signs", of_size(1e4, 1, -1), STABLE, float32=True),
            Extreme("logits of 1e3, all caught", of_size(1e3, -1), STABLE, float32=True),
            Extreme("logits of 1e3, none caught", of_size(1e3, 1), STABLE),
            Extreme(
                "logits of 60, both signs",
                of_size(60.0, 1, -1),
                "Do not take the log of a sigmoid: it rounds to 0 or 1 long before its log does.",
                float32=True,
            ),
            Extreme(
                "logits of 15, none caught",
                of_size(15.0, 1),
                "Add no epsilon: a cost of 1e-7 is still a number.",
            ),
        ),
        edges=(
            Edge(
                "an undecided discriminator",
                lambda rng: Case((np.zeros((2, 3)),)),
                "Logits of 0 cost log 2 each, and the gradient is -1/(2n).",
            ),
            Edge(
                "one fake",
                lambda rng: Case((rng.uniform(-2.0, 2.0, size=(1,)),)),
                "A single fake is its own mean.",
            ),
            Edge(
                "sure on both sides",
                lambda rng: Case((rng.permutation([-40.0, 40.0, -0.5, 0.5]),)),
                "Caught fakes cost their distance from 0, and those that pass next to nothing.",
            ),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("log1p and tanh", SPLIT),
            Variant("softmax of two classes", TWO_CLASSES),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve("One fake", "logit of the fake", -6.0, 6.0, lambda x: Case((np.array([x]),))),
        ),
    ),
)
