"""What is graded again, and who is told of it."""

from typing import Any

from django import forms

from assessments.actions.commenting import LONGEST
from assessments.models import Assessment, AssessmentVersion


class RegradeForm(forms.Form):
    grades = forms.BooleanField(
        label="Grade all code again, with the grader as it is now",
        required=False,
        initial=True,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )
    corrected = forms.BooleanField(
        label="Score by the newest version of the assessment",
        help_text="Its corrected questions and its weights. A question that it does not ask any "
        "more counts no more; one that it added counts for nobody who was not asked it. The pass "
        "mark stays that of the version that each candidate sat.",
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )
    versions = forms.TypedMultipleChoiceField(
        label="Attempts of",
        help_text="None chosen means all.",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label="Why",
        help_text="It is kept in the audit log and in the history of each attempt.",
        max_length=LONGEST,
        widget=forms.Textarea({"class": "form-control", "rows": 3}),
    )
    tells_candidates = forms.BooleanField(
        label="Write to candidates whose result, as far as they are told it, changes",
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )
    tells_systems = forms.BooleanField(
        label="Tell other systems, by webhook",
        required=False,
        initial=True,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, assessment: Assessment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        published = assessment.versions.filter(published_at__isnull=False).order_by("number")
        self.published = list(published)
        chooser: Any = self.fields["versions"]
        chooser.choices = [(each.number, f"version {each.number}") for each in self.published]

    @property
    def newest(self) -> AssessmentVersion:
        return self.published[-1]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not data.get("grades") and not data.get("corrected"):
            raise forms.ValidationError(
                "Choose what is done anew: the grading of code, the version, or both."
            )
        return data

    @property
    def asked(self) -> dict[str, Any]:
        """What the action is told."""
        data = dict(self.cleaned_data)
        corrected = data.pop("corrected")
        return {**data, "by_version": self.newest if corrected else None}
