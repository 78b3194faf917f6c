"""What candidates ask for and report, and what the desk answers. Reviewers get a 404 here."""

from collections.abc import Iterable

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessments import actions
from assessments.models import Accommodation, AccommodationRequest, Member, User
from assessments.models.organisation import member_of
from assessments.recruiter.report.source import plain
from assessments.recruiter.request_forms import AnswerProblemForm, AnswerRequestForm
from assessments.recruiter.requests import answered_of, asked_of, open_of


@require_safe
def request_list(request: HttpRequest) -> HttpResponse:
    member = member_of(request.user)
    if member is None or member.role not in Member.INVITES:
        raise Http404
    return _page(request)


@require_POST
def answer_accommodation(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant or decline what a candidate needs."""
    asked = get_object_or_404(asked_of(request.user).accommodations, pk=pk)
    form = AnswerRequestForm(request.POST, auto_id=_auto_id(AnswerRequestForm, pk))
    if not form.is_valid():
        return _page(request, form)
    try:
        actions.answer_request(
            asked, _member(request), form.grants, form.cleaned_data["answer"], **form.granting
        )
    except (
        actions.AlreadyAnswered,
        actions.AttemptClosed,
        actions.TooLittleTime,
        ValidationError,
    ) as refused:
        messages.error(request, " ".join(getattr(refused, "messages", [str(refused)])))
    else:
        what = "granted" if form.grants else "declined"
        name = plain(asked.invitation.candidate.name)
        messages.success(request, f"The request of {name} is {what}, and the candidate is told.")
    return redirect("recruiter:request_list")


@require_POST
def answer_problem(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a report, or note that somebody looked at it."""
    report = get_object_or_404(asked_of(request.user).problems, pk=pk)
    form = AnswerProblemForm(request.POST, auto_id=_auto_id(AnswerProblemForm, pk))
    if not form.is_valid():
        return _page(request, form)
    try:
        actions.answer_problem(report, _member(request), **form.cleaned_data)
    except actions.AlreadyAnswered as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "The report is answered.")
    return redirect("recruiter:request_list")


@require_POST
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Carry out what a candidate asked for: everything personal is removed."""
    asked = get_object_or_404(asked_of(request.user).erasures, pk=pk)
    if request.POST.get("sure") != "on":
        messages.error(request, "Please confirm that everything shall be erased.")
        return redirect("recruiter:request_list")
    try:
        erased = actions.erase_candidate(asked.invitation.candidate, by=_member(request))
    except actions.AttemptRuns as running:
        messages.error(request, str(running))
    else:
        messages.success(request, f"Erased. The scores stay, as those of {erased.name}.")
    return redirect("recruiter:request_list")


def _member(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _page(
    request: HttpRequest, form: AnswerRequestForm | AnswerProblemForm | None = None
) -> HttpResponse:
    """The list, in which `form`, where it has a fault, stands in the place of its own row's."""
    waiting = open_of(request.user)
    faulty = {form.auto_id: form} if form else {}
    context = {
        "accommodations": [
            (asked, faulty.get(name) or AnswerRequestForm.over(held, name))
            for asked, held, name in _with_what_holds(waiting.accommodations)
        ],
        "problems": [
            (report, faulty.get(name) or AnswerProblemForm(auto_id=name))
            for report in waiting.problems
            for name in [_auto_id(AnswerProblemForm, report.pk)]
        ],
        "erasures": waiting.erasures,
        "answered": answered_of(request.user),
    }
    return render(request, "recruiter/requests.html", context, status=422 if form else 200)


def _with_what_holds(
    found: Iterable[AccommodationRequest],
) -> list[tuple[AccommodationRequest, Accommodation, str]]:
    """Each request with what holds for its invitation, and the names of its form's fields."""
    asked = list(found)
    # The newest comes last, and is the one in force.
    granted = Accommodation.objects.filter(invitation__in=[each.invitation_id for each in asked])
    held = {each.invitation_id: each for each in granted}
    return [
        (
            each,
            held.get(each.invitation_id) or Accommodation(),
            _auto_id(AnswerRequestForm, each.pk),
        )
        for each in asked
    ]


def _auto_id(made: type[forms.Form], pk: int) -> str:
    return f"{made.__name__}_{pk}_%s"
