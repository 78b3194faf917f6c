"""What recruiters enter of an open link."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from assessments.models import OpenLink

MOST = 100_000


def _number(label: str, most: int, initial: int, help_text: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=1,
        max_value=most,
        initial=initial,
        widget=forms.NumberInput({"class": "form-control", "inputmode": "numeric"}),
    )


class LinkForm(forms.Form):
    name = forms.CharField(
        label="Where it is published",
        help_text="For you and your colleagues, as “careers page”.",
        max_length=100,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )
    cap = _number("Most people", MOST, 100, "So many may invite themselves by it.")
    open_days = _number("Days from today until it closes", 365, 30, "You can close it earlier.")
    days = _number("Days for each person", 365, 7, "From joining until the invitation expires.")

    @classmethod
    def of(cls, link: OpenLink, data: Any = None) -> "LinkForm":
        left = max(1, (link.expires_at - timezone.now()).days + 1)
        initial = {"name": link.name, "cap": link.cap, "open_days": left, "days": link.days}
        return cls(data, initial=initial, auto_id=f"link-{link.pk.hex[:8]}-%s")

    @property
    def expires_at(self) -> datetime:
        return timezone.now() + timedelta(days=self.cleaned_data["open_days"])

    @property
    def fields_of_link(self) -> dict[str, Any]:
        """What the actions ask for."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "cap": data["cap"],
            "days": data["days"],
            "expires_at": self.expires_at,
        }
