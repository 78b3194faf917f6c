"""The columns that the table of candidates can show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property

from assessments.models import Section
from grader.families import Family
from questions.models import Topic
from questions.templatetags.scores import TITLES

USUAL = ("state", "score", "families", "labels", "decision", "taken", "started")
DEFAULT_ORDER = "-started"
# The orders that put the earliest, the lowest or A first when a header is chosen.
_RISING = ("candidate", "assessment", "state", "decision", "taken")

_LETTERS = ("A to Z", "Z to A")
_DAYS = ("earliest first", "latest first")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `key` stands for it in addresses and says which template draws its cells."""

    key: str
    title: str
    sorts: bool = True
    number: bool = False
    # What its order is called, rising and falling.
    ways: tuple[str, str] = ("lowest first", "highest first")
    # The kind and key of the part of a score that it shows.
    part: tuple[str, str] | None = None

    @property
    def css(self) -> str:
        return "m-number" if self.number else ""

    @property
    def first(self) -> str:
        """The order that its header chooses first."""
        return self.key if self.key in _RISING else f"-{self.key}"

    @property
    def second(self) -> str:
        return self.key if self.first != self.key else f"-{self.key}"


FIXED = (
    Column("assessment", "Assessment", ways=_LETTERS),
    Column("state", "State", ways=("earliest first", "furthest first")),
    Column("score", "Score", number=True),
    Column("families", "Coding, by family", sorts=False),
    Column("labels", "Labels", sorts=False),
    Column("decision", "Decision", ways=_LETTERS),
    Column("taken", "Time taken", number=True, ways=("quickest first", "slowest first")),
    Column("started", "Started", number=True, ways=_DAYS),
    Column("finished", "Finished", number=True, ways=_DAYS),
    Column("events", "Integrity events", sorts=False, number=True),
    Column("reports", "Problem reports", sorts=False, number=True),
    Column("email", "E-mail address", sorts=False),
)
CANDIDATE = Column("candidate", "Candidate", ways=_LETTERS)


def part_column(kind: str, key: str, title: str) -> Column:
    return Column(f"{kind}.{key}", title, number=True, part=(kind, key))


@dataclass(frozen=True)
class Columns:
    """What there is to choose from: the fixed columns, and the parts of these versions."""

    versions: Any
    named: bool
    # Whoever only scores isn't told of what candidates report.
    manages: bool

    @cached_property
    def fixed(self) -> list[Column]:
        left_out = {"email"} if not self.named else set()
        # Start and end of who had more time would tell of it.
        left_out |= {"reports", "finished"} if not self.manages else set()
        return [each for each in FIXED if each.key not in left_out]

    @cached_property
    def families(self) -> list[Column]:
        return [part_column("family", family.value, TITLES[family]) for family in Family]

    @cached_property
    def topics(self) -> list[Column]:
        asked = Topic.objects.filter(questions__versions__uses__version__in=self.versions)
        return [
            part_column("topic", slug, title)
            for slug, title in asked.order_by("title").distinct().values_list("slug", "title")
        ]

    @cached_property
    def sections(self) -> list[Column]:
        found: dict[int, list[str]] = {}
        rows = Section.objects.filter(version__in=self.versions).order_by("position", "-version")
        for position, title in rows.values_list("position", "title"):
            found.setdefault(position, []).append(title)
        # Versions may call the same place differently: then the place alone is named.
        return [
            part_column("section", str(position), _section_title(position, titles))
            for position, titles in found.items()
        ]

    @cached_property
    def parts(self) -> list[Column]:
        return [*self.families, *self.topics, *self.sections]

    @cached_property
    def by_key(self) -> Mapping[str, Column]:
        return {each.key: each for each in [CANDIDATE, *self.fixed, *self.parts]}

    def chosen(self, keys: Iterable[str]) -> list[Column]:
        """Return the columns of these keys in their usual order; without any the usual ones."""
        wanted = set(keys) & (set(self.by_key) - {CANDIDATE.key}) or set(USUAL)
        return [each for each in self.by_key.values() if each.key in wanted]

    def order(self, asked: str) -> str:
        """Return `asked` where there is such an order, else the usual one."""
        column = self.by_key.get(asked.removeprefix("-"))
        return asked if column and column.sorts else DEFAULT_ORDER


def _section_title(position: int, titles: Sequence[str]) -> str:
    title = titles[0] if len(set(titles)) == 1 else ""
    return f"Section {position}: {title}" if title else f"Section {position}"
