"""Reviews that other systems hand in for the members who made them."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assessments.actions import AttemptClosed, ReviewClosed, hand_in_review
from assessments.actions.reviewing import LONGEST_COMMENT, Points
from assessments.api.idempotency import KEY, replayed
from assessments.api.judgements import member_for
from assessments.api.outcomes import ReviewSerializer
from assessments.api.problems import Conflict
from assessments.api.resources import Scope, StrictQuery
from assessments.api.strict import AddressField, StrictSerializer
from assessments.models import Answer, Attempt, Member
from assessments.rubric import LEVELS


@extend_schema_field(
    {"type": "object", "additionalProperties": {"type": "number", "enum": [*LEVELS]}}
)
class PointsField(serializers.JSONField):
    """What each point of the rubric earned, by its place: `{"0": 1, "1": 0.5}`."""

    def to_internal_value(self, data: Any) -> Any:
        given = list(data.values()) if isinstance(data, dict) else [None]
        if any(isinstance(each, bool) or each not in LEVELS for each in given):
            raise serializers.ValidationError("Give 0, 0.5 or 1 for each point, by its place.")
        return {str(place): float(level) for place, level in data.items()}


@extend_schema_field({"type": "string", "pattern": r"^[^\u0000]*$", "maxLength": LONGEST_COMMENT})
class CommentField(serializers.CharField):
    """What the reviewer said, or nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_COMMENT, allow_blank=True, **kwargs)


class NewReviewSerializer(StrictSerializer):
    position = serializers.IntegerField(
        min_value=1, max_value=32_767, help_text="Of the question in its assessment."
    )
    reviewer = AddressField(help_text="Of the member who scored: an owner, recruiter or reviewer.")
    points = PointsField(help_text="Of each point of the rubric, by its place from 0 on.")
    comment = CommentField(default="")


class NewReview(StrictQuery, APIView):
    scopes = {"POST": (Scope.ADMIN,)}

    @extend_schema(
        operation_id="attempts_reviews_create",
        parameters=[KEY],
        request=NewReviewSerializer,
        responses={201: ReviewSerializer},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Hand in a member's review of an open answer

        A review is a person's: it counts as if they had made it at the desk, once.
        """
        attempt = get_object_or_404(Attempt.objects.of(self.caller.organisation), pk=pk)
        body = NewReviewSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return replayed(request, lambda: self._reviewed(attempt, body.validated_data), 201)

    def _reviewed(self, attempt: Attempt, said: dict[str, Any]) -> dict[str, Any]:
        by = member_for(self.caller.organisation, said["reviewer"], Member.REVIEWS)
        answer = Answer.objects.filter(attempt=attempt, question__position=said["position"]).first()
        if by is None:
            raise Conflict("No member of that address may score answers.")
        if answer is None:
            raise Conflict("There is no answer to a question at that position.")
        points = Points(said["points"], said["comment"])
        try:
            made = hand_in_review(answer, by, points, through=self.caller.token)
        except (AttemptClosed, ReviewClosed, ValueError) as refused:
            raise Conflict(str(refused)) from refused
        return dict(ReviewSerializer(made).data)
