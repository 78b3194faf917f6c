"""The order of a draft: sections one after the other, and in each of them questions and pools."""

from itertools import groupby

from django.db import transaction
from django.db.models import F

from assessments.actions.drafting import held_draft, part_of
from assessments.models import AssessmentQuestion, AssessmentVersion, Pool, Section

# Above every place there is, while places change: no two may be the same at any moment.
ASIDE = 10_000
UNTITLED = "Section"

Block = list[AssessmentQuestion]


@transaction.atomic
def add_section(version: AssessmentVersion, title: str = "") -> Section:
    """Add a section at the end; the first one takes in what was asked without sections."""
    version = held_draft(version, asks=True)
    number = version.sections.count() + 1
    section = Section.objects.create(
        version=version, position=number, title=title.strip() or f"{UNTITLED} {number}"
    )
    if number == 1:
        version.questions.update(section=section)
    return section


@transaction.atomic
def move_section(version: AssessmentVersion, key: int, by: int) -> None:
    """Move a section up (-1) or down (1), with its questions."""
    version = held_draft(version, asks=True)
    section = part_of(version, Section, key)
    sections = list(version.sections.all())
    place = sections.index(section)
    to = min(max(place + by, 0), len(sections) - 1)
    sections.insert(to, sections.pop(place))
    _number_sections(version, sections)
    renumber(version)


@transaction.atomic
def remove_section(version: AssessmentVersion, key: int) -> None:
    """Remove a section; its questions go to the one before it, or behind it, or stay alone."""
    version = held_draft(version, asks=True)
    section = part_of(version, Section, key)
    sections = list(version.sections.all())
    place = sections.index(section)
    others = sections[:place][-1:] or sections[place + 1 :][:1]
    version.questions.filter(section=section).update(section=others[0] if others else None)
    section.delete()
    _number_sections(version, [each for each in sections if each.pk != key])
    renumber(version)


@transaction.atomic
def move_question(version: AssessmentVersion, key: int, by: int) -> None:
    """Move a question, or the pool that it belongs to, up (-1) or down (1).

    Beyond the end of its section it goes to the next one.
    """
    version = held_draft(version, asks=True)
    question = part_of(version, AssessmentQuestion, key)
    blocks = blocks_of(version)
    place = next(n for n, block in enumerate(blocks) if question in block)
    to = place + by
    neighbour = blocks[to][0].section if 0 <= to < len(blocks) else None
    if 0 <= to < len(blocks) and neighbour == blocks[place][0].section:
        blocks.insert(to, blocks.pop(place))
        set_order(version, [each for block in blocks for each in block])
        return
    _to_next_section(version, blocks[place], by)


@transaction.atomic
def put_question(version: AssessmentVersion, key: int, section: int) -> None:
    """Put a question at the end of a section; it leaves its pool."""
    version = held_draft(version, asks=True)
    question = part_of(version, AssessmentQuestion, key)
    question.section, question.pool = part_of(version, Section, section), None
    question.position = last_place(version)
    question.save()
    renumber(version)


@transaction.atomic
def put_pool(version: AssessmentVersion, key: int, section: int) -> None:
    """Put a pool with all its questions at the end of a section."""
    version = held_draft(version, asks=True)
    pool, target = part_of(version, Pool, key), part_of(version, Section, section)
    version.questions.filter(pool=pool).update(section=target, position=F("position") + ASIDE)
    renumber(version)


def blocks_of(version: AssessmentVersion) -> list[Block]:
    """Return the questions in their order, those of a pool in one section together."""
    grouped = groupby(
        _in_order(version), key=lambda each: (each.section_id, each.pool_id or -each.pk)
    )
    return [list(block) for _, block in grouped]


def renumber(version: AssessmentVersion) -> None:
    """Number the questions anew: by section, those of a pool where its first one is."""
    set_order(version, _in_order(version))


def set_order(version: AssessmentVersion, questions: list[AssessmentQuestion]) -> None:
    if [each.position for each in questions] == list(range(1, len(questions) + 1)):
        return
    version.questions.filter(position__lt=ASIDE).update(position=F("position") + ASIDE)
    for place, question in enumerate(questions, start=1):
        question.position = place
    AssessmentQuestion.objects.bulk_update(questions, ["position"])


def last_place(version: AssessmentVersion) -> int:
    """Return a place behind all others."""
    last = version.questions.order_by("-position").values_list("position", flat=True).first()
    return (last or 0) + 1


def _in_order(version: AssessmentVersion) -> list[AssessmentQuestion]:
    rows = list(version.questions.select_related("section").order_by("position"))
    first: dict[tuple[int | None, int | None], int] = {}
    for row in rows:
        first.setdefault((row.section_id, row.pool_id), row.position)

    def place(row: AssessmentQuestion) -> tuple[int, int, int]:
        begins = first[row.section_id, row.pool_id] if row.pool_id else row.position
        return (row.section.position if row.section else 0, begins, row.position)

    return sorted(rows, key=place)


def _to_next_section(version: AssessmentVersion, block: Block, by: int) -> None:
    sections = list(version.sections.all())
    here = next((n for n, each in enumerate(sections) if each.pk == block[0].section_id), None)
    if here is None or not 0 <= here + by < len(sections):
        return
    keys = [each.pk for each in block]
    moved = version.questions.filter(pk__in=keys)
    # Going down it becomes the first one there, going up the last: its place says so already.
    moved.update(section=sections[here + by])
    renumber(version)


def _number_sections(version: AssessmentVersion, sections: list[Section]) -> None:
    version.sections.update(position=F("position") + ASIDE)
    for place, section in enumerate(sections, start=1):
        section.position = place
    Section.objects.bulk_update(sections, ["position"])
