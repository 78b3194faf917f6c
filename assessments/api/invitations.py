"""Inviting candidates, and what becomes of an invitation until it is followed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from assessments import actions
from assessments.api.conflicts import IF_MATCH, IF_NONE_MATCH, require_match
from assessments.api.filters import InvitationFilters
from assessments.api.idempotency import KEY, KEY_REQUIRED, replayed
from assessments.api.invitation_bodies import (
    ChangedInvitationSerializer,
    ExtensionSerializer,
    InvitationSerializer,
    NewInvitationSerializer,
)
from assessments.api.problems import Conflict
from assessments.api.resources import Resource, Scope
from assessments.api.sparse import fields_of
from assessments.api.strict import StrictSerializer
from assessments.models import Assessment, Invitation

SHOWN = {200: InvitationSerializer}


class InvitationResource(Resource):
    scopes = {
        "GET": (Scope.READ, Scope.INVITE), "POST": (Scope.INVITE,), "PATCH": (Scope.INVITE,)
    }  # fmt: skip
    sparse = True
    filters = InvitationFilters
    serializer_class = detail_class = InvitationSerializer
    look = "details"

    def get_queryset(self) -> QuerySet[Invitation]:
        rows: Any = Invitation.objects.of(self.caller.organisation)
        return rows.with_people()  # type: ignore[no-any-return]

    @extend_schema(parameters=[InvitationFilters, fields_of(InvitationSerializer)])
    def list(self, request: Request) -> Response:
        """The invitations of the organisation, the newest first"""
        return super().list(request)

    @extend_schema(parameters=[IF_NONE_MATCH], responses={**SHOWN, 304: None})
    def retrieve(self, request: Request, pk: Any) -> Response:
        """One invitation. Its link is there for the scope invite alone."""
        return super().retrieve(request, pk)

    @extend_schema(
        parameters=[KEY_REQUIRED],
        request=NewInvitationSerializer,
        responses={201: InvitationSerializer},
    )
    def create(self, request: Request) -> Response:
        """Invite a candidate to the newest published version of an assessment"""
        body = NewInvitationSerializer(data=request.data)
        body.is_valid(raise_exception=True)

        def invite() -> dict[str, Any]:
            return self._shown_after(lambda: self._invited(body.validated_data))

        answer = replayed(request, invite, 201, required=True)
        assert answer.data is not None
        answer.headers["Location"] = reverse(
            "api:invitation-detail", [answer.data["id"]], request=request
        )
        return answer

    @extend_schema(parameters=[IF_MATCH], request=ChangedInvitationSerializer, responses=SHOWN)
    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change when an invitation opens or expires, or its message

        A later end is e-mailed to the candidate.
        """
        body = ChangedInvitationSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        with transaction.atomic():
            invitation = self.locked(pk)
            require_match(request, self.shown(invitation))
            changed = self._shown_after(lambda: self._changed(invitation, body.validated_data))
        return self.tagged(request, changed)

    @extend_schema(parameters=[KEY], request=None, responses=SHOWN)
    def revoke(self, request: Request, pk: Any) -> Response:
        """Withdraw an invitation that nobody followed; doing it twice is doing it once."""
        return self._done(request, pk, actions.revoke_invitation)

    @extend_schema(parameters=[KEY_REQUIRED], request=None, responses=SHOWN)
    def send(self, request: Request, pk: Any) -> Response:
        """E-mail the link, for the first time or again"""
        return self._done(request, pk, actions.send_invitation, required=True)

    @extend_schema(parameters=[KEY], request=ExtensionSerializer, responses=SHOWN)
    def extend(self, request: Request, pk: Any) -> Response:
        """Let the candidate start until a later moment, also where the invitation has expired"""
        body = ExtensionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        invitation = self.get_row(pk)

        def extend() -> dict[str, Any]:
            until = expiry(body.validated_data)
            return self._shown_after(
                lambda: actions.extend_invitation(invitation, until, by=self.caller.token)
            )

        return replayed(request, extend)

    def _done(
        self, request: Request, pk: Any, action: Callable[..., Any], **options: bool
    ) -> Response:
        """Do `action`, which takes no body, to the invitation."""
        StrictSerializer(data=request.data).is_valid(raise_exception=True)
        invitation = self.get_row(pk)

        def done() -> dict[str, Any]:
            self._shown_after(lambda: action(invitation, by=self.caller.token) and invitation)
            return self.shown(self.get_row(pk))

        return replayed(request, done, **options)

    def _shown_after(self, write: Callable[[], Invitation]) -> dict[str, Any]:
        """What the invitation is like after `write`; what that refuses is a conflict."""
        try:
            written = write()
        except (actions.InvitationClosed, actions.NotPublished) as refused:
            raise Conflict(str(refused)) from refused
        return self.shown(self.get_row(written.pk))

    def _invited(self, said: dict[str, Any]) -> Invitation:
        own: Any = Assessment.objects.of(self.caller.organisation)
        assessment = get_object_or_404(own.published(), pk=said["assessment"])
        invitation = actions.invite(
            assessment.current_version,
            said["name"],
            said["email"],
            expiry(said) - timezone.now(),
            message=said["message"],
            language=said["language"],
            opens_at=said.get("opens_at"),
            one_more=said["one_more"],
            by=self.caller.token,
        )
        _refuse_opening_late(invitation)
        if granted := said.get("accommodation"):
            actions.grant_accommodation(invitation, made_by=None, by=self.caller.token, **granted)
        if said["send"]:  # last, for the e-mail tells the time that was granted
            actions.send_invitation(invitation, by=self.caller.token)
        return invitation

    def _changed(self, invitation: Invitation, said: dict[str, Any]) -> Invitation:
        said = dict(said)
        if until := said.pop("expires_at", None):
            expiry({"expires_at": until})
            invitation = actions.extend_invitation(invitation, until, by=self.caller.token)
        if said:
            actions.reword_invitation(invitation, by=self.caller.token, **said)
        return invitation


LONGEST = timedelta(days=5 * 366)


def expiry(said: dict[str, Any]) -> datetime:
    """When an invitation is to expire; raise Conflict where that moment is over, or far off."""
    now = timezone.now()
    until: datetime = said.get("expires_at") or now + timedelta(said.get("expires_in_days", 14))
    if not now < until < now + LONGEST:
        raise Conflict("Choose an end that is still to come, within five years.")
    return until


def _refuse_opening_late(invitation: Invitation) -> None:
    if invitation.opens_at and invitation.opens_at >= invitation.expires_at:
        raise Conflict("It would open after it has expired.")
