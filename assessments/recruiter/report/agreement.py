"""What quiz and code agree on: the same misunderstanding, shown by an answer and by numbers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assessments.recruiter.report.ideas import IDEAS, Idea, in_code, in_quiz
from assessments.recruiter.report.parts import Part


@dataclass(frozen=True, slots=True)
class Sign:
    """Where an idea shows: the question with its number, and the sentence that names it."""

    number: int
    title: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """One idea with both kinds of evidence, at least one of each."""

    idea: Idea
    quiz: tuple[Sign, ...]
    code: tuple[Sign, ...]


def agreements(parts: Sequence[Part]) -> tuple[Agreement, ...]:
    """Return the ideas that a quiz answer and code of this attempt both got wrong."""
    said, shown = list(_said(parts)), list(_shown(parts))
    found = (
        Agreement(idea, _of(idea, said), _of(idea, shown))
        for idea in IDEAS
        if _of(idea, said) and _of(idea, shown)
    )
    return tuple(found)


def _of(idea: Idea, signs: Iterable[tuple[Idea, Sign]]) -> tuple[Sign, ...]:
    return tuple(sign for each, sign in signs if each is idea)


def _said(parts: Iterable[Part]) -> Iterator[tuple[Idea, Sign]]:
    for number, part in enumerate(parts, start=1):
        if part.belief:
            sign = Sign(number, part.question.question_version.title, part.belief)
            yield from ((idea, sign) for idea in in_quiz(part.belief))


def _shown(parts: Iterable[Part]) -> Iterator[tuple[Idea, Sign]]:
    for number, part in enumerate(parts, start=1):
        if part.coding and part.coding.report:
            title = part.question.question_version.title
            for idea, sentence in in_code(part.coding.report["diagnosis"]):
                yield idea, Sign(number, title, sentence)
