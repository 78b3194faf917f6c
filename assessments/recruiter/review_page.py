"""One open answer before a reviewer: the rubric with their own points, and what may be seen."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from assessments.actions.reviewing import Points
from assessments.models import Answer, Review, User
from assessments.recruiter.given_points import Given, given
from assessments.recruiter.review_forms import TEXTS
from assessments.review_queue import met_by, review_of, waiting_for
from assessments.rubric import share_of


@dataclass(frozen=True, slots=True)
class Level:
    """One way to give a point."""

    value: str
    title: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the rubric; `key` is the number key that gives it."""

    place: int
    text: str
    points: float
    given: float | None

    @property
    def key(self) -> str:
        return str((self.place + 1) % 10)

    @property
    def levels(self) -> list[Level]:
        titles = {"0": "Not given", "0.5": "Half", "1": "Given"}
        return [Level(text, titles[text], TEXTS[text] == self.given) for text in TEXTS]


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """What a reviewer sees of an answer.

    Attributes:
        shown: question, answer, rubric and official answer, as the kind shows them.
        review: the reviewer's own one, if there is any.
        others: what others handed in; empty until the score is settled.
        takes: whether points can be given.
        previous: the answer that this reviewer had before them before this one.
    """

    answer: Answer
    shown: Mapping[str, Any]
    own: Points
    review: Review | None
    others: tuple[Review, ...]
    takes: bool
    previous: int | None

    @property
    def handed_in(self) -> bool:
        return self.review is not None and self.review.submitted_at is not None

    @property
    def revision(self) -> int:
        return self.review.revision if self.review else 0

    @property
    def points(self) -> list[Point]:
        levels = self.own.levels
        return [
            Point(place, point["text"], point["points"], levels.get(str(place)))
            for place, point in enumerate(self.shown["rubric"])
        ]

    @property
    def given_by_all(self) -> Given | None:
        """What everybody gave, with the reviewer's own; None before it is settled."""
        own = [self.review] if self.review and self.handed_in and self.others else []
        return given([*own, *self.others], self.shown["rubric"])

    @property
    def whole(self) -> float:
        return sum(point.points for point in self.points)

    @property
    def share(self) -> float:
        """What the points given so far make."""
        return share_of(self.own.levels, self.shown["rubric"])

    @property
    def undecided(self) -> int:
        return sum(point.given is None for point in self.points)

    @property
    def first_undecided(self) -> int | None:
        """The place of the first point that is neither given nor refused."""
        return next((point.place for point in self.points if point.given is None), None)

    @property
    def words(self) -> int:
        return len(str(self.shown["given"]).split())

    def with_points(self, points: Points) -> Self:
        return replace(self, own=points)


def review_page(answer: Answer, user: User) -> ReviewPage:
    version, review = answer.question.question_version, review_of(answer, user)
    seed = answer.attempt.seed_for(answer.question)
    return ReviewPage(
        answer,
        version.rules.review(version.content, answer.content, seed),
        Points(review.points, review.comment) if review else Points({}),
        review,
        _others(answer, review),
        waiting_for(user).filter(pk=answer.pk).exists(),
        _previous(review, user),
    )


def _others(answer: Answer, own: Review | None) -> tuple[Review, ...]:
    if answer.automatic is None:
        return ()
    rows = Review.objects.handed_in().filter(attempt=answer.attempt, question=answer.question)
    rows = rows.exclude(pk=own.pk) if own else rows
    return tuple(rows.select_related("reviewer").order_by("submitted_at", "pk"))


def _previous(review: Review | None, user: User) -> int | None:
    earlier: Any = met_by(user)
    if review is not None:
        earlier = earlier.filter(created_at__lt=review.created_at)
    found = earlier.first()
    return found.answer if found else None
