"""Where a candidate says what AI assistants they used: on the last page, or just afterwards."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from assessments.actions import AttemptClosed, declare_assistant, may_declare
from assessments.candidate.access import attempt_of, goes_on, with_invitation
from assessments.candidate.forms import DeclarationForm, by_htmx
from assessments.models import Attempt, Invitation


def declaration_of(attempt: Attempt, data: QueryDict | None = None) -> DeclarationForm | None:
    """Return the form as it was sent, or as it was declared; None where nothing is asked for."""
    if not may_declare(attempt):
        return None
    if data is not None:
        return DeclarationForm(data)
    used = DeclarationForm.USED if attempt.assistant_use else DeclarationForm.NONE
    said = {"assistant": used, "use": attempt.assistant_use} if attempt.declared_at else {}
    return DeclarationForm(initial=said)


@require_POST
@with_invitation
def declare(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Keep a declaration: as it is typed, by its button, or after the end."""
    attempt = attempt_of(invitation)
    if attempt is None:
        return redirect("candidate:welcome", invitation.token)
    form = DeclarationForm(request.POST)
    if form.is_valid():
        attempt, refused = _kept(attempt, form.declared)
    else:
        refused = " ".join(str(error) for errors in form.errors.values() for error in errors)
    if by_htmx(request):
        context = {"attempt": attempt, "refused": refused}
        return render(request, "candidate/parts/declared.html", context)
    return redirect("candidate:review" if goes_on(attempt) else "candidate:done", invitation.token)


def _kept(attempt: Attempt, use: str) -> tuple[Attempt, str]:
    try:
        return declare_assistant(attempt, use), ""
    except AttemptClosed as closed:
        return attempt, str(closed)
