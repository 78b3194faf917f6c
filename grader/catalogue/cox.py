"""The Cox partial likelihood of survival times."""

import math
from typing import Any

import numpy as np

from grader.catalogue import laws, reward_model, risk_sets
from grader.catalogue.exact import log_sum_exp
from grader.catalogue.pairs import numeric_gradient
from grader.catalogue.risk_sets import at_risk, checked, listed, sample
from grader.catalogue.task import (
    Argument,
    Array,
    Brief,
    Case,
    Edge,
    Example,
    Expect,
    Extreme,
    Law,
    Misconception,
    Task,
    Variant,
    patched,
)
from grader.families import Family


def reference(time: Array, event: Array, risk: Array) -> float:
    """Return the negative log partial likelihood over the number of events, Breslow's for ties.

        L = -1/d sum over events i of ( r_i - log sum_{j: t_j >= t_i} exp(r_j) )

    Args:
        time: shape (n,), time of the event or of the end of observation, any unit.
        event: shape (n,), 1 for an event, 0 for a subject that is censored.
        risk: shape (n,), log-hazards.

    Returns:
        The loss in nats, >= 0; NaN where a time is NaN, or the risk of someone at risk.

    Raises:
        ValueError: for different shapes, other than one axis, empty input, or without any event.

    Source: Cox, Regression Models and Life-Tables (1972), equation 12; Breslow, Covariance
        Analysis of Censored Survival Data (1974), for ties.
    """
    time, event, risk = checked(time, event, risk)
    powers, peaks = at_risk(time, event, risk)
    return float(np.mean((peaks - risk[event]) + np.log(powers.sum(axis=1))))


def gradient(time: Array, event: Array, risk: Array) -> tuple[Array]:
    """Return d loss / d risk, shape (n,): the expected events of each subject less its own, over d.

    Raises:
        ValueError: as `reference`.

    Source: Therneau, Grambsch, Modeling Survival Data (2000), equation 3.4.
    """
    time, event, risk = checked(time, event, risk)
    powers, _ = at_risk(time, event, risk)
    shares = powers / powers.sum(axis=1, keepdims=True)
    # An event's share less 1, as minus those of the others, which keeps the digits.
    rows, own = np.arange(len(shares)), np.flatnonzero(event)
    shares[rows, own] = 0.0
    shares[rows, own] = -shares.sum(axis=1)
    return (shares.sum(axis=0) / len(shares),)


def terms(time: Array, event: Array, risk: Array) -> float:
    return float(np.abs(risk).max() + np.log(len(risk)))


def definition(mp: Any, time: Any, event: Any, risk: Any) -> Any:
    subjects = list(zip(time, event, risk, strict=True))
    costs = [
        log_sum_exp(mp, [r for t, _, r in subjects if t >= now]) - own
        for now, happened, own in subjects
        if happened
    ]
    return mp.fsum(costs) / len(costs)


SHIFT = (
    "Subtract the largest risk of those at risk before exp: the loss does not change, and nothing "
    "overflows."
)
OWN = (
    "Subtract the largest risk among those still at risk at each event: one shift for all makes "
    "every exponential of late subjects 0."
)

EXTREMES = (
    Extreme("risks of 1e4", risk_sets.scaled(1e4), SHIFT, float32=True),
    Extreme("risks of 1000", risk_sets.scaled(1000.0), SHIFT, float32=True),
    Extreme("all risks near 1e4", risk_sets.around(1e4), SHIFT),
    Extreme("all risks near -1e4", risk_sets.around(-1e4), SHIFT),
    Extreme("late subjects far below early ones", risk_sets.falling, OWN),
)

EDGES = (
    Edge(
        "no event",
        listed((1.0, 2.0, 3.0), (0, 0, 0)),
        "Without any event there is nothing to average: ValueError is raised.",
        Expect.VALUE_ERROR,
    ),
    Edge(
        "risks in a column",
        risk_sets.in_a_column,
        "Risks of shape (n, 1) raise ValueError: they must not broadcast.",
        Expect.VALUE_ERROR,
    ),
    Edge(
        "all at one time",
        listed((2.0, 2.0, 2.0, 2.0), (1, 1, 1, 1)),
        "Events at one time each count all of these subjects as at risk.",
    ),
    Edge(
        "censored at the time of an event",
        listed((1.0, 1.0, 1.0, 2.0), (1, 0, 0, 1)),
        "A subject that is censored at the time of an event was still at risk.",
    ),
    Edge(
        "censored before the first event",
        listed((1.0, 2.0, 3.0, 4.0), (0, 1, 0, 1)),
        "A subject that left before the first event has no part in the loss: its slope is 0.",
    ),
    Edge(
        "a single event",
        listed((5.0, 3.0, 4.0, 1.0), (0, 0, 0, 1)),
        "One event compares one subject with those that outlast it.",
    ),
    Edge(
        "times of both signs",
        listed((-2.0, 0.0, 0.0, 3.0), (1, 1, 1, 0)),
        "The order of times counts, and not their size.",
    ),
)

