"""Distillation: a student learns the softened predictions of its teacher."""

from typing import Any

import numpy as np

from grader.catalogue import exact, laws
from grader.catalogue.inputs import paired, require
from grader.catalogue.softmax_cross_entropy import SHIFT
from grader.catalogue.softmax_cross_entropy import reference as loss_of_labels
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

Pair = tuple[Array, Array]


def softened(teacher_logits: Array, student_logits: Array, temperature: float) -> Pair:
    """Return both divided by the temperature, (n, k); ValueError where they do not fit."""
    teacher, student = paired(teacher_logits, student_logits)
    require(teacher.ndim == 2, "logits must be (n, k)")
    return teacher / temperature, student / temperature


def softmax(rows: Array) -> Array:
    powers = np.exp(rows - rows.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def log_softmax(rows: Array) -> Array:
    ahead = rows - rows.max(axis=1, keepdims=True)
    return np.asarray(ahead - np.log(np.exp(ahead).sum(axis=1, keepdims=True)))


def reference(teacher_logits: Array, student_logits: Array, temperature: float = 1.0) -> float:
    """Return T² times the mean over rows of KL(softmax(t/T) || softmax(s/T)), in nats.

        KL(p || q) = sum_j p_j (log p_j - log q_j)

    Args:
        teacher_logits, student_logits: one shape (n, k), unnormalised log-probabilities in nats.
        temperature: T > 0; above 1 it evens the probabilities out.

    Returns:
        The loss, >= 0, finite for all finite logits; NaN where either array holds one.

    Raises:
        ValueError: for different shapes and empty input.

    Source: Hinton, Vinyals, Dean, Distilling the Knowledge in a Neural Network (2015), section 2,
    with the entropy of the teacher, a constant, taken off.
    """
    teacher, student = softened(teacher_logits, student_logits, temperature)
    surprise = log_softmax(teacher) - log_softmax(student)
    mean = np.mean(np.sum(softmax(teacher) * surprise, axis=1))
    # Rounding alone would take the loss of two nearly equal rows below 0.
    return float(temperature**2 * np.maximum(mean, 0.0))


def gradient(
    teacher_logits: Array, student_logits: Array, temperature: float = 1.0
) -> tuple[Array]:
    """Return T (softmax(s/T) - softmax(t/T)) / n with respect to the student, shape (n, k).

    Raises:
        ValueError: as `reference`.

    Source: Hinton, Vinyals, Dean (2015), equation 2, times T².
    """
    teacher, student = softened(teacher_logits, student_logits, temperature)
    return (temperature / len(student) * (softmax(student) - softmax(teacher)),)


def terms(teacher_logits: Array, student_logits: Array, temperature: float = 1.0) -> float:
    """Return T² times the largest logits of both, softened, and log k."""
    largest = np.abs(teacher_logits).max() + np.abs(student_logits).max()
    k = teacher_logits.shape[1]
    return float(temperature * largest + temperature**2 * np.log(k))


def definition(mp: Any, teacher_logits: Any, student_logits: Any, temperature: Any) -> Any:
    def log_shares(row: Any) -> list[Any]:
        total = exact.log_sum_exp(mp, [z / temperature for z in row])
        return [z / temperature - total for z in row]

    def divergence(teacher: Any, student: Any) -> Any:
        pairs = zip(log_shares(teacher), log_shares(student), strict=True)
        return mp.fsum(mp.exp(p) * (p - q) for p, q in pairs)

    rows = zip(teacher_logits, student_logits, strict=True)
    return temperature**2 * exact.mean(mp, (divergence(t, s) for t, s in rows))


def sample(rng: np.random.Generator, shape: Shape) -> Pair:
    """Draw logits of both within 3 of 0."""
    return rng.uniform(-3.0, 3.0, size=shape), rng.uniform(-3.0, 3.0, size=shape)


def spaced(rng: np.random.Generator, scale: float, **parameters: float) -> Case:
    """Rows that hold -scale..scale in even steps, teacher and student in other orders.

    The steps are wide enough for every probability to be 0 or 1, so that float32 is exact.
    """
    steps = np.tile(np.linspace(-scale, scale, 5), (4, 1))
    teacher, student = rng.permuted(steps, axis=1), rng.permuted(steps, axis=1)
    # One row at least in which the two disagree.
    student[0] = np.roll(teacher[0], 1)
    return Case((teacher, student), parameters)


def around(rng: np.random.Generator, *centres: float) -> Case:
    """Ordinary rows, those of either side shifted to one of the centres in turn."""
    teacher, student = sample(rng, (4, 5))
    shift = np.resize(centres, 4)[:, None]
    return Case((teacher + shift, student + shift[::-1]))


def tempered(rng: np.random.Generator, temperature: float) -> Case:
    return Case(sample(rng, (4, 3)), {"temperature": temperature})


def shifted_apart(rng: np.random.Generator) -> Case:
    """Whole numbers, so that a row and its shifted copy have the very same softmax."""
    teacher = rng.integers(-4, 5, size=(4, 3)).astype(np.float64)
    return Case((teacher, teacher + rng.integers(1, 9, size=(4, 1))))


def one_class_each(rng: np.random.Generator) -> Case:
    """A teacher that is all but sure, and a student that is not."""
    teacher, student = sample(rng, (4, 3))
    teacher[np.arange(4), rng.integers(0, 3, size=4)] = 60.0
    return Case((teacher, student))


PLAIN = """\
import numpy as np


def check(teacher_logits, student_logits):
    if teacher_logits.shape != student_logits.shape or teacher_logits.ndim != 2:
        raise ValueError("teacher and student must have one shape (n, k)")
    if student_logits.size == 0:
        raise ValueError("there is nothing to average")


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def loss(teacher_logits, student_logits, temperature=1.0):
    check(teacher_logits, student_logits)
    log_p = log_softmax(teacher_logits / temperature)
    log_q = log_softmax(student_logits / temperature)
    kl = (np.exp(log_p) * (log_p - log_q)).sum(axis=1)
    return temperature**2 * kl.mean()


def grad(teacher_logits, student_logits, temperature=1.0):
    check(teacher_logits, student_logits)
    p = np.exp(log_softmax(teacher_logits / temperature))
    q = np.exp(log_softmax(student_logits / temperature))
    return temperature * (q - p) / len(p)
"""

ENTROPIES = """\
import numpy as np


def log_normaliser(z):
    peak = np.max(z, axis=-1)
    return peak + np.log(np.einsum("nk->n", np.exp(z - peak[:, None])))


def prepare(teacher, student, temperature):
    if teacher.ndim != 2 or student.ndim != 2 or teacher.shape != student.shape:
        raise ValueError("shapes differ")
    if 0 in teacher.shape:
        raise ValueError("empty input")
    t = np.asarray(teacher, dtype=np.float64) / temperature
    s = np.asarray(student, dtype=np.float64) / temperature
    # softmax does not see a shift, and without it nothing large is left to cancel
    t, s = t - t.max(axis=1)[:, None], s - s.max(axis=1)[:, None]
    return t, s, np.exp(t - log_normaliser(t)[:, None])


def loss(teacher_logits, student_logits, temperature=1.0):
    t, s, p = prepare(teacher_logits, student_logits, temperature)
    # KL = cross-entropy - entropy, in which sum_j p_j = 1 takes the normalisers out
    cross_entropy = log_normaliser(s) - np.einsum("nk,nk->n", p, s)
    entropy = log_normaliser(t) - np.einsum("nk,nk->n", p, t)
    return float(np.mean(cross_entropy - entropy) * temperature * temperature)


def grad(teacher_logits, student_logits, temperature=1.0):
    t, s, p = prepare(teacher_logits, student_logits, temperature)
    q = np.exp(s - log_normaliser(s)[:, None])
    return (q - p) * (temperature / t.shape[0])
"""

ROWS = '''\
import numpy as np


class Row:
    """One sample: what teacher and student make of it."""

    def __init__(self, teacher, student, temperature):
        self.p, self.log_p = self.soften(teacher, temperature)
        self.q, self.log_q = self.soften(student, temperature)

    @staticmethod
    def soften(logits, temperature):
        ahead = (logits - np.max(logits)) / temperature
        powers = np.exp(ahead)
        return powers / powers.sum(), ahead - np.log(powers.sum())

    def divergence(self):
        return np.dot(self.p, self.log_p - self.log_q)


def rows(teacher_logits, student_logits, temperature):
    if np.shape(teacher_logits) != np.shape(student_logits) or np.ndim(student_logits) != 2:
        raise ValueError("teacher and student differ in shape")
    if not teacher_logits.size:
        raise ValueError("no logits")
    pairs = zip(teacher_logits, student_logits)
    return [Row(teacher, student, temperature) for teacher, student in pairs]


def loss(teacher_logits, student_logits, temperature=1.0):
    found = rows(teacher_logits, student_logits, temperature)
    return temperature**2 * np.mean([row.divergence() for row in found])


def grad(teacher_logits, student_logits, temperature=1.0):
    found = rows(teacher_logits, student_logits, temperature)
    return np.array([temperature * (row.q - row.p) / len(found) for row in found])
'''

LOOPS = """\
import math

import numpy as np


def shares(row, temperature):
    peak = max(row)
    powers = [math.exp((z - peak) / temperature) for z in row]
    total = math.fsum(powers)
    logs = [(z - peak) / temperature - math.log(total) for z in row]
    return [power / total for power in powers], logs


def pairs(teacher_logits, student_logits):
    if teacher_logits.shape != student_logits.shape or student_logits.size == 0:
        raise ValueError("bad shapes")
    return list(zip(teacher_logits.tolist(), student_logits.tolist()))


def loss(teacher_logits, student_logits, temperature=1.0):
    total, found = 0.0, pairs(teacher_logits, student_logits)
    for teacher, student in found:
        p, log_p = shares(teacher, temperature)
        _, log_q = shares(student, temperature)
        for j in range(len(p)):
            total += p[j] * (log_p[j] - log_q[j])
    return temperature * temperature * total / len(found)


def grad(teacher_logits, student_logits, temperature=1.0):
    slopes = []
    for teacher, student in pairs(teacher_logits, student_logits):
        p, _ = shares(teacher, temperature)
        q, _ = shares(student, temperature)
        slopes.append([temperature * (b - a) for a, b in zip(p, q)])
    return np.array(slopes) / len(slopes)
"""

KL = "(np.exp(log_p) * (log_p - log_q)).sum(axis=1)"
TOTAL, SLOPE = "temperature**2 * kl.mean()", "temperature * (q - p) / len(p)"

MISCONCEPTIONS = (
    Misconception(
        "divergence the wrong way round",
        Family.VALUES,
        "It measures KL(student || teacher); the teacher's probabilities weigh the logs.",
        patched(PLAIN, (KL, "(np.exp(log_q) * (log_q - log_p)).sum(axis=1)")),
    ),
    Misconception(
        "T squared forgotten",
        Family.VALUES,
        "It leaves out the factor T², so the loss fades as the temperature rises.",
        patched(PLAIN, ("temperature**2 * kl", "kl"), (SLOPE, "(q - p) / len(p) / temperature")),
    ),
    Misconception(
        "mean over the classes too",
        Family.VALUES,
        "It averages over all n times k elements, where the classes of a row are added up.",
        patched(PLAIN, ("kl.mean()", "kl.sum() / student_logits.size"), ("/ len(p)", "/ p.size")),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the rows where their mean is asked.",
        patched(PLAIN, ("kl.mean()", "kl.sum()"), (" / len(p)", "")),
    ),
    Misconception(
        "cross-entropy for divergence",
        Family.VALUES,
        "It is the cross-entropy with the teacher: the teacher's own entropy is not taken off.",
        patched(PLAIN, ("(log_p - log_q)", "-log_q")),
    ),
    Misconception(
        "temperature multiplied",
        Family.VALUES,
        "It multiplies the logits by the temperature where they are divided by it.",
        patched(
            PLAIN,
            ("logits / temperature", "logits * temperature"),
            (SLOPE, "temperature**3 * (q - p) / len(p)"),
        ),
    ),
    Misconception(
        "student not softened",
        Family.VALUES,
        "It divides only the teacher's logits by the temperature.",
        patched(
            PLAIN,
            ("student_logits / temperature", "student_logits"),
            (SLOPE, "temperature**2 * (q - p) / len(p)"),
        ),
    ),
    Misconception(
        "temperature ignored",
        Family.VALUES,
        "It does not read the temperature at all.",
        patched(
            PLAIN,
            (" / temperature", ""),
            ("temperature**2 * kl", "kl"),
            (SLOPE, "(q - p) / len(p)"),
        ),
    ),
    Misconception(
        "hard labels",
        Family.VALUES,
        "It learns the teacher's most likely class only; what the teacher knows lies in the other "
        "probabilities.",
        patched(
            PLAIN,
            (KL, "-log_q[np.arange(len(log_p)), log_p.argmax(axis=1)]"),
            (SLOPE, "temperature * (q - (p == p.max(axis=1, keepdims=True))) / len(p)"),
        ),
    ),
    Misconception(
        "softmax over the samples",
        Family.VALUES,
        "It normalises down the columns, over the samples, where each row's classes add up to 1.",
        patched(PLAIN, ("axis=1, keepdims", "axis=0, keepdims")),
    ),
    Misconception(
        "gradient without the chain rule",
        Family.GRADIENTS,
        "Its gradient is T² times the difference: the 1/T of the softened logits is missing.",
        patched(PLAIN, (SLOPE, f"temperature * {SLOPE}")),
    ),
    Misconception(
        "gradient without T squared",
        Family.GRADIENTS,
        "Its gradient leaves out the factor T² of the loss.",
        patched(PLAIN, (SLOPE, "(q - p) / temperature / len(p)")),
    ),
    Misconception(
        "gradient without 1/n",
        Family.GRADIENTS,
        "Its gradient is of the sum of the rows: the 1/n of the mean is missing.",
        patched(PLAIN, (" / len(p)", "")),
    ),
    Misconception(
        "no shift before exp",
        Family.STABILITY,
        "It takes exp of the raw logits, which overflows for large ones and low temperatures.",
        patched(PLAIN, ("    z = z - z.max(axis=1, keepdims=True)\n", "")),
    ),
    Misconception(
        "ratio of probabilities",
        Family.STABILITY,
        "It takes the log of p/q: 0/0 and division by 0 where probabilities underflow.",
        patched(PLAIN, ("(log_p - log_q)", "np.log(np.exp(log_p) / np.exp(log_q))")),
    ),
    Misconception(
        "log of a clipped probability",
        Family.STABILITY,
        "It takes the log of probabilities kept above 1e-12, so no class can cost more than 27.6.",
        patched(PLAIN, ("(log_p - log_q)", "(log_p - np.log(np.maximum(np.exp(log_q), 1e-12)))")),
    ),
    Misconception(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It lets NumPy broadcast one teacher row over all of the student's, where it must raise "
        "ValueError.",
        patched(
            PLAIN,
            ("teacher_logits.shape != student_logits.shape or teacher_logits.ndim != 2", "False"),
        ),
    ),
    Misconception(
        "NaN hidden",
        Family.EDGE_CASES,
        "It leaves NaN out of the mean, so a row of bad data vanishes from the result.",
        patched(PLAIN, ("kl.mean()", "np.nanmean(kl)")),
    ),
)

LOGS = (
    "Subtract logarithms, log softmax minus log softmax: a quotient of probabilities that "
    "underflowed is 0/0."
)

EXTREMES = (
    Extreme("logits of 1e4", lambda rng: spaced(rng, 1e4), LOGS, float32=True),
    Extreme("logits of 200", lambda rng: spaced(rng, 200.0), LOGS, float32=True),
    Extreme("all logits near 1e4", lambda rng: around(rng, 1e4), SHIFT),
    Extreme("all logits near -1e4", lambda rng: around(rng, -1e4), SHIFT),
    Extreme(
        "temperature of 1e-3",
        lambda rng: spaced(rng, 4.0, temperature=1e-3),
        "A low temperature makes large logits of small ones: shift them before exp.",
        float32=True,
    ),
    Extreme(
        "temperature of 20",
        lambda rng: tempered(rng, 20.0),
        "Work in float64 and add nothing: at a high temperature the probabilities of teacher and "
        "student are nearly equal.",
    ),
)

EDGES = (
    Edge(
        "a student like its teacher",
        lambda rng: Case((sample(rng, (4, 3))[0],) * 2),
        "A student whose logits are the teacher's costs nothing.",
        gradient=False,
    ),
    Edge(
        "logits a constant apart",
        shifted_apart,
        "A number added to all logits of a row changes no probability: the loss stays 0.",
        gradient=False,
    ),
    Edge(
        "a sure teacher",
        one_class_each,
        "A class without probability adds nothing, for p log p nears 0.",
    ),
)

USUAL = laws.drawn(sample, 4, 3, temperature=2.0)


def _half_variance(teacher: Array, student: Array, temperature: float) -> float:
    return float(np.mean(np.var(student - teacher, axis=1)) / 2)


def _sure_teacher(rng: np.random.Generator) -> tuple[float, float]:
    _, student = sample(rng, (5, 4))
    labels = rng.integers(0, 4, size=5)
    return reference(500.0 * np.eye(4)[labels], student), loss_of_labels(labels, student)


def _scaled(rng: np.random.Generator) -> tuple[float, float]:
    (teacher, student), a = sample(rng, (4, 3)), rng.uniform(0.5, 4.0)
    return reference(a * teacher, a * student, temperature=a), a**2 * reference(teacher, student)


LAWS = (
    laws.zero("A student like its teacher costs nothing.", reference, EDGES[0].case),
    laws.unchanged(
        "A shift of the student's rows changes nothing.",
        reference,
        USUAL,
        laws.shifted(1, by_row=True),
    ),
    laws.unchanged("The order of rows is free.", reference, USUAL, laws.reordered(0, 1)),
    Law("With a sure teacher it is the cross-entropy of the teacher's labels.", _sure_teacher),
    Law("Logits and temperature times a cost a² times as much.", _scaled),
    laws.equal(
        "At high temperatures it is half of the variance of the differences of logits.",
        laws.drawn(sample, 4, 3, temperature=1e3),
        reference,
        _half_variance,
        rtol=1e-2,
    ),
)

TASKS = (
    Task(
        slug="distillation",
        title="Knowledge distillation",
        formula=r"L = \frac{T^2}{n} \sum_{i=1}^{n} \sum_{j=1}^{k} p_{ij} \log "
        r"\frac{p_{ij}}{q_{ij}}, \qquad p_i = \mathrm{softmax}\left(\frac{t_i}{T}\right), \quad "
        r"q_i = \mathrm{softmax}\left(\frac{s_i}{T}\right)",
        sentence="T squared times the mean, over the rows, of the Kullback-Leibler divergence of "
        "the student's probabilities from the teacher's, both being the softmax of logits divided "
        "by the temperature T; logarithms are natural.",
        domain="teacher_logits, student_logits: real numbers of one shape (n, k); temperature is "
        "positive; different shapes and empty arrays raise ValueError.",
        rules=(
            "Both arrays have one shape (n, k); different shapes raise ValueError and never "
            "broadcast.",
            "Empty input raises ValueError.",
            "The classes of a row are added up, and the rows averaged.",
            "The teacher's probabilities are the first argument of the divergence, and constants.",
            "The factor is T squared.",
            "A class whose probability underflows to 0 adds 0.",
            "A NaN in either array gives a NaN loss.",
            "Logits up to 1e4 in size give the exact loss: nothing overflows and nothing is "
            "clipped.",
            "grad returns the derivative with respect to the student's logits: a new array of "
            "shape (n, k).",
        ),
        source="Hinton, Vinyals, Dean, Distilling the Knowledge in a Neural Network (2015), "
        "section 2 and equation 2, without the entropy of the teacher, which is a constant.",
        brief=Brief(
            prompt="A small language model is to answer like a large one. For each position the "
            "large model, the teacher, offers its logits over all words, which say more than the "
            "one right word does: also what it nearly said. Write the loss that draws the "
            "student's softened probabilities to the teacher's, and its gradient with respect to "
            "the student's logits.",
            context="The direction of a divergence, the two places where the temperature acts, "
            "and logs of vanishing probabilities.",
            topics=("language-models", "distillation", "stability"),
            difficulty="medium",
            minutes=20,
        ),
        examples=(
            Example(
                Case((np.zeros((1, 2)), np.log([[9.0, 1.0]])), {"temperature": 2.0}),
                value=2.0 * float(np.log(4.0 / 3.0)),
                gradient=(((0.5, -0.5),),),
                working="Halved logits give the student 3/4 and 1/4, the teacher has 1/2 twice: "
                "4 times half of log(2/3) + log 2.",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("teacher_logits", "n k"),
            Argument("student_logits", "n k", differentiate=True),
        ),
        parameters=(Parameter("temperature", 1.0, others=(2.0, 0.5, 4.0)),),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((5, 3), (1, 4), (4, 2), (3, 3), (2, 6)),
        large=(4000, 12),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        variants=(
            Variant("plain vectorised", PLAIN),
            Variant("cross-entropy less entropy", ENTROPIES),
            Variant("row by row", ROWS, slow=True),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        curves=(
            Curve(
                "Two classes, the teacher's logits being 2 and 0",
                "the student's first logit, the second being 0",
                -5.0,
                7.0,
                lambda z: Case((np.array([[2.0, 0.0]]), np.array([[z, 0.0]]))),
            ),
        ),
    ),
)
