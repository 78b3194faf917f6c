"""Who is told of what happens: endpoints, their secrets, and events to try them with."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from assessments.actions import webhooks
from assessments.api.conflicts import IF_MATCH, IF_NONE_MATCH, require_match
from assessments.api.deliveries import DeliverySerializer, switched_on
from assessments.api.filters import WebhookFilters
from assessments.api.idempotency import KEY, KEY_REQUIRED, replayed
from assessments.api.resources import Resource, Scope
from assessments.api.strict import StrictSerializer
from assessments.integrations.outbound import Refused
from assessments.models import EventType, WebhookEndpoint

# Narrower than what is taken: what it describes is an address on the internet for everyone.
_URL = r"^https://[a-z]{1,32}\.(com|org|net)/[a-z0-9]{0,64}$"
SECRET = "secret"
# What is changed at once.
_WRITTEN = ("url", "event_types", "description")


@contextmanager
def taken_address() -> Iterator[None]:
    """An address that nothing is ever sent to is a wrong field."""
    try:
        yield
    except Refused as refused:
        raise ValidationError({"url": str(refused)}) from refused


@extend_schema_field(
    {"type": "string", "pattern": _URL, "examples": ["https://lovelace.org/minima"]}
)
class HookField(serializers.CharField):
    """An address on the internet, beginning with https://."""


