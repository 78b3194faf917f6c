"""What results say of a question in words: where its key or its wording is in doubt."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from questions.authoring.house import Results, house
from questions.models import Question

# From so many answers on a number is said to mean something.
ENOUGH = 30
EASY, HARD = 0.95, 0.05


class Shown(NamedTuple):
    """Results with what a guess would earn (None where nobody can guess), and doubts."""

    results: Results
    guess: float | None
    doubts: list[str]


def results_of(question: Question, organisation: Any) -> list[Shown]:
    """Return the results of every version that candidates of `organisation` were asked."""
    found = [each for each in house().results(question, organisation) if each.answers]
    numbers = [each.number for each in found]
    versions = {version.number: version for version in question.versions.filter(number__in=numbers)}
    shown = []
    for each in found:
        version = versions[each.number]
        guess = version.rules.random_guess(version.content)
        sentences = [f"Version {each.number}: {doubt}" for doubt in doubts(each, guess)]
        shown.append(Shown(each, guess, sentences))
    return shown


def doubts(results: Results, guess: float | None) -> Iterator[str]:
    """Yield a sentence for everything that an author should look at."""
    if results.facility is None or results.answers < ENOUGH:
        return
    if results.discrimination is not None and results.discrimination < 0:
        yield (
            "who does better on the other questions does worse on this one. Look at what counts "
            "as right, and at the wording."
        )
    if guess is not None and results.facility <= guess:
        yield "candidates do no better than by guessing."
    elif results.facility < HARD:
        yield "hardly anybody gets anything of it: it tells little about anybody."
    if results.facility > EASY:
        yield "nearly everybody gets all of it: it tells little about anybody."
