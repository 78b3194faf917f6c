"""The list of questions: search, filters, and rows that cost the same number of queries each."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.db import models
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from questions import files, kinds
from questions.authoring.house import Author
from questions.models import Exposure, Question, QuestionVersion, Withdrawal

Status = QuestionVersion.Status
ANY = ("", "any")
# Filters of exposure: its name, what the list calls it, and its condition.
EXPOSURES: dict[str, tuple[str, Q]] = {
    "unused": ("asked nowhere", Q(assessments=0)),
    "used": ("in an assessment", Q(assessments__gt=0)),
    "10": ("seen by 10 candidates or more", Q(candidates__gte=10)),
    "50": ("seen by 50 or more", Q(candidates__gte=50)),
    "200": ("seen by 200 or more", Q(candidates__gte=200)),
}
SORTS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "title": ("title, A to Z", ("title", "pk")),
    "newest": ("newest first", ("-created_at", "-pk")),
    "exposure": ("most often seen first", (F("candidates").desc(), "title", "pk")),
}


def rows(author: Author) -> QuerySet[QuestionVersion]:
    """The newest version of every question that `author` sees, with what a row tells of it."""
    newest = QuestionVersion.objects.visible_to(author.organisation).newest()
    return described(newest, author.organisation)


def described(
    found: QuerySet[QuestionVersion], organisation: models.Model
) -> QuerySet[QuestionVersion]:
    """Return `found` with what a row tells of it.

    Annotates `assessments`, `candidates`, `withdrawn` (the status here, or null) and `published`
    (whether any version is).
    """
    question = OuterRef("question")
    seen = Exposure.objects.filter(organisation=organisation.pk, question=question)
    withdrawn = Withdrawal.objects.open().filter(organisation=organisation.pk, question=question)
    published = QuestionVersion.objects.published().filter(question=question)
    return (
        found.annotate(
            assessments=_count(seen, "assessments"),
            candidates=_count(seen, "candidates"),
            withdrawn=Subquery(withdrawn.values("status")[:1]),
            published=Exists(published),
        )
        .select_related("question")
        .prefetch_related("question__topics")
        .defer("content")
    )


def _count(seen: QuerySet[Exposure], name: str) -> Coalesce:
    return Coalesce(Subquery(seen.values(name)[:1]), Value(0), output_field=IntegerField())


class FilterForm(forms.Form):
    """Every field may be left out, and nonsense in one of them counts as left out."""

    q = forms.CharField(
        label="Search",
        max_length=200,
        widget=forms.TextInput(
            {"type": "search", "class": "form-control", "placeholder": "Title, text or tag"}
        ),
    )
    whose = forms.ChoiceField(
        label="From", choices=[("", "everywhere"), ("own", "ours"), ("shared", "shared by all")]
    )
    topic = forms.ChoiceField(choices=lambda: [ANY, *files.topics().items()])
    role = forms.ChoiceField(choices=lambda: [ANY, *files.ROLES.items()])
    kind = forms.ChoiceField(choices=lambda: [ANY, *kinds.choices()])
    difficulty = forms.ChoiceField(choices=[ANY, *((n, n) for n in files.DIFFICULTIES)])
    status = forms.ChoiceField(choices=[ANY, *Status.choices])
    exposure = forms.ChoiceField(
        label="Use", choices=[ANY, *((name, title) for name, (title, _) in EXPOSURES.items())]
    )
    sort = forms.ChoiceField(
        label="Order", choices=[(name, title) for name, (title, _) in SORTS.items()]
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        for name, field in self.fields.items():
            field.required = False
            if name != "q":
                field.widget.attrs["class"] = "form-select"
        self.is_valid()

    @property
    def narrowed(self) -> bool:
        """Whether any filter besides the search is set."""
        return bool(self.cleaned_data.get("whose")) or self.further

    @property
    def further(self) -> bool:
        """Whether any filter besides the search and whose they are is set."""
        first = ("q", "sort", "whose")
        return any(value for name, value in self.cleaned_data.items() if name not in first)

    def filter(self, found: QuerySet[QuestionVersion]) -> QuerySet[QuestionVersion]:
        """Return those of `found` that the fields describe, sorted."""
        said = {name: value for name, value in self.cleaned_data.items() if value}
        for name in said.keys() & CONDITIONS.keys():
            found = found.filter(CONDITIONS[name](said[name]))
        return found.order_by(*SORTS[said.get("sort", "title")][1])


def _containing(text: str) -> Q:
    fields = ("title", "question__slug", "question__tags", "content__prompt")
    condition = Q()
    for field in fields:
        condition |= Q(**{f"{field}__icontains": text})
    return condition


def _of_topic(slug: str) -> Q:
    # A subquery: a join would double what is sorted under several topics.
    return Q(question__in=Question.objects.filter(topics__slug=slug))


def _for_role(role: str) -> Q:
    return Q(question__in=Question.objects.for_role(role))


def _at(status: str) -> Q:
    """Published is what may be asked, though a draft of a next version lies beside it."""
    if status == Status.PUBLISHED:
        return Q(published=True, withdrawn=None)
    if status in QuestionVersion.WITHDRAWN:
        return Q(withdrawn=status) | Q(status=status, withdrawn=None)
    return Q(status=status)


CONDITIONS: dict[str, Callable[[str], Q]] = {
    "q": _containing,
    "whose": lambda whose: Q(question__organisation__isnull=whose == "shared"),
    "topic": _of_topic,
    "role": _for_role,
    "kind": lambda kind: Q(kind=kind),
    "difficulty": lambda name: Q(question__difficulty=files.DIFFICULTIES[name]),
    "status": _at,
    "exposure": lambda name: EXPOSURES[name][1],
}
