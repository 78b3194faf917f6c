"""Open answers: from the points that people give to a share, and from their shares to one."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

# How much of a point of the rubric an answer may earn: nothing, half of it, all.
LEVELS = (0.0, 0.5, 1.0)
# Two shares that differ by no more than this agree, and their mean counts.
MARGIN = 0.2
# Shares are sums of decimal fractions.
_ROUNDING = 1e-9


def share_of(points: Mapping[str, float], rubric: Sequence[Mapping[str, Any]]) -> float:
    """Return the share, 0 to 1, of the rubric's points that `points` gives, by place as text.

    Raises ValueError where a place is not the rubric's, or a level none of LEVELS.
    """
    places = {str(place) for place in range(len(rubric))}
    if not set(points) <= places or not set(points.values()) <= set(LEVELS):
        raise ValueError("These points are not those of the question.")
    whole = sum(point["points"] for point in rubric)
    earned = sum(rubric[int(place)]["points"] * level for place, level in points.items())
    return float(min(1.0, earned / whole))


def agree(one: float, other: float) -> bool:
    return abs(one - other) <= MARGIN + _ROUNDING


def settled(shares: Sequence[float], reviewers: int) -> float | None:
    """Return what `shares`, in the order in which they were handed in, make; None: too few yet.

    One reviewer's share counts as it is. Of two that agree the mean counts; else a third one is
    asked, and the median of the three counts.
    """
    if len(shares) < reviewers:
        return None
    if reviewers == 1:
        return shares[0]
    if len(shares) == reviewers:
        return statistics.fmean(shares) if agree(*shares) else None
    return statistics.median(shares[:3])


def missing(shares: Sequence[float], reviewers: int) -> int:
    """Return how many more people are to score an answer, as far as is known by now."""
    if settled(shares, reviewers) is not None:
        return 0
    return max(1, reviewers - len(shares))
