"""The negative evidence lower bound of a variational autoencoder, with the beta of beta-VAE."""

from typing import Any

import numpy as np

from grader.catalogue import laws
from grader.catalogue.binary import targets
from grader.catalogue.binary_cross_entropy_with_logits import reference as cross_entropy
from grader.catalogue.exact import mean, pairs, softplus
from grader.catalogue.inputs import paired, require
from grader.catalogue.logistic import sigmoid
from grader.catalogue.logistic import softplus as stable_softplus
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

Four = tuple[Array, Array, Array, Array]


def _checked(x: Array, x_logits: Array, mu: Array, log_variance: Array) -> Four:
    x, x_logits = paired(x, x_logits)
    mu, log_variance = paired(mu, log_variance)
    require(x.ndim == mu.ndim == 2, "x and x_logits must be (n, d), mu and log_variance (n, z)")
    require(len(x) == len(mu), "there must be as many rows of mu as of x")
    return x, x_logits, mu, log_variance


def reference(
    x: Array, x_logits: Array, mu: Array, log_variance: Array, beta: float = 1.0
) -> float:
    """Return the mean over rows of the reconstruction's loss plus beta times the divergence.

        sum_j softplus(s_ij) - x_ij s_ij  +  beta / 2 sum_k exp(v_ik) + mu_ik^2 - 1 - v_ik

    Args:
        x: shape (n, d), data in [0, 1].
        x_logits: s, same shape, log-odds of the decoder, in nats.
        mu: shape (n, z), means of the approximate posterior, in standard deviations of the prior.
        log_variance: v, same shape, natural logarithms of its variances.
        beta: >= 0, without unit.

    Returns:
        The loss in nats, >= 0; NaN where an array holds one.

    Raises:
        ValueError: where shapes do not agree, are not of two axes, or an array is empty.

    Source: Kingma, Welling, Auto-Encoding Variational Bayes (2014), equation 10, with appendices B
        and C.1; beta of Higgins et al., beta-VAE (2017), equation 4.
    """
    x, s, mu, v = _checked(x, x_logits, mu, log_variance)
    # Both parts are positive, where softplus(s) - x s would cancel.
    lost = x * stable_softplus(-s) + (1.0 - x) * stable_softplus(s)
    divergence = 0.5 * (np.expm1(v) - v + mu**2)
    return float(np.mean(lost.sum(axis=1) + beta * divergence.sum(axis=1)))


def gradient(
    x: Array, x_logits: Array, mu: Array, log_variance: Array, beta: float = 1.0
) -> tuple[Array, Array, Array]:
    """Return the derivatives with respect to x_logits, mu and log_variance, of their shapes.

    They are (sigmoid(s) - x) / n, beta mu / n and beta (exp(v) - 1) / (2 n); errors as above.
    """
    x, s, mu, v = _checked(x, x_logits, mu, log_variance)
    n = len(x)
    return (sigmoid(s) - x) / n, beta * mu / n, beta * np.expm1(v) / (2.0 * n)


def sample(rng: np.random.Generator, shape: Shape) -> Four:
    """Draw n rows of d hard and soft pixels, and posteriors of z latents near the prior."""
    n, d, z = shape
    x_logits = rng.normal(scale=1.5, size=(n, d))
    mu, log_variance = rng.normal(size=(2, n, z))
    return targets(rng, sigmoid(x_logits)), x_logits, mu, log_variance - 0.5


def terms(x: Array, x_logits: Array, mu: Array, log_variance: Array, beta: float = 1.0) -> float:
    """Return the largest of the terms, those of the divergence times beta."""
    del x
    divergence = np.maximum(np.exp(log_variance), np.maximum(mu**2, np.abs(log_variance)))
    return float(max(1.0, np.abs(x_logits).max(), beta * divergence.max()))


def definition(mp: Any, x: Any, x_logits: Any, mu: Any, log_variance: Any, beta: Any) -> Any:
    def bound(pixels: Any, logits: Any, means: Any, logs: Any) -> Any:
        lost = mp.fsum(softplus(mp, s) - p * s for p, s in pairs(pixels, logits))
        return lost + beta / 2 * mp.fsum(mp.exp(v) + m**2 - 1 - v for m, v in pairs(means, logs))

    return mean(mp, map(bound, x, x_logits, mu, log_variance))


