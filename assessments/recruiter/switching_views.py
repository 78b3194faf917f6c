"""From one of one's organisations to another."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from assessments.models import User
from assessments.workplace import work_in


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Work in another of one's own organisations from now on, and go on at `next`."""
    mine = request.user.in_organisations if isinstance(request.user, User) else ()
    slug = request.POST.get("organisation", "")
    for member in mine:
        if member.organisation.slug == slug:
            work_in(request, member)
            messages.success(request, f"You work in {member.organisation.name} now.")
            return redirect(_next(request))
    raise Http404


def _next(request: HttpRequest) -> str:
    address = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
    return address if safe and address else reverse("recruiter:dashboard")
