"""What an assessment will ask, before anything is drawn: its parts, with numbers and kinds."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from assessments.models import AssessmentQuestion, AssessmentVersion, Pool, Section
from questions import kinds

# As kinds call themselves, for translators to find.
KINDS = (
    gettext_noop("Single choice"),
    gettext_noop("Multiple choice"),
    gettext_noop("True or false"),
    gettext_noop("Numeric"),
    gettext_noop("Short text"),
    gettext_noop("Open text"),
    gettext_noop("Ordering"),
    gettext_noop("Matching"),
    gettext_noop("Plot reading"),
    gettext_noop("Coding"),
)


@dataclass(frozen=True, slots=True)
class Count:
    """So many questions of one kind."""

    kind: str
    number: int

    @property
    def title(self) -> str:
        return gettext(kinds.get(self.kind).title)


@dataclass(frozen=True, slots=True)
class Part:
    """A section, or all of an assessment that has none.

    Attributes:
        counts: what is certain, the most frequent first.
        drawn: questions of whatever kinds are drawn; which of them, nobody knows yet.
        minutes: of the section's own clock, None where it has none.
    """

    section: Section | None
    minutes: int | None
    counts: tuple[Count, ...]
    drawn: int

    @property
    def number(self) -> int:
        return self.drawn + sum(count.number for count in self.counts)


@dataclass(frozen=True, slots=True)
class Outline:
    parts: tuple[Part, ...]

    @property
    def number(self) -> int:
        return sum(part.number for part in self.parts)

    @property
    def drawn(self) -> int:
        return sum(part.drawn for part in self.parts)

    @property
    def counts(self) -> tuple[Count, ...]:
        """Of all parts together."""
        return _counts((count.kind, count.number) for part in self.parts for count in part.counts)

    @property
    def has_sections(self) -> bool:
        return any(part.section for part in self.parts)

    @property
    def timed_by_section(self) -> bool:
        return any(part.section and part.section.minutes for part in self.parts)

    @property
    def fixed(self) -> str:
        """Of which parts the order is fixed: "all", "some" or ""."""
        ways = [bool(part.section and part.section.order == "fixed") for part in self.parts]
        return "all" if all(ways) and ways else "some" if any(ways) else ""

    @property
    def codes(self) -> bool:
        return any(count.kind == "coding" for count in self.counts)


def outline_of(version: AssessmentVersion, extra_percent: int = 0) -> Outline:
    """Return what an attempt that began now would ask, with more time for one; one query."""
    related = version.questions.askable().select_related("question_version", "section", "pool")
    related = related.defer("question_version__content")
    by_section: defaultdict[Section | None, list[AssessmentQuestion]] = defaultdict(list)
    for question in related.order_by("position"):
        by_section[question.section].append(question)
    order = sorted(by_section, key=lambda section: section.position if section else 0)
    parts = [
        Part(section, _minutes(section, extra_percent), *_numbers(by_section[section]))
        for section in order
    ]
    return Outline(tuple(parts))


def _minutes(section: Section | None, extra_percent: int) -> int | None:
    if section is None or section.minutes is None:
        return None
    return section.minutes * (100 + extra_percent) // 100


def _numbers(questions: Iterable[AssessmentQuestion]) -> tuple[tuple[Count, ...], int]:
    """Return how many of which kind are certain, and how many of others are drawn.

    A pool of one kind adds as many of that kind as it draws; one of several only a number.
    """
    certain: list[tuple[str, int]] = []
    pools: defaultdict[Pool, list[AssessmentQuestion]] = defaultdict(list)
    for question in questions:
        if question.pool is None:
            certain.append((question.question_version.kind, 1))
        else:
            pools[question.pool].append(question)
    drawn = 0
    for pool, pooled in pools.items():
        number = min(pool.draws, len(pooled))
        found = {question.question_version.kind for question in pooled}
        if len(found) == 1 or number == len(pooled):
            certain.extend(_of_pool(pooled, number))
        else:
            drawn += number
    return _counts(certain), drawn


def _of_pool(pooled: list[AssessmentQuestion], number: int) -> list[tuple[str, int]]:
    return [(question.question_version.kind, 1) for question in pooled[:number]]


def _counts(found: Iterable[tuple[str, int]]) -> tuple[Count, ...]:
    numbers: defaultdict[str, int] = defaultdict(int)
    for kind, number in found:
        numbers[kind] += number
    ordered = sorted(numbers.items(), key=lambda item: -item[1])
    return tuple(Count(kind, number) for kind, number in ordered)
