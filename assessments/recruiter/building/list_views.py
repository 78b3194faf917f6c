"""The list of assessments, and how a new one begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from assessments import actions
from assessments.models import Assessment, AssessmentVersion, Member
from assessments.models.organisation import member_of
from assessments.recruiter.building.layout import Layout, layouts_of
from assessments.recruiter.building.rows import member_in, organisation_of, to

PAGE = 25
SORTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "newest": ("newest first", ("-created_at", "pk")),
    "title": ("title, A to Z", ("newest_title", "pk")),
    "invited": ("most invited first", ("-invited", "newest_title", "pk")),
}


@dataclass(frozen=True, slots=True)
class Row:
    """An assessment with its newest version, published or not."""

    assessment: Any
    layout: Layout

    @property
    def version(self) -> AssessmentVersion:
        return self.layout.version


class ListForm(forms.Form):
    """Every field may be left out, and nonsense in one of them counts as left out."""

    q = forms.CharField(
        label="Search",
        max_length=200,
        widget=forms.TextInput({"type": "search", "class": "form-control", "placeholder": "Title"}),
    )
    state = forms.ChoiceField(
        choices=[
            ("", "all but archived"),
            ("draft", "with a draft"),
            ("published", "published"),
            ("archived", "archived"),
        ]
    )
    sort = forms.ChoiceField(
        label="Order", choices=[(name, title) for name, (title, _) in SORTS.items()]
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        for name, field in self.fields.items():
            field.required = False
            if name != "q":
                field.widget.attrs["class"] = "form-select"
        self.is_valid()

    @property
    def narrowed(self) -> bool:
        return bool(self.cleaned_data.get("q") or self.cleaned_data.get("state"))

    def filter(self, found: QuerySet[Any]) -> QuerySet[Any]:
        said = self.cleaned_data
        state = said.get("state")
        found = found.filter(archived_at__isnull=state != "archived")
        if state == "draft":
            found = found.filter(has_draft=True)
        elif state == "published":
            found = found.filter(is_published=True)
        if text := said.get("q"):
            found = found.filter(newest_title__icontains=text)
        return found.order_by(*SORTS[said.get("sort") or "newest"][1])


@require_safe
def assessment_list(request: HttpRequest) -> HttpResponse:
    member = member_of(request.user)
    if member is None or member.role not in Member.SEES_CANDIDATES:
        raise Http404
    form = ListForm(request.GET)
    found = _described(Assessment.objects.visible_to(request.user).with_counts())
    page = Paginator(form.filter(found), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": _rows(page.object_list),
        "may_make": member.role in Member.INVITES,
    }
    return render(request, "recruiter/building/list.html", context)


class NewForm(forms.Form):
    title = forms.CharField(
        max_length=200,
        error_messages={"required": "Give it a title."},
        help_text="What candidates read; it can be changed until you publish.",
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin from scratch, or go to the templates."""
    organisation = organisation_of(request)
    if request.method != "POST":
        return render(request, "recruiter/building/new.html", {"form": NewForm()})
    form = NewForm(request.POST)
    if not form.is_valid():
        return render(request, "recruiter/building/new.html", {"form": form}, status=422)
    title = form.cleaned_data["title"]
    version = actions.new_assessment(organisation, title, by=member_in(request))
    return to("edit_version", version)


def _described(found: QuerySet[Any]) -> QuerySet[Any]:
    versions = AssessmentVersion.objects.filter(assessment=OuterRef("pk"))
    described: QuerySet[Any] = found.annotate(
        newest_title=Subquery(versions.order_by("-number").values("title")[:1]),
        has_draft=Exists(versions.filter(published_at=None)),
        is_published=Exists(versions.filter(published_at__isnull=False)),
    ).prefetch_related(
        Prefetch("versions", AssessmentVersion.objects.order_by("-number"), "newest_first")
    )
    return described


def _rows(assessments: Any) -> list[Row]:
    rows = list(assessments)
    layouts = layouts_of([each.newest_first[0] for each in rows])
    return [Row(each, layout) for each, layout in zip(rows, layouts, strict=True)]
