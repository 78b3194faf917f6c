"""What is done with many candidates at once: those that were ticked, or all that match."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from assessments import actions
from assessments.models import Attempt, Decision, Label, Member
from assessments.recruiter.admission import admitted
from assessments.recruiter.compare.sides import MOST
from assessments.recruiter.table.export import MOST_AT_ONCE, exported
from assessments.recruiter.table.table import Table
from assessments.recruiter.table_views import REFUSED, have_made, table_of

# Decisions lock their attempts until all are made.
MOST_DECIDED = 500
Doing = Callable[[HttpRequest, Member, Table, Sequence[UUID]], HttpResponseBase | None]


@require_POST
def bulk(request: HttpRequest) -> HttpResponseBase:
    """Do what the button says with the candidates that were ticked, and come back."""
    member = admitted(request, Member.SEES_CANDIDATES)
    table = table_of(request, QueryDict(request.POST.get("query", "")))
    keys = _chosen(request, table)
    answer = None
    if not keys:
        _refuse(request, "Tick the candidates first.")
    else:
        do = _DOINGS.get(request.POST.get("do", ""))
        answer = do(request, member, table, keys) if do else None
    return answer or redirect(f"{reverse('recruiter:attempt_list')}?{table.query.urlencode()}")


def _refuse(request: HttpRequest, sentence: str) -> None:
    """Say why nothing was done; what was ticked and typed is there again on the next page."""
    messages.error(request, sentence)
    entered = {name: request.POST.get(name, "") for name in ("all", "label", "outcome", "reason")}
    request.session[REFUSED] = entered | {"attempt": request.POST.getlist("attempt")}


def _chosen(request: HttpRequest, table: Table) -> list[UUID]:
    if request.POST.get("all") == "yes":
        return list(table.ordered.values_list("pk", flat=True))
    ticked = table.picked(request.POST.getlist("attempt"))
    # In the order of the page.
    place = {key: number for number, key in enumerate(request.POST.getlist("attempt"))}
    return sorted(ticked.values_list("pk", flat=True), key=lambda key: place.get(str(key), 0))


def _put_on(request: HttpRequest, member: Member, table: Table, keys: Sequence[UUID]) -> None:
    name = " ".join(request.POST.get("label", "").split())
    label = Label.objects.visible_to(member.user).filter(name__iexact=name).first()
    try:
        label = label or _made(member, name)
    except ValidationError as refused:
        _refuse(request, f"The label: {' '.join(refused.messages)}")
        return
    if label is None:
        _refuse(request, f"There is no label “{name}”; owners and recruiters make them.")
        return
    new = actions.put_on(label, keys, by=member.user)
    messages.success(request, _told(len(keys), f"have the label “{label.name}” now", new, "new"))


def _made(member: Member, name: str) -> Label | None:
    if member.role not in Member.INVITES:
        return None
    return actions.make_label(member.organisation, name, by=member.user)


def _take_off(request: HttpRequest, member: Member, table: Table, keys: Sequence[UUID]) -> None:
    name = " ".join(request.POST.get("label", "").split())
    label = Label.objects.visible_to(member.user).filter(name__iexact=name).first()
    if label is None:
        _refuse(request, f"There is no label “{name}”.")
        return
    taken = actions.take_off(label, keys, by=member.user)
    messages.success(request, f"“{label.name}” is taken off {taken} of {len(keys)} candidates.")


def _decide(request: HttpRequest, member: Member, table: Table, keys: Sequence[UUID]) -> None:
    if member.role not in Member.INVITES:
        raise Http404
    if len(keys) > MOST_DECIDED:
        number = f"these are {len(keys)}, and nothing was decided. Filter or tick fewer."
        _refuse(request, f"At most {MOST_DECIDED} are decided at once; {number}")
        return
    outcome = request.POST.get("outcome", "")
    if outcome not in Decision.Outcome.values:
        _refuse(request, "Choose what is decided: advance, hold or decline.")
        return
    found = Attempt.objects.visible_to(member.user).filter(pk__in=keys)
    try:
        made = actions.decide(found, outcome, request.POST.get("reason", ""), member.user)
    except (actions.ReasonMissing, actions.AttemptRuns) as refused:
        _refuse(request, str(refused))
        return
    messages.success(request, f"Decided for {len(made)}: {outcome}.")


def _compare(
    request: HttpRequest, member: Member, table: Table, keys: Sequence[UUID]
) -> HttpResponseBase | None:
    if len(keys) > MOST:
        _refuse(request, f"At most {MOST} are compared at once; these are {len(keys)}.")
        return None
    chosen = urlencode([("attempt", str(key)) for key in keys])
    return redirect(f"{reverse('recruiter:compare')}?{chosen}")


def _export_by_worker(
    request: HttpRequest, member: Member, table: Table, keys: Sequence[UUID]
) -> HttpResponseBase:
    """Lead to the form of an export: of all that match, or of those that were ticked."""
    everything = request.POST.get("all") == "yes"
    ticked = urlencode([("attempt", str(key)) for key in keys])
    return redirect(f"{reverse('recruiter:export_new')}?{table.address if everything else ticked}")


def _export(form: str) -> Doing:
    def export(
        request: HttpRequest, member: Member, table: Table, keys: Sequence[UUID]
    ) -> HttpResponseBase:
        # Ticked is at most a page.
        if len(keys) > MOST_AT_ONCE:
            return have_made(request, member, table, form)
        actions.note_look(member.organisation, by=member.user, what="export")
        return exported(table, keys, form)

    return export


def _told(number: int, what: str, part: int, called: str) -> str:
    who = "1 candidate" if number == 1 else f"{number} candidates"
    what = what.replace("have", "has", 1) if number == 1 else what
    return f"{who} {what}, {part} of them {called}."


_DOINGS: Mapping[str, Any] = {
    "put_on": _put_on,
    "take_off": _take_off,
    "decide": _decide,
    "compare": _compare,
    "export": _export_by_worker,
    "csv": _export("csv"),
    "csv-excel": _export("csv-excel"),
    "xlsx": _export("xlsx"),
}
