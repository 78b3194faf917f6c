"""Versions of assessments: a new draft of the newest one, a copy of any, a draft thrown away."""

import hashlib
from typing import Any

from django.db import transaction

from assessments.actions.auditing import Actor, record
from assessments.actions.drafting import held_draft
from assessments.actions.naming import free_slug, slug_of
from assessments.actions.problems import NotWhatWasShown
from assessments.actions.publishing import publish_assessment
from assessments.models import (
    Assessment,
    AssessmentQuestion,
    AssessmentVersion,
    Organisation,
    Pool,
    Section,
)

# What a version says by itself; the rest of what is final tells one from another.
SAID = tuple(
    name for name in AssessmentVersion.FROZEN
    if name not in {"assessment_id", "number", "published_at"}
)  # fmt: skip
LONGEST_TITLE = 200


@transaction.atomic
def new_draft(assessment: Assessment, *, by: Actor) -> AssessmentVersion:
    """Return the draft of the next version; there is one at a time, made of the newest version."""
    Assessment.objects.select_for_update().get(pk=assessment.pk)
    newest = assessment.versions.latest("number")
    if newest.published_at is None:
        return newest
    version = _copy(newest, assessment, newest.number + 1, newest.title)
    record("assessment.drafted", assessment, by=by, number=version.number)
    return version


@transaction.atomic
def clone(version: AssessmentVersion, title: str = "", *, by: Actor) -> AssessmentVersion:
    """Begin an assessment of the same organisation that says what `version` says."""
    organisation: Organisation = version.assessment.organisation
    title = (title.strip() or f"Copy of {version.title}")[:LONGEST_TITLE]
    slug, _ = free_slug(organisation, slug_of(title))
    assessment = Assessment.objects.create(organisation=organisation, slug=slug)
    record("assessment.cloned", assessment, by=by)
    return _copy(version, assessment, 1, title)


@transaction.atomic
def publish_draft(version: AssessmentVersion, shown: str, *, by: Actor) -> AssessmentVersion:
    """Publish the draft that somebody looked through, as `fingerprint` told it from others.

    Raises NotWhatWasShown where it changed since, NotPublished where something hinders it.
    """
    held = held_draft(version)
    if fingerprint(held) != shown:
        raise NotWhatWasShown("The draft was changed in between: look through it once more.")
    return publish_assessment(held, by=by)


@transaction.atomic
def discard_draft(version: AssessmentVersion, *, by: Actor) -> bool:
    """Throw a draft away, and its assessment where that was all; return whether that is left."""
    version = held_draft(version, asks=True)
    assessment = version.assessment
    record("assessment.draft_discarded", assessment, by=by, number=version.number)
    version.delete()
    if assessment.versions.exists():
        return True
    assessment.delete()
    return False


def fingerprint(version: AssessmentVersion) -> str:
    """Return what tells the draft as it is stored now from itself after any change."""
    rows: list[Any] = list(AssessmentVersion.objects.filter(pk=version.pk).values_list(*SAID))
    rows += version.sections.values_list(
        "pk", "position", "title", "intro", "minutes", "order", "shuffled"
    )
    rows += version.pools.values_list("pk", "name", "draws")
    rows += version.questions.values_list(
        "pk", "position", "question_version", "weight", "section", "pool"
    )
    return hashlib.sha256(repr([list(row) for row in rows]).encode()).hexdigest()


def _copy(
    version: AssessmentVersion, assessment: Assessment, number: int, title: str
) -> AssessmentVersion:
    said = {name: getattr(version, name) for name in SAID} | {"title": title}
    copy = AssessmentVersion.objects.create(assessment=assessment, number=number, **said)
    sections = {
        row.pk: Section.objects.create(**_again(row, copy)) for row in version.sections.all()
    }
    pools = {row.pk: Pool.objects.create(**_again(row, copy)) for row in version.pools.all()}
    AssessmentQuestion.objects.bulk_create(
        AssessmentQuestion(
            version=copy,
            question_version_id=row.question_version_id,
            position=row.position,
            weight=row.weight,
            section=sections.get(row.section_id or 0),
            pool=pools.get(row.pool_id or 0),
        )
        for row in version.questions.all()
    )
    return copy


def _again(row: Section | Pool, version: AssessmentVersion) -> dict[str, Any]:
    fields = {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields}
    return {**fields, "id": None, "version_id": version.pk}
