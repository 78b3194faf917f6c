"""From a draft to what candidates are asked: a second person reads it first."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from questions.actions import describe
from questions.authoring import audits, drafting
from questions.authoring.faults import Found, entry_of, faults
from questions.authoring.house import Author, house
from questions.files import Entry
from questions.models import Comment, Draft, Question, QuestionVersion, Withdrawal
from questions.reading import Unreadable

Status = QuestionVersion.Status
UNAUDITED = "Have this task audited, and mend what the audit finds, before candidates meet it."


class NotReady(Exception):
    """Something is to be mended first."""

    def __init__(self, found: Sequence[Found]) -> None:
        super().__init__(f"{len(found)} to mend")
        self.found = found


class OwnWork(Exception):
    """Who wrote a version does not publish it, where somebody else could."""


class WrongStatus(Exception):
    """Somebody was quicker: the version is at another step by now."""


@transaction.atomic
def send(author: Author, version: QuestionVersion) -> QuestionVersion:
    """Ask for a review; raise NotReady with what is wrong. From now on nobody edits it."""
    question, version = _held(author, version, Status.DRAFT)
    entry = _entry(version, question)
    _say(version, entry)
    version.status = Status.REVIEW
    version.save()
    return version


@transaction.atomic
def send_back(author: Author, version: QuestionVersion, text: str = "") -> QuestionVersion:
    """Make it a draft again: its reviewer asks for a change, or its writer thought of one."""
    _, version = _held(author, version, Status.REVIEW)
    version.status = Status.DRAFT
    version.save()
    comment(author, version, text)
    return version


@transaction.atomic
def publish(author: Author, version: QuestionVersion) -> QuestionVersion:
    """Make it final, and let assessments ask it; raise OwnWork or NotReady.

    It is checked once more, for the bank around it may have changed since it was sent.
    """
    question, version = _held(author, version, Status.REVIEW)
    if not may_publish(author, version):
        raise OwnWork("Somebody else reads it before it is published.")
    entry = _entry(version, question)
    if "own" in entry.content and not audits.is_clean(entry.content):
        raise NotReady([Found(("own",), UNAUDITED)])
    _say(version, entry)
    question.slug = entry.slug
    describe(question, entry)
    version.status, version.published_at = Status.PUBLISHED, timezone.now()
    version.published_by = author.user
    version.save()
    Draft.objects.filter(version=version).delete()
    # A new version is asked, whatever became of older ones.
    Withdrawal.objects.open().filter(question=question).update(ended_at=timezone.now())
    house().note(author, "question.published", question, number=version.number)
    return version


def may_publish(author: Author, version: QuestionVersion) -> bool:
    """Tell whether `author` is a second person, or the only one."""
    return author.alone or not version.writers.filter(pk=author.user.pk).exists()


def comment(author: Author, version: QuestionVersion, text: str) -> Comment | None:
    """Say something of a version of the author's organisation; nothing where there is no text."""
    version = QuestionVersion.objects.get(pk=version.pk, question__in=author.own)
    if not text.strip():
        return None
    return Comment.objects.create(version=version, author=author.user, text=text.strip()[:10_000])


def _held(
    author: Author, version: QuestionVersion, status: str
) -> tuple[Question, QuestionVersion]:
    """Return question and version, held until the transaction ends; raise WrongStatus."""
    question = author.own.select_for_update().get(pk=version.question_id)
    version = question.versions.get(pk=version.pk)
    if version.status != status:
        raise WrongStatus(f"It is {version.get_status_display()} by now.")
    return question, version


def _entry(version: QuestionVersion, question: Question) -> Entry:
    try:
        fields = drafting.read(version)
    except Unreadable as error:
        raise NotReady([Found((), f"Line {error.line}: {error.sentence}")]) from error
    if found := faults(fields, question):
        raise NotReady(found)
    return entry_of(fields)


def _say(version: QuestionVersion, entry: Entry) -> None:
    """The content as it stays, with a copy of what else is shown."""
    version.kind, version.title = entry.fields["kind"], entry.fields["title"]
    version.content = entry.content
