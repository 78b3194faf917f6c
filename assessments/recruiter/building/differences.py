"""What changed from one version of an assessment to the next: texts, settings, what is asked."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from assessments.actions.drafting import plain
from assessments.models import AssessmentQuestion, AssessmentVersion, Pool, Section
from assessments.recruiter.building.forms import EditForm, SectionForm, SettingsForm, TextsForm
from questions.authoring.differences import Piece, pieces

LONG = {"purpose", "intro"}


@dataclass(frozen=True, slots=True)
class Said:
    """A text or a setting, before and after; a text word by word."""

    label: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a question, a section or a pool: its title, and a sentence each."""

    title: str
    words: list[str]


@dataclass(frozen=True, slots=True)
class Differences:
    before: AssessmentVersion
    said: list[Said] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    changed: list[Asked] = field(default_factory=list)
    parts: list[Asked] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.said or self.added or self.removed or self.changed or self.parts)


def differences(before: AssessmentVersion, after: AssessmentVersion) -> Differences:
    old, new = _questions(before), _questions(after)
    return Differences(
        before,
        [*_said(TextsForm, before, after), *_said(SettingsForm, before, after)],
        [row.question_version.title for key, row in new.items() if key not in old],
        [row.question_version.title for key, row in old.items() if key not in new],
        [
            Asked(row.question_version.title, words)
            for key, row in new.items()
            if key in old and (words := list(_moved(old[key], row)))
        ],
        [*_sections(before, after), *_pools(before, after)],
    )


def _questions(version: AssessmentVersion) -> dict[int, AssessmentQuestion]:
    """The questions by what is asked, whichever version of it."""
    rows = version.questions.select_related("question_version", "section", "pool")
    found = rows.defer("question_version__content").order_by("position")
    return {row.question_version.question_id: row for row in found}


def _said(
    kind: type[EditForm], before: Section | AssessmentVersion, after: Section | AssessmentVersion
) -> Iterator[Said]:
    old, new = kind(row=before), kind(row=after)
    for name, each in new.fields.items():
        was, now = getattr(before, name), getattr(after, name)
        if plain(was) != plain(now):
            words = old.shown(name, was), new.shown(name, now)
            yield Said(str(each.label or name.capitalize()), _compared(name, *words))


def _compared(name: str, was: str, now: str) -> list[Piece]:
    """A long text word by word; anything else as a whole."""
    if name in LONG:
        return pieces(was, now)
    return [Piece("gone", was or "nothing"), Piece("same", " "), Piece("new", now or "nothing")]


def _moved(old: AssessmentQuestion, new: AssessmentQuestion) -> Iterator[str]:
    if old.question_version_id != new.question_version_id:
        was, now = old.question_version.number, new.question_version.number
        yield f"version {was} became version {now}"
    if old.weight != new.weight:
        yield f"weight {old.weight:g} became {new.weight:g}"
    if _title(old.section) != _title(new.section):
        yield f"moved from {_title(old.section)} to {_title(new.section)}"
    if _name(old.pool) != _name(new.pool):
        yield f"from {_name(old.pool)} to {_name(new.pool)}"


def _title(section: Section | None) -> str:
    return f"“{section.title}”" if section else "no section"


def _name(pool: Pool | None) -> str:
    return f"the pool “{pool.name}”" if pool else "being asked of everybody"


def _sections(before: AssessmentVersion, after: AssessmentVersion) -> Iterator[Asked]:
    """Sections are the same as long as one of their title is there."""
    old = {each.title: each for each in before.sections.all()}
    new = {each.title: each for each in after.sections.all()}
    for title, section in new.items():
        if title not in old:
            yield Asked(f"Section “{title}”", ["is new"])
        elif said := list(_said(SectionForm, old[title], section)):
            yield Asked(f"Section “{title}”", [_sentence(each) for each in said])
    yield from (Asked(f"Section “{title}”", ["is gone"]) for title in old if title not in new)
    kept = [title for title in new if title in old]
    if kept != [title for title in old if title in new]:
        yield Asked("Sections", [f"come in another order: {', '.join(new)}"])


def _pools(before: AssessmentVersion, after: AssessmentVersion) -> Iterator[Asked]:
    old = {each.name: each for each in before.pools.all()}
    new = {each.name: each for each in after.pools.all()}
    for name, pool in new.items():
        if name not in old:
            yield Asked(f"Pool “{name}”", [f"is new: {pool.draws} of it for each attempt"])
        elif old[name].draws != pool.draws:
            yield Asked(f"Pool “{name}”", [f"{pool.draws} for each, not {old[name].draws}"])
    yield from (Asked(f"Pool “{name}”", ["is gone"]) for name in old if name not in new)


def _sentence(said: Said) -> str:
    was = "".join(each.text for each in said.pieces if each.change != "new")
    now = "".join(each.text for each in said.pieces if each.change != "gone")
    return f"{said.label.lower()}: “{was.strip()}” became “{now.strip()}”"
