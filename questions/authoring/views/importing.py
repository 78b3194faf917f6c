"""Files of other programs: upload one, see what would come in, and let it in or not."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.core.paginator import Paginator
from django.db.models import Count, F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from questions.authoring import differences, drafting, importing, preview
from questions.authoring.house import Author, house, with_author
from questions.authoring.importing import Outcome
from questions.authoring.uploads import bounded
from questions.authoring.views.page import framed, frames_preview, page
from questions.interchange.bounds import MAX_BYTES
from questions.models import Import, ImportedQuestion, Question

PAGE = 25
# What goes with a file in a request.
AROUND = 65_536
RECENT = 10
TOO_LARGE = f"The file is larger than {MAX_BYTES // 2**20} MB: split it into several."


class UploadForm(forms.Form):
    file = forms.FileField(
        help_text=f"Moodle XML, GIFT, or a QTI package or item; at most {MAX_BYTES // 2**20} MB.",
        widget=forms.FileInput(
            {"class": "form-control", "accept": ".xml,.txt,.gift,.zip", "data-most": MAX_BYTES}
        ),
        allow_empty_file=True,
        error_messages={"required": "Choose a file."},
    )
    format = forms.ChoiceField(
        required=False,
        choices=[("", "found out by itself"), *importing.TITLES.items()],
        widget=forms.Select({"class": "form-select"}),
    )


@csrf_exempt
def new(request: HttpRequest, organisation: str) -> HttpResponse:
    """Take a file, bounded before anything reads the request: the check of its token would."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > 8 * MAX_BYTES:
        raise RequestDataTooBig(TOO_LARGE)
    bounded(request, MAX_BYTES)
    return _new(request, organisation=organisation)


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
@with_author
def _new(request: HttpRequest, author: Author) -> HttpResponse:
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent)
    if getattr(request.upload_handlers[0], "too_large", False):
        form.errors["file"] = form.error_class([TOO_LARGE])
    elif form.is_valid():
        file, chosen = form.cleaned_data["file"], form.cleaned_data["format"]
        kept = importing.upload(author, file.name, chosen, file.read())
        return redirect("authoring:import", author.organisation.slug, kept.pk)
    recent = importing.of(author).select_related("by")[:RECENT]
    status = 422 if form.errors else 200
    return page(request, author, "import", {"form": form, "recent": recent}, status=status)


@require_safe
@with_author
def show(request: HttpRequest, author: Author, pk: int) -> HttpResponse:
    """What would become of each question of a file, or what became of it."""
    found = get_object_or_404(importing.of(author).select_related("by"), pk=pk)
    if request.htmx:  # type: ignore[attr-defined]
        return _waiting(request, author, found)
    rows = found.questions.defer("fields")
    counted = dict(rows.order_by().values_list("outcome").annotate(Count("pk")))
    chosen = request.GET.get("outcome", "")
    if chosen in Outcome.values:
        rows = rows.filter(outcome=chosen)
    shown = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "import": found,
        "counts": [(name, title, counted.get(name, 0)) for name, title in Outcome.choices],
        "drafts": counted.get("new", 0) + counted.get("version", 0),
        "total": sum(counted.values()),
        "chosen": chosen,
        "page": shown,
        "rows": _with_questions(author, shown.object_list),
    }
    return page(request, author, "imported", context)


def _waiting(request: HttpRequest, author: Author, found: Import) -> HttpResponse:
    """What a page asks for while its file is read: a word, or to be loaded anew."""
    if found.read_at:
        return HttpResponseClientRefresh()
    return page(request, author, "parts/import_state", {"import": found})


def _with_questions(author: Author, rows: Any) -> list[tuple[ImportedQuestion, Question | None]]:
    """Return rows with the questions of their names, as far as they are here."""
    rows = list(rows)
    known = author.questions.filter(slug__in=[row.slug for row in rows if row.slug])
    # An own question comes before a shared one of the same name.
    named = {each.slug: each for each in known.order_by(F("organisation").asc(nulls_first=True))}
    return [(row, named.get(row.slug)) for row in rows]


def _row(author: Author, pk: int, number: int) -> ImportedQuestion:
    rows = ImportedQuestion.objects.filter(source__in=importing.of(author))
    found: ImportedQuestion = get_object_or_404(
        rows.exclude(outcome=Outcome.REFUSED).select_related("source"), source=pk, number=number
    )
    return found


@frames_preview
@require_safe
@with_author
def question(request: HttpRequest, author: Author, pk: int, number: int) -> HttpResponse:
    """One question of a file: as candidates would see it, all that it says, and what is to do."""
    row = _row(author, pk, number)
    fields = importing.fields_of(row)
    ((_, here),) = _with_questions(author, [row])
    context = {"row": row, "import": row.source, "fields": fields, "here": here}
    if row.outcome == Outcome.VERSION and here is not None and row.source.stored_at is None:
        newest = here.versions.latest("number")
        context["against"] = newest
        before = drafting.written(newest)
        context["changes"] = differences.changes(before, importing.beside(before, fields))
    return page(request, author, "imported_question", context)


@framed
@require_safe
@with_author
def see(request: HttpRequest, author: Author, pk: int, number: int) -> HttpResponse:
    """The candidate's page of a question that is none yet."""
    fields = importing.fields_of(_row(author, pk, number))
    try:
        shown = preview.shown(fields, preview.SEED)
    except preview.NothingToShow as nothing:
        return render(request, "authoring/nothing.html", {"problem": str(nothing)})
    return house().preview(request, shown, author.organisation)


Step = Callable[[HttpRequest, Author, int], HttpResponse]


def _step(act: Step) -> Callable[..., HttpResponse]:
    """Make a view of what is done to a file of the author's organisation."""

    @require_POST
    @with_author
    def view(request: HttpRequest, author: Author, pk: int) -> HttpResponse:
        get_object_or_404(importing.of(author), pk=pk)
        return act(request, author, pk)

    return view


def _store(request: HttpRequest, author: Author, pk: int) -> HttpResponse:
    try:
        otherwise = importing.store(author, pk)
    except importing.NotStored as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "The drafts are here. Each waits for you to finish it.")
        if otherwise:
            said = "Of {} it came otherwise than foretold: the bank changed meanwhile."
            messages.warning(request, said.format(otherwise))
    return redirect("authoring:import", author.organisation.slug, pk)


def _discard(request: HttpRequest, author: Author, pk: int) -> HttpResponse:
    importing.discard(author, pk)
    messages.success(request, "The file is gone. Questions that came in stay.")
    return redirect("authoring:import_new", author.organisation.slug)


def _ask_again(request: HttpRequest, author: Author, pk: int) -> HttpResponse:
    importing.ask_again(author, pk)
    return redirect("authoring:import", author.organisation.slug, pk)


store, discard, ask_again = map(_step, (_store, _discard, _ask_again))
