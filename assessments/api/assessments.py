"""What candidates can be invited to."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.conflicts import IF_NONE_MATCH
from assessments.api.filters import AssessmentFilters
from assessments.api.resources import Resource, Scope
from assessments.models import Assessment, AssessmentQuestion, AssessmentVersion, Section


class AssessmentSerializer(serializers.ModelSerializer[Assessment]):
    title = serializers.CharField(help_text="Of the newest published version.")

    class Meta:
        model = Assessment
        fields = ["id", "slug", "title", "created_at", "closes_at", "archived_at"]
        read_only_fields = fields


class SectionSerializer(serializers.ModelSerializer[Section]):
    class Meta:
        model = Section
        fields = ["position", "title", "minutes", "order", "shuffled"]
        read_only_fields = fields


class AskedQuestionSerializer(serializers.ModelSerializer[AssessmentQuestion]):
    question = serializers.CharField(source="question_version.question.slug", read_only=True)
    number = serializers.IntegerField(source="question_version.number", read_only=True)
    kind = serializers.CharField(source="question_version.kind", read_only=True)
    title = serializers.CharField(source="question_version.title", read_only=True)
    section = serializers.IntegerField(
        source="section.position", read_only=True, allow_null=True, default=None
    )
    pool = serializers.CharField(
        source="pool.name", read_only=True, allow_null=True, default=None,
        help_text="Each attempt asks some of a pool only.",
    )  # fmt: skip

    class Meta:
        model = AssessmentQuestion
        fields = ["position", "question", "number", "kind", "title", "weight", "section", "pool"]
        read_only_fields = fields


class AssessmentVersionSerializer(serializers.ModelSerializer[AssessmentVersion]):
    sections = SectionSerializer(many=True, read_only=True)
    questions = serializers.SerializerMethodField()

    class Meta:
        model = AssessmentVersion
        fields = [
            "number", "title", "intro", "minutes", "pass_mark", "feedback", "counts",
            "max_attempts", "reviewers", "published_at", "sections", "questions",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(AskedQuestionSerializer(many=True))
    def get_questions(self, version: AssessmentVersion) -> Any:
        rows = version.questions.select_related("question_version__question", "section", "pool")
        return AskedQuestionSerializer(rows, many=True).data


class AssessmentDetailSerializer(AssessmentSerializer):
    version = AssessmentVersionSerializer(source="current_version", read_only=True)

    class Meta(AssessmentSerializer.Meta):
        fields = [*AssessmentSerializer.Meta.fields, "version"]
        read_only_fields = fields


class AssessmentResource(Resource):
    scopes = {"GET": (Scope.READ, Scope.INVITE)}
    filters = AssessmentFilters
    serializer_class = AssessmentSerializer
    detail_class = AssessmentDetailSerializer

    def get_queryset(self) -> QuerySet[Assessment]:
        rows: Any = Assessment.objects.of(self.caller.organisation)
        return rows.published().with_title()  # type: ignore[no-any-return]

    @extend_schema(parameters=[AssessmentFilters])
    def list(self, request: Request) -> Response:
        """The published assessments, the newest first"""
        return super().list(request)

    @extend_schema(
        parameters=[IF_NONE_MATCH], responses={200: AssessmentDetailSerializer, 304: None}
    )
    def retrieve(self, request: Request, pk: Any) -> Response:
        """One assessment with its newest published version, its sections and its questions"""
        return super().retrieve(request, pk)
