"""One question: its versions, what was said of them, and every step that a version takes."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from questions.authoring import audits, differences, drafting, reviewing, withdrawing
from questions.authoring.faults import advice
from questions.authoring.house import FEWEST, MOST, Author, house, with_author
from questions.authoring.results import results_of
from questions.authoring.views.page import frames_preview, page
from questions.models import Exposure, Question, QuestionVersion, Withdrawal
from questions.reading import Unreadable

Status = QuestionVersion.Status
# Versions, and remarks, that are shown at once.
PAGE = 20


@frames_preview
@require_safe
@with_author
def question(request: HttpRequest, author: Author, pk: int) -> HttpResponse:
    found = get_object_or_404(author.questions, pk=pk)
    return _question(request, author, found.versions.latest("number"))


@frames_preview
@require_safe
@with_author
def version(request: HttpRequest, author: Author, pk: int, number: int) -> HttpResponse:
    found = get_object_or_404(author.questions, pk=pk)
    return _question(request, author, get_object_or_404(found.versions, number=number))


def _question(
    request: HttpRequest,
    author: Author,
    version: QuestionVersion,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """The page of a question, at one of its versions."""
    found = version.question
    versions = found.versions.order_by("-number").select_related("published_by").defer("content")
    seen = Exposure.objects.filter(question=found, organisation=author.organisation.pk)
    withdrawals = Withdrawal.objects.filter(question=found, organisation=author.organisation.pk)
    context = {
        "version": version,
        "question": found,
        "reported": house().reported(found, author.organisation),
        "results": results_of(found, author.organisation),
        "fewest": FEWEST,
        "most": MOST,
        "own": found.organisation_id == author.organisation.pk,
        "versions": Paginator(versions, PAGE).get_page(request.GET.get("page")),
        "newest": versions[0],
        "current": versions.exclude(published_at=None).first(),
        "exposure": seen.first(),
        "withdrawals": withdrawals.select_related("by"),
        "withdrawn": withdrawals.open().first(),
        "may_publish": reviewing.may_publish(author, version),
        "writers": version.writers.all(),
        "comments": _comments(request, author, version),
        **_audit(version),
        **_said(version),
        **_difference(request, version),
        **context,
    }
    return page(request, author, "question", context, status=status)


def _comments(request: HttpRequest, author: Author, version: QuestionVersion) -> Any:
    """What was said of a version, last; of shared ones nobody says anything to another house."""
    found = version.comments.filter(version__question__organisation=author.organisation.pk)
    pages = Paginator(found.select_related("author"), PAGE)
    return pages.get_page(request.GET.get("remarks", pages.num_pages))


def _audit(version: QuestionVersion) -> dict[str, Any]:
    key = audits.key_of(version.content)
    if version.kind != "coding" or key is None:
        return {}
    audit, waiting = audits.newest(key)
    return {"task": key.partition("@")[0], "audit": audit, "audit_waiting": waiting}


def _said(version: QuestionVersion) -> dict[str, Any]:
    """The fields as they read, with advice on the wording."""
    try:
        fields = drafting.read(version)
    except Unreadable as error:
        return {"fields": {}, "unreadable": f"Line {error.line}: {error.sentence}"}
    try:
        return {"fields": fields, "advice": [each.sentence for each in advice(fields)]}
    except (KeyError, TypeError, AttributeError):  # half a draft has no wording to judge
        return {"fields": fields}


def _difference(request: HttpRequest, version: QuestionVersion) -> dict[str, Any]:
    """What changed since another version: the one before, unless `against` names one."""
    asked = request.GET.get("against", "")
    others = version.question.versions.exclude(pk=version.pk)
    if asked.isdecimal() and len(asked) < 6:
        against = others.filter(number=int(asked)).first()
    else:
        against = others.filter(number__lt=version.number).order_by("-number").first()
    if against is None:
        return {}
    try:
        changes = differences.changes(drafting.read(against), drafting.read(version))
    except Unreadable:
        return {"against": against}
    return {"against": against, "changes": changes}


Step = Callable[[Author, QuestionVersion, HttpRequest], str]


def _step(act: Step) -> Callable[..., HttpResponse]:
    """Make a view of what is done to the newest version of an own question; it says so."""

    @frames_preview
    @require_POST
    @with_author
    def view(request: HttpRequest, author: Author, pk: int) -> HttpResponse:
        found = get_object_or_404(author.own, pk=pk)
        newest = found.versions.latest("number")
        try:
            said = act(author, newest, request)
        except reviewing.NotReady as problem:
            return _question(request, author, newest, status=422, not_ready=problem.found)
        except (reviewing.OwnWork, reviewing.WrongStatus, drafting.NoDraft) as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, said)
        if not Question.objects.filter(pk=pk).exists():
            return redirect("authoring:list", author.organisation.slug)
        return redirect("authoring:question", author.organisation.slug, pk)

    return view


def _send(author: Author, version: QuestionVersion, request: HttpRequest) -> str:
    reviewing.send(author, version)
    return "It waits for review."


def _send_back(author: Author, version: QuestionVersion, request: HttpRequest) -> str:
    reviewing.send_back(author, version, request.POST.get("text", ""))
    return "It is a draft again."


def _publish(author: Author, version: QuestionVersion, request: HttpRequest) -> str:
    number = reviewing.publish(author, version).number
    return f"Version {number} is published. Assessments can ask it."


def _discard(author: Author, version: QuestionVersion, request: HttpRequest) -> str:
    drafting.discard(author, version)
    return "The draft is gone."


send, send_back, publish, discard = map(_step, (_send, _send_back, _publish, _discard))


@require_POST
@with_author
def comment(request: HttpRequest, author: Author, pk: int, number: int) -> HttpResponse:
    found = get_object_or_404(author.own, pk=pk)
    version = get_object_or_404(found.versions, number=number)
    reviewing.comment(author, version, request.POST.get("text", ""))
    address = redirect("authoring:version", author.organisation.slug, pk, number)
    address["Location"] += "#comments"
    return address


@require_POST
@with_author
def withdraw(request: HttpRequest, author: Author, pk: int) -> HttpResponse:
    """Retire, mark as leaked, or bring back."""
    found = get_object_or_404(author.questions, pk=pk)
    status = request.POST.get("status", "")
    try:
        if status == Status.PUBLISHED:
            withdrawing.bring_back(author, found)
        else:
            withdrawing.take_back(author, found, status, request.POST.get("reason", ""))
    except withdrawing.NotWithdrawn as problem:
        messages.error(request, str(problem))
    return redirect("authoring:question", author.organisation.slug, pk)


@require_http_methods(["GET", "POST"])
@with_author
def audit(request: HttpRequest, author: Author, pk: int) -> HttpResponse:
    """Ask for an audit, or tell how far it is to a page that waits for it."""
    found = get_object_or_404(author.questions, pk=pk)
    version = get_object_or_404(found.versions.filter(kind="coding").order_by("-number")[:1])
    if request.method == "GET":
        return page(request, author, "parts/audit", {"question": found, **_audit(version)})
    audits.ask(version.content)
    return redirect("authoring:question", author.organisation.slug, pk)
