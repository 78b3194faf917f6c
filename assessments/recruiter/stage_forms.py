"""What owners enter of a system without an assessment module: fields, stages, and a sample."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from assessments.integrations.hiring.adapters import Adapter
from assessments.integrations.hiring.proofs import Proof
from assessments.integrations.outbound import Refused, check_url
from assessments.models import HiringConnection
from assessments.recruiter.hiring_forms import CONTROL, SELECT, ConnectionForm

# So many stages can be set; three empty places are always there.
MOST, FREE = 20, 3
PATHS = {
    "email": ("E-mail address", "data.candidate.email"),
    "name": ("Name", "data.candidate.name, or first and last name with a space between"),
    "key": ("Key of person or application", "data.application.id"),
    "stage": ("Stage", "data.stage.name"),
    "profile_url": ("Page of the person over there", "may be left empty"),
}


class StageForm(ConnectionForm):
    proof = forms.ChoiceField(
        label="How a call shows that it is your system's",
        choices=Proof.choices,
        widget=forms.Select(SELECT),
    )
    signature_header = forms.CharField(
        label="Header of the signature",
        help_text="For a signature of the body alone, as X-Signature.",
        max_length=100,
        required=False,
        widget=forms.TextInput(CONTROL),
    )
    results_url = forms.CharField(
        label="Address for results",
        help_text="Where you want to hear how each order stands; webhooks tell it, too.",
        max_length=500,
        required=False,
        widget=forms.URLInput(CONTROL),
    )

    def __init__(
        self,
        data: QueryDict | None,
        adapter: Adapter,
        published: Any,
        connection: HiringConnection | None = None,
    ) -> None:
        super().__init__(data, adapter, published, connection)
        kept: Mapping[str, Any] = connection.settings if connection else {}
        for name, (label, hint) in PATHS.items():
            self.fields[f"path_{name}"] = forms.CharField(
                label=label,
                help_text=f"As {hint}." if name != "profile_url" else "It may be left empty.",
                max_length=200,
                required=name != "profile_url",
                initial=kept.get("fields", {}).get(name, ""),
                widget=forms.TextInput(CONTROL),
            )
        for name in ("proof", "signature_header", "results_url"):
            self.fields[name].initial = kept.get(name, "")
        self._add_stages(kept.get("stages", []), published)

    def _add_stages(self, kept: list[dict[str, str]], published: Any) -> None:
        titles = [(str(each.pk), each.title or str(each)) for each in published]
        self.places = min(MOST, len(kept) + FREE)
        for place in range(self.places):
            row = kept[place] if place < len(kept) else {}
            self.fields[f"stage_{place}"] = forms.CharField(
                label="Stage", max_length=200, required=False, initial=row.get("stage", ""),
                widget=forms.TextInput(CONTROL),
            )  # fmt: skip
            self.fields[f"assessment_{place}"] = forms.ChoiceField(
                label="invites to", choices=[("", "nothing"), *titles], required=False,
                initial=row.get("assessment", ""), widget=forms.Select(SELECT),
            )  # fmt: skip

    @property
    def paths(self) -> list[forms.BoundField]:
        return [self[f"path_{name}"] for name in PATHS]

    @property
    def stages(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [
            (self[f"stage_{place}"], self[f"assessment_{place}"]) for place in range(self.places)
        ]

    def clean_results_url(self) -> str:
        url: str = self.cleaned_data["results_url"]
        try:
            if url:
                check_url(url)
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return url

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("proof") == Proof.HMAC and not data.get("signature_header"):
            self.add_error("signature_header", "Say which header the signature comes in.")
        seen: set[str] = set()
        for place in range(self.places):
            stage = data.get(f"stage_{place}", "")
            if bool(stage) != bool(data.get(f"assessment_{place}")):
                self.add_error(f"stage_{place}", "A stage and an assessment belong together.")
            if stage and stage.casefold() in seen:
                self.add_error(f"stage_{place}", "This stage is there twice.")
            seen.add(stage.casefold())
        return data

    def settings(self) -> dict[str, Any]:
        data = self.cleaned_data
        rows = [
            {"stage": data[f"stage_{place}"], "assessment": data[f"assessment_{place}"]}
            for place in range(self.places)
        ]
        return {
            "proof": data["proof"],
            "signature_header": data["signature_header"],
            "results_url": data["results_url"],
            "fields": {name: data[f"path_{name}"] for name in PATHS},
            "stages": [row for row in rows if row["stage"]],
        }


class SampleForm(forms.Form):
    sample = forms.CharField(
        label="A message of the other system, as JSON",
        help_text="Nobody is invited, and nothing of it is kept.",
        max_length=100_000,
        strip=False,
        widget=forms.Textarea({"class": "form-control m-code-input", "rows": 10}),
    )
