"""What recruiters enter of an invitation: whom, what they write, and for how long it holds."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone

# Of a day that was chosen: before work begins in most of Europe, and no candidate is woken.
HOUR = time(8, tzinfo=UTC)
LONGEST_MESSAGE = 2000


class InviteForm(forms.Form):
    name = forms.CharField(
        max_length=200, widget=forms.TextInput({"class": "form-control", "autocomplete": "off"})
    )
    email = forms.EmailField(
        label="E-mail address",
        widget=forms.EmailInput({"class": "form-control", "autocomplete": "off"}),
    )
    days = forms.IntegerField(
        label="Days until the link expires",
        min_value=1,
        max_value=365,
        initial=14,
        widget=forms.NumberInput({"class": "form-control", "inputmode": "numeric"}),
    )
    language = forms.ChoiceField(
        label="Language of e-mails and pages",
        help_text="Candidates can choose another one on their pages. Questions stay as they are.",
        required=False,
        widget=forms.Select({"class": "form-select"}),
        choices=[("", "Pages as the browser asks, e-mails in English"), *settings.LANGUAGES],
    )
    send = forms.BooleanField(
        label="Send the invitation by e-mail",
        help_text="Without it you get the link, and send it yourself.",
        required=False,
        initial=True,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )
    message = forms.CharField(
        label="Your own words in the e-mail",
        max_length=LONGEST_MESSAGE,
        required=False,
        widget=forms.Textarea({"class": "form-control", "rows": 3}),
    )
    remind_on = forms.DateField(
        label="Remind by e-mail on",
        help_text="Unless the candidate has started by then.",
        required=False,
        widget=forms.DateInput({"class": "form-control", "type": "date"}),
    )

    def clean_email(self) -> str:
        """One person is one candidate, however the address was typed."""
        email: str = self.cleaned_data["email"]
        return email.lower()

    def clean(self) -> dict[str, Any]:
        day, days = self.cleaned_data.get("remind_on"), self.cleaned_data.get("days")
        now = timezone.now()
        if day and moment_on(day) <= now:
            self.add_error("remind_on", "Choose a day that is still to come.")
        elif day and days and moment_on(day) >= now + timedelta(days=days):
            self.add_error("remind_on", "Choose a day before the link expires.")
        return self.cleaned_data

    def invitation(self) -> dict[str, Any]:
        """What the action `invite` asks for."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "email": data["email"],
            "expires_in": timedelta(days=data["days"]),
            "message": data["message"],
            "language": data["language"],
            "remind_at": moment_on(data["remind_on"]) if data["remind_on"] else None,
            "send": data["send"],
        }


class ExtendForm(forms.Form):
    """For how many days from now on the link is to work."""

    days = forms.IntegerField(min_value=1, max_value=365)

    @property
    def expires_at(self) -> datetime:
        return timezone.now() + timedelta(days=self.cleaned_data["days"])


def moment_on(day: date) -> datetime:
    return datetime.combine(day, HOUR)
