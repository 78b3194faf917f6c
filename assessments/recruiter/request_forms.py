"""What recruiters answer: to a request for an accommodation, and to a report of a problem."""

from typing import Any, Self

from django import forms

from assessments.models import Accommodation
from assessments.recruiter.accommodation_forms import AccommodationForm

LONGEST = 4000


class AnswerRequestForm(AccommodationForm):
    """What is granted, and a word to the candidate; the button that is pressed decides."""

    answer = forms.CharField(
        label="Your answer",
        help_text="The candidate gets it by e-mail, and sees it on their page.",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"class": "form-control", "rows": 3}),
    )
    decision = forms.ChoiceField(choices=[("grant", "Grant"), ("decline", "Decline")])

    GRANTS = ("extra_percent", "extra_minutes", "break_minutes", "untimed", "large_type")

    @classmethod
    def over(cls, held: Accommodation, auto_id: str) -> Self:
        """A form that starts from what holds already, for what it leaves out holds no more."""
        kept = {name: getattr(held, name) for name in cls.GRANTS}
        return cls(initial=kept, auto_id=auto_id)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if self.grants and not any(data.get(name) for name in self.GRANTS):
            raise forms.ValidationError("Choose what is granted, or decline the request.")
        if not self.grants and not data.get("answer"):
            self.add_error("answer", "Please tell the candidate why, and what they can do instead.")
        return data

    @property
    def grants(self) -> bool:
        return self.cleaned_data.get("decision") == "grant"

    @property
    def granting(self) -> dict[str, Any]:
        """What the action is told to grant; nothing where it is declined."""
        if not self.grants:
            return {}
        kept = super().granted
        return {name: kept[name] for name in (*self.GRANTS, "note")}


class AnswerProblemForm(forms.Form):
    answer = forms.CharField(
        label="Your answer",
        help_text="Leave it empty to note that you have looked at it.",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"class": "form-control", "rows": 2}),
    )
    tell = forms.BooleanField(
        label="Send the answer by e-mail, too",
        required=False,
        initial=True,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )
