"""What recruiters answer: to a request for an accommodation, and to a report of a problem."""

from typing import Any

from django import forms

LONGEST = 4000


def number(label: str, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=most,
        initial=0,
        required=False,
        widget=forms.NumberInput({"class": "form-control", "inputmode": "numeric"}),
    )


def box(label: str, **options: Any) -> forms.BooleanField:
    widget = forms.CheckboxInput({"class": "form-check-input"})
    return forms.BooleanField(label=label, required=False, widget=widget, **options)


class AnswerRequestForm(forms.Form):
    """What is granted, and a word to the candidate; which button is pressed decides."""

    extra_percent = number("Extra time, in percent", 400)
    extra_minutes = number("Extra minutes", 1440)
    break_minutes = number("Minutes of breaks", 480)
    untimed = box("No time limit")
    large_type = box("Larger type")
    answer = forms.CharField(
        label="Your answer",
        help_text="The candidate gets it by e-mail, and sees it on their page.",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"class": "form-control", "rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if self.granted and not any(data.get(name) for name in self.GRANTS):
            raise forms.ValidationError("Choose what is granted, or decline the request.")
        if not self.granted and not data.get("answer"):
            self.add_error("answer", "Please tell the candidate why, and what they can do instead.")
        return data

    GRANTS = ("extra_percent", "extra_minutes", "break_minutes", "untimed", "large_type")

    @property
    def granted(self) -> bool:
        return self.data.get("decision") == "grant"

    @property
    def grants(self) -> dict[str, Any]:
        """What the action is told to grant; nothing where it is declined."""
        if not self.granted:
            return {}
        return {name: self.cleaned_data[name] or 0 for name in self.GRANTS}


class AnswerProblemForm(forms.Form):
    answer = forms.CharField(
        label="Your answer",
        help_text="Leave it empty to note that you have looked at it.",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"class": "form-control", "rows": 2}),
    )
    tell = box("Send the answer by e-mail, too", initial=True)
