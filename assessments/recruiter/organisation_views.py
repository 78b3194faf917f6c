"""The settings of an organisation, for its owners."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from assessments.actions import change_organisation
from assessments.models import Organisation
from assessments.recruiter.organisation_forms import OrganisationForm
from assessments.recruiter.viewer import viewer_of


@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Change what holds for all of the organisation that an owner works in."""
    owned = Organisation.objects.run_by(request.user)
    found = get_object_or_404(owned, slug=slug) if slug else get_object_or_404(owned)
    form = OrganisationForm(request.POST or None, found)
    if "preview" in request.POST:
        return _page(request, found, form, preview=request.POST.get("notice", ""))
    if form.is_valid():
        change_organisation(found, by=viewer_of(request).user, **form.settings)
        messages.success(request, "The settings are saved.")
        return redirect("recruiter:organisation_of", found.slug)
    return _page(request, found, form, preview=found.notice)


def _page(
    request: HttpRequest, found: Organisation, form: OrganisationForm, *, preview: str
) -> HttpResponse:
    """The form as it was filled in, and the notice as candidates would read it."""
    context = {"form": form, "organisation": found, "preview": preview}
    status = 422 if form.errors and "preview" not in request.POST else 200
    return render(request, "recruiter/organisation.html", context, status=status)
