"""What is typed into a draft: forms that save what is right of them, and know what was there."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from assessments.actions.drafting import Edit
from assessments.actions.pooling import is_free
from assessments.models import AssessmentVersion, Section

Save = Callable[[Edit], dict[str, Any]]
LONGEST_TEXT = 20_000
MOST_MINUTES = 600


class ShareField(forms.FloatField):
    """A share of one, typed and shown in percent."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=100, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{100 * value:.4g}" if isinstance(value, float) else value

    def clean(self, value: Any) -> Any:
        percent = super().clean(value)
        return None if percent is None else round(percent / 100, 6)


class WeightField(forms.FloatField):
    """What a question counts beside the others."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.NumberInput({"step": "any", "inputmode": "decimal"})
        super().__init__(min_value=0.1, max_value=1000, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:g}" if isinstance(value, float) else value


class EditForm(forms.Form):
    """Fields of one row, each sent with what stood in it when the page was made.

    Attributes:
        theirs: what somebody else wrote meanwhile, by the names of the fields it concerns.
    """

    def __init__(self, data: QueryDict | None = None, *, row: Any, prefix: str = "") -> None:
        known = {name: getattr(row, name) for name in self.base_fields}
        copied: Any = data.copy() if data is not None else None
        super().__init__(copied, prefix=prefix or None, initial=known)
        # A copy, in which this form notes what is stored meanwhile.
        self.sent: Any = copied
        self.row = row
        self.theirs: dict[str, Any] = {}
        for name, field in self.fields.items():
            field.show_hidden_initial = True
            field.widget.attrs.setdefault("class", _look(field))
            if field.help_text:
                help_id = f"id_{self.add_prefix(name)}_helptext"
                field.widget.attrs["aria-describedby"] = help_id

    def save_with(self, save: Save) -> bool:
        """Store what was changed and is right; return whether nothing is left to say.

        What can't be stored stays in the form as it was typed.
        """
        self.is_valid()
        self.theirs = save(self._edit()) if self._changed() else {}
        for name in self.fields:
            if name in self.theirs:
                self.add_error(name, self._told(name))
            elif name not in self.errors:
                self._settle(name)
        return not self.errors

    @property
    def settled(self) -> list[Any]:
        """The fields of which the page should know what is stored now."""
        return [self[name] for name in self.fields if name not in self.errors]

    def _changed(self) -> list[str]:
        return [name for name in self.changed_data if name in self.cleaned_data]

    def _edit(self) -> Edit:
        changed, sent = self._changed(), self.data
        wanted = {name for name in changed if self.add_prefix(name) in _list(sent, "keep")}
        return Edit(
            {name: self.cleaned_data[name] for name in changed},
            {name: self._seen(name) for name in changed},
            frozenset(wanted),
        )

    def _seen(self, name: str) -> Any:
        """What stood in a field when its page was made; something impossible where nobody said."""
        raw = self.data.get(self.add_initial_prefix(name))
        try:
            return self.fields[name].clean(raw) if raw is not None else NOTHING
        except ValidationError:
            return None

    def _told(self, name: str) -> str:
        said = self.shown(name, self.theirs[name])
        now = f"now it says “{said}”" if said else "now it is empty"
        return f"Somebody changed this in between: {now}. Yours is not saved."

    def shown(self, name: str, value: Any) -> str:
        """Return a value as a person reads it."""
        field: Any = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return "yes" if value else "no"
        choices = dict(getattr(field, "choices", ()))
        text = choices.get(value, field.prepare_value(value))
        return "" if text is None else str(text)

    def _settle(self, name: str) -> None:
        """From now on the page builds on what it has just sent."""
        self.sent[self.add_initial_prefix(name)] = self.sent.get(self.add_prefix(name), "")


NOTHING = object()


def _list(data: Any, name: str) -> list[str]:
    found: list[str] = data.getlist(name) if isinstance(data, MultiValueDict) else []
    return found


def _look(field: forms.Field) -> str:
    if isinstance(field.widget, forms.CheckboxInput):
        return "form-check-input"
    return "form-select" if isinstance(field.widget, forms.Select) else "form-control"


def _text(label: str, help_text: str = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": rows, "class": "form-control m-grow"}),
    )


def _number(label: str, help_text: str = "", *, most: int, required: bool = True) -> Any:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=1,
        max_value=most,
        required=required,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )


def _choice(label: str, choices: Iterable[tuple[str, str]], help_text: str = "") -> Any:
    return forms.ChoiceField(
        label=label, choices=list(choices), help_text=help_text, widget=forms.Select()
    )


def _box(label: str, help_text: str = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=help_text, required=False)


class TextsForm(EditForm):
    title = forms.CharField(max_length=200, error_messages={"required": "Give it a title."})
    purpose = _text("Purpose", "Why people are asked, and for what. Markdown.", 3)
    intro = _text("Introduction", "What candidates should expect. Markdown.", 5)


class SettingsForm(EditForm):
    minutes = _number(
        "Minutes",
        "Of the whole. Where sections have minutes of their own, their sum.",
        most=MOST_MINUTES,
    )
    pass_mark = ShareField(label="Pass mark, in percent", help_text="Of all points.")
    feedback = _choice(
        "Candidates are told",
        AssessmentVersion.Feedback.choices,
        "Of code while they work, of everything once it is over.",
    )
    counts = _choice("Of several submissions counts", AssessmentVersion.Counts.choices)
    max_submissions = _number(
        "Submissions of code for each question",
        "Empty: as many as one likes. Runs are never limited.",
        most=1000,
        required=False,
    )
    max_attempts = _number(
        "Attempts of one candidate", "Each with an invitation of its own.", most=20
    )
    reviewers = forms.TypedChoiceField(
        label="Open answers are scored by",
        choices=[(1, "one person"), (2, "two people, and a third where they disagree")],
        coerce=int,
        widget=forms.Select(),
    )
    assistants = _choice("Candidates may use", AssessmentVersion.Assistants.choices)
    notes_allowed = _box("Notes, books and documentation are allowed")
    records_events = _box(
        "Record events and how code grows",
        "Leaving the page, pasting, networks: evidence for people, told to candidates beforehand.",
    )


class SectionForm(EditForm):
    title = forms.CharField(max_length=200, error_messages={"required": "Give it a title."})
    intro = _text("Introduction", "Markdown; candidates read it before they enter.", 2)
    minutes = _number(
        "Minutes of its own", "Give them to all sections or to none.", most=600, required=False
    )
    order = _choice("Its questions are answered", Section.Order.choices)
    shuffled = _box("Every attempt has an order of its own")


class PlaceForm(EditForm):
    """A question at its place."""

    weight = WeightField()


class PoolForm(EditForm):
    """A pool, whose row says what all its questions weigh."""

    name = forms.CharField(max_length=100, error_messages={"required": "Give it a name."})
    draws = _number("Each attempt gets", most=200)
    weight = WeightField(label="Weight of each")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not is_free(self.row.version, self.row.pk, name):
            raise ValidationError("Another pool is called so.")
        return name
