"""When an assessment closes: typed as a day and a time in UTC."""

from datetime import UTC, datetime

from django import forms

from assessments.models import Assessment

SHOWN = "%Y-%m-%dT%H:%M"


class ClosingForm(forms.Form):
    closes_at = forms.DateTimeField(
        label="Closes at (UTC)",
        help_text="Nobody starts it from then on, whatever an invitation says; who sits goes on. "
        "Empty: it stays open.",
        required=False,
        widget=forms.DateTimeInput(
            {"type": "datetime-local", "class": "form-control",
             "aria-describedby": "id_closes_at_helptext"}, format=SHOWN
        ),
    )  # fmt: skip

    @classmethod
    def of(cls, assessment: Assessment) -> "ClosingForm":
        moment = assessment.closes_at
        return cls(initial={"closes_at": moment.astimezone(UTC) if moment else None})

    @property
    def moment(self) -> datetime | None:
        found: datetime | None = self.cleaned_data["closes_at"]
        return found
