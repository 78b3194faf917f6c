"""A problem with a question, reported while the candidate is at it; the draft comes along."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.actions import TooManyReports, report_problem
from assessments.candidate.access import with_attempt
from assessments.candidate.after_forms import ProblemForm
from assessments.candidate.forms import by_htmx
from assessments.candidate.steps import Step, step_at
from assessments.candidate.views import save_form
from assessments.candidate.whereabouts import Way
from assessments.models import Attempt


@require_POST
@with_attempt
def problem(request: HttpRequest, attempt: Attempt, position: int) -> HttpResponse:
    """Keep the report. A form without scripts brings the answer with it, which is saved as well."""
    way = Way(attempt)
    step = step_at(way.steps, position)
    form = ProblemForm(request.POST)
    thanks = _kept(form, step) if form.is_valid() else ""
    if by_htmx(request):
        context = {
            "step": step,
            "invitation": attempt.invitation,
            "problem_form": None if thanks else form,
            "thanks": thanks,
            "opened": True,
        }
        return render(request, "candidate/parts/problem.html", context)
    if thanks:
        messages.success(request, thanks)
    else:
        messages.error(request, " ".join(str(e) for each in form.errors.values() for e in each))
    return save_form(request, way, step) or redirect(step.url)


def _kept(form: ProblemForm, step: Step) -> str:
    """Return what to say when the report was kept; "" where the form says why it was not."""
    try:
        report_problem(step.attempt, step.question, form.cleaned_data["problem"])
    except TooManyReports as refused:
        form.add_error("problem", str(refused))
        return ""
    thanks = _("Thank you. %(organisation)s has your report. You can go on with the question.")
    return thanks % {"organisation": step.attempt.invitation.organisation.name}
