"""What recruiters enter of an invitation: whom, what they write, and for how long it holds."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.utils import timezone

# Of a day that was chosen: before work begins in most of Europe, and no candidate is woken.
HOUR = time(8, tzinfo=UTC)
LONGEST_MESSAGE = 2000


class TermsForm(forms.Form):
    """What holds for an invitation, or for all of a list."""

    days = forms.IntegerField(
        label="Days until the link expires",
        min_value=1,
        max_value=365,
        initial=14,
        widget=forms.NumberInput({"class": "form-control", "inputmode": "numeric"}),
    )
    opens_at = forms.DateTimeField(
        label="Can be started from (UTC)",
        help_text="Empty: at once. The page tells candidates in their own time.",
        required=False,
        widget=forms.DateTimeInput(
            {"class": "form-control", "type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
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
        widget=forms.DateInput({"class": "form-control", "type": "date"}, format="%Y-%m-%d"),
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        day, days, opens = data.get("remind_on"), data.get("days"), data.get("opens_at")
        now = timezone.now()
        expires = now + timedelta(days=days) if days else None
        if opens and expires and opens >= expires:
            self.add_error("opens_at", "Choose a moment before the link expires.")
        if day and moment_on(day) <= now:
            self.add_error("remind_on", "Choose a day that is still to come.")
        elif day and expires and moment_on(day) >= expires:
            self.add_error("remind_on", "Choose a day before the link expires.")
        elif day and opens and moment_on(day) <= opens:
            self.add_error("remind_on", "Choose a day after the link opens.")
        return data

    @property
    def remind_at(self) -> datetime | None:
        day = self.cleaned_data["remind_on"]
        return moment_on(day) if day else None


class InviteForm(TermsForm):
    """One candidate, and the terms."""

    name = forms.CharField(
        max_length=200, widget=forms.TextInput({"class": "form-control", "autocomplete": "off"})
    )
    email = forms.EmailField(
        label="E-mail address",
        widget=forms.EmailInput({"class": "form-control", "autocomplete": "off"}),
    )
    # Offered once it was refused, and never before.
    although = forms.BooleanField(
        label="Invite once more all the same",
        help_text="Where the attempts are used up, the audit log notes that you granted one more.",
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )

    field_order = ("name", "email", "although", "days", "send", "message")
    offers_although = False

    def clean_email(self) -> str:
        """One person is one candidate, however the address was typed."""
        email: str = self.cleaned_data["email"]
        return email.lower()

    @property
    def shown(self) -> list[BoundField]:
        offered = self.offers_although or bool(self["although"].data)
        return [field for field in self if field.name != "although" or offered]

    def invitation(self) -> dict[str, Any]:
        """What the action `invite` asks for."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "email": data["email"],
            "expires_in": timedelta(days=data["days"]),
            "message": data["message"],
            "language": data["language"],
            "opens_at": data["opens_at"],
            "remind_at": self.remind_at,
            "send": data["send"],
            "one_more": data["although"],
        }


class ExtendForm(forms.Form):
    """For how many days from now on the link is to work."""

    days = forms.IntegerField(min_value=1, max_value=365)

    @property
    def expires_at(self) -> datetime:
        return timezone.now() + timedelta(days=self.cleaned_data["days"])


def moment_on(day: date) -> datetime:
    return datetime.combine(day, HOUR)
