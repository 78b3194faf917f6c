"""How far two people who scored the same answers agree."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.models import Answer, Assessment, AssessmentQuestion, Attempt, Review
from assessments.rubric import agree, settled

# With fewer answers than this the number says more about chance than about people.
FEWEST = 10
# Landis and Koch (1977): from which kappa on which word is used.
WORDS = [(0.8, "almost perfect"), (0.6, "substantial"), (0.4, "moderate"), (0.2, "fair")]
Pair = tuple[float, float]


def weighted_kappa(pairs: Sequence[Pair]) -> float | None:
    """Return Cohen's weighted kappa (1968) of two people's shares, with quadratic weights.

    That is 1 - observed / expected, where `observed` is the mean squared difference of the pairs
    and `expected` that of every share of the one with every share of the other. It is 1 where both
    always say the same, 0 where they agree as by chance, and below 0 where they agree less. None
    where both always give one and the same share: then there is no chance to compare with.
    """
    number = len(pairs)
    one, other = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    if not number:
        return None
    observed = sum((a - b) ** 2 for a, b in pairs) / number
    expected = sum((a - b) ** 2 for a in one for b in other) / number**2
    return None if expected == 0 else 1 - observed / expected


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one question, or of all of an assessment."""

    pairs: tuple[Pair, ...]

    @property
    def number(self) -> int:
        return len(self.pairs)

    @property
    def within(self) -> int:
        """How many of the pairs are close enough for their mean to count."""
        return sum(agree(*pair) for pair in self.pairs)

    @property
    def kappa(self) -> float | None:
        return weighted_kappa(self.pairs) if self.number >= FEWEST else None

    @property
    def in_words(self) -> str:
        if not self.number:
            return "No answer was scored by two people yet."
        scored = "1 answer was" if self.number == 1 else f"{self.number} answers were"
        if self.number < FEWEST:
            return f"{scored} scored by two people; how far they agree is shown from {FEWEST} on."
        if self.kappa is None:
            return f"{scored} scored by two people, who always gave the same share."
        word = next((word for least, word in WORDS if self.kappa > least), "slight")
        if self.kappa <= 0:
            word = "no better than chance"
        return (
            f"{scored} scored by two people. They agree to {self.kappa:.2f} (quadratic weighted "
            f"kappa; 1 is always, 0 as by chance): that is {word}."
        )


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An answer that two people scored further apart than the margin."""

    answer: int
    attempt: Attempt
    question: AssessmentQuestion
    shares: tuple[float, ...]
    settled: float | None

    @property
    def apart(self) -> float:
        return abs(self.shares[0] - self.shares[1])


@dataclass(frozen=True, slots=True)
class Agreements:
    whole: Agreement
    by_question: tuple[tuple[AssessmentQuestion, Agreement], ...]
    disagreements: tuple[Disagreement, ...]
    # How many answers wait for a third person; what the two gave stays hidden from that one.
    waiting: int


def agreements_of(assessment: Assessment) -> Agreements:
    """Return how far those agree who scored the answers of all versions of `assessment`."""
    found = _scored_twice(assessment)
    by_question: defaultdict[AssessmentQuestion, list[Pair]] = defaultdict(list)
    for reviews in found:
        by_question[reviews[0].question].append(_pair(reviews))
    apart = [reviews for reviews in found if not agree(*_shares(reviews)[:2])]
    decided = _disagreements([reviews for reviews in apart if len(reviews) > 2])
    questions = sorted(by_question, key=lambda each: (each.version.number, each.position))
    return Agreements(
        Agreement(tuple(_pair(reviews) for reviews in found)),
        tuple((question, Agreement(tuple(by_question[question]))) for question in questions),
        tuple(sorted(decided, key=lambda each: -each.apart)),
        sum(len(reviews) == 2 for reviews in apart),
    )


def _scored_twice(assessment: Assessment) -> list[list[Review]]:
    """The reviews of each answer that has two or more, in the order of handing in."""
    rows = (
        Review.objects.handed_in()
        .filter(
            question__version__assessment=assessment,
            attempt__invitation__preview=False,
        )
        .select_related(
            "question__question_version",
            "question__version",
            "attempt__invitation__candidate",
            "attempt__organisation",
        )
        .order_by("submitted_at", "pk")
    )
    found: defaultdict[tuple[Any, int], list[Review]] = defaultdict(list)
    for row in rows:
        found[row.attempt_id, row.question_id].append(row)
    return [reviews for reviews in found.values() if len(reviews) > 1]


def _pair(reviews: Sequence[Review]) -> Pair:
    """The first two, by person: where the same two score everything, each has a side."""
    one, other = sorted(reviews[:2], key=lambda each: each.reviewer_id)
    return one.score or 0.0, other.score or 0.0


def _shares(reviews: Iterable[Review]) -> list[float]:
    return [review.score or 0.0 for review in reviews]


def _disagreements(apart: Sequence[Sequence[Review]]) -> list[Disagreement]:
    attempts = {reviews[0].attempt_id for reviews in apart}
    rows = Answer.objects.filter(attempt__in=attempts).values_list("attempt", "question", "pk")
    keys = {(attempt, question): pk for attempt, question, pk in rows}
    return [
        Disagreement(
            keys[first.attempt_id, first.question_id],
            first.attempt,
            first.question,
            tuple(_shares(reviews)[:3]),
            settled(_shares(reviews), 2),
        )
        for reviews in apart
        if (first := reviews[0])
    ]
