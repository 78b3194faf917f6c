"""Storing what was read: drafts, and never more than drafts, all of a file or none of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from questions.files import DIFFICULTIES, topics
from questions.interchange import drafts, planning
from questions.interchange.planning import Drafted, Planned
from questions.interchange.remarks import Reading, Remark
from questions.models import Question, QuestionVersion, Topic, digest_of

# Rows of one statement.
BATCH = 500


@dataclass(frozen=True, slots=True)
class Stored:
    """A question that was read and stored, and what is to be known of it.

    Attributes:
        unkept: what the file holds, and the bank does not.
        unfinished: what is to be done before it can be published.
    """

    slug: str
    place: str
    outcome: Drafted
    unkept: tuple[str, ...]
    unfinished: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    stored: list[Stored]
    refused: list[Remark]


@transaction.atomic
def store(
    reading: Reading, organisation: models.Model | None = None, *, dry_run: bool = False
) -> Report:
    """Store the questions of a file as drafts; what is refused is listed, with the reason.

    They are shared by all, or belong to `organisation`. A question that is here already gets a
    draft beside its versions, and stays sorted as it is: what is asked today does not change.
    """
    plan = planning.plan(reading, organisation, lock=not dry_run)
    if not dry_run:
        write(plan.planned, organisation)
    return Report([_told(planned) for planned in plan.planned], plan.refused)


def write(
    planned: Sequence[Planned], organisation: models.Model | None, writer: Any = None
) -> None:
    """Write what was planned, in a number of statements that grows with batches alone.

    `writer` counts as who wrote the drafts: somebody else is to publish them.
    """
    made = _make_questions([p for p in planned if p.outcome is Drafted.NEW], organisation)
    versions = [
        _version(p, made.get(p.entry.slug) or p.question)
        for p in planned
        if p.outcome is not Drafted.UNCHANGED
    ]
    QuestionVersion.objects.bulk_create(versions, BATCH)
    if writer is not None:
        link = QuestionVersion.writers.through
        link.objects.bulk_create(
            [link(questionversion=version, user_id=writer.pk) for version in versions], BATCH
        )


def _told(planned: Planned) -> Stored:
    found = planned.found
    unchanged = planned.outcome is Drafted.UNCHANGED
    unfinished = () if unchanged else tuple(drafts.unfinished(found.fields))
    told = (*found.remarks, *planned.remarks)
    return Stored(planned.entry.slug, found.place, planned.outcome, told, unfinished)


def _make_questions(
    planned: Sequence[Planned], organisation: models.Model | None
) -> dict[str, Question]:
    """Make the new questions, sorted under what they say."""
    rows = [_question(p, organisation) for p in planned]
    made = {each.slug: each for each in Question.objects.bulk_create(rows, BATCH)}
    named = list(dict.fromkeys(slug for p in planned for slug in p.entry.fields["topics"]))
    Topic.objects.bulk_create(
        [Topic(slug=slug, title=topics()[slug]) for slug in named],
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=["title"],
    )
    known = Topic.objects.in_bulk(named, field_name="slug")
    link = Question.topics.through
    link.objects.bulk_create(
        [
            link(question=made[p.entry.slug], topic=known[slug])
            for p in planned
            for slug in p.entry.fields["topics"]
        ],
        BATCH,
    )
    return made


def _question(planned: Planned, organisation: Any) -> Question:
    fields = planned.entry.fields
    return Question(
        slug=planned.entry.slug,
        organisation=organisation,
        copied_from=planned.origin,
        difficulty=DIFFICULTIES[fields["difficulty"]],
        minutes=fields["minutes"],
        **{name: fields.get(name, []) for name in ("roles", "tags", "related")},
    )


def _version(planned: Planned, question: Question | None) -> QuestionVersion:
    entry = planned.entry
    kind, title, content = entry.fields["kind"], entry.fields["title"], entry.content
    return QuestionVersion(
        question=question,
        number=planned.number,
        kind=kind,
        title=title,
        content=content,
        digest=digest_of(kind, title, content),
        status=QuestionVersion.Status.DRAFT,
    )