PLAIN = """\
import numpy as np


def _check(time, event, risk):
    if risk.ndim != 1 or time.shape != risk.shape or event.shape != risk.shape:
        raise ValueError("time, event and risk must be (n,)")
    if risk.size == 0:
        raise ValueError("empty input")
    if not event.any():
        raise ValueError("there is no event")


def _shares(time, event, risk):
    happened = event == 1
    at_risk = time[None, :] >= time[happened][:, None]
    scores = np.where(at_risk, risk, -np.inf)
    peak = scores.max(axis=1, keepdims=True)
    powers = np.exp(scores - peak)
    total = powers.sum(axis=1, keepdims=True)
    return happened, (peak + np.log(total))[:, 0], powers / total


def loss(time, event, risk):
    _check(time, event, risk)
    if np.isnan(time).any():
        return np.nan
    happened, log_total, _ = _shares(time, event, risk)
    return np.mean(log_total - risk[happened])


def grad(time, event, risk):
    _check(time, event, risk)
    if np.isnan(time).any():
        return np.full(risk.shape, np.nan)
    happened, _, share = _shares(time, event, risk)
    return (share.sum(axis=0) - happened) / happened.sum()
"""

SORTED = '''\
import numpy as np


def prepared(time, event, risk):
    """Everything in order of falling time, and where each group of ties ends."""
    if not time.shape == event.shape == risk.shape == (len(risk),):
        raise ValueError(f"shapes {time.shape}, {event.shape}, {risk.shape}")
    if len(risk) == 0 or np.count_nonzero(event) == 0:
        raise ValueError("nobody had an event")
    order = np.argsort(-time, kind="stable")
    ends = np.searchsorted(-time[order], -time[order], side="right") - 1
    # NaN sorts to the end, and a sum carries it everywhere.
    r = risk[order].astype(np.float64) + 0.0 * time.sum()
    return order, ends, event[order].astype(bool), r


def loss(time, event, risk):
    _, ends, happened, r = prepared(time, event, risk)
    log_sums = np.logaddexp.accumulate(r)[ends]
    return float(np.mean((log_sums - r)[happened]))


def grad(time, event, risk):
    order, ends, happened, r = prepared(time, event, risk)
    log_sums = np.logaddexp.accumulate(r)[ends]
    # From the last to leave backwards: log of the sum of 1/S over events up to a time.
    inverse = np.where(happened, -log_sums, -np.inf)
    hazards = np.logaddexp.accumulate(inverse[::-1])[::-1]
    starts = np.searchsorted(ends, ends, side="left")
    expected = np.exp(r + hazards[starts])
    result = np.empty(len(r))
    result[order] = (expected - happened) / np.count_nonzero(happened)
    return result
'''

EVENT_BY_EVENT = """\
import numpy as np


class PartialLikelihood:
    def __init__(self, time, event, risk):
        if time.ndim != 1 or event.shape != time.shape or risk.shape != time.shape:
            raise ValueError("three vectors of one length are needed")
        if time.size == 0:
            raise ValueError("no subjects")
        self.times, self.risks = time, np.asarray(risk, dtype=float)
        self.events = np.flatnonzero(event)
        if self.events.size == 0:
            raise ValueError("no events")

    def risk_sets(self):
        for i in self.events:
            members = np.flatnonzero(self.times >= self.times[i])
            ahead = self.risks[members] - self.risks[i]
            yield i, members, ahead

    def cost(self):
        total = 0.0
        for _, _, ahead in self.risk_sets():
            top = ahead.max(initial=-np.inf)
            total += top + np.log(np.sum(np.exp(ahead - top)))
        return total / len(self.events)

    def slope(self):
        slope = np.zeros(len(self.risks))
        for i, members, ahead in self.risk_sets():
            weight = np.exp(ahead - ahead.max(initial=-np.inf))
            slope[members] += weight / weight.sum()
            slope[i] -= 1.0
        return slope / len(self.events)


def loss(time, event, risk):
    model = PartialLikelihood(time, event, risk)
    return np.nan if np.isnan(time).any() else model.cost()


def grad(time, event, risk):
    model = PartialLikelihood(time, event, risk)
    return model.slope() + (np.nan if np.isnan(time).any() else 0.0)
"""

