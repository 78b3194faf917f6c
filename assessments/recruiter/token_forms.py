"""What owners enter of a token of another system."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone

from assessments.models import ApiToken

Scope = ApiToken.Scope
# What each scope opens, in the words of the page.
SCOPES = {
    Scope.READ: "read: assessments, questions, candidates, attempts and their results",
    Scope.INVITE: "invite: make and change invitations, and what is made easier for a candidate",
    Scope.AUTHOR: "author: read questions with their official answers",
    Scope.GRADE: "grade: send code, and follow it to its report",
    Scope.ADMIN: "admin: read members, note decisions, erase candidates",
}


class TokenForm(forms.Form):
    name = forms.CharField(
        label="What it is for",
        help_text="For you and your colleagues, as “applicant tracking”.",
        max_length=100,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        help_text="Choose as little as that system needs.",
        choices=list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
    )
    days = forms.IntegerField(
        label="Days until it expires",
        help_text="Leave it empty for a token that works until it is revoked.",
        min_value=1,
        max_value=3650,
        initial=365,
        required=False,
        widget=forms.NumberInput({"class": "form-control", "inputmode": "numeric"}),
    )

    @property
    def expires_at(self) -> datetime | None:
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=days) if days else None
