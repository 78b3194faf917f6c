"""What authoring asks of the app that knows people: who writes, and what candidates see."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, wraps
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from questions.models import Question


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who writes for an organisation.

    Attributes:
        alone: nobody else there may publish, so that there is no second person to ask.
    """

    user: Any
    organisation: Any
    alone: bool

    @property
    def questions(self) -> QuerySet[Question]:
        """What they may see: shared questions, and those of their organisation."""
        return Question.objects.visible_to(self.organisation)

    @property
    def own(self) -> QuerySet[Question]:
        """What they may change."""
        return Question.objects.filter(organisation=self.organisation.pk)


class Shown(NamedTuple):
    """A question to be shown as a candidate sees it: `context` is what its kind lets them see."""

    kind: str
    title: str
    context: Mapping[str, Any]


class Reported(NamedTuple):
    """What a candidate reported of a version of a question; by whom is not for authors."""

    number: int
    text: str
    created_at: datetime


# With fewer answers than this a mean says more about these few people than about the question.
FEWEST = 10
# Of so many attempts, the newest.
MOST = 2_000


class Results(NamedTuple):
    """How candidates did at a version of a question.

    Attributes:
        number: of the version.
        answers: how many were asked it, in attempts that are over and scored; all else is None
            while these are fewer than FEWEST.
        facility, deviation: mean and standard deviation of the share they earned, 0 to 1.
        discrimination: how far who does well elsewhere does well here, -1 to 1.
        families: of code, the mean share by family of checks.
    """

    number: int
    answers: int
    facility: float | None = None
    deviation: float | None = None
    discrimination: float | None = None
    families: Mapping[str, float] = MappingProxyType({})


class House(Protocol):
    """What the app that knows people and candidates says of them."""

    # The template around the pages.
    frame: str

    def author(self, request: HttpRequest) -> Author | None:
        """Return for which organisation whoever asks writes now; None for who may not."""

    def preview(self, request: HttpRequest, shown: Shown, organisation: Any) -> HttpResponse:
        """Return the candidate's page of a question."""

    def note(self, author: Author, verb: str, question: Question, **detail: Any) -> None:
        """Keep who did what to `question`, in the transaction that it is done in.

        `verb` is a noun and a past participle: "question.published".
        """

    def reported(self, question: Question, organisation: Any) -> Sequence[Reported]:
        """Return what candidates of `organisation` reported of `question`, the newest first."""

    def results(self, question: Question, organisation: Any) -> Sequence[Results]:
        """Return how candidates of `organisation` did at `question`, by version, newest first."""


@cache
def house() -> House:
    """Return who answers, as the settings name it."""
    answers: House = import_string(settings.AUTHORING_HOUSE)()
    return answers


View = Callable[..., HttpResponse]


def with_author(view: View) -> View:
    """Pass the author instead of their organisation's slug; whoever is none there gets a 404."""

    @wraps(view)
    def wrapped(request: HttpRequest, organisation: str, **kwargs: Any) -> HttpResponse:
        author = house().author(request)
        if author is None or author.organisation.slug != organisation:
            raise Http404
        return view(request, author, **kwargs)

    return wrapped
