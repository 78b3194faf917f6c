"""Writing: a new question, a draft of one's own, a copy of a shared one; every save is kept."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify

from questions import kinds, writing
from questions.actions import describe
from questions.authoring import posted
from questions.authoring.house import Author
from questions.authoring.text import fields_of, text_of
from questions.files import DIFFICULTIES, MAX_BYTES, NO_CONTENT, Entry, topics
from questions.models import Draft, Question, QuestionVersion
from questions.reading import Unreadable

Status = QuestionVersion.Status
UNTITLED = "Untitled"


class StaleDraft(Exception):
    """Somebody saved in between, here or elsewhere."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(f"The draft was saved in between, as revision {draft.revision}.")
        self.draft = draft


class NoDraft(Exception):
    """The version is no draft (any more): it went to review, or was published."""


class TooLong(Exception):
    """The text is longer than a file may be."""


@transaction.atomic
def create(author: Author, kind: str, title: str) -> QuestionVersion:
    """Begin a question of `kind`, with as many empty rows as that needs."""
    slug = free_slug(author, slugify(title)[:90] or "question")
    fields = {"slug": slug, "kind": kind, "title": title, **posted.started(kind)}
    question = Question.objects.create(slug=slug, organisation=author.organisation)
    return _begin(author, question, fields, 1)


@transaction.atomic
def copy(author: Author, version: QuestionVersion) -> QuestionVersion:
    """Begin a question of the author's organisation that says what `version` says."""
    slug = free_slug(author, f"{version.question.slug[:90]}-copy")
    fields = {**written(version), "slug": slug}
    question = Question.objects.create(
        slug=slug, organisation=author.organisation, copied_from=version.question
    )
    return _begin(author, question, fields, 1)


@transaction.atomic
def edit(author: Author, question: Question) -> QuestionVersion:
    """Return the version that is being written; a new draft where the newest was published."""
    question = author.own.select_for_update().get(pk=question.pk)
    newest = question.versions.latest("number")
    if newest.published_at:
        return _begin(author, question, written(newest), newest.number + 1)
    if not hasattr(newest, "draft"):  # loaded from a file
        Draft.objects.create(version=newest, text=text_of(written(newest)))
    return newest


@transaction.atomic
def save(author: Author, version: QuestionVersion, text: str, revision: int) -> Draft:
    """Keep `text`, which was typed on top of `revision`.

    Raises StaleDraft where another save came first, NoDraft where nothing is written any more, and
    TooLong. Whatever can be read of it, right or not, becomes the content of the version.
    """
    draft = Draft.objects.select_for_update().filter(version=version).first()
    version = QuestionVersion.objects.get(pk=version.pk)
    if draft is None or version.status != Status.DRAFT:
        raise NoDraft(f"{version} is {version.get_status_display()}.")
    if len(text.encode()) > MAX_BYTES:
        raise TooLong(f"A question has at most {MAX_BYTES} bytes.")
    if text == draft.text:
        return draft
    if revision != draft.revision:
        raise StaleDraft(draft)
    draft.text, draft.revision = text, draft.revision + 1
    draft.saved_at, draft.saved_by = timezone.now(), author.user
    draft.save()
    _follow(version, text)
    version.writers.add(author.user)
    return draft


@transaction.atomic
def discard(author: Author, version: QuestionVersion) -> bool:
    """Throw a draft away, and its question where that was all of it; return whether it is left."""
    question = author.own.select_for_update().get(pk=version.question_id)
    version = question.versions.get(pk=version.pk)
    if version.status != Status.DRAFT:
        raise NoDraft(f"{version} is {version.get_status_display()}.")
    version.delete()
    if question.versions.exists():
        return True
    question.delete()
    return False


def written(version: QuestionVersion) -> dict[str, Any]:
    """Return what a file says of `version`, but for its status."""
    links = Question.topics.through.objects.filter(question=version.question_id).order_by("pk")
    fields = writing.fields_of(version, list(links.values_list("topic__slug", flat=True)))
    return {name: value for name, value in fields.items() if name != "status"}


def read(version: QuestionVersion) -> dict[str, Any]:
    """Return the fields of a version as they are now; raise Unreadable for a draft's slip."""
    if hasattr(version, "draft"):
        return fields_of(version.draft.text)
    return written(version)


def free_slug(author: Author, wanted: str) -> str:
    """Return `wanted`, with a number behind it where a question is called so already."""
    taken = set(_called(author.questions, wanted).values_list("slug", flat=True))
    names = (f"{wanted}-{number}" if number > 1 else wanted for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _called(questions: QuerySet[Question], slug: str) -> QuerySet[Question]:
    return questions.filter(slug__startswith=slug)


def _begin(
    author: Author, question: Question, fields: dict[str, Any], number: int
) -> QuestionVersion:
    version = QuestionVersion(question=question, number=number)
    _say(version, fields)
    if number == 1:
        _sort(question, fields)
    version.writers.add(author.user)
    Draft.objects.create(version=version, text=text_of(fields), saved_by=author.user)
    return version


def _follow(version: QuestionVersion, text: str) -> None:
    try:
        fields = fields_of(text)
    except Unreadable:
        return  # Half typed: lists go on to show what it said before.
    _say(version, fields)
    if not version.question.versions.exclude(published_at=None).exists():
        _sort(version.question, fields)


def _sort(question: Question, fields: dict[str, Any]) -> None:
    """Sort a question that nobody is asked yet under what its draft says, as far as that is right.

    Once it is published, what it is sorted under changes with the next version.
    """
    said = {name: fields.get(name) for name in ("topics", "roles", "tags", "related")}
    lists = {name: _words(value) for name, value in said.items()}
    lists["topics"] = [slug for slug in lists["topics"] if slug in topics()]
    minutes = fields.get("minutes")
    entry = Entry(
        {
            **lists,
            "difficulty": fields.get("difficulty") if _is_level(fields) else "medium",
            "minutes": minutes if type(minutes) is int and 0 < minutes <= 240 else 5,
        }
    )
    describe(question, entry)


def _is_level(fields: dict[str, Any]) -> bool:
    return fields.get("difficulty") in list(DIFFICULTIES)


def _words(value: Any) -> list[str]:
    """The texts of a list, each once."""
    words = value if isinstance(value, list) else []
    return list(dict.fromkeys(word for word in words if isinstance(word, str)))


def _say(version: QuestionVersion, fields: dict[str, Any]) -> None:
    """Store what `fields` say so far."""
    kind = fields.get("kind")
    if isinstance(kind, str) and kind in kinds.KINDS:
        version.kind = kind
    version.title = str(fields.get("title") or UNTITLED)[:200]
    version.content = {name: value for name, value in fields.items() if name not in NO_CONTENT}
    version.save()
