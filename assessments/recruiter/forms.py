"""What members enter to sign in, and to choose which attempts to look at."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.db.models import F, QuerySet

from assessments.models import Assessment, Attempt
from assessments.models.attempt import AttemptQuerySet
from assessments.recruiter.viewer import Viewer, keys_of_alias


class SignInForm(LoginForm):  # type: ignore[misc]
    """Allauth's, in the words of our other pages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "E-mail address"
        self.fields["remember"].label = "Stay signed in on this device"


class AttemptFilterForm(forms.Form):
    """Every field may be left out, and nonsense in one of them counts as left out."""

    SORTS = {
        "newest": ("-started_at", "-id"),
        "oldest": ("started_at", "id"),
        "score": (F("score").desc(nulls_last=True), "-started_at", "-id"),
        "-score": (F("score").asc(nulls_last=True), "-started_at", "-id"),
        "candidate": ("invitation__candidate__name", "-started_at", "-id"),
        "-candidate": ("-invitation__candidate__name", "-started_at", "-id"),
        "taken": (F("taken").asc(nulls_last=True), "-started_at", "-id"),
        "-taken": (F("taken").desc(nulls_last=True), "-started_at", "-id"),
    }
    FALLING = ("newest", "score", "-candidate", "-taken")
    SORT_TITLES = {
        "newest": "newest first",
        "oldest": "oldest first",
        "score": "highest score first",
        "-score": "lowest score first",
        "candidate": "candidate, A to Z",
        "-candidate": "candidate, Z to A",
        "taken": "quickest first",
        "-taken": "slowest first",
    }

    q = forms.CharField(
        label="Search",
        max_length=200,
        widget=forms.TextInput(
            {"type": "search", "class": "form-control", "placeholder": "Name or e-mail"}
        ),
    )
    assessment = forms.ModelChoiceField(Assessment.objects.none(), empty_label="all")
    stage = forms.ChoiceField(label="State", choices=[("", "any"), *Attempt.Stage.choices])
    sort = forms.ChoiceField(choices=list(SORT_TITLES.items()))

    def __init__(self, *args: Any, assessments: QuerySet[Assessment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = False
            if name != "q":
                field.widget.attrs["class"] = "form-select"
        chooser: Any = self.fields["assessment"]
        chooser.queryset = assessments
        chooser.label_from_instance = lambda assessment: assessment.title or assessment.slug
        self.is_valid()

    @property
    def order(self) -> str:
        return self.cleaned_data.get("sort") or "newest"

    @property
    def order_title(self) -> str:
        return self.SORT_TITLES[self.order]

    def filter(self, found: AttemptQuerySet, viewer: Viewer) -> AttemptQuerySet:
        """Return those attempts of `found` that the fields describe, sorted."""
        if assessment := self.cleaned_data.get("assessment"):
            found = found.filter(invitation__assessment_version__assessment=assessment)
        if stage := self.cleaned_data.get("stage"):
            found = found.at_stage(stage)
        if text := self.cleaned_data.get("q"):
            found = found.matching(text, viewer.named, keys_of_alias(text))
        return found.with_taken().order_by(*self._sorts(viewer))

    def _sorts(self, viewer: Viewer) -> Any:
        # An order by names that are hidden would tell of them.
        by_name = self.order in ("candidate", "-candidate") and not viewer.sees_all_names
        return ("id",) if by_name else self.SORTS[self.order]
