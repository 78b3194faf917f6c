"""The invitations of an assessment: each with its state, and what is done with many at once."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assessments import actions
from assessments.models import Assessment, Email, Invitation
from assessments.recruiter.assessment_frame import framed, managed_assessment
from assessments.recruiter.glance import GLANCES, glances_of, with_glance
from assessments.recruiter.invitation_list_forms import (
    DOINGS,
    DoingForm,
    InvitationFilterForm,
    keys,
)
from assessments.recruiter.invitation_views import member_of

PAGE = 50
# At once, so that a browser never waits for minutes; the rest can be done next.
MOST = 500


@require_safe
def invitation_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    assessment = managed_assessment(request, pk)
    form = InvitationFilterForm(request.GET)
    mail = Prefetch("emails", Email.objects.without_texts())
    found = form.filter(with_glance(Invitation.objects.of_assessment(assessment)))
    rows = found.with_people().prefetch_related(mail)
    counts = glances_of(assessment)
    context = framed(request, assessment, "invitations") | {
        "form": form,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "counts": [(word, GLANCES[word], number) for word, number in counts.items()],
        "number": sum(counts.values()),
        "query": _query(request.GET),
        "doings": DOINGS,
    }
    return render(request, "recruiter/inviting/invitations.html", context)


def _query(said: QueryDict) -> str:
    """The filters of the page, to come back to them."""
    kept = QueryDict(mutable=True)
    for name in InvitationFilterForm.base_fields:
        if value := said.get(name):
            kept[name] = str(value)
    return kept.urlencode()


@require_POST
def act_on_invitations(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask whether to do it with so many, and once that is confirmed, do it and tell."""
    assessment = managed_assessment(request, pk)
    query = _query(QueryDict(request.POST.get("query", "")))
    form = DoingForm(request.POST)
    if not form.is_valid():
        faults = [str(error) for found in form.errors.values() for error in found]
        messages.error(request, " ".join(faults))
        return _back(assessment, query)
    chosen, left = _chosen(request, assessment, form.cleaned_data["which"], query)
    if not chosen:
        messages.error(request, "Tick the invitations first, or choose all of them.")
        return _back(assessment, query)
    if request.POST.get("sure") == "yes":
        _tell(request, _done(request, form, chosen))
        return _back(assessment, query)
    return _ask(request, assessment, form, chosen, left, query)


def _chosen(
    request: HttpRequest, assessment: Assessment, which: str, query: str
) -> tuple[list[Invitation], int]:
    """The invitations that are meant, MOST of them at the most, and how many are left then."""
    found = with_glance(Invitation.objects.of_assessment(assessment)).with_people()
    if which == DoingForm.ALL:
        found = InvitationFilterForm(QueryDict(query)).filter(found)
    else:
        name = "pick" if which == DoingForm.PICKED else "on_page"
        found = found.filter(pk__in=keys(request.POST.getlist(name))[:MOST])
    chosen = list(found[: MOST + 1])
    left = found.count() - MOST if len(chosen) > MOST else 0
    return chosen[:MOST], left


def _ask(
    request: HttpRequest,
    assessment: Assessment,
    form: DoingForm,
    chosen: Sequence[Invitation],
    left: int,
    query: str,
) -> HttpResponse:
    states = Counter(each.glance for each in chosen)  # type: ignore[attr-defined]
    context = framed(request, assessment, "invitations") | {
        "do": form.cleaned_data["do"],
        "doing": DOINGS[form.cleaned_data["do"]],
        "days": form.cleaned_data["days"],
        "chosen": chosen,
        "left": left,
        "states": [(GLANCES[word], states[word]) for word in GLANCES if states[word]],
        "query": query,
    }
    return render(request, "recruiter/inviting/sure.html", context)


def _done(request: HttpRequest, form: DoingForm, chosen: Sequence[Invitation]) -> actions.Outcome:
    by, data = member_of(request), form.cleaned_data
    if data["do"] == "extend":
        return actions.extend_all(chosen, timezone.now() + timedelta(days=data["days"]), by=by)
    doing = {"send": actions.send_all, "remind": actions.remind_all, "revoke": actions.revoke_all}
    return doing[data["do"]](chosen, by=by)


def _tell(request: HttpRequest, outcome: actions.Outcome) -> None:
    if outcome.done:
        number = "1 invitation" if outcome.done == 1 else f"{outcome.done} invitations"
        messages.success(request, f"Done for {number}.")
    for reason, refused in outcome.refused.items():
        messages.warning(request, f"Not done for {refused}: {reason}")


def _back(assessment: Assessment, query: str) -> HttpResponse:
    address = reverse("recruiter:invitation_list", args=[assessment.pk])
    return redirect(f"{address}?{query}" if query else address)
