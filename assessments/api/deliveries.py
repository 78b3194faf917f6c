"""What was sent to endpoints of webhooks, and what they answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.actions import WebhookOff, webhooks
from assessments.api.conflicts import IF_NONE_MATCH
from assessments.api.filters import DeliveryFilters
from assessments.api.idempotency import KEY, replayed
from assessments.api.outcomes import ContentField
from assessments.api.pagination import HighestFirst
from assessments.api.problems import Conflict
from assessments.api.resources import Resource, Scope
from assessments.api.strict import StrictSerializer
from assessments.models import WebhookDelivery, WebhookEndpoint, WebhookTry


@contextmanager
def switched_on() -> Iterator[None]:
    """Nothing is sent to an endpoint that is off: that is a conflict."""
    try:
        yield
    except WebhookOff as off:
        raise Conflict(str(off)) from off


class DeliverySerializer(serializers.ModelSerializer[WebhookDelivery]):
    event = serializers.CharField(
        source="event_id", read_only=True, help_text="The `webhook-id` of each try."
    )
    type = serializers.CharField(source="event.type", read_only=True)
    timestamp = serializers.DateTimeField(
        source="event.timestamp", read_only=True, help_text="When it happened."
    )
    due_at = serializers.DateTimeField(
        read_only=True, help_text="When it is tried next, while it is pending."
    )

    class Meta:
        model = WebhookDelivery
        fields = [
            "id", "endpoint", "event", "type", "timestamp", "state", "tries", "due_at",
            "delivered_at",
        ]  # fmt: skip
        read_only_fields = fields


class TrySerializer(serializers.ModelSerializer[WebhookTry]):
    class Meta:
        model = WebhookTry
        fields = ["at", "status", "answer", "error", "seconds"]
        read_only_fields = fields
        extra_kwargs = {
            "status": {"help_text": "null where no answer came; `error` says why."},
            "answer": {"help_text": "Its first 2 kB."},
        }


class DeliveryDetailSerializer(DeliverySerializer):
    data = ContentField(  # type: ignore[assignment]
        source="event.data", read_only=True, help_text="What is told of it."
    )
    tried = TrySerializer(many=True, read_only=True)

    class Meta(DeliverySerializer.Meta):
        fields = [*DeliverySerializer.Meta.fields, "data", "tried"]
        read_only_fields = fields


class DeliveryResource(Resource):
    scopes = dict.fromkeys(("GET", "POST"), (Scope.ADMIN,))
    filters = DeliveryFilters
    serializer_class = DeliverySerializer
    detail_class = DeliveryDetailSerializer
    pagination_class = HighestFirst

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        own = WebhookEndpoint.objects.of(self.caller.organisation)
        rows = WebhookDelivery.objects.filter(endpoint__in=own.values("pk"))
        return rows.select_related("event")

    @extend_schema(parameters=[DeliveryFilters])
    def list(self, request: Request) -> Response:
        """What was sent to endpoints, or waits, the latest first"""
        return super().list(request)

    @extend_schema(parameters=[IF_NONE_MATCH], responses={200: DeliveryDetailSerializer, 304: None})
    def retrieve(self, request: Request, pk: Any) -> Response:
        """One delivery: what is sent, and what was answered each time"""
        return super().retrieve(request, pk)

    @extend_schema(parameters=[KEY], request=None, responses={202: DeliverySerializer})
    def replay(self, request: Request, pk: Any) -> Response:
        """Send an event once more, under the same id"""
        StrictSerializer(data=request.data).is_valid(raise_exception=True)
        delivery = self.get_row(pk)

        def send() -> dict[str, Any]:
            with switched_on():
                webhooks.replay(delivery, by=self.caller.token)
            return dict(DeliverySerializer(self.get_row(pk)).data)

        return replayed(request, send, 202)
