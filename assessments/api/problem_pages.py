"""Each kind of problem at the address that is its type, for people."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.api.problem_kinds import KINDS


@require_safe
@login_not_required
def problem_list(request: HttpRequest) -> HttpResponse:
    return render(request, "api/problem_list.html", {"kinds": KINDS.values()})


@require_safe
@login_not_required
def problem_detail(request: HttpRequest, name: str) -> HttpResponse:
    if name not in KINDS:
        raise Http404
    return render(request, "api/problem.html", {"kind": KINDS[name]})