LOOPS = """\
import math

import numpy as np


def subjects(time, event, risk):
    n = risk.size
    if time.shape != (n,) or event.shape != (n,) or risk.shape != (n,):
        raise ValueError("vectors of one length, please")
    if n == 0 or sum(event.tolist()) == 0:
        raise ValueError("no events")
    rows = list(zip(time.tolist(), event.tolist(), risk.tolist()))
    if any(math.isnan(t) for t, _, _ in rows):
        rows = [(0.0, e, math.nan) for _, e, _ in rows]
    return rows


def log_total(rows, now):
    risks = [r for t, _, r in rows if t >= now]
    top = max(risks)
    return top + math.log(sum(math.exp(r - top) for r in risks))


def loss(time, event, risk):
    rows = subjects(time, event, risk)
    costs = [log_total(rows, t) - r for t, e, r in rows if e]
    return sum(costs) / len(costs)


def grad(time, event, risk):
    rows = subjects(time, event, risk)
    totals = [(t, log_total(rows, t)) for t, e, _ in rows if e]
    slopes = []
    for t, e, r in rows:
        expected = sum(math.exp(r - total) for now, total in totals if now <= t)
        slopes.append((expected - (1 if e else 0)) / len(totals))
    return np.array(slopes)
"""

AT_RISK = "time[None, :] >= time[happened][:, None]"
LISTED_LATER = "np.arange(len(risk)) >= np.flatnonzero(happened)[:, None]"
MEAN = "np.mean(log_total - risk[happened])"
SLOPE = "(share.sum(axis=0) - happened) / happened.sum()"

