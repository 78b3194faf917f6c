"""A list of people to invite: pasted or uploaded, with the terms that hold for all of them."""

from datetime import date
from typing import Any

from django import forms

from assessments.models import InvitationList
from assessments.people import MOST_BYTES, Unreadable, decoded, read_people
from assessments.recruiter.accommodation_forms import AccommodationForm
from assessments.recruiter.invitation_forms import TermsForm

EXAMPLE = "Ada Lovelace <ada@example.org>\nCarl Gauss, carl@example.org\nemmy@example.org"


class ListForm(TermsForm):
    people = forms.CharField(
        label="People, one a line",
        help_text="A name and an e-mail address, as in a mail program, or a table with the names "
        "of its columns in the first line.",
        max_length=MOST_BYTES,
        strip=False,
        required=False,
        widget=forms.Textarea({"class": "form-control", "rows": 8, "placeholder": EXAMPLE}),
    )
    file = forms.FileField(
        label="Or a CSV file",
        help_text="Up to 2,000 rows and 1 MiB.",
        required=False,
        widget=forms.FileInput(
            {"class": "form-control", "accept": ".csv,.txt,.tsv,text/csv,text/plain"}
        ),
    )

    field_order = ("people", "file", "days", "send", "message")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        file, text = data.get("file"), str(data.get("people") or "")
        if self.errors.keys() & {"people", "file"}:
            return data
        if file and text.strip():
            self.add_error("file", "Paste a list or choose a file, one of them.")
        elif file or text.strip():
            self._read(file, text)
        else:
            self.add_error("people", "Paste a list, or choose a file.")
        return data

    def _read(self, file: Any, text: str) -> None:
        try:
            # One byte more than is allowed tells that it is too many.
            text = decoded(file.read(MOST_BYTES + 1)) if file else text
            read_people(text)
        except Unreadable as fault:
            self.add_error("file" if file else "people", str(fault))
        else:
            self.cleaned_data["text"] = text

    @property
    def text(self) -> str:
        """The list, however it came."""
        return str(self.cleaned_data["text"])

    def choices_for(self, granting: AccommodationForm) -> dict[str, Any]:
        """What `keep_list` is to keep beside the text."""
        data = self.cleaned_data
        return {
            "days": data["days"],
            "opens_at": data["opens_at"].isoformat() if data["opens_at"] else None,
            "remind_on": data["remind_on"].isoformat() if data["remind_on"] else None,
            "remind_at": self.remind_at.isoformat() if self.remind_at else None,
            "language": data["language"],
            "send": data["send"],
            "message": data["message"],
            "granted": granting.granted,
        }


def forms_of(made: InvitationList) -> tuple[ListForm, AccommodationForm]:
    """The forms as they were filled in for `made`, to change something."""
    choices = made.choices
    remind_on = choices.get("remind_on")
    kept = {
        **choices,
        "people": made.text,
        "remind_on": date.fromisoformat(remind_on) if remind_on else None,
        "opens_at": choices["opens_at"][:16] if choices.get("opens_at") else None,
    }
    return ListForm(initial=kept), AccommodationForm(initial=choices.get("granted", {}))
