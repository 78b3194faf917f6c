"""Export: which questions, in which format, what that does not hold, and the file."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from questions.authoring import exporting
from questions.authoring.house import Author, with_author
from questions.authoring.importing import TITLES
from questions.authoring.listing import FilterForm
from questions.authoring.views.page import page
from questions.interchange import FORMATS

PAGE = 25
TYPES = {".xml": "application/xml", ".gift": "text/plain; charset=utf-8", ".zip": "application/zip"}


@require_safe
@with_author
def choose(request: HttpRequest, author: Author) -> HttpResponse:
    """What a file would hold, and what not, question by question."""
    form = _filters(request)
    said = form.cleaned_data
    versions, chosen = exporting.chosen(author, form), _format(request)
    shown = Paginator(versions, PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "form": form,
        "formats": {name: TITLES.get(name, form.title) for name, form in FORMATS.items()},
        "chosen": chosen,
        "narrowed": said.get("q") or said.get("whose") != "own" or form.further,
        "page": shown,
        "told": exporting.told(chosen, shown),
        "parts": exporting.parts(versions),
    }
    return page(request, author, "export", context)


@require_safe
@with_author
def download(request: HttpRequest, author: Author) -> HttpResponse:
    """The file of one part."""
    form, number = _format(request), _number(request)
    writing = exporting.write(form, _versions(request, author), number)
    suffix = FORMATS[form].suffix
    return _file(writing.data, f"{_name(author, form, number)}{suffix}", TYPES[suffix])


@require_safe
@with_author
def losses(request: HttpRequest, author: Author) -> HttpResponse:
    """What the file of one part does not hold, a line each."""
    form, number = _format(request), _number(request)
    writing = exporting.write(form, _versions(request, author), number)
    lines = [f"{remark} It is left out." for remark in writing.refused]
    lines += [str(remark) for remark in writing.losses]
    text = "".join(f"{line}\n" for line in lines)
    name = f"{_name(author, form, number)}-not-held.txt"
    return _file(text.encode(), name, "text/plain; charset=utf-8")


def _versions(request: HttpRequest, author: Author) -> Any:
    return exporting.chosen(author, _filters(request))


def _filters(request: HttpRequest) -> FilterForm:
    """What is asked for; without a word the organisation's own, for the others are had from us."""
    return FilterForm({"whose": "own", **request.GET.dict()})


def _format(request: HttpRequest) -> str:
    asked = request.GET.get("format", "")
    return asked if asked in FORMATS else "moodle"


def _number(request: HttpRequest) -> int:
    asked = request.GET.get("part", "")
    return int(asked) if asked.isdecimal() and len(asked) < 6 else 1


def _name(author: Author, form: str, number: int) -> str:
    return f"{author.organisation.slug}-{form}-{number}"


def _file(data: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
