"""What the candidate's pages send: the consent, and answers from forms without scripts."""

from typing import Any

from django import forms
from django.http import QueryDict


class StartForm(forms.Form):
    consent = forms.BooleanField(
        label="I have read this and agree to what is recorded.",
        error_messages={"required": "Please agree to what is recorded before you start."},
    )


def answer_from(kind: str, data: QueryDict) -> dict[str, Any]:
    """Return the answer in a posted form; {} where nothing was chosen."""
    field = {"single_choice": "option", "coding": "source"}[kind]
    value = data.get(field)
    if value is None:
        return {}
    # Forms send line ends as CR LF, whatever was typed.
    return {field: value.replace("\r\n", "\n")}


def revision_from(data: QueryDict) -> int:
    """Return the revision that a form was made from, 0 where it names none."""
    text = data.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0
