"""The role templates of the desk: all, one with its questions, and an assessment made of it."""

from dataclasses import dataclass
from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessments import actions
from assessments.models import Organisation
from assessments.recruiter.outlines import outlines
from assessments.recruiter.viewer import viewer_of
from questions.models import QuestionVersion
from questions.role_templates import Template, shipped

# Whoever looks at a question twice sees the same numbers and the same order.
PREVIEW_SEED = 1


@dataclass(frozen=True, slots=True)
class PreviewStep:
    """What the candidate's pages ask of a step, where nobody answers."""

    version: QuestionVersion
    number: int
    total: int

    @property
    def title(self) -> str:
        return self.version.title

    @property
    def heading(self) -> str:
        return f"Question {self.number} of {self.total}"


@require_safe
def template_list(request: HttpRequest) -> HttpResponse:
    found = outlines(shipped().values(), _organisation(request))
    roles = [(role, list(group)) for role, group in groupby(found, key=lambda each: each.role)]
    return render(request, "recruiter/templates.html", {"roles": roles})


@require_safe
def template_detail(request: HttpRequest, slug: str) -> HttpResponse:
    return _template_page(request, _template(slug), _organisation(request))


@require_POST
def create(request: HttpRequest, slug: str) -> HttpResponse:
    """Make an assessment of it; who may not invite to the organisation gets a 404 here."""
    managed = Organisation.objects.managed_by(request.user)
    organisation = get_object_or_404(managed, slug=request.POST.get("organisation", ""))
    template = _template(slug)
    try:
        by = viewer_of(request).user
        version = actions.assessment_from(template, organisation, by=by)
    except (actions.QuestionsMissing, actions.NotPublished) as problem:
        return _template_page(request, template, organisation, problem=str(problem), status=409)
    messages.success(request, f"“{version.title}” is ready: you can invite candidates to it.")
    return redirect(version.assessment)


@require_POST
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a draft of it, to be changed before anybody is invited."""
    managed = Organisation.objects.managed_by(request.user)
    organisation = get_object_or_404(managed, slug=request.POST.get("organisation", ""))
    template = _template(slug)
    try:
        version = actions.draft_from(template, organisation, by=viewer_of(request).user)
    except actions.QuestionsMissing as problem:
        return _template_page(request, template, organisation, problem=str(problem), status=409)
    return redirect("recruiter:edit_version", version.assessment_id, version.number)


@require_safe
def question_preview(request: HttpRequest, slug: str, question: str) -> HttpResponse:
    """A question of a template as candidates see it, with nothing to save or to send."""
    outline = outlines([_template(slug)], _organisation(request))[0]
    rows = outline.rows
    found = [(n, row) for n, row in enumerate(rows, start=1) if row.item.question == question]
    number, row = found[0] if found else (0, None)
    if row is None or row.version is None:
        raise Http404
    version = row.version
    context = {
        **version.rules.context(version.content, PREVIEW_SEED),
        "frame": "recruiter/question_preview.html",
        "outline": outline,
        "preview": outline.template.title,
        "step": PreviewStep(version, number, len(rows)),
        "content": {},
        "before": rows[number - 2] if number > 1 else None,
        "after": rows[number] if number < len(rows) else None,
    }
    return render(request, f"candidate/kinds/{version.kind}.html", context)


def _template_page(
    request: HttpRequest,
    template: Template,
    organisation: Organisation,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "outline": outlines([template], organisation)[0],
        "template": template,
        "organisation": Organisation.objects.managed_by(request.user).first(),
        "problem": problem,
    }
    return render(request, "recruiter/template.html", context, status=status)


def _template(slug: str) -> Template:
    """Return the shipped template; raise Http404 where there is none."""
    try:
        return shipped()[slug]
    except KeyError:
        raise Http404 from None


def _organisation(request: HttpRequest) -> Organisation:
    """Return the organisation that the member works in.

    Questions are for members: raises Http404 for who belongs to no organisation.
    """
    return get_object_or_404(Organisation.objects.visible_to(request.user))
