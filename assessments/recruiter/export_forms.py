"""What a member says of an export: what a row is, which format, and whether it names anybody."""

from typing import Any

from django import forms

from assessments.exports.kinds import KINDS
from assessments.models import Export


class ExportForm(forms.Form):
    kind = forms.ChoiceField(
        label="What the file holds",
        choices=[(kind, f"{kind.capitalize()}. {each.tells}") for kind, each in KINDS.items()],
        widget=forms.RadioSelect({"class": "form-check-input"}),
        initial=Export.Kind.ATTEMPTS,
    )
    format = forms.ChoiceField(
        choices=Export.Format.choices,
        widget=forms.Select({"class": "form-select"}),
        help_text=(
            "CSV and Excel for people; Parquet and JSON lines for programs. "
            "Excel holds 1,048,575 rows."
        ),
    )
    with_codebook = forms.BooleanField(
        label="Put codebook.json beside it",
        help_text="With CSV and JSON lines it makes a ZIP; Excel and Parquet hold it anyway.",
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )
    names = forms.BooleanField(
        label="With names and e-mail addresses",
        help_text="Without them each candidate has an alias, the same in every file.",
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )

    def __init__(self, data: Any, *, may_name: bool, wanted: str = "") -> None:
        """`wanted` is the format that the table was to be given in, with the names it shows."""
        form = "xlsx" if wanted == "xlsx" else "csv"
        super().__init__(data, initial={"format": form, "names": bool(wanted)})
        if not may_name:
            del self.fields["names"]

    @property
    def asked(self) -> dict[str, Any]:
        """What `ask_for_export` takes."""
        return {
            "kind": self.cleaned_data["kind"],
            "form": self.cleaned_data["format"],
            "with_codebook": self.cleaned_data["with_codebook"],
            "shows_names": self.cleaned_data.get("names", False),
        }