MISCONCEPTIONS = (
    Misconception(
        "those who left already",
        Family.VALUES,
        "It compares with those who left before the event; at risk are those who had not left.",
        patched(PLAIN, (AT_RISK, AT_RISK.replace(">=", "<="))),
    ),
    Misconception(
        "own event not at risk",
        Family.VALUES,
        "It leaves those who leave at the time of the event out of the risk set, the subject "
        "itself included.",
        patched(PLAIN, (AT_RISK, AT_RISK.replace(">=", ">"))),
    ),
    Misconception(
        "ties taken one after the other",
        Family.VALUES,
        "It gives tied events risk sets of different size, in the order of the array; Breslow's "
        "is the same for all of them.",
        patched(
            PLAIN,
            (AT_RISK, f"({AT_RISK}) & (({AT_RISK.replace('>=', '!=')}) | ({LISTED_LATER}))"),
        ),
    ),
    Misconception(
        "taken as sorted",
        Family.VALUES,
        "It takes the subjects as sorted by time: everybody after an event in the array is at "
        "risk.",
        patched(PLAIN, (AT_RISK, LISTED_LATER)),
    ),
    Misconception(
        "censored subjects left out",
        Family.VALUES,
        "It drops censored subjects, who were at risk as long as they were observed.",
        patched(PLAIN, (AT_RISK, f"({AT_RISK}) & happened")),
    ),
    Misconception(
        "censoring ignored",
        Family.VALUES,
        "It takes every time for that of an event, those of censored subjects included.",
        patched(PLAIN, ("happened = event == 1", "happened = event >= 0")),
    ),
    Misconception(
        "everybody always at risk",
        Family.VALUES,
        "It compares each event with all subjects, those who left before included.",
        patched(PLAIN, (AT_RISK, f"({AT_RISK}) | True")),
    ),
    Misconception(
        "divided by the subjects",
        Family.VALUES,
        "It divides by the number of subjects, where the mean is over the events.",
        patched(
            PLAIN,
            (MEAN, "np.sum(log_total - risk[happened]) / len(risk)"),
            ("/ happened.sum()", "/ len(risk)"),
        ),
    ),
    Misconception(
        "sum for mean",
        Family.VALUES,
        "It adds up the costs of the events where their mean is asked.",
        patched(PLAIN, (MEAN, "np.sum(log_total - risk[happened])"), (" / happened.sum()", "")),
    ),
    Misconception(
        "sign",
        Family.VALUES,
        "It returns the log partial likelihood, where minus that is asked.",
        patched(
            PLAIN,
            (MEAN, "np.mean(risk[happened] - log_total)"),
            (f"return {SLOPE}", f"return -{SLOPE}"),
        ),
    ),
    Misconception(
        "own event held fixed",
        Family.GRADIENTS,
        "Its gradient lacks the -1 of each subject with an event.",
        patched(PLAIN, ("share.sum(axis=0) - happened", "share.sum(axis=0)")),
    ),
    Misconception(
        "risk sets held fixed",
        Family.GRADIENTS,
        "Its gradient looks at the subjects with an event alone: everybody at risk has a slope.",
        patched(PLAIN, ("share.sum(axis=0) - happened", "share.sum(axis=0) * happened - happened")),
    ),
    Misconception(
        "gradient divided by the subjects",
        Family.GRADIENTS,
        "Its gradient is divided by the number of subjects, where the loss is a mean over events.",
        patched(PLAIN, ("/ happened.sum()", "/ len(risk)")),
    ),
    numeric_gradient(PLAIN, "risk"),
    Misconception(
        "no shift before exp",
        Family.STABILITY,
        "It takes exp of the raw risks, which overflows for large ones.",
        patched(PLAIN, ("    peak = scores.max(axis=1, keepdims=True)", "    peak = 0.0")),
    ),
    Misconception(
        "one shift for all events",
        Family.STABILITY,
        "It subtracts the largest risk of all subjects: once those have left, every exponential of "
        "the others is 0.",
        patched(PLAIN, ("scores.max(axis=1, keepdims=True)", "scores.max()")),
    ),
    Misconception(
        "epsilon in the log",
        Family.STABILITY,
        "It shifts by the largest risk of all and adds 1e-9 before the log, which hides that the "
        "sum has vanished.",
        patched(
            PLAIN,
            ("scores.max(axis=1, keepdims=True)", "scores.max()"),
            ("powers.sum(axis=1, keepdims=True)", "powers.sum(axis=1, keepdims=True) + 1e-9"),
        ),
    ),
    Misconception(
        "no event accepted",
        Family.EDGE_CASES,
        "It returns 0 where nobody had an event; it must raise ValueError.",
        patched(
            PLAIN,
            ('    if not event.any():\n        raise ValueError("there is no event")\n', ""),
            (f"return {MEAN}", f"return {MEAN} if happened.any() else 0.0"),
        ),
    ),
    Misconception(
        "NaN of a time hidden",
        Family.EDGE_CASES,
        "It compares times that may be NaN: nobody is at risk with one, and bad data is hidden.",
        patched(
            PLAIN,
            ("    if np.isnan(time).any():\n        return np.nan\n", ""),
            (MEAN, "np.nanmean(log_total - risk[happened])"),
        ),
    ),
    Misconception(
        "shapes broadcast",
        Family.EDGE_CASES,
        "It does not compare the shapes of its arguments.",
        patched(
            PLAIN,
            ("risk.ndim != 1 or time.shape != risk.shape or event.shape != risk.shape", "False"),
        ),
    ),
)


def _pair_of(rng: np.random.Generator) -> Case:
    """Two subjects, of whom the second leaves later, by an event or not."""
    return Case((np.array([1.0, 2.0]), np.array([1, 0]), rng.uniform(-3.0, 3.0, size=2)))


def _as_reward_model(time: Array, event: Array, risk: Array) -> float:
    return reward_model.reference(risk[:1], risk[1:])


def _all_tied(time: Array, event: Array, risk: Array) -> float:
    return float(np.log(np.exp(risk).sum()) - risk.mean())


def _equal_risks(rng: np.random.Generator) -> tuple[float, float]:
    """Without ties and with equal risks each event picks one of those who are left."""
    n = int(rng.integers(2, 9))
    risk = np.full(n, rng.uniform(-3.0, 3.0))
    value = reference(np.arange(n) + 1.0, np.ones(n, dtype=np.int64), risk)
    return value, math.lgamma(n + 1) / n


def _other_clock(rng: np.random.Generator, case: Case) -> Case:
    time, event, risk = case.arguments
    return Case((np.exp(time) - 5.0, event, risk))


