"""What people said of attempts: reviews, and decisions."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assessments.actions import AttemptRuns, decide
from assessments.api.conflicts import IF_NONE_MATCH
from assessments.api.filters import DecisionFilters, ReviewFilters
from assessments.api.idempotency import KEY, replayed
from assessments.api.outcomes import DecisionSerializer, ReviewSerializer
from assessments.api.pagination import LatestMade
from assessments.api.problems import Conflict
from assessments.api.resources import Resource, Scope, StrictQuery
from assessments.api.strict import AddressField, StrictSerializer, WordsField
from assessments.models import Attempt, Decision, Member, Organisation, Review, User


class ReviewResource(Resource):
    scopes = {"GET": (Scope.READ,)}
    filters = ReviewFilters
    serializer_class = detail_class = ReviewSerializer

    def get_queryset(self) -> QuerySet[Review]:
        own = Attempt.objects.of(self.caller.organisation)
        rows = Review.objects.handed_in().filter(attempt__in=own.values("pk"))
        return rows.select_related("question__question_version__question", "reviewer")

    @extend_schema(parameters=[ReviewFilters])
    def list(self, request: Request) -> Response:
        """The reviews that were handed in, the newest first"""
        return super().list(request)

    @extend_schema(parameters=[IF_NONE_MATCH], responses={200: ReviewSerializer, 304: None})
    def retrieve(self, request: Request, pk: Any) -> Response:
        """One review of one answer"""
        return super().retrieve(request, pk)


class DecisionResource(Resource):
    scopes = {"GET": (Scope.READ,)}
    filters = DecisionFilters
    serializer_class = detail_class = DecisionSerializer
    pagination_class = LatestMade

    def get_queryset(self) -> QuerySet[Decision]:
        own = Attempt.objects.of(self.caller.organisation)
        return Decision.objects.filter(attempt__in=own.values("pk")).select_related("made_by")

    @extend_schema(parameters=[DecisionFilters])
    def list(self, request: Request) -> Response:
        """What was decided, the latest first"""
        return super().list(request)

    @extend_schema(parameters=[IF_NONE_MATCH], responses={200: DecisionSerializer, 304: None})
    def retrieve(self, request: Request, pk: Any) -> Response:
        """One decision"""
        return super().retrieve(request, pk)


class NewDecisionSerializer(StrictSerializer):
    outcome = serializers.ChoiceField(Decision.Outcome.choices)
    reason = WordsField()
    decided_by = AddressField(help_text="Of the member who decided: an owner, or a recruiter.")


class NewDecision(StrictQuery, APIView):
    scopes = {"POST": (Scope.ADMIN,)}

    @extend_schema(
        operation_id="attempts_decisions_create",
        parameters=[KEY],
        request=NewDecisionSerializer,
        responses={201: DecisionSerializer},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Note what a member decided of an attempt that is over

        A decision is a person's: earlier ones stay readable, and nothing is sent.
        """
        attempt = get_object_or_404(Attempt.objects.of(self.caller.organisation), pk=pk)
        body = NewDecisionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return replayed(request, lambda: self._decided(attempt, body.validated_data), 201)

    def _decided(self, attempt: Attempt, said: dict[str, Any]) -> dict[str, Any]:
        by = member_for(self.caller.organisation, said["decided_by"], Member.INVITES)
        if by is None:
            raise Conflict("No member of that address may decide.")
        try:
            [made] = decide(
                [attempt], said["outcome"], said["reason"], by, through=self.caller.token
            )
        except AttemptRuns as running:
            raise Conflict(str(running)) from running
        return dict(DecisionSerializer(made).data)


def member_for(organisation: Organisation, email: str, roles: Iterable[str]) -> User | None:
    """The member of that address and one of those roles, at work in the organisation."""
    members = Member.objects.of(organisation).filter(role__in=roles)
    found = members.filter(user__email=email, user__is_active=True).select_related("user").first()
    if found is None:
        return None
    user: User = found.user
    user.works_in = organisation.pk
    return user
