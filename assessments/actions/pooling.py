"""Pools of a draft: made of what matches criteria, filled again, taken apart."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from assessments.actions.arranging import last_place, renumber
from assessments.actions.drafting import Edit, held_draft, merged, part_of
from assessments.actions.picking import pickable, place, section_for
from assessments.models import AssessmentQuestion, AssessmentVersion, Organisation, Pool
from questions.models import Question, QuestionVersion

Criteria = Mapping[str, Sequence[Any]]


def matching(organisation: Organisation, criteria: Criteria) -> QuerySet[QuestionVersion]:
    """Return what may be asked and has one of the topics, difficulties and kinds each.

    A list that is empty or missing leaves nothing out.
    """
    found = pickable(organisation)
    if topics := criteria.get("topics"):
        found = found.filter(question__in=Question.objects.filter(topics__slug__in=topics))
    if difficulties := criteria.get("difficulties"):
        found = found.filter(question__difficulty__in=difficulties)
    if kinds := criteria.get("kinds"):
        found = found.filter(kind__in=kinds)
    return found


@transaction.atomic
def make_pool(
    version: AssessmentVersion,
    name: str,
    draws: int,
    *,
    section: int | None = None,
    criteria: Criteria | None = None,
    keys: Sequence[int] = (),
) -> tuple[Pool, int]:
    """Make a pool of the question versions of `keys`, or of all that match `criteria` now.

    What the draft asks elsewhere stays there. Returns how many questions it holds, too. A name
    that is taken gets a number.
    """
    version = held_draft(version, asks=True)
    pool = Pool.objects.create(
        version=version, name=_free(version, name), draws=draws, criteria=criteria or {}
    )
    organisation = version.assessment.organisation
    found = matching(organisation, criteria) if criteria else pickable(organisation)
    if keys:
        found = found.filter(pk__in=keys)
    made = place(version, found, section_for(version, section), pool)
    return pool, len(made)


@transaction.atomic
def fill_pool(version: AssessmentVersion, key: int) -> int:
    """Add what matches a pool's criteria now and is asked nowhere yet; return how many came in.

    What was put into it by hand stays, and so does what matches no longer.
    """
    version = held_draft(version, asks=True)
    pool = part_of(version, Pool, key)
    found = matching(version.assessment.organisation, pool.criteria)
    return len(place(version, found, section_for(version, None, pool), pool))


@transaction.atomic
def change_pool(version: AssessmentVersion, key: int, edit: Edit) -> dict[str, Any]:
    """Store name and draws, and for all its questions what each of them counts (`weight`)."""
    version = held_draft(version)
    pool = part_of(version, Pool, key)
    typed = {name: value for name, value in edit.typed.items() if name != "weight"}
    theirs = merged(pool, Edit(typed, edit.seen, edit.insists))
    if "weight" not in edit.typed:
        return theirs
    now = pool.questions.values_list("weight", flat=True).first()
    if now not in (None, edit.seen.get("weight"), edit.typed["weight"]) and (
        "weight" not in edit.insists
    ):
        return theirs | {"weight": now}
    version.questions.filter(pool=pool).update(weight=edit.typed["weight"])
    return theirs


@transaction.atomic
def put_into_pool(version: AssessmentVersion, key: int, pool: int) -> None:
    """Put a question that is asked already into a pool: its section and what it counts follow."""
    version = held_draft(version, asks=True)
    question = part_of(version, AssessmentQuestion, key)
    group = part_of(version, Pool, pool)
    if member := group.questions.first():
        question.section_id, question.weight = member.section_id, member.weight
    question.pool, question.position = group, last_place(version)
    question.save()
    renumber(version)


@transaction.atomic
def remove_pool(version: AssessmentVersion, key: int, *, keep: bool = False) -> None:
    """Remove a pool with its questions; to `keep` them is to ask them of everybody."""
    version = held_draft(version, asks=True)
    pool = part_of(version, Pool, key)
    members = version.questions.filter(pool=pool)
    if keep:
        members.update(pool=None)
    else:
        members.delete()
    pool.delete()
    renumber(version)


def is_free(version: AssessmentVersion, key: int, name: str) -> bool:
    """Whether no other pool of the version is called so."""
    return not version.pools.exclude(pk=key).filter(name=name).exists()


def _free(version: AssessmentVersion, name: str) -> str:
    names = [name, *(f"{name[:94]} {number}" for number in range(2, 100))]
    taken = set(version.pools.values_list("name", flat=True))
    return next(each for each in names if each not in taken)
