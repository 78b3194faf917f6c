"""Links to reports: made, listed with who followed them, revoked; for owners and recruiters."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import actions
from assessments.models import Attempt, Member, ShareLink
from assessments.models.attempt import AttemptQuerySet
from assessments.recruiter import shown_once
from assessments.recruiter.admission import admitted
from assessments.recruiter.compare.sides import MOST
from assessments.recruiter.sent_once import made_once
from assessments.recruiter.share_forms import ShareForm

PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def share(request: HttpRequest, keys: str) -> HttpResponse:
    """Make a link to one report, or to a comparison; its address is shown this once."""
    member = admitted(request, Member.INVITES)
    attempts = chosen(keys, Attempt.objects.managed_by(request.user))
    form = ShareForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            fields = {"by": member.user, **form.cleaned_data}
            secret = made_once(request, lambda: actions.share(attempts, **fields)[1])
        except actions.NothingToShare as refused:
            form.add_error(None, str(refused))
        else:
            return shown_once.lead_to(request.path, secret)
    return _share_page(request, attempts, form)


def _share_page(request: HttpRequest, attempts: Sequence[Attempt], form: ShareForm) -> HttpResponse:
    """The form, the links there are, and above them the one that was made just now."""
    secret = shown_once.brought(request)
    context = {
        "attempts": attempts,
        "form": form,
        "address": secret and settings.BASE_URL + reverse("shared:report", args=[secret]),
        **_links_to(attempts),
    }
    status = 422 if form.errors else 200
    response = render(request, "recruiter/shared/share.html", context, status=status)
    return shown_once.forgotten(request, response) if secret else response


def chosen(keys: str, found: AttemptQuerySet) -> list[Attempt]:
    """Return the attempts of these keys, with commas between them; any other key is a 404."""
    wanted = list(dict.fromkeys(_keys(keys)))
    if not 1 <= len(wanted) <= MOST:
        raise Http404
    by_key = {attempt.pk: attempt for attempt in found.filter(pk__in=wanted).with_candidate()}
    if len(by_key) < len(wanted):
        raise Http404
    return [by_key[key] for key in wanted]


def _keys(text: str) -> list[UUID]:
    try:
        return [UUID(key) for key in text.split(",")]
    except ValueError:
        raise Http404 from None


def _links_to(attempts: Sequence[Attempt]) -> dict[str, Any]:
    links = ShareLink.objects.filter(attempts__in=attempts).distinct()
    return {"links": _with_views(links)}


def _with_views(links: Any) -> Any:
    """With how often each was followed, and when last."""
    counted = links.annotate(followed=Count("views", distinct=True), followed_at=Max("views__at"))
    people = "attempts__invitation__candidate"
    versions = "attempts__invitation__assessment_version"
    counted = counted.order_by("-created_at", "-id")
    return counted.select_related("created_by").prefetch_related(people, versions)


@require_safe
def share_list(request: HttpRequest) -> HttpResponse:
    admitted(request, Member.INVITES)
    found = _with_views(ShareLink.objects.managed_by(request.user))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "recruiter/shared/list.html", {"page": page})


@require_safe
def share_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One link, and who followed it."""
    link = get_object_or_404(_with_views(ShareLink.objects.managed_by(request.user)), pk=pk)
    page = Paginator(link.views.all(), PAGE).get_page(request.GET.get("page"))
    return render(request, "recruiter/shared/detail.html", {"link": link, "page": page})


@require_POST
def share_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    link = get_object_or_404(ShareLink.objects.managed_by(request.user), pk=pk)
    member = admitted(request, Member.INVITES)
    if actions.revoke_share(link, by=member.user):
        messages.success(request, "The link is revoked: whoever follows it is told so.")
    else:
        messages.success(request, "The link was revoked before.")
    return redirect("recruiter:share_detail", link.pk)
