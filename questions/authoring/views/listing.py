"""The list, and what begins there: a new question, a copy of a shared one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from questions import kinds
from questions.authoring import drafting, listing
from questions.authoring.house import Author, house, with_author
from questions.authoring.views.page import page

PAGE = 25


class NewForm(forms.Form):
    title = forms.CharField(
        max_length=200,
        help_text="A few words without formulas; it can be changed later.",
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off", "autofocus": True}),
    )
    kind = forms.ChoiceField(
        choices=kinds.choices,
        initial="single_choice",
        widget=forms.Select({"class": "form-select"}),
    )


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the organisation that one writes for now."""
    author = house().author(request)
    if author is None:
        raise Http404
    return redirect("authoring:list", author.organisation.slug)


@require_safe
@with_author
def question_list(request: HttpRequest, author: Author) -> HttpResponse:
    form = listing.FilterForm(request.GET)
    found = form.filter(listing.rows(author))
    context = {
        "form": form,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
    }
    return page(request, author, "list", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_author
def new(request: HttpRequest, author: Author) -> HttpResponse:
    form = NewForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return page(request, author, "new", {"form": form}, status=status)
    data: dict[str, Any] = form.cleaned_data
    version = drafting.create(author, data["kind"], data["title"])
    return redirect("authoring:edit", author.organisation.slug, version.question_id)


@require_POST
@with_author
def copy(request: HttpRequest, author: Author, pk: int) -> HttpResponse:
    question = get_object_or_404(author.questions, pk=pk)
    published = question.versions.exclude(published_at=None).order_by("-number").first()
    version = drafting.copy(author, published or question.versions.latest("number"))
    messages.success(request, "This copy is yours: change it, and have it reviewed.")
    return redirect("authoring:edit", author.organisation.slug, version.question_id)