def _logits(rng: np.random.Generator, scale: float) -> Case:
    """Logits of this size, right and wrong ones, for hard and soft pixels."""
    x, _, mu, log_variance = sample(rng, (3, 4, 2))
    signs = rng.permuted(np.tile([1.0, -1.0], 6)).reshape(3, 4)
    return Case((x, scale * signs * rng.uniform(0.8, 1.0, size=(3, 4)), mu, log_variance))


def _posterior(rng: np.random.Generator, scale: float) -> Case:
    """One log-variance of this size in each row."""
    x, x_logits, mu, log_variance = sample(rng, (3, 4, 2))
    log_variance[:, 0] = scale * rng.uniform(0.8, 1.0, size=3)
    return Case((x, x_logits, mu, log_variance))


def _prior(rng: np.random.Generator) -> Case:
    x, x_logits, mu, _ = sample(rng, (4, 5, 3))
    return Case((x, x_logits, np.zeros_like(mu), np.zeros_like(mu)), {"beta": 3.0})


def _without_divergence(rng: np.random.Generator) -> Case:
    return Case(sample(rng, (4, 5, 3)), {"beta": 0.0})


def _beside_a_blunder(rng: np.random.Generator) -> Case:
    """Ordinary rows, and one pixel whose logit is 1e9 on the wrong side."""
    x, x_logits, mu, log_variance = sample(rng, (4, 3, 2))
    x[0, 0], x_logits[0, 0] = 1.0, -1e9
    return Case((x, x_logits, mu, log_variance))


def _one_latent(log_variance: float) -> Case:
    zero = np.zeros((1, 1))
    return Case((zero, zero, zero, np.array([[log_variance]])))


PLAIN = """\
import numpy as np


def _check(x, x_logits, mu, log_variance):
    if x.ndim != 2 or x.shape != x_logits.shape:
        raise ValueError("x and x_logits must have one shape (n, d)")
    if mu.ndim != 2 or mu.shape != log_variance.shape:
        raise ValueError("mu and log_variance must have one shape (n, z)")
    if len(x) != len(mu):
        raise ValueError("x and mu must have the same number of rows")
    if x.size == 0 or mu.size == 0:
        raise ValueError("there is nothing to average")


def loss(x, x_logits, mu, log_variance, beta=1.0):
    _check(x, x_logits, mu, log_variance)
    lost = np.logaddexp(0, x_logits) - x * x_logits
    kl = 0.5 * (np.exp(log_variance) + mu**2 - 1 - log_variance)
    return np.mean(lost.sum(axis=1) + beta * kl.sum(axis=1))


def grad(x, x_logits, mu, log_variance, beta=1.0):
    _check(x, x_logits, mu, log_variance)
    n = len(x)
    p = np.exp(-np.logaddexp(0, -x_logits))
    d_mu = beta * mu / n
    d_log_variance = beta * 0.5 * (np.exp(log_variance) - 1) / n
    return (p - x) / n, d_mu, d_log_variance
"""

TWO_PARTS = '''\
import numpy as np


def reconstruction(x, logits):
    """Cross-entropy per row, from log-probabilities of both outcomes."""
    if np.ndim(x) != 2 or np.shape(x) != np.shape(logits) or np.size(x) == 0:
        raise ValueError("x and its logits do not match")
    tail = np.log1p(np.exp(-np.abs(logits)))
    log_one = np.minimum(logits, 0) - tail
    log_zero = np.minimum(-logits, 0) - tail
    return -np.sum(x * log_one + (1 - x) * log_zero, axis=1)


def divergence(mu, log_variance):
    """From the posterior to a standard normal, per row."""
    if np.ndim(mu) != 2 or np.shape(mu) != np.shape(log_variance) or np.size(mu) == 0:
        raise ValueError("mean and log-variance do not match")
    return -0.5 * np.sum(1 + log_variance - np.square(mu) - np.exp(log_variance), axis=1)


def loss(x, x_logits, mu, log_variance, beta=1.0):
    lost, distance = reconstruction(x, x_logits), divergence(mu, log_variance)
    if lost.shape != distance.shape:
        raise ValueError("different batches")
    return float(np.average(lost) + beta * np.average(distance))


def grad(x, x_logits, mu, log_variance, beta=1.0):
    loss(x, x_logits, mu, log_variance, beta)
    n = x.shape[0]
    d_logits = (0.5 * (1 + np.tanh(0.5 * x_logits)) - x) / n
    return d_logits, np.multiply(beta / n, mu), np.expm1(log_variance) * (beta / (2 * n))
'''

