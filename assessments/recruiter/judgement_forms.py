"""What members say of an attempt: a decision, a score in place of another, a comment."""

from typing import Any

from django import forms

from assessments.actions.commenting import LONGEST
from assessments.models import AssessmentQuestion, Decision

_OUTCOMES = {
    Decision.Outcome.ADVANCE: "Advance: they go on to the next step",
    Decision.Outcome.HOLD: "Hold: it is open for now",
    Decision.Outcome.DECLINE: "Decline: they do not go on",
}


class SeenForm(forms.Form):
    """Counts what had been said when the page was shown."""

    # More than anybody says, and few enough for any database.
    seen = forms.IntegerField(
        required=False, min_value=0, max_value=10**6, widget=forms.HiddenInput
    )


class DecisionForm(SeenForm):
    outcome = forms.ChoiceField(
        label="Decision",
        choices=[(outcome.value, text) for outcome, text in _OUTCOMES.items()],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Reason",
        help_text="For colleagues, and for anybody who asks later. The candidate is not told.",
        max_length=LONGEST,
        widget=forms.Textarea({"class": "form-control", "rows": 3}),
    )


class OverrideForm(SeenForm):
    """A percentage for the whole or for one question; `take_back` lets the automatic one count."""

    question = forms.ModelChoiceField(
        AssessmentQuestion.objects.none(),
        required=False,
        empty_label="The whole score",
        label="Of",
        widget=forms.Select({"class": "form-select"}),
    )
    percent = forms.FloatField(
        label="New score in %",
        required=False,
        min_value=0,
        max_value=100,
        widget=forms.NumberInput({"class": "form-control m-short", "step": "any"}),
    )
    reason = forms.CharField(
        label="Reason",
        help_text="It is shown beside both scores.",
        max_length=LONGEST,
        widget=forms.Textarea({"class": "form-control", "rows": 2}),
    )
    take_back = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, questions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser: Any = self.fields["question"]
        chooser.queryset = questions
        chooser.label_from_instance = lambda each: each.question_version.title

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not data.get("take_back") and data.get("percent") is None and "percent" in data:
            self.add_error("percent", "Which score is to count?")
        return data


class CommentForm(forms.Form):
    question = forms.ModelChoiceField(
        AssessmentQuestion.objects.none(),
        required=False,
        empty_label="The attempt as a whole",
        label="On",
        widget=forms.Select({"class": "form-select"}),
    )
    text = forms.CharField(
        label="Comment",
        max_length=LONGEST,
        widget=forms.Textarea({"class": "form-control", "rows": 3}),
    )

    def __init__(self, *args: Any, questions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser: Any = self.fields["question"]
        chooser.queryset = questions
        chooser.label_from_instance = lambda each: each.question_version.title


class CommentTextForm(forms.Form):
    text = forms.CharField(
        label="Comment",
        max_length=LONGEST,
        widget=forms.Textarea({"class": "form-control", "rows": 3}),
    )
