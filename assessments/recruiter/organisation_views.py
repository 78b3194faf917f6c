"""The settings of an organisation, for its owners."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from assessments.actions import change_organisation
from assessments.models import Organisation

# Up to five years; the law asks for a reason, and not for a certain number.
PERIODS = {
    30: "30 days",
    90: "90 days",
    182: "half a year",
    365: "1 year",
    730: "2 years",
    1096: "3 years",
    1461: "4 years",
    1826: "5 years",
}


class OrganisationForm(forms.Form):
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
    retention_days = forms.TypedChoiceField(
        label="Keep names, answers and code for",
        help_text=(
            "Counted from the end of each attempt. Then they are erased by themselves; scores "
            "stay, without a name. A shorter time takes hold the next night."
        ),
        coerce=int,
        widget=forms.Select({"class": "form-select"}),
    )

    def __init__(self, data: Any, organisation: Organisation) -> None:
        kept = {name: getattr(organisation, name) for name in self.base_fields}
        super().__init__(data, initial=kept)
        days = organisation.retention_days
        period: Any = self.fields["retention_days"]
        period.choices = sorted(({days: f"{days} days"} | PERIODS).items())

    def clean_name(self) -> str:
        """A name is one line: it stands in the heads of e-mails."""
        return " ".join(self.cleaned_data["name"].split())


@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Change what holds for all of the organisation that an owner works in."""
    owned = Organisation.objects.run_by(request.user)
    found = get_object_or_404(owned, slug=slug) if slug else get_object_or_404(owned)
    form = OrganisationForm(request.POST or None, found)
    if form.is_valid():
        change_organisation(found, **form.cleaned_data)
        messages.success(request, "The settings are saved.")
        return redirect("recruiter:organisation_of", found.slug)
    context = {"form": form, "organisation": found}
    status = 422 if form.errors else 200
    return render(request, "recruiter/organisation.html", context, status=status)
