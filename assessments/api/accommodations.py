"""What is made easier for an invited candidate, set by another system."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assessments.actions import AttemptClosed, TooLittleTime, grant_accommodation
from assessments.api.conflicts import IF_MATCH, etag_of, require_match
from assessments.api.problems import Conflict
from assessments.api.resources import StrictQuery
from assessments.api.strict import MessageField, StrictSerializer
from assessments.models import Accommodation, ApiToken, Attempt, Invitation

INVITE = ApiToken.Scope.INVITE


class NewAccommodationSerializer(StrictSerializer):
    """All that is to hold from now on: what is left out is granted no more."""

    extra_percent = serializers.IntegerField(
        min_value=0, max_value=400, default=0, help_text="Extra time of every clock, in percent."
    )
    extra_minutes = serializers.IntegerField(
        min_value=0, max_value=1440, default=0, help_text="Extra time on top of the whole."
    )
    untimed = serializers.BooleanField(default=False, help_text="No time limit.")
    break_minutes = serializers.IntegerField(
        min_value=0, max_value=480, default=0, help_text="For how long the clock may be stopped."
    )
    large_type = serializers.BooleanField(default=False)
    note = MessageField(default="", help_text="Why, for those who invite.")


class AccommodationSerializer(NewAccommodationSerializer):
    """What holds, since when, and when a sitting that goes on ends with it."""

    made_at = serializers.DateTimeField(read_only=True, allow_null=True)
    deadline = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="Null before the start and after the end."
    )


class AccommodationDetail(StrictQuery, APIView):
    scopes = {"GET": (INVITE,), "PUT": (INVITE,)}

    @extend_schema(
        operation_id="invitations_accommodation_retrieve",
        responses={200: AccommodationSerializer},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """What is made easier for an invited candidate"""
        return _tagged(self._invitation(pk))

    @extend_schema(
        operation_id="invitations_accommodation_update",
        parameters=[IF_MATCH],
        request=NewAccommodationSerializer,
        responses={200: AccommodationSerializer},
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Let something be made easier from now on

        During a sitting its clocks are moved by the difference, and the candidate's page shows it.
        """
        invitation = self._invitation(pk)
        body = NewAccommodationSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        require_match(request, _shown(invitation))
        try:
            grant_accommodation(
                invitation, made_by=None, by=self.caller.token, **body.validated_data
            )
        except (AttemptClosed, TooLittleTime) as refused:
            raise Conflict(str(refused)) from refused
        return _tagged(self._invitation(pk))

    def _invitation(self, pk: UUID) -> Invitation:
        found = Invitation.objects.of(self.caller.organisation).select_related("attempt")
        invitation: Invitation = get_object_or_404(found, pk=pk)
        return invitation


def _tagged(invitation: Invitation) -> Response:
    body = _shown(invitation)
    return Response(body, headers={"ETag": etag_of(body)})


def _shown(invitation: Invitation) -> dict[str, Any]:
    held = Accommodation.objects.in_force(invitation)
    attempt: Attempt | None = getattr(invitation, "attempt", None)
    fields = {name: getattr(held, name) for name in NewAccommodationSerializer().get_fields()}
    going_on = attempt is not None and attempt.finished_at is None
    since = {
        "made_at": held.made_at if held.pk else None,
        "deadline": attempt.deadline if attempt and going_on else None,
    }
    return dict(AccommodationSerializer(fields | since).data)
