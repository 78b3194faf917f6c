"""Writes to the bank, as verbs."""

from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from questions.files import DIFFICULTIES, Entry, topics
from questions.models import Question, QuestionVersion, Topic, digest_of


class Loaded(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@transaction.atomic
def load_entry(entry: Entry) -> Loaded:
    """Bring the bank up to `entry`: a new published version only where its content changed."""
    question, created = Question.objects.update_or_create(
        slug=entry.fields["slug"],
        defaults={
            "difficulty": DIFFICULTIES[entry.fields["difficulty"]],
            "minutes": entry.fields["minutes"],
        },
    )
    question.topics.set(_topics(entry))
    newest = question.versions.order_by("-number").first()
    digest = digest_of(entry.fields["kind"], entry.fields["title"], entry.content)
    if newest and newest.digest == digest:
        return Loaded.UNCHANGED
    _publish(question, entry, number=newest.number + 1 if newest else 1)
    return Loaded.NEW if created else Loaded.CHANGED


def _topics(entry: Entry) -> list[Topic]:
    return [
        Topic.objects.update_or_create(slug=slug, defaults={"title": topics()[slug]})[0]
        for slug in entry.fields["topics"]
    ]


def _publish(question: Question, entry: Entry, number: int) -> QuestionVersion:
    return QuestionVersion.objects.create(
        question=question,
        number=number,
        kind=entry.fields["kind"],
        title=entry.fields["title"],
        content=entry.content,
        status=QuestionVersion.Status.PUBLISHED,
        published_at=timezone.now(),
    )
