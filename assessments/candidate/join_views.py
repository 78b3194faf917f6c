"""Following an open link: a name and an address, and an invitation goes to that address.

Whatever is known of the address, the page says the same: who opens the mailbox learns it there.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assessments.actions import LinkBusy, LinkClosed, is_closed, join
from assessments.addresses import address_of
from assessments.candidate.forms import JoinForm
from assessments.models import OpenLink
from assessments.pace import calls_this_minute

# Of one network address: a room full of people has one, too.
MOST_A_MINUTE = 60


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
def join_page(request: HttpRequest, token: str) -> HttpResponse:
    link = _link(token)
    if is_closed(link):
        return _page(request, link, JoinForm(), status=410)
    form = JoinForm(request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        return _page(request, link, form, status=422 if form.errors else 200)
    try:
        _refuse_haste(request)
        join(link, language=get_language() or "", **form.cleaned_data)
    except LinkBusy:
        return _page(request, link, form, status=429)
    except LinkClosed:  # by whoever was quicker
        return _page(request, _link(token), form, status=410)
    return redirect("joining:joined", token)


def _refuse_haste(request: HttpRequest) -> None:
    calls = calls_this_minute(f"joining:{address_of(request)}")
    if calls > MOST_A_MINUTE:
        raise LinkBusy


@require_safe
@login_not_required
@never_cache
def joined(request: HttpRequest, token: str) -> HttpResponse:
    """The same for everybody."""
    return render(request, "candidate/joined.html", _shown(_link(token)))


def _link(token: str) -> OpenLink:
    found = OpenLink.objects.select_related("organisation", "assessment")
    link: OpenLink = get_object_or_404(found, token=token)
    return link


def _shown(link: OpenLink) -> dict[str, object]:
    # The frame of the candidate's pages asks for an invitation, which there is none of yet.
    frame = {"organisation": link.organisation}
    return {"link": link, "version": link.assessment.current_version, "invitation": frame}


def _page(request: HttpRequest, link: OpenLink, form: JoinForm, status: int) -> HttpResponse:
    context = _shown(link) | {
        "form": form,
        "closed": is_closed(link),
        "busy": status == 429,
    }
    return render(request, "candidate/join.html", context, status=status)
