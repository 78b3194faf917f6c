"""What a candidate may say of a question and of the whole."""

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.candidate.steps import Step

LONGEST = 4000


class ProblemForm(forms.Form):
    """Its name on a question's page tells it from the answer, which is sent along."""

    problem = forms.CharField(
        label=_("What is wrong?"),
        max_length=LONGEST,
        widget=forms.Textarea({"class": "form-control", "rows": 3}),
        error_messages={"required": _("Please write what is wrong.")},
    )


class AnyProblemForm(ProblemForm):
    """After the end: of one of the questions, or of the whole."""

    about = forms.ChoiceField(
        label=_("What is it about?"),
        required=False,
        widget=forms.Select({"class": "form-select"}),
    )
    field_order = ("about", "problem")

    def __init__(self, *args: object, steps: list[Step], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.places = {str(step.question.position): step for step in steps}
        about = self.fields["about"]
        assert isinstance(about, forms.ChoiceField)
        about.choices = [
            ("", _("The assessment as a whole")),
            *((place, f"{step.number}. {step.title}") for place, step in self.places.items()),
        ]

    @property
    def step(self) -> Step | None:
        return self.places.get(self.cleaned_data["about"])


class RatingForm(forms.Form):
    STARS = [
        ("1", _("Poor")),
        ("2", _("Fair")),
        ("3", _("Good")),
        ("4", _("Very good")),
        ("5", _("Excellent")),
    ]
    stars = forms.TypedChoiceField(
        choices=STARS,
        coerce=int,
        error_messages={"required": _("Please choose one of the five.")},
    )
    text = forms.CharField(
        label=_("What was good, and what was not?"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"class": "form-control", "rows": 3}),
    )
