"""What owners enter about members, and what who is invited enters to become one."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts

from assessments.models import Member

# What each role may do: below the choice, for a phone cuts longer choices off.
ROLES = (
    "Owners do everything, members and settings too. Recruiters make assessments, invite and "
    "decide. Reviewers read and score answers. Authors write questions and see no candidates."
)


class InviteMemberForm(forms.Form):
    email = forms.EmailField(
        label="E-mail address", widget=forms.EmailInput({"class": "form-control"})
    )
    role = forms.ChoiceField(
        choices=Member.Role.choices,
        help_text=ROLES,
        initial=Member.Role.RECRUITER,
        widget=forms.Select({"class": "form-select"}),
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        choices=Member.Role.choices, widget=forms.Select({"class": "form-select"})
    )

    @classmethod
    def of(cls, member: Member) -> "RoleForm":
        return cls(initial={"role": member.role}, auto_id=f"member_{member.pk}_%s")


class NameForm(forms.Form):
    """One's own name."""

    name = forms.CharField(
        label="Your name",
        help_text="Members of your organisations see it.",
        max_length=200,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class WelcomeForm(NameForm):
    """What a new member needs besides the link."""

    password = forms.CharField(
        label="A password",
        strip=False,
        widget=forms.PasswordInput({"class": "form-control", "autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = " ".join(password_validators_help_texts())


class SignInRulesForm(forms.Form):
    needs_second_factor = forms.BooleanField(
        label="Every member needs a second factor",
        help_text=(
            "An app that makes codes, or a passkey. Who has none yet is asked to set one up before "
            "anything else. Whoever signs in at your own provider is checked there."
        ),
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )
