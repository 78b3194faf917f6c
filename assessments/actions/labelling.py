"""Labels: words that members put on attempts, and take off again.

The log keeps no word, for one that is on a single attempt is erased with its candidate.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from assessments.actions.auditing import record
from assessments.models import Attempt, Label, Organisation, User

# Rows of one statement.
_AT_ONCE = 5_000
NAME_TAKEN = "There is a label of that name already."


@transaction.atomic
def make_label(organisation: Organisation, name: str, *, by: User) -> Label:
    """Raise ValidationError where the name is empty, too long or taken."""
    label = _named(Label(organisation=organisation), name)
    record("label.made", label, by=by)
    return label


@transaction.atomic
def rename_label(label: Label, name: str, *, by: User) -> Label:
    """Raise ValidationError where the name is empty, too long or taken."""
    label = _named(label, name)
    record("label.renamed", label, by=by)
    return label


@transaction.atomic
def delete_label(label: Label, *, by: User) -> None:
    """Delete a label, and take it off every attempt."""
    record("label.deleted", label, by=by, attempts=label.attempts.count())
    label.delete()


@transaction.atomic
def put_on(label: Label, attempts: Iterable[UUID], *, by: User) -> int:
    """Put a label on these attempts of its organisation; return how many had it not before."""
    link = Label.attempts.through
    before = link.objects.filter(label=label).count()
    for keys in _some(attempts):
        own = Attempt.objects.filter(organisation=label.organisation_id, pk__in=keys)
        rows = [link(label=label, attempt_id=key) for key in own.values_list("pk", flat=True)]
        link.objects.bulk_create(rows, ignore_conflicts=True)
    return _noted("label.put_on", label, by, link.objects.filter(label=label).count() - before)


@transaction.atomic
def take_off(label: Label, attempts: Iterable[UUID], *, by: User) -> int:
    """Take a label off these attempts; return how many had it."""
    rows = Label.attempts.through.objects.filter(label=label)
    taken = sum(rows.filter(attempt__in=keys).delete()[0] for keys in _some(attempts))
    return _noted("label.taken_off", label, by, taken)


def _some(keys: Iterable[UUID]) -> Iterator[list[UUID]]:
    """The keys in lists for one statement each."""
    left = iter(keys)
    while some := list(islice(left, _AT_ONCE)):
        yield some


def _noted(verb: str, label: Label, by: User, attempts: int) -> int:
    if attempts:
        record(verb, label, by=by, attempts=attempts)
    return attempts


def _named(label: Label, name: str) -> Label:
    label.name = " ".join(name.split())
    taken = Label.objects.filter(organisation=label.organisation_id, name__iexact=label.name)
    if taken.exclude(pk=label.pk).exists():
        raise ValidationError(NAME_TAKEN)
    label.full_clean(exclude=["organisation"])
    label.save()
    return label
