"""Webhooks for owners: endpoints, what was sent to them, and what they answered."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.actions import WebhookOff, webhooks
from assessments.integrations.events import body_of
from assessments.models import Organisation, User, WebhookDelivery, WebhookEndpoint
from assessments.recruiter import shown_once
from assessments.recruiter.sent_once import made_once
from assessments.recruiter.webhook_forms import DeliveryForm, WebhookForm

PAGE = 50


@require_safe
def webhook_list(request: HttpRequest) -> HttpResponse:
    context = {
        "organisation": _organisation(request),
        "endpoints": _counted(WebhookEndpoint.objects.run_by(request.user)),
    }
    return render(request, "recruiter/webhooks/list.html", context)


def _counted(endpoints: Any) -> Any:
    states = WebhookDelivery.State
    return endpoints.annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state=states.PENDING)),
        failed=Count("deliveries", filter=Q(deliveries__state=states.FAILED)),
        delivered=Count("deliveries", filter=Q(deliveries__state=states.DELIVERED)),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add an endpoint; its secret is on the page after it, and nowhere else."""
    organisation = _organisation(request)
    form = WebhookForm(request.POST or None)
    if form.is_valid():
        added = made_once(request, lambda: _added(organisation, form, _user(request)))
        return _lead_to_secret(*added.split())
    return _form_page(request, form, None)


def _added(organisation: Organisation, form: WebhookForm, by: User) -> str:
    """The key of a new endpoint, and its secret."""
    endpoint, secret = webhooks.add_webhook(organisation, **form.cleaned_data, by=by)
    return f"{endpoint.pk} {secret}"


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: str) -> HttpResponse:
    endpoint = _endpoint(request, pk)
    form = WebhookForm.of(request.POST or None, endpoint)
    if form.is_valid():
        webhooks.change_webhook(endpoint, **form.cleaned_data, by=_user(request))
        messages.success(request, "The webhook is changed.")
        return redirect(endpoint)
    return _form_page(request, form, endpoint)


def _form_page(
    request: HttpRequest, form: WebhookForm, endpoint: WebhookEndpoint | None
) -> HttpResponse:
    context = {"form": form, "endpoint": endpoint}
    status = 422 if form.errors else 200
    return render(request, "recruiter/webhooks/form.html", context, status=status)


@never_cache
@require_POST
def rotate(request: HttpRequest, pk: str) -> HttpResponse:
    endpoint = _endpoint(request, pk)
    secret = made_once(request, lambda: webhooks.rotate_secret(endpoint, by=_user(request)))
    return _lead_to_secret(endpoint.pk, secret)


def _lead_to_secret(pk: object, secret: str) -> HttpResponse:
    address = reverse("recruiter:webhook_secret", args=[pk])
    return shown_once.lead_to(address, secret)


@never_cache
@require_safe
def secret(request: HttpRequest, pk: str) -> HttpResponse:
    """Show the secret that was made just now; afterwards say that it was shown."""
    context = {"endpoint": _endpoint(request, pk), "secret": shown_once.brought(request)}
    response = render(request, "recruiter/webhooks/secret.html", context)
    return shown_once.forgotten(request, response)


@require_safe
def detail(request: HttpRequest, pk: str) -> HttpResponse:
    endpoint = _endpoint(request, pk)
    form = DeliveryForm(request.GET)
    found = endpoint.deliveries.select_related("event").prefetch_related("tried").newest_first()
    if form.chosen:
        found = found.filter(state=form.chosen)
    context = {
        "endpoint": endpoint,
        "form": form,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "failed": endpoint.deliveries.failed().count(),
    }
    return render(request, "recruiter/webhooks/detail.html", context)


@require_POST
def disable(request: HttpRequest, pk: str) -> HttpResponse:
    endpoint = _endpoint(request, pk)
    webhooks.disable_webhook(endpoint, by=_user(request))
    messages.success(request, "The webhook is off. What happens meanwhile waits for 30 days.")
    return redirect(endpoint)


@require_POST
def enable(request: HttpRequest, pk: str) -> HttpResponse:
    endpoint = webhooks.enable_webhook(_endpoint(request, pk), by=_user(request))
    messages.success(request, "The webhook is on; what waited is on its way.")
    return redirect(endpoint)


@require_POST
def remove(request: HttpRequest, pk: str) -> HttpResponse:
    webhooks.remove_webhook(_endpoint(request, pk), by=_user(request))
    messages.success(request, "The webhook is removed.")
    return redirect("recruiter:webhook_list")


@require_POST
def test(request: HttpRequest, pk: str) -> HttpResponse:
    endpoint = _endpoint(request, pk)
    return _tried(
        request,
        endpoint,
        lambda: webhooks.send_test_event(endpoint, by=_user(request)),
        "A test event is on its way.",
    )


@require_POST
def replay_failed(request: HttpRequest, pk: str) -> HttpResponse:
    endpoint = _endpoint(request, pk)
    return _tried(
        request,
        endpoint,
        lambda: webhooks.replay_failed(endpoint, by=_user(request)),
        "What failed is sent once more.",
    )


@require_safe
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was sent, and each try with its answer."""
    found = _delivery(request, pk)
    context = {
        "delivery": found,
        "body": json.dumps(json.loads(body_of(found.event)), indent=2, ensure_ascii=False),
        "tries": found.tried.all(),
    }
    return render(request, "recruiter/webhooks/delivery.html", context)


@require_POST
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    found = _delivery(request, pk)
    return _tried(
        request,
        found,
        lambda: webhooks.replay(found, by=_user(request)),
        "It is sent once more, under the same id.",
    )


def _tried(
    request: HttpRequest,
    back: WebhookEndpoint | WebhookDelivery,
    act: Callable[[], object],
    sentence: str,
) -> HttpResponse:
    """Do it, and say so, or why it could not be done."""
    try:
        act()
    except WebhookOff as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, sentence)
    return redirect(back)


def _organisation(request: HttpRequest) -> Organisation:
    return get_object_or_404(Organisation.objects.run_by(request.user))


def _endpoint(request: HttpRequest, pk: str) -> WebhookEndpoint:
    found: WebhookEndpoint = get_object_or_404(WebhookEndpoint.objects.run_by(request.user), pk=pk)
    return found


def _delivery(request: HttpRequest, pk: int) -> WebhookDelivery:
    own = WebhookEndpoint.objects.run_by(request.user)
    rows = WebhookDelivery.objects.select_related("event", "endpoint").filter(endpoint__in=own)
    return get_object_or_404(rows, pk=pk)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
