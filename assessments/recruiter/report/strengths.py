"""Topics, families and sections of an attempt as bars, and what they say in two sentences."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assessments.models import AssessmentQuestion, Attempt, PartScore
from assessments.recruiter.report.families import ASKS
from grader.families import Family
from questions.templatetags.scores import TITLES

# From here on a topic counts as a strength, and below it as a gap.
STRONG, WEAK = 0.8, 0.5
NAMED = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """The share earned in one part; `weight` is its part of the whole attempt's."""

    title: str
    score: float
    weight: float
    about: str


@dataclass(frozen=True, slots=True)
class Profile:
    topics: tuple[Bar, ...]
    families: tuple[Bar, ...]
    sections: tuple[Bar, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """What went well and what did not, for a reader who doesn't know the topics."""
        return tuple(_told(self.topics, self.families))


def profile(attempt: Attempt, asked: Sequence[AssessmentQuestion]) -> Profile | None:
    """Return the parts of a scored attempt, the best first; None where there are none.

    The attempt was read with its part scores, the questions with their topics.
    """
    rows = list(attempt.part_scores.all())
    topics = tuple(sorted(_topics(rows, asked), key=lambda bar: (-bar.score, bar.title)))
    families = tuple(_families(rows))
    sections = tuple(_sections(rows, asked))
    return Profile(topics, families, sections) if topics or families or sections else None


def _topics(rows: Iterable[PartScore], asked: Iterable[AssessmentQuestion]) -> Iterator[Bar]:
    known = [topic for each in asked for topic in each.question_version.question.topics.all()]
    titles = {topic.slug: topic.title for topic in known}
    counted = Counter(topic.slug for topic in known)
    for row in rows:
        if row.kind == PartScore.Kind.TOPIC:
            about = _questions(counted[row.key])
            yield Bar(titles.get(row.key, row.key), row.score, row.weight, about)


def _families(rows: Iterable[PartScore]) -> Iterator[Bar]:
    found = {row.key: row for row in rows if row.kind == PartScore.Kind.FAMILY}
    for family in Family:
        if row := found.get(family.value):
            yield Bar(TITLES[family], row.score, row.weight, ASKS[family])


def _sections(rows: Iterable[PartScore], asked: Iterable[AssessmentQuestion]) -> Iterator[Bar]:
    """In their order; a single one is the whole."""
    counted = Counter(each.section for each in asked if each.section)
    found = {row.key: row for row in rows if row.kind == PartScore.Kind.SECTION}
    for section in sorted(counted, key=lambda each: each.position) if len(counted) > 1 else ():
        if row := found.get(str(section.position)):
            yield Bar(section.title, row.score, row.weight, _questions(counted[section]))


def _questions(number: int) -> str:
    return f"{number} question{'' if number == 1 else 's'}"


def _told(topics: Sequence[Bar], families: Sequence[Bar]) -> Iterator[str]:
    strong = [bar for bar in topics if bar.score >= STRONG]
    weak = [bar for bar in reversed(topics) if bar.score < WEAK]
    code = [bar for bar in families if bar.score < WEAK]
    if strong:
        yield f"Strong in {_listed(strong)}."
    elif topics:
        yield "No topic stands out as a strength."
    gaps = [f"in {_listed(weak)}"] if weak else []
    if code:
        none = all(bar.score == 0 for bar in families)
        found = (
            "all that code was checked for"
            if none
            else f"what code was checked for: {_listed(code)}"
        )
        gaps.append(f"in {found}")
    if gaps:
        yield f"Gaps {', and '.join(gaps)}."
    elif topics or families:
        yield "No topic, and no family of checks, shows a gap."


def _listed(bars: Sequence[Bar]) -> str:
    """The first few by name, with what was earned: one question more or less moves a topic far."""
    names = [f"{bar.title} ({int(bar.score * 100 + 1e-9)} %)" for bar in bars[:NAMED]]
    more = len(bars) - len(names)
    names += [f"{more} more"] if more else []
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
