"""Storing what was read: drafts, and never more than drafts, all of a file or none of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import models, transaction

from questions.actions import describe
from questions.files import Entry
from questions.interchange import drafts
from questions.interchange.remarks import Found, Reading, Refused, Remark
from questions.models import Question, QuestionVersion, digest_of


class Drafted(StrEnum):
    """What became of a question that was read."""

    NEW = "a new draft"
    VERSION = "a draft beside the versions that there are"
    UNCHANGED = "here already, word by word"


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
    report = Report([], list(reading.refused))
    for found in reading.questions:
        try:
            report.stored.append(_store(found, organisation))
        except Refused as refused:
            report.refused.append(Remark(found.slug, found.place, str(refused)))
    if dry_run:
        transaction.set_rollback(True)
    return report


def _store(found: Found, organisation: models.Model | None) -> Stored:
    entry = Entry(found.fields)
    outcome, remarks = _draft(entry, organisation, stated=found.stated)
    unfinished = () if outcome is Drafted.UNCHANGED else tuple(drafts.unfinished(found.fields))
    return Stored(found.slug, found.place, outcome, (*found.remarks, *remarks), unfinished)


def _draft(
    entry: Entry, organisation: models.Model | None, *, stated: bool
) -> tuple[Drafted, list[str]]:
    owner: Any = organisation
    own = Question.objects.filter(slug=entry.slug, organisation=owner)
    question = own.select_for_update().first()
    if question is None:
        question = Question.objects.create(slug=entry.slug, organisation=owner)
        describe(question, entry)
        _add_version(question, entry, 1)
        return Drafted.NEW, []
    kind, title = entry.fields["kind"], entry.fields["title"]
    if question.versions.filter(digest=digest_of(kind, title, entry.content)).exists():
        return Drafted.UNCHANGED, []
    newest = question.versions.order_by("-number").first()
    if newest is not None and (not stated or newest.kind != kind):
        raise Refused(_taken(entry.slug, newest, stated=stated))
    _add_version(question, entry, newest.number + 1 if newest else 1)
    return Drafted.VERSION, ["It stays sorted as it is here: topics, roles, difficulty, tags."]


def _taken(slug: str, newest: QuestionVersion, *, stated: bool) -> str:
    if stated:
        return f"{slug!r} is here already, and of the kind {newest.kind}: change its identifier."
    return f"Another question is called {slug!r} already: give it another title in the file."


def _add_version(question: Question, entry: Entry, number: int) -> None:
    QuestionVersion.objects.create(
        question=question,
        number=number,
        kind=entry.fields["kind"],
        title=entry.fields["title"],
        content=entry.content,
        status=QuestionVersion.Status.DRAFT,
    )
