"""Which questions to pick from the bank, and where to put them."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from assessments.actions import picking, pooling
from assessments.actions.pooling import matching
from assessments.models import AssessmentVersion, Pool
from questions import files, kinds
from questions.authoring.listing import FilterForm
from questions.models import Question, QuestionVersion


class PickForm(FilterForm):
    """The search of the bank, among what is published."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.base_fields.pop("status", None)
        super().__init__(data)


class TargetForm(forms.Form):
    """Where picked questions go: to a section, to a pool, or into a pool of their own."""

    to = forms.ChoiceField(
        label="Put them into", required=False, widget=forms.Select({"class": "form-select"})
    )
    name = forms.CharField(
        label="Name of the new pool",
        max_length=100,
        required=False,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )
    draws = forms.IntegerField(
        label="Each attempt gets",
        min_value=1,
        max_value=200,
        required=False,
        widget=forms.NumberInput({"class": "form-control", "inputmode": "numeric"}),
    )

    def __init__(self, data: QueryDict | None, *, version: AssessmentVersion) -> None:
        super().__init__(data if data and "to" in data else None)
        chosen: Any = self.fields["to"]
        chosen.choices = list(_targets(version))

    def clean(self) -> dict[str, Any]:
        if self._kind == "new":
            for name, sentence in (
                ("name", "Give the pool a name."),
                ("draws", "Say how many of them each attempt gets."),
            ):
                if not self.cleaned_data.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return self.cleaned_data

    def put(self, version: AssessmentVersion, keys: list[int]) -> int:
        """Put the questions there; return how many came in."""
        key = self._key
        if self._kind == "new":
            said = self.cleaned_data
            _, held = pooling.make_pool(
                version, said["name"], said["draws"], section=key, keys=keys
            )
            return held
        where = {"pool": key} if self._kind == "pool" else {"section": key}
        return len(picking.add_questions(version, keys, **where))

    @property
    def _kind(self) -> str:
        return str(self.cleaned_data.get("to", "")).partition(":")[0]

    @property
    def _key(self) -> int | None:
        key = self.cleaned_data.get("to", "").partition(":")[2]
        return int(key) if key.isdecimal() and key != "0" else None


def _targets(version: AssessmentVersion) -> list[tuple[str, str]]:
    sections = [(each.pk, f"“{each.title}”") for each in version.sections.all()]
    places = sections or [(0, "the questions")]
    return [
        *((f"section:{key}", f"{title}, asked of everybody") for key, title in places),
        *((f"pool:{each.pk}", f"the pool “{each.name}”") for each in version.pools.all()),
        *((f"new:{key}", f"a new pool in {title}") for key, title in places),
    ]


class PoolMaker(forms.Form):
    """A new pool by what its questions are about. Nothing ticked in a list leaves nothing out."""

    topics = forms.MultipleChoiceField(
        choices=lambda: sorted(files.topics().items(), key=lambda topic: topic[1]),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )
    difficulties = forms.TypedMultipleChoiceField(
        choices=[(level.value, level.label.lower()) for level in Question.Difficulty],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )
    kinds = forms.MultipleChoiceField(
        choices=kinds.choices, required=False, widget=forms.CheckboxSelectMultiple()
    )
    name = forms.CharField(
        max_length=100,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )
    draws = forms.IntegerField(
        label="Each attempt gets",
        min_value=1,
        max_value=200,
        initial=1,
        widget=forms.NumberInput({"class": "form-control", "inputmode": "numeric"}),
    )
    section = forms.TypedChoiceField(
        coerce=int, empty_value=None, required=False, widget=forms.Select({"class": "form-select"})
    )

    def __init__(self, data: QueryDict | None, *, version: AssessmentVersion) -> None:
        super().__init__(data)
        self.version = version
        sections = [(each.pk, each.title) for each in version.sections.all()]
        if sections:
            chosen: Any = self.fields["section"]
            chosen.choices = sections
        else:
            del self.fields["section"]

    @property
    def criteria(self) -> dict[str, list[Any]]:
        """What was ticked, whether or not the rest is right."""
        self.is_valid()
        said = self.cleaned_data if self.is_bound else {}
        return {name: said.get(name) or [] for name in ("topics", "difficulties", "kinds")}

    def matches(self) -> QuerySet[QuestionVersion]:
        """What would be in it: nothing of what the draft asks already."""
        asked = self.version.questions.values("question_version__question")
        found = matching(self.version.assessment.organisation, self.criteria)
        return found.exclude(question__in=asked)

    def make(self) -> tuple[Pool, int]:
        said = self.cleaned_data
        return pooling.make_pool(
            self.version,
            said["name"],
            said["draws"],
            section=said.get("section"),
            criteria=self.criteria,
        )