USUAL = laws.drawn(sample, 9)
LAWS = (
    laws.unchanged(
        "A common shift of the risks changes nothing.", reference, USUAL, laws.shifted(2)
    ),
    laws.unchanged(
        "The order of the subjects does not matter.", reference, USUAL, laws.reordered(0, 1, 2)
    ),
    laws.unchanged("Only the order of the times counts.", reference, USUAL, _other_clock),
    laws.equal(
        "Of two subjects it is the reward-model loss of their risks.",
        _pair_of,
        reference,
        _as_reward_model,
    ),
    laws.equal(
        "With all events at one time it is log-sum-exp less the mean risk.",
        listed((1.0,) * 5, (1,) * 5),
        reference,
        _all_tied,
    ),
    Law("With equal risks and no ties it is log n! over n.", _equal_risks),
    Law("The slopes add up to 0.", lambda rng: (gradient(*sample(rng, (9,)))[0].sum(), 0.0)),
)

TASKS = (
    Task(
        slug="cox",
        title="Cox partial likelihood",
        formula=r"L = -\frac{1}{d} \sum_{i: \, \delta_i = 1} \left( r_i - "
        r"\log \sum_{j: \, t_j \ge t_i} e^{r_j} \right), \quad d = \sum_i \delta_i",
        sentence="Minus the mean, over the subjects with an event, of the subject's risk less the "
        "log of the summed exponentials of the risks of everybody whose time is not earlier; "
        "logarithms are natural.",
        domain="time: real numbers of shape (n,); event: 1 for an event and 0 for a censored "
        "subject, shape (n,); risk: log-hazards of shape (n,). Different shapes, empty input and "
        "input without any event raise ValueError.",
        rules=(
            "The loss is one number; grad returns its derivative with respect to risk, a new array "
            "of shape (n,).",
            "All arrays are (n,); different shapes raise ValueError and never broadcast.",
            "Empty input, and input without any event, raise ValueError.",
            "The mean is over the events, not over the subjects.",
            "Ties are Breslow's: everybody whose time is the same or later is at risk, for each of "
            "the tied events, censored subjects included.",
            "The subjects are in no order; times may be of any sign.",
            "Risks up to 1e4 in size give a right and finite result, also where those who leave "
            "late are far below the others.",
            "A NaN among the times, or in the risk of someone at risk at an event, makes the loss "
            "NaN.",
            "time may hold integers, event integers of any width; arrays may be float32, strided "
            "or read-only, and none is modified.",
        ),
        source="Cox, Regression Models and Life-Tables (1972), equation 12; Breslow, Covariance "
        "Analysis of Censored Survival Data (1974); Katzman and others, DeepSurv (2018), equation "
        "4.",
        brief=Brief(
            prompt="A streaming service wants to know who will cancel, and when. Most subscribers "
            "have not cancelled yet: of them only a lower bound of the time is known. Cox's model "
            "gives everybody a `risk`, a log-hazard, and asks at each event how likely it was "
            "that of all who were still there this one left. Write its negative log partial "
            "likelihood, divided by the number of events, and the gradient with respect to `risk`.",
            context="Risk sets from times in no order, ties and censoring, and a log-sum-exp for "
            "each event.",
            topics=("survival", "stability"),
            difficulty="hard",
            minutes=40,
        ),
        examples=(
            Example(
                Case((np.array([2.0, 1.0, 3.0]), np.array([1, 1, 0]), np.zeros(3))),
                value=math.log(6.0) / 2.0,
                gradient=((-1.0 / 12.0, -1.0 / 3.0, 5.0 / 12.0),),
                working="At time 1 three are at risk and at time 2 two: the mean of log 3 and log "
                "2.",
            ),
            Example(
                Case((np.array([1.0, 1.0, 1.0]), np.array([1, 0, 1]), np.log([1.0, 2.0, 5.0]))),
                value=math.log(8.0) - math.log(5.0) / 2.0,
                working="Both events find a sum of 8: the mean of log(8/1) and log(8/5).",
            ),
        ),
        definition=definition,
        arguments=(
            Argument("time", "n", integers=True),
            Argument("event", "n", labels=True),
            Argument("risk", "n", differentiate=True),
        ),
        reference=reference,
        gradient=gradient,
        sample=sample,
        shapes=((9,), (3,), (2,), (5,), (16,)),
        large=(300,),
        terms=terms,
        extremes=EXTREMES,
        edges=EDGES,
        misconceptions=MISCONCEPTIONS,
        curves=(risk_sets.FIRST_OF_THREE,),
        variants=(
            Variant("matrix of risk sets", PLAIN),
            Variant("sorted, with logaddexp from the end", SORTED),
            Variant("event by event in a class", EVENT_BY_EVENT, slow=True),
            Variant("Python loops", LOOPS, slow=True),
        ),
        non_negative=True,
        convex=True,
        laws=LAWS,
        coarse=risk_sets.beside_a_distant_subject,
    ),
)
