"""What the candidate's pages send: the consent, and answers from forms without scripts."""

from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from questions import kinds


class StartForm(forms.Form):
    consent = forms.BooleanField(
        label=_("I have read this and agree to what is recorded."),
        error_messages={"required": _("Please agree to what is recorded before you start.")},
    )
    # Which words the page showed; browsers always send it.
    notice = forms.CharField(required=False, widget=forms.HiddenInput)

    def is_about(self, digest: str) -> bool:
        """Whether the consent was given to the words that hold now."""
        return self.cleaned_data["notice"] in ("", digest)


class RequestForm(forms.Form):
    text = forms.CharField(
        label=_("What do you need?"),
        max_length=2000,
        help_text=_(
            "For example: a quarter more time, and 15 minutes of breaks. You need not say why."
        ),
        widget=forms.Textarea(attrs={"rows": 6, "class": "form-control"}),
        error_messages={"required": _("Please say what you need.")},
    )


class JoinForm(forms.Form):
    """Who wants to be invited; whose address it is, the e-mail to it shows."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "name"}),
        error_messages={"required": _("Please say your name.")},
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput({"class": "form-control", "autocomplete": "email"}),
        error_messages={
            "required": _("Please say your e-mail address."),
            "invalid": _("This is no e-mail address."),
        },
    )


class DeclarationForm(forms.Form):
    """What a candidate says of AI assistants where they are allowed if declared."""

    NONE, USED = "none", "used"
    assistant = forms.ChoiceField(
        choices=[(NONE, _("I used none.")), (USED, _("I used one."))],
        error_messages={"required": _("Please say whether you used an AI assistant.")},
    )
    use = forms.CharField(max_length=4000, required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("assistant") == self.USED and not found.get("use"):
            self.add_error("use", _("Please say which one you used, and for which questions."))
        return found

    @property
    def declared(self) -> str:
        """The use of an assistant, "" where there was none."""
        data = self.cleaned_data
        return str(data["use"]) if data["assistant"] == self.USED else ""


def by_htmx(request: HttpRequest) -> bool:
    """Whether a part of a page is asked for; a form without scripts asks for a whole one."""
    return request.headers.get("HX-Request") == "true"


def answer_from(kind: str, data: QueryDict) -> dict[str, Any]:
    """Return the answer in a posted form; {} where nothing was entered."""
    fields = kinds.get(kind).answer_fields
    found = {name: _entered(name, type_, data) for name, type_ in fields.items()}
    return {name: value for name, value in found.items() if value or name == "source"}


def _entered(name: str, type_: type, data: QueryDict) -> Any:
    """Return one field of an answer: text, the values of several boxes, or pairs `name.key`."""
    if type_ is list:
        return _moved(data.getlist(name), data.get("move", ""))
    if type_ is dict:
        keys = (key for key in data if key.startswith(f"{name}."))
        return {key.partition(".")[2]: _typed(data[key]) for key in keys if data[key]}
    return _typed(data.get(name, ""))


def _typed(text: Any) -> str:
    """Forms send line ends as CR LF, whatever was typed."""
    return str(text).replace("\r\n", "\n")


def _moved(values: list[str], move: str) -> list[str]:
    """Return the values with one of them moved, as the buttons of a list say: "b:up"."""
    value, _, way = move.partition(":")
    if value not in values or way not in ("up", "down"):
        return values
    place = values.index(value)
    other = max(0, place - 1) if way == "up" else min(len(values) - 1, place + 1)
    values[place], values[other] = values[other], values[place]
    return values


def revision_from(data: QueryDict, name: str = "revision") -> int:
    """Return the revision that a form was made from, 0 where it names none."""
    text = data.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0
