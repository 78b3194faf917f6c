"""Which invitations to show, and what to do with those that were ticked, or with all of them."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q

from assessments.models.invitation import InvitationQuerySet
from assessments.recruiter.glance import GLANCES

DOINGS = {
    "send": "Send by e-mail",
    "remind": "Remind by e-mail",
    "extend": "Extend",
    "revoke": "Revoke",
}


class InvitationFilterForm(forms.Form):
    """Every field may be left out, and nonsense in one of them counts as left out."""

    q = forms.CharField(
        label="Search",
        max_length=200,
        widget=forms.TextInput(
            {"type": "search", "class": "form-control", "placeholder": "Name or e-mail"}
        ),
    )
    state = forms.ChoiceField(
        choices=[("", "any"), *((word, glance.title) for word, glance in GLANCES.items())],
        widget=forms.Select({"class": "form-select"}),
    )
    # Set by the pages of a list or of an open link.
    list = forms.UUIDField(widget=forms.HiddenInput)
    link = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False
        self.is_valid()

    def filter(self, found: InvitationQuerySet) -> InvitationQuerySet:
        """Return those of `found`, read `with_glance`, that the fields describe."""
        said = self.cleaned_data
        if state := said.get("state"):
            found = found.filter(glance=state)
        if text := said.get("q"):
            found = found.filter(
                Q(candidate__name__icontains=text) | Q(candidate__email__icontains=text)
            )
        if said.get("list"):
            found = found.filter(listed=said["list"])
        if said.get("link"):
            found = found.filter(open_link=said["link"])
        return found

    @property
    def narrows(self) -> bool:
        return any(self.cleaned_data.values())


class DoingForm(forms.Form):
    """What to do, and with which: those that were ticked, all of the page, or all that match."""

    PICKED, PAGE, ALL = "picked", "page", "all"

    do = forms.ChoiceField(choices=list(DOINGS.items()))
    which = forms.ChoiceField(
        choices=[(PICKED, "those ticked"), (PAGE, "this page"), (ALL, "all that match")]
    )
    days = forms.IntegerField(min_value=1, max_value=365, required=False)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("do") == "extend" and not data.get("days") and "days" not in self.errors:
            self.add_error("days", "Say for how many days.")
        return data


def keys(values: list[str]) -> list[UUID]:
    """The keys among what a form sent."""
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