MODEL = """\
import numpy as np


class NegativeElbo:
    def __init__(self, x, x_logits, mu, log_variance, beta):
        if x.shape != x_logits.shape or mu.shape != log_variance.shape:
            raise ValueError("shape mismatch")
        if not (x.ndim == mu.ndim == 2 and x.shape[0] == mu.shape[0]):
            raise ValueError("rows do not line up")
        if min(x.size, mu.size) == 0:
            raise ValueError("empty")
        self.x, self.mu = x.astype(float), mu.astype(float)
        self.logits, self.log_variance = x_logits.astype(float), log_variance.astype(float)
        self.variance = np.exp(self.log_variance)
        self.n, self.beta = len(x), beta

    def value(self):
        softplus = np.where(self.logits > 0, self.logits, 0.0)
        softplus = softplus + np.log1p(np.exp(-abs(self.logits)))
        lost = softplus.sum() - np.einsum("ij,ij->", self.x, self.logits)
        squares = np.einsum("ij,ij->", self.mu, self.mu)
        kl = (squares + np.sum(self.variance - self.log_variance) - self.mu.size) / 2
        return (lost + self.beta * kl) / self.n

    def slopes(self):
        small = np.exp(-abs(self.logits))
        p = np.where(self.logits >= 0, 1.0, small) / (1.0 + small)
        scale = self.beta / self.n
        return (p - self.x) / self.n, scale * self.mu, scale * (self.variance - 1.0) / 2.0


def loss(x, x_logits, mu, log_variance, beta=1.0):
    return NegativeElbo(x, x_logits, mu, log_variance, beta).value()


def grad(x, x_logits, mu, log_variance, beta=1.0):
    return NegativeElbo(x, x_logits, mu, log_variance, beta).slopes()
"""

LOOPS = """\
from math import exp, log1p

import numpy as np


def _check(x, x_logits, mu, log_variance):
    for a, b in ((x, x_logits), (mu, log_variance)):
        if a.ndim != 2 or a.shape != b.shape or a.size == 0:
            raise ValueError("shapes must agree in pairs")
    if x.shape[0] != mu.shape[0]:
        raise ValueError("one posterior per row")


def _sigmoid(s):
    return 1 / (1 + exp(-s)) if s > 0 else exp(s) / (1 + exp(s))


def loss(x, x_logits, mu, log_variance, beta=1.0):
    _check(x, x_logits, mu, log_variance)
    total = 0.0
    for target, s in zip(x.ravel().tolist(), x_logits.ravel().tolist()):
        total += (s if s > 0 else 0 * s) + log1p(exp(-abs(s))) - target * s
    for m, v in zip(mu.ravel().tolist(), log_variance.ravel().tolist()):
        total += beta * (exp(v) + m * m - 1 - v) / 2
    return total / len(x)


def grad(x, x_logits, mu, log_variance, beta=1.0):
    _check(x, x_logits, mu, log_variance)
    n = len(x)
    p = np.array([_sigmoid(s) for s in x_logits.ravel().tolist()]).reshape(x.shape)
    variance = np.array([exp(v) for v in log_variance.ravel().tolist()]).reshape(mu.shape)
    return (p - x) / n, beta / n * mu.astype(float), beta * (variance - 1) / (2 * n)
"""

LOST, KL = (
    "np.logaddexp(0, x_logits) - x * x_logits",
    "np.exp(log_variance) + mu**2 - 1 - log_variance",
)
TOTAL = "lost.sum(axis=1) + beta * kl.sum(axis=1)"
D_LOGITS, D_MU = "return (p - x) / n", "beta * mu / n"
D_LOG = "beta * 0.5 * (np.exp(log_variance) - 1) / n"

