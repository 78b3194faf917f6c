"""How candidates liked an assessment, told so that nobody can be picked out."""

from dataclasses import dataclass

from assessments.models import Assessment, Rating

# Of fewer one could guess who said what.
FEWEST = 5


@dataclass(frozen=True, slots=True)
class Ratings:
    """How many there are; mean and texts once they are many enough, and the texts in no order."""

    number: int
    mean: float | None
    texts: tuple[str, ...]

    @property
    def missing(self) -> int:
        return max(0, FEWEST - self.number)


def ratings_of(assessment: Assessment) -> Ratings:
    given = list(Rating.objects.of_assessment(assessment).values_list("stars", "text"))
    if len(given) < FEWEST:
        return Ratings(len(given), None, ())
    mean = sum(stars for stars, _ in given) / len(given)
    # By the alphabet: the order in which they came would tell whose they are.
    return Ratings(len(given), mean, tuple(sorted(text for _, text in given if text)))
