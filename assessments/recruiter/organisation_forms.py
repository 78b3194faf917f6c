"""What holds for all of an organisation, as its owners choose it."""

from typing import Any

from django import forms

from assessments.models import Organisation
from assessments.retention import PERIODS, outlived_by_period


class OrganisationForm(forms.Form):
    """A period that erases more than the one before is stored once somebody has said so."""

    name = forms.CharField(
        help_text="Candidates see it on every page, and as the sender of e-mails.",
        max_length=200,
        widget=forms.TextInput({"class": "form-control"}),
    )
    contact_email = forms.EmailField(
        label="Address for candidates",
        help_text="Where candidates may write to; e-mails are answered there.",
        required=False,
        widget=forms.EmailInput({"class": "form-control"}),
    )
    notice = forms.CharField(
        label="Notice for candidates",
        help_text=(
            "Markdown. It stands on the invitation page beside what is recorded, and candidates "
            "agree to it: the law that you rely on, whom to ask for another way to be assessed, "
            "who gets the data besides you."
        ),
        max_length=10_000,
        required=False,
        widget=forms.Textarea({"class": "form-control", "rows": 8}),
    )
    hides_names = forms.BooleanField(
        label="Reviewers see candidates without names",
        help_text="Owners and recruiters see names, unless they hide them for themselves.",
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )
    retention_days = forms.TypedChoiceField(
        label="Keep names, answers and code for",
        help_text=(
            "Counted from the end of each attempt. Then they are erased by themselves; scores "
            "stay, without a name. A shorter time takes hold the next night."
        ),
        coerce=int,
        widget=forms.Select({"class": "form-select"}),
    )
    sure = forms.BooleanField(
        label="Erase them the next night",
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )

    def __init__(self, data: Any, organisation: Organisation) -> None:
        kept = {name: getattr(organisation, name, None) for name in self.base_fields}
        super().__init__(data, initial=kept)
        self.now = organisation.retention_days
        periods = {self.now: f"{self.now} days"} | PERIODS
        self.erased = outlived_by_period(organisation, periods)
        field: Any = self.fields["retention_days"]
        field.choices = [(days, self._period(days, periods[days])) for days in sorted(periods)]
        self.needs_consent = False

    def _period(self, days: int, name: str) -> str:
        """A period, with what the next night erases by it."""
        number = self.erased[days]
        return f"{name} (erases {_invitations(number)} the next night)" if number else name

    def clean_name(self) -> str:
        """A name is one line: it stands in the heads of e-mails."""
        return " ".join(self.cleaned_data["name"].split())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        number = self.erased.get(cleaned.get("retention_days", self.now), 0)
        if number > self.erased[self.now] and not cleaned.get("sure"):
            self.needs_consent = True
            self.add_error(
                "retention_days",
                f"The next night erases what is personal of {_invitations(number)}, and nobody "
                "brings it back. Say below that you mean it.",
            )
        return cleaned

    @property
    def settings(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "sure"}


def _invitations(number: int) -> str:
    return "1 invitation" if number == 1 else f"{number} invitations"
