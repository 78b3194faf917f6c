"""Writing a draft of an assessment: what several people type at once, and what none may lose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction

from assessments.actions.auditing import Actor, record
from assessments.actions.naming import free_slug, slug_of
from assessments.actions.previewing import forget_previews_of
from assessments.actions.problems import NotADraft, NotThere
from assessments.models import Assessment, AssessmentVersion, Organisation

# Of a draft that nobody has written anything into yet.
FIRST_MINUTES = 45


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody typed into fields of a row.

    Attributes:
        typed: the new values, of those fields only that were changed.
        seen: what stood in these fields when they were shown.
        insists: fields that are stored whatever somebody else wrote there meanwhile.
    """

    typed: Mapping[str, Any]
    seen: Mapping[str, Any] = field(default_factory=dict)
    insists: frozenset[str] = frozenset()


@transaction.atomic
def new_assessment(organisation: Organisation, title: str, *, by: Actor) -> AssessmentVersion:
    """Begin an assessment that asks nothing yet."""
    slug, _ = free_slug(organisation, slug_of(title))
    assessment = Assessment.objects.create(organisation=organisation, slug=slug)
    record("assessment.created", assessment, by=by)
    return AssessmentVersion.objects.create(
        assessment=assessment, number=1, title=title, minutes=FIRST_MINUTES
    )


def held_draft(version: AssessmentVersion, *, asks: bool = False) -> AssessmentVersion:
    """Return the draft as it is stored, held until the transaction ends; raise NotADraft.

    With `asks` what it asks is about to change, so that previews which sit it end.
    """
    rows = AssessmentVersion.objects.select_for_update(of=("self",))
    found = rows.select_related("assessment__organisation").filter(pk=version.pk).first()
    if found is None:
        raise NotADraft("This draft was thrown away in between.")
    if found.published_at:
        raise NotADraft(f"Version {found.number} was published: it never changes any more.")
    if asks:
        forget_previews_of(found)
    return found


@transaction.atomic
def change_draft(version: AssessmentVersion, edit: Edit) -> dict[str, Any]:
    """Store texts and settings; return, by name, what somebody else wrote into the same fields.

    Those fields stay as they are, for whoever typed to decide; all others are stored.
    """
    return merged(held_draft(version), edit)


@transaction.atomic
def change_part(
    version: AssessmentVersion, kind: type[models.Model], key: int, edit: Edit
) -> dict[str, Any]:
    """The same for a section, a pool, or a question at its place.

    Raises NotThere where it was removed in between.
    """
    found = held_draft(version)
    return merged(part_of(found, kind, key), edit)


def part_of(version: AssessmentVersion, kind: type[models.Model], key: int) -> Any:
    """Return the section, pool or question of that key; raise NotThere where there is none."""
    row: Any = kind._default_manager.filter(version=version, pk=key).first()
    if row is None:
        raise NotThere("It is no longer there: somebody removed it in between.")
    row.version = version
    return row


def merged(row: models.Model, edit: Edit) -> dict[str, Any]:
    """Store into `row` what was typed, but for what somebody else changed since it was seen."""
    theirs, changed = {}, []
    for name, value in edit.typed.items():
        now = getattr(row, name)
        if plain(now) == plain(value):
            continue
        if plain(now) != plain(edit.seen.get(name)) and name not in edit.insists:
            theirs[name] = now
            continue
        setattr(row, name, plain(value))
        changed.append(name)
    if changed:
        row.save(update_fields=changed)
    return theirs


def plain(value: Any) -> Any:
    """Return a text as forms send it back: line ends and what is around it say nothing."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value
