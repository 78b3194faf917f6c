"""Who works for the organisation."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.conflicts import IF_NONE_MATCH
from assessments.api.filters import MemberFilters
from assessments.api.resources import Resource, Scope
from assessments.models import Member


class MemberSerializer(serializers.ModelSerializer[Member]):
    email = serializers.EmailField(source="user.email", read_only=True)
    name = serializers.CharField(source="user.name", read_only=True)
    last_here_at = serializers.DateTimeField(source="came_at", read_only=True, allow_null=True)

    class Meta:
        model = Member
        fields = ["id", "email", "name", "role", "created_at", "last_here_at"]
        read_only_fields = fields


class MemberResource(Resource):
    scopes = {"GET": (Scope.ADMIN,)}
    filters = MemberFilters
    serializer_class = detail_class = MemberSerializer

    def get_queryset(self) -> QuerySet[Member]:
        rows: QuerySet[Member] = Member.objects.of(self.caller.organisation)
        return rows.select_related("user")

    @extend_schema(parameters=[MemberFilters])
    def list(self, request: Request) -> Response:
        """The members of the organisation, the newest first"""
        return super().list(request)

    @extend_schema(parameters=[IF_NONE_MATCH], responses={200: MemberSerializer, 304: None})
    def retrieve(self, request: Request, pk: Any) -> Response:
        """One member"""
        return super().retrieve(request, pk)