MISCONCEPTIONS = (
    Misconception(
        "divergence subtracted",
        Family.VALUES,
        "It subtracts the divergence, as in the bound that is maximised; the loss adds it.",
        patched(PLAIN, ("+ beta * kl", "- beta * kl"), (D_MU, f"-{D_MU}"), (D_LOG, f"-{D_LOG}")),
    ),
    Misconception(
        "divergence not halved",
        Family.VALUES,
        "It forgets the one half of the divergence.",
        patched(PLAIN, ("kl = 0.5 * ", "kl = "), (D_MU, f"2 * {D_MU}"), ("beta * 0.5", "beta")),
    ),
    Misconception(
        "pixels averaged",
        Family.VALUES,
        "It averages the cross-entropy over the pixels, where they are added up: the divergence "
        "then weighs too much.",
        patched(PLAIN, ("lost.sum(", "lost.mean("), (D_LOGITS, "return (p - x) / x.size")),
    ),
    Misconception(
        "latents averaged",
        Family.VALUES,
        "It averages the divergence over the latents, where they are added up.",
        patched(
            PLAIN,
            ("kl.sum(", "kl.mean("),
            (D_MU, "beta * mu / mu.size"),
            (f"{D_LOG}", f"{D_LOG} / mu.shape[1]"),
        ),
    ),
    Misconception(
        "sum over the rows",
        Family.VALUES,
        "It adds up the rows where their mean is asked.",
        patched(PLAIN, ("np.mean(", "np.sum("), ("n = len(x)", "n = 1")),
    ),
    Misconception(
        "beta ignored",
        Family.VALUES,
        "It ignores beta.",
        patched(PLAIN, ("+ beta * kl", "+ kl"), (D_MU, "mu / n"), (D_LOG, D_LOG[7:])),
    ),
    Misconception(
        "beta on the reconstruction",
        Family.VALUES,
        "It weighs the reconstruction by beta, where the divergence is weighed.",
        patched(
            PLAIN,
            (TOTAL, "beta * lost.sum(axis=1) + kl.sum(axis=1)"),
            (D_LOGITS, "return beta * (p - x) / n"),
            (D_MU, "mu / n"),
            (D_LOG, D_LOG[7:]),
        ),
    ),
    Misconception(
        "log-variance taken for the log of the deviation",
        Family.VALUES,
        "It squares exp(log_variance), as if that were the standard deviation: it is the variance.",
        patched(
            PLAIN,
            (KL, "np.exp(2 * log_variance) + mu**2 - 1 - 2 * log_variance"),
            (D_LOG, "beta * (np.exp(2 * log_variance) - 1) / n"),
        ),
    ),
    Misconception(
        "gradient by the variance",
        Family.GRADIENTS,
        "Its last gradient is with respect to the variance: a derivative of exp is missing.",
        patched(PLAIN, (D_LOG, "beta * 0.5 * (1 - np.exp(-log_variance)) / n")),
    ),
    Misconception(
        "log-variance's gradient without its 1",
        Family.GRADIENTS,
        "Its last gradient forgets the log-variance that is subtracted, and so is never 0.",
        patched(PLAIN, ("variance) - 1)", "variance))")),
    ),
    Misconception(
        "gradients not divided by n",
        Family.GRADIENTS,
        "Its gradients are those of the sum: the division by the number of rows is missing.",
        patched(PLAIN, ("n = len(x)", "n = 1")),
    ),
    Misconception(
        "log of a rounded sigmoid",
        Family.STABILITY,
        "It takes logarithms of probabilities that have become 0, so sure pixels cost infinity or "
        "NaN.",
        patched(
            PLAIN,
            (
                f"    lost = {LOST}",
                "    q = 1 / (1 + np.exp(-x_logits))\n"
                "    lost = -(x * np.log(q) + (1 - x) * np.log(1 - q))",
            ),
        ),
    ),
    Misconception(
        "log of the variance",
        Family.STABILITY,
        "It takes the log of exp(log_variance), which is minus infinity once the variance is 0.",
        patched(PLAIN, ("- 1 - log_variance", "- 1 - np.log(np.exp(log_variance))")),
    ),
    Misconception(
        "log-variance clamped",
        Family.STABILITY,
        "It clamps the log-variance to [-30, 20], which hides how far off an encoder is.",
        patched(
            PLAIN, ("    lost = ", "    log_variance = np.clip(log_variance, -30, 20)\n    lost = ")
        ),
    ),
    Misconception(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It lets one row of means or pixels stand for all where it must raise ValueError.",
        patched(PLAIN, (" or x.shape != x_logits.shape", ""), ("len(x) != len(mu)", "x.ndim < 0")),
    ),
    Misconception(
        "empty input accepted",
        Family.EDGE_CASES,
        "It averages over no rows where it must raise ValueError.",
        patched(PLAIN, ("if x.size == 0 or mu.size == 0:", "if x.ndim < 0:")),
    ),
    Misconception(
        "NaN hidden",
        Family.EDGE_CASES,
        "It averages with nanmean, so a row with a broken number vanishes from the result.",
        patched(PLAIN, ("np.mean(", "np.nanmean(")),
    ),
)


