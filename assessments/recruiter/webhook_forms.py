"""What owners enter of a webhook."""

from typing import Any

from django import forms

from assessments.integrations.outbound import Refused, check_url
from assessments.models import EventType, WebhookEndpoint


class WebhookForm(forms.Form):
    url = forms.CharField(
        label="Address",
        help_text="Where the other system listens; it begins with https://.",
        max_length=500,
        widget=forms.URLInput({"class": "form-control", "autocomplete": "off"}),
    )
    description = forms.CharField(
        label="What it is for",
        help_text="For you and your colleagues, as “results to the data team”.",
        max_length=200,
        required=False,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )
    event_types = forms.MultipleChoiceField(
        label="What it hears of",
        help_text="Without a choice all of it, also what later versions add.",
        choices=EventType.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
    )

    @classmethod
    def of(cls, data: Any, endpoint: WebhookEndpoint) -> "WebhookForm":
        kept = {name: getattr(endpoint, name) for name in cls.base_fields}
        return cls(data, initial=kept)

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            check_url(url)
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return url


class DeliveryForm(forms.Form):
    """Which deliveries a page lists."""

    state = forms.ChoiceField(
        choices=[("", "all"), ("failed", "failed"), ("pending", "waiting"), ("delivered", "sent")],
        required=False,
        widget=forms.Select({"class": "form-select"}),
    )

    @property
    def chosen(self) -> str:
        return str(self.cleaned_data["state"]) if self.is_valid() else ""