@extend_schema_field({"type": "string", "pattern": r"^[^\u0000]*$", "maxLength": 200})
class DescriptionField(serializers.CharField):
    """What it is for, in the owner's words."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, allow_blank=True, **kwargs)


class EventTypesField(serializers.ListField):
    child = serializers.ChoiceField(EventType.choices)


class EndpointSerializer(serializers.ModelSerializer[WebhookEndpoint]):
    event_types = EventTypesField(read_only=True, help_text="Empty: all there are.")
    enabled = serializers.SerializerMethodField(help_text="Whether anything is sent to it.")

    class Meta:
        model = WebhookEndpoint
        fields = [
            "id", "url", "description", "event_types", "enabled", "disabled_at", "disabled_why",
            "failing_since", "previous_until", "created_at",
        ]  # fmt: skip
        read_only_fields = fields
        extra_kwargs = {
            "failing_since": {"help_text": "Since when every try was in vain."},
            "previous_until": {"help_text": "Until when the secret of before signs as well."},
        }

    def get_enabled(self, endpoint: WebhookEndpoint) -> bool:
        return endpoint.disabled_at is None


class EndpointWithSecretSerializer(EndpointSerializer):
    """An endpoint with its secret, which is shown this once."""

    secret = serializers.CharField(read_only=True, help_text="`whsec_…`")

    class Meta(EndpointSerializer.Meta):
        fields = [*EndpointSerializer.Meta.fields, SECRET]
        read_only_fields = fields


class ChangedEndpointSerializer(StrictSerializer):
    """What is left out stays as it is."""

    url = HookField(max_length=500, required=False)
    description = DescriptionField(required=False)
    event_types = EventTypesField(required=False, help_text="Empty: all there are.")
    enabled = serializers.BooleanField(
        required=False, help_text="What happens while it is off waits, for 30 days."
    )


class NewEndpointSerializer(StrictSerializer):
    url = HookField(max_length=500)
    description = DescriptionField(default="")
    event_types = EventTypesField(default=list, help_text="Empty: all there are.")


class ReplayedSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="How many are sent once more.")


class EndpointResource(Resource):
    scopes = dict.fromkeys(("GET", "POST", "PATCH", "DELETE"), (Scope.ADMIN,))
    filters = WebhookFilters
    serializer_class = detail_class = EndpointSerializer

    def get_queryset(self) -> QuerySet[WebhookEndpoint]:
        rows: QuerySet[WebhookEndpoint] = WebhookEndpoint.objects.of(self.caller.organisation)
        return rows

    @extend_schema(parameters=[WebhookFilters])
    def list(self, request: Request) -> Response:
        """The endpoints of webhooks, the newest first"""
        return super().list(request)

    @extend_schema(parameters=[IF_NONE_MATCH], responses={200: EndpointSerializer, 304: None})
    def retrieve(self, request: Request, pk: Any) -> Response:
        """One endpoint. Its secret is shown to nobody again."""
        return super().retrieve(request, pk)

    @extend_schema(
        parameters=[KEY],
        request=NewEndpointSerializer,
        responses={201: EndpointWithSecretSerializer},
    )
    def create(self, request: Request) -> Response:
        """Add an endpoint. The answer has its secret, this once."""
        body = NewEndpointSerializer(data=request.data)
        body.is_valid(raise_exception=True)

        def add() -> dict[str, Any]:
            with taken_address():
                endpoint, secret = webhooks.add_webhook(
                    self.caller.organisation, **body.validated_data, by=self.caller.token
                )
            return self.shown(endpoint) | {SECRET: secret}

        answer = replayed(request, add, 201, sealed=SECRET)
        assert answer.data is not None
        answer.headers["Location"] = reverse(
            "api:webhook-detail", [answer.data["id"]], request=request
        )
        return answer

    @extend_schema(
        parameters=[IF_MATCH], request=ChangedEndpointSerializer,
        responses={200: EndpointSerializer},
    )  # fmt: skip
    def partial_update(self, request: Request, pk: Any) -> Response:
        """Send elsewhere, of other events, or nothing for a while"""
        body = ChangedEndpointSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        with transaction.atomic():
            endpoint = self.locked(pk)
            require_match(request, self.shown(endpoint))
            self._change(endpoint, dict(body.validated_data))
            changed = self.shown(self.get_row(pk))
        return self.tagged(request, changed)

    def _change(self, endpoint: WebhookEndpoint, said: dict[str, Any]) -> None:
        by, enabled = self.caller.token, said.pop("enabled", None)
        if said:
            kept = {name: getattr(endpoint, name) for name in _WRITTEN}
            with taken_address():
                endpoint = webhooks.change_webhook(endpoint, **(kept | said), by=by)
        if enabled is True:
            webhooks.enable_webhook(endpoint, by=by)
        elif enabled is False:
            webhooks.disable_webhook(endpoint, by=by)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: Any) -> Response:
        """Remove an endpoint, with its secret and all that is kept of what was sent to it"""
        webhooks.remove_webhook(self.get_row(pk), by=self.caller.token)
        return Response(status=204)

    @extend_schema(
        parameters=[KEY_REQUIRED], request=None, responses={200: EndpointWithSecretSerializer}
    )
    def rotate(self, request: Request, pk: Any) -> Response:
        """Give an endpoint another secret. For 24 hours everything is signed with both."""
        endpoint = self._posted_to(request, pk)

        def rotate() -> dict[str, Any]:
            secret = webhooks.rotate_secret(endpoint, by=self.caller.token)
            return self.shown(self.get_row(pk)) | {SECRET: secret}

        return replayed(request, rotate, required=True, sealed=SECRET)

    @extend_schema(parameters=[KEY], request=None, responses={202: DeliverySerializer})
    def test(self, request: Request, pk: Any) -> Response:
        """Send an event that says nothing, to see whether it arrives"""
        endpoint = self._posted_to(request, pk)

        def send() -> dict[str, Any]:
            with switched_on():
                made = webhooks.send_test_event(endpoint, by=self.caller.token)
            return dict(DeliverySerializer(made).data)

        return replayed(request, send, 202)

    @extend_schema(parameters=[KEY], request=None, responses={202: ReplayedSerializer})
    def replay(self, request: Request, pk: Any) -> Response:
        """Send everything once more that was given up"""
        endpoint = self._posted_to(request, pk)

        def send() -> dict[str, Any]:
            with switched_on():
                return {"number": webhooks.replay_failed(endpoint, by=self.caller.token)}

        return replayed(request, send, 202)

    def _posted_to(self, request: Request, pk: Any) -> WebhookEndpoint:
        """The endpoint, where nothing was sent along that nobody knows."""
        StrictSerializer(data=request.data).is_valid(raise_exception=True)
        endpoint: WebhookEndpoint = self.get_row(pk)
        return endpoint
