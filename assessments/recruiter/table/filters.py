"""Which attempts the table of candidates shows; nonsense in a field counts as left out."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Exists, F, OuterRef, QuerySet

from assessments.models import (
    Assessment,
    AssessmentVersion,
    Attempt,
    Decision,
    IntegrityEvent,
    Label,
    ProblemReport,
)
from assessments.models.attempt import AttemptQuerySet
from assessments.recruiter.table.orders import outcome
from assessments.recruiter.viewer import Viewer, keys_of_alias

MARK = "invitation__assessment_version__pass_mark"
UNDECIDED = "none"
HAS = [
    ("events", "integrity events"),
    ("reports", "problem reports"),
]
# A bound that people type as 87.5 %, and a score that is kept as 0.875 in binary.
_ROUNDING = Decimal("1e-9")


class PercentField(forms.DecimalField):
    """Percent as people type them; the value is a share."""

    def __init__(self, **fields: Any) -> None:
        widget = forms.NumberInput({"step": "any", "min": 0, "max": 100})
        super().__init__(min_value=0, max_value=100, widget=widget, **fields)

    def clean(self, value: Any) -> Any:
        percent = super().clean(value)
        return None if percent is None else percent / 100


class FilterForm(forms.Form):
    """Every field may be left out."""

    # These stand in the first row of the form; the others are behind a button.
    FIRST = ("q", "assessment", "stage", "decision")

    q = forms.CharField(label="Search", max_length=200, widget=forms.TextInput({"type": "search"}))
    assessment = forms.ModelChoiceField(Assessment.objects.none(), empty_label="all")
    stage = forms.ChoiceField(label="State", choices=[("", "any"), *Attempt.Stage.choices])
    decision = forms.ChoiceField(
        choices=[("", "any"), (UNDECIDED, "none yet"), *Decision.Outcome.choices]
    )
    version = forms.ModelChoiceField(AssessmentVersion.objects.none(), empty_label="all")
    passed = forms.ChoiceField(
        label="Pass mark", choices=[("", "any"), ("yes", "reached"), ("no", "below")]
    )
    score_min = PercentField(label="Score from, %")
    score_max = PercentField(label="Score to, %")
    since = forms.DateField(label="Started from", widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label="Started to", widget=forms.DateInput({"type": "date"}))
    label = forms.ModelMultipleChoiceField(
        Label.objects.none(), label="Labels, any of", widget=forms.CheckboxSelectMultiple
    )
    has = forms.MultipleChoiceField(label="With", choices=HAS, widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        data: Any,
        *,
        viewer: Viewer,
        manages: bool,
        assessments: QuerySet[Assessment],
        labels: QuerySet[Label],
    ) -> None:
        super().__init__(data)
        self.viewer = viewer
        for name, field in self.fields.items():
            field.required = False
            _dress(name, field)
        self._offer("assessment", assessments, lambda each: each.title or each.slug)
        versions = AssessmentVersion.objects.filter(
            assessment__in=assessments.values("pk"), published_at__isnull=False
        )
        self._offer("version", versions.order_by("title", "-number"), _version_name)
        self._offer("label", labels, str)
        if not manages:
            boxes: Any = self.fields["has"]
            boxes.choices = HAS[:1]
        placeholder = "Name or e-mail" if viewer.sees_all_names else "Alias, as K7Q2-M4XD"
        self.fields["q"].widget.attrs["placeholder"] = placeholder
        self.is_valid()

    def _offer(self, name: str, rows: Any, called: Any) -> None:
        chooser: Any = self.fields[name]
        chooser.queryset, chooser.label_from_instance = rows, called

    @property
    def first(self) -> list[Any]:
        return [self[name] for name in self.FIRST]

    @property
    def more(self) -> list[Any]:
        return [field for field in self.visible_fields() if field.name not in self.FIRST]

    def given(self, name: str) -> Any:
        return self.cleaned_data.get(name)

    @property
    def used(self) -> list[str]:
        """The names of the fields that say something."""
        return [name for name, value in self.cleaned_data.items() if value or value == 0]

    def filter(self, found: AttemptQuerySet) -> AttemptQuerySet:
        """Return those attempts of `found` that the fields describe."""
        for name in self.used:
            narrow: Callable[[AttemptQuerySet, Any], AttemptQuerySet] = getattr(self, f"_by_{name}")
            found = narrow(found, self.given(name))
        return found

    def _by_q(self, found: AttemptQuerySet, text: str) -> AttemptQuerySet:
        return found.matching(text, self.viewer.named, keys_of_alias(text))

    def _by_assessment(self, found: AttemptQuerySet, wanted: Assessment) -> AttemptQuerySet:
        return found.filter(invitation__assessment_version__assessment=wanted)

    def _by_version(self, found: AttemptQuerySet, wanted: AssessmentVersion) -> AttemptQuerySet:
        return found.filter(invitation__assessment_version=wanted)

    def _by_stage(self, found: AttemptQuerySet, stage: str) -> AttemptQuerySet:
        return found.at_stage(stage)

    def _by_passed(self, found: AttemptQuerySet, answer: str) -> AttemptQuerySet:
        return found.filter(**{f"score__{'gte' if answer == 'yes' else 'lt'}": F(MARK)})

    def _by_score_min(self, found: AttemptQuerySet, share: Decimal) -> AttemptQuerySet:
        return found.filter(score__gte=lowest(share))

    def _by_score_max(self, found: AttemptQuerySet, share: Decimal) -> AttemptQuerySet:
        return found.filter(score__lte=highest(share))

    def _by_since(self, found: AttemptQuerySet, day: Any) -> AttemptQuerySet:
        return found.filter(started_at__gte=_begin(day))

    def _by_until(self, found: AttemptQuerySet, day: Any) -> AttemptQuerySet:
        return found.filter(started_at__lt=_begin(day + timedelta(days=1)))

    def _by_label(self, found: AttemptQuerySet, labels: Sequence[Label]) -> AttemptQuerySet:
        put_on = Label.attempts.through.objects.filter(label__in=labels)
        return found.filter(pk__in=put_on.values("attempt"))

    def _by_has(self, found: AttemptQuerySet, wanted: Iterable[str]) -> AttemptQuerySet:
        models: dict[str, Any] = {"events": IntegrityEvent, "reports": ProblemReport}
        for name in wanted:
            found = found.filter(Exists(models[name].objects.filter(attempt=OuterRef("pk"))))
        return found

    def _by_decision(self, found: AttemptQuerySet, wanted: str) -> AttemptQuerySet:
        if wanted == UNDECIDED:
            return found.filter(decisions=None)
        # Those that were ever decided so are few to look at; what is newest decides.
        ever = Decision.objects.filter(outcome=wanted).values("attempt")
        newest: AttemptQuerySet = found.alias(decided=outcome())
        return newest.filter(pk__in=ever, decided=wanted)


def lowest(share: Decimal) -> float:
    return float(share - _ROUNDING)


def highest(share: Decimal) -> float:
    return float(share + _ROUNDING)


def _begin(day: Any) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _version_name(version: AssessmentVersion) -> str:
    return f"{version.title}, version {version.number}"


def _dress(name: str, field: forms.Field) -> None:
    css = "form-control"
    if isinstance(field.widget, forms.CheckboxSelectMultiple):
        css = "form-check-input"
    elif isinstance(field.widget, forms.Select):
        css = "form-select"
    field.widget.attrs["class"] = css
