"""The pages that write a draft. Each part is saved by itself, with scripts as one types."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from assessments import actions
from assessments.actions import drafting
from assessments.actions.drafting import Edit
from assessments.models import AssessmentVersion
from assessments.recruiter.building.editor import Editor, context_of
from assessments.recruiter.building.forms import EditForm, SettingsForm, TextsForm
from assessments.recruiter.building.rows import managed_version, to
from assessments.recruiter.building.wishes import carry_out


@never_cache
@require_safe
def edit(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """The editor of a draft; what was published is looked at instead."""
    version = managed_version(request, pk, number)
    if version.published_at:
        return to("version", version)
    return _page(request, Editor(version))


@require_POST
def save_texts(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    return _saved_part(request, managed_version(request, pk, number), "texts", TextsForm)


@require_POST
def save_settings(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    return _saved_part(request, managed_version(request, pk, number), "settings", SettingsForm)


@require_POST
def save_questions(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """Save sections, questions and pools as they were typed, and do what a button asks for."""
    version = managed_version(request, pk, number)
    editor = Editor(version)
    wish = request.POST.get("do", "") or _entered(request)
    try:
        with transaction.atomic():
            done = editor.save(request.POST)
            if wish:
                editor.problem = carry_out(version, wish, request.POST)
    except (actions.NotADraft, actions.NotThere) as refused:
        return _refused(request, version, str(refused))
    if wish or done:
        editor.drop_saved()
    if request.htmx and wish:  # type: ignore[attr-defined]
        return _part(request, Editor(_again(version), editor.kept, editor.problem), "questions")
    return _answer(request, editor, "questions", list(editor.kept.values()))


def _entered(request: HttpRequest) -> str:
    """What Enter in the title of a new section asks for; while one types nothing is asked yet."""
    typed = not request.htmx and request.POST.get("add-section-0", "").strip()  # type: ignore[attr-defined]
    return "add-section:0" if typed else ""


def _saved_part(
    request: HttpRequest, version: AssessmentVersion, name: str, kind: type[EditForm]
) -> HttpResponse:
    form = kind(request.POST, row=version)

    def save(typed: Edit) -> dict[str, Any]:
        return drafting.change_draft(version, typed)

    try:
        form.save_with(save)
    except actions.NotADraft as refused:
        return _refused(request, version, str(refused))
    return _answer(request, Editor(_again(version), {name: form}), name, [form])


def _answer(request: HttpRequest, editor: Editor, name: str, forms: list[EditForm]) -> HttpResponse:
    """Say what was stored and what was not: beside the fields, or as the whole page."""
    wrong = [form for form in forms if form.errors]
    stale = any(form.theirs for form in forms)
    status = 409 if stale else 422 if wrong else 200
    if request.htmx:  # type: ignore[attr-defined]
        return _saved(request, editor, name, status)
    if wrong or editor.problem:
        editor.drop_saved()
        return _page(request, Editor(_again(editor.version), editor.kept, editor.problem), status)
    messages.success(request, "Saved.")
    return to("edit_version", editor.version, name)


def _saved(request: HttpRequest, editor: Editor, name: str, status: int) -> HttpResponse:
    forms = [getattr(editor, name)] if name != "questions" else list(editor.forms.values())
    context = {
        **context_of(editor),
        "name": name,
        "fields": [field for form in forms for field in form],
        "settled": [field for form in forms if form.is_bound for field in form.settled],
        "left": status != 200,
        "now": timezone.now(),
    }
    return render(request, "recruiter/building/saved.html", context, status=status)


def _part(request: HttpRequest, editor: Editor, name: str) -> HttpResponse:
    context = {**context_of(editor), "fresh": True, "now": timezone.now()}
    return render(request, f"recruiter/building/{name}.html", context)


def _page(request: HttpRequest, editor: Editor, status: int = 200) -> HttpResponse:
    return render(request, "recruiter/building/editor.html", context_of(editor), status=status)


def _refused(request: HttpRequest, version: AssessmentVersion, problem: str) -> HttpResponse:
    """Say why nothing can be saved; with scripts what was typed stays on the page."""
    context = {"problem": problem, "version": version, "typed": _typed(request)}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "recruiter/building/refused_part.html", context, status=409)
    return render(request, "recruiter/building/refused.html", context, status=409)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What was sent, for a page that shows it once more to be copied."""
    sent = request.POST.items()
    hidden = ("initial-", "csrfmiddlewaretoken", "do", "keep")
    return [(name, str(value)) for name, value in sent if value and not name.startswith(hidden)]


def _again(version: AssessmentVersion) -> AssessmentVersion:
    return AssessmentVersion.objects.select_related("assessment__organisation").get(pk=version.pk)
