"""What a member decides when a report leaves the organisation."""

from django import forms

from assessments.actions.sharing import LONGEST_DAYS


class ShareForm(forms.Form):
    name = forms.CharField(
        label="For whom",
        help_text="So that you know the link again in the list; who follows it does not see it.",
        max_length=100,
        widget=forms.TextInput({"class": "form-control"}),
    )
    days = forms.IntegerField(
        label="Days until it expires",
        help_text=f"1 to {LONGEST_DAYS}.",
        min_value=1,
        max_value=LONGEST_DAYS,
        initial=14,
        widget=forms.NumberInput({"class": "form-control m-short-field"}),
    )
    shows_personal_data = forms.BooleanField(
        label="Show personal data: names, e-mail addresses, and what was written in words",
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )
