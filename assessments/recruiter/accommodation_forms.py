"""What recruiters enter of an accommodation: what is granted, and minutes in a hurry."""

from typing import Any

from django import forms

from assessments.models import Accommodation


def _number(label: str, most: int, help_text: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_value=most,
        initial=0,
        required=False,
        widget=forms.NumberInput({"class": "form-control", "inputmode": "numeric"}),
    )


def _box(label: str, help_text: str) -> forms.BooleanField:
    return forms.BooleanField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )


class AccommodationForm(forms.Form):
    """All that holds from now on; an empty field grants nothing."""

    extra_percent = _number(
        "Extra time, in percent", 400, "Of every clock: with 25, 40 minutes become 50."
    )
    extra_minutes = _number("Extra time, in minutes", 1440, "On top of the whole.")
    break_minutes = _number(
        "Breaks, in minutes", 480, "For so long, in all, the candidate may stop the clock."
    )
    untimed = _box("No time limit", "The sitting stays open for 30 days.")
    large_type = _box("Larger type", "On every page of the candidate.")
    note = forms.CharField(
        label="Note",
        help_text="Why, for you and your colleagues who invite. Nobody who scores sees it.",
        max_length=2000,
        required=False,
        widget=forms.Textarea({"class": "form-control", "rows": 2}),
    )

    @classmethod
    def of(cls, held: Accommodation) -> "AccommodationForm":
        """A form that shows what holds now; the note is that of the next change."""
        fields = [name for name in cls.base_fields if name != "note"]
        return cls(initial={name: getattr(held, name) for name in fields})

    @property
    def granted(self) -> dict[str, Any]:
        """What the action `grant_accommodation` asks for."""
        return {name: value or 0 if name.startswith(("extra", "break")) else value
                for name, value in self.cleaned_data.items()}  # fmt: skip

    @property
    def grants(self) -> bool:
        """Whether anything at all was entered."""
        return any(self.cleaned_data.values())


class ReopenForm(forms.Form):
    """For how long a sitting that is over goes on, and why."""

    minutes = forms.IntegerField(
        label="Minutes from now",
        min_value=1,
        max_value=240,
        initial=15,
        widget=forms.NumberInput({"class": "form-control", "inputmode": "numeric"}),
    )
    reason = forms.CharField(
        help_text="For the log, without names.",
        max_length=300,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )


class MoreTimeForm(forms.Form):
    """So many minutes more, at once."""

    minutes = forms.IntegerField(
        min_value=1,
        max_value=240,
        initial=10,
        widget=forms.NumberInput({"class": "form-control", "inputmode": "numeric"}),
    )
