"""What members choose to find pairs of similar code, and what they say of one."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from assessments.models import Assessment, SimilarPair
from assessments.models.similarity import SimilarPairQuerySet

State = SimilarPair.State
FOUND = [State.UNRELATED, State.COPIED]


class PairFilterForm(forms.Form):
    """Every field may be left out, and nonsense in one of them counts as left out."""

    assessment = forms.ModelChoiceField(
        Assessment.objects.none(),
        required=False,
        empty_label="all",
        widget=forms.Select({"class": "form-select"}),
    )
    state = forms.ChoiceField(
        choices=[("", "to be looked at"), ("all", "all"), *[(s, s.label) for s in FOUND]],
        required=False,
        widget=forms.Select({"class": "form-select"}),
    )

    def __init__(self, *args: Any, assessments: QuerySet[Assessment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser: Any = self.fields["assessment"]
        chooser.queryset = assessments
        chooser.label_from_instance = lambda assessment: assessment.title or assessment.slug
        self.is_valid()

    def filter(self, found: SimilarPairQuerySet) -> SimilarPairQuerySet:
        if assessment := self.cleaned_data.get("assessment"):
            found = found.of_assessment(assessment)
        state = self.cleaned_data.get("state") or State.OPEN
        return found if state == "all" else found.filter(state=state)


class ResolveForm(forms.Form):
    state = forms.ChoiceField(
        label="What you found",
        choices=[(state, state.label.capitalize()) for state in FOUND],
        widget=forms.RadioSelect({"class": "form-check-input"}),
    )
    note = forms.CharField(
        label="Why",
        help_text="For colleagues who read the report; both candidates may ask to see it.",
        max_length=2000,
        widget=forms.Textarea({"class": "form-control", "rows": 3}),
    )