def _quadrature(rng: np.random.Generator) -> tuple[float, float]:
    """The mean under the posterior of log posterior - log prior, exact for a square by 4 points."""
    x, x_logits, mu, v = sample(rng, (4, 5, 3))
    nodes, weights = np.polynomial.hermite_e.hermegauss(4)
    latent = mu[..., None] + np.exp(v / 2.0)[..., None] * nodes
    log_ratio = 0.5 * (latent**2 - nodes**2 - v[..., None])
    expected = np.sum(log_ratio @ (weights / weights.sum())) / 4
    divergence = reference(x, x_logits, mu, v) - reference(x, x_logits, mu, v, beta=0.0)
    return divergence, float(expected)


def _cross_entropies(*arrays: Array, beta: float) -> float:
    del beta
    return 5.0 * cross_entropy(arrays[0], arrays[1])


def _mirrored(rng: np.random.Generator, case: Case) -> Case:
    x, x_logits, mu, log_variance = case.arguments
    return Case((1.0 - x, -x_logits, -mu, log_variance), case.parameters)


USUAL = laws.drawn(sample, 4, 5, 3, beta=2.0)

LAWS = (
    laws.equal(
        "A posterior that is the prior leaves the cross-entropies of the pixels.",
        _prior,
        reference,
        _cross_entropies,
    ),
    Law("The other part is the mean log-ratio of posterior and prior.", _quadrature),
    laws.unchanged(
        "A negative picture with mirrored latents costs the same.", reference, USUAL, _mirrored
    ),
    laws.unchanged(
        "The order of the rows does not matter.", reference, USUAL, laws.reordered(0, 1, 2, 3)
    ),
)

