"""What is said where nothing is: rows of other organisations are never there."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from assessments.api import problems
from assessments.models import User


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Say that nothing is here; at the desk also where else members of several may look."""
    user = getattr(request, "user", None)
    at_desk = request.path.startswith(reverse("recruiter:dashboard"))
    if not at_desk or not isinstance(user, User) or len(user.in_organisations) < 2:
        return problems.not_found(request, exception)
    others = [each.organisation for each in user.in_organisations if each != user.member]
    context = {
        "here": user.member,
        "others": others,
        "address": request.get_full_path() if request.method == "GET" else "",
    }
    return render(request, "recruiter/elsewhere.html", context, status=404)


@login_not_required
def nowhere(request: HttpRequest, *parts: str) -> HttpResponse:
    """Stand in the place of a page of another package that this product has no use for."""
    raise Http404
