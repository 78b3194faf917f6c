"""The questions that an organisation may ask; what is right is for authors alone."""

from typing import Any

from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.conflicts import IF_NONE_MATCH
from assessments.api.filters import QuestionFilters
from assessments.api.pagination import BySlug
from assessments.api.resources import Resource, Scope
from questions.models import QuestionVersion

# What is shown to nobody in particular is drawn by this.
SEED = 0
# The boxes in which candidates type calls of their own.
FOR_PAGES = {"fields"}


class QuestionSerializer(serializers.ModelSerializer[QuestionVersion]):
    question = serializers.CharField(source="question.slug", read_only=True)
    own = serializers.SerializerMethodField(help_text="Whether it is this organisation's alone.")
    difficulty = serializers.IntegerField(source="question.difficulty", read_only=True)
    minutes = serializers.IntegerField(source="question.minutes", read_only=True)
    topics: serializers.Field[Any, Any, Any, Any] = serializers.SlugRelatedField(
        source="question.topics", slug_field="slug", many=True, read_only=True
    )

    class Meta:
        model = QuestionVersion
        fields = [
            "id", "question", "number", "kind", "title", "own", "difficulty", "minutes", "topics",
            "published_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_own(self, version: QuestionVersion) -> bool:
        return version.question.organisation_id is not None


class QuestionDetailSerializer(QuestionSerializer):
    shown = serializers.SerializerMethodField(help_text="What a candidate may see of it.")
    content = serializers.SerializerMethodField(
        help_text="Everything, with what is right; null without the scope author."
    )

    class Meta(QuestionSerializer.Meta):
        fields = [*QuestionSerializer.Meta.fields, "shown", "content"]
        read_only_fields = fields

    @extend_schema_field({"type": "object", "additionalProperties": {}})
    def get_shown(self, version: QuestionVersion) -> dict[str, Any]:
        context = version.rules.context(version.content, SEED)
        return {name: value for name, value in context.items() if name not in FOR_PAGES}

    @extend_schema_field({"type": ["object", "null"], "additionalProperties": {}})
    def get_content(self, version: QuestionVersion) -> dict[str, Any] | None:
        if not self.context["view"].caller.has(Scope.AUTHOR):
            return None
        return version.rules.written(version.content)


class QuestionResource(Resource):
    scopes = {"GET": (Scope.READ, Scope.AUTHOR)}
    filters = QuestionFilters
    serializer_class = QuestionSerializer
    detail_class = QuestionDetailSerializer
    pagination_class = BySlug

    def get_queryset(self) -> QuerySet[QuestionVersion]:
        rows = QuestionVersion.objects.visible_to(self.caller.organisation).newest_published()
        rows = rows.annotate(slug=F("question__slug"))
        return rows.select_related("question").prefetch_related("question__topics")

    def get_row(self, pk: Any) -> Any:
        """Any version that was ever published: old attempts ask old ones."""
        rows = QuestionVersion.objects.visible_to(self.caller.organisation)
        published = rows.filter(published_at__isnull=False).select_related("question")
        return get_object_or_404(published, pk=pk)

    @extend_schema(parameters=[QuestionFilters])
    def list(self, request: Request) -> Response:
        """The newest version of every question that may be asked, by slug"""
        return super().list(request)

    @extend_schema(parameters=[IF_NONE_MATCH], responses={200: QuestionDetailSerializer, 304: None})
    def retrieve(self, request: Request, pk: Any) -> Response:
        """One version of a question. With the scope author it has its official answer."""
        return super().retrieve(request, pk)
