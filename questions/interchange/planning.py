"""What is to become of questions that were read: told from the bank, before anything is stored.

Two questions to the database, however many questions a file holds.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db import models

from questions.files import NO_CONTENT, Entry
from questions.interchange.remarks import Fields, Found, Reading, Refused, Remark
from questions.models import Question, QuestionVersion, digest_of

Status = QuestionVersion.Status
LONGEST_SLUG = 100
SORTED = "It stays sorted as it is here: topics, roles, difficulty, tags."


class Drafted(StrEnum):
    """What becomes of a question that was read."""

    NEW = "a new draft"
    VERSION = "a draft beside the versions that there are"
    UNCHANGED = "here already, word by word"


@dataclass(frozen=True, slots=True)
class Planned:
    """What becomes of one question.

    Attributes:
        entry: as it is stored, under the slug that it gets.
        question: that gets the draft; None for a new one.
        number: of the version to be.
        origin: the shared question that a new one is a copy of.
        remarks: what is to be known besides what the file itself told.
    """

    found: Found
    entry: Entry
    outcome: Drafted
    question: Question | None = None
    number: int = 1
    origin: Question | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    planned: list[Planned]
    refused: list[Remark]


@dataclass(slots=True)
class _Bank:
    """What is here already under the names of a file."""

    own: dict[str, Question]
    shared: dict[str, Question]
    versions: dict[int, list[QuestionVersion]]
    taken: set[str]

    def says(self, question: Question, entry: Entry) -> bool:
        """Tell whether a version says the same; a draft keeps what was typed and nothing more."""
        typed = {name: value for name, value in entry.fields.items() if name not in NO_CONTENT}
        same = {_digest(entry, entry.content), _digest(entry, typed)}
        return any(version.digest in same for version in self.versions[question.pk])


def plan(reading: Reading, organisation: models.Model | None, *, lock: bool = False) -> Plan:
    """Return what becomes of each question for `organisation`, or for all where it is None.

    With `lock` the questions that are here are held until the transaction ends.
    """
    bank = _bank((found.slug for found in reading.questions), organisation, lock=lock)
    made = Plan([], list(reading.refused))
    for found in reading.questions:
        try:
            planned = _planned(found, bank)
        except Refused as refused:
            made.refused.append(Remark(found.slug, found.place, str(refused)))
            continue
        bank.taken.add(planned.entry.slug)
        made.planned.append(planned)
    return made


def _bank(slugs: Iterable[str], organisation: models.Model | None, *, lock: bool) -> _Bank:
    names = set(slugs)
    names |= {_copy_of(slug) for slug in names}
    every: Any = Question.objects
    visible = every.visible_to(organisation) if organisation else every.shared()
    held = visible.select_for_update() if lock else visible
    found = list(held.filter(slug__in=names))
    own = {each.slug: each for each in found if each.organisation_id == _pk(organisation)}
    shared = {each.slug: each for each in found if each.organisation_id is None}
    versions: dict[int, list[QuestionVersion]] = defaultdict(list)
    known = QuestionVersion.objects.filter(question__in=[each.pk for each in found])
    for version in known.defer("content").order_by("number"):
        versions[version.question_id].append(version)
    return _Bank(own, shared, versions, set())


def _pk(organisation: models.Model | None) -> Any:
    return organisation.pk if organisation else None


def _planned(found: Found, bank: _Bank) -> Planned:
    own, shared = bank.own.get(found.slug), bank.shared.get(found.slug)
    if own is None and shared is not None:
        return _beside_shared(found, shared, bank)
    return _among_own(found, found.fields, own, bank)


def _beside_shared(found: Found, shared: Question, bank: _Bank) -> Planned:
    """What says the same as a shared question is here; what says something else becomes a copy."""
    entry = Entry(found.fields)
    if bank.says(shared, entry):
        return Planned(found, entry, Drafted.UNCHANGED, shared)
    if not found.stated:
        raise Refused(_taken(found.slug))
    slug = _copy_of(found.slug)
    own = bank.own.get(slug)
    if own is not None and own.copied_from_id != shared.pk:
        raise Refused(f"It would be called {slug!r}, and another question is called so.")
    planned = _among_own(found, {**found.fields, "slug": slug}, own, bank)
    said = f"All share a question {found.slug!r}: this becomes a copy of your own, {slug!r}."
    return replace(planned, origin=shared, remarks=(said, *planned.remarks))


def _among_own(found: Found, fields: Fields, own: Question | None, bank: _Bank) -> Planned:
    entry = Entry(fields)
    if entry.slug in bank.taken:
        raise Refused(f"Another question of this file is called {entry.slug!r}, too.")
    if own is None:
        return Planned(found, entry, Drafted.NEW)
    if bank.says(own, entry):
        return Planned(found, entry, Drafted.UNCHANGED, own)
    versions = bank.versions[own.pk]
    for reason in _hindrances(found, fields["kind"], versions):
        raise Refused(reason)
    number = versions[-1].number + 1 if versions else 1
    return Planned(found, entry, Drafted.VERSION, own, number, remarks=(SORTED,))


def _hindrances(found: Found, kind: str, versions: list[QuestionVersion]) -> Iterator[str]:
    """Say why no draft may lie beside the versions that there are."""
    if not versions:
        return
    if not found.stated:
        yield _taken(found.slug)
    elif versions[-1].kind != kind:
        yield (
            f"{found.slug!r} is here already, and of the kind {versions[-1].kind}: "
            "change its identifier."
        )
    elif versions[-1].status == Status.REVIEW:
        yield f"{found.slug!r} waits for review: publish it, or send it back first."


def _taken(slug: str) -> str:
    return f"Another question is called {slug!r} already: give it another title in the file."


def _copy_of(slug: str) -> str:
    return f"{slug[: LONGEST_SLUG - 10].rstrip('-')}-copy"


def _digest(entry: Entry, content: Fields) -> str:
    return digest_of(entry.fields["kind"], entry.fields["title"], content)
