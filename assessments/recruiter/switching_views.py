"""From one of one's organisations to another."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from assessments.models import Organisation
from assessments.workplace import work_in


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Work in another of one's own organisations from now on, and go on at `next`."""
    mine = Organisation.objects.filter(members__user=request.user.pk)
    organisation = get_object_or_404(mine, slug=request.POST.get("organisation", ""))
    work_in(request.session, organisation.pk)
    messages.success(request, f"You work in {organisation.name} now.")
    return redirect(_next(request))


def _next(request: HttpRequest) -> str:
    address = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
    return address if safe and address else reverse("recruiter:dashboard")
