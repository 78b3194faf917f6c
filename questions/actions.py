"""Writes to the bank, as verbs."""

import hashlib
import json
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone

from questions.files import DIFFICULTIES, Entry, topics
from questions.models import Question, QuestionVersion, Topic, digest_of

Status = QuestionVersion.Status
UNPUBLISHED = (Status.DRAFT, Status.REVIEW)


class Loaded(StrEnum):
    """What became of a question when its file was loaded."""

    NEW = "new"
    CHANGED = "changed"
    DRAFTED = "changed, as a draft beside what was edited here"
    UPDATED = "the same version, sorted or marked anew"
    RETIRED = "retired, for its file is gone"
    UNCHANGED = "unchanged"


@transaction.atomic
def load_entry(entry: Entry, *, shipped: bool = False) -> Loaded:
    """Bring the bank up to `entry`: a new version only where its content changed.

    `shipped` says that it comes from the bank that Minima brings along. What that says is done
    once: a question that was edited here stays so until its file says something new, and then the
    new text becomes a draft beside it.
    """
    question = _locked(entry.slug)
    said = _digest(entry)
    if shipped and question.bank_digest == said:
        return Loaded.UNCHANGED
    returned = question.bank_digest == Question.FILE_IS_GONE
    if shipped:
        question.bank_digest = said
    described = describe(question, entry)
    outcome = _load_version(question, entry, shipped=shipped, returned=returned)
    return Loaded.UPDATED if described and outcome is Loaded.UNCHANGED else outcome


@transaction.atomic
def retire_without_file(slugs: Iterable[str]) -> list[str]:
    """Retire what the shipped bank had and has no more; return the slugs of what was retired.

    `slugs` are those of all its files, whether they can be read or not.
    """
    gone = set(Question.objects.shipped().values_list("slug", flat=True)) - set(slugs)
    for question in Question.objects.shared().select_for_update().filter(slug__in=gone):
        withdraw(question, Status.RETIRED)
        question.bank_digest = Question.FILE_IS_GONE
        question.save(update_fields=["bank_digest"])
    return sorted(gone)


def withdraw(question: Question, status: str) -> bool:
    """Let no new attempt ask any version of `question`: it is retired, or leaked.

    Attempts that go on keep the version that they began with. What leaked stays marked as such.
    Returns whether there was something to withdraw.
    """
    published = question.versions.filter(published_at__isnull=False)
    asked = published.exclude(status__in=[status, Status.LEAKED])
    return bool(asked.update(status=status))


def _locked(slug: str) -> Question:
    """The shared question called `slug`, held until the transaction ends; made if need be."""
    Question.objects.get_or_create(slug=slug, organisation=None)
    return Question.objects.select_for_update().get(slug=slug, organisation=None)


def describe(question: Question, entry: Entry) -> bool:
    """Store what belongs to the question itself; return whether candidates' pages may find it so.

    None of it is asked or scored, so that it makes no version.
    """
    fields = entry.fields
    said = {
        "difficulty": DIFFICULTIES[fields["difficulty"]],
        "minutes": fields["minutes"],
        **{name: fields.get(name, []) for name in ("roles", "tags", "related")},
    }
    changed = any(getattr(question, name) != value for name, value in said.items())
    for name, value in said.items():
        setattr(question, name, value)
    question.save()
    return _sort_under(question, fields["topics"]) or changed


def _sort_under(question: Question, slugs: list[str]) -> bool:
    """Sort the question under its topics, in their order; return whether that changed anything."""
    links = Question.topics.through.objects.filter(question=question)
    if list(links.order_by("pk").values_list("topic__slug", flat=True)) == slugs:
        return False
    Topic.objects.bulk_create(
        [Topic(slug=slug, title=topics()[slug]) for slug in slugs],
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=["title"],
    )
    found = Topic.objects.in_bulk(slugs, field_name="slug")
    links.delete()
    links.model.objects.bulk_create(
        [links.model(question=question, topic=found[slug]) for slug in slugs]
    )
    return True


def _load_version(question: Question, entry: Entry, *, shipped: bool, returned: bool) -> Loaded:
    versions = question.versions.order_by("-number")
    newest, current = versions.first(), versions.exclude(published_at=None).first()
    edited = shipped and current is not None and not current.shipped
    wanted = _wanted_status(entry, current, edited=edited, returned=returned)
    outcome = _say(question, entry, newest, wanted, shipped=shipped)
    if wanted in QuestionVersion.WITHDRAWN and withdraw(question, wanted):
        return Loaded.UPDATED if outcome is Loaded.UNCHANGED else outcome
    return Loaded.DRAFTED if edited and outcome is Loaded.CHANGED else outcome


def _wanted_status(
    entry: Entry, current: QuestionVersion | None, *, edited: bool, returned: bool
) -> str | None:
    """The status for what the file says; None for a draft of what was published here since."""
    said: str | None = entry.fields.get("status")
    if said in QuestionVersion.WITHDRAWN:
        return said
    if edited:
        return None
    if said:
        return said
    if current is None or (returned and current.status == Status.RETIRED):
        return Status.PUBLISHED
    # A slip mended in a leaked question leaves it leaked: to bring it back takes a word.
    return current.status if current.status in QuestionVersion.WITHDRAWN else Status.PUBLISHED


def _say(
    question: Question,
    entry: Entry,
    newest: QuestionVersion | None,
    wanted: str | None,
    *,
    shipped: bool,
) -> Loaded:
    """Mark the version that says what `entry` says with the status that is wanted, or make it."""
    same = question.versions.filter(shipped=True).last() if shipped else newest
    digest = digest_of(entry.fields["kind"], entry.fields["title"], entry.content)
    unpublished = wanted in UNPUBLISHED
    if same and same.digest == digest and not (same.published_at and unpublished):
        changed = wanted is not None and _mark(same, wanted)
        return Loaded.UPDATED if changed else Loaded.UNCHANGED
    QuestionVersion.objects.create(
        question=question,
        number=newest.number + 1 if newest else 1,
        kind=entry.fields["kind"],
        title=entry.fields["title"],
        content=entry.content,
        shipped=shipped,
        status=wanted or Status.DRAFT,
        published_at=None if wanted is None or unpublished else timezone.now(),
    )
    return Loaded.CHANGED if newest else Loaded.NEW


def _mark(version: QuestionVersion, status: str) -> bool:
    """Give a version another status; publishing it sets its time, once. Return what changed."""
    if version.status == status:
        return False
    marks: dict[str, Any] = {"status": status}
    if version.published_at is None and status not in UNPUBLISHED:
        marks["published_at"] = timezone.now()
    QuestionVersion.objects.filter(pk=version.pk).update(**marks)
    return True


def _digest(entry: Entry) -> str:
    """Return the SHA-256 of all that a file says, with what its kind copies into a version."""
    text = json.dumps([entry.fields, entry.content], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
