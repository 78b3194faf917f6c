"""What owners enter of connections to hiring systems, and of what they read there."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings as site
from django.http import QueryDict

from assessments.actions.hiring_connections import Terms
from assessments.integrations.hiring.adapters import Adapter
from assessments.models import Assessment, HiringConnection, HiringError, HiringOrder

CONTROL = {"class": "form-control", "autocomplete": "off"}
SELECT = {"class": "form-select"}


class ConnectionForm(forms.Form):
    """What every system has; `adapter` says which of it."""

    name = forms.CharField(
        label="Name",
        help_text="For you and your colleagues, as “Greenhouse, research team”.",
        max_length=100,
        widget=forms.TextInput(CONTROL),
    )
    their_key = forms.CharField(
        max_length=500,
        required=False,
        strip=True,
        widget=forms.PasswordInput(CONTROL),
    )
    hosts = forms.CharField(
        label="Hosts that results may be sent to",
        help_text="With commas between; addresses below them count, too.",
        max_length=400,
        widget=forms.TextInput(CONTROL),
    )
    assessments = forms.ModelMultipleChoiceField(
        Assessment.objects.none(),
        label="What may be ordered",
        help_text="Without a choice whatever is published, also later.",
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
    )
    days = forms.IntegerField(
        label="Days to start",
        help_text="For how long an invitation can be followed.",
        min_value=1,
        max_value=90,
        initial=14,
        widget=forms.NumberInput(CONTROL),
    )
    language = forms.ChoiceField(
        label="Language of the e-mails",
        help_text="On the pages candidates choose for themselves.",
        required=False,
        widget=forms.Select(SELECT),
    )

    def __init__(
        self,
        data: QueryDict | None,
        adapter: Adapter,
        published: Any,
        connection: HiringConnection | None = None,
    ) -> None:
        super().__init__(data, initial=_kept(connection) if connection else {})
        self.connection = connection
        self.fields["assessments"].queryset = published  # type: ignore[attr-defined]
        self.fields["assessments"].label_from_instance = _title  # type: ignore[attr-defined]
        self.fields["language"].choices = [("", "English, or the browser's"), *site.LANGUAGES]  # type: ignore[attr-defined]
        self._fit(adapter)

    def _fit(self, adapter: Adapter) -> None:
        """Leave out what that system has not."""
        if not adapter.hosts:
            del self.fields["hosts"]
        elif self.connection is None:
            self.fields["hosts"].initial = ", ".join(adapter.hosts)
        if not adapter.their_key_label:
            del self.fields["their_key"]
            return
        field = self.fields["their_key"]
        field.label = adapter.their_key_label
        if self.connection is None:
            # Some give it out only once they have our key.
            field.help_text = "It gives this out. Nothing is told before it is entered."
        else:
            field.help_text = "Leave it empty to keep the one that is there."

    def clean_hosts(self) -> list[str]:
        found = [each.strip().lower() for each in self.cleaned_data["hosts"].split(",")]
        hosts = [each for each in found if each]
        for host in hosts:
            if any(each in host for each in "/:@* "):
                raise forms.ValidationError(f"“{host}” is not the name of a host.")
        return hosts

    def terms(self) -> Terms:
        """Return what was entered; call it on a valid form."""
        data = self.cleaned_data
        return Terms(
            name=data["name"],
            settings=self.settings(),
            assessments=data["assessments"],
            days=data["days"],
            language=data["language"],
            # An empty field keeps what is there.
            their_key=data.get("their_key") or None,
        )

    def settings(self) -> dict[str, Any]:
        return {"hosts": self.cleaned_data["hosts"]} if "hosts" in self.fields else {}

    @property
    def shown(self) -> Iterator[forms.BoundField]:
        """The fields in their order, but for those that have a place of their own."""
        for name in ("name", "their_key", "hosts", "days", "language"):
            if name in self.fields:
                yield self[name]


def _kept(connection: HiringConnection) -> dict[str, Any]:
    return {
        "name": connection.name,
        "hosts": ", ".join(connection.settings.get("hosts", [])),
        "assessments": [each.pk for each in connection.assessments.all()],
        "days": connection.days,
        "language": connection.language,
    }


def _title(assessment: Any) -> str:
    return str(getattr(assessment, "title", "") or assessment)


class ErrorFilter(forms.Form):
    """Which errors a page lists."""

    side = forms.ChoiceField(
        choices=[("", "all"), *HiringError.Side.choices],
        required=False,
        widget=forms.Select(SELECT),
    )

    @property
    def chosen(self) -> str:
        return str(self.cleaned_data["side"]) if self.is_valid() else ""


class OrderFilter(forms.Form):
    """Which orders a page lists."""

    telling = forms.ChoiceField(
        choices=[("", "all"), *HiringOrder.Telling.choices],
        required=False,
        widget=forms.Select(SELECT),
    )

    @property
    def chosen(self) -> str:
        return str(self.cleaned_data["telling"]) if self.is_valid() else ""
