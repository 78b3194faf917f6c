"""Answers, reports, reviews and decisions as they go over the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from assessments.api.serializers import AttemptSerializer
from assessments.models import Answer, Attempt, Decision, PartScore, Review


@extend_schema_field({"type": "object", "additionalProperties": {}})
class ContentField(serializers.JSONField):
    """Names and values, as the kind of question has them."""


class AnswerSerializer(serializers.ModelSerializer[Answer]):
    position = serializers.IntegerField(source="question.position", read_only=True)
    question = serializers.CharField(
        source="question.question_version.question.slug", read_only=True
    )
    number = serializers.IntegerField(source="question.question_version.number", read_only=True)
    kind = serializers.CharField(source="question.question_version.kind", read_only=True)
    content = ContentField(read_only=True, help_text="What was entered; {} once it is erased.")

    class Meta:
        model = Answer
        fields = [
            "position", "question", "number", "kind", "content", "saved_at", "score", "automatic",
        ]  # fmt: skip
        read_only_fields = fields


class PartSerializer(serializers.ModelSerializer[PartScore]):
    class Meta:
        model = PartScore
        fields = ["kind", "key", "score", "weight"]
        read_only_fields = fields


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    made_by = serializers.EmailField(
        source="made_by.email", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = Decision
        fields = ["id", "attempt", "outcome", "reason", "score", "made_at", "made_by"]
        read_only_fields = fields


class ReviewSerializer(serializers.ModelSerializer[Review]):
    position = serializers.IntegerField(source="question.position", read_only=True)
    question = serializers.CharField(
        source="question.question_version.question.slug", read_only=True
    )
    reviewer = serializers.EmailField(source="reviewer.email", read_only=True)
    points = ContentField(read_only=True, help_text="What each point of the rubric earned.")

    class Meta:
        model = Review
        fields = [
            "id", "attempt", "position", "question", "reviewer", "score", "points", "comment",
            "submitted_at",
        ]  # fmt: skip
        read_only_fields = fields


class ReviewCountSerializer(serializers.Serializer[Any]):
    handed_in = serializers.IntegerField()
    begun = serializers.IntegerField(help_text="Opened by a reviewer, and not handed in.")


class AttemptReportSerializer(AttemptSerializer):
    stage = serializers.CharField(read_only=True)
    pass_mark = serializers.FloatField(source="version.pass_mark", read_only=True)
    parts = PartSerializer(source="part_scores", many=True, read_only=True)
    reviews = serializers.SerializerMethodField()
    decision = serializers.SerializerMethodField()

    class Meta(AttemptSerializer.Meta):
        fields = [
            *AttemptSerializer.Meta.fields, "stage", "automatic", "pass_mark", "parts", "reviews",
            "decision",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(ReviewCountSerializer)
    def get_reviews(self, attempt: Attempt) -> dict[str, int]:
        reviews = attempt.reviews
        return {"handed_in": reviews.handed_in().count(), "begun": reviews.drafts().count()}

    @extend_schema_field(DecisionSerializer(allow_null=True))
    def get_decision(self, attempt: Attempt) -> Any:
        newest = attempt.decisions.select_related("made_by").last()
        return DecisionSerializer(newest).data if newest else None
