"""A version as it is laid out: sections, questions and pools, with what they take and count."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import TypeVar

from django.db.models import prefetch_related_objects

from assessments.actions.picking import newest_of
from assessments.models import AssessmentQuestion, AssessmentVersion, Pool, Section
from assessments.recruiter.outlines import Bar
from questions import kinds
from questions.models import Question, QuestionVersion

_KINDS = list(kinds.KINDS)
Label = TypeVar("Label")


@dataclass(frozen=True, slots=True)
class Place:
    """A question at its place.

    Attributes:
        share: of the whole score; of one that is drawn as much as it counts when it is.
        newer: a version that was published since.
        withdrawn: whether no new attempt asks it.
    """

    row: AssessmentQuestion
    share: float
    newer: QuestionVersion | None = None
    withdrawn: bool = False

    @property
    def version(self) -> QuestionVersion:
        return self.row.question_version

    @property
    def question(self) -> Question:
        return self.version.question

    @property
    def by_people(self) -> bool:
        return self.version.rules.by_people

    @property
    def topics(self) -> list[str]:
        return [topic.title for topic in self.question.topics.all()]


@dataclass(frozen=True, slots=True)
class PoolBlock:
    """Questions of which each attempt gets some."""

    pool: Pool
    places: list[Place]
    share: float

    @property
    def drawn(self) -> int:
        return min(self.pool.draws, len(self.places))

    @property
    def minutes(self) -> float:
        """What those that are drawn take, on average."""
        each = [place.question.minutes for place in self.places]
        return self.drawn * sum(each) / len(each) if each else 0.0

    @property
    def weight(self) -> float:
        return self.places[0].row.weight if self.places else 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """A section with its questions and pools in their order; the whole where there are none."""

    section: Section | None
    blocks: list[Place | PoolBlock]

    @property
    def places(self) -> list[Place]:
        return [
            place
            for block in self.blocks
            for place in (block.places if isinstance(block, PoolBlock) else [block])
        ]

    @property
    def share(self) -> float:
        return sum(block.share for block in self.blocks)

    @property
    def percent(self) -> str:
        """Its share, for a picture that is 100 wide."""
        return f"{100 * self.share:.2f}"

    @property
    def asked(self) -> int:
        """How many questions each attempt gets of it."""
        return sum(block.drawn if isinstance(block, PoolBlock) else 1 for block in self.blocks)

    @property
    def minutes(self) -> float:
        return sum(
            block.minutes if isinstance(block, PoolBlock) else block.question.minutes
            for block in self.blocks
        )


@dataclass(frozen=True)
class Layout:
    """All of a version, and what it comes to."""

    version: AssessmentVersion
    parts: list[Part]
    empty_pools: list[Pool] = field(default_factory=list)

    @cached_property
    def places(self) -> list[Place]:
        return [place for part in self.parts for place in part.places]

    @property
    def sections(self) -> list[Part]:
        return [part for part in self.parts if part.section]

    @property
    def pools(self) -> list[PoolBlock]:
        return [
            block for part in self.parts for block in part.blocks if isinstance(block, PoolBlock)
        ]

    @property
    def asked(self) -> int:
        return sum(part.asked for part in self.parts)

    @property
    def minutes(self) -> int:
        """How long its questions usually take, those that are drawn on average."""
        return round(sum(part.minutes for part in self.parts))

    @property
    def fill(self) -> int:
        """How much of the time that is given they take, in percent."""
        return round(100 * self.minutes / self.version.minutes) if self.version.minutes else 0

    @property
    def tight(self) -> str:
        """What is to be said of the time: it is short, or there is far more of it than needed."""
        if not self.places:
            return ""
        return "short" if self.fill > 100 else "ample" if self.fill < 60 else ""

    @cached_property
    def expected(self) -> list[tuple[Place, float]]:
        """Each question with the chance that an attempt asks it."""
        return [
            (place, block.drawn / len(block.places) if isinstance(block, PoolBlock) else 1.0)
            for part in self.parts
            for block in part.blocks
            for place in (block.places if isinstance(block, PoolBlock) else [block])
        ]

    @property
    def kinds(self) -> list[tuple[str, float]]:
        counted = self._counted((place.version.kind,) for place, _ in self.expected)
        found = sorted(counted, key=lambda kind: (-counted[kind], _KINDS.index(kind)))
        named = [(kinds.get(kind).title.lower(), round(counted[kind], 1)) for kind in found]
        return [each for each in named if each[1]]

    @property
    def topics(self) -> list[tuple[str, float]]:
        """Each topic with how many questions of an attempt are about it, the most first."""
        counted = self._counted(place.topics for place, _ in self.expected)
        rounded = [(topic, round(count, 1)) for topic, count in counted.items()]
        found = [each for each in rounded if each[1]]
        return sorted(found, key=lambda each: (-each[1], each[0]))

    @property
    def difficulties(self) -> list[Bar]:
        """How many are easy, medium and hard, as parts of a bar that is 100 wide."""
        counted = self._counted((place.question.difficulty,) for place, _ in self.expected)
        total = sum(counted.values()) or 1
        bars: list[Bar] = []
        for level in Question.Difficulty:
            x = bars[-1].x + bars[-1].width if bars else 0.0
            width = 100 * counted[level] / total
            count = round(counted[level], 1)
            bars.append(Bar(level.label.lower(), count, x, width, level.value))
        return [bar for bar in bars if bar.width]

    def _counted(self, labels: Iterable[Iterable[Label]]) -> defaultdict[Label, float]:
        """How many questions of an attempt bear each label, those that are drawn on average."""
        counted: defaultdict[Label, float] = defaultdict(float)
        for (_, chance), of_place in zip(self.expected, labels, strict=True):
            for label in of_place:
                counted[label] += chance
        return counted

    @property
    def difficulty(self) -> str:
        """The mean in a word; "" where nothing is asked."""
        if not self.expected:
            return ""
        total = sum(chance for _, chance in self.expected)
        mean = sum(place.question.difficulty * chance for place, chance in self.expected) / total
        return "easy" if mean < 1.5 else "medium" if mean < 2.5 else "hard"

    @property
    def review(self) -> list[Place]:
        """What waits for people to read it."""
        return [place for place in self.places if place.by_people]

    @property
    def newer(self) -> list[Place]:
        return [place for place in self.places if place.newer]


def layout_of(version: AssessmentVersion) -> Layout:
    """Return a version with everything that its pages say of it."""
    return layouts_of([version])[0]


def layouts_of(versions: Sequence[AssessmentVersion]) -> list[Layout]:
    """Return versions of one organisation; the number of queries is that of one."""
    rows = list(
        AssessmentQuestion.objects.filter(version__in=versions)
        .select_related("question_version__question", "section", "pool")
        .defer("question_version__content")
        .order_by("version", "position")
    )
    prefetch_related_objects(rows, "question_version__question__topics")
    prefetch_related_objects(versions, "sections", "pools")
    newest = newest_of(versions[0].assessment.organisation, rows) if rows else {}
    asked = AssessmentQuestion.objects.filter(version__in=versions).askable()
    askable = set(asked.values_list("pk", flat=True))
    of_version: dict[int, list[AssessmentQuestion]] = {version.pk: [] for version in versions}
    for row in rows:
        of_version[row.version_id].append(row)
    return [_laid_out(each, of_version[each.pk], newest, askable) for each in versions]


def _laid_out(
    version: AssessmentVersion,
    rows: Sequence[AssessmentQuestion],
    newest: dict[int, QuestionVersion],
    askable: set[int],
) -> Layout:
    total = _total(rows) or 1.0
    places: dict[int | None, list[Place]] = {None: []}
    for row in rows:
        known = newest.get(row.question_version.question_id)
        newer = known if known and known.number > row.question_version.number else None
        place = Place(row, row.weight / total, newer, row.pk not in askable)
        places.setdefault(row.section_id, []).append(place)
    parts = [
        Part(section, _blocks(places.get(section.pk, []), total))
        for section in version.sections.all()
    ]
    if places[None] or not parts:
        parts.insert(0, Part(None, _blocks(places[None], total)))
    filled = {row.pool_id for row in rows}
    return Layout(version, parts, [pool for pool in version.pools.all() if pool.pk not in filled])


def _total(rows: Iterable[AssessmentQuestion]) -> float:
    """What all that an attempt gets counts together."""
    rows = list(rows)
    total = sum(row.weight for row in rows if row.pool is None)
    for pool in {row.pool for row in rows if row.pool}:
        members = [row.weight for row in rows if row.pool == pool]
        total += min(pool.draws, len(members)) * sum(members) / len(members)
    return total


def _blocks(places: list[Place], total: float) -> list[Place | PoolBlock]:
    found: list[Place | PoolBlock] = []
    for pool, group in groupby(places, key=lambda place: place.row.pool):
        members = list(group)
        if pool is None:
            found.extend(members)
            continue
        mean = sum(each.row.weight for each in members) / len(members)
        share = min(pool.draws, len(members)) * mean / total
        found.append(PoolBlock(pool, members, share))
    return found
