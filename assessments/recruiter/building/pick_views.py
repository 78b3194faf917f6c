"""Questions for a draft: searched in the bank, looked at, and put into it, some at once."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from assessments import actions
from assessments.actions import picking
from assessments.models import AssessmentVersion
from assessments.recruiter.building.pick_forms import PickForm, PoolMaker, TargetForm
from assessments.recruiter.building.rows import managed_version, to, visible_version
from assessments.recruiter.table.table import without
from assessments.recruiter.template_views import PREVIEW_SEED, PreviewStep
from questions.authoring.listing import described
from questions.models import QuestionVersion

PAGE = 40


@require_http_methods(["GET", "HEAD", "POST"])
def pick(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """The questions that a draft does not ask yet; a POST puts those into it that are ticked."""
    version = managed_version(request, pk, number)
    if version.published_at:
        return to("version", version)
    target = TargetForm(request.POST or request.GET or None, version=version)
    if request.method != "POST":
        return _picking(request, version, target)
    keys = _keys(request.POST)
    if not keys:
        return _picking(request, version, target, "Tick a question first.", 422)
    if not target.is_valid():
        return _picking(request, version, target, "", 422)
    try:
        added = target.put(version, keys)
    except (actions.NotADraft, actions.NotThere, actions.TooManyQuestions) as refused:
        return _picking(request, version, target, str(refused), 409)
    messages.success(request, f"{added} question{'' if added == 1 else 's'} added.")
    if request.POST.get("then") == "more":
        return redirect(f"{request.path}?{without(request.GET, 'pick')}")
    return to("edit_version", version, "questions")


def _picking(
    request: HttpRequest,
    version: AssessmentVersion,
    target: TargetForm,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    organisation = version.assessment.organisation
    form = PickForm(request.GET)
    asked = version.questions.values("question_version__question")
    fresh = picking.pickable(organisation).exclude(question__in=asked)
    found = form.filter(described(fresh, organisation))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    ticked = set(_keys(request.POST if request.method == "POST" else request.GET))
    context = {
        "version": version,
        "assessment": version.assessment,
        "form": form,
        "target": target,
        "page": page,
        "problem": problem,
        "ticked": ticked,
        # What the search or another page of it left behind can be seen, and unticked.
        "elsewhere": fresh.filter(pk__in=ticked - {row.pk for row in page}).order_by("title"),
    }
    return render(request, "recruiter/building/pick.html", context, status=status)


def _keys(sent: QueryDict) -> list[int]:
    """The questions that are ticked."""
    return [int(key) for key in sent.getlist("pick") if key.isdecimal() and len(key) < 15]


@require_http_methods(["GET", "HEAD", "POST"])
def new_pool(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """A pool of all that has some topics, difficulties and kinds; else shown what would be in."""
    version = managed_version(request, pk, number)
    if version.published_at:
        return to("version", version)
    form = PoolMaker(request.POST or request.GET or None, version=version)
    if request.method != "POST" or request.POST.get("do") == "show":
        return _pool_page(request, version, form, 200)
    if not form.is_valid():
        return _pool_page(request, version, form, 422)
    try:
        pool, held = form.make()
    except (actions.NotADraft, actions.NotThere, actions.TooManyQuestions) as refused:
        form.add_error(None, str(refused))
        return _pool_page(request, version, form, 409)
    messages.success(request, f"The pool “{pool.name}” holds {held} questions.")
    return to("edit_version", version, f"pool-{pool.pk}")


def _pool_page(
    request: HttpRequest, version: AssessmentVersion, form: PoolMaker, status: int
) -> HttpResponse:
    matches = form.matches()
    if status == 200:
        # Whoever looks what there is has not named anything yet.
        form.errors.clear()
    context = {
        "version": version,
        "assessment": version.assessment,
        "form": form,
        "matches": matches.select_related("question").defer("content").order_by("title", "pk"),
    }
    name = "matches" if request.htmx else "new_pool"  # type: ignore[attr-defined]
    return render(request, f"recruiter/building/{name}.html", context, status=status)


@require_safe
def look(request: HttpRequest, pk: UUID, number: int, question: int) -> HttpResponse:
    """A question of a version, or one that it could ask, as candidates see it."""
    version = visible_version(request, pk, number)
    rows = list(version.questions.order_by("position").values_list("question_version", flat=True))
    visible = QuestionVersion.objects.visible_to(version.assessment.organisation)
    if question not in rows:
        visible = visible.filter(published_at__isnull=False)
    found = get_object_or_404(visible.select_related("question"), pk=question)
    here = rows.index(question) if question in rows else None
    around = _around(rows, here, version)
    context: dict[str, Any] = {
        **found.rules.context(found.content, PREVIEW_SEED),
        "frame": "recruiter/building/question.html",
        "preview": version.title,
        "version": version,
        "assessment": version.assessment,
        "shown": found,
        "step": PreviewStep(found, 1 if here is None else here + 1, len(rows) or 1),
        "in_version": here is not None,
        "content": {},
        **around,
    }
    return render(request, f"candidate/kinds/{found.kind}.html", context)


def _around(rows: list[int], here: int | None, version: AssessmentVersion) -> dict[str, str]:
    """The addresses of the questions before and behind."""
    if here is None:
        return {"before": "", "after": ""}
    keys = {"before": here - 1, "after": here + 1}
    return {
        name: reverse("recruiter:look", args=[version.assessment_id, version.number, rows[place]])
        if 0 <= place < len(rows)
        else ""
        for name, place in keys.items()
    }
