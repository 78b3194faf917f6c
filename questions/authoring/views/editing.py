"""The editor: its form or its plain text, saved as one types, and its preview."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from questions import kinds
from questions.authoring import drafting, notes, posted, preview
from questions.authoring.form import Form
from questions.authoring.house import Author, house, with_author
from questions.authoring.text import foreign, text_of
from questions.authoring.views.page import framed, frames_preview, page
from questions.models import Draft, QuestionVersion
from questions.reading import Unreadable


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent: the whole text of the draft, and what it was typed on top of."""

    text: str
    revision: int


@frames_preview
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@with_author
def edit(request: HttpRequest, author: Author, pk: int) -> HttpResponse:
    """The editor of a draft; a POST begins one where the newest version was published."""
    question = get_object_or_404(author.own, pk=pk)
    if request.method == "POST":
        drafting.edit(author, question)
        return redirect("authoring:edit", author.organisation.slug, pk)
    if question.versions.latest("number").status != QuestionVersion.Status.DRAFT:
        return redirect("authoring:question", author.organisation.slug, pk)
    version = drafting.edit(author, question)
    return _editor(request, author, version, as_text=request.GET.get("as") == "text")


@frames_preview
@require_POST
@with_author
def save(request: HttpRequest, author: Author, pk: int) -> HttpResponse:
    """Save what was typed, whatever it is; by htmx while one types, or by a button."""
    version = _version(author, pk)
    as_text = request.POST.get("as") == "text"
    typed = _typed(request, version)
    try:
        draft = drafting.save(author, version, typed.text, typed.revision)
    except drafting.StaleDraft as stale:
        return _conflict(request, author, version, typed, stale.draft)
    except (drafting.NoDraft, drafting.TooLong) as problem:
        return _refused(request, author, version, typed, str(problem))
    version = _version(author, pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return _after_button(request, author, version)
    form = Form.of(version, draft, as_text=as_text)
    part = "fields" if request.POST.get("do") else "saved"
    return page(request, author, f"parts/{part}", {"form": form, "version": version})


def _version(author: Author, pk: int) -> QuestionVersion:
    question = get_object_or_404(author.own, pk=pk)
    newest: QuestionVersion = question.versions.select_related("draft").latest("number")
    return newest


def _typed(request: HttpRequest, version: QuestionVersion) -> Typed:
    sent = request.POST
    revision = sent.get("revision", "")
    number = int(revision) if revision.isdecimal() and len(revision) < 10 else 0
    if sent.get("as") == "text":
        return Typed(sent.get("text", "").replace("\r\n", "\n"), number)
    kind = sent.get("kind", "")
    fields = posted.fields_from(sent, kind if kind in kinds.KINDS else version.kind)
    before = _before(version)
    fields |= foreign({**before, "kind": fields["kind"]})
    if fields["kind"] != before.get("kind"):
        # What both kinds have is kept, and what the new one needs is there to be filled in.
        fields = {**before, **posted.started(fields["kind"]), **fields}
    if wish := sent.get("do", ""):
        posted.changed(fields, wish, fields["kind"])
    # The form knows nothing of remarks in the plain text.
    typed = version.draft.text if hasattr(version, "draft") else ""
    return Typed(notes.kept(typed, text_of(fields)), number)


def _before(version: QuestionVersion) -> dict[str, Any]:
    try:
        return drafting.read(version)
    except Unreadable:
        return {}


def _editor(
    request: HttpRequest,
    author: Author,
    version: QuestionVersion,
    *,
    as_text: bool = False,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    form = context.pop("form", None) or Form.of(version, version.draft, as_text=as_text)
    return page(
        request,
        author,
        "edit",
        {"version": version, "question": version.question, "form": form, **context},
        status=status,
    )


def _after_button(request: HttpRequest, author: Author, version: QuestionVersion) -> HttpResponse:
    """Where the buttons lead that work without scripts."""
    slug, pk = author.organisation.slug, version.question_id
    if request.POST.get("then") == "leave":
        messages.success(request, "The draft is saved.")
        return redirect("authoring:question", slug, pk)
    address = redirect("authoring:edit", slug, pk)
    if request.POST.get("then", request.POST.get("as")) == "text":
        address["Location"] += "?as=text"
    return address


def _conflict(
    request: HttpRequest, author: Author, version: QuestionVersion, typed: Typed, theirs: Draft
) -> HttpResponse:
    """Say that another save came first, and let the author choose; nothing was lost."""
    as_text = request.POST.get("as") == "text"
    context: dict[str, Any] = {"theirs": theirs, "typed": typed}
    if request.htmx:  # type: ignore[attr-defined]
        return page(request, author, "parts/conflict", {"version": version, **context}, status=409)
    mine = Draft(version=version, text=typed.text, revision=theirs.revision)
    form = Form.of(version, mine, as_text=as_text)
    return _editor(request, author, version, status=409, form=form, **context)


def _refused(
    request: HttpRequest, author: Author, version: QuestionVersion, typed: Typed, problem: str
) -> HttpResponse:
    context = {"version": version, "problem": problem, "typed": typed}
    return page(request, author, "parts/refused", context, status=409)


@framed
@never_cache
@require_safe
@with_author
def show(request: HttpRequest, author: Author, pk: int, number: int) -> HttpResponse:
    """The question as a candidate sees it, with the numbers and the order that a seed draws."""
    versions = QuestionVersion.objects.filter(question__in=author.questions)
    version = get_object_or_404(versions.select_related("draft"), question=pk, number=number)
    seed = request.GET.get("seed", "")
    try:
        shown = preview.shown(
            drafting.read(version),
            int(seed) if seed.isdecimal() and len(seed) < 10 else preview.SEED,
        )
    except Unreadable as error:
        problem = f"Line {error.line} of the text can't be read: {error.sentence}"
        return render(request, "authoring/nothing.html", {"problem": problem})
    except preview.NothingToShow as nothing:
        return render(request, "authoring/nothing.html", {"problem": str(nothing)})
    return house().preview(request, shown, author.organisation)