TASKS = (
    Task(
        slug="vae-elbo",
        title="Negative ELBO of a variational autoencoder",
        formula=r"L = \frac{1}{n} \sum_{i=1}^{n} \left( \sum_{j=1}^{d} \left( "
        r"\log(1 + e^{s_{ij}}) - x_{ij} s_{ij} \right) + \frac{\beta}{2} \sum_{k=1}^{z} \left( "
        r"e^{v_{ik}} + \mu_{ik}^2 - 1 - v_{ik} \right) \right)",
        sentence="The mean, over the rows, of two sums: over the d pixels, the binary "
        "cross-entropy of x for logits s; over the z latents, beta times one half of the variance "
        "exp(v) plus the squared mean less 1 less the log-variance v.",
        domain="x holds numbers in [0, 1] and x_logits any finite ones, both of shape (n, d); mu "
        "and log_variance hold any finite numbers, both of shape (n, z); beta is not negative; "
        "other shapes and empty arrays raise ValueError.",
        rules=(
            "The loss is one number; grad returns a tuple of three new arrays: the derivatives "
            "with respect to x_logits, mu and log_variance, each in their shape.",
            "x and x_logits have one shape (n, d), mu and log_variance one shape (n, z), with the "
            "same n; anything else raises ValueError and never broadcasts.",
            "Empty input raises ValueError.",
            "Pixels and latents are added up; the mean is over the n rows alone.",
            "Logarithms are natural, and log_variance is the logarithm of the variance.",
            "A NaN in any of the four arrays makes the loss NaN.",
            "x may hold integers.",
            "beta is any number from 0 up; others are not asked for.",
            "Logits of 1e4 and log-variances from -1e4 to 600 give a right and finite result.",
        ),
        source="Kingma, Welling, Auto-Encoding Variational Bayes (ICLR 2014), equation 10 with "
        "appendix B for the divergence and C.1 for the decoder; beta of Higgins et al., beta-VAE "
        "(ICLR 2017), equation 4.",
        brief=Brief(
            prompt="A museum compresses scans of black and white woodcuts with a variational "
            "autoencoder. The decoder gives a logit for each pixel, the encoder a normal "
            "distribution over the latents, by its mean and the logarithm of its variance. Write "
            "the negative evidence lower bound with a standard normal prior, and its gradients "
            "with respect to `x_logits`, `mu` and `log_variance`. `beta` weighs the divergence "
            "from the prior.",
            context="Two parts with reductions of their own, a divergence with four terms, and "
            "three gradients.",
            topics=("generative-models", "stability"),
            difficulty="hard",
            minutes=35,
        ),
        examples=(
            Example(
                Case(
                    (
                        np.array([[1.0, 0.0]]),
                        np.array([[0.0, 0.0]]),
                        np.array([[2.0, 1.0]]),
                        np.array([[0.0, 0.0]]),
                    )
                ),
                value=float(2.0 * np.log(2.0) + 2.5),
                gradient=(((-0.5, 0.5),), ((2.0, 1.0),), ((0.0, 0.0),)),
                working="Logits of 0 cost log 2 for each of the two pixels; variances are 1, so "
                "the divergence is half of the squared means, (4 + 1) / 2.",
            ),
            Example(
                Case(
                    (
                        np.array([[1.0], [0.5]]),
                        np.log([[3.0], [1.0]]),
                        np.array([[0.0], [2.0]]),
                        np.log([[2.0], [4.0]]),
                    ),
                    {"beta": 2.0},
                ),
                value=float(np.log(4.0 / 3.0) + np.log(2.0) + 1.0 + 7.0 - np.log(8.0)) / 2,
                working="The pixels cost log (4/3) and log 2; the divergences are (1 - log 2)/2 "
                "and (4 + 4 - 1 - log 4)/2, which beta doubles.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("x", "n d", integers=True),
            Argument("x_logits", "n d", differentiate=True),
            Argument("mu", "n z", differentiate=True),
            Argument("log_variance", "n z", differentiate=True),
        ),
        parameters=(Parameter("beta", 1.0, others=(0.25, 4.0)),),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((4, 5, 3), (1, 3, 2), (2, 2, 4), (3, 3, 3)),
        large=(100, 400, 50),
        terms=terms,
        extremes=(
            Extreme(
                "logits of 1e4",
                lambda rng: _logits(rng, 1e4),
                "Work with the logits: softplus(s) as logaddexp(0, s), and no log of a sigmoid.",
                float32=True,
            ),
            Extreme(
                "log-variances of -1e4",
                lambda rng: _posterior(rng, -1e4),
                "Use the log-variance as it is: the variance is 0, and has no logarithm.",
                float32=True,
            ),
            Extreme(
                "log-variances of 600",
                lambda rng: _posterior(rng, 600.0),
                "Leave the log-variance as it is: a clamp hides how far off it is.",
            ),
        ),
        edges=(
            Edge(
                "posterior equal to the prior",
                _prior,
                "Where means and log-variances are 0 the divergence and its gradients are 0.",
            ),
            Edge("beta of 0", _without_divergence, "With beta 0 only the reconstruction counts."),
        ),
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("two functions", TWO_PARTS),
            Variant("sums in a class", MODEL),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        coarse=_beside_a_blunder,
        curves=(
            Curve(
                "One log-variance, beta = 1",
                "log_variance",
                -5.0,
                2.5,
                lambda v: _one_latent(v),
            ),
        ),
    ),
)
