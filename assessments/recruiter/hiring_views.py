"""Hiring systems for owners: connections, what was ordered by them, what went wrong."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.actions import hiring_connections as hiring
from assessments.actions.hiring_outcomes import tell_again
from assessments.integrations.hiring.adapters import Malformed
from assessments.integrations.hiring.bodies import parsed
from assessments.integrations.hiring.lookups import offered_under
from assessments.integrations.hiring.registry import ADAPTERS, adapter_of
from assessments.integrations.hiring.stage import read
from assessments.models import (
    Assessment,
    HiringConnection,
    HiringError,
    HiringOrder,
    Organisation,
    User,
)
from assessments.recruiter.hiring_forms import ConnectionForm, ErrorFilter, OrderFilter
from assessments.recruiter.sent_once import made_once
from assessments.recruiter.stage_forms import SampleForm, StageForm

PAGE = 50
STAGE = HiringConnection.System.STAGE


@require_safe
def hiring_list(request: HttpRequest) -> HttpResponse:
    failed = Q(orders__telling=HiringOrder.Telling.FAILED)
    rows = HiringConnection.objects.run_by(request.user)
    context = {
        "organisation": _organisation(request),
        "connections": rows.annotate(
            ordered=Count("orders"), failed=Count("orders", filter=failed)
        ).order_by("created_at", "pk"),
        "adapters": ADAPTERS.values(),
    }
    return render(request, "recruiter/hiring/list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, system: str) -> HttpResponse:
    """Connect a system; its key is on the page that answers, and nowhere else."""
    organisation = _organisation(request)
    if system not in ADAPTERS:
        raise Http404
    form = _form(request, system, None)
    if form.is_valid():
        added = made_once(request, lambda: _added(organisation, form, system, _user(request)))
        pk, key = added.split()
        return _key_page(request, _connection(request, pk), key)
    return _form_page(request, form, system, None)


def _added(organisation: Organisation, form: ConnectionForm, system: str, by: User) -> str:
    """The key of a new connection in our tables, and the one that its system comes in with."""
    connection, key = hiring.add_connection(organisation, system, form.terms(), by=by)
    return f"{connection.pk} {key}"


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: str) -> HttpResponse:
    connection = _connection(request, pk)
    form = _form(request, connection.system, connection)
    if form.is_valid():
        hiring.change_connection(connection, form.terms(), by=_user(request))
        messages.success(request, "The connection is changed.")
        return redirect(connection)
    return _form_page(request, form, connection.system, connection)


def _form(request: HttpRequest, system: str, connection: HiringConnection | None) -> ConnectionForm:
    own = Assessment.objects.run_by(request.user)
    published = own.published().unarchived().with_title().order_by("title", "pk")
    kind = StageForm if system == STAGE else ConnectionForm
    return kind(request.POST or None, ADAPTERS[system], published, connection)


def _form_page(
    request: HttpRequest, form: ConnectionForm, system: str, connection: HiringConnection | None
) -> HttpResponse:
    context = {
        "form": form,
        "system": HiringConnection.System(system),
        "adapter": ADAPTERS[system],
        "connection": connection,
    }
    status = 422 if form.errors else 200
    return render(request, "recruiter/hiring/form.html", context, status=status)


@never_cache
@require_POST
def replace_key(request: HttpRequest, pk: str) -> HttpResponse:
    connection = _connection(request, pk)
    key = made_once(request, lambda: hiring.replace_key(connection, by=_user(request)))
    connection.refresh_from_db()
    return _key_page(request, connection, key)


def _key_page(request: HttpRequest, connection: HiringConnection, key: str) -> HttpResponse:
    adapter, base = adapter_of(connection), _base(connection)
    context = {
        "connection": connection,
        "secrets": adapter.secrets(connection, base, key),
        "entries": adapter.entries(connection, base),
    }
    return render(request, "recruiter/hiring/key.html", context)


@require_safe
def detail(request: HttpRequest, pk: str) -> HttpResponse:
    """Show how a connection fares, what is entered over there, and what happened last."""
    connection = _connection(request, pk)
    adapter = adapter_of(connection)
    orders = connection.orders
    context = {
        "connection": connection,
        "adapter": adapter,
        "entries": adapter.entries(connection, _base(connection)),
        "errors": connection.errors.select_related("order")[:5],
        "orders": orders.with_invitation()[:5],
        "ordered": orders.count(),
        "failed": orders.failed().count(),
        "waiting": orders.filter(telling=HiringOrder.Telling.PENDING).count(),
    }
    return render(request, "recruiter/hiring/detail.html", context)


@require_safe
def orders(request: HttpRequest, pk: str) -> HttpResponse:
    connection = _connection(request, pk)
    form = OrderFilter(request.GET)
    found = connection.orders.with_invitation()
    if form.chosen:
        found = found.filter(telling=form.chosen)
    context = {"connection": connection, "form": form, "page": _page(request, found)}
    return render(request, "recruiter/hiring/orders.html", context)


@require_safe
def errors(request: HttpRequest, pk: str) -> HttpResponse:
    connection = _connection(request, pk)
    form = ErrorFilter(request.GET)
    found = connection.errors.select_related("order")
    if form.chosen:
        found = found.filter(side=form.chosen)
    context = {
        "connection": connection,
        "form": form,
        "page": _page(request, found),
        "kept": HiringError.KEPT.days,
    }
    return render(request, "recruiter/hiring/errors.html", context)


@require_POST
def pause(request: HttpRequest, pk: str) -> HttpResponse:
    connection = _connection(request, pk)
    hiring.pause_connection(connection, by=_user(request))
    messages.success(request, "The connection is paused: nothing is ordered, and nothing is told.")
    return redirect(connection)


@require_POST
def resume(request: HttpRequest, pk: str) -> HttpResponse:
    connection = hiring.resume_connection(_connection(request, pk), by=_user(request))
    messages.success(request, "The connection works again; what waited is on its way.")
    return redirect(connection)


@require_POST
def remove(request: HttpRequest, pk: str) -> HttpResponse:
    hiring.remove_connection(_connection(request, pk), by=_user(request))
    messages.success(request, "The connection is removed. Invitations and results stay.")
    return redirect("recruiter:hiring_list")


@require_POST
def retry(request: HttpRequest, pk: str) -> HttpResponse:
    """Tell a system once more how an order stands."""
    own = HiringConnection.objects.run_by(request.user)
    rows = HiringOrder.objects.with_invitation().filter(connection__in=own)
    order = get_object_or_404(rows, pk=pk)
    if tell_again(order, by=_user(request)):
        messages.success(request, f"{order.connection} is told once more how it stands.")
    else:
        messages.info(request, f"{order.connection} is told nothing of that: it asks, or waits.")
    return redirect("recruiter:hiring_orders", order.connection_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def try_sample(request: HttpRequest, pk: str) -> HttpResponse:
    """Show what a message of the other system would do; it does nothing."""
    connection = get_object_or_404(
        HiringConnection.objects.run_by(request.user), pk=pk, system=STAGE
    )
    form = SampleForm(request.POST or None)
    context = {"connection": connection, "form": form}
    if form.is_valid():
        context |= _tried(connection, form.cleaned_data["sample"])
    return render(request, "recruiter/hiring/sample.html", context)


def _tried(connection: HiringConnection, sample: str) -> dict[str, Any]:
    try:
        reading = read(parsed(sample.encode("utf-8", "replace")), connection.settings)
    except Malformed as malformed:
        return {"refused": str(malformed)}
    found = offered_under(connection, reading.assessment) if reading.assessment else None
    known = found and connection.orders.filter(natural_key=f"{reading.key}:{found.pk}")
    return {"reading": reading, "assessment": found, "known": bool(known and known.exists())}


def _page(request: HttpRequest, found: Any) -> Any:
    return Paginator(found, PAGE).get_page(request.GET.get("page"))


def _base(connection: HiringConnection) -> str:
    return f"{settings.BASE_URL}/integrations/{connection.system}/v1/"


def _organisation(request: HttpRequest) -> Organisation:
    return get_object_or_404(Organisation.objects.run_by(request.user))


def _connection(request: HttpRequest, pk: str) -> HiringConnection:
    rows = HiringConnection.objects.run_by(request.user)
    found: HiringConnection = get_object_or_404(rows, pk=pk)
    return found


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
