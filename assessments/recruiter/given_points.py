"""What reviewers gave for an open answer, point by point of its rubric."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.models import Review


@dataclass(frozen=True, slots=True)
class GivenPoint:
    """A point of the rubric, with what each reviewer gave of it, in the order of the reviews."""

    text: str
    points: float
    levels: tuple[tuple[Review, float], ...]


@dataclass(frozen=True, slots=True)
class Given:
    points: tuple[GivenPoint, ...]
    reviews: tuple[Review, ...]


def given(reviews: Iterable[Review], rubric: Sequence[Mapping[str, Any]]) -> Given | None:
    """Return what `reviews`, all handed in, gave of `rubric`; None where there are none."""
    found = tuple(reviews)
    if not found:
        return None
    return Given(
        tuple(
            GivenPoint(
                point["text"],
                point["points"],
                tuple((review, review.points.get(str(place), 0.0)) for review in found),
            )
            for place, point in enumerate(rubric)
        ),
        found,
    )
