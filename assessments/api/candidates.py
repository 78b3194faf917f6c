"""Who was invited, and how a person is erased."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.actions import AttemptRuns, erase_candidate
from assessments.api.conflicts import IF_NONE_MATCH
from assessments.api.filters import CandidateFilters
from assessments.api.problems import Conflict
from assessments.api.resources import Resource, Scope
from assessments.api.sparse import fields_of
from assessments.models import Candidate, Invitation


class KnownCandidateSerializer(serializers.ModelSerializer[Candidate]):
    class Meta:
        model = Candidate
        fields = ["id", "name", "email", "created_at", "erased_at"]
        read_only_fields = fields


class OfCandidateSerializer(serializers.ModelSerializer[Invitation]):
    assessment = serializers.UUIDField(source="assessment_version.assessment_id", read_only=True)
    attempt = serializers.UUIDField(
        source="attempt.pk", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = Invitation
        fields = ["id", "assessment", "state", "attempt"]
        read_only_fields = fields


class CandidateDetailSerializer(KnownCandidateSerializer):
    invitations = OfCandidateSerializer(many=True, read_only=True)

    class Meta(KnownCandidateSerializer.Meta):
        fields = [*KnownCandidateSerializer.Meta.fields, "invitations"]
        read_only_fields = fields


class CandidateResource(Resource):
    scopes = {"GET": (Scope.READ,), "DELETE": (Scope.ADMIN,)}
    sparse = True
    filters = CandidateFilters
    serializer_class = KnownCandidateSerializer
    detail_class = CandidateDetailSerializer
    look = "details"

    def get_queryset(self) -> QuerySet[Candidate]:
        rows: QuerySet[Candidate] = Candidate.objects.of(self.caller.organisation)
        invitations = Invitation.objects.without_previews()
        seen = invitations.select_related("assessment_version", "attempt")
        return rows.prefetch_related(Prefetch("invitations", seen))

    @extend_schema(parameters=[CandidateFilters, fields_of(KnownCandidateSerializer)])
    def list(self, request: Request) -> Response:
        """The candidates of the organisation, the newest first"""
        return super().list(request)

    @extend_schema(
        parameters=[IF_NONE_MATCH], responses={200: CandidateDetailSerializer, 304: None}
    )
    def retrieve(self, request: Request, pk: Any) -> Response:
        """One candidate with their invitations"""
        return super().retrieve(request, pk)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: Any) -> Response:
        """Erase a candidate. Scores stay for statistics, and lead back to nobody."""
        try:
            erase_candidate(self.get_row(pk), by=self.caller.token)
        except AttemptRuns as running:
            raise Conflict(str(running)) from running
        return Response(status=204)
