"""Which questions are in use: the bank does not know assessments, so whoever asks says so."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q, QuerySet

# Each returns the primary keys of questions, as a query that becomes part of another one.
Asked = Callable[[], QuerySet[Any, Any]]
_tellers: list[Asked] = []


def told_by(asked: Asked) -> None:
    """From now on the questions whose primary keys `asked()` selects count as in use.

    It is called at start, by an app's `ready()`, and asked anew each time: there is no copy of
    what is in use that could be out of date.
    """
    if asked not in _tellers:
        _tellers.append(asked)


def in_use(field: str = "pk") -> Q:
    """Return the condition that the question whose key is `field` is asked somewhere.

    Raises ImproperlyConfigured where nobody says what is asked: nothing is shown then, for what
    looks free may not be.
    """
    if not _tellers:
        raise ImproperlyConfigured("No app says which questions are in use.")
    condition = Q()
    for asked in _tellers:
        condition |= Q(**{f"{field}__in": asked()})
    return condition
