"""What an owner chooses to see of the audit log."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.forms import DateInput, TextInput

from assessments.looks import about
from assessments.models import Assessment, AuditEntry, Candidate, Organisation
from assessments.models.audit import AuditEntryQuerySet
from assessments.recruiter.viewer import Viewer, keys_of_alias

# More of them than that is no search for somebody.
MOST_FOUND = 50
# By the beginnings of the verbs.
NOUNS = {
    "invitation": ("invitation", "open_link"),
    "accommodation": ("accommodation",),
    "problem_report": ("problem_report",),
    "attempt": ("attempt", "review", "score", "comment", "label", "pair"),
    "decision": ("decision",),
    "regrade": ("regrade",),
    "candidate": ("candidate", "organisation.outlived", "names"),
    "share": ("link", "share"),
    "assessment": ("assessment", "section", "pool"),
    "question": ("question",),
    "member": ("member", "single_sign_on", "second_factor", "recovery_codes", "password"),
    "token": ("token", "apitoken"),
    "organisation": ("organisation.changed",),
}
TITLES = {
    "invitation": "invitations",
    "accommodation": "accommodations",
    "problem_report": "reported problems",
    "attempt": "reviews, scores, comments",
    "decision": "decisions",
    "regrade": "regrades",
    "candidate": "candidates' data",
    "share": "shared reports",
    "assessment": "assessments",
    "question": "questions",
    "member": "members",
    "token": "tokens",
    "organisation": "settings",
}


class LogForm(forms.Form):
    """Every field may be left out, and nonsense in one of them counts as left out."""

    kind = forms.ChoiceField(
        label="Show",
        choices=[
            ("", "everything"),
            ("changes", "changes"),
            ("looks", "looks at data"),
            ("sign_ins", "sign-ins"),
        ],
    )
    who = forms.CharField(max_length=200, widget=TextInput({"list": "actors"}))
    what = forms.ChoiceField(choices=[("", "anything"), *TITLES.items()])
    about = forms.CharField(max_length=200, widget=TextInput({"placeholder": "Name or title"}))
    since = forms.DateField(label="From", widget=DateInput({"type": "date"}))
    until = forms.DateField(label="To", widget=DateInput({"type": "date"}))

    def __init__(self, data: Any, organisation: Organisation, viewer: Viewer) -> None:
        super().__init__(data)
        self.organisation, self.viewer = organisation, viewer
        for field in self.fields.values():
            field.required = False
            choice = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if choice else "form-control"
        self.is_valid()

    @property
    def chosen(self) -> bool:
        return any(self.cleaned_data.values())

    def entries(self) -> AuditEntryQuerySet:
        """The entries that the fields describe, newest first."""
        found: AuditEntryQuerySet = AuditEntry.objects.of(self.organisation)
        if kind := self._value("kind"):
            found = getattr(found, kind)()
        for field in ("who", "what", "about"):
            if text := self._value(field):
                found = found.filter(getattr(self, f"_{field}")(text))
        if since := self._value("since"):
            found = found.filter(at__gte=_midnight(since))
        if until := self._value("until"):
            found = found.filter(at__lt=_midnight(until + timedelta(days=1)))
        return found.select_related("member", "token")

    def _value(self, name: str) -> Any:
        return self.cleaned_data.get(name)

    def _who(self, text: str) -> Q:
        member = Q(member__email__icontains=text) | Q(member__name__icontains=text)
        return Q(actor__icontains=text) | member

    def _what(self, noun: str) -> Q:
        found = Q()
        for begin in NOUNS[noun]:
            found |= Q(verb__startswith=begin)
        return found

    def _about(self, text: str) -> Q:
        """A thing by its table and key, as links give it, or what is called so."""
        kind, _, key = text.partition(":")
        if key and kind == "candidate":
            return about(Candidate.objects.of(self.organisation).filter(pk=_uuid(key)))
        if key:
            return Q(target_kind=kind, target_id=key)
        return self._called(text)

    def _called(self, text: str) -> Q:
        assessments = Assessment.objects.of(self.organisation).filter(
            Q(versions__title__icontains=text) | Q(slug__icontains=text)
        )
        keys = assessments.order_by().values_list("pk", flat=True).distinct()[:MOST_FOUND]
        titled = Q(target_kind="assessment", target_id__in=[str(key) for key in keys])
        return titled | about(self._candidates(text))

    def _candidates(self, text: str) -> Any:
        """Those who are called so, where names are shown; else those with such an alias."""
        found = Candidate.objects.of(self.organisation)
        if self.viewer.sees_names(self.organisation.pk):
            return found.filter(Q(name__icontains=text) | Q(email__icontains=text))[:MOST_FOUND]
        keys = keys_of_alias(text)
        return found.filter(invitations__attempt__pk__range=keys) if keys else found.none()


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _uuid(text: str) -> str | None:
    try:
        return str(forms.UUIDField().clean(text))
    except forms.ValidationError:
        return None
