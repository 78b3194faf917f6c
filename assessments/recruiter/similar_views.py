"""Code that looks like other code: the list of what to look at, and both side by side."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import actions
from assessments.models import Assessment, Member, SimilarPair, User
from assessments.recruiter.admission import admitted
from assessments.recruiter.similar.side_by_side import SideBySide, side_by_side
from assessments.recruiter.similar_forms import PairFilterForm, ResolveForm

PAGE = 25


@require_safe
def similar_list(request: HttpRequest) -> HttpResponse:
    admitted(request, Member.SEES_CANDIDATES)
    assessments = Assessment.objects.visible_to(request.user).published().with_title()
    form = PairFilterForm(request.GET, assessments=assessments.order_by("title"))
    found = form.filter(SimilarPair.objects.visible_to(request.user)).with_sides()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "recruiter/similar/list.html", {"form": form, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def similar_pair(request: HttpRequest, pk: int) -> HttpResponse:
    """Both side by side; a person says what it means, with a reason."""
    pair = _pair(request, pk)
    form = ResolveForm(request.POST or None)
    if form.is_valid():
        actions.resolve_pair(pair, **form.cleaned_data, by=_member(request))
        messages.success(request, "It is noted, with your name.")
        return redirect("recruiter:similar_pair", pair.pk)
    shown = side_by_side(pair)
    _note_looks(request, shown)
    status = 422 if form.errors else 200
    context = {"pair": pair, "shown": shown, "form": form}
    return render(request, "recruiter/similar/pair.html", context, status=status)


@require_POST
def similar_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    pair = _pair(request, pk)
    actions.reopen_pair(pair, by=_member(request))
    messages.success(request, "It is to be looked at again.")
    return redirect("recruiter:similar_pair", pair.pk)


def _pair(request: HttpRequest, pk: int) -> SimilarPair:
    found = SimilarPair.objects.visible_to(request.user).with_sides()
    pair: SimilarPair = get_object_or_404(found, pk=pk)
    return pair


def _member(request: HttpRequest) -> User:
    return admitted(request, Member.SEES_CANDIDATES).user


def _note_looks(request: HttpRequest, shown: SideBySide) -> None:
    for side in shown.sides:
        actions.note_look(side.attempt, by=_member(request), what="similar code")
