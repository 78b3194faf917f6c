"""How far a score can be trusted: what other questions of the same kind might have given."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

# Nine in ten.
CONFIDENCE = 0.9
Z = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Interval:
    """Between which scores the candidate's would lie, and how many questions tell of it.

    `questions` is the effective number, which unequal weights lower.
    """

    low: float
    high: float
    questions: float

    @property
    def width(self) -> float:
        return self.high - self.low

    def holds(self, mark: float) -> bool:
        """Tell whether `mark` lies within, so that the score alone doesn't settle it."""
        return self.low < mark <= self.high


def interval(answers: Iterable[tuple[float, float]]) -> Interval | None:
    """Return the interval of a weighted score; None where nothing was asked.

    The questions count as a sample of what could have been asked. With weights w and shares x,

        s = sum w x / sum w        n = (sum w)^2 / sum w^2
        low, high = (s + z^2/2n -+ z sqrt(s (1 - s)/n + z^2/4n^2)) / (1 + z^2/n)

    which is Wilson's interval for a share, with z = 1.645 for nine in ten, and Kish's effective
    sample size for n. It is on the wide side: no shares between 0 and 1 with the mean s vary more
    than s (1 - s). It does not close in where everything is right, or all is wrong, and stays
    between 0 and 1.

    Sources: Wilson, Probable inference, the law of succession, and statistical inference, JASA 22,
    1927; Kish, Survey Sampling, 1965, section 8.2; Bhatia, Davis, A better bound on the variance,
    Amer. Math. Monthly 107, 2000.
    """
    pairs = [(weight, share) for weight, share in answers if weight > 0]
    whole = sum(weight for weight, _ in pairs)
    if not whole:
        return None
    score = min(1.0, sum(weight * share for weight, share in pairs) / whole)
    number = whole**2 / sum(weight**2 for weight, _ in pairs)
    middle = score + Z**2 / (2 * number)
    reach = Z * math.sqrt(score * (1 - score) / number + Z**2 / (4 * number**2))
    below = 1 + Z**2 / number
    # Wilson's ends reach 0 and 1 exactly, but for rounding.
    low, high = (middle - reach) / below, (middle + reach) / below
    return Interval(max(0.0, min(low, score)), min(1.0, max(high, score)), number)
