"""A role template as the desk shows it: its questions as the bank has them now, and its figures."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from assessments.actions.templating import newest_published
from assessments.models import Organisation
from questions import kinds
from questions.files import ROLES
from questions.models import Question, QuestionVersion
from questions.role_templates import LEVELS, Item, Template

# The order in which a person asks: what sort of questions, and how much of it is code.
_KINDS = list(kinds.KINDS)


@dataclass(frozen=True, slots=True)
class Row:
    """A question of a template; without a version where the bank has not published it."""

    item: Item
    version: QuestionVersion | None

    @property
    def topics(self) -> list[str]:
        return [topic.title for topic in self.version.question.topics.all()] if self.version else []


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a picture that is 100 wide."""

    title: str
    count: float
    x: float
    width: float
    level: int


@dataclass(frozen=True, slots=True)
class Outline:
    template: Template
    sections: list[tuple[str, list[Row]]]

    @property
    def name(self) -> str:
        """What tells it from the others of its role."""
        return f"{LEVELS[self.template.fields['level']]}, {self.template.minutes} minutes"

    @property
    def role(self) -> str:
        return ROLES[self.template.role]

    @property
    def rows(self) -> list[Row]:
        return [row for _, rows in self.sections for row in rows]

    @property
    def versions(self) -> list[QuestionVersion]:
        return [row.version for row in self.rows if row.version]

    @property
    def missing(self) -> list[str]:
        return [row.item.question for row in self.rows if row.version is None]

    @property
    def expected(self) -> int:
        """How many minutes its questions usually take."""
        return sum(version.question.minutes for version in self.versions)

    @property
    def waits(self) -> bool:
        """Whether people have to read an answer before there is a score."""
        return any(version.rules.by_people for version in self.versions)

    @property
    def kinds(self) -> list[tuple[str, int]]:
        counted = Counter(version.kind for version in self.versions)
        found = sorted(counted, key=lambda kind: (-counted[kind], _KINDS.index(kind)))
        return [(kinds.get(kind).title.lower(), counted[kind]) for kind in found]

    @property
    def topics(self) -> list[str]:
        """Those that most of its questions are about first."""
        counted = Counter(topic for row in self.rows for topic in row.topics)
        return [topic for topic, _ in sorted(counted.items(), key=lambda each: (-each[1], each[0]))]

    @property
    def difficulties(self) -> list[Bar]:
        """How many questions are easy, medium and hard, as parts of a bar."""
        counted = Counter(version.question.difficulty for version in self.versions)
        bars: list[Bar] = []
        for difficulty in Question.Difficulty:
            width = 100 * counted[difficulty] / (counted.total() or 1)
            x = bars[-1].x + bars[-1].width if bars else 0.0
            title = difficulty.label.lower()
            bars.append(Bar(title, counted[difficulty], x, width, difficulty.value))
        return [bar for bar in bars if bar.count]


def outlines(
    templates: Iterable[Template], organisation: Organisation | None = None
) -> list[Outline]:
    """Return the templates with their questions: two queries, however many there are.

    What `organisation` has withdrawn for itself is missing.
    """
    found = list(templates)
    slugs = [item.question for template in found for item in template.items]
    newest = newest_published(slugs, organisation)
    prefetch_related_objects(list(newest.values()), "question__topics")
    return [_outline(template, newest) for template in found]


def _outline(template: Template, newest: dict[str, QuestionVersion]) -> Outline:
    sections = [
        (section.title, [Row(item, newest.get(item.question)) for item in section.items])
        for section in template.sections
    ]
    return Outline(template, sections)
